// SPDX-License-Identifier: GPL-3.0-or-later
// What a page says while it has nothing to show, and that it never throws away what it has.
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "tests/ui/sample_world.h"
#include "ui/fact_list.h"
#include "ui/page_frame.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/rights_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/tile_row.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
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
        QTest::addColumn<bool>("leadsOn");
        QTest::newRow("not connected") << Phase::NotConnected << u"Not connected"_s << true;
        QTest::newRow("connecting") << Phase::Connecting << u"Connecting to eks-eu1"_s << false;
        QTest::newRow("failed") << Phase::Failed << u"No connection to eks-eu1"_s << true;
        QTest::newRow("live, nothing read yet") << Phase::Live << u"Reading eks-eu1"_s << false;
    }

    void anEmptyWindowSaysWhatToDo()
    {
        QFETCH(Phase, phase);
        QFETCH(QString, words);
        QFETCH(bool, leadsOn);
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
            QCOMPARE(!panel->shown().primary.isEmpty(), leadsOn);
        }
    }

    void notConnectedLeadsToTheContexts()
    {
        ui::MainWindow window;
        window.show();
        window.activateWindow();
        const QSignalSpy retried(&window, &ui::MainWindow::retryRequested);
        for (const QString &id : window.pageIds()) {
            window.showPage(id);
            QVERIFY(!window.isWelcoming());
            QVERIFY(window.page(id)->focusContent());
            QTest::keyClick(window.page(id)->state()->findChild<QPushButton *>(u"statePrimary"_s),
                            Qt::Key_Space);
            QVERIFY2(window.isWelcoming(), qPrintable(id));
        }
        QCOMPARE(retried.count(), 0);
    }

    void whatNeverWasConnectedHasNoLastUpdate()
    {
        SampleWorld world;
        ui::MainWindow window;
        world.fill(window);
        window.show();
        models::ConnectionState state = world.connection(Phase::Failed);
        state.since = QDateTime::currentDateTimeUtc();
        state.lastEvent = {};
        window.setConnection(state);
        window.showPage(u"activity"_s);
        const QString text = window.findChild<ui::Banner *>(u"activityStale"_s)->text();
        QVERIFY2(text.contains(u"no connection yet"_s) && !text.contains(u"update"_s), qPrintable(text));
        QVERIFY2(text.contains(state.message), qPrintable(text));
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

    // The rows that are there are seen, sorted and filtered; beside them how many are still to come.
    void rowsAreSeenWhileTheRestIsRead()
    {
        SampleWorld world;
        ui::MainWindow window;
        models::TableModel<models::MappingRow> mappings(models::mappingColumns());
        window.pages().routing->setMappings(mappings);
        window.show();
        window.showPage(u"routing"_s);
        models::ConnectionState state = world.connection();
        state.mappings = 0;
        state.listed = 1500;
        state.remaining = 8500;
        window.setConnection(state);
        auto *cancel = window.findChild<QPushButton *>(u"routingCancel"_s);
        QVERIFY(!cancel->isVisible()); // the page's state has one
        mappings.apply({{world.mappings.row(0), world.mappings.row(1)}, {}, false});
        QTRY_VERIFY(!window.page(u"routing"_s)->state());
        QTRY_COMPARE(window.findChild<QTableView *>(u"mappingsTable"_s)->model()->rowCount(), 2);
        const QString progress = u"1,500 of about 10,000 Mappings"_s;
        QVERIFY2(window.page(u"routing"_s)->facts().startsWith(progress),
                 qPrintable(window.page(u"routing"_s)->facts()));
        const QString status = window.findChild<QLabel *>(u"statusText"_s)->text();
        QVERIFY2(status.contains(progress) && !status.contains(u"0 Mappings,"_s), qPrintable(status));
        const QSignalSpy cancelled(&window, &ui::MainWindow::cancelRequested);
        QVERIFY(cancel->isVisible());
        cancel->click();
        QCOMPARE(cancelled.count(), 1);
        mappings.apply({{world.mappings.row(2)}, {}, true});
        state.listed = 0;
        state.remaining = -1;
        window.setConnection(state);
        QVERIFY(!cancel->isVisible());
        QTRY_VERIFY2(window.page(u"routing"_s)->facts().startsWith(u"3 Mappings"_s),
                     qPrintable(window.page(u"routing"_s)->facts()));
    }

    // "0 Mappings" is a count; nobody has counted.
    void nothingIsCountedThatWasNotRead_data()
    {
        QTest::addColumn<Phase>("phase");
        QTest::addColumn<ui::PageProblem::Kind>("problem");
        QTest::addColumn<QString>("why");
        using Kind = ui::PageProblem::Kind;
        QTest::newRow("not connected") << Phase::NotConnected << Kind::None << u"no cluster is connected"_s;
        QTest::newRow("connecting") << Phase::Connecting << Kind::None << u"still connecting"_s;
        QTest::newRow("failed") << Phase::Failed << Kind::None << u"there is no connection"_s;
        QTest::newRow("reading") << Phase::Live << Kind::None << u"not read yet"_s;
        QTest::newRow("forbidden") << Phase::Live << Kind::Forbidden << u"may not read it"_s;
        QTest::newRow("absent") << Phase::Live << Kind::Absent << u"not installed"_s;
        QTest::newRow("error") << Phase::Live << Kind::Failed << u"could not be read"_s;
    }

    void nothingIsCountedThatWasNotRead()
    {
        QFETCH(Phase, phase);
        QFETCH(ui::PageProblem::Kind, problem);
        QFETCH(QString, why);
        const SampleWorld world;
        models::TableModel<models::MappingRow> none(models::mappingColumns());
        ui::MainWindow window;
        window.pages().routing->setMappings(none);
        window.setConnection(world.connection(phase));
        window.show();
        for (const QString &id : window.pageIds()) {
            window.showPage(id);
            window.page(id)->setProblem({problem, u"GET /apis: no"_s, {}});
            if (id == u"request"_s && !window.page(id)->state())
                continue; // a request can be composed before anything is read
            QVERIFY2(window.page(id)->facts().startsWith(u"Not known: "_s),
                     qPrintable(window.page(id)->facts()));
            QVERIFY2(window.page(id)->facts().contains(why), qPrintable(window.page(id)->facts()));
        }
    }

    void anOverviewOfWhatWasNotReadShowsNoZero_data()
    {
        QTest::addColumn<kube::Error::Kind>("error");
        QTest::addColumn<QString>("word");
        QTest::newRow("forbidden") << kube::Error::Kind::Forbidden << u"not known"_s;
        QTest::newRow("absent") << kube::Error::Kind::NotFound << u"not installed"_s;
    }

    void anOverviewOfWhatWasNotReadShowsNoZero()
    {
        QFETCH(kube::Error::Kind, error);
        QFETCH(QString, word);
        models::SnapshotInput input = inputOf(edgeYaml());
        for (const QString &plural : {u"mappings"_s, u"pods"_s, u"services"_s, u"deployments"_s, u"secrets"_s,
                                      u"namespaces"_s, u"peerauthentications"_s})
            input = withoutKind(input, plural, error);
        const auto snapshot = models::makeSnapshot(input);
        const SampleWorld world;
        ui::MainWindow window;
        window.setConnection(world.connection());
        window.pages().overview->setAnalysis(
            {snapshot.get(), nullptr, models::meshMode(*snapshot), {}, {}, {}, world.now});
        window.show();
        window.showPage(u"overview"_s);
        QVERIFY(!window.page(u"overview"_s)->state());
        QStringList values;
        for (const QString &card : {u"routingCard"_s, u"meshCard"_s, u"certificatesCard"_s}) {
            for (const ui::Fact &fact : window.findChild<ui::FactList *>(card)->facts()) {
                values.append(fact.value);
                QVERIFY2(!fact.toolTip.isEmpty(), qPrintable(fact.name)); // why
            }
        }
        values.removeDuplicates();
        values.removeAll(u"not known"_s); // of Secrets: they are always installed
        values.removeAll(word);
        QCOMPARE(values, QStringList());
        const QString nothing = window.findChild<QLabel *>(u"overviewNothing"_s)->text();
        QVERIFY2(!nothing.startsWith(u"Nothing"_s) && nothing.contains(u"pods"_s), qPrintable(nothing));
    }

    // A team's account: the rest of the cluster was not looked at, so nothing is said of it.
    void anOverviewOfOneNamespaceIsNoAllClear()
    {
        models::SnapshotInput input = inputOf("");
        for (const QString &plural : {u"mappings"_s, u"pods"_s, u"services"_s, u"deployments"_s, u"secrets"_s,
                                      u"peerauthentications"_s})
            input.onlyIn.insert(plural, u"shop"_s);
        const auto snapshot = models::makeSnapshot(input);
        const SampleWorld world;
        ui::MainWindow window;
        window.setConnection(world.connection());
        window.pages().overview->setAnalysis(
            {snapshot.get(), nullptr, models::meshMode(*snapshot), {}, {}, {}, world.now});
        window.show();
        window.showPage(u"overview"_s);
        QHash<QString, QString> values;
        for (const QString &card : {u"routingCard"_s, u"meshCard"_s, u"certificatesCard"_s}) {
            for (const ui::Fact &fact : window.findChild<ui::FactList *>(card)->facts())
                values.insert(fact.name, fact.value);
        }
        QCOMPARE(values.value(u"Edge"_s), u"not known"_s);
        QCOMPARE(values.value(u"Mode of the mesh"_s), u"not known"_s);
        QCOMPARE(values.value(u"Ports in the mesh"_s), u"0 of 0 in shop"_s);
        QCOMPARE(values.value(u"Expired"_s), u"not known (only in shop)"_s);
        QCOMPARE(values.value(u"End within 7 days"_s), u"not known (only in shop)"_s);
        const QString nothing = window.findChild<QLabel *>(u"overviewNothing"_s)->text();
        QVERIFY2(!nothing.startsWith(u"Nothing"_s) && nothing.contains(u"namespace shop only"_s)
                     && nothing.contains(u"services"_s),
                 qPrintable(nothing));
    }

    void aListThatWasNotReadIsNoEmptyOne()
    {
        SampleWorld world;
        ui::MainWindow window;
        world.fill(window);
        window.show();
        world.postures.setRows({});
        window.pages().mesh->setUnknown(u"pods could not be read: forbidden"_s);
        window.showPage(u"mesh"_s);
        for (int i = 0; i < 4; ++i) {
            const auto *tile = window.findChild<ui::Tile *>(u"tile%1"_s.arg(i));
            QTRY_COMPARE(tile->number(), u"—"_s);
            QCOMPARE(tile->severity(), models::Severity::Unknown);
        }
        const auto *panel = window.findChild<ui::StatePanel *>(u"posturesState"_s);
        QTRY_VERIFY(panel->isVisible());
        QVERIFY(panel->shown().text.contains(u"forbidden"_s) && !panel->shown().title.startsWith(u"No "_s));
        QVERIFY2(!window.page(u"mesh"_s)->facts().contains(u'0'),
                 qPrintable(window.page(u"mesh"_s)->facts()));

        world.hosts.setRows({});
        window.pages().routing->setUnknown(u"hosts"_s, u"hosts could not be read: forbidden"_s);
        window.showPage(u"routing"_s);
        window.pages().routing->showTab(u"hosts"_s);
        const auto *hosts = window.findChild<ui::StatePanel *>(u"hostsState"_s);
        QTRY_VERIFY(hosts->isVisible());
        QVERIFY(hosts->shown().text.contains(u"forbidden"_s));
        QTRY_VERIFY2(!window.page(u"routing"_s)->facts().contains(u"0 Hosts"_s),
                     qPrintable(window.page(u"routing"_s)->facts()));
    }

    void missingRightsAreOneLineWithTheRoleBehindIt()
    {
        SampleWorld world;
        ui::MainWindow window;
        world.fill(window);
        window.resize(1280, 800);
        models::ConnectionState partial = world.connection();
        for (const QString &kind : {u"secrets"_s, u"namespaces"_s, u"customresourcedefinitions"_s})
            partial.partial.append(kind + u": forbidden"_s);
        for (const QString &kind : {u"pods"_s, u"services"_s, u"mappings"_s, u"hosts"_s})
            partial.partial.append(kind + u": only in namespace shop, the whole cluster is forbidden"_s);
        partial.clusterRole = u"kind: ClusterRole"_s;
        window.setConnection(partial);
        window.pages().routing->setOnlyIn(u"shop"_s);
        window.show();
        window.showPage(u"overview"_s);
        const auto *banner = window.findChild<ui::Banner *>(u"overviewStale"_s);
        QTRY_VERIFY(banner->isVisible());
        QVERIFY2(banner->text().size() < 110, qPrintable(banner->text()));
        QVERIFY(banner->text().contains(u"secrets"_s)
                && banner->text().contains(u"only in namespace shop"_s));
        const auto *words = banner->findChild<QLabel *>(u"bannerText"_s);
        QCoreApplication::sendPostedEvents();
        QVERIFY(words->heightForWidth(words->width()) < 2 * words->fontMetrics().lineSpacing());
        QTest::keyClick(banner->findChild<QPushButton *>(), Qt::Key_Return);
        auto *dialog = window.findChild<ui::RightsDialog *>();
        QTRY_VERIFY(dialog && dialog->isVisible());
        QCOMPARE(dialog->findChild<QPlainTextEdit *>(u"rightsMissing"_s)->toPlainText().split(u'\n'),
                 partial.partial);
        QTest::keyClick(dialog->findChild<QPushButton *>(u"rightsCopy"_s), Qt::Key_Space);
        QCOMPARE(QApplication::clipboard()->text(), partial.clusterRole);
        QTest::keyClick(dialog, Qt::Key_Escape);
        window.showPage(u"routing"_s); // whose own banner tells of the Mappings
        const QString rest = window.findChild<ui::Banner *>(u"routingStale"_s)->text();
        QVERIFY2(!rest.contains(u"mappings"_s) && rest.contains(u"and 2 more"_s), qPrintable(rest));
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
        state.mode = models::ConnectionState::Mode::ReadOnly;
        window.setConnection(state);
        const QColor calm = QColor::fromRgb(ui::tokensOf(word->palette()).good.paper);
        if (loud)
            QCOMPARE(word->grab().toImage().pixelColor(word->width() / 2, 2), calm);
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
