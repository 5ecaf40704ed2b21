// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One file of the corpus: compiled, compared by meaning, then asked its queries.  Every kind of case is known
// (README.md there).
#include "tests/corpus/difference.h"

std::vector<Difference> runCase(const edge::Value &corpusCase);

// What a real Envoy is to be asked: for each configuration that the case compiles, {bootstrap, queries: [{request,
// answer}]}, answer in our own words (queries.h).
std::vector<edge::Value> envoyTasks(const edge::Value &corpusCase);
