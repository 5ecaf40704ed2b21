// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/template_pods.h"

#include "app/sidecar_injection.h"
#include "edge/value.h"
#include "models/resources/label_selector.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

const QLatin1String StandsInKey("sallyport/stands-in-for"); // an annotation of no API server's object
const QLatin1String HookKey("helm.sh/hook");
const char TemplateHash[] = "template"; // in a ReplicaSet's name, where the API server has a hash

QString namespaceOf(const edge::Value &object) { return models::text(object.at({"metadata", "namespace"})); }

models::ObjectRef refOf(const edge::Value &object)
{
    return {models::text(object["kind"]), namespaceOf(object), models::text(object.at({"metadata", "name"}))};
}

bool isHook(const edge::Value &object)
{
    return !object.at({"metadata", "annotations"})[HookKey.data()].isNull();
}

bool isOwned(const edge::Value &object)
{
    return !object.at({"metadata", "ownerReferences"}).items().empty();
}

bool isWorkload(const edge::Value &object)
{
    const std::string &kind = object["kind"].text(), &version = object["apiVersion"].text();
    if (!object.at({"spec", "template", "spec"}).isObject() || isHook(object))
        return false;
    if (kind == "Job")
        return version.starts_with("batch/") && !isOwned(object);
    const bool isOfApps = version.starts_with("apps/") || version.starts_with("extensions/");
    return isOfApps
        && (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet"
            || (kind == "ReplicaSet" && !isOwned(object)));
}

// Nobody wants a pod of it now.
bool isAtRest(const edge::Value &workload)
{
    const edge::Value &spec = workload["spec"];
    return spec["replicas"].toInteger(1) == 0 || spec["parallelism"].toInteger(1) == 0
        || spec["suspend"].toBool() || !workload.at({"status", "completionTime"}).isNull();
}

std::string suffixOf(const std::string &kind) { return kind == "StatefulSet" ? "-0" : ""; }

// As the controller of its kind makes it.  The name is the workload's own, which no controller gives a pod; of a StatefulSet its
// first pod's, by which DNS finds it.
edge::Value podOf(const edge::Value &workload)
{
    const std::string kind = workload["kind"].text(), name = workload.at({"metadata", "name"}).text();
    const edge::Value &pattern = workload.at({"spec", "template"});
    edge::Value metadata = edge::Value::object({{"name", name + suffixOf(kind)},
                                                {"namespace", workload.at({"metadata", "namespace"})},
                                                {"labels", pattern.at({"metadata", "labels"})},
                                                {"annotations", pattern.at({"metadata", "annotations"})}});
    metadata.child("annotations").set(StandsInKey.data(), refOf(workload).text().toStdString());
    edge::Value owner = edge::Value::object({{"kind", kind}, {"name", name}, {"controller", true}});
    if (kind == "Deployment") {
        metadata.child("labels").set("pod-template-hash", TemplateHash);
        owner.set("kind", "ReplicaSet");
        owner.set("name", name + '-' + TemplateHash);
    } else if (kind == "StatefulSet") {
        metadata.child("labels").set("statefulset.kubernetes.io/pod-name", name + suffixOf(kind));
    }
    metadata.set("ownerReferences", edge::Value::array({std::move(owner)}));
    return edge::Value::object({{"apiVersion", "v1"},
                                {"kind", "Pod"},
                                {"metadata", std::move(metadata)},
                                {"spec", pattern["spec"]}});
}

edge::Value running(edge::Value pod)
{
    edge::Value &status = pod.child("status");
    status.set("phase", "Running");
    status.set("conditions",
               edge::Value::array({edge::Value::object({{"type", "Ready"}, {"status", "True"}})}));
    const auto addReady = [&](const char *list, const char *statuses) {
        for (const edge::Value &container : pod["spec"][list].items())
            status.child(statuses).push(edge::Value::object({{"name", container["name"]}, {"ready", true}}));
    };
    addReady("containers", "containerStatuses");
    addReady("initContainers", "initContainerStatuses");
    return pod;
}

bool isPodOf(const models::Pod &pod, const edge::Value &workload)
{
    if (!pod.controller.isEmpty())
        return pod.workload() == refOf(workload).name && pod.workloadKind() == refOf(workload).kind;
    const models::LabelSelector selector = models::parseLabelSelector(workload.at({"spec", "selector"}));
    return !selector.isEmpty() && selector.selects(pod.labels);
}

kube::Object rawOf(const edge::Value &pod)
{
    kube::Object raw;
    raw.nameSpace = namespaceOf(pod);
    raw.name = refOf(pod).name;
    raw.json = QByteArray::fromStdString(edge::toJson(pod));
    return raw;
}

QString listed(const QStringList &names)
{
    constexpr qsizetype Most = 8;
    return names.mid(0, Most).join(u", "_s)
        + (names.size() > Most ? u" and %1 more"_s.arg(names.size() - Most) : QString());
}

// What injection and pods of their own are judged by.
std::shared_ptr<const models::Snapshot> basisOf(const models::SnapshotInput &input)
{
    models::SnapshotInput basis;
    for (const QString &plural : {u"namespaces"_s, u"configmaps"_s, u"pods"_s}) {
        if (const auto objects = input.objects.constFind(plural); objects != input.objects.constEnd())
            basis.objects.insert(plural, *objects);
    }
    return models::makeSnapshot(basis);
}

void takeOutHooks(models::SnapshotInput &input)
{
    const auto pods = input.objects.find(u"pods"_s);
    if (pods == input.objects.end())
        return;
    pods->removeIf([](const kube::Object &raw) {
        if (!raw.json.contains(HookKey.data()))
            return false;
        const auto pod = edge::parseJson(raw.json.toStdString());
        return pod && isHook(*pod);
    });
    if (pods->isEmpty())
        input.objects.erase(pods);
}

class TemplatePods
{
public:
    explicit TemplatePods(const models::Snapshot &basis)
        : m_basis(basis)
    {
    }

    void add(const edge::Value &workload)
    {
        const auto contents = m_basis.contentsOf(namespaceOf(workload));
        const bool hasOwn = std::any_of(contents->pods.begin(), contents->pods.end(),
                                        [&](const auto &pod) { return isPodOf(*pod, workload); });
        // Read from a cluster, together with its pods: there are no others.
        const bool isSeen = !m_basis.pods.empty() && !workload.at({"metadata", "uid"}).isNull();
        if (hasOwn || isSeen)
            return;
        const edge::Value pod = podOf(workload);
        if (isAtRest(workload))
            m_templates.append(models::parsePod(pod));
        else
            add(pod, refOf(workload));
    }

    // Those whose Service nobody answers for among what is there.
    QStringList unanswered(const edge::SharedList<edge::Value> &manifests) const
    {
        QStringList services;
        for (const edge::Value &object : manifests) {
            if (object["kind"].text() != "Service" || object["apiVersion"].text() != "v1")
                continue;
            const models::Service service = models::parseService(object);
            const bool isAnswered = std::any_of(m_templates.begin(), m_templates.end(),
                                                [&](const models::Pod &pod) { return service.selects(pod); });
            if (!isAnswered && !service.selector.isEmpty() && service.type != "ExternalName"_L1)
                services.append(refOf(object).text());
        }
        return services;
    }

    QList<kube::Object> pods;
    QMap<QString, QStringList> unknown; // workloads, by their namespace

private:
    void add(const edge::Value &pod, const models::ObjectRef &workload)
    {
        m_templates.append(models::parsePod(pod));
        const Injection injection = injectionOf(pod, m_basis);
        if (injection == Injection::Unknown) {
            unknown[workload.nameSpace].append(workload.text());
            return;
        }
        edge::Value made = injection == Injection::Sidecar ? injected(pod, m_basis.mesh) : pod;
        if (injection == Injection::Ambient)
            made.child("metadata").child("annotations").set("ambient.istio.io/redirection", "enabled");
        pods.append(rawOf(running(std::move(made))));
    }

    const models::Snapshot &m_basis;
    QList<models::Pod> m_templates; // whether a pod of them stands in or not
};

} // namespace

void addTemplatePods(models::SnapshotInput &input, const edge::SharedList<edge::Value> &manifests)
{
    takeOutHooks(input);
    if (std::none_of(manifests.begin(), manifests.end(), isWorkload))
        return;
    const auto basis = basisOf(input);
    TemplatePods templates(*basis);
    for (const edge::Value &object : manifests) {
        if (isWorkload(object))
            templates.add(object);
    }
    const QStringList services = basis->pods.empty() ? templates.unanswered(manifests)
                                                     : QStringList(); // else pods were to be all there
    QStringList why;
    for (auto home = templates.unknown.begin(); home != templates.unknown.end(); ++home)
        why.append(
            u"those of %1: Namespace %2, whose labels decide whether they get a sidecar, is not among the manifests"_s
                .arg(listed(*home), home.key()));
    if (!services.isEmpty())
        why.append(u"those of %1: it selects pods of no workload that is among the manifests"_s.arg(
            listed(services)));
    if (!why.isEmpty()) {
        input.inPart.insert(u"pods"_s);
        input.unavailable[u"pods"_s].message = why.join(u"; "_s);
    }
    input.objects[u"pods"_s] += templates.pods;
}

QString standsInFor(const models::Pod &pod) { return pod.annotations.value(StandsInKey); }

QStringList standIns(const models::Snapshot &snapshot)
{
    QStringList workloads;
    for (const models::Pod &pod : snapshot.pods) {
        if (const QString workload = standsInFor(pod); !workload.isEmpty())
            workloads.append(workload);
    }
    return workloads;
}

QString standInNote(const models::Snapshot &snapshot)
{
    const QStringList workloads = standIns(snapshot);
    return workloads.isEmpty()
        ? QString()
        : u"one pod each stands in for the templates of %1: running, and with a sidecar where it would be injected"_s
              .arg(listed(workloads));
}

} // namespace app
