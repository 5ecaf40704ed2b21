// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/prometheus_place.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

kube::PrometheusService prometheusAt(const models::Service &service)
{
    QString port = u"9090"_s;
    if (!service.ports.isEmpty()
        && std::none_of(service.ports.begin(), service.ports.end(),
                        [](const models::ServicePort &each) { return each.port == 9090; }))
        port = QString::number(service.ports[0].port);
    return {service.nameSpace, service.name, port};
}

std::optional<kube::PrometheusService> prometheusIn(const models::Snapshot &snapshot)
{
    if (const models::Service *usual = snapshot.service(u"istio-system"_s, u"prometheus"_s))
        return prometheusAt(*usual);
    for (const models::Service &service : snapshot.services) {
        if (service.name == "prometheus"_L1
            || service.labels.value(u"app.kubernetes.io/name"_s) == "prometheus"_L1)
            return prometheusAt(service);
    }
    return {};
}

QString whyNoPrometheus(const models::Snapshot &snapshot)
{
    const QString services = u"services"_s;
    return snapshot.knows(services)
        ? u"no Service of Prometheus was found in this cluster; install Prometheus, or label the Service of yours app.kubernetes.io/name=prometheus: it is asked through the API server"_s
        : u"whether there is a Prometheus is not known: %1; choose a context whose account may list them"_s
              .arg(snapshot.whyUnknown(services));
}

kube::PrometheusService prometheusOf(const models::Snapshot &snapshot)
{
    return prometheusIn(snapshot).value_or(kube::PrometheusService());
}

} // namespace app
