// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One pod that runs: its programs, its sidecar, its entries in the network.  What it shows of itself goes
// into status.  Thread: the loop.
#include "app/demo/program.h"

namespace demo {

class RunningPod
{
public:
    RunningPod(World &world, ObjectPtr pod);
    ~RunningPod();
    void start();
    void stop();
    bool isReady() const;
    // Pending while an image cannot be pulled, then Running; Succeeded or Failed once every container has ended for good.
    const char *phase() const;
    Value containerStatuses() const;
    std::shared_ptr<Sidecar> sidecar() const { return m_sidecar; }
    std::function<void()> changed; // something that containerStatuses() shows

private:
    struct Container
    {
        std::string name, image;
        std::unique_ptr<Program> program;
        std::string waitingReason, waitingMessage; // "": runs
        std::string startedAt;
        int restarts = 0;
        std::optional<int> exitCode; // ended for good: restartPolicy
        std::string finishedAt;
        std::unique_ptr<Timer> restart;
        bool awaitsImage() const; // which the demo does not have
    };
    void startContainer(std::size_t index);
    void containerExited(std::size_t index, int code);
    void startSidecar(const Value &container);
    void writeCertificates(const KeyPair &pair, const std::string &folder) const;
    void bindPorts();
    ContainerContext contextFor(std::size_t index);

    World &m_world;
    ObjectPtr m_pod;
    PodIdentity m_identity;
    std::vector<Container> m_containers;
    std::shared_ptr<Sidecar> m_sidecar;
    std::map<std::uint16_t, std::uint16_t> m_captured; // container port → bound port of the inbound listener
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace demo
