// SPDX-License-Identifier: GPL-3.0-or-later
// E3, E10: TLSContexts that find no certificate; E8, E9, E11: the edge's own pods: what else runs in them, what they have
// loaded, what their sidecar takes.
#include "models/analysis/preflight_scene.h"
#include "models/analysis/upstream_target.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

// When the certificate in the edge's files ends, by its sidecar's agent.
QDateTime endInFiles(const PreflightScene &scene)
{
    const auto &telemetry = scene.input().telemetry;
    const EdgeInstallation &edge = scene.view().installation;
    for (const Pod &pod : scene.snapshot().pods) {
        if (pod.nameSpace != edge.nameSpace || pod.workload() != edge.name || pod.isGone() || !telemetry
            || !telemetry->certificateSeconds)
            continue;
        const auto left = telemetry->certificateSeconds->constFind(pod.nameSpace + u'/' + pod.name);
        if (left != telemetry->certificateSeconds->constEnd())
            return telemetry->to.addSecs(qint64(*left));
    }
    return {};
}

// Why this loaded certificate of the mesh will not do; "" it will.
QString whyStale(const kube::Certificate &leaf, const QDateTime &seenAt, const QDateTime &files)
{
    if (leaf.notAfter <= seenAt)
        return u"the certificate that the edge has loaded has ended"_s;
    if (files.isValid() && leaf.notAfter.secsTo(files) > 60)
        return u"the edge still uses an older certificate than its files hold: it will end while the files are fresh"_s;
    return lifeUsed(leaf.notBefore, leaf.notAfter, seenAt) >= 0.75
        ? u"the certificate that the edge has loaded was not renewed at half of its life"_s
        : QString();
}

struct Address
{
    QString host;
    int port = 0;
};

// Of "redis.shop:6379", "http://opa:8181/v1": what a variable of the container names.
std::optional<Address> addressIn(const QString &value)
{
    static const QRegularExpression form(
        u"^(?:([a-z][a-z0-9+.-]*)://)?(?:[^@/ ]*@)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?(?:/.*)?$"_s);
    const auto found = form.match(value);
    const QString scheme = found.captured(1);
    if (!found.hasMatch() || (scheme.isEmpty() && found.captured(3).isEmpty()))
        return {};
    const int usual = scheme == "https"_L1 ? 443 : scheme == "redis"_L1 ? 6379 : 80;
    return Address{found.captured(2), found.captured(3).isEmpty() ? usual : found.captured(3).toInt()};
}

// F29 before it happens: what the edge's container itself calls, by its variables, where no sidecar takes it.
void addCalled(PreflightScene &scene, const Pod &pod)
{
    const EdgeInstallation &edge = scene.view().installation;
    if (pod.capturesOutbound())
        return;
    QStringList names = edge.environment.keys();
    names.sort();
    for (const QString &name : names) {
        const auto address = addressIn(edge.environment.value(name));
        if (!address || (name.startsWith("AMBASSADOR_"_L1) && address->host == "localhost"_L1))
            continue;
        const UpstreamTarget target = resolveUpstream(scene.snapshot(), address->host, address->port,
                                                      edge.nameSpace, scene.modesBefore());
        const auto servers = scene.strictPodsOf(target);
        for (const auto *server : servers)
            scene.add(
                {.check = u"E8"_s,
                 .level = Level::Likely,
                 .subject = {edge.kind, edge.nameSpace, edge.name},
                 .path = u"spec.template.spec.containers[%1].env[%2]"_s.arg(edge.container, name),
                 .value = u"%1:%2"_s.arg(address->host).arg(address->port),
                 .message = u"the edge calls it around its sidecar, and port %1 of %2 becomes STRICT"_s.arg(
                     QString::number(server->port), workloadKey(*server->pod)),
                 .evidence = {target.serviceRef.text()},
                 .remedy = u"exclude it from injection, or let the port stay PERMISSIVE"_s,
                 .verify = u"V9"_s,
                 .exception = scene.exceptionFor(*server->pod, server->port)});
    }
}

} // namespace

const QString &verifyEdge()
{
    static const QString text = u"V5: the Mapping's own 5xx and connection failures stay as they are"_s;
    return text;
}

PreflightRow rowOf(const QString &check, PreflightLevel level, const Finding &finding, const QString &verify)
{
    return {.check = check,
            .level = level,
            .subject = finding.subject,
            .path = finding.path,
            .message = finding.message,
            .evidence = finding.evidence,
            .remedy = finding.remedy,
            .verify = verify};
}

void checkEdgePod(PreflightScene &scene)
{
    const EdgeInstallation &edge = scene.view().installation;
    for (const Pod &pod : scene.snapshot().pods) {
        if (pod.nameSpace != edge.nameSpace || pod.workload() != edge.name || pod.isGone())
            continue;
        QStringList others = pod.containers;
        others.removeAll(edge.container);
        others.removeAll(u"istio-proxy"_s);
        if (!others.isEmpty())
            scene.add(
                {.check = u"E8"_s,
                 .level = Level::Likely,
                 .subject = {edge.kind, edge.nameSpace, edge.name},
                 .path = others.size() == 1 ? u"spec.template.spec.containers[%1]"_s.arg(others.first())
                                            : u"spec.template.spec.containers"_s,
                 .value = others.join(u", "_s),
                 .message =
                     u"outgoing traffic of these containers is not taken by the sidecar: what they call in the mesh refuses them"_s,
                 .remedy = u"let them call through the edge, or make exceptions"_s,
                 .verify = u"V9"_s});
        addCalled(scene, pod);
        if (pod.hasSidecar && !pod.capturesInbound(8080))
            scene.add(
                {.check = u"E11"_s,
                 .level = Level::Info,
                 .subject = {edge.kind, edge.nameSpace, edge.name},
                 .path = templatePath(pod, u"metadata.annotations"_s),
                 .message =
                     u"the edge's own ports are not behind its sidecar: STRICT neither protects nor breaks clients from outside"_s,
                 .verify = verifyEdge()});
        return;
    }
}

void checkContexts(PreflightScene &scene)
{
    for (const Finding &finding : scene.view().findings) {
        if (finding.code == "TLS-003"_L1) {
            PreflightRow row = rowOf(u"E3"_s, Level::Blocker, finding, verifyEdge());
            row.patch = QByteArray(R"({"spec":{"secret":"istio-certs.%1"}})")
                            .replace("%1", scene.view().installation.ambassadorNamespace.toUtf8());
            scene.add(std::move(row));
        }
        if (finding.code == "TLS-004"_L1) {
            PreflightRow row = rowOf(u"E10"_s, Level::Likely, finding, verifyEdge());
            row.patch = R"({"spec":{"secret_namespacing":false}})";
            scene.add(std::move(row));
        }
    }
}

// Of one of its own pods: two edges may share a namespace.
bool isOf(const EdgeInstallation &edge, const Snapshot &snapshot, const ProxyCertificates &proxy)
{
    if (proxy.nameSpace != edge.nameSpace)
        return false;
    const auto contents = snapshot.contentsOf(proxy.nameSpace);
    const auto pod = std::find_if(contents->pods.begin(), contents->pods.end(),
                                  [&proxy](const auto &one) { return one->name == proxy.pod; });
    return pod == contents->pods.end()
        || (*pod)->workload() == edge.name; // one that is gone was asked for this edge
}

// An edge before 4.1 may keep what it has read at its start; by then the files hold a newer one.
void checkLoadedCertificate(PreflightScene &scene)
{
    const EdgeInstallation &edge = scene.view().installation;
    if (!edge.hasIstioCertificate || edge.name.isEmpty()) // which is E1's, where anything needs one
        return;
    QString why =
        u"the edge's admin port 8001 was not asked; it needs the right to pods/portforward in %1"_s.arg(
            edge.nameSpace);
    bool any = false;
    const QDateTime files = endInFiles(scene);
    for (const ProxyCertificates &proxy : scene.snapshot().edgeProxies) {
        if (!isOf(edge, scene.snapshot(), proxy))
            continue;
        why =
            proxy.error.isEmpty() ? u"no istio-certs is loaded: no Mapping goes out with it"_s : proxy.error;
        for (const LoadedCertificate &one : proxy.certificates) {
            if (one.isCa || !isIstioCertificate(one))
                continue;
            any = true;
            const kube::Certificate &leaf = one.certificate;
            const QString stale = whyStale(leaf, proxy.seenAt, files);
            if (stale.isEmpty())
                continue;
            const QString until = leaf.notAfter.toString(Qt::ISODate);
            scene.add({.check = u"E9"_s,
                       .level = Level::Blocker,
                       .subject = {u"Pod"_s, proxy.nameSpace, proxy.pod},
                       .value = until,
                       .message = stale,
                       .evidence = {files.isValid() ? u"loaded until %1, in the files until %2"_s.arg(
                                        until, files.toString(Qt::ISODate))
                                                    : u"loaded until %1, seen %2"_s.arg(
                                                        until, proxy.seenAt.toString(Qt::ISODate))},
                       .remedy = u"restart the edge; Emissary 4.1.0 reloads by itself"_s,
                       .verify = u"V10: the edge's /certs shows a fresh one"_s});
        }
    }
    if (!any)
        scene.skip(u"E9"_s, why);
}

// A proxy that was asked and has none: TLS without it is what STRICT pods refuse.
void checkThatOneIsLoaded(PreflightScene &scene)
{
    const EdgeInstallation &edge = scene.view().installation;
    for (const ProxyCertificates &proxy : scene.snapshot().edgeProxies) {
        const auto &all = proxy.certificates;
        if (!edge.hasIstioCertificate || !isOf(edge, scene.snapshot(), proxy) || !proxy.error.isEmpty()
            || std::any_of(all.begin(), all.end(),
                           [](const LoadedCertificate &one) { return !one.isCa && isIstioCertificate(one); }))
            continue;
        scene.add(
            {.check = u"E9"_s,
             .level = Level::Blocker,
             .subject = {u"Pod"_s, proxy.nameSpace, proxy.pod},
             .message =
                 u"no certificate of the mesh is loaded: what Mappings with tls send to STRICT pods is refused"_s,
             .evidence = {u"its /certs, seen %1, have %2, none of them istio-certs"_s.arg(
                 proxy.seenAt.toString(Qt::ISODate), counted(all.size(), u"certificate"_s))},
             .remedy =
                 u"look at the edge's log for istio-certs, and restart it; Emissary 4.1.0 reloads by itself"_s,
             .verify = u"V10: the edge's /certs shows a fresh one"_s});
    }
}

} // namespace models
