// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What becomes of an object in the types of Emissary's watcher, which is written in Go: from 2.x on each object, of an API
// server as of an annotation, is read into them and written anew (facts emissary-routing.md §1.13).  Seen in 2.5.1, 3.9.1
// and 4.1.0.
#include "edge/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace edge {

// Go's own form of a time, "90s" as "1m30s"; nothing where Go reads none in it.
std::optional<std::string> goDuration(std::string_view text);

// The spec without the zeros that are lost on that way though nobody asks for them; nothing where it has none.
std::optional<Value> withoutLostZeros(const std::string &kind, const Value &spec);

// Whether a member that the schema asks for is lost where it is empty, 0 or false: most are, and then the schema refuses
// the object.  place: of the object that has the member, kind and path as in the rules of schema.h.
bool losesZeros(std::string_view place);

} // namespace edge
