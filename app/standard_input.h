// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Standard input that somebody who gives up need not end first.  Blocks, but not beyond the token's stop (but on Windows, where a
// console ends with its program).  Any thread, one at a time.
#include "edge/result.h"

#include <QByteArray>

#include <stop_token>

namespace app {

bool waitForInput(const std::stop_token &stop); // until there is some, or its end; false: stopped

edge::Result<QByteArray> allOfStandardInput(const std::stop_token &stop);

} // namespace app
