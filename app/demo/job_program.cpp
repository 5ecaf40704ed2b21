// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/job_program.h"

#include "edge/client.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

namespace demo {

namespace {

constexpr int Calls = 3; // of each address

struct Address
{
    std::string host, path = "/";
    std::uint16_t port = 80;
};

Address readAddress(std::string_view url)
{
    Address address;
    url.remove_prefix(url.starts_with("http://") ? std::string_view("http://").size() : 0);
    const std::size_t slash = std::min(url.find('/'), url.size());
    const std::string_view authority = url.substr(0, slash);
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    address.host = authority.substr(0, colon);
    if (colon < authority.size())
        address.port = std::uint16_t(std::atoi(std::string(authority.substr(colon + 1)).c_str()));
    if (slash < url.size())
        address.path = url.substr(slash);
    return address;
}

// Beside the coroutine: GCC 12 destroys temporaries of lists and conditionals twice in there.
edge::ClientRequest requestTo(const ContainerContext &context, const Address &address)
{
    edge::ClientRequest request;
    request.port =
        context.world.directory.dial(address.host, context.pod.nameSpace, address.port).value_or(1);
    request.source = dialFrom(context.pod.address);
    request.head.target = address.path;
    request.head.headers = {{"host", address.host}, {"user-agent", context.pod.app}};
    return request;
}

std::string outcome(const Address &address, const edge::Result<edge::Reply> &reply)
{
    return "GET http://" + address.host + address.path + " "
        + (reply ? std::to_string(reply->head.status) : reply.error().message);
}

} // namespace

JobProgram::JobProgram(const ContainerContext &context)
    : m_context(context)
{
}

edge::Result<void> JobProgram::start()
{
    asio::co_spawn(m_context.world.loop, run(m_alive), asio::detached);
    return {};
}

asio::awaitable<void> JobProgram::run(std::weak_ptr<bool> alive)
{
    std::vector<Address> addresses;
    for (const Value &argument : m_context.container["args"].items())
        addresses.push_back(readAddress(argument.text()));
    int failures = 0;
    for (int i = 0; i < Calls * int(addresses.size()); ++i) {
        const Address &address = addresses[std::size_t(i) % addresses.size()];
        edge::ClientRequest request = requestTo(m_context, address);
        const auto reply = co_await edge::fetch(std::move(request));
        if (!alive.lock())
            co_return;
        const bool isGood = reply && reply->head.status < 400;
        failures += isGood ? 0 : 1;
        m_context.log(outcome(address, reply));
    }
    m_context.exited(failures == 0 ? 0 : 1);
}

} // namespace demo
