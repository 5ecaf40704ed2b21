// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Two trees compared member by member; each difference is told with the path of its field.
#include "edge/value.h"

#include <string>
#include <vector>

struct Difference
{
    std::string path; // listeners[0].chains[1].tls.alpn_protocols
    std::string text; // "expected h2, ours is missing"
};

// Members that are null, empty lists and empty objects are the same as absent ones.
void compareValues(const edge::Value &expected, const edge::Value &ours, const std::string &path,
                   std::vector<Difference> &differences);
