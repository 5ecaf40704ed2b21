// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/byte_fields.h"

#include "app/demo/base64.h"
#include "app/demo/schema.h"

#include <algorithm>

namespace demo {

namespace {

std::string decodeField(Value &value)
{
    std::string text = value.text();
    if (const auto fault = base64Fault(text))
        return "illegal base64 data at input byte " + std::to_string(*fault);
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    value = base64(fromBase64(text));
    return {};
}

std::string decodeBySchema(Value &value, const Value &schema)
{
    if (value.isString() && schema["format"].text() == "byte")
        return decodeField(value);
    if (value.isArray()) {
        for (Value &item : value.mutableItems()) {
            if (std::string problem = decodeBySchema(item, schema["items"]); !problem.empty())
                return problem;
        }
    }
    if (!value.isObject())
        return {};
    std::vector<std::string> keys;
    for (const auto &[key, member] : value.members())
        keys.push_back(key);
    for (const std::string &key : keys) {
        const Value *declared = schema["properties"].find(key);
        const Value &of = declared ? *declared : schema["additionalProperties"];
        if (std::string problem = of.isObject() ? decodeBySchema(value.child(key), of) : std::string();
            !problem.empty())
            return problem;
    }
    return {};
}

// Of kinds whose spec the demo takes as it is.
std::string decodeAt(Value &object, const std::vector<std::string_view> &path)
{
    Value *at = &object;
    for (const std::string_view key : path) {
        if (!at->find(key))
            return {};
        at = &at->child(key);
    }
    return at->isString() ? decodeField(*at) : std::string();
}

} // namespace

std::string decodeBytes(Value &object, const ResourceKind &kind, const std::string &version)
{
    if (!kind.isBuiltIn)
        return {};
    if (kind.kind == "CustomResourceDefinition")
        return decodeAt(object, {"spec", "conversion", "webhook", "clientConfig", "caBundle"});
    if (kind.kind == "APIService")
        return decodeAt(object, {"spec", "caBundle"});
    const Value *schema = schemaOf(kind, version);
    return schema ? decodeBySchema(object, *schema) : std::string();
}

std::string goMapText(const Value &value)
{
    std::vector<std::string> parts;
    if (value.isObject()) {
        for (const auto &[key, member] : value.members())
            parts.push_back(key + ":" + goMapText(member));
        std::sort(parts.begin(), parts.end());
    } else if (value.isArray()) {
        for (const Value &item : value.items())
            parts.push_back(goMapText(item));
    } else {
        return value.isNull() ? "<nil>" : value.isString() ? value.text() : edge::toJson(value);
    }
    std::string text = value.isObject() ? "map[" : "[";
    for (std::size_t i = 0; i < parts.size(); ++i)
        text.append(i == 0 ? "" : " ").append(parts[i]);
    return text + "]";
}

} // namespace demo
