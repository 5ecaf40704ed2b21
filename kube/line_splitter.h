// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Pieces of a stream → whole lines, wherever the pieces were cut.  Empty lines are dropped, a trailing CR too.
// A line longer than the limit (an object may have 1.5 MiB in etcd, about 3 MiB on the wire) breaks the stream: isOverflowing() then
// stays true and nothing more comes out, so that a server without line ends cannot fill our memory.  With a cutMark it is cut there
// instead, the mark is its end, and the next line follows.
// What it holds back is wiped when it goes (wipe.h): half a line may be half a Secret.  The lines that it gives are the caller's.
#include <QByteArray>
#include <QList>

namespace kube {

class LineSplitter
{
public:
    static constexpr qsizetype DefaultLimit = 16 * 1024 * 1024;
    explicit LineSplitter(qsizetype limit = DefaultLimit, QByteArray cutMark = {});
    ~LineSplitter() { clear(); }
    LineSplitter(const LineSplitter &) = delete;
    LineSplitter &operator=(const LineSplitter &) = delete;

    QList<QByteArray> feed(const QByteArray &piece);
    QByteArray takeRest(); // after the stream's end: a last line without line end, "" if none
    bool isOverflowing() const { return m_overflowing; }
    void clear(); // for another stream

private:
    QByteArray m_rest;
    qsizetype m_limit;
    QByteArray m_cutMark;
    bool m_overflowing = false;
    bool m_isPastCut = false; // what comes belongs to a line that was given already
};

} // namespace kube
