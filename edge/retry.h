// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which failures a Mapping's retry_policy retries, by Envoy's words: 5xx, gateway-error, connect-failure,
// retriable-4xx, refused-stream, reset, retriable-status-codes (none are configurable, so nothing).
#include "edge/config.h"

#include <chrono>
#include <random>

namespace edge {

// How one attempt ended without a usable answer.
enum class UpstreamFailure {
    None,
    NoHost,
    ConnectFailed,
    ConnectTimeout,
    Closed,
    ProtocolError,
    Overflow,
    PerTryTimeout,
    Timeout,
    IdleTimeout
};

bool retriesStatus(const RetryPolicy &policy, int status);
bool retriesFailure(const RetryPolicy &policy, UpstreamFailure failure);
std::chrono::milliseconds
retryPause(int attempt, std::mt19937_64 &random); // Envoy's: 25 ms × 2^n, fully jittered, at most 250 ms

std::string_view failureReason(UpstreamFailure failure); // "connection termination"
std::string_view failureFlag(UpstreamFailure failure);   // "UC"
int failureStatus(UpstreamFailure failure);
std::string failureBody(UpstreamFailure failure, bool afterRetry);

} // namespace edge
