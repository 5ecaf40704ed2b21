// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The part of istiod that sidecars live from: it watches PeerAuthentications, Services and DestinationRules
// and pushes to each proxy what has changed for it, a moment after the write (as istiod debounces).  Down (a
// fault): nothing is pushed.  Thread: the loop.
#include "app/demo/authentication_policy.h"
#include "app/demo/client_rule.h"
#include "app/demo/sidecar.h"
#include "app/demo/store.h"

namespace demo {

class MeshPolicy
{
public:
    MeshPolicy(asio::io_context &loop, Store &store);
    ~MeshPolicy();

    void connect(const std::shared_ptr<Sidecar> &sidecar); // pushed at once, then at each change
    void setDown(bool down);
    void setRotation(Rotation rotation); // of every proxy, also of those to come
    Rotation rotation() const { return m_rotation; }
    void setPushDelay(std::chrono::milliseconds delay) { m_delay = delay; }
    int pushes() const { return m_pushes; }
    std::vector<std::shared_ptr<Sidecar>> proxies() const;

    // What a sidecar's call to this pod's port is: a DestinationRule decides, else auto-mTLS (facts mesh-security.md §1.8).
    ClientTls clientTls(const HostCall &call, const Value &pod, std::uint16_t podsPort) const;

private:
    void noteChange(const StoreEvent &event);
    void pushAll();
    PushedConfiguration configurationFor(const PodIdentity &pod) const;
    std::optional<AuthenticationPolicies> authenticationPolicies() const; // where Istio is 1.4 or older
    bool wantsMutualTls(const std::string &serviceHost, const Value &pod,
                        std::uint16_t port) const;            // by itself
    ObjectPtr headlessService(const std::string &host) const; // nullptr: none, or it has an address
    bool allHaveSidecars(const Value &service) const;
    std::vector<ObjectPtr> listOf(std::string_view group, std::string_view plural,
                                  std::string_view nameSpace = {}) const;

    Store &m_store;
    Timer m_timer;
    std::chrono::milliseconds m_delay{120};
    std::vector<std::weak_ptr<Sidecar>> m_proxies;
    int m_subscription = 0;
    int m_pushes = 0;
    bool m_down = false;
    Rotation m_rotation = Rotation::Running;
};

} // namespace demo
