// SPDX-License-Identifier: GPL-3.0-or-later
// Envoy's retry conditions and its words for upstream failures (facts envoy-truth.md).
#include "edge/retry.h"

#include <gtest/gtest.h>

#include <set>

namespace edge {

namespace {

using Failures = std::set<UpstreamFailure>;

constexpr UpstreamFailure All[] = {UpstreamFailure::None,          UpstreamFailure::NoHost,
                                   UpstreamFailure::ConnectFailed, UpstreamFailure::ConnectTimeout,
                                   UpstreamFailure::Closed,        UpstreamFailure::ProtocolError,
                                   UpstreamFailure::Overflow,      UpstreamFailure::PerTryTimeout,
                                   UpstreamFailure::Timeout,       UpstreamFailure::IdleTimeout};

RetryPolicy on(std::string conditions)
{
    RetryPolicy policy;
    policy.retryOn = std::move(conditions);
    return policy;
}

} // namespace

TEST(Retry, LooksAtTheStatusOfAnAnswer)
{
    struct Row
    {
        const char *conditions;
        std::set<int> retried;
    };
    const Row rows[] = {{"5xx", {500, 502, 503, 504, 599}},
                        {"gateway-error", {502, 503, 504}},
                        {"retriable-4xx", {409}},
                        {"connect-failure", {}},
                        {"reset", {}},
                        {"refused-stream", {}},
                        {"retriable-status-codes", {}},
                        {"", {}},
                        {"gateway-error, retriable-4xx", {409, 502, 503, 504}},
                        {"5xxx", {}}};
    for (const Row &row : rows) {
        for (const int status : {200, 301, 400, 404, 409, 429, 499, 500, 502, 503, 504, 599, 600})
            EXPECT_EQ(retriesStatus(on(row.conditions), status), row.retried.count(status) == 1)
                << row.conditions << " " << status;
    }
}

TEST(Retry, LooksAtHowAnAttemptFailed)
{
    const Failures connecting{UpstreamFailure::ConnectFailed, UpstreamFailure::ConnectTimeout};
    const Failures resets{UpstreamFailure::ConnectFailed, UpstreamFailure::ConnectTimeout,
                          UpstreamFailure::Closed, UpstreamFailure::ProtocolError,
                          UpstreamFailure::PerTryTimeout};
    const std::pair<const char *, Failures> rows[] = {
        {"connect-failure", connecting}, {"reset", resets},     {"5xx", resets},
        {"gateway-error", resets},       {"retriable-4xx", {}}, {"", {}}};
    for (const auto &[conditions, retried] : rows) {
        for (const UpstreamFailure failure : All)
            EXPECT_EQ(retriesFailure(on(conditions), failure), retried.count(failure) == 1)
                << conditions << " " << failureFlag(failure);
    }
}

TEST(Retry, WaitsLongerEachTimeButNeverLongerThanAQuarterSecond)
{
    std::mt19937_64 random(3);
    const std::chrono::milliseconds most[] = {std::chrono::milliseconds(25),  std::chrono::milliseconds(50),
                                              std::chrono::milliseconds(100), std::chrono::milliseconds(200),
                                              std::chrono::milliseconds(250), std::chrono::milliseconds(250)};
    for (int attempt = 0; attempt < 6; ++attempt) {
        std::chrono::milliseconds longest{0};
        for (int i = 0; i < 2000; ++i) {
            const auto pause = retryPause(attempt, random);
            ASSERT_GE(pause.count(), 0);
            ASSERT_LT(pause, most[attempt]);
            longest = std::max(longest, pause);
        }
        EXPECT_GT(longest, most[attempt] * 9 / 10) << attempt; // jittered over all of it
    }
    EXPECT_LT(retryPause(1'000'000, random), std::chrono::milliseconds(250));
}

TEST(Retry, SaysFailuresInEnvoysWords)
{
    struct Row
    {
        UpstreamFailure failure;
        int status;
        const char *flag, *body;
    };
    const std::string begin = "upstream connect error or disconnect/reset before headers. reset reason: ";
    const Row rows[] = {{UpstreamFailure::NoHost, 503, "UH", "no healthy upstream"},
                        {UpstreamFailure::ConnectFailed, 503, "UF", "remote connection failure"},
                        {UpstreamFailure::ConnectTimeout, 503, "UF", "connection timeout"},
                        {UpstreamFailure::Closed, 503, "UC", "connection termination"},
                        {UpstreamFailure::ProtocolError, 502, "UPE", "protocol error"},
                        {UpstreamFailure::Overflow, 503, "UO", "overflow"},
                        {UpstreamFailure::PerTryTimeout, 504, "UT", "upstream request timeout"},
                        {UpstreamFailure::Timeout, 504, "UT", "upstream request timeout"},
                        {UpstreamFailure::IdleTimeout, 504, "SI", "stream timeout"}};
    for (const Row &row : rows) {
        EXPECT_EQ(failureStatus(row.failure), row.status) << row.flag;
        EXPECT_EQ(failureFlag(row.failure), row.flag);
        const bool isReset = !failureReason(row.failure).empty();
        EXPECT_EQ(failureBody(row.failure, false), isReset ? begin + row.body : std::string(row.body));
    }
    EXPECT_EQ(failureBody(UpstreamFailure::Closed, true),
              "upstream connect error or disconnect/reset before headers. "
              "retried and the latest reset reason: connection termination");
}

} // namespace edge
