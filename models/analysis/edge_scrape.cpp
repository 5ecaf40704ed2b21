// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_scrape.h"

#include "models/analysis/scrape_targets.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr int AdminPort = 8877;

} // namespace

QString adminServiceOf(const Snapshot &snapshot, const QString &edgeNamespace)
{
    QString name = u"ambassador-admin"_s;
    for (const Service &service : snapshot.services) {
        if (service.nameSpace == edgeNamespace && service.labels.value(u"service"_s) == "ambassador-admin"_L1)
            name = service.name;
    }
    return name;
}

bool isJobOfEdge(const edge::Value &job, const EdgeInstallation &edge, const QString &adminService)
{
    for (const edge::Value &config : job["static_configs"].items()) {
        for (const edge::Value &target : config["targets"].items()) {
            if (text(target).section(u'.', 0, 0).section(u':', 0, 0) == adminService)
                return true;
        }
    }
    bool looks = false; // into the edge's namespace
    for (const edge::Value &config : job["kubernetes_sd_configs"].items()) {
        const auto &names = config.at({"namespaces", "names"}).items();
        looks = looks || std::any_of(names.begin(), names.end(), [&](const edge::Value &name) {
                    return text(name) == edge.nameSpace;
                });
    }
    const auto &rules = job["relabel_configs"].items();
    return looks && std::any_of(rules.begin(), rules.end(), [&](const edge::Value &rule) {
               return rule["action"].text() == "keep"
                   && text(rule["regex"]).split(u';').contains(adminService);
           });
}

bool isEdgeScraped(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const auto targets = scrapeTargets(snapshot);
    if (std::any_of(targets.begin(), targets.end(), [&edge](const ScrapeTarget &target) {
            return target.port == AdminPort && isPodOf(*target.pod, edge);
        }))
        return true;
    const QString configuration = snapshot.configMaps.value(u"istio-system/prometheus/prometheus.yml"_s);
    const QString service = adminServiceOf(snapshot, edge.nameSpace);
    if (!configuration.contains(service))
        return false;
    const auto parsed = edge::parseYaml(configuration.toStdString(), "prometheus.yml");
    if (!parsed || parsed->empty())
        return false;
    const auto &jobs = parsed->front()["scrape_configs"].items();
    return std::any_of(jobs.begin(), jobs.end(),
                       [&](const edge::Value &job) { return isJobOfEdge(job, edge, service); });
}

} // namespace models
