// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/envoy_admin.h"

#include "edge/tls_credentials.h"

#include <ctime>

namespace demo {

namespace {

using edge::Value;

std::string timeText(std::int64_t seconds)
{
    const std::time_t time = std::time_t(seconds);
    std::tm utc{};
    gmtime_r(&time, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

Value entryOf(const edge::PeerCertificate &certificate, const std::string &path, std::int64_t now)
{
    Value names = Value::array();
    for (const std::string &name : certificate.uriNames)
        names.push(Value::object({{"uri", name}}));
    for (const std::string &name : certificate.dnsNames)
        names.push(Value::object({{"dns", name}}));
    const std::int64_t days = std::max<std::int64_t>(0, (certificate.notAfter - now) / 86400);
    return Value::object({{"path", path},
                          {"serial_number", certificate.serial},
                          {"subject_alt_names", std::move(names)},
                          {"days_until_expiration", std::to_string(days)},
                          {"valid_from", timeText(certificate.notBefore)},
                          {"expiration_time", timeText(certificate.notAfter)}});
}

Value entriesOf(const std::string &pem, const std::string &path, std::int64_t now)
{
    Value entries = Value::array();
    const auto certificates = edge::readCertificates(pem);
    for (const edge::PeerCertificate &certificate :
         certificates ? *certificates : std::vector<edge::PeerCertificate>())
        entries.push(entryOf(certificate, path, now));
    return entries;
}

} // namespace

Value certificatesAnswer(const std::vector<CertificatesInUse> &all, std::chrono::system_clock::time_point now)
{
    const std::int64_t seconds = std::chrono::system_clock::to_time_t(now);
    Value groups = Value::array();
    for (const CertificatesInUse &one : all)
        groups.push(Value::object({{"ca_cert", entriesOf(one.rootsPem, one.path, seconds)},
                                   {"cert_chain", entriesOf(one.chainPem, one.path, seconds)}}));
    return Value::object({{"certificates", std::move(groups)}});
}

std::string decodedSecretPath(const std::string &secret, const std::string &chainPem)
{
    const auto certificates = edge::readCertificates(chainPem);
    const std::string digest = certificates && !certificates->empty()
        ? certificates->front().fingerprint.substr(0, 40)
        : std::string("none");
    return "/ambassador/snapshots/default/secrets-decoded/" + secret + "/" + digest + ".crt";
}

namespace {

constexpr const char *AdminType = "type.googleapis.com/envoy.admin.v3.";

Value typed(Value value, const std::string &type)
{
    Value whole = Value::object({{"@type", type}});
    for (const auto &[name, member] : value.members())
        whole.set(name, member);
    return whole;
}

Value listenerEntry(const ReceivedConfiguration &received, const Value &listener)
{
    return Value::object(
        {{"name", listener["name"]},
         {"active_state",
          Value::object(
              {{"version_info", received.version},
               {"listener", typed(listener, "type.googleapis.com/envoy.config.listener.v3.Listener")},
               {"last_updated", received.since}})}});
}

Value clusterEntry(const ReceivedConfiguration &received, const Value &cluster)
{
    return Value::object({{"version_info", received.version},
                          {"cluster", typed(cluster, "type.googleapis.com/envoy.config.cluster.v3.Cluster")},
                          {"last_updated", received.since}});
}

// The value of a query's field; "" where it has none.
std::string_view queryField(std::string_view target, std::string_view name)
{
    std::size_t at = target.find('?');
    while (at != std::string_view::npos) {
        const std::size_t end = target.find('&', at + 1);
        const std::string_view field =
            target.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
        if (field.starts_with(name) && field.substr(name.size()).starts_with('='))
            return field.substr(name.size() + 1);
        at = end;
    }
    return {};
}

} // namespace

std::optional<Value> configDump(const ReceivedConfiguration &received, std::string_view target)
{
    const std::string type = AdminType;
    const std::string_view resource = queryField(target, "resource");
    Value listeners = Value::array();
    for (const Value &listener : received.listeners)
        listeners.push(listenerEntry(received, listener));
    Value clusters = Value::array();
    for (const Value &cluster : received.clusters)
        clusters.push(clusterEntry(received, cluster));
    Value configs = Value::array();
    if (resource.empty()) {
        configs.push(Value::object({{"@type", type + "ClustersConfigDump"},
                                    {"version_info", received.version},
                                    {"dynamic_active_clusters", std::move(clusters)}}));
        configs.push(Value::object({{"@type", type + "ListenersConfigDump"},
                                    {"version_info", received.version},
                                    {"dynamic_listeners", std::move(listeners)}}));
    } else if (resource == "dynamic_listeners") {
        for (const Value &entry : listeners.items())
            configs.push(typed(entry, type + "ListenersConfigDump.DynamicListener"));
    } else if (resource == "dynamic_active_clusters") {
        for (const Value &entry : clusters.items())
            configs.push(typed(entry, type + "ClustersConfigDump.DynamicCluster"));
    } else {
        return {};
    }
    return Value::object({{"configs", std::move(configs)}});
}

Value clustersAnswer(const edge::Config &config,
                     const std::function<std::string(const edge::Cluster &)> &addressOf)
{
    const auto host = [](const std::string &address, std::uint16_t port) {
        return Value::object(
            {{"address",
              Value::object(
                  {{"socket_address", Value::object({{"address", address}, {"port_value", int(port)}})}})},
             {"health_status", Value::object({{"eds_health_status", "HEALTHY"}})},
             {"weight", 1}});
    };
    Value statuses = Value::array();
    for (const auto &[name, cluster] : config.clusters) {
        Value hosts = Value::array();
        for (const edge::UpstreamAddress &endpoint : cluster.endpoints)
            hosts.push(host(endpoint.host, endpoint.port));
        const std::string address = cluster.endpoints.empty() ? addressOf(cluster) : std::string();
        if (!address.empty())
            hosts.push(host(address, cluster.port));
        statuses.push(
            Value::object({{"name", name}, {"added_via_api", true}, {"host_statuses", std::move(hosts)}}));
    }
    return Value::object({{"cluster_statuses", std::move(statuses)}});
}

} // namespace demo
