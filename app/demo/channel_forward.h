// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A port-forward over WebSocket channels (v4) as every kubelet serves it: of each port named a channel for data and one for errors,
// both of which begin with the port's number; the socket ends with the last connection.
#include "app/demo/forwarded_connection.h"

namespace demo {

class ChannelForward : public std::enable_shared_from_this<ChannelForward>
{
public:
    using Dial = std::function<std::optional<ForwardedConnection::Address>(std::uint16_t port)>;
    ChannelForward(asio::io_context &loop, ForwardLink &link, Dial dial, std::string pod,
                   const std::vector<std::uint16_t> &ports);
    asio::awaitable<void> run(); // returns when nothing of it runs any more

private:
    struct Port
    {
        std::uint16_t number = 0;
        std::shared_ptr<ForwardedConnection> connection;
    };
    void send(std::size_t channel, const QByteArray &bytes);
    static asio::awaitable<void> forward(std::shared_ptr<ChannelForward> self, std::size_t index);

    asio::io_context &m_loop;
    ForwardLink &m_link;
    Dial m_dial;
    std::string m_pod;
    std::vector<Port> m_ports;
    std::size_t m_running = 0;
};

} // namespace demo
