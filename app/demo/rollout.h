// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The next step of a Deployment's roll-out as its controller goes them: never more than maxSurge pods beyond what is wanted, never
// fewer than maxUnavailable allows, and of the old ones first those that serve nobody.  Pure functions.
#include "edge/value.h"

#include <vector>

namespace demo {

struct RolloutLimits
{
    bool recreates = false; // all old ones go before the new ones come
    std::int64_t surge = 0, unavailable = 0;
};
RolloutLimits rolloutLimits(const edge::Value &strategy, std::int64_t replicas);

struct RolloutSet // a ReplicaSet
{
    std::int64_t wanted = 0, available = 0;
};

struct RolloutStep // what each is to be scaled to now
{
    std::int64_t current = 0;
    std::vector<std::int64_t> old;
    bool operator==(const RolloutStep &) const = default;
};
// old: the oldest first.
RolloutStep nextStep(const RolloutSet &current, const std::vector<RolloutSet> &old, std::int64_t replicas,
                     const RolloutLimits &limits);

} // namespace demo
