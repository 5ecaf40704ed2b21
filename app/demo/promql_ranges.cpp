// SPDX-License-Identifier: GPL-3.0-or-later
// What functions make of the samples in a window.
#include "app/demo/promql.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace demo::promql {

namespace {

// A counter's growth, with what its restarts hid; extrapolated to the window's ends where samples come near them, but never to
// before the counter was zero.
std::optional<double> growth(const std::vector<Sample> &samples, std::int64_t from, std::int64_t to,
                             bool isCounter)
{
    if (samples.size() < 2)
        return {};
    double result = samples.back().value - samples.front().value;
    for (std::size_t i = 1; isCounter && i < samples.size(); ++i)
        result += samples[i].value < samples[i - 1].value ? samples[i - 1].value : 0;
    const double span = double(samples.back().time - samples.front().time) / 1000;
    const double average = span / double(samples.size() - 1);
    double toStart = double(samples.front().time - from) / 1000;
    double toEnd = double(to - samples.back().time) / 1000;
    if (isCounter && result > 0 && samples.front().value >= 0)
        toStart = std::min(toStart, span * (samples.front().value / result));
    const double near = average * 1.1;
    toStart = toStart >= near ? average / 2 : toStart;
    toEnd = toEnd >= near ? average / 2 : toEnd;
    return result * (span + toStart + toEnd) / span;
}

std::optional<double> lastTwo(const std::vector<Sample> &samples, bool isRate)
{
    if (samples.size() < 2)
        return {};
    const Sample &before = samples[samples.size() - 2], &last = samples.back();
    const double seconds = double(last.time - before.time) / 1000;
    if (seconds == 0)
        return {};
    if (!isRate)
        return last.value - before.value;
    return (last.value < before.value ? last.value : last.value - before.value) / seconds;
}

double sum(const std::vector<Sample> &samples)
{
    return std::accumulate(samples.begin(), samples.end(), 0.0,
                           [](double so, const Sample &each) { return so + each.value; });
}

int changes(const std::vector<Sample> &samples, bool isReset)
{
    int count = 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
        count += isReset ? samples[i].value < samples[i - 1].value : samples[i].value != samples[i - 1].value;
    return count;
}

constexpr std::array Functions{"rate",          "increase",        "delta",         "irate",
                               "idelta",        "last_over_time",  "min_over_time", "max_over_time",
                               "sum_over_time", "count_over_time", "avg_over_time", "present_over_time",
                               "changes",       "resets"};

} // namespace

bool isRangeFunction(std::string_view name)
{
    return std::find(Functions.begin(), Functions.end(), name) != Functions.end();
}

std::optional<double> overRange(std::string_view name, const std::vector<Sample> &samples, std::int64_t from,
                                std::int64_t to)
{
    if (samples.empty())
        return {};
    const auto byValue = [](const Sample &a, const Sample &b) { return a.value < b.value; };
    if (name == "increase" || name == "delta")
        return growth(samples, from, to, name == "increase");
    if (name == "rate") {
        const auto grown = growth(samples, from, to, true);
        return grown ? std::optional(*grown / (double(to - from) / 1000)) : std::nullopt;
    }
    if (name == "irate" || name == "idelta")
        return lastTwo(samples, name == "irate");
    if (name == "last_over_time")
        return samples.back().value;
    if (name == "min_over_time")
        return std::min_element(samples.begin(), samples.end(), byValue)->value;
    if (name == "max_over_time")
        return std::max_element(samples.begin(), samples.end(), byValue)->value;
    if (name == "sum_over_time")
        return sum(samples);
    if (name == "count_over_time")
        return double(samples.size());
    if (name == "avg_over_time")
        return sum(samples) / double(samples.size());
    if (name == "present_over_time")
        return 1;
    if (name == "changes" || name == "resets")
        return changes(samples, name == "resets");
    return {};
}

std::optional<double> quantileOfBuckets(double quantile, std::vector<std::pair<double, double>> buckets)
{
    if (std::isnan(quantile) || quantile < 0)
        return std::isnan(quantile) ? quantile : -std::numeric_limits<double>::infinity();
    if (quantile > 1)
        return std::numeric_limits<double>::infinity();
    std::sort(buckets.begin(), buckets.end());
    if (buckets.size() < 2 || !std::isinf(buckets.back().first))
        return std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 1; i < buckets.size(); ++i)
        buckets[i].second = std::max(buckets[i].second, buckets[i - 1].second); // counted at different times
    const double total = buckets.back().second;
    if (total == 0)
        return std::numeric_limits<double>::quiet_NaN();
    double rank = quantile * total;
    const auto found = std::find_if(buckets.begin(), buckets.end() - 1,
                                    [rank](const auto &bucket) { return bucket.second >= rank; });
    if (found == buckets.end() - 1)
        return buckets[buckets.size() - 2].first;
    if (found == buckets.begin() && found->first <= 0)
        return found->first;
    double start = 0, count = found->second;
    if (found != buckets.begin()) {
        start = (found - 1)->first;
        count -= (found - 1)->second;
        rank -= (found - 1)->second;
    }
    return start + (found->first - start) * (rank / count);
}

} // namespace demo::promql
