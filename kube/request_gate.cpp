// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/request_gate.h"

#include <QList>
#include <QUrl>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qsizetype MaxLine = 1024;                                 // of a chunk's size, of a trailer
constexpr qint64 MaxChunk = std::numeric_limits<qint64>::max() - 2; // with its line end

bool isRequestLine(const QByteArray &line) { return line.contains(" HTTP/1."); }

bool isTokenCharacter(char c) // RFC 9110 §5.6.2
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c));
}

// No browser writes one into a request line, and most binary protocols soon have one.
bool isControl(char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }

// By its first four bytes: a path, * or the address of a page, all that a browser asks for (RFC 9112 §3.2), CONNECT aside.
bool mayBeTarget(const QByteArray &start)
{
    return start.isEmpty() || start.startsWith('/') || start.startsWith('*')
        || QByteArray("http").startsWith(start.toLower());
}

enum class Kind { Unknown, Http, Other };

// By its first line, whatever the method: a page may send any token, of any length.  "GET key" is a database's.
Kind kindOf(const QByteArray &start)
{
    const auto method = std::find_if_not(start.cbegin(), start.cend(), isTokenCharacter);
    if (method == start.cbegin() || (method != start.cend() && *method != ' '))
        return Kind::Other;
    if (method != start.cend() && !start.startsWith("CONNECT ")
        && !mayBeTarget(start.mid(method - start.cbegin() + 1, 4)))
        return Kind::Other;
    const qsizetype line = start.indexOf('\n');
    const auto looked =
        start.cbegin() + std::min(line < 0 ? start.size() : line, MaxLine); // bytes may come one by one
    const auto control = std::find_if(method, std::max(method, looked), isControl);
    const bool isLineEnd =
        control != start.cend() && *control == '\r' && (control + 1 == start.cend() || control[1] == '\n');
    if (control < looked && !isLineEnd)
        return Kind::Other;
    if (line < 0 && method == start.cend())
        return start.size() <= RequestGate::MaxWord ? Kind::Unknown : Kind::Other;
    if (line < 0)
        return start.size() <= RequestGate::MaxHead ? Kind::Unknown : Kind::Http;
    return isRequestLine(start.left(line)) ? Kind::Http : Kind::Other;
}

bool isHexNumber(const QByteArray &text)
{
    return !text.isEmpty() && std::all_of(text.cbegin(), text.cend(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

QList<QByteArray> valuesOf(const QByteArray &head, const QByteArray &lowerName)
{
    QList<QByteArray> values;
    for (const QByteArray &line : head.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).trimmed().toLower() == lowerName)
            values.append(line.mid(colon + 1).trimmed());
    }
    return values;
}

bool isThisMachine(const QString &host)
{
    return host == u"localhost" || host == u"127.0.0.1" || host == u"::1";
}

QString nameOf(const QByteArray &host) // "" for what is none; a dot at the end leads to the same place
{
    QString name = QUrl(u"http://"_s + QString::fromLatin1(host)).host();
    if (name.endsWith(u'.'))
        name.chop(1);
    return name;
}

// Of a target that is a whole address, by which servers go rather than by Host (RFC 9112 §3.2.2); "" of another one.
QByteArray hostOfTarget(const QByteArray &head)
{
    const QByteArray target = head.left(head.indexOf('\r')).split(' ').value(1);
    const qsizetype scheme = target.indexOf("://");
    return target.startsWith('/') || scheme < 0 ? QByteArray() : target.mid(scheme + 3).split('/').first();
}

} // namespace

bool RequestGate::isForOthers(const QByteArray &host) const
{
    const QString name = nameOf(host);
    return !isThisMachine(name) && !m_otherHosts.contains(name) && !m_otherHosts.contains(u"*"_s);
}

// hosts: of the request itself.  A page of a name that is served here is no other's.
bool RequestGate::isForeign(const QByteArray &origin, const QList<QByteArray> &hosts) const
{
    const QUrl url(QString::fromLatin1(origin));
    const bool isNamed = m_otherHosts.contains(url.host())
        || (m_otherHosts.contains(u"*"_s)
            && std::any_of(hosts.cbegin(), hosts.cend(),
                           [&url](const QByteArray &host) { return nameOf(host) == url.host(); }));
    return (!isThisMachine(url.host()) && !isNamed) || url.port(80) != m_localPort;
}

QByteArray RequestGate::whoIsAnswered() const
{
    QString names = u"localhost, 127.0.0.1 and [::1]"_s;
    if (!m_otherHosts.isEmpty())
        names = u"localhost, 127.0.0.1, [::1] and "_s + m_otherHosts.join(u", "_s);
    return names.toUtf8();
}

QByteArray RequestGate::pass(const QByteArray &bytes)
{
    QByteArray passed;
    m_held += bytes;
    while (!m_held.isEmpty() && step(passed)) { }
    return passed;
}

bool RequestGate::isHoldingWord() const
{
    return m_state == State::Start && !m_held.isEmpty() && !m_held.contains(' ');
}

QByteArray RequestGate::release(bool isEnd)
{
    if (m_state != State::Start || (!isEnd && !isHoldingWord()))
        return {};
    m_state = State::Raw;
    return std::exchange(m_held, {});
}

bool RequestGate::step(QByteArray &passed)
{
    QByteArray text;
    switch (m_state) {
    case State::Start: {
        if (m_held == "\r")
            return false;
        if (m_held.startsWith("\r\n") || m_held.startsWith('\n')) { // which servers skip, RFC 9112 §2.2
            passed += m_held.left(m_held.indexOf('\n') + 1);
            m_held.remove(0, m_held.indexOf('\n') + 1);
            return true;
        }
        const Kind kind = kindOf(m_held);
        m_state = kind == Kind::Other ? State::Raw : kind == Kind::Http ? State::Head : State::Start;
        return kind != Kind::Unknown;
    }
    case State::Head: return head(passed);
    case State::Body: return body(passed, State::Head);
    case State::ChunkSize: {
        if (!line(passed, text))
            return false;
        const QByteArray size = text.split(';').first().trimmed();
        bool isNumber = false;
        m_left = size.toLongLong(&isNumber, 16);
        if (!isNumber || !isHexNumber(size) || m_left > MaxChunk)
            return refuse("400 Bad Request", "a chunk of this request has no size");
        m_state = m_left == 0 ? State::Trailers : State::ChunkData;
        m_left += 2; // its line end
        return true;
    }
    case State::ChunkData: return body(passed, State::ChunkSize);
    case State::Trailers:
        if (!line(passed, text))
            return false;
        m_state = text.isEmpty() ? State::Head : State::Trailers;
        return true;
    case State::Raw: passed += std::exchange(m_held, {}); return false;
    case State::Refused: m_held.clear(); return false;
    }
    return false;
}

bool RequestGate::head(QByteArray &passed)
{
    if (m_held.startsWith("\r\n")) { // allowed between requests, RFC 9112 §2.2
        passed += m_held.left(2);
        m_held.remove(0, 2);
        return true;
    }
    if (m_held == "\r")
        return false;
    if (const qsizetype line = m_held.indexOf('\n'); line >= 0 && !isRequestLine(m_held.left(line)))
        return refuse("400 Bad Request", "this connection began with HTTP and does not go on with it");
    const qsizetype end = m_held.indexOf("\r\n\r\n");
    if ((end < 0 ? m_held.size() : end) > MaxHead)
        return refuse("431 Request Header Fields Too Large", "whose request this is cannot be seen");
    if (end < 0)
        return false;
    const QByteArray text = m_held.left(end);
    QList<QByteArray> hosts = valuesOf(text, "host");
    if (const QByteArray host = hostOfTarget(text); !host.isEmpty())
        hosts.append(host);
    for (const QByteArray &origin : valuesOf(text, "origin")) {
        if (isForeign(origin, hosts))
            return refuse("403 Forbidden", "this port is not for pages of other origins");
    }
    for (const QByteArray &host : std::as_const(hosts)) {
        if (isForOthers(host))
            return refuse(
                "403 Forbidden",
                "this port answers to " + whoIsAnswered()
                    + " alone, since any page may let a name of its own lead here; for another Host, "
                      "forward with --host NAME");
    }
    passed += m_held.left(end + 4);
    m_held.remove(0, end + 4);
    const QByteArray coding = valuesOf(text, "transfer-encoding").join(',').toLower();
    m_left = valuesOf(text, "content-length").value(0).toLongLong();
    if (text.startsWith("CONNECT ") || !valuesOf(text, "upgrade").isEmpty())
        m_state = State::Raw; // a client sends nothing more before it is agreed to
    else if (coding.contains("chunked"))
        m_state = State::ChunkSize;
    else
        m_state = m_left > 0 ? State::Body : State::Head;
    return true;
}

bool RequestGate::line(QByteArray &passed, QByteArray &text)
{
    const qsizetype end = m_held.indexOf('\n');
    if ((end < 0 ? m_held.size() : end) > MaxLine)
        return refuse("400 Bad Request", "a line of this request is too long");
    if (end < 0)
        return false;
    text = m_held.left(end).trimmed();
    passed += m_held.left(end + 1);
    m_held.remove(0, end + 1);
    return true;
}

bool RequestGate::body(QByteArray &passed, State next)
{
    const auto size = qsizetype(std::min<qint64>(m_left, m_held.size()));
    passed += m_held.left(size);
    m_held.remove(0, size);
    m_left -= size;
    if (m_left == 0)
        m_state = next;
    return true;
}

bool RequestGate::refuse(const char *status, const QByteArray &text)
{
    m_state = State::Refused;
    m_refusal = QByteArray("HTTP/1.1 ") + status + "\r\nContent-Type: text/plain\r\nContent-Length: "
        + QByteArray::number(text.size()) + "\r\nConnection: close\r\n\r\n" + text;
    return false;
}

} // namespace kube
