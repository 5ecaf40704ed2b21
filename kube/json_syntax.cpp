// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_syntax.h"

#include <bitset>
#include <cstddef>

namespace kube {
namespace {

constexpr std::size_t maxDepth = 1000;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Scanner
{
public:
    explicit Scanner(std::string_view text)
        : m_at(text.data())
        , m_end(text.data() + text.size())
    {
    }

    bool document()
    {
        for (;;) {
            skipSpace();
            if (m_at == m_end)
                return m_next == Next::CommaOrEnd && m_depth == 0;
            if (!step())
                return false;
        }
    }

private:
    enum class Next { Value, ValueOrEnd, Key, KeyOrEnd, CommaOrEnd };

    bool step()
    {
        switch (m_next) {
        case Next::ValueOrEnd:
            if (take(']'))
                return close();
            [[fallthrough]];
        case Next::Value: return value();
        case Next::KeyOrEnd:
            if (take('}'))
                return close();
            [[fallthrough]];
        case Next::Key: return key();
        case Next::CommaOrEnd: break;
        }
        if (m_depth == 0)
            return false;
        const bool inObject = m_objects[m_depth - 1];
        if (take(inObject ? '}' : ']'))
            return close();
        m_next = inObject ? Next::Key : Next::Value;
        return take(',');
    }

    bool value()
    {
        m_next = Next::CommaOrEnd;
        switch (*m_at) {
        case '{': return open(true);
        case '[': return open(false);
        case '"': return string();
        case 't': return word("true");
        case 'f': return word("false");
        case 'n': return word("null");
        default: return number();
        }
    }

    bool open(bool isObject)
    {
        if (m_depth == maxDepth)
            return false;
        ++m_at;
        m_objects[m_depth++] = isObject;
        m_next = isObject ? Next::KeyOrEnd : Next::ValueOrEnd;
        return true;
    }

    bool close()
    {
        --m_depth;
        m_next = Next::CommaOrEnd;
        return true;
    }

    bool key()
    {
        m_next = Next::Value;
        if (!string())
            return false;
        skipSpace();
        return take(':');
    }

    bool string()
    {
        if (!take('"'))
            return false;
        while (m_at != m_end && *m_at != '"') {
            if (static_cast<unsigned char>(*m_at) < 0x20 || (*m_at == '\\' && !escape()))
                return false;
            ++m_at;
        }
        return take('"');
    }

    bool escape() // ends on its last character
    {
        if (++m_at == m_end)
            return false;
        if (*m_at != 'u')
            return std::string_view("\"\\/bfnrt").find(*m_at) != std::string_view::npos;
        for (int i = 0; i < 4; ++i) {
            if (++m_at == m_end || !isHex(*m_at))
                return false;
        }
        return true;
    }

    bool number()
    {
        take('-');
        if (!take('0') && !digits())
            return false;
        if (take('.') && !digits())
            return false;
        if (!take('e') && !take('E'))
            return true;
        if (!take('+'))
            take('-');
        return digits();
    }

    bool digits()
    {
        const char *const from = m_at;
        while (m_at != m_end && isDigit(*m_at))
            ++m_at;
        return m_at != from;
    }

    bool word(std::string_view word)
    {
        const bool isThere = std::string_view(m_at, std::size_t(m_end - m_at)).starts_with(word);
        m_at += isThere ? word.size() : 0;
        return isThere;
    }

    bool take(char c)
    {
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }

    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }

    const char *m_at;
    const char *m_end;
    Next m_next = Next::Value;
    std::size_t m_depth = 0;
    std::bitset<maxDepth> m_objects; // what is open: objects, else arrays
};

} // namespace

bool isJson(std::string_view text) { return Scanner(text).document(); }

} // namespace kube
