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
        if (sender.kind != "TracingService"_L1 || spec["driver"].text() != "zipkin"
            || !whyNotForEdge(*one.object, edge).isEmpty())
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
