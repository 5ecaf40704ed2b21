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
    scene.add(
        {.check = u"E6"_s,
         .level = Level::Blocker,
         .subject = mappingRef(route.mapping),
         .path = u"spec.service"_s,
         .value = route.written("service"),
         .message = u"TLS without a port goes to %1, which %2 does not have"_s.arg(route.upstream.target.port)
                        .arg(route.service()),
         .remedy = u"write the port"_s,
         .verify = byRoute()});
}

void addUselessContext(PreflightScene &scene, const MappingRoute &route)
{
    scene.add({.check = u"E4"_s,
               .level = Level::Blocker,
               .subject = mappingRef(route.mapping),
               .path = u"spec.tls"_s,
               .value = route.written("tls"),
               .message = u"its TLSContext has no certificate, so the edge speaks clear text to %1"_s.arg(
                   route.service()),
               .remedy = u"give the TLSContext its certificate first"_s,
               .verify = byRoute()});
}

void addWithoutCertificate(PreflightScene &scene, const MappingRoute &route)
{
    const QString &problem = route.origination.certificateProblem;
    scene.add(
        {.check = u"E2"_s,
         .level = Level::Blocker,
         .subject = mappingRef(route.mapping),
         .path = u"spec.tls"_s,
         .value = route.written("tls"),
         .message = problem.isEmpty()
             ? u"the edge would speak to STRICT pods of %1 without a client certificate"_s.arg(
                 route.service())
             : u"STRICT pods of %1 would refuse the edge's certificate: %2"_s.arg(route.service(), problem),
         .evidence = {u"cluster %1"_s.arg(text(route.upstream.cluster.name))},
         .remedy = u"set tls: %1, with the port written out"_s.arg(route.context),
         .patch = "{\"spec\":{\"tls\":\"" + route.context.toUtf8() + "\"}}",
         .verify = byRoute()});
}

void addMissingAlpn(PreflightScene &scene, const MappingRoute &route)
{
    scene.add(
        {.check = u"E5"_s,
         .level = Level::Likely,
         .subject = {u"TLSContext"_s, {}, route.origination.context},
         .path = u"spec.alpn_protocols"_s,
         .message =
             u"without istio in alpn_protocols the route works under STRICT and breaks when STRICT is taken back"_s,
         .remedy = u"write alpn_protocols: istio"_s,
         .patch = R"({"spec":{"alpn_protocols":"istio"}})",
         .verify = byRoute()});
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
        scene.add(
            {.check = u"E1"_s,
             .level = Level::Blocker,
             .subject = {edge.kind, edge.nameSpace, edge.name},
             .path = u"spec.template.spec"_s,
             .message = u"the edge gets no certificate of the mesh: %1"_s.arg(edge.istioCertificateProblem),
             .remedy = u"do the guide's step istio-certs first"_s,
             .verify = u"V10: the edge's /certs shows a fresh one"_s});
}

void addContexts(PreflightScene &scene)
{
    for (const Finding &finding : scene.view().findings) {
        if (finding.code == "TLS-003"_L1)
            scene.add({.check = u"E3"_s,
                       .level = Level::Blocker,
                       .subject = finding.subject,
                       .path = finding.path,
                       .message = finding.message,
                       .evidence = finding.evidence,
                       .remedy = finding.remedy,
                       .verify = byRoute()});
        if (finding.code == "TLS-004"_L1)
            scene.add({.check = u"E10"_s,
                       .level = Level::Likely,
                       .subject = finding.subject,
                       .path = finding.path,
                       .message = finding.message,
                       .evidence = finding.evidence,
                       .remedy = finding.remedy,
                       .patch = R"({"spec":{"secret_namespacing":false}})",
                       .verify = byRoute()});
    }
}

struct OtherTarget // of an AuthService, RateLimitService, TCPMapping …
{
    const edge::Value &object;
    const PreflightScene::PodPort &pod;
    QString service;
    bool tls = false; // that the edge begins, with a certificate or without
};

QString whyNoCertificate(const PreflightScene &scene, const OtherTarget &target)
{
    if (!target.tls)
        return u"has no tls, and its Service becomes STRICT"_s;
    edge::Cluster cluster;
    cluster.tls = true;
    cluster.tlsContext = target.object.at({"spec", "tls"}).text();
    const Origination origination = originationOf(scene.snapshot(), scene.view().table->config(), cluster);
    if (origination.kind != Origination::Kind::MutualTls)
        return u"its tls names no TLSContext with a client certificate, and its Service becomes STRICT"_s;
    return origination.certificateProblem.isEmpty()
        ? QString()
        : u"its Service becomes STRICT and would refuse the edge's certificate: %1"_s.arg(
            origination.certificateProblem);
}

void addOtherTarget(PreflightScene &scene, const OtherTarget &target)
{
    const std::string &kind = target.object["kind"].text();
    const ObjectRef subject{text(kind), text(target.object.at({"metadata", "namespace"})),
                            text(target.object.at({"metadata", "name"}))};
    if (kind == "LogService" || kind == "TracingService")
        return scene.add(
            {.check = u"E7"_s,
             .level = Level::Blocker,
             .subject = subject,
             .path = u"spec.service"_s,
             .value = target.service,
             .message = u"a %1 has no field tls, and its Service becomes STRICT"_s.arg(text(kind)),
             .remedy = u"let the port stay PERMISSIVE, or move the Service out of the scope"_s,
             .verify = byRoute(),
             .exception = scene.exceptionFor(*target.pod.pod, target.pod.port)});
    const QString why = whyNoCertificate(scene, target);
    const QString context = meshContext(scene);
    if (!why.isEmpty())
        scene.add({.check = u"E2"_s,
                   .level = Level::Blocker,
                   .subject = subject,
                   .path = u"spec.tls"_s,
                   .value = text(target.object.at({"spec", "tls"})),
                   .message = why,
                   .evidence = {u"service %1"_s.arg(target.service)},
                   .remedy = u"set tls: %1, with the port written out"_s.arg(context),
                   .patch = "{\"spec\":{\"tls\":\"" + context.toUtf8() + "\"}}",
                   .verify = byRoute()});
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
        const bool isMeant = kind == "LogService" || kind == "TracingService" || kind == "AuthService"
            || kind == "RateLimitService" || kind == "TCPMapping";
        if (!isMeant || !whyNotForEdge(object, scene.view().installation).isEmpty())
            continue;
        const std::string &name =
            object.at({"spec", kind == "AuthService" ? "auth_service" : "service"}).text();
        const edge::ServiceScope scope{.nameSpace = object.at({"metadata", "namespace"}).text(),
                                       .ambassadorNamespace = own};
        const edge::ServiceName parsed = edge::parseService(edge::qualifiedService(name, scope));
        if (!parsed.problem.empty())
            continue;
        const int port = parsed.port != 0 ? parsed.port : 80;
        const UpstreamTarget target = resolveUpstream(scene.snapshot(), text(parsed.host), port, text(own));
        const auto *pod = target.service && target.servicePort
            ? scene.strictPodOf(*target.service, *target.servicePort)
            : nullptr;
        if (pod)
            addOtherTarget(
                scene,
                {object, *pod, text(name), !object.at({"spec", "tls"}).isNull() || parsed.scheme == "https"});
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
                {.check = u"E8"_s,
                 .level = Level::Likely,
                 .subject = {edge.kind, edge.nameSpace, edge.name},
                 .path = u"spec.template.spec.containers"_s,
                 .value = others.join(u", "_s),
                 .message =
                     u"outgoing traffic of these containers is not taken by the sidecar: what they call in the mesh refuses them"_s,
                 .remedy = u"let them call through the edge, or make exceptions"_s,
                 .verify = u"V9"_s});
        if (pod.hasSidecar && !pod.capturesInbound(8080))
            scene.add(
                {.check = u"E11"_s,
                 .level = Level::Info,
                 .subject = {edge.kind, edge.nameSpace, edge.name},
                 .path = u"metadata.annotations"_s,
                 .message =
                     u"the edge's own ports are not behind its sidecar: STRICT neither protects nor breaks clients from outside"_s,
                 .verify = byRoute()});
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

// §2.4: whatever the coverage of the whole, what a Mapping leads to must have been seen.
void addDarkTargets(PreflightScene &scene, const QList<Upstream> &upstreams)
{
    if (!scene.input().telemetry)
        return;
    QStringList dark;
    for (const Upstream &upstream : upstreams) {
        for (const UpstreamTarget::PodPort &one : upstream.target.pods) {
            const QString workload = workloadKey(*one.pod);
            const QString said = u"%1, which Mapping %2 leads to"_s.arg(workload, upstream.mappings.first());
            if (scene.inScope(*one.pod) && scene.modeAfter(*one.pod, one.port).enforced
                && !scene.input().telemetry->covered.contains(workload) && !dark.contains(said))
                dark.append(said);
        }
    }
    if (!dark.isEmpty())
        scene.skip(u"T2"_s, u"no telemetry of %1"_s.arg(dark.join(u", "_s)));
}

void checkTable(PreflightScene &scene, const QString &unsure)
{
    if (!unsure.isEmpty())
        scene.skip(u"E2"_s, unsure);
    const QList<Upstream> upstreams = strictUpstreams(scene);
    addRoutes(scene, upstreams);
    addDarkTargets(scene, upstreams);
    addContexts(scene);
    addOtherTargets(scene);
    addOwnPod(scene);
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
    checkTable(scene, scene.view().unsure);
}

void checkOtherEdge(PreflightScene &scene)
{
    const QString key = scene.view().installation.key();
    if (scene.view().installation.hasIstioCertificate)
        addLoadedCertificate(scene);
    if (!scene.view().table)
        return scene.skip(u"E2"_s, u"edge %1: %2"_s.arg(key, scene.view().problem));
    checkTable(scene,
               scene.view().unsure.isEmpty() ? QString() : u"edge %1: %2"_s.arg(key, scene.view().unsure));
}

} // namespace models
