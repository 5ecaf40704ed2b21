// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Connections to ports of one pod, by whichever of three protocols the server speaks (facts kube-client.md
// §1.11), tried in this order: SPDY tunnelled in a WebSocket, SPDY, WebSocket channels (v4, one socket a
// connection).  An end of sending passes in both directions, but for channels: there the pod does not hear that we have ended, so the
// connection waits for its answer and ends once that has been silent for LingerMsecs.
#include "kube/transport.h"

namespace kube {

struct ForwardCallbacks
{
    std::function<void(const QByteArray &)> onData;
    std::function<void()> onEnd; // the pod has sent everything; it may still read
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
    enum class Kind { Tunnel, Spdy, Channels };
    virtual Kind kind() const = 0;
    virtual Id open(int port, ForwardCallbacks callbacks) = 0;
    virtual void send(Id id, const QByteArray &bytes) = 0;
    virtual void finish(Id id) = 0; // we send nothing more
    virtual void close(Id id) = 0;  // nothing is heard of it any more
    virtual qint64 unsentBytes(Id id) const = 0;
    virtual void
    setReading(Id id, bool isReading) = 0; // SPDY has no flow control of its own: then all connections wait
    bool keepsApart() const { return kind() == Kind::Channels; } // who is slow makes no other wait
    QString name() const;

    static constexpr int LingerMsecs = 3'000;

Q_SIGNALS:
    void lost(const QString &why); // the wire is of no more use

public:
    // The wire is the context's child.  first: the kind to begin with, which this server is known to speak.  A server that refuses
    // them all: the error of the one that said most.
    static void dial(Transport &transport, const QString &nameSpace, const QString &pod, Kind first,
                     QObject *context, std::function<void(Result<ForwardWire *>)> answer);
};

} // namespace kube
