// SPDX-License-Identifier: GPL-3.0-or-later
// The decision "which route serves" among N Mappings, against a scan of the same compiled routes in match
// order; what compiling them costs in time and memory, and what one changed Mapping costs an edge that runs: until it
// serves it, and from a file of all of them; and an event of a Service.  Table and scan answer the same requests in the same run; a single
// different answer ends the program with an error.
//   routes_bench RESULT.json [MAPPINGS [PART]]      PART: decision, change, service or file
#include "app/manifest_files.h"
#include "edge/client.h"
#include "edge/run/edge_runner.h"
#include "edge/route_index.h"

#include <QTemporaryDir>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <malloc.h>
#include <time.h>
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
    const double linear =
        measure(heads, slow, asked, [&](const edge::RouteQuery &query) { return scan.match(query); });
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

double cpuSeconds() // of this thread: what other programs on the machine do not lengthen
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

struct Times // milliseconds
{
    std::vector<double> wall, cpu;

    template<typename Work>
    auto add(Work work)
    {
        const auto start = Clock::now();
        const double cpuStart = cpuSeconds();
        auto result = work();
        cpu.push_back((cpuSeconds() - cpuStart) * 1e3);
        wall.push_back(secondsSince(start) * 1e3);
        return result;
    }
    void report(const std::string &what, int mappings, std::vector<Row> &rows)
    {
        const std::string name = what + "-" + std::to_string(mappings) + "-mappings";
        for (auto *times : {&wall, &cpu}) {
            const std::string cpuName = times == &cpu ? "-cpu" : "";
            std::sort(times->begin(), times->end());
            rows.push_back({name + cpuName, "ms", "", (*times)[times->size() / 2], 0});
            rows.push_back({name + cpuName + "-max", "ms", "", times->back(), 0});
        }
        std::printf("%7d Mappings: %s: %.1f ms, at most %.1f ms; CPU %.1f ms, at most %.1f ms\n", mappings,
                    what.c_str(), wall[wall.size() / 2], wall.back(), cpu[cpu.size() / 2], cpu.back());
    }
};

// The edge as `edge run` serves it, where no service lives anywhere: 503 for what has a route, 404 for the rest.
class RunningEdge
{
public:
    explicit RunningEdge(const edge::CompileOptions &options)
        : m_runner(m_loop, runOptions(options))
    {
    }
    bool apply(const edge::SharedList<Value> &objects)
    {
        const auto notes = m_runner.apply(objects);
        if (!notes)
            std::cerr << notes.error().message << "\n";
        return notes.has_value();
    }
    int statusOf(const std::string &target, const std::string &host)
    {
        edge::ClientRequest request;
        request.port = std::uint16_t(std::stoi(m_runner.addresses().front().substr(17)));
        request.head.target = target;
        request.head.headers.add("host", host);
        request.head.headers.add("x-canary", "yes");
        int status = 0;
        asio::co_spawn(m_loop, ask(std::move(request), status), [](std::exception_ptr) {});
        m_loop.restart();
        while (status == 0 && m_loop.run_one() > 0) { }
        return status;
    }

private:
    static edge::EdgeRunOptions runOptions(const edge::CompileOptions &compile)
    {
        edge::EdgeRunOptions options;
        options.compile = compile;
        options.listeners = {{8080, {"127.0.0.1", 0}}};
        options.services = {{"nobody", {"127.0.0.1", 1}}};
        return options;
    }
    static asio::awaitable<void> ask(edge::ClientRequest request, int &status)
    {
        const auto reply = co_await edge::fetch(std::move(request));
        status = reply ? reply->head.status : -1;
    }

    asio::io_context m_loop{1};
    edge::EdgeRunner m_runner;
};

Value moved(int i, int round)
{
    Value changed = mapping(i);
    changed.child("spec").set("prefix", "/moved-" + std::to_string(round) + "/");
    return changed;
}

bool isServed(RunningEdge &running, int i, int round)
{
    const std::string host = i % 10 == 3 ? "host-" + std::to_string(i % 50) + ".example.com" : "www";
    const int status = running.statusOf("/moved-" + std::to_string(round) + "/x", host);
    if (status != 503)
        std::cerr << "the change of mapping-" << i << " is not served: " << status << "\n";
    return status == 503;
}

constexpr int Changes = 41;

// From one changed Mapping to an edge that serves it.
bool benchChange(int mappings, const edge::CompileOptions &options, std::vector<Row> &rows)
{
    RunningEdge running(options);
    edge::SharedList<Value> objects(objectsWith(mappings));
    if (!running.apply(objects))
        return false;
    Times times;
    for (int round = 0; round < Changes; ++round) {
        const int i = round * 7919 % mappings;
        objects.edit(std::size_t(i) + 2) = moved(i, round); // behind the Listener and the Host
        if (!times.add([&] { return running.apply(objects); }) || !isServed(running, i, round))
            return false;
    }
    times.report("one-change", mappings, rows);
    return true;
}

// What happens in a cluster all day and is no configuration of the edge: another port of a Service.
bool benchService(int mappings, const edge::CompileOptions &options, std::vector<Row> &rows)
{
    const auto service = [](int port) {
        Value spec = Value::object();
        spec.set("ports", Value::array({Value::object({{"port", port}})}));
        Value made = object("Service", "service-1", std::move(spec));
        made.set("apiVersion", "v1");
        return made;
    };
    RunningEdge running(options);
    edge::SharedList<Value> objects(objectsWith(mappings));
    objects.push_back(service(80));
    if (!running.apply(objects))
        return false;
    Times times;
    for (int round = 0; round < Changes; ++round) {
        objects.edit(objects.size() - 1) = service(81 + round);
        if (!times.add([&] { return running.apply(objects); }))
            return false;
    }
    times.report("one-service-event", mappings, rows);
    return true;
}

// The same as of one changed Mapping from a file of all Mappings, one of which somebody has edited.
bool benchFile(int mappings, const edge::CompileOptions &options, std::vector<Row> &rows)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("all.yaml"));
    std::vector<std::string> documents;
    for (const Value &object : objectsWith(mappings))
        documents.push_back("---\n" + edge::toYaml(object));
    const auto write = [&] {
        std::ofstream file(path.toStdString(), std::ios::binary);
        for (const std::string &document : documents)
            file << document;
    };
    write();
    RunningEdge running(options);
    app::ManifestReader reader({path}, QStringLiteral("prod"), {});
    const auto start = Clock::now();
    if (!running.apply(reader.read().objects))
        return false;
    rows.push_back(
        {"file-read-" + std::to_string(mappings) + "-mappings", "ms", "", secondsSince(start) * 1e3, 0});
    std::printf("%7d Mappings: served from a file after %.0f ms\n", mappings, rows.back().value);
    Times times;
    for (int round = 0; round < Changes; ++round) {
        const int i = round * 7919 % mappings;
        documents[std::size_t(i) + 2] = "---\n" + edge::toYaml(moved(i, round));
        write();
        if (!times.add([&] { return running.apply(reader.read().objects); }) || !isServed(running, i, round))
            return false;
    }
    times.report("one-change-in-a-file", mappings, rows);
    return true;
}

bool benchCompile(int mappings, const edge::CompileOptions &options, std::vector<Row> &rows)
{
    const std::vector<Value> objects = objectsWith(mappings);
    const double before = residentMegabytes();
    double compiled = 1e9, effective = 1e9, cpu = 1e9, after = 0;
    for (int round = 0; round < (mappings > 20'000 ? 1 : 3); ++round) {
        const auto start = Clock::now();
        const double cpuStart = cpuSeconds();
        edge::Config config = edge::compile(objects, options);
        compiled = std::min(compiled, secondsSince(start));
        const auto built = edge::RouteTable::build(std::move(config));
        effective = std::min(effective, secondsSince(start));
        cpu = std::min(cpu, cpuSeconds() - cpuStart);
        after = residentMegabytes();
        if (!built)
            return false;
    }
    const auto table = edge::RouteTable::build(edge::compile(objects, options));
    if (!table) {
        std::cerr << table.error().message << "\n";
        return false;
    }
    const std::string number = std::to_string(mappings) + "-mappings";
    rows.push_back({"compile-" + number, "ms", "", compiled * 1e3, 0});
    rows.push_back({"compile-and-index-" + number, "ms", "", effective * 1e3, 0});
    rows.push_back({"compile-and-index-cpu-" + number, "ms", "", cpu * 1e3, 0});
    rows.push_back({"memory-" + number, "MB", "", after - before, 0});
    std::printf("%7d Mappings: compile %.1f ms, with index %.1f ms (CPU %.1f ms), %.1f MB\n", mappings,
                compiled * 1e3, effective * 1e3, cpu * 1e3, after - before);
    return benchDecisions(mappings, **table, rows);
}

bool benchMappings(int mappings, const std::string &part, std::vector<Row> &rows)
{
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    const auto isWanted = [&](const char *name) { return part.empty() || part == name; };
    return (!isWanted("decision") || benchCompile(mappings, options, rows))
        && (!isWanted("change") || benchChange(mappings, options, rows))
        && (!isWanted("service") || benchService(mappings, options, rows))
        && (!isWanted("file") || mappings > 20'000 // reading 100,000 takes a minute
            || benchFile(mappings, options, rows));
}

} // namespace

int main(int count, char **arguments)
{
    if (count < 2) {
        std::cerr << "usage: routes_bench RESULT.json [MAPPINGS [PART]]\n";
        return 2;
    }
    std::vector<Row> rows;
    for (const int mappings : {10, 1000, 10'000, 100'000}) {
        if (count > 2 && std::to_string(mappings) != arguments[2])
            continue;
        if (!benchMappings(mappings, count > 3 ? arguments[3] : "", rows))
            return 1;
    }
    Value list = Value::array();
    for (const Row &row : rows) {
        Value entry =
            Value::object({{"name", row.name}, {"value", row.value}, {"unit", row.unit}, {"peer", row.peer}});
        entry.set("ratio", row.peer.empty() ? Value() : Value(row.ratio));
        entry.set("rounds", Rounds);
        list.push(std::move(entry));
    }
    std::ofstream(arguments[1]) << edge::toJson(list, 2) << "\n";
    return 0;
}
