// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/loaded_prometheus.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

kube::PrometheusService prometheusAt(const models::Service &service)
{
    QString port = u"9090"_s;
    if (!service.ports.isEmpty()
        && std::none_of(service.ports.begin(), service.ports.end(), [](const models::ServicePort &each) { return each.port == 9090; }))
        port = QString::number(service.ports[0].port);
    return {service.nameSpace, service.name, port};
}

models::LoadedPrometheus readLoadedPrometheus(kube::Client &client, const kube::PrometheusService &service, std::stop_token stop)
{
    const QString where = u"%1/%2:%3"_s.arg(service.nameSpace, service.name, service.port);
    const auto body = kube::Prometheus(client, service).api(u"/api/v1/status/config"_s, stop).result();
    if (!body)
        return {models::LoadedPrometheus::State::Unknown, where, {}, body.error().message};
    return models::parseLoadedPrometheus(where, *body);
}

void fetchLoadedPrometheus(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    for (const kube::Object &object : input.objects.value(u"services"_s)) {
        if (object.key() != "istio-system/prometheus"_L1)
            continue;
        const auto value = edge::parseJson({object.json.constData(), size_t(object.json.size())});
        if (value)
            input.loadedPrometheus = readLoadedPrometheus(client, prometheusAt(models::parseService(*value)), stop);
    }
}

} // namespace app
