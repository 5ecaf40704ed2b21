// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// YAML whose documents may be lists of objects (`kind: List`), with the lines that these stand on.
#include "edge/value.h"

namespace edge {

struct YamlItem
{
    std::string path; // in its document: "items[2]", "items[0].items[1]"
    int line = 0;     // where it begins; the text's first is 0
};
struct YamlDocument
{
    Value value;
    std::vector<YamlItem> items;
};
// As parseYaml().
Result<std::vector<YamlDocument>> parseYamlItems(std::string_view text, std::string_view fileName = {},
                                                 DuplicateKeys duplicates = DuplicateKeys::Refuse);

} // namespace edge
