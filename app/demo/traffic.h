// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo's steady small traffic: people who use the edge from outside, and services of the mesh that call
// each other through their sidecars, by mutual TLS where Istio would.  Thread: the loop.
#include "app/demo/running_pod.h"

namespace demo {

// One call of a sidecar's outbound side; counted by its own reporter.  A pod without a sidecar calls in
// plaintext.
struct MeshTarget
{
    std::string host, callersNamespace;
    std::uint16_t port = 80;
};
asio::awaitable<void> meshCall(World &world, std::shared_ptr<Sidecar> caller, MeshTarget target,
                               edge::RequestHead head);

class Traffic
{
public:
    Traffic(World &world, std::uint16_t edgePort);
    void start(); // at World::options.rate calls a second; 0: none
    void stop();

private:
    void turn();
    void callStock();
    void callEdge(const std::string &path, const std::string &host);
    void callInside(const std::string &app, const std::string &host, const std::string &path);

    World &m_world;
    std::uint16_t m_edgePort;
    Timer m_timer;
    unsigned m_count = 0;
};

} // namespace demo
