// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/failure_worlds.h"

#include "tests/kube/test_authority.h"
#include "tests/models/unfinished_findings.h"
#include "tests/support/snapshot_of.h"

using namespace Qt::StringLiterals;

namespace failure_worlds {

QByteArray replaced(QByteArray text, const QByteArray &before, const QByteArray &after)
{
    if (!text.contains(before))
        qFatal("the fixture does not hold: %s", before.constData());
    return text.replace(before, after);
}

QByteArray mapping(const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
           "default}\nspec: "
        + spec + "\n";
}

QByteArray tracingService(const QByteArray &service)
{
    return "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: tracing, namespace: "
           "ambassador}\nspec: {service: '"
        + service + "', driver: zipkin}\n";
}

QByteArray base() { return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml(); }
QByteArray clean() { return base() + mapping(WithTls) + Strict; }

QByteArray istiod(const QByteArray &tag, const QByteArray &environment)
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
           "istio-system}\nspec: {template: {spec: {containers: [{name: discovery, image: 'istio/pilot:"
        + tag + "', env: " + environment + "}]}}}\n";
}

// The edge with a sidecar of this version, and istiod the same.
QByteArray withSidecar(const QByteArray &tag)
{
    return replaced(clean(), "istio/proxyv2:1.10.0\n        env", "istio/proxyv2:" + tag + "\n        env")
        + istiod(tag);
}

// The same mesh behind an edge of the second or third line.
QByteArray newer(const QByteArray &tag)
{
    QByteArray world = replaced(replaced(clean(), "datawire/aes:1.11.2", QByteArray("datawire/aes:" + tag)),
                                "getambassador.io/v2", "getambassador.io/v3alpha1");
    world = replaced(world, "{prefix: /backend/,", "{hostname: '*', prefix: /backend/,");
    return world
        + "---\napiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: http, namespace: "
          "ambassador}\nspec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: "
          "{from: ALL}}}\n"
        + "---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: all, namespace: "
          "ambassador}\nspec: {hostname: '*', requestPolicy: {insecure: {action: Route}}}\n";
}

// As Citadel made them (Istio up to 1.4): a Secret for each account.
QByteArray accountsSecret(const QByteArray &account)
{
    CertificateWish wish;
    wish.names = {u"URI:spiffe://cluster.local/ns/ambassador/sa/"_s + QString::fromLatin1(account)};
    wish.notAfter = QDateTime::currentDateTimeUtc().addDays(80);
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: istio." + account
        + ", namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
        + TestAuthority(u"Mesh"_s).issue(wish).certificate.toBase64() + ", tls.key: '{1704 bytes}'}\n";
}

QByteArray allowing(const QByteArray &account, const QByteArray &more)
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\nmetadata: {name: quote, "
           "namespace: default"
        + more
        + "}\nspec: {selector: {matchLabels: {app: quote}}, rules: [{from: [{source: {principals: "
          "['cluster.local/ns/"
        + account + "']}}]}]}\n";
}

const QByteArray &endedAuthority()
{
    static const QByteArray pem = [] {
        CertificateWish wish;
        wish.commonName = u"webhook ca"_s;
        wish.isCa = true;
        wish.notBefore = QDateTime::currentDateTimeUtc().addDays(-695);
        wish.notAfter = QDateTime::currentDateTimeUtc().addDays(-330);
        return TestAuthority(u"webhook ca"_s).issue(wish).certificate;
    }();
    return pem;
}

QByteArray redis(bool sidecar)
{
    return QByteArray(
               "---\napiVersion: v1\nkind: Service\nmetadata: {name: ambassador-redis, namespace: "
               "ambassador}\nspec: {clusterIP: 10.96.0.40, selector: {service: redis}, ports: [{name: "
               "tcp-redis, port: 6379}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: redis-x, "
               "namespace: ambassador, labels: {service: redis}}\nspec: {containers: [{name: redis, image: "
               "redis, ports: [{containerPort: 6379}]}")
        + (sidecar ? ", {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}" : "")
        + "]}\nstatus: {phase: Running, conditions: [{type: Ready, status: 'True'}]}\n";
}

QByteArray tlsSecret(const QByteArray &name, const QByteArray &more)
{
    CertificateWish wish;
    wish.names = {u"DNS:*.example.com"_s, u"DNS:*.in.example.com"_s};
    wish.notAfter = QDateTime::currentDateTimeUtc().addDays(300);
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
        + TestAuthority(u"Doors"_s).issue(wish).certificate.toBase64() + ", tls.key: '{1704 bytes}'" + more
        + "}\n";
}

// A Host that demands a client's certificate, one that demands none (unless `more` says so), and a Mapping.
QByteArray twoDoors(const QByteArray &closed, const QByteArray &open, const QByteArray &mappings,
                    const QByteArray &more)
{
    const auto host = [](const QByteArray &name, const QByteArray &hostname,
                         const QByteArray &tls) -> QByteArray {
        return "---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: " + name
            + ", namespace: ambassador}\nspec: {hostname: " + hostname + ", tlsSecret: {name: door}" + tls
            + "}\n";
    };
    QByteArray world = replaced(
        newer("4.1.0"),
        "{name: http, namespace: ambassador}\nspec: {port: 8080, protocol: HTTP, securityModel: INSECURE",
        "{name: https, namespace: ambassador}\nspec: {port: 8443, protocol: HTTPS, securityModel: XFP");
    world = replaced(world,
                     "{name: all, namespace: ambassador}\nspec: {hostname: '*', requestPolicy: {insecure: "
                     "{action: Route}}}",
                     "{name: open, namespace: ambassador}\nspec: {hostname: " + open
                         + ", tlsSecret: {name: door}" + more + "}");
    world =
        replaced(world, "hostname: '*', prefix: /backend/", "hostname: " + mappings + ", prefix: /backend/");
    const QByteArray demanded = ", tls: {ca_secret: clients, cert_required: true}";
    return world + tlsSecret("door") + tlsSecret("clients") + host("closed", closed, demanded);
}

models::LoadedCertificate leafIn(const QByteArray &file)
{
    CertificateWish wish;
    wish.names = {u"DNS:loaded.example.com"_s};
    wish.notAfter = QDateTime::currentDateTimeUtc().addDays(300);
    return {QString::fromLatin1(file), false,
            kube::readPem(TestAuthority(u"Doors"_s).issue(wish).certificate)->first()};
}

QList<models::ProxyCertificates> loadedBy(const QList<models::LoadedCertificate> &certificates)
{
    return {{u"ambassador"_s,
             u"ambassador-5d4f8c7b9-x2x2x"_s,
             QDateTime::currentDateTimeUtc(),
             {},
             certificates}};
}

QByteArray jaeger(const QByteArray &tag, const QByteArray &more)
{
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: jaeger, namespace: istio-system}\nspec: "
           "{template: {metadata: {labels: {app: jaeger}}, spec: {containers: [{name: jaeger, image: "
           "'docker.io/jaegertracing/all-in-one:"
        + tag + "'" + more + "}]}}}\n";
}

// The edge sends its spans there, and the collector's pod is ready.
QByteArray tracing(const QByteArray &collector)
{
    return "---\n" + collector
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: zipkin, namespace: istio-system}\nspec: "
          "{clusterIP: 10.96.0.50, selector: {app: jaeger}, ports: [{name: http-query, port: 9411}]}\n"
          "---\napiVersion: v1\nkind: Pod\nmetadata: {name: jaeger-x, namespace: istio-system, labels: {app: "
          "jaeger}}\nspec: {containers: [{name: jaeger, image: 'jaegertracing/all-in-one:1'}]}\nstatus: "
          "{phase: "
          "Running, conditions: [{type: Ready, status: 'True'}]}\n"
          "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: tracing, namespace: "
          "ambassador}\nspec: {service: 'zipkin.istio-system:9411', driver: zipkin}\n";
}

const QList<Failure> &catalogue()
{
    static const QList<Failure> all{
        {1,
         QString::fromLatin1(
             "GD-003 Deployment ambassador/ambassador spec.template.spec.containers[aes].image"),
         [](QByteArray &world) { world = newer("3.9.1"); }},
        {2, QString::fromLatin1("GD-009 Pod ambassador/ambassador-5d4f8c7b9-x2x2x"),
         [](QByteArray &world) { world = clean(); },
         [] { return loadedBy({leafIn("/ambassador/snapshots/default/secrets-decoded/door/A.crt")}); }},
        {3, QString::fromLatin1("TLS-003 TLSContext staging/istio-upstream spec.secret"),
         [](QByteArray &world) {
             world = replaced(base(), "name: istio-upstream, namespace: ambassador",
                              "name: istio-upstream, namespace: staging");
         }},
        {4,
         QString::fromLatin1("GD-001 Deployment ambassador/ambassador spec.template.spec\n"
                             "TLS-008 TLSContext ambassador/istio-upstream spec.secret"),
         [](QByteArray &world) {
             world =
                 replaced(base(), "OUTPUT_CERTS, value: /etc/istio-certs", "OUTPUT_CERTS, value: /etc/other");
         }},
        {5,
         QString::fromLatin1(
             "GD-003 Deployment ambassador/ambassador spec.template.spec.containers[aes].image"),
         [](QByteArray &world) { world = newer("2.4.0"); }},
        {6, QString::fromLatin1("RT-007 Mapping default/quote-backend spec.service"),
         [](QByteArray &world) {
             world = replaced(base(), ", {name: https, port: 443, targetPort: 8000}", "")
                 + mapping("{prefix: /backend/, service: quote, tls: istio-upstream}");
         }},
        {7, QString::fromLatin1("MT-001 Mapping default/quote-backend spec.tls"),
         [](QByteArray &world) { world = base() + Strict + mapping(Plain); }},
        {8, QString::fromLatin1("RT-008 Mapping default/quote-backend spec.service"),
         [](QByteArray &world) {
             world = edgeWithCertsYaml() + replaced(quoteYaml(true), "status: 'True'", "status: 'False'")
                 + mapping(Plain);
         }},
        {9, QString::fromLatin1("CERT-010 Secret ambassador/ambassador-consul-connect data.tls.crt"),
         [](QByteArray &world) {
             world = base()
                 + mapping("{prefix: /backend/, service: 'quote.consul.example.com:443', tls: consul}")
                 + "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: consul, "
                   "namespace: ambassador}\nspec: {secret: ambassador-consul-connect, hosts: []}\n"
                 + tlsSecret("ambassador-consul-connect");
         },
         [] {
             return loadedBy(
                 {leafIn("/ambassador/snapshots/default/secrets-decoded/ambassador-consul-connect/A.crt")});
         }},
        {10, QString::fromLatin1("MT-026 Mapping default/quote-backend spec.tls"),
         [](QByteArray &world) {
             world = edgeWithCertsYaml() + quoteYaml(true)
                 + replaced(istioUpstreamYaml(), "secret: istio-certs,",
                            "secret: istio.default, secret_namespacing: false,")
                 + accountsSecret("default") + mapping(WithTls) + allowing("ambassador/sa/ambassador");
         }},
        {11, QString::fromLatin1("TLS-004 TLSContext ambassador/istio-upstream spec.secret"),
         [](QByteArray &world) {
             CertificateWish wish; // of a year, as nobody is known to renew it
             wish.notAfter = QDateTime::currentDateTimeUtc().addDays(365);
             const QByteArray pem = TestAuthority(u"Some root"_s).issue(wish).certificate;
             world = edgeWithCertsYaml() + quoteYaml(true)
                 + replaced(istioUpstreamYaml(), "secret: istio-certs", "secret: mesh.cert")
                 + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: mesh.cert, namespace: "
                   "ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
                 + pem.toBase64() + ", tls.key: '{1704 bytes}'}\n";
         }},
        {12, QString::fromLatin1("TLS-010 TLSContext ambassador/istio-upstream spec.cert_chain_file"),
         [](QByteArray &world) {
             world = edgeWithCertsYaml() + quoteYaml(true)
                 + replaced(istioUpstreamYaml(), "secret: istio-certs,",
                            "cert_chain_file: /etc/mesh/cert-chain.pem, private_key_file: "
                            "/etc/mesh/key.pem,");
         }},
        {13, QString::fromLatin1("TLS-002 TLSContext ambassador/istio-upstream spec.secret"),
         [](QByteArray &world) {
             world = edgeWithCertsYaml() + quoteYaml(true)
                 + replaced(istioUpstreamYaml(), "secret: istio-certs", "secret: istio.default")
                 + istiod("1.10.0");
         }},
        {14,
         QString::fromLatin1(
             "GD-004 Deployment ambassador/ambassador spec.template.spec.containers[istio-proxy].image\n"
             "GD-005 Deployment ambassador/ambassador spec.template.spec.containers[aes].env"),
         [](QByteArray &world) { world = withSidecar("1.9.2"); }},
        {15,
         QString::fromLatin1(
             "GD-004 Deployment ambassador/ambassador spec.template.spec.containers[istio-proxy].image"),
         [](QByteArray &world) { world = withSidecar("1.22.0"); }},
        {16,
         QString::fromLatin1("GD-006 Deployment istio-system/istiod "
                             "spec.template.spec.containers[discovery].env[MAX_WORKLOAD_CERT_TTL]"),
         [](QByteArray &world) {
             world = clean() + istiod("1.10.0", "[{name: MAX_WORKLOAD_CERT_TTL, value: 1h}]");
         }},
        {17,
         QString::fromLatin1(
             "GD-005 Deployment ambassador/ambassador spec.template.spec.containers[aes].env"),
         [](QByteArray &world) { world = withSidecar("1.8.1"); }},
        {18, QString::fromLatin1("OBS-001 TracingService ambassador/tracing metadata.creationTimestamp"),
         [](QByteArray &world) {
             world = replaced(clean(), "  name: ambassador-5d4f8c7b9-x2x2x\n",
                              "  name: ambassador-5d4f8c7b9-x2x2x\n  creationTimestamp: "
                              "'2026-11-01T00:00:00Z'\n")
                 + "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: "
                   "tracing, "
                   "namespace: ambassador, creationTimestamp: '2026-11-02T00:00:00Z'}\nspec: "
                   "{service: "
                   "'zipkin.example.com:9411', driver: zipkin}\n";
         }},
        {19, QString::fromLatin1("TLS-007 TLSContext staging/istio-upstream metadata.name"),
         [](QByteArray &world) {
             world = clean()
                 + replaced(istioUpstreamYaml(),
                            "name: istio-upstream, namespace: ambassador}\nspec: {secret: istio-certs, ",
                            "name: istio-upstream, namespace: staging}\nspec: {secret: "
                            "istio-certs.ambassador, ");
         }},
        {20, QString::fromLatin1("TLS-011 Host ambassador/closed spec.tls.cert_required"),
         [](QByteArray &world) { world = twoDoors("closed.example.com", "'*'", "closed.example.com"); }},
        {21, QString::fromLatin1("GD-010 Deployment ambassador/ambassador status.readyReplicas"),
         [](QByteArray &world) {
             world = replaced(edgeWithCertsYaml(), "status: 'True'", "status: 'False'") + quoteYaml(true)
                 + istioUpstreamYaml() + mapping(WithTls) + Strict;
         }},
        {22,
         QString::fromLatin1("CERT-001 CustomResourceDefinition mappings.getambassador.io "
                             "spec.conversion.webhook.clientConfig.caBundle\n"
                             "CERT-001 Secret emissary-system/emissary-ingress-webhook-ca data.tls.crt\n"
                             "GD-008 CustomResourceDefinition mappings.getambassador.io "
                             "spec.conversion.webhook.clientConfig.service\n"
                             "GD-008 ValidatingWebhookConfiguration apiext webhooks[0].clientConfig.service"),
         [](QByteArray &world) {
             world = clean()
                 + "---\napiVersion: apiextensions.k8s.io/v1\nkind: "
                   "CustomResourceDefinition\nmetadata: "
                   "{name: "
                   "mappings.getambassador.io}\nspec: {conversion: {webhook: {clientConfig: "
                   "{caBundle: "
                 + endedAuthority().toBase64()
                 + ", service: {name: emissary-apiext, namespace: emissary-system}}}}}\n"
                   "---\napiVersion: v1\nkind: Secret\nmetadata: {name: emissary-ingress-webhook-ca, "
                   "namespace: "
                   "emissary-system}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
                 + endedAuthority().toBase64() + ", tls.key: '{1704 bytes}'}\n"
                 + "---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
                   "ValidatingWebhookConfiguration\nmetadata: {name: apiext}\nwebhooks: [{name: "
                   "a.example.com, clientConfig: {service: {name: emissary-apiext, namespace: "
                   "emissary-system}}}]\n";
         }},
        {23, QString::fromLatin1("MT-004 Mapping default/quote-backend spec.tls"),
         [](QByteArray &world) {
             world = edgeWithCertsYaml() + quoteYaml(true)
                 + replaced(istioUpstreamYaml(), ", alpn_protocols: istio", "") + mapping(WithTls);
         }},
        {24, QString::fromLatin1("MT-019 Service default/quote spec.ports"),
         [](QByteArray &world) {
             world = replaced(clean(), "{name: http, port: 80, targetPort: 8000}",
                              "{name: web, port: 80, targetPort: 8000}");
         }},
        {25, QString::fromLatin1("MT-027 Job default/report spec.template"),
         [](QByteArray &world) {
             world = clean()
                 + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: report-x2x2x, namespace: "
                   "default, "
                   "labels: "
                   "{job-name: report}, ownerReferences: [{kind: Job, name: report, controller: "
                   "true}]}\nspec: "
                   "{containers: [{name: report, image: report}, {name: istio-proxy, image: "
                   "'istio/proxyv2:1.10.0'}]}\nstatus: {phase: Running}\n";
         }},
        {26, QString::fromLatin1("TLS-002 TLSContext ambassador/istio-upstream spec.secret"),
         [](QByteArray &world) {
             world = edgeWithCertsYaml() + quoteYaml(true)
                 + replaced(istioUpstreamYaml(), "secret: istio-certs", "secret: gone");
         }},
        {27, QString::fromLatin1("TLS-001 Mapping default/quote-backend spec.tls"),
         [](QByteArray &world) { world = edgeWithCertsYaml() + quoteYaml(true) + mapping(WithTls); }},
        {28,
         QString::fromLatin1("GD-007 Deployment ambassador/ambassador "
                             "spec.template.metadata.annotations[sidecar.istio.io/inject]"),
         [](QByteArray &world) {
             world = replaced(edgeYaml(), "metadata: {name: ambassador}\n---",
                              "metadata: {name: ambassador, labels: {istio-injection: enabled}}\n---")
                 + quoteYaml(true) + mapping(Plain);
         }},
        {29, QString::fromLatin1("MT-028 Service ambassador/ambassador-redis spec.ports"),
         [](QByteArray &world) {
             world = replaced(clean(), "        - {name: AMBASSADOR_ISTIO",
                              "        - {name: REDIS_URL, value: 'ambassador-redis:6379'}\n        - {name: "
                              "AMBASSADOR_ISTIO")
                 + redis(true);
         }},
        {30,
         QString::fromLatin1(
             "OBS-003 Pod ambassador/ambassador-5d4f8c7b9-x2x2x metadata.annotations[prometheus.io/port]"),
         [](QByteArray &world) {
             world = replaced(clean(),
                              "  annotations: {sidecar.istio.io/inject: 'false'}\n  ownerReferences: [{kind: "
                              "ReplicaSet, name: ambassador",
                              "  annotations: {sidecar.istio.io/inject: 'false', prometheus.io/port: "
                              "'15020'}\n  ownerReferences: [{kind: ReplicaSet, name: ambassador");
         }},
        {31,
         QString::fromLatin1(
             "OBS-005 Deployment istio-system/jaeger spec.template.spec.containers[jaeger].env"),
         [](QByteArray &world) { world = clean() + tracing(jaeger("1.30")); }},
        {32,
         QString::fromLatin1(
             "GD-011 Deployment ambassador/ambassador spec.template.spec.containers[aes].image"),
         [](QByteArray &world) {
             world = replaced(edgeYaml(), "datawire/aes:1.11.2", "quay.io/datawire/ambassador:0.40.2")
                 + quoteYaml(true) + mapping(Plain);
         }},
    };
    return all;
}

QList<models::Finding> findingsIn(const QByteArray &world, const QList<models::ProxyCertificates> &loaded)
{
    models::SnapshotInput input = inputOf(world);
    input.edgeProxies = loaded;
    input.takenAt = QDateTime::currentDateTimeUtc();
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
    return models::clusterFindings(*snapshot, view, models::certificateRows(*snapshot, view, {}),
                                   input.takenAt)
        .findings;
}

QStringList codesIn(const QByteArray &world, const QList<models::ProxyCertificates> &loaded)
{
    const QList<models::Finding> findings = findingsIn(world, loaded);
    QStringList codes = unfinished(findings);
    for (const models::Finding &finding : findings)
        codes.append(finding.code);
    codes.sort();
    codes.removeDuplicates();
    return codes;
}

// "TLS-003 TLSContext staging/istio-upstream spec.secret", one a line.
QString placesIn(const QByteArray &world, const QList<models::ProxyCertificates> &loaded)
{
    QStringList places;
    for (const models::Finding &finding : findingsIn(world, loaded))
        places.append(QStringList{finding.code, finding.subject.text(), finding.path}.join(u' ').trimmed());
    places.sort();
    return places.join(u'\n');
}

} // namespace failure_worlds
