// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Subresources that are no objects: pod logs, the proxies to services and pods.
#include "app/demo/api_server.h"

namespace demo {

// Each answers by itself once it has begun; an error comes back when nothing has been sent.
asio::awaitable<StoreResult<void>> serveLog(asio::io_context &loop, const Store &store,
                                            const ApiServerHooks &hooks, const Call &call,
                                            edge::Responder &responder);
asio::awaitable<StoreResult<void>> serveProxy(const Store &store, const ApiServerHooks &hooks,
                                              const Call &call, edge::Responder &responder);

StoreResult<ObjectPtr> podOf(const Store &store, const Call &call);
StoreError refuseExec(const Store &store, const Call &call); // nothing can be run inside the demo's pods
StoreResult<std::string> containerOf(const Value &pod, const std::string &asked); // the only one, or 400

} // namespace demo
