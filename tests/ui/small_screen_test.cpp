// SPDX-License-Identifier: GPL-3.0-or-later
// Twice the type on a screen of 1024 x 640: nothing is cut off, and all of it can be reached.
#include "tests/support/test_class.h"
#include "tests/ui/cut_off.h"
#include "tests/ui/sample_world.h"
#include "ui/shell/main_window.h"
#include "ui/zoom.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTest>

using namespace Qt::StringLiterals;

class SmallScreenTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<SampleWorld> m_world;
    std::unique_ptr<ui::MainWindow> m_window;

    const QScrollArea &whole() const { return *m_window->findChild<QScrollArea *>(u"wholeWindow"_s); }

    void open(double zoom)
    {
        m_window.reset();
        ui::applyTheme(*qApp, ui::Theme::Light, zoom);
        m_world = std::make_unique<SampleWorld>();
        m_window = std::make_unique<ui::MainWindow>();
        m_world->fill(*m_window);
        m_window->resize(1024, 640);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

private Q_SLOTS:
    void init() { open(1); }
    void cleanup()
    {
        m_window.reset(); // first: its views look at the world's models
        m_world.reset();
        ui::applyTheme(*qApp, ui::Theme::Light);
    }

    void everyPageCanBeReadAtTwiceTheSize_data()
    {
        QTest::addColumn<QString>("page");
        for (const char *page :
             {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide", "activity"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }

    void everyPageCanBeReadAtTwiceTheSize()
    {
        QFETCH(QString, page);
        open(2);
        m_window->resize(1024, 640);
        m_window->showPage(page);
        QCoreApplication::sendPostedEvents();
        QCOMPARE(m_window->size(), QSize(1024, 640));
        QTRY_COMPARE(cutOff(*whole().widget()).join(u'\n'), QString());
        QTRY_COMPARE(shortened(*whole().widget()).join(u'\n'), QString());
        QVERIFY(whole().horizontalScrollBar()->maximum() > 0);
    }

    void whatTakesTheFocusComesIntoSight()
    {
        ui::changeZoom(2);
        m_window->resize(1024, 640);
        m_window->showPage(u"request"_s);
        m_window->findChild<QLineEdit *>(u"requestUrl"_s)->setText(u"http://api.example.com/"_s);
        auto *send = m_window->findChild<QPushButton *>(u"requestSend"_s);
        QTRY_VERIFY(send->isEnabled() && send->isVisible());
        send->setFocus();
        QTRY_COMPARE(send->visibleRegion().boundingRect(), send->rect());
        m_window->findChild<QWidget *>(u"requestItem"_s)->setFocus();
        QTRY_VERIFY(send->visibleRegion().boundingRect() != send->rect());
    }

    void whereThereIsRoomNothingIsScrolled()
    {
        for (const QSize size : {QSize(900, 560), QSize(1024, 640), QSize(1280, 800)}) {
            m_window->resize(size);
            QTRY_COMPARE(m_window->size(), size);
            QCOMPARE(whole().horizontalScrollBar()->maximum(), 0);
            QCOMPARE(whole().verticalScrollBar()->maximum(), 0);
        }
    }
};

SALLYPORT_TEST(small_screen_test, SmallScreenTest)
#include "small_screen_test.moc"
