// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/inbound_chains.h"

#include <set>

namespace demo {

namespace {

using edge::Value;

constexpr std::uint16_t CapturePort = 15006;

Value list(std::initializer_list<const char *> texts)
{
    Value all = Value::array();
    for (const char *text : texts)
        all.push(text);
    return all;
}

// What clients of the mesh offer, by what the port takes.
Value meshProtocols()
{
    return list({"istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"});
}
Value meshHttpProtocols() { return list({"istio-http/1.0", "istio-http/1.1", "istio-h2"}); }
Value meshTcpProtocols() { return list({"istio-peer-exchange", "istio"}); }
Value plainHttpProtocols() { return list({"http/1.1", "h2c"}); }

Value sdsSecret(const char *name)
{
    return Value::object({{"name", name}, {"sds_config", Value::object({{"ads", Value::object()}})}});
}

Value mutualTls(Value alpn)
{
    Value validation = Value::object(
        {{"default_validation_context",
          Value::object(
              {{"match_typed_subject_alt_names",
                Value::array({Value::object(
                    {{"san_type", "URI"},
                     {"matcher",
                      Value::object({{"prefix", "spiffe://" + std::string(TrustDomain) + "/"}})}})})}})},
         {"validation_context_sds_secret_config", sdsSecret("ROOTCA")}});
    Value common =
        Value::object({{"alpn_protocols", std::move(alpn)},
                       {"tls_certificate_sds_secret_configs", Value::array({sdsSecret("default")})},
                       {"combined_validation_context", std::move(validation)}});
    return Value::object(
        {{"name", "envoy.transport_sockets.tls"},
         {"typed_config",
          Value::object(
              {{"@type",
                "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"},
               {"common_tls_context", std::move(common)},
               {"require_client_certificate", true}})}});
}

enum class Content { Http, Tcp };

// Where the connections of one port go: a cluster of the port, or that of all ports which no Service names.
struct Destination
{
    std::optional<std::uint16_t> port; // that the chains match; none: all that no other chain names
    bool declared = false;

    std::string chainName(Content content) const
    {
        if (declared)
            return "0.0.0.0_" + std::to_string(*port);
        return content == Content::Http ? "virtualInbound-catchall-http" : "virtualInbound";
    }
    std::string cluster() const
    {
        return declared ? "inbound|" + std::to_string(*port) + "||"
                        : std::string("InboundPassthroughCluster");
    }
    std::string statPrefix(Content content) const
    {
        if (content == Content::Tcp)
            return cluster();
        return (declared ? "inbound_" + chainName(content) : cluster()) + ";";
    }
};

Value proxyFilter(const Destination &destination, Content content)
{
    if (content == Content::Tcp)
        return Value::object(
            {{"name", "envoy.filters.network.tcp_proxy"},
             {"typed_config",
              Value::object(
                  {{"@type", "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"},
                   {"stat_prefix", destination.statPrefix(content)},
                   {"cluster", destination.cluster()}})}});
    const Value route = Value::object({{"name", "default"},
                                       {"match", Value::object({{"prefix", "/"}})},
                                       {"route", Value::object({{"cluster", destination.cluster()}})}});
    const Value host = Value::object(
        {{"name", "inbound|http"}, {"domains", list({"*"})}, {"routes", Value::array({route})}});
    return Value::object(
        {{"name", "envoy.filters.network.http_connection_manager"},
         {"typed_config",
          Value::object(
              {{"@type",
                "type.googleapis.com/"
                "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"},
               {"stat_prefix", destination.statPrefix(content)},
               {"route_config",
                Value::object({{"name", destination.cluster()}, {"virtual_hosts", Value::array({host})}})},
               {"forward_client_cert_details", "APPEND_FORWARD"}})}});
}

class Chains
{
public:
    explicit Chains(Destination destination)
        : m_destination(destination)
    {
    }

    void addMutual(Content content, Value offered = Value())
    {
        Value chain = started(content, "tls", std::move(offered));
        chain.set("transport_socket",
                  mutualTls(content == Content::Http ? list({"h2", "http/1.1"})
                                                     : list({"istio-peer-exchange", "h2", "http/1.1"})));
        m_all.push_back(std::move(chain));
    }
    void addPassed(Content content, const char *transport, Value offered = Value())
    {
        m_all.push_back(started(content, transport, std::move(offered)));
    }
    void add(InboundPolicy policy)
    {
        switch (policy.kind) {
        case PortKind::Http: return addHttp(policy.mode);
        case PortKind::Tcp: return addTcp(policy.mode);
        case PortKind::Auto: return addAuto(policy.mode);
        }
    }
    std::vector<Value> take() { return std::move(m_all); }

private:
    Value started(Content content, const char *transport, Value offered) const
    {
        Value match = Value::object();
        if (m_destination.port)
            match.set("destination_port", int(*m_destination.port));
        match.set("transport_protocol", transport);
        if (!offered.isNull())
            match.set("application_protocols", std::move(offered));
        return Value::object({{"filter_chain_match", std::move(match)},
                              {"filters",
                               Value::array({Value::object({{"name", "istio.metadata_exchange"}}),
                                             proxyFilter(m_destination, content)})},
                              {"name", m_destination.chainName(content)}});
    }
    void addHttp(MtlsMode mode)
    {
        if (mode != MtlsMode::Disable)
            addMutual(Content::Http, mode == MtlsMode::Permissive ? meshProtocols() : Value());
        if (mode != MtlsMode::Strict)
            addPassed(Content::Http, "raw_buffer");
    }
    void addTcp(MtlsMode mode)
    {
        if (mode != MtlsMode::Disable)
            addMutual(Content::Tcp, mode == MtlsMode::Permissive ? meshProtocols() : Value());
        if (mode == MtlsMode::Permissive)
            addPassed(Content::Tcp, "tls");
        if (mode != MtlsMode::Strict)
            addPassed(Content::Tcp, "raw_buffer");
    }
    void addAuto(MtlsMode mode)
    {
        if (mode != MtlsMode::Disable)
            addMutual(Content::Http, meshHttpProtocols());
        if (mode != MtlsMode::Strict)
            addPassed(Content::Http, "raw_buffer", plainHttpProtocols());
        if (mode != MtlsMode::Disable)
            addMutual(Content::Tcp, mode == MtlsMode::Permissive ? meshTcpProtocols() : Value());
        if (mode != MtlsMode::Strict)
            addPassed(Content::Tcp, "raw_buffer");
        if (mode == MtlsMode::Permissive)
            addPassed(Content::Tcp, "tls");
    }

    Destination m_destination;
    std::vector<Value> m_all;
};

Value blackhole()
{
    const Value filter = Value::object(
        {{"name", "envoy.filters.network.tcp_proxy"},
         {"typed_config",
          Value::object(
              {{"@type", "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"},
               {"stat_prefix", "BlackHoleCluster"},
               {"cluster", "BlackHoleCluster"}})}});
    return Value::object(
        {{"filter_chain_match", Value::object({{"destination_port", int(CapturePort)}})},
         {"filters", Value::array({Value::object({{"name", "istio.metadata_exchange"}}), filter})},
         {"name", "virtualInbound-blackhole"}});
}

} // namespace

Value virtualInbound(const PushedConfiguration &configuration)
{
    Value chains = Value::array({blackhole()});
    const auto add = [&](const Destination &destination, InboundPolicy policy) {
        Chains ofPort(destination);
        ofPort.add(policy);
        for (Value &chain : ofPort.take())
            chains.push(std::move(chain));
    };
    const WorkloadModes &modes = configuration.modes;
    add({}, {modes.mode, PortKind::Auto});
    for (const auto &[port, mode] : modes.ports) { // exceptions of ports that no Service names
        if (configuration.kinds.count(port) == 0)
            add({port, false}, {mode, PortKind::Auto});
    }
    for (const auto &[port, kind] : configuration.kinds)
        add({port, true}, {modes.of(port), kind});
    const Value address = Value::object(
        {{"socket_address", Value::object({{"address", "0.0.0.0"}, {"port_value", int(CapturePort)}})}});
    return Value::object({{"name", "virtualInbound"},
                          {"address", address},
                          {"filter_chains", std::move(chains)},
                          {"traffic_direction", "INBOUND"},
                          {"listener_filters_timeout", "0s"},
                          {"continue_on_listener_filters_timeout", true}});
}

} // namespace demo
