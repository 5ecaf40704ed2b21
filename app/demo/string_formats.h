// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The formats of strings that a kube-apiserver checks in custom resources (strfmt's, as 1.37 takes them).  Formats that it does not know
// it lets pass; so does the demo, and with creditcard and isbn as well.
#include <string_view>

namespace demo {

bool isKnownStringFormat(std::string_view format);
bool hasStringFormat(std::string_view text, std::string_view format); // true for an unknown one

} // namespace demo
