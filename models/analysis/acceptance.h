// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a person takes upon themselves in a switch to STRICT, by name and with a reason: a row of the preflight that is only
// likely to break something, or a check after a step that nobody can answer.  Never a BLOCKER, never a failed check.  Pure.
#include "kube/result.h"
#include "models/resources/finding.h"

namespace models {

struct Acceptance
{
    QString check;  // "E8", "V9"
    QString object; // "Deployment ambassador/ambassador", or without the kind; "" every one
    QString reason;
    bool operator==(const Acceptance &) const = default;
    QString text() const; // "E8 of Deployment ambassador/ambassador (outside the mesh)"
};

// ROW[:OBJECT]=REASON.  The error says what is wrong with it.
kube::Result<Acceptance> parseAcceptance(const QString &text);

bool isAccepted(const Acceptance &by, const QString &check, const ObjectRef &object);

} // namespace models
