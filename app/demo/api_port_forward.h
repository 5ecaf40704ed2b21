// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// pods/portforward as kube-apiserver and kubelet do it together: SPDY/3.1 by POST, since 1.31 the same bytes in WebSocket messages
// (subprotocol SPDY/3.1+portforward.k8s.io), and WebSocket channels (v4).  It reaches the application in the pod, behind its sidecar.
#include "app/demo/api_streams.h"
#include "app/demo/server_age.h"

namespace demo {

asio::awaitable<StoreResult<void>> servePortForward(asio::io_context &loop, const Store &store,
                                                    const ApiServerHooks &hooks, const ServerAge &age,
                                                    const Call &call, edge::Responder &responder);

} // namespace demo
