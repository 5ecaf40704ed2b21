// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A container whose program serves HTTP on each of its containerPorts (or on its PORT variable).
#include "app/demo/program.h"

namespace demo {

class HttpProgram : public Program
{
public:
    HttpProgram(const ContainerContext &context, std::shared_ptr<edge::Handler> application);
    edge::Result<void> start() override;
    void stop() override;
    std::vector<InboundPort> ports() const override { return m_ports; }

private:
    std::function<void(const std::string &)> m_log;
    std::vector<std::uint16_t> m_wanted;
    std::shared_ptr<edge::Handler> m_application;
    edge::Server m_server;
    std::vector<InboundPort> m_ports;
};

} // namespace demo
