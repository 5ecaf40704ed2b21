// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The expressions of PromQL that the built-in responder knows: selectors with ranges and offsets, subqueries, functions, aggregations,
// arithmetic, comparison and sets, with on() and ignoring().  Not group_left, group_right and @: those are errors that say so.
#include "app/demo/series_store.h"
#include "edge/result.h"

namespace demo::promql {

struct Expression
{
    enum class Kind { Number, Text, Selector, Subquery, Call, Aggregation, Binary, Negation };
    Kind kind = Kind::Number;
    double number = 0;
    std::string text;                   // Text; the name of a function or an aggregation, an operator
    std::vector<Matcher> matchers;      // Selector
    std::int64_t range = 0, offset = 0; // ms; Selector and Subquery; range 0: an instant
    std::int64_t step = 0;              // Subquery; 0: the evaluation's own
    std::vector<Expression> parts;      // what it is made of
    std::vector<std::string> labels;    // by (…), without (…), on (…), ignoring (…)
    bool isWithout = false;             // without, ignoring
    bool isOn = false;                  // on
    bool isBool = false;                // == bool
};

edge::Result<Expression> parse(std::string_view text);

} // namespace demo::promql
