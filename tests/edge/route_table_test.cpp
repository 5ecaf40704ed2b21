// SPDX-License-Identifier: GPL-3.0-or-later
// The route table against a matcher that knows no shortcuts, on random tables and requests; and the choice of
// chains.
#include "edge/route_table.h"
#include "tests/edge/naive_matcher.h"

#include <gtest/gtest.h>

#include <random>

namespace {

constexpr unsigned Seed = 20240611;
constexpr int Tables = 100;
constexpr int RequestsATable = 1000;

// Few words in many combinations, so that routes overlap and requests come close to them.
class Dice
{
public:
    explicit Dice(unsigned seed)
        : m_random(seed)
    {
    }

    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(m_random); }
    bool oneIn(int of) { return number(of) == 0; }
    std::string one(std::initializer_list<const char *> words)
    {
        return *(words.begin() + number(int(words.size())));
    }
    std::string host()
    {
        return one({"a.example.com", "b.example.com", "A.Example.com", "deep.a.example.com", "example.com",
                    "x.org", "a.example.org", "a.example.com:8080", ""});
    }
    std::string path()
    {
        std::string text = "/";
        for (int i = number(4); i > 0; --i)
            text += one({"a", "b", "A", "ab", "a/", "b/", "api/", "Api/", "%41"});
        return text;
    }

private:
    std::mt19937 m_random;
};

edge::ValueMatch randomHeader(Dice &dice)
{
    using Kind = edge::ValueMatch::Kind;
    if (dice.oneIn(3))
        return {dice.oneIn(3)       ? Kind::Suffix
                    : dice.oneIn(3) ? Kind::Prefix
                                    : Kind::Exact,
                ":authority", dice.host()};
    if (dice.oneIn(4))
        return {Kind::Exact, ":method", dice.one({"GET", "POST"})};
    const std::string name = dice.one({"x-a", "X-A", "x-b"});
    switch (dice.number(5)) {
    case 0: return {Kind::Present, name, ""};
    case 1: return {Kind::Regex, name, dice.one({"[0-9]+", "1.*", ""})};
    case 2: return {Kind::Prefix, name, dice.one({"1", ""})};
    case 3: return {Kind::Suffix, name, dice.one({"2", "x"})};
    default: return {Kind::Exact, name, dice.one({"1", "12", "x"})};
    }
}

edge::ValueMatch randomParameter(Dice &dice)
{
    using Kind = edge::ValueMatch::Kind;
    const std::string name = dice.one({"q", "v"});
    switch (dice.number(3)) {
    case 0: return {Kind::Present, name, ""};
    case 1: return {Kind::Regex, name, dice.one({"[0-9]+", "2.*", ""})};
    default: return {Kind::Exact, name, dice.one({"1", "2", ""})};
    }
}

edge::Route randomRoute(Dice &dice)
{
    edge::Route route;
    route.path.value = dice.path();
    route.path.kind = dice.oneIn(6) ? edge::PathMatch::Kind::Exact
        : dice.oneIn(8)             ? edge::PathMatch::Kind::Regex
                                    : edge::PathMatch::Kind::Prefix;
    if (route.path.kind == edge::PathMatch::Kind::Regex)
        route.path.value = dice.one({"/a.*", "/[ab]/?", ".*", "/api/(a|b)/"});
    route.path.caseSensitive = !dice.oneIn(6);
    for (int i = dice.number(3); i > 0; --i)
        route.headers.push_back(randomHeader(dice));
    if (dice.oneIn(5))
        route.queryParameters.push_back(randomParameter(dice));
    if (dice.oneIn(5))
        route.runtimeNumerator = unsigned(dice.number(130));
    route.cluster = "c";
    route.groupId = dice.one({"g1", "g2", "g3"});
    return route;
}

edge::Config randomConfig(Dice &dice)
{
    edge::FilterChain chain;
    for (const char *domain :
         {"*", "a.example.com", "*.example.com", "*.a.example.com", "a.example.*", "X.org"}) {
        if (dice.oneIn(3))
            continue;
        edge::VirtualHost host;
        host.name = domain;
        host.domains = {domain};
        for (int i = dice.number(30); i > 0; --i)
            host.routes.push_back(randomRoute(dice));
        chain.virtualHosts.push_back(std::move(host));
    }
    edge::Listener listener;
    listener.chains.push_back(std::move(chain));
    edge::Config config;
    config.listeners.push_back(std::move(listener));
    config.clusters.edit("c").name = "c";
    return config;
}

edge::RequestHead randomRequest(Dice &dice)
{
    edge::RequestHead head;
    head.method = dice.one({"GET", "POST"});
    head.target = dice.path();
    if (dice.oneIn(3))
        head.target += dice.one({"?q=1", "?v=2&q", "?x=1&q=2", "?", "?q=1&q=2"});
    if (const std::string host = dice.host(); !host.empty())
        head.headers.add("host", host);
    for (const char *name : {"x-a", "x-b"}) {
        if (dice.oneIn(2))
            head.headers.add(name, dice.one({"1", "12", "x", ""}));
    }
    return head;
}

std::string described(const edge::RequestHead &head)
{
    return head.method + " " + std::string(head.headers.value("host")) + head.target;
}

} // namespace

TEST(RouteTable, answersWhatAScanOfAllRoutesAnswers)
{
    Dice dice(Seed);
    int routed = 0;
    for (int table = 0; table < Tables; ++table) {
        const auto built = edge::RouteTable::build(randomConfig(dice));
        ASSERT_TRUE(built) << built.error().message;
        for (int request = 0; request < RequestsATable; ++request) {
            const edge::RequestHead head = randomRequest(dice);
            edge::RouteQuery query;
            query.head = &head;
            query.random = unsigned(dice.number(1'000'000));
            const edge::Decision ours = (*built)->match(query);
            const NaiveAnswer plain = naiveMatch((*built)->config(), query);
            ASSERT_EQ(ours.virtualHost, plain.host) << "table " << table << ": " << described(head);
            ASSERT_EQ(ours.route, plain.route) << "table " << table << ": " << described(head);
            routed += ours.route ? 1 : 0;
        }
    }
    EXPECT_GT(routed, Tables * RequestsATable / 10)
        << "the requests hardly ever hit a route, so this proves little";
}

TEST(RouteTable, explainsExactlyWhatItAnswers)
{
    Dice dice(Seed + 1);
    for (int table = 0; table < Tables; ++table) {
        const auto built = edge::RouteTable::build(randomConfig(dice));
        ASSERT_TRUE(built) << built.error().message;
        for (int request = 0; request < RequestsATable / 20; ++request) {
            const edge::RequestHead head = randomRequest(dice);
            edge::RouteQuery query;
            query.head = &head;
            query.random = unsigned(dice.number(100));
            const edge::Decision decision = (*built)->match(query);
            const edge::Explanation why = (*built)->explain(query);
            ASSERT_EQ(why.outcome, decision.outcome) << described(head);
            if (!decision.virtualHost)
                continue;
            ASSERT_EQ(why.virtualHost, decision.virtualHost->name);
            ASSERT_EQ(why.candidates.size(), decision.virtualHost->routes.size());
            bool before =
                true; // the chosen one is the first that matches; all before it tell why they do not
            for (std::size_t i = 0; i < why.candidates.size(); ++i) {
                const edge::Candidate &candidate = why.candidates[i];
                ASSERT_EQ(candidate.chosen, &decision.virtualHost->routes[i] == decision.route);
                ASSERT_EQ(candidate.matched, candidate.failedCondition.empty());
                before = before && !candidate.chosen;
                ASSERT_FALSE(before && candidate.matched) << described(head) << " candidate " << i;
            }
        }
    }
}

TEST(RouteTable, explainsSharesOfCanaries)
{
    edge::Route first, second;
    first.cluster = second.cluster = "c";
    first.groupId = second.groupId = "g";
    first.runtimeNumerator = 30;
    edge::VirtualHost host{"*", {"*"}, {first, second}, {}};
    edge::Listener listener;
    listener.chains.emplace_back().virtualHosts.push_back(host);
    edge::Config config;
    config.listeners.push_back(listener);
    config.clusters.edit("c").name = "c";
    const auto table = edge::RouteTable::build(config);
    ASSERT_TRUE(table);
    edge::RequestHead head;
    edge::RouteQuery query;
    query.head = &head;
    query.random = 29;
    EXPECT_DOUBLE_EQ((*table)->explain(query).share, 0.3);
    query.random = 30;
    EXPECT_DOUBLE_EQ((*table)->explain(query).share, 0.7);
}

// By Envoy 1.37 and 1.40 (facts envoy-truth.md, "Headers").
TEST(RouteTable, comparesEachLineOfAHeaderOrAllInOne)
{
    using Kind = edge::ValueMatch::Kind;
    struct Case
    {
        const char *header;
        Kind kind;
        const char *value;
        bool newest, before;
    };
    for (const Case &one :
         {Case{"x-a", Kind::Exact, "a", true, false}, Case{"x-a", Kind::Exact, "b", true, false},
          Case{"x-a", Kind::Exact, "a,b", false, true}, Case{"x-a", Kind::Regex, "a.*b", false, true},
          Case{"x-a", Kind::Prefix, "b", true, false}, Case{"x-a", Kind::Suffix, "a", true, false},
          Case{"x-a", Kind::Present, "", true, true}, Case{"cookie", Kind::Exact, "b", true, false},
          Case{"accept", Kind::Exact, "b", false, false},
          Case{"User-Agent", Kind::Exact, "a,b", true, true}}) {
        for (const bool isNewest : {true, false}) {
            edge::Route route;
            route.cluster = "c";
            route.headers.push_back({one.kind, one.header, one.value});
            edge::Listener listener;
            listener.http.isNewestEnvoy = isNewest;
            listener.chains.emplace_back().virtualHosts.push_back({"*", {"*"}, {route}, {}});
            edge::Config config;
            config.listeners.push_back(listener);
            const auto table = edge::RouteTable::build(config);
            ASSERT_TRUE(table);
            edge::RequestHead head;
            head.headers.add(one.header, "a");
            head.headers.add(one.header, "b");
            edge::RouteQuery query;
            query.head = &head;
            const bool matches = isNewest ? one.newest : one.before;
            EXPECT_EQ((*table)->match(query).route != nullptr, matches)
                << one.header << " " << one.value << (isNewest ? " 1.40" : " 1.37");
            EXPECT_EQ((*table)->explain(query).candidates.front().actual, matches ? "" : "a,b");
        }
    }
}

// Envoy looks at case_sensitive for prefixes and exact paths only.
TEST(RouteTable, comparesARegexWithItsLettersAsTheyAre)
{
    for (const auto kind : {edge::PathMatch::Kind::Regex, edge::PathMatch::Kind::Prefix}) {
        edge::Route route;
        route.cluster = "c";
        route.path = {kind, "/v1/", false};
        edge::Config config;
        config.listeners.emplace_back().chains.emplace_back().virtualHosts.push_back(
            {"*", {"*"}, {route}, {}});
        config.clusters.edit("c").name = "c";
        const auto table = edge::RouteTable::build(config);
        ASSERT_TRUE(table);
        edge::RequestHead head;
        edge::RouteQuery query;
        query.head = &head;
        head.target = "/v1/";
        EXPECT_TRUE((*table)->match(query).route);
        head.target = "/V1/";
        EXPECT_EQ((*table)->match(query).route != nullptr, kind == edge::PathMatch::Kind::Prefix);
    }
}

// A route of the edge's own stands there once for https and once for any scheme.
TEST(RouteTable, explainsARouteThatStandsThereTwiceAsOne)
{
    edge::Route route;
    route.cluster = "c";
    const auto shared = std::make_shared<const edge::Route>(route);
    edge::VirtualHost host{"*", {"*"}, {}, {}};
    host.routes.push_back(shared);
    host.routes.push_back(shared);
    edge::Listener listener;
    listener.chains.emplace_back().virtualHosts.push_back(host);
    edge::Config config;
    config.listeners.push_back(listener);
    config.clusters.edit("c").name = "c";
    const auto table = edge::RouteTable::build(config);
    ASSERT_TRUE(table);
    edge::RequestHead head;
    edge::RouteQuery query;
    query.head = &head;
    const edge::Explanation explanation = (*table)->explain(query);
    EXPECT_DOUBLE_EQ(explanation.share, 1);
    ASSERT_EQ(explanation.candidates.size(), 2U);
    EXPECT_TRUE(explanation.candidates[0].chosen);
    EXPECT_FALSE(explanation.candidates[1].chosen);
}

TEST(RouteTable, choosesTheChainByServerNameAndThenByTls)
{
    const auto chain = [](const char *name, bool tls, std::vector<std::string> serverNames) {
        edge::FilterChain result;
        result.name = name;
        result.tls = tls;
        result.tlsContext = tls ? "context" : "";
        result.serverNames = std::move(serverNames);
        return result;
    };
    edge::Listener listener;
    listener.chains = {chain("clear", false, {}), chain("exact", true, {"a.example.com"}),
                       chain("wild", true, {"*.example.com"}), chain("dead", false, {"dead.example.com"})};
    edge::Config config;
    config.listeners.push_back(listener);
    const auto table = edge::RouteTable::build(config);
    ASSERT_TRUE(table);
    const struct
    {
        bool tls;
        const char *serverName, *chain;
    } rows[] = {
        {false, "", "clear"},
        {true, "a.example.com", "exact"},
        {true, "A.EXAMPLE.com", "exact"},
        {true, "b.c.example.com", "wild"},
        {true, "example.com", ""}, // lands on the clear chain, which speaks no TLS
        {true, "", ""},
        {true, "dead.example.com", ""}, // named by a chain without TLS
    };
    for (const auto &row : rows) {
        edge::RequestHead head;
        edge::RouteQuery query;
        query.head = &head;
        query.tls = row.tls;
        query.serverName = row.serverName;
        const edge::Decision decision = (*table)->match(query);
        EXPECT_EQ(decision.chain ? decision.chain->name : "", row.chain)
            << row.serverName << (row.tls ? " TLS" : " clear");
        EXPECT_EQ(decision.outcome == edge::Decision::Outcome::NoChain, row.chain[0] == '\0');
    }
}

TEST(RouteTable, tellsOfATcpMappingThatNoRequestReachesAMapping)
{
    edge::FilterChain chain;
    chain.tcpClusters = {{"cluster_db", 100}};
    chain.source = {"TCPMapping", "db", "prod"};
    edge::Listener listener;
    listener.chains.push_back(chain);
    edge::Config config;
    config.listeners.push_back(listener);
    const auto table = edge::RouteTable::build(config);
    ASSERT_TRUE(table);
    edge::RequestHead head;
    edge::RouteQuery query;
    query.head = &head;
    const edge::Explanation why = (*table)->explain(query);
    EXPECT_EQ(why.outcome, edge::Decision::Outcome::NoRoute);
    EXPECT_EQ(why.status, 0) << "nobody answers 404";
    EXPECT_EQ(why.mapping, chain.source);
    EXPECT_EQ(why.cluster, "cluster_db");
}

TEST(RouteTable, rewritesByTheRegexOfTheChosenRoute)
{
    edge::Route rewritten, redirected, emptied, slashless;
    emptied.path = {edge::PathMatch::Kind::Prefix, "/e/", true};
    emptied.regexRewrite = edge::RegexRewrite{"^/e/(.*)", "\\1"};
    slashless.path = {edge::PathMatch::Kind::Prefix, "/f/", true};
    slashless.redirect = edge::Redirect();
    slashless.redirect->host = "elsewhere";
    slashless.redirect->regexRewrite = edge::RegexRewrite{"^/f/(.*)", "\\1"};
    rewritten.path = {edge::PathMatch::Kind::Prefix, "/a/", true};
    rewritten.regexRewrite = edge::RegexRewrite{"/a/(\\w+)", "/b/\\1/\\1"};
    redirected.path = {edge::PathMatch::Kind::Prefix, "/r/", true};
    redirected.redirect = edge::Redirect();
    redirected.redirect->host = "elsewhere";
    redirected.redirect->regexRewrite = edge::RegexRewrite{"^/r", ""};
    edge::Listener listener;
    listener.chains.emplace_back().virtualHosts.push_back(
        {"*", {"*"}, {rewritten, redirected, emptied, slashless}, {}});
    edge::Config config;
    config.listeners.push_back(listener);
    const auto table = edge::RouteTable::build(config);
    ASSERT_TRUE(table);
    const struct
    {
        const char *target, *answer;
    } rows[] = {
        {"/a/x?a/y", "/b/x/x?a/y"}, // not in the query
        {"/a/-", "/a/-"},           // nothing to replace
        {"/r/x?q=1", "http://elsewhere/x?q=1"},
        {"/e/?q=1", "/e/?q=1"}, // of which nothing is left: it stays
        {"/f/x", "http://elsewhere/x"},
        {"/f/?q=1", "http://elsewhere/f/?q=1"},
    };
    for (const auto &row : rows) {
        edge::RequestHead head;
        head.target = row.target;
        edge::RouteQuery query;
        query.head = &head;
        const edge::Decision decision = (*table)->match(query);
        ASSERT_TRUE(decision.route) << row.target;
        EXPECT_EQ(decision.route->redirect ? edge::redirectLocation(decision, head, false)
                                           : edge::rewrittenTarget(decision, head.target),
                  row.answer);
    }
}

// Envoy's pseudo-headers are headers to a Mapping.
TEST(RouteTable, matchesPathAndSchemeAsHeaders)
{
    edge::Route byPath, byScheme, rest;
    byPath.path = byScheme.path = rest.path = {edge::PathMatch::Kind::Prefix, "/", true};
    byPath.headers.push_back({edge::ValueMatch::Kind::Exact, ":path", "/a?q=1"});
    byPath.mapping.name = "path";
    byScheme.headers.push_back({edge::ValueMatch::Kind::Exact, ":scheme", "https"});
    byScheme.mapping.name = "scheme";
    rest.mapping.name = "rest";
    edge::Listener listener;
    listener.chains.emplace_back().virtualHosts.push_back({"*", {"*"}, {byPath, byScheme, rest}, {}});
    edge::Config config;
    config.listeners.push_back(listener);
    const auto table = edge::RouteTable::build(config);
    ASSERT_TRUE(table);
    const struct
    {
        const char *target, *proto, *answer;
    } rows[] = {{"/a?q=1", "http", "path"}, {"/a", "http", "rest"}, {"/b", "https", "scheme"}};
    for (const auto &row : rows) {
        edge::RequestHead head;
        head.target = row.target;
        head.headers.set("x-forwarded-proto", row.proto);
        edge::RouteQuery query;
        query.head = &head;
        const edge::Decision decision = (*table)->match(query);
        ASSERT_TRUE(decision.route);
        EXPECT_EQ(decision.route->mapping.name, row.answer) << row.target;
    }
}

TEST(RouteTable, refusesARegexThatRe2Refuses)
{
    edge::Route route;
    route.path = {edge::PathMatch::Kind::Regex, "/a(", true};
    route.mapping = {"Mapping", "broken", "prod"};
    edge::Listener listener;
    listener.chains.emplace_back().virtualHosts.push_back({"*", {"*"}, {route}, {}});
    edge::Config config;
    config.listeners.push_back(listener);
    const auto table = edge::RouteTable::build(config);
    ASSERT_FALSE(table);
    EXPECT_NE(table.error().message.find("prod/broken"), std::string::npos) << table.error().message;
}
