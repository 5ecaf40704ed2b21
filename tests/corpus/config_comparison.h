// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A compiled configuration against the one that the corpus expects: groups, listeners, clusters, and which
// objects are complained about.
#include "edge/config/compile.h"
#include "tests/corpus/difference.h"

using Differences = std::vector<Difference>;

edge::CompileOptions optionsOf(const edge::Value &settings);

// resources: whose annotations tell which object an error is about.
void compareConfig(const edge::Value &expected, const edge::Value::Array &resources,
                   const edge::Config &config, Differences &differences);

// whole: from a recording of a whole Envoy, which has other names for listeners and secrets.
void compareListeners(const edge::Value &listeners, const edge::Config &config, Differences &differences,
                      bool whole);
void compareClusters(const edge::Value &clusters, const edge::Config &config, Differences &differences,
                     bool whole);
