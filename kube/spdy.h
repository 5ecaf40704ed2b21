// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// SPDY/3.1 as Kubernetes speaks it (facts kube-client.md §1.11): streams over one link, header blocks
// compressed with the protocol's dictionary.  No flow control: Kubernetes sends no WINDOW_UPDATE, so who is
// slow stops reading the link, and with it all streams. Frames that streams do not need (SETTINGS, WINDOW_UPDATE, HEADERS) are read
// over.  A broken frame ends the session.
#include "kube/byte_link.h"
#include "kube/heartbeat.h"
#include "kube/result.h"

#include <map>
#include <memory>

struct z_stream_s;

namespace kube::spdy {

using Headers = QList<QPair<QByteArray, QByteArray>>; // names in lower case

enum class FrameType : quint16 {
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    MoreHeaders = 8,
    WindowUpdate = 9
};

struct Frame
{
    bool isControl = false;
    FrameType type = FrameType::Settings; // of a control frame
    quint32 stream = 0;                   // of a data frame
    quint8 flags = 0;                     // 1: FIN
    QByteArray payload;
};

// Pieces of a stream → whole frames, wherever the pieces were cut.
class FrameReader
{
public:
    static constexpr qsizetype MaxFrame = 16 * 1024 * 1024 - 1;
    Result<QList<Frame>> feed(const QByteArray &piece);

private:
    QByteArray m_input;
};

QByteArray controlFrame(FrameType type, quint8 flags, const QByteArray &payload);
QByteArray dataFrame(quint32 stream, quint8 flags, const QByteArray &payload);

// One direction's header blocks share one zlib stream.
class HeaderPacker
{
public:
    HeaderPacker();
    ~HeaderPacker();
    QByteArray pack(const Headers &headers);

private:
    std::unique_ptr<z_stream_s> m_stream;
};

class HeaderUnpacker
{
public:
    HeaderUnpacker();
    ~HeaderUnpacker();
    Result<Headers> unpack(const QByteArray &block);

private:
    std::unique_ptr<z_stream_s> m_stream;
};

struct StreamCallbacks
{
    std::function<void(const QByteArray &)> onData;
    std::function<void()> onEnd;                    // the other side has sent everything
    std::function<void(const QString &why)> onLost; // reset, or the session ended; nothing comes after it
};

class Session : public QObject
{
    Q_OBJECT
public:
    explicit Session(ByteLink *link, QObject *parent = nullptr); // takes the link

    quint32 open(const Headers &headers, StreamCallbacks callbacks);
    void send(quint32 stream, const QByteArray &bytes);
    void finish(quint32 stream); // we send nothing more
    void reset(quint32 stream);  // both ways; nothing is heard of it any more
    bool isAlive() const { return m_isAlive; }
    ByteLink &link() { return *m_link; }
    void setReading(bool isReading);
    Heartbeat &heartbeat() { return m_heartbeat; } // pings; a server that answers none is gone

    void ping();

    std::function<void(const QString &why)> onClosed;
    std::function<void()> onSign; // whatever comes from the other side

private:
    struct Stream
    {
        StreamCallbacks callbacks;
        bool weFinished = false, theyFinished = false;
    };
    void take(const QByteArray &bytes);
    void handle(const Frame &frame);
    void handleData(const Frame &frame);
    void ended(quint32 id);
    void lose(quint32 id, const QString &why);
    void close(const QString &why);

    ByteLink *m_link;
    Heartbeat m_heartbeat;
    quint32 m_nextPing = 1; // a client's are odd
    FrameReader m_reader;
    HeaderPacker m_packer;
    HeaderUnpacker m_unpacker;
    std::map<quint32, Stream> m_streams;
    quint32 m_nextId = 1; // a client's are odd
    bool m_isAlive = true;
};

} // namespace kube::spdy
