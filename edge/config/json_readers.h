// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The compilers hand on much as it is written, and two programs read what they made, each more strictly than JSON itself:
//  1. `envoy --mode validate`, which the compiler asks.  What that refuses goes no further, and the edge goes on with the
//     last configuration that it took.
//  2. Emissary's control plane in Go (protojson; jsonpb in 1.x), which hands the configuration to the running Envoy.  What
//     that cannot read is as good as an empty configuration: Envoy is told to close every listener.
// Both asked with each value: Envoy 1.37 and 1.40, ambex of 1.11.2, 2.5.1, 3.9.1 and 4.1.0, and for what comes of it ambex
// of 3.9.1 and 4.1.0 with an Envoy 1.37 that served before.
#include "edge/value.h"

#include <string_view>

namespace edge {

enum class Taken {
    ByBoth,
    ByEnvoyAlone, // the edge closes its ports
    ByNeither     // the edge goes on with what it has
};

// true or false.  Envoy takes words for it, too: yes, t, 1 ….
Taken asTruth(const Value &value);

// One of words, each between spaces, or a number up to most.  Envoy takes the words in any letters, and the number as a
// text.
Taken asName(const Value &value, std::string_view words, std::int64_t most);

// A list of texts.  Envoy takes one text for a list of one.
Taken asTexts(const Value &value);

} // namespace edge
