// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kube/kubelet_stand_in.h"

#include "kube/spdy.h"
#include "kube/websocket.h"

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

QByteArray serverFrame(quint8 opcode, const QByteArray &payload)
{
    QByteArray out;
    out.append(char(0x80 | opcode));
    if (payload.size() < 126) {
        out.append(char(payload.size()));
    } else {
        const int bytes = payload.size() <= 0xffff ? 2 : 8;
        out.append(char(bytes == 2 ? 126 : 127));
        for (int i = bytes - 1; i >= 0; --i)
            out.append(char(quint64(payload.size()) >> (8 * i) & 0xff));
    }
    return out + payload;
}

// Masked frames of a client, all of them whole messages.
class ClientFrames
{
public:
    QList<QPair<quint8, QByteArray>> feed(const QByteArray &piece)
    {
        m_input += piece;
        QList<QPair<quint8, QByteArray>> frames;
        for (;;) {
            if (m_input.size() < 6)
                return frames;
            qsizetype at = 2;
            quint64 size = quint8(m_input[1]) & 0x7f;
            const int more = size == 126 ? 2 : size == 127 ? 8 : 0;
            if (m_input.size() < at + more + 4)
                return frames;
            if (more > 0)
                size = 0;
            for (int i = 0; i < more; ++i)
                size = size << 8 | quint8(m_input[at++]);
            const QByteArray mask = m_input.mid(at, 4);
            at += 4;
            if (quint64(m_input.size() - at) < size)
                return frames;
            QByteArray payload = m_input.mid(at, qsizetype(size));
            for (qsizetype i = 0; i < payload.size(); ++i)
                payload[i] = char(payload[i] ^ mask[i % 4]);
            frames.append({quint8(m_input[0]) & 0x0f, payload});
            m_input.remove(0, at + qsizetype(size));
        }
    }

private:
    QByteArray m_input;
};

QByteArray answerOf(const QByteArray &bytes, const QByteArray &pod)
{
    return bytes == "who" ? pod : bytes.toUpper();
}
const QByteArray refusal = "an error occurred forwarding 81: connection refused";

} // namespace

// One upgraded connection; bytes in, bytes out by a function.
class KubeletStandIn::Wire : public QObject
{
public:
    using Write = std::function<void(const QByteArray &)>;
    Wire(KubeletStandIn &kubelet, QByteArray pod, Write write, QTcpSocket *parent)
        : QObject(parent)
        , m_kubelet(kubelet)
        , m_pod(std::move(pod))
        , m_write(std::move(write))
    {
        connect(parent, &QTcpSocket::bytesWritten, this, [this, parent] {
            while (m_flooding != 0 && parent->bytesToWrite() < 256 * 1024) {
                const QByteArray piece(16 * 1024, 'f');
                m_kubelet.flooded += piece.size();
                m_write(kube::spdy::dataFrame(m_flooding, 0, piece));
            }
        });
    }

    void spdy(const QByteArray &bytes)
    {
        const auto frames = m_reader.feed(bytes);
        if (!frames)
            qFatal("the client sends broken SPDY");
        for (const kube::spdy::Frame &frame : *frames)
            frame.isControl ? control(frame) : data(frame);
    }

    void channels(const QByteArray &message, int port)
    {
        if (message.isEmpty() || message[0] != 0)
            return;
        if (port == 81)
            return m_write('\1' + refusal);
        m_write('\0' + answerOf(message.mid(1), m_pod));
    }

private:
    struct Stream
    {
        QByteArray type, request, kept;
        int port = 0;
    };
    static QByteArray number(quint32 value)
    {
        QByteArray out;
        for (int shift = 24; shift >= 0; shift -= 8)
            out.append(char(value >> shift & 0xff));
        return out;
    }

    void control(const kube::spdy::Frame &frame)
    {
        if (frame.type == kube::spdy::FrameType::Ping)
            m_write(kube::spdy::controlFrame(frame.type, 0, frame.payload));
        if (frame.type == kube::spdy::FrameType::RstStream)
            m_streams.erase(quint32(quint8(frame.payload[3])));
        if (frame.type != kube::spdy::FrameType::SynStream)
            return;
        quint32 id = 0;
        for (int i = 0; i < 4; ++i)
            id = id << 8 | quint8(frame.payload[i]);
        const auto headers = m_unpacker.unpack(frame.payload.mid(10));
        if (!headers)
            qFatal("the client sends broken headers");
        Stream stream;
        for (const auto &[name, value] : *headers) {
            if (name == "streamtype")
                stream.type = value;
            else if (name == "port")
                stream.port = value.toInt();
            else if (name == "requestid")
                stream.request = value;
        }
        if (m_pod == m_kubelet.dead)
            stream.port = 81;
        m_write(kube::spdy::controlFrame(kube::spdy::FrameType::SynReply, 0,
                                         number(id) + m_packer.pack({{"x", "y"}})));
        if (stream.type == "error" && stream.port == 81)
            m_write(kube::spdy::dataFrame(id, 1, refusal));
        m_streams[id] = stream;
        if (stream.type == "data" && stream.port == 83)
            m_write(kube::spdy::dataFrame(id, 1, "bye"));
        if (stream.type == "data" && stream.port == 84) {
            m_flooding = id;
            m_write(kube::spdy::dataFrame(id, 0, "f"));
        }
    }

    // A kubelet ends both when it is done.
    void end(quint32 id)
    {
        m_write(kube::spdy::dataFrame(id, 1, {}));
        for (const auto &[other, stream] : m_streams) {
            if (stream.type == "error" && stream.request == m_streams[id].request)
                m_write(kube::spdy::dataFrame(other, 1, {}));
        }
    }

    void data(const kube::spdy::Frame &frame)
    {
        const auto found = m_streams.find(frame.stream);
        if (found == m_streams.end() || found->second.type != "data" || found->second.port == 81)
            return;
        const bool isEnd = (frame.flags & 1) != 0;
        if (found->second.port == 83) {
            m_kubelet.heard += frame.payload;
            return;
        }
        if (found->second.port == 82) {
            found->second.kept += frame.payload;
            if (!isEnd)
                return;
            m_write(kube::spdy::dataFrame(frame.stream, 0, found->second.kept.toUpper()));
            return end(frame.stream);
        }
        if (!frame.payload.isEmpty())
            m_write(kube::spdy::dataFrame(frame.stream, 0, answerOf(frame.payload, m_pod)));
        if (isEnd)
            m_write(kube::spdy::dataFrame(frame.stream, 1, {}));
    }

    KubeletStandIn &m_kubelet;
    quint32 m_flooding = 0;
    QByteArray m_pod;
    Write m_write;
    kube::spdy::FrameReader m_reader;
    kube::spdy::HeaderUnpacker m_unpacker;
    kube::spdy::HeaderPacker m_packer;
    std::map<quint32, Stream> m_streams;
};

KubeletStandIn::KubeletStandIn()
{
    m_server.listen(QHostAddress::LocalHost);
    connect(&m_server, &QTcpServer::newConnection, this, &KubeletStandIn::accept);
}

void KubeletStandIn::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        const auto input = std::make_shared<QByteArray>();
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, input] {
            *input += socket->readAll();
            const qsizetype end = input->indexOf("\r\n\r\n");
            if (end < 0)
                return;
            const QByteArray head = input->left(end);
            input->remove(0, end + 4);
            answer(socket, head);
        });
    }
}

void KubeletStandIn::refuse(QTcpSocket *socket, int code, const QByteArray &message)
{
    const QByteArray body = "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + QByteArray::number(code)
        + ",\"message\":\"" + message + "\"}";
    socket->write("HTTP/1.1 " + QByteArray::number(code)
                  + " No\r\nContent-Type: application/json\r\nContent-Length: "
                  + QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

void KubeletStandIn::answer(QTcpSocket *socket, const QByteArray &head)
{
    const QByteArrayList lines = head.split('\n');
    const QByteArray method = lines.first().split(' ').value(0), target = lines.first().split(' ').value(1);
    QHash<QByteArray, QByteArray> headers;
    for (const QByteArray &line : lines.mid(1))
        headers.insert(line.left(line.indexOf(':')).toLower(), line.mid(line.indexOf(':') + 1).trimmed());
    requests.append(method + ' ' + target);
    const QByteArray path = target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?'));
    if (special && special(socket, target))
        return;
    if (path.endsWith("/portforward"))
        return forward(socket, method, target, headers);
    if (!documents.contains(path))
        return refuse(socket, 404, path + " not found");
    const QByteArray body = documents[path];
    socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                  + QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

void KubeletStandIn::forward(QTcpSocket *socket, const QByteArray &method, const QByteArray &target,
                             const QHash<QByteArray, QByteArray> &headers)
{
    const QByteArray protocol = headers.value("sec-websocket-protocol"), pod = target.split('/').value(6);
    const bool isTunnel = protocol == "SPDY/3.1+portforward.k8s.io" && speaksTunnel;
    const bool isChannels = protocol == "v4.channel.k8s.io" && speaksChannels;
    const bool isSpdy = method == "POST" && headers.value("upgrade") == "SPDY/3.1" && speaksSpdy;
    const int port = target.mid(target.indexOf("ports=") + 6).toInt();
    if (pod == dead)
        return refuse(socket, 404, "pods web-1 not found");
    if (isChannels && port == 0)
        return refuse(socket, 400, "query parameter \\\"port\\\" is required");
    if (!isTunnel && !isChannels && !isSpdy)
        return refuse(socket, 400, "unable to upgrade: unknown protocol");
    m_upgraded.append(socket);
    socket->disconnect(this);
    if (isSpdy) {
        socket->write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                      "SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n");
        auto *wire = new Wire(
            *this, pod, [socket](const QByteArray &bytes) { socket->write(bytes); }, socket);
        connect(socket, &QTcpSocket::readyRead, wire, [socket, wire] { wire->spdy(socket->readAll()); });
        return;
    }
    socket->write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                  "websocket\r\nSec-WebSocket-Accept: "
                  + websocket::acceptOf(headers.value("sec-websocket-key"))
                  + "\r\nSec-WebSocket-Protocol: " + protocol + "\r\n\r\n");
    if (isTunnel && endsTunnels) {
        socket->write(serverFrame(8, QByteArray("\x03\xf3", 2) + "no way to the kubelet"));
        return socket->disconnectFromHost();
    }
    auto *wire = new Wire(
        *this, pod, [socket](const QByteArray &bytes) { socket->write(serverFrame(2, bytes)); }, socket);
    if (isChannels) {
        const QByteArray start(1, char(port & 0xff));
        socket->write(serverFrame(2, QByteArray(1, '\0') + start + '\0')
                      + serverFrame(2, QByteArray(1, '\1') + start + '\0'));
    }
    const auto frames = std::make_shared<ClientFrames>();
    connect(socket, &QTcpSocket::readyRead, wire, [socket, wire, frames, isChannels, port] {
        for (const auto &[opcode, payload] : frames->feed(socket->readAll())) {
            if (opcode == 9)
                socket->write(serverFrame(10, payload));
            else if (opcode == 8)
                socket->disconnectFromHost();
            else
                isChannels ? wire->channels(payload, port) : wire->spdy(payload);
        }
    });
}

qsizetype KubeletStandIn::wires() const
{
    return std::count_if(m_upgraded.begin(), m_upgraded.end(), [](const QPointer<QTcpSocket> &socket) {
        return socket && socket->state() == QAbstractSocket::ConnectedState;
    });
}

void KubeletStandIn::cutWires()
{
    for (const QPointer<QTcpSocket> &socket : std::exchange(m_upgraded, {})) {
        if (socket)
            socket->abort();
    }
}
