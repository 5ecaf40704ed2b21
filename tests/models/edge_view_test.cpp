// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_view.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "models/resources/snapshot_maker.h"
#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using State = models::MappingVerdict::State;
using Fault = models::Hop::Fault;
using Security = models::Hop::Security;

namespace {

QByteArray mappingYaml(const QByteArray &name, const QByteArray &spec,
                       const QByteArray &nameSpace = "default")
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + "}\nspec: " + spec + "\n";
}

QByteArray meshPolicy(const QByteArray &mode)
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
           "namespace: istio-system}\nspec: {mtls: {mode: "
        + mode + "}}\n";
}

models::MappingVerdict verdictOf(const models::SnapshotInput &input, const QString &key)
{
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    if (!edge)
        return {};
    const auto verdict = models::viewEdge(*snapshot, *edge).mappings.value(key);
    return verdict ? *verdict : models::MappingVerdict();
}

models::Hop hopFrom(const models::MappingVerdict &verdict, const QString &from)
{
    for (const models::Hop &hop : verdict.hops) {
        if (hop.from == from)
            return hop;
    }
    return {};
}

QStringList codesOf(const models::MappingVerdict &verdict)
{
    QStringList codes;
    for (const models::Finding &finding : verdict.findings)
        codes.append(finding.code);
    return codes;
}

// spec: of Mapping default/m in the annotation of a Service, indented by six.
QByteArray annotated(const QByteArray &spec)
{
    return "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: holder\n  namespace: default\n"
           "  annotations:\n    getambassador.io/config: |\n      apiVersion: getambassador.io/v2\n"
           "      kind: Mapping\n      name: m\n"
        + spec + "spec: {ports: [{port: 80}]}\n";
}

const QByteArray plain = mappingYaml("quote-backend", "{prefix: /backend/, service: quote}");
const QByteArray withTls =
    mappingYaml("quote-backend", "{prefix: /backend/, service: quote, tls: istio-upstream}");

} // namespace

class EdgeViewTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // Emissary says nothing of it: it cuts the names at their dots and keeps the first.
    void aMappingThatIsLostToItsNameIsAnError()
    {
        QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:4.1.0") + quoteYaml(false);
        for (const char *name : {"web.v1", "web.v2"})
            world += mappingYaml(name, "{hostname: '*', prefix: /w/, service: quote}")
                         .replace("getambassador.io/v2", "getambassador.io/v3alpha1");
        const models::MappingVerdict verdict = verdictOf(inputOf(world), u"default/web.v2"_s);
        QCOMPARE(verdict.state, State::Rejected);
        QCOMPARE(codesOf(verdict), QStringList{u"RT-001"_s});
        QCOMPARE(verdict.findings.first().severity, models::Severity::Error);
    }

    void aReasonNamesItsFieldOnce()
    {
        const QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:4.1.0")
            + mappingYaml("m", "{hostname: '*', prefix: /m/, service: quote, outlier_detection: {}}")
                  .replace("getambassador.io/v2", "getambassador.io/v3alpha1");
        const models::MappingVerdict verdict = verdictOf(inputOf(world), u"default/m"_s);
        QCOMPARE(verdict.state, State::Rejected);
        QCOMPARE(verdict.stateReason.count(u"spec.outlier_detection"_s), 1);
    }

    // Facts integration-guide.md §9, the matrix, and sidecar-truth.md §1.
    void theHopToThePodIsWhatTheSidecarMakesOfIt_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<Security>("security");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<models::Severity>("severity");
        QTest::addColumn<QString>("mode");
        const QByteArray mesh = edgeWithCertsYaml() + quoteYaml(true);
        const QByteArray tls = istioUpstreamYaml() + withTls;
        QTest::newRow("no sidecar, plain") << edgeYaml() + quoteYaml(false) + plain << Security::Plain
                                           << Fault::None << models::Severity::Info << u"no sidecar"_s;
        QTest::newRow("no sidecar, mesh TLS")
            << edgeWithCertsYaml() + quoteYaml(false) + tls << Security::Broken << Fault::NoSidecar
            << models::Severity::Error << u"no sidecar"_s;
        QTest::newRow("PERMISSIVE, plain")
            << mesh + plain << Security::Plain << Fault::None << models::Severity::Warning << u"PERMISSIVE"_s;
        QTest::newRow("PERMISSIVE, mesh TLS")
            << mesh + tls << Security::MutualTls << Fault::None << models::Severity::Good << u"PERMISSIVE"_s;
        QTest::newRow("STRICT, plain") << mesh + meshPolicy("STRICT") + plain << Security::Broken
                                       << Fault::ClearText << models::Severity::Error << u"STRICT"_s;
        QTest::newRow("STRICT, mesh TLS") << mesh + meshPolicy("STRICT") + tls << Security::MutualTls
                                          << Fault::None << models::Severity::Good << u"STRICT"_s;
        QTest::newRow("DISABLE, mesh TLS") << mesh + meshPolicy("DISABLE") + tls << Security::Broken
                                           << Fault::Disabled << models::Severity::Error << u"DISABLE"_s;
        QTest::newRow("DISABLE, plain") << mesh + meshPolicy("DISABLE") + plain << Security::Plain
                                        << Fault::None << models::Severity::Warning << u"DISABLE"_s;
        const QByteArray noAlpn = "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: "
                                  "istio-upstream, namespace: ambassador}\nspec: {secret: istio-certs}\n";
        QTest::newRow("PERMISSIVE, no ALPN, HTTP port")
            << mesh + noAlpn
                + mappingYaml("quote-backend",
                              "{prefix: /backend/, service: 'quote:80', tls: istio-upstream}")
            << Security::Broken << Fault::Alpn << models::Severity::Error << u"PERMISSIVE"_s;
        QTest::newRow("STRICT, no ALPN")
            << mesh + meshPolicy("STRICT") + noAlpn + withTls << Security::MutualTls << Fault::None
            << models::Severity::Good << u"STRICT"_s;
        QTest::newRow("STRICT, TLS without a certificate")
            << mesh + meshPolicy("STRICT")
                + mappingYaml("quote-backend", "{prefix: /backend/, service: 'https://quote'}")
            << Security::Broken << Fault::Certificate << models::Severity::Error << u"STRICT"_s;
        QTest::newRow("the files are not shared: the edge falls back to clear text")
            << edgeYaml() + quoteYaml(true) + meshPolicy("STRICT") + tls << Security::Broken
            << Fault::ClearText << models::Severity::Error << u"STRICT"_s;
    }
    void theHopToThePodIsWhatTheSidecarMakesOfIt()
    {
        QFETCH(QByteArray, world);
        QFETCH(Security, security);
        QFETCH(Fault, fault);
        QFETCH(models::Severity, severity);
        QFETCH(QString, mode);
        const models::MappingVerdict verdict = verdictOf(inputOf(world), u"default/quote-backend"_s);
        QCOMPARE(verdict.state, State::Loaded);
        const models::Hop hop = hopFrom(verdict, u"edge"_s);
        QVERIFY2(hop.security == security, qPrintable(hop.because));
        QCOMPARE(hop.fault, fault);
        QCOMPARE(hop.severity, severity);
        QCOMPARE(verdict.targetMode, mode);
        QVERIFY(!hop.because.isEmpty());
    }

    // What the table's chip, the facts, the hops and the findings say of one Mapping, at each station of the tour.
    void chipFactsHopsAndFindingsAgree_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("chip");
        QTest::addColumn<QString>("context"); // "-" TLS without one
        QTest::addColumn<QStringList>("codes");
        QTest::addColumn<QString>("uses"); // the policy among them, "" none
        const QByteArray mesh = edgeWithCertsYaml() + quoteYaml(true);
        const QString strict = u"PeerAuthentication istio-system/default (STRICT)"_s;
        const auto row = [](const char *name, const QByteArray &world, const QString &chip,
                            const QString &context, const QStringList &codes, const QString &uses) {
            QTest::newRow(name) << world << chip << context << codes << uses;
        };
        row("start: no sidecar", edgeYaml() + quoteYaml(false) + plain, u"plain"_s, {}, {}, {});
        row("no sidecar below STRICT", edgeYaml() + quoteYaml(false) + meshPolicy("STRICT") + plain,
            u"plain"_s, {}, {}, {});
        row("injected, before the TLSContext", edgeYaml() + quoteYaml(true) + plain, u"plain"_s, {}, {}, {});
        row("after the TLSContext, not used yet", mesh + istioUpstreamYaml() + plain, u"plain"_s, {}, {}, {});
        row("with tls", mesh + istioUpstreamYaml() + withTls, u"istio mTLS"_s, u"istio-upstream"_s, {}, {});
        row("STRICT without tls", mesh + istioUpstreamYaml() + meshPolicy("STRICT") + plain, u"broken"_s, {},
            {u"MT-001"_s}, strict);
        row("STRICT with tls", mesh + istioUpstreamYaml() + meshPolicy("STRICT") + withTls, u"istio mTLS"_s,
            u"istio-upstream"_s, {}, strict);
        const QByteArray https =
            mappingYaml("quote-backend", "{prefix: /backend/, service: 'https://outside.example.com'}");
        row("TLS without a context", edgeYaml() + https, u"TLS"_s, u"-"_s, {}, {});
        const QByteArray redirect =
            mappingYaml("quote-backend", "{prefix: /backend/, service: quote, host_redirect: true}");
        row("a redirect", edgeYaml() + redirect, u"redirect"_s, {}, {}, {});
        const QByteArray other =
            mappingYaml("quote-backend", "{prefix: /backend/, service: quote, ambassador_id: [other]}");
        row("another edge's", edgeYaml() + other, u"unknown"_s, {}, {}, {});
    }
    void chipFactsHopsAndFindingsAgree()
    {
        QFETCH(QByteArray, world);
        QFETCH(QStringList, codes);
        QFETCH(QString, uses);
        const models::MappingVerdict verdict = verdictOf(inputOf(world), u"default/quote-backend"_s);
        models::TableModel<models::MappingRow> table(models::mappingColumns());
        models::MappingRow row;
        row.key = u"default/quote-backend"_s;
        row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
        table.setRows({row});
        QString chip;
        for (int column = 0; column < table.columnCount(); ++column) {
            if (table.layout()[column].id == u"tls"_s)
                chip = table.index(0, column).data().toString();
        }
        QTEST(chip, "chip");
        const QString context =
            verdict.tlsContext.isEmpty() && verdict.originatesTls ? u"-"_s : verdict.tlsContext;
        QTEST(context, "context");
        QCOMPARE(codesOf(verdict), codes);
        QCOMPARE(verdict.uses.filter(u"PeerAuthentication"_s),
                 uses.isEmpty() ? QStringList() : QStringList{uses});
        const Security security = hopFrom(verdict, u"edge"_s).security;
        QCOMPARE(security == Security::MutualTls, chip == u"istio mTLS"_s);
        QCOMPARE(security == Security::Broken, !codes.isEmpty());
        if (security == Security::MutualTls || security == Security::Tls)
            QVERIFY(verdict.originatesTls);
    }

    // Each Host ends TLS by a context of its own.
    void theClientsHopNamesTheContextOfEachHost()
    {
        QByteArray hosts;
        for (const QByteArray name : {"api", "shop"})
            hosts += "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: " + name
                + ", namespace: ambassador}\nspec: {hostname: " + name + ".example.com, tlsSecret: {name: "
                + name + "-tls}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
                + "-tls, namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: Y2VydA==, tls.key: "
                  "'{9 bytes}'}\n";
        const models::MappingVerdict verdict =
            verdictOf(inputOf(edgeYaml() + hosts + quoteYaml(true) + plain), u"default/quote-backend"_s);
        const models::Hop hop = hopFrom(verdict, u"client"_s);
        QVERIFY2(hop.because.contains(u"TLSContexts api-context, shop-context"_s), qPrintable(hop.because));
        const QString why = verdict.why.join(u'\n');
        QVERIFY2(why.contains(u"TLSContext api-context"_s) || why.contains(u"TLSContext shop-context"_s),
                 qPrintable(why));
    }

    void theClientsHopSaysWhereBothAreTaken()
    {
        const QByteArray context = "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: edge, "
                                   "namespace: ambassador}\nspec: {hostname: "
                                   "'*', tlsSecret: {name: edge-tls}, requestPolicy: {insecure: {action: "
                                   "Route, additionalPort: 8080}}}\n---\napiVersion: "
                                   "v1\nkind: Secret\nmetadata: {name: edge-tls, namespace: "
                                   "ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
                                   "Y2VydA==, tls.key: '{9 bytes}'}\n";
        const models::MappingVerdict both =
            verdictOf(inputOf(edgeYaml() + context + quoteYaml(true) + plain), u"default/quote-backend"_s);
        const models::Hop hop = hopFrom(both, u"client"_s);
        QVERIFY2(hop.because.contains(
                     u"TLS on port 8443 by TLSContext edge-context, and clear text on port 8080"_s),
                 qPrintable(hop.because));
        QVERIFY(hop.security == Security::TlsOrPlain);
    }

    void whatStandsBeforeAnyPodIsSaid_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<QString>("code");
        const QByteArray only80 =
            QByteArray(quoteYaml(true)).replace(", {name: https, port: 443, targetPort: 8000}", "");
        QTest::newRow("no Service") << edgeYaml() + quoteYaml(true)
                + mappingYaml("quote-backend", "{prefix: /backend/, service: qoute}")
                                    << Fault::NoService << u"RT-006"_s;
        QTest::newRow("tls without a port dials 443")
            << edgeWithCertsYaml() + only80 + istioUpstreamYaml() + withTls << Fault::NoPort << u"RT-007"_s;
        QTest::newRow("no pod") << edgeYaml()
                + QByteArray(quoteYaml(true)).replace("selector: {app: quote}", "selector: {app: other}")
                + plain << Fault::NoPod
                                << u"RT-008"_s;
        QTest::newRow("no ready pod")
            << edgeYaml() + QByteArray(quoteYaml(true)).replace("status: 'True'", "status: 'False'") + plain
            << Fault::NotReady << u"RT-008"_s;
        const QByteArray byHand = QByteArray(quoteYaml(true)).replace("  selector: {app: quote}\n", "");
        const auto slice = [](const QByteArray &endpoint) -> QByteArray {
            return "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: quote-1, "
                   "namespace: default, labels: {kubernetes.io/service-name: quote}}\naddressType: "
                   "IPv4\nendpoints: ["
                + endpoint + "]\nports: [{name: http, port: 8000}]\n";
        };
        QTest::newRow("nobody is named for a Service without a selector")
            << edgeYaml() + byHand + plain << Fault::NoEndpoint << u"RT-008"_s;
        QTest::newRow("a pod that a slice names takes mutual TLS only") << edgeYaml() + byHand
                + slice("{addresses: [10.244.0.9], targetRef: {kind: Pod, name: quote-6bc6b6bd5d-jctbh}}")
                + meshPolicy("STRICT") + plain << Fault::ClearText << u"MT-001"_s;
        QTest::newRow("a named port that no container has") << edgeYaml()
                + QByteArray(quoteYaml(true))
                      .replace("port: 80, targetPort: 8000", "port: 80, targetPort: web")
                + plain << Fault::NoNamedPort << u"RT-009"_s;
    }
    void whatStandsBeforeAnyPodIsSaid()
    {
        QFETCH(QByteArray, world);
        QFETCH(Fault, fault);
        QFETCH(QString, code);
        const models::MappingVerdict verdict = verdictOf(inputOf(world), u"default/quote-backend"_s);
        QCOMPARE(hopFrom(verdict, u"edge"_s).fault, fault);
        QVERIFY2(codesOf(verdict).contains(code), qPrintable(codesOf(verdict).join(u' ')));
    }

    void someBrokenPodsOfManyAreAWarningOnly()
    {
        QByteArray second =
            quoteYaml(false).mid(quoteYaml(false).lastIndexOf("---\napiVersion: v1\nkind: Pod"));
        second.replace("quote-6bc6b6bd5d-jctbh", "quote-6bc6b6bd5d-zzzzz");
        const models::MappingVerdict verdict =
            verdictOf(inputOf(edgeYaml() + quoteYaml(true) + second + meshPolicy("STRICT") + plain),
                      u"default/quote-backend"_s);
        const models::Hop hop = hopFrom(verdict, u"edge"_s);
        QVERIFY(hop.someOnly);
        QCOMPARE(hop.to, u"pods of quote"_s); // not all of them have a sidecar
        QVERIFY2(hop.because.startsWith(u"1 of 2 pods: "_s), qPrintable(hop.because));
        QCOMPARE(verdict.endpoints, 2);
        QCOMPARE(verdict.sidecars, 1);
        QCOMPARE(verdict.targetMode, u"STRICT, no sidecar"_s);
    }

    void aMappingThatCannotServeSaysWhy_data()
    {
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("reason");
        QTest::newRow("no prefix") << mappingYaml("m", "{service: quote}") << State::Rejected << u"prefix"_s;
        QTest::newRow("another edge's")
            << mappingYaml("m", "{prefix: /m/, service: quote, ambassador_id: blue}") + plain
            << State::NotForThisEdge << u"blue"_s;
        QTest::newRow("behind a broader one") << mappingYaml("m", "{prefix: /m/x/, service: quote}")
                + mappingYaml("all", "{prefix: /m/, service: quote, precedence: 10}")
                                              << State::Shadowed << u"default/all"_s;
        QTest::newRow("the broader one asks for a header")
            << mappingYaml("m", "{prefix: /m/x/, service: quote}")
                + mappingYaml("all", "{prefix: /m/, service: quote, precedence: 10, headers: {x-a: b}}")
            << State::Loaded << QString();
        QTest::newRow("a shadow") << mappingYaml("m", "{prefix: /m/, service: quote, shadow: true}")
                + mappingYaml("taker", "{prefix: /m/, service: quote}")
                                  << State::Loaded << u"a copy of the requests of Mapping default/taker"_s;
        QTest::newRow("a shadow of nobody") << mappingYaml("m", "{prefix: /m/, service: quote, shadow: true}")
                                            << State::Unreachable << u"there is no such Mapping"_s;
        QTest::newRow("a prefix that no path has")
            << mappingYaml("m", "{prefix: m, service: quote}") + plain << State::Unreachable
            << u"prefix \"m\" does not begin with /, and every path does; no request can match it"_s;
        QTest::newRow("a canary beside it") << mappingYaml("m", "{prefix: /m/, service: quote}")
                + mappingYaml("canary", "{prefix: /m/, service: quote2, weight: 10}")
                                            << State::Loaded << QString();
    }
    void aMappingThatCannotServeSaysWhy()
    {
        QFETCH(QByteArray, mappings);
        QFETCH(State, state);
        QFETCH(QString, reason);
        const models::MappingVerdict verdict =
            verdictOf(inputOf(edgeYaml() + quoteYaml(true) + mappings), u"default/m"_s);
        QVERIFY2(verdict.state == state, qPrintable(verdict.stateReason));
        QVERIFY2(verdict.stateReason.contains(reason), qPrintable(verdict.stateReason));
    }

    void whatNoRequestCanMatchIsOneFinding()
    {
        const models::MappingVerdict verdict =
            verdictOf(inputOf(edgeYaml() + quoteYaml(true)
                              + mappingYaml("m", "{prefix: /m/, service: quote, method: GE T}")),
                      u"default/m"_s);
        QStringList found;
        for (const models::Finding &finding : verdict.findings) {
            if (finding.code.startsWith(u"RT-00"_s))
                found.append(finding.code + u' ' + finding.path);
        }
        QCOMPARE(found, QStringList{u"RT-004 spec.method"_s});
    }

    void anAnnotatedMappingHasItsState_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("reason");
        QTest::newRow("served") << QByteArray("      prefix: /m/\n      service: quote\n") << State::Loaded
                                << QString();
        QTest::newRow("without a prefix")
            << QByteArray("      service: quote\n") << State::Rejected << u"prefix"_s;
        QTest::newRow("another edge's")
            << QByteArray("      prefix: /m/\n      service: quote\n      ambassador_id: blue\n")
            << State::NotForThisEdge << QString();
    }
    void anAnnotatedMappingHasItsState()
    {
        QFETCH(QByteArray, spec);
        QFETCH(State, state);
        QFETCH(QString, reason);
        const models::MappingVerdict verdict =
            verdictOf(inputOf(edgeYaml() + quoteYaml(true) + plain + annotated(spec)), u"default/m"_s);
        QVERIFY2(verdict.state == state, qPrintable(verdict.stateReason));
        QVERIFY2(verdict.stateReason.contains(reason), qPrintable(verdict.stateReason));
    }

    // Of two of one name the one of this edge counts, wherever it stands; the other has a verdict of its own.
    void anotherEdgesOfTheSameNameStandsBeside_data()
    {
        QTest::addColumn<QByteArray>("own");
        QTest::addColumn<QByteArray>("annotation");
        QTest::addColumn<QString>("other");
        QTest::newRow("the object") << QByteArray("{prefix: /m/, service: quote, ambassador_id: blue}")
                                    << QByteArray("      prefix: /m/\n      service: quote\n")
                                    << u"default/m"_s;
        QTest::newRow("the annotation")
            << QByteArray("{prefix: /m/, service: quote}")
            << QByteArray("      prefix: /m/\n      service: quote\n      ambassador_id: blue\n")
            << u"default/m of Service default/holder"_s;
    }
    void anotherEdgesOfTheSameNameStandsBeside()
    {
        QFETCH(QByteArray, own);
        QFETCH(QByteArray, annotation);
        QFETCH(QString, other);
        const auto snapshot = snapshotOf(edgeYaml() + quoteYaml(true) + mappingYaml("m", own.constData())
                                         + annotated(annotation));
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QVERIFY(view.mappings.value(u"default/m"_s)->state == State::Loaded);
        QCOMPARE(view.others.keys(), QStringList{other});
        QVERIFY(view.others.value(other)->state == State::NotForThisEdge);
    }

    // No API server has looked at it: the edge judges it by the same schema.
    void aServiceOfAnotherTypeInAnAnnotationIsRefused()
    {
        models::SnapshotInput input =
            inputOf(edgeYaml() + quoteYaml(true) + annotated("      prefix: /m/\n      service: [quote]\n"));
        input.objects[u"deployments"_s].first().json.replace(":1.11.2", ":3.9.1");
        const models::MappingVerdict verdict = verdictOf(input, u"default/m"_s);
        QStringList messages;
        for (const models::Finding &finding : verdict.findings)
            messages.append(finding.message);
        QVERIFY2(messages.join(u'\n').contains(u"spec.service: [\"quote\"] is not a text"_s),
                 qPrintable(messages.join(u'\n')));
        QVERIFY(verdict.state == State::Rejected);
    }

    void aShadowsUpstreamIsItsOwn()
    {
        const models::MappingVerdict verdict = verdictOf(
            inputOf(edgeYaml() + quoteYaml(true) + mappingYaml("m", "{prefix: /m/, service: elsewhere}")
                    + mappingYaml("copy", "{prefix: /m/, service: quote, shadow: true, weight: 30}")),
            u"default/copy"_s);
        QCOMPARE(verdict.upstreamHost, u"quote.default"_s);
        QCOMPARE(verdict.endpoints, 1);
        QVERIFY(!codesOf(verdict).contains(u"RT-004"_s));
        QVERIFY2(verdict.why.join(u'\n').contains(u"a copy of 30 % of the requests of Mapping default/m"_s),
                 qPrintable(verdict.why.join(u'\n')));
    }

    void theOrderIsAmongTheMappingsOfTheHost()
    {
        const QByteArray world = edgeYaml() + quoteYaml(true) + plain
            + mappingYaml("long", "{prefix: /backend/very/long/, service: quote}")
            + mappingYaml("root", "{prefix: /, service: quote}");
        const auto input = inputOf(world);
        QCOMPARE(verdictOf(input, u"default/long"_s).order, 1);
        QCOMPARE(verdictOf(input, u"default/quote-backend"_s).order, 2);
        QCOMPARE(verdictOf(input, u"default/root"_s).order, 3);
        QCOMPARE(verdictOf(input, u"default/root"_s).ofRoutes, 3);
    }

    void theDetailsNameEveryObject()
    {
        const models::MappingVerdict verdict =
            verdictOf(inputOf(edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
                              + meshPolicy("STRICT") + withTls),
                      u"default/quote-backend"_s);
        QCOMPARE(verdict.upstreamHost, u"quote.default"_s);
        QCOMPARE(verdict.upstreamPort, 443);
        QCOMPARE(verdict.tlsContext, u"istio-upstream"_s);
        QCOMPARE(verdict.certificate, u"ambassador/istio-certs"_s);
        QCOMPARE(verdict.uses,
                 (QStringList{u"TLSContext istio-upstream"_s, u"Service default/quote"_s,
                              u"PeerAuthentication istio-system/default (STRICT)"_s}));
        QCOMPARE(verdict.hops.size(), 3);
        QCOMPARE(verdict.hops[2].from, u"sidecar"_s);
        QVERIFY(verdict.findings.isEmpty());
    }

    void whatMayNotBeReadIsUnknown_data()
    {
        QTest::addColumn<QString>("plural");
        QTest::newRow("pods") << u"pods"_s;
        QTest::newRow("services") << u"services"_s;
        QTest::newRow("peer authentications") << u"peerauthentications"_s;
    }
    void whatMayNotBeReadIsUnknown()
    {
        QFETCH(QString, plural);
        const auto input = withoutKind(inputOf(edgeYaml() + quoteYaml(true) + plain), plural);
        const models::Hop hop = hopFrom(verdictOf(input, u"default/quote-backend"_s), u"edge"_s);
        QVERIFY2(hop.severity == models::Severity::Unknown, qPrintable(hop.because));
        QCOMPARE(hop.security, Security::Unknown);
    }

    void secretsThatMayNotBeReadAreAssumedAndSaidSo()
    {
        const QByteArray context =
            "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: istio-upstream, "
            "namespace: ambassador}\nspec: {secret: mesh-cert, alpn_protocols: istio}\n";
        const auto input =
            withoutKind(inputOf(edgeYaml() + quoteYaml(true) + context + withTls), u"secrets"_s);
        const models::Hop hop = hopFrom(verdictOf(input, u"default/quote-backend"_s), u"edge"_s);
        QCOMPARE(hop.security, Security::MutualTls);
        QCOMPARE(hop.severity, models::Severity::Unknown);
    }

    // A Secret that holds the certificate for the mesh: the hop is mutual TLS only while it lives, and only if it is the mesh's.
    void aMeshCertificateOfASecretIsLookedInto_data()
    {
        const QDateTime taken = inputOf(edgeYaml()).takenAt;
        QTest::addColumn<QString>("name");
        QTest::addColumn<QDateTime>("end");
        QTest::addColumn<Security>("security");
        QTest::addColumn<QString>("because"); // "" nothing is wrong with it
        const QString identity = u"URI:spiffe://cluster.local/ns/ambassador/sa/ambassador"_s;
        QTest::newRow("it lives") << identity << taken.addSecs(60) << Security::MutualTls << QString();
        QTest::newRow("it has ended") << identity << taken.addSecs(-60) << Security::Broken << u"ended on"_s;
        QTest::newRow("it is another's")
            << u"DNS:edge.example.com"_s << taken.addSecs(60) << Security::Broken << u"no SPIFFE identity"_s;
    }
    void aMeshCertificateOfASecretIsLookedInto()
    {
        QFETCH(QString, name);
        QFETCH(QDateTime, end);
        QFETCH(Security, security);
        QFETCH(QString, because);
        CertificateWish wish;
        wish.names = {name};
        wish.notBefore = end.addDays(-1);
        wish.notAfter = end;
        const QByteArray world = edgeYaml() + quoteYaml(true) + meshPolicy("STRICT") + withTls
            + "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: istio-upstream, "
              "namespace: ambassador}\n"
              "spec: {secret: mesh-cert, alpn_protocols: istio}\n"
              "---\napiVersion: v1\nkind: Secret\nmetadata: {name: mesh-cert, namespace: ambassador}\ntype: "
              "kubernetes.io/tls\ndata: {tls.crt: "
            + TestAuthority(u"Istio root"_s).issue(wish).certificate.toBase64()
            + ", tls.key: '{1704 bytes}'}\n";
        const models::Hop hop = hopFrom(verdictOf(inputOf(world), u"default/quote-backend"_s), u"edge"_s);
        QVERIFY2(hop.security == security, qPrintable(hop.because));
        QVERIFY2(because.isEmpty() ? hop.severity == models::Severity::Good : hop.because.contains(because),
                 qPrintable(hop.because));
    }

    void anEdgeIsFoundByItsImage_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<bool>("found");
        QTest::newRow("Edge Stack") << QByteArray("docker.io/datawire/aes:1.11.2") << true;
        QTest::newRow("Emissary from another registry")
            << QByteArray("registry:5000/mirror/emissary:3.9.1") << true;
        QTest::newRow("by digest") << QByteArray("emissaryingress/emissary@sha256:abcdef") << true;
        QTest::newRow("its agent is none")
            << QByteArray("docker.io/ambassador/ambassador-agent:1.0.0") << false;
        QTest::newRow("something else") << QByteArray("nginx:1.11.2") << false;
    }
    void anEdgeIsFoundByItsImage()
    {
        QFETCH(QByteArray, image);
        QFETCH(bool, found);
        const auto snapshot = snapshotOf(
            QByteArray(edgeYaml()).replace("docker.io/datawire/aes:1.11.2", QByteArray("'" + image + "'")));
        QCOMPARE(snapshot->edges.size(), found ? 1 : 0);
    }

    // The chart's option.  What it takes is no orphan.
    void anEdgeMayBeADaemonSet()
    {
        QByteArray world = edgeYaml();
        world.replace("kind: Deployment", "kind: DaemonSet").replace("  replicas: 1\n", "");
        world.replace("{readyReplicas: 1}", "{desiredNumberScheduled: 3, numberReady: 2}");
        world.replace("kind: ReplicaSet, name: ambassador-5d4f8c7b9", "kind: DaemonSet, name: ambassador");
        const auto snapshot =
            snapshotOf(world + mappingYaml("web", "{prefix: /web/, service: web}")
                       + QByteArray(quoteYaml(false)).replace("kind: Deployment", "kind: DaemonSet"));
        QCOMPARE(snapshot->edges.size(), 1);
        const models::EdgeInstallation &edge = snapshot->edges.first();
        QCOMPARE(edge.key(), u"ambassador/ambassador"_s);
        QCOMPARE(edge.kind, u"DaemonSet"_s);
        QCOMPARE(edge.pods, 1);
        QCOMPARE(edge.readyPods, 1);
        QCOMPARE(snapshot->deployments.size(), 1); // another's DaemonSet is none of ours
        const auto unread =
            models::makeSnapshot(withoutKind(inputOf(world), u"pods"_s, kube::Error::Kind::Forbidden));
        QCOMPARE(unread->edges.value(0).pods, 3);
        QCOMPARE(unread->edges.value(0).readyPods, 2);
    }

    // As a kubelet takes them: env over envFrom, the last of envFrom over those before.
    void itsIdMayComeFromAConfigMap_data()
    {
        QTest::addColumn<QByteArray>("container"); // instead of its env
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("unknown"); // part of why
        const QByteArray from =
            "        envFrom: [{configMapRef: {name: settings}}, {configMapRef: {name: more}}]\n";
        const auto reference = [](const QByteArray &source) {
            return QByteArray("        env: [{name: AMBASSADOR_ID, valueFrom: {" + source + "}}]\n");
        };
        QTest::newRow("one key") << reference("configMapKeyRef: {name: settings, key: id}") << u"one"_s
                                 << QString();
        QTest::newRow("all keys, the last one wins") << from << u"three"_s << QString();
        QTest::newRow("behind a prefix")
            << QByteArray("        envFrom: [{prefix: AMBASSADOR_, configMapRef: {name: bare}}]\n")
            << u"four"_s << QString();
        QTest::newRow("a literal wins over all keys")
            << from + "        env: [{name: AMBASSADOR_ID, value: plain}]\n"
            << u"plain"_s << QString();
        QTest::newRow("a key that is not there") << reference("configMapKeyRef: {name: settings, key: nope}")
                                                 << u"default"_s << u"no new pod starts"_s;
        QTest::newRow("one that need not be there")
            << reference("configMapKeyRef: {name: settings, key: nope, optional: true}") << u"default"_s
            << QString();
        QTest::newRow("a Secret is not looked into") << reference("secretKeyRef: {name: ids, key: id}")
                                                     << u"default"_s << u"Secret ambassador/ids, key id"_s;
        QTest::newRow("a Secret as a whole is taken to say nothing")
            << from + "        - {secretRef: {name: ids}}\n"
            << u"three"_s << QString();
    }
    void itsIdMayComeFromAConfigMap()
    {
        QFETCH(QByteArray, container);
        QFETCH(QString, unknown);
        container.replace("}}]\n        - {", "}}, {").replace("ids}}\n", "ids}}]\n"); // one list
        QByteArray world = edgeYaml();
        world.replace("        env:\n        - name: AMBASSADOR_NAMESPACE\n"
                      "          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}\n",
                      container);
        const auto map = [](const QByteArray &name, const QByteArray &data) -> QByteArray {
            return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name
                + ", namespace: ambassador}\ndata: {" + data + "}\n";
        };
        world += map("settings", "id: one, AMBASSADOR_ID: two") + map("more", "AMBASSADOR_ID: three")
            + map("bare", "ID: four");
        world += mappingYaml("web", "{prefix: /web/, service: web, ambassador_id: [other]}");
        const models::SnapshotInput input = inputOf(world);
        const auto snapshot = models::makeSnapshot(input);
        QCOMPARE(snapshot->edges.size(), 1);
        models::EdgeInstallation edge = snapshot->edges.first();
        QTEST(edge.ambassadorId, "id");
        QCOMPARE(edge.knowsId(), unknown.isEmpty());
        QVERIFY2(edge.unknownSettings.value(u"AMBASSADOR_ID"_s).contains(unknown),
                 qPrintable(edge.unknownSettings.value(u"AMBASSADOR_ID"_s)));
        edge.takeId(u"other"_s);
        QVERIFY(edge.knowsId());
        const auto unread =
            models::makeSnapshot(withoutKind(input, u"configmaps"_s, kube::Error::Kind::Forbidden));
        QCOMPARE(unread->edges.first().knowsId(), container.contains("value: plain"));
    }

    void theFirstEdgeDoesNotDependOnTheOrderOfObjects()
    {
        const QByteArray internal =
            QByteArray(edgeYaml()).replace("namespace: ambassador", "namespace: ambassador-internal");
        const QByteArray mapping =
            "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: web, namespace: default}\n"
            "spec: {prefix: /web/, service: web}\n";
        for (const QByteArray &yaml : QByteArrayList{QByteArray(edgeYaml() + internal + mapping),
                                                     QByteArray(internal + edgeYaml() + mapping)})
            QCOMPARE(snapshotOf(yaml)->edge({})->key(), u"ambassador/ambassador"_s);
    }

    // One Mapping after another changes, comes or goes, and now and then something else: a compiler that goes along sees the
    // same edge as a new one.
    void aKeptCompilerSeesWhatANewOneSees()
    {
        models::SnapshotMaker maker;
        models::EdgeCompiler compiler;
        QByteArrayList mappings;
        for (int i = 0; i < 12; ++i)
            mappings.append(mappingYaml("m" + QByteArray::number(i), "{prefix: /m/, service: quote}"));
        for (int round = 0; round < 60; ++round) {
            const QByteArray spec = "{prefix: /" + QByteArray::number(round % 7)
                + "/, service: quote, weight: " + QByteArray::number(round) + "}";
            mappings[round * 5 % 12] =
                round % 4 == 3 ? QByteArray() : mappingYaml("m" + QByteArray::number(round * 5 % 12), spec);
            const QByteArray rest = (round / 9 % 2 ? edgeYaml() : edgeWithCertsYaml())
                + quoteYaml(round / 15 % 2) + istioUpstreamYaml();
            const auto snapshot = maker.make(inputOf(rest + mappings.join()));
            const models::EdgeView kept = models::viewEdge(*snapshot, *snapshot->edge({}), compiler);
            const models::EdgeView fresh = models::viewEdge(*snapshot, *snapshot->edge({}));
            QVERIFY(kept.table && fresh.table);
            QVERIFY2(kept.table->config() == fresh.table->config(), qPrintable(u"round %1"_s.arg(round)));
            QCOMPARE(kept.mappings.size(), fresh.mappings.size());
            for (auto verdict = fresh.mappings.begin(); verdict != fresh.mappings.end(); ++verdict)
                QVERIFY2(*kept.mappings.value(verdict.key()) == **verdict, qPrintable(verdict.key()));
            QCOMPARE(kept.findings, fresh.findings);
        }
    }

    void anEdgeIsDescribedByItsDeploymentAndPods()
    {
        const auto snapshot = snapshotOf(edgeWithCertsYaml());
        const models::EdgeInstallation &edge = snapshot->edges.first();
        QCOMPARE(edge.key(), u"ambassador/ambassador"_s);
        QCOMPARE(edge.version, u"1.11.2"_s);
        QCOMPARE(edge.compat, edge::Compat::V1);
        QCOMPARE(edge.ambassadorNamespace, u"ambassador"_s);
        QCOMPARE(edge.ambassadorId, u"default"_s);
        QVERIFY(edge.edgeStack);
        QVERIFY2(edge.hasIstioCertificate, qPrintable(edge.istioCertificateProblem));
        QCOMPARE(edge.pods, 1);
        QCOMPARE(edge.readyPods, 1);
    }

    void whatIsMissingForTheMeshsCertificatesIsNamed_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("problem");
        QTest::newRow("the variable")
            << QByteArray("AMBASSADOR_ISTIO_SECRET_DIR") << QByteArray("SOMETHING_ELSE")
            << u"no variable AMBASSADOR_ISTIO_SECRET_DIR"_s;
        QTest::newRow("a trailing slash")
            << QByteArray("SECRET_DIR, value: /etc/istio-certs}")
            << QByteArray("SECRET_DIR, value: /etc/istio-certs/}") << u"ends with a slash"_s;
        QTest::newRow("an old version")
            << QByteArray("aes:1.11.2") << QByteArray("aes:1.9.1") << u"1.10 was the first"_s;
        QTest::newRow("another folder") << QByteArray("OUTPUT_CERTS, value: /etc/istio-certs")
                                        << QByteArray("OUTPUT_CERTS, value: /etc/other") << u"/etc/other"_s;
        QTest::newRow("another volume")
            << QByteArray(
                   "OUTPUT_CERTS, value: /etc/istio-certs}]\n        volumeMounts: [{name: istio-certs")
            << QByteArray("OUTPUT_CERTS, value: /etc/istio-certs}]\n        volumeMounts: [{name: other")
            << u"does not mount the volume"_s;
        QTest::newRow("no pod has it yet")
            << QByteArray("  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\nstatus")
            << QByteArray("status") << u"no pod has a container istio-proxy yet"_s;
    }
    void whatIsMissingForTheMeshsCertificatesIsNamed()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, problem);
        QVERIFY(edgeWithCertsYaml().contains(from));
        const auto snapshot = snapshotOf(QByteArray(edgeWithCertsYaml()).replace(from, to));
        QVERIFY(!snapshot->edges.first().hasIstioCertificate);
        QVERIFY2(snapshot->edges.first().istioCertificateProblem.contains(problem),
                 qPrintable(snapshot->edges.first().istioCertificateProblem));
    }
};

SALLYPORT_TEST(edge_view_test, EdgeViewTest)
#include "edge_view_test.moc"
