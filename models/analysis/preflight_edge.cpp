// SPDX-License-Identifier: GPL-3.0-or-later
// E1 … E11: the edge, which is what breaks first.
#include "edge/config/service_name.h"
#include "models/analysis/preflight_scene.h"
#include "models/resources/text.h"

#include <algorithm>
#include <unordered_map>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

const QString &byRoute()
{
    static const QString text = u"V5: the Mapping's own 5xx and connection failures stay as they are"_s;
    return text;
}

struct Upstream // of one cluster of the edge that becomes STRICT
{
    edge::Cluster cluster;
    UpstreamTarget target;
    QStringList mappings;
};

QList<Upstream> strictUpstreams(PreflightScene &scene)
{
    std::unordered_map<std::string_view, QStringList> mappingsOf; // by cluster
    const edge::Config &config = scene.view().table->config();
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const edge::Route &route : host.routes) {
                    if (route.mapping.kind.empty() || route.cluster.empty())
                        continue;
                    const QString name = text(route.mapping.nameSpace) + u'/' + text(route.mapping.name);
                    QStringList &names = mappingsOf[route.cluster];
                    if (!names.contains(name))
                        names.append(name);
                }
            }
        }
    }
    QList<Upstream> found;
    for (const auto &[name, cluster] : config.clusters) {
        const auto mappings = mappingsOf.find(name);
        if (mappings == mappingsOf.end())
            continue;
        Upstream upstream{cluster,
                          resolveUpstream(scene.snapshot(), text(cluster.host), cluster.port,
                                          scene.view().installation.ambassadorNamespace, scene.modesBefore()),
                          mappings->second};
        const auto &pods = upstream.target.pods;
        const bool strict = std::any_of(pods.begin(), pods.end(), [&](const UpstreamTarget::PodPort &one) {
            const EffectiveMode &after = scene.modeAfter(*one.pod, one.port);
            return after.enforced && after.known && after.mode == MtlsMode::Strict && scene.inScope(*one.pod);
        });
        const bool missingPort = upstream.target.kind == UpstreamTarget::Kind::Service
            && !upstream.target.servicePort && !upstream.target.service->isHeadless();
        if (strict || missingPort)
            found.append(std::move(upstream));
    }
    return found;
}

ObjectRef mappingRef(const QString &key)
{
    return {u"Mapping"_s, key.section(u'/', 0, 0), key.section(u'/', 1)};
}

QHash<QString, const edge::Value *> mappingObjects(const Snapshot &snapshot) // by namespace/name
{
    QHash<QString, const edge::Value *> objects;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "Mapping")
            objects.insert(text(object.at({"metadata", "namespace"})) + u'/'
                               + text(object.at({"metadata", "name"})),
                           &object);
    }
    return objects;
}

QString meshContext(const PreflightScene &scene)
{
    const std::string wanted = "istio-certs." + scene.view().installation.ambassadorNamespace.toStdString();
    for (const auto &[name, context] : scene.view().table->config().tlsContexts) {
        if (context.secret == wanted)
            return text(name);
    }
    return u"istio-upstream"_s;
}

struct MappingRoute // of one Mapping to a cluster that becomes STRICT
{
    const Upstream &upstream;
    const Origination &origination;
    QString mapping;
    const edge::Value *object = nullptr; // nullptr: it stands in an annotation
    QString context;                     // the TLSContext with the mesh's certificate
    QString written(std::string_view field) const
    {
        return object ? text(object->at({"spec", field})) : QString();
    }
    QString service() const
    {
        return u"Service %1/%2"_s.arg(upstream.target.serviceRef.nameSpace, upstream.target.serviceRef.name);
    }
};

void addMissingPort(PreflightScene &scene, const MappingRoute &route)
{
    scene.add({u"E6"_s,
               Level::Blocker,
               mappingRef(route.mapping),
               u"spec.service"_s,
               route.written("service"),
               u"TLS without a port goes to %1, which %2 does not have"_s.arg(route.upstream.target.port)
                   .arg(route.service()),
               {},
               u"write the port"_s,
               {},
               byRoute(),
               {}});
}

void addUselessContext(PreflightScene &scene, const MappingRoute &route)
{
    scene.add(
        {u"E4"_s,
         Level::Blocker,
         mappingRef(route.mapping),
         u"spec.tls"_s,
         route.written("tls"),
         u"its TLSContext has no certificate, so the edge speaks clear text to %1"_s.arg(route.service()),
         {},
         u"give the TLSContext its certificate first"_s,
         {},
         byRoute(),
         {}});
}

void addWithoutCertificate(PreflightScene &scene, const MappingRoute &route)
{
    const QString &problem = route.origination.certificateProblem;
    scene.add(
        {u"E2"_s,
         Level::Blocker,
         mappingRef(route.mapping),
         u"spec.tls"_s,
         route.written("tls"),
         problem.isEmpty()
             ? u"the edge would speak to STRICT pods of %1 without a client certificate"_s.arg(
                 route.service())
             : u"STRICT pods of %1 would refuse the edge's certificate: %2"_s.arg(route.service(), problem),
         {u"cluster %1"_s.arg(text(route.upstream.cluster.name))},
         u"set tls: %1, with the port written out"_s.arg(route.context),
         "{\"spec\":{\"tls\":\"" + route.context.toUtf8() + "\"}}",
         byRoute(),
         {}});
}

void addMissingAlpn(PreflightScene &scene, const MappingRoute &route)
{
    scene.add(
        {u"E5"_s,
         Level::Likely,
         {u"TLSContext"_s, {}, route.origination.context},
         u"spec.alpn_protocols"_s,
         {},
         u"without istio in alpn_protocols the route works under STRICT and breaks when STRICT is taken back"_s,
         {},
         u"write alpn_protocols: istio"_s,
         R"({"spec":{"alpn_protocols":"istio"}})",
         byRoute(),
         {}});
}

void addRoute(PreflightScene &scene, const MappingRoute &route)
{
    const UpstreamTarget &target = route.upstream.target;
    if (!target.servicePort && !target.service->isHeadless()) {
        if (route.upstream.cluster.tls)
            addMissingPort(scene, route);
    } else if (route.origination.kind == Origination::Kind::Plain && !route.written("tls").isEmpty()) {
        addUselessContext(scene, route);
    } else if (route.origination.kind != Origination::Kind::MutualTls
               || !route.origination.certificateProblem.isEmpty()) {
        addWithoutCertificate(scene, route);
    } else if (!route.origination.istioAlpn) {
        addMissingAlpn(scene, route);
    }
}

void addRoutes(PreflightScene &scene, const QList<Upstream> &upstreams)
{
    const auto objects = mappingObjects(scene.snapshot());
    const QString context = meshContext(scene);
    for (const Upstream &upstream : upstreams) {
        const Origination origination =
            originationOf(scene.snapshot(), scene.view().table->config(), upstream.cluster);
        for (const QString &mapping : upstream.mappings)
            addRoute(scene, {upstream, origination, mapping, objects.value(mapping), context});
    }
    const EdgeInstallation &edge = scene.view().installation;
    const bool anyStrict = std::any_of(upstreams.begin(), upstreams.end(), [](const Upstream &upstream) {
        return !upstream.target.pods.isEmpty();
    });
    if (anyStrict && !edge.hasIstioCertificate)
        scene.add({u"E1"_s,
                   Level::Blocker,
                   {u"Deployment"_s, edge.nameSpace, edge.name},
                   u"spec.template.spec"_s,
                   {},
                   u"the edge gets no certificate of the mesh: %1"_s.arg(edge.istioCertificateProblem),
                   {},
                   u"do the guide's step istio-certs first"_s,
                   {},
                   u"V10: the edge's /certs shows a fresh one"_s,
                   {}});
}

void addContexts(PreflightScene &scene)
{
    for (const Finding &finding : scene.view().findings) {
        if (finding.code == "TLS-003"_L1)
            scene.add({u"E3"_s,
                       Level::Blocker,
                       finding.subject,
                       finding.path,
                       {},
                       finding.message,
                       finding.evidence,
                       finding.remedy,
                       {},
                       byRoute(),
                       {}});
        if (finding.code == "TLS-004"_L1)
            scene.add({u"E10"_s,
                       Level::Likely,
                       finding.subject,
                       finding.path,
                       {},
                       finding.message,
                       finding.evidence,
                       finding.remedy,
                       R"({"spec":{"secret_namespacing":false}})",
                       byRoute(),
                       {}});
    }
}

// Services of the edge's other objects: some cannot do TLS at all.
void addOtherTargets(PreflightScene &scene)
{
    for (const QString &plural : {u"authservices"_s, u"ratelimitservices"_s, u"logservices"_s,
                                  u"tracingservices"_s, u"tcpmappings"_s}) {
        if (!scene.snapshot().knows(plural) && !scene.snapshot().isAbsent(plural))
            scene.skip(u"E7"_s, scene.snapshot().whyUnknown(plural));
    }
    const std::string own = scene.view().installation.ambassadorNamespace.toStdString();
    for (const edge::Value &object : scene.snapshot().ambassadorObjects) {
        const std::string &kind = object["kind"].text();
        const bool neverTls = kind == "LogService" || kind == "TracingService";
        if (!neverTls && kind != "AuthService" && kind != "RateLimitService" && kind != "TCPMapping")
            continue;
        const std::string &name =
            object.at({"spec", kind == "AuthService" ? "auth_service" : "service"}).text();
        const edge::ServiceScope scope{.nameSpace = object.at({"metadata", "namespace"}).text(),
                                       .ambassadorNamespace = own};
        const edge::ServiceName parsed = edge::parseService(edge::qualifiedService(name, scope));
        const bool tls = !object.at({"spec", "tls"}).isNull() || parsed.scheme == "https";
        if (!parsed.problem.empty() || (tls && !neverTls))
            continue;
        const int port = parsed.port != 0 ? parsed.port : 80;
        const UpstreamTarget target = resolveUpstream(scene.snapshot(), text(parsed.host), port, text(own));
        const auto *pod = target.service && target.servicePort
            ? scene.strictPodOf(*target.service, *target.servicePort)
            : nullptr;
        if (pod)
            scene.add({neverTls ? u"E7"_s : u"E2"_s,
                       Level::Blocker,
                       {text(kind), text(object.at({"metadata", "namespace"})),
                        text(object.at({"metadata", "name"}))},
                       u"spec.service"_s,
                       text(name),
                       neverTls ? u"a %1 has no field tls, and its Service becomes STRICT"_s.arg(text(kind))
                                : u"has no tls, and its Service becomes STRICT"_s,
                       {},
                       neverTls ? u"let the port stay PERMISSIVE, or move the Service out of the scope"_s
                                : u"set tls"_s,
                       {},
                       byRoute(),
                       neverTls ? std::optional(scene.exceptionFor(*pod->pod, pod->port)) : std::nullopt});
    }
}

void addOwnPod(PreflightScene &scene)
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
                {u"E8"_s,
                 Level::Likely,
                 {u"Deployment"_s, edge.nameSpace, edge.name},
                 u"spec.template.spec.containers"_s,
                 others.join(u", "_s),
                 u"outgoing traffic of these containers is not taken by the sidecar: what they call in the mesh refuses them"_s,
                 {},
                 u"let them call through the edge, or make exceptions"_s,
                 {},
                 u"V9"_s,
                 {}});
        if (pod.hasSidecar && !pod.capturesInbound(8080))
            scene.add(
                {u"E11"_s,
                 Level::Info,
                 {u"Deployment"_s, edge.nameSpace, edge.name},
                 u"metadata.annotations"_s,
                 {},
                 u"the edge's own ports are not behind its sidecar: STRICT neither protects nor breaks clients from outside"_s,
                 {},
                 {},
                 {},
                 byRoute(),
                 {}});
        return;
    }
}

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

// An edge before 4.1 may keep what it has read at its start; by then the files hold a newer one.
void addLoadedCertificate(PreflightScene &scene)
{
    const EdgeInstallation &edge = scene.view().installation;
    if (!edge.hasIstioCertificate)
        return scene.skip(u"E9"_s, u"the edge has no certificate of the mesh"_s);
    QString why =
        u"the edge's admin port 8001 was not asked; it needs the right to pods/portforward in %1"_s.arg(
            edge.nameSpace);
    bool any = false;
    const QDateTime files = endInFiles(scene);
    for (const ProxyCertificates &proxy : scene.snapshot().edgeProxies) {
        if (proxy.nameSpace != edge.nameSpace)
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
            scene.add(
                {u"E9"_s,
                 Level::Blocker,
                 {u"Pod"_s, proxy.nameSpace, proxy.pod},
                 {},
                 until,
                 stale,
                 {files.isValid()
                      ? u"loaded until %1, in the files until %2"_s.arg(until, files.toString(Qt::ISODate))
                      : u"loaded until %1, seen %2"_s.arg(until, proxy.seenAt.toString(Qt::ISODate))},
                 u"restart the edge; Emissary 4.1.0 reloads by itself"_s,
                 {},
                 u"V10: the edge's /certs shows a fresh one"_s,
                 {}});
        }
    }
    if (!any)
        scene.skip(u"E9"_s, why);
}

} // namespace

void checkEdge(PreflightScene &scene)
{
    addLoadedCertificate(scene);
    if (!scene.view().table) {
        for (const QString &check :
             {u"E1"_s, u"E2"_s, u"E3"_s, u"E4"_s, u"E5"_s, u"E6"_s, u"E7"_s, u"E8"_s, u"E10"_s, u"E11"_s})
            scene.skip(check, scene.view().problem.isEmpty() ? u"no edge was found"_s : scene.view().problem);
        return;
    }
    if (!scene.view().unsure.isEmpty())
        scene.skip(u"E2"_s, scene.view().unsure);
    addRoutes(scene, strictUpstreams(scene));
    addContexts(scene);
    addOtherTargets(scene);
    addOwnPod(scene);
}

} // namespace models
