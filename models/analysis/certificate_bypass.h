// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hosts that demand a client's certificate and are reached without one: TLS is chosen by the server name of the handshake,
// the virtual host by the request's Host header, and the two need not agree (facts integration-guide.md §13, F20).  Clear
// text is not looked at: that a Host routes it is said by its own `insecure`.
#include "edge/route_table.h"
#include "models/resources/finding.h"

namespace models {

// TLS-011, one for each Host (or TLSContext) that is evaded, by what the table itself answers.  A Mapping that others' Hosts
// serve anyway is not meant.  Pure.
QList<Finding> certificateBypasses(const edge::RouteTable &table);

} // namespace models
