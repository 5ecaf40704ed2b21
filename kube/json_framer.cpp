// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_framer.h"

#include "kube/wipe.h"

#include <utility>

namespace kube {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

} // namespace

JsonFramer::End JsonFramer::take(char c)
{
    switch (m_state) {
    case State::Between: // not a space
        m_depth = c == '{' || c == '[' ? 1 : 0;
        m_state = m_depth > 0 ? State::Document : State::Line;
        m_last = c;
        m_isOverLines = false;
        return End::None;
    case State::Document: return takeInDocument(c);
    case State::String:
        if (c == '\n') // has no place in one
            return End::Before;
        m_state = c == '\\' ? State::Escape : c == '"' ? State::Document : m_state;
        break;
    case State::Escape: m_state = State::String; break;
    case State::Line: return c == '\n' ? End::Before : End::None;
    }
    return End::None;
}

// One that breaks off would take all that follows for its own.  It is seen by a line end where nobody lays out a document, which is
// not its first after a bracket or comma, and by a value that follows another.
JsonFramer::End JsonFramer::takeInDocument(char c)
{
    const bool isOpen = m_last == '{' || m_last == '[' || m_last == ',';
    if (c == '\n') {
        const bool isLaidOut = std::exchange(m_isOverLines, true) || isOpen;
        return isLaidOut ? End::None : End::Before;
    }
    if (isSpace(c))
        return End::None;
    const bool isOpening = c == '{' || c == '[';
    if ((isOpening || c == '"') && !isOpen && m_last != ':')
        return End::Before;
    m_last = c;
    if (c == '"')
        m_state = State::String;
    else if (isOpening)
        ++m_depth;
    else if (c == '}' || c == ']')
        --m_depth;
    return m_depth == 0 ? End::With : End::None;
}

// Of the bytes up to `end` what is not held back yet; false: that is more than may be.
bool JsonFramer::hold(const char *from, const char *end)
{
    m_overflowing = m_rest.size() + (end - from) > m_limit;
    if (m_overflowing) {
        clear();
        m_overflowing = true;
    } else {
        appendAndWipe(m_rest, from, end - from);
    }
    return !m_overflowing;
}

QList<QByteArray> JsonFramer::feed(const QByteArray &piece)
{
    QList<QByteArray> documents;
    if (m_overflowing)
        return documents;
    const char *const end = piece.constData() + piece.size();
    const char *from = piece.constData(); // of what is not held back yet
    for (const char *at = from; at != end;) {
        if (m_state == State::Between && isSpace(*at)) {
            from = ++at;
            continue;
        }
        const End ending = take(*at);
        at += ending == End::Before ? 0 : 1;
        if (ending == End::None)
            continue;
        if (!hold(from, at))
            return documents;
        documents.append(std::exchange(m_rest, {}));
        m_state = State::Between;
        from = at;
    }
    hold(from, end);
    return documents;
}

void JsonFramer::clear()
{
    wipe(std::exchange(m_rest, {}));
    m_state = State::Between;
    m_depth = 0;
    m_overflowing = false;
}

} // namespace kube
