// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Connections to ports of one pod, by whichever of three protocols the server speaks (facts kube-client.md
// §1.11), tried in this order: SPDY tunnelled in a WebSocket, SPDY, WebSocket channels (v4, one socket a
// connection, no half-close).
#include "kube/transport.h"

namespace kube {

struct ForwardCallbacks
{
    std::function<void(const QByteArray &)> onData;
    std::function<void()> onEnd; // the pod has sent everything
    std::function<void(const QString &text)>
        onError;                    // what the kubelet says: the port is closed, the pod is gone …
    std::function<void()> onClosed; // nothing comes after it
};

class ForwardWire : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    using Id = quint64;
    virtual Id open(int port, ForwardCallbacks callbacks) = 0;
    virtual void send(Id id, const QByteArray &bytes) = 0;
    virtual void finish(Id id) = 0; // we send nothing more
    virtual void close(Id id) = 0;  // nothing is heard of it any more
    virtual qint64 unsentBytes(Id id) const = 0;
    virtual void
    setReading(Id id, bool isReading) = 0; // SPDY has no flow control of its own: then all connections wait
    virtual QString name() const = 0;

Q_SIGNALS:
    void lost(const QString &why); // the wire is of no more use

public:
    // The wire is the context's child.  A server that refuses all three: the error of the one that said most.
    static void dial(Transport &transport, const QString &nameSpace, const QString &pod, QObject *context,
                     std::function<void(Result<ForwardWire *>)> answer);
};

} // namespace kube
