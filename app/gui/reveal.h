// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One value of one Secret for a person who asked for it.  The journal has the look before the value is
// fetched; it never has the value.  Blocks: for a worker thread.
#include "app/journal.h"
#include "kube/client.h"

namespace app::gui {

kube::Result<QByteArray> reveal(kube::Client &client, const Journal &journal, const models::ObjectRef &secret,
                                const QString &dataKey, std::stop_token stop);

} // namespace app::gui
