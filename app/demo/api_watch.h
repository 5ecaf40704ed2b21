// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A watch: initial events, then the store's log and what follows, one JSON line each, until its time is over, the client has gone
// or the server stops.  Bookmarks as kube-apiserver sends them: once a minute and two seconds before the end.
#include "app/demo/api_read.h"
#include "edge/handler.h"

#include <asio/io_context.hpp>

#include <set>

namespace demo {

enum class WatchFault { None, Expires, FallsSilent }; // after its initial events

// All running watches of a server, so that they can be ended or told that their version has expired.
class Watches
{
public:
    struct Watch;
    explicit Watches(asio::io_context &loop);
    ~Watches();

    // Answers by itself once it has begun; an error comes back when nothing has been sent.
    asio::awaitable<StoreResult<void>> serve(Store &store, Call call, edge::Responder &responder,
                                             WatchFault fault);
    void stop();        // ends every watch, cleanly
    void stopOnHttp1(); // ends the running ones that HTTP/2 does not carry
    void expireAll();   // 410 to every watch: the incident api-410
    std::size_t running() const { return m_running.size(); }
    // Running watches send nothing and do not end: a half-open connection.  HTTP/2's fall silent as a whole, and are cut when that is over.
    bool freezeAll(bool isFrozen); // true: there was one of HTTP/2
    bool sendsBookmarks = true;    // false: the fault hook that drops them

private:
    asio::io_context &m_loop;
    std::set<std::shared_ptr<Watch>> m_running;
    bool m_stopped = false;
};

} // namespace demo
