// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/name_lookup.h"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#ifndef _WIN32
#include <netdb.h>
#endif

#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

namespace edge {

namespace {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

std::atomic<int> lookupsUnderWay = 0;

// What the thread and the coroutine share.  A mutex, against the rule of the house: the loop may be gone when the thread comes
// back, and nothing else could tell it so.
struct Lookup
{
    std::mutex mutex;
    asio::steady_timer *waiting = nullptr; // lives in the coroutine; nullptr: nobody waits any more
    int error = 0;                         // EAI_…
    Endpoints endpoints;
    bool isDone = false;
};

Endpoints endpointsOf(const addrinfo *list, std::uint16_t port)
{
    Endpoints endpoints;
    for (const addrinfo *entry = list; entry; entry = entry->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity())
            continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        endpoint.port(port);
        endpoints.push_back(endpoint);
    }
    return endpoints;
}

void resolve(const std::shared_ptr<Lookup> &lookup, const std::string &name, std::uint16_t port)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *list = nullptr;
    const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    Endpoints endpoints = error == 0 ? endpointsOf(list, port) : Endpoints();
    if (error == 0)
        ::freeaddrinfo(list);
    --lookupsUnderWay;
    const std::lock_guard lock(lookup->mutex);
    lookup->error = error;
    lookup->endpoints = std::move(endpoints);
    lookup->isDone = true;
    if (!lookup->waiting)
        return;
    asio::post(lookup->waiting->get_executor(), [lookup] {
        if (lookup->waiting) // only the loop's thread changes it
            lookup->waiting->cancel();
    });
}

// Lives in the coroutine's frame: ends with it, when the loop is destroyed too.
class Waiting
{
public:
    Waiting(std::shared_ptr<Lookup> lookup, asio::steady_timer &timer)
        : m_lookup(std::move(lookup))
    {
        m_lookup->waiting = &timer; // before the thread starts
    }
    ~Waiting() { stop(); }
    Waiting(const Waiting &) = delete;
    Waiting &operator=(const Waiting &) = delete;

    bool stop() // true: the answer is there
    {
        const std::lock_guard lock(m_lookup->mutex);
        m_lookup->waiting = nullptr;
        return m_lookup->isDone;
    }

private:
    std::shared_ptr<Lookup> m_lookup;
};

} // namespace

asio::awaitable<Result<Endpoints>> lookUp(std::string name, std::uint16_t port, Deadline deadline)
{
    const std::string where = name + ":" + std::to_string(port);
    if (++lookupsUnderWay > MaxLookups) {
        --lookupsUnderWay;
        co_return failure(Error::Kind::Timeout,
                          where + ": the name is not looked up, because " + std::to_string(MaxLookups)
                              + " earlier lookups have no answer yet; check DNS");
    }
    const auto lookup = std::make_shared<Lookup>();
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(deadline);
    Waiting waiting(lookup, timer);
    std::thread([lookup, name, port] { resolve(lookup, name, port); }).detach();
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!waiting.stop())
        co_return failure(Error::Kind::Timeout, where + ": the name was not looked up in time; check DNS");
    if (lookup->error != 0)
        co_return failure(Error::Kind::UnknownName,
                          where + ": this name is unknown (" + ::gai_strerror(lookup->error) + ")");
    co_return std::move(lookup->endpoints);
}

} // namespace edge
