// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One TLS handshake with the edge, as a client that asks for one name makes it.  Nothing is verified and
// nothing is sent after it: what counts is what was presented.  Blocks: for a worker thread.
#include "app/edge_access.h"
#include "ui/pages/certificates_page.h"

namespace app::gui {

// ways: of edgeAccesses(…, tls); the first with an address is taken, the API server's proxy cannot show a
// handshake.  The answer has no key.
ui::HandshakeAnswer shakeHands(const QList<EdgeAccess> &ways, const QString &serverName, int timeoutMs);

} // namespace app::gui
