// SPDX-License-Identifier: GPL-3.0-or-later
// The decision "which route serves" among N Mappings, against a scan of the same compiled routes in match
// order; and what compiling them costs.  Both answer the same requests in the same run; a single different
// answer ends the program with an error.
#include "edge/config/compile.h"
#include "edge/route_index.h"
#include "edge/route_table.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>

using edge::Value;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int Rounds = 5;
constexpr int Requests = 2000;

struct Row
{
    std::string name, unit, peer;
    double value = 0, ratio = 0;
};

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Value object(const char *kind, const std::string &name, Value spec)
{
    Value metadata = Value::object({{"name", name}, {"namespace", "prod"}});
    return Value::object({{"apiVersion", "getambassador.io/v3alpha1"},
                          {"kind", kind},
                          {"metadata", std::move(metadata)},
                          {"spec", std::move(spec)}});
}

// As installations are: most Mappings differ by prefix, some by host, header or weight only.
std::vector<Value> objectsWith(int mappings)
{
    std::vector<Value> objects;
    objects.push_back(object(
        "Listener", "http",
        Value::object({{"port", 8080},
                       {"protocol", "HTTP"},
                       {"securityModel", "INSECURE"},
                       {"hostBinding", Value::object({{"namespace", Value::object({{"from", "ALL"}})}})}})));
    objects.push_back(object(
        "Host", "any",
        Value::object(
            {{"hostname", "*"},
             {"requestPolicy", Value::object({{"insecure", Value::object({{"action", "Route"}})}})}})));
    for (int i = 0; i < mappings; ++i) {
        const std::string number = std::to_string(i);
        Value spec
            = Value::object({{"prefix", "/team-" + std::to_string(i % 97) + "/service-" + number + "/"},
                             {"service", "service-" + number},
                             {"hostname", "*"}});
        if (i % 10 == 3)
            spec.set("hostname", "host-" + std::to_string(i % 50) + ".example.com");
        if (i % 10 == 5)
            spec.set("headers", Value::object({{"x-canary", "yes"}}));
        if (i % 10 == 7)
            spec.set("weight", 20);
        objects.push_back(object("Mapping", "mapping-" + number, std::move(spec)));
    }
    return objects;
}

std::vector<edge::RequestHead> requestsFor(int mappings)
{
    std::mt19937 random(7);
    std::vector<edge::RequestHead> heads(Requests);
    for (edge::RequestHead &head : heads) {
        const int i = int(random() % unsigned(mappings));
        head.target = "/team-" + std::to_string(i % 97) + "/service-" + std::to_string(i) + "/item?id=1";
        head.headers.add("host",
                         i % 10 == 3 ? "host-" + std::to_string(i % 50) + ".example.com" : "www.example.com");
        head.headers.add("user-agent", "bench");
        if (i % 10 == 5)
            head.headers.add("x-canary", "yes");
    }
    return heads;
}

class LinearScan // the peer: every compiled route in match order
{
public:
    explicit LinearScan(const edge::VirtualHost &host)
    {
        for (const edge::Route &route : host.routes)
            m_routes.push_back(edge::CompiledRoute::make(route).value());
    }
    const edge::Route *match(const edge::RouteQuery &query) const
    {
        for (const edge::CompiledRoute &route : m_routes) {
            if (route.matches(query))
                return &route.route();
        }
        return nullptr;
    }

private:
    std::vector<edge::CompiledRoute> m_routes;
};

template<typename Decide> // seconds of one decision, the best of all rounds
double measure(const std::vector<edge::RequestHead> &heads, std::vector<const edge::Route *> &answers,
               std::size_t limit, Decide decide)
{
    double best = 1e9;
    const std::size_t count = std::min(limit, heads.size());
    for (int round = 0; round < Rounds; ++round) {
        const auto start = Clock::now();
        for (std::size_t i = 0; i < count; ++i) {
            edge::RouteQuery query;
            query.head = &heads[i];
            query.random = unsigned(i);
            answers[i] = decide(query);
        }
        best = std::min(best, secondsSince(start) / double(count));
    }
    return best;
}

bool benchDecisions(int mappings, std::vector<Row> &rows)
{
    const std::vector<Value> objects = objectsWith(mappings);
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    const auto start = Clock::now();
    edge::Config config = edge::compile(objects, options);
    const double compiled = secondsSince(start);
    const auto built = edge::RouteTable::build(std::move(config));
    const double effective = secondsSince(start);
    if (!built) {
        std::cerr << built.error().message << "\n";
        return false;
    }
    const edge::RouteTable &table = **built;
    const auto heads = requestsFor(mappings);
    std::vector<const edge::Route *> fast(heads.size()), slow(heads.size());
    const double ours = measure(heads, fast, heads.size(),
                                [&](const edge::RouteQuery &query) { return table.match(query).route; });
    const LinearScan scan(table.config().listeners.front().chains.front().virtualHosts.front());
    const std::size_t asked = std::min<std::size_t>(
        heads.size(), mappings > 20'000 ? 50 : 500); // a scan of 100,000 routes takes long
    const double linear
        = measure(heads, slow, asked, [&](const edge::RouteQuery &query) { return scan.match(query); });
    if (!std::equal(slow.begin(), slow.begin() + std::ptrdiff_t(asked), fast.begin())) {
        std::cerr << "the table and the scan disagree among " << mappings << " Mappings\n";
        return false;
    }
    const std::string number = std::to_string(mappings) + "-mappings";
    rows.push_back({"decision-" + number, "ns", "linear-scan", ours * 1e9, linear / ours});
    rows.push_back({"compile-" + number, "ms", "", compiled * 1e3, 0});
    rows.push_back({"compile-and-index-" + number, "ms", "", effective * 1e3, 0});
    std::printf(
        "%7d Mappings: decision %.0f ns, linear scan %.0f ns (%.0f x), compile %.1f ms, with index %.1f ms\n",
        mappings, ours * 1e9, linear * 1e9, linear / ours, compiled * 1e3, effective * 1e3);
    return true;
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 2) {
        std::cerr << "usage: routes_bench RESULT.json\n";
        return 2;
    }
    std::vector<Row> rows;
    for (const int mappings : {10, 1000, 10'000, 100'000}) {
        if (!benchDecisions(mappings, rows))
            return 1;
    }
    Value list = Value::array();
    for (const Row &row : rows) {
        Value entry = Value::object(
            {{"name", row.name}, {"value", row.value}, {"unit", row.unit}, {"peer", row.peer}});
        entry.set("ratio", row.peer.empty() ? Value() : Value(row.ratio));
        entry.set("rounds", Rounds);
        list.push(std::move(entry));
    }
    std::ofstream(arguments[1]) << edge::toJson(list, 2) << "\n";
    return 0;
}
