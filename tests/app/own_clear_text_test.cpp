// SPDX-License-Identifier: GPL-3.0-or-later
// Clear text that was counted: the edge's own, which has ended, or somebody's.  The answers are worked out from the samples that a
// Prometheus would have; a real one is asked by guide_walk_test.
#include "app/cluster_thread.h"
#include "app/guide_actions.h"
#include "app/own_clear_text.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now(QDate(2026, 11, 28), QTime(12, 0), Qt::UTC);
constexpr int Scrape = 15;

QByteArray mapping(const QByteArray &name, const QByteArray &more, int age)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: default, creationTimestamp: '" + now.addSecs(-age).toString(Qt::ISODate).toLatin1()
        + "'}\nspec: {prefix: /" + name + "/, service: 'quote:80'" + more + "}\n";
}

// Seconds before now, and what was counted until then.
using Samples = QList<QPair<int, double>>;

const QPair<int, double> *newestAt(const Samples &samples, int age)
{
    const QPair<int, double> *found = nullptr;
    for (const auto &one : samples) {
        if (one.first >= age)
            found = &one;
    }
    return found;
}

QByteArray vector(const std::optional<double> &value)
{
    return R"({"status":"success","data":{"resultType":"vector","result":[)"
        + (value ? R"({"metric":{},"value":[1795867200,")" + QByteArray::number(*value) + R"("]})"
                 : QByteArray())
        + "]}}";
}

QByteArray matrix(const Samples &samples, int from, int to, int step)
{
    QByteArray points;
    for (int age = from; age >= to; age -= step) {
        const auto *one = newestAt(samples, age);
        if (one)
            points += QByteArray(points.isEmpty() ? "" : ",") + "["
                + QByteArray::number(now.toSecsSinceEpoch() - age) + ",\"" + QByteArray::number(one->second)
                + "\"]";
    }
    return R"({"status":"success","data":{"resultType":"matrix","result":[)"
        + (points.isEmpty() ? QByteArray() : R"({"metric":{},"values":[)" + points + "]}") + "]}}";
}

// A sample each scrape from an age on: `until` it grows by one each, then stays.
Samples growing(int from, int until)
{
    Samples samples;
    double value = 0;
    for (int age = from; age >= 0; age -= Scrape)
        samples.append({age, age >= until ? ++value : value});
    return samples;
}

} // namespace

class OwnClearTextTest : public QObject
{
    Q_OBJECT

    static QByteArray answer(const ServerRequest &request, const Samples &plain, const Samples &mutual)
    {
        const QByteArray query = request.query("query");
        const Samples &samples = query.contains("\"none\"") ? plain : mutual;
        if (request.path().endsWith("query_range")) {
            const auto from = qint64(request.query("start").toDouble());
            const auto to = qint64(request.query("end").toDouble());
            return matrix(samples, int(now.toSecsSinceEpoch() - from), int(now.toSecsSinceEpoch() - to),
                          request.query("step").toInt());
        }
        const auto secondsAfter = [&query](const QByteArray &word) {
            const qsizetype at = query.indexOf(word) + word.size();
            return query.mid(at, query.indexOf('s', at) - at).toInt();
        };
        if (query.contains("last_over_time")) {
            const auto *one = newestAt(samples, secondsAfter("offset "));
            return vector(one ? std::optional(one->second) : std::nullopt);
        }
        const int since = secondsAfter("[");
        return vector(double(std::count_if(samples.begin(), samples.end(),
                                           [since](const auto &one) { return one.first < since; })));
    }

    static QStringList endedWith(const QByteArray &mappings, const Samples &plain, const Samples &mutual,
                                 const QString &caller = u"unknown"_s,
                                 const QList<app::ClearTextTime> &times = {}, const QByteArray &edge = {})
    {
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            const bool isOfEdge = request.query("query").contains("sa/ambassador");
            const bool isOther = request.query("query").contains("source_principal") && !isOfEdge;
            reply.answer(200, answer(request, plain, isOther ? Samples() : mutual));
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        const auto snapshot = snapshotOf((edge.isEmpty() ? edgeWithCertsYaml() : edge) + quoteYaml(true)
                                         + istioUpstreamYaml() + mappings);
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        models::StrictTelemetry telemetry;
        telemetry.from = now.addDays(-8);
        telemetry.to = now;
        models::StrictTelemetry::Plaintext row;
        row.nameSpace = u"default"_s;
        row.workload = u"quote"_s;
        row.sourceWorkload = caller;
        row.protocol = u"http"_s;
        row.requests = 9;
        telemetry.plaintext = {row};
        return elsewhere([&] {
            app::findOwnClearText(thread.client(), {}, *snapshot, view, times, telemetry, {});
            return telemetry.plaintext.constFirst().endedWith;
        });
    }

private Q_SLOTS:
    void whoseItWas_data()
    {
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<Samples>("plain");
        QTest::addColumn<Samples>("mutual");
        QTest::addColumn<QStringList>("endedWith");
        const QByteArray tls = mapping("quote-backend", ", tls: istio-upstream", 300);
        const QStringList none;
        QTest::newRow("the edge's, until its Mapping had tls")
            << tls << growing(285, 150) << growing(135, 0) << QStringList{u"default/quote-backend"_s};
        QTest::newRow("two Mappings with tls")
            << tls + mapping("other", ", tls: istio-upstream", 200) << growing(285, 150) << growing(135, 0)
            << QStringList{u"default/other"_s, u"default/quote-backend"_s};
        QTest::newRow("one of two Mappings is in clear text")
            << tls + mapping("plain", "", 200) << growing(285, 150) << growing(135, 0) << none;
        QTest::newRow("it goes on") << tls << growing(285, 0) << growing(135, 0) << none;
        QTest::newRow("two scrapes have come since") << tls << growing(285, 30) << growing(15, 0) << none;
        QTest::newRow("it went on after the edge's certificate came")
            << tls << growing(285, 60) << growing(200, 0) << none;
        QTest::newRow("the edge was never seen with its certificate")
            << tls << growing(285, 150) << Samples() << none;
        QTest::newRow("somebody called before the Mapping was made")
            << tls << growing(3600, 150) << growing(135, 0) << none;
        QTest::newRow("a Mapping of yesterday") << mapping("quote-backend", ", tls: istio-upstream", 86400)
                                                << growing(285, 150) << growing(135, 0) << none;
        QTest::newRow("no Mapping leads there")
            << QByteArray() << growing(285, 150) << growing(135, 0) << none;
    }
    void whoseItWas()
    {
        QFETCH(QByteArray, mappings);
        QFETCH(Samples, plain);
        QFETCH(Samples, mutual);
        QFETCH(QStringList, endedWith);
        QCOMPARE(OwnClearTextTest::endedWith(mappings, plain, mutual), endedWith);
    }

    // Somebody else's account of the edge's namespace is not the edge.
    void anotherAccountOfItsNamespaceIsNotTheEdge()
    {
        QByteArray other = edgeWithCertsYaml();
        QVERIFY(other.contains("serviceAccountName: ambassador"));
        other.replace("serviceAccountName: ambassador", "serviceAccountName: gateway");
        QCOMPARE(endedWith(mapping("quote-backend", ", tls: istio-upstream", 300), growing(285, 150),
                           growing(135, 0), u"unknown"_s, {}, other),
                 QStringList());
    }

    // A walk of the guide, taken back, and a second one on the same pods: by the journal alone.
    void clearTextOfTwoWalks_data()
    {
        QTest::addColumn<Samples>("plain");
        QTest::addColumn<Samples>("mutual");
        QTest::addColumn<QList<app::ClearTextTime>>("times");
        QTest::addColumn<bool>("isOwn");
        const auto time = [](int from, int to) {
            return app::ClearTextTime{u"default/quote-backend"_s, now.addSecs(-from), now.addSecs(-to)};
        };
        // Grew from 3600 to 3450 and from 285 to 150.
        Samples twice;
        double count = 0;
        for (int age = 3600; age >= 0; age -= Scrape) {
            const bool isOf = age >= 3450 || (age <= 285 && age >= 150);
            twice.append({age, isOf ? ++count : count});
        }
        const QList both{time(3700, 3500), time(300, 170)};
        QTest::newRow("both journalled") << twice << growing(135, 0) << both << true;
        QTest::newRow("the mesh's certificate was seen in the first walk, too")
            << twice << growing(3400, 0) << both << true;
        QTest::newRow("no journal") << twice << growing(135, 0) << QList<app::ClearTextTime>() << false;
        QTest::newRow("the first is not journalled")
            << twice << growing(135, 0) << QList{time(300, 170)} << false;
        QTest::newRow("it went on after it was taken back")
            << twice << growing(135, 0) << QList{time(3700, 3580), time(300, 170)} << false;
        QTest::newRow("it goes on now")
            << growing(3600, 0) << growing(135, 0) << QList{time(3700, 100)} << false;
        QTest::newRow("the edge has not come with its certificate since")
            << twice << growing(3400, 3000) << both << false;
        Samples again = twice; // five seconds ago, between two points of a range that would end at the hour
        again.append({5, again.last().second + 1});
        QTest::newRow("somebody called just now") << again << growing(135, 0) << both << false;
        QTest::newRow("of another Mapping")
            << twice << growing(135, 0)
            << QList{app::ClearTextTime{u"default/other"_s, now.addSecs(-3700), now.addSecs(-170)}} << false;
    }
    void clearTextOfTwoWalks()
    {
        QFETCH(Samples, plain);
        QFETCH(Samples, mutual);
        QFETCH(QList<app::ClearTextTime>, times);
        QFETCH(bool, isOwn);
        QCOMPARE(endedWith(mapping("quote-backend", ", tls: istio-upstream", 300), plain, mutual,
                           u"unknown"_s, times),
                 isOwn ? QStringList{u"default/quote-backend"_s} : QStringList());
    }

    void timesAreReadFromTheJournal()
    {
        using Verb = models::Change::Verb;
        QList<models::JournalEntry> entries;
        const auto write = [&entries](Verb verb, const char *before, const char *after,
                                      bool succeeded = true) {
            models::JournalEntry entry;
            entry.number = int(entries.size()) + 1;
            entry.at = now.addSecs(60 * entries.size());
            entry.title = u"Guide, mapping: any"_s;
            entry.succeeded = entry.settled = succeeded;
            entry.change.verb = verb;
            entry.change.type = {u"getambassador.io"_s, u"v2"_s, u"mappings"_s, u"Mapping"_s, true};
            entry.change.nameSpace = u"default"_s;
            entry.change.name = u"quote-backend"_s;
            if (*before)
                entry.change.before = edge::parseYaml(before)->front();
            if (*after)
                entry.after = edge::parseYaml(after)->front();
            entries.append(entry);
        };
        constexpr char Plain[] = "spec: {service: quote}",
                       Tls[] = "spec: {service: quote, tls: istio-upstream}";
        write(Verb::Create, "", Plain);
        write(Verb::MergePatch, Plain, Plain);
        write(Verb::MergePatch, Plain, Tls, false);
        write(Verb::MergePatch, Plain, Tls);
        write(Verb::JsonPatch, Tls, Plain);
        write(Verb::Remove, Plain, "");
        write(Verb::Create, "", "spec: {service: 'https://quote'}");
        write(Verb::Remove, Tls, "");
        write(Verb::Create, "", Plain);
        const QStringList mappings = app::mappingsOfGuide(entries);
        QCOMPARE(mappings, QStringList{u"default/quote-backend"_s});
        const auto at = [](int entry) { return now.addSecs(60 * entry); };
        QCOMPARE(app::clearTextTimes(entries, mappings),
                 (QList<app::ClearTextTime>{{mappings.first(), at(0), at(3)},
                                            {mappings.first(), at(4), at(5)},
                                            {mappings.first(), at(8), {}}}));
        QCOMPARE(app::clearTextTimes(entries, {u"default/other"_s}), QList<app::ClearTextTime>());
        entries = entries.mid(3, 1); // it was there before
        entries.first().change.before->child("metadata").set("creationTimestamp", "2026-11-28T11:00:00Z");
        QCOMPARE(app::clearTextTimes(entries, mappings),
                 (QList<app::ClearTextTime>{{mappings.first(), now.addSecs(-3600), at(3)}}));
    }

    void aCallerWithANameIsNotTheEdge()
    {
        QCOMPARE(endedWith(mapping("quote-backend", ", tls: istio-upstream", 300), growing(285, 150),
                           growing(135, 0), u"report"_s),
                 QStringList());
    }
};

SALLYPORT_TEST(own_clear_text_test, OwnClearTextTest)
#include "own_clear_text_test.moc"
