// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/workload.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

const QLatin1String SidecarName("istio-proxy");

QString nameOf(const edge::Value &object) { return text(object.at({"metadata", "name"})); }

QString namespaceOf(const edge::Value &object) { return text(object.at({"metadata", "namespace"})); }

// Literal variables, and those that the downward API fills with the object's own namespace.
QHash<QString, QString> environmentOf(const edge::Value &container, const QString &nameSpace)
{
    QHash<QString, QString> variables;
    for (const edge::Value &variable : container["env"].items()) {
        const bool isNamespace =
            variable.at({"valueFrom", "fieldRef", "fieldPath"}).text() == "metadata.namespace";
        if (variable["value"].isString() || isNamespace)
            variables.insert(text(variable["name"]), isNamespace ? nameSpace : text(variable["value"]));
    }
    return variables;
}

QList<Deployment::Container::Reference> referencesOf(const edge::Value &container)
{
    QList<Deployment::Container::Reference> all;
    for (const edge::Value &from : container["envFrom"].items()) {
        const bool isSecret = from["secretRef"].isObject();
        const edge::Value &source = from[isSecret ? "secretRef" : "configMapRef"];
        all.append(
            {{}, text(from["prefix"]), text(source["name"]), {}, isSecret, source["optional"].toBool()});
    }
    for (const edge::Value &variable : container["env"].items()) {
        const bool isSecret = variable.at({"valueFrom", "secretKeyRef"}).isObject();
        const edge::Value &source = variable.at({"valueFrom", isSecret ? "secretKeyRef" : "configMapKeyRef"});
        if (source.isObject())
            all.append({text(variable["name"]),
                        {},
                        text(source["name"]),
                        text(source["key"]),
                        isSecret,
                        source["optional"].toBool()});
    }
    return all;
}

void addProbe(Pod &pod, const QString &container, const QString &path, const edge::Value &handler)
{
    Probe probe;
    probe.container = container;
    probe.path = path;
    if (handler["httpGet"].isObject()) {
        probe.url = text(handler.at({"httpGet", "path"}));
        probe.port = text(handler.at({"httpGet", "port"}));
    } else if (handler["tcpSocket"].isObject()) {
        probe.kind = Probe::Kind::Tcp;
        probe.port = text(handler.at({"tcpSocket", "port"}));
    } else if (handler["grpc"].isObject()) {
        probe.kind = Probe::Kind::Grpc;
        probe.port = text(handler.at({"grpc", "port"}));
    } else {
        return;
    }
    for (const char *action : {"httpGet", "tcpSocket"}) {
        if (!text(handler.at({action, "host"})).isEmpty())
            return; // the kubelet asks another machine than the pod
    }
    pod.probes.append(probe);
}

void addProbes(Pod &pod, const QString &name, const edge::Value &container)
{
    if (name == SidecarName)
        return;
    for (const char *kind : {"livenessProbe", "readinessProbe", "startupProbe"})
        addProbe(pod, name, QString::fromLatin1(kind), container[kind]);
    for (const char *hook : {"postStart", "preStop"})
        addProbe(pod, name, u"lifecycle."_s + QString::fromLatin1(hook), container.at({"lifecycle", hook}));
}

// A container's own word comes before the pod's.
void addRunAsProxy(Pod &pod, const QString &name, const edge::Value &container, const edge::Value &podContext)
{
    if (name == SidecarName)
        return;
    for (const char *id : {"runAsUser", "runAsGroup"}) {
        const edge::Value &own = container["securityContext"][id];
        const QString field = u"securityContext."_s + QString::fromLatin1(id);
        const QString path = own.isNull() ? u"spec."_s + field : u"spec.containers[%1].%2"_s.arg(name, field);
        if ((own.isNull() ? podContext[id] : own).toInteger() == 1337 && !pod.runAsProxy.contains(path))
            pod.runAsProxy.append(path);
    }
}

// What stays in a container's place when its Pod is a native sidecar's: an init container that is restarted
// always.
bool runsBeside(const edge::Value &initContainer)
{
    return initContainer["restartPolicy"].text() == "Always";
}

void readContainers(Pod &pod, const edge::Value &list, const edge::Value &podContext, bool init)
{
    for (const edge::Value &container : list.items()) {
        const QString name = text(container["name"]);
        (init ? pod.initContainers : pod.containers).append(name);
        pod.hasSidecar = pod.hasSidecar || name == SidecarName;
        if (name == SidecarName)
            pod.sidecarImage = text(container["image"]);
        if (init && !runsBeside(container))
            continue;
        ++pod.totalContainers;
        pod.images.append(text(container["image"]));
        pod.environment.insert(name, environmentOf(container, pod.nameSpace));
        addProbes(pod, name, container);
        addRunAsProxy(pod, name, container, podContext);
        for (const edge::Value &port : container["ports"].items())
            pod.ports.append({text(port["name"]), int(port["containerPort"].toInteger()), name,
                              port["protocol"].isNull() || port["protocol"].text() == "TCP",
                              int(port["hostPort"].toInteger())});
    }
}

int readyOf(const edge::Value &statuses, const QStringList &counted)
{
    int ready = 0;
    for (const edge::Value &status : statuses.items())
        ready += counted.contains(text(status["name"])) && status["ready"].toBool() ? 1 : 0;
    return ready;
}

bool isNumber(QStringView text)
{
    bool all = !text.isEmpty();
    for (const QChar c : text)
        all = all && c >= u'0' && c <= u'9';
    return all;
}

bool listsPort(const QString &list, int port)
{
    if (list.isEmpty()) // almost always, and this is asked for every port of every pod
        return false;
    const QStringList ports = list.split(u',');
    return std::any_of(ports.begin(), ports.end(),
                       [port](const QString &one) { return one.trimmed() == QString::number(port); });
}

Deployment::Container parseContainer(const edge::Value &value, const QString &nameSpace)
{
    Deployment::Container container{
        text(value["name"]), text(value["image"]), environmentOf(value, nameSpace), referencesOf(value), {}};
    for (const edge::Value &mount : value["volumeMounts"].items())
        container.mounts.insert(text(mount["name"]), text(mount["mountPath"]));
    for (const char *field : {"command", "args"}) {
        for (const edge::Value &argument : value[field].items())
            container.arguments.append(text(argument));
    }
    return container;
}

} // namespace

bool containsAll(const Labels &labels, const Labels &wanted)
{
    for (auto label = wanted.begin(); label != wanted.end(); ++label) {
        const auto found = labels.constFind(label.key());
        if (found == labels.constEnd() || *found != label.value())
            return false;
    }
    return true;
}

// The injector's own rule: istio-injection decides where it is set, a revision only where it is not.
bool Namespace::injected() const
{
    const auto injection = labels.constFind(u"istio-injection"_s);
    return injection != labels.constEnd() ? *injection == "enabled"_L1 : labels.contains(u"istio.io/rev"_s);
}

namespace {

struct Owner
{
    QString kind, name;
};

Owner ownerOf(const Pod &pod)
{
    if (pod.controller.isEmpty())
        return {u"Pod"_s, pod.name};
    const Owner direct{pod.controllerKind, pod.controller};
    const qsizetype dash = pod.controller.lastIndexOf(u'-');
    if (dash <= 0)
        return direct;
    const QString before = pod.controller.left(dash);
    const QStringView last = QStringView(pod.controller).mid(dash + 1);
    if (last == pod.labels.value(u"pod-template-hash"_s))
        return {u"Deployment"_s, before};
    if (last == pod.labels.value(u"rollouts-pod-template-hash"_s))
        return {u"Rollout"_s, before};
    if (last.size() >= 8 && isNumber(last)) // the scheduled minute since 1970
        return {u"CronJob"_s, before};
    if (pod.controllerKind == "ReplicationController"_L1 && isNumber(last)
        && pod.labels.value(u"deploymentconfig"_s) == before)
        return {u"DeploymentConfig"_s, before};
    return direct;
}

} // namespace

QString Pod::workload() const { return ownerOf(*this).name; }

QString Pod::workloadKind() const { return ownerOf(*this).kind; }

bool Pod::isGateway() const
{
    return hasSidecar && containers.size() == 1 && containers.constFirst() == SidecarName;
}

bool Pod::capturesOutbound() const
{
    const bool byHand = annotations.value(u"sidecar.istio.io/inject"_s) == "false"_L1
        && !annotations.contains(u"sidecar.istio.io/status"_s);
    const auto included = annotations.constFind(u"traffic.sidecar.istio.io/includeOutboundIPRanges"_s);
    return hasSidecar && !byHand && (included == annotations.constEnd() || !included->isEmpty());
}

bool Pod::capturesInbound(int port) const
{
    if (annotations.value(u"ambient.istio.io/redirection"_s) == "enabled"_L1)
        return true; // the node's ztunnel does, before every port
    if (!hasSidecar || isGateway())
        return false;
    if (port == 15020 || port == 15021 || port == 15090) // the proxy's own, plain in every mode
        return false;
    if (annotations.isEmpty())
        return true;
    // A proxy that was put in by hand, as the guide's is, has no redirection: it only fetches certificates.
    const bool byHand = annotations.value(u"sidecar.istio.io/inject"_s) == "false"_L1
        && !annotations.contains(u"sidecar.istio.io/status"_s);
    if (byHand)
        return false;
    const auto included = annotations.constFind(u"traffic.sidecar.istio.io/includeInboundPorts"_s);
    if (included != annotations.constEnd() && *included != "*"_L1 && !listsPort(*included, port))
        return false;
    return !listsPort(annotations.value(u"traffic.sidecar.istio.io/excludeInboundPorts"_s), port);
}

PortProtocol protocolOf(const ServicePort &port)
{
    static const QStringList http{u"http"_s, u"http2"_s, u"grpc"_s, u"grpc-web"_s, u"http_proxy"_s};
    static const QStringList tcp{u"tcp"_s, u"https"_s, u"tls"_s, u"mongo"_s, u"redis"_s, u"mysql"_s};
    QString declared = port.appProtocol.toLower();
    if (declared == "kubernetes.io/h2c"_L1)
        declared = u"http2"_s;
    if (declared.isEmpty())
        declared =
            port.name.startsWith("grpc-web"_L1) ? u"grpc-web"_s : port.name.section(u'-', 0, 0).toLower();
    return http.contains(declared) ? PortProtocol::Http
        : tcp.contains(declared)   ? PortProtocol::Tcp
                                   : PortProtocol::Undeclared;
}

const ServicePort *Service::portOf(int number) const
{
    // Of TCP, which all who ask dial: a port of the same number may speak UDP as well, or alone.
    const auto found = std::find_if(ports.begin(), ports.end(), [number](const ServicePort &port) {
        return port.port == number && port.isTcp();
    });
    return found == ports.end() ? nullptr : &*found;
}

const ServicePort *Service::portNamed(QStringView numberOrName) const
{
    if (isNumber(numberOrName))
        return portOf(numberOrName.toInt());
    const auto found = std::find_if(ports.begin(), ports.end(),
                                    [&](const ServicePort &port) { return port.name == numberOrName; });
    return found == ports.end() ? nullptr : &*found;
}

bool Service::selects(const Pod &pod) const
{
    return pod.nameSpace == nameSpace && !selector.isEmpty() && containsAll(pod.labels, selector);
}

bool Service::selects(const Deployment &deployment) const
{
    return nameSpace == deployment.nameSpace && !selector.isEmpty()
        && containsAll(deployment.podLabels, selector);
}

int Service::targetPortOf(const ServicePort &port, const Pod &pod) const
{
    return port.targetPort.isEmpty() ? port.port : pod.containerPort(port.targetPort);
}

int Pod::containerPort(QStringView numberOrName) const
{
    if (isNumber(numberOrName))
        return numberOrName.toInt();
    const auto named = std::find_if(ports.begin(), ports.end(),
                                    [&](const ContainerPort &port) { return port.name == numberOrName; });
    return named == ports.end() ? 0 : named->port;
}

const Deployment::Container *Deployment::container(QStringView containerName) const
{
    for (const QList<Container> *list : {&containers, &initContainers}) {
        for (const Container &candidate : *list) {
            if (candidate.name == containerName)
                return &candidate;
        }
    }
    return nullptr;
}

Namespace parseNamespace(const edge::Value &object)
{
    return {nameOf(object), texts(object.at({"metadata", "labels"}))};
}

Pod parsePod(const edge::Value &object)
{
    const edge::Value &metadata = object["metadata"];
    const edge::Value &spec = object["spec"];
    const edge::Value &status = object["status"];
    Pod pod;
    pod.nameSpace = namespaceOf(object);
    pod.name = nameOf(object);
    pod.uid = text(metadata["uid"]);
    pod.labels = texts(metadata["labels"]);
    pod.annotations = texts(metadata["annotations"]);
    pod.created = QDateTime::fromString(text(metadata["creationTimestamp"]), Qt::ISODate);
    for (const edge::Value &owner : metadata["ownerReferences"].items()) {
        if (!owner["controller"].toBool())
            continue;
        pod.controllerKind = text(owner["kind"]);
        pod.controller = text(owner["name"]);
    }
    pod.serviceAccount =
        spec["serviceAccountName"].isString() ? text(spec["serviceAccountName"]) : u"default"_s;
    pod.hostNetwork = spec["hostNetwork"].toBool();
    readContainers(pod, spec["containers"], spec["securityContext"], false);
    readContainers(pod, spec["initContainers"], spec["securityContext"], true);
    pod.phase = text(status["phase"]);
    pod.ip = text(status["podIP"]);
    pod.readyContainers = readyOf(status["containerStatuses"], pod.containers);
    pod.readyContainers += readyOf(status["initContainerStatuses"], QStringList(pod.environment.keys()));
    for (const edge::Value &condition : status["conditions"].items()) {
        if (condition["type"].text() == "Ready")
            pod.ready = condition["status"].text() == "True";
    }
    return pod;
}

Service parseService(const edge::Value &object)
{
    const edge::Value &spec = object["spec"];
    Service service;
    service.nameSpace = namespaceOf(object);
    service.name = nameOf(object);
    service.clusterIp = text(spec["clusterIP"]);
    service.type = text(spec["type"]);
    service.externalName = text(spec["externalName"]);
    service.labels = texts(object.at({"metadata", "labels"}));
    service.annotations = texts(object.at({"metadata", "annotations"}));
    service.selector = texts(spec["selector"]);
    for (const edge::Value &address : spec["externalIPs"].items())
        service.externalIps.append(text(address));
    for (const edge::Value &port : spec["ports"].items()) {
        const QString protocol = text(port["protocol"]);
        service.ports.append({text(port["name"]), int(port["port"].toInteger()), text(port["targetPort"]),
                              protocol.isEmpty() ? u"TCP"_s : protocol, text(port["appProtocol"])});
    }
    return service;
}

Deployment parseDeployment(const edge::Value &object)
{
    const edge::Value &podSpec = object.at({"spec", "template", "spec"});
    Deployment deployment;
    deployment.nameSpace = namespaceOf(object);
    deployment.name = nameOf(object);
    deployment.labels = texts(object.at({"metadata", "labels"}));
    deployment.selector = texts(object.at({"spec", "selector", "matchLabels"}));
    deployment.podLabels = texts(object.at({"spec", "template", "metadata", "labels"}));
    deployment.podAnnotations = texts(object.at({"spec", "template", "metadata", "annotations"}));
    deployment.serviceAccount =
        podSpec["serviceAccountName"].isString() ? text(podSpec["serviceAccountName"]) : u"default"_s;
    deployment.hostNetwork = podSpec["hostNetwork"].toBool();
    // The second ones are a DaemonSet's.
    const edge::Value &status = object["status"];
    deployment.replicas =
        int(object.at({"spec", "replicas"}).toInteger(status["desiredNumberScheduled"].toInteger(1)));
    deployment.readyReplicas = int(status["readyReplicas"].toInteger(status["numberReady"].toInteger()));
    for (const edge::Value &container : podSpec["containers"].items())
        deployment.containers.append(parseContainer(container, deployment.nameSpace));
    for (const edge::Value &container : podSpec["initContainers"].items())
        deployment.initContainers.append(parseContainer(container, deployment.nameSpace));
    for (const edge::Value &volume : podSpec["volumes"].items()) {
        if (const QString secret = text(volume.at({"secret", "secretName"})); !secret.isEmpty())
            deployment.secretVolumes.insert(text(volume["name"]), secret);
    }
    return deployment;
}

} // namespace models
