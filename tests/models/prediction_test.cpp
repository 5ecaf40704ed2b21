// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/prediction.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

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

const QByteArray strictMesh =
    "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
    "namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n";
const QByteArray plain = mappingYaml("quote-backend", "{prefix: /backend/, service: quote}");

models::Prediction predicted(const QByteArray &world, const QString &url,
                             const QList<QPair<QString, QString>> &headers = {})
{
    const auto snapshot = snapshotOf(world);
    models::RequestSpec request;
    request.url = QUrl(url);
    request.headers = headers;
    const models::EdgeInstallation *edge = snapshot->edge({});
    return models::predict(edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView(), *snapshot,
                           request);
}

QString stepText(const models::Prediction &prediction, const QString &title)
{
    for (const models::PredictionStep &step : prediction.steps) {
        if (step.title == title)
            return step.text;
    }
    return {};
}

} // namespace

class PredictionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRequestThatIsServedNamesItsWay()
    {
        const models::Prediction prediction =
            predicted(edgeYaml() + quoteYaml(false) + plain, u"http://edge.example/backend/get?x=1"_s);
        QCOMPARE(prediction.mapping, u"default/quote-backend"_s);
        QCOMPARE(prediction.status, 0);
        QCOMPARE(prediction.upstream, u"quote.default:80"_s);
        QCOMPARE(prediction.rewrittenPath, u"/get?x=1"_s);
        QCOMPARE(prediction.compat, u"v1"_s);
        QStringList titles;
        for (const models::PredictionStep &step : prediction.steps)
            titles.append(step.title);
        QCOMPARE(titles, (QStringList{u"Listener"_s, u"Host"_s, u"Mapping"_s, u"Rewrite"_s, u"Upstream"_s}));
        QCOMPARE(stepText(prediction, u"Upstream"_s),
                 u"quote.default:80, 1 of 1 endpoints ready, no sidecar"_s);
    }

    void aShadowIsNamed()
    {
        const QByteArray world = edgeYaml() + quoteYaml(false) + plain
            + mappingYaml("copy", "{prefix: /backend/, service: 'audit:81', shadow: true, weight: 30}");
        const models::Prediction prediction = predicted(world, u"http://edge.example/backend/"_s);
        QCOMPARE(prediction.mapping, u"default/quote-backend"_s);
        QCOMPARE(stepText(prediction, u"Mirror"_s), u"default/copy is sent a copy, by audit.default:81"_s);
        QCOMPARE(stepText(predicted(edgeYaml() + quoteYaml(false) + plain, u"http://edge.example/backend/"_s),
                          u"Mirror"_s),
                 QString());
    }

    // It goes nowhere, so that neither a broken upstream nor a shadow has a part in it.
    void aPreflightIsAnsweredByTheEdge()
    {
        const auto snapshot = snapshotOf(
            edgeYaml() + quoteYaml(true) + strictMesh
            + mappingYaml("quote-backend",
                          "{prefix: /backend/, service: quote, cors: {origins: 'http://a.example', "
                          "methods: GET}}")
            + mappingYaml("copy", "{prefix: /backend/, service: audit, shadow: true}"));
        models::RequestSpec request;
        request.method = u"OPTIONS"_s;
        request.url = QUrl(u"http://edge.example/backend/"_s);
        request.headers = {{u"Origin"_s, u"http://a.example"_s},
                           {u"Access-Control-Request-Method"_s, u"GET"_s}};
        const models::Prediction prediction =
            models::predict(models::viewEdge(*snapshot, *snapshot->edge({})), *snapshot, request);
        QCOMPARE(prediction.status, 200);
        QCOMPARE(stepText(prediction, u"Mirror"_s), QString());
        QCOMPARE(stepText(prediction, u"Upstream"_s), QString());
    }

    void aPortOfATcpMappingAsksNoMapping()
    {
        QByteArray world = edgeYaml() + quoteYaml(true) + plain;
        world.replace("targetPort: https}]\n",
                      "targetPort: https}, {name: db, port: 9000, targetPort: 9000}]\n");
        world += "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: db, namespace: "
                 "default}\nspec: {port: 9000, service: 'quote:80'}\n";
        const models::Prediction prediction = predicted(world, u"http://edge.example:9000/backend/"_s);
        QVERIFY2(prediction.reason.contains(u"TCPMapping default/db takes every connection"_s),
                 qPrintable(prediction.reason));
        QCOMPARE(prediction.status, 0);
        QCOMPARE(prediction.mapping, QString());
    }

    void whatTheEdgeItselfAnswersIsForetold_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("reason");
        const QByteArray mesh = edgeYaml() + quoteYaml(true);
        QTest::newRow("no route") << mesh + plain << u"http://edge.example/elsewhere"_s << 404 << u"404"_s;
        QTest::newRow("clear text to STRICT")
            << mesh + strictMesh + plain << u"http://edge.example/backend/"_s << 503
            << u"connection termination"_s;
        QTest::newRow("clear text to PERMISSIVE")
            << mesh + plain << u"http://edge.example/backend/"_s << 0 << QString();
        QTest::newRow("the edge's own") << mesh + plain << u"http://edge.example/ambassador/v0/check_ready"_s
                                        << 0 << u"a route of the edge's own"_s;
        QTest::newRow("a redirect") << mesh
                + mappingYaml("away", "{prefix: /away/, service: www.example.com, host_redirect: true}")
                                    << u"http://edge.example/away/"_s << 301 << u"www.example.com"_s;
        QTest::newRow("the Service lacks the port")
            << mesh + mappingYaml("m", "{prefix: /backend/, service: 'quote:8080'}")
            << u"http://edge.example/backend/"_s << 503 << u"no port 8080"_s;
        QTest::newRow("nobody listens for TLS")
            << mesh + plain << u"https://edge.example/backend/"_s << 0 << u"8443"_s;
    }
    void whatTheEdgeItselfAnswersIsForetold()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, url);
        QFETCH(int, status);
        QFETCH(QString, reason);
        const models::Prediction prediction = predicted(world, url);
        QCOMPARE(prediction.status, status);
        QVERIFY2(prediction.reason.contains(reason), qPrintable(prediction.reason));
    }

    // Nothing in front of the edge is known in manifests, so a port is the listener's own.
    void aPortIsTheListenersOwnWhereNoServiceIsKnown_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("listener");
        QTest::addColumn<QString>("mapping");
        const QString none = u"the edge listens on no port %1"_s;
        QTest::newRow("the scheme's")
            << u"http://x/backend/"_s << u"8080, clear text accepts"_s << u"default/m"_s;
        QTest::newRow("80 is what stands in front")
            << u"http://x:80/backend/"_s << u"8080, clear text accepts"_s << u"default/m"_s;
        QTest::newRow("its own") << u"http://x:8080/backend/"_s << u"8080, clear text accepts"_s
                                 << u"default/m"_s;
        QTest::newRow("another one's")
            << u"http://x:9090/backend/"_s << u"9090, clear text accepts"_s << QString();
        QTest::newRow("a TCPMapping's")
            << u"http://x:6789/backend/"_s << u"6789, clear text accepts"_s << QString();
        QTest::newRow("nobody's") << u"http://x:7777/backend/"_s << none.arg(7777) << QString();
        QTest::newRow("no TLS anywhere") << u"https://x/backend/"_s << none.arg(8443) << QString();
    }
    void aPortIsTheListenersOwnWhereNoServiceIsKnown()
    {
        QFETCH(QString, url);
        QFETCH(QString, listener);
        QFETCH(QString, mapping);
        const auto object = [](const QByteArray &kind, const QByteArray &name,
                               const QByteArray &spec) -> QByteArray {
            return "---\napiVersion: getambassador.io/v3alpha1\nkind: " + kind + "\nmetadata: {name: " + name
                + ", namespace: default}\nspec: " + spec + "\n";
        };
        const auto listening = [&](const QByteArray &name, const QByteArray &port,
                                   const QByteArray &binding) -> QByteArray {
            return object("Listener", name,
                          "{port: " + port + ", protocol: HTTP, securityModel: INSECURE, hostBinding: {"
                              + binding + "}}");
        };
        const auto snapshot = snapshotOf(
            listening("a", "8080", "namespace: {from: ALL}, selector: {matchLabels: {a: b}}")
            + listening("b", "9090", "namespace: {from: ALL}, selector: {matchLabels: {c: d}}")
            + "---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: h, namespace: "
              "default, "
              "labels: {a: b}}\nspec: {hostname: '*', requestPolicy: {insecure: {action: Route}}}\n"
              "---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: i, namespace: "
              "default, "
              "labels: {c: d}}\nspec: {hostname: 'y', requestPolicy: {insecure: {action: Route}}}\n"
            + object(
                "Listener", "t",
                "{port: 6789, protocol: TCP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}")
            + object("TCPMapping", "db", "{port: 6789, service: 'db:5432'}")
            + object("Mapping", "m", "{hostname: '*', prefix: /backend/, service: quote}"));
        models::EdgeInstallation installation;
        installation.ambassadorNamespace = u"default"_s;
        models::RequestSpec request;
        request.url = QUrl(url);
        const models::Prediction prediction =
            models::predict(models::viewEdge(*snapshot, installation), *snapshot, request);
        QCOMPARE(stepText(prediction, u"Listener"_s), listener);
        QCOMPARE(prediction.mapping, mapping);
    }

    void aPortThatNoServiceOfTheEdgeHasIsSaid()
    {
        const models::Prediction prediction =
            predicted(edgeYaml() + quoteYaml(false) + plain, u"http://edge.example:9999/backend/"_s);
        QCOMPARE(prediction.mapping, u"default/quote-backend"_s);
        QVERIFY2(prediction.steps.constFirst().side.contains(u"no Service of the edge has port 9999"_s),
                 qPrintable(prediction.steps.constFirst().side));
    }

    // Whoever stands before the Mapping on the edge and is not asked here.
    void whoIsNotAskedIsNamed_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QByteArray>("mapping"); // beside its prefix and service
        QTest::addColumn<QString>("said");
        const auto object = [](const char *kind, const char *spec) {
            return mappingYaml("x", spec).replace("kind: Mapping", QByteArray(QByteArray("kind: ") + kind));
        };
        const QByteArray auth = object("AuthService", "{auth_service: 'auth:3000', proto: http}");
        const QByteArray limits = object("RateLimitService", "{service: 'rl:5000'}");
        const auto policy = [&](const QByteArray &rules) {
            return object("FilterPolicy", QByteArray("{rules: [" + rules + "]}").constData());
        };
        const QString filters =
            u"FilterPolicy default/x could refuse or change this request (Edge Stack only)"_s;
        QTest::newRow("nobody") << QByteArray() << QByteArray() << QString();
        QTest::newRow("an AuthService")
            << auth << QByteArray() << u"AuthService default/x could refuse or change this request"_s;
        QTest::newRow("of a Mapping that bypasses it")
            << auth << QByteArray(", bypass_auth: true") << QString();
        QTest::newRow("a RateLimitService, of a Mapping without labels")
            << limits << QByteArray() << QString();
        QTest::newRow("a RateLimitService")
            << limits << QByteArray(", labels: {ambassador: [{a: [{generic_key: {value: x}}]}]}")
            << u"RateLimitService default/x could refuse this request (429)"_s;
        QTest::newRow("a FilterPolicy")
            << policy("{host: '*', path: '/back*', filters: [{name: x}]}") << QByteArray() << filters;
        QTest::newRow("of another host")
            << policy("{host: a.example, path: '*', filters: [{name: x}]}") << QByteArray() << QString();
        QTest::newRow("whose first rule wants none")
            << policy("{host: edge.example, path: /backend/, filters: []}, {host: '*', path: '*', filters: "
                      "[{name: x}]}")
            << QByteArray() << QString();
        const auto module = [](const char *config) -> QByteArray {
            return mappingYaml("x", QByteArray(QByteArray("{config: {") + config + "}}").constData())
                .replace("kind: Mapping", "kind: Module")
                .replace("name: x", "name: ambassador");
        };
        QTest::newRow("addresses")
            << module("ip_deny: [{remote: 10.0.0.0/8}]") << QByteArray()
            << u"Module default/ambassador could refuse this request by its address (403): ip_allow, ip_deny"_s;
        QTest::newRow("scripts")
            << module("lua_scripts: 'function envoy_on_request(h) end'") << QByteArray()
            << u"Module default/ambassador could answer or change this request: lua_scripts"_s;
        QTest::newRow("sizes")
            << module("buffer: {max_request_bytes: 5}") << QByteArray()
            << u"Module default/ambassador could refuse this request by its size (413): buffer"_s;
        QTest::newRow("Consul") << object("ConsulResolver", "{address: 'c:8500', datacenter: dc1}")
                                << QByteArray(", resolver: x") << u"Consul: where quote is, it alone knows"_s;
    }
    void whoIsNotAskedIsNamed()
    {
        QFETCH(QByteArray, more);
        QFETCH(QByteArray, mapping);
        QFETCH(QString, said);
        const models::Prediction prediction = predicted(
            edgeYaml() + quoteYaml(false) + more
                + mappingYaml("quote-backend", "{prefix: /backend/, service: quote" + mapping + "}"),
            u"http://edge.example/backend/"_s);
        QCOMPARE(prediction.mapping, u"default/quote-backend"_s);
        QCOMPARE(stepText(prediction, u"Not asked"_s), said);
        QStringList titles;
        for (const models::PredictionStep &step : prediction.steps)
            titles.append(step.title);
        if (!said.isEmpty())
            QVERIFY(titles.indexOf(u"Not asked"_s) < titles.indexOf(u"Mapping"_s));
    }

    void anAuthServiceWithFaultsAnswersForAll_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<int>("status");
        QTest::newRow("since 3.0") << QByteArray("aes:3.9.1") << 500;
        QTest::newRow("before") << QByteArray("aes:2.5.1") << 0;
    }
    void anAuthServiceWithFaultsAnswersForAll()
    {
        QFETCH(QByteArray, image);
        QFETCH(int, status);
        const auto v3 = [](QByteArray yaml) {
            return yaml.replace("getambassador.io/v2", "getambassador.io/v3alpha1");
        };
        QByteArray world =
            edgeYaml() + quoteYaml(false)
            + v3(mappingYaml("quote-backend", "{hostname: '*', prefix: /backend/, service: quote}"))
            + v3(mappingYaml("h", "{hostname: '*', requestPolicy: {insecure: {action: Route}}}")
                     .replace("kind: Mapping", "kind: Host"))
            + v3(
                mappingYaml(
                    "l",
                    "{port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}")
                    .replace("kind: Mapping", "kind: Listener"))
            + v3(mappingYaml("x", "{auth_service: auth, proto: grpc}")
                     .replace("kind: Mapping", "kind: AuthService"));
        world.replace("aes:1.11.2", image);
        const models::Prediction prediction = predicted(world, u"http://edge.example/backend/"_s);
        QCOMPARE(prediction.status, status);
        QCOMPARE(prediction.mapping, status == 0 ? u"default/quote-backend"_s : QString());
        QCOMPARE(stepText(prediction, u"Refused"_s), status == 0 ? QString() : u"with 500"_s);
        for (const models::Finding &finding : prediction.findings)
            QVERIFY2(!finding.message.contains(u"Lua"_s), qPrintable(finding.message));
    }

    // A cluster without Edge Stack has none; one that does not show them may have any.
    void policiesThatMayNotBeReadAreNamed_data()
    {
        QTest::addColumn<int>("why");
        QTest::addColumn<QString>("said");
        const QString unknown =
            u"a FilterPolicy could refuse or change this request, and which there are is not known: "_s;
        QTest::newRow("forbidden") << int(kube::Error::Kind::Forbidden)
                                   << unknown
                + u"filterpolicies could not be read: filterpolicies is forbidden"_s;
        QTest::newRow("no such kind") << int(kube::Error::Kind::NotFound) << QString();
    }
    void policiesThatMayNotBeReadAreNamed()
    {
        QFETCH(int, why);
        QFETCH(QString, said);
        const auto snapshot = models::makeSnapshot(withoutKind(inputOf(edgeYaml() + quoteYaml(false) + plain),
                                                               u"filterpolicies"_s, kube::Error::Kind(why)));
        models::RequestSpec request;
        request.url = QUrl(u"http://edge.example/backend/"_s);
        const models::Prediction prediction =
            models::predict(models::viewEdge(*snapshot, snapshot->edges.constFirst()), *snapshot, request);
        QCOMPARE(prediction.mapping, u"default/quote-backend"_s);
        QCOMPARE(stepText(prediction, u"Not asked"_s), said);
    }

    // QUrl decodes what needs no escape; the edge does not, in a query.
    void theQueryIsAskedAsItWasTyped_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("a parameter") << u"http://h/n/?k=%78"_s << QByteArray("/n/?k=%78");
        QTest::newRow("its name") << u"http://h/n/?%6b=x"_s << QByteArray("/n/?%6b=x");
        QTest::newRow("no path") << u"http://h?k=/x"_s << QByteArray("/?k=/x");
        QTest::newRow("nothing") << u"http://h"_s << QByteArray("/");
        QTest::newRow("a fragment is not sent") << u"http://h/n/?k=x#a?b"_s << QByteArray("/n/?k=x");
        QTest::newRow("an empty query") << u"http://h/n/?"_s << QByteArray("/n/?");
        QTest::newRow("what must be encoded") << u"http://h/\u00e4"_s << QByteArray("/%C3%A4");
    }
    // Clients send a path that is no URL's all the same, and the edge compares it so.
    void aPathThatIsNoUrlsIsTaken_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("a stray percent sign") << u"http://h/%zz"_s << true;
        QTest::newRow("at the end") << u"http://h/a%"_s << true;
        QTest::newRow("brackets") << u"http://h/{a}|b"_s << true;
        QTest::newRow("a space") << u"http://h/a b"_s << false;
        QTest::newRow("in the host") << u"http://h%zz/"_s << false;
    }
    void aPathThatIsNoUrlsIsTaken()
    {
        QFETCH(QString, url);
        QTEST(models::urlAsTyped(url).isValid(), "isTaken");
        if (models::urlAsTyped(url).isValid())
            QCOMPARE(models::urlAsTyped(url).host(), u"h"_s);
    }

    void theQueryIsAskedAsItWasTyped()
    {
        QFETCH(QString, url);
        models::RequestSpec request;
        request.url = QUrl(url);
        request.target = models::targetAsTyped(url);
        QTEST(models::targetOf(request), "target");
        if (url.contains("k=x"_L1) || !url.contains(u'%'))
            return;
        const auto snapshot =
            snapshotOf(edgeYaml() + quoteYaml(false)
                       + mappingYaml("q", "{prefix: /n/, service: quote, query_parameters: {k: x}}"));
        QCOMPARE(
            models::predict(models::viewEdge(*snapshot, *snapshot->edge({})), *snapshot, request).mapping,
            QString());
    }

    void headersDecideToo()
    {
        const QByteArray world = edgeYaml() + quoteYaml(false) + plain
            + mappingYaml("canary", "{prefix: /backend/, service: quote, headers: {x-canary: '1'}}");
        QCOMPARE(predicted(world, u"http://edge.example/backend/"_s).mapping, u"default/quote-backend"_s);
        QCOMPARE(predicted(world, u"http://edge.example/backend/"_s, {{u"X-Canary"_s, u"1"_s}}).mapping,
                 u"default/canary"_s);
    }

    void whatTheHandshakeDemandsIsTold_data()
    {
        QTest::addColumn<QByteArray>("context"); // more of its spec
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("demands");
        const QString url = u"https://edge.example/backend/"_s;
        QTest::newRow("nothing") << QByteArray() << url << QString();
        QTest::newRow("a certificate")
            << QByteArray(", ca_secret: clients, cert_required: true") << url
            << u"the client must show a certificate that the authorities of Secret clients.default signed"_s;
        QTest::newRow("a certificate if there is one")
            << QByteArray(", ca_secret: clients") << url
            << u"a certificate that the client shows must be signed by the authorities of Secret clients.default; it may show none"_s;
        QTest::newRow("versions") << QByteArray(", min_tls_version: v1.2, max_tls_version: v1.3") << url
                                  << u"TLS v1.2 or newer; TLS v1.3 or older"_s;
        QTest::newRow("not in clear text") << QByteArray(", ca_secret: clients, cert_required: true")
                                           << u"http://edge.example/backend/"_s << QString();
    }
    void whatTheHandshakeDemandsIsTold()
    {
        QFETCH(QByteArray, context);
        QFETCH(QString, url);
        const QByteArray host =
            "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: h, namespace: default}\n"
            "spec: {hostname: edge.example, acmeProvider: {authority: none}, tlsSecret: {name: cert}, "
            "tlsContext: {name: c}, requestPolicy: {insecure: {action: Route}}}\n"
            "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: c, namespace: "
            "default}\n"
            "spec: {hosts: [edge.example], secret: cert"
            + context + "}\n";
        const auto secretYaml = [](const QByteArray &name) -> QByteArray {
            return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
                + ", namespace: default}\ntype: kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: '{1 "
                  "bytes}'}\n";
        };
        const models::Prediction prediction = predicted(
            edgeYaml() + quoteYaml(false) + plain + host + secretYaml("cert") + secretYaml("clients"), url);
        QTEST(stepText(prediction, u"Handshake"_s), "demands");
    }

    void theWeightsAreTold_data()
    {
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<QString>("weights");
        const auto one = [](const char *name, const char *rest) {
            return mappingYaml(name, QByteArray("{prefix: /backend/, service: quote") + rest + "}");
        };
        QTest::newRow("one alone") << one("a", "") << QString();
        QTest::newRow("a canary") << one("a", ", weight: 20") + one("b", "")
                                  << u"default/a 20 %, default/b 80 %"_s;
        QTest::newRow("a group that does not take all") << one("a", ", weight: 20")
                + one("b", ", weight: 30") << u"default/a 20 %, default/b 30 %, nobody 50 % (404)"_s;
        QTest::newRow("what it leaves falls to the next") << one("a", ", weight: 20, headers: {x-user: '1'}")
                + one("b", "") << u"default/a 20 %, default/b 80 %"_s;
        QTest::newRow("one that gets nothing") << one("a", ", weight: 100") + one("b", "") << QString();
    }
    void theWeightsAreTold()
    {
        QFETCH(QByteArray, mappings);
        const models::Prediction prediction =
            predicted(edgeYaml() + quoteYaml(false) + mappings, u"http://edge.example/backend/"_s,
                      {{u"x-user"_s, u"1"_s}});
        QTEST(stepText(prediction, u"Weights"_s), "weights");
        double all = 0;
        for (const models::MappingShare &one : prediction.shares)
            all += one.share;
        QCOMPARE(all, prediction.shares.isEmpty() ? 0.0 : 1.0);
    }

    void whatIsWrongWithTheMappingsAtHandIsTold_data()
    {
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<QString>("code");
        QTest::newRow("nothing") << plain << QString();
        QTest::newRow("over a hundred per cent")
            << mappingYaml("a", "{prefix: /backend/, service: quote, weight: 60}")
                + mappingYaml("b", "{prefix: /backend/, service: quote, weight: 70}")
            << u"RT-005"_s;
        QTest::newRow("1.x: a Host whose action does not hold") << plain + hostYaml("a", "a.example", "Route")
                + hostYaml("b", "edge.example", "Reject") << u"RT-022"_s;
        QTest::newRow("1.x: another Host whose action does not hold")
            << plain + hostYaml("a", "a.example", "Route") + hostYaml("b", "b.example", "Reject")
            << QString();
        QTest::newRow("a weight that Envoy refuses, with all the rest") << plain
                + mappingYaml("a", "{prefix: /a/, service: quote, weight: -10}")
                + mappingYaml("b", "{prefix: /a/, service: quote}") << u"RT-002"_s;
        QTest::newRow("shadowed") << mappingYaml("a", "{prefix: /backend/, service: quote, precedence: 1}")
                + mappingYaml("b", "{prefix: /backend/get, service: quote}")
                                  << u"RT-003"_s;
        QTest::newRow("rejected, so that nothing matches")
            << mappingYaml("a", "{prefix: /backend/, service: quote, resolver: none}") << u"RT-001"_s;
        QTest::newRow("a rejected regular expression")
            << mappingYaml("a", "{prefix: '/back[', prefix_regex: true, service: quote}") << u"RT-001"_s;
        QTest::newRow("another regular expression is none of this path")
            << mappingYaml("a", "{prefix: '/other[', prefix_regex: true, service: quote}") << QString();
        QTest::newRow("in other letters")
            << mappingYaml("a", "{prefix: /BACKEND/, case_sensitive: false, service: quote, resolver: none}")
            << u"RT-001"_s;
        QTest::newRow("letters count else")
            << mappingYaml("a", "{prefix: /BACKEND/, service: quote, resolver: none}") << QString();
        QTest::newRow("one beside it is rejected")
            << plain + mappingYaml("a", "{prefix: /backend/get, service: quote, resolver: none}")
            << u"RT-001"_s;
        QTest::newRow("one of another host is") << plain
                + mappingYaml("a", "{prefix: /backend/, host: other.example, service: quote, resolver: none}")
                                                << QString();
        QTest::newRow("of another edge")
            << mappingYaml("a", "{prefix: /backend/, service: quote, ambassador_id: [blue]}")
            << u"not of this edge"_s;
    }

    // The usual folder holds no Services and no Secrets, and why nothing leads to a Mapping is certain all the same.
    void whatIsUnreachableInFilesIsNamed_data()
    {
        QTest::addColumn<QByteArray>("mapping");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("said");
        const QString never = u"Mapping default/m: this Mapping is never used: "_s;
        QTest::newRow("no hostname") << QByteArray("{prefix: /n/, service: quote}")
                                     << u"http://a.example.com/n/"_s << never + u"it has no hostname"_s;
        QTest::newRow("a hostname without a Host")
            << QByteArray("{prefix: /n/, hostname: b.example.com, service: quote}")
            << u"http://b.example.com/n/"_s << never + u"no Host that a Listener serves fits"_s;
        QTest::newRow("beside one that serves")
            << QByteArray("{prefix: /o/n/, service: quote}") << u"http://a.example.com/o/n/"_s
            << never + u"it has no hostname"_s;
        QTest::newRow("of another path")
            << QByteArray("{prefix: /x/, service: quote}") << u"http://a.example.com/n/"_s << QString();
    }
    void whatIsUnreachableInFilesIsNamed()
    {
        QFETCH(QByteArray, mapping);
        QFETCH(QString, url);
        QFETCH(QString, said);
        const QByteArray v3 = "---\napiVersion: getambassador.io/v3alpha1\nkind: ";
        models::SnapshotInput input = inputOf(
            v3
            + "Listener\nmetadata: {name: l, namespace: default}\nspec: {port: 8080, protocol: HTTPS, "
              "securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n"
            + v3
            + "Host\nmetadata: {name: h, namespace: default}\nspec: {hostname: a.example.com, requestPolicy: "
              "{insecure: {action: Route}}}\n"
            + v3
            + "Mapping\nmetadata: {name: o, namespace: default}\nspec: {hostname: a.example.com, prefix: "
              "/o/, "
              "service: quote}\n"
            + v3 + "Mapping\nmetadata: {name: m, namespace: default}\nspec: " + mapping + "\n");
        for (const QString &plural : {u"services"_s, u"secrets"_s})
            input.objects.remove(plural);
        const auto snapshot = models::makeSnapshot(input);
        models::EdgeInstallation installation;
        installation.ambassadorNamespace = u"default"_s;
        models::RequestSpec request;
        request.url = QUrl(url);
        const models::Prediction prediction =
            models::predict(models::viewEdge(*snapshot, installation), *snapshot, request);
        const QString found = stepText(prediction, u"Finding"_s);
        QVERIFY2(said.isEmpty() ? found.isEmpty() : found.startsWith(said), qPrintable(found));
    }
    void whatIsWrongWithTheMappingsAtHandIsTold()
    {
        QFETCH(QByteArray, mappings);
        QString code;
        for (const models::PredictionStep &step :
             predicted(edgeYaml() + quoteYaml(false) + mappings, u"http://edge.example/backend/get"_s).steps)
            code = step.title == "Finding"_L1 && code.isEmpty() ? step.side : code;
        QTEST(code, "code");
    }

    // Emissary 4: a Listener, a Host of one name, and Mappings of it and of another one.
    static QByteArray hostsYaml()
    {
        QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:4.1.0");
        const auto add = [&world](const char *kind, const QByteArray &name, const QByteArray &spec) {
            world += QByteArray("---\napiVersion: getambassador.io/v3alpha1\nkind: ") + kind
                + "\nmetadata: {name: " + name + ", namespace: default}\nspec: " + spec + "\n";
        };
        add("Listener", "l",
            "{port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}");
        for (const QByteArray &name : {QByteArray("a"), QByteArray("b")}) {
            add("Host", name,
                "{hostname: " + name + ".example.com, requestPolicy: {insecure: {action: Route}}}");
            add("Mapping", "m-" + name, "{hostname: " + name + ".example.com, prefix: /m/, service: quote}");
            add("Mapping", "o-" + name, "{hostname: " + name + ".example.com, prefix: /o/, service: quote}");
        }
        return world + quoteYaml(false);
    }

    // Only where the Host rejects clear text, and the Mapping would have matched but for that.
    void thatClearTextIsNotServedIsSaidWhereItIsTheReason_data()
    {
        QTest::addColumn<QByteArray>("action");
        QTest::addColumn<QByteArray>("condition"); // of the Mapping
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("policy");
        const QByteArray query(", query_parameters: {k: x}"), scheme(", headers: {x-forwarded-proto: https}");
        const QString said = u"clear text is not served"_s;
        QTest::newRow("it is") << QByteArray("Reject") << QByteArray() << u"/m/"_s << said;
        QTest::newRow("its parameter is there, too") << QByteArray("Reject") << query << u"/m/?k=x"_s << said;
        QTest::newRow("its parameter is missing") << QByteArray("Reject") << query << u"/m/"_s << QString();
        QTest::newRow("another path") << QByteArray("Reject") << QByteArray() << u"/n/"_s << QString();
        QTest::newRow("Route") << QByteArray("Route") << query << u"/m/"_s << QString();
        QTest::newRow("Redirect") << QByteArray("Redirect") << query << u"/m/"_s << QString();
        QTest::newRow("the Mapping's own") << QByteArray("Route") << scheme << u"/m/"_s << QString();
        QTest::newRow("the Mapping's own, Redirect")
            << QByteArray("Redirect") << scheme << u"/m/"_s << QString();
    }
    void thatClearTextIsNotServedIsSaidWhereItIsTheReason()
    {
        QFETCH(QByteArray, action);
        QFETCH(QByteArray, condition);
        QFETCH(QString, path);
        const QByteArray v3 = "---\napiVersion: getambassador.io/v3alpha1\nkind: ";
        const QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:4.1.0") + v3
            + "Listener\nmetadata: {name: l, namespace: default}\nspec: {port: 8080, protocol: HTTPS, "
              "securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n"
            + v3
            + "Host\nmetadata: {name: h, namespace: default}\nspec: {hostname: '*', requestPolicy: "
              "{insecure: {action: "
            + action + "}}}\n" + v3
            + "Mapping\nmetadata: {name: m, namespace: default}\nspec: {hostname: '*', prefix: /m/, "
              "service: quote"
            + condition + "}\n" + quoteYaml(false);
        const models::Prediction prediction = predicted(world, u"http://edge.example"_s + path);
        QCOMPARE(prediction.mapping, QString());
        QTEST(stepText(prediction, u"Policy"_s), "policy");
    }

    void whyNoHostFitsIsSaid_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("another name")
            << u"http://c.example.com/m/"_s
            << QStringList{u"none fits c.example.com"_s, u"the Host header is c.example.com"_s,
                           u"a.example.com, b.example.com"_s, u"no Mapping is asked"_s};
        QTest::newRow("the port that a user types")
            << u"http://a.example.com:8080/m/"_s
            << QStringList{u"none fits a.example.com:8080"_s, u"compares the port too"_s,
                           u"strip_matching_host_port"_s};
    }
    void whyNoHostFitsIsSaid()
    {
        QFETCH(QString, url);
        QFETCH(QStringList, parts);
        const models::Prediction prediction = predicted(hostsYaml(), url);
        QCOMPARE(prediction.status, 404);
        QString all = prediction.reason;
        for (const models::PredictionStep &step : prediction.steps)
            all += u'\n' + step.text + u'\n' + step.side;
        for (const QString &part : parts)
            QVERIFY2(all.contains(part), qPrintable(part + u" is missing in: "_s + all));
        QCOMPARE(prediction.otherHosts.size(), 4);
        QCOMPARE(prediction.otherHosts[0].path, std::string("/m/"));
        QCOMPARE(prediction.otherHosts[1].path, std::string("/m/"));
    }

    void mappingsOfOtherHostsLoseByTheirHost()
    {
        const models::Prediction prediction = predicted(hostsYaml(), u"http://a.example.com/m/"_s);
        QCOMPARE(prediction.mapping, u"default/m-a"_s);
        QStringList lost;
        for (const edge::Candidate &candidate : prediction.otherHosts)
            lost.append(u"%1 %2: %3, %4"_s.arg(QString::fromStdString(candidate.mapping.name),
                                               QString::fromStdString(candidate.failedCondition),
                                               QString::fromStdString(candidate.expected),
                                               QString::fromStdString(candidate.actual)));
        QCOMPARE(lost,
                 (QStringList{u"m-b host: b.example.com, a.example.com"_s,
                              u"o-b host: b.example.com, a.example.com"_s}));
    }

    // Of the Host that is chosen and the Mappings that it does not take: the first thing that keeps them apart.
    void whatAHostDoesNotTakeHasATrueReason_data()
    {
        QTest::addColumn<QByteArray>("labels");
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QString>("reason");
        QTest::newRow("its own host, under a Host of all")
            << QByteArray("{app: one}") << QByteArray("hostname: v2.example.com")
            << u"host: v2.example.com, a.example.com"_s;
        QTest::newRow("the selector, where its host fits")
            << QByteArray("{app: two}") << QByteArray("hostname: a.example.com")
            << u"mappingSelector: app=one, app=two"_s;
        QTest::newRow("the selector, where its regex fits")
            << QByteArray("{}") << QByteArray("host: '^a[.]example[.]com$', host_regex: true")
            << u"mappingSelector: app=one, "_s;
        QTest::newRow("its regex") << QByteArray("{}") << QByteArray("host: '^b[0-9]+$', host_regex: true")
                                   << u"host: ^b[0-9]+$, a.example.com"_s;
        QTest::newRow("the selector, without a host")
            << QByteArray("{}") << QByteArray("precedence: 1") << u"mappingSelector: app=one, "_s;
    }
    void whatAHostDoesNotTakeHasATrueReason()
    {
        QFETCH(QByteArray, labels);
        QFETCH(QByteArray, spec);
        const QByteArray head = "---\napiVersion: getambassador.io/v3alpha1\nkind: ";
        const QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", "emissary:4.1.0") + head
            + "Listener\nmetadata: {name: l, namespace: default}\nspec: {port: 8080, protocol: HTTP, "
              "securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n"
            + head
            + "Host\nmetadata: {name: one, namespace: default}\nspec: {hostname: a.example.com, "
              "mappingSelector: {matchLabels: {app: one}}, requestPolicy: {insecure: {action: Route}}}\n"
            + head
            + "Host\nmetadata: {name: all, namespace: default}\nspec: {hostname: '*', mappingSelector: "
              "{matchLabels: {}}, requestPolicy: {insecure: {action: Route}}}\n"
            + head + "Mapping\nmetadata: {name: m, namespace: default, labels: " + labels + "}\nspec: {"
            + spec + ", prefix: /m/, service: quote}\n" + quoteYaml(false);
        const models::Prediction prediction = predicted(world, u"http://a.example.com/m/"_s);
        QCOMPARE(prediction.otherHosts.size(), 1);
        const edge::Candidate &lost = prediction.otherHosts.first();
        const QString reason =
            u"%1: %2, %3"_s.arg(QString::fromStdString(lost.failedCondition),
                                QString::fromStdString(lost.expected), QString::fromStdString(lost.actual));
        QTEST(reason, "reason");
    }

    void theMappingsOfOtherHostsAreBounded()
    {
        QByteArray world = hostsYaml();
        for (int i = 0; i < 60; ++i)
            world += "---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: x"
                + QByteArray::number(i) + ", namespace: default}\nspec: {hostname: b.example.com, prefix: /x"
                + QByteArray::number(i) + "/, service: quote}\n";
        const models::Prediction prediction = predicted(world, u"http://a.example.com/m/"_s);
        QCOMPARE(prediction.otherHosts.size(), 20);
        QCOMPARE(prediction.otherHosts[0].mapping.name, std::string("m-b"));
    }

    void thereIsNothingToAskWithoutAnEdge()
    {
        const models::Prediction prediction = predicted(quoteYaml(false), u"http://edge.example/"_s);
        QVERIFY(prediction.mapping.isEmpty());
        QCOMPARE(prediction.reason, u"there is no edge to ask"_s);
    }
};

SALLYPORT_TEST(prediction_test, PredictionTest)
#include "prediction_test.moc"
