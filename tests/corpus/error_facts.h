// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an error text of Emissary tells: which field it is about, and the names and values that it mentions.  Ours must
// tell the same about the same object, in words of its own.
#include <string>
#include <vector>

struct ErrorFacts
{
    std::string path;               // spec.weight; "" the text names no field
    std::vector<std::string> words; // that must be said too
};
ErrorFacts factsOf(const std::string &text);
