// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_checks.h"

#include "models/analysis/edge_scrape.h"
#include "models/analysis/guide_branches.h"
#include "models/analysis/guide_start.h"
#include "models/analysis/guide_yaml.h"
#include "models/analysis/integration_findings.h"
#include "models/analysis/mesh_mode.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Result = GuideStep::Result;

const QLatin1String Backend("default/quote-backend");

struct Facts
{
    const Snapshot &snapshot;
    const EdgeView &view;
};

// A cluster is asked for these in any case: one that was neither read nor refused is one that no manifest is of.
bool isOfManifests(const Snapshot &snapshot)
{
    const QStringList always{u"pods"_s, u"services"_s, u"secrets"_s, u"configmaps"_s, u"namespaces"_s};
    return std::any_of(always.begin(), always.end(), [&snapshot](const QString &plural) {
        return !snapshot.kindsRead.contains(plural) && !snapshot.unavailable.contains(plural)
            && !snapshot.onlyIn.contains(plural);
    });
}

// True: a kind was not read, and the step says which, why and what to do.
bool lacksKinds(GuideStep &step, const Snapshot &snapshot, const QStringList &plurals)
{
    for (const QString &plural : plurals) {
        if (snapshot.knows(plural) || (plural == "peerauthentications"_L1 && snapshot.isOldMesh()))
            continue;
        const QString product = plural == "peerauthentications"_L1 ? u"Istio"_s : u"Ambassador"_s;
        // Kinds of Ambassador are not even asked for where the server does not have their group.
        const bool isAbsent = snapshot.isAbsent(plural)
            || (!snapshot.unavailable.contains(plural) && !snapshot.onlyIn.contains(plural));
        if (isAbsent && isOfManifests(snapshot))
            step.conclude(Result::NotChecked, u"none of the manifests is of %1"_s.arg(plural));
        else
            step.conclude(
                Result::NotChecked,
                isAbsent ? u"%1 is not installed: this cluster has no %2"_s.arg(product, plural)
                         : snapshot.whyUnknown(plural),
                isAbsent
                    ? u"install %1, or choose the context of a cluster that has it"_s.arg(product)
                    : u"ask for get, list and watch on %1 in all namespaces; sallyportctl doctor goes through the connection"_s
                          .arg(plural));
        return true;
    }
    return false;
}

void checkNamespace(GuideStep &step, const Facts &facts)
{
    const Namespace *found = facts.snapshot.nameSpace(u"default"_s);
    if (!found)
        return step.conclude(Result::Failed, u"namespace default is not there"_s,
                             u"apply the YAML of this step"_s);
    if (!found->injected())
        return step.conclude(Result::Failed, u"namespace default has no label istio-injection=enabled"_s,
                             u"apply the label; pods that run already get a sidecar at their next start"_s);
    for (const Pod &pod : facts.snapshot.pods) {
        if (pod.nameSpace == "default"_L1 && !pod.hasSidecar && !pod.isGone()
            && pod.annotations.value(u"sidecar.istio.io/inject"_s) != "false"_L1)
            step.evidence.append(
                u"Pod default/%1 was made before the label and has no sidecar; restart it"_s.arg(pod.name));
    }
    step.conclude(Result::Passed, u"namespace default is labelled for injection"_s);
}

void checkQuote(GuideStep &step, const Facts &facts)
{
    const Deployment *deployment = facts.snapshot.deployment(u"default"_s, u"quote"_s);
    const Service *service = facts.snapshot.service(u"default"_s, u"quote"_s);
    if (!deployment || !service)
        return step.conclude(
            Result::Failed,
            u"%1 default/quote is not there"_s.arg(deployment ? u"Service"_s : u"Deployment"_s),
            u"apply the YAML of this step"_s);
    const QList<const Pod *> pods = facts.snapshot.podsOf(*service);
    const auto ready = std::count_if(pods.begin(), pods.end(), [](const Pod *pod) { return pod->ready; });
    const auto withSidecar =
        std::count_if(pods.begin(), pods.end(), [](const Pod *pod) { return pod->hasSidecar; });
    const QString counts =
        u"%1 of %2 pods ready, %3 with a sidecar"_s.arg(ready).arg(pods.size()).arg(withSidecar);
    if (ready == 0)
        return step.conclude(Result::Failed, counts, u"look at the events of Deployment default/quote"_s);
    if (withSidecar < pods.size())
        return step.conclude(Result::Failed, counts, u"label the namespace, then restart the Deployment"_s);
    step.conclude(Result::Passed, counts);
}

void checkPlainMapping(GuideStep &step, const Facts &facts)
{
    const auto verdict = facts.view.mappings.value(Backend);
    if (!verdict)
        return step.conclude(Result::Failed, u"Mapping %1 is not there"_s.arg(Backend),
                             u"apply the YAML of this step"_s);
    if (verdict->state != MappingVerdict::State::Loaded)
        return step.conclude(Result::Failed,
                             u"Mapping %1 is not served: %2"_s.arg(Backend, verdict->stateReason),
                             u"remove what is in its way, then apply the YAML of this step"_s);
    step.conclude(Result::Passed, verdict->why.value(0));
}

// Up to 1.3 the edge reads no Secret of Istio's through the API: its pod mounts it.
bool mountsCitadelSecret(const EdgeInstallation &edge)
{
    constexpr int FirstWithSecrets = 4;
    return edge.firstLineMinor() >= 0 && edge.firstLineMinor() < FirstWithSecrets;
}

bool mountsFilesOfCitadel(const Facts &facts)
{
    const EdgeInstallation &edge = facts.view.installation;
    const Deployment *deployment = facts.snapshot.deployment(edge.nameSpace, edge.name);
    const Deployment::Container *container = deployment ? deployment->container(edge.container) : nullptr;
    return container
        && std::any_of(container->mounts.begin(), container->mounts.end(), [](const QString &folder) {
               return folder == "/etc/istiocerts"_L1 || folder == "/etc/istiocerts/"_L1;
           });
}

// Leftovers of a Citadel that is gone are there too, with certificates that have ended.
void checkCitadelSecret(GuideStep &step, const Facts &facts)
{
    const QString &home = facts.view.installation.ambassadorNamespace;
    const QString citadel = u"look at the Deployment istio-citadel and its log"_s;
    if (!facts.snapshot.knowsIn(u"secrets"_s, home))
        return step.conclude(Result::NotChecked, facts.snapshot.whyUnknown(u"secrets"_s),
                             u"ask for get, list and watch on secrets in %1"_s.arg(home));
    const TlsSecret *secret = facts.snapshot.secret(home, u"istio.default"_s);
    const QList<kube::Certificate> chain =
        secret ? secret->chains.value(u"cert-chain.pem"_s) : QList<kube::Certificate>();
    if (chain.isEmpty())
        return step.conclude(
            Result::Failed,
            u"there is no Secret %1/istio.default with cert-chain.pem, which Istio's Citadel keeps"_s.arg(
                home),
            citadel);
    const QString end = chain.first().notAfter.toString(Qt::ISODate);
    if (chain.first().notAfter <= facts.snapshot.takenAt)
        return step.conclude(
            Result::Failed,
            u"the certificate in Secret %1/istio.default has ended at %2: Citadel does not renew it"_s.arg(
                home, end),
            citadel);
    if (mountsCitadelSecret(facts.view.installation) && !mountsFilesOfCitadel(facts))
        return step.conclude(
            Result::Failed,
            u"container %1 mounts nothing at /etc/istiocerts, where version %2 reads it"_s.arg(
                facts.view.installation.container, facts.view.installation.version),
            u"apply the YAML of this step; it joins the Deployment that is there"_s);
    step.conclude(
        Result::Passed,
        u"Citadel keeps Secret %1/istio.default, until %2; no sidecar is needed for it"_s.arg(home, end));
}

void checkCertificates(GuideStep &step, const Facts &facts)
{
    if (facts.snapshot.isOldMesh())
        return checkCitadelSecret(step, facts);
    const EdgeInstallation &edge = facts.view.installation;
    for (const Finding &finding : integrationFindings(facts.snapshot, facts.view)) {
        if (finding.code.startsWith("GD-00"_L1)
            && finding.subject.name == edge.name) // versions that do not go together
            step.evidence.append(u"%1: %2"_s.arg(finding.code, finding.message));
    }
    const QString shared = edge.namesMeshFiles() ? edge.meshFilesDir
        : edge.hasIstioCertificate               ? edge.istioSecretDir
                                                 : QString();
    if (shared.isEmpty())
        return step.conclude(
            Result::Failed,
            edge.namesMeshFiles()
                ? u"no container istio-proxy writes the mesh's certificate (OUTPUT_CERTS) to a volume "
                  "that container %1 mounts, too"_s.arg(edge.container)
                : edge.istioCertificateProblem,
            u"apply the YAML of this step; it joins the Deployment that is there"_s);
    const QString counts = u"%1 and istio-proxy share %2; %3 of %4 pods ready"_s.arg(edge.container, shared)
                               .arg(edge.readyPods)
                               .arg(edge.pods);
    if (edge.readyPods == 0)
        return step.conclude(
            Result::Failed, counts,
            u"look at the events of Deployment %1 and the log of its istio-proxy"_s.arg(edge.key()));
    step.conclude(Result::Passed, counts);
}

bool isMeshFile(const edge::TlsContext &context)
{
    const QString file = text(context.certFile);
    return file.endsWith("/istio-certs/cert-chain.pem"_L1) || file.endsWith("/istiocerts/cert-chain.pem"_L1);
}

void checkContext(GuideStep &step, const Facts &facts)
{
    const QString wanted = (facts.snapshot.isOldMesh() ? u"istio.default."_s : u"istio-certs."_s)
        + facts.view.installation.ambassadorNamespace;
    const EdgeInstallation &edge = facts.view.installation;
    const bool namesFiles = facts.snapshot.isOldMesh() ? mountsCitadelSecret(edge) : edge.namesMeshFiles();
    QStringList others;
    for (const auto &[name, context] : facts.view.table ? facts.view.table->config().tlsContexts
                                                        : std::map<std::string, edge::TlsContext>()) {
        const bool ours = text(context.secret) == wanted;
        const bool istio = text(context.alpnProtocols).split(u',').contains(u"istio"_s);
        // As the guides up to 1.9 have it; nothing tells Envoy that the files have changed.
        if (isMeshFile(context)) {
            const QString late =
                u"TLSContext %1 reads the mesh's certificate from %2: it works until the first rotation"_s
                    .arg(text(name), text(context.certFile));
            if (istio && namesFiles) {
                step.evidence = {late + u", then restart the edge; 1.10 and later see it themselves"_s};
                return step.conclude(
                    Result::Passed,
                    u"TLSContext %1 names %2 with ALPN istio"_s.arg(text(name), text(context.certFile)));
            }
            others.append(late);
        }
        if (ours && istio)
            return step.conclude(Result::Passed,
                                 u"TLSContext %1 carries %2 with ALPN istio"_s.arg(text(name), wanted));
        if (ours)
            others.append(
                u"TLSContext %1 carries %2, but has no alpn_protocols: istio"_s.arg(text(name), wanted));
    }
    for (const Finding &finding : facts.view.findings) {
        if (finding.subject.kind == "TLSContext"_L1 && finding.subject.name == "istio-upstream"_L1)
            others.append(finding.subject.text() + u' ' + finding.message);
    }
    const QString none = namesFiles ? u"no TLSContext names the files of the mesh's certificate"_s
                                    : u"no TLSContext carries the Secret %1"_s.arg(wanted);
    step.conclude(Result::Failed, others.isEmpty() ? none : others.first(), u"apply the YAML of this step"_s);
    step.evidence = others.mid(1);
}

void checkTlsMapping(GuideStep &step, const Facts &facts)
{
    const auto verdict = facts.view.mappings.value(Backend);
    if (!verdict || verdict->state != MappingVerdict::State::Loaded)
        return step.conclude(Result::Failed, u"Mapping %1 is not served"_s.arg(Backend),
                             u"apply the YAML of this step"_s);
    for (const Hop &hop : verdict->hops) {
        if (hop.from != "edge"_L1)
            continue;
        const bool mutual = hop.security == Hop::Security::MutualTls;
        const Result result = mutual                 ? Result::Passed
            : hop.security == Hop::Security::Unknown ? Result::NotChecked
                                                     : Result::Failed;
        return step.conclude(result, hop.because,
                             mutual ? QString()
                                    : u"apply the YAML of this step, after the steps before it"_s);
    }
    step.conclude(Result::NotChecked, u"Mapping %1 has no upstream"_s.arg(Backend));
}

void checkStrict(GuideStep &step, const Facts &facts)
{
    const EffectiveMode mode = meshMode(facts.snapshot);
    if (!mode.known)
        return step.conclude(Result::NotChecked, mode.reason,
                             u"ask for get, list and watch on %1"_s.arg(
                                 facts.snapshot.isOldMesh()
                                     ? u"meshpolicies and policies of authentication.istio.io"_s
                                     : u"peerauthentications"_s));
    const QString seen = u"the mesh is %1: %2"_s.arg(mtlsModeName(mode.mode), mode.reason);
    if (mode.mode == MtlsMode::Strict)
        return step.conclude(Result::Passed, seen);
    step.conclude(Result::Failed, seen,
                  u"apply the YAML of this step once every Mapping to the mesh has its tls"_s);
    for (auto mapping = facts.view.mappings.begin(); mapping != facts.view.mappings.end(); ++mapping) {
        if (mapping.value()->sidecars > 0 && mapping.value()->tlsContext.isEmpty())
            step.evidence.append(u"Mapping %1 has no tls and would answer 503"_s.arg(mapping.key()));
    }
    step.evidence.sort();
}

// The job is in the ConfigMap; Prometheus has it from its next start on.
void checkLoaded(GuideStep &step, const LoadedPrometheus &loaded, const QString &job, const QString &seen)
{
    using State = LoadedPrometheus::State;
    if (loaded.state == State::NotAsked || loaded.jobs.contains(job))
        return step.conclude(Result::Passed, seen);
    if (loaded.state == State::Unknown) {
        return step.conclude(
            Result::NotChecked,
            u"job %1 is in the ConfigMap; whether Prometheus has loaded it is not known: %2"_s.arg(
                job, loaded.error),
            u"look whether the pod of Service istio-system/prometheus is ready, and whether you may "
            u"get services/proxy in "
            "istio-system"_s);
    }
    step.needsRestart = true;
    step.evidence.append(
        u"Prometheus %1 has loaded the jobs %2"_s.arg(loaded.service, loaded.jobs.join(u", "_s)));
    step.conclude(
        Result::Failed,
        u"job %1 is in the ConfigMap, but Prometheus has not loaded it: it reads the file when it starts"_s
            .arg(job),
        u"restart Prometheus: apply this step, or kubectl -n istio-system rollout restart "
        u"deployment prometheus; "
        "one with --web.enable-lifecycle also takes POST /-/reload, once its pod sees the new file (up to a minute)"_s);
}

void checkPrometheus(GuideStep &step, const Facts &facts, const GuideWords &words)
{
    const QString key = u"istio-system/prometheus/prometheus.yml"_s;
    const auto configuration = facts.snapshot.configMaps.constFind(key);
    if (configuration == facts.snapshot.configMaps.constEnd())
        return step.conclude(
            Result::NotChecked,
            u"there is no ConfigMap istio-system/prometheus with prometheus.yml; is Prometheus elsewhere?"_s,
            u"add the job of this step to your Prometheus by hand, or install Istio's Prometheus add-on"_s);
    const auto parsed = edge::parseYaml(configuration->toStdString(), "prometheus.yml");
    if (!parsed || parsed->empty())
        return step.conclude(Result::Failed,
                             u"prometheus.yml cannot be read: %1"_s.arg(
                                 parsed ? u"it is empty"_s : text(parsed.error().message)),
                             u"correct it: Prometheus goes on with its old configuration"_s);
    for (const edge::Value &job : parsed->front()["scrape_configs"].items()) {
        if (isJobOfEdge(job, facts.view.installation, words.adminService))
            return checkLoaded(step, facts.snapshot.loadedPrometheus, text(job["job_name"]),
                               u"job %1 reads Service %2/%3"_s.arg(text(job["job_name"]),
                                                                   facts.view.installation.nameSpace,
                                                                   words.adminService));
    }
    step.conclude(
        Result::Failed,
        u"no scrape job reads Service %1/%2"_s.arg(facts.view.installation.nameSpace, words.adminService),
        u"add the job of this step under scrape_configs and restart Prometheus; applying this step does both"_s);
}

GuideWords wordsFor(const Facts &facts)
{
    GuideWords words;
    const EdgeInstallation &edge = facts.view.installation;
    if (!edge.name.isEmpty()) {
        words.edgeNamespace = edge.nameSpace;
        words.edgeDeployment = edge.name;
        words.edgeKind = edge.kind;
        words.edgeContainer = edge.container;
        words.ambassadorNamespace = edge.ambassadorNamespace;
        words.keepsFirstCertificate = keepsFirstCertificate(edge);
        words.secondGeneration = edge.compat != edge::Compat::V1;
        words.takesCustomTags = takesCustomTags(edge);
        words.namesFiles = edge.namesMeshFiles();
        words.mountsSecret = mountsCitadelSecret(edge);
    }
    if (const QString version = istioVersionIn(facts.snapshot); !version.isEmpty())
        words.istioVersion = version;
    words.rootNamespace = facts.snapshot.istioRootNamespace;
    words.isOldMesh = facts.snapshot.isOldMesh();
    words.adminService = adminServiceOf(facts.snapshot, words.edgeNamespace);
    if (const PeerAuthentication *policy = meshWidePolicy(facts.snapshot))
        words.policyName = policy->name;
    return words;
}

struct Definition
{
    const char *id;
    const char *title;
    QStringList kinds; // that must have been read
    bool needsEdge = true;
    void (*check)(GuideStep &, const Facts &);
};

std::vector<Definition> definitions()
{
    return {
        {"namespace-label",
         "Label namespace default for sidecar injection",
         {u"namespaces"_s},
         false,
         checkNamespace},
        {"quote",
         "Deploy the quote service",
         {u"deployments"_s, u"services"_s, u"pods"_s},
         false,
         checkQuote},
        {"mapping-plain", "Route /backend/ to quote", {u"mappings"_s}, true, checkPlainMapping},
        {"istio-certs",
         "Share the mesh's certificates with Ambassador",
         {u"deployments"_s},
         true,
         checkCertificates},
        {"tlscontext", "TLSContext istio-upstream", {u"tlscontexts"_s}, true, checkContext},
        {"mapping-tls",
         "Originate mutual TLS to quote",
         {u"mappings"_s, u"tlscontexts"_s, u"services"_s, u"pods"_s},
         true,
         checkTlsMapping},
        {"strict", "Require mutual TLS in the mesh (STRICT)", {u"peerauthentications"_s}, false, checkStrict},
    };
}

GuideStep stepOf(const Definition &definition, const Facts &facts, const GuideWords &words)
{
    GuideStep step;
    step.id = QString::fromLatin1(definition.id);
    step.title = QString::fromLatin1(definition.title);
    step.yaml = guideYaml(step.id, words);
    if (lacksKinds(step, facts.snapshot, definition.kinds))
        return step;
    if (definition.needsEdge && facts.view.installation.name.isEmpty())
        step.conclude(Result::NotChecked, u"no Ambassador installation was found"_s,
                      u"install Ambassador or Emissary, or choose the context of a cluster that has it"_s);
    else
        definition.check(step, facts);
    return step;
}

} // namespace

QList<GuideStep> guideSteps(const Snapshot &snapshot, const EdgeView &view)
{
    const Facts facts{snapshot, view};
    const GuideWords words = wordsFor(facts);
    QList<GuideStep> steps{startStep(snapshot, view, words)};
    for (const Definition &definition : definitions())
        steps.append(stepOf(definition, facts, words));
    GuideStep prometheus;
    prometheus.id = u"prometheus"_s;
    prometheus.title = u"Let Prometheus read Ambassador's counters"_s;
    prometheus.yaml = guideYaml(prometheus.id, words);
    if (!lacksKinds(prometheus, snapshot, {u"configmaps"_s}))
        checkPrometheus(prometheus, facts, words);
    steps.append(prometheus);
    steps += branchSteps(snapshot, view, words);
    for (GuideStep &step : steps) {
        if (step.result == Result::NotChecked
            && isOfManifests(snapshot)) // no right is missing, no context is wrong
            step.remedy =
                u"name the manifests that are missing by another -f, or check the cluster, without -f"_s;
    }
    return steps;
}

QString guideYaml(const QString &stepId) { return guideYaml(stepId, GuideWords()); }

} // namespace models
