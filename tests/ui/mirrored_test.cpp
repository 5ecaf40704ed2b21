// SPDX-License-Identifier: GPL-3.0-or-later
// From right to left (-reverse): what is read on each page is whole, and no label lies over another.
#include "tests/support/test_class.h"
#include "tests/ui/cut_off.h"
#include "tests/ui/window_fixture.h"

#include <QLabel>

using namespace Qt::StringLiterals;

class MirroredTest : public QObject, WindowFixture
{
    Q_OBJECT

    // Pairs of labels with words that share more than a line of pixels.
    static QStringList overlaps(const QWidget &page)
    {
        QStringList found;
        QList<const QLabel *> seen;
        for (const QLabel *label : page.findChildren<QLabel *>()) {
            if (!label->isVisible() || label->text().isEmpty() || label->visibleRegion().isEmpty())
                continue;
            const auto boxOf = [&page](const QLabel *each) {
                return QRect(each->mapTo(&page, QPoint()), each->size());
            };
            for (const QLabel *other : std::as_const(seen)) {
                const QRect both = boxOf(label) & boxOf(other);
                if (label->parentWidget() == other->parentWidget() && both.width() > 1 && both.height() > 1)
                    found.append(u"“%1” and “%2”"_s.arg(label->text(), other->text()));
            }
            seen.append(label);
        }
        return found;
    }

private Q_SLOTS:
    void init()
    {
        QApplication::setLayoutDirection(Qt::RightToLeft);
        openWindow();
    }
    void cleanup()
    {
        closeWindow();
        QApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void noWordIsCutOnAnyPage_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QSize>("size");
        for (const char *page :
             {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide", "activity"}) {
            for (const QSize size : {QSize(1280, 800), QSize(1024, 640)})
                QTest::addRow("%s %d", page, size.width()) << QString::fromLatin1(page) << size;
        }
    }
    void noWordIsCutOnAnyPage()
    {
        QFETCH(QString, page);
        QFETCH(QSize, size);
        m_window->resize(size);
        m_window->showPage(page);
        QCoreApplication::sendPostedEvents();
        const QWidget &shown = *m_window->page(page);
        QCOMPARE(shown.layoutDirection(), Qt::RightToLeft);
        QTRY_COMPARE(cutOff(*m_window->centralWidget()).join(u'\n'), QString());
        QTRY_COMPARE(shortened(*m_window->centralWidget()).join(u'\n'), QString());
        QTRY_COMPARE(overlaps(shown).join(u'\n'), QString());
    }
};

SALLYPORT_TEST(mirrored_test, MirroredTest)
#include "mirrored_test.moc"
