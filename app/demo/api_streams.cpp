// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_streams.h"

#include "app/demo/object_meta.h"
#include "edge/client.h"

#include <algorithm>

namespace demo {

namespace {

struct ProxyName // [scheme:]name[:port]
{
    std::string scheme, name, port;
};

std::optional<ProxyName> proxyName(std::string_view text)
{
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        parts.emplace_back(text.substr(0, colon));
        if (colon == text.size())
            break;
        text.remove_prefix(colon + 1);
    }
    if (parts.size() == 1)
        return ProxyName{{}, parts[0], {}};
    if (parts.size() == 2)
        return ProxyName{{}, parts[0], parts[1]};
    if (parts.size() == 3 && (parts[0].empty() || parts[0] == "http" || parts[0] == "https"))
        return ProxyName{parts[0], parts[1], parts[2]};
    return {};
}

StoreError unavailable(std::string message) { return {503, "ServiceUnavailable", std::move(message), {}}; }

bool hasEndpoints(const Store &store, const std::string &nameSpace, const std::string &service)
{
    for (const ObjectPtr &slice : store.list(*store.find("discovery.k8s.io", "endpointslices"), nameSpace)) {
        const auto &endpoints = (*slice)["endpoints"].items();
        if ((*slice)["metadata"]["labels"]["kubernetes.io/service-name"].text() == service
            && std::any_of(endpoints.begin(), endpoints.end(),
                           [](const Value &each) { return each["conditions"]["ready"].toBool(true); }))
            return true;
    }
    const ObjectPtr endpoints = store.get(*store.find("", "endpoints"), nameSpace, service);
    return endpoints && !(*endpoints)["subsets"].items().empty();
}

using Address = std::pair<std::string, std::uint16_t>;

StoreResult<Address> serviceTarget(const Store &store, const ApiServerHooks &hooks, const Call &call)
{
    const auto name = proxyName(call.path.name);
    if (!name)
        return tl::unexpected(badRequest("invalid service request " + quoted(call.path.name)));
    const ObjectPtr service = store.get(*call.kind, call.path.nameSpace, name->name);
    const bool hasNumber =
        !name->port.empty() && name->port.find_first_not_of("0123456789") == std::string::npos;
    if (!service
        && hasNumber) // which the Service would know the name of; else the endpoints are looked for at once
        return tl::unexpected(notFound(*call.kind, name->name));
    if (!service || !hasEndpoints(store, call.path.nameSpace, name->name))
        return tl::unexpected(unavailable("no endpoints available for service " + quoted(name->name)));
    const auto &ports = (*service)["spec"]["ports"].items();
    const auto port = std::find_if(ports.begin(), ports.end(), [&](const Value &each) {
        return (name->port.empty() && ports.size() == 1) || each["name"].text() == name->port
            || each["port"].text() == name->port;
    });
    if (port == ports.end())
        return tl::unexpected(unavailable("no service port " + quoted(name->port) + " found for service "
                                          + quoted(name->name)));
    const auto address = hooks.serviceAddress
        ? hooks.serviceAddress(call.path.nameSpace, name->name, (*port)["port"].text())
        : std::nullopt;
    return address ? StoreResult<Address>(*address)
                   : tl::unexpected(unavailable("no endpoints available for service " + quoted(name->name)));
}

StoreResult<Address> podTarget(const Store &store, const ApiServerHooks &hooks, const Call &call)
{
    const auto name = proxyName(call.path.name);
    if (!name)
        return tl::unexpected(badRequest("invalid pod request " + quoted(call.path.name)));
    const ObjectPtr pod = store.get(*call.kind, call.path.nameSpace, name->name);
    if (!pod)
        return tl::unexpected(notFound(*call.kind, name->name));
    std::uint16_t port = std::uint16_t(std::atoi(name->port.c_str()));
    if (port == 0) {
        for (const Value &container : (*pod)["spec"]["containers"].items()) {
            for (const Value &each : container["ports"].items()) {
                if (port == 0 && (name->port.empty() || each["name"].text() == name->port))
                    port = std::uint16_t(each["containerPort"].toInteger());
            }
        }
    }
    const auto address =
        hooks.podAddress ? hooks.podAddress(call.path.nameSpace, name->name, port) : std::nullopt;
    return address ? StoreResult<Address>(*address) : tl::unexpected(badRequest("address not allowed"));
}

StoreResult<Address> targetOf(const Store &store, const ApiServerHooks &hooks, const Call &call)
{
    return call.kind->plural == "services" ? serviceTarget(store, hooks, call)
                                           : podTarget(store, hooks, call);
}

edge::ClientRequest forwarded(const Call &call, const Address &target)
{
    edge::ClientRequest request;
    request.address = target.first;
    request.port = target.second;
    request.bodyLimit = 64u << 20;
    request.timeout = std::chrono::seconds(60);
    request.head = call.head;
    request.body = call.body;
    const std::string_view query = call.head.query();
    request.head.target = "/" + call.path.rest + (query.empty() ? "" : "?" + std::string(query));
    for (const char *name :
         {"authorization", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect"})
        request.head.headers.remove(name);
    request.head.headers.set("host", target.first + ":" + std::to_string(target.second));
    request.head.headers.set("connection", "close");
    if (!call.body.empty())
        request.head.headers.set("content-length", std::to_string(call.body.size()));
    return request;
}

} // namespace

StoreResult<ObjectPtr> podOf(const Store &store, const Call &call)
{
    ObjectPtr pod = store.get(*call.kind, call.path.nameSpace, call.path.name);
    return pod ? StoreResult<ObjectPtr>(std::move(pod))
               : tl::unexpected(notFound(*call.kind, call.path.name));
}

asio::awaitable<StoreResult<void>> serveProxy(const Store &store, const ApiServerHooks &hooks,
                                              const Call &call, edge::Responder &responder)
{
    const auto target = targetOf(store, hooks, call);
    if (!target)
        co_return tl::unexpected(target.error());
    edge::ClientRequest request = forwarded(call, *target);
    auto reply = co_await edge::fetch(std::move(request));
    if (!reply)
        co_return tl::unexpected(unavailable("error trying to reach service: " + reply.error().message));
    edge::ResponseHead head = std::move(reply->head);
    for (const char *name : {"connection", "transfer-encoding", "content-length", "keep-alive"})
        head.headers.remove(name);
    edge::Result<void> sent = co_await responder.start(std::move(head), reply->body.size());
    if (sent && !reply->body.empty())
        sent = co_await responder.write(reply->body);
    if (sent)
        sent = co_await responder.finish();
    co_return StoreResult<void>();
}

StoreError refuseExec(const Store &store, const Call &call)
{
    const auto pod = podOf(store, call);
    if (!pod)
        return pod.error();
    const auto container = containerOf(**pod, call.query.value("container"));
    if (!container)
        return container.error();
    if ((**pod)["spec"]["nodeName"].text().empty())
        return badRequest("pod " + call.path.name + " does not have a host assigned");
    return internalError("error executing command in container: the demo's containers are no processes; use "
                         "logs, port-forward or proxy",
                         "InternalError");
}

} // namespace demo
