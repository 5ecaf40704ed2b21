// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge counts, under the names that Envoy's /stats/prometheus uses (the guide's dashboards and
// scrape job read these). Thread: one loop.  Counters of a cluster live as long as the statistics do,
// whatever the configuration does.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace edge {

struct TimeHistogram // Envoy's default buckets, in milliseconds
{
    static constexpr std::array<double, 19> Bounds{0.5,   1,      5,      10,      25,     50,    100,
                                                   250,   500,    1000,   2500,    5000,   10000, 30000,
                                                   60000, 300000, 600000, 1800000, 3600000};
    std::array<std::uint64_t, Bounds.size()> counts{}; // not cumulative
    std::uint64_t count = 0;
    double sumMs = 0;

    void add(std::chrono::microseconds time);
};

struct TlsCounters
{
    std::uint64_t handshakes = 0, connectionErrors = 0, verifyErrors = 0, noCertificate = 0;
};

struct ClusterStats
{
    std::uint64_t requests = 0, completed = 0, timeouts = 0, perTryTimeouts = 0, retries = 0,
                  retriesSucceeded = 0, retriesExhausted = 0;
    std::uint64_t pendingOverflow = 0, noneHealthy = 0, resetsReceived = 0;
    std::uint64_t connections = 0, connectFailures = 0, connectTimeouts = 0, connectionsDestroyed = 0,
                  protocolErrors = 0;
    std::int64_t activeRequests = 0, activeConnections = 0;
    std::uint64_t bytesReceived = 0, bytesSent = 0;
    std::array<std::uint64_t, 6> byClass{}; // [2]: 2xx
    std::map<int, std::uint64_t> byCode;
    TimeHistogram time;
    TlsCounters tls;

    void answered(int status);
};

struct DownstreamStats // of one HTTP connection manager: ingress_http, ingress_https
{
    std::uint64_t requests = 0, connections = 0, tlsConnections = 0, connectionsDestroyed = 0, resets = 0,
                  websockets = 0;
    std::int64_t activeRequests = 0, activeConnections = 0;
    std::array<std::uint64_t, 6> byClass{};
    TimeHistogram time;
    TlsCounters tls;

    void answered(int status);
};

class EdgeStats
{
public:
    std::shared_ptr<ClusterStats> cluster(const std::string &name); // made at first use
    std::shared_ptr<DownstreamStats> downstream(const std::string &prefix);
    std::string prometheusText() const;

private:
    std::map<std::string, std::shared_ptr<ClusterStats>> m_clusters;
    std::map<std::string, std::shared_ptr<DownstreamStats>> m_downstream;
};

} // namespace edge
