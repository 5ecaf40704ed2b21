// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The container of the real prometheus program, where there is one (else builtin_prometheus.h): gets the ConfigMap's prometheus.yml, as it is at the start of
// the pod.
#include "app/demo/program.h"

namespace demo {

class PrometheusProgram : public Program
{
public:
    explicit PrometheusProgram(const ContainerContext &context);
    ~PrometheusProgram() override;
    edge::Result<void> start() override;
    void stop() override;
    bool isReady() const override { return *m_ready; }
    std::vector<InboundPort> ports() const override;

private:
    void askReady();

    ContainerContext m_context;
    Timer m_poll;
    std::uint16_t m_port = 0;
    std::shared_ptr<bool> m_ready = std::make_shared<bool>(false); // a poll in flight may outlive this
    bool m_started = false;
};

} // namespace demo
