// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A container that calls the addresses in its args a few times, in plaintext as a program without a sidecar
// does, writes what came of it into its log and ends: 0 if every answer was a success, else 1.
#include "app/demo/program.h"

namespace demo {

class JobProgram : public Program
{
public:
    explicit JobProgram(const ContainerContext &context);
    edge::Result<void> start() override;
    void stop() override { m_alive.reset(); }
    std::vector<InboundPort> ports() const override { return {}; }

private:
    asio::awaitable<void> run(std::weak_ptr<bool> alive);

    ContainerContext m_context;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace demo
