// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl + and − take effect at once: the sidebar and the bars are then as in a window that was made at that zoom.
#include "tests/support/test_class.h"
#include "tests/ui/sample_world.h"
#include "ui/shell/main_window.h"
#include "ui/text_view.h"
#include "ui/zoom.h"

#include <QApplication>
#include <QGridLayout>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTextDocument>

using namespace Qt::StringLiterals;

namespace {

struct Console
{
    SampleWorld world;
    std::unique_ptr<ui::MainWindow> window = std::make_unique<ui::MainWindow>();

    Console(const QString &page, QSize size)
    {
        window->setTheme(ui::Theme::Light);
        world.fill(*window);
        window->resize(size);
        window->showPage(page, page == u"routing"_s ? u"default/quote-backend"_s : QString());
        window->show();
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
    }
    ~Console() { window.reset(); } // its views look at the world's models
};

// Where each named widget that is seen stands, by its name.
QMap<QString, QRect> places(const ui::MainWindow &window)
{
    QMap<QString, QRect> places;
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        if (widget->isVisible() && !widget->objectName().isEmpty()
            && !widget->objectName().startsWith(u"qt_"_s))
            places.insert(widget->objectName(), QRect(widget->mapTo(&window, QPoint()), widget->size()));
    }
    return places;
}

// Of the sidebar and the bars, whose measures are fixed.
QMap<QString, QRect> frame(const ui::MainWindow &window)
{
    QMap<QString, QRect> all = places(window);
    for (const QString &name : all.keys()) {
        if (!name.endsWith(u"Item"_s) && !name.endsWith(u"Chooser"_s) && !name.endsWith(u"Chip"_s)
            && name != u"statusStrip"_s && name != u"sidebar"_s)
            all.remove(name);
    }
    return all;
}

// "" or the first widget whose edges are further apart.
QString difference(const QMap<QString, QRect> &left, const QMap<QString, QRect> &right, int pixels)
{
    if (left.keys() != right.keys())
        return u"other widgets are seen"_s;
    for (auto at = left.begin(); at != left.end(); ++at) {
        const QRect a = at.value();
        const QRect b = right[at.key()];
        if (std::abs(a.left() - b.left()) > pixels || std::abs(a.top() - b.top()) > pixels
            || std::abs(a.right() - b.right()) > pixels || std::abs(a.bottom() - b.bottom()) > pixels)
            return u"%1: %2,%3 %4x%5 and %6,%7 %8x%9"_s.arg(at.key())
                .arg(a.x())
                .arg(a.y())
                .arg(a.width())
                .arg(a.height())
                .arg(b.x())
                .arg(b.y())
                .arg(b.width())
                .arg(b.height());
    }
    return {};
}

// What a layout keeps free, by the path to it: margins, spacings, and gaps that were added one by one.
void addGaps(QMap<QString, QList<int>> &gaps, const QLayout &layout, const QString &path)
{
    const QMargins margins = layout.contentsMargins();
    QList<int> all{margins.left(), margins.top(), margins.right(), margins.bottom()};
    if (const auto *grid = qobject_cast<const QGridLayout *>(&layout))
        all += {grid->horizontalSpacing(), grid->verticalSpacing()};
    else
        all.append(layout.spacing());
    for (int i = 0; i < layout.count(); ++i) {
        QLayoutItem *item = layout.itemAt(i);
        if (const QSpacerItem *spacer = item->spacerItem())
            all += {spacer->sizeHint().width(), spacer->sizeHint().height()};
        if (const QLayout *inner = item->layout())
            addGaps(gaps, *inner, u"%1/%2"_s.arg(path).arg(i));
    }
    gaps.insert(path, all);
}

// Of what is seen: a page arranges itself when it is shown.
void addWidget(QMap<QString, QList<int>> &gaps, const QWidget &widget, const QString &path)
{
    const auto fixed = [](int most) { return most < QWIDGETSIZE_MAX ? most : 0; };
    const QMargins margins = widget.contentsMargins();
    gaps.insert(path,
                {margins.left(), margins.top(), widget.minimumWidth(), widget.minimumHeight(),
                 fixed(widget.maximumWidth()), fixed(widget.maximumHeight())});
    if (widget.inherits("QLabel")) // how long it must be, its words say
        gaps[path].remove(2, 4);
    if (qobject_cast<QBoxLayout *>(widget.layout()) || qobject_cast<QGridLayout *>(widget.layout()))
        addGaps(gaps, *widget.layout(), path + u"/layout"_s);
    int number = 0;
    for (const QObject *child : widget.children()) {
        const auto *inner = qobject_cast<const QWidget *>(child);
        if (const auto *text = qobject_cast<const ui::TextView *>(child); text && text->isVisible())
            gaps.insert(path + u'/' + text->objectName() + u"/document"_s,
                        {qRound(text->document()->documentMargin())});
        if (!inner || !inner->isVisible()
            || inner->inherits("QSplitterHandle") // its margins follow its direction
            || inner->isWindow() || inner->objectName().endsWith(u"container"_s) // scroll bars come and go
            || (inner->inherits("QAbstractScrollArea") && inner->objectName() != u"wholeWindow"_s
                && inner->objectName() != u"pageBody"_s))
            continue;
        addWidget(gaps, *inner,
                  u"%1/%2%3 %4"_s.arg(path, QString::fromLatin1(inner->metaObject()->className()))
                      .arg(number++)
                      .arg(inner->objectName()));
    }
}

QMap<QString, QList<int>> gaps(const ui::MainWindow &window)
{
    QMap<QString, QList<int>> gaps;
    addWidget(gaps, window, {});
    return gaps;
}

QStringList differences(const QMap<QString, QList<int>> &left, const QMap<QString, QList<int>> &right)
{
    QStringList all;
    for (auto at = left.begin(); at != left.end(); ++at) {
        const QList<int> other = right.value(at.key());
        bool isSame = other.size() == at.value().size();
        for (qsizetype i = 0; isSame && i < other.size(); ++i)
            isSame = std::abs(other[i] - at.value()[i]) <= 2; // rounding, and a hairline
        const auto text = [](const QList<int> &numbers) {
            QStringList words;
            for (const int each : numbers)
                words.append(QString::number(each));
            return words.join(u' ');
        };
        if (!isSame)
            all.append(u"%1: %2 and %3"_s.arg(at.key(), text(at.value()), text(other)));
    }
    return all;
}

} // namespace

class ZoomTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { ui::applyTheme(*qApp, ui::Theme::Light); }
    void cleanup() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void aZoomedWindowIsAsOneMadeSo()
    {
        constexpr int Rounding = 3;
        const QSize size(1800, 1100);
        Console zoomed(u"routing"_s, size);
        const QMap<QString, QRect> before = frame(*zoomed.window);
        QVERIFY(before.size() > 8);
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(zoomed.window.get(), Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(ui::zoom(), 1.5);
        QCOMPARE(zoomed.window->size(), size);
        const auto *table = zoomed.window->findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_COMPARE(table->rowHeight(0), 48);
        Console made(u"routing"_s, size);
        QTRY_VERIFY2(difference(frame(*zoomed.window), frame(*made.window), Rounding).isEmpty(),
                     qPrintable(difference(frame(*zoomed.window), frame(*made.window), Rounding)));
        made.window.reset();
        zoomed.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(zoomed.window.get()));
        QTest::keyClick(zoomed.window.get(), Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(ui::zoom(), 1.0);
        QTRY_VERIFY2(difference(frame(*zoomed.window), before, Rounding).isEmpty(), // nothing adds up
                     qPrintable(difference(frame(*zoomed.window), before, Rounding)));
    }

    void everyMarginAndGapFollows_data()
    {
        QTest::addColumn<QString>("page");
        for (const char *page :
             {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide", "activity"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }

    void everyMarginAndGapFollows()
    {
        QFETCH(QString, page);
        const QSize size(1800, 1120); // all that it needs at 200 %: nothing is scrolled
        Console zoomed(page, size);
        const auto before = gaps(*zoomed.window);
        ui::changeZoom(2);
        Console made(page, size);
        QStringList all; // once what gives way in a body that is scrolled has done so
        QTRY_VERIFY2((all = differences(gaps(*zoomed.window), gaps(*made.window))).isEmpty(),
                     qPrintable(u'\n' + all.join(u'\n')));
        made.window.reset();
        ui::changeZoom(1);
        QStringList back;
        QTRY_VERIFY2((back = differences(gaps(*zoomed.window), before)).isEmpty(),
                     qPrintable(u'\n' + back.join(u'\n')));
    }

    void rowsOfThePlainTableKeepTheirHeight()
    {
        Console console(u"metrics"_s, {1280, 800});
        const auto *table = console.window->findChild<QTableView *>(u"metricsTable"_s);
        QVERIFY(table->model()->rowCount() > 0);
        const int once = table->rowHeight(0);
        for (int i = 0; i < 3; ++i) {
            ui::changeZoom(2);
            QCOMPARE(table->rowHeight(0), 2 * once);
            console.window->setTheme(i % 2 == 0 ? ui::Theme::Dark : ui::Theme::Light);
            QCOMPARE(table->rowHeight(0), 2 * once);
            ui::changeZoom(1);
            QCOMPARE(table->rowHeight(0), once);
        }
    }

    void itStopsAtItsEndsAndIsTold()
    {
        Console console(u"overview"_s, {1280, 800});
        QSignalSpy chosen(console.window.get(), &ui::MainWindow::zoomChosen);
        for (int i = 0; i < 15; ++i)
            QTest::keyClick(console.window.get(), Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(chosen.last().first().toDouble(), 2.0);
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(console.window.get(), Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(chosen.last().first().toDouble(), 0.8);
    }

    // Every step rounds; what was rounded is never rounded again.
    void sizesComeBackExactly_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("as it opens") << QSize(1280, 800);
        QTest::newRow("wide") << QSize(1800, 1100);
    }
    void sizesComeBackExactly()
    {
        QFETCH(QSize, size);
        Console console(u"overview"_s, size);
        const QList<QWidget *> widgets = console.window->findChildren<QWidget *>();
        const auto fonts = [&widgets] {
            QStringList all;
            for (const QWidget *widget : widgets)
                all.append(u"%1 %2: %3"_s.arg(QString::fromLatin1(widget->metaObject()->className()),
                                              widget->objectName(),
                                              QString::number(widget->font().pixelSize())));
            return all;
        };
        const auto *pause = console.window->findChild<QPushButton *>(u"pauseButton"_s);
        QTRY_VERIFY(pause->isVisible());
        const QStringList before = fonts();
        const QMap<QString, QRect> places = frame(*console.window);
        for (int cycle = 0; cycle < 3; ++cycle) {
            for (int i = 0; i < 6; ++i)
                QTest::keyClick(console.window.get(), Qt::Key_Equal, Qt::ControlModifier);
            QCOMPARE(ui::zoom(), 1.6);
            QTest::keyClick(console.window.get(), Qt::Key_0, Qt::ControlModifier);
        }
        const QStringList after = fonts();
        for (qsizetype i = 0; i < before.size(); ++i)
            QCOMPARE(after.value(i), before[i]);
        QTRY_VERIFY(pause->isVisible());
        QTRY_VERIFY2(difference(frame(*console.window), places, 0).isEmpty(),
                     qPrintable(difference(frame(*console.window), places, 0)));
    }
};

SALLYPORT_TEST(zoom_test, ZoomTest)
#include "zoom_test.moc"
