// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A cluster is made for the first that asks for its name (facts emissary-routing.md 1.8).  What another one wanted of it
// and does not get is said, so that nobody believes it to be at work.
#include "edge/config.h"

namespace edge {

// Adds a Notice for each field in which used, which is configured, differs from asked: of asked.source, with the path of
// the field, and naming used.source.
void tellLostFields(const Cluster &asked, const Cluster &used, std::vector<Diagnostic> &diagnostics);
bool isOfLostField(const Diagnostic &diagnostic); // it is one of these

} // namespace edge
