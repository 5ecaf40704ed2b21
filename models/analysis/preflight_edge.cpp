// SPDX-License-Identifier: GPL-3.0-or-later
// E1, E2, E4 … E7: what the edge sends to, which is what breaks first.
#include "edge/config/service_name.h"
#include "models/analysis/cluster_users.h"
#include "models/analysis/edge_compile.h"
#include "models/analysis/originate_tls.h"
#include "models/analysis/preflight_scene.h"
#include "models/resources/text.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

struct Upstream // of one cluster of the edge that becomes STRICT
{
    edge::Cluster cluster;
    UpstreamTarget target;
    QList<ObjectRef> users; // Mappings, TCPMappings, AuthService …
};

bool becomesStrict(PreflightScene &scene, const UpstreamTarget &target)
{
    return std::any_of(target.pods.begin(), target.pods.end(), [&](const UpstreamTarget::PodPort &one) {
        const EffectiveMode &after = scene.modeAfter(*one.pod, one.port);
        return after.enforced && after.known && after.mode == MtlsMode::Strict && scene.inScope(*one.pod);
    });
}

bool leadsIntoScope(const PreflightScene &scene, const Service &service)
{
    const QList<const Pod *> pods = scene.snapshot().podsOf(service);
    return std::any_of(pods.begin(), pods.end(), [&scene](const Pod *pod) { return scene.inScope(*pod); });
}

// Whom a Mapping will lead to once the Deployment behind its Service is scaled up again.
void addAsleep(UpstreamTarget &target, PreflightScene &scene)
{
    if (target.kind != UpstreamTarget::Kind::Service || !target.servicePort || !target.pods.isEmpty())
        return;
    for (const Pod *pod : scene.asleepBehind(*target.service)) {
        const int port = target.service->targetPortOf(*target.servicePort, *pod);
        target.pods.append({pod, port, scene.modesBefore().of(*pod, port)});
    }
}

// Of a headless Service the pods themselves are dialled: at a port that one of them has, or that the Service names.
bool isListenedTo(const UpstreamTarget &target)
{
    return target.servicePort
        || std::any_of(target.pods.begin(), target.pods.end(), [&target](const UpstreamTarget::PodPort &one) {
               const auto &ports = one.pod->ports;
               return std::any_of(ports.begin(), ports.end(), [&target](const ContainerPort &port) {
                   return port.port == target.port && port.isTcp;
               });
           });
}

void addStrict(QList<Upstream> &found, PreflightScene &scene, const edge::Cluster &cluster,
               const std::vector<edge::ResourceRef> &users)
{
    for (const edge::UpstreamAddress &address : addressesOf(cluster)) {
        Upstream upstream{cluster,
                          resolveUpstream(scene.snapshot(), text(address.host), address.port,
                                          scene.view().installation.ambassadorNamespace, scene.modesBefore()),
                          {}};
        const auto &target = upstream.target;
        addAsleep(upstream.target, scene);
        const bool isByHand =
            target.kind == UpstreamTarget::Kind::Service && target.service->selector.isEmpty();
        if (isByHand && scene.isUnread(scene.snapshot().slicesPlural()))
            scene.skip(u"E2"_s,
                       u"%1 has no selector, and %2"_s.arg(target.serviceRef.text(),
                                                           scene.whyUnread(scene.snapshot().slicesPlural())));
        const bool missingPort = target.kind == UpstreamTarget::Kind::Service && !target.servicePort
            && leadsIntoScope(scene, *target.service)
            && (!target.service->isHeadless() || (cluster.tls && !isListenedTo(target)));
        if (!becomesStrict(scene, upstream.target) && !missingPort)
            continue;
        for (const edge::ResourceRef &user : users)
            upstream.users.append(refOf(user));
        found.append(std::move(upstream));
    }
}

using Objects = QHash<QString, ConfiguredObject>; // by what ObjectRef::text says

Objects objectsOf(const PreflightScene &scene)
{
    Objects objects;
    for (ConfiguredObject &one : configuredObjects(scene.snapshot(), scene.view().installation)) {
        const QString key = refOf(*one.object).text();
        if (!objects.contains(key))
            objects.insert(key, std::move(one));
    }
    return objects;
}

// A tracer that an Envoy of today does not know is in no configuration of ours; the edge's own may call it.
void addUnknownTracer(QList<Upstream> &found, PreflightScene &scene, const Objects &objects)
{
    for (const ConfiguredObject &one : objects) {
        const ObjectRef by = refOf(*one.object);
        if (by.kind != "TracingService"_L1
            || !whyNotForEdge(*one.object, scene.view().installation).isEmpty())
            continue;
        const edge::ServiceName service = edge::parseService(one.object->at({"spec", "service"}).text());
        if (!service.problem.empty())
            continue;
        const edge::ResourceRef source{by.kind.toStdString(), by.name.toStdString(),
                                       by.nameSpace.toStdString()};
        edge::Cluster cluster;
        cluster.name = by.text().toStdString();
        cluster.host = service.host;
        cluster.port = std::uint16_t(service.port != 0 ? service.port : service.scheme == "https" ? 443 : 80);
        addStrict(found, scene, cluster, {source});
    }
}

QList<Upstream> strictUpstreams(PreflightScene &scene, const Objects &objects)
{
    const edge::Config &config = scene.view().table->config();
    std::vector<ConfiguredObject> all;
    for (const ConfiguredObject &one : objects)
        all.push_back(one);
    const ClusterUsers usersOf = clusterUsers(config, edgeServices(all, scene.view().installation));
    QList<Upstream> found;
    for (const auto &[name, cluster] : config.clusters) {
        if (const auto users = usersOf.find(name); users != usersOf.end())
            addStrict(found, scene, cluster, users->second);
    }
    const bool hasTracer = std::any_of(usersOf.begin(), usersOf.end(), [](const auto &users) {
        return std::any_of(users.second.begin(), users.second.end(),
                           [](const edge::ResourceRef &user) { return user.kind == "TracingService"; });
    });
    if (!hasTracer)
        addUnknownTracer(found, scene, objects);
    return found;
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

struct Use // of a cluster that becomes STRICT, by one object
{
    const Upstream &upstream;
    const Origination &origination;
    ObjectRef by;
    std::optional<ConfiguredObject> object;
    QString context;           // the TLSContext with the mesh's certificate
    bool namesContext = false; // its tls is the name of a TLSContext, useful or not

    QString written(const char *field) const
    {
        return object ? text(object->object->at({"spec", field})) : QString();
    }
    const char *serviceField() const { return models::serviceField(by.kind.toStdString()); }
    QString service() const { return upstream.target.serviceRef.text(); }
    // LogService, TracingService: they have no field tls.
    bool isHelper() const { return by.kind == "LogService"_L1 || by.kind == "TracingService"_L1; }
    bool isOwn() const { return object && object->isOwn(); }
    bool isOfIngress() const { return object && object->isMade; }
    ObjectRef subject() const { return isOfIngress() ? object->holder : by; }
    QStringList evidence() const
    {
        QStringList lines{u"cluster %1"_s.arg(text(upstream.cluster.name))};
        for (const UpstreamTarget::PodPort &one : upstream.target.pods) {
            if (one.pod->name.isEmpty()) // as PreflightScene makes it
                lines.append(u"Deployment %1/%2 is scaled to nothing now"_s.arg(one.pod->nameSpace,
                                                                                one.pod->workload()));
        }
        if (object && !object->isOwn())
            lines.append(isOfIngress() ? u"as %1, made of it"_s.arg(by.text())
                                       : u"it stands in the %1"_s.arg(object->source()));
        return lines;
    }
};

// Where the Service has one port alone, that must be the one that was meant.
QByteArray portPatch(const Use &use)
{
    const Service *service = use.upstream.target.service;
    if (!use.isOwn() || !service || service->ports.size() != 1)
        return {};
    const std::string written = use.object->object->at({"spec", use.serviceField()}).text();
    const edge::ServiceName parsed = edge::parseService(written);
    if (!parsed.problem.empty() || parsed.port != 0)
        return {};
    edge::Value spec = edge::Value::object({});
    spec.set(use.serviceField(), written + ':' + std::to_string(service->ports.first().port));
    return QByteArray::fromStdString(edge::toJson(edge::Value::object({{"spec", std::move(spec)}})));
}

void addMissingPort(PreflightScene &scene, const Use &use)
{
    scene.add(
        {.check = u"E6"_s,
         .level = Level::Blocker,
         .subject = use.subject(),
         .path = u"spec."_s + QLatin1String(use.serviceField()),
         .value = use.written(use.serviceField()),
         .message = u"TLS without a port goes to %1, which %2 does not have"_s.arg(use.upstream.target.port)
                        .arg(use.service()),
         .evidence = use.evidence(),
         .remedy = u"write the port"_s,
         .patch = portPatch(use),
         .verify = verifyEdge()});
}

void addUselessContext(PreflightScene &scene, const Use &use)
{
    scene.add({.check = u"E4"_s,
               .level = Level::Blocker,
               .subject = use.subject(),
               .path = u"spec.tls"_s,
               .value = use.written("tls"),
               .message = u"its TLSContext has no certificate, so the edge speaks clear text to %1"_s.arg(
                   use.service()),
               .evidence = use.evidence(),
               .remedy = u"give the TLSContext its certificate first"_s,
               .verify = verifyEdge()});
}

QByteArray tlsPatch(const Use &use)
{
    if (!use.isOwn())
        return {};
    edge::Value spec =
        originationSpec(*use.object->object, use.context.toStdString(), use.upstream.cluster.port);
    return QByteArray::fromStdString(edge::toJson(edge::Value::object({{"spec", std::move(spec)}})));
}

// A canary that waits with weight 0: what would refuse it refuses nothing yet.
bool getsNoRequests(const PreflightScene &scene, const Use &use)
{
    const ObjectRef subject = use.subject();
    const auto verdict = scene.view().mappings.value(subject.nameSpace + u'/' + subject.name);
    return subject.kind == "Mapping"_L1 && verdict
        && std::any_of(verdict->findings.begin(), verdict->findings.end(),
                       [](const Finding &finding) { return finding.code == "RT-011"_L1; });
}

void addWithoutCertificate(PreflightScene &scene, const Use &use)
{
    const bool isIdle = getsNoRequests(scene, use);
    const QString &problem = use.origination.certificateProblem;
    scene.add(
        {.check = u"E2"_s,
         .level = isIdle ? Level::Info : Level::Blocker,
         .subject = use.subject(),
         .path = use.isOfIngress() ? u"spec.rules"_s : u"spec.tls"_s,
         .value = use.written("tls"),
         .message = problem.isEmpty()
             ? u"the edge would speak to STRICT pods of %1 without a client certificate%2"_s.arg(
                 use.service(), isIdle ? u", once its share of the requests is more than 0 %"_s : QString())
             : u"STRICT pods of %1 would refuse the edge's certificate: %2"_s.arg(use.service(), problem),
         .evidence = use.evidence(),
         .remedy = use.isOfIngress()
             ? u"an Ingress cannot say tls: write a Mapping with tls: %1 in its place"_s.arg(use.context)
             : u"set tls: %1, with the port written out"_s.arg(use.context),
         .patch = tlsPatch(use),
         .verify = verifyEdge()});
}

// One of the TLSContext, whoever uses it.
void addMissingAlpn(PreflightScene &scene, const Use &use)
{
    const auto &contexts = scene.view().table->config().tlsContexts;
    const auto context = contexts.find(use.origination.context.toStdString());
    const ObjectRef subject = context == contexts.end() || context->second.source.kind.empty()
        ? ObjectRef{u"TLSContext"_s, {}, use.origination.context}
        : refOf(context->second.source);
    const auto &rows = scene.rows();
    if (std::any_of(rows.begin(), rows.end(),
                    [&](const PreflightRow &row) { return row.check == "E5"_L1 && row.subject == subject; }))
        return;
    scene.add(
        {.check = u"E5"_s,
         .level = Level::Likely,
         .subject = subject,
         .path = u"spec.alpn_protocols"_s,
         .message =
             u"without istio in alpn_protocols routes work under STRICT and break when STRICT is taken back"_s,
         .evidence = {u"used by %1"_s.arg(use.by.text())},
         .remedy = u"write alpn_protocols: istio"_s,
         .patch = R"({"spec":{"alpn_protocols":"istio"}})",
         .verify = verifyEdge()});
}

// One row for each workload and port: each needs an exception of its own.  What is STRICT already refuses the helper today, and
// the switch has no exception to keep.
void addHelper(PreflightScene &scene, const Use &use)
{
    const auto servers = scene.strictAfterOf(use.upstream.target);
    for (const auto *server : servers) {
        const bool becomes = server->becomesStrict();
        PreflightRow row{
            .check = u"E7"_s,
            .level = Level::Blocker,
            .subject = use.subject(),
            .path = u"spec.service"_s,
            .value = use.written("service"),
            .message = u"a %1 has no field tls, and port %2 of %3 %4"_s.arg(
                use.by.kind, QString::number(server->port), workloadKey(*server->pod),
                becomes ? u"becomes STRICT"_s : u"is STRICT by %1"_s.arg(server->before.reason)),
            .evidence = use.evidence(),
            .remedy = becomes
                ? u"let the port stay PERMISSIVE, or move the Service out of the scope"_s
                : u"let a PeerAuthentication with portLevelMtls make port %1 PERMISSIVE, or send it elsewhere"_s
                      .arg(server->port),
            .verify = verifyEdge()};
        if (becomes)
            row.exception = scene.exceptionFor(*server->pod, server->port);
        scene.add(std::move(row));
    }
}

void addUse(PreflightScene &scene, const Use &use)
{
    const UpstreamTarget &target = use.upstream.target;
    const bool isDialled =
        target.service && target.service->isHeadless() && (!use.upstream.cluster.tls || isListenedTo(target));
    if (target.service && !target.servicePort && !isDialled) {
        if (use.upstream.cluster.tls)
            addMissingPort(scene, use);
    } else if (use.isHelper()) {
        addHelper(scene, use);
    } else if (use.origination.kind == Origination::Kind::Plain && use.namesContext) {
        addUselessContext(scene, use);
    } else if (use.origination.kind != Origination::Kind::MutualTls
               || !use.origination.certificateProblem.isEmpty()) {
        const bool mayBeUnread = !use.written("tls").isEmpty() && scene.isUnread(u"tlscontexts"_s);
        if (!mayBeUnread) // else E2 is not checked
            addWithoutCertificate(scene, use);
    } else if (!use.origination.istioAlpn) {
        addMissingAlpn(scene, use);
    }
}

// Istio up to 1.4 brings it by Citadel's Secret, and Ambassador before 1.10 names its sidecar's files: E2 looks at those.
bool hasOtherWay(const PreflightScene &scene)
{
    return scene.snapshot().isOldMesh() || !scene.view().installation.meshFilesDir.isEmpty();
}

void addUses(PreflightScene &scene, const QList<Upstream> &upstreams, const Objects &objects)
{
    const QString context = meshContext(scene);
    QSet<QString> contexts;
    for (const ConfiguredObject &one : objects) {
        if (const ObjectRef ref = refOf(*one.object); ref.kind == "TLSContext"_L1)
            contexts.insert(ref.name);
    }
    for (const Upstream &upstream : upstreams) {
        const Origination origination =
            originationOf(scene.snapshot(), scene.view().table->config(), upstream.cluster);
        for (const ObjectRef &by : upstream.users) {
            Use use{upstream, origination, by, {}, context};
            if (const auto object = objects.constFind(by.text()); object != objects.constEnd())
                use.object = *object;
            use.namesContext = contexts.contains(use.written("tls"));
            addUse(scene, use);
        }
    }
    const bool byMeshTls =
        std::any_of(upstreams.begin(), upstreams.end(), [&scene](const Upstream &upstream) {
            return originationOf(scene.snapshot(), scene.view().table->config(), upstream.cluster).kind
                == Origination::Kind::MutualTls;
        });
    if (byMeshTls)
        checkThatOneIsLoaded(scene);
    const EdgeInstallation &edge = scene.view().installation;
    const bool anyStrict = std::any_of(upstreams.begin(), upstreams.end(), [](const Upstream &upstream) {
        return !upstream.target.pods.isEmpty();
    });
    if (anyStrict && edge.name.isEmpty()) { // of manifests that another chart's edge takes
        for (const QString &check : {u"E1"_s, u"E8"_s, u"E9"_s, u"E11"_s})
            scene.skip(
                check,
                u"the edge is not among these objects, so what its pods have is not known; add its Deployment by another -f, or look at the cluster itself"_s);
    } else if (anyStrict && !edge.hasIstioCertificate && !hasOtherWay(scene)) {
        scene.add(
            {.check = u"E1"_s,
             .level = Level::Blocker,
             .subject = {edge.kind, edge.nameSpace, edge.name},
             .path = u"spec.template.spec"_s,
             .message = u"the edge gets no certificate of the mesh: %1"_s.arg(edge.istioCertificateProblem),
             .remedy = u"do the guide's step istio-certs first"_s,
             .verify = u"V10: the edge's /certs shows a fresh one"_s});
    }
}

// §2.4: whatever the coverage of the whole, what a Mapping leads to must have been seen.
void addDarkTargets(PreflightScene &scene, const QList<Upstream> &upstreams)
{
    if (!scene.input().telemetry)
        return;
    QStringList dark;
    for (const Upstream &upstream : upstreams) {
        for (const UpstreamTarget::PodPort &one : upstream.target.pods) {
            if (scene.isAsleep(*one.pod))
                continue; // nobody has called it
            const QString workload = workloadKey(*one.pod);
            const QString said = u"%1, which %2 leads to"_s.arg(workload, upstream.users.constFirst().text());
            if (scene.inScope(*one.pod) && scene.modeAfter(*one.pod, one.port).enforced
                && !scene.input().telemetry->covered.contains(workload) && !dark.contains(said))
                dark.append(said);
        }
    }
    if (!dark.isEmpty())
        scene.skip(
            u"T2"_s,
            u"no telemetry of %1; let Prometheus scrape port 15020 of its pods, or send a request there in the window"_s
                .arg(dark.join(u", "_s)));
}

void checkTable(PreflightScene &scene, const QString &unsure)
{
    if (!unsure.isEmpty())
        scene.skip(
            u"E2"_s,
            u"%1; ask for get, list and watch on %2 in all namespaces, or name them by another -f"_s.arg(
                unsure, unreadEdgeKinds(scene.snapshot()).join(u", "_s)));
    const Objects objects = objectsOf(scene);
    const QList<Upstream> upstreams = strictUpstreams(scene, objects);
    addUses(scene, upstreams, objects);
    addDarkTargets(scene, upstreams);
    checkContexts(scene);
    checkEdgePod(scene);
    checkEdgeCalls(scene);
}

} // namespace

void checkEdge(PreflightScene &scene)
{
    checkLoadedCertificate(scene);
    if (!scene.view().table) {
        for (const QString &check :
             {u"E1"_s, u"E2"_s, u"E3"_s, u"E4"_s, u"E5"_s, u"E6"_s, u"E7"_s, u"E8"_s, u"E10"_s, u"E11"_s})
            scene.skip(
                check,
                scene.view().problem.isEmpty()
                    ? u"no edge was found; where there is one, ask for get, list and watch on deployments and daemonsets"_s
                    : scene.view().problem);
        return;
    }
    checkTable(scene, scene.view().unsure);
}

void checkOtherEdge(PreflightScene &scene)
{
    const QString key = scene.view().installation.key();
    if (scene.view().installation.hasIstioCertificate)
        checkLoadedCertificate(scene);
    if (!scene.view().table)
        return scene.skip(u"E2"_s, u"edge %1: %2"_s.arg(key, scene.view().problem));
    checkTable(scene,
               scene.view().unsure.isEmpty() ? QString() : u"edge %1: %2"_s.arg(key, scene.view().unsure));
}

} // namespace models
