// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/rollout.h"

#include <algorithm>
#include <cstdlib>

namespace demo {

namespace {

using edge::Value;

std::int64_t countOf(const Value &value, std::int64_t replicas, bool roundsUp)
{
    const std::string text = value.isNull() ? "25%" : value.text();
    const std::int64_t number = std::atoll(text.c_str());
    return text.ends_with('%') ? (number * replicas + (roundsUp ? 99 : 0)) / 100 : number;
}

RolloutStep recreated(RolloutStep step, const std::vector<RolloutSet> &old, std::int64_t replicas)
{
    const bool isGone = std::all_of(
        old.begin(), old.end(), [](const RolloutSet &set) { return set.wanted == 0 && set.available == 0; });
    std::fill(step.old.begin(), step.old.end(), 0);
    if (isGone)
        step.current = replicas;
    return step;
}

} // namespace

RolloutLimits rolloutLimits(const Value &strategy, std::int64_t replicas)
{
    const Value &rolling = strategy["rollingUpdate"];
    RolloutLimits limits{strategy["type"].text() == "Recreate", countOf(rolling["maxSurge"], replicas, true),
                         countOf(rolling["maxUnavailable"], replicas, false)};
    if (limits.surge == 0 && limits.unavailable == 0) // it would never begin
        limits.unavailable = 1;
    return limits;
}

RolloutStep nextStep(const RolloutSet &current, const std::vector<RolloutSet> &old, std::int64_t replicas,
                     const RolloutLimits &limits)
{
    RolloutStep step{current.wanted, {}};
    std::int64_t pods = current.wanted, available = current.available;
    for (const RolloutSet &set : old) {
        step.old.push_back(set.wanted);
        pods += set.wanted;
        available += set.available;
    }
    if (limits.recreates)
        return recreated(std::move(step), old, replicas);
    const std::int64_t room = replicas + limits.surge - pods;
    if (current.wanted > replicas || (current.wanted < replicas && room > 0)) {
        step.current = std::min(replicas, current.wanted + std::max<std::int64_t>(room, 0));
        return step;
    }
    const std::int64_t fewest = replicas - limits.unavailable;
    const std::int64_t unready = std::max<std::int64_t>(current.wanted - current.available, 0);
    std::int64_t mayGo = pods - fewest - unready;
    if (mayGo <= 0)
        return step;
    for (std::size_t i = 0; i < old.size(); ++i) { // who is not available is missed by nobody
        const std::int64_t gone =
            std::clamp<std::int64_t>(old[i].wanted - old[i].available, 0, std::max<std::int64_t>(mayGo, 0));
        step.old[i] -= gone;
        mayGo -= gone;
    }
    std::int64_t left = available - fewest;
    for (std::int64_t &wanted : step.old) {
        const std::int64_t gone = std::clamp<std::int64_t>(left, 0, wanted);
        wanted -= gone;
        left -= gone;
    }
    return step;
}

} // namespace demo
