// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/loaded_grafana.h"

#include "kube/prometheus.h"
#include "models/analysis/guide_grafana.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int MostDashboards = 20; // of one word in their titles

} // namespace

models::LoadedGrafana readLoadedGrafana(kube::Client &client, const models::Service &service,
                                        std::stop_token stop)
{
    using State = models::LoadedGrafana::State;
    models::LoadedGrafana loaded;
    const QString port = service.ports.isEmpty() ? u"3000"_s : QString::number(service.ports.first().port);
    loaded.service = u"%1/%2:%3"_s.arg(service.nameSpace, service.name, port);
    const auto ask = [&](const QString &path) -> kube::Result<kube::HttpResponse> {
        return client.rawGet(kube::serviceProxyPath(service.nameSpace, service.name, port, path), stop)
            .result();
    };
    loaded.state = State::Unknown;
    const auto found = ask(u"/api/search?type=dash-db&query=ambassador"_s);
    const auto uids = found ? models::parseDashboardUids(found->body) : std::nullopt;
    if (!uids) {
        loaded.error = found ? u"the answer is none of Grafana's /api/search"_s : found.error().message;
        return loaded;
    }
    for (const QString &uid : uids->first(std::min<qsizetype>(uids->size(), MostDashboards))) {
        const auto dashboard =
            ask(u"/api/dashboards/uid/"_s + QString::fromLatin1(QUrl::toPercentEncoding(uid)));
        if (!dashboard) {
            loaded.error = dashboard.error().message;
            return loaded;
        }
        loaded.dashboards.append(models::parseDashboard(dashboard->body));
    }
    loaded.state = State::Answered;
    return loaded;
}

void fetchLoadedGrafana(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    models::Snapshot services; // the rule which of them is Grafana's needs parsed ones
    for (const kube::Object &object : input.objects.value(u"services"_s)) {
        if (!object.json.contains("grafana"))
            continue;
        if (const auto value = edge::parseJson({object.json.constData(), size_t(object.json.size())}))
            services.services.push_back(models::parseService(*value));
    }
    models::buildIndex(services);
    if (const models::Service *service = models::grafanaService(services))
        input.loadedGrafana = readLoadedGrafana(client, *service, std::move(stop));
}

} // namespace app
