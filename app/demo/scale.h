// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A large cluster out of a seed, for benchmarks: Mappings and pods that are objects only (another node's
// kubelet says that they run; nothing listens for them), and a steady stream of changes to them. Promise: the
// same seed and numbers give the same objects, but for uids, versions and times.  Thread: the loop.
#include "app/demo/store.h"
#include "app/demo/timer.h"

#include <chrono>
#include <random>
#include <stop_token>

namespace demo {

struct Scale
{
    int mappings = 0, pods = 0;
    int eventsASecond = 0; // changes to the pods, or to the Mappings where there are no pods
    std::string id;        // ambassador_id of the Mappings; "" none, so that the demo's own edge takes them
    bool operator==(const Scale &) const = default;
};
// "mappings=10000,pods=10000,events=1000/s,id=bench", any part of it; "" is none.
edge::Result<Scale> readScale(const std::string &text);

class ScaledObjects
{
public:
    ScaledObjects(asio::io_context &loop, Store &store, Scale scale, std::uint64_t seed);
    StoreResult<void> create(const std::stop_token &stop = {}); // their namespaces first; until stopped
    void startEvents();
    void setRate(int eventsASecond); // from now on; 0: none
    void stop() { m_timer.stop(); }

private:
    Value mapping(int number);
    Value pod(int number);
    std::string nameSpaceOf(int number) const;
    void pulse();
    void touch(const ResourceKind &kind, int number, const char *prefix);

    Store &m_store;
    Scale m_scale;
    std::mt19937_64 m_random;
    Timer m_timer;
    std::chrono::steady_clock::time_point m_lastPulse;
    int m_owed = 0; // events of part pulses, in thousandths
};

} // namespace demo
