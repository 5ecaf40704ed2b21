// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/schema_validator.h"

#include "app/demo/string_formats.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace demo {

namespace {

bool isInt64(const Value &number) // as Go decodes it; all else is a float64 there
{
    std::int64_t value = 0;
    const std::string &text = number.text();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

bool isWhole(const Value &number) // 2.0 counts, as far as a float64 knows every whole number
{
    constexpr double Exact = 9007199254740991;
    const double value = number.toDouble();
    return isInt64(number) || (std::floor(value) == value && std::abs(value) <= Exact);
}

const char *typeName(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Null: return "null";
    case Value::Type::Bool: return "boolean";
    case Value::Type::Number: return isWhole(value) ? "integer" : "number";
    case Value::Type::String: return "string";
    case Value::Type::Array: return "array";
    case Value::Type::Object: return "object";
    }
    return "";
}

const char *goFormat(const Value &value)
{
    return !value.isNumber() ? "" : isInt64(value) ? "int64" : "float64";
}

bool isNumeric(const std::string &type) { return type == "integer" || type == "number"; }

std::string knownFormat(const Value &schema) // others are let pass
{
    const std::string &format = schema["format"].text();
    const bool isOfNumbers =
        format == "int32" || format == "int64" || format == "float" || format == "double";
    return isOfNumbers || isKnownStringFormat(format) ? format : std::string();
}

Cause typeProblem(const std::string &path, const std::string &wanted, const std::string &actual)
{
    return {"FieldValueTypeInvalid", path,
            "Invalid value: " + quoted(actual) + ": " + path + " in body must be of type " + wanted + ": "
                + quoted(actual)};
}

Cause wholeProblem(const std::string &text)
{
    return invalidValue("<nil>", "\"\"", text);
} // it names no field

struct Outcome
{
    std::vector<Cause> causes;
    int matches = 0; // how many checks passed
};

// Every kind of check runs, also after a wrong type.  Of alternatives none of which fits, the causes of the one that fits in the most
// are told.
class Validator
{
public:
    static Outcome outcome(const Value &value, const Value &schema, const std::string &path, Formats formats)
    {
        Validator validator(formats);
        validator.validate(value, schema, path);
        return {std::move(validator.m_causes), validator.m_matches};
    }

private:
    explicit Validator(Formats formats)
        : m_formats(formats)
    {
    }

    void validate(const Value &value, const Value &schema, const std::string &path)
    {
        if (!value.isNull() || (isTyped(schema) && !schema["nullable"].toBool()))
            checkType(value, schema, path);
        if (value.isNull()) // only its type
            return;
        checkCombinations(value, schema, path);
        if (value.isString())
            checkString(value, schema, path);
        if (value.isNumber())
            checkNumber(value, schema, path);
        if (value.isArray())
            checkArray(value, schema, path);
        checkEnum(value, schema, path);
        if (value.isObject())
            checkObject(value, schema, path);
        ++m_matches;
    }

    static bool isTyped(const Value &schema)
    {
        return !schema["type"].text().empty() || schema["x-kubernetes-int-or-string"].toBool();
    }

    void bad(const std::string &path, const Value &value, const std::string &problem)
    {
        m_causes.push_back(invalidValue(path, edge::toJson(value), path + " in body " + problem));
    }

    void checkType(const Value &value, const Value &schema, const std::string &path)
    {
        const std::string &type = schema["type"].text();
        const std::string actual = typeName(value), format = knownFormat(schema);
        ++m_matches;
        if (schema["x-kubernetes-int-or-string"].toBool()) {
            if (actual != "string" && actual != "integer")
                m_causes.push_back(typeProblem(path, "integer,string", actual));
            return;
        }
        if (type.empty() || type == actual || (type == "number" && actual == "integer"))
            return;
        if (format.empty() || value.isNull())
            m_causes.push_back(typeProblem(path, type, actual));
        else if (!value.isString() && !value.isArray())
            m_causes.push_back(typeProblem(path, format, goFormat(value)));
        else if (isNumeric(type))
            m_causes.push_back(typeProblem(path, type, actual));
    }

    void checkEnum(const Value &value, const Value &schema, const std::string &path)
    {
        const Value &allowed = schema["enum"];
        ++m_matches;
        if (!allowed.isArray()
            || std::find(allowed.items().begin(), allowed.items().end(), value) != allowed.items().end())
            return;
        std::vector<std::string> words;
        for (const Value &each : allowed.items())
            words.push_back(each.text());
        m_causes.push_back(unsupportedValue(path, edge::toJson(value), words));
    }

    void checkRange(const Value &value, const Value &schema, const std::string &path)
    {
        const std::string &type = schema["type"].text();
        const std::string format = knownFormat(schema);
        const double number = value.toDouble();
        bool fits = true;
        if (type == "integer") {
            fits = isWhole(value)
                && (format != "int32"
                    || (number >= std::numeric_limits<std::int32_t>::min()
                        && number <= std::numeric_limits<std::int32_t>::max()));
        } else if (type == "number" && format == "float") {
            fits = std::abs(number) <= double(std::numeric_limits<float>::max());
        }
        if (!fits)
            m_causes.push_back(wholeProblem(
                "Checked value must be of type " + type
                + (format.empty() ? " (default format)" : " with format " + format) + " in " + path));
    }

    void checkNumber(const Value &value, const Value &schema, const std::string &path)
    {
        ++m_matches;
        const double number = value.toDouble();
        checkRange(value, schema, path);
        if (const Value *factor = schema.find("multipleOf");
            factor && std::fmod(number, factor->toDouble()) != 0)
            bad(path, value, "should be a multiple of " + factor->text());
        if (const Value *limit = schema.find("maximum")) {
            const bool exclusive = schema["exclusiveMaximum"].toBool();
            if (exclusive ? number >= limit->toDouble() : number > limit->toDouble())
                bad(path, value,
                    std::string("should be less than ") + (exclusive ? "" : "or equal to ") + limit->text());
        }
        if (const Value *limit = schema.find("minimum")) {
            const bool exclusive = schema["exclusiveMinimum"].toBool();
            if (exclusive ? number <= limit->toDouble() : number < limit->toDouble())
                bad(path, value,
                    std::string("should be greater than ") + (exclusive ? "" : "or equal to ")
                        + limit->text());
        }
    }

    // Of length and pattern only the first that is wrong.
    void checkText(const Value &value, const Value &schema, const std::string &path)
    {
        const std::string &text = value.text();
        const auto length =
            std::int64_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
        if (const Value *limit = schema.find("maxLength"); limit && length > limit->toInteger()) {
            m_causes.push_back(
                {"FieldValueTooLong", path, "Too long: may not be more than " + limit->text() + " bytes"});
            return;
        }
        if (const Value *limit = schema.find("minLength"); limit && length < limit->toInteger())
            return bad(path, value, "should be at least " + limit->text() + " chars long");
        if (const Value *pattern = schema.find("pattern")) {
            const re2::RE2 expression(pattern->text(), re2::RE2::Quiet);
            if (expression.ok() && !re2::RE2::PartialMatch(text, expression))
                bad(path, value, "should match '" + pattern->text() + "'");
        }
    }

    void checkString(const Value &value, const Value &schema, const std::string &path)
    {
        ++m_matches;
        checkText(value, schema, path);
        const std::string &format = schema["format"].text();
        if (m_formats == Formats::LetPass || isNumeric(schema["type"].text())
            || hasStringFormat(value.text(), format))
            return;
        m_causes.push_back({"FieldValueTypeInvalid", path,
                            "Invalid value: " + edge::toJson(value) + ": " + path
                                + " in body must be of type " + format + ": " + edge::toJson(value)});
    }

    void checkArray(const Value &value, const Value &schema, const std::string &path)
    {
        ++m_matches;
        if (const Value *items = schema.find("items")) {
            for (std::size_t i = 0; i < value.items().size(); ++i)
                validate(value.items()[i], *items, path + "[" + std::to_string(i) + "]");
        }
        const auto size = std::int64_t(value.items().size());
        if (const Value *limit = schema.find("minItems"); limit && size < limit->toInteger())
            bad(path, Value(size), "should have at least " + limit->text() + " items");
        if (const Value *limit = schema.find("maxItems"); limit && size > limit->toInteger())
            m_causes.push_back(
                {"FieldValueTooMany", path,
                 "Too many: " + std::to_string(size) + ": must have at most " + limit->text() + " items"});
    }

    void checkObject(const Value &value, const Value &schema, const std::string &path)
    {
        ++m_matches;
        const auto size = std::int64_t(value.members().size());
        if (const Value *limit = schema.find("maxProperties"); limit && size > limit->toInteger())
            m_causes.push_back(
                {"FieldValueTooMany", path,
                 "Too many: " + std::to_string(size) + ": must have at most " + limit->text() + " items"});
        if (const Value *limit = schema.find("minProperties"); limit && size < limit->toInteger())
            bad(path, Value(size), "should have at least " + limit->text() + " properties");
        for (const auto &[key, member] : value.members()) {
            if (path.empty() && (key == "metadata" || key == "apiVersion" || key == "kind"))
                continue; // the server's own business
            if (const Value *inner = memberSchema(schema, key))
                validate(member, *inner, fieldBelow(path, key));
        }
        for (const Value &name : schema["required"].items())
            require(value, name.text(), path);
        for (const char *name : {"apiVersion", "kind"}) {
            if (schema["x-kubernetes-embedded-resource"].toBool())
                require(value, name, path);
        }
    }

    void require(const Value &value, const std::string &name, const std::string &path)
    {
        if (value.find(name))
            ++m_matches;
        else
            m_causes.push_back(requiredValue(fieldBelow(path, name)));
    }

    void take(Outcome other)
    {
        m_matches += other.matches;
        std::move(other.causes.begin(), other.causes.end(), std::back_inserter(m_causes));
    }

    struct Alternatives
    {
        int fitting = 0;
        std::optional<Outcome> nearest; // of those that do not fit, if none does
    };
    Alternatives among(const Value &schemas, const Value &value, const std::string &path) const
    {
        Alternatives found;
        for (const Value &each : schemas.items()) {
            Outcome inner = outcome(value, each, path, m_formats);
            if (inner.causes.empty())
                ++found.fitting;
            else if (!found.nearest || inner.matches > found.nearest->matches)
                found.nearest = std::move(inner);
        }
        if (found.fitting > 0)
            found.nearest.reset();
        return found;
    }

    void checkCombinations(const Value &value, const Value &schema, const std::string &path)
    {
        ++m_matches;
        if (schema.find("anyOf")) {
            Alternatives found = among(schema["anyOf"], value, path);
            if (found.fitting == 0)
                m_causes.push_back(wholeProblem(quoted(path) + " must validate at least one schema (anyOf)"));
            if (found.nearest)
                take(std::move(*found.nearest));
        }
        if (schema.find("oneOf")) {
            Alternatives found = among(schema["oneOf"], value, path);
            if (found.fitting != 1)
                m_causes.push_back(wholeProblem(
                    quoted(path) + " must validate one and only one schema (oneOf). Found "
                    + (found.fitting == 0 ? "none valid"
                                          : std::to_string(found.fitting) + " valid alternatives")));
            if (found.nearest)
                take(std::move(*found.nearest));
        }
        checkAll(value, schema["allOf"], path);
        if (schema.find("not") && outcome(value, schema["not"], path, m_formats).causes.empty())
            m_causes.push_back(wholeProblem(quoted(path) + " must not validate the schema (not)"));
    }

    void checkAll(const Value &value, const Value &schemas, const std::string &path)
    {
        std::size_t fitting = 0;
        for (const Value &each : schemas.items()) {
            Outcome inner = outcome(value, each, path, m_formats);
            fitting += inner.causes.empty() ? 1 : 0;
            take(std::move(inner));
        }
        if (fitting != schemas.items().size())
            m_causes.push_back(wholeProblem(quoted(path) + " must validate all the schemas (allOf)"
                                            + (fitting == 0 ? ". None validated" : "")));
    }

    std::vector<Cause> m_causes;
    int m_matches = 0;
    const Formats m_formats;
};

Value keyOfItem(const Value &item, const Value &schema)
{
    if (schema["x-kubernetes-list-type"].text() != "map")
        return item;
    Value key = Value::object();
    for (const Value &name : schema["x-kubernetes-list-map-keys"].items())
        key.set(name.text(), item[name.text()]);
    return key;
}

void findRepeated(const Value &value, const Value &schema, const std::string &path,
                  std::vector<Cause> &causes)
{
    const std::string &type = schema["x-kubernetes-list-type"].text();
    std::vector<std::pair<Value, int>> seen;
    for (std::size_t i = 0; i < value.items().size() && (type == "map" || type == "set"); ++i) {
        if (type == "map" && !value.items()[i].isObject()) { // and no more is said of this list
            causes.push_back(invalidValue(path + "[" + std::to_string(i) + "]",
                                          edge::toJson(value.items()[i]),
                                          "must be an object for an array of list-type map"));
            break;
        }
        Value key = keyOfItem(value.items()[i], schema);
        const auto known =
            std::find_if(seen.begin(), seen.end(), [&key](const auto &each) { return each.first == key; });
        if (known == seen.end())
            seen.emplace_back(std::move(key), 1);
        else if (++known->second == 2) // the third is not told
            causes.push_back({"FieldValueDuplicate", path + "[" + std::to_string(i) + "]",
                              "Duplicate value: " + edge::toJson(key)});
    }
    for (std::size_t i = 0; i < value.items().size(); ++i)
        findRepeated(value.items()[i], schema["items"], path + "[" + std::to_string(i) + "]", causes);
    for (const auto &[key, member] : value.members()) {
        const Value *inner = path.empty() && key == "metadata" ? nullptr : memberSchema(schema, key);
        if (inner)
            findRepeated(member, *inner, fieldBelow(path, key), causes);
    }
}

} // namespace

std::string fieldBelow(const std::string &path, const std::string &key)
{
    return path.empty() ? key : path + "." + key;
}

const Value *memberSchema(const Value &schema, const std::string &key)
{
    if (const Value *declared = schema["properties"].find(key))
        return declared;
    const Value &additional = schema["additionalProperties"];
    return additional.isObject() ? &additional : nullptr;
}

std::vector<Cause> validationProblems(const Value &value, const Value &schema, Formats formats)
{
    return Validator::outcome(value, schema, {}, formats).causes;
}

std::vector<Cause> repeatedItems(const Value &value, const Value &schema)
{
    std::vector<Cause> causes;
    findRepeated(value, schema, {}, causes);
    return causes;
}

} // namespace demo
