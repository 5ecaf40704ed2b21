// SPDX-License-Identifier: GPL-3.0-or-later
// Envoy's CORS filter (facts envoy-truth.md); conformance/edge's group cors judges the same through sockets.
#include "edge/cors.h"

#include <gtest/gtest.h>

namespace edge {

namespace {

RequestHead request(std::string method, Headers headers)
{
    RequestHead head;
    head.method = std::move(method);
    head.headers = std::move(headers);
    return head;
}

CorsPolicy policyOf(std::vector<std::string> origins)
{
    CorsPolicy policy;
    policy.origins = std::move(origins);
    return policy;
}

} // namespace

TEST(Cors, AppliesToTheOriginsThatThePolicyNames)
{
    struct Row
    {
        std::vector<std::string> allowed;
        const char *origin; // "": the header is empty
        bool applies;
    };
    const Row rows[] = {{{"https://a.example"}, "https://a.example", true},
                        {{"https://a.example"}, "https://a.example:8443", false},
                        {{"https://a.example"}, "http://a.example", false},
                        {{"https://a.example"}, "https://A.example", false}, // browsers send it in lower case
                        {{"https://a.example"}, "https://a.example.evil", false},
                        {{"https://a.example", "https://b.example"}, "https://b.example", true},
                        {{"*"}, "null", true},
                        {{"*"}, "", false},
                        {{}, "https://a.example", false}};
    for (const Row &row : rows)
        EXPECT_EQ(corsApplies(policyOf(row.allowed), request("GET", {{"Origin", row.origin}})), row.applies)
            << row.origin;
    EXPECT_FALSE(corsApplies(policyOf({"*"}), request("GET", {})));
}

TEST(Cors, KnowsAPreflightByMethodAndWish)
{
    EXPECT_TRUE(isPreflight(request("OPTIONS", {{"Access-Control-Request-Method", "PUT"}})));
    EXPECT_FALSE(isPreflight(request("OPTIONS", {})));
    EXPECT_FALSE(isPreflight(request("OPTIONS", {{"access-control-request-method", ""}})));
    EXPECT_FALSE(isPreflight(request("GET", {{"access-control-request-method", "PUT"}})));
}

TEST(Cors, AnswersWithWhatThePolicySaysAndNothingElse)
{
    CorsPolicy policy = policyOf({"*"});
    const RequestHead head = request("OPTIONS", {{"origin", "https://a.example"}});
    EXPECT_EQ(preflightHeaders(policy, head),
              Headers({{"access-control-allow-origin", "https://a.example"}}));
    policy.methods = "GET, PUT";
    policy.headers = "x-a";
    policy.maxAge = "600";
    policy.exposedHeaders = "x-b";
    policy.credentials = true;
    EXPECT_EQ(preflightHeaders(policy, head),
              Headers({{"access-control-allow-origin", "https://a.example"},
                       {"access-control-allow-credentials", "true"},
                       {"access-control-expose-headers", "x-b"},
                       {"access-control-allow-methods", "GET, PUT"},
                       {"access-control-allow-headers", "x-a"},
                       {"access-control-max-age", "600"}}));
    Headers answer{{"access-control-allow-origin", "the upstream's own"}};
    addCorsHeaders(policy, "https://a.example", answer);
    EXPECT_EQ(answer.value("access-control-allow-origin"), "https://a.example");
    EXPECT_FALSE(answer.has("access-control-allow-methods")); // of preflights only
    policy.credentials = false;
    Headers without;
    addCorsHeaders(policy, "https://a.example", without);
    EXPECT_FALSE(without.has("access-control-allow-credentials"));
}

} // namespace edge
