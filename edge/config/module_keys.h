// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The keys of a Module named ambassador (facts ambassador-crds.md §3): which a generation reads.
#include "edge/config/compile.h"

namespace edge {

struct KeyRemark
{
    std::string path;    // below spec.config, with dots
    std::string message; // a sentence
};
// Each key of the config that says something and is not acted on.  isLimited: there is a RateLimitService.
std::vector<KeyRemark> ignoredModuleKeys(const Value &config, Compat compat, bool isLimited);
// Of a diagnostic's path: does the edge act on this key, and only this program does not?
bool isKeyOfTheEdgeAlone(std::string_view path);

} // namespace edge
