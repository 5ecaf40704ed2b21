// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the parts of ApiServer share; for them alone.  Thread: its loop.
#include "app/demo/api_faults.h"
#include "app/demo/api_reply.h"
#include "app/demo/api_server.h"
#include "app/demo/api_users.h"
#include "app/demo/api_watch.h"
#include "app/demo/api_write.h"
#include "app/demo/housekeeping.h"

#include <asio/steady_timer.hpp>

namespace demo {

struct ApiServer::State : std::enable_shared_from_this<ApiServer::State>
{
    State(asio::io_context &l, Store &s, ApiServerHooks h)
        : loop(l)
        , store(s)
        , hooks(std::move(h))
        , writer(store, hooks.mutate)
        , access(store)
        , watches(loop)
        , house(std::make_shared<Housekeeping>(loop, store))
        , foreignUntil(loop)
        , users(store)
    {
    }

    StoreResult<Identity> authenticate(const edge::Request &request) const;
    asio::awaitable<StoreResult<Answer>> answer(edge::Request &request, Call &call,
                                                edge::Responder &responder);
    asio::awaitable<void> serve(edge::Request &request, edge::Responder &responder);
    StoreResult<Answer> answerPath(const Call &call);
    StoreResult<Answer> answerFault(const Call &call);
    Value listed() const;
    StoreResult<void> setFault(const std::string &name, bool isOn, const Query &options);
    void changeCertificate(const std::string &fault, bool isOn, const Query &options);
    asio::awaitable<std::optional<StoreError>> trouble(const edge::RequestHead &head);
    asio::awaitable<StoreResult<Answer>> answerResource(edge::Request &request, Call &call,
                                                        edge::Responder &responder);
    asio::awaitable<StoreResult<Answer>> answerSubresource(Call &call, edge::Responder &responder);
    StoreResult<Answer> answerVerb(Call &call);
    StoreResult<Answer> answerReview(Call &call) const;

    asio::io_context &loop;
    Store &store;
    ApiServerHooks hooks;
    Writer writer;
    Access access;
    Watches watches;
    Faults faults;
    ServerAge age;
    std::shared_ptr<Housekeeping> house;
    asio::steady_timer foreignUntil; // end of the fault api-foreign-ca
    Users users;
    Flow flow;
};

bool isForFaults(const edge::RequestHead &head); // GET, POST and DELETE of /_sim/NAME
StoreError wrongMethod();

} // namespace demo
