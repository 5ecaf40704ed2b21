// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The cluster's network as one table: a pod's address and port → the port of 127.0.0.1 where that really is.
// Nothing ever dials a 10.x address.  Each entry has two sides: as others on the network reach it (through
// the sidecar's capture), and as the pod's own localhost does (a port-forward, a probe).  Thread: the loop.
#include "edge/result.h"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <map>
#include <optional>
#include <vector>

namespace demo {

inline constexpr const char *NodeAddress = "10.244.0.1"; // of the one node; no pod has it

// Each pod dials from an address of its own in 127.0.0.0/8, so that a server knows who calls: 10.244.0.7 from 127.244.0.7.  Where a
// system has 127.0.0.1 alone every pod looks like the node, as behind networks that translate addresses.  Absent: no pod's address.
std::optional<asio::ip::address> dialFrom(const std::string &podAddress);
std::string callerOf(const asio::ip::tcp::endpoint &peer); // "10.244.0.7:43040"

class Network
{
public:
    explicit Network(asio::io_context &loop);
    std::string newPodAddress(); // 10.244.0.x

    void bind(const std::string &address, std::uint16_t port, std::uint16_t outside, std::uint16_t inside);
    void release(const std::string &address);
    std::optional<std::uint16_t> find(const std::string &address, std::uint16_t port) const;
    std::optional<std::uint16_t> findInside(const std::string &address, std::uint16_t port) const;

    // A port on which connections are refused (a ClusterIP without endpoints), and one on which they hang (a
    // port that a ClusterIP does not have).
    edge::Result<std::uint16_t> refusingPort();
    edge::Result<std::uint16_t> hangingPort();

private:
    struct Sides
    {
        std::uint16_t outside = 0, inside = 0;
    };
    asio::io_context &m_loop;
    std::map<std::pair<std::string, std::uint16_t>, Sides> m_table;
    unsigned m_pods = 1;
    std::optional<asio::ip::tcp::acceptor> m_refusing, m_hanging;
    std::vector<asio::ip::tcp::socket>
        m_backlog; // fills the hanging port's queue, so that the kernel drops what comes
};

} // namespace demo
