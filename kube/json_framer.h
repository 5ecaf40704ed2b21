// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Pieces of a watch's body → whole JSON documents, wherever the pieces were cut and however the documents are laid out: one a line, as
// API servers send them, several in a line, or one over many lines, as what stands between may make of them.  What begins as no
// document comes out as a line, and what goes on as none as far as it went, so that whoever reads it can say what came instead.
// A document longer than the limit (an object may have 1.5 MiB in etcd, about 3 MiB on the wire) breaks the stream: isOverflowing()
// then stays true and nothing more comes out, so that a server that never ends one cannot fill our memory.
// What it holds back is wiped when it goes (wipe.h): half a document may be half a Secret.  The documents that it gives are the caller's.
#include <QByteArray>
#include <QList>

namespace kube {

class JsonFramer
{
public:
    static constexpr qsizetype DefaultLimit = 16 * 1024 * 1024;
    explicit JsonFramer(qsizetype limit = DefaultLimit)
        : m_limit(limit)
    {
    }
    ~JsonFramer() { clear(); }
    JsonFramer(const JsonFramer &) = delete;
    JsonFramer &operator=(const JsonFramer &) = delete;

    QList<QByteArray> feed(const QByteArray &piece);
    const QByteArray &rest() const { return m_rest; } // of a document that has no end yet; "" between two
    bool isOverflowing() const { return m_overflowing; }
    void clear(); // for another stream

private:
    enum class State { Between, Document, String, Escape, Line };
    enum class End { None, With, Before }; // of a document or line, at this byte
    End take(char c);
    End takeInDocument(char c);
    bool hold(const char *from, const char *end);

    QByteArray m_rest;
    qsizetype m_limit;
    State m_state = State::Between;
    int m_depth = 0;
    char m_last = 0;            // of the document, outside strings, but for spaces
    bool m_isOverLines = false; // the document is
    bool m_overflowing = false;
};

} // namespace kube
