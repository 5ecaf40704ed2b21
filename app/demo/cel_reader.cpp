// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/cel_reader.h"

#include <algorithm>
#include <cctype>

namespace demo {

namespace {

class Reader
{
public:
    explicit Reader(std::string_view text)
        : m_text(text)
    {
    }

    tl::expected<CelNode, std::size_t> read()
    {
        CelNode node = conditional();
        space();
        if (m_failed || m_at != m_text.size())
            return tl::unexpected(std::min(m_at, m_text.size()));
        return node;
    }

private:
    void space()
    {
        while (m_at < m_text.size()
               && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
            ++m_at;
    }
    bool take(std::string_view token)
    {
        space();
        if (!m_text.substr(m_at).starts_with(token))
            return false;
        m_at += token.size();
        return true;
    }
    bool takeWord(std::string_view word)
    {
        space();
        const std::size_t end = m_at + word.size();
        if (!m_text.substr(m_at).starts_with(word) || (end < m_text.size() && isNamePart(m_text[end])))
            return false;
        m_at = end;
        return true;
    }
    static bool isNamePart(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
    CelNode failed()
    {
        m_failed = true;
        return {};
    }

    CelNode conditional()
    {
        if (++m_depth > DepthLimit)
            return failed();
        CelNode node = choice();
        --m_depth;
        return node;
    }

    CelNode choice()
    {
        CelNode condition = binary(0);
        if (m_failed || !take("?"))
            return condition;
        CelNode yes = conditional();
        if (!take(":"))
            return failed();
        return {CelNode::Kind::Conditional, {}, {}, {std::move(condition), std::move(yes), conditional()}};
    }

    CelNode binary(std::size_t level)
    {
        static const std::vector<std::vector<std::string_view>> levels{
            {"||"}, {"&&"}, {"==", "!=", "<=", ">=", "<", ">", "in"}, {"+", "-"}, {"*", "/", "%"}};
        if (level == levels.size())
            return unary();
        CelNode left = binary(level + 1);
        for (;;) {
            const auto &operators = levels[level];
            const auto op = std::find_if(operators.begin(), operators.end(), [this](std::string_view each) {
                return each == "in" ? takeWord(each) : take(each);
            });
            if (m_failed || op == operators.end())
                return left;
            CelNode right = binary(level + 1);
            left = {CelNode::Kind::Binary, std::string(*op), {}, {std::move(left), std::move(right)}};
        }
    }

    CelNode unary()
    {
        space();
        if (m_text.substr(m_at).starts_with("!") && !m_text.substr(m_at).starts_with("!=")) {
            ++m_at;
            return {CelNode::Kind::Unary, "!", {}, {unary()}};
        }
        if (take("-"))
            return {CelNode::Kind::Unary, "-", {}, {unary()}};
        return postfix(primary());
    }

    CelNode postfix(CelNode node)
    {
        while (!m_failed) {
            if (take("[")) {
                node = {CelNode::Kind::Index, {}, {}, {std::move(node), conditional()}};
                if (!take("]"))
                    return failed();
            } else if (take(".")) {
                const std::string name = word();
                if (!take("(")) {
                    node = {CelNode::Kind::Field, unescaped(name), {}, {std::move(node)}};
                    continue;
                }
                node = {CelNode::Kind::Call, name, {}, {std::move(node)}, m_at - 1};
                arguments(node);
            } else {
                return node;
            }
        }
        return node;
    }

    // __dot__ and the like: names that CEL could not say (the API server's rules for them).
    static std::string unescaped(std::string name)
    {
        static const std::vector<std::string> keywords{
            "true",     "false",   "null",      "in",       "as",  "break",  "const",
            "continue", "else",    "for",       "function", "if",  "import", "let",
            "loop",     "package", "namespace", "return",   "var", "void",   "while"};
        for (const std::string &word : keywords) {
            if (name == "__" + word + "__")
                return word;
        }
        static const std::vector<std::pair<std::string, std::string>> signs{
            {"__dot__", "."}, {"__dash__", "-"}, {"__slash__", "/"}, {"__underscores__", "__"}};
        for (const auto &[escaped, sign] : signs) {
            for (std::size_t at = 0; (at = name.find(escaped, at)) != std::string::npos; at += sign.size())
                name.replace(at, escaped.size(), sign);
        }
        return name;
    }

    void arguments(CelNode &call)
    {
        if (take(")"))
            return;
        do {
            call.parts.push_back(conditional());
        } while (!m_failed && take(","));
        if (!take(")"))
            failed();
    }

    std::string word()
    {
        space();
        const std::size_t start = m_at;
        while (m_at < m_text.size() && isNamePart(m_text[m_at]))
            ++m_at;
        m_failed = m_failed || m_at == start;
        return std::string(m_text.substr(start, m_at - start));
    }

    CelNode primary()
    {
        space();
        if (m_at >= m_text.size())
            return failed();
        const char c = m_text[m_at];
        if (take("(")) {
            CelNode inner = conditional();
            return take(")") ? inner : failed();
        }
        if (take("[")) {
            CelNode list{CelNode::Kind::List, {}, {}, {}};
            while (!m_failed && !take("]")) {
                list.parts.push_back(conditional());
                take(",");
            }
            return list;
        }
        if (c == '"' || c == '\''
            || (c == 'r' && m_at + 1 < m_text.size()
                && (m_text[m_at + 1] == '"' || m_text[m_at + 1] == '\'')))
            return string();
        if (c >= '0' && c <= '9')
            return number();
        if (take("{"))
            return map();
        const std::size_t start = m_at;
        const std::string name = word();
        if (name == "true" || name == "false")
            return {CelNode::Kind::Literal, {}, Value(name == "true"), {}};
        if (name == "null")
            return {};
        if (!take("("))
            return {CelNode::Kind::Name, name, {}, {}, start};
        CelNode call{CelNode::Kind::Call, name, {}, {CelNode{CelNode::Kind::Name, {}, {}, {}}}, m_at - 1};
        arguments(call);
        return call;
    }

    CelNode map()
    {
        CelNode map{CelNode::Kind::Map, {}, {}, {}};
        while (!m_failed && !take("}")) {
            map.parts.push_back(conditional());
            if (!take(":"))
                return failed();
            map.parts.push_back(conditional());
            take(",");
        }
        return map;
    }

    CelNode number()
    {
        const std::size_t start = m_at;
        const auto digits = [this] {
            while (m_at < m_text.size() && m_text[m_at] >= '0' && m_text[m_at] <= '9')
                ++m_at;
        };
        digits();
        if (m_at < m_text.size() && m_text[m_at] == '.') {
            ++m_at;
            digits();
        }
        if (m_at < m_text.size() && (m_text[m_at] == 'e' || m_text[m_at] == 'E')) {
            ++m_at;
            m_at += m_at < m_text.size() && (m_text[m_at] == '-' || m_text[m_at] == '+') ? 1 : 0;
            digits();
        }
        Value literal = Value::number(std::string(m_text.substr(start, m_at - start)));
        m_at += m_at < m_text.size() && m_text[m_at] == 'u' ? 1 : 0; // 1u: unsigned
        return {CelNode::Kind::Literal, {}, std::move(literal), {}, start};
    }

    CelNode string()
    {
        const bool isRaw = m_text[m_at] == 'r';
        m_at += isRaw ? 1 : 0;
        const char quote = m_text[m_at++];
        std::string text;
        for (; m_at < m_text.size() && m_text[m_at] != quote; ++m_at) {
            if (m_text[m_at] == '\\' && !isRaw && m_at + 1 < m_text.size()) {
                const char escaped = m_text[++m_at];
                text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
            } else {
                text += m_text[m_at];
            }
        }
        if (m_at++ >= m_text.size())
            return failed();
        return {CelNode::Kind::Literal, {}, Value(std::move(text)), {}};
    }

    static constexpr int DepthLimit = 100;
    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
    bool m_failed = false;
};

} // namespace

bool CelNode::isMacro() const
{
    static const std::vector<std::string> names{"all", "exists", "exists_one", "filter", "map"};
    return kind == Kind::Call && !isFreeCall() && parts.size() == 3 && parts[1].kind == Kind::Name
        && std::find(names.begin(), names.end(), text) != names.end();
}

tl::expected<CelNode, std::size_t> readCel(std::string_view text) { return Reader(text).read(); }

} // namespace demo
