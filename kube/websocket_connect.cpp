// SPDX-License-Identifier: GPL-3.0-or-later
// The way to a WebSocket: apart from the frames, which know no transport.
#include "kube/websocket.h"

using namespace Qt::StringLiterals;

namespace kube::websocket {

void connectTo(Transport &transport, const QString &path, const QByteArray &protocol, QObject *context,
               std::function<void(Result<Link *>)> answer)
{
    const QByteArray key = newKey();
    upgrade(transport, request(path, protocol, key), context,
            [key, protocol, context, answer = std::move(answer)](const Result<Upgraded> &upgraded) {
                if (!upgraded)
                    return answer(tl::unexpected(upgraded.error()));
                const bool isRight = upgraded->headers.value("sec-websocket-accept") == acceptOf(key)
                    && upgraded->headers.value("sec-websocket-protocol") == protocol;
                if (isRight)
                    return answer(new Link(*upgraded, context));
                upgraded->link->deleteLater();
                answer(failure(Error::Kind::Protocol,
                               u"the server agreed to a WebSocket, but not to the protocol %1"_s.arg(
                                   QString::fromLatin1(protocol))));
            });
}

} // namespace kube::websocket
