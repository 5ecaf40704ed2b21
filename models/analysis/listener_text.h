// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a port of the edge speaks, in one word or three: the same in the window and on the command line.
#include "edge/config.h"

#include <QString>

namespace models {

QString protocolText(const edge::Listener &listener); // "HTTP", "HTTP, TLS", "TCP, TLS, PROXY", "HTTP/3"

} // namespace models
