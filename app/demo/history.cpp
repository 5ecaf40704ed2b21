// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/history.h"

#include <array>
#include <charconv>

namespace demo {

namespace {

constexpr std::chrono::hours Day{24};
constexpr std::chrono::seconds LongestHistory = 14 * Day; // Prometheus keeps fifteen
constexpr std::chrono::minutes Step{5};
constexpr std::chrono::minutes Gap{1}; // before the first live sample
constexpr double CallersAtOnce = 6;    // of the background traffic's turn, one is this call

struct Workload
{
    const char *nameSpace, *name, *app, *version;
};

struct Flow
{
    Workload source, destination;
    const char *service;
    bool needsGuide = false; // what the guide brings
};

constexpr Workload Cart{"shop", "cart", "cart", "v1"};
constexpr Workload OrdersV1{"shop", "orders-v1", "orders", "v1"};
constexpr Workload OrdersV2{"shop", "orders-v2", "orders", "v2"};
constexpr Workload Quote{"default", "quote", "quote", "unknown"};
constexpr Workload Unknown{"unknown", "unknown", "unknown", "unknown"};

constexpr std::array<Flow, 4> Flows{{{Cart, OrdersV1, "orders"},
                                     {Cart, OrdersV2, "orders"},
                                     {OrdersV1, Cart, "cart"},
                                     {Unknown, Quote, "quote", true}}};

std::string identity(const Workload &workload, bool isEdge)
{
    return isEdge ? "spiffe://cluster.local/ns/ambassador/sa/ambassador"
                  : std::string("spiffe://cluster.local/ns/") + workload.nameSpace + "/sa/default";
}

std::string labelsOf(const Flow &flow)
{
    const Workload &from = flow.source, &to = flow.destination;
    const auto pair = [](const char *name, const std::string &value) {
        return std::string(name) + "=\"" + value + "\",";
    };
    return "{" + pair("reporter", "destination") + pair("source_workload", from.name)
        + pair("source_workload_namespace", from.nameSpace) + pair("source_canonical_service", from.app)
        + pair("source_principal", identity(from, flow.needsGuide)) + pair("source_app", from.app)
        + pair("source_version", from.version) + pair("destination_workload", to.name)
        + pair("destination_workload_namespace", to.nameSpace)
        + pair("destination_principal", identity(to, false)) + pair("destination_app", to.app)
        + pair("destination_version", to.version)
        + pair("destination_service", std::string(flow.service) + "." + to.nameSpace + ".svc.cluster.local")
        + pair("destination_service_name", flow.service) + pair("destination_service_namespace", to.nameSpace)
        + pair("request_protocol", "http") + pair("response_code", "200") + pair("response_flags", "-")
        + pair("connection_security_policy", "mutual_tls") + "seeded=\"true\"}";
}

std::int64_t secondsOf(WallTime time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

} // namespace

edge::Result<std::chrono::seconds> readHistory(const std::string &text)
{
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
    const std::chrono::seconds each = unit == "d" ? std::chrono::seconds(Day)
        : unit == "h"                             ? std::chrono::seconds(3600)
        : unit == "m"                             ? std::chrono::seconds(60)
                                                  : std::chrono::seconds(0);
    const bool isNone = text == "0";
    if (error != std::errc() || count < 0 || (each.count() == 0 && !isNone)
        || count > LongestHistory / std::max(each, std::chrono::seconds(1)))
        return edge::failure(edge::Error::Kind::Config,
                             "the history '" + text
                                 + "' is none; use 0, or minutes, hours or days up to 14d: 8d");
    return each * count;
}

std::string seededHistory(const DemoOptions &options, WallTime now)
{
    const std::chrono::seconds span = readHistory(options.history).value_or(std::chrono::seconds(0));
    if (span.count() == 0 || options.state == "empty")
        return {};
    const std::int64_t step = std::chrono::seconds(Step).count();
    const std::int64_t until = secondsOf(now - Gap), from = until - span.count();
    const double each = options.rate / CallersAtOnce * double(step);
    std::string text = "# TYPE istio_requests counter\n";
    for (const Flow &flow : Flows) {
        if (flow.needsGuide && options.state != "guide-done")
            continue;
        const std::string name = "istio_requests_total" + labelsOf(flow) + " ";
        double count = 0;
        for (std::int64_t time = from; time <= until; time += step) {
            text += name + std::to_string(std::int64_t(count)) + " " + std::to_string(time) + "\n";
            count += each;
        }
    }
    text += "# TYPE up gauge\n"; // by which a reader knows since when Prometheus has run
    for (std::int64_t time = from; time <= until; time += step)
        text += "up{job=\"seeded\",seeded=\"true\"} 1 " + std::to_string(time) + "\n";
    return text + "# EOF\n";
}

} // namespace demo
