// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/workload_fixes.h"

#include "models/analysis/collector_findings.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/upstream_target.h"
#include "models/resources/text.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

Value object(const char *apiVersion, const ObjectRef &ref, Value spec)
{
    return Value::object({{"apiVersion", apiVersion},
                          {"kind", Value(ref.kind.toStdString())},
                          {"metadata",
                           Value::object({{"name", Value(ref.name.toStdString())},
                                          {"namespace", Value(ref.nameSpace.toStdString())}})},
                          {"spec", std::move(spec)}});
}

ObjectRef refOf(const EdgeInstallation &edge) { return {edge.kind, edge.nameSpace, edge.name}; }

Value ofTemplate(const ObjectRef &workload, Value podTemplate)
{
    return object("apps/v1", workload, Value::object({{"template", std::move(podTemplate)}}));
}

Value withAnnotation(const ObjectRef &workload, const std::string &name, const std::string &value)
{
    Value annotations = Value::object({{name, Value(value)}});
    return ofTemplate(
        workload, Value::object({{"metadata", Value::object({{"annotations", std::move(annotations)}})}}));
}

Value withVariable(const ObjectRef &workload, const QString &container, const std::string &name,
                   const std::string &value)
{
    Value environment = Value::array();
    environment.push(Value::object({{"name", Value(name)}, {"value", Value(value)}}));
    Value containers = Value::array();
    containers.push(
        Value::object({{"name", Value(container.toStdString())}, {"env", std::move(environment)}}));
    return ofTemplate(workload,
                      Value::object({{"spec", Value::object({{"containers", std::move(containers)}})}}));
}

// Who reads something at its start only reads it at the next one.
std::optional<Value> restartOfTheEdge(const Snapshot &snapshot, const EdgeView &view)
{
    if (view.installation.name.isEmpty() || !snapshot.takenAt.isValid())
        return {};
    return restartOf(refOf(view.installation), snapshot.takenAt);
}

// "istio-proxy" of spec.template.spec.containers[istio-proxy].env
QString containerIn(const QString &path)
{
    static const QRegularExpression container(u"containers\\[([^\\]]+)\\]"_s);
    return container.match(path).captured(1);
}

std::optional<Value> openForZipkin(const Finding &finding, const Snapshot &snapshot)
{
    const Deployment *deployment = snapshot.deployment(finding.subject.nameSpace, finding.subject.name);
    const Deployment::Container *container =
        deployment ? deployment->container(containerIn(finding.path)) : nullptr;
    const QString variable = container ? zipkinVariableOf(*container) : QString();
    if (variable.isEmpty())
        return {};
    return withVariable(finding.subject, container->name, variable.toStdString(), std::to_string(ZipkinPort));
}

// What its injector is asked by: the label where there is one, as newer versions read it, else the annotation.
std::optional<Value> letInject(const Finding &finding, const Snapshot &snapshot)
{
    const Deployment *deployment = snapshot.deployment(finding.subject.nameSpace, finding.subject.name);
    if (!deployment)
        return {};
    const std::string name = "sidecar.istio.io/inject";
    if (!deployment->podLabels.contains(QString::fromStdString(name)))
        return withAnnotation(finding.subject, name, "true");
    return ofTemplate(
        finding.subject,
        Value::object({{"metadata", Value::object({{"labels", Value::object({{name, Value("true")}})}})}}));
}

bool speaksGrpc(const Snapshot &snapshot, const QString &mapping)
{
    const Value *object =
        ownObject(snapshot, {u"Mapping"_s, mapping.section(u'/', 0, 0), mapping.section(u'/', 1)});
    return !object || !object->at({"spec", "grpc"}).isNull(); // an annotation, say: not looked into
}

// Do all Mappings that lead to the port speak HTTP/1.1 in clear text, and is there one?  TLS that the edge speaks is
// the mesh's or the application's, which nothing here tells.
bool isAskedForHttp(const Snapshot &snapshot, const EdgeView &view, const Service &service, int port)
{
    bool isAsked = false;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const MappingVerdict &verdict = *one.value();
        if (verdict.upstreamPort != port || !verdict.upstreamHost.startsWith(service.name))
            continue;
        const UpstreamTarget target =
            resolveUpstream(snapshot, verdict.upstreamHost, port, view.installation.ambassadorNamespace);
        if (target.service != &service)
            continue;
        if (verdict.originatesTls || speaksGrpc(snapshot, one.key()))
            return false;
        isAsked = true;
    }
    return isAsked;
}

// Where the edge's Mappings lead to each port that says nothing: clear HTTP is what they speak to it.
std::optional<Value> sayProtocols(const Finding &finding, const Snapshot &snapshot, const EdgeView &view)
{
    const Service *service = snapshot.service(finding.subject.nameSpace, finding.subject.name);
    if (!service)
        return {};
    Value ports = Value::array();
    for (const ServicePort &port : service->ports) {
        if (!port.isTcp() || protocolOf(port) != PortProtocol::Undeclared)
            continue;
        if (port.name.isEmpty() // a list is laid over by its items' names
            || !isAskedForHttp(snapshot, view, *service, port.port))
            return {};
        ports.push(Value::object({{"name", Value(port.name.toStdString())}, {"appProtocol", Value("http")}}));
    }
    if (ports.items().empty())
        return {};
    return object("v1", finding.subject, Value::object({{"ports", std::move(ports)}}));
}

} // namespace

Value restartOf(const ObjectRef &workload, const QDateTime &at)
{
    return withAnnotation(workload, "kubectl.kubernetes.io/restartedAt",
                          at.toUTC().toString(Qt::ISODateWithMs).toStdString());
}

std::optional<Value> workloadFix(const Finding &finding, const Snapshot &snapshot, const EdgeView &view)
{
    const QString &code = finding.code;
    if (code == "OBS-001"_L1 || code == "GD-009"_L1 || code == "CERT-010"_L1)
        return restartOfTheEdge(snapshot, view);
    if (code == "OBS-005"_L1)
        return openForZipkin(finding, snapshot);
    if (code == "GD-005"_L1)
        return withVariable(finding.subject, view.installation.container, "AMBASSADOR_ENVOY_BASE_ID", "1");
    if (code == "GD-006"_L1) // istiod's own default, 90 days
        return withVariable(finding.subject, u"discovery"_s, "MAX_WORKLOAD_CERT_TTL", "2160h");
    if (code == "GD-007"_L1)
        return letInject(finding, snapshot);
    if (code == "MT-029"_L1)
        return withAnnotation(finding.subject, "traffic.sidecar.istio.io/includeOutboundIPRanges", "");
    if (code == "MT-019"_L1)
        return sayProtocols(finding, snapshot, view);
    return {};
}

} // namespace models
