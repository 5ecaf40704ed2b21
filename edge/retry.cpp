// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/retry.h"

#include <algorithm>

namespace edge {

namespace {

bool asksFor(const RetryPolicy &policy, std::string_view condition)
{
    std::string_view rest = policy.retryOn;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        std::string_view one = rest.substr(0, comma);
        while (!one.empty() && one.front() == ' ')
            one.remove_prefix(1);
        if (one == condition)
            return true;
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return false;
}

} // namespace

bool retriesStatus(const RetryPolicy &policy, int status)
{
    if (status >= 500 && status < 600 && asksFor(policy, "5xx"))
        return true;
    if (status >= 502 && status <= 504 && asksFor(policy, "gateway-error"))
        return true;
    return status == 409 && asksFor(policy, "retriable-4xx");
}

bool retriesFailure(const RetryPolicy &policy, UpstreamFailure failure)
{
    switch (failure) {
    case UpstreamFailure::ConnectFailed:
    case UpstreamFailure::ConnectTimeout:
        return asksFor(policy, "connect-failure") || asksFor(policy, "5xx")
            || asksFor(policy, "gateway-error") || asksFor(policy, "reset");
    case UpstreamFailure::Closed:
    case UpstreamFailure::ProtocolError:
    case UpstreamFailure::PerTryTimeout:
        return asksFor(policy, "5xx") || asksFor(policy, "gateway-error") || asksFor(policy, "reset");
    case UpstreamFailure::None:
    case UpstreamFailure::NoHost:
    case UpstreamFailure::Overflow:
    case UpstreamFailure::Timeout:
    case UpstreamFailure::IdleTimeout: break;
    }
    return false;
}

std::chrono::milliseconds retryPause(int attempt, std::mt19937_64 &random)
{
    const std::uint64_t most = std::min(25ULL << std::min(attempt, 4), 250ULL);
    return std::chrono::milliseconds(random() % most);
}

std::string_view failureReason(UpstreamFailure failure)
{
    switch (failure) {
    case UpstreamFailure::ConnectFailed: return "remote connection failure";
    case UpstreamFailure::ConnectTimeout: return "connection timeout";
    case UpstreamFailure::Closed: return "connection termination";
    case UpstreamFailure::ProtocolError: return "protocol error";
    case UpstreamFailure::Overflow: return "overflow";
    default: return "";
    }
}

std::string_view failureFlag(UpstreamFailure failure)
{
    switch (failure) {
    case UpstreamFailure::None: return "";
    case UpstreamFailure::NoHost: return "UH";
    case UpstreamFailure::ConnectFailed:
    case UpstreamFailure::ConnectTimeout: return "UF";
    case UpstreamFailure::Closed: return "UC";
    case UpstreamFailure::ProtocolError: return "UPE";
    case UpstreamFailure::Overflow: return "UO";
    case UpstreamFailure::PerTryTimeout:
    case UpstreamFailure::Timeout: return "UT";
    case UpstreamFailure::IdleTimeout: return "SI";
    }
    return "";
}

int failureStatus(UpstreamFailure failure)
{
    switch (failure) {
    case UpstreamFailure::ProtocolError: return 502;
    case UpstreamFailure::PerTryTimeout:
    case UpstreamFailure::Timeout:
    case UpstreamFailure::IdleTimeout: return 504;
    default: return 503;
    }
}

std::string failureBody(UpstreamFailure failure, bool afterRetry)
{
    switch (failure) {
    case UpstreamFailure::NoHost: return "no healthy upstream";
    case UpstreamFailure::PerTryTimeout:
    case UpstreamFailure::Timeout: return "upstream request timeout";
    case UpstreamFailure::IdleTimeout: return "stream timeout";
    default: break;
    }
    return "upstream connect error or disconnect/reset before headers. "
        + std::string(afterRetry ? "retried and the latest reset reason: " : "reset reason: ")
              .append(failureReason(failure));
}

} // namespace edge
