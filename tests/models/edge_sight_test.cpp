// SPDX-License-Identifier: GPL-3.0-or-later
// What the edge's pods say that they run, in the shapes of the versions that there are, beside what is compiled.
#include "models/analysis/edge_sight.h"
#include "models/items/rows.h"
#include "models/resources/edge_runtime.h"
#include "models/resources/snapshot_maker.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using Has = models::MappingSight::Has;

namespace {

const QDateTime noon({2026, 11, 26}, {12, 0}, Qt::UTC);

// The quotes of JSON are hard to read in C++: ' stands for them.
QByteArray json(QByteArray text) { return text.replace('\'', '"'); }

QByteArray routesJson(const QByteArray &routes)
{
    return json("{'name':'r','virtual_hosts':[{'name':'v','domains':['*'],'routes':[" + routes + "]}]}");
}

QByteArray inlineListener(const QByteArray &filter, const QByteArray &routes)
{
    return json("{'name':'l','filter_chains':[{'filters':[{'name':'hcm','" + filter + "':{'route_config':")
        + routesJson(routes) + "}}]}]}";
}

QByteArray dumpOf(const QByteArray &entries) { return json("{'configs':[") + entries + "]}"; }

const QByteArray backend =
    "{'match':{'prefix':'/backend/'},'route':{'cluster':'cluster_quote_default_default'}}";

models::EdgeView viewOf(const QByteArray &mappings)
{
    const auto snapshot = models::makeSnapshot(inputOf(edgeYaml() + quoteYaml(false) + mappings));
    return models::viewEdge(*snapshot, *snapshot->edge({}));
}

QByteArray mapping(const QByteArray &name, const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: default}\nspec: " + spec + "\n";
}

models::EdgeRuntime podWith(const QByteArray &routes, const QSet<QString> &mappings)
{
    models::EdgeRuntime pod;
    pod.pod = u"ambassador-1"_s;
    pod.diagReadAt = pod.envoyReadAt = noon;
    pod.diag.mappings = mappings;
    pod.envoy =
        models::readEnvoyRoutes(
            dumpOf(json("{'dynamic_listeners':[{'active_state':{'last_updated':'2026-11-26T11:59:00Z',"
                        "'listener':")
                   + inlineListener("typed_config", routes) + "}}]}"))
            .value();
    return pod;
}

} // namespace

class EdgeSightTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void routesAreReadInEveryShapeOfADump_data()
    {
        QTest::addColumn<QByteArray>("dump");
        QTest::addColumn<QList<QByteArray>>("keys");
        QTest::addColumn<QDateTime>("updated");
        const QDateTime at = QDateTime({2026, 11, 26}, {11, 0}, Qt::UTC);
        const QByteArray time = "'last_updated':'2026-11-26T11:00:00.000Z'";
        const QList<QByteArray> quote{"p/backend/\ncluster_quote_default_default"};
        QTest::newRow("listeners with their routes")
            << dumpOf(json("{'dynamic_listeners':[{'name':'l','active_state':{" + time + ",'listener':")
                      + inlineListener("typed_config", backend) + "}}]}")
            << quote << at;
        QTest::newRow("of one resource alone")
            << dumpOf(json("{'name':'l','active_state':{" + time + ",'listener':")
                      + inlineListener("typed_config", backend) + "}}")
            << quote << at;
        QTest::newRow("before 1.14") << dumpOf(json("{'dynamic_active_listeners':[{" + time + ",'listener':")
                                               + inlineListener("config", backend) + "}]}")
                                     << quote << at;
        QTest::newRow("routes by a stream of their own") << dumpOf(
            json("{'dynamic_route_configs':[{" + time + ",'route_config':") + routesJson(backend) + "}]}")
                                                         << quote << at;
        QTest::newRow("of the bootstrap") << dumpOf(json("{'static_listeners':[{'listener':")
                                                    + inlineListener("typed_config", backend) + "}]}")
                                          << quote << QDateTime();
        QTest::newRow("other matches and actions") << dumpOf(
            json("{'route_config':")
            + routesJson("{'match':{'path':'/a'},'redirect':{'https_redirect':true}},"
                         "{'match':{'safe_regex':{'google_re2':{},'regex':'(?i)/b.*'}},"
                         "'route':{'weighted_clusters':{'clusters':[{'name':'one'},{'name':'two'}]}}},"
                         "{'match':{'regex':'/c'},'direct_response':{'status':404}}")
            + "}") << QList<QByteArray>{"e/a\n>", "r/b.*\none", "r/b.*\ntwo", "r/c\n>"}
                                                   << QDateTime();
        QTest::newRow("wrong types are passed over")
            << dumpOf(json("7,{'dynamic_listeners':{}},{'dynamic_listeners':[[],{'active_state':7}]},"
                           "{'route_config':{'virtual_hosts':[{'routes':[null,3]}]}}"))
            << QList<QByteArray>{">"} << QDateTime();
    }
    void routesAreReadInEveryShapeOfADump()
    {
        QFETCH(QByteArray, dump);
        QFETCH(QList<QByteArray>, keys);
        QFETCH(QDateTime, updated);
        const auto found = models::readEnvoyRoutes(dump);
        QVERIFY2(found, found ? "" : qPrintable(found.error().message));
        QList<QByteArray> got = found->routes.values();
        std::sort(got.begin(), got.end());
        QCOMPARE(got, keys);
        QCOMPARE(found->updatedAt, updated);
        QVERIFY(found->refused.isEmpty());
    }

    void whatEnvoyRefusesIsItsOwnWords()
    {
        const auto found = models::readEnvoyRoutes(
            dumpOf(json("{'dynamic_listeners':[{'name':'l','error_state':{'last_update_attempt':"
                        "'2026-11-26T11:30:00Z','details':'Invalid regex'}}]}")));
        QVERIFY(found);
        QCOMPARE(found->refused, u"Invalid regex"_s);
        QCOMPARE(found->refusedAt, QDateTime({2026, 11, 26}, {11, 30}, Qt::UTC));
    }

    void diagnosticsNameTheMappings_data()
    {
        QTest::addColumn<QByteArray>("diag");
        QTest::addColumn<QStringList>("mappings");
        QTest::newRow("members of a group") << QByteArray(
            "{'route_info':[{'_source':'a.shop.1','_route':{'mappings':[{'name':'a','namespace':"
            "'shop'},{'name':'b','namespace':'shop'}],'shadows':[{'name':'s','namespace':'x'}]}}]}")
                                            << QStringList{u"shop/a"_s, u"shop/b"_s, u"x/s"_s};
        QTest::newRow("a redirect") << QByteArray(
            "{'route_info':[{'_route':{'mappings':[],'host_redirect':{'name':'r','namespace':"
            "'shop'}}}]}") << QStringList{u"shop/r"_s};
        QTest::newRow("its source alone")
            << QByteArray("{'route_info':[{'_source':'v1.2.shop.1'}]}") << QStringList{u"shop/v1.2"_s};
        QTest::newRow("none") << QByteArray("{'route_info':[]}") << QStringList();
    }
    void diagnosticsNameTheMappings()
    {
        QFETCH(QByteArray, diag);
        QFETCH(QStringList, mappings);
        const auto found = models::readDiag(json(diag));
        QVERIFY2(found, found ? "" : qPrintable(found.error().message));
        QStringList got = found->mappings.values();
        got.sort();
        QCOMPARE(got, mappings);
    }

    void whatIsNoAnswerSaysSo_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a page") << QByteArray("<html>");
        QTest::newRow("another document") << QByteArray("{\"a\":1}");
        QTest::newRow("a list") << QByteArray("[]");
    }
    void whatIsNoAnswerSaysSo()
    {
        QFETCH(QByteArray, body);
        const auto diag = models::readDiag(body);
        QVERIFY(!diag);
        QVERIFY(diag.error().message.contains(u"/ambassador/v0/diag/"_s));
        const auto routes = models::readEnvoyRoutes(body);
        QVERIFY(!routes);
        QVERIFY(routes.error().message.contains(u"/config_dump"_s));
    }

    void aMappingIsSeenInEachPod_data()
    {
        QTest::addColumn<QList<QByteArray>>("pods"); // the routes of each
        QTest::addColumn<Has>("envoy");
        const QByteArray other = "{'match':{'prefix':'/backend/'},'route':{'cluster':'cluster_old_default'}}";
        QTest::newRow("it has it") << QList<QByteArray>{backend} << Has::All;
        QTest::newRow("not yet") << QList<QByteArray>{""} << Has::Missing;
        QTest::newRow("its path leads elsewhere still") << QList<QByteArray>{other} << Has::Missing;
        QTest::newRow("one of two pods") << QList<QByteArray>{backend, other} << Has::Partly;
        QTest::newRow("no pod") << QList<QByteArray>{} << Has::NotRead;
    }
    void aMappingIsSeenInEachPod()
    {
        QFETCH(QList<QByteArray>, pods);
        QFETCH(Has, envoy);
        QList<models::EdgeRuntime> runtimes;
        for (const QByteArray &routes : pods)
            runtimes.append(podWith(routes, {u"default/quote-backend"_s}));
        const models::EdgeView view = viewOf(mapping("quote-backend", "{prefix: /backend/, service: quote}"));
        const models::EdgeSight sight = models::edgeSight(view, runtimes);
        const models::MappingSight seen = sight.mappings.value(u"default/quote-backend"_s);
        QCOMPARE(seen.envoy, envoy);
        QCOMPARE(seen.ambassador, pods.isEmpty() ? Has::NotRead : Has::All);
        QCOMPARE(sight.envoy.pods, int(pods.size()));
        QCOMPARE(sight.envoyUpdatedAt,
                 pods.isEmpty() ? QDateTime() : QDateTime({2026, 11, 26}, {11, 59}, Qt::UTC));
    }

    void whatAnEnvoyRefusesIsSaidOfTheEdge()
    {
        models::EdgeRuntime pod = podWith(backend, {u"default/quote-backend"_s});
        pod.envoy.refused = u"no argument for repetition operator"_s;
        pod.envoy.refusedAt = noon;
        const models::EdgeView view = viewOf(mapping("quote-backend", "{prefix: /backend/, service: quote}"));
        const models::EdgeSight sight = models::edgeSight(view, {pod});
        QCOMPARE(sight.mappings.value(u"default/quote-backend"_s).envoy, Has::All);
        QCOMPARE(sight.refused, pod.envoy.refused);
        QCOMPARE(sight.refusedAt, noon);
    }

    void whatCannotBeReadIsNoVerdict()
    {
        models::EdgeRuntime pod = podWith("", {});
        pod.envoyError = pod.diagError = u"this needs `create` on `pods/portforward` in `ambassador`"_s;
        const models::EdgeView view = viewOf(mapping("quote-backend", "{prefix: /backend/, service: quote}"));
        const models::EdgeSight sight = models::edgeSight(view, {pod});
        QCOMPARE(sight.mappings.value(u"default/quote-backend"_s), models::MappingSight());
        QCOMPARE(sight.envoy.error, pod.envoyError);
        QCOMPARE(sight.envoy.read, 0);
    }

    void complaintsGoToTheObjectThatTheyName()
    {
        models::EdgeRuntime pod = podWith(backend, {u"default/quote-backend"_s});
        pod.diag.problems =
            models::readDiag(
                json("{'route_info':[],'errors':[['refused.default.1','no service'],['','whole'],7]}"))
                .value()
                .problems;
        const models::EdgeView view = viewOf(mapping("quote-backend", "{prefix: /backend/, service: quote}"));
        const models::EdgeSight sight = models::edgeSight(view, {pod});
        QCOMPARE(sight.mappings.value(u"default/refused"_s).complaint, u"no service"_s);
        QCOMPARE(sight.mappings.value(u"default/refused"_s).envoy, Has::NotRead);
        QVERIFY(sight.mappings.value(u"default/quote-backend"_s).complaint.isEmpty());
    }

    void aMappingIsLateOnlyAfterAWhile_data()
    {
        QTest::addColumn<Has>("envoy");
        QTest::addColumn<int>("changedBefore"); // seconds before the reading; 0: not known
        QTest::addColumn<bool>("isLate");
        QTest::newRow("just changed") << Has::Missing << 3 << false;
        QTest::newRow("changed after it was read") << Has::Missing << -60 << false;
        QTest::newRow("a minute ago") << Has::Missing << 60 << true;
        QTest::newRow("one pod lags") << Has::Partly << 60 << true;
        QTest::newRow("it has it") << Has::All << 60 << false;
        QTest::newRow("nobody looked") << Has::NotRead << 60 << false;
        QTest::newRow("no time of the change, created long ago") << Has::Missing << 0 << true;
    }
    void aMappingIsLateOnlyAfterAWhile()
    {
        QFETCH(Has, envoy);
        QFETCH(int, changedBefore);
        QFETCH(bool, isLate);
        models::MappingRow row;
        row.created = noon.addDays(-3);
        row.changedAt = changedBefore == 0 ? 0 : noon.addSecs(-changedBefore).toSecsSinceEpoch();
        row.sight.envoy = envoy;
        models::MappingVerdict verdict;
        verdict.state = models::MappingVerdict::State::Loaded;
        row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
        row.isLate = models::isLateInEnvoy(row, noon);
        QCOMPARE(row.isLate, isLate);
        QCOMPARE(models::stateText(row), isLate ? u"Not in Envoy"_s : u"Loaded"_s);
        QCOMPARE(models::stateSeverity(row), isLate ? models::Severity::Warning : models::Severity::Good);
    }

    // The worst of what its state, its findings and the edge's pods say; never green beside a red finding.
    void whatIsWrongWithAMappingIsItsState_data()
    {
        using models::Severity;
        using State = models::MappingVerdict::State;
        QTest::addColumn<State>("state");
        QTest::addColumn<QList<Severity>>("findings");
        QTest::addColumn<QString>("complaint");
        QTest::addColumn<int>(
            "changedBefore"); // seconds before the reading that has no route of it; 0: it has one
        QTest::addColumn<QString>("text");
        QTest::addColumn<Severity>("severity");
        using Findings = QList<Severity>;
        QTest::newRow("well") << State::Loaded << Findings{} << QString() << 0 << u"Loaded"_s
                              << Severity::Good;
        QTest::newRow("a note") << State::Loaded << Findings{Severity::Info} << QString() << 0 << u"Loaded"_s
                                << Severity::Good;
        QTest::newRow("a warning") << State::Loaded << Findings{Severity::Warning} << QString() << 0
                                   << u"Loaded"_s << Severity::Warning;
        QTest::newRow("an error") << State::Loaded << Findings{Severity::Warning, Severity::Error}
                                  << QString() << 0 << u"Faulty"_s << Severity::Error;
        QTest::newRow("Ambassador complains")
            << State::Loaded << Findings{} << u"the weights"_s << 0 << u"Loaded"_s << Severity::Warning;
        QTest::newRow("shadowed, and an error") << State::Shadowed << Findings{Severity::Error} << QString()
                                                << 0 << u"Shadowed"_s << Severity::Error;
        QTest::newRow("of another edge") << State::NotForThisEdge << Findings{Severity::Error} << QString()
                                         << 0 << u"Other edge"_s << Severity::Unknown;
        QTest::newRow("read before it was changed")
            << State::Loaded << Findings{} << QString() << -5 << u"Not seen yet"_s << Severity::Unknown;
        QTest::newRow("read right after")
            << State::Loaded << Findings{} << QString() << 2 << u"Not seen yet"_s << Severity::Unknown;
        QTest::newRow("an error, and not seen") << State::Loaded << Findings{Severity::Error} << QString()
                                                << -5 << u"Faulty"_s << Severity::Error;
    }
    void whatIsWrongWithAMappingIsItsState()
    {
        QFETCH(models::MappingVerdict::State, state);
        QFETCH(QList<models::Severity>, findings);
        QFETCH(QString, complaint);
        QFETCH(int, changedBefore);
        models::MappingVerdict verdict;
        verdict.state = state;
        verdict.order = 1;
        for (const models::Severity each : findings)
            verdict.findings.append({u"RT-005"_s, each, {}, {}, {}, {}, {}});
        models::MappingRow row;
        row.created = noon.addDays(-3);
        row.changedAt = changedBefore == 0 ? 0 : noon.addSecs(-changedBefore).toSecsSinceEpoch();
        row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
        row.sight = {changedBefore == 0 ? Has::All : Has::Missing,
                     changedBefore == 0 ? Has::All : Has::Missing, complaint};
        row.isLate = models::isLateInEnvoy(row, noon);
        row.isUnseen = models::isUnseenInEnvoy(row, noon);
        QTEST(models::stateText(row), "text");
        QTEST(models::stateSeverity(row), "severity");
    }
    // Another one of its name and place may have been there then: it was deleted and made again, say.
    void aReadingOfBeforeProvesNothing_data()
    {
        QTest::addColumn<int>("changedAfter"); // seconds after the reading
        QTest::addColumn<QString>("text");
        QTest::newRow("made again after it was read") << 60 << u"Not seen yet"_s;
        QTest::newRow("in the same second") << 0 << u"Not seen yet"_s;
        QTest::newRow("read after it was changed") << -1 << u"Loaded"_s;
        QTest::newRow("read long after") << -600 << u"Loaded"_s;
    }
    void aReadingOfBeforeProvesNothing()
    {
        QFETCH(int, changedAfter);
        models::MappingVerdict verdict;
        verdict.state = models::MappingVerdict::State::Loaded;
        verdict.order = 1;
        models::MappingRow row;
        row.created = noon.addSecs(changedAfter);
        row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
        row.sight = {Has::All, Has::All, {}};
        row.isLate = models::isLateInEnvoy(row, noon);
        row.isUnseen = models::isUnseenInEnvoy(row, noon);
        QTEST(models::stateText(row), "text");
        QCOMPARE(models::stateSeverity(row),
                 row.isUnseen ? models::Severity::Unknown : models::Severity::Good);
    }

    // What nobody has read is not good; what is wrong with the objects themselves is, whoever has read what.
    void whatWasNotReadIsNotGood_data()
    {
        using models::Severity;
        using models::SightState;
        QTest::addColumn<int>("read"); // of one pod's Ambassador
        QTest::addColumn<QString>("error");
        QTest::addColumn<bool>("isFaulty");
        QTest::addColumn<QString>("text");
        QTest::addColumn<Severity>("severity");
        QTest::newRow("nobody has looked yet")
            << 0 << QString() << false << u"Not read yet"_s << Severity::Unknown;
        QTest::newRow("nobody may look")
            << 0 << u"forbidden"_s << false << u"Unknown (config only)"_s << Severity::Unknown;
        QTest::newRow("one of the two was read")
            << 1 << u"forbidden"_s << false << u"Loaded"_s << Severity::Good;
        QTest::newRow("nobody has looked, and it is faulty")
            << 0 << QString() << true << u"Faulty"_s << Severity::Error;
        QTest::newRow("nobody may look, and it is faulty")
            << 0 << u"forbidden"_s << true << u"Faulty"_s << Severity::Error;
    }
    void whatWasNotReadIsNotGood()
    {
        QFETCH(int, read);
        QFETCH(QString, error);
        QFETCH(bool, isFaulty);
        models::MappingVerdict verdict;
        verdict.state = models::MappingVerdict::State::Loaded;
        if (isFaulty)
            verdict.findings.append({u"RT-005"_s, models::Severity::Error, {}, {}, {}, {}, {}});
        models::EdgeSight sight;
        sight.ambassador.read = read;
        sight.envoy.error = error;
        models::MappingRow row;
        row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
        row.sightState = models::sightState(sight);
        QTEST(models::stateText(row), "text");
        QTEST(models::stateSeverity(row), "severity");
    }
};

SALLYPORT_TEST(edge_sight_test, EdgeSightTest)
#include "edge_sight_test.moc"
