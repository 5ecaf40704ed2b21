// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/collector_findings.h"

#include "edge/config/service_name.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/shadow_gate.h"
#include "models/analysis/upstream_target.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// Of Jaeger 1.22 and later; before, the port had another name, too.
constexpr std::pair RenamedIn{1, 22};

struct Wanted
{
    QString variable; // that opens the port; "" it is open, or that is not known
    bool isOldName = false;
};

// What this container lacks.  Jaeger 2 has its settings in a file.
Wanted wantedBy(const Deployment::Container &container)
{
    const QString name = imageName(container.image);
    const auto version = istioVersion(imageTag(container.image));
    const bool isCollector =
        name == "all-in-one"_L1 || name == "jaeger-all-in-one"_L1 || name == "jaeger-collector"_L1;
    const bool isToldOtherwise =
        std::any_of(container.arguments.begin(), container.arguments.end(), [](const QString &one) {
            return one.contains("collector.zipkin"_L1) || one.contains("config-file"_L1);
        });
    if (!isCollector || version.first != 1 || isToldOtherwise || !container.references.isEmpty())
        return {};
    const auto &environment = container.environment;
    const bool isOld = version < RenamedIn;
    const bool hasOldName = environment.contains(u"COLLECTOR_ZIPKIN_HTTP_PORT"_s);
    if (environment.contains(u"COLLECTOR_ZIPKIN_HOST_PORT"_s) || (isOld && hasOldName))
        return {};
    return {isOld ? u"COLLECTOR_ZIPKIN_HTTP_PORT"_s : u"COLLECTOR_ZIPKIN_HOST_PORT"_s, !isOld && hasOldName};
}

void addClosed(QList<Finding> &findings, const Snapshot &snapshot, const Service &service,
               const ObjectRef &sender)
{
    for (const Deployment &deployment : snapshot.deployments) {
        if (!service.selects(deployment))
            continue;
        for (const Deployment::Container &container : deployment.containers) {
            const Wanted wanted = wantedBy(container);
            if (wanted.variable.isEmpty())
                continue;
            findings.append(
                {u"OBS-005"_s,
                 Severity::Warning,
                 {u"Deployment"_s, deployment.nameSpace, deployment.name},
                 u"spec.template.spec.containers[%1].env"_s.arg(container.name),
                 u"the edge sends it spans as Zipkin takes them (%1), and its port for those is closed: no traces come"_s
                     .arg(sender.text()),
                 wanted.isOldName
                     ? QStringList{u"COLLECTOR_ZIPKIN_HTTP_PORT is set, which Jaeger %1 does not know any more"_s
                                       .arg(imageTag(container.image))}
                     : QStringList(),
                 u"set %1 to %2"_s.arg(wanted.variable).arg(ZipkinPort)});
        }
    }
}

} // namespace

QString whyNoSpans(const Snapshot &snapshot, const EdgeInstallation &installation, const edge::Value &tracing)
{
    const std::string own = installation.ambassadorNamespace.toStdString();
    const edge::ServiceScope scope{.nameSpace = tracing.at({"metadata", "namespace"}).text(),
                                   .ambassadorNamespace = own};
    const edge::ServiceName service =
        edge::parseService(edge::qualifiedService(tracing.at({"spec", "service"}).text(), scope));
    if (!service.problem.empty())
        return u"its service cannot be used: %1"_s.arg(text(service.problem));
    const UpstreamTarget target =
        resolveUpstream(snapshot, text(service.host), service.port == 0 ? 80 : service.port, text(own));
    const QString name = target.serviceRef.nameSpace + u'/' + target.serviceRef.name;
    if (target.kind == UpstreamTarget::Kind::Missing)
        return u"Service %1 is not there"_s.arg(name);
    if (target.kind != UpstreamTarget::Kind::Service || !target.podsKnown)
        return {};
    if (!target.servicePort && !target.service->isHeadless())
        return u"Service %1 has no port %2"_s.arg(name).arg(target.port);
    if (target.readyPods() == 0 && !target.service->selector.isEmpty())
        return u"no pod of Service %1 is ready"_s.arg(name);
    const bool isStrict = std::any_of(target.pods.begin(), target.pods.end(), [](const auto &one) {
        return one.mode.known && one.mode.enforced && one.mode.mode == MtlsMode::Strict;
    });
    return isStrict ? u"Service %1 is STRICT, and a TracingService has no tls"_s.arg(name) : QString();
}

QString zipkinVariableOf(const Deployment::Container &container) { return wantedBy(container).variable; }

QList<Finding> collectorFindings(const Snapshot &snapshot, const EdgeView &view)
{
    QList<Finding> findings;
    const EdgeInstallation &edge = view.installation;
    if (edge.name.isEmpty())
        return findings;
    for (const ConfiguredObject &one : configuredObjects(snapshot, edge)) {
        const edge::Value &spec = (*one.object)["spec"];
        const ObjectRef sender = refOf(*one.object);
        if (sender.kind != "TracingService"_L1 || !whyNotForEdge(*one.object, edge).isEmpty())
            continue;
        if (const QString why = whyNoSpans(snapshot, edge, *one.object); !why.isEmpty())
            findings.append(
                {u"OBS-006"_s,
                 Severity::Warning,
                 sender,
                 u"spec.service"_s,
                 u"no span of the edge arrives: "_s + why,
                 {},
                 u"correct what it names, then restart the edge, which reads it at its start only"_s});
        if (spec["driver"].text() != "zipkin")
            continue;
        const edge::ServiceName name = edge::parseService(spec["service"].text());
        if (!name.problem.empty())
            continue;
        const int port = name.port != 0 ? name.port : name.scheme == "https" ? 443 : 80;
        const UpstreamTarget target =
            resolveUpstream(snapshot, text(name.host), port, edge.ambassadorNamespace);
        if (target.service)
            addClosed(findings, snapshot, *target.service, sender);
    }
    return findings;
}

} // namespace models
