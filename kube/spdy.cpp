// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/spdy.h"

#include <QPointer>

using namespace Qt::StringLiterals;

namespace kube::spdy {
namespace {

constexpr quint8 fin = 1;
constexpr quint32 statusCancel = 5;
constexpr qsizetype maxPayload = 64 * 1024; // others have their turn between two frames

void appendNumber(QByteArray &out, quint32 value, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out.append(char(value >> shift & 0xff));
}

quint32 number(const QByteArray &bytes, qsizetype from)
{
    quint32 value = 0;
    for (qsizetype i = from; i < from + 4; ++i)
        value = value << 8 | quint32(quint8(i < bytes.size() ? bytes[i] : 0));
    return value;
}

} // namespace

QByteArray controlFrame(FrameType type, quint8 flags, const QByteArray &payload)
{
    QByteArray out("\x80\x03", 2);
    appendNumber(out, quint32(type), 2);
    out.append(char(flags));
    appendNumber(out, quint32(payload.size()), 3);
    return out + payload;
}

QByteArray dataFrame(quint32 stream, quint8 flags, const QByteArray &payload)
{
    QByteArray out;
    appendNumber(out, stream & 0x7fffffff, 4);
    out.append(char(flags));
    appendNumber(out, quint32(payload.size()), 3);
    return out + payload;
}

Result<QList<Frame>> FrameReader::feed(const QByteArray &piece)
{
    m_input.append(piece);
    QList<Frame> frames;
    qsizetype at = 0;
    while (m_input.size() - at >= 8) {
        const quint32 head = number(m_input, at), rest = number(m_input, at + 4);
        const qsizetype size = rest & 0xffffff;
        if (m_input.size() - at - 8 < size)
            break;
        Frame frame;
        frame.isControl = (head & 0x80000000) != 0;
        if (frame.isControl && (head >> 16 & 0x7fff) != 3)
            return failure(Error::Kind::Protocol, u"SPDY: a frame of another version"_s);
        frame.type = FrameType(head & 0xffff);
        frame.stream = frame.isControl ? 0 : head;
        frame.flags = quint8(rest >> 24);
        frame.payload = m_input.mid(at + 8, size);
        frames.append(frame);
        at += 8 + size;
    }
    m_input.remove(0, at);
    return frames;
}

Session::Session(ByteLink *link, QObject *parent)
    : QObject(parent)
    , m_link(link)
{
    m_link->setParent(this);
    m_link->onBytes = [this](const QByteArray &bytes) { take(bytes); };
    m_link->onClosed = [this](const QString &why) { close(why); };
    m_heartbeat.start([this] { ping(); }, [this] { close(u"the server does not answer any more"_s); });
}

void Session::setReading(bool isReading)
{
    m_heartbeat.setReading(isReading);
    m_link->setReading(isReading);
}

void Session::ping()
{
    QByteArray payload;
    appendNumber(payload, m_nextPing, 4);
    m_nextPing += 2;
    m_link->send(controlFrame(FrameType::Ping, 0, payload));
}

quint32 Session::open(const Headers &headers, StreamCallbacks callbacks)
{
    const quint32 id = m_nextId;
    m_nextId += 2;
    m_streams[id].callbacks = std::move(callbacks);
    QByteArray payload;
    appendNumber(payload, id, 4);
    appendNumber(payload, 0, 4); // goes with no other stream
    appendNumber(payload, 0, 2); // priority, slot
    m_link->send(controlFrame(FrameType::SynStream, 0, payload + m_packer.pack(headers)));
    return id;
}

void Session::send(quint32 stream, const QByteArray &bytes)
{
    if (m_streams.count(stream) == 0 || !m_isAlive)
        return;
    m_heartbeat.sent(bytes.size());
    for (qsizetype at = 0; at < bytes.size(); at += maxPayload)
        m_link->send(dataFrame(stream, 0, bytes.mid(at, maxPayload)));
}

void Session::finish(quint32 stream)
{
    const auto found = m_streams.find(stream);
    if (found == m_streams.end() || std::exchange(found->second.weFinished, true) || !m_isAlive)
        return;
    m_link->send(dataFrame(stream, fin, {}));
    if (found->second.theyFinished)
        m_streams.erase(found);
}

void Session::reset(quint32 stream)
{
    if (m_streams.erase(stream) == 0 || !m_isAlive)
        return;
    QByteArray payload;
    appendNumber(payload, stream, 4);
    appendNumber(payload, statusCancel, 4);
    m_link->send(controlFrame(FrameType::RstStream, 0, payload));
}

void Session::take(const QByteArray &bytes)
{
    m_heartbeat.heard();
    const QPointer<Session> alive(this);
    const Result<QList<Frame>> frames = m_reader.feed(bytes);
    if (!frames)
        return close(frames.error().message);
    if (onSign && !frames->isEmpty())
        onSign();
    for (const Frame &frame : *frames) {
        if (alive && m_isAlive)
            handle(frame);
    }
}

void Session::handle(const Frame &frame)
{
    if (!frame.isControl)
        return handleData(frame);
    const quint32 id = number(frame.payload, 0) & 0x7fffffff;
    switch (frame.type) {
    case FrameType::SynReply:
        if (const Result<Headers> headers = m_unpacker.unpack(frame.payload.mid(4)); !headers)
            return close(headers.error().message);
        if ((frame.flags & fin) != 0)
            ended(id);
        return;
    case FrameType::SynStream: // a server opens none here; but the block must be read, since blocks share one
                               // zlib stream
        if (const Result<Headers> headers = m_unpacker.unpack(frame.payload.mid(10)); !headers)
            return close(headers.error().message);
        return;
    case FrameType::MoreHeaders:
        if (const Result<Headers> headers = m_unpacker.unpack(frame.payload.mid(4)); !headers)
            return close(headers.error().message);
        return;
    case FrameType::RstStream:
        return lose(id, u"the other side reset it (%1)"_s.arg(number(frame.payload, 4)));
    case FrameType::Ping:
        if (id % 2 == 0) // theirs
            m_link->send(controlFrame(FrameType::Ping, 0, frame.payload));
        return;
    case FrameType::GoAway: return close(u"the server ends the session"_s);
    default: return;
    }
}

void Session::handleData(const Frame &frame)
{
    const QPointer<Session> alive(this);
    const auto found = m_streams.find(frame.stream);
    if (found == m_streams.end())
        return;
    const auto onData = found->second.callbacks.onData;
    if (!frame.payload.isEmpty() && onData)
        onData(frame.payload);
    if (alive && (frame.flags & fin) != 0)
        ended(frame.stream);
}

void Session::ended(quint32 id)
{
    const auto found = m_streams.find(id);
    if (found == m_streams.end() || std::exchange(found->second.theyFinished, true))
        return;
    const auto onEnd = found->second.callbacks.onEnd;
    if (found->second.weFinished)
        m_streams.erase(found);
    if (onEnd)
        onEnd();
}

void Session::lose(quint32 id, const QString &why)
{
    const auto found = m_streams.find(id);
    if (found == m_streams.end())
        return;
    const auto onLost = found->second.callbacks.onLost;
    m_streams.erase(found);
    if (onLost)
        onLost(why);
}

void Session::close(const QString &why)
{
    if (!std::exchange(m_isAlive, false))
        return;
    m_heartbeat.stop();
    const QPointer<Session> alive(this);
    while (alive && !m_streams.empty())
        lose(m_streams.begin()->first, why.isEmpty() ? u"the session ended"_s : why);
    if (alive && onClosed)
        onClosed(why);
}

} // namespace kube::spdy
