// SPDX-License-Identifier: GPL-3.0-or-later
// The tabs of the page Routing and the parts of its details, by keyboard.
#include "models/items/configured_rows.h"
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/candidate_text.h"
#include "ui/chip.h"
#include "ui/fact_list.h"
#include "ui/link_list.h"
#include "ui/pages/routing_page.h"

#include <QClipboard>
#include <QCompleter>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTreeView>

using namespace Qt::StringLiterals;

class RoutingTest : public QObject, WindowFixture
{
    Q_OBJECT

    ui::RoutingPage &page() const { return *m_window->pages().routing; }

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void arrowsGoThroughTheTabs()
    {
        m_window->showPage(u"routing"_s);
        auto *tabs = find<QTabBar>(u"routingTabs"_s);
        tabs->setFocus();
        QStringList seen{page().currentTab()};
        for (int i = 1; i < tabs->count(); ++i) {
            press(Qt::Key_Right);
            seen.append(page().currentTab());
        }
        QCOMPARE(seen, QStringList({u"mappings"_s, u"hosts"_s, u"listeners"_s, u"tcpmappings"_s, u"tree"_s}));
        QVERIFY(find<QTreeView>(u"routeTree"_s)->isVisible());
        QTRY_VERIFY(tabs->tabText(0).contains(u"40"_s));
    }

    void aKindWithoutObjectsSaysWhatThatMeans()
    {
        m_window->showPage(u"routing"_s);
        page().showTab(u"tcpmappings"_s);
        QTRY_VERIFY(find<QWidget>(u"tcpmappingsState"_s)->isVisible());
        QVERIFY(find<QWidget>(u"tcpmappingsState"_s)
                    ->findChild<QLabel *>(u"stateTitle"_s)
                    ->text()
                    .contains(u"TCPMappings"_s));
    }

    void aPortThatTheEdgeOpensByItselfIsListed()
    {
        m_window->showPage(u"routing"_s);
        page().showTab(u"listeners"_s);
        const auto *table = find<QTableView>(u"listenersTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        find<QTableView>(u"listenersTable"_s)->setCurrentIndex(table->model()->index(0, 0));
        QStringList users;
        for (const ui::LinkList::Link &each : find<ui::LinkList>(u"objectUsedBy"_s)->links())
            users.append(each.text);
        QVERIFY2(users.contains(u"Mapping default/quote-backend"_s), qPrintable(users.join(u' ')));
        QVERIFY(!find<QTabBar>(u"objectParts"_s)->isVisible()); // no object, no YAML
    }

    void theTreeLeadsFromAHostToAMapping()
    {
        m_window->showPage(u"routing"_s);
        page().showTab(u"tree"_s);
        auto *tree = find<QTreeView>(u"routeTree"_s);
        QVERIFY(tree->model()->rowCount() > 0);
        const QModelIndex mapping = m_world->routes.indexOf(u"team-a/orders"_s);
        QVERIFY(mapping.isValid());
        QCOMPARE(mapping.parent().data().toString(), u"/v2/"_s);
        QVERIFY(mapping.parent().parent().data().toString().contains(u"api.example.com"_s));
        tree->setCurrentIndex(mapping);
        QCOMPARE(page().currentKey(), u"team-a/orders"_s);
        QCOMPARE(find<QWidget>(u"mappingDetail"_s)->findChild<QLabel *>(u"detailTitle"_s)->text(),
                 u"orders"_s);
        m_world->routes.setNodes({});
        m_world->routes.setNodes(models::routeNodes(m_world->view));
        QCOMPARE(tree->model()->rowCount() > 0, true);
    }

    void theTreeKeepsWhatWasOpenedOverAnUpdate()
    {
        m_window->showPage(u"routing"_s);
        page().showTab(u"tree"_s);
        auto *tree = find<QTreeView>(u"routeTree"_s);
        const QModelIndex path = m_world->routes.indexOf(u"team-a/orders"_s).parent();
        tree->setExpanded(path, true);
        tree->setCurrentIndex(m_world->routes.indexOf(u"team-a/orders"_s));
        QList<models::RouteNode> nodes = models::routeNodes(m_world->view);
        nodes[0].side += u" changed"_s;
        m_world->routes.setNodes(nodes);
        QVERIFY(tree->isExpanded(m_world->routes.indexOf(u"team-a/orders"_s).parent()));
        QCOMPARE(page().currentKey(), u"team-a/orders"_s);
    }

    // Resource, Ambassador and Envoy each say what they have, with the time; where they differ the state says so.
    void theStateIsMergedOfWhatEachSays_data()
    {
        using Has = models::MappingSight::Has;
        QTest::addColumn<Has>("ambassador");
        QTest::addColumn<Has>("envoy");
        QTest::addColumn<QString>("error");
        QTest::addColumn<bool>("isLate");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("nobody has asked yet")
            << Has::NotRead << Has::NotRead << QString() << false << QStringList{u"not read yet"_s};
        QTest::newRow("not allowed")
            << Has::NotRead << Has::NotRead << u"this needs `create` on `pods/portforward` in `ambassador`"_s
            << false << QStringList{u"not read: this needs `create` on `pods/portforward` in `ambassador`"_s};
        QTest::newRow("all have it") << Has::All << Has::All << QString() << false
                                     << QStringList{u"has it, read"_s, u"route loaded, updated 1 min ago"_s};
        QTest::newRow("Envoy lags") << Has::All << Has::Missing << QString() << true
                                    << QStringList{u"has it, read"_s, u"has no such route"_s};
        QTest::newRow("one pod lags")
            << Has::All << Has::Partly << QString() << true << QStringList{u"not every pod has its route"_s};
    }
    void theStateIsMergedOfWhatEachSays()
    {
        using Has = models::MappingSight::Has;
        QFETCH(Has, ambassador);
        QFETCH(Has, envoy);
        QFETCH(QString, error);
        QFETCH(bool, isLate);
        QFETCH(QStringList, parts);
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        models::EdgeSight sight;
        if (error.isEmpty() && envoy != Has::NotRead) {
            sight.ambassador = sight.envoy = {now.addSecs(-3), {}, 1, 1};
            sight.envoyUpdatedAt = now.addSecs(-70);
        } else if (!error.isEmpty()) {
            sight.ambassador = sight.envoy = {{}, error, 0, 1};
        }
        models::MappingRow row = *m_world->mappings.find(u"default/quote-backend"_s);
        row.generation = 4;
        row.changedAt = now.addSecs(-120).toSecsSinceEpoch();
        row.sight = {ambassador, envoy, {}};
        row.isLate = models::isLateInEnvoy(row, sight.envoy.readAt);
        QCOMPARE(row.isLate, isLate);
        m_world->mappings.apply({{row}, {}, true});
        page().setSight(sight);
        QString said;
        for (const ui::Fact &fact : find<QWidget>(u"mappingDetail"_s)->findChild<ui::FactList *>()->facts())
            said += fact.name + u": "_s + fact.value + u'\n';
        QVERIFY2(said.contains(u"Resource: generation 4, changed 2 min ago"_s), qPrintable(said));
        for (const QString &part : parts)
            QVERIFY2(said.contains(part), qPrintable(said));
        QCOMPARE(find<QWidget>(u"mappingDetail"_s)
                     ->findChild<ui::Chip *>(u"detailChip"_s)
                     ->text()
                     .contains(u"Envoy"_s),
                 isLate);
    }

    void matchOrderSaysWhyTheOthersLose()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const QSignalSpy asked(&page(), &ui::RoutingPage::orderRequested);
        auto *parts = find<QTabBar>(u"mappingParts"_s);
        parts->setFocus();
        press(Qt::Key_Right);
        QCOMPARE(asked.count(), 1);
        const QString order = find<QPlainTextEdit>(u"mappingOrder"_s)->toPlainText();
        QVERIFY2(order.contains(u"serves it"_s), qPrintable(order));
        QVERIFY2(order.contains(u"wants /v2/"_s), qPrintable(order));
        QVERIFY(find<QPlainTextEdit>(u"mappingOrder"_s)->isVisible());
        QVERIFY(!find<QPlainTextEdit>(u"mappingWhy"_s)->isVisible());
    }

    // Of a host that was made up nothing is to be read.
    void matchOrderSaysWhatIsAskedFor_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("said");
        QTest::newRow("any") << u"*"_s << u"any host, /backend/"_s;
        QTest::newRow("none") << QString() << u"any host, /backend/"_s;
        QTest::newRow("own") << u"api.example.com"_s << u"api.example.com, /backend/"_s;
        QTest::newRow("below") << u"*.example.com"_s << u"www.example.com, /backend/"_s;
    }
    void matchOrderSaysWhatIsAskedFor()
    {
        QFETCH(QString, host);
        QFETCH(QString, said);
        models::MappingRow row = *m_world->mappings.find(u"default/quote-backend"_s);
        row.host = host;
        m_world->mappings.apply({{row}, {}, true});
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *parts = find<QTabBar>(u"mappingParts"_s);
        parts->setFocus();
        press(Qt::Key_Right);
        const auto *head = find<QLabel>(u"mappingOrderHead"_s);
        QTRY_VERIFY2(head->text().contains(said), qPrintable(head->text()));
        const QString all = head->text() + find<QPlainTextEdit>(u"mappingOrder"_s)->toPlainText();
        QVERIFY2(!all.contains(u"localhost"_s) && !all.contains(u".invalid"_s), qPrintable(all));
    }

    void yamlIsReadWhenItIsLookedAt()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const QSignalSpy asked(&page(), &ui::RoutingPage::yamlRequested);
        auto *parts = find<QTabBar>(u"mappingParts"_s);
        parts->setFocus();
        parts->setCurrentIndex(3);
        QCOMPARE(asked.count(), 1);
        const auto object = asked.first().first().value<models::ObjectRef>();
        QCOMPARE(object.text(), u"Mapping default/quote-backend"_s);
        page().showYaml({u"Mapping"_s, u"shop"_s, u"cart"_s}, u"late: answer"_s); // of another one
        QVERIFY(!find<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText().contains(u"late"_s));
        page().showYaml(object, u"kind: Mapping\n"_s);
        QCOMPARE(find<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText(), u"kind: Mapping\n"_s);
        find<QPushButton>(u"mappingYamlCopy"_s)->click();
        QCOMPARE(QApplication::clipboard()->text(), u"kind: Mapping\n"_s);
        m_window->showPage(u"routing"_s, u"shop/cart"_s); // and is read anew for the next
        QCOMPARE(asked.count(), 2);
    }

    // The API server knows no object of that name, so none is asked for.
    void whatStandsInAnAnnotationSaysWhere()
    {
        auto object = std::make_shared<const edge::Value>(edge::Value::object(
            {{"apiVersion", "getambassador.io/v2"},
             {"kind", "Mapping"},
             {"metadata", edge::Value::object({{"name", "noted"}, {"namespace", "shop"}})},
             {"spec", edge::Value::object({{"prefix", "/noted/"}, {"service", "cart"}})}}));
        m_world->mappings.apply(
            {{models::mappingRow(models::ConfiguredObject{object, {u"Service"_s, u"shop"_s, u"web"_s}})},
             {},
             false});
        m_window->showPage(u"routing"_s, u"shop/noted"_s);
        QCOMPARE(find<QTableView>(u"mappingsTable"_s)->selectionModel()->selectedRows().size(), 1);
        const QSignalSpy asked(&page(), &ui::RoutingPage::yamlRequested);
        find<QTabBar>(u"mappingParts"_s)->setCurrentIndex(3);
        QCOMPARE(asked.count(), 0);
        const QString yaml = find<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText();
        QVERIFY2(yaml.contains(u"annotation of Service shop/web"_s), qPrintable(yaml));
    }

    void namesCommandsAndYamlAreCopiedByKeyboard()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        table->setFocus();
        press(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), u"default/quote-backend"_s);
        press(Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(
            QApplication::clipboard()->text(),
            u"kubectl --context eks-eu1 -n default get mappings.getambassador.io quote-backend -o yaml"_s);
        const QSignalSpy wanted(m_window.get(), &ui::MainWindow::yamlCopyRequested);
        press(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(wanted.count(), 1);
    }

    void shiftAndAClickSortFurther()
    {
        m_window->showPage(u"routing"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 40);
        const QHeaderView *header = table->horizontalHeader();
        const auto click = [&](int column, Qt::KeyboardModifiers modifiers) {
            const QPoint at(header->sectionViewportPosition(column) + 10, header->height() / 2);
            QTest::mouseClick(header->viewport(), Qt::LeftButton, modifiers, at);
        };
        click(3, Qt::NoModifier);    // host
        click(2, Qt::ShiftModifier); // prefix
        QTRY_VERIFY(find<QLabel>(u"routingFacts"_s)->text().contains(u"Host, Prefix"_s));
        QString before;
        for (int row = 0; row < 40; ++row) {
            const QString now = table->model()->index(row, 3).data().toString() + u'\t'
                + table->model()->index(row, 2).data().toString();
            if (!now.startsWith(u'*')) // numbers in /svc-9/ and /svc-10/ sort by value
                QVERIFY2(before <= now || before.startsWith(u'*'), qPrintable(before + u" > " + now));
            before = now;
        }
    }

    void draggedWidthsAndUnwantedColumnsAreKept()
    {
        m_window->showPage(u"routing"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 40);
        table->horizontalHeader()->resizeSection(4, 60); // as the mouse would
        const int service = 5;
        table->horizontalHeader()->resizeSection(service, 222);
        const QVariantMap state = m_window->layoutState();
        SampleWorld world; // outlives the window
        ui::MainWindow other;
        world.fill(other);
        other.show();
        other.showPage(u"routing"_s);
        other.restoreLayoutState(state);
        const auto *same = other.findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_COMPARE(same->columnWidth(service), 222);
    }

    void whatComesBackFromBehindAFilterIsStillTheChosenOne()
    {
        m_window->showPage(u"routing"_s, u"shop/cart"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        auto *filter = find<QLineEdit>(u"mappingsFilter"_s);
        filter->setText(u"nothing-is-called-so"_s);
        QTRY_COMPARE(table->model()->rowCount(), 0);
        filter->clear();
        QTRY_COMPARE(table->model()->rowCount(), 40);
        QCOMPARE(page().currentKey(), u"shop/cart"_s);
    }

    void theFilterCompletesTheLastWord()
    {
        m_window->showPage(u"routing"_s);
        auto *filter = find<QLineEdit>(u"mappingsFilter"_s);
        filter->setFocus();
        QTest::keyClicks(filter, u"cart -sta"_s);
        QTRY_VERIFY(filter->completer()->completionCount() > 0);
        QStringList offered;
        for (int i = 0; filter->completer()->setCurrentRow(i); ++i)
            offered.append(filter->completer()->currentCompletion());
        QVERIFY2(offered.contains(u"cart -status:error"_s), qPrintable(offered.join(u'\n')));
    }

    void theSidebarSaysTheWorstOfTheRoutes()
    {
        page().setFindings(m_world->findingRows);
        const QSignalSpy badge(&page(), &ui::PageFrame::badgeChanged);
        models::MappingRow row = *m_world->mappings.find(u"default/quote-backend"_s);
        models::MappingVerdict verdict = *row.verdict;
        verdict.findings.append({u"RT-005"_s, models::Severity::Error, {}, {}, u"130 per cent"_s, {}, {}});
        row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
        int errors = 0;
        m_world->mappings.apply({{row}, {}, true});
        for (int i = 0; i < m_world->mappings.rowCount(); ++i)
            errors += models::stateSeverity(m_world->mappings.row(i)) == models::Severity::Error;
        for (const auto *objects : {&m_world->hosts, &m_world->listeners, &m_world->tcpMappings}) {
            for (int i = 0; i < objects->rowCount(); ++i)
                errors += objects->row(i).severity == models::Severity::Error;
        }
        QVERIFY(errors > 0);
        QTRY_VERIFY(badge.count() > 0
                    && badge.last()[1].value<std::optional<models::Severity>>() == models::Severity::Error);
        QCOMPARE(badge.last()[0].toString(), QString::number(errors));
        // What somebody mutes is no longer counted.
        models::FindingRow muted;
        muted.key = u"muted"_s;
        muted.finding = {
            u"RT-005"_s, models::Severity::Error, {u"Mapping"_s, u"default"_s, u"quote-backend"_s},
            {},          u"130 per cent"_s,       {},
            {}};
        muted.mutedBecause = u"known"_s;
        m_world->findingRows.apply({{muted}, {}, true});
        QTRY_COMPARE(badge.last()[0].toString(), QString::number(errors - 1));
        m_world->findingRows.apply({{}, {muted.key}, true});
        QTRY_COMPARE(badge.last()[0].toString(), QString::number(errors));
    }

    void goingToAMappingKeepsTheFilterThatShowsIt()
    {
        m_window->showPage(u"routing"_s);
        auto *filter = find<QLineEdit>(u"mappingsFilter"_s);
        filter->setText(u"backend"_s);
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        QCOMPARE(filter->text(), u"backend"_s);
        QCOMPARE(page().currentKey(), u"default/quote-backend"_s);
        filter->setText(u"nothing-is-called-so"_s);
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        QCOMPARE(filter->text(), QString());
        QTRY_COMPARE(page().currentKey(), u"default/quote-backend"_s);
    }

    // What was read before it was changed says nothing of it: neither that it is served nor that it is not.
    void aReadingOfBeforeSaysNothing()
    {
        using Has = models::MappingSight::Has;
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        models::EdgeSight sight;
        sight.ambassador = sight.envoy = {now.addSecs(-30), {}, 1, 1};
        models::MappingRow row = *m_world->mappings.find(u"default/quote-backend"_s);
        row.changedAt = now.addSecs(-1).toSecsSinceEpoch();
        row.sight = {Has::Missing, Has::NotRead, {}};
        row.isUnseen = models::isUnseenInEnvoy(row, sight.envoy.readAt);
        QVERIFY(row.isUnseen && !models::isLateInEnvoy(row, sight.envoy.readAt));
        m_world->mappings.apply({{row}, {}, true});
        page().setSight(sight);
        QStringList said;
        for (const ui::Fact &fact : find<QWidget>(u"mappingDetail"_s)->findChild<ui::FactList *>()->facts())
            said.append(fact.value);
        QCOMPARE(said.filter(u"before it was changed"_s).size(), 2); // Ambassador's and Envoy's
        QVERIFY2(said.filter(u"no route of it"_s).isEmpty(), qPrintable(said.join(u'\n')));
        QCOMPARE(find<QWidget>(u"mappingDetail"_s)->findChild<ui::Chip *>(u"detailChip"_s)->text(),
                 u"Not seen yet"_s);
    }

    // Beside the details, in a usual window: the longest of the states too.
    void theStateIsWholeBesideTheDetails()
    {
        QList<models::MappingRow> rows;
        for (int i = 0; i < m_world->mappings.rowCount(); ++i) {
            models::MappingRow row = m_world->mappings.row(i);
            row.sightState = models::SightState::Unreadable;
            rows.append(row);
        }
        m_window->resize(1280, 800);
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        m_world->mappings.apply({rows, {}, true});
        page().showDetails();
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QModelIndex state;
        const auto isLongest = [&](int row) {
            state = table->model()->index(row, 1);
            return state.data().toString() == u"Unknown (config only)"_s;
        };
        QTRY_VERIFY(isLongest(1) || isLongest(2) || isLongest(3));
        const int wanted = table->itemDelegate()->sizeHint({}, state).width();
        QTRY_VERIFY2(table->columnWidth(1) >= wanted,
                     qPrintable(u"%1 of %2"_s.arg(table->columnWidth(1)).arg(wanted)));
        QVERIFY(!table->isColumnHidden(2)); // the prefix
    }

    void whoServesAPartSaysHowMuch()
    {
        const auto candidate = [](const char *name, bool chosen, double share) {
            edge::Candidate one;
            one.mapping = {"Mapping", name, "default"};
            one.path = "/orders/";
            one.matched = true;
            one.chosen = chosen;
            one.share = share;
            return one;
        };
        const QString shared = ui::matchOrderText(
            {candidate("orders-a", true, 0.6), candidate("orders-b", false, 0.4)}, u"default/orders-a"_s);
        QVERIFY2(shared.contains(u"60 % of such requests"_s) && shared.contains(u"40 % of such requests"_s),
                 qPrintable(shared));
        const QString alone = ui::matchOrderText({candidate("quote", true, 1)}, u"default/quote"_s);
        QVERIFY2(alone.contains(u"serves it"_s) && !alone.contains(u'%'), qPrintable(alone));
    }
};

SALLYPORT_TEST(routing_test, RoutingTest)
#include "routing_test.moc"
