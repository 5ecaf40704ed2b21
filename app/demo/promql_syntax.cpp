// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/promql_syntax.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace demo::promql {

namespace {

constexpr int MaxDepth = 100;

struct Broken
{
    std::string why;
};

bool isWordStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }
bool isWordPart(char c) { return isWordStart(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

constexpr std::array Aggregations{"sum", "min", "max", "avg", "count", "group", "topk", "bottomk"};

bool isAggregation(std::string_view word)
{
    return std::find(Aggregations.begin(), Aggregations.end(), word) != Aggregations.end();
}

// 0: none; the larger, the tighter.
int tightness(std::string_view op)
{
    if (op == "or")
        return 1;
    if (op == "and" || op == "unless")
        return 2;
    if (op == "==" || op == "!=" || op == "<=" || op == ">=" || op == "<" || op == ">")
        return 3;
    if (op == "+" || op == "-")
        return 4;
    if (op == "*" || op == "/" || op == "%")
        return 5;
    return op == "^" ? 6 : 0;
}

class Parser
{
public:
    explicit Parser(std::string_view text)
        : m_text(text)
    {
    }

    Expression whole()
    {
        Expression expression = binary(1);
        if (!peek().empty())
            throw Broken{"unexpected \"" + std::string(peek()) + "\""};
        return expression;
    }

private:
    // The next word, operator or brace, without taking it.
    std::string_view peek()
    {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0)
            ++m_at;
        const std::string_view rest = m_text.substr(m_at);
        if (rest.empty())
            return rest;
        std::size_t size = 1;
        if (isWordStart(rest[0])) {
            while (size < rest.size() && isWordPart(rest[size]))
                ++size;
        } else if (rest.size() > 1) {
            const std::string_view two = rest.substr(0, 2);
            size = two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "=~" || two == "!~" ? 2
                                                                                                          : 1;
        }
        return rest.substr(0, size);
    }
    std::string_view next()
    {
        const std::string_view token = peek();
        m_at += token.size();
        return token;
    }
    bool take(std::string_view token)
    {
        if (peek() != token)
            return false;
        m_at += token.size();
        return true;
    }
    void expect(std::string_view token)
    {
        if (!take(token))
            throw Broken{"expected \"" + std::string(token) + "\" before \""
                         + std::string(m_text.substr(m_at)) + "\""};
    }

    Expression binary(int loosest)
    {
        if (++m_depth > MaxDepth)
            throw Broken{"the expression is too deep"};
        Expression left = unary();
        for (;;) {
            const std::string op(peek());
            const int tight = tightness(op);
            if (tight == 0 || tight < loosest)
                break;
            next();
            Expression both;
            both.kind = Expression::Kind::Binary;
            both.text = op;
            both.isBool = tight == 3 && take("bool");
            matching(both);
            Expression right = binary(op == "^" ? tight : tight + 1);
            both.parts = {std::move(left), std::move(right)};
            left = std::move(both);
        }
        --m_depth;
        return left;
    }

    void matching(Expression &both)
    {
        both.isOn = take("on");
        both.isWithout = !both.isOn && take("ignoring");
        if (both.isOn || both.isWithout)
            both.labels = names();
        if (peek() == "group_left" || peek() == "group_right")
            throw Broken{std::string(peek()) + " is not known to the demo's built-in responder"};
    }

    Expression unary()
    {
        if (take("-")) {
            Expression negation;
            negation.kind = Expression::Kind::Negation;
            negation.parts.push_back(binary(6)); // -2^2 is -(2^2)
            return negation;
        }
        take("+");
        return behind(primary());
    }

    // Ranges, subqueries and offsets.
    Expression behind(Expression expression)
    {
        for (;;) {
            if (take("[")) {
                expression = ranged(std::move(expression));
            } else if (take("offset")) {
                const bool isAhead = take("-");
                if (expression.kind != Expression::Kind::Selector
                    && expression.kind != Expression::Kind::Subquery)
                    throw Broken{"offset stands behind a selector or a subquery"};
                expression.offset = duration() * (isAhead ? -1 : 1);
            } else if (peek() == "@") {
                throw Broken{"@ is not known to the demo's built-in responder"};
            } else {
                return expression;
            }
        }
    }
    Expression ranged(Expression expression)
    {
        const std::int64_t range = duration();
        if (m_at < m_text.size() && m_text[m_at] == ':') {
            ++m_at;
            Expression subquery;
            subquery.kind = Expression::Kind::Subquery;
            subquery.range = range;
            subquery.step = peek() == "]" ? 0 : duration();
            subquery.parts.push_back(std::move(expression));
            expression = std::move(subquery);
        } else if (expression.kind != Expression::Kind::Selector || expression.range != 0) {
            throw Broken{"ranges are only allowed for selectors"};
        } else {
            expression.range = range;
        }
        expect("]");
        return expression;
    }

    Expression primary()
    {
        if (take("(")) {
            Expression inner = binary(1);
            expect(")");
            return inner;
        }
        const std::string word(peek());
        if (word.empty())
            throw Broken{"unexpected end of input"};
        if (word == "\"" || word == "'")
            return {Expression::Kind::Text, 0, quoted(), {}, 0, 0, 0, {}, {}, false, false, false};
        if (word == "{")
            return selector({});
        if (!isWordStart(word.front()) || word == "Inf" || word == "NaN")
            return numeral();
        next();
        if (isAggregation(word) && (peek() == "(" || peek() == "by" || peek() == "without"))
            return aggregation(word);
        if (peek() == "(") {
            Expression call;
            call.kind = Expression::Kind::Call;
            call.text = word;
            call.parts = arguments();
            return call;
        }
        return selector(word);
    }

    Expression aggregation(const std::string &name)
    {
        Expression all;
        all.kind = Expression::Kind::Aggregation;
        all.text = name;
        grouping(all);
        all.parts = arguments();
        grouping(all);
        return all;
    }
    void grouping(Expression &all)
    {
        if (peek() != "by" && peek() != "without")
            return;
        all.isWithout = next() == "without";
        all.isOn = !all.isWithout;
        all.labels = names();
    }

    std::vector<Expression> arguments()
    {
        std::vector<Expression> all;
        expect("(");
        while (!take(")")) {
            all.push_back(binary(1));
            if (peek() != ")")
                expect(",");
        }
        return all;
    }
    std::vector<std::string> names()
    {
        std::vector<std::string> all;
        expect("(");
        while (!take(")")) {
            all.emplace_back(next());
            if (all.back().empty())
                throw Broken{"unexpected end of input"};
            if (peek() != ")")
                expect(",");
        }
        return all;
    }

    Expression selector(const std::string &name)
    {
        Expression expression;
        expression.kind = Expression::Kind::Selector;
        if (!name.empty())
            expression.matchers.push_back(*makeMatcher("__name__", Matcher::Kind::Equal, name));
        if (take("{")) {
            while (!take("}")) {
                const std::string label(next());
                const std::string op(next());
                const auto kind = op == "=" ? std::optional(Matcher::Kind::Equal)
                    : op == "!="            ? std::optional(Matcher::Kind::NotEqual)
                    : op == "=~"            ? std::optional(Matcher::Kind::Matches)
                    : op == "!~"            ? std::optional(Matcher::Kind::MatchesNot)
                                            : std::nullopt;
                if (!kind || label.empty())
                    throw Broken{"unexpected \"" + op + "\" in label matching"};
                const std::string value = quoted();
                const auto matcher = makeMatcher(label, *kind, value);
                if (!matcher)
                    throw Broken{"error parsing regexp: " + value};
                expression.matchers.push_back(*matcher);
                if (peek() != "}")
                    expect(",");
            }
        }
        const bool isEmpty = std::all_of(expression.matchers.begin(), expression.matchers.end(),
                                         [](const Matcher &matcher) { return matcher.accepts({}); });
        if (isEmpty)
            throw Broken{"vector selector must contain at least one non-empty matcher"};
        return expression;
    }

    std::string quoted()
    {
        const std::string_view mark = next();
        if (mark != "\"" && mark != "'")
            throw Broken{"expected a string before \"" + std::string(m_text.substr(m_at)) + "\""};
        std::string text;
        for (; m_at < m_text.size() && m_text[m_at] != mark[0]; ++m_at) {
            const bool escapes = m_text[m_at] == '\\' && m_at + 1 < m_text.size();
            text += !escapes ? m_text[m_at] : m_text[++m_at] == 'n' ? '\n' : m_text[m_at];
        }
        if (m_at++ >= m_text.size())
            throw Broken{"a string without an end"};
        return text;
    }

    Expression numeral()
    {
        Expression expression;
        const std::string_view rest = m_text.substr(m_at);
        if (rest.starts_with("Inf") || rest.starts_with("NaN")) {
            expression.number = rest[0] == 'I' ? std::numeric_limits<double>::infinity()
                                               : std::numeric_limits<double>::quiet_NaN();
            m_at += 3;
            return expression;
        }
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), expression.number);
        if (error != std::errc())
            throw Broken{"unexpected \"" + std::string(peek()) + "\""};
        m_at += std::size_t(end - rest.data());
        return expression;
    }

    std::int64_t duration() // 1h30m
    {
        peek(); // past the space
        std::int64_t total = 0;
        const std::size_t from = m_at;
        while (m_at < m_text.size() && std::isdigit(static_cast<unsigned char>(m_text[m_at])) != 0) {
            std::int64_t count = 0;
            const auto [end, error] =
                std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), count);
            m_at = std::size_t(end - m_text.data());
            total += error == std::errc() && count < 1'000'000'000 ? count * unit() : 0;
        }
        if (m_at == from || total <= 0)
            throw Broken{"expected a duration before \"" + std::string(m_text.substr(from)) + "\""};
        return total;
    }
    std::int64_t unit()
    {
        constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> Units{
            {{"ms", 1},
             {"s", 1000},
             {"m", 60'000},
             {"h", 3'600'000},
             {"d", 86'400'000},
             {"w", std::int64_t(7) * 86'400'000},
             {"y", std::int64_t(365) * 86'400'000}}};
        for (const auto &[name, size] : Units) {
            if (m_text.substr(m_at).starts_with(name)) {
                m_at += name.size();
                return size;
            }
        }
        throw Broken{"a duration without a unit"};
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
};

} // namespace

edge::Result<Expression> parse(std::string_view text)
{
    try {
        return Parser(text).whole();
    } catch (const Broken &broken) {
        return edge::failure(edge::Error::Kind::Config, "parse error: " + broken.why);
    }
}

} // namespace demo::promql
