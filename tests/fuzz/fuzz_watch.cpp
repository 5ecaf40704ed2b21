// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a watch's body, whose first byte says where the pieces are cut: the same events come out as of one piece,
// and each is an event of valid JSON or an Error.
#include "kube/json_framer.h"
#include "kube/object_reader.h"
#include "tests/fuzz/json_check.h"

#include <cstdlib>

using kube::JsonFramer;
using kube::WatchEvent;

namespace {

constexpr qsizetype Limit = 4096; // of an event: small, so that it is met

struct Lines
{
    QList<QByteArray> whole;
    QByteArray rest;
    bool isOverflowing = false;
    bool operator==(const Lines &) const = default;
};

Lines split(const QByteArray &body, qsizetype piece)
{
    JsonFramer framer(Limit);
    Lines lines;
    for (qsizetype at = 0; at < body.size(); at += piece)
        lines.whole += framer.feed(body.mid(at, piece));
    lines.isOverflowing = framer.isOverflowing();
    lines.rest = framer.rest();
    return lines;
}

void read(const QByteArray &line)
{
    for (const kube::ResourceType &type :
         {kube::types::mappings(QStringLiteral("v2")), kube::types::secrets()}) {
        const auto event = kube::readEvent(type, line);
        if (!event) {
            if (event.error().message.isEmpty())
                std::abort();
            continue;
        }
        const bool isChange = event->type == WatchEvent::Type::Added
            || event->type == WatchEvent::Type::Modified || event->type == WatchEvent::Type::Deleted;
        if (isChange && (event->object.name.isEmpty() || !isGoodJson(event->object.json)))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray body(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const Lines lines = split(body, std::max<qsizetype>(body.size(), 1));
    if (lines != split(body, 1 + data[0] % 64))
        std::abort();
    for (const QByteArray &line : lines.whole)
        read(line);
    return 0;
}
