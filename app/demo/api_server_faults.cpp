// SPDX-License-Identifier: GPL-3.0-or-later
// The faults of ApiServer: how /_sim switches them, and what they do before anything else sees a request.
#include "app/demo/api_server_state.h"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace demo {

bool isForFaults(const edge::RequestHead &head)
{
    return head.path() == "/_sim" || head.path().starts_with("/_sim/");
}

StoreError wrongMethod()
{
    return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
            Value::object()};
}

StoreResult<void> ApiServer::State::setFault(const std::string &name, bool isOn, const Query &options)
{
    if (!faults.set(name, isOn, options)) {
        if (hooks.incident)
            return hooks.incident(name, isOn);
        return tl::unexpected(
            StoreError{404,
                       "NotFound",
                       "there is no fault " + quoted(name) + "; GET /_sim lists those of the API server",
                       {}});
    }
    watches.sendsBookmarks = !faults.isOn("bookmarks-dropped");
    if (name == "api-half-open" && watches.freezeAll(isOn))
        faults.connectionFellSilent();
    if (name == "api-410" && isOn) {
        store.compact();
        watches.expireAll();
    }
    changeCertificate(name, isOn, options);
    if (name == "api-goaway" && isOn) {
        watches.stopOnHttp1();
        if (hooks.sendAway)
            asio::post(loop, hooks.sendAway); // after this answer has left
    }
    return {};
}

// Clients verify before they ask for anything: nobody but the time could switch a foreign certificate off again.
void ApiServer::State::changeCertificate(const std::string &fault, bool isOn, const Query &options)
{
    const auto leave = [this] {
        if (hooks.sendAway)
            asio::post(loop, hooks.sendAway); // after this answer has left
    };
    if (fault == "api-rotate" && isOn && hooks.rotateCredentials) {
        hooks.rotateCredentials();
        leave();
    }
    if (fault != "api-foreign-ca" || !hooks.showForeignCertificate)
        return;
    hooks.showForeignCertificate(isOn);
    leave();
    foreignUntil.cancel();
    const int seconds = options.has("seconds") ? std::atoi(options.value("seconds").c_str()) : 60;
    if (!isOn || seconds <= 0)
        return;
    foreignUntil.expires_after(std::chrono::seconds(seconds));
    foreignUntil.async_wait([state = weak_from_this()](const asio::error_code &error) {
        if (const auto alive = state.lock(); alive && !error)
            (void)alive->setFault("api-foreign-ca", false, Query());
    });
}

Value ApiServer::State::listed() const
{
    Value all = faults.listed();
    if (hooks.incidents)
        all.set("incidents", hooks.incidents());
    return all;
}

StoreResult<Answer> ApiServer::State::answerFault(const Call &call)
{
    const std::string name(
        call.head.path().substr(std::string_view("/_sim").size() + (call.head.path().size() > 5 ? 1 : 0)));
    if (call.verb == "get" && (name.empty() || name == "faults"))
        return answerOf(listed(), {});
    if (call.verb != "post" && call.verb != "delete")
        return tl::unexpected(wrongMethod());
    if (const auto set = setFault(name, call.verb == "post", call.query); !set)
        return tl::unexpected(set.error());
    return answerOf(Value::object({{"fault", name}, {"on", call.verb == "post"}}), {});
}

// What a fault makes of a request before anything else sees it.
asio::awaitable<std::optional<StoreError>> ApiServer::State::trouble(const edge::RequestHead &head)
{
    if (isForFaults(head))
        co_return std::nullopt;
    if (faults.delay().count() > 0) {
        asio::steady_timer timer(loop, faults.delay());
        asio::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (head.path().starts_with("/healthz") || head.path().starts_with("/readyz")
        || head.path().starts_with("/livez"))
        co_return std::nullopt; // exempt from priority and fairness
    co_return faults.refusal();
}

} // namespace demo
