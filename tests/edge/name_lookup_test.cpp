// SPDX-License-Identifier: GPL-3.0-or-later
// Names that the system's resolver knows, does not know, or is silent about.
#include "edge/client.h"
#include "edge/name_lookup.h"
#include "tests/edge/loop_runner.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>

namespace {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

// A resolver that does not answer for *.silent.test before it is told to.
struct Silence
{
    std::mutex mutex;
    std::condition_variable changed;
    bool isOver = false;
    int asked = 0, waiting = 0;

    void keep()
    {
        std::unique_lock lock(mutex);
        ++asked;
        ++waiting;
        changed.wait(lock, [this] { return isOver; });
        --waiting;
        changed.notify_all();
    }
    void end()
    {
        std::unique_lock lock(mutex);
        isOver = true;
        changed.notify_all();
        changed.wait(lock, [this] { return waiting == 0; });
    }
};

Silence &silence = *new Silence; // for ever: a thread that begins late comes here when all else is at its end

class NameLookup : public testing::Test
{
protected:
    void SetUp() override { silence.isOver = false; }
    void TearDown() override { silence.end(); }

    edge::Result<Endpoints> lookUp(const std::string &name, std::chrono::milliseconds limit)
    {
        auto found = edge_test::run(*loop, edge::lookUp(name, 8080, edge::in(limit)));
        return found ? std::move(*found)
                     : edge::Result<Endpoints>(edge::failure(edge::Error::Kind::Protocol, "the test hangs"));
    }

    std::unique_ptr<asio::io_context> loop = std::make_unique<asio::io_context>(1);
};

} // namespace

extern "C" int getaddrinfo(const char *node, const char *service, const addrinfo *hints, addrinfo **list)
{
    if (node && std::string_view(node).ends_with(".silent.test")) {
        silence.keep();
        return EAI_NONAME;
    }
    using Real = int (*)(const char *, const char *, const addrinfo *, addrinfo **);
    static const Real real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, list);
}

TEST_F(NameLookup, findsTheAddressesWithThePort)
{
    const auto found = lookUp("localhost", std::chrono::seconds(10));
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_FALSE(found->empty());
    for (const asio::ip::tcp::endpoint &endpoint : *found) {
        EXPECT_TRUE(endpoint.address().is_loopback());
        EXPECT_EQ(endpoint.port(), 8080);
    }
}

TEST_F(NameLookup, saysThatANameIsUnknown)
{
    const auto found = lookUp("no-such-name.invalid", std::chrono::seconds(20));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, edge::Error::Kind::UnknownName) << found.error().message;
    EXPECT_NE(found.error().message.find("no-such-name.invalid:8080: this name is unknown"),
              std::string::npos);
}

TEST_F(NameLookup, endsAtItsDeadline)
{
    const auto found = lookUp("a.silent.test", std::chrono::milliseconds(20));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, edge::Error::Kind::Timeout);
    EXPECT_EQ(found.error().message, "a.silent.test:8080: the name was not looked up in time; check DNS");
}

TEST_F(NameLookup, isWithinTheTimeOfARequest)
{
    edge::ClientRequest request;
    request.address = "b.silent.test";
    request.head.method = "GET";
    request.head.target = "/";
    request.timeout = std::chrono::milliseconds(20);
    const auto reply = edge_test::run(*loop, edge::fetch(request));
    ASSERT_TRUE(reply);
    ASSERT_FALSE(*reply);
    EXPECT_EQ(reply->error().kind, edge::Error::Kind::Timeout);
}

TEST_F(NameLookup, doesNotKeepALoopThatEnds)
{
    (void)lookUp("c.silent.test", std::chrono::milliseconds(20));
    asio::co_spawn(*loop, edge::lookUp("d.silent.test", 80, edge::Deadline::max()),
                   [](const std::exception_ptr &, const edge::Result<Endpoints> &) {});
    loop->restart();
    (void)loop->poll();
    loop.reset(); // with one lookup that nobody waits for, and one that somebody does
    silence.end();
    SUCCEED() << "the answers came to nobody, and nothing was touched";
}

TEST_F(NameLookup, holdsNoMoreThreadsThanItPromises)
{
    int refused = 0, others = 0;
    const int asked = edge::MaxLookups + 10;
    for (int i = 0; i < asked; ++i)
        asio::co_spawn(*loop, edge::lookUp("e.silent.test", 80, edge::in(std::chrono::milliseconds(50))),
                       [&](const std::exception_ptr &, const edge::Result<Endpoints> &found) {
                           ASSERT_FALSE(found);
                           const bool isFull =
                               found.error().message.find("earlier lookups") != std::string::npos;
                           ++(isFull ? refused : others);
                       });
    while (refused + others < asked && loop->run_one_for(std::chrono::seconds(10)) > 0) { }
    EXPECT_EQ(refused + others, asked);
    EXPECT_GE(refused, 10);
    EXPECT_GE(others, edge::MaxLookups - 4) << "few may be left of the tests before this one";
}
