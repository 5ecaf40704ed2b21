// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/go_json.h"

#include <set>

namespace demo {

namespace {

// A recursive reader with encoding/json's words (scanner.go).  It keeps no values; fields() collects paths that occur twice.
class Scanner
{
public:
    explicit Scanner(std::string_view text)
        : m_text(text)
    {
    }

    std::string run()
    {
        if (!value({}, 0))
            return m_error;
        space();
        return m_at < m_text.size() ? bad("after top-level value") : std::string();
    }

    std::vector<std::string> duplicates;

private:
    static constexpr int DepthLimit = 1'000; // Go's is ten times that; edge::parseJson refuses far less

    void space()
    {
        while (m_at < m_text.size()
               && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
            ++m_at;
    }

    std::string bad(const std::string &where)
    {
        if (m_at >= m_text.size())
            return m_error = "unexpected end of JSON input";
        const char c = m_text[m_at];
        const auto byte = static_cast<unsigned char>(c); // to Go a character of its own, even of UTF-8
        std::string text(1, c);
        if (byte >= 0x80)
            text = {char(0xc0 | byte >> 6), char(0x80 | (byte & 0x3f))};
        const std::string shown = c == '\'' ? "'\\''" : "'" + text + "'";
        return m_error = "invalid character " + shown + " " + where;
    }

    bool fail(const std::string &where)
    {
        bad(where);
        return false;
    }

    bool value(const std::string &path, int depth)
    {
        space();
        if (m_at >= m_text.size() || depth > DepthLimit)
            return fail("looking for beginning of value");
        const char c = m_text[m_at];
        if (c == '{')
            return object(path, depth);
        if (c == '[')
            return array(path, depth);
        if (c == '"')
            return string();
        if (c == '-' || (c >= '0' && c <= '9'))
            return number();
        for (const std::string_view word : {"true", "false", "null"}) {
            if (word.front() == c)
                return literal(word);
        }
        return fail("looking for beginning of value");
    }

    bool literal(std::string_view word)
    {
        for (std::size_t i = 0; i < word.size(); ++i, ++m_at) {
            if (m_at >= m_text.size() || m_text[m_at] != word[i])
                return fail("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
        }
        return true;
    }

    bool digits(const char *where)
    {
        if (m_at >= m_text.size() || m_text[m_at] < '0' || m_text[m_at] > '9')
            return fail(where);
        while (m_at < m_text.size() && m_text[m_at] >= '0' && m_text[m_at] <= '9')
            ++m_at;
        return true;
    }

    bool number()
    {
        if (m_text[m_at] == '-')
            ++m_at;
        if (m_at < m_text.size() && m_text[m_at] == '0')
            ++m_at;
        else if (!digits("in numeric literal"))
            return false;
        if (m_at < m_text.size() && m_text[m_at] == '.') {
            ++m_at;
            if (!digits("after decimal point in numeric literal"))
                return false;
        }
        if (m_at < m_text.size() && (m_text[m_at] == 'e' || m_text[m_at] == 'E')) {
            ++m_at;
            if (m_at < m_text.size() && (m_text[m_at] == '+' || m_text[m_at] == '-'))
                ++m_at;
            return digits("in exponent of numeric literal");
        }
        return true;
    }

    bool string()
    {
        for (++m_at; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                return true;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return fail("in string literal");
            if (c == '\\' && ++m_at < m_text.size()
                && std::string_view("\"\\/bfnrtu").find(m_text[m_at]) == std::string_view::npos)
                return fail("in string escape code");
        }
        return fail({});
    }

    bool object(const std::string &path, int depth)
    {
        std::set<std::string_view> seen;
        ++m_at;
        space();
        if (m_at < m_text.size() && m_text[m_at] == '}')
            return ++m_at, true;
        for (;;) {
            space();
            if (m_at >= m_text.size() || m_text[m_at] != '"')
                return fail("looking for beginning of object key string");
            const std::size_t start = m_at + 1;
            if (!string())
                return false;
            const std::string_view key = m_text.substr(start, m_at - 1 - start);
            const std::string inner = path.empty() ? std::string(key) : path + "." + std::string(key);
            if (!seen.insert(key).second)
                duplicates.push_back(inner);
            space();
            if (m_at >= m_text.size() || m_text[m_at] != ':')
                return fail("after object key");
            ++m_at;
            if (!value(inner, depth + 1))
                return false;
            space();
            if (m_at < m_text.size() && m_text[m_at] == '}')
                return ++m_at, true;
            if (m_at >= m_text.size() || m_text[m_at] != ',')
                return fail("after object key:value pair");
            ++m_at;
        }
    }

    bool array(const std::string &path, int depth)
    {
        ++m_at;
        space();
        if (m_at < m_text.size() && m_text[m_at] == ']')
            return ++m_at, true;
        for (int index = 0;; ++index) {
            if (!value(path + "[" + std::to_string(index) + "]", depth + 1))
                return false;
            space();
            if (m_at < m_text.size() && m_text[m_at] == ']')
                return ++m_at, true;
            if (m_at >= m_text.size() || m_text[m_at] != ',')
                return fail("after array element");
            ++m_at;
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_error;
};

} // namespace

std::string goSyntaxError(std::string_view json) { return Scanner(json).run(); }

std::vector<std::string> duplicateFields(std::string_view json)
{
    Scanner scanner(json);
    scanner.run();
    return scanner.duplicates;
}

} // namespace demo
