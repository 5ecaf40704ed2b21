// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/edge_stats.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace edge {

namespace {

template<typename Number>
std::string text(Number number)
{
    char buffer[40];
    const auto end = std::to_chars(std::begin(buffer), std::end(buffer), number).ptr;
    return {buffer, end};
}

std::string labelled(const std::string &label, const std::string &value)
{
    std::string escaped;
    for (const char c : value) {
        if (c == '\\' || c == '"' || c == '\n')
            escaped += '\\';
        escaped += c == '\n' ? 'n' : c;
    }
    return label + "=\"" + escaped + "\"";
}

template<typename Stats>
class Writer // all series of one metric stand together, as the text format wants
{
public:
    using ByName = std::map<std::string, std::shared_ptr<Stats>>;

    Writer(std::string &out, const ByName &all, std::string prefix, std::string label)
        : m_out(out)
        , m_all(all)
        , m_prefix(std::move(prefix))
        , m_label(std::move(label))
    {
    }

    void number(const char *name, const char *type, const std::function<std::string(const Stats &)> &value)
    {
        begin(name, type);
        for (const auto &[key, stats] : m_all)
            line(name, labelled(m_label, key), value(*stats));
    }

    template<typename Member>
    void counter(const char *name, Member Stats::*member)
    {
        number(name, "counter", [member](const Stats &stats) { return text(stats.*member); });
    }

    void classes(const char *name)
    {
        begin(name, "counter");
        for (const auto &[key, stats] : m_all) {
            for (std::size_t i = 1; i < stats->byClass.size(); ++i)
                line(name, labelled("envoy_response_code_class", text(i)) + "," + labelled(m_label, key),
                     text(stats->byClass[i]));
        }
    }

    void histogram(const char *name)
    {
        begin(name, "histogram");
        for (const auto &[key, stats] : m_all) {
            const TimeHistogram &time = stats->time;
            std::uint64_t below = 0;
            for (std::size_t i = 0; i < time.counts.size(); ++i)
                line(std::string(name) + "_bucket",
                     labelled(m_label, key) + "," + labelled("le", text(TimeHistogram::Bounds[i])),
                     text(below += time.counts[i]));
            line(std::string(name) + "_bucket", labelled(m_label, key) + "," + labelled("le", "+Inf"),
                 text(time.count));
            line(std::string(name) + "_sum", labelled(m_label, key), text(time.sumMs));
            line(std::string(name) + "_count", labelled(m_label, key), text(time.count));
        }
    }

    void begin(const char *name, const char *type)
    {
        m_out.append("# TYPE ").append(m_prefix).append(name).append(" ").append(type).append("\n");
    }
    void line(const std::string &name, const std::string &labels, const std::string &value)
    {
        m_out.append(m_prefix).append(name).append("{").append(labels).append("} ").append(value).append(
            "\n");
    }

    const ByName &all() const { return m_all; }
    const std::string &label() const { return m_label; }

private:
    std::string &m_out;
    const ByName &m_all;
    std::string m_prefix, m_label;
};

void writeClusters(Writer<ClusterStats> writer)
{
    writer.counter("upstream_rq_total", &ClusterStats::requests);
    writer.counter("upstream_rq_completed", &ClusterStats::completed);
    writer.counter("upstream_rq_timeout", &ClusterStats::timeouts);
    writer.counter("upstream_rq_per_try_timeout", &ClusterStats::perTryTimeouts);
    writer.counter("upstream_rq_retry", &ClusterStats::retries);
    writer.counter("upstream_rq_retry_success", &ClusterStats::retriesSucceeded);
    writer.counter("upstream_rq_retry_limit_exceeded", &ClusterStats::retriesExhausted);
    writer.counter("upstream_rq_pending_overflow", &ClusterStats::pendingOverflow);
    writer.counter("upstream_rq_rx_reset", &ClusterStats::resetsReceived);
    writer.counter("upstream_cx_none_healthy", &ClusterStats::noneHealthy);
    writer.counter("upstream_cx_total", &ClusterStats::connections);
    writer.counter("upstream_cx_connect_fail", &ClusterStats::connectFailures);
    writer.counter("upstream_cx_connect_timeout", &ClusterStats::connectTimeouts);
    writer.counter("upstream_cx_destroy", &ClusterStats::connectionsDestroyed);
    writer.counter("upstream_cx_protocol_error", &ClusterStats::protocolErrors);
    writer.counter("upstream_cx_rx_bytes_total", &ClusterStats::bytesReceived);
    writer.counter("upstream_cx_tx_bytes_total", &ClusterStats::bytesSent);
    writer.number("upstream_rq_active", "gauge",
                  [](const ClusterStats &stats) { return text(stats.activeRequests); });
    writer.number("upstream_cx_active", "gauge",
                  [](const ClusterStats &stats) { return text(stats.activeConnections); });
    writer.number("ssl_handshake", "counter",
                  [](const ClusterStats &stats) { return text(stats.tls.handshakes); });
    writer.number("ssl_connection_error", "counter",
                  [](const ClusterStats &stats) { return text(stats.tls.connectionErrors); });
    writer.number("ssl_fail_verify_error", "counter",
                  [](const ClusterStats &stats) { return text(stats.tls.verifyErrors); });
    writer.classes("upstream_rq_xx");
    writer.begin("upstream_rq", "counter");
    for (const auto &[name, stats] : writer.all()) {
        for (const auto &[code, count] : stats->byCode)
            writer.line("upstream_rq",
                        labelled("envoy_response_code", text(code)) + "," + labelled(writer.label(), name),
                        text(count));
    }
    writer.histogram("upstream_rq_time");
}

void writeDownstream(Writer<DownstreamStats> writer)
{
    writer.counter("downstream_rq_total", &DownstreamStats::requests);
    writer.counter("downstream_cx_total", &DownstreamStats::connections);
    writer.counter("downstream_cx_ssl_total", &DownstreamStats::tlsConnections);
    writer.counter("downstream_cx_destroy", &DownstreamStats::connectionsDestroyed);
    writer.counter("downstream_rq_rx_reset", &DownstreamStats::resets);
    writer.counter("downstream_cx_upgrades_total", &DownstreamStats::websockets);
    writer.number("downstream_rq_active", "gauge",
                  [](const DownstreamStats &stats) { return text(stats.activeRequests); });
    writer.number("downstream_cx_active", "gauge",
                  [](const DownstreamStats &stats) { return text(stats.activeConnections); });
    writer.classes("downstream_rq_xx");
    writer.histogram("downstream_rq_time");
}

} // namespace

void TimeHistogram::add(std::chrono::microseconds time)
{
    const double ms = double(time.count()) / 1000;
    const auto bound = std::lower_bound(Bounds.begin(), Bounds.end(), ms);
    if (bound != Bounds.end())
        ++counts[std::size_t(bound - Bounds.begin())];
    ++count;
    sumMs += ms;
}

void ClusterStats::answered(int status)
{
    ++completed;
    ++byClass[status >= 100 && status < 600 ? std::size_t(status / 100) : 0];
    ++byCode[status];
}

void DownstreamStats::answered(int status)
{
    ++byClass[status >= 100 && status < 600 ? std::size_t(status / 100) : 0];
}

std::shared_ptr<ClusterStats> EdgeStats::cluster(const std::string &name)
{
    std::shared_ptr<ClusterStats> &stats = m_clusters[name];
    if (!stats)
        stats = std::make_shared<ClusterStats>();
    return stats;
}

std::shared_ptr<DownstreamStats> EdgeStats::downstream(const std::string &prefix)
{
    std::shared_ptr<DownstreamStats> &stats = m_downstream[prefix];
    if (!stats)
        stats = std::make_shared<DownstreamStats>();
    return stats;
}

std::string EdgeStats::prometheusText() const
{
    std::string out;
    writeDownstream({out, m_downstream, "envoy_http_", "envoy_http_conn_manager_prefix"});
    writeClusters({out, m_clusters, "envoy_cluster_", "envoy_cluster_name"});
    return out;
}

} // namespace edge
