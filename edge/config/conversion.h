// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// v1 and v2 objects as v3alpha1 (facts emissary-routing.md §1.13): done by the API server's webhook for
// objects, by the edge itself for annotations.
#include "edge/value.h"

#include <optional>

namespace edge {

// A field that v3alpha1 has and v1 and v2 have not: it is lost on the way, and nothing is said of it.
struct LaterField
{
    std::string_view kind, path;  // below spec
    std::string_view former = {}; // what v2 calls it; empty: it has none
};

// The spec of a v1 or v2 object of this kind without the fields that these have not, which lost tells.
Value prunedSpec(const std::string &kind, Value spec, std::vector<LaterField> &lost);

// What conversion makes of such a spec that its author may not have meant.
struct ConversionNote
{
    std::string path, message; // spec.headers.x
};
std::vector<ConversionNote> conversionNotes(const std::string &kind, const Value &spec);

// What an API server that stores objects as v2 gives back of a v3alpha1 spec; nothing where that is the spec itself.
std::optional<Value> storedSpec(const std::string &kind, const Value &spec);

// Such a spec as a v3alpha1 spec.
Value convertedSpec(const std::string &kind, Value spec);
std::string convertedId(const std::string &ambassadorId);

} // namespace edge
