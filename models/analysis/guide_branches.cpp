// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_branches.h"

#include "models/analysis/collector_findings.h"
#include "models/analysis/guide_grafana.h"
#include "models/analysis/integration_findings.h"
#include "models/analysis/upstream_target.h"
#include "models/resources/text.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Result = GuideStep::Result;

struct Branch
{
    const Snapshot &snapshot;
    const EdgeView &view;
    const GuideWords &words;
};

// The TracingServices that the edge looks at.
QList<const edge::Value *> tracingServices(const Branch &branch)
{
    QList<const edge::Value *> found;
    for (const edge::Value &object : branch.snapshot.ambassadorObjects) {
        if (object["kind"].text() == "TracingService"
            && whyNotForEdge(object, branch.view.installation).isEmpty())
            found.append(&object);
    }
    return found;
}

QString keyOf(const edge::Value &object)
{
    return text(object.at({"metadata", "namespace"})) + u'/' + text(object.at({"metadata", "name"}));
}

// The start of the oldest pod that reads it; invalid: no pod is known.
QDateTime oldestStart(const Branch &branch)
{
    QDateTime oldest;
    for (const Pod &pod : branch.snapshot.pods) {
        if (isPodOf(pod, branch.view.installation) && pod.created.isValid()
            && (!oldest.isValid() || pod.created < oldest))
            oldest = pod.created;
    }
    return oldest;
}

void checkTracing(GuideStep &step, const Branch &branch, const QList<const edge::Value *> &found,
                  const QString &collector)
{
    if (found.isEmpty())
        return step.conclude(
            Result::Failed, u"no TracingService: nothing sends the edge's spans to %1"_s.arg(collector),
            u"apply the YAML of this step; the edge reads it at its next start, which this step does next"_s);
    if (found.size() > 1) {
        for (const edge::Value *one : found)
            step.evidence.append(
                u"TracingService %1 to %2"_s.arg(keyOf(*one), text(one->at({"spec", "service"}))));
        step.yaml.clear();
        return step.conclude(Result::Failed,
                             u"%1 TracingServices: the edge uses only one of them"_s.arg(found.size()),
                             u"keep one and delete the others"_s);
    }
    const edge::Value &tracing = *found.first();
    if (const QString why = whyNoSpans(branch.snapshot, branch.view.installation, tracing); !why.isEmpty())
        return step.conclude(Result::Failed, u"TracingService %1: %2"_s.arg(keyOf(tracing), why),
                             u"correct what it names, then restart the edge"_s);
    const QDateTime changed = branch.snapshot.tracingChanged.value(keyOf(tracing));
    const QDateTime started = oldestStart(branch);
    if (changed.isValid() && started.isValid() && changed > started) {
        step.needsRestart = true;
        return step.conclude(
            Result::Failed,
            u"TracingService %1 was made or changed after the edge's pods have started, which read it then only"_s
                .arg(keyOf(tracing)),
            u"restart the edge: apply this step, or kubectl -n %1 rollout restart %2 %3"_s.arg(
                branch.words.edgeNamespace, branch.words.edgeKind.toLower(), branch.words.edgeDeployment));
    }
    step.conclude(
        Result::Passed,
        u"TracingService %1 sends spans to %2"_s.arg(keyOf(tracing), text(tracing.at({"spec", "service"}))));
}

void addTracing(QList<GuideStep> &steps, const Branch &branch)
{
    const QString plural = u"tracingservices"_s;
    const QList<const edge::Value *> found = tracingServices(branch);
    const QString collector = spanCollector(branch.snapshot, branch.words.edgeNamespace);
    if (branch.view.installation.name.isEmpty() || (found.isEmpty() && collector.isEmpty()))
        return;
    GuideStep step;
    step.id = u"tracing"_s;
    step.title = u"Let the edge send traces"_s;
    GuideWords words = branch.words;
    if (!collector.isEmpty())
        words.collector = collector;
    step.yaml = guideYaml(step.id, words);
    if (!branch.snapshot.knows(plural) && !branch.snapshot.isAbsent(plural))
        step.conclude(Result::NotChecked, branch.snapshot.whyUnknown(plural),
                      u"ask for get, list and watch on %1 in all namespaces"_s.arg(plural));
    else
        checkTracing(step, branch, found, collector);
    steps.append(step);
}

// What the guide's recipe, or the one that works, leaves behind: variables of istiod, SECRET_TTL of the edge's sidecar.
QStringList signsOfRotationTest(const Branch &branch)
{
    QStringList signs;
    const auto add = [&signs](const QString &where, const Deployment::Container &container,
                              const QString &name) {
        const auto value = container.environment.constFind(name);
        if (value != container.environment.constEnd())
            signs.append(u"%1: %2=%3"_s.arg(where, name, *value));
    };
    for (const Deployment &deployment : branch.snapshot.deployments) {
        const QString where = u"Deployment %1/%2"_s.arg(deployment.nameSpace, deployment.name);
        if (const Deployment::Container *istiod = deployment.container(u"discovery")) {
            for (const QString &name :
                 {u"DEFAULT_WORKLOAD_CERT_TTL"_s, u"MAX_WORKLOAD_CERT_TTL"_s, u"WORKLOAD_CERT_TTL"_s})
                add(where, *istiod, name);
        }
        if (deployment.nameSpace != branch.view.installation.nameSpace
            || deployment.name != branch.view.installation.name)
            continue;
        if (const Deployment::Container *sidecar = deployment.container(u"istio-proxy"))
            add(where, *sidecar, u"SECRET_TTL"_s);
        if (deployment.podAnnotations.value(u"proxy.istio.io/config"_s).contains("SECRET_TTL"_L1))
            signs.append(u"%1: SECRET_TTL in proxy.istio.io/config"_s.arg(where));
    }
    return signs;
}

void addRotationTest(QList<GuideStep> &steps, const Branch &branch)
{
    const QStringList signs = signsOfRotationTest(branch);
    if (signs.isEmpty())
        return;
    GuideStep step;
    step.id = u"rotation"_s;
    step.title = u"Test how certificates rotate"_s;
    step.evidence = signs;
    step.conclude(Result::Passed, u"a test of rotation is set up: %1"_s.arg(signs.first()));
    for (const Finding &finding : integrationFindings(branch.snapshot, branch.view)) {
        if (finding.code == "GD-006"_L1)
            step.conclude(
                Result::Failed, finding.message,
                u"kubectl -n %1 set env deployment/%2 MAX_WORKLOAD_CERT_TTL- DEFAULT_WORKLOAD_CERT_TTL-; a "
                "test needs SECRET_TTL of the edge's own istio-proxy only"_s.arg(finding.subject.nameSpace,
                                                                                 finding.subject.name));
    }
    steps.append(step);
}

} // namespace

QString spanCollector(const Snapshot &snapshot, const QString &edgeNamespace)
{
    const auto rank = [&](const Service &service) { // the guide's own first; 0: none
        const bool isNamedSo = service.name == "zipkin"_L1 || service.name == "jaeger-collector"_L1;
        if (!isNamedSo || !service.portOf(ZipkinPort))
            return 0;
        const int place = service.nameSpace == "istio-system"_L1 ? 6
            : service.nameSpace == edgeNamespace                 ? 4
                                                                 : 2;
        return place + (service.name == "zipkin"_L1 ? 1 : 0);
    };
    const Service *best = nullptr;
    for (const Service &service : snapshot.services) {
        if (rank(service) > (best ? rank(*best) : 0))
            best = &service;
    }
    return best ? u"%1.%2:%3"_s.arg(best->name, best->nameSpace).arg(ZipkinPort) : QString();
}

QList<GuideStep> branchSteps(const Snapshot &snapshot, const EdgeView &view, const GuideWords &words)
{
    QList<GuideStep> steps;
    const Branch branch{snapshot, view, words};
    if (auto grafana = grafanaStep(snapshot))
        steps.append(*std::move(grafana));
    addTracing(steps, branch);
    addRotationTest(steps, branch);
    return steps;
}

} // namespace models
