// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A load balancer's port for one port of a Service: stays the same while pods come and go.  Bytes only;
// nothing is read.  Thread: the loop.
#include "app/demo/service_directory.h"
#include "edge/server.h"

namespace demo {

class ExternalPort
{
public:
    ExternalPort(asio::io_context &loop, ServiceDirectory &directory, ServiceName service,
                 std::uint16_t port);
    edge::Result<std::uint16_t> listen();
    void stop();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace demo
