// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as what a SPDY server sends, the first byte says where the pieces are cut: the same frames come out as of
// one piece; any bytes as a header block; and a session with open streams over them, whose callbacks end streams.
#include "kube/spdy.h"
#include "tests/fuzz/memory_link.h"

#include <QCoreApplication>

#include <cstdlib>

using namespace kube::spdy;

namespace {

struct Read
{
    QList<Frame> frames;
    bool isBroken = false;
};

Read read(const QByteArray &bytes, qsizetype piece)
{
    FrameReader reader;
    Read result;
    for (qsizetype at = 0; at < bytes.size() && !result.isBroken; at += piece) {
        const auto frames = reader.feed(bytes.mid(at, piece));
        result.isBroken = !frames;
        if (frames)
            result.frames += *frames;
    }
    return result;
}

bool isSame(const Frame &one, const Frame &other)
{
    return one.isControl == other.isControl && one.type == other.type && one.stream == other.stream
        && one.flags == other.flags && one.payload == other.payload;
}

void unpack(const QByteArray &bytes)
{
    HeaderUnpacker raw;
    (void)raw.unpack(bytes);
    const Headers headers{{"name", bytes}, {bytes.left(20).toLower(), "value"}};
    HeaderPacker packer;
    HeaderUnpacker unpacker;
    const auto back = unpacker.unpack(packer.pack(headers));
    if (!back || *back != headers)
        std::abort();
}

void feedSession(const QByteArray &bytes, qsizetype piece)
{
    auto *const link = new MemoryLink; // the session's
    Session session(link);
    quint32 first = 0;
    StreamCallbacks ends;
    ends.onData = [&](const QByteArray &) { session.finish(first); };
    ends.onEnd = [&] { session.reset(first); };
    ends.onLost = [](const QString &) {};
    first = session.open({{"streamtype", "data"}}, ends);
    StreamCallbacks echoes;
    quint32 second = 0;
    echoes.onData = [&](const QByteArray &data) { session.send(second, data); };
    echoes.onLost = [&](const QString &) { session.open({{"streamtype", "error"}}, {}); };
    second = session.open({{"streamtype", "data"}}, echoes);
    session.onClosed = [](const QString &) {};
    for (qsizetype at = 0; at < bytes.size(); at += piece)
        link->onBytes(bytes.mid(at, piece));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    static int count = 0;
    static QCoreApplication application(count, nullptr);
    if (size == 0)
        return 0;
    const qsizetype piece = 1 + data[0] % 32;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const Read whole = read(bytes, std::max<qsizetype>(bytes.size(), 1)), cut = read(bytes, piece);
    if (whole.isBroken != cut.isBroken)
        std::abort();
    if (!whole.isBroken
        && !std::equal(whole.frames.begin(), whole.frames.end(), cut.frames.begin(), cut.frames.end(),
                       isSame))
        std::abort();
    unpack(bytes);
    feedSession(bytes, piece);
    return 0;
}
