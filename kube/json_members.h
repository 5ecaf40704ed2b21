// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The parts of a JSON text as they stand in it.  Nothing is copied, parsed or unescaped, so it may be used on Secrets; what is
// given lives as long as the text.  For texts that isJson() (json_syntax.h) has found to be JSON: of others it gives anything that
// stands in them, and never reads beyond their end.
#include <string_view>
#include <vector>

namespace kube {

// The value of the first member whose name is written so; "": there is none, or this is no object.
std::string_view memberOf(std::string_view object, std::string_view name);
// {}: there are none, or this is no array.
std::vector<std::string_view> elementsOf(std::string_view array);
// A string without its quotes, as written (escapes stay); "": something else.
std::string_view writtenText(std::string_view value);

} // namespace kube
