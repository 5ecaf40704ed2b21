// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One forwarded connection's way to the application in its pod, whatever carries it on the client's side: what the client sends, in
// order, and what the application answers.  Each direction ends on its own.
#include "app/demo/forward_link.h"

namespace demo {

class ForwardedConnection : public std::enable_shared_from_this<ForwardedConnection>
{
public:
    using Address = std::pair<std::string, std::uint16_t>;
    ForwardedConnection(asio::io_context &loop, ForwardLink &link)
        : m_loop(loop)
        , m_link(link)
        , m_wake(loop)
    {
    }

    void take(std::string_view bytes); // from the client
    void finish();                     // the client sends nothing more
    void cut();
    bool isBehind() const { return !m_isOver && m_toApplication.size() > Limit; }

    asio::awaitable<bool> connect(std::optional<Address> address); // false: nobody listens there
    // Until the application has ended its sending.
    asio::awaitable<void> pump(std::function<void(const QByteArray &)> deliver);
    asio::awaitable<void> close(); // returns when nothing of it runs any more

    static std::string refusal(const std::string &pod, std::uint16_t port); // in a kubelet's words
    static constexpr std::size_t Limit = 1
        << 20; // bytes that an application may be behind before the client's are left unread

private:
    static asio::awaitable<void> feed(std::shared_ptr<ForwardedConnection> self);

    asio::io_context &m_loop;
    ForwardLink &m_link;
    asio::steady_timer m_wake;
    std::string m_toApplication;
    std::unique_ptr<edge::Stream> m_application;
    bool m_clientIsDone = false, m_isOver = false, m_isFeeding = false;
};

} // namespace demo
