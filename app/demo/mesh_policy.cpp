// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/mesh_policy.h"

#include <algorithm>

namespace demo {

namespace {

// Istio's protocol selection: appProtocol, else the name up to the first dash.
PortKind kindOf(const Value &port)
{
    std::string protocol = port["appProtocol"].text();
    if (protocol.empty())
        protocol = port["name"].text().substr(0, port["name"].text().find('-'));
    for (const char *http : {"http", "http2", "grpc", "grpc-web"}) {
        if (protocol == http)
            return PortKind::Http;
    }
    for (const char *tcp : {"tcp", "https", "tls", "mongo", "redis", "mysql"}) {
        if (protocol == tcp)
            return PortKind::Tcp;
    }
    return PortKind::Auto;
}

std::uint16_t containerPort(const Value &port, const Value &pod)
{
    const Value &target = port["targetPort"];
    if (target.isNumber())
        return std::uint16_t(target.toInteger());
    if (!target.isString())
        return std::uint16_t(port["port"].toInteger());
    for (const Value &container : pod.at({"spec", "containers"}).items()) {
        for (const Value &candidate : container["ports"].items()) {
            if (candidate["name"].text() == target.text())
                return std::uint16_t(candidate["containerPort"].toInteger());
        }
    }
    return 0;
}

} // namespace

MeshPolicy::MeshPolicy(asio::io_context &loop, Store &store)
    : m_store(store)
    , m_timer(loop)
    , m_subscription(store.subscribe([this](const StoreEvent &event) { noteChange(event); }))
{
}

MeshPolicy::~MeshPolicy() { m_store.unsubscribe(m_subscription); }

void MeshPolicy::noteChange(const StoreEvent &event)
{
    const bool concernsMesh = event.kind->group == "security.istio.io"
        || event.kind->group == "authentication.istio.io" || event.kind->group == "networking.istio.io"
        || (event.kind->group.empty() && event.kind->plural == "services");
    if (concernsMesh && !m_timer.isArmed())
        m_timer.after(m_delay, [this] { pushAll(); });
}

void MeshPolicy::connect(const std::shared_ptr<Sidecar> &sidecar)
{
    std::erase_if(m_proxies, [](const auto &proxy) { return proxy.expired(); });
    m_proxies.push_back(sidecar);
    sidecar->certificate().setRotation(m_rotation);
    sidecar->push(configurationFor(sidecar->pod()));
}

void MeshPolicy::setRotation(Rotation rotation)
{
    m_rotation = rotation;
    for (const auto &proxy : proxies())
        proxy->certificate().setRotation(rotation);
}

void MeshPolicy::setDown(bool down)
{
    if (std::exchange(m_down, down) && !down)
        pushAll();
}

void MeshPolicy::pushAll()
{
    if (m_down)
        return;
    for (const auto &proxy : proxies()) {
        const PushedConfiguration configuration = configurationFor(proxy->pod());
        if (configuration == proxy->configuration())
            continue;
        proxy->push(configuration);
        ++m_pushes;
    }
}

std::vector<std::shared_ptr<Sidecar>> MeshPolicy::proxies() const
{
    std::vector<std::shared_ptr<Sidecar>> alive;
    for (const auto &proxy : m_proxies) {
        if (auto sidecar = proxy.lock())
            alive.push_back(std::move(sidecar));
    }
    return alive;
}

std::vector<ObjectPtr> MeshPolicy::listOf(std::string_view group, std::string_view plural,
                                          std::string_view nameSpace) const
{
    const ResourceKind *kind = m_store.find(group, plural);
    return kind ? m_store.list(*kind, nameSpace) : std::vector<ObjectPtr>();
}

PushedConfiguration MeshPolicy::configurationFor(const PodIdentity &pod) const
{
    PushedConfiguration configuration;
    const auto old = authenticationPolicies();
    if (old)
        configuration.modes.mode = old->modeOf(pod.nameSpace);
    else
        configuration.modes =
            workloadModes(listOf("security.istio.io", "peerauthentications"), pod.nameSpace, pod.labels);
    const ObjectPtr object = m_store.get(*m_store.find("", "pods"), pod.nameSpace, pod.name);
    for (const ObjectPtr &service : listOf("", "services", pod.nameSpace)) {
        const LabelMap selector = labelMap(service->at({"spec", "selector"}));
        if (!object || selector.empty() || !isSubset(selector, pod.labels))
            continue;
        if (configuration.service.empty())
            configuration.service = service->at({"metadata", "name"}).text();
        for (const Value &port : service->at({"spec", "ports"}).items()) {
            const std::uint16_t number = containerPort(port, *object);
            const bool isFirst = configuration.kinds.emplace(number, kindOf(port)).second;
            if (old && isFirst)
                configuration.modes.ports.emplace(
                    number, old->modeOf(pod.nameSpace, service->at({"metadata", "name"}).text(), port));
        }
    }
    return configuration;
}

std::optional<AuthenticationPolicies> MeshPolicy::authenticationPolicies() const
{
    if (!m_store.find("authentication.istio.io", "meshpolicies"))
        return {};
    return AuthenticationPolicies{listOf("authentication.istio.io", "meshpolicies"),
                                  listOf("authentication.istio.io", "policies")};
}

ObjectPtr MeshPolicy::headlessService(const std::string &host) const
{
    const std::size_t dot = host.find('.');
    const std::size_t end = host.find('.', dot + 1);
    if (dot == std::string::npos || end == std::string::npos)
        return nullptr;
    ObjectPtr service =
        m_store.get(*m_store.find("", "services"), host.substr(dot + 1, end - dot - 1), host.substr(0, dot));
    return service && service->at({"spec", "clusterIP"}).text() == "None" ? service : nullptr;
}

bool MeshPolicy::allHaveSidecars(const Value &service) const
{
    const LabelMap selector = labelMap(service.at({"spec", "selector"}));
    const auto pods = listOf("", "pods", service.at({"metadata", "namespace"}).text());
    return std::all_of(pods.begin(), pods.end(), [&selector](const ObjectPtr &pod) {
        return !isSubset(selector, labelMap(pod->at({"metadata", "labels"}))) || isInjected(*pod);
    });
}

ClientTls MeshPolicy::clientTls(const HostCall &call, const Value &pod, std::uint16_t podsPort) const
{
    if (const auto ruled = ruledTls(listOf("networking.istio.io", "destinationrules"), call))
        return *ruled;
    return wantsMutualTls(call.host, pod, podsPort) ? ClientTls::Mesh : ClientTls::None;
}

bool MeshPolicy::wantsMutualTls(const std::string &serviceHost, const Value &pod, std::uint16_t port) const
{
    if (authenticationPolicies()) // no automatic mutual TLS then
        return false;
    const std::string &home = pod.at({"metadata", "namespace"}).text();
    const auto policies = listOf("security.istio.io", "peerauthentications");
    if (const ObjectPtr headless =
            headlessService(serviceHost)) // its cluster has one TLS mode for all endpoints
        return allHaveSidecars(*headless) && namespaceMode(policies, home) != MtlsMode::Disable;
    const LabelMap labels = labelMap(pod.at({"metadata", "labels"}));
    const auto mode = labels.find("security.istio.io/tlsMode");
    return mode != labels.end() && mode->second == "istio"
        && namespaceMode(policies, home) != MtlsMode::Disable
        && workloadModes(policies, home, labels).of(port) != MtlsMode::Disable;
}

} // namespace demo
