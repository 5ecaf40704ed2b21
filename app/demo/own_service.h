// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// default/kubernetes: the Service, Endpoints and EndpointSlice by which an API server is found in its own cluster.
#include "app/demo/store.h"

namespace demo {

inline constexpr std::uint16_t OwnPort = 6443;
void addOwnService(Store &store, const std::string &address); // which it has inside; at OwnPort

} // namespace demo
