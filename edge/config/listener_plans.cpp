// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/listener_plans.h"

#include "edge/config/envoy_limits.h"
#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

std::optional<ListenerStack> stackOf(const Value &spec, const Rules &rules)
{
    ListenerStack stack;
    std::vector<std::string> layers = textsOf(spec["protocolStack"]);
    if (layers.empty()) {
        static const std::map<std::string, std::vector<std::string>> known{
            {"HTTP", {"HTTP", "TCP"}},
            {"HTTPS", {"TLS", "HTTP", "TCP"}},
            {"HTTPPROXY", {"PROXY", "HTTP", "TCP"}},
            {"HTTPSPROXY", {"TLS", "PROXY", "HTTP", "TCP"}},
            {"TCP", {"TCP"}},
            {"TLS", {"TLS", "TCP"}}};
        const auto found = known.find(spec["protocol"].text());
        if (found == known.end())
            return {};
        layers = found->second;
    }
    for (const std::string &layer : layers) {
        stack.http = stack.http || layer == "HTTP";
        stack.tls = stack.tls || layer == "TLS";
        stack.tlsBeforeProxy = stack.tlsBeforeProxy || (layer == "PROXY" && stack.tls);
        stack.proxy = stack.proxy || layer == "PROXY";
        stack.udp = stack.udp || (layer == "UDP" && rules.http3);
    }
    return stack;
}

class ListenerPlanner
{
public:
    explicit ListenerPlanner(const ListenerContext &context)
        : m_context(context)
    {
    }

    std::vector<ListenerPlan> plan();

private:
    void report(const ResourceRef &object, std::string path, std::string message, bool dropped)
    {
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Error, object, std::move(path), std::move(message), dropped});
    }
    void planListener(const ListenerResource &resource);
    bool setStack(ListenerPlan &plan, const ListenerResource &resource);
    bool bindingIsSound(const ListenerResource &resource, bool &complained);
    void planForTcp(const TcpGroup &group);
    ListenerPlan *planAt(const std::string &address, int port, bool udp);

    const ListenerContext &m_context;
    std::vector<ListenerPlan> m_plans;
};

std::vector<ListenerPlan> ListenerPlanner::plan()
{
    for (const ListenerResource &resource : m_context.resources.listeners)
        planListener(resource);
    for (ListenerPlan &plan : m_plans)
        plan.http3 = planAt(plan.listener.address, plan.listener.port, true);
    for (const TcpGroup &group : m_context.tcpGroups)
        planForTcp(group);
    return std::move(m_plans);
}

bool ListenerPlanner::bindingIsSound(const ListenerResource &resource, bool &complained)
{
    const Value &spec = *resource.spec;
    const Value &binding = spec["hostBinding"];
    const auto wrong = [&](const char *path, const std::string &message) {
        report(resource.ref, path, message, true);
        return false;
    };
    if (binding.members().empty())
        return wrong("spec.hostBinding", "hostBinding is required");
    const Value &from = binding["namespace"]["from"];
    const Value &selector = binding["selector"];
    const bool names = !binding["namespace"].members().empty();
    if (!names && selector.members().empty())
        return wrong("spec.hostBinding", "hostBinding needs namespace or selector");
    if (names && from.text().empty())
        return wrong("spec.hostBinding.namespace.from", "hostBinding.namespace.from is required");
    if (!selector.members().empty() && selector["matchLabels"].isNull())
        return wrong("spec.hostBinding.selector", "hostBinding.selector knows only matchLabels");
    if (!selector["matchExpressions"].isNull())
        m_context.diagnostics.push_back({Diagnostic::Severity::Notice, resource.ref,
                                         "spec.hostBinding.selector.matchExpressions",
                                         "matchExpressions are not looked at, only matchLabels", false});
    if (lowered(from.text()) == "selector") {
        report(
            resource.ref, "spec.hostBinding.namespace.from",
            "hostBinding.namespace.from SELECTOR does not work yet; the Hosts of its own namespace are taken",
            false);
        complained = true;
    }
    return true;
}

// What the Listener speaks; false: it says nothing that could be served.
bool ListenerPlanner::setStack(ListenerPlan &plan, const ListenerResource &resource)
{
    const Value &spec = *resource.spec;
    const auto wrong = [&](const char *path, const std::string &message) {
        report(resource.ref, path, message, true);
        return false;
    };
    const bool protocol = !spec["protocol"].text().empty();
    const bool stack = !spec["protocolStack"].items().empty();
    if (!protocol && !stack)
        return wrong("spec.protocol",
                     "one of protocol and protocolStack is required"
                         + std::string(m_context.rules.bareListenersFail && spec["statsPrefix"].text().empty()
                                           ? EdgeFails
                                           : std::string_view()));
    if (protocol && stack) {
        report(resource.ref, "spec.protocol",
               "protocol and protocolStack exclude each other; protocolStack is used and protocol ignored",
               false);
        plan.complained = true;
    }
    const auto layers = stackOf(spec, m_context.rules);
    if (!layers)
        return wrong("spec.protocol", "protocol " + spec["protocol"].text() + " is not known");
    if (stack && m_context.rules.http3) {
        const std::string &last = spec["protocolStack"].items().back().text();
        if (last != "TCP" && last != "UDP")
            return wrong("spec.protocolStack", "TCP or UDP must be the last of protocolStack");
        if (layers->udp && !layers->http)
            return wrong("spec.protocolStack", "UDP works with HTTP only");
    }
    if (spec["securityModel"].isNull())
        return wrong("spec.securityModel", "securityModel is required");
    plan.stack = *layers;
    const std::string &model = spec["securityModel"].text();
    plan.security = model == "SECURE" ? ListenerPlan::Security::Secure
        : model == "INSECURE"         ? ListenerPlan::Security::Insecure
                                      : ListenerPlan::Security::Xfp;
    return true;
}

// Of a Listener that names none; HTTP and TCP behind it have the same.
std::string statPrefix(const ListenerPlan &plan)
{
    const ListenerStack &stack = plan.stack;
    if (stack.http)
        return stack.tls ? "ingress_https" : "ingress_http";
    const std::string port = std::to_string(plan.listener.port);
    return (stack.tls ? "ingress_tls_" : stack.udp ? "ingress_udp_" : "ingress_tcp_") + port;
}

void ListenerPlanner::planListener(const ListenerResource &resource)
{
    ListenerPlan plan;
    plan.spec = resource.spec;
    plan.nameSpace = resource.ref.nameSpace;
    if (!setStack(plan, resource) || !bindingIsSound(resource, plan.complained))
        return;
    Listener &listener = plan.listener;
    listener.name = resource.name;
    listener.address = bindAddress(m_context);
    listener.port = std::uint16_t((*resource.spec)["port"].toInteger());
    listener.udp = plan.stack.udp;
    listener.proxyProtocol = plan.stack.proxy;
    listener.tlsBeforeProxy = plan.stack.tlsBeforeProxy;
    listener.listener = resource.ref;
    const std::string &named = (*resource.spec)["statsPrefix"].text();
    listener.http.statPrefix = named.empty() ? statPrefix(plan) : named;
    if (ListenerPlan *first = planAt(listener.address, listener.port, listener.udp)) {
        if (!first->complained) {
            report(resource.ref, "spec.port",
                   "Listener " + first->listener.name + " has port " + std::to_string(listener.port)
                       + " already; " + listener.name + " is not used",
                   true);
            return;
        }
        m_plans.erase(m_plans.begin() + (first - m_plans.data())); // one with an error counts as absent
    }
    m_plans.push_back(std::move(plan));
}

ListenerPlan *ListenerPlanner::planAt(const std::string &address, int port, bool udp)
{
    const auto found = std::find_if(m_plans.begin(), m_plans.end(), [&](const ListenerPlan &plan) {
        return plan.listener.address == address && plan.listener.port == port && plan.listener.udp == udp;
    });
    return found == m_plans.end() ? nullptr : &*found;
}

void ListenerPlanner::planForTcp(const TcpGroup &group)
{
    if (const std::string why = whyNoPort(group); !why.empty()) {
        report(group.first->upstream.ref, "spec.port", why, true);
        return;
    }
    const std::string address = group.first->address.empty() ? bindAddress(m_context) : group.first->address;
    if (planAt(address, group.first->port, false))
        return;
    ListenerPlan plan;
    plan.listener.name = "listener-" + address + "-" + std::to_string(group.first->port);
    plan.listener.address = address;
    plan.listener.port = std::uint16_t(group.first->port);
    plan.stack.tls = !group.first->host.empty();
    plan.nameSpace = group.first->upstream.nameSpace;
    plan.listener.listener = group.first->upstream.ref;
    plan.listener.http.statPrefix = statPrefix(plan);
    m_plans.push_back(std::move(plan));
}

} // namespace

std::string whyNoPort(const TcpGroup &group)
{
    constexpr int LastPort = 65535;
    const int port = group.first->port;
    return port >= 1 && port <= LastPort ? std::string()
                                         : "port " + std::to_string(port)
            + " is none from 1 to 65535; Envoy refuses that, and nothing listens for this TCPMapping";
}

std::string bindAddress(const ListenerContext &context)
{
    const auto found = context.options.environment.find("AMBASSADOR_ENVOY_BIND_ADDRESS");
    return found == context.options.environment.end() ? "0.0.0.0" : found->second;
}

std::vector<ListenerPlan> planListeners(const ListenerContext &context)
{
    return ListenerPlanner(context).plan();
}

} // namespace edge
