// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/line_splitter.h"

#include "kube/wipe.h"

#include <utility>

namespace kube {
namespace {

QByteArray withoutCarriageReturn(QByteArray line)
{
    if (line.endsWith('\r'))
        line.chop(1);
    return line;
}

} // namespace

LineSplitter::LineSplitter(qsizetype limit)
    : m_limit(limit)
{
}

QList<QByteArray> LineSplitter::feed(const QByteArray &piece)
{
    QList<QByteArray> lines;
    qsizetype from = 0;
    while (!m_overflowing) {
        const qsizetype end = piece.indexOf('\n', from);
        const qsizetype size = (end < 0 ? piece.size() : end) - from;
        if (m_rest.size() + size > m_limit) {
            clear();
            m_overflowing = true;
            break;
        }
        appendAndWipe(m_rest, piece.constData() + from, size);
        if (end < 0)
            break;
        const QByteArray line = withoutCarriageReturn(std::exchange(m_rest, {}));
        if (!line.isEmpty())
            lines.append(line);
        from = end + 1;
    }
    return lines;
}

void LineSplitter::clear()
{
    wipe(std::exchange(m_rest, {}));
    m_overflowing = false;
}

QByteArray LineSplitter::takeRest() { return withoutCarriageReturn(std::exchange(m_rest, {})); }

} // namespace kube
