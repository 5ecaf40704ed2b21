// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/cors.h"

#include <algorithm>

namespace edge {

namespace {

void setIfAny(Headers &headers, std::string_view name, const std::string &value)
{
    if (!value.empty())
        headers.set(name, value);
}

} // namespace

bool corsApplies(const CorsPolicy &policy, const RequestHead &request)
{
    const std::string *origin = request.headers.find("origin");
    if (!origin || origin->empty())
        return false;
    return std::any_of(policy.origins.begin(), policy.origins.end(),
                       [&](const std::string &allowed) { return allowed == "*" || allowed == *origin; });
}

bool isPreflight(const RequestHead &request)
{
    return request.method == "OPTIONS" && !request.headers.value("access-control-request-method").empty();
}

Headers preflightHeaders(const CorsPolicy &policy, const RequestHead &request)
{
    Headers headers;
    addCorsHeaders(policy, request.headers.value("origin"), headers);
    setIfAny(headers, "access-control-allow-methods", policy.methods);
    setIfAny(headers, "access-control-allow-headers", policy.headers);
    setIfAny(headers, "access-control-max-age", policy.maxAge);
    return headers;
}

void addCorsHeaders(const CorsPolicy &policy, std::string_view origin, Headers &response)
{
    response.set("access-control-allow-origin", std::string(origin));
    if (policy.credentials.value_or(false))
        response.set("access-control-allow-credentials", "true");
    setIfAny(response, "access-control-expose-headers", policy.exposedHeaders);
}

} // namespace edge
