// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The end of a connection whose last answer must arrive.  Closing with unread bytes would reset it and could take the answer with it:
// the end is sent first, and what still comes is thrown away for a moment.
#include "edge/stream.h"

namespace edge {

asio::awaitable<void> closeGently(Stream &stream);

} // namespace edge
