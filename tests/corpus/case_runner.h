// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One file of the corpus: compiled, compared by meaning, then asked its queries.  Every kind of case is known
// (README.md there).
#include "tests/corpus/difference.h"

std::vector<Difference> runCase(const edge::Value &corpusCase);
