// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/network.h"

namespace demo {

namespace {

using Tcp = asio::ip::tcp;
constexpr int BacklogFill = 4; // a queue of 0 takes one or two

edge::Result<Tcp::acceptor> boundSocket(asio::io_context &loop)
{
    asio::error_code error;
    Tcp::acceptor acceptor(loop);
    acceptor.open(Tcp::v4(), error);
    if (!error)
        acceptor.bind({asio::ip::address_v4::loopback(), 0}, error);
    if (error)
        return edge::failure(edge::Error::Kind::Connect, "no free port on 127.0.0.1: " + error.message());
    return acceptor;
}

} // namespace

std::optional<asio::ip::address> dialFrom(const std::string &podAddress)
{
    asio::error_code error;
    auto bytes = asio::ip::make_address_v4(podAddress, error).to_bytes();
    if (error || bytes[0] != 10)
        return {};
    bytes[0] = 127;
    return asio::ip::address(asio::ip::address_v4(bytes));
}

std::string callerOf(const asio::ip::tcp::endpoint &peer)
{
    std::string address = NodeAddress;
    if (peer.address().is_v4()) {
        auto bytes = peer.address().to_v4().to_bytes();
        const bool isPod = bytes[0] == 127 && bytes[1] == 244;
        bytes[0] = 10;
        if (isPod)
            address = asio::ip::address_v4(bytes).to_string();
    }
    return address + ':' + std::to_string(peer.port());
}

Network::Network(asio::io_context &loop)
    : m_loop(loop)
{
}

std::string Network::newPodAddress()
{
    ++m_pods;
    return "10.244." + std::to_string(m_pods / 250) + "." + std::to_string(m_pods % 250 + 2);
}

void Network::bind(const std::string &address, std::uint16_t port, std::uint16_t outside,
                   std::uint16_t inside)
{
    m_table[{address, port}] = {outside, inside};
}

void Network::release(const std::string &address)
{
    std::erase_if(m_table, [&](const auto &entry) { return entry.first.first == address; });
}

std::optional<std::uint16_t> Network::find(const std::string &address, std::uint16_t port) const
{
    const auto found = m_table.find({address, port});
    return found == m_table.end() || found->second.outside == 0 ? std::nullopt
                                                                : std::optional(found->second.outside);
}

std::optional<std::uint16_t> Network::findInside(const std::string &address, std::uint16_t port) const
{
    const auto found = m_table.find({address, port});
    return found == m_table.end() ? std::nullopt : std::optional(found->second.inside);
}

edge::Result<std::uint16_t> Network::refusingPort()
{
    if (!m_refusing) {
        auto acceptor = boundSocket(m_loop); // bound and never listening
        if (!acceptor)
            return tl::unexpected(acceptor.error());
        m_refusing = std::move(*acceptor);
    }
    return m_refusing->local_endpoint().port();
}

edge::Result<std::uint16_t> Network::hangingPort()
{
    if (m_hanging)
        return m_hanging->local_endpoint().port();
    auto acceptor = boundSocket(m_loop);
    if (!acceptor)
        return tl::unexpected(acceptor.error());
    asio::error_code error;
    acceptor->listen(0, error);
    if (error)
        return edge::failure(edge::Error::Kind::Connect, "no port that hangs: " + error.message());
    for (int i = 0; i < BacklogFill; ++i) {
        Tcp::socket &socket = m_backlog.emplace_back(m_loop);
        socket.open(Tcp::v4(), error);
        socket.native_non_blocking(true, error);
        const Tcp::endpoint there = acceptor->local_endpoint();
        (void)::connect(socket.native_handle(), there.data(),
                        socklen_t(there.size())); // asio's own connect waits for the end of it
    }
    m_hanging = std::move(*acceptor);
    return m_hanging->local_endpoint().port();
}

} // namespace demo
