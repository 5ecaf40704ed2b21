// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as what a WebSocket server sends; the first byte says where the pieces are cut: the same messages come out
// as of one piece, and a link over them ends or goes on, but never crashes.
#include "kube/websocket.h"
#include "tests/fuzz/memory_link.h"

#include <QCoreApplication>

#include <cstdlib>
#include <optional>

using kube::websocket::Message;
using kube::websocket::Reader;

namespace {

struct Read
{
    QList<Message> messages;
    bool isBroken = false;
};

Read read(const QByteArray &bytes, qsizetype piece)
{
    Reader reader;
    Read result;
    for (qsizetype at = 0; at < bytes.size() && !result.isBroken; at += piece) {
        const auto messages = reader.feed(bytes.mid(at, piece));
        result.isBroken = !messages;
        if (messages)
            result.messages += *messages;
    }
    return result;
}

bool isSame(const Message &one, const Message &other)
{
    return one.opcode == other.opcode && one.payload == other.payload;
}

void feedLink(const QByteArray &bytes, qsizetype piece)
{
    auto *const wire = new MemoryLink;
    {
        kube::websocket::Link link(kube::Upgraded{{}, {}, wire});
        link.onBytes = [&link](const QByteArray &payload) { link.send(payload); };
        link.onClosed = [](const QString &) {};
        for (qsizetype at = 0; at < bytes.size(); at += piece) {
            if (wire->onBytes)
                wire->onBytes(bytes.mid(at, piece));
        }
    }
    delete wire;
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
    if (whole.isBroken != cut.isBroken) // of one broken piece nothing comes out
        std::abort();
    if (!whole.isBroken
        && !std::equal(whole.messages.begin(), whole.messages.end(), cut.messages.begin(), cut.messages.end(),
                       isSame))
        std::abort();
    feedLink(bytes, piece);
    return 0;
}
