// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The merge patch (RFC 7386) that makes an object what is wished for, as kubectl apply would: members that are not wished for stay as
// they are, but those that an earlier apply has put there go; the spec of Ambassador's and Istio's objects is wished for as a whole.
// Quantities and lists are compared by meaning: "0.1" is "100m", and what a server adds to a list's items makes no difference.
#include "edge/value.h"

namespace models {

edge::Value patchTo(const edge::Value &desired,
                    const edge::Value &current); // an empty object: it is so already

// Everything that is wished for is so, by meaning: lists of the same length, quantities as amounts, more members are no difference.
bool fulfils(const edge::Value &current, const edge::Value &desired);

// The merge patch that makes the one state exactly the other.
edge::Value difference(const edge::Value &before, const edge::Value &after);

} // namespace models
