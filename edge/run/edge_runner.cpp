// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/run/edge_runner.h"

#include "edge/alpn.h"
#include "edge/unserved.h"

#include <algorithm>
#include <set>

namespace edge {

namespace {

GatewayOptions gatewayOptions(const EdgeRunOptions &options)
{
    GatewayOptions gateway;
    gateway.exchangeFinished = options.exchangeFinished;
    gateway.bind = [options](const Config &config, const Listener &listener) {
        return bindingOf(options, config, listener);
    };
    if (!options.services.empty() || options.resolve)
        gateway.resolve = [services = options.services, others = options.resolve,
                           home = options.compile.ambassadorNamespace](const Cluster &cluster) {
            const auto mapped = mappedEndpoint(services, cluster, home);
            return mapped || !others ? mapped : others(cluster);
        };
    return gateway;
}

bool servesTls(const Listener &listener)
{
    return std::any_of(listener.chains.begin(), listener.chains.end(),
                       [](const FilterChain &chain) { return chain.tls; });
}

void dropMeshTls(Config &config)
{
    for (const auto &[name, before] : SharedMap<Cluster>(config.clusters)) {
        const auto context = config.tlsContexts.find(before.tlsContext);
        if (context == config.tlsContexts.end())
            continue;
        const std::vector<std::string> protocols = protocolsOf(context->second.alpnProtocols);
        if (std::find(protocols.begin(), protocols.end(), "istio") == protocols.end())
            continue;
        Cluster &cluster = config.clusters.edit(name);
        cluster.tls = false;
        cluster.tlsContext.clear();
    }
}

// In a namespace; what names one stays what it is.
SharedList<Value>::Item placed(const SharedList<Value>::Item &item, const std::string &defaultNamespace)
{
    if (!item->at({"metadata", "namespace"}).text().empty())
        return item;
    Value object = *item;
    object.child("metadata").set("namespace", defaultNamespace);
    return std::make_shared<const Value>(std::move(object));
}

std::string qualifiedHost(const Cluster &cluster, std::string_view edgeNamespace)
{
    const bool isQualified = edgeNamespace.empty() || cluster.host.find('.') != std::string::npos;
    return isQualified ? cluster.host : cluster.host + "." + std::string(edgeNamespace);
}

// What --map may call a cluster's service, the longest first, until WANTS_MORE says no.
template<class WantsMore>
void eachNameOf(const Cluster &cluster, std::string_view edgeNamespace, const WantsMore &wantsMore)
{
    std::string host = qualifiedHost(cluster, edgeNamespace);
    const std::string port = ":" + std::to_string(cluster.port);
    std::string name;
    for (;;) { // echo.default.svc, echo.default, echo
        name.assign(host).append(port);
        if (!wantsMore(name) || !wantsMore(host))
            return;
        const std::size_t dot = host.rfind('.');
        if (dot == std::string::npos)
            return;
        host.resize(dot);
    }
}

// "a, b, c and 7 more"
std::string listed(const std::set<std::string> &names)
{
    constexpr std::size_t Most = 8;
    std::string text;
    std::size_t number = 0;
    for (auto name = names.begin(); name != names.end() && number < Most; ++name)
        text += (number++ > 0 ? ", " : "") + *name;
    return names.size() <= Most ? text : text + " and " + std::to_string(names.size() - Most) + " more";
}

bool has(const std::vector<Endpoint> &listens, std::uint16_t port)
{
    return std::any_of(listens.begin(), listens.end(),
                       [&](const Endpoint &listen) { return listen.port == port; });
}

} // namespace

std::string textOf(const Diagnostic &diagnostic)
{
    const ResourceRef &object = diagnostic.object;
    return (object.kind.empty() ? std::string()
                                : object.kind + " " + object.nameSpace + "/" + object.name + ": ")
        + (diagnostic.path.empty() || diagnostic.message.rfind(diagnostic.path + ":", 0) == 0
               ? ""
               : diagnostic.path + ": ")
        + diagnostic.message;
}

Config compiledFor(const EdgeRunOptions &options, const SharedList<Value> &objects)
{
    SharedList<Value> all;
    for (const auto &item : objects.items())
        all.push_back(placed(item, options.defaultNamespace));
    Compilation compilation(options.compile);
    compilation.setAll(all);
    return compilation.compile();
}

Config relocated(Config config, const EdgeRunOptions &options)
{
    const Config before = config;
    config.listeners.clear();
    for (const Listener &listener : before.listeners) {
        const auto where = options.listens.empty() && options.listeners.count(listener.port) == 0
            ? std::optional(Endpoint{listener.address, listener.port})
            : bindingOf(options, before, listener);
        if (!where)
            continue;
        config.listeners.push_back(listener);
        config.listeners.back().address = where->address;
        config.listeners.back().port = where->port;
    }
    for (const auto &[name, cluster] : before.clusters) {
        const auto where = mappedEndpoint(options.services, cluster, options.compile.ambassadorNamespace);
        if (!where)
            continue;
        Cluster &moved = config.clusters.edit(name);
        moved.host = where->address;
        moved.port = where->port;
        moved.endpoints.clear();
        moved.edsName.clear();
    }
    return config;
}

Result<Endpoint> parseEndpoint(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    std::string_view address = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
    const std::string_view digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
    if (address.size() > 1 && address.front() == '[' && address.back() == ']')
        address = address.substr(1, address.size() - 2);
    unsigned port = 0;
    const bool isNumber = !digits.empty() && digits.size() <= 5
        && digits.find_first_not_of("0123456789") == std::string_view::npos;
    for (const char c : isNumber ? digits : std::string_view())
        port = port * 10 + unsigned(c - '0');
    if (!isNumber || port > 65535)
        return failure(Error::Kind::Config,
                       std::string(text) + " is no address; write ADDRESS:PORT, 127.0.0.1:8080");
    return Endpoint{address.empty() ? "127.0.0.1" : std::string(address), std::uint16_t(port)};
}

std::optional<Endpoint> mappedEndpoint(const std::map<std::string, Endpoint> &services,
                                       const Cluster &cluster, std::string_view edgeNamespace)
{
    std::optional<Endpoint> found;
    eachNameOf(cluster, edgeNamespace, [&](const std::string &name) {
        const auto service = services.find(name);
        if (service != services.end())
            found = service->second;
        return !found;
    });
    return found;
}

std::optional<Endpoint> bindingOf(const EdgeRunOptions &options, const Config &config,
                                  const Listener &listener)
{
    if (const auto found = options.listeners.find(listener.port); found != options.listeners.end())
        return found->second;
    if (options.listens.empty())
        return Endpoint{"127.0.0.1", listener.port};
    for (const Endpoint &listen : options.listens) {
        if (listen.port == listener.port)
            return listen;
    }
    if (!listener.listener.kind.empty()) // a Listener that nobody asked for
        return {};
    std::vector<Endpoint>
        free; // addresses that no listener has by its port, for those that no resource made, in order
    for (const Endpoint &listen : options.listens) {
        if (std::none_of(config.listeners.begin(), config.listeners.end(),
                         [&](const Listener &other) { return other.port == listen.port; }))
            free.push_back(listen);
    }
    std::size_t number = 0;
    for (const Listener &other : config.listeners) {
        if (&other == &listener || other.port == listener.port)
            break;
        number += other.listener.kind.empty() && !has(options.listens, other.port) ? 1 : 0;
    }
    return number < free.size() ? std::optional(free[number]) : std::nullopt;
}

namespace {

// Of the services in CONFIG the first by name: there may be thousands, and this is asked for each new configuration.
std::string firstServices(const Config &config, const std::string &home)
{
    constexpr std::size_t Most = 8;
    std::set<std::string> first;
    bool isAll = true;
    for (const auto &[name, cluster] : config.clusters) {
        first.insert(qualifiedHost(cluster, home) + ":" + std::to_string(cluster.port));
        if (first.size() > Most) {
            first.erase(std::prev(first.end()));
            isAll = false;
        }
    }
    return listed(first) + (isAll ? "" : " and others");
}

std::vector<std::string> unusedServices(const EdgeRunOptions &options, const Config &config)
{
    const std::string &home = options.compile.ambassadorNamespace;
    std::set<std::string> unused;
    for (const auto &[name, endpoint] : options.services)
        unused.insert(name);
    for (const auto &[name, cluster] : config.clusters) {
        if (unused.empty())
            break;
        eachNameOf(cluster, home, [&unused](const std::string &called) {
            unused.erase(called);
            return !unused.empty();
        });
    }
    std::vector<std::string> sentences;
    const std::string known = unused.empty() ? "" : firstServices(config, home);
    for (const std::string &service : unused)
        sentences.push_back("--map " + service + " fits no service that a Mapping leads to"
                            + (known.empty() ? "" : "; they lead to " + known));
    return sentences;
}

std::string addressOf(const Endpoint &endpoint)
{
    const bool isIpv6 = endpoint.address.find(':') != std::string::npos;
    return (isIpv6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

} // namespace

std::vector<std::string> unusedOptions(const EdgeRunOptions &options, const Config &config)
{
    std::vector<std::string> sentences;
    std::set<std::string> ports;
    std::set<std::string> bound;
    for (const Listener &listener : config.listeners) {
        ports.insert(std::to_string(listener.port));
        if (const auto where = bindingOf(options, config, listener))
            bound.insert(addressOf(*where));
    }
    const std::string there = ports.empty() ? std::string("; there is none") : "; there is " + listed(ports);
    for (const Endpoint &listen : options.listens) {
        if (bound.count(addressOf(listen)) == 0)
            sentences.push_back("--listen " + addressOf(listen) + " fits the port of no Listener" + there
                                + (ports.empty() ? ""
                                                 : "; to serve one elsewhere give --listener "
                                           + *ports.begin() + "=" + addressOf(listen)));
    }
    for (const auto &[port, endpoint] : options.listeners) {
        if (ports.count(std::to_string(port)) == 0)
            sentences.push_back("--listener " + std::to_string(port) + " fits the port of no Listener"
                                + there);
    }
    const std::vector<std::string> services = unusedServices(options, config);
    sentences.insert(sentences.end(), services.begin(), services.end());
    return sentences;
}

EdgeRunner::EdgeRunner(asio::io_context &loop, EdgeRunOptions options)
    : m_options(std::move(options))
    , m_gateway(loop, gatewayOptions(m_options))
    , m_compilation(m_options.compile)
{
}

// Looks into those objects only that are others than in their places before: ten thousand are much memory to look at.
void EdgeRunner::take(const SharedList<Value> &objects)
{
    SharedList<Value> all;
    all.reserve(objects.size());
    m_secrets.erase(m_secrets.lower_bound(objects.size()), m_secrets.end());
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const auto &item = objects.items()[i];
        if (i < m_given.size() && item == m_given.items()[i]) {
            all.push_back(m_objects.items()[i]);
            continue;
        }
        all.push_back(placed(item, m_options.defaultNamespace));
        m_secrets.erase(i);
        if ((*item)["kind"].text() == "Secret")
            m_secrets.emplace(i, all.items().back());
    }
    m_given = objects;
    m_objects = std::move(all);
}

Result<std::vector<std::string>> EdgeRunner::apply(const SharedList<Value> &objects)
{
    take(objects);
    m_compilation.setAll(m_objects);
    SharedList<Value> secrets;
    for (const auto &[number, secret] : m_secrets)
        secrets.push_back(secret);
    Config config = m_compilation.compile();
    if (m_options.isBehindSidecars)
        dropMeshTls(config);
    std::vector<std::string> notes;
    for (const Diagnostic &diagnostic : config.diagnostics)
        notes.push_back(textOf(diagnostic));
    std::set<std::string> told; // of thousands of Mappings the first
    for (const Unserved &one : unservedBy(config)) {
        const ResourceRef &of = one.object;
        const std::string who = of.name.empty() ? "" : of.kind + " " + of.nameSpace + "/" + of.name + ": ";
        if (told.insert(one.sentence).second)
            notes.push_back("not served here: " + who + one.sentence);
    }
    for (std::string &sentence : unusedOptions(m_options, config))
        notes.push_back(std::move(sentence));
    auto table = RouteTable::build(std::move(config), m_table.get());
    if (!table)
        return tl::unexpected(table.error());
    m_table = std::move(*table);
    for (const Error &problem : m_gateway.apply(m_table, secretsOf(secrets, m_options.defaultNamespace)))
        notes.push_back(problem.message);
    return notes;
}

bool EdgeRunner::hasListeners() const { return m_table && !m_table->config().listeners.empty(); }

std::vector<std::string> EdgeRunner::addresses() const
{
    std::vector<std::string> all;
    const auto bound = m_gateway.boundPorts();
    for (const Listener &listener : m_table ? m_table->config().listeners : std::vector<Listener>()) {
        const auto found = bound.find(listener.port);
        const std::optional<Endpoint> where = bindingOf(m_options, m_table->config(), listener);
        if (found != bound.end() && where)
            all.push_back((servesTls(listener) ? "https://" : "http://") + where->address + ":"
                          + std::to_string(found->second));
    }
    return all;
}

} // namespace edge
