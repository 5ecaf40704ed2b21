// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How an object of the edge is told to speak TLS upstream: the one rule of every fix that does so.  Pure.
#include "edge/value.h"

namespace models {

// The field that names the upstream of an object of this kind: "service", of an AuthService "auth_service".
const char *serviceField(const std::string &kind);

// The members of spec that let the object speak TLS by this TLSContext.  Where its service has no port, the one that is dialled now
// is written out with it: tls alone would send it to 443, which answers nobody.  dialled: 1 to 65535.
edge::Value originationSpec(const edge::Value &object, const std::string &context, int dialled);

} // namespace models
