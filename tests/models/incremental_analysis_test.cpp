// SPDX-License-Identifier: GPL-3.0-or-later
// What analyses make of one snapshot after another, with what they kept of the one before, is what they would make of
// it anew: after any events.
#include "models/analysis/findings.h"
#include "models/analysis/guide_checks.h"
#include "models/resources/snapshot_maker.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Rounds = 250;

// Few names in many combinations, so that objects select, shadow and replace each other.
class Events
{
public:
    explicit Events(quint32 seed)
        : m_random(seed)
    {
    }

    void happen(models::SnapshotInput &input)
    {
        switch (m_random.bounded(8)) {
        case 0:
        case 1: put(input, u"pods"_s, nameSpace(), name("pod", 6), pod()); break;
        case 2: put(input, u"services"_s, nameSpace(), name("svc", 3), service()); break;
        case 3:
            put(input, u"mappings"_s, u"default"_s, name("map", 4),
                mapping("svc-" + QByteArray::number(m_random.bounded(3))));
            break;
        case 4: put(input, u"peerauthentications"_s, policyNamespace(), name("policy", 2), policy()); break;
        case 5: put(input, u"tlscontexts"_s, u"ambassador"_s, u"istio-upstream"_s, context()); break;
        case 6: touch(input); break;
        default: remove(input); break;
        }
    }

private:
    QByteArray one(std::initializer_list<const char *> words)
    {
        return *(words.begin() + m_random.bounded(int(words.size())));
    }
    QString name(const char *stem, int below)
    {
        return QString::fromLatin1(stem) + u"-%1"_s.arg(m_random.bounded(below));
    }
    QString nameSpace() { return QString::fromLatin1(one({"default", "shop"})); }
    QString policyNamespace() { return QString::fromLatin1(one({"default", "shop", "istio-system"})); }

    void put(models::SnapshotInput &input, const QString &plural, const QString &where, const QString &what,
             QByteArray json)
    {
        json.replace("NAME", what.toUtf8()).replace("SPACE", where.toUtf8());
        QList<kube::Object> &objects = input.objects[plural];
        const auto known = std::find_if(objects.begin(), objects.end(), [&](const kube::Object &object) {
            return object.nameSpace == where && object.name == what;
        });
        kube::Object object;
        object.nameSpace = where;
        object.name = what;
        object.json = json;
        if (known == objects.end())
            objects.insert(m_random.bounded(int(objects.size()) + 1), object);
        else
            *known = object;
    }
    QList<kube::Object> &some(models::SnapshotInput &input)
    {
        return input.objects[QString::fromLatin1(
            one({"pods", "services", "mappings", "peerauthentications", "tlscontexts"}))];
    }
    void touch(models::SnapshotInput &input) // the same, in other bytes
    {
        QList<kube::Object> &objects = some(input);
        if (objects.isEmpty())
            return;
        QByteArray &json = objects[m_random.bounded(int(objects.size()))].json;
        json = QByteArray(json.constData(), json.size());
    }
    void remove(models::SnapshotInput &input)
    {
        QList<kube::Object> &objects = some(input);
        if (!objects.isEmpty())
            objects.removeAt(m_random.bounded(int(objects.size())));
    }

    QByteArray pod()
    {
        return R"({"kind":"Pod","metadata":{"name":"NAME","namespace":"SPACE","labels":{"app":")"
            + one({"a", "b"}) + R"("},"ownerReferences":[{"controller":true,"name":")" + one({"w", "v"})
            + R"("}]},"spec":{"containers":[{"name":"app","ports":[{"containerPort":8000}]})"
            + one({"", R"(,{"name":"istio-proxy"})"}) + R"(]},"status":{"phase":")"
            + one({"Running", "Running", "Succeeded"}) + R"(","conditions":[{"type":"Ready","status":")"
            + one({"True", "False"}) + R"("}]}})";
    }
    QByteArray service()
    {
        return R"({"kind":"Service","metadata":{"name":"NAME","namespace":"SPACE"},"spec":{"selector":{"app":")"
            + one({"a", "b", "c"}) + R"("},"ports":[{"name":")" + one({"http", ""})
            + R"(","port":80,"targetPort":)" + one({"8000", "8001", R"("named")"}) + "}]}}";
    }
    QByteArray mapping(const QByteArray &service)
    {
        return R"({"apiVersion":"getambassador.io/v2","kind":"Mapping","metadata":{"name":"NAME","namespace":"SPACE"},"spec":{"prefix":")"
            + one({"/", "/a/", "/a/b/"}) + R"(","service":")" + service + one({"", ":81", ".shop"}) + R"(")"
            + one({"", R"(,"tls":"istio-upstream")", R"(,"weight":60)"}) + "}}";
    }
    QByteArray policy()
    {
        return R"({"kind":"PeerAuthentication","metadata":{"name":"NAME","namespace":"SPACE","creationTimestamp":")"
            + one({"2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"}) + R"("},"spec":{"mtls":{"mode":")"
            + one({"STRICT", "PERMISSIVE", "DISABLE", "UNSET"}) + R"("})"
            + one({"",
                   R"(,"selector":{"matchLabels":{"app":"a"}},"portLevelMtls":{"8000":{"mode":"DISABLE"}})"})
            + "}}";
    }
    QByteArray context()
    {
        return R"({"apiVersion":"getambassador.io/v2","kind":"TLSContext","metadata":{"name":"NAME","namespace":"SPACE"},"spec":{"secret":")"
            + one({"istio-certs", "gone"}) + R"(","alpn_protocols":"istio"}})";
    }

    QRandomGenerator m_random;
};

QStringList shown(const models::EdgeView &view)
{
    QStringList lines;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const models::MappingVerdict &verdict = **one;
        QStringList hops;
        for (const models::Hop &hop : verdict.hops)
            hops.append(hop.because);
        lines.append(
            u"%1 %2 %3/%4 %5 %6 | %7 | %8"_s.arg(one.key())
                .arg(int(verdict.state))
                .arg(verdict.endpointsReady)
                .arg(verdict.endpoints)
                .arg(verdict.targetMode, verdict.stateReason, hops.join(u"; "_s), verdict.why.join(u"; "_s)));
    }
    lines.sort();
    return lines;
}

QStringList shown(const QList<models::Finding> &findings)
{
    QStringList lines;
    for (const models::Finding &finding : findings)
        lines.append(finding.code + u' ' + finding.subject.text() + u' ' + finding.path + u' '
                     + finding.message);
    return lines;
}

QStringList shown(const models::PreflightReport &report)
{
    QStringList lines{report.reason};
    for (const models::PreflightRow &row : report.rows)
        lines.append(row.check + u' ' + row.subject.text() + u' ' + row.message + u' '
                     + row.evidence.join(u','));
    return lines;
}

} // namespace

class IncrementalAnalysisTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aChainOfAnalysesIsTheSameAsFreshOnes_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 4; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void aChainOfAnalysesIsTheSameAsFreshOnes()
    {
        QFETCH(quint32, seed);
        Events events(seed);
        models::SnapshotInput input = inputOf(edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml());
        models::SnapshotMaker snapshots;
        models::EdgeCompiler compiler;
        models::PostureMaker postureMaker;
        for (int round = 0; round < Rounds; ++round) {
            events.happen(input);
            const auto kept = snapshots.make(input);
            const auto fresh = models::makeSnapshot(input);
            const models::EdgeView keptView = models::viewEdge(*kept, *kept->edge({}), compiler);
            const models::EdgeView freshView = models::viewEdge(*fresh, *fresh->edge({}));
            QCOMPARE(shown(keptView), shown(freshView));
            const auto postures = postureMaker.make(*kept);
            QVERIFY2(postures == models::workloadPostures(*fresh), qPrintable(u"round %1"_s.arg(round)));
            QCOMPARE(shown(models::clusterFindings(*kept, keptView, {}, postures, input.takenAt).findings),
                     shown(models::clusterFindings(*fresh, freshView, {}, input.takenAt).findings));
            QCOMPARE(shown(models::strictPreflight(*kept, keptView, {})),
                     shown(models::strictPreflight(*fresh, freshView, {})));
        }
    }

    // Modes that are worked out for many pods are those of each pod alone.
    void modesOfManyAreThoseOfEach()
    {
        Events events(7);
        models::SnapshotInput input = inputOf(edgeYaml() + quoteYaml(true));
        for (int round = 0; round < Rounds; ++round) {
            events.happen(input);
            const auto snapshot = models::makeSnapshot(input);
            models::EffectiveModes modes(*snapshot);
            for (const models::Pod &pod : snapshot->pods) {
                for (const int port : {8000, 15021, 9})
                    QVERIFY(modes.of(pod, port) == models::effectiveMode(*snapshot, pod, port));
            }
        }
    }
};

SALLYPORT_TEST(incremental_analysis_test, IncrementalAnalysisTest)
#include "incremental_analysis_test.moc"
