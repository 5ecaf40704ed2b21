// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/value.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace edge {

namespace {

const Value &nullValue()
{
    static const Value null;
    return null;
}

double asDouble(const std::string &text)
{
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::optional<std::int64_t> asInteger(const std::string &text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size())
        return number;
    if (text.find_first_of(".eE") == std::string::npos)
        return {};
    const double real = asDouble(text); // 1e3 and 1.0 are whole too
    if (std::nearbyint(real) != real || std::fabs(real) >= 9.2e18)
        return {};
    return std::int64_t(real);
}

} // namespace

Value::Value(bool value)
    : m_type(Type::Bool)
    , m_bool(value)
{
}

Value::Value(int value)
    : m_type(Type::Number)
    , m_text(std::to_string(value))
{
}

Value::Value(std::int64_t value)
    : m_type(Type::Number)
    , m_text(std::to_string(value))
{
}

Value::Value(double value)
    : m_type(Type::Number)
{
    char buffer[32];
    if (!std::isfinite(value)) // JSON has no word for it
        m_type = Type::Null;
    else
        m_text.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

Value::Value(const char *text)
    : m_type(Type::String)
    , m_text(text)
{
}

Value::Value(std::string text)
    : m_type(Type::String)
    , m_text(std::move(text))
{
}

Value::Value(std::string_view text)
    : m_type(Type::String)
    , m_text(text)
{
}

Value Value::number(std::string text)
{
    Value value(std::move(text));
    value.m_type = Type::Number;
    return value;
}

Value Value::strings(const std::vector<std::string> &texts)
{
    Value value = Value::array();
    for (const std::string &text : texts)
        value.push(text);
    return value;
}

Value Value::array(Array items)
{
    Value value;
    value.m_type = Type::Array;
    value.m_items = std::move(items);
    return value;
}

Value Value::object(Object members)
{
    Value value;
    value.m_type = Type::Object;
    value.m_members = std::move(members);
    return value;
}

bool Value::toBool(bool fallback) const { return isBool() ? m_bool : fallback; }

std::int64_t Value::toInteger(std::int64_t fallback) const
{
    return isNumber() ? asInteger(m_text).value_or(fallback) : fallback;
}

double Value::toDouble(double fallback) const { return isNumber() ? asDouble(m_text) : fallback; }

const std::string &Value::text() const
{
    static const std::string none;
    return isString() || isNumber() ? m_text : none;
}

const Value::Array &Value::items() const
{
    return m_items; // empty in every other type
}

const Value::Object &Value::members() const { return m_members; }

const Value *Value::find(std::string_view key) const
{
    for (const Member &member : m_members) {
        if (member.first == key)
            return &member.second;
    }
    return nullptr;
}

const Value &Value::operator[](std::string_view key) const
{
    const Value *found = find(key);
    return found ? *found : nullValue();
}

const Value &Value::at(std::initializer_list<std::string_view> path) const
{
    const Value *value = this;
    for (const std::string_view key : path)
        value = &(*value)[key];
    return *value;
}

Value &Value::set(std::string_view key, Value value) { return child(key) = std::move(value); }

Value &Value::child(std::string_view key)
{
    if (!isObject())
        *this = object();
    for (Member &member : m_members) {
        if (member.first == key)
            return member.second;
    }
    return m_members.emplace_back(std::string(key), Value()).second;
}

bool Value::erase(std::string_view key)
{
    const auto found = std::find_if(m_members.begin(), m_members.end(),
                                    [&](const Member &member) { return member.first == key; });
    if (found == m_members.end())
        return false;
    m_members.erase(found);
    return true;
}

Value &Value::push(Value value) { return mutableItems().emplace_back(std::move(value)); }

Value::Array &Value::mutableItems()
{
    if (!isArray())
        *this = array();
    return m_items;
}

bool Value::operator==(const Value &other) const
{
    if (m_type != other.m_type)
        return false;
    switch (m_type) {
    case Type::Null: return true;
    case Type::Bool: return m_bool == other.m_bool;
    case Type::String: return m_text == other.m_text;
    case Type::Array: return m_items == other.m_items;
    case Type::Number: {
        if (m_text == other.m_text)
            return true;
        const auto mine = asInteger(m_text);
        const auto theirs = asInteger(other.m_text);
        return mine && theirs ? *mine == *theirs
                              : !mine && !theirs && asDouble(m_text) == asDouble(other.m_text);
    }
    case Type::Object: break;
    }
    return m_members.size() == other.m_members.size()
        && std::all_of(m_members.begin(), m_members.end(), [&](const Member &member) {
               const Value *same = other.find(member.first);
               return same && *same == member.second;
           });
}

// --- JSON
// ---------------------------------------------------------------------------------------------------------------

namespace {

using simdjson::ondemand::json_type;

struct Unreadable // thrown inside this file only: simdjson's own errors join it
{
    std::string why;
};

Value readElement(simdjson::ondemand::value element, int depth);

Value readObject(simdjson::ondemand::value element, int depth)
{
    Value::Object members;
    for (auto field : element.get_object()) {
        std::string key(std::string_view(field.unescaped_key()));
        members.emplace_back(std::move(key), readElement(field.value(), depth + 1));
    }
    return Value::object(std::move(members));
}

Value readArray(simdjson::ondemand::value element, int depth)
{
    Value::Array items;
    for (auto item : element.get_array())
        items.push_back(readElement(item.value(), depth + 1));
    return Value::array(std::move(items));
}

std::string numberText(std::string_view token)
{
    while (!token.empty()
           && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
        token.remove_suffix(1);
    return std::string(token);
}

Value readElement(simdjson::ondemand::value element, int depth)
{
    if (depth > Value::DepthLimit)
        throw Unreadable{"nested deeper than " + std::to_string(Value::DepthLimit) + " levels"};
    switch (json_type(element.type())) {
    case json_type::object: return readObject(element, depth);
    case json_type::array: return readArray(element, depth);
    case json_type::string: return Value(std::string_view(element.get_string()));
    case json_type::boolean: return Value(bool(element.get_bool()));
    case json_type::number: {
        std::string text = numberText(element.raw_json_token());
        [[maybe_unused]] const double checked =
            element.get_double(); // a number that is none is an error here
        return Value::number(std::move(text));
    }
    case json_type::null: break;
    }
    if (!element.is_null())
        throw Unreadable{"a word that is neither true, false nor null"};
    return {};
}

// simdjson's on-demand documents cannot hand out a scalar root as a value: it is wrapped.
simdjson::padded_string wrapped(std::string_view text)
{
    std::string array;
    array.reserve(text.size() + 2);
    array.append("[").append(text).append("]");
    return simdjson::padded_string(array);
}

} // namespace

Result<Value> parseJson(std::string_view text)
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return failure(Error::Kind::Parse, "not JSON: there is nothing");
    try {
        const simdjson::padded_string padded = wrapped(text);
        simdjson::ondemand::parser parser;
        simdjson::ondemand::document document = parser.iterate(padded);
        Value::Array roots;
        for (auto item : document.get_array())
            roots.push_back(readElement(item.value(), 0));
        if (roots.size() != 1
            || document.current_location().error()
                == simdjson::SUCCESS) // a location is left: something follows
            return failure(Error::Kind::Parse, "not JSON: more than one value");
        return std::move(roots.front());
    } catch (const simdjson::simdjson_error &error) {
        return failure(Error::Kind::Parse, std::string("not JSON: ") + error.what());
    } catch (const Unreadable &error) {
        return failure(Error::Kind::Parse, "not JSON: " + error.why);
    }
}

namespace {

void writeString(std::string &out, std::string_view text)
{
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20)
                out.append("\\u00").append(1, hex[(c >> 4) & 0xf]).append(1, hex[c & 0xf]);
            else
                out += c;
        }
    }
    out += '"';
}

void newLine(std::string &out, int indent, int depth)
{
    if (indent > 0)
        out.append(1, '\n').append(std::size_t(indent) * std::size_t(depth), ' ');
}

void write(std::string &out, const Value &value, int indent, int depth)
{
    switch (value.type()) {
    case Value::Type::Null: out += "null"; return;
    case Value::Type::Bool: out += value.toBool() ? "true" : "false"; return;
    case Value::Type::Number: out += value.text(); return;
    case Value::Type::String: writeString(out, value.text()); return;
    case Value::Type::Array:
        out += '[';
        for (const Value &item : value.items()) {
            if (&item != &value.items().front())
                out += ',';
            newLine(out, indent, depth + 1);
            write(out, item, indent, depth + 1);
        }
        if (!value.items().empty())
            newLine(out, indent, depth);
        out += ']';
        return;
    case Value::Type::Object: break;
    }
    out += '{';
    for (const auto &member : value.members()) {
        if (&member != &value.members().front())
            out += ',';
        newLine(out, indent, depth + 1);
        writeString(out, member.first);
        out += indent > 0 ? ": " : ":";
        write(out, member.second, indent, depth + 1);
    }
    if (!value.members().empty())
        newLine(out, indent, depth);
    out += '}';
}

} // namespace

std::string toJson(const Value &value, int indent)
{
    std::string out;
    write(out, value, indent, 0);
    return out;
}

Value mergePatch(Value target, const Value &patch)
{
    if (!patch.isObject())
        return patch;
    if (!target.isObject())
        target = Value::object();
    for (const auto &[key, member] : patch.members()) {
        if (member.isNull())
            target.erase(key);
        else
            target.set(key, mergePatch(target[key], member));
    }
    return target;
}

} // namespace edge
