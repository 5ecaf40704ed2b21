// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/cel.h"

#include "app/demo/cel_functions.h"
#include "app/demo/cel_reader.h"

#include <algorithm>
#include <map>
#include <set>

namespace demo {

namespace {

using Kind = CelNode::Kind;
using Names = std::map<std::string, CelValue>;
using Failure = tl::unexpected<std::string>;

CelAnswer evaluate(const CelNode &node, const Names &names);

tl::expected<bool, std::string> truth(const CelAnswer &answer)
{
    if (!answer)
        return Failure(answer.error());
    return answer->value.isBool() ? tl::expected<bool, std::string>(answer->value.toBool())
                                  : Failure("no such overload");
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

// all and exists are settled by one element even if others fail.
CelAnswer quantified(bool isAll, const std::vector<CelAnswer> &answers)
{
    std::string error;
    for (const CelAnswer &answer : answers) {
        const auto holds = truth(answer);
        if (holds && *holds != isAll)
            return Value(!isAll);
        if (!holds)
            error = holds.error();
    }
    return error.empty() ? CelAnswer(Value(isAll)) : CelAnswer(Failure(error));
}

CelAnswer macro(const CelNode &node, Names names)
{
    const CelAnswer range = evaluate(node.parts[0], names);
    if (!range)
        return range;
    const std::vector<Value> all = elements(range->value);
    std::vector<CelAnswer> answers;
    for (const Value &element : all) {
        names[node.parts[1].text] = element;
        answers.push_back(evaluate(node.parts[2], names));
    }
    if (node.text == "all" || node.text == "exists")
        return quantified(node.text == "all", answers);
    Value kept = Value::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!answers[i])
            return answers[i];
        if (node.text == "map") {
            kept.push(answers[i]->value);
            continue;
        }
        const auto holds = truth(answers[i]);
        if (!holds)
            return Failure(holds.error());
        if (*holds)
            kept.push(all[i]);
    }
    return node.text == "exists_one" ? CelAnswer(Value(kept.items().size() == 1))
                                     : CelAnswer(std::move(kept));
}

CelAnswer call(const CelNode &node, const Names &names)
{
    if (node.isFreeCall()) {
        const CelNode &argument = node.parts[1];
        if (node.text != "has") {
            const CelAnswer value = evaluate(argument, names);
            return value ? callCelFunction(node.text, *value) : value;
        }
        const CelAnswer owner = evaluate(argument.parts.front(), names);
        return owner ? CelAnswer(Value(owner->value.find(argument.text) != nullptr)) : owner;
    }
    if (node.isMacro())
        return macro(node, names);
    const CelAnswer receiver = evaluate(node.parts.front(), names);
    if (!receiver)
        return receiver;
    std::vector<Value> arguments;
    for (std::size_t i = 1; i < node.parts.size(); ++i) {
        CelAnswer argument = evaluate(node.parts[i], names);
        if (!argument)
            return argument;
        arguments.push_back(std::move(argument->value));
    }
    return callCelMethod(node.text, *receiver, arguments);
}

bool isWhole(const Value &number) { return number.text().find_first_of(".eE") == std::string::npos; }

CelAnswer wholeArithmetic(const std::string &op, std::int64_t x, std::int64_t y)
{
    if ((op == "/" || op == "%") && y == 0)
        return Failure(op == "/" ? "division by zero" : "modulus by zero");
    std::int64_t result = 0;
    if (op == "/" || op == "%") {
        if (y == -1) // the one division that overflows
            return op == "%" ? CelAnswer(Value(0)) : wholeArithmetic("-", 0, x);
        return Value(op == "/" ? x / y : x % y);
    }
    const bool overflows = op == "+" ? __builtin_add_overflow(x, y, &result)
        : op == "-"                  ? __builtin_sub_overflow(x, y, &result)
                                     : __builtin_mul_overflow(x, y, &result);
    return overflows ? CelAnswer(Failure("integer overflow")) : CelAnswer(Value(result));
}

CelAnswer arithmetic(const std::string &op, const CelValue &left, const CelValue &right)
{
    const Value &a = left.value, &b = right.value;
    if (op == "+" && a.isString() && b.isString())
        return Value(a.text() + b.text());
    if (op == "+" && a.isArray() && b.isArray()) {
        Value joined = a;
        for (const Value &item : b.items())
            joined.push(item);
        return joined;
    }
    const bool areSpans = left.type == CelValue::Type::Duration;
    if (!a.isNumber() || !b.isNumber() || left.type != right.type || (areSpans && op != "+" && op != "-"))
        return Failure("no such overload");
    if (isWhole(a) && isWhole(b)) {
        CelAnswer result = wholeArithmetic(op, a.toInteger(), b.toInteger());
        if (result)
            result->type = left.type;
        return result;
    }
    const double p = a.toDouble(), q = b.toDouble();
    if (op == "%" || (op == "/" && q == 0)) // an infinity has no number here
        return Failure(op == "%" ? "no such overload" : "division by zero");
    return Value(op == "+" ? p + q : op == "-" ? p - q : op == "*" ? p * q : p / q);
}

CelAnswer logic(const CelNode &node, const Names &names) // either side may settle it, even if the other fails
{
    const bool settling = node.text == "||";
    const auto left = truth(evaluate(node.parts[0], names));
    if (left && *left == settling)
        return Value(settling);
    const auto right = truth(evaluate(node.parts[1], names));
    if (right && *right == settling)
        return Value(settling);
    if (!left)
        return Failure(left.error());
    return right ? CelAnswer(Value(!settling)) : CelAnswer(Failure(right.error()));
}

int orderOf(const Value &a, const Value &b)
{
    if (a.isString())
        return a.text().compare(b.text());
    if (isWhole(a) && isWhole(b))
        return a.toInteger() < b.toInteger() ? -1 : a.toInteger() > b.toInteger();
    return a.toDouble() < b.toDouble() ? -1 : a.toDouble() > b.toDouble();
}

CelAnswer binary(const CelNode &node, const Names &names)
{
    const std::string &op = node.text;
    if (op == "&&" || op == "||")
        return logic(node, names);
    const CelAnswer left = evaluate(node.parts[0], names);
    if (!left)
        return left;
    const CelAnswer right = evaluate(node.parts[1], names);
    if (!right)
        return right;
    if (op == "==" || op == "!=")
        return Value((*left == *right) == (op == "=="));
    if (op == "in") {
        const std::vector<Value> all = elements(right->value);
        return Value(std::find(all.begin(), all.end(), left->value) != all.end());
    }
    if (op.front() != '<' && op.front() != '>')
        return arithmetic(op, *left, *right);
    const Value &a = left->value, &b = right->value;
    if (left->type != right->type || !((a.isString() && b.isString()) || (a.isNumber() && b.isNumber())))
        return Failure("no such overload");
    const int order = orderOf(a, b);
    return Value(op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0);
}

CelAnswer member(const CelAnswer &owner, const std::string &key)
{
    if (!owner)
        return owner;
    const Value *found = owner->value.find(key);
    return found ? CelAnswer(*found) : CelAnswer(Failure("no such key: " + key));
}

CelAnswer index(const CelNode &node, const Names &names)
{
    const CelAnswer owner = evaluate(node.parts[0], names);
    const CelAnswer key = evaluate(node.parts[1], names);
    if (!owner || !key)
        return owner ? key : owner;
    if (owner->value.isObject())
        return member(owner, key->value.text());
    const std::int64_t at = key->value.toInteger(-1);
    const auto &items = owner->value.items();
    return at >= 0 && at < std::int64_t(items.size())
        ? CelAnswer(items[std::size_t(at)])
        : CelAnswer(Failure("index out of bounds: " + key->value.text()));
}

CelAnswer literal(const CelNode &node, const Names &names) // of a list or a map
{
    std::vector<Value> values;
    for (const CelNode &part : node.parts) {
        CelAnswer value = evaluate(part, names);
        if (!value)
            return value;
        values.push_back(std::move(value->value));
    }
    if (node.kind == Kind::List)
        return Value::array(std::move(values));
    Value map = Value::object();
    for (std::size_t i = 0; i + 1 < values.size(); i += 2)
        map.set(values[i].text(), std::move(values[i + 1]));
    return map;
}

CelAnswer evaluate(const CelNode &node, const Names &names)
{
    switch (node.kind) {
    case Kind::Literal: return node.literal;
    case Kind::Name: {
        const auto found = names.find(node.text);
        return found == names.end() ? CelAnswer(Failure("no such attribute(s): " + node.text))
                                    : CelAnswer(found->second);
    }
    case Kind::Field: return member(evaluate(node.parts.front(), names), node.text);
    case Kind::Index: return index(node, names);
    case Kind::Call: return call(node, names);
    case Kind::Unary: {
        const CelAnswer operand = evaluate(node.parts.front(), names);
        if (!operand)
            return operand;
        if (node.text == "-")
            return arithmetic("-", CelValue(operand->type, Value(0)), *operand);
        const auto holds = truth(operand);
        return holds ? CelAnswer(Value(!*holds)) : CelAnswer(Failure(holds.error()));
    }
    case Kind::Binary: return binary(node, names);
    case Kind::Conditional: {
        const auto condition = truth(evaluate(node.parts[0], names));
        return condition ? evaluate(node.parts[*condition ? 1 : 2], names)
                         : CelAnswer(Failure(condition.error()));
    }
    case Kind::List:
    case Kind::Map: return literal(node, names);
    }
    return Failure("no such overload");
}

// --- before anything is evaluated -----------------------------------------------------------------------------------------

std::string problemAt(std::string_view expression, std::size_t at, const std::string &problem)
{
    const std::string_view before = expression.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const std::string_view rest = expression.substr(start);
    return "ERROR: <input>:" + std::to_string(line) + ":" + std::to_string(at - start + 1) + ": " + problem
        + "\n | " + std::string(rest.substr(0, rest.find('\n'))) + "\n | " + std::string(at - start, '.')
        + "^";
}

struct Unknown
{
    std::size_t at;
    std::string name;
};

std::optional<Unknown> unknownIn(const CelNode &node, std::set<std::string> names)
{
    if (node.kind == Kind::Name)
        return node.text.empty() || names.contains(node.text) ? std::nullopt
                                                              : std::optional(Unknown{node.at, node.text});
    if (node.isFreeCall()) {
        const bool isGoodHas =
            node.text == "has" && node.parts.size() == 2 && node.parts[1].kind == Kind::Field;
        if (!isGoodHas && !(isCelFunction(node.text) && node.parts.size() == 2))
            return Unknown{node.at, node.text};
    } else if (node.kind == Kind::Call && !node.isMacro() && !isCelMethod(node.text)) {
        return Unknown{node.at, node.text};
    }
    if (node.isMacro()) {
        if (auto found = unknownIn(node.parts[0], names))
            return found;
        names.insert(node.parts[1].text);
        return unknownIn(node.parts[2], std::move(names));
    }
    for (const CelNode &part : node.parts) {
        if (auto found = unknownIn(part, names))
            return found;
    }
    return {};
}

bool isRead(const CelNode &node, std::string_view name)
{
    return (node.kind == Kind::Name && node.text == name)
        || std::any_of(node.parts.begin(), node.parts.end(),
                       [name](const CelNode &part) { return isRead(part, name); });
}

tl::expected<CelNode, std::string> checked(std::string_view expression)
{
    auto node = readCel(expression);
    if (!node)
        return Failure(problemAt(expression, node.error(), "Syntax error"));
    if (const auto unknown = unknownIn(*node, {"self", "oldSelf"}))
        return Failure(problemAt(expression, unknown->at,
                                 "undeclared reference to '" + unknown->name + "' (in container '')"));
    return std::move(*node);
}

} // namespace

std::optional<std::string> ruleProblem(std::string_view expression)
{
    const auto node = checked(expression);
    return node ? std::nullopt : std::optional(node.error());
}

bool readsOldSelf(std::string_view expression)
{
    const auto node = readCel(expression);
    return node && isRead(*node, "oldSelf");
}

tl::expected<Value, std::string> evaluateCel(std::string_view expression, const Value &self,
                                             const Value *oldSelf)
{
    const auto node = checked(expression);
    if (!node)
        return Failure(node.error());
    Names names{{"self", self}};
    if (oldSelf)
        names.emplace("oldSelf", *oldSelf);
    CelAnswer answer = evaluate(*node, names);
    return answer ? tl::expected<Value, std::string>(std::move(answer->value))
                  : Failure(std::move(answer.error()));
}

} // namespace demo
