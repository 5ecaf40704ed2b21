// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One request that asks for another protocol on its connection (Upgrade).  101: the stream is handed over,
// with what followed the head already.  Anything else is an Error made from the server's Status, as for every
// other request.
#include "kube/transport.h"

#include <QPointer>

namespace kube {

struct Upgraded
{
    QHash<QByteArray, QByteArray> headers; // names in lower case
    QByteArray rest;                       // bytes after the head
    ByteLink *link = nullptr;              // the receiver's now, by deleteLater() or the transport's end
};

// Calls answer once, from the event loop, unless context or transport end first.
void upgrade(Transport &transport, const HttpRequest &request, QObject *context,
             std::function<void(Result<Upgraded>)> answer);

} // namespace kube
