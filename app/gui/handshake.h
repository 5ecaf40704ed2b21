// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// app/tls_handshake.h, as the page of certificates shows it.  Blocks: for a worker thread.
#include "app/edge_access.h"
#include "ui/pages/certificates_page.h"

namespace app::gui {

// The answer has no key.
ui::HandshakeAnswer shakeHands(const QList<EdgeAccess> &ways, const QString &serverName, int timeoutMs);

} // namespace app::gui
