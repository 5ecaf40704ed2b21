// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/response_map.h"

namespace edge {

Value responseMap(const Value &overrides)
{
    if (!overrides.isArray() || overrides.items().empty())
        return {};
    Value mappers = Value::array();
    for (const Value &given : overrides.items()) {
        Value comparison = Value::object({{"op", "EQ"},
                                          {"value",
                                           Value::object({{"default_value", given["on_status_code"].text()},
                                                          {"runtime_key", "_donotsetthiskey"}})}});
        Value mapper = Value::object();
        mapper.set(
            "filter",
            Value::object({{"status_code_filter", Value::object({{"comparison", std::move(comparison)}})}}));
        const Value &body = given["body"];
        Value format = Value::object();
        if (body["text_format_source"].isObject())
            mapper.set("body", body["text_format_source"]);
        else if (body["json_format"].isObject())
            format.set("json_format", body["json_format"]);
        else
            format.set("text_format", body["text_format"]);
        if (body["content_type"].isString())
            format.set("content_type", body["content_type"]);
        if (!format.members().empty())
            mapper.set("body_format_override", std::move(format));
        mappers.push(std::move(mapper));
    }
    return Value::object({{"mappers", std::move(mappers)}});
}

} // namespace edge
