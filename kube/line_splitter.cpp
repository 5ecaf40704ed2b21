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

LineSplitter::LineSplitter(qsizetype limit, QByteArray cutMark)
    : m_limit(limit)
    , m_cutMark(std::move(cutMark))
{
}

QList<QByteArray> LineSplitter::feed(const QByteArray &piece)
{
    QList<QByteArray> lines;
    qsizetype from = 0;
    while (!m_overflowing) {
        const qsizetype end = piece.indexOf('\n', from);
        const qsizetype size = (end < 0 ? piece.size() : end) - from;
        const bool isTooLong = !m_isPastCut && m_rest.size() + size > m_limit;
        if (isTooLong && m_cutMark.isEmpty()) {
            clear();
            m_overflowing = true;
            break;
        }
        if (!m_isPastCut)
            appendAndWipe(m_rest, piece.constData() + from, isTooLong ? m_limit - m_rest.size() : size);
        if (isTooLong) {
            lines.append(std::exchange(m_rest, {}) + m_cutMark);
            m_isPastCut = true;
        }
        if (end < 0)
            break;
        const QByteArray line = withoutCarriageReturn(std::exchange(m_rest, {}));
        if (!line.isEmpty())
            lines.append(line);
        m_isPastCut = false;
        from = end + 1;
    }
    return lines;
}

void LineSplitter::clear()
{
    wipe(std::exchange(m_rest, {}));
    m_overflowing = false;
    m_isPastCut = false;
}

QByteArray LineSplitter::takeRest() { return withoutCarriageReturn(std::exchange(m_rest, {})); }

} // namespace kube
