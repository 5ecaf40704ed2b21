// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/mapping_policies.h"

#include "edge/config/numbers.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

std::string joined(const Value &value)
{
    std::string text;
    for (const std::string &item : textsOf(value))
        text += (text.empty() ? "" : ", ") + item;
    return text;
}

} // namespace

CorsPolicy readCors(const Value &value, bool splitsOrigins)
{
    CorsPolicy cors;
    const Value &origins = value["origins"];
    if (origins.isString() && splitsOrigins) {
        std::string_view rest = origins.text();
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            std::string_view origin = rest.substr(0, comma);
            while (!origin.empty() && origin.front() == ' ')
                origin.remove_prefix(1);
            while (!origin.empty() && origin.back() == ' ')
                origin.remove_suffix(1);
            cors.origins.emplace_back(origin);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    } else {
        cors.origins = textsOf(origins);
    }
    cors.methods = joined(value["methods"]);
    cors.headers = joined(value["headers"]);
    cors.exposedHeaders = joined(value["exposed_headers"]);
    cors.maxAge = value["max_age"].text();
    if (value["credentials"].isBool())
        cors.credentials = value["credentials"].toBool();
    return cors;
}

bool isKnownRetry(const RetryPolicy &policy)
{
    static constexpr std::array<std::string_view, 6> known{
        "5xx",           "gateway-error",  "connect-failure",
        "retriable-4xx", "refused-stream", "retriable-status-codes"};
    return std::find(known.begin(), known.end(), policy.retryOn) != known.end();
}

RetryPolicy readRetryPolicy(const Value &value)
{
    RetryPolicy policy;
    policy.retryOn = value["retry_on"].text();
    policy.numRetries = saturated(value["num_retries"].toInteger(1));
    policy.hasNumRetries = value["num_retries"].isNumber();
    policy.perTryTimeout = value["per_try_timeout"].text();
    const std::string &text = policy.perTryTimeout;
    if (text.size() > 2 && text.substr(text.size() - 2) == "ms")
        policy.perTryTimeoutMs = saturated(Value::number(text.substr(0, text.size() - 2)).toDouble());
    else if (!text.empty() && text.back() == 's')
        policy.perTryTimeoutMs = saturated(Value::number(text.substr(0, text.size() - 1)).toDouble() * 1000);
    return policy;
}

bool soundLoadBalancer(const Value &value)
{
    const std::string &policy = value["policy"].text();
    const auto has = [&](std::string_view name) { return !value[name].isNull(); };
    const int hashes = int(has("cookie")) + int(has("header")) + int(has("source_ip"));
    if (policy == "round_robin" || policy == "least_request")
        return hashes == 0 && value.members().size() == 1;
    if (policy != "ring_hash" && policy != "maglev")
        return false;
    return hashes == 1 && (!has("cookie") || value["cookie"]["name"].isString());
}

bool soundCircuitBreakers(const Value &list)
{
    if (!list.isArray())
        return false;
    for (const Value &breaker : list.items()) {
        if (!breaker.isObject())
            return false;
        std::string priority = breaker["priority"].isNull() ? "default" : breaker["priority"].text();
        std::transform(priority.begin(), priority.end(), priority.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
        if (priority != "default" && priority != "high")
            return false;
        for (const std::string_view number :
             {"max_connections", "max_pending_requests", "max_requests", "max_retries"}) {
            const Value &value = breaker[number];
            if (!value.isNull() && !wholeNumber(value))
                return false;
        }
    }
    return true;
}

} // namespace edge
