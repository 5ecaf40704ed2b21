// SPDX-License-Identifier: GPL-3.0-or-later
// What a page says while it has nothing to show, and that it never throws away what it has.
#include "tests/support/test_class.h"
#include "tests/ui/sample_world.h"
#include "ui/page_frame.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/routing_page.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

class StatesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyWindowSaysWhatToDo_data()
    {
        QTest::addColumn<Phase>("phase");
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("retry");
        QTest::newRow("not connected") << Phase::NotConnected << u"Not connected"_s << false;
        QTest::newRow("connecting") << Phase::Connecting << u"Connecting to eks-eu1"_s << false;
        QTest::newRow("failed") << Phase::Failed << u"No connection to eks-eu1"_s << true;
        QTest::newRow("live, nothing read yet") << Phase::Live << u"Reading eks-eu1"_s << false;
    }

    void anEmptyWindowSaysWhatToDo()
    {
        QFETCH(Phase, phase);
        QFETCH(QString, words);
        QFETCH(bool, retry);
        const SampleWorld world;
        ui::MainWindow window;
        window.setConnection(world.connection(phase));
        window.show();
        for (const QString &id : window.pageIds()) {
            window.showPage(id);
            if (id == u"request"_s && phase == Phase::Live)
                continue; // a request can be composed before anything is read
            const ui::StatePanel *panel = window.page(id)->state();
            QVERIFY2(panel, qPrintable(id));
            QVERIFY2(panel->shown().title.contains(words), qPrintable(panel->shown().title));
            QCOMPARE(!panel->shown().primary.isEmpty(), retry);
        }
    }

    void connectingCanBeCancelledAndSaysHowLongItTakes()
    {
        const SampleWorld world;
        ui::MainWindow window;
        window.show();
        window.showPage(u"routing"_s);
        const QSignalSpy cancelled(&window, &ui::MainWindow::cancelRequested);
        models::ConnectionState state = world.connection(Phase::Connecting);
        state.since = QDateTime::currentDateTimeUtc();
        window.setConnection(state);
        const ui::StatePanel *panel = window.page(u"routing"_s)->state();
        QVERIFY(!panel->shown().text.contains(u"doctor"_s));
        state.since = QDateTime::currentDateTimeUtc().addSecs(-7);
        window.setConnection(state);
        QVERIFY(panel->shown().text.contains(u"for 7 s"_s) && panel->shown().text.contains(u"doctor"_s));
        QTest::keyClick(panel->findChild<QPushButton *>(u"stateSecondary"_s), Qt::Key_Space);
        QCOMPARE(cancelled.count(), 1);
    }

    void theFirstListSaysHowFarItIs()
    {
        const SampleWorld world;
        ui::MainWindow window;
        window.show();
        window.showPage(u"routing"_s);
        models::ConnectionState state = world.connection();
        state.listed = 1500;
        state.remaining = 8500;
        window.setConnection(state);
        const ui::StatePanel *panel = window.page(u"routing"_s)->state();
        QVERIFY2(panel->shown().text.contains(QLocale().toString(1500))
                     && panel->shown().text.contains(QLocale().toString(10000)),
                 qPrintable(panel->shown().text));
        const QSignalSpy cancelled(&window, &ui::MainWindow::cancelRequested);
        QTest::keyClick(panel->findChild<QPushButton *>(u"stateSecondary"_s), Qt::Key_Space);
        QCOMPARE(cancelled.count(), 1);
    }

    void whatIsWrongWithTheWholeIsSaidOnceAboveThePage_data()
    {
        QTest::addColumn<models::ConnectionState>("state");
        QTest::addColumn<QString>("words");
        const SampleWorld world;
        models::ConnectionState waits = world.connection();
        waits.waiting = u"429 Too Many Requests, again in 5 s"_s;
        waits.partial = {u"secrets: forbidden"_s};
        models::ConnectionState partial = world.connection();
        partial.partial = {u"secrets: forbidden"_s, u"pods: only in namespace team-a"_s};
        QTest::newRow("failed after all was read")
            << world.connection(Phase::Failed) << u"connection refused"_s;
        QTest::newRow("stale") << world.connection(Phase::Stale) << u"Last update"_s;
        QTest::newRow("throttled") << waits << u"again in 5 s"_s;
        QTest::newRow("partial") << partial << u"only in namespace team-a"_s;
        QTest::newRow("well") << world.connection() << QString();
    }

    void whatIsWrongWithTheWholeIsSaidOnceAboveThePage()
    {
        QFETCH(models::ConnectionState, state);
        QFETCH(QString, words);
        SampleWorld world;
        ui::MainWindow window;
        world.fill(window);
        window.setConnection(state);
        window.show();
        for (const QString &id : window.pageIds()) {
            window.showPage(id);
            QVERIFY2(!window.page(id)->state(), qPrintable(id)); // content stays
            const auto *banner = window.findChild<ui::Banner *>(id + u"Stale"_s);
            QCOMPARE(banner->isVisible(), !words.isEmpty());
            QVERIFY2(banner->text().contains(words), qPrintable(banner->text()));
        }
    }

    void nothingIsWrittenWithoutAConnection_data()
    {
        QTest::addColumn<Phase>("phase");
        QTest::newRow("stale") << Phase::Stale;
        QTest::newRow("failed") << Phase::Failed;
    }

    void nothingIsWrittenWithoutAConnection()
    {
        QFETCH(Phase, phase);
        SampleWorld world;
        ui::MainWindow window;
        world.fill(window);
        window.show();
        const std::pair<QString, QString> buttons[]{{u"guide"_s, u"guideApply"_s},
                                                    {u"mesh"_s, u"meshSwitch"_s},
                                                    {u"activity"_s, u"activityRevert"_s}};
        for (const auto &[page, name] : buttons) {
            window.showPage(page, page == u"activity"_s ? u"5"_s : QString());
            const auto *button = window.findChild<QPushButton *>(name);
            window.setConnection(world.connection());
            QVERIFY2(button->isEnabled(), qPrintable(name));
            window.setConnection(world.connection(phase));
            QVERIFY2(!button->isEnabled(), qPrintable(name));
            QVERIFY2(button->toolTip().contains(u"no live connection"_s), qPrintable(button->toolTip()));
        }
        const QSignalSpy retried(&window, &ui::MainWindow::retryRequested);
        window.showPage(u"mesh"_s);
        QTest::keyClick(window.findChild<ui::Banner *>(u"meshStale"_s)->findChild<QPushButton *>(),
                        Qt::Key_Return);
        QCOMPARE(retried.count(), 1);
    }

    void theModeIsLoudOnlyWhereSomethingCanBeWritten_data()
    {
        QTest::addColumn<Phase>("phase");
        QTest::addColumn<bool>("loud");
        QTest::newRow("not connected") << Phase::NotConnected << false;
        QTest::newRow("connecting") << Phase::Connecting << false;
        QTest::newRow("live") << Phase::Live << true;
        QTest::newRow("stale") << Phase::Stale << true;
        QTest::newRow("failed") << Phase::Failed << false;
    }

    void theModeIsLoudOnlyWhereSomethingCanBeWritten()
    {
        QFETCH(Phase, phase);
        QFETCH(bool, loud);
        const SampleWorld world;
        ui::MainWindow window;
        window.setTheme(ui::Theme::Light);
        models::ConnectionState state = world.connection(phase);
        state.mode = models::ConnectionState::Mode::Confirm;
        window.setConnection(state);
        window.show();
        auto *word = window.findChild<QWidget *>(u"modeWord"_s);
        const QColor danger = QColor::fromRgb(ui::tokensOf(word->palette()).danger);
        QCOMPARE(word->isVisible() && word->grab().toImage().pixelColor(word->width() / 2, 2) == danger,
                 loud);
    }

    void aFailureWithoutAContextHasAWholeTitle()
    {
        ui::MainWindow window;
        models::ConnectionState state;
        state.phase = Phase::Failed;
        state.message = u"no kubeconfig"_s;
        window.setConnection(state);
        window.show();
        QCOMPARE(window.page(u"overview"_s)->state()->shown().title, u"No connection"_s);
        QVERIFY(!window.findChild<QWidget *>(u"modeWord"_s)->isVisible());
    }

    void aFailureSaysWhatWhereAndOffersRetry()
    {
        const SampleWorld world;
        ui::MainWindow window;
        window.setConnection(world.connection(Phase::Failed));
        window.show();
        window.showPage(u"routing"_s);
        const QSignalSpy retried(&window, &ui::MainWindow::retryRequested);
        const ui::StatePanel *panel = window.page(u"routing"_s)->state();
        QVERIFY(panel->findChild<QLabel *>(u"stateText"_s)->text().contains(u"connection refused"_s));
        QTest::keyClick(panel->findChild<QPushButton *>(u"statePrimary"_s), Qt::Key_Space);
        QCOMPARE(retried.count(), 1);
    }

    void rowsStayWhenTheConnectionIsLost()
    {
        SampleWorld world;
        ui::MainWindow window;
        world.fill(window);
        window.show();
        window.showPage(u"routing"_s);
        window.setConnection(world.connection(Phase::Stale));
        QVERIFY(!window.page(u"routing"_s)->state());
        QTRY_COMPARE(window.findChild<QTableView *>(u"mappingsTable"_s)->model()->rowCount(), 40);
        auto *stale = window.findChild<QWidget *>(u"routingStale"_s);
        QVERIFY(stale->isVisible());
        QVERIFY(stale->accessibleName().contains(u"Last update"_s));
        window.setConnection(world.connection(Phase::Live));
        QVERIFY(!stale->isVisible());
    }

    void noneIsNotTheSameAsNotReadYet()
    {
        const SampleWorld world;
        models::TableModel<models::MappingRow> empty(models::mappingColumns());
        ui::MainWindow window;
        window.setConnection(world.connection());
        window.pages().routing->setMappings(empty);
        window.show();
        window.showPage(u"routing"_s);
        QVERIFY(window.page(u"routing"_s)->state());
        empty.apply({{}, {}, true});
        QTRY_VERIFY(!window.page(u"routing"_s)->state());
        auto *none = window.findChild<ui::StatePanel *>(u"mappingsState"_s);
        QTRY_VERIFY(none->isVisible());
        QVERIFY(none->shown().title.contains(u"No Mappings"_s));
    }

    void forbiddenShowsTheRoleToCopy()
    {
        const SampleWorld world;
        ui::MainWindow window;
        window.setConnection(world.connection());
        window.show();
        window.showPage(u"certificates"_s);
        window.pages().certificates->setProblem({ui::PageProblem::Kind::Forbidden,
                                                 u"You may not list secrets in the whole cluster."_s,
                                                 u"kind: ClusterRole"_s});
        const ui::StatePanel *panel = window.page(u"certificates"_s)->state();
        QVERIFY(panel);
        QTest::keyClick(panel->findChild<QPushButton *>(u"stateSecondary"_s), Qt::Key_Space);
        QCOMPARE(QApplication::clipboard()->text(), u"kind: ClusterRole"_s);
        window.pages().certificates->setProblem({});
        QVERIFY(window.page(u"certificates"_s)->state()->shown().title.contains(u"Reading"_s));
    }
};

SALLYPORT_TEST(states_test, StatesTest)
#include "states_test.moc"
