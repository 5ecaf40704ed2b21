// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Lets bytes to a pod pass unless they are an HTTP request of another origin's page (facts kube-client.md §1.11), or one for another
// host than this machine: such a page may let a name of its own lead here, and is of the same origin then (DNS rebinding).  Follows the
// requests of a connection, since a browser sends several over one: heads, bodies by length or in chunks, and what is upgraded.  What
// does not begin as HTTP/1 (TOKEN SP target SP HTTP/1.x, RFC 9112 §3; the method may be any token) is no browser's and passes as it is:
// from the first byte on that no such line can have.  Held back is thus only what a request line may begin with, until its end.
#include <QByteArray>
#include <QStringList>

#include <chrono>

namespace kube {

class RequestGate
{
public:
    // otherHosts: names that may be asked for beside localhost, 127.0.0.1 and [::1], at any port, and by pages of theirs at the local
    // port; "*": all, by pages of the very name that is asked for.
    explicit RequestGate(quint16 localPort, QStringList otherHosts = {})
        : m_localPort(localPort)
        , m_otherHosts(std::move(otherHosts))
    {
    }

    // Of the bytes that came, and of those held back before, what may go on.  A head is held back until it is whole.
    QByteArray pass(const QByteArray &bytes);
    // Nothing more came for a while (Pause), or will come: what is held passes where it is a word alone, as a client says that waits for
    // an answer; a page's request comes whole.
    QByteArray release(bool isEnd);
    bool isHoldingWord() const; // release() would let something pass
    static constexpr std::chrono::milliseconds Pause{100};
    // The answer for whom nothing passes any more; "" while something may.
    const QByteArray &refusal() const { return m_refusal; }

    static constexpr qsizetype MaxHead = 64 * 1024;       // a longer one is refused, not passed unread
    static constexpr qsizetype MaxWord = 2 * 1024 * 1024; // without a space: no server reads such a method

private:
    enum class State { Start, Head, Body, ChunkSize, ChunkData, Trailers, Raw, Refused };
    bool step(QByteArray &passed); // false: it needs more
    bool head(QByteArray &passed);
    bool line(QByteArray &passed, QByteArray &text);
    bool body(QByteArray &passed, State next);
    bool isForOthers(const QByteArray &host) const;
    bool isForeign(const QByteArray &origin, const QList<QByteArray> &hosts) const;
    QByteArray whoIsAnswered() const;
    bool refuse(const char *status, const QByteArray &text);

    quint16 m_localPort;
    QStringList m_otherHosts;
    State m_state = State::Start;
    QByteArray m_held;
    qint64 m_left = 0; // of the body or the chunk
    QByteArray m_refusal;
};

} // namespace kube
