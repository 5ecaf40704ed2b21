// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/tracer.h"

#include <map>
#include <set>

namespace edge {

namespace {

void copy(Value &into, const Value &from, const char *name)
{
    if (!from[name].isNull())
        into.set(name, from[name]);
}

Value zipkin(const Value &told, const std::string &cluster)
{
    Value config = Value::object({{"collector_cluster", cluster},
                                  {"collector_endpoint", "/api/v2/spans"},
                                  {"collector_endpoint_version", "HTTP_JSON"},
                                  {"trace_id_128bit", true}});
    if (!told["collector_endpoint"].text().empty())
        copy(config, told, "collector_endpoint");
    // HTTP_JSON_V1, which 1.x and 2.x take, no Envoy of today speaks.
    if (told["collector_endpoint_version"].text() == "HTTP_PROTO")
        copy(config, told, "collector_endpoint_version");
    for (const char *name : {"trace_id_128bit", "shared_span_context", "collector_hostname"})
        copy(config, told, name);
    return config;
}

Value serviceName(const Value &told)
{
    return told["service_name"].text().empty() ? Value("ambassador") : told["service_name"];
}

Value tracer(const std::string &name, const char *type, Value config)
{
    config.set("@type", std::string("type.googleapis.com/envoy.config.trace.v3.") + type);
    return Value::object({{"name", "envoy.tracers." + name}, {"typed_config", std::move(config)}});
}

} // namespace

Value tracerOf(const Value &tracingService, const std::string &cluster)
{
    const std::string &driver = tracingService["driver"].text();
    const Value &told = tracingService["config"];
    if (driver == "zipkin")
        return tracer(driver, "ZipkinConfig", zipkin(told, cluster));
    if (driver == "datadog")
        return tracer(driver, "DatadogConfig",
                      Value::object({{"collector_cluster", cluster}, {"service_name", serviceName(told)}}));
    if (driver == "opentelemetry")
        return tracer(
            driver, "OpenTelemetryConfig",
            Value::object({{"grpc_service",
                            Value::object({{"envoy_grpc", Value::object({{"cluster_name", cluster}})}})},
                           {"service_name", serviceName(told)}}));
    return {};
}

std::vector<std::string> untoldToTracer(const Value &tracingService)
{
    static const std::map<std::string, std::set<std::string>, std::less<>> read{
        {"zipkin",
         {"collector_endpoint", "collector_endpoint_version", "trace_id_128bit", "shared_span_context",
          "collector_hostname"}},
        {"datadog", {"service_name"}},
        {"opentelemetry", {"service_name"}}};
    const auto known = read.find(tracingService["driver"].text());
    std::vector<std::string> untold;
    for (const auto &[name, value] : tracingService["config"].members()) {
        if (known == read.end() || !known->second.contains(name))
            untold.push_back(name);
    }
    return untold;
}

} // namespace edge
