// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The cluster's DNS and kube-proxy in one: a Service's name and port → one ready pod, in turn.  Reads
// Services and Endpoints of the Store.
#include "app/demo/network.h"
#include "app/demo/store.h"

namespace demo {

struct Backend
{
    std::string address;    // the pod's
    std::uint16_t port = 0; // the container's
    std::string nameSpace, pod;
};

struct ServiceName
{
    std::string name, nameSpace;
};

struct Lookup
{
    enum class Outcome { Found, NoService, NoPort, NoEndpoints } outcome = Outcome::NoService;
    ServiceName service;
    Backend backend; // if Found
};

class ServiceDirectory
{
public:
    ServiceDirectory(const Store &store, Network &network);
    // host: quote, quote.default, quote.default.svc[.cluster.local], a ClusterIP or a pod's address.
    Lookup find(std::string_view host, std::string_view callersNamespace, std::uint16_t port);
    // As the edge or a sidecar-less client dials: 127.0.0.1:PORT; nullopt only where DNS knows no such name.
    std::optional<std::uint16_t> dial(std::string_view host, std::string_view callersNamespace,
                                      std::uint16_t port);
    std::optional<std::uint16_t> portNumber(const std::string &nameSpace, const std::string &service,
                                            const std::string &portNameOrNumber) const;
    std::shared_ptr<const Value> pod(const std::string &nameSpace, const std::string &name) const;

private:
    ServiceName serviceName(std::string_view host, std::string_view callersNamespace) const;

    const Store &m_store;
    Network &m_network;
    std::size_t m_turn = 0;
};

} // namespace demo
