// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/edge_installation.h"

#include "edge/config/acceptance.h"
#include "models/resources/snapshot.h"
#include "models/resources/text.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr QStringView Sidecar(u"istio-proxy");

QString withoutTrailingSlash(QString path)
{
    while (path.size() > 1 && path.endsWith(u'/'))
        path.chop(1);
    return path;
}

QString volumeAt(const Deployment::Container &container, const QString &folder)
{
    for (auto mount = container.mounts.begin(); mount != container.mounts.end(); ++mount) {
        if (withoutTrailingSlash(mount.value()) == folder)
            return mount.key();
    }
    return {};
}

// "1.11.2", "v3.9.1"; not "latest", nor a digest's "".
bool namesVersion(const QString &tag)
{
    return tag.startsWith(u'v') ? tag.size() > 1 && tag[1].isDigit() : !tag.isEmpty() && tag[0].isDigit();
}

// What an injected sidecar is told by annotations; a manual one has it in its container.
QString outputFolder(const Deployment &deployment)
{
    if (const Deployment::Container *sidecar = deployment.container(Sidecar))
        return withoutTrailingSlash(sidecar->environment.value(u"OUTPUT_CERTS"_s));
    const QString config = deployment.podAnnotations.value(u"proxy.istio.io/config"_s);
    const qsizetype at = config.indexOf("OUTPUT_CERTS"_L1);
    if (at < 0)
        return {};
    QString value = config.mid(at + 12).section(u'\n', 0, 0).section(u'}', 0, 0).section(u',', 0, 0);
    value.remove(u'"').remove(u'\'').remove(u':');
    return withoutTrailingSlash(value.trimmed());
}

bool sidecarMounts(const Deployment &deployment, const QString &volume, const QString &folder)
{
    if (const Deployment::Container *sidecar = deployment.container(Sidecar))
        return volumeAt(*sidecar, folder) == volume;
    const QString mounts = deployment.podAnnotations.value(u"sidecar.istio.io/userVolumeMount"_s);
    return mounts.contains(u'"' + volume + u'"') && mounts.contains(folder);
}

QString meshFilesDirOf(const EdgeInstallation &edge, const Deployment &deployment)
{
    const QString written = outputFolder(deployment);
    const QString volume =
        written.isEmpty() ? QString() : volumeAt(*deployment.container(edge.container), written);
    return !volume.isEmpty() && sidecarMounts(deployment, volume, written) ? written : QString();
}

QMap<QString, QString> mountedSecretsOf(const Deployment &deployment, const Deployment::Container &container)
{
    QMap<QString, QString> secrets;
    for (auto mount = container.mounts.begin(); mount != container.mounts.end(); ++mount) {
        const auto secret = deployment.secretVolumes.constFind(mount.key());
        if (secret != deployment.secretVolumes.constEnd())
            secrets.insert(withoutTrailingSlash(mount.value()), *secret);
    }
    return secrets;
}

bool anyPodHasSidecar(const QList<const Pod *> &pods)
{
    return std::any_of(pods.begin(), pods.end(),
                       [](const Pod *pod) { return pod->hasSidecar && !pod->isGateway(); });
}

// As the container's first program decides it, which knows no other word; gone since 2.0.
bool isInLegacyMode(const EdgeInstallation &edge, const Deployment::Container &container)
{
    return edge.compat == edge::Compat::V1
        && container.environment.value(u"AMBASSADOR_LEGACY_MODE"_s).compare("true"_L1, Qt::CaseInsensitive)
        == 0;
}

// "" if the edge gets the mesh's certificates, else the first thing that stands in the way.
QString certificateProblem(const EdgeInstallation &edge, const Deployment &deployment,
                           const QList<const Pod *> &pods, bool podsKnown)
{
    const Deployment::Container &container = *deployment.container(edge.container);
    const QString &folder = edge.istioSecretDir;
    if (folder.isEmpty())
        return u"the container %1 has no variable AMBASSADOR_ISTIO_SECRET_DIR"_s.arg(edge.container);
    if (edge.namesMeshFiles())
        return u"version %1 does not know AMBASSADOR_ISTIO_SECRET_DIR; 1.10 was the first"_s.arg(
            edge.version);
    if (isInLegacyMode(edge, container))
        return u"AMBASSADOR_LEGACY_MODE is on, and with it AMBASSADOR_ISTIO_SECRET_DIR is not looked at"_s;
    if (folder != withoutTrailingSlash(folder))
        return u"AMBASSADOR_ISTIO_SECRET_DIR ends with a slash, so no change of its files is ever seen; write %1"_s
            .arg(withoutTrailingSlash(folder));
    const QString written = outputFolder(deployment);
    if (written.isEmpty() && !deployment.container(Sidecar))
        return u"there is no container istio-proxy, and no annotation proxy.istio.io/config with OUTPUT_CERTS"_s;
    if (written != folder)
        return u"istio-proxy writes its certificates to %1 (OUTPUT_CERTS), the edge reads %2"_s.arg(
            written.isEmpty() ? u"no folder"_s : written, folder);
    const QString volume = volumeAt(container, folder);
    if (volume.isEmpty())
        return u"the container %1 mounts no volume at %2"_s.arg(edge.container, folder);
    if (!sidecarMounts(deployment, volume, folder))
        return u"istio-proxy does not mount the volume %1 at %2"_s.arg(volume, folder);
    if (podsKnown && !pods.isEmpty() && !anyPodHasSidecar(pods))
        return u"the %1 asks for it, but no pod has a container istio-proxy yet"_s.arg(edge.kind);
    return {};
}

struct Environment
{
    QHash<QString, QString> values;
    QMap<QString, QString> unknown; // what the installation asks for only
};

constexpr QStringView Settings[] = {u"AMBASSADOR_ID", u"AMBASSADOR_NAMESPACE", u"AMBASSADOR_SINGLE_NAMESPACE",
                                    u"AMBASSADOR_ISTIO_SECRET_DIR"};

void setUnknown(Environment &environment, const QString &variable, const QString &why)
{
    if (std::find(std::begin(Settings), std::end(Settings), QStringView(variable)) == std::end(Settings))
        return;
    environment.values.remove(variable);
    environment.unknown.insert(variable, why);
}

void setKnown(Environment &environment, const QString &variable, const QString &value)
{
    environment.values.insert(variable, value);
    environment.unknown.remove(variable);
}

void takeAllKeys(Environment &environment, const Deployment::Container::Reference &from,
                 const QString &nameSpace, const Snapshot &snapshot)
{
    const QString map = nameSpace + u'/' + from.source + u'/';
    for (auto entry = snapshot.configMaps.begin(); entry != snapshot.configMaps.end(); ++entry) {
        if (entry.key().startsWith(map))
            setKnown(environment, from.prefix + entry.key().mid(map.size()), entry.value());
    }
    if (snapshot.knowsIn(u"configmaps"_s, nameSpace))
        return;
    for (const QStringView setting : Settings) {
        if (setting.startsWith(from.prefix))
            setUnknown(environment, setting.toString(),
                       u"it may be set by ConfigMap %1/%2; %3"_s.arg(nameSpace, from.source,
                                                                     snapshot.whyUnknown(u"configmaps"_s)));
    }
}

void takeOneKey(Environment &environment, const Deployment::Container::Reference &from,
                const QString &nameSpace, const Snapshot &snapshot)
{
    const QString source = u"%1 %2/%3, key %4"_s.arg(from.isSecret ? u"Secret"_s : u"ConfigMap"_s, nameSpace,
                                                     from.source, from.key);
    const auto value = snapshot.configMaps.constFind(nameSpace + u'/' + from.source + u'/' + from.key);
    if (from.isSecret)
        setUnknown(environment, from.variable, u"it comes from %1, which is not looked into"_s.arg(source));
    else if (value != snapshot.configMaps.constEnd())
        setKnown(environment, from.variable, *value);
    else if (!snapshot.knowsIn(u"configmaps"_s, nameSpace))
        setUnknown(environment, from.variable,
                   u"it comes from %1; %2"_s.arg(source, snapshot.whyUnknown(u"configmaps"_s)));
    else if (!from.isOptional)
        setUnknown(environment, from.variable,
                   u"it comes from %1, which is not there, so no new pod starts"_s.arg(source));
}

Environment environmentOf(const Deployment::Container &container, const QString &nameSpace,
                          const Snapshot &snapshot)
{
    Environment environment;
    for (const auto &reference : container.references) {
        if (!reference.variable.isEmpty())
            takeOneKey(environment, reference, nameSpace, snapshot);
        else if (!reference.isSecret)
            takeAllKeys(environment, reference, nameSpace, snapshot);
    }
    for (auto literal = container.environment.begin(); literal != container.environment.end(); ++literal)
        setKnown(environment, literal.key(), literal.value());
    return environment;
}

EdgeInstallation installationOf(const Deployment &deployment, const Deployment::Container &container,
                                const Environment &environment)
{
    EdgeInstallation edge;
    edge.nameSpace = deployment.nameSpace;
    edge.name = deployment.name;
    edge.kind = deployment.kind;
    edge.container = container.name;
    edge.version = imageTag(container.image);
    edge.compat = edge::compatFromVersion(edge.version.toStdString());
    edge.isCompatGuessed = !namesVersion(edge.version);
    edge.ambassadorId = environment.values.value(u"AMBASSADOR_ID"_s, u"default"_s);
    edge.ambassadorNamespace = environment.values.value(u"AMBASSADOR_NAMESPACE"_s, u"default"_s);
    edge.singleNamespace =
        !environment.values.value(u"AMBASSADOR_SINGLE_NAMESPACE"_s).isEmpty(); // "false", too
    edge.istioSecretDir = environment.values.value(u"AMBASSADOR_ISTIO_SECRET_DIR"_s);
    edge.environment = environment.values;
    edge.unknownSettings = environment.unknown;
    edge.serviceAccount = deployment.serviceAccount;
    edge.edgeStack = imageName(container.image) == "aes"_L1;
    return edge;
}

} // namespace

void EdgeInstallation::judgeBy(edge::Compat chosen)
{
    compat = chosen;
    isCompatGuessed = false;
}

void EdgeInstallation::takeId(const QString &chosen)
{
    ambassadorId = chosen;
    unknownSettings.remove(u"AMBASSADOR_ID"_s);
}

int EdgeInstallation::firstLineMinor() const
{
    const QStringList parts = version.startsWith(u'v') ? version.mid(1).split(u'.') : version.split(u'.');
    bool isNumber = false;
    const int minor = parts.value(1).toInt(&isNumber);
    return isNumber && parts.first() == "1"_L1 ? minor : -1;
}

QString EdgeInstallation::secretOfFile(const QString &path) const
{
    const auto secret = mountedSecrets.constFind(path.left(path.lastIndexOf(u'/')));
    return secret == mountedSecrets.constEnd() ? QString() : QString(nameSpace + u'/' + *secret);
}

bool EdgeInstallation::namesMeshFiles() const
{
    constexpr int FirstWithSecretDir = 10;
    return firstLineMinor() >= 0 && firstLineMinor() < FirstWithSecretDir;
}

bool isPodOf(const Pod &pod, const EdgeInstallation &edge)
{
    return pod.nameSpace == edge.nameSpace && pod.workload() == edge.name && !pod.isGone();
}

bool isOfAnEdge(const Deployment &workload)
{
    return std::any_of(workload.containers.begin(), workload.containers.end(),
                       [](const auto &container) { return isEdgeImage(container.image); });
}

bool isEdgeImage(const QString &image)
{
    const QString name = imageName(image);
    return name == "aes"_L1 || name == "ambassador"_L1 || name == "emissary"_L1;
}

edge::CompileOptions compileOptions(const EdgeInstallation &installation)
{
    edge::CompileOptions options;
    options.compat = installation.compat;
    options.ambassadorId = installation.ambassadorId.toStdString();
    options.ambassadorNamespace = installation.ambassadorNamespace.toStdString();
    options.singleNamespace = installation.singleNamespace;
    options.edgeStack = installation.edgeStack;
    for (auto variable = installation.environment.begin(); variable != installation.environment.end();
         ++variable)
        options.environment[variable.key().toStdString()] = variable.value().toStdString();
    options.endpointsRead = false; // a snapshot knows the pods behind a Service, not its Endpoints
    return options;
}

bool isOutsideOf(const edge::Value &object, const EdgeInstallation &installation)
{
    const auto refusal = edge::refusal(object, compileOptions(installation));
    return refusal && refusal->isOfOtherNamespace;
}

QString whyNotForEdge(const edge::Value &object, const EdgeInstallation &installation)
{
    const auto refusal = edge::refusal(object, compileOptions(installation));
    if (!refusal)
        return {};
    if (refusal->isOfOtherNamespace)
        return u"the edge looks at namespace %1 only (AMBASSADOR_SINGLE_NAMESPACE)"_s.arg(
            installation.ambassadorNamespace);
    QStringList wanted;
    for (const std::string &id : refusal->ids)
        wanted.append(text(id));
    return u"its ambassador_id is %1, the edge's is %2"_s.arg(
        wanted.isEmpty() ? u"empty"_s : wanted.join(u", "_s), installation.ambassadorId);
}

QStringList whyForNoEdge(const edge::Value &object, const QList<EdgeInstallation> &edges)
{
    QStringList why;
    if (object["kind"].text().starts_with("Project")) // of Edge Stack until 1.14: they have no id
        return why;
    for (const EdgeInstallation &edge : edges) {
        const QString reason = whyNotForEdge(object, edge);
        if (reason.isEmpty() || !edge.knowsId())
            return {};
        why.append(edge.name.isEmpty() ? reason : u"%1: %2"_s.arg(edge.key(), reason));
    }
    return why;
}

QList<EdgeInstallation> findEdges(const Snapshot &snapshot)
{
    const bool podsKnown = snapshot.knows(u"pods"_s);
    QList<EdgeInstallation> edges;
    for (const Deployment &deployment : snapshot.deployments) {
        const auto container =
            std::find_if(deployment.containers.begin(), deployment.containers.end(),
                         [](const auto &candidate) { return isEdgeImage(candidate.image); });
        if (container == deployment.containers.end())
            continue;
        EdgeInstallation edge =
            installationOf(deployment, *container, environmentOf(*container, deployment.nameSpace, snapshot));
        QList<const Pod *> own;
        for (const Pod &pod : snapshot.pods) {
            if (isPodOf(pod, edge))
                own.append(&pod);
        }
        edge.pods = podsKnown ? int(own.size()) : deployment.replicas;
        edge.readyPods = podsKnown
            ? int(std::count_if(own.begin(), own.end(), [](const Pod *pod) { return pod->ready; }))
            : deployment.readyReplicas;
        edge.istioCertificateProblem = certificateProblem(edge, deployment, own, podsKnown);
        edge.meshFilesDir = meshFilesDirOf(edge, deployment);
        edge.mountedSecrets = mountedSecretsOf(deployment, *container);
        edge.hasIstioCertificate = edge.istioCertificateProblem.isEmpty();
        edges.append(edge);
    }
    // In an order of its own: objects come in any, and the first edge is the one that is shown unasked.
    std::sort(edges.begin(), edges.end(), [](const EdgeInstallation &left, const EdgeInstallation &right) {
        return std::tie(left.nameSpace, left.name) < std::tie(right.nameSpace, right.name);
    });
    return edges;
}

} // namespace models
