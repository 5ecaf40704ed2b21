// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Citadel of Istio up to 1.4: keeps in each namespace a Secret istio.ACCOUNT for each service account, with a certificate
// of the mesh CA that is renewed at half of its life (facts integration-guide.md §4.2).  Thread: the loop.
#include "app/demo/program.h"

namespace demo {

class CitadelProgram : public Program
{
public:
    explicit CitadelProgram(const ContainerContext &context);
    edge::Result<void> start() override;
    void stop() override { m_timer.stop(); }
    std::vector<InboundPort> ports() const override { return {}; }

private:
    void turn();
    void keep(const std::string &nameSpace, const std::string &account);

    ContainerContext m_context;
    Timer m_timer;
    std::map<std::pair<std::string, std::string>, WallTime> m_renewals; // when each is due
};

} // namespace demo
