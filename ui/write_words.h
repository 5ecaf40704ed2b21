// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The words for how careful writes in a context are, and for why nothing can be written now.
#include "models/resources/connection_state.h"

namespace ui {

constexpr models::ConnectionState::Mode allModes[]{models::ConnectionState::Mode::Normal,
                                                   models::ConnectionState::Mode::Confirm,
                                                   models::ConnectionState::Mode::ReadOnly};
QString modeName(models::ConnectionState::Mode mode);    // "Read-only"
QString modeMeaning(models::ConnectionState::Mode mode); // one sentence
QString modeId(models::ConnectionState::Mode mode);      // of actions: "mode-read-only"
// For a button that would write: why it is disabled; "" it can be.
QString whyNoWrite(const models::ConnectionState &state);
// The same, and else what this account lacks for it: "`patch` on …"; "" it lacks nothing.
QString whyNoWrite(const models::ConnectionState &state, const QString &missingRight);
QString whyMissing(const QString &right); // of that alone, for a button that only reads

} // namespace ui
