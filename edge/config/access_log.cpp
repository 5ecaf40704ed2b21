// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/access_log.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr const char *DefaultText =
    "ACCESS [%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
    "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
    "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
    "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"";

// The same facts by name.
Value defaultJson()
{
    static constexpr std::pair<const char *, const char *> fields[] = {
        {"start_time", "%START_TIME%"},
        {"method", "%REQ(:METHOD)%"},
        {"path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"},
        {"protocol", "%PROTOCOL%"},
        {"response_code", "%RESPONSE_CODE%"},
        {"response_flags", "%RESPONSE_FLAGS%"},
        {"bytes_received", "%BYTES_RECEIVED%"},
        {"bytes_sent", "%BYTES_SENT%"},
        {"duration", "%DURATION%"},
        {"upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"},
        {"x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"},
        {"user_agent", "%REQ(USER-AGENT)%"},
        {"request_id", "%REQ(X-REQUEST-ID)%"},
        {"authority", "%REQ(:AUTHORITY)%"},
        {"upstream_host", "%UPSTREAM_HOST%"},
        {"upstream_cluster", "%UPSTREAM_CLUSTER%"},
        {"upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"},
        {"downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"},
        {"downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"},
        {"requested_server_name", "%REQUESTED_SERVER_NAME%"},
        {"istio_policy_status", "%DYNAMIC_METADATA(istio.mixer:status)%"},
        {"upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"},
    };
    Value format = Value::object();
    for (const auto &[name, command] : fields)
        format.set(name, command);
    return format;
}

} // namespace

Value moduleAccessLog(const ModuleResource &module, const Rules &rules)
{
    const std::string &path = module["envoy_log_path"].text();
    const std::string &type = module["envoy_log_type"].text();
    const Value &given = module["envoy_log_format"];
    Value config = Value::object(
        {{"@type", "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"}});
    config.set("path", path.empty() ? std::string("/dev/fd/1") : path);
    if (type == "json" || type == "typed_json") {
        Value format = given.isObject() ? given : defaultJson();
        if (type == "typed_json")
            config.set("typed_json_format", std::move(format));
        else if (rules.serviceProtocolV2) // as Envoy knew it then
            config.set("json_format", std::move(format));
        else
            config.set("log_format", Value::object({{"json_format", std::move(format)}}));
    } else {
        const std::string line =
            (given.isString() && !given.text().empty() ? given.text() : DefaultText) + std::string("\n");
        config.set("log_format",
                   Value::object({{"text_format_source", Value::object({{"inline_string", line}})}}));
    }
    return Value::object({{"name", "envoy.access_loggers.file"}, {"typed_config", std::move(config)}});
}

std::string whyNoHeadersAreLogged(const Value &spec)
{
    const auto &headers = spec["driver_config"]["additional_log_headers"].items();
    if (headers.empty())
        return {};
    if (spec["driver"].text() != "http")
        return "additional_log_headers need driver http";
    const bool areNamed = std::none_of(headers.begin(), headers.end(), [](const Value &header) {
        return header["header_name"].text().empty();
    });
    return areNamed ? "" : "each of additional_log_headers needs a header_name";
}

Value serviceAccessLog(const Value &spec, const std::string &cluster, const Rules &rules)
{
    const bool http = spec["driver"].text() == "http";
    Value common = Value::object({{"log_name", "logservice"}});
    common.set("grpc_service", Value::object({{"envoy_grpc", Value::object({{"cluster_name", cluster}})}}));
    common.set("buffer_flush_interval", std::to_string(spec["flush_interval_time"].toInteger(1)) + "s");
    common.set("buffer_size_bytes", Value(spec["flush_interval_byte_size"].toInteger(16384)));
    if (rules.logProtocol)
        common.set("transport_api_version", spec["protocol_version"].text() == "v3" ? "V3" : "V2");
    Value config = Value::object(
        {{"@type",
          http ? "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig"
               : "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig"}});
    config.set("common_config", std::move(common));
    static constexpr std::array<std::pair<const char *, const char *>, 3> lists{
        {{"during_request", "additional_request_headers_to_log"},
         {"during_response", "additional_response_headers_to_log"},
         {"during_trailer", "additional_response_trailers_to_log"}}};
    for (const Value &entry : spec["driver_config"]["additional_log_headers"].items()) {
        for (const auto &[when, list] : lists) {
            if (http && entry[when].toBool(true))
                config.child(list).push(entry["header_name"]);
        }
    }
    return Value::object({{"name", http ? "envoy.access_loggers.http_grpc" : "envoy.access_loggers.tcp_grpc"},
                          {"typed_config", std::move(config)}});
}

} // namespace edge
