// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Fields that are read and yet change nothing, because of what else is said: one table of them, by object.  What one
// Mapping of a group says and another decides is told by group_losses.h.
#include "edge/config/compile.h"
#include "edge/config/rules.h"

#include <string_view>

namespace edge {

struct EffectFacts // what decides whether a field is at work
{
    const Value &spec;
    const Rules &rules;
    bool redirects = false, mirrors = false; // the Mapping is a host_redirect, a shadow
    bool hasAuth = false, isLimited = false; // there is an AuthService, a RateLimitService
    bool keepsOrigins = false;               // cors.origins "a,b" stays one origin
    bool asksConsul = false;                 // its resolver is Consul's
    bool isSchemeTold = false;               // a Listener tells secure requests by x-forwarded-proto
};

// A Notice of ref for each field of the table that says something and changes nothing.
void tellEffectless(const ResourceRef &ref, const EffectFacts &facts, std::vector<Diagnostic> &diagnostics);

} // namespace edge
