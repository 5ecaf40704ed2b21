// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The services of the demo: quote (the guide's example, in its JSON shape), cart, orders (v1, v2) and web.
#include "app/demo/pod_identity.h"
#include "edge/handler.h"

#include <functional>

namespace demo {

// log: one line a request.  nullptr: no such image.
std::shared_ptr<edge::Handler> makeApplication(const std::string &image, const PodIdentity &pod,
                                               std::function<void(const std::string &)> log);

} // namespace demo
