// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_grafana.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Result = GuideStep::Result;
using Dashboard = LoadedGrafana::Dashboard;

const QLatin1String AddOnMap("istio-grafana-dashboards"); // mounted by Istio's add-on since 1.7
const QLatin1String OwnMap("ambassador-grafana-dashboard");
const QLatin1String FileName("ambassador-dashboard.json");
const QLatin1String Registered("envoy_cluster_manager_active_clusters");

// Grafana's own schema; without a datasource a panel asks the default one.
const char dashboardJson[] = R"dashboard({
  "uid": "sallyport-ambassador",
  "title": "Ambassador Edge Stack (edge only)",
  "tags": ["ambassador"],
  "schemaVersion": 36,
  "refresh": "10s",
  "time": {"from": "now-1h", "to": "now"},
  "panels": [
    {"id": 1, "title": "Registered Services", "type": "stat", "gridPos": {"x": 0, "y": 0, "w": 6, "h": 5},
     "targets": [{"refId": "A", "expr": "envoy_cluster_manager_active_clusters{job=\"ambassador\"}"}]},
    {"id": 2, "title": "Errors of the configuration", "type": "stat", "gridPos": {"x": 6, "y": 0, "w": 6, "h": 5},
     "targets": [{"refId": "A", "expr": "max(ambassador_diagnostics_errors{job=\"ambassador\"})"}]},
    {"id": 3, "title": "Days until a certificate ends", "type": "stat", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 5},
     "targets": [{"refId": "A", "expr": "min(envoy_server_days_until_first_cert_expiring{job=\"ambassador\"} < 2147483647)"}]},
    {"id": 4, "title": "Requests a second", "type": "timeseries", "gridPos": {"x": 0, "y": 5, "w": 12, "h": 8},
     "targets": [{"refId": "A", "legendFormat": "{{envoy_response_code_class}}xx", "expr": "sum by (envoy_response_code_class) (rate(envoy_http_downstream_rq_xx{job=\"ambassador\"}[5m]))"}]},
    {"id": 5, "title": "95th percentile of the time to answer (ms)", "type": "timeseries", "gridPos": {"x": 12, "y": 5, "w": 12, "h": 8},
     "targets": [{"refId": "A", "expr": "histogram_quantile(0.95, sum by (le) (rate(envoy_http_downstream_rq_time_bucket{job=\"ambassador\"}[5m])))"}]},
    {"id": 6, "title": "Handshakes to the mesh a second", "type": "timeseries", "gridPos": {"x": 0, "y": 13, "w": 12, "h": 8},
     "targets": [{"refId": "A", "legendFormat": "{{envoy_cluster_name}}", "expr": "sum by (envoy_cluster_name) (rate(envoy_cluster_ssl_handshake{job=\"ambassador\"}[5m]))"}]},
    {"id": 7, "title": "Connections that a STRICT pod has reset", "type": "timeseries", "gridPos": {"x": 12, "y": 13, "w": 12, "h": 8},
     "targets": [{"refId": "A", "legendFormat": "{{envoy_cluster_name}}", "expr": "sum by (envoy_cluster_name) (increase(envoy_cluster_upstream_cx_destroy_remote_with_active_rq{job=\"ambassador\"}[5m]))"}]}
  ]
}
)dashboard";

const char mapYaml[] = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: %1
  namespace: %2
%3data:
  %4: |
%5)";

bool hasMap(const Snapshot &snapshot, const QString &nameSpace)
{
    const QString prefix = nameSpace + u'/' + AddOnMap + u'/';
    return std::any_of(snapshot.configMaps.keyBegin(), snapshot.configMaps.keyEnd(),
                       [&](const QString &key) { return key.startsWith(prefix); });
}

QString indented(const QString &json)
{
    QString out;
    for (const QString &line : json.split(u'\n', Qt::SkipEmptyParts))
        out += u"    "_s + line + u'\n';
    return out;
}

// Where the add-on's map is not there, one with the label by which the sidecar of Grafana's Helm chart finds dashboards.
QString yamlFor(const Snapshot &snapshot, const QString &nameSpace)
{
    const bool isAddOn = hasMap(snapshot, nameSpace);
    return QString::fromLatin1(mapYaml).arg(isAddOn ? AddOnMap : OwnMap, nameSpace,
                                            isAddOn ? QString()
                                                    : u"  labels:\n    grafana_dashboard: \"1\"\n"_s,
                                            FileName, indented(QString::fromLatin1(dashboardJson)));
}

enum class Counts { Nothing, EveryEnvoy, TheEdge };

Counts countsOf(const Dashboard &dashboard)
{
    static const QRegularExpression byJob(u"envoy_cluster_manager_active_clusters\\{[^}]*\\bjob\\s*=~?"_s);
    Counts counts = Counts::Nothing;
    for (const QString &expression : dashboard.expressions) {
        if (expression.contains(byJob))
            return Counts::TheEdge;
        if (expression.contains(Registered))
            counts = Counts::EveryEnvoy;
    }
    return counts;
}

struct Held // by a ConfigMap
{
    QString where;
    Dashboard dashboard;
};

// Only text that names the metric is looked into: Istio's own dashboards are large.
QList<Held> heldDashboards(const Snapshot &snapshot)
{
    QList<Held> held;
    for (auto entry = snapshot.configMaps.begin(); entry != snapshot.configMaps.end(); ++entry) {
        if (entry.key().endsWith(".json"_L1) && entry.value().contains(Registered))
            held.append({entry.key(), parseDashboard(entry.value().toUtf8())});
    }
    std::sort(held.begin(), held.end(),
              [](const Held &left, const Held &right) { return left.where < right.where; });
    return held;
}

const QLatin1String Apply("apply the YAML of this step");

// What Grafana itself shows; held: what a ConfigMap has for it.
void judgeShown(GuideStep &step, const LoadedGrafana &grafana, const Held *held)
{
    QStringList others;
    for (const Dashboard &dashboard : grafana.dashboards) {
        const Counts counts = countsOf(dashboard);
        if (counts == Counts::TheEdge)
            return step.conclude(
                Result::Passed,
                u"Grafana %1 shows the dashboard %2, which counts the edge's own Envoys"_s.arg(
                    grafana.service, dashboard.title));
        if (counts == Counts::EveryEnvoy)
            others.append(dashboard.title);
    }
    if (held)
        return step.conclude(
            Result::Failed,
            u"ConfigMap %1 holds the dashboard, and Grafana %2 does not show it"_s.arg(held->where,
                                                                                       grafana.service),
            u"wait a minute: the kubelet brings the file and Grafana looks for it; else restart Grafana"_s);
    if (!others.isEmpty())
        return step.conclude(
            Result::Failed,
            u"the dashboard %1 counts every Envoy, those of sidecars, too: no filter by job"_s.arg(
                others.join(u", "_s)),
            Apply + u", or write {job=\"ambassador\"} into its panel Registered Services"_s);
    step.conclude(Result::Failed,
                  u"Grafana %1 has no dashboard of Ambassador's counters"_s.arg(grafana.service), Apply);
}

void judge(GuideStep &step, const Snapshot &snapshot)
{
    const LoadedGrafana &grafana = snapshot.loadedGrafana;
    const QList<Held> held = heldDashboards(snapshot);
    const auto good = std::find_if(
        held.begin(), held.end(), [](const Held &one) { return countsOf(one.dashboard) == Counts::TheEdge; });
    if (grafana.state == LoadedGrafana::State::Answered)
        return judgeShown(step, grafana, good == held.end() ? nullptr : &*good);
    if (good != held.end())
        return step.conclude(
            Result::Passed,
            u"ConfigMap %1 holds the dashboard; Grafana itself was not asked"_s.arg(good->where));
    if (grafana.state == LoadedGrafana::State::Unknown)
        return step.conclude(
            Result::NotChecked, u"Grafana could not be asked: %1"_s.arg(grafana.error),
            u"you need get on services/proxy in its namespace, and Grafana must let viewers in without a login"_s);
    step.conclude(
        Result::NotChecked,
        u"no ConfigMap holds a dashboard of Ambassador's counters, and Grafana was not asked for its own"_s,
        u"sallyportctl guide check asks it; "_s + Apply);
}

} // namespace

const Service *grafanaService(const Snapshot &snapshot)
{
    if (const Service *usual = snapshot.service(u"istio-system"_s, u"grafana"_s))
        return usual;
    const auto found =
        std::find_if(snapshot.services.begin(), snapshot.services.end(), [](const Service &service) {
            return service.name == "grafana"_L1
                || service.labels.value(u"app.kubernetes.io/name"_s) == "grafana"_L1;
        });
    return found == snapshot.services.end() ? nullptr : &*found;
}

std::optional<GuideStep> grafanaStep(const Snapshot &snapshot)
{
    const Service *service = grafanaService(snapshot);
    if (!service)
        return {};
    GuideStep step;
    step.id = u"grafana"_s;
    step.title = u"Show the edge's counters in Grafana"_s;
    step.yaml = yamlFor(snapshot, service->nameSpace);
    if (snapshot.knowsIn(u"configmaps"_s, service->nameSpace))
        judge(step, snapshot);
    else
        step.conclude(Result::NotChecked, snapshot.whyUnknown(u"configmaps"_s),
                      u"ask for get, list and watch on configmaps in %1"_s.arg(service->nameSpace));
    return step;
}

} // namespace models
