// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What would end a finding, where that is certain enough to be offered as a change with a diff: never a
// guess, never a deletion.  Pure; what it answers is a wish, planned against the server's state like any
// other.
#include "models/analysis/edge_view.h"

#include <optional>

namespace models {

struct FindingFix
{
    QString title;     // "Fix MT-001 of Mapping default/quote-backend"
    edge::Value part;  // laid over the object that is there; null: the guide's step does it
    QString guideStep; // "" none
};
// Answers nothing for codes that need a person: a shadowed Mapping, an ended certificate.
std::optional<FindingFix> fixOf(const Finding &finding, const Snapshot &snapshot, const EdgeView &view);

} // namespace models
