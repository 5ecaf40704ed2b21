// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A sidecar's access log in Istio's default text format (shared conformance/sidecar/README.md).
#include "app/demo/inbound_listener.h"

namespace demo {

std::string accessLogLine(const InboundRecord &record, const std::string &podAddress);

} // namespace demo
