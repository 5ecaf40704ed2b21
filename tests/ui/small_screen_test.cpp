// SPDX-License-Identifier: GPL-3.0-or-later
// Twice the type on a screen of 1024 x 640: nothing is cut off, and all of it can be reached.
#include "tests/support/test_class.h"
#include "tests/ui/cut_off.h"
#include "tests/ui/sample_world.h"
#include "ui/pages/overview_facts.h"
#include "ui/pages/overview_page.h"
#include "ui/shell/main_window.h"
#include "ui/zoom.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
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
        QCOMPARE(whole().horizontalScrollBar()->maximum(), 0); // only the page's body is
        QCOMPARE(whole().verticalScrollBar()->maximum(), 0);
    }

    // A wide window has made room for all: where it becomes a small one, that is given back.
    void aWideWindowThatShrinksIsAsOneThatWasSmall_data() { everyPageCanBeReadAtTwiceTheSize_data(); }
    void aWideWindowThatShrinksIsAsOneThatWasSmall()
    {
        QFETCH(QString, page);
        open(2);
        m_window->setEdges({{u"ambassador/ambassador"_s, u"default"_s, u"1.11.2"_s},
                            {u"ambassador-internal/ambassador"_s, u"internal"_s, u"1.11.2"_s}},
                           u"ambassador/ambassador"_s, {u"v1"_s, {}});
        m_window->resize(2560, 1440);
        m_window->showPage(page);
        QCoreApplication::processEvents();
        m_window->resize(1024, 640);
        QCoreApplication::processEvents();
        QTRY_COMPARE(whole().horizontalScrollBar()->maximum(), 0);
        QTRY_COMPARE(cutOff(*whole().widget()).join(u'\n'), QString());
        QCOMPARE(whole().verticalScrollBar()->maximum(), 0);
    }

    // Facts that stand in two columns make a card half as high; what is left over is empty page, and no empty card.
    void theOverviewsCardsAreAsHighAsTheirFacts_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("isQuiet"); // nothing to list: the whole page has place
        for (const QSize &size : {QSize(1280, 800), QSize(2560, 1440)}) {
            const QByteArray name = QByteArray::number(size.width());
            QTest::newRow(name.constData()) << size << false;
            QTest::newRow(QByteArray(name + ", quiet").constData()) << size << true;
        }
    }
    void theOverviewsCardsAreAsHighAsTheirFacts()
    {
        QFETCH(QSize, size);
        QFETCH(bool, isQuiet);
        m_window->showPage(u"overview"_s);
        if (isQuiet) {
            ui::OverviewFacts facts;
            facts.snapshot = m_world->snapshot.get();
            facts.view = &m_world->view;
            facts.certificates = m_world->certificateRows;
            facts.now = m_world->now;
            m_window->pages().overview->setAnalysis(facts);
            m_window->pages().overview->setRecentChanges({});
        }
        m_window->resize(size);
        QCoreApplication::processEvents();
        int highest = 0, card = 0;
        for (const char *name : {"routingCard", "meshCard", "certificatesCard"}) {
            const auto *facts = m_window->findChild<QWidget *>(QString::fromLatin1(name));
            highest = std::max(highest, facts->height());
            card = facts->parentWidget()->height();
        }
        constexpr int Head = 32 + 2 * 18 + 16; // a button, the padding and a gap
        QTRY_VERIFY2(card <= highest + Head, qPrintable(u"%1 px for %2"_s.arg(card).arg(highest)));
    }

    // Facts come when the page has been seen for long: it makes place for them.
    void whatComesLaterIsNotSqueezed()
    {
        m_window.reset();
        ui::applyTheme(*qApp, ui::Theme::Light, 2);
        m_window = std::make_unique<ui::MainWindow>();
        m_window->setConnection(m_world->connection());
        m_window->resize(1024, 640);
        m_window->show();
        m_window->showPage(u"overview"_s);
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        QCoreApplication::processEvents();
        m_world = std::make_unique<SampleWorld>();
        m_world->fill(*m_window);
        const auto *card = m_window->findChild<QWidget *>(u"routingCard"_s);
        QTRY_VERIFY(card->isVisible());
        QTRY_VERIFY2(card->height() >= card->sizeHint().height(),
                     qPrintable(u"%1 of %2"_s.arg(card->height()).arg(card->sizeHint().height())));
        QTRY_COMPARE(cutOff(*whole().widget()).join(u'\n'), QString());
    }

    // Where one is, and how to go elsewhere, stays in sight, however large the type is and whatever is scrolled.
    void theHeadAndTheBarsStayInSight_data() { everyPageCanBeReadAtTwiceTheSize_data(); }
    void theHeadAndTheBarsStayInSight()
    {
        QFETCH(QString, page);
        open(2);
        m_window->resize(1024, 640);
        m_window->showPage(page);
        QCoreApplication::sendPostedEvents();
        auto *body = m_window->page(page)->findChild<QScrollArea *>(u"pageBody"_s);
        body->verticalScrollBar()->setValue(body->verticalScrollBar()->maximum());
        body->horizontalScrollBar()->setValue(body->horizontalScrollBar()->maximum());
        const auto isWhole = [](const QWidget *widget) {
            return widget->visibleRegion().boundingRect() == widget->rect();
        };
        const QLabel *title = nullptr;
        for (const QLabel *label : m_window->page(page)->findChildren<QLabel *>()) {
            if (label->text() == m_window->page(page)->title())
                title = title ? title : label;
        }
        QVERIFY(title);
        QTRY_VERIFY(isWhole(title));
        for (const QString &id : m_window->pageIds()) {
            const auto *item = m_window->findChild<QWidget *>(id + u"Item"_s);
            QVERIFY2(isWhole(item), qPrintable(id));
            QVERIFY(!item->toolTip().isEmpty()); // an icon says less than its word
        }
        QVERIFY(isWhole(m_window->findChild<QWidget *>(u"contextChooser"_s)));
        QVERIFY(isWhole(m_window->findChild<QWidget *>(u"liveChip"_s)));
        QVERIFY(isWhole(m_window->findChild<QWidget *>(u"statusStrip"_s)));
    }

    // What tells rows apart is in sight at once: columns of lower priority give way, and cards stand below each other, before
    // anything is scrolled sideways.
    void noPageIsScrolledSideways_data() { everyPageCanBeReadAtTwiceTheSize_data(); }
    void noPageIsScrolledSideways()
    {
        QFETCH(QString, page);
        open(2);
        m_window->resize(1024, 640);
        m_window->showPage(page);
        QCoreApplication::sendPostedEvents();
        const auto *body = m_window->page(page)->findChild<QScrollArea *>(u"pageBody"_s);
        QTRY_COMPARE(body->horizontalScrollBar()->maximum(), 0);
        for (const QTableView *table : m_window->page(page)->findChildren<QTableView *>()) {
            if (table->isVisible())
                QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        }
    }

    // Which edge all is of can be seen or asked for, and changed, without the mouse.
    void theEdgeIsChosenByKeyboard_data()
    {
        QTest::addColumn<double>("zoom");
        QTest::addColumn<int>("width");
        QTest::newRow("100") << 1.0 << 1024;
        QTest::newRow("150") << 1.5 << 1024;
        QTest::newRow("200") << 2.0 << 1024;
        QTest::newRow("200, wide") << 2.0 << 1600;
    }
    void theEdgeIsChosenByKeyboard()
    {
        QFETCH(double, zoom);
        QFETCH(int, width);
        open(zoom);
        const QString other = u"ambassador-internal/ambassador"_s;
        m_window->setEdges({u"ambassador/ambassador"_s, other}, u"ambassador/ambassador"_s, {});
        m_window->resize(width, 640);
        QCoreApplication::sendPostedEvents();
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::edgeChosen);
        auto *edges = m_window->findChild<QComboBox *>(u"edgeChooser"_s);
        auto *more = m_window->findChild<QPushButton *>(u"topBarMore"_s);
        QVERIFY(edges->isVisible() != more->isVisible());
        QWidget *reached = edges->isVisible() ? static_cast<QWidget *>(edges) : more;
        QTRY_COMPARE(reached->visibleRegion().boundingRect(), reached->rect());
        QVERIFY(!reached->accessibleName().isEmpty() && (reached->focusPolicy() & Qt::TabFocus));
        reached->setFocus();
        QTest::keyClick(reached, Qt::Key_Space);
        if (reached == edges) {
            QTRY_VERIFY(edges->view()->isVisible());
            QTest::keyClick(edges->view(), Qt::Key_Down);
            QTest::keyClick(edges->view(), Qt::Key_Return);
        } else {
            auto *menu = m_window->findChild<QMenu *>(u"topBarMenu"_s);
            QVERIFY(menu);
            QTRY_VERIFY(menu->isVisible());
            QAction *wanted = nullptr;
            for (QAction *action : menu->actions())
                wanted = action->text() == other ? action : wanted;
            QVERIFY(wanted && wanted->isVisible());
            for (int i = 0; i < 5 && menu->activeAction() != wanted; ++i)
                QTest::keyClick(menu, Qt::Key_Down);
            QCOMPARE(menu->activeAction(), wanted);
            QTest::keyClick(menu, Qt::Key_Return);
        }
        QTRY_COMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toString(), other);
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
        auto *url = m_window->findChild<QLineEdit *>(u"requestUrl"_s);
        url->setFocus(); // and back
        QTRY_VERIFY(url->visibleRegion().boundingRect().left() == 0);
    }

    void whereThereIsRoomNothingIsScrolled()
    {
        for (const QSize size : {QSize(900, 560), QSize(1024, 640), QSize(1280, 800)}) {
            m_window->resize(size);
            QTRY_COMPARE(m_window->size(), size);
            QCOMPARE(whole().horizontalScrollBar()->maximum(), 0);
            QCOMPARE(whole().verticalScrollBar()->maximum(), 0);
            for (const QString &id : m_window->pageIds()) {
                m_window->showPage(id);
                QCoreApplication::sendPostedEvents();
                const auto *body = m_window->page(id)->findChild<QScrollArea *>(u"pageBody"_s);
                QTRY_VERIFY2(body->horizontalScrollBar()->maximum() == 0
                                 && body->verticalScrollBar()->maximum() == 0,
                             qPrintable(u"%1 at %2 x %3: %4 px"_s.arg(id)
                                            .arg(size.width())
                                            .arg(size.height())
                                            .arg(body->verticalScrollBar()->maximum())));
            }
        }
    }
};

SALLYPORT_TEST(small_screen_test, SmallScreenTest)
#include "small_screen_test.moc"
