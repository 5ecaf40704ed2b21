// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A slot for signals that come many times in one turn of the event loop, such as a model's dataChanged, one a run
// of rows: the call is made once, in the next turn.
#include <QObject>

#include <functional>

namespace ui {

// The owner lives at least as long as whatever calls the slot, and the call ends with it.
std::function<void()> coalesced(QObject *owner, std::function<void()> call);

} // namespace ui
