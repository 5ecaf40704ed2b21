// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Evaluates PromQL over a SeriesStore as Prometheus does: instants look back five minutes, rates are extrapolated to their window's
// ends.  Pure.
#include "app/demo/promql_syntax.h"

namespace demo::promql {

struct Element
{
    SeriesLabels labels;
    std::vector<Sample> samples; // of an instant one
};

struct Result
{
    enum class Type { Scalar, Text, Vector, Matrix };
    Type type = Type::Vector;
    double scalar = 0;
    std::string text;
    std::vector<Element> elements;
};

constexpr std::int64_t LookBack = 300'000; // ms
constexpr std::int64_t MostSteps = 11'000; // of a range, as Prometheus has it
constexpr std::int64_t UsualStep = 60'000; // of a subquery that names none

edge::Result<Result> evaluate(const Expression &expression, const SeriesStore &store, std::int64_t time);
edge::Result<Result> evaluateRange(const Expression &expression, const SeriesStore &store, std::int64_t from,
                                   std::int64_t to, std::int64_t step);

// Of a function of a range's samples (rate, max_over_time …); nullopt: there is no answer, or no such function.
bool isRangeFunction(std::string_view name);
std::optional<double> overRange(std::string_view name, const std::vector<Sample> &samples, std::int64_t from,
                                std::int64_t to);
std::optional<double> quantileOfBuckets(double quantile, std::vector<std::pair<double, double>> buckets);

} // namespace demo::promql
