// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What runs in one container.  Which program that is, is said by the image's name, as in a real cluster.
// Thread: the loop.
#include "app/demo/sidecar.h"
#include "app/demo/world.h"

namespace demo {

struct ContainerContext
{
    World &world;
    PodIdentity pod;
    const Value &podObject; // lives as long as the program
    const Value &container;
    std::function<void(const std::string &)> log;
    std::function<void()> portsChanged; // another ports() than before
    std::function<void(int code)> exited;
};

class Program
{
public:
    virtual ~Program() = default;
    virtual edge::Result<void> start() = 0;
    virtual void stop() = 0;
    virtual bool isReady() const { return true; }
    virtual std::vector<InboundPort> ports() const = 0; // where it listens
};

// nullptr: the demo has no such image; the container then waits in ImagePullBackOff.
std::unique_ptr<Program> makeProgram(const ContainerContext &context);

} // namespace demo
