// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What YAML's plain scalars mean to Kubernetes: YAML 1.1 with the tables of the reader that kubectl uses (shared
// conformance/yaml-scalars.*, tests/edge/yaml_kubectl.json).  Pure.
#include "edge/value.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace edge {

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words);

Value readPlain(const std::string &text);
// A plain scalar as the key of a map, all of which are texts in JSON; nullopt: Kubernetes takes none of this type.
std::optional<std::string> readPlainKey(const std::string &text);
bool fitsTag(std::string_view tag, const std::string &text); // of int, float, bool, null
bool isNoJsonNumber(const std::string &text);                // .inf, .nan

} // namespace edge
