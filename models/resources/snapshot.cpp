// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/field_faults.h"
#include "models/resources/snapshot_maker.h"
#include "models/resources/snapshot_parts.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString keyOf(const QString &nameSpace, const QString &name) { return nameSpace + u'/' + name; }

// As Istio sorts its configuration (model/config.go sortConfigByCreationTime): of objects that mean the same pods or the
// same Service the first counts.
template<typename Policy>
bool isOlder(const Policy &a, const Policy &b)
{
    if (a.created != b.created)
        return a.created < b.created;
    return a.name != b.name ? a.name < b.name : a.nameSpace < b.nameSpace;
}

bool hasMappings(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    return std::any_of(snapshot.ambassadorObjects.begin(), snapshot.ambassadorObjects.end(),
                       [&](const edge::Value &object) {
                           return object["kind"].text() == "Mapping" && whyNotForEdge(object, edge).isEmpty();
                       });
}

// The mesh's own configuration; it also names the namespace whose PeerAuthentications count for the whole
// mesh.
void takeMeshConfig(Snapshot &snapshot)
{
    QStringList keys = snapshot.configMaps.keys();
    std::sort(keys.begin(), keys.end(), [](const QString &a, const QString &b) {
        const auto isRevision = [](const QString &key) { return key.section(u'/', 1, 1) != "istio"_L1; };
        return std::tuple(isRevision(a), a) < std::tuple(isRevision(b), b); // istio before istio-REVISION
    });
    for (const QString &key : keys) {
        const QString name = key.section(u'/', 1, 1);
        if (key.section(u'/', -1) != "mesh"_L1 || (name != "istio"_L1 && !name.startsWith("istio-"_L1)))
            continue;
        snapshot.fieldFaults +=
            meshConfigFaults(snapshot.configMaps.value(key), {u"ConfigMap"_s, key.section(u'/', 0, 0), name});
        MeshConfig mesh =
            parseMeshConfig(snapshot.configMaps.value(key), u"ConfigMap "_s + key.section(u'/', 0, 1));
        if (mesh.rootNamespace.isEmpty())
            mesh.rootNamespace = key.section(u'/', 0, 0);
        if (snapshot.meshes.isEmpty()) {
            snapshot.mesh = mesh;
            snapshot.istioRootNamespace = mesh.rootNamespace;
        }
        snapshot.meshes.insert(name == "istio"_L1 ? u"default"_s : name.mid(6), mesh);
    }
}

} // namespace

struct SnapshotMaker::Kept
{
    Parsed<std::shared_ptr<const Pod>> pods;
    Parsed<Deployment> deployments, daemonSets, statefulSets;
    using Object = std::shared_ptr<const edge::Value>;
    struct ReadService
    {
        std::shared_ptr<const Service> service;
        Object object;
    };
    Parsed<ReadService> services;
    Parsed<std::pair<TlsSecret, Object>> secrets;
    QHash<QString, Parsed<Object>> ambassador; // by plural
    Snapshot::Index index;
};

namespace {

using Kept = SnapshotMaker::Kept;

void takePolicies(Snapshot &snapshot, const SnapshotInput &input)
{
    forEachSound(snapshot, input, u"peerauthentications"_s, [&](edge::Value value) {
        snapshot.peerAuthentications.append(parsePeerAuthentication(value));
    });
    for (const QString &plural : {u"meshpolicies"_s, u"policies"_s})
        forEachSound(snapshot, input, plural, [&](edge::Value value) {
            if (value["apiVersion"].text().starts_with(
                    "authentication.istio.io/")) // others have policies, too
                snapshot.authenticationPolicies.append(parseAuthenticationPolicy(value));
        });
    std::stable_sort(snapshot.peerAuthentications.begin(), snapshot.peerAuthentications.end(),
                     isOlder<PeerAuthentication>);
    std::stable_sort(snapshot.authenticationPolicies.begin(), snapshot.authenticationPolicies.end(),
                     isOlder<AuthenticationPolicy>);
}

void takeWorkloads(Snapshot &snapshot, const SnapshotInput &input, Kept &kept)
{
    forEachJudged(snapshot, input, u"namespaces"_s,
                  [&](edge::Value value) { snapshot.namespaces.append(parseNamespace(value)); });
    snapshot.pods.reserve(std::size_t(input.objects.value(u"pods"_s).size()));
    forEachKept(
        input.objects.value(u"pods"_s), kept.pods, &snapshot.fieldFaults,
        [](const edge::Value &value) { return std::make_shared<const Pod>(parsePod(value)); },
        [&](const std::shared_ptr<const Pod> &pod) { snapshot.pods.push_back(pod); });
    forEachKept(
        input.objects.value(u"deployments"_s), kept.deployments, &snapshot.fieldFaults,
        [](const edge::Value &value) { return parseDeployment(value); },
        [&](const Deployment &deployment) { snapshot.deployments.append(deployment); });
    forEachKept(
        input.objects.value(u"daemonsets"_s), kept.daemonSets, &snapshot.fieldFaults,
        [](const edge::Value &value) {
            Deployment daemonSet = parseDeployment(value);
            daemonSet.kind = u"DaemonSet"_s;
            return daemonSet;
        },
        [&](const Deployment &daemonSet) {
            (isOfAnEdge(daemonSet) ? snapshot.deployments : snapshot.otherOwners).append(daemonSet);
        });
    forEachKept(
        input.objects.value(u"statefulsets"_s), kept.statefulSets, &snapshot.fieldFaults,
        [](const edge::Value &value) {
            Deployment statefulSet = parseDeployment(value);
            statefulSet.kind = u"StatefulSet"_s;
            return statefulSet;
        },
        [&](const Deployment &statefulSet) { snapshot.otherOwners.append(statefulSet); });
    const auto readService = [](edge::Value value) {
        auto service = std::make_shared<const Service>(parseService(value));
        return Kept::ReadService{std::move(service), std::make_shared<const edge::Value>(std::move(value))};
    };
    forEachKept(input.objects.value(u"services"_s), kept.services, &snapshot.fieldFaults, readService,
                [&](const Kept::ReadService &read) {
                    snapshot.services.push_back(read.service);
                    snapshot.ambassadorObjects.push_back(read.object);
                });
}

// Of other groups than getambassador.io, what routes are made of all the same.
bool isOfTheEdge(const QString &plural)
{
    return plural == "ingresses"_L1 || plural == "ingressclasses"_L1 || plural == "endpoints"_L1;
}

void takeConfiguration(Snapshot &snapshot, const SnapshotInput &input, Kept &kept)
{
    const auto readSecret = [](edge::Value value) {
        TlsSecret secret = parseTlsSecret(value);
        return std::pair(std::move(secret), std::make_shared<const edge::Value>(std::move(value)));
    };
    forEachKept(input.objects.value(u"secrets"_s), kept.secrets, &snapshot.fieldFaults, readSecret,
                [&](const auto &secret) {
                    if (!secret.first.chains.isEmpty() || !secret.first.broken.isEmpty()
                        || secret.first.hasKey)
                        snapshot.secrets.append(secret.first);
                    snapshot.ambassadorObjects.push_back(secret.second);
                });
    forEachJudged(snapshot, input, u"configmaps"_s, [&](edge::Value value) {
        const QString key =
            keyOf(text(value.at({"metadata", "namespace"})), text(value.at({"metadata", "name"})));
        const QMap<QString, QString> data = texts(value["data"]);
        for (auto entry = data.begin(); entry != data.end(); ++entry)
            snapshot.configMaps.insert(keyOf(key, entry.key()), entry.value());
    });
    for (const kube::Object &object : input.objects.value(u"tracingservices"_s)) {
        const QDateTime created = QDateTime::fromString(object.creationTimestamp, Qt::ISODate);
        const QDateTime changed =
            object.changedAt > 0 ? QDateTime::fromSecsSinceEpoch(object.changedAt, Qt::UTC) : QDateTime();
        snapshot.tracingChanged.insert(object.key(),
                                       changed.isValid() && !(created > changed) ? changed : created);
    }
    constexpr qint64 Lately = 3600; // seconds: pods are read more often
    const qint64 since = input.takenAt.toSecsSinceEpoch() - Lately;
    for (const kube::Object &object : input.objects.value(u"mappings"_s)) {
        if (object.changedAt > since)
            snapshot.mappingChanged.insert(object.key(), object.changedAt);
    }
    static const QSet<QString> taken{
        u"pods"_s,         u"services"_s,      u"secrets"_s,    u"configmaps"_s,
        u"namespaces"_s,   u"deployments"_s,   u"daemonsets"_s, u"peerauthentications"_s,
        u"statefulsets"_s, u"endpointslices"_s};
    QStringList others = input.objects.keys();
    others.sort(); // the same order every time
    for (const QString &plural : others) {
        if (taken.contains(plural))
            continue;
        const auto keep = [](edge::Value value) {
            return std::make_shared<const edge::Value>(std::move(value));
        };
        // An edge reads them wherever slices say who answers for a Service.
        QList<Finding> *faults = plural == "endpoints"_L1 ? &snapshot.fieldFaults : nullptr;
        forEachKept(input.objects.value(plural), kept.ambassador[plural], faults, keep,
                    [&](const Kept::Object &value) {
                        if (isOfTheEdge(plural)
                            || (*value)["apiVersion"].text().starts_with("getambassador.io/"))
                            snapshot.ambassadorObjects.push_back(value);
                    });
    }
}

// All that the Service selects are among them.
const QList<const Pod *> &podsByRarestLabel(const NamespaceContents &contents, const Service &service)
{
    static const QList<const Pod *> none;
    const QList<const Pod *> *fewest = nullptr;
    for (auto label = service.selector.begin(); label != service.selector.end(); ++label) {
        const auto list = contents.podsByLabel.constFind({label.key(), label.value()});
        const QList<const Pod *> *candidate = list == contents.podsByLabel.constEnd() ? &none : &*list;
        if (!fewest || candidate->size() < fewest->size())
            fewest = candidate;
    }
    return fewest ? *fewest : none;
}

void findIn(NamespaceContents &contents)
{
    for (const auto &pod : contents.pods) {
        for (auto label = pod->labels.begin(); label != pod->labels.end(); ++label)
            contents.podsByLabel[{label.key(), label.value()}].append(pod.get());
    }
    for (const auto &service : contents.services) {
        contents.serviceByName.insert(service->name, service.get());
        for (const Pod *pod : podsByRarestLabel(contents, *service)) {
            if (service->selects(*pod))
                contents.servicesOfPod[pod].append(service.get());
        }
    }
}

template<typename Item>
const Item *named(const QList<Item> &items, const QString &nameSpace, const QString &name)
{
    const auto found = std::find_if(items.begin(), items.end(), [&](const Item &item) {
        return item.nameSpace == nameSpace && item.name == name;
    });
    return found == items.end() ? nullptr : &*found;
}

} // namespace

void buildIndex(Snapshot &snapshot, const Snapshot::Index &before)
{
    QHash<QString, std::shared_ptr<NamespaceContents>> contents;
    // Objects of one namespace often stand together, so the last one is asked first.
    const QString *last = nullptr;
    NamespaceContents *found = nullptr;
    const auto in = [&](const QString &nameSpace) -> NamespaceContents & {
        if (!last || *last != nameSpace) {
            auto &one = contents[nameSpace];
            if (!one)
                one = std::make_shared<NamespaceContents>();
            last = &nameSpace;
            found = one.get();
        }
        return *found;
    };
    for (const auto &pod : snapshot.pods.items())
        in(pod->nameSpace).pods.push_back(pod);
    for (const auto &service : snapshot.services.items())
        in(service->nameSpace).services.push_back(service);
    for (const auto &object : snapshot.ambassadorObjects.items()) // that the namespace is there is known, too
        in(QString::fromStdString(object->at({"metadata", "namespace"}).text()));
    for (auto one = contents.begin(); one != contents.end(); ++one) {
        const auto known = before.namespaces.value(one.key());
        if (known && known->pods == one.value()->pods && known->services == one.value()->services) {
            snapshot.index.namespaces.insert(one.key(), known);
            continue;
        }
        findIn(*one.value());
        snapshot.index.namespaces.insert(one.key(), std::move(one.value()));
    }
    for (qsizetype i = 0; i < snapshot.peerAuthentications.size(); ++i)
        snapshot.index.policies[snapshot.peerAuthentications[i].nameSpace].append(i);
}

std::shared_ptr<const NamespaceContents> Snapshot::contentsOf(const QString &nameSpace) const
{
    const auto found = index.namespaces.value(nameSpace);
    return found ? found : std::make_shared<const NamespaceContents>();
}

bool Snapshot::knows(const QString &plural) const
{
    return kindsRead.contains(plural) && !onlyIn.contains(plural);
}

bool Snapshot::knowsIn(const QString &plural, const QString &nameSpace) const
{
    return kindsRead.contains(plural) && (!onlyIn.contains(plural) || onlyIn.value(plural) == nameSpace);
}

bool Snapshot::isAbsent(const QString &plural) const
{
    const auto error = unavailable.constFind(plural);
    return !knows(plural) && error != unavailable.constEnd() && error->kind == kube::Error::Kind::NotFound;
}

QString Snapshot::whyUnknown(const QString &plural) const
{
    if (knows(plural))
        return {};
    if (onlyIn.contains(plural))
        return u"%1 were read in namespace %2 only: this account may not list them in all namespaces"_s.arg(
            plural, onlyIn.value(plural));
    if (isAbsent(plural))
        return u"this cluster has no %1: its API server does not know the kind"_s.arg(plural);
    const auto error = unavailable.constFind(plural);
    return error == unavailable.constEnd() ? u"%1 were not read"_s.arg(plural)
                                           : u"%1 could not be read: %2"_s.arg(plural, error->message);
}

bool Snapshot::isOldMesh() const
{
    return isAbsent(u"peerauthentications"_s)
        && (kindsRead.contains(u"meshpolicies"_s) || unavailable.contains(u"meshpolicies"_s));
}

// Kubernetes before 1.17 has no slices.
QString Snapshot::slicesPlural() const
{
    return isAbsent(u"endpointslices"_s) && kindsRead.contains(u"endpoints"_s) ? u"endpoints"_s
                                                                               : u"endpointslices"_s;
}

QString Snapshot::modesPlural() const
{
    if (!isOldMesh())
        return u"peerauthentications"_s;
    return knows(u"meshpolicies"_s) ? u"policies"_s : u"meshpolicies"_s;
}

bool Snapshot::knowsModes() const
{
    return knows(modesPlural()); // policies are looked at where meshpolicies are known
}

QString Snapshot::whyModesUnknown() const { return whyUnknown(modesPlural()); }

const Service *Snapshot::service(const QString &nameSpace, const QString &name) const
{
    const auto contents = index.namespaces.constFind(nameSpace);
    return contents == index.namespaces.constEnd() ? nullptr : (*contents)->serviceByName.value(name);
}

QList<const Pod *> Snapshot::podsOf(const Service &service) const
{
    if (const auto bySlice = index.podsBySlice.constFind(&service); bySlice != index.podsBySlice.constEnd())
        return *bySlice;
    QList<const Pod *> found;
    const auto contents = index.namespaces.constFind(service.nameSpace);
    if (contents == index.namespaces.constEnd())
        return found;
    for (const Pod *pod : podsByRarestLabel(**contents, service)) {
        if (service.selects(*pod) && !pod->isGone())
            found.append(pod);
    }
    return found;
}

QList<const Service *> Snapshot::servicesOf(const Pod &pod) const
{
    const auto contents = index.namespaces.constFind(pod.nameSpace);
    QList<const Service *> found = contents == index.namespaces.constEnd()
        ? QList<const Service *>()
        : (*contents)->servicesOfPod.value(&pod);
    if (!index.servicesBySlice.isEmpty())
        found += index.servicesBySlice.value(&pod);
    return found;
}

const EdgeInstallation *Snapshot::edge(const QString &key, const QString &ambassadorId) const
{
    for (const EdgeInstallation &candidate : edges) {
        if (key.isEmpty() && !ambassadorId.isEmpty() && candidate.knowsId()
            && candidate.ambassadorId == ambassadorId)
            return &candidate;
    }
    for (const EdgeInstallation &candidate : edges) {
        if (key.isEmpty() ? hasMappings(*this, candidate) : candidate.key() == key)
            return &candidate;
    }
    return key.isEmpty() && !edges.isEmpty() ? &edges.constFirst() : nullptr;
}

const Namespace *Snapshot::nameSpace(const QString &name) const
{
    const auto found = std::find_if(namespaces.begin(), namespaces.end(),
                                    [&](const Namespace &candidate) { return candidate.name == name; });
    return found == namespaces.end() ? nullptr : &*found;
}

const Deployment *Snapshot::deployment(const QString &nameSpace, const QString &name) const
{
    return named(deployments, nameSpace, name);
}

const Deployment *Snapshot::ownerOf(const Pod &pod) const
{
    const QString kind = pod.workloadKind(), name = pod.workload();
    for (const QList<Deployment> *list : {&deployments, &otherOwners}) {
        for (const Deployment &owner : *list) {
            if (owner.kind == kind && owner.nameSpace == pod.nameSpace && owner.name == name)
                return &owner;
        }
    }
    return nullptr;
}

bool Snapshot::injects(const QString &home, const Labels &podLabels, const Labels &podAnnotations) const
{
    const QString wish =
        podLabels.value(u"sidecar.istio.io/inject"_s, podAnnotations.value(u"sidecar.istio.io/inject"_s));
    const Namespace *known = nameSpace(home);
    return wish == "true"_L1 || (wish != "false"_L1 && known && known->injected());
}

ObjectRef Snapshot::workload(const QString &nameSpace, const QString &name) const
{
    const auto contents = contentsOf(nameSpace);
    const auto pod = std::find_if(contents->pods.begin(), contents->pods.end(),
                                  [&](const auto &candidate) { return candidate->workload() == name; });
    return {pod == contents->pods.end() ? u"Deployment"_s : (*pod)->workloadKind(), nameSpace, name};
}

const TlsSecret *Snapshot::secret(const QString &nameSpace, const QString &name) const
{
    return named(secrets, nameSpace, name);
}

QList<const PeerAuthentication *> Snapshot::policiesIn(const QString &nameSpace) const
{
    QList<const PeerAuthentication *> found;
    for (const qsizetype at : index.policies.value(nameSpace))
        found.append(&peerAuthentications[at]);
    return found;
}

SnapshotMaker::SnapshotMaker()
    : m_kept(std::make_unique<Kept>())
{
}

SnapshotMaker::~SnapshotMaker() = default;

std::shared_ptr<const Snapshot> makeSnapshot(const SnapshotInput &input)
{
    return SnapshotMaker().make(input);
}

std::shared_ptr<const Snapshot> SnapshotMaker::make(const SnapshotInput &input)
{
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->takenAt = input.takenAt;
    snapshot->unavailable = input.unavailable;
    snapshot->onlyIn = input.onlyIn;
    snapshot->edgeProxies = input.edgeProxies;
    snapshot->meshProxies = input.meshProxies;
    snapshot->loadedPrometheus = input.loadedPrometheus;
    snapshot->loadedGrafana = input.loadedGrafana;
    snapshot->ownCertificates = input.ownCertificates;
    snapshot->clockAheadSeconds = input.clockAheadSeconds;
    for (auto kind = input.objects.begin(); kind != input.objects.end(); ++kind)
        snapshot->kindsRead.insert(kind.key());
    snapshot->kindsRead.subtract(input.inPart);
    takeWorkloads(*snapshot, input, *m_kept);
    takePolicies(*snapshot, input);
    takeConfiguration(*snapshot, input, *m_kept);
    buildIndex(*snapshot, m_kept->index);
    m_kept->index = snapshot->index;
    takeSlices(*snapshot, input); // of this snapshot's own pods and Services
    snapshot->edges = findEdges(*snapshot);
    takeMeshConfig(*snapshot);
    takePlatform(*snapshot, input);
    takeCallers(*snapshot, input);
    return snapshot;
}

} // namespace models
