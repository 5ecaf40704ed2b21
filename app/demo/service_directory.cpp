// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/service_directory.h"

#include <charconv>

namespace demo {

namespace {

std::optional<std::uint16_t> asPort(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

const Value *portOf(const Value &service, std::uint16_t port)
{
    for (const Value &candidate : service.at({"spec", "ports"}).items()) {
        if (candidate["port"].toInteger() == port)
            return &candidate;
    }
    return nullptr;
}

std::vector<Backend> backends(const Value &endpoints, const std::string &portName)
{
    std::vector<Backend> found;
    for (const Value &subset : endpoints["subsets"].items()) {
        for (const Value &port : subset["ports"].items()) {
            if (port["name"].text() != portName)
                continue;
            for (const Value &address : subset["addresses"].items())
                found.push_back({address["ip"].text(), std::uint16_t(port["port"].toInteger()),
                                 address.at({"targetRef", "namespace"}).text(),
                                 address.at({"targetRef", "name"}).text()});
        }
    }
    return found;
}

} // namespace

ServiceDirectory::ServiceDirectory(const Store &store, Network &network)
    : m_store(store)
    , m_network(network)
{
}

ServiceName ServiceDirectory::serviceName(std::string_view host, std::string_view callersNamespace) const
{
    if (host.starts_with("10.96.")) {
        for (const auto &service : m_store.list(*m_store.find("", "services"))) {
            if (service->at({"spec", "clusterIP"}).text() == host)
                return {service->at({"metadata", "name"}).text(),
                        service->at({"metadata", "namespace"}).text()};
        }
    }
    for (const std::string_view suffix : {".svc.cluster.local", ".svc"}) {
        if (host.ends_with(suffix)) {
            host.remove_suffix(suffix.size());
            break;
        }
    }
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos)
        return {std::string(host), std::string(callersNamespace)};
    return {std::string(host.substr(0, dot)), std::string(host.substr(dot + 1))};
}

Lookup ServiceDirectory::find(std::string_view host, std::string_view callersNamespace, std::uint16_t port)
{
    Lookup lookup;
    lookup.service = serviceName(host, callersNamespace);
    const auto service =
        m_store.get(*m_store.find("", "services"), lookup.service.nameSpace, lookup.service.name);
    if (!service)
        return lookup;
    const Value *servicePort = portOf(*service, port);
    lookup.outcome = servicePort ? Lookup::Outcome::NoEndpoints : Lookup::Outcome::NoPort;
    const auto endpoints =
        m_store.get(*m_store.find("", "endpoints"), lookup.service.nameSpace, lookup.service.name);
    if (!servicePort || !endpoints)
        return lookup;
    const std::vector<Backend> all = backends(*endpoints, (*servicePort)["name"].text());
    if (all.empty())
        return lookup;
    lookup.outcome = Lookup::Outcome::Found;
    // Scattered: callers that alternate between two Services would always meet the same pod of each.
    lookup.backend = all[((m_turn++ * 2654435761U) >> 16U) % all.size()];
    return lookup;
}

std::optional<std::uint16_t> ServiceDirectory::dial(std::string_view host, std::string_view callersNamespace,
                                                    std::uint16_t port)
{
    if (host.starts_with("10.244."))
        return m_network.find(std::string(host), port).value_or(m_network.refusingPort().value_or(1));
    const Lookup lookup = find(host, callersNamespace, port);
    switch (lookup.outcome) {
    case Lookup::Outcome::NoService: return {};
    case Lookup::Outcome::NoPort: return m_network.hangingPort().value_or(1);
    case Lookup::Outcome::NoEndpoints: break;
    case Lookup::Outcome::Found:
        if (const auto found = m_network.find(lookup.backend.address, lookup.backend.port))
            return found;
    }
    return m_network.refusingPort().value_or(1);
}

std::optional<std::uint16_t> ServiceDirectory::portNumber(const std::string &nameSpace,
                                                          const std::string &service,
                                                          const std::string &portNameOrNumber) const
{
    const auto object = m_store.get(*m_store.find("", "services"), nameSpace, service);
    if (!object)
        return {};
    const auto &ports = object->at({"spec", "ports"}).items();
    if (portNameOrNumber.empty())
        return ports.size() == 1 ? std::optional(std::uint16_t(ports.front()["port"].toInteger()))
                                 : std::nullopt;
    for (const Value &port : ports) {
        if (port["name"].text() == portNameOrNumber
            || std::to_string(port["port"].toInteger()) == portNameOrNumber)
            return std::uint16_t(port["port"].toInteger());
    }
    return asPort(portNameOrNumber);
}

std::shared_ptr<const Value> ServiceDirectory::pod(const std::string &nameSpace,
                                                   const std::string &name) const
{
    return m_store.get(*m_store.find("", "pods"), nameSpace, name);
}

} // namespace demo
