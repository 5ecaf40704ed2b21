// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_objects.h"

#include "tests/support/snapshot_of.h"

using namespace Qt::StringLiterals;
using models::Severity;

namespace {

QByteArray workloadYaml(const QString &nameSpace, const QString &name, int port, bool sidecar)
{
    return uR"(---
apiVersion: v1
kind: Service
metadata: {name: %2, namespace: %1}
spec:
  clusterIP: 10.96.1.1
  selector: {app: %2}
  ports: [{name: http, port: %3, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata:
  name: %2-6bc6b6bd5d-jctbh
  namespace: %1
  labels: {app: %2, pod-template-hash: 6bc6b6bd5d}
  ownerReferences: [{kind: ReplicaSet, name: %2-6bc6b6bd5d, controller: true}]
spec:
  containers:
  - name: app
    image: registry.example.com/%2:1
    ports: [{name: http, containerPort: 8080}]
%4
status:
  phase: Running
  podIP: 10.244.0.7
  conditions: [{type: Ready, status: 'True'}]
)"_s.arg(nameSpace, name)
        .arg(port)
        .arg(sidecar ? u"  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}"_s : QString())
        .toUtf8();
}

QByteArray mappingYaml(const QStringList &fields)
{
    return uR"(---
apiVersion: getambassador.io/v2
kind: Mapping
metadata: {name: %1, namespace: %2, creationTimestamp: '2026-11-25T11:48:00Z', resourceVersion: '42'}
spec: {host: '%3', prefix: '%4', service: '%5'%6}
)"_s.arg(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5])
        .toUtf8();
}

models::CertificateRow certificate(const QString &subject, const QString &storedIn, const QDateTime &from,
                                   const QDateTime &to)
{
    models::CertificateRow row;
    row.key = subject + u'|' + storedIn;
    row.subject = subject;
    row.storedIn = storedIn;
    row.notBefore = from;
    row.notAfter = to;
    kube::Certificate leaf;
    leaf.subject = u"CN="_s + subject;
    leaf.issuer = u"CN=R11, O=Let's Encrypt"_s;
    leaf.dnsNames = {subject, u"www."_s + subject};
    leaf.keyAlgorithm = u"EC P-256"_s;
    leaf.signatureAlgorithm = u"ecdsa-with-SHA256"_s;
    leaf.fingerprint = u"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"_s;
    leaf.notBefore = from;
    leaf.notAfter = to;
    kube::Certificate issuer = leaf;
    issuer.subject = leaf.issuer;
    issuer.dnsNames = {};
    issuer.isCa = true;
    issuer.notAfter = to.addYears(3);
    row.chain = {leaf, issuer};
    return row;
}

} // namespace

QByteArray sampleYaml()
{
    QByteArray yaml = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml();
    for (const QString &nameSpace : {u"team-a"_s, u"team-b"_s, u"shop"_s, u"istio-system"_s, u"monitoring"_s})
        yaml +=
            u"---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %1, labels: {istio-injection: %2}}\n"_s
                .arg(nameSpace, nameSpace == u"team-b"_s ? u"disabled"_s : u"enabled"_s)
                .toUtf8();
    yaml += workloadYaml(u"team-a"_s, u"orders"_s, 80, true)
        + workloadYaml(u"team-a"_s, u"orders-v2"_s, 80, true)
        + workloadYaml(u"team-b"_s, u"legacy"_s, 80, false) + workloadYaml(u"shop"_s, u"cart"_s, 8080, true)
        + workloadYaml(u"shop"_s, u"web"_s, 80, true)
        + workloadYaml(u"monitoring"_s, u"prometheus"_s, 9090, false);
    yaml += R"(---
apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata: {name: default, namespace: team-a, creationTimestamp: '2026-11-20T09:00:00Z'}
spec: {mtls: {mode: STRICT}}
)";
    const QString istio = u", tls: istio-upstream"_s;
    const QString api = u"api.example.com"_s;
    const QString shop = u"shop.example.com"_s;
    for (const QStringList &mapping : QList<QStringList>{
             {u"orders-v2-get"_s, u"team-a"_s, api, u"/v2/orders/"_s, u"orders-v2.team-a:443"_s,
              u", method: GET"_s + istio},
             {u"orders-canary"_s, u"team-a"_s, api, u"/v2/"_s, u"orders-v2.team-a"_s, u", weight: 10"_s},
             {u"orders"_s, u"team-a"_s, api, u"/v2/"_s, u"orders.team-a:80"_s, istio},
             {u"quote-backend"_s, u"default"_s, api, u"/backend/"_s, u"quote"_s, istio},
             {u"legacy"_s, u"team-b"_s, api, u"/v1/"_s, u"legacy.team-b"_s, {}},
             {u"cart"_s, u"shop"_s, shop, u"/cart/"_s, u"cart.shop:8080"_s, istio},
             {u"web"_s, u"shop"_s, shop, u"/"_s, u"web.shop"_s, istio}})
        yaml += mappingYaml(mapping);
    for (int i = 8; i <= 40; ++i)
        yaml += mappingYaml(
            {u"svc-%1"_s.arg(i), u"shop"_s, u"*"_s, u"/svc-%1/"_s.arg(i), u"web.shop:80"_s, istio});
    return yaml;
}

QList<models::CertificateRow> sampleCertificates(const QDateTime &now)
{
    QList<models::CertificateRow> rows{
        certificate(u"old.example.com"_s, u"web/old-tls, tls.crt"_s, now.addDays(-92), now.addDays(-2)),
        certificate(u"api.example.com +3"_s, u"ambassador/edge-tls, tls.crt"_s, now.addDays(-84),
                    now.addDays(6).addSecs(4 * 3600 + 60)),
        certificate(u"*.shop.example.com"_s, u"shop/wild, tls.crt"_s, now.addDays(-69),
                    now.addDays(21).addSecs(60)),
        certificate(u"spiffe://…/sa/orders"_s, u"in memory, 3 pods"_s, now.addSecs(-6 * 3600 - 18 * 60),
                    now.addSecs(17 * 3600 + 42 * 60)),
        certificate(u"istio-certs (edge)"_s, u"files in the edge pod"_s, now.addSecs(-6 * 3600 - 18 * 60),
                    now.addSecs(17 * 3600 + 42 * 60)),
        certificate(u"Istio root CA"_s, u"istio-system/istio-ca-secret, ca-cert.pem"_s, now.addDays(-290),
                    now.addYears(9).addDays(20))};
    const QStringList usedBy{u"Host old"_s,    u"Host api, 2 TLSContexts"_s,
                             u"Host shop"_s,   u"orders"_s,
                             u"37 Mappings"_s, u"the mesh"_s};
    const QStringList renewal{u"by hand"_s,           u"cert-manager, failed"_s, u"cert-manager, in 14 d"_s,
                              u"istiod, automatic"_s, u"istio-proxy"_s,          u"plan a rotation"_s};
    const QStringList checks{u"not served"_s,       u"presented = stored"_s, u"loaded is older"_s,
                             u"rotation on time"_s, u"file = loaded"_s,      u"same in 19 namespaces"_s};
    for (int i = 0; i < rows.size(); ++i) {
        rows[i].usedBy = usedBy[i];
        rows[i].renewal = renewal[i];
        rows[i].checks = checks[i];
        rows[i].rotates = i == 3 || i == 4;
        rows[i].checksSeverity = i == 0 || i == 2 ? Severity::Error : Severity::Good;
    }
    for (const QString &mapping :
         {u"default/quote-backend"_s, u"team-a/orders"_s, u"team-a/orders-canary"_s, u"team-b/legacy"_s})
        rows[1].blastRadius.append(u"Mapping %1: browsers refuse the certificate"_s.arg(mapping));
    return rows;
}

models::Change strictChange()
{
    models::Change change;
    change.verb = models::Change::Verb::Create;
    change.type.kind = u"PeerAuthentication"_s;
    change.nameSpace = u"istio-system"_s;
    change.name = u"default"_s;
    change.body =
        R"({"apiVersion":"security.istio.io/v1beta1","kind":"PeerAuthentication",)"
        R"("metadata":{"name":"default","namespace":"istio-system"},"spec":{"mtls":{"mode":"STRICT"}}})";
    return change;
}

QList<models::JournalEntry> sampleEntries(const QDateTime &now)
{
    QList<models::JournalEntry> entries;
    const auto add = [&](const QString &title, int minutesAgo, const QString &result, bool succeeded,
                         bool reverted) {
        models::JournalEntry entry;
        entry.number = int(entries.size()) + 1;
        entry.at = now.addSecs(-60 * minutesAgo);
        entry.context = u"eks-eu1"_s;
        entry.who = u"alice"_s;
        entry.title = title;
        entry.change = strictChange();
        entry.result = result;
        entry.succeeded = succeeded;
        entry.reverted = reverted;
        entries.append(entry);
    };
    add(u"Label namespace default for injection"_s, 95, u"200 in 41 ms"_s, true, false);
    add(u"Mapping default/quote-backend"_s, 80, u"201 in 12 ms"_s, true, false);
    add(u"Switch the mesh to STRICT"_s, 44, u"403: peerauthentications is forbidden"_s, false, false);
    add(u"Switch the mesh to STRICT"_s, 40, u"201 in 18 ms"_s, true, true);
    add(u"Switch the mesh to STRICT"_s, 12, u"201 in 16 ms"_s, true, false);
    return entries;
}
