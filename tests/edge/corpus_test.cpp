// SPDX-License-Identifier: GPL-3.0-or-later
// What Ambassador 1.11's own compiler answered (shared corpus, v1-*), asked of our route table: who serves, by which path, with TLS or not.
#include "edge/config/compile.h"
#include "edge/route_table.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

using edge::Value;

namespace {

// Queries of all cases that agreed when this was last raised.  Never lower it.
constexpr int ReachedQueries = 311;

edge::RequestHead headOf(const Value &request)
{
    edge::RequestHead head;
    head.method = request["method"].text();
    head.target = request["path"].text();
    head.headers.add("host", request["authority"].text());
    head.headers.add("x-forwarded-proto", request["tls"].toBool() ? "https" : "http");
    for (const auto &[name, value] : request["headers"].members())
        head.headers.set(name, value.text());
    return head;
}

std::string expectedAnswer(const Value &query)
{
    const Value &route = query["route"];
    if (!route["error"].isNull())
        return "refused";
    if (const Value &routed = route["routed"]; routed.isObject()) {
        const auto &endpoints = routed["endpoints"].items();
        const std::string where = endpoints.empty() ? "" : endpoints[0].items()[0].text() + ":" + endpoints[0].items()[1].text();
        return where + (routed["upstream_tls"].toBool() ? " tls " : " plain ") + routed["path"].text() + " " + routed["cluster"].text();
    }
    return route["status"].text() + (route["location"].isString() ? " " + route["location"].text() : "");
}

std::string ourAnswer(const edge::RouteTable &table, const Value &request)
{
    const edge::RequestHead head = headOf(request);
    edge::RouteQuery query;
    query.head = &head;
    query.port = std::uint16_t(request["port"].toInteger());
    query.tls = request["tls"].toBool();
    query.serverName = request["sni"].text();
    const edge::Decision decision = table.match(query);
    switch (decision.outcome) {
    case edge::Decision::Outcome::NoListener:
    case edge::Decision::Outcome::NoChain: return "refused";
    case edge::Decision::Outcome::NoRoute: return "404";
    case edge::Decision::Outcome::Redirect:
        return std::to_string(decision.route->redirect->status) + " " + edge::redirectLocation(*decision.route->redirect, decision.route->path, head, query.tls);
    case edge::Decision::Outcome::Forward: break;
    }
    const edge::Cluster &cluster = *decision.cluster;
    return cluster.host + ":" + std::to_string(cluster.port) + (cluster.tls ? " tls " : " plain ") + edge::rewrittenTarget(*decision.route, head.target) + " " + cluster.name;
}

edge::CompileOptions optionsOf(const Value &settings)
{
    edge::CompileOptions options;
    options.compat = edge::Compat::V1;
    if (settings["ambassador_id"].isString())
        options.ambassadorId = settings["ambassador_id"].text();
    if (settings["namespace"].isString())
        options.ambassadorNamespace = settings["namespace"].text();
    options.singleNamespace = settings["single_namespace"].toBool();
    options.edgeStack = settings["edge_stack"].toBool();
    return options;
}

}

TEST(Corpus, requestsGoWhereAmbassadorSendsThem)
{
    const std::filesystem::path folder = sharedFolder() + "/corpus";
    if (!std::filesystem::exists(folder))
        GTEST_SKIP() << "skipped: the shared corpus is not here (SALLYPORT_SHARED)";
    int asked = 0;
    int agreed = 0;
    std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator {});
    std::sort(files.begin(), files.end());
    for (const auto &file : files) {
        if (file.filename().string().rfind("v1-", 0) != 0)
            continue;
        const Value testCase = edge::parseJson(sharedFile("corpus/" + file.filename().string()).value()).value();
        const auto table = edge::RouteTable::build(edge::compile(testCase["resources"].items(), optionsOf(testCase["settings"])));
        for (const Value &query : testCase["queries"].items()) {
            ++asked;
            const std::string expected = expectedAnswer(query);
            const std::string ours = table ? ourAnswer(**table, query["request"]) : table.error().message;
            agreed += expected == ours ? 1 : 0;
            if (expected != ours && std::getenv("SALLYPORT_VERBOSE"))
                std::cout << file.filename().string() << ": " << edge::toJson(query["request"]) << "\n  expected " << expected << "\n  ours     " << ours << "\n";
        }
    }
    std::cout << agreed << " of " << asked << " queries of v1-* agree\n";
    EXPECT_GE(agreed, ReachedQueries);
}
