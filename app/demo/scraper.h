// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Scrapes the targets of a prometheus.yml into a SeriesStore: kubernetes_sd_configs and static_configs, relabel_configs and
// metric_relabel_configs; `up` and the end of what a target no longer shows.  Dials through the demo's scrape proxy, as the real
// program does.  Thread: the loop.
#include "app/demo/program.h"
#include "app/demo/series_store.h"

#include <set>

namespace demo {

class Scraper
{
public:
    struct Target
    {
        Value job;
        SeriesLabels discovered, labels; // before and after relabelling
        std::string url;                 // http://10.244.0.7:8877/metrics
        bool isUp = false;
        std::string error;     // of the last scrape; "" none
        std::int64_t last = 0; // ms since 1970; 0: not yet
        bool isUnderWay = false;
        std::set<SeriesLabels> series; // that the last scrape has brought
    };

    Scraper(World &world, Value configuration, SeriesStore &samples);
    ~Scraper();
    void start();
    void stop();
    const std::vector<std::shared_ptr<Target>> &targets() const { return m_targets; }

private:
    void round();
    std::vector<std::shared_ptr<Target>> discover() const;
    static asio::awaitable<void> scrape(Scraper *scraper, std::weak_ptr<bool> alive,
                                        std::shared_ptr<Target> target, std::uint16_t proxy);
    void take(Target &target, const std::string &text, const std::string &error);
    void end(Target &target);

    World &m_world;
    Value m_configuration;
    SeriesStore &m_samples;
    Timer m_next;
    std::vector<std::shared_ptr<Target>> m_targets;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); // a scrape may outlive this
};

std::int64_t nowMsecs();

} // namespace demo
