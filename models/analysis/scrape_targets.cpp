// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/scrape_targets.h"

#include "models/resources/image_name.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

int portOf(const ScrapeMonitor::Endpoint &endpoint, const Pod &pod)
{
    return pod.containerPort(endpoint.targetPort.isEmpty() ? endpoint.port : endpoint.targetPort);
}

// A ServiceMonitor's port is the Service's, by name; its targetPort is the pod's.
int portOf(const ScrapeMonitor::Endpoint &endpoint, const Service &service, const Pod &pod)
{
    if (!endpoint.targetPort.isEmpty())
        return pod.containerPort(endpoint.targetPort);
    const auto named = std::find_if(service.ports.begin(), service.ports.end(),
                                    [&](const ServicePort &port) { return port.name == endpoint.port; });
    return named == service.ports.end() ? 0 : service.targetPortOf(*named, pod);
}

void addPods(std::vector<ScrapeTarget> &targets, const ScrapeMonitor &monitor,
             const NamespaceContents &contents)
{
    for (const auto &pod : contents.pods) {
        if (pod->isGone() || !monitor.selector.selects(pod->labels))
            continue;
        for (const ScrapeMonitor::Endpoint &endpoint : monitor.endpoints) {
            if (const int port = portOf(endpoint, *pod); port > 0)
                targets.push_back({&monitor, &endpoint, pod.get(), port});
        }
    }
}

void addServices(std::vector<ScrapeTarget> &targets, const ScrapeMonitor &monitor, const Snapshot &snapshot,
                 const NamespaceContents &contents)
{
    for (const auto &service : contents.services) {
        if (!monitor.selector.selects(service->labels))
            continue;
        for (const Pod *pod : snapshot.podsOf(*service)) {
            for (const ScrapeMonitor::Endpoint &endpoint : monitor.endpoints) {
                if (const int port = portOf(endpoint, *service, *pod); port > 0)
                    targets.push_back({&monitor, &endpoint, pod, port});
            }
        }
    }
}

} // namespace

std::vector<ScrapeTarget> scrapeTargets(const Snapshot &snapshot)
{
    std::vector<ScrapeTarget> targets;
    for (const ScrapeMonitor &monitor : snapshot.scrapeMonitors) {
        for (auto one = snapshot.index.namespaces.begin(); one != snapshot.index.namespaces.end(); ++one) {
            if (!monitor.looksInto(one.key()))
                continue;
            if (monitor.isOfPods())
                addPods(targets, monitor, **one);
            else
                addServices(targets, monitor, snapshot, **one);
        }
    }
    return targets;
}

bool isPrometheus(const Pod &pod)
{
    return std::any_of(pod.images.begin(), pod.images.end(),
                       [](const QString &image) { return imageName(image) == "prometheus"_L1; });
}

} // namespace models
