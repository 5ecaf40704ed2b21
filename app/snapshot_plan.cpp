// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshot_plan.h"

#include "edge/config/compile.h"
#include "edge/value.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

bool isAmbassador(const QString &image)
{
    const QString name = image.section(u'/', -1).section(u':', 0, 0);
    return name == "aes"_L1 || name == "ambassador"_L1 || name == "emissary"_L1;
}

bool isFirstGeneration(const QString &image)
{
    const std::string tag = image.section(u'/', -1).section(u':', 1).toStdString();
    return isAmbassador(image) && edge::compatFromVersion(tag) == edge::Compat::V1;
}

} // namespace

QString ambassadorVersion(const QByteArray &groupJson, const QStringList &images)
{
    const auto group = edge::parseJson(groupJson.toStdString());
    QStringList served;
    if (group) {
        for (const edge::Value &version : (*group)["versions"].items())
            served.append(QString::fromStdString(version["version"].text()));
    }
    const bool firstGeneration = std::any_of(images.begin(), images.end(), isFirstGeneration);
    const QStringList wanted = firstGeneration ? QStringList{u"v2"_s, u"v3alpha1"_s, u"v1"_s}
                                               : QStringList{u"v3alpha1"_s, u"v2"_s, u"v1"_s};
    for (const QString &version : wanted) {
        if (served.contains(version))
            return version;
    }
    return served.value(0);
}

QStringList containerImages(const QList<kube::Object> &deployments)
{
    QStringList images;
    for (const kube::Object &deployment : deployments) {
        const auto object = edge::parseJson(deployment.json.toStdString());
        if (!object)
            continue;
        for (const edge::Value &container : object->at({"spec", "template", "spec", "containers"}).items())
            images.append(QString::fromStdString(container["image"].text()));
    }
    return images;
}

QList<kube::ResourceType> snapshotTypes(const QString &ambassadorVersion)
{
    QList<kube::ResourceType> types{
        kube::types::namespaces(),          kube::types::services(),   kube::types::pods(),
        kube::types::deployments(),         kube::types::configMaps(), kube::types::secrets(),
        kube::types::peerAuthentications(),
    };
    if (!ambassadorVersion.isEmpty()) {
        types << kube::types::mappings(ambassadorVersion) << kube::types::hosts(ambassadorVersion)
              << kube::types::tlsContexts(ambassadorVersion) << kube::types::modules(ambassadorVersion);
        if (ambassadorVersion == "v3alpha1"_L1)
            types << kube::types::listeners(ambassadorVersion);
    }
    return types;
}

QList<kube::ResourceType> platformTypes(const QString &ambassadorVersion)
{
    const QString admission = u"admissionregistration.k8s.io"_s;
    const QString security = u"security.istio.io"_s;
    QList<kube::ResourceType> types{
        kube::types::destinationRules(),
        {security, u"v1beta1"_s, u"authorizationpolicies"_s, u"AuthorizationPolicy"_s, true},
        {u"networking.istio.io"_s, u"v1beta1"_s, u"sidecars"_s, u"Sidecar"_s, true},
        {u"networking.istio.io"_s, u"v1beta1"_s, u"workloadentries"_s, u"WorkloadEntry"_s, true},
        {admission, u"v1"_s, u"mutatingwebhookconfigurations"_s, u"MutatingWebhookConfiguration"_s, false},
        {admission, u"v1"_s, u"validatingwebhookconfigurations"_s, u"ValidatingWebhookConfiguration"_s,
         false},
        {u"apiregistration.k8s.io"_s, u"v1"_s, u"apiservices"_s, u"APIService"_s, false},
        {u"batch"_s, u"v1"_s, u"cronjobs"_s, u"CronJob"_s, true},
        {u"networking.k8s.io"_s, u"v1"_s, u"ingresses"_s, u"Ingress"_s, true}};
    if (ambassadorVersion.isEmpty())
        return types;
    for (const QString &kind :
         {u"AuthService"_s, u"RateLimitService"_s, u"LogService"_s, u"TracingService"_s, u"TCPMapping"_s})
        types.append({u"getambassador.io"_s, ambassadorVersion, kind.toLower() + u's', kind, true});
    return types;
}

} // namespace app
