// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_start.h"

#include "models/analysis/guide_yaml.h"
#include "models/analysis/shadow_gate.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Result = GuideStep::Result;

QString edgeText(const EdgeInstallation &edge)
{
    return u"%1 %2 (%3 %4, ambassador_id %5)"_s.arg(
        edge.edgeStack                        ? u"Ambassador Edge Stack"_s
            : edge.compat == edge::Compat::V1 ? u"Ambassador"_s
                                              : u"Emissary-ingress"_s,
        edge.version.isEmpty() ? u"of unknown version"_s : edge.version, edge.kind, edge.key(),
        edge.ambassadorId);
}

bool hasIstio(const Snapshot &snapshot, const QString &version)
{
    return !version.isEmpty() || snapshot.isOldMesh() || !snapshot.isAbsent(u"peerauthentications"_s);
}

bool isLegacy(const EdgeInstallation &edge)
{
    return edge.environment.value(u"AMBASSADOR_LEGACY_MODE"_s) == "true"_L1;
}

// Why the guide leads nowhere with what is there; "" it does.
QString whyNot(GuideStep &step, const Snapshot &snapshot, const EdgeView &view, const GuideWords &words,
               const QString &istio)
{
    const EdgeInstallation &edge = view.installation;
    const bool isSecond = edge.compat != edge::Compat::V1;
    const auto [major, minor] = istioVersion(istio);
    if (isSecond && major == 1 && minor < 10) {
        step.remedy = u"upgrade Istio to 1.10 or newer first"_s;
        return u"Istio %1 cannot inject the sidecar that %2 needs: 1.10 is the first that can"_s.arg(
            istio, edge.version);
    }
    if (!isSecond && isLegacy(edge)) {
        step.remedy = u"take the variable out of container %1"_s.arg(edge.container);
        return u"AMBASSADOR_LEGACY_MODE is on: the edge does not look at AMBASSADOR_ISTIO_SECRET_DIR"_s;
    }
    if (isSecond && snapshot.knows(u"listeners"_s) && view.table && view.table->config().listeners.empty()) {
        step.yaml = guideYaml(step.id, words);
        step.remedy = u"apply the YAML of this step"_s;
        return u"%1 has no Listener, so it serves nothing at all"_s.arg(edge.key());
    }
    return {};
}

} // namespace

bool isControlPlane(const Deployment &deployment)
{
    const QString app = deployment.labels.value(u"app"_s, deployment.podLabels.value(u"app"_s));
    const bool isCalled = app == "istiod"_L1 || deployment.podLabels.value(u"app"_s) == "istiod"_L1
        || deployment.name.startsWith("istiod"_L1) || deployment.name.startsWith("istio-pilot"_L1);
    return isCalled && deployment.container(u"discovery");
}

QString istioVersionIn(const Snapshot &snapshot)
{
    for (const Deployment &deployment : snapshot.deployments) {
        if (!isControlPlane(deployment))
            continue;
        if (const QString version = imageTag(deployment.container(u"discovery")->image); !version.isEmpty())
            return version;
    }
    for (const Pod &pod : snapshot.pods) {
        for (const QString &image : pod.images) {
            if (image.contains("proxyv2:"_L1))
                return imageTag(image);
        }
    }
    return {};
}

GuideStep startStep(const Snapshot &snapshot, const EdgeView &view, const GuideWords &words)
{
    GuideStep step;
    step.id = u"start"_s;
    step.title = u"Ambassador and Istio are there"_s;
    const EdgeInstallation &edge = view.installation;
    if (!snapshot.knows(u"deployments"_s) && edge.name.isEmpty()) {
        step.conclude(Result::NotChecked, snapshot.whyUnknown(u"deployments"_s),
                      u"ask for get, list and watch on deployments in all namespaces"_s);
        return step;
    }
    if (edge.name.isEmpty()) {
        step.conclude(Result::Failed, u"no Ambassador installation was found"_s,
                      u"install Ambassador or Emissary, or choose the context of a cluster that has it"_s);
        return step;
    }
    const QString istio = istioVersionIn(snapshot);
    if (!hasIstio(snapshot, istio)) {
        step.conclude(Result::Failed, u"Istio is not installed: %1"_s.arg(snapshot.whyModesUnknown()),
                      u"install Istio, or choose the context of a cluster that has it"_s);
        return step;
    }
    if (edge.isCompatGuessed)
        step.evidence.append(
            u"the image of container %1 names no version; it is judged as the newest"_s.arg(edge.container));
    if (const QString why = whyNot(step, snapshot, view, words, istio); !why.isEmpty()) {
        step.conclude(Result::Failed, why, QString(step.remedy));
        return step;
    }
    step.conclude(Result::Passed,
                  u"%1, Istio %2"_s.arg(
                      edgeText(edge), istio.isEmpty() ? u"of a version that no object here tells"_s : istio));
    return step;
}

} // namespace models
