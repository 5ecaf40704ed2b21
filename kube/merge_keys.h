// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which lists of the built-in kinds a strategic merge patch merges, and by which field of their elements: what kube-apiserver's
// OpenAPI calls x-kubernetes-patch-merge-key (read from 1.37).  Any other list is one value.
#include <optional>
#include <string_view>

namespace kube {

// parent: the field that the list's object is the value of or an element in; "" for the object itself.  nullopt: one value.
// "": a set of plain values.
std::optional<std::string_view> mergeKeyOf(std::string_view kind, std::string_view parent,
                                           std::string_view field);

// Whether an object there loses the fields that its patch does not name in $retainKeys: unions such as a volume.
bool retainsKeys(std::string_view kind, std::string_view field);

} // namespace kube
