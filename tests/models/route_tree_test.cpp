// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/route_tree.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray mappingYaml(const QByteArray &name, const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: default}\nspec: " + spec + "\n";
}

models::EdgeView viewOf(const QByteArray &yaml)
{
    const auto snapshot = snapshotOf(edgeYaml() + quoteYaml(true) + yaml);
    return models::viewEdge(*snapshot, *snapshot->edge({}));
}

const QByteArray twoPaths = mappingYaml("a", "{prefix: /long/path/, service: quote, weight: 10}")
    + mappingYaml("b", "{prefix: /long/path/, service: quote}")
    + mappingYaml("c", "{prefix: /, service: quote}");

} // namespace

class RouteTreeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hostsHavePathsAndPathsMappingsInMatchOrder()
    {
        models::RouteTree tree;
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.setNodes(models::routeNodes(viewOf(twoPaths)));
        QCOMPARE(tree.rowCount(), 1);
        const QModelIndex host = tree.index(0, 0);
        QCOMPARE(host.data().toString(), u"*"_s);
        QCOMPARE(tree.rowCount(host), 2);
        const QModelIndex longer = tree.index(0, 0, host);
        QCOMPARE(longer.data().toString(), u"/long/path/"_s);
        QCOMPARE(tree.index(1, 0, host).data().toString(), u"/"_s);
        QCOMPARE(tree.rowCount(longer), 2); // the canary and the rest, each once
        QCOMPARE(tree.parent(tree.index(1, 0, longer)), longer);
        const QModelIndex b = tree.indexOf(u"default/b"_s);
        QCOMPARE(b.parent(), longer);
        QVERIFY(tree.pathOf(b).endsWith(u"/long/path/\ndefault/b"_s));
        QVERIFY(!tree.indexOf(u"default/nobody"_s).isValid());
    }

    void theSameNodesChangeNothing()
    {
        models::RouteTree tree;
        const models::EdgeView view = viewOf(twoPaths);
        tree.setNodes(models::routeNodes(view));
        const QSignalSpy reset(&tree, &QAbstractItemModel::modelReset);
        tree.setNodes(models::routeNodes(view));
        QCOMPARE(reset.count(), 0);
        tree.setNodes(models::routeNodes(viewOf(mappingYaml("c", "{prefix: /, service: quote}"))));
        QCOMPARE(reset.count(), 1);
        QCOMPARE(tree.rowCount(tree.index(0, 0)), 1);
    }

    // As the table has them: an error makes a Mapping faulty, and what encloses it is not well either.
    void whatIsWrongIsSeenAbove()
    {
        models::EdgeView view = viewOf(twoPaths);
        auto faulty = *view.mappings.value(u"default/c"_s);
        faulty.findings.append({u"RT-007"_s, models::Severity::Error, {}, {}, {}, {}, {}});
        view.mappings[u"default/c"_s] = std::make_shared<const models::MappingVerdict>(faulty);
        models::RouteTree tree;
        tree.setNodes(models::routeNodes(view));
        const auto stateOf = [](const QModelIndex &at) { return at.siblingAtColumn(1).data().toString(); };
        const QModelIndex c = tree.indexOf(u"default/c"_s);
        QCOMPARE(stateOf(c), u"Faulty"_s);
        QCOMPARE(stateOf(c.parent()), u"Faulty"_s);
        QCOMPARE(stateOf(c.parent().parent()), u"Faulty"_s);
        QCOMPARE(stateOf(tree.indexOf(u"default/a"_s)), u"Loaded"_s);
        QCOMPARE(stateOf(tree.indexOf(u"default/a"_s).parent()), QString());
        QCOMPARE(c.siblingAtColumn(1).data(models::TableModelBase::SeverityRole).toInt(),
                 int(models::Severity::Error));
    }

    void whatHasNoRouteStandsAtTheEnd()
    {
        models::RouteTree tree;
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.setNodes(models::routeNodes(viewOf(twoPaths + mappingYaml("d", "{prefix: /d/}"))));
        const QModelIndex d = tree.indexOf(u"default/d"_s);
        QVERIFY(d.isValid());
        QCOMPARE(d.siblingAtColumn(1).data().toString(), u"Rejected"_s);
        QCOMPARE(d.parent().row(), tree.rowCount() - 1);
        QVERIFY(!d.parent().parent().isValid());
        QCOMPARE(d.parent().siblingAtColumn(1).data().toString(), u"Rejected"_s);
    }

    // What is known beyond the objects; it stays when the routes are others.
    void statesComeFromOutside()
    {
        models::RouteTree tree;
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.setNodes(models::routeNodes(viewOf(twoPaths)));
        const QSignalSpy reset(&tree, &QAbstractItemModel::modelReset);
        const QSignalSpy changed(&tree, &QAbstractItemModel::dataChanged);
        const QHash<QString, models::RouteState> states{
            {u"default/c"_s, {u"Not in Envoy"_s, models::Severity::Warning}}};
        tree.changeStates(states);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(changed.count(), 3); // the Mapping, its path, their host
        tree.changeStates(states);
        QCOMPARE(changed.count(), 3);
        QCOMPARE(tree.index(0, 1).data().toString(), u"Not in Envoy"_s);
        tree.setNodes(models::routeNodes(viewOf(mappingYaml("c", "{prefix: /, service: quote}"))));
        QCOMPARE(tree.index(0, 1).data().toString(), u"Not in Envoy"_s);
        tree.forgetStates();
        QCOMPARE(tree.index(0, 1).data().toString(), QString());
    }

    // One Mapping's news costs its path and its host, in whatever order news come.
    void statesFollowTheTable()
    {
        models::TableModel<models::MappingRow> mappings(models::mappingColumns());
        models::RouteTree tree;
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.follow(mappings);
        tree.setNodes(models::routeNodes(viewOf(twoPaths)));
        const QSignalSpy changed(&tree, &QAbstractItemModel::dataChanged);
        models::MappingRow row;
        row.nameSpace = u"default"_s;
        row.name = u"c"_s;
        row.key = u"default/c"_s;
        auto verdict = std::make_shared<models::MappingVerdict>();
        verdict->state = models::MappingVerdict::State::Rejected;
        row.verdict = verdict;
        mappings.apply({{row}, {}, true});
        QCOMPARE(tree.index(0, 1).data().toString(), u"Rejected"_s);
        QCOMPARE(changed.count(), 3); // the Mapping, its path, their host
        mappings.apply({{row}, {}, true});
        QCOMPARE(changed.count(), 3);
        verdict = std::make_shared<models::MappingVerdict>();
        verdict->state = models::MappingVerdict::State::Loaded;
        row.verdict = verdict;
        row.sightState = models::SightState::Read;
        mappings.apply({{row}, {}, true});
        QCOMPARE(tree.index(0, 1).data().toString(), QString());
    }

    void anEdgeThatCannotBeBuiltHasNoRoutes() { QVERIFY(models::routeNodes(models::EdgeView()).isEmpty()); }
};

SALLYPORT_TEST(route_tree_test, RouteTreeTest)
#include "route_tree_test.moc"
