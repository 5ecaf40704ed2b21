// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kube/framed_server.h"

#include <QSslSocket>
#include <QtEndian>

#include <algorithm>

namespace {

constexpr int HeadSize = 9, PrefaceSize = 24;
constexpr int FrameLimit = 16384; // what a client allows that has not said otherwise
enum Type : char { Data = 0, Headers = 1, Settings = 4, GoAway = 7 };
enum Flag : char { Ack = 1, EndStream = 1, EndHeaders = 4 };

QByteArray frame(Type type, int flags, quint32 stream, const QByteArray &payload)
{
    QByteArray bytes(HeadSize, '\0');
    qToBigEndian(quint32(payload.size()) << 8 | quint32(type), bytes.data());
    bytes[4] = char(flags);
    qToBigEndian(stream, bytes.data() + 5);
    return bytes + payload;
}

// RFC 7541: ":status: 200" is entry 8 of the static table; "content-length" is entry 28, its value here as it is.
QByteArray headOf(int size)
{
    const QByteArray length = QByteArray::number(size);
    return QByteArray("\x88\x0f\x0d") + char(length.size()) + length;
}

} // namespace

FramedServer::FramedServer(QSslConfiguration tls, QList<int> sizes)
    : m_sizes(std::move(sizes))
{
    tls.setAllowedNextProtocols({QSslConfiguration::ALPNProtocolHTTP2});
    m_server.setSslConfiguration(tls);
    m_server.listen(QHostAddress::LocalHost);
    QObject::connect(&m_server, &QSslServer::pendingConnectionAvailable, &m_server, [this] { accept(); });
}

void FramedServer::accept()
{
    auto *socket = qobject_cast<QSslSocket *>(m_server.nextPendingConnection());
    QObject::connect(socket, &QSslSocket::readyRead, &m_server, [this, socket] { read(socket); });
    socket->write(frame(Settings, 0, 0, {}));
    read(socket);
}

void FramedServer::read(QSslSocket *socket)
{
    QByteArray &input = m_input[socket];
    input += socket->readAll();
    if (input.startsWith("PRI ") && input.size() < PrefaceSize)
        return;
    qsizetype at = input.startsWith("PRI ") ? PrefaceSize : 0;
    while (at + HeadSize <= input.size()) {
        const quint32 head = qFromBigEndian<quint32>(input.constData() + at);
        const qsizetype end = at + HeadSize + qsizetype(head >> 8);
        if (end > input.size())
            break;
        const char type = char(head & 0xff);
        if (type == Settings && (input[at + 4] & Ack) == 0)
            socket->write(frame(Settings, Ack, 0, {}));
        if (type == Headers)
            m_asked.push_back(qFromBigEndian<quint32>(input.constData() + at + 5));
        if (type == Headers && m_farewell != Farewell::None && m_asked.size() > 1) {
            if (sayFarewell(socket))
                return;
        } else if (type == Headers && m_asked.size() == 1) {
            socket->write(answers(m_asked, m_sizes.mid(0, 1)));
        } else if (type == Headers && m_asked.size() == m_sizes.size()) {
            socket->write(answers(m_asked.mid(1), m_sizes.mid(1)));
        }
        at = end;
    }
    input.remove(0, at);
}

// false: this one came again, and is answered.
bool FramedServer::sayFarewell(QSslSocket *socket)
{
    if (m_asked.size() > 2) {
        socket->write(answers(m_asked.mid(m_asked.size() - 1), m_sizes.mid(0, 1)));
        return false;
    }
    QByteArray words(8, '\0'); // the last stream that was taken; no error
    qToBigEndian(m_farewell == Farewell::Taken ? m_asked[1] : m_asked[0], words.data());
    socket->write(frame(GoAway, 0, 0, words));
    socket->disconnectFromHost();
    return true;
}

// Their heads, then a frame of each in turn.
QByteArray FramedServer::answers(const QList<quint32> &streams, QList<int> left) const
{
    QByteArray bytes;
    for (qsizetype i = 0; i < streams.size(); ++i)
        bytes += frame(Headers, EndHeaders, streams[i], headOf(left[i]));
    for (bool isMore = true; isMore;) {
        isMore = false;
        for (qsizetype i = 0; i < streams.size(); ++i) {
            if (left[i] == 0)
                continue;
            const int size = std::min(left[i], FrameLimit);
            left[i] -= size;
            bytes += frame(Data, left[i] == 0 ? EndStream : 0, streams[i], bodyOf(size));
            isMore = isMore || left[i] > 0;
        }
    }
    return bytes;
}
