// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether a text is YAML at all.  yaml-cpp 0.7 reads on where kubectl's reader stops: behind a quote that is never closed, after a last
// line without its colon, at characters that begin nothing.  That reader (go-yaml) was made after libyaml, so libyaml is asked first.
// Pure.
#include "edge/yaml_source.h"

#include <optional>
#include <string>
#include <string_view>

namespace edge {

struct YamlFault
{
    YamlPlace where; // of the quote, key or tag that has no end, else where reading could not go on
    std::string why;
};

// The first thing that keeps the text from being YAML 1.1 of at most so many levels; nullopt: nothing does.  Bytes that are no UTF-8 are
// none of its business.  Linear in the text.
std::optional<YamlFault> yamlFault(std::string_view text, int depthLimit);

} // namespace edge
