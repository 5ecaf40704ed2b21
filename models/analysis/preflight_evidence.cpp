// SPDX-License-Identifier: GPL-3.0-or-later
// T1 … T5, X1 … X4, R1 … R5: what was seen in traffic, trust, and the right to act and to go back.
#include "models/analysis/certificates.h"
#include "models/analysis/cron_period.h"
#include "models/analysis/preflight_scene.h"
#include "models/analysis/shadow_gate.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

QString lastSeenText(const StrictTelemetry::Plaintext &one)
{
    return one.lastSeen.isValid() ? u", last seen %1"_s.arg(one.lastSeen.toString(Qt::ISODate)) : QString();
}

// Most likely it was the edge's.  It may have hidden somebody else's, which nothing here tells: not for the preflight to let pass.
void addEnded(PreflightScene &scene, const StrictTelemetry::Plaintext &one)
{
    const QStringList &own = scene.input().ownMappings;
    const bool isOwn = std::all_of(one.endedWith.begin(), one.endedWith.end(),
                                   [&own](const QString &mapping) { return own.contains(mapping); });
    scene.add(
        {.check = u"T1"_s,
         .level = Level::Likely,
         .subject = scene.snapshot().workload(one.nameSpace, one.workload),
         .value = one.protocol,
         .message =
             u"it was called in clear text until the edge came with its certificate (Mapping %1), and not since"_s
                 .arg(one.endedWith.join(u", "_s)),
         .evidence =
             {one.amount(),
              one.clearTimes.isEmpty()
                  ? u"three scrapes since then, and none before the Mapping was made"_s
                  : u"three scrapes since then, and none in the window but while, by the journal, it led in clear text: "_s
                      + one.clearTimes,
              one.query},
         .remedy = u"nothing, unless somebody else called it in that time: an access log tells"_s,
         .verify = u"V2: no clear text is counted after the drain"_s,
         .accepted = isOwn ? u"clear text of a Mapping that was written here without tls, and has it now"_s
                           : QString()});
}

void addPlaintext(PreflightScene &scene, const StrictTelemetry &telemetry)
{
    QSet<QString> strict;
    QHash<QString, QString> workloadOf; // by pod, of those that become STRICT
    const Pod *last = nullptr;          // the ports of a pod stand together
    for (const auto &one : scene.podPorts()) {
        if (!one.isStrictAfter() || one.pod == last)
            continue;
        last = one.pod;
        strict.insert(workloadKey(*one.pod));
        workloadOf.insert(one.pod->nameSpace + u'/' + one.pod->name, workloadKey(*one.pod));
    }
    for (const StrictTelemetry::Plaintext &one : telemetry.plaintext) {
        if (!strict.contains(one.nameSpace + u'/' + one.workload))
            continue;
        const bool named = !one.sourceWorkload.isEmpty() && one.sourceWorkload != "unknown"_L1;
        if (!one.endedWith.isEmpty()) {
            addEnded(scene, one);
            continue;
        }
        const QString caller =
            named ? one.sourceNamespace + u'/' + one.sourceWorkload : u"a caller without a sidecar"_s;
        scene.add({.check = u"T1"_s,
                   .level = Level::Likely,
                   .subject = scene.snapshot().workload(one.nameSpace, one.workload),
                   .value = one.protocol,
                   .message = u"%1 calls it in clear text and would be refused"_s.arg(caller),
                   .evidence = {u"%1 between %2 and %3%4"_s.arg(
                                    one.amount(), telemetry.from.toString(Qt::ISODate),
                                    telemetry.to.toString(Qt::ISODate), lastSeenText(one)),
                                one.query},
                   .remedy = named ? u"give the caller a sidecar or a certificate"_s
                                   : u"find the caller: an access log of the workload shows its address"_s,
                   .verify = u"V2: no clear text is counted after the drain"_s});
    }
    const QHash<QString, double> shadow = telemetry.shadowDenied.value_or(QHash<QString, double>());
    for (auto denied = shadow.begin(); denied != shadow.end(); ++denied) {
        const QString workload = workloadOf.value(denied.key());
        if (denied.value() > 0 && !workload.isEmpty())
            scene.add({.check = u"T5"_s,
                       .level = Level::Likely,
                       .subject =
                           scene.snapshot().workload(workload.section(u'/', 0, 0), workload.section(u'/', 1)),
                       .value = QString::number(denied.value()),
                       .message = u"shadow STRICT would have refused %1 of its requests"_s.arg(
                           wholeCount(denied.value())),
                       .remedy = u"explain every source first"_s,
                       .verify = u"V2"_s});
    }
}

// A job that runs less often than the window is long may not have been seen.
void addRareJobs(PreflightScene &scene, const StrictTelemetry &telemetry)
{
    const qint64 window = std::min(telemetry.from.secsTo(telemetry.to), scene.input().windowSeconds);
    for (const CronJob *job : jobsWithoutSidecar(scene.snapshot())) {
        const qint64 pause = longestPause(job->schedule);
        const qint64 wanted = pause + pause / 5; // §2.4: its period × 1.2
        if (pause > 0 && wanted <= window)
            continue;
        scene.add(
            {.check = u"T4"_s,
             .level = Level::Possible,
             .subject = {u"CronJob"_s, job->nameSpace, job->name},
             .path = u"spec.schedule"_s,
             .value = job->schedule,
             .message = pause > 0
                 ? u"it may not have run in the window: that is %1 long, and its runs want one of %2"_s.arg(
                     pauseText(window), pauseText(wanted))
                 : u"whether it has run in the window is not known: its schedule cannot be read"_s,
             .remedy = u"lengthen the window (--window), as far as Prometheus keeps its data"_s,
             .verify = u"V9 after its next run"_s});
    }
}

bool concerns(const TelemetrySettings &settings, const PreflightScene &scene)
{
    const QString &root = scene.snapshot().istioRootNamespace;
    return std::any_of(scene.podPorts().begin(), scene.podPorts().end(), [&](const auto &one) {
        return one.isStrictAfter() && (settings.nameSpace == root || settings.nameSpace == one.pod->nameSpace)
            && containsAll(one.pod->labels, settings.selector);
    });
}

// What keeps the servers in scope from being counted as they are; "" nothing.
QString silenceOf(const PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    if (scene.isUnread(u"telemetries"_s))
        return scene.whyUnread(u"telemetries"_s);
    QStringList reasons;
    for (const TelemetrySettings &settings : snapshot.telemetries) {
        if (settings.silences.isEmpty() || settings.hasTargets || !concerns(settings, scene))
            continue;
        for (const TelemetrySettings::Silence &silence : settings.silences)
            reasons.append(u"by Telemetry %1/%2 %3 (%4)"_s.arg(settings.nameSpace, settings.name,
                                                               silence.what, silence.path));
    }
    return reasons.isEmpty() ? QString()
                             : reasons.join(u"; "_s)
            + u": that nothing is counted means nothing there; take that out of the Telemetry, or wait out the window after it is gone"_s;
}

QString noShadow()
{
    return u"no shadow STRICT has run; `strict apply` runs it as a stage of its own, where Istio is new enough"_s;
}

void addTelemetry(PreflightScene &scene)
{
    if (!scene.input().telemetry) {
        for (const QString &check : {u"C3"_s, u"T1"_s, u"T2"_s, u"T3"_s, u"T4"_s})
            scene.skip(check, whyNoTelemetry());
        scene.skip(u"T5"_s, noShadow());
        return;
    }
    const StrictTelemetry &telemetry = *scene.input().telemetry;
    addPlaintext(scene, telemetry);
    if (!telemetry.shadowDenied)
        scene.skip(u"T5"_s, noShadow());
    if (!telemetry.unanswered.isEmpty())
        scene.skip(
            u"T3"_s,
            u"%1 queries failed: %2; sallyportctl doctor asks Prometheus, and its log says which limit they met"_s
                .arg(telemetry.unanswered.size())
                .arg(telemetry.unanswered.join(u", "_s)));
    const QString silence = silenceOf(scene);
    if (telemetry.unreadable > 0)
        scene.skip(
            u"T3"_s,
            u"%1 series say neither mutual_tls nor none; %2"_s.arg(telemetry.unreadable)
                .arg(
                    silence.isEmpty()
                        ? u"a Telemetry object may have removed the label: give connection_security_policy back"_s
                        : silence));
    else if (!silence.isEmpty())
        scene.skip(u"T3"_s, silence);
    addRareJobs(scene, telemetry);
    if (telemetry.from.secsTo(telemetry.to) < scene.input().windowSeconds)
        scene.skip(
            u"T4"_s,
            u"the telemetry spans %1 s of the %2 s that are asked for; wait until it does, let Prometheus keep its data longer, or ask for less by --window"_s
                .arg(telemetry.from.secsTo(telemetry.to))
                .arg(scene.input().windowSeconds));
}

void addTrust(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    // The root stands in ConfigMaps; what signs below it, and may end sooner, in a Secret (cacerts, istio-ca-secret).
    if (!snapshot.knowsIn(u"secrets"_s, snapshot.istioRootNamespace))
        scene.skip(u"X1"_s,
                   u"%1, and the mesh's authority is kept there"_s.arg(scene.whyUnread(u"secrets"_s)));
    for (const CertificateRow &row : certificateRows(snapshot, scene.view(), {})) {
        if (!row.mesh)
            continue;
        if (row.faultCode == "CERT-006"_L1)
            scene.add({.check = u"X2"_s,
                       .level = Level::Blocker,
                       .subject = row.storedAt,
                       .path = u"data."_s + row.dataKey,
                       .message = u"%1, %2"_s.arg(row.storedIn, row.checks),
                       .remedy = u"let the roots agree first"_s,
                       .verify = u"V10"_s});
        else if (row.key.startsWith("mesh/"_L1) // what the edge has loaded is E9's
                 && row.rotates && row.notAfter.isValid() && !renewsInTime(row, snapshot.takenAt))
            scene.add({.check = u"X1"_s,
                       .level = Level::Blocker,
                       .subject = row.storedAt,
                       .value = row.notAfter.toString(Qt::ISODate),
                       .message = u"%1, of %2, is not being renewed: it ends in %3"_s.arg(
                           row.subject, row.usedBy, countdownText(row.notAfter, snapshot.takenAt)),
                       .remedy = u"look at the log of istio-proxy and at istiod first"_s,
                       .verify = u"V10"_s});
        else if (row.notAfter.isValid() && snapshot.takenAt.daysTo(row.notAfter) < 30
                 && row.chain.first().isCa)
            scene.add({.check = u"X1"_s,
                       .level = Level::Blocker,
                       .subject = row.storedAt,
                       .path = u"data."_s + row.dataKey,
                       .value = row.notAfter.toString(Qt::ISODate),
                       .message =
                           u"%1 ends in %2"_s.arg(row.subject, countdownText(row.notAfter, snapshot.takenAt)),
                       .remedy = u"rotate it before the switch"_s,
                       .verify = u"V10"_s});
    }
}

void addRights(PreflightScene &scene)
{
    const PreflightInput &input = scene.input();
    if (!input.missingRights)
        scene.skip(
            u"R1"_s,
            u"the API server was not asked what this user may do; `sallyportctl preflight` on the cluster asks it"_s);
    else if (!input.rightsNotTold.isEmpty())
        scene.skip(u"R1"_s, input.rightsNotTold);
    for (const QString &right : input.missingRights.value_or(QStringList()))
        scene.add(
            {.check = u"R1"_s,
             .level = Level::Blocker,
             .value = right,
             .message =
                 u"to write, watch and take back the switch needs %1, and this user has no such right"_s.arg(
                     right),
             .remedy = u"ask for the right, or let somebody else switch"_s});
    if (!input.dryRun)
        scene.skip(
            u"R2"_s,
            u"the server's dry run was not tried; it is tried with `preflight` on the cluster, for which this user needs create and patch on the policies, and before each write of `strict apply`"_s);
    else if (!input.dryRun->isEmpty())
        scene.add({.check = u"R2"_s,
                   .level = Level::Blocker,
                   .message = u"the server's dry run refuses the change: %1"_s.arg(*input.dryRun),
                   .remedy = u"correct what it names; is istiod's validation reachable?"_s});
}

// A PERMISSIVE sidecar hands TLS without ALPN istio on to the application unopened (facts mesh-security.md B7).
QStringList scrapesByMeshTls(const PreflightScene &scene)
{
    QStringList scrapes;
    for (const ScrapeTarget &target : scene.scrapeTargets()) {
        if (!target.endpoint->ownTls || !scene.strictPortOf(*target.pod, target.port))
            continue;
        const QString said = u"%1 %2/%3 %4"_s.arg(target.monitor->kind, target.monitor->nameSpace,
                                                  target.monitor->name, target.endpoint->path);
        if (!scrapes.contains(said))
            scrapes.append(said);
    }
    return scrapes;
}

// What would undo the switch, or make undoing it harmful.
void addHazards(PreflightScene &scene)
{
    const QString &owner = scene.targetOwner();
    if (!owner.isEmpty())
        scene.add({.check = u"R3"_s,
                   .level = Level::Likely,
                   .subject = scene.target(),
                   .path = u"metadata"_s,
                   .value = owner,
                   .message = u"%1 owns this object and would set it back"_s.arg(owner),
                   .remedy = u"make the change where %1 reads it"_s.arg(owner)});
    QStringList hazards;
    for (const PreflightRow &row : scene.rows()) {
        if (row.check == "E5"_L1)
            hazards.append(row.subject.text());
    }
    if (!hazards.isEmpty())
        scene.add({.check = u"R4"_s,
                   .level = Level::Likely,
                   .message = u"going back to PERMISSIVE would break TLS without ALPN istio"_s,
                   .evidence = hazards,
                   .remedy = u"correct these before the switch"_s});
    const QStringList scrapes = scrapesByMeshTls(scene);
    if (!scrapes.isEmpty())
        scene.add(
            {.check = u"R4"_s,
             .level = Level::Likely,
             .message =
                 u"Prometheus reads with a certificate of the mesh what will be STRICT; going back to PERMISSIVE would end that"_s,
             .evidence = scrapes,
             .remedy = u"if the switch is taken back, take these back, too"_s});
}

void addChanges(PreflightScene &scene)
{
    const auto &changed = scene.input().changedMeanwhile;
    if (!changed)
        return scene.skip(
            u"R5"_s,
            u"policies and rules were not read a second time; `strict apply` does it before each write"_s);
    for (const QString &object : *changed)
        scene.add(
            {.check = u"R5"_s,
             .level = Level::Likely,
             .subject = {object.section(u' ', 0, 0), object.section(u' ', 1).section(u'/', 0, 0),
                         object.section(u'/', 1)},
             .path = u"metadata.resourceVersion"_s,
             .message =
                 u"somebody has changed %1 while this preflight ran: its other rows may be about what is no more"_s
                     .arg(object),
             .remedy = u"find out who, and run it again"_s});
}

// What was counted of other clusters decides: what comes in clear text today breaks, what comes encrypted goes on.
void addSeenClusters(PreflightScene &scene)
{
    for (const StrictTelemetry::OtherCluster &seen : scene.input().telemetry
             ? scene.input().telemetry->otherClusters
             : QList<StrictTelemetry::OtherCluster>()) {
        const QString amount =
            counted(wholeCount(seen.requests), u"request or connection"_s, u"requests or connections"_s);
        scene.add(
            {.check = u"X3"_s,
             .level = seen.isEncrypted ? Level::Info : Level::Blocker,
             .subject = {u"Cluster"_s, {}, seen.cluster},
             .message = seen.isEncrypted
                 ? u"its clients come by mutual TLS already, so roots and trust domains go together"_s
                 : u"its clients come in clear text: STRICT refuses them, until they share this mesh's root and trust domain (%1)"_s
                       .arg(scene.snapshot().mesh.trustDomain),
             .evidence = {u"%1: %2"_s.arg(amount, seen.query)},
             .remedy = seen.isEncrypted
                 ? QString()
                 : u"compare istio-ca-root-cert and meshConfig.trustDomain there, and whether those clients have sidecars"_s,
             .verify = seen.isEncrypted ? QString() : u"V3"_s});
    }
}

// Secrets with kubeconfigs of other clusters, by which istiod reaches their API servers.
void addOtherClusters(PreflightScene &scene)
{
    addSeenClusters(scene);
    const Snapshot &snapshot = scene.snapshot();
    if (!snapshot.knows(u"secrets"_s))
        return scene.skip(u"X3"_s,
                          scene.whyUnread(u"secrets"_s)
                              + u": remote clusters are named by Secrets labelled istio/multiCluster"_s);
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() != "Secret"
            || object.at({"metadata", "labels", "istio/multiCluster"}).text() != "true")
            continue;
        scene.add(
            {.check = u"X3"_s,
             .level = Level::Possible,
             .subject = {u"Secret"_s, text(object.at({"metadata", "namespace"})),
                         text(object.at({"metadata", "name"}))},
             .path = u"metadata.labels[istio/multiCluster]"_s,
             .message =
                 u"another cluster belongs to this mesh; its root and trust domain cannot be read from here (this one's: %1)"_s
                     .arg(snapshot.mesh.trustDomain),
             .evidence = snapshot.mesh.trustDomainAliases,
             .remedy =
                 u"compare istio-ca-root-cert and meshConfig.trustDomain in a context of that cluster; add an alias where they differ"_s,
             .verify = u"V3"_s});
    }
}

struct KnownFault
{
    std::pair<int, int> before; // versions of istiod below this one
    const char *message, *remedy;
};
// Release notes and issues named in facts mesh-security.md.
constexpr KnownFault Faults[]{
    {{1, 12},
     "clients judge DISABLE by namespace and mesh only: an exception of a workload or port is not honoured "
     "by them (note 34118)",
     "make exceptions PERMISSIVE, never DISABLE"},
    {{1, 13}, "gRPC probes are not rewritten (B5)", "use HTTP probes, or exclude their ports"},
    {{1, 24},
     "istiod's metrics of its CA may be stale after a rotation (issue 54828)",
     "trust the certificates page, not citadel_server_root_cert_expiry_timestamp"},
};

void addKnownFaults(PreflightScene &scene)
{
    bool any = false;
    for (const Deployment &deployment : scene.snapshot().deployments) {
        for (const Deployment::Container &container : deployment.containers) {
            if (!isControlPlane(container))
                continue;
            const ObjectRef istiod{u"Deployment"_s, deployment.nameSpace, deployment.name};
            const auto version = istioVersion(imageTag(container.image));
            any = any || version.first > 0;
            if (container.environment.value(u"PILOT_ENABLE_TELEMETRY_LABEL"_s) == "false"_L1)
                scene.add(
                    {.check = u"X4"_s,
                     .level = Level::Likely,
                     .subject = istiod,
                     .path = u"spec.template.spec.containers[%1].env[PILOT_ENABLE_TELEMETRY_LABEL]"_s.arg(
                         container.name),
                     .value = u"false"_s,
                     .message = u"in versions before note 56353 this turns mutual TLS of clients off"_s,
                     .remedy = u"take the variable out, or upgrade"_s,
                     .verify = u"V3"_s});
            for (const KnownFault &fault : Faults) {
                if (version.first > 0 && version < fault.before)
                    scene.add({.check = u"X4"_s,
                               .level = Level::Info,
                               .subject = istiod,
                               .path = u"spec.template.spec.containers[%1].image"_s.arg(container.name),
                               .value = container.image,
                               .message = QString::fromLatin1(fault.message),
                               .remedy = QString::fromLatin1(fault.remedy)});
            }
        }
    }
    if (!any)
        scene.skip(u"X4"_s,
                   scene.snapshot().knows(u"deployments"_s)
                       ? u"no istiod was found whose image names a version"_s
                       : scene.whyUnread(u"deployments"_s));
}

} // namespace

void checkEvidence(PreflightScene &scene) { addTelemetry(scene); }

void checkTrustAndRights(PreflightScene &scene)
{
    addTrust(scene);
    addRights(scene);
    addHazards(scene);
    addChanges(scene);
    addOtherClusters(scene);
    addKnownFaults(scene);
}

} // namespace models
