// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A small JSON tree: what Kubernetes objects are read from and built of, wherever the whole of one object is
// wanted. Promises: object members keep their order; numbers keep their text (1.0 stays 1.0, 64-bit integers
// stay exact); reading never fails: a missing member or a wrong type reads as null, "", 0, false or empty.
// JSON is read by simdjson, YAML by yaml-cpp with the scalar rules of YAML 1.1, as Kubernetes reads it
// (yes/no/on/off are booleans, 0777 is octal; shared conformance/yaml-scalars.*).  Not for 100,000 rows:
// those read columns only.
#include "edge/result.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace edge {

class Value
{
public:
    enum class Type { Null, Bool, Number, String, Array, Object };
    using Array = std::vector<Value>;
    using Member = std::pair<std::string, Value>;
    using Object = std::vector<Member>;
    static constexpr int DepthLimit = 200; // deeper text is refused, as the API server does long before

    Value() = default;
    Value(bool value);
    Value(int value);
    Value(std::int64_t value);
    Value(double value);
    Value(const char *text);
    Value(std::string text);
    Value(std::string_view text);
    static Value number(std::string text); // the text must be a JSON number
    static Value array(Array items = {});
    static Value strings(const std::vector<std::string> &texts);
    static Value object(Object members = {});

    Type type() const { return m_type; }
    bool isNull() const { return m_type == Type::Null; }
    bool isBool() const { return m_type == Type::Bool; }
    bool isNumber() const { return m_type == Type::Number; }
    bool isString() const { return m_type == Type::String; }
    bool isArray() const { return m_type == Type::Array; }
    bool isObject() const { return m_type == Type::Object; }

    bool toBool(bool fallback = false) const;
    std::int64_t toInteger(std::int64_t fallback = 0) const; // a number without a fraction, else the fallback
    double toDouble(double fallback = 0) const;
    const std::string &text() const;                     // of a string or a number; "" for all else
    const Array &items() const;                          // empty unless an array
    const Object &members() const;                       // empty unless an object
    const Value *find(std::string_view key) const;       // nullptr if absent or not an object
    const Value &operator[](std::string_view key) const; // a null value if absent
    const Value &at(std::initializer_list<std::string_view> path) const; // spec, mtls, mode

    // Changing: a null becomes an object (set, child) or an array (push) first; any other type is replaced.
    Value &set(std::string_view key, Value value); // returns the stored value
    Value &child(std::string_view key);            // the member, made null if absent
    bool erase(std::string_view key);
    Value &push(Value value);
    Array &mutableItems();

    bool operator==(const Value &other) const; // members in any order; numbers by value

private:
    Type m_type = Type::Null;
    bool m_bool = false;
    std::string m_text;
    Array m_items;
    Object m_members;
};

Result<Value> parseJson(std::string_view text);
enum class DuplicateKeys {
    Refuse,
    LastWins
}; // Kubernetes refuses them, the edge's own reader of old takes the last
// One value a document; empty documents left out.
Result<std::vector<Value>> parseYaml(std::string_view text, std::string_view fileName = {},
                                     DuplicateKeys duplicates = DuplicateKeys::Refuse);
std::string toJson(const Value &value, int indent = 0); // 0: one line
std::string toYaml(const Value &value);                 // quoted wherever YAML 1.1 would read something else
Value mergePatch(Value target, const Value &patch);     // RFC 7386

} // namespace edge
