// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Bodies in Kubernetes' protobuf encoding, of the few kinds that `kubectl create` and `kubectl auth` send so.
#include "edge/value.h"

#include <optional>

namespace demo {

using edge::Value;

bool hasProtobufPrefix(std::string_view body);

// nullopt: no such encoding, or a kind that has no descriptor here (415 is the answer).
std::optional<Value> readProtobuf(std::string_view body);

} // namespace demo
