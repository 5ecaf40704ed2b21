// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a DestinationRule is to say instead where its clients speak what the server does not take (MT-014, MT-030): the part that is
// laid over it.  Only of rules of one Service: one of many hosts is right for others.  Pure; answers nothing where a person must say
// what is meant: TLS of another kind than the mesh's, a subset, ports of which some pods take mutual TLS and others do not.
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

#include <optional>

namespace models {

// All of the rule at once: the changes for two findings of one rule are the same.
std::optional<edge::Value> clientRuleFix(const Finding &finding, const Snapshot &snapshot);

} // namespace models
