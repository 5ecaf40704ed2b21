// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Answers "which route serves this request, and why", for the proxy, the console and the command line alike.
// Immutable once built and safe to read from any thread.  match() allocates nothing, unless lines of one header are to be
// joined, and no regex is compiled after build().
#include "edge/config.h"
#include "edge/http_message.h"
#include "edge/result.h"

#include <memory>

namespace edge {

struct RouteQuery
{
    const RequestHead *head = nullptr;
    std::uint16_t port = 8080; // the listener's, as configured
    bool tls = false;
    std::string_view serverName; // SNI
    unsigned random = 0;         // drawn once per request; canaries use random % 100
    bool isNewestEnvoy = false;  // as the listener's HttpOptions say: filled by the table
};

class CompiledRoute;

struct Decision // valid as long as the table
{
    enum class Outcome {
        Forward,
        Redirect,
        NoRoute,
        NoChain,
        NoListener
    }; // NoRoute: 404; the last two: connection refused or closed
    Outcome outcome = Outcome::NoRoute;
    const Listener *listener = nullptr;
    const FilterChain *chain = nullptr;
    const VirtualHost *virtualHost = nullptr;
    const Route *route = nullptr;
    const CompiledRoute *compiled = nullptr; // the same route, prepared
    const Cluster *cluster = nullptr;
};

// One route that was tried, in match order.
struct Candidate
{
    ResourceRef mapping;
    std::string path; // "/backend/", as written
    bool matched = false;
    bool chosen = false;
    std::string failedCondition; // "prefix", "header x-canary", "weight", …; "" if it matched
    std::string expected;        // what the route wants
    std::string actual;          // what the request has
    double share =
        0; // of the requests like this one: what its weight and those of the routes before leave it
};

struct Explanation
{
    Decision::Outcome outcome = Decision::Outcome::NoRoute;
    std::string listener; // "8443, TLS"
    std::string virtualHost;
    std::string virtualHostReason;     // why this one: "domain *", "SNI api.example.com"
    std::vector<Candidate> candidates; // up to and including the chosen one, then the rest
    ResourceRef mapping;               // the serving one
    std::string cluster;
    std::string upstreamHost;
    std::uint16_t upstreamPort = 0;
    std::string upstreamTls; // "" plain, else the TLSContext's name ("-" without one)
    std::string rewrittenPath;
    std::string location; // redirects
    int status = 0;       // 404, 301; 0 when forwarded
    int timeoutMs = 0;
    double share = 1;    // the serving route's, of the requests like this one
    double unserved = 0; // what no weight takes: 404
};

class RouteTable
{
public:
    // Fails on a regex that RE2 refuses.  previous: a table whose prepared routes are used again where config
    // shares them (Compilation); the answer is the same without it.
    static Result<std::shared_ptr<const RouteTable>> build(Config config,
                                                           const RouteTable *previous = nullptr);
    ~RouteTable();
    RouteTable(const RouteTable &) = delete;
    RouteTable &operator=(const RouteTable &) = delete;

    const Config &config() const;
    Decision match(const RouteQuery &query) const;
    Explanation explain(const RouteQuery &query) const; // exactly match()'s answer, with the reasons

private:
    struct Index;
    explicit RouteTable(Config config);
    std::unique_ptr<Index> m_index;
};

// What the chosen route makes of the request: the target that the upstream sees (prefix and regex rewrites), and
// the Location of a redirect.  head as the edge believes it: its x-forwarded-proto is the scheme, the connection's
// (tls) only where it has none.
std::string rewrittenTarget(const Decision &decision, std::string_view target);
// Absent: the route leaves it.  As Envoy does where a regex_rewrite makes nothing of a path.
std::optional<std::string> rewriteOf(const Decision &decision, std::string_view target);
std::string redirectLocation(const Decision &decision, const RequestHead &head, bool tls);

} // namespace edge
