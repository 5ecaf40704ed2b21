// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Mutations that keep JSON what it is: a value somewhere in the tree becomes one of another type, a copy of another
// one, a changed text, or goes.  Bytes changed blindly hardly ever get past the parser.
#include <cstddef>

// For LLVMFuzzerCustomMutator(): every fourth time, and where the input is no JSON, libFuzzer's own mutations.
std::size_t mutateJson(unsigned char *data, std::size_t size, std::size_t maxSize, unsigned seed);
