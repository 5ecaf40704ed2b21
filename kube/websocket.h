// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// WebSocket (RFC 6455) as a client speaks it: frames both ways, handshake headers, and a link that carries
// bytes in binary messages. QWebSocket drops the subprotocols of Kubernetes and hides the body of a refusal
// (facts kube-client.md §0).
#include "kube/byte_link.h"
#include "kube/heartbeat.h"
#include "kube/result.h"
#include "kube/upgrade.h"

#include <array>

namespace kube::websocket {

enum class Opcode : quint8 { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

struct Message
{
    Opcode opcode = Opcode::Binary;
    QByteArray payload;
};

QByteArray frame(Opcode opcode, const QByteArray &payload, const std::array<char, 4> &mask);
QByteArray acceptOf(const QByteArray &key); // the server's proof

// Pieces of a stream → whole messages, wherever the pieces were cut.  A server that breaks the protocol is an
// Error, and the end.
class Reader
{
public:
    static constexpr quint64 MaxMessage = 16 * 1024 * 1024;
    Result<QList<Message>> feed(const QByteArray &piece);

private:
    Result<bool> one(QList<Message> &messages); // false: more bytes are needed

    QByteArray m_input;
    QByteArray m_message;
    Opcode m_opcode = Opcode::Continuation; // of the fragmented message under way
};

// "GET path" with its handshake; the answer's link carries binary messages.
HttpRequest request(const QString &path, const QByteArray &protocol, const QByteArray &key);
QByteArray newKey();

class Link : public ByteLink
{
    Q_OBJECT
public:
    explicit Link(Upgraded upgraded, QObject *parent = nullptr);
    ~Link() override;

    void send(const QByteArray &bytes) override;
    qint64 unsentBytes() const override { return m_link ? m_link->unsentBytes() : 0; }
    void setReading(bool isReading) override;
    Heartbeat &heartbeat() { return m_heartbeat; } // pings; a server that answers none is gone

private:
    void write(Opcode opcode, const QByteArray &payload);
    void take(const QByteArray &bytes);
    void handle(const Message &message);
    void close(const QString &why);

    QPointer<ByteLink> m_link;
    Reader m_reader;
    Heartbeat m_heartbeat;
    bool m_isClosed = false;
};

// Dials, shakes hands and checks the answer; the link is the context's child.
void connectTo(Transport &transport, const QString &path, const QByteArray &protocol, QObject *context,
               std::function<void(Result<Link *>)> answer);

} // namespace kube::websocket
