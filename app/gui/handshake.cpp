// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/handshake.h"

#include "app/tls_handshake.h"

namespace app::gui {

ui::HandshakeAnswer shakeHands(const QList<EdgeAccess> &ways, const QString &serverName, int timeoutMs)
{
    const Handshake made = app::shakeHands(ways, serverName, timeoutMs);
    return {{},          made.at,    made.address,   made.serverName, made.protocol,
            made.cipher, made.chain, made.elapsedMs, made.error};
}

} // namespace app::gui
