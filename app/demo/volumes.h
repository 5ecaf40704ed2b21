// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a container's path is: inside a mounted emptyDir the folder on this machine that the pod's containers share, inside a
// mounted Secret one of its keys.
#include "edge/value.h"

#include <optional>

namespace demo {

// folder: the demo's temporary one.  nullopt: no emptyDir is mounted there.
std::optional<std::string> volumePath(const std::string &folder, const edge::Value &pod,
                                      const edge::Value &container, std::string_view path);

struct MountedSecret
{
    std::string name, key;
};
// As a whole, its keys the names of the files.  nullopt: no Secret is mounted there.
std::optional<MountedSecret> mountedSecret(const edge::Value &pod, const edge::Value &container,
                                           std::string_view path);

} // namespace demo
