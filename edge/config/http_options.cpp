// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/listeners.h"
#include "edge/config/said.h"

namespace edge {

HttpOptions httpOptions(const ListenerContext &context)
{
    const ModuleResource &module = context.resources.module;
    HttpOptions http;
    http.isNewestEnvoy = context.rules.newestEnvoy;
    if (!module["server_name"].text().empty())
        http.serverName = module["server_name"].text();
    http.useRemoteAddress = module["use_remote_address"].toBool(
        !module.config.find("use_remote_address")); // null is there, and tells Envoy nothing
    http.acceptHttp10 = module["enable_http10"].toBool();
    const auto positive = [&](std::string_view key) { // 0 is as good as nothing said
        const auto number = integerOf(module[key]);
        return number && *number != 0 ? number : std::nullopt;
    };
    http.idleTimeoutMs = positive("listener_idle_timeout_ms");
    http.maxRequestHeadersKb = positive("max_request_headers_kb");
    if (!context.services.tracing.isNull()) {
        http.tracing = context.services.tracing;
        http.tracer = context.services.tracer;
        http.generateRequestId = true;
    }
    if (module["header_case_overrides"].isArray() && !isTruthy(module["proper_case"]))
        http.headerCase = textsOf(module["header_case_overrides"]);
    http.forwardClientCert = module["forward_client_cert_details"].text();
    http.clientCertDetails = module["set_current_client_cert_details"];
    if (!context.rules.newClusterFields)
        return http;
    http.allowChunkedLength = module["allow_chunked_length"].isBool()
        ? std::optional(module["allow_chunked_length"].toBool())
        : std::nullopt;
    http.properCase = isTruthy(module["proper_case"]);
    http.preserveExternalRequestId = module["preserve_external_request_id"].toBool();
    http.mergeSlashes = parsesTrue(module["merge_slashes"]);
    http.rejectEscapedSlashes = parsesTrue(module["reject_requests_with_escaped_slashes"]);
    http.stripMatchingHostPort = parsesTrue(module["strip_matching_host_port"]);
    http.headersWithUnderscores = module["headers_with_underscores_action"].text();
    return http;
}

} // namespace edge
