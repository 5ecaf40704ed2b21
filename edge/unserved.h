// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a configuration asks for and the edge core does not do, although it is compiled and exported.
// Pure; any thread.
#include "edge/config.h"

namespace edge {

struct Unserved
{
    ResourceRef object;   // name "": those of this kind, which the configuration does not name
    std::string path;     // spec.grpc; "" the object as a whole
    std::string sentence; // the same for every object
    bool operator==(const Unserved &) const = default;
};
// In an order of its own, those of one sentence one behind the other; empty if all of it is done.
std::vector<Unserved> unservedBy(const Config &config);

} // namespace edge
