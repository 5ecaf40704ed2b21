// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/cel.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <memory>

namespace demo {

namespace {

struct Node
{
    enum class Kind { Literal, Name, Field, Index, Call, Unary, Binary, Conditional, List };
    Kind kind = Kind::Literal;
    std::string text; // a name, a field, a function, an operator
    Value literal;
    std::vector<Node> parts; // a call: the receiver (or Name "") first
};

// --- reading --------------------------------------------------------------------------------------------------------------

class Reader
{
public:
    explicit Reader(std::string_view text)
        : m_text(text)
    {
    }

    std::optional<Node> read()
    {
        Node node = conditional();
        space();
        return m_failed || m_at != m_text.size() ? std::nullopt : std::optional(std::move(node));
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
    Node failed()
    {
        m_failed = true;
        return {};
    }

    Node conditional()
    {
        Node condition = binary(0);
        if (m_failed || !take("?"))
            return condition;
        Node yes = conditional();
        if (!take(":"))
            return failed();
        return {Node::Kind::Conditional, {}, {}, {std::move(condition), std::move(yes), conditional()}};
    }

    Node binary(std::size_t level)
    {
        static const std::vector<std::vector<std::string_view>> levels{
            {"||"}, {"&&"}, {"==", "!=", "<=", ">=", "<", ">", "in"}, {"+", "-"}, {"*", "/", "%"}};
        if (level == levels.size())
            return unary();
        Node left = binary(level + 1);
        for (;;) {
            const auto &operators = levels[level];
            const auto op = std::find_if(operators.begin(), operators.end(), [this](std::string_view each) {
                return each == "in" ? takeWord(each) : take(each);
            });
            if (m_failed || op == operators.end())
                return left;
            Node right = binary(level + 1);
            left = {Node::Kind::Binary, std::string(*op), {}, {std::move(left), std::move(right)}};
        }
    }

    Node unary()
    {
        space();
        if (m_text.substr(m_at).starts_with("!") && !m_text.substr(m_at).starts_with("!=")) {
            ++m_at;
            return {Node::Kind::Unary, "!", {}, {unary()}};
        }
        if (take("-"))
            return {Node::Kind::Unary, "-", {}, {unary()}};
        return postfix(primary());
    }

    Node postfix(Node node)
    {
        while (!m_failed) {
            if (take("[")) {
                node = {Node::Kind::Index, {}, {}, {std::move(node), conditional()}};
                if (!take("]"))
                    return failed();
            } else if (take(".")) {
                const std::string name = word();
                if (!take("(")) {
                    node = {Node::Kind::Field, unescaped(name), {}, {std::move(node)}};
                    continue;
                }
                node = {Node::Kind::Call, name, {}, {std::move(node)}};
                arguments(node);
            } else {
                return node;
            }
        }
        return node;
    }

    static std::string
    unescaped(const std::string &name) // __dot__ and the like: names that CEL could not say
    {
        static const std::map<std::string, std::string> known{
            {"__namespace__", "namespace"}, {"__in__", "in"},       {"__if__", "if"},
            {"__true__", "true"},           {"__false__", "false"}, {"__null__", "null"}};
        const auto found = known.find(name);
        return found == known.end() ? name : found->second;
    }

    void arguments(Node &call)
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

    Node primary()
    {
        space();
        if (m_at >= m_text.size() || ++m_depth > 200)
            return failed();
        const char c = m_text[m_at];
        if (take("(")) {
            Node inner = conditional();
            return take(")") ? inner : failed();
        }
        if (take("[")) {
            Node list{Node::Kind::List, {}, {}, {}};
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
        if (c >= '0' && c <= '9') {
            const std::size_t start = m_at;
            while (m_at < m_text.size()
                   && ((m_text[m_at] >= '0' && m_text[m_at] <= '9') || m_text[m_at] == '.'))
                ++m_at;
            return {
                Node::Kind::Literal, {}, Value::number(std::string(m_text.substr(start, m_at - start))), {}};
        }
        const std::string name = word();
        if (name == "true" || name == "false")
            return {Node::Kind::Literal, {}, Value(name == "true"), {}};
        if (name == "null")
            return {};
        if (!take("("))
            return {Node::Kind::Name, name, {}, {}};
        Node call{Node::Kind::Call, name, {}, {Node{Node::Kind::Name, {}, {}, {}}}};
        arguments(call);
        return call;
    }

    Node string()
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
        return {Node::Kind::Literal, {}, Value(std::move(text)), {}};
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
    bool m_failed = false;
};

// --- evaluating -----------------------------------------------------------------------------------------------------------

using Answered = std::optional<Value>; // nullopt: unknown or failed
using Names = std::map<std::string, Value>;

Answered evaluate(const Node &node, const Names &names);

Answered size(const Value &value)
{
    if (value.isArray())
        return Value(std::int64_t(value.items().size()));
    if (value.isObject())
        return Value(std::int64_t(value.members().size()));
    if (!value.isString())
        return {};
    const std::string &text = value.text();
    return Value(
        std::int64_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; })));
}

Answered stringFunction(const std::string &function, const std::string &text,
                        const std::vector<Value> &arguments)
{
    const std::string &other = arguments.empty() ? text : arguments.front().text();
    if (function == "startsWith")
        return Value(text.starts_with(other));
    if (function == "endsWith")
        return Value(text.ends_with(other));
    if (function == "contains")
        return Value(text.find(other) != std::string::npos);
    if (function == "matches")
        return Value(re2::RE2::PartialMatch(text, re2::RE2(other, re2::RE2::Quiet)));
    if (function == "lowerAscii") {
        std::string lowered = text;
        std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        return Value(std::move(lowered));
    }
    if (function != "split" || other.empty())
        return {};
    Value parts = Value::array();
    for (std::size_t from = 0;;) {
        const std::size_t at = std::min(text.find(other, from), text.size());
        parts.push(text.substr(from, at - from));
        if (at == text.size())
            return parts;
        from = at + other.size();
    }
}

std::vector<Value> elements(const Value &value) // of a list its items, of a map its keys
{
    if (value.isArray())
        return value.items();
    std::vector<Value> keys;
    for (const auto &member : value.members())
        keys.emplace_back(member.first);
    return keys;
}

Answered macro(const std::string &name, const Value &range, const std::string &variable, const Node &body,
               Names names)
{
    Value kept = Value::array();
    std::size_t hits = 0;
    const std::vector<Value> all = elements(range);
    for (const Value &element : all) {
        names[variable] = element;
        const Answered answer = evaluate(body, names);
        if (!answer)
            return {};
        hits += answer->toBool() ? 1 : 0;
        if (name == "map")
            kept.push(*answer);
        else if (answer->toBool())
            kept.push(element);
    }
    if (name == "all")
        return Value(hits == all.size());
    if (name == "exists")
        return Value(hits > 0);
    if (name == "exists_one")
        return Value(hits == 1);
    return kept;
}

Answered call(const Node &node, const Names &names)
{
    const std::string &name = node.text;
    const bool isFree = node.parts.front().kind == Node::Kind::Name && node.parts.front().text.empty();
    if (name == "has") {
        const Node *field = isFree && node.parts.size() == 2 && node.parts[1].kind == Node::Kind::Field
            ? &node.parts[1]
            : nullptr;
        const Answered owner = field ? evaluate(field->parts.front(), names) : std::nullopt;
        return owner ? Answered(Value(owner->find(field->text) != nullptr)) : std::nullopt;
    }
    if (isFree) {
        const Answered argument = node.parts.size() == 2 ? evaluate(node.parts[1], names) : std::nullopt;
        if (!argument)
            return {};
        if (name == "size")
            return size(*argument);
        if (name == "string")
            return argument->isBool() ? Value(argument->toBool() ? "true" : "false")
                                      : Value(argument->text());
        const double number = argument->toDouble();
        const bool fits = number > -0x1p63 && number < 0x1p63; // CEL: an error otherwise
        return fits && (name == "int" || name == "uint") ? Answered(Value(std::int64_t(number)))
                                                         : std::nullopt;
    }
    const Answered receiver = evaluate(node.parts.front(), names);
    if (!receiver)
        return {};
    if (node.parts.size() == 3 && node.parts[1].kind == Node::Kind::Name
        && (name == "all" || name == "exists" || name == "exists_one" || name == "filter" || name == "map"))
        return macro(name, *receiver, node.parts[1].text, node.parts[2], names);
    if (name == "size" && node.parts.size() == 1)
        return size(*receiver);
    std::vector<Value> arguments;
    for (std::size_t i = 1; i < node.parts.size(); ++i) {
        Answered argument = evaluate(node.parts[i], names);
        if (!argument)
            return {};
        arguments.push_back(std::move(*argument));
    }
    return receiver->isString() ? stringFunction(name, receiver->text(), arguments) : std::nullopt;
}

Answered arithmetic(const std::string &op, const Value &a, const Value &b)
{
    if (op == "+" && a.isString() && b.isString())
        return Value(a.text() + b.text());
    if (op == "+" && a.isArray() && b.isArray()) {
        Value joined = a;
        for (const Value &item : b.items())
            joined.push(item);
        return joined;
    }
    if (!a.isNumber() || !b.isNumber())
        return {};
    const bool isWhole = a.text().find('.') == std::string::npos && b.text().find('.') == std::string::npos;
    const std::int64_t x = a.toInteger(), y = b.toInteger();
    if ((op == "/" || op == "%") && (isWhole ? y == 0 : b.toDouble() == 0))
        return {};
    if (op == "%")
        return Value(x % y);
    if (isWhole)
        return Value(op == "+" ? x + y : op == "-" ? x - y : op == "*" ? x * y : x / y);
    const double p = a.toDouble(), q = b.toDouble();
    return Value(op == "+" ? p + q : op == "-" ? p - q : op == "*" ? p * q : p / q);
}

Answered binary(const Node &node, const Names &names)
{
    const std::string &op = node.text;
    const Answered left = evaluate(node.parts[0], names);
    if (op == "&&" || op == "||") { // either side may settle it, even if the other fails
        const bool settles = op == "||";
        if (left && left->toBool() == settles)
            return Value(settles);
        const Answered right = evaluate(node.parts[1], names);
        if (right && right->toBool() == settles)
            return Value(settles);
        return left && right ? Answered(Value(!settles)) : std::nullopt;
    }
    const Answered right = evaluate(node.parts[1], names);
    if (!left || !right)
        return {};
    if (op == "==" || op == "!=")
        return Value((*left == *right) == (op == "=="));
    if (op == "in") {
        const std::vector<Value> all = elements(*right);
        return Value(std::find(all.begin(), all.end(), *left) != all.end());
    }
    if (op.front() != '<' && op.front() != '>')
        return arithmetic(op, *left, *right);
    const int order = left->isString() && right->isString() ? left->text().compare(right->text())
        : left->toDouble() < right->toDouble()              ? -1
                                                            : left->toDouble() > right->toDouble();
    return Value(op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0);
}

Answered evaluate(const Node &node, const Names &names)
{
    switch (node.kind) {
    case Node::Kind::Literal: return node.literal;
    case Node::Kind::Name: {
        const auto found = names.find(node.text);
        return found == names.end() ? std::nullopt : Answered(found->second);
    }
    case Node::Kind::Field: {
        const Answered owner = evaluate(node.parts.front(), names);
        const Value *member = owner ? owner->find(node.text) : nullptr;
        return member ? Answered(*member) : std::nullopt;
    }
    case Node::Kind::Index: {
        const Answered owner = evaluate(node.parts[0], names);
        const Answered index = evaluate(node.parts[1], names);
        if (!owner || !index)
            return {};
        if (owner->isObject())
            return owner->find(index->text()) ? Answered((*owner)[index->text()]) : std::nullopt;
        const std::int64_t at = index->toInteger(-1);
        return at >= 0 && at < std::int64_t(owner->items().size()) ? Answered(owner->items()[std::size_t(at)])
                                                                   : std::nullopt;
    }
    case Node::Kind::Call: return call(node, names);
    case Node::Kind::Unary: {
        const Answered operand = evaluate(node.parts.front(), names);
        if (!operand)
            return {};
        return node.text == "!" ? Answered(Value(!operand->toBool())) : arithmetic("-", Value(0), *operand);
    }
    case Node::Kind::Binary: return binary(node, names);
    case Node::Kind::Conditional: {
        const Answered condition = evaluate(node.parts[0], names);
        return condition ? evaluate(node.parts[condition->toBool() ? 1 : 2], names) : std::nullopt;
    }
    case Node::Kind::List: {
        Value list = Value::array();
        for (const Node &part : node.parts) {
            Answered item = evaluate(part, names);
            if (!item)
                return {};
            list.push(std::move(*item));
        }
        return list;
    }
    }
    return {};
}

} // namespace

std::optional<bool> evaluateRule(std::string_view expression, const Value &self)
{
    const std::optional<Node> node = Reader(expression).read();
    const Answered answer = node ? evaluate(*node, {{"self", self}}) : std::nullopt;
    return answer && answer->isBool() ? std::optional(answer->toBool()) : std::nullopt;
}

} // namespace demo
