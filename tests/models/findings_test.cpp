// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/finding_catalog.h"
#include "models/analysis/finding_sources.h"
#include "models/analysis/findings.h"
#include "tests/kube/test_authority.h"
#include "tests/models/unfinished_findings.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now = QDateTime::currentDateTimeUtc();

QByteArray hostYaml(const QByteArray &name, const QByteArray &hostname, const QByteArray &action)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: " + name
        + ", namespace: default}\nspec: {hostname: " + hostname
        + ", requestPolicy: {insecure: {action: " + action + "}}}\n";
}

QByteArray mappingYaml(const QByteArray &name, const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: default}\nspec: " + spec + "\n";
}

QByteArray policyYaml(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &spec,
                      const QByteArray &created = "2026-01-01T00:00:00Z")
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + ", creationTimestamp: '" + created + "'}\nspec: " + spec + "\n";
}

QByteArray certificateYaml(const QByteArray &name, qint64 secondsLeft, qint64 life = 365 * 86400LL)
{
    CertificateWish wish;
    wish.names = {u"DNS:api.example.com"_s};
    wish.notAfter = now.addSecs(secondsLeft);
    wish.notBefore = wish.notAfter.addSecs(-life);
    const QByteArray pem = TestAuthority(u"Some root"_s).issue(wish).certificate;
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: " + pem.toBase64()
        + ", tls.key: '{1704 bytes}'}\n";
}

// A leaf of three months under an issuer that was made today and ends in five days.
QByteArray chainYaml(const QByteArray &name)
{
    const auto middle = TestAuthority(u"Some root"_s).intermediate(u"Some issuer"_s, now.addDays(5));
    CertificateWish wish;
    wish.names = {u"DNS:api.example.com"_s};
    wish.notBefore = now.addDays(-10);
    wish.notAfter = now.addDays(80);
    const QByteArray pem = middle->issue(wish).certificate + middle->certificate();
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: " + pem.toBase64()
        + ", tls.key: '{1704 bytes}'}\n";
}

// A leaf with another issuer's certificate behind it.
QByteArray brokenChainYaml(const QByteArray &name)
{
    CertificateWish wish;
    wish.names = {u"DNS:api.example.com"_s};
    wish.notBefore = now.addDays(-10);
    wish.notAfter = now.addDays(80);
    const QByteArray pem = TestAuthority(u"Some root"_s).issue(wish).certificate
        + TestAuthority(u"Some other root"_s).certificate();
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: " + pem.toBase64()
        + ", tls.key: '{1704 bytes}'}\n";
}

const QByteArray host = "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: api, namespace: "
                        "ambassador}\nspec: {hostname: '*', tlsSecret: {name: edge-tls}, requestPolicy: "
                        "{insecure: {action: Route, additionalPort: 8080}}}\n";
const QByteArray plain = mappingYaml("quote-backend", "{prefix: /backend/, service: 'quote:80'}");
const QByteArray withTls =
    mappingYaml("quote-backend", "{prefix: /backend/, service: 'quote:80', tls: istio-upstream}");
// In namespace default.
QByteArray ruleYaml(const QByteArray &name, const QByteArray &spec)
{
    return "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: " + name
        + ", namespace: default}\nspec: " + spec + "\n";
}

const QByteArray strict = policyYaml("istio-system", "default", "{mtls: {mode: STRICT}}");

// The guide's end: nothing is wrong in it.
QByteArray cleanWorld()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + withTls + strict
        + certificateYaml("edge-tls", 90 * 86400LL) + host;
}

QStringList codesIn(const models::Snapshot &snapshot, const models::EdgeView &view)
{
    const QList<models::Finding> findings =
        models::clusterFindings(snapshot, view, models::certificateRows(snapshot, view, {}), now).findings;
    QStringList codes;
    for (const models::Finding &finding : findings)
        codes.append(u"%1 %2"_s.arg(finding.code, finding.subject.text()));
    return codes + unfinished(findings);
}

QStringList codesIn(const models::SnapshotInput &input)
{
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    return codesIn(*snapshot, edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView());
}

} // namespace

class FindingsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aCleanWorldHasNone()
    {
        const QStringList codes = codesIn(inputOf(cleanWorld()));
        QVERIFY2(codes.isEmpty(), qPrintable(codes.join(u", "_s)));
    }

    void eachFaultIsFoundAndNothingElse_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("finding");
        const QByteArray base = edgeWithCertsYaml() + quoteYaml(true);
        const QByteArray context = istioUpstreamYaml();
        QTest::newRow("rejected") << base + mappingYaml("m", "{service: quote}")
                                  << u"RT-001 Mapping default/m"_s;
        QTest::newRow("a weight that is no number")
            << base + mappingYaml("m", "{prefix: /m/, service: quote, weight: heavy}")
            << u"RT-001 Mapping default/m"_s;
        QTest::newRow("shadowed") << base + mappingYaml("m", "{prefix: /m/x/, service: quote}")
                + mappingYaml("all", "{prefix: /m/, service: quote, precedence: 10}")
                                  << u"RT-003 Mapping default/m"_s;
        QTest::newRow("shadowed by a regex for everything")
            << base + mappingYaml("m", "{prefix: /m/x/, service: quote}")
                + mappingYaml("all", "{prefix: '/.*', prefix_regex: true, service: quote, precedence: 10}")
            << u"RT-003 Mapping default/m"_s;
        QTest::newRow("shadowed by a regex below a path")
            << base + mappingYaml("m", "{prefix: /m/x/, service: quote}")
                + mappingYaml("all", "{prefix: '/m.*', prefix_regex: true, service: quote, precedence: 10}")
            << u"RT-003 Mapping default/m"_s;
        const QByteArray asksForX = mappingYaml("m", "{prefix: /m/, service: quote, headers: {x: '1'}}");
        QTest::newRow("shadowed by a header's regex for everything") << base + asksForX
                + mappingYaml("all",
                              "{prefix: /m/, service: quote, regex_headers: {x: '.*'}, precedence: 10}")
                                                                     << u"RT-003 Mapping default/m"_s;
        QTest::newRow("shadowed by a header that must be there") << base + asksForX
                + mappingYaml("all", "{prefix: /m/, service: quote, headers: {x: true}, precedence: 10}")
                                                                 << u"RT-003 Mapping default/m"_s;
        QTest::newRow("shadowed by a method's regex for everything")
            << base + mappingYaml("m", "{prefix: /m/, service: quote}")
                + mappingYaml(
                    "all", "{prefix: /m/, service: quote, method: '.*', method_regex: true, precedence: 10}")
            << u"RT-003 Mapping default/m"_s;
        QTest::newRow("not shadowed by a header's regex that asks for it")
            << base + mappingYaml("m", "{prefix: /m/, service: quote}")
                + mappingYaml("all",
                              "{prefix: /m/, service: quote, regex_headers: {x: '.*'}, precedence: 10}")
            << QString();
        QTest::newRow("not shadowed by a regex of other values") << base + asksForX
                + mappingYaml("all",
                              "{prefix: /m/, service: quote, regex_headers: {x: '2.*'}, precedence: 10}")
                + mappingYaml("other",
                              "{prefix: /m/, service: quote, regex_headers: {y: '.*'}, precedence: 10}")
                                                                 << QString();
        QTest::newRow("not shadowed by a regex of other paths")
            << base + mappingYaml("m", "{prefix: /m/x/, service: quote}")
                + mappingYaml("all", "{prefix: '/n.*', prefix_regex: true, service: quote, precedence: 10}")
                + mappingYaml("dot", "{prefix: '/.+', prefix_regex: true, service: quote, precedence: 10}")
            << QString();
        QTest::newRow("a timeout that another Mapping of the cluster decides")
            << base + mappingYaml("a", "{prefix: /a/, service: quote}")
                + mappingYaml("b", "{prefix: /b/, service: quote, connect_timeout_ms: 9}")
            << u"RT-015 Mapping default/b"_s;
        QTest::newRow("a header that another Mapping of the group adds otherwise")
            << base
                + mappingYaml("a", "{prefix: /m/, service: quote, add_request_headers: {x-a: {value: '1'}}}")
                + mappingYaml("b", "{prefix: /m/, service: quote, add_request_headers: {x-a: {value: '2'}}}")
            << u"RT-015 Mapping default/a"_s;
        QTest::newRow("a client certificate that another Mapping of the cluster does not send")
            << base + context + mappingYaml("a", "{prefix: /a/, service: 'https://quote:80'}")
                + mappingYaml("b", "{prefix: /b/, service: 'https://quote:80', tls: istio-upstream}")
            << u"MT-004 Mapping default/a, MT-004 Mapping default/b, RT-015 Mapping default/b"_s;
        QTest::newRow("weights that Envoy adds up again") << base
                + "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: a, namespace: "
                  "default}\nspec: {port: 9000, service: quote, weight: 20}\n"
                  "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: b, namespace: "
                  "default}\nspec: {port: 9000, service: quote}\n"
                                                          << u"RT-016 TCPMapping default/a"_s;
        QTest::newRow("a port that is none") << base
                + "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: a, namespace: "
                  "default}\nspec: {port: -1, service: quote}\n"
                                             << u"RT-001 TCPMapping default/a"_s;
        QTest::newRow("weights over 100")
            << base + mappingYaml("a", "{prefix: /m/, service: quote, weight: 70}")
                + mappingYaml("b", "{prefix: /m/, service: quote, weight: 60}")
            << u"RT-005 Mapping default/a"_s;
        QTest::newRow("a weight below nothing")
            << base + mappingYaml("a", "{prefix: /m/, service: quote, weight: -10}")
                + mappingYaml("b", "{prefix: /m/, service: quote}")
            << u"RT-002 Mapping default/a, RT-011 Mapping default/a"_s;
        QTest::newRow("a TCPMapping's weight of nothing") << base
                + "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: a, namespace: "
                  "default}\nspec: {port: 9000, service: quote, weight: 0}\n"
                  "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: b, namespace: "
                  "default}\nspec: {port: 9000, service: quote}\n"
                                                          << u"RT-002 TCPMapping default/a"_s;
        const QByteArray hosts =
            base + plain + hostYaml("a", "a.example", "Route") + hostYaml("b", "b.example", "ACTION");
        QTest::newRow("1.x: two Hosts without TLS that want different things")
            << QByteArray(hosts).replace("ACTION", "Reject") << u"RT-022 Host default/b"_s;
        QTest::newRow("1.x: two Hosts without TLS that want the same")
            << QByteArray(hosts).replace("ACTION", "Route") << QString();
        QTest::newRow("1.x: a Host for all that decides") << QByteArray(hosts).replace("ACTION", "Route")
                + hostYaml("c", "'*'", "Redirect") << u"RT-022 Host default/a, RT-022 Host default/b"_s;
        QTest::newRow("weights that leave something")
            << base + mappingYaml("a", "{prefix: /m/, service: quote, weight: 20}")
                + mappingYaml("b", "{prefix: /m/, service: quote, weight: 20}")
            << u"RT-021 Mapping default/a"_s;
        QTest::newRow("a hostname with stars around it")
            << base + mappingYaml("a", "{prefix: /m/, service: quote, host: '*a*'}")
            << u"RT-020 Mapping default/a"_s;
        QTest::newRow("no Service") << base + mappingYaml("m", "{prefix: /m/, service: nobody}")
                                    << u"RT-006 Mapping default/m"_s;
        QTest::newRow("TLS to 443 that is not there") << edgeWithCertsYaml()
                + QByteArray(quoteYaml(true)).replace(", {name: https, port: 443, targetPort: 8000}", "")
                + context + mappingYaml("m", "{prefix: /m/, service: quote, tls: istio-upstream}")
                                                      << u"RT-007 Mapping default/m"_s;
        QTest::newRow("no ready pod") << edgeWithCertsYaml()
                + QByteArray(quoteYaml(true)).replace("status: 'True'", "status: 'False'")
                + plain << u"RT-008 Mapping default/quote-backend"_s;
        QTest::newRow("a named port that is nowhere") << edgeWithCertsYaml()
                + QByteArray(quoteYaml(true))
                      .replace("port: 80, targetPort: 8000", "port: 80, targetPort: web")
                + plain << u"RT-009 Mapping default/quote-backend"_s;
        QTest::newRow("nobody's Mapping")
            << base + plain + mappingYaml("m", "{prefix: /m/, service: quote, ambassador_id: blue}")
            << u"RT-010 Mapping default/m"_s;
        QTest::newRow("a weight of 0") << base + mappingYaml("a", "{prefix: /m/, service: quote}")
                + mappingYaml("b", "{prefix: /m/, service: quote, weight: 0}")
                                       << u"RT-011 Mapping default/b"_s;
        QTest::newRow("an old version")
            << base + QByteArray(plain).replace("getambassador.io/v2", "getambassador.io/v1")
            << u"RT-012 Mapping default/quote-backend"_s;
        QTest::newRow("an AuthService, which is not asked here") << base + plain
                + QByteArray(mappingYaml("auth", "{auth_service: 'quote.default:80', proto: http}"))
                      .replace("kind: Mapping", "kind: AuthService")
                                                                 << u"RT-017 AuthService default/auth"_s;
        QTest::newRow("a setting of the Module for every Mapping, once")
            << base + plain + mappingYaml("m", "{prefix: /m/, service: quote}")
                + mappingYaml("own",
                              "{prefix: /own/, service: quote, cluster_tag: own, keepalive: {time: 5}}")
                + QByteArray(mappingYaml("ambassador", "{config: {keepalive: {time: 10}}}"))
                      .replace("kind: Mapping", "kind: Module")
            << u"RT-017 Mapping default/own, RT-017 Module default/ambassador"_s;
        QTest::newRow("gzip") << base + plain
                + QByteArray(mappingYaml("ambassador", "{config: {gzip: {enabled: true}}}"))
                      .replace("kind: Mapping", "kind: Module")
                              << u"RT-017 Module default/ambassador"_s;
        QTest::newRow("the edge's admin port, which is not opened here") << base + plain
                + QByteArray(mappingYaml("ambassador", "{config: {admin_port: 9000}}"))
                      .replace("kind: Mapping", "kind: Module") << u"RT-017 Module default/ambassador"_s;
        QTest::newRow("a Module that nothing reads") << base + plain
                + QByteArray(mappingYaml("foo", "{config: {gzip: {enabled: true}}}"))
                      .replace("kind: Mapping", "kind: Module")
                                                     << u"RT-002 Module default/foo"_s;
        QTest::newRow("a shadow of nobody")
            << base + mappingYaml("m", "{prefix: /m/, service: quote, shadow: true}")
            << u"RT-004 Mapping default/m"_s;
        QTest::newRow("what Edge Stack alone looks at") << base + plain
                + QByteArray(mappingYaml("fp", "{rules: []}")).replace("kind: Mapping", "kind: FilterPolicy")
                                                        << u"RT-017 FilterPolicy default/fp"_s;
        QTest::newRow("tls that is not defined")
            << base + withTls << u"TLS-001 Mapping default/quote-backend"_s;
        QTest::newRow("a context without its Secret")
            << base + QByteArray(context).replace("istio-certs", "nothing")
            << u"TLS-002 TLSContext ambassador/istio-upstream"_s;
        QTest::newRow("istio-certs in another namespace")
            << base + QByteArray(context).replace("namespace: ambassador", "namespace: staging")
            << u"TLS-003 TLSContext staging/istio-upstream"_s;
        QTest::newRow("a dot that is read as a namespace")
            << base + QByteArray(context).replace("istio-certs", "mesh.cert")
                + certificateYaml("mesh.cert", 90 * 86400LL)
            << u"TLS-004 TLSContext ambassador/istio-upstream"_s;
        QTest::newRow("an id that a Secret holds")
            << QByteArray(base).replace("        env:\n",
                                        "        env:\n        - {name: AMBASSADOR_ID, valueFrom: "
                                        "{secretKeyRef: {name: ids, key: id}}}\n")
                + mappingYaml("m", "{prefix: /m/, service: quote, ambassador_id: [other]}")
            << u"RT-018 Deployment ambassador/ambassador"_s; // nor is m said to be nobody's
        QTest::newRow("a TLSContext with hosts and no Host")
            << QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:3.9.1").replace("v2\n", "v3alpha1\n")
                + certificateYaml("edge-tls", 90 * 86400LL)
                + "---\napiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: l, "
                  "namespace: "
                  "ambassador}\nspec: {port: 8443, protocol: HTTPS, securityModel: INSECURE, hostBinding: "
                  "{namespace: {from: ALL}}}\n"
                  "---\napiVersion: getambassador.io/v3alpha1\nkind: TLSContext\nmetadata: {name: c, "
                  "namespace: ambassador}\n"
                  "spec: {hosts: [a.example], secret: edge-tls}\n"
            << u"RT-002 TLSContext ambassador/c"_s;
        QTest::newRow("a Host without its Secret") << base + host << u"TLS-005 Host ambassador/api"_s;
        QTest::newRow("istio-certs that nobody shares")
            << edgeYaml() + quoteYaml(true) + context << u"TLS-008 TLSContext ambassador/istio-upstream"_s;
        QTest::newRow("a chain of two that do not belong together")
            << base + brokenChainYaml("edge-tls") + host << u"CERT-003 Secret ambassador/edge-tls"_s;
        QTest::newRow("clear text is sent to https, and no port speaks TLS")
            << QByteArray(base).replace("datawire/aes:1.11.2", "datawire/aes:4.1.0")
                + "---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: "
                  "quote-backend, "
                  "namespace: default}\nspec: {hostname: '*', prefix: /backend/, service: 'quote:80'}\n"
                  "---\napiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: http, "
                  "namespace: ambassador}\nspec: {port: 8080, protocol: HTTP, securityModel: INSECURE, "
                  "hostBinding: "
                  "{namespace: {from: ALL}}}\n"
                  "---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: all, namespace: "
                  "ambassador}\nspec: {hostname: '*', requestPolicy: {insecure: {action: Redirect}}}\n"
            << u"TLS-006 Mapping default/quote-backend"_s;
        QTest::newRow("ended") << base + certificateYaml("edge-tls", -3600) + host
                               << u"CERT-001 Secret ambassador/edge-tls"_s;
        QTest::newRow("six days left") << base + certificateYaml("edge-tls", 6 * 86400LL) + host
                                       << u"CERT-002 Secret ambassador/edge-tls"_s;
        QTest::newRow("an intermediate of today that ends in five days")
            << base + chainYaml("edge-tls") + host << u"CERT-008 Secret ambassador/edge-tls"_s;
        QTest::newRow("weights over 100, and one that has none")
            << base + mappingYaml("a", "{prefix: /m/, service: quote, weight: 60}")
                + mappingYaml("b", "{prefix: /m/, service: quote, weight: 70}")
                + mappingYaml("c", "{prefix: /m/, service: quote}")
            << u"RT-005 Mapping default/a"_s;
        QTest::newRow("by hand, and lives a day") << base + certificateYaml("edge-tls", 3600, 86400) + host
                                                  << u"CERT-002 Secret ambassador/edge-tls"_s;
        QTest::newRow("by hand, lives five days, and is new")
            << base + certificateYaml("edge-tls", 5 * 86400LL - 60, 5 * 86400LL) + host
            << u"CERT-002 Secret ambassador/edge-tls"_s;
        QTest::newRow("Citadel's Secret, which nobody makes any more") // F13
            << base + policyYaml("istio-system", "default", "{mtls: {mode: PERMISSIVE}}")
                + QByteArray(context).replace("secret: istio-certs",
                                              "secret: istio.default, secret_namespacing: false")
            << u"TLS-002 TLSContext ambassador/istio-upstream"_s;
        QTest::newRow("clear text to STRICT")
            << base + strict + plain << u"MT-001 Mapping default/quote-backend"_s;
        QTest::newRow("mesh TLS to no sidecar") << edgeWithCertsYaml()
                + QByteArray(quoteYaml(false)).replace(", labels: {istio-injection: enabled}", "") + context
                + withTls << u"MT-002 Mapping default/quote-backend"_s;
        QTest::newRow("no client certificate")
            << base + strict + mappingYaml("m", "{prefix: /m/, service: 'https://quote:80'}")
            << u"MT-003 Mapping default/m"_s;
        QTest::newRow("no ALPN") << base + QByteArray(context).replace(", alpn_protocols: istio", "")
                + withTls << u"MT-004 Mapping default/quote-backend"_s;
        QTest::newRow("mutual TLS is off")
            << base + context + withTls + policyYaml("default", "default", "{mtls: {mode: DISABLE}}")
            << u"MT-005 Mapping default/quote-backend"_s;
        QTest::newRow("an older object counts")
            << base + policyYaml("istio-system", "default", "{mtls: {mode: PERMISSIVE}}")
                + policyYaml("istio-system", "global", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z")
            << u"MT-010 PeerAuthentication istio-system/global"_s;
        QTest::newRow("a selector in the root namespace")
            << base
                + policyYaml("istio-system", "quote",
                             "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}")
            << u"MT-011 PeerAuthentication istio-system/quote"_s;
        QTest::newRow("a port that no pod has") << base
                + policyYaml("default", "quote",
                             "{selector: {matchLabels: {app: quote}}, portLevelMtls: {80: {mode: DISABLE}}}")
                                                << u"MT-012 PeerAuthentication default/quote"_s;
        QTest::newRow("two objects for the same pods") << base
                + policyYaml("default", "a",
                             "{selector: {matchLabels: {app: quote}}, mtls: {mode: PERMISSIVE}}")
                + policyYaml("default", "b", "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}",
                             "2026-02-01T00:00:00Z") << u"MT-013 PeerAuthentication default/b"_s;
        QTest::newRow("a rule that turns TLS off") << base + strict
                + "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: "
                  "quote, namespace: default}\nspec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}}}\n"
                                                   << u"MT-014 DestinationRule default/quote"_s;
        QTest::newRow("a rule of one port that turns TLS off") << base + strict
                + "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: "
                  "quote, namespace: default}\nspec: {host: quote, trafficPolicy: {portLevelSettings: "
                  "[{port: "
                  "{number: 80}, tls: {mode: DISABLE}}]}}\n" << u"MT-014 DestinationRule default/quote"_s;
        QTest::newRow("a rule whose ports say otherwise") << base + strict
                + "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: "
                  "quote, namespace: default}\nspec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}, "
                  "portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}, {port: {number: "
                  "443}, "
                  "tls: {mode: ISTIO_MUTUAL}}]}}\n" << QString();
        const auto portWithoutTls = [](const QByteArray &whole) -> QByteArray {
            return ruleYaml("quote",
                            "{host: quote, trafficPolicy: {tls: {mode: " + whole
                                + "}, portLevelSettings: [{port: {number: 80}, connectionPool: {}}, {port: "
                                  "{number: 443}, tls: {mode: ISTIO_MUTUAL}}]}}");
        };
        QTest::newRow("a rule whose port says nothing of TLS, which it turns off")
            << base + strict + portWithoutTls("DISABLE") << u"MT-014 DestinationRule default/quote"_s;
        QTest::newRow("the same where it asks for another kind of TLS")
            << base + strict + portWithoutTls("SIMPLE") << u"MT-014 DestinationRule default/quote"_s;
        QTest::newRow("the same where it asks for mutual TLS")
            << base + strict + portWithoutTls("ISTIO_MUTUAL") << QString();
        QTest::newRow("a rule of which each field turns TLS off")
            << base + strict
                + ruleYaml("quote",
                           "{host: quote, trafficPolicy: {tls: {mode: DISABLE}, portLevelSettings: [{port: "
                           "{number: 80}, tls: {mode: SIMPLE}}]}, subsets: [{name: v1, trafficPolicy: {tls: "
                           "{mode: MUTUAL}}}, {name: v9, labels: {version: v9}, trafficPolicy: {tls: {mode: "
                           "DISABLE}}}]}")
            << QStringList(3, u"MT-014 DestinationRule default/quote"_s).join(u", "_s);
        const QByteArray off =
            policyYaml("default", "quote",
                       "{selector: {matchLabels: {app: quote}}, portLevelMtls: {8000: {mode: DISABLE}}}");
        const QByteArray encrypts =
            ruleYaml("quote", "{host: quote, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}");
        const QString inVain = u"MT-030 DestinationRule default/quote"_s;
        QTest::newRow("a rule that asks for mutual TLS where it is off") << base + off + encrypts << inVain;
        QTest::newRow("the same in a namespace where it is off")
            << base + policyYaml("default", "default", "{mtls: {mode: DISABLE}}") + encrypts << inVain;
        QTest::newRow("the same of every host") << base + off
                + QByteArray(
                      ruleYaml("quote", "{host: '*.local', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}"))
                      .replace("namespace: default", "namespace: istio-system")
                                                << u"MT-030 DestinationRule istio-system/quote"_s;
        QTest::newRow("the same of one port") << base + off
                + ruleYaml("quote",
                           "{host: quote, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: "
                           "{mode: ISTIO_MUTUAL}}]}}")
                                              << inVain;
        QTest::newRow("TLS of the application's own to a port of HTTP") << base + off
                + ruleYaml("quote",
                           "{host: quote, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: "
                           "{mode: SIMPLE}}]}}") << inVain;
        QTest::newRow("TLS of the application's own to a port that may serve it") << base + off
                + ruleYaml("quote",
                           "{host: quote, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: "
                           "{mode: SIMPLE}}]}}") << QString();
        QTest::newRow("a rule that asks for none where it is off")
            << base + off + ruleYaml("quote", "{host: quote, trafficPolicy: {tls: {mode: DISABLE}}}")
            << QString();
        QTest::newRow("a subset of no pod asks for it where it is off") << base + off
                + ruleYaml("quote",
                           "{host: quote, subsets: [{name: v9, labels: {version: v9}, trafficPolicy: {tls: "
                           "{mode: ISTIO_MUTUAL}}}]}") << QString();
        QTest::newRow("STRICT below DISABLE")
            << base + policyYaml("default", "default", "{mtls: {mode: DISABLE}}")
                + policyYaml("default", "quote",
                             "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}")
            << u"MT-015 PeerAuthentication default/quote"_s;
        QTest::newRow("a webhook behind STRICT") << base + strict
                + "---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
                  "ValidatingWebhookConfiguration\nmetadata: {name: checker}\nwebhooks: [{name: "
                  "a.example.com, clientConfig: {service: {name: quote, namespace: default}}}]\n"
                                                 << u"MT-017 ValidatingWebhookConfiguration checker"_s;
        QTest::newRow("STRICT that nothing enforces")
            << edgeWithCertsYaml() + quoteYaml(false) + strict << u"MT-018 Deployment default/quote"_s;
        QTest::newRow("half shared") << QByteArray(edgeWithCertsYaml())
                                            .replace("OUTPUT_CERTS, value: /etc/istio-certs",
                                                     "OUTPUT_CERTS, value: /etc/other")
                                     << u"GD-001 Deployment ambassador/ambassador"_s;
        QTest::newRow("another version") << edgeWithCertsYaml()
                + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
                  "istio-system}\nspec: {template: {spec: {containers: [{name: discovery, image: "
                  "'istio/pilot:1.11.0'}]}}}\n"
                                         << u"GD-002 Deployment ambassador/ambassador"_s;
    }
    void eachFaultIsFoundAndNothingElse()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, finding);
        QCOMPARE(codesIn(inputOf(world)).join(u", "_s), finding);
    }

    // Nobody complains of it, and nothing is served: a check must not pass on that.
    // Which Secret, which key of it, and what stands there instead.
    void theSecretOfATlsContextIsNamedByItsKeys_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QByteArray>("secret"); // type and data; "" there is none
        QTest::addColumn<QString>("message");   // a part of it
        QTest::addColumn<QString>("remedy");
        const QByteArray tls = "type: kubernetes.io/tls, data: {tls.crt: eA==, tls.key: eA==}";
        const QByteArray ca = "{hosts: [a.example], secret: own, ca_secret: s}";
        QTest::newRow("none")
            << QByteArray("{secret: s}") << QByteArray() << u"where tls.crt is looked for"_s
            << u"create Secret ambassador/s with tls.crt and tls.key, or correct the name"_s;
        QTest::newRow("without a key")
            << QByteArray("{secret: s}") << QByteArray("type: Opaque, data: {tls.crt: eA==}")
            << u"where tls.key is looked for"_s
            << u"Secret ambassador/s holds tls.crt: put tls.crt and tls.key there, or name another Secret"_s;
        QTest::newRow("of a type that is not read")
            << QByteArray("{secret: s}") << QByteArray(tls).replace("kubernetes.io/tls", "example.com/tls")
            << u"where tls.crt is looked for"_s
            << u"Secret ambassador/s is of type example.com/tls: the edge reads those of kubernetes.io/tls and Opaque"_s;
        QTest::newRow("no CA")
            << ca << QByteArray() << u"where it is looked for as tls.crt, not as ca.crt"_s
            << u"create Secret ambassador/s with the CA's certificates as tls.crt, or correct the name"_s;
        QTest::newRow("a CA as ca.crt")
            << ca << QByteArray("type: Opaque, data: {ca.crt: eA==, x: eA==}")
            << u"where it is looked for as tls.crt, not as ca.crt"_s
            << u"Secret ambassador/s holds ca.crt, x: put what stands under ca.crt there as tls.crt, too"_s;
        QTest::newRow("a CA and no certificate of its own")
            << QByteArray("{hosts: [a.example], ca_secret: own}") << QByteArray() << u"add secret"_s
            << u"name in spec.secret the Secret of its own certificate, with tls.crt and tls.key"_s;
        QTest::newRow("no revocation list")
            << QByteArray("{hosts: [a.example], secret: own, crl_secret: s}")
            << QByteArray("type: Opaque, data: {ca.crl: eA==}") << u"where crl.pem is looked for"_s
            << u"Secret ambassador/s holds ca.crl: put crl.pem there, or name another Secret"_s;
    }
    void theSecretOfATlsContextIsNamedByItsKeys()
    {
        QFETCH(QByteArray, spec);
        QFETCH(QByteArray, secret);
        QFETCH(QString, message);
        QFETCH(QString, remedy);
        QByteArray world = edgeWithCertsYaml() + quoteYaml(true)
            + "---\n{apiVersion: v1, kind: Secret, metadata: {name: own, namespace: ambassador}, type: "
              "kubernetes.io/tls, data: {tls.crt: eA==, tls.key: eA==}}\n"
              "---\n{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: c, namespace: "
              "ambassador}, spec: "
            + spec + "}\n";
        if (!secret.isEmpty())
            world += "---\n{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: ambassador}, "
                + secret + "}\n";
        world.replace("aes:1.11.2", "aes:3.9.1");
        const auto snapshot = snapshotOf(world);
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList found;
        for (const models::Finding &finding : view.findings) {
            if (finding.code != "TLS-002"_L1)
                continue;
            QVERIFY2(finding.message.contains(message), qPrintable(finding.message));
            found.append(finding.remedy);
        }
        QCOMPARE(found, QStringList{remedy});
    }

    void aVersionThatTheEdgeDoesNotReadIsAnError()
    {
        const auto snapshot = snapshotOf(edgeWithCertsYaml() + quoteYaml(true)
                                         + QByteArray(plain).replace("io/v2", "io/v3alpha1"));
        const auto all =
            models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now);
        QCOMPARE(all.findings.size(), 1);
        QCOMPARE(all.findings[0].code, u"RT-001"_s);
        QCOMPARE(all.findings[0].severity, models::Severity::Error);
    }

    // Envoy then takes nothing of the configuration, whatever else is well.
    void whatEnvoyRefusesIsAnError()
    {
        const auto snapshot = snapshotOf(
            edgeWithCertsYaml() + quoteYaml(true)
            + mappingYaml(
                "m",
                "{prefix: /m/, service: quote, host_rewrite: a, auto_host_rewrite: false, timeout_ms: "
                "-3, add_request_headers: {x: 50%}}")
            + QByteArray(mappingYaml("ambassador", "{config: {forward_client_cert_details: BAD}}"))
                  .replace("kind: Mapping", "kind: Module"));
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList found;
        for (const models::Finding &finding : models::clusterFindings(*snapshot, view, {}, now).findings) {
            if (finding.code == "RT-002"_L1 && finding.severity == models::Severity::Error)
                found.append(finding.subject.text() + u' ' + finding.path);
        }
        found.sort();
        QCOMPARE(found,
                 (QStringList{u"Mapping default/m spec.add_request_headers.x"_s,
                              u"Mapping default/m spec.auto_host_rewrite"_s,
                              u"Mapping default/m spec.timeout_ms"_s,
                              u"Module default/ambassador spec.config.forward_client_cert_details"_s}));
    }

    // What the weights leave may be meant for a Mapping of fewer conditions: then it is no fault.
    void whatWeightsLeaveGoesToTheNextMapping_data()
    {
        QTest::addColumn<QByteArray>("next");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("none") << QByteArray() << false;
        QTest::newRow("a shorter prefix") << mappingYaml("next", "{prefix: /, service: quote}") << true;
        QTest::newRow("one that asks for more")
            << mappingYaml("next", "{prefix: /, service: quote, headers: {x-user: '1'}}") << false;
        QTest::newRow("another path") << mappingYaml("next", "{prefix: /n/, service: quote}") << false;
        QTest::newRow("one that comes before")
            << mappingYaml("next", "{prefix: /, service: quote, precedence: 1, method: PUT}") << false;
    }
    void whatWeightsLeaveGoesToTheNextMapping()
    {
        QFETCH(QByteArray, next);
        QFETCH(bool, isTaken);
        const auto snapshot =
            snapshotOf(edgeWithCertsYaml() + quoteYaml(true)
                       + mappingYaml("a", "{prefix: /m/, service: quote, weight: 20}")
                       + mappingYaml("b", "{prefix: /m/, service: quote, weight: 20}") + next);
        const auto all =
            models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now);
        QCOMPARE(all.findings.size(), 1);
        QCOMPARE(all.findings[0].code, u"RT-021"_s);
        QCOMPARE(all.findings[0].severity, isTaken ? models::Severity::Info : models::Severity::Warning);
        QCOMPARE(all.findings[0].message.endsWith("Mapping default/next takes them"_L1), isTaken);
    }

    void whatIsNotServedHereIsForInformation()
    {
        const auto snapshot = snapshotOf(edgeWithCertsYaml() + quoteYaml(true)
                                         + QByteArray(mappingYaml("a", "{auth_service: 'quote.default:80'}"))
                                               .replace("Mapping", "AuthService"));
        const auto all =
            models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now);
        QCOMPARE(all.findings.size(), 1);
        QCOMPARE(all.findings[0].severity, models::Severity::Info);
        QCOMPARE(all.findings[0].message,
                 u"not served here: the AuthService is not asked: requests go through without it"_s);
    }

    // Whatever an edge reads can be nobody's, not Mappings alone.
    void ofEveryKindItIsSaidThatNoEdgeTakesIt_data()
    {
        QTest::addColumn<QByteArray>("spec");
        const char *kinds[] = {
            "AuthService", "ConsulResolver",   "Host",       "LogService", "Mapping",
            "Module",      "RateLimitService", "TCPMapping", "TLSContext", "TracingService"};
        for (const char *kind : kinds)
            QTest::newRow(kind) << QByteArray("{ambassador_id: [blue], service: x, port: 9000, prefix: /x/}");
    }
    void ofEveryKindItIsSaidThatNoEdgeTakesIt()
    {
        QFETCH(QByteArray, spec);
        const QByteArray kind = QTest::currentDataTag();
        const auto found = [&](const QByteArray &written) {
            const auto snapshot = snapshotOf(edgeWithCertsYaml() + quoteYaml(true)
                                             + QByteArray(mappingYaml("x", written))
                                                   .replace("kind: Mapping", QByteArray("kind: " + kind)));
            QStringList codes;
            for (const models::Finding &finding :
                 models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now)
                     .findings) {
                if (finding.code == "RT-010"_L1)
                    codes.append(finding.subject.text());
            }
            return codes.join(u' ');
        };
        QCOMPARE(found(spec), QString::fromLatin1(kind) + u" default/x"_s);
        QCOMPARE(found(QByteArray(spec).replace("[blue]", "[default]")), QString());
    }

    // An edge of one namespace does not look into others, whatever their ids.
    // Any value but none switches it on, as in Emissary.
    void whatIsOutsideOfTheEdgesNamespaceIsMoved_data()
    {
        QTest::addColumn<QByteArray>("value");
        for (const char *value : {"true", "YES", "y", "t", "false"})
            QTest::newRow(value) << QByteArray(value);
    }
    void whatIsOutsideOfTheEdgesNamespaceIsMoved()
    {
        QFETCH(QByteArray, value);
        QByteArray world = edgeWithCertsYaml() + mappingYaml("m", "{prefix: /m/, service: 'quote:80'}");
        world.replace("        - name: AMBASSADOR_NAMESPACE",
                      QByteArray("        - {name: AMBASSADOR_SINGLE_NAMESPACE, value: '" + value
                                 + "'}\n        - name: AMBASSADOR_NAMESPACE"));
        const auto snapshot = snapshotOf(world);
        QVERIFY(snapshot->edge({})->singleNamespace);
        QStringList places;
        for (const models::Finding &finding :
             models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now)
                 .findings) {
            if (finding.code == "RT-010"_L1 && finding.subject.name == "m"_L1)
                places.append(finding.path + u' ' + finding.remedy + u' ' + finding.message);
        }
        QCOMPARE(places.size(), 1);
        QVERIFY2(places[0].startsWith(u"metadata.namespace move it into the edge's namespace"_s),
                 qPrintable(places[0]));
        QVERIFY2(places[0].endsWith(u"only (AMBASSADOR_SINGLE_NAMESPACE)"_s), qPrintable(places[0]));
    }

    // The edge of its id looks at one namespace: that is the reason, though another edge refuses it by its id.
    void theNamespaceIsTheReasonWhereTheIdFits()
    {
        const auto edgeOf = [](const char *name, const QByteArray &more) -> QByteArray {
            return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: e, namespace: "
                + QByteArray(name)
                + "}\nspec: {template: {spec: {containers: [{name: e, image: "
                  "'emissaryingress/emissary:3.9.1', env: [{name: AMBASSADOR_NAMESPACE, value: "
                + QByteArray(name) + "}" + more + "]}]}}}\n";
        };
        const auto of = [](const QByteArray &name, const QByteArray &id) {
            return mappingYaml(name, "{prefix: /" + name + "/, service: s, ambassador_id: [" + id + "]}");
        };
        const auto snapshot = snapshotOf(
            edgeOf("one", {})
            + edgeOf("two",
                     ", {name: AMBASSADOR_ID, value: two}, {name: AMBASSADOR_SINGLE_NAMESPACE, value: 'x'}")
            + of("fits", "two") + of("never", "nobody"));
        QStringList places;
        for (const models::Finding &finding :
             models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now)
                 .findings) {
            if (finding.code == "RT-010"_L1)
                places.append(finding.subject.name + u' ' + finding.path);
        }
        places.sort();
        QCOMPARE(places, (QStringList{u"fits metadata.namespace"_s, u"never spec.ambassador_id"_s}));
        QCOMPARE(snapshot->edge({}, u"two"_s)->nameSpace, u"two"_s);
        QCOMPARE(snapshot->edge({}, u"nobody"_s)->nameSpace, u"one"_s);
    }

    // Manifests without an edge are those of the one that is asked for; where no edge is, none is missed.
    void ofManifestsTheEdgeIsTheOneAskedFor_data()
    {
        QTest::addColumn<QString>("id"); // "": a cluster without an edge
        QTest::addColumn<QString>("findings");
        QTest::newRow("default") << u"default"_s << u"RT-010 Mapping default/blue"_s;
        QTest::newRow("another") << u"blue"_s << u"RT-010 Mapping default/m"_s;
        QTest::newRow("no edge") << QString() << QString();
    }
    void ofManifestsTheEdgeIsTheOneAskedFor()
    {
        QFETCH(QString, id);
        QFETCH(QString, findings);
        const auto snapshot =
            snapshotOf(quoteYaml(false) + mappingYaml("m", "{prefix: /m/, service: 'quote:80'}")
                       + mappingYaml("blue", "{prefix: /b/, service: 'quote:80', ambassador_id: blue}"));
        models::EdgeInstallation installation;
        installation.ambassadorId = id;
        installation.ambassadorNamespace = u"ambassador"_s;
        installation.compat = edge::Compat::V1;
        const QStringList codes =
            codesIn(*snapshot, id.isEmpty() ? models::EdgeView() : models::viewEdge(*snapshot, installation));
        QCOMPARE(codes.join(u", "_s), findings);
    }

    // Endpoints are not read here, so it cannot be said that there are none.
    void anEndpointResolverIsNoFault()
    {
        const QByteArray base = edgeWithCertsYaml() + quoteYaml(true);
        const QStringList codes = codesIn(
            inputOf(base + mappingYaml("m", "{prefix: /m/, service: 'quote:80', resolver: endpoint}")));
        QVERIFY2(codes.isEmpty(), qPrintable(codes.join(u", "_s)));
    }

    // From 2.x on the mesh puts the edge's sidecar in; the guide lets it capture nothing, since callers come from outside.
    void theEdgeItselfNeedNotEnforceStrict()
    {
        QByteArray world = cleanWorld();
        world.replace("sidecar.istio.io/inject: 'false'", "traffic.sidecar.istio.io/includeInboundPorts: ''");
        world.replace("metadata: {name: ambassador}\n",
                      "metadata: {name: ambassador, labels: {istio-injection: enabled}}\n");
        const QString said = u"MT-018 Deployment ambassador/ambassador"_s;
        QVERIFY(!codesIn(inputOf(world)).contains(said));
        world.replace("docker.io/datawire/aes:1.11.2", "docker.io/datawire/other:1.11.2");
        QVERIFY(codesIn(inputOf(world)).contains(said)); // any other workload must
    }

    void aHeadlessServiceWithMixedPodsIsFound()
    {
        QByteArray second =
            quoteYaml(false).mid(quoteYaml(false).lastIndexOf("---\napiVersion: v1\nkind: Pod"));
        second.replace("quote-6bc6b6bd5d-jctbh", "quote-6bc6b6bd5d-zzzzz");
        const QByteArray world =
            QByteArray(quoteYaml(true)).replace("clusterIP: 10.96.0.30", "clusterIP: None") + second;
        QCOMPARE(codesIn(inputOf(world)).join(u", "_s), u"MT-016 Service default/quote"_s);
    }

    void everyCodeHasItsHelp()
    {
        for (const models::FindingKind &kind : models::findingKinds()) {
            const QString help = models::findingHelp(kind.code);
            QVERIFY2(help.startsWith(u"# %1: %2\n"_s.arg(kind.code, kind.title)), qPrintable(kind.code));
            QVERIFY2(help.contains(u"**What to do.**"_s), qPrintable(kind.code));
        }
        QVERIFY(models::findingHelp(u"RT-999"_s).isEmpty());
    }

    void whatWasNotReadIsNamed()
    {
        const auto snapshot = models::makeSnapshot(withoutKind(inputOf(cleanWorld()), u"secrets"_s));
        const auto all =
            models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now);
        QCOMPARE(all.notChecked, (QStringList{u"secrets: secrets is forbidden"_s}));
    }

    void codesWhoseSourcesWereNotReadAreNamed_data()
    {
        QTest::addColumn<QString>("plural");
        QTest::addColumn<QString>("code"); // that cannot be judged
        QTest::newRow("secrets") << u"secrets"_s << u"CERT-001"_s;
        QTest::newRow("pods") << u"pods"_s << u"MT-001"_s;
        QTest::newRow("services") << u"services"_s << u"RT-006"_s;
        QTest::newRow("modes") << u"peerauthentications"_s << u"MT-018"_s;
        QTest::newRow("rules") << u"destinationrules"_s << u"MT-014"_s;
        QTest::newRow("rules of TLS") << u"destinationrules"_s << u"MT-030"_s;
    }
    void codesWhoseSourcesWereNotReadAreNamed()
    {
        QFETCH(QString, plural);
        QFETCH(QString, code);
        QVERIFY(models::unjudgedCodes(*models::makeSnapshot(inputOf(cleanWorld()))).isEmpty());
        const auto without =
            models::unjudgedCodes(*models::makeSnapshot(withoutKind(inputOf(cleanWorld()), plural)));
        QVERIFY2(without.value(code).contains(plural), qPrintable(without.value(code)));
        QVERIFY(!without.contains(u"RT-001"_s));
        const auto absent = models::unjudgedCodes(*models::makeSnapshot(
            withoutKind(inputOf(cleanWorld()), u"destinationrules"_s, kube::Error::Kind::NotFound)));
        QVERIFY2(absent.isEmpty(), "a cluster without the kind has no objects of it");
    }
    void everyJudgedCodeIsOneOfTheCatalogue()
    {
        QStringList known;
        for (const models::FindingKind &kind : models::findingKinds())
            known.append(kind.code);
        const auto codes = models::unjudgedCodes(models::Snapshot());
        for (auto code = codes.begin(); code != codes.end(); ++code)
            QVERIFY2(known.contains(code.key()), qPrintable(code.key()));
    }

    void whatIsKnownInPartIsJudgedAndNamed()
    {
        models::SnapshotInput input = inputOf(cleanWorld());
        input.inPart.insert(u"pods"_s);
        input.unavailable[u"pods"_s].message = u"those of stock are not known"_s;
        const auto snapshot = models::makeSnapshot(input);
        QVERIFY(!snapshot->knows(u"pods"_s) && !snapshot->isAbsent(u"pods"_s));
        QVERIFY(!snapshot->pods.empty());
        const auto all =
            models::clusterFindings(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {}, now);
        QCOMPARE(all.notChecked, (QStringList{u"pods: those of stock are not known"_s}));
    }
};

SALLYPORT_TEST(findings_test, FindingsTest)
#include "findings_test.moc"
