// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/request_intake.h"

#include "edge/edge_headers.h"
#include "edge/listener_rules.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr int BadRequest = 400;
constexpr int InternalError = 500;

// Those that Envoy's parser knows; others are refused.
bool isKnownMethod(std::string_view method)
{
    static constexpr std::string_view known[] = {
        "ACL",       "BIND",  "CHECKOUT", "CONNECT",  "COPY",   "DELETE",     "GET",
        "HEAD",      "LINK",  "LOCK",     "M-SEARCH", "MERGE",  "MKACTIVITY", "MKCALENDAR",
        "MKCOL",     "MOVE",  "NOTIFY",   "OPTIONS",  "PATCH",  "POST",       "PROPFIND",
        "PROPPATCH", "PURGE", "PUT",      "REBIND",   "REPORT", "SEARCH",     "SOURCE",
        "SUBSCRIBE", "TRACE", "UNBIND",   "UNLINK",   "UNLOCK", "UNSUBSCRIBE"};
    return method == "GET" || std::binary_search(std::begin(known), std::end(known), method);
}

} // namespace

Arrival arrive(RequestHead &head, const HttpOptions &http, const ConnectionInfo &connection,
               std::mt19937_64 &random)
{
    Arrival arrival;
    arrival.target = normaliseTarget(head, connection.tls.has_value(), http.isNewestEnvoy);
    arrival.sound = removeHopByHop(head.headers, true);
    removeForgedHeaders(head.headers, http);
    addForwardedHeaders(head.headers, http, connection, random);
    return arrival;
}

// What Envoy's codec refuses has a body, what its path rules refuse has none.
Refusal refuse(RequestHead &head, const Listener &listener, const Arrival &arrival)
{
    if (arrival.target.status != 0)
        return {arrival.target.status, !arrival.target.bare};
    if (!arrival.sound)
        return {BadRequest, false};
    const bool isQuery = listener.http.isNewestEnvoy && head.method == "QUERY";
    if (isQuery && head.headers.value("content-type").empty())
        return {BadRequest, false};
    const int status =
        isQuery || isKnownMethod(head.method) ? refusedByListener(head, listener.http) : BadRequest;
    const bool ofPath = listener.http.rejectEscapedSlashes && head.path().find('%') != std::string_view::npos;
    if (status == 0)
        applyListenerRules(head, listener);
    return {status, status != 0 && (status != BadRequest || !ofPath)};
}

int refusedForAuth(const RequestHead &head, const Config &config)
{
    const bool isProbe =
        head.target == "/ambassador/v0/check_alive" || head.target == "/ambassador/v0/check_ready";
    return config.brokenAuth.kind.empty() || isProbe ? 0 : InternalError;
}

} // namespace edge
