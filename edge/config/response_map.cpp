// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/response_map.h"

#include "edge/config/said.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr std::array<std::string_view, 3> formats{"text_format", "json_format", "text_format_source"};

// Commands of Envoy that the compilers know, from 2.x on.
constexpr std::array<std::string_view, 62> commands{
    "START_TIME",
    "REQUEST_HEADERS_BYTES",
    "BYTES_RECEIVED",
    "PROTOCOL",
    "RESPONSE_CODE",
    "RESPONSE_CODE_DETAILS",
    "CONNECTION_TERMINATION_DETAILS",
    "RESPONSE_HEADERS_BYTES",
    "RESPONSE_TRAILERS_BYTES",
    "BYTES_SENT",
    "UPSTREAM_WIRE_BYTES_SENT",
    "UPSTREAM_WIRE_BYTES_RECEIVED",
    "UPSTREAM_HEADER_BYTES_SENT",
    "UPSTREAM_HEADER_BYTES_RECEIVED",
    "DOWNSTREAM_WIRE_BYTES_SENT",
    "DOWNSTREAM_WIRE_BYTES_RECEIVED",
    "DOWNSTREAM_HEADER_BYTES_SENT",
    "DOWNSTREAM_HEADER_BYTES_RECEIVED",
    "DURATION",
    "REQUEST_DURATION",
    "REQUEST_TX_DURATION",
    "RESPONSE_DURATION",
    "RESPONSE_TX_DURATION",
    "RESPONSE_FLAGS",
    "ROUTE_NAME",
    "UPSTREAM_HOST",
    "UPSTREAM_CLUSTER",
    "UPSTREAM_LOCAL_ADDRESS",
    "UPSTREAM_TRANSPORT_FAILURE_REASON",
    "DOWNSTREAM_REMOTE_ADDRESS",
    "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
    "DOWNSTREAM_LOCAL_ADDRESS",
    "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
    "CONNECTION_ID",
    "GRPC_STATUS",
    "DOWNSTREAM_LOCAL_PORT",
    "REQ",
    "RESP",
    "TRAILER",
    "DYNAMIC_METADATA",
    "CLUSTER_METADATA",
    "FILTER_STATE",
    "REQUESTED_SERVER_NAME",
    "DOWNSTREAM_LOCAL_URI_SAN",
    "DOWNSTREAM_PEER_URI_SAN",
    "DOWNSTREAM_LOCAL_SUBJECT",
    "DOWNSTREAM_PEER_SUBJECT",
    "DOWNSTREAM_PEER_ISSUER",
    "DOWNSTREAM_TLS_SESSION_ID",
    "DOWNSTREAM_TLS_CIPHER",
    "DOWNSTREAM_TLS_VERSION",
    "DOWNSTREAM_PEER_FINGERPRINT_256",
    "DOWNSTREAM_PEER_FINGERPRINT_1",
    "DOWNSTREAM_PEER_SERIAL",
    "DOWNSTREAM_PEER_CERT",
    "DOWNSTREAM_PEER_CERT_V_START",
    "DOWNSTREAM_PEER_CERT_V_END",
    "HOSTNAME",
    "LOCAL_REPLY_BODY",
    "FILTER_CHAIN_NAME",
};

// "" or the first command in the text that is none.
std::string unknownCommand(const std::string &text)
{
    static const RE2 command(
        R"(%([A-Za-z0-9_]+?)(\([A-Za-z0-9_.]+?((:|\?)[A-Za-z0-9_.]+?)+\))?(:[A-Za-z0-9_]+?)?%)");
    std::string name;
    for (re2::StringPiece rest(text); RE2::FindAndConsume(&rest, command, &name);) {
        if (std::find(commands.begin(), commands.end(), name) == commands.end())
            return name;
    }
    return {};
}

std::string textOf(const Value &body)
{
    std::string text = body["text_format"].text();
    for (const auto &[name, value] : body["json_format"].members())
        text += name + ": " + value.text() + ", ";
    return text;
}

std::string bodyFault(const Value &body, const Rules &rules)
{
    const bool isFirst =
        !rules.newClusterFields; // 1.x, to which what is empty is none, and which looks no further
    const auto set = std::count_if(formats.begin(), formats.end(), [&](std::string_view format) {
        return isFirst && format != "text_format_source" ? isTruthy(body[format]) : !body[format].isNull();
    });
    if (set != 1)
        return std::string(set == 0 ? "has none" : "has more than one")
            + " of text_format, json_format and text_format_source";
    if (isFirst)
        return {};
    if (const Value &source = body["text_format_source"]; !source.isNull() && !source["filename"].isString())
        return "has a text_format_source without a filename";
    const std::string command = unknownCommand(textOf(body));
    return command.empty() ? "" : "has %" + command + "%, which is no command";
}

} // namespace

std::optional<ResponseFault> responseFault(const Value &overrides, const Rules &rules)
{
    std::size_t number = 0;
    for (const Value &given : overrides.items()) {
        const std::string path = "[" + std::to_string(number++) + "].body";
        if (const std::string fault = bodyFault(given["body"], rules); !fault.empty())
            return ResponseFault{path, "the body " + fault};
    }
    return {};
}

std::vector<ResponseFault> responseFiles(const Value &overrides, const Rules &rules)
{
    std::vector<ResponseFault> files;
    std::size_t number = 0;
    for (const Value &given : overrides.items()) {
        const std::string path = "[" + std::to_string(number++) + "].body.text_format_source";
        const Value &name = given["body"]["text_format_source"]["filename"];
        if (rules.newClusterFields && name.isString())
            files.push_back({path, "the edge's own container has to have the file " + name.text()});
    }
    return files;
}

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
