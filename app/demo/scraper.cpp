// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/scraper.h"

#include "app/demo/go_duration.h"
#include "app/demo/prometheus_discovery.h"
#include "app/demo/relabel.h"
#include "edge/client.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

namespace demo {

namespace {

using namespace std::chrono_literals;
constexpr std::size_t MostBytes = 64 << 20;

std::chrono::milliseconds intervalOf(const Value &configuration)
{
    const auto read = readGoDuration(configuration.at({"global", "scrape_interval"}).text());
    return std::max<std::chrono::milliseconds>(read ? std::chrono::milliseconds(*read / 1'000'000) : 60s, 1s);
}

std::string textOf(const Value &value, const char *otherwise)
{
    return value.isString() ? value.text() : otherwise;
}

SeriesLabels labelsOf(const Value &object)
{
    SeriesLabels labels;
    for (const auto &[name, value] : object.members())
        labels[name] = value.text();
    return labels;
}

SeriesLabels withoutInternal(const SeriesLabels &labels)
{
    SeriesLabels kept;
    for (const auto &[name, value] : labels) {
        if (!name.starts_with("__"))
            kept.emplace(name, value);
    }
    return kept;
}

std::shared_ptr<Scraper::Target> targetOf(const Value &job, const std::string &address,
                                          const SeriesLabels &more)
{
    auto target = std::make_shared<Scraper::Target>();
    target->job = job;
    target->discovered = more;
    target->discovered["__address__"] = address;
    target->discovered["__scheme__"] = textOf(job["scheme"], "http");
    target->discovered["__metrics_path__"] = textOf(job["metrics_path"], "/metrics");
    target->discovered["job"] = job["job_name"].text();
    auto labels = relabel(target->discovered, job["relabel_configs"]);
    if (!labels || (*labels)["__address__"].empty())
        return nullptr;
    std::string &where = (*labels)["__address__"];
    if (where.find(':') == std::string::npos)
        where += (*labels)["__scheme__"] == "https" ? ":443" : ":80";
    if ((*labels)["instance"].empty())
        (*labels)["instance"] = where;
    target->url = (*labels)["__scheme__"] + "://" + where + (*labels)["__metrics_path__"];
    target->labels = withoutInternal(*labels);
    return target;
}

// The target's own labels win; what the text says itself is called exported_.
SeriesLabels merged(const SeriesLabels &scraped, const SeriesLabels &target)
{
    SeriesLabels labels = scraped;
    for (const auto &[name, value] : target) {
        if (const auto own = labels.find(name); own != labels.end())
            labels["exported_" + name] = own->second;
        labels[name] = value;
    }
    std::erase_if(labels, [](const auto &label) { return label.second.empty(); });
    return labels;
}

} // namespace

std::int64_t nowMsecs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Scraper::Scraper(World &world, Value configuration, SeriesStore &samples)
    : m_world(world)
    , m_configuration(std::move(configuration))
    , m_samples(samples)
    , m_next(world.loop)
{
}

Scraper::~Scraper() { stop(); }

void Scraper::start() { round(); }

void Scraper::stop()
{
    m_next.stop();
    m_alive.reset();
}

std::vector<std::shared_ptr<Scraper::Target>> Scraper::discover() const
{
    std::vector<std::shared_ptr<Target>> found;
    const auto add = [&found](std::shared_ptr<Target> target) {
        const bool isNew = target && std::none_of(found.begin(), found.end(), [&](const auto &known) {
                               return known->url == target->url && known->labels == target->labels;
                           });
        if (isNew)
            found.push_back(std::move(target));
    };
    for (const Value &job : m_configuration["scrape_configs"].items()) {
        for (const Value &each : job["static_configs"].items()) {
            for (const Value &address : each["targets"].items())
                add(targetOf(job, address.text(), labelsOf(each["labels"])));
        }
        for (const Value &each : job["kubernetes_sd_configs"].items()) {
            const auto query = readDiscoveryPath(discoveryPath(each));
            const Value groups = query ? discoverTargets(m_world.store, *query) : Value::array();
            for (const Value &group : groups.items()) {
                for (const Value &address : group["targets"].items())
                    add(targetOf(job, address.text(), labelsOf(group["labels"])));
            }
        }
    }
    return found;
}

void Scraper::round()
{
    std::vector<std::shared_ptr<Target>> now = discover();
    for (std::shared_ptr<Target> &target : now) {
        const auto known = std::find_if(m_targets.begin(), m_targets.end(), [&](const auto &each) {
            return each->url == target->url && each->labels == target->labels;
        });
        if (known != m_targets.end()) {
            (*known)->discovered = target->discovered;
            target = *known;
        }
    }
    for (const std::shared_ptr<Target> &before : m_targets) {
        if (std::find(now.begin(), now.end(), before) == now.end())
            end(*before);
    }
    m_targets = std::move(now);
    for (const std::shared_ptr<Target> &target : m_targets) {
        if (!std::exchange(target->isUnderWay, true))
            asio::co_spawn(m_world.loop, scrape(this, m_alive, target, m_world.scrapeProxyPort),
                           asio::detached);
    }
    m_next.after(intervalOf(m_configuration), [this] { round(); });
}

asio::awaitable<void> Scraper::scrape(Scraper *scraper, std::weak_ptr<bool> alive,
                                      std::shared_ptr<Target> target, std::uint16_t proxy)
{
    edge::ClientRequest request;
    request.port = proxy;
    request.head.target = target->url;
    const std::size_t host = target->url.find("//") + 2;
    request.head.headers.set("host", target->url.substr(host, target->url.find('/', host) - host));
    request.head.headers.set("accept", "text/plain;version=0.0.4");
    request.head.headers.set("user-agent", "Prometheus/built-in");
    request.timeout = 2s;
    request.bodyLimit = MostBytes;
    const auto reply = co_await edge::fetch(std::move(request));
    target->isUnderWay = false;
    if (alive.expired())
        co_return;
    if (!reply)
        scraper->take(*target, {}, reply.error().message);
    else if (reply->head.status != 200)
        scraper->take(*target, {}, "server returned HTTP status " + std::to_string(reply->head.status));
    else
        scraper->take(*target, reply->body, {});
}

void Scraper::take(Target &target, const std::string &text, const std::string &error)
{
    const bool isKnown = std::any_of(m_targets.begin(), m_targets.end(),
                                     [&target](const auto &each) { return each.get() == &target; });
    if (!isKnown)
        return; // it has gone meanwhile
    const std::int64_t now = nowMsecs();
    target.last = now;
    target.error = error;
    target.isUp = error.empty();
    std::set<SeriesLabels> series;
    for (const MetricLine &line : readMetrics(text)) {
        const auto labels = relabel(merged(line.labels, target.labels), target.job["metric_relabel_configs"]);
        if (!labels)
            continue;
        m_samples.append(*labels, {now, line.value});
        series.insert(*labels);
    }
    for (const SeriesLabels &before : target.series) {
        if (series.count(before) == 0)
            m_samples.end(before, now);
    }
    target.series = std::move(series);
    SeriesLabels up = target.labels;
    up["__name__"] = "up";
    m_samples.append(up, {now, target.isUp ? 1.0 : 0.0});
    up["__name__"] = "scrape_samples_scraped";
    m_samples.append(up, {now, double(target.series.size())});
}

void Scraper::end(Target &target)
{
    const std::int64_t now = nowMsecs();
    for (const SeriesLabels &labels : target.series)
        m_samples.end(labels, now);
    SeriesLabels up = target.labels;
    for (const char *name : {"up", "scrape_samples_scraped"}) {
        up["__name__"] = name;
        m_samples.end(up, now);
    }
}

} // namespace demo
