// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/websocket.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

#include <array>

using namespace Qt::StringLiterals;

namespace kube::websocket {
namespace {

tl::unexpected<Error> broken(const QString &why)
{
    return failure(Error::Kind::Protocol, u"WebSocket: "_s + why);
}

quint64 bigEndian(const QByteArray &bytes, qsizetype from, int size)
{
    quint64 value = 0;
    for (int i = 0; i < size; ++i)
        value = value << 8 | quint8(bytes[from + i]);
    return value;
}

void appendBigEndian(QByteArray &out, quint64 value, int size)
{
    for (int i = size - 1; i >= 0; --i)
        out.append(char(value >> (8 * i) & 0xff));
}

std::array<char, 4> newMask()
{
    const quint32 random = QRandomGenerator::global()->generate();
    return {char(random), char(random >> 8), char(random >> 16), char(random >> 24)};
}

bool isControl(quint8 opcode) { return opcode >= 8; }

} // namespace

QByteArray frame(Opcode opcode, const QByteArray &payload, const std::array<char, 4> &mask)
{
    QByteArray out;
    out.reserve(payload.size() + 14);
    out.append(char(0x80 | quint8(opcode)));
    if (payload.size() < 126) {
        out.append(char(0x80 | payload.size()));
    } else {
        const bool isShort = payload.size() <= 0xffff;
        out.append(char(0x80 | (isShort ? 126 : 127)));
        appendBigEndian(out, quint64(payload.size()), isShort ? 2 : 8);
    }
    out.append(mask.data(), 4);
    for (qsizetype i = 0; i < payload.size(); ++i)
        out.append(char(payload[i] ^ mask[size_t(i % 4)]));
    return out;
}

QByteArray acceptOf(const QByteArray &key)
{
    return QCryptographicHash::hash(QByteArray(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"),
                                    QCryptographicHash::Sha1)
        .toBase64();
}

Result<QList<Message>> Reader::feed(const QByteArray &piece)
{
    m_input.append(piece);
    QList<Message> messages;
    for (;;) {
        const Result<bool> more = one(messages);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            return messages;
    }
}

Result<bool> Reader::one(QList<Message> &messages)
{
    if (m_input.size() < 2)
        return false;
    const quint8 first = quint8(m_input[0]), second = quint8(m_input[1]);
    const quint8 code = first & 0x0f;
    const bool isFinal = (first & 0x80) != 0;
    if ((first & 0x70) != 0 || (code > 2 && code < 8) || code > 10)
        return broken(u"a frame of an unknown kind"_s);
    if ((second & 0x80) != 0)
        return broken(u"the server masks its frames"_s);
    const int lengthBytes = (second & 0x7f) == 126 ? 2 : (second & 0x7f) == 127 ? 8 : 0;
    if (m_input.size() < 2 + lengthBytes)
        return false;
    const quint64 size = lengthBytes == 0 ? second & 0x7f : bigEndian(m_input, 2, lengthBytes);
    if (isControl(code) && (!isFinal || size > 125))
        return broken(u"a control frame is too long or in pieces"_s);
    if (size > MaxMessage || size + quint64(m_message.size()) > MaxMessage)
        return broken(u"a message is larger than 16 MiB"_s);
    const qsizetype from = 2 + lengthBytes;
    if (quint64(m_input.size()) < quint64(from) + size)
        return false;
    const QByteArray payload = m_input.mid(from, qsizetype(size));
    m_input.remove(0, from + qsizetype(size));
    if (isControl(code)) {
        messages.append({Opcode(code), payload});
        return true;
    }
    const bool isContinuation = code == 0, isUnderWay = m_opcode != Opcode::Continuation;
    if (isContinuation != isUnderWay)
        return broken(u"the pieces of a message are in disorder"_s);
    if (!isContinuation)
        m_opcode = Opcode(code);
    m_message.append(payload);
    if (isFinal)
        messages.append({std::exchange(m_opcode, Opcode::Continuation), std::exchange(m_message, {})});
    return true;
}

QByteArray newKey()
{
    QByteArray bytes;
    for (int i = 0; i < 4; ++i)
        appendBigEndian(bytes, QRandomGenerator::global()->generate(), 4);
    return bytes.toBase64();
}

HttpRequest request(const QString &path, const QByteArray &protocol, const QByteArray &key)
{
    HttpRequest request;
    request.path = path;
    request.headers = {"Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + key,
                       "Sec-WebSocket-Protocol: " + protocol};
    return request;
}

Link::Link(Upgraded upgraded, QObject *parent)
    : ByteLink(parent)
    , m_link(upgraded.link)
{
    m_link->onBytes = [this](const QByteArray &bytes) { take(bytes); };
    m_link->onClosed = [this](const QString &why) {
        close(why.isEmpty() ? u"the connection ended without a word"_s : why);
    };
    m_heartbeat.start([this] { write(Opcode::Ping, {}); },
                      [this] { close(u"the server does not answer any more"_s); });
    const QByteArray rest = upgraded.rest;
    QMetaObject::invokeMethod(
        this,
        [this, rest] {
            if (!rest.isEmpty())
                take(rest);
            if (m_link && !m_isClosed)
                m_link->setReading(true);
        },
        Qt::QueuedConnection);
}

Link::~Link()
{
    if (!m_link)
        return;
    m_link->onBytes = nullptr;
    m_link->onClosed = nullptr;
    if (!m_isClosed)
        write(Opcode::Close, QByteArray("\x03\xe8", 2)); // 1000: done
    m_link->deleteLater();
}

void Link::write(Opcode opcode, const QByteArray &payload)
{
    if (m_link && !m_isClosed)
        m_link->send(frame(opcode, payload, newMask()));
}

void Link::send(const QByteArray &bytes)
{
    m_heartbeat.sent(bytes.size());
    write(Opcode::Binary, bytes);
}

void Link::setReading(bool isReading)
{
    m_heartbeat.setReading(isReading);
    if (m_link && !m_isClosed)
        m_link->setReading(isReading);
}

void Link::take(const QByteArray &bytes)
{
    m_heartbeat.heard();
    const QPointer<Link> alive(this);
    const Result<QList<Message>> messages = m_reader.feed(bytes);
    if (!messages)
        return close(messages.error().message);
    for (const Message &message : *messages) {
        if (alive && !m_isClosed)
            handle(message);
    }
}

void Link::handle(const Message &message)
{
    switch (message.opcode) {
    case Opcode::Ping: return write(Opcode::Pong, message.payload);
    case Opcode::Pong: return;
    case Opcode::Close: {
        const int code = message.payload.size() >= 2 ? int(bigEndian(message.payload, 0, 2)) : 1005;
        const QString text = QString::fromUtf8(message.payload.mid(2));
        return close(code == 1000 || code == 1005
                         ? QString()
                         : u"closed by the server (%1%2)"_s.arg(
                             QString::number(code), text.isEmpty() ? text : QString(u": "_s + text)));
    }
    default:
        if (onBytes && !message.payload.isEmpty())
            onBytes(message.payload);
    }
}

void Link::close(const QString &why)
{
    if (std::exchange(m_isClosed, true))
        return;
    m_heartbeat.stop();
    if (m_link)
        m_link->setReading(false);
    if (onClosed)
        onClosed(why);
}

} // namespace kube::websocket
