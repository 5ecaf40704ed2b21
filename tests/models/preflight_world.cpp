// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/preflight_world.h"

#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"

using namespace Qt::StringLiterals;

namespace preflight_world {

namespace {

const QByteArray Istiod =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: istio-system}\n"
    "spec: {template: {spec: {containers: [{name: discovery, image: 'istio/pilot:1.24.1'}]}}}";

QStringList notChecked(const models::PreflightReport &report)
{
    QStringList all;
    for (const models::PreflightCheck &check : report.checks) {
        if (check.state == models::PreflightCheck::State::NotChecked)
            all.append(check.id + u" not checked"_s);
    }
    return all;
}

kube::Certificate edgeLeaf(const QDateTime &from, const QDateTime &to)
{
    CertificateWish wish;
    wish.names = {u"URI:spiffe://cluster.local/ns/ambassador/sa/ambassador"_s};
    wish.notBefore = from;
    wish.notAfter = to;
    return kube::readPem(TestAuthority().issue(wish).certificate)->first();
}

} // namespace

World &World::add(const QByteArray &more)
{
    yaml += "---\n" + more + "\n";
    return *this;
}

World &World::replace(const QByteArray &before, const QByteArray &after)
{
    if (!yaml.contains(before))
        qFatal("the fixture does not hold: %s", before.constData());
    yaml.replace(before, after);
    return *this;
}

QByteArray policy(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &spec,
                  const QByteArray &created)
{
    return "apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + ", creationTimestamp: '" + created + "'}\nspec: " + spec;
}

models::ProxyCertificates loaded(const QDateTime &from, const QDateTime &to)
{
    return {u"ambassador"_s,
            u"ambassador-5d4f8c7b9-x2x2x"_s,
            takenAt,
            {},
            {{u"/ambassador/snapshots/default/secrets-decoded/istio-certs/ABC.crt"_s, false,
              edgeLeaf(from, to)}}};
}

QByteArray rootMap(const QByteArray &nameSpace, const QByteArray &pem)
{
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-ca-root-cert, namespace: " + nameSpace
        + "}\ndata:\n  root-cert.pem: |\n    " + QByteArray(pem.trimmed()).replace("\n", "\n    ");
}

QByteArray root(const QString &name, const QDateTime &ends)
{
    CertificateWish wish;
    wish.commonName = name;
    wish.isCa = true;
    wish.notBefore = takenAt.addDays(-100);
    wish.notAfter = ends;
    return TestAuthority(name).issue(wish).certificate;
}

World ready()
{
    World world;
    world.yaml = edgeWithCertsYaml()
        + QByteArray(quoteYaml(true)).replace("istio/proxyv2:1.10.0", "istio/proxyv2:1.24.1")
        + istioUpstreamYaml()
        + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
          "default}\n"
          "spec: {prefix: /backend/, service: 'quote:80', tls: istio-upstream}\n";
    world.add(Istiod);
    world.input.missingRights = QStringList();
    world.input.dryRun = QString();
    world.input.changedMeanwhile = QStringList();
    world.proxies = {loaded(takenAt.addSecs(-6 * 3600), takenAt.addSecs(18 * 3600))};
    models::StrictTelemetry telemetry;
    telemetry.to = takenAt;
    telemetry.from = takenAt.addDays(-8);
    telemetry.covered = {u"default/quote"_s};
    telemetry.shadowDenied.emplace();
    telemetry.certificateSeconds = QHash<QString, double>{{u"default/quote-6bc6b6bd5d-jctbh"_s, 3600}};
    world.input.telemetry = telemetry;
    return world;
}

models::PreflightReport reportOf(const World &world)
{
    models::SnapshotInput objects = inputOf(world.yaml);
    objects.edgeProxies = world.proxies;
    objects.meshProxies = world.sidecars;
    if (!world.without.isEmpty())
        objects = withoutKind(objects, world.without);
    if (!world.narrowed.isEmpty())
        objects.onlyIn.insert(world.narrowed, u"default"_s);
    if (!world.absent.isEmpty())
        objects = withoutKind(objects, world.absent, kube::Error::Kind::NotFound);
    const auto snapshot = models::makeSnapshot(objects);
    const models::EdgeInstallation *edge = snapshot->edge({});
    return models::strictPreflight(*snapshot, edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView(),
                                   world.input);
}

QStringList said(const models::PreflightReport &report)
{
    QMap<QString, int> counts;
    for (const models::PreflightRow &row : report.rows)
        ++counts[row.check + u' ' + models::preflightLevelName(row.level)];
    QStringList all = notChecked(report);
    for (auto count = counts.begin(); count != counts.end(); ++count)
        all.append(count.value() == 1 ? count.key() : u"%1 %2"_s.arg(count.key()).arg(count.value()));
    all.sort();
    return all;
}

QStringList told(const models::PreflightReport &report)
{
    QStringList all = notChecked(report);
    for (const models::PreflightRow &row : report.rows) {
        QString text = row.check + u' ' + models::preflightLevelName(row.level);
        if (!row.subject.kind.isEmpty())
            text += u' ' + row.subject.text();
        if (!row.path.isEmpty())
            text += u' ' + row.path;
        all.append(text);
    }
    all.sort();
    return all;
}

QByteArray podYaml(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &containers,
                   const QByteArray &metadata)
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + nameSpace + ", "
        + metadata + "}\nspec: {" + containers
        + "}\nstatus: {phase: Running, conditions: [{type: Ready, status: 'True'}]}";
}

models::StrictTelemetry::Plaintext clearText(const QString &sourceNamespace, const QString &source)
{
    models::StrictTelemetry::Plaintext seen;
    seen.nameSpace = u"default"_s;
    seen.workload = u"quote"_s;
    seen.sourceNamespace = sourceNamespace;
    seen.sourceWorkload = source;
    seen.requests = 12;
    return seen;
}

QByteArray edgeObject(const QByteArray &kind, const QByteArray &spec)
{
    return "apiVersion: getambassador.io/v2\nkind: " + kind
        + "\nmetadata: {name: other, namespace: default}\nspec: " + spec;
}

} // namespace preflight_world
