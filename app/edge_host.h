// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The edge thread: one asio loop on which test requests are sent with the product's own HTTP client.  Here std::string meets QString.
// Callable from any thread; a future is finished on the edge thread.  A stopped token and destruction end what is under way (its future:
// Cancelled).
#include "edge/client.h"
#include "edge/result.h"
#include "models/analysis/prediction.h"

#include <QFuture>

#include <memory>
#include <stop_token>

namespace app {

class EdgeHost
{
public:
    EdgeHost();
    ~EdgeHost();
    EdgeHost(const EdgeHost &) = delete;
    EdgeHost &operator=(const EdgeHost &) = delete;

    QFuture<edge::Result<edge::Reply>> send(edge::ClientRequest request, std::stop_token stop = {});

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// How a test request is dialled: SNI and TLS from the URL, the address from elsewhere.
edge::Result<edge::ClientRequest> clientRequest(const models::RequestSpec &spec, const QString &address,
                                                quint16 port, int timeoutMs);
models::RequestOutcome outcomeOf(const edge::Result<edge::Reply> &reply);

} // namespace app
