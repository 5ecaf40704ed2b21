// SPDX-License-Identifier: GPL-3.0-or-later
// The decision "which route serves" among N Mappings, against a scan of the same compiled routes in match
// order; what compiling them costs in time and memory, and what one changed Mapping costs afterwards.  Both
// answer the same requests in the same run; a single different answer ends the program with an error.
#include "edge/config/compilation.h"
#include "edge/route_index.h"
#include "edge/route_table.h"

#include <malloc.h>
#include <unistd.h>

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

Value mapping(int i)
{
    const std::string number = std::to_string(i);
    Value spec = Value::object({{"prefix", "/team-" + std::to_string(i % 97) + "/service-" + number + "/"},
                                {"service", "service-" + number},
                                {"hostname", "*"}});
    if (i % 10 == 3)
        spec.set("hostname", "host-" + std::to_string(i % 50) + ".example.com");
    if (i % 10 == 5)
        spec.set("headers", Value::object({{"x-canary", "yes"}}));
    if (i % 10 == 7)
        spec.set("weight", 20);
    return object("Mapping", "mapping-" + number, std::move(spec));
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
    for (int i = 0; i < mappings; ++i)
        objects.push_back(mapping(i));
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
        for (const auto &route : host.routes.items())
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

double residentMegabytes()
{
    malloc_trim(0);
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return double(resident) * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

bool benchDecisions(int mappings, const edge::RouteTable &table, std::vector<Row> &rows)
{
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
    rows.push_back({"decision-" + std::to_string(mappings) + "-mappings", "ns", "linear-scan", ours * 1e9,
                    linear / ours});
    std::printf("%7d Mappings: decision %.0f ns, linear scan %.0f ns (%.0f x)\n", mappings, ours * 1e9,
                linear * 1e9, linear / ours);
    return true;
}

// Milliseconds from one changed Mapping to a table that serves it: the median and the worst of many.
bool benchChange(int mappings, edge::Compilation &compilation, std::shared_ptr<const edge::RouteTable> table,
                 std::vector<Row> &rows)
{
    std::vector<double> times;
    for (int round = 0; round < 41; ++round) {
        const int i = round * 7919 % mappings;
        Value changed = mapping(i);
        changed.child("spec").set("prefix", "/moved-" + std::to_string(round) + "/");
        const auto start = Clock::now();
        compilation.set(std::move(changed));
        auto next = edge::RouteTable::build(compilation.compile(), table.get());
        times.push_back(secondsSince(start) * 1e3);
        if (!next)
            return false;
        edge::RequestHead head;
        head.target = "/moved-" + std::to_string(round) + "/x";
        head.headers.add("host", i % 10 == 3 ? "host-" + std::to_string(i % 50) + ".example.com" : "www");
        head.headers.add("x-canary", "yes");
        edge::RouteQuery query;
        query.head = &head;
        const edge::Route *route = (*next)->match(query).route;
        if (!route || route->mapping.name != "mapping-" + std::to_string(i)) {
            std::cerr << "the change of mapping-" << i << " is not served\n";
            return false;
        }
        table = std::move(*next);
    }
    std::sort(times.begin(), times.end());
    const std::string number = std::to_string(mappings) + "-mappings";
    rows.push_back({"one-change-" + number, "ms", "", times[times.size() / 2], 0});
    rows.push_back({"one-change-max-" + number, "ms", "", times.back(), 0});
    std::printf("%7d Mappings: one change effective in %.1f ms, at most %.1f ms\n", mappings,
                times[times.size() / 2], times.back());
    return true;
}

bool benchMappings(int mappings, std::vector<Row> &rows)
{
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    std::vector<Value> objects = objectsWith(mappings);
    const double before = residentMegabytes();
    double compiled = 1e9, effective = 1e9, after = 0;
    for (int round = 0; round < (mappings > 20'000 ? 1 : 3); ++round) {
        const auto start = Clock::now();
        edge::Config config = edge::compile(objects, options);
        compiled = std::min(compiled, secondsSince(start));
        const auto built = edge::RouteTable::build(std::move(config));
        effective = std::min(effective, secondsSince(start));
        after = residentMegabytes();
        if (!built)
            return false;
    }
    edge::Compilation compilation(options);
    compilation.setAll(std::move(objects));
    const auto table = edge::RouteTable::build(compilation.compile());
    if (!table) {
        std::cerr << table.error().message << "\n";
        return false;
    }
    const std::string number = std::to_string(mappings) + "-mappings";
    rows.push_back({"compile-" + number, "ms", "", compiled * 1e3, 0});
    rows.push_back({"compile-and-index-" + number, "ms", "", effective * 1e3, 0});
    rows.push_back({"memory-" + number, "MB", "", after - before, 0});
    std::printf("%7d Mappings: compile %.1f ms, with index %.1f ms, %.1f MB\n", mappings, compiled * 1e3,
                effective * 1e3, after - before);
    return benchDecisions(mappings, **table, rows) && benchChange(mappings, compilation, *table, rows);
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
        if (!benchMappings(mappings, rows))
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
