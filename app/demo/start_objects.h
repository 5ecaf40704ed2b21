// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The objects that a demo cluster begins with: plain YAML in resources/demo/, compiled into the program.
#include "app/demo/demo_options.h"
#include "edge/value.h"

namespace demo {

edge::Result<std::vector<edge::Value>>
startObjects(const DemoOptions &options); // in the order in which they are to be created

} // namespace demo
