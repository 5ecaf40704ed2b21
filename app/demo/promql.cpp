// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/promql.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace demo::promql {

namespace {

using Kind = Expression::Kind;
using Type = Result::Type;

struct Failed
{
    std::string why;
};

SeriesLabels without(SeriesLabels labels, const std::string &name)
{
    labels.erase(name);
    return labels;
}
SeriesLabels unnamed(const SeriesLabels &labels) { return without(labels, "__name__"); }

SeriesLabels only(const SeriesLabels &labels, const std::vector<std::string> &names)
{
    SeriesLabels kept;
    for (const std::string &name : names) {
        if (const auto found = labels.find(name); found != labels.end())
            kept.insert(*found);
    }
    return kept;
}

SeriesLabels allBut(const SeriesLabels &labels, const std::vector<std::string> &names)
{
    SeriesLabels kept = unnamed(labels);
    for (const std::string &name : names)
        kept.erase(name);
    return kept;
}

double calculate(const std::string &op, double a, double b)
{
    switch (op[0]) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return a / b;
    case '%': return std::fmod(a, b);
    default: return std::pow(a, b);
    }
}

bool isComparison(const std::string &op)
{
    return op[0] == '=' || op[0] == '!' || op[0] == '<' || op[0] == '>';
}

bool compare(const std::string &op, double a, double b)
{
    if (op == "==")
        return a == b;
    if (op == "!=")
        return a != b;
    if (op == "<")
        return a < b;
    if (op == ">")
        return a > b;
    return op == "<=" ? a <= b : a >= b;
}

class Evaluation
{
public:
    Evaluation(const SeriesStore &store, std::int64_t time)
        : m_store(store)
        , m_time(time)
    {
    }

    Result value(const Expression &expression) const
    {
        switch (expression.kind) {
        case Kind::Number: return scalar(expression.number);
        case Kind::Text: return {Type::Text, 0, expression.text, {}};
        case Kind::Selector: return expression.range > 0 ? matrix(expression) : instant(expression);
        case Kind::Subquery: return matrix(expression);
        case Kind::Call: return call(expression);
        case Kind::Aggregation: return aggregation(expression);
        case Kind::Binary: return binary(expression);
        case Kind::Negation: break;
        }
        return eachOf(value(expression.parts[0]), [](double each) { return -each; });
    }

private:
    static Result scalar(double number) { return {Type::Scalar, number, {}, {}}; }
    double number(const Expression &expression) const
    {
        const Result result = value(expression);
        if (result.type != Type::Scalar)
            throw Failed{"expected type scalar"};
        return result.scalar;
    }
    std::vector<Element> vectorOf(const Expression &expression) const
    {
        Result result = value(expression);
        if (result.type != Type::Vector)
            throw Failed{"expected type instant vector"};
        return std::move(result.elements);
    }
    Result vector(std::vector<Element> elements) const { return {Type::Vector, 0, {}, std::move(elements)}; }
    Element at(SeriesLabels labels, double number) const { return {std::move(labels), {{m_time, number}}}; }

    template<typename Change>
    Result eachOf(Result result, Change change) const
    {
        if (result.type == Type::Scalar)
            return scalar(change(result.scalar));
        if (result.type != Type::Vector)
            throw Failed{"expected type instant vector"};
        for (Element &element : result.elements)
            element = at(unnamed(element.labels), change(element.samples.front().value));
        return result;
    }

    Result instant(const Expression &selector) const
    {
        Result result;
        const std::int64_t time = m_time - selector.offset;
        for (const Series *series : m_store.select(selector.matchers)) {
            const auto after = std::upper_bound(
                series->samples.begin(), series->samples.end(), time,
                [](std::int64_t moment, const Sample &sample) { return moment < sample.time; });
            if (after == series->samples.begin())
                continue;
            const Sample &newest = *(after - 1);
            if (newest.time > time - LookBack && !isEnd(newest.value))
                result.elements.push_back({series->labels, {newest}});
        }
        return result;
    }

    Result matrix(const Expression &ranged) const
    {
        const std::int64_t to = m_time - ranged.offset, from = to - ranged.range;
        Result result{Type::Matrix, 0, {}, {}};
        if (ranged.kind == Kind::Subquery) {
            const std::int64_t step = ranged.step > 0 ? ranged.step : UsualStep;
            std::int64_t first = (from / step) * step; // aligned to the step, whenever it is asked
            first += first < from ? step : 0;
            if ((to - first) / step > MostSteps)
                throw Failed{"the subquery has too many steps"};
            std::map<SeriesLabels, std::vector<Sample>> all;
            for (std::int64_t time = first; time <= to; time += step) {
                for (const Element &element : Evaluation(m_store, time).asVector(ranged.parts[0]))
                    all[element.labels].push_back({time, element.samples.front().value});
            }
            for (auto &[labels, samples] : all)
                result.elements.push_back({labels, std::move(samples)});
            return result;
        }
        for (const Series *series : m_store.select(ranged.matchers)) {
            Element element{series->labels, {}};
            for (auto each = std::lower_bound(
                     series->samples.begin(), series->samples.end(), from,
                     [](const Sample &sample, std::int64_t moment) { return sample.time < moment; });
                 each != series->samples.end() && each->time <= to; ++each) {
                if (!isEnd(each->value))
                    element.samples.push_back(*each);
            }
            if (!element.samples.empty())
                result.elements.push_back(std::move(element));
        }
        return result;
    }
    std::vector<Element> asVector(const Expression &expression) const
    {
        const Result result = value(expression);
        return result.type == Type::Scalar ? std::vector{at({}, result.scalar)} : result.elements;
    }

    Result call(const Expression &call) const
    {
        const std::string &name = call.text;
        if (name == "time" && call.parts.empty())
            return scalar(double(m_time) / 1000);
        if (call.parts.empty())
            throw Failed{"unknown function or no argument: " + name};
        const Expression &first = call.parts[0];
        if (isRangeFunction(name))
            return overRanges(name, first);
        if (name == "vector")
            return vector({at({}, number(first))});
        if (name == "scalar") {
            const auto elements = vectorOf(first);
            return scalar(elements.size() == 1 ? elements.front().samples.front().value
                                               : std::numeric_limits<double>::quiet_NaN());
        }
        if (name == "timestamp") {
            auto elements = vectorOf(first);
            for (Element &element : elements)
                element = at(unnamed(element.labels), double(element.samples.front().time) / 1000);
            return vector(std::move(elements));
        }
        if (name == "absent")
            return vectorOf(first).empty() ? vector({at(absentLabels(first), 1)}) : vector({});
        if (name == "histogram_quantile" && call.parts.size() == 2)
            return quantile(number(first), vectorOf(call.parts[1]));
        if (name == "sort" || name == "sort_desc")
            return sorted(vectorOf(first), name == "sort");
        if (name == "clamp_min" && call.parts.size() == 2)
            return eachOf(value(first),
                          [low = number(call.parts[1])](double each) { return std::max(each, low); });
        if (name == "clamp_max" && call.parts.size() == 2)
            return eachOf(value(first),
                          [high = number(call.parts[1])](double each) { return std::min(each, high); });
        return plain(name, first);
    }
    Result plain(const std::string &name, const Expression &first) const
    {
        double (*change)(double) = nullptr;
        if (name == "abs")
            change = [](double each) { return std::fabs(each); };
        else if (name == "ceil")
            change = [](double each) { return std::ceil(each); };
        else if (name == "floor")
            change = [](double each) { return std::floor(each); };
        else if (name == "round")
            change = [](double each) { return std::floor(each + 0.5); };
        else if (name == "sqrt")
            change = [](double each) { return std::sqrt(each); };
        if (!change)
            throw Failed{"the demo's built-in responder knows no function " + name};
        return eachOf(value(first), change);
    }
    static SeriesLabels absentLabels(const Expression &selector)
    {
        SeriesLabels labels;
        for (const Matcher &matcher : selector.matchers) {
            if (matcher.kind == Matcher::Kind::Equal && matcher.name != "__name__")
                labels[matcher.name] = matcher.value;
        }
        return labels;
    }
    Result overRanges(const std::string &name, const Expression &ranged) const
    {
        if (ranged.kind != Kind::Subquery && (ranged.kind != Kind::Selector || ranged.range == 0))
            throw Failed{"expected type range vector in call to function \"" + name + "\""};
        Result result;
        const std::int64_t to = m_time - ranged.offset;
        for (const Element &element : matrix(ranged).elements) {
            if (const auto number = overRange(name, element.samples, to - ranged.range, to))
                result.elements.push_back(
                    at(name == "last_over_time" ? element.labels : unnamed(element.labels), *number));
        }
        return result;
    }
    Result quantile(double wanted, const std::vector<Element> &elements) const
    {
        std::map<SeriesLabels, std::vector<std::pair<double, double>>> histograms;
        for (const Element &element : elements) {
            const auto bound = element.labels.find("le");
            if (bound == element.labels.end())
                continue;
            const double limit = bound->second == "+Inf" ? std::numeric_limits<double>::infinity()
                                                         : std::strtod(bound->second.c_str(), nullptr);
            histograms[allBut(element.labels, {"le"})].emplace_back(limit, element.samples.front().value);
        }
        Result result;
        for (auto &[labels, buckets] : histograms)
            result.elements.push_back(at(labels, *quantileOfBuckets(wanted, std::move(buckets))));
        return result;
    }
    Result sorted(std::vector<Element> elements, bool isUp) const
    {
        std::stable_sort(elements.begin(), elements.end(), [isUp](const Element &a, const Element &b) {
            const double x = a.samples.front().value, y = b.samples.front().value;
            return isUp ? x < y : x > y;
        });
        return vector(std::move(elements));
    }

    Result aggregation(const Expression &all) const
    {
        const bool isRanked = all.text == "topk" || all.text == "bottomk";
        if (all.parts.size() != (isRanked ? 2U : 1U))
            throw Failed{"wrong number of arguments for " + all.text};
        std::map<SeriesLabels, std::vector<Element>> groups;
        for (Element &element : vectorOf(all.parts.back())) {
            SeriesLabels group =
                all.isWithout ? allBut(element.labels, all.labels) : only(element.labels, all.labels);
            groups[std::move(group)].push_back(std::move(element));
        }
        Result result;
        for (auto &[labels, elements] : groups) {
            if (!isRanked) {
                result.elements.push_back(at(labels, aggregated(all.text, elements)));
                continue;
            }
            const double most = number(all.parts[0]);
            Result best = sorted(std::move(elements), all.text == "bottomk");
            for (std::size_t i = 0; i < best.elements.size() && double(i) < most; ++i)
                result.elements.push_back(std::move(best.elements[i]));
        }
        return result;
    }
    static double aggregated(const std::string &how, const std::vector<Element> &elements)
    {
        double sum = 0, least = elements.front().samples.front().value, most = least;
        for (const Element &element : elements) {
            const double number = element.samples.front().value;
            sum += number;
            least = number < least || std::isnan(least) ? number : least;
            most = number > most || std::isnan(most) ? number : most;
        }
        if (how == "sum")
            return sum;
        if (how == "avg")
            return sum / double(elements.size());
        if (how == "min" || how == "max")
            return how == "min" ? least : most;
        return how == "group" ? 1 : double(elements.size());
    }

    Result binary(const Expression &both) const
    {
        const std::string &op = both.text;
        Result left = value(both.parts[0]), right = value(both.parts[1]);
        if (op == "and" || op == "or" || op == "unless")
            return sets(both, left, right);
        const bool isScalar = left.type == Type::Scalar && right.type == Type::Scalar;
        if (isScalar && isComparison(op)) {
            if (!both.isBool)
                throw Failed{"comparisons between scalars must use BOOL modifier"};
            return scalar(compare(op, left.scalar, right.scalar) ? 1 : 0);
        }
        if (isScalar)
            return scalar(calculate(op, left.scalar, right.scalar));
        for (const Result *side : {&left, &right}) {
            if (side->type != Type::Scalar && side->type != Type::Vector)
                throw Failed{"binary expression must contain only scalar and instant vector types"};
        }
        Result result;
        if (left.type == Type::Vector && right.type == Type::Vector)
            return matched(both, left, right);
        const bool isLeft = left.type == Type::Vector;
        for (const Element &element : isLeft ? left.elements : right.elements) {
            const double own = element.samples.front().value;
            combine(both, element.labels, own, isLeft ? own : left.scalar, isLeft ? right.scalar : own,
                    result);
        }
        return result;
    }
    // own: what a comparison without bool lets through.
    void combine(const Expression &both, const SeriesLabels &labels, double own, double a, double b,
                 Result &result) const
    {
        if (!isComparison(both.text))
            result.elements.push_back(at(unnamed(labels), calculate(both.text, a, b)));
        else if (both.isBool)
            result.elements.push_back(at(unnamed(labels), compare(both.text, a, b) ? 1 : 0));
        else if (compare(both.text, a, b))
            result.elements.push_back(at(labels, own));
    }
    static SeriesLabels signature(const Expression &both, const SeriesLabels &labels)
    {
        return both.isOn ? only(labels, both.labels) : allBut(labels, both.labels);
    }
    Result matched(const Expression &both, const Result &left, const Result &right) const
    {
        std::map<SeriesLabels, const Element *> others;
        for (const Element &element : right.elements) {
            if (!others.emplace(signature(both, element.labels), &element).second)
                throw Failed{
                    "found duplicate series for the match group on the right hand-side of the operation"};
        }
        Result result;
        std::map<SeriesLabels, int> seen;
        for (const Element &element : left.elements) {
            const SeriesLabels key = signature(both, element.labels);
            const auto other = others.find(key);
            if (other == others.end())
                continue;
            if (++seen[key] > 1)
                throw Failed{"multiple matches for labels: many-to-one matching must be explicit "
                             "(group_left/group_right)"};
            const double own = element.samples.front().value;
            const bool keepsName = isComparison(both.text) && !both.isBool;
            SeriesLabels labels = both.isOn ? key
                : both.isWithout            ? allBut(element.labels, both.labels)
                                            : element.labels;
            if (keepsName && element.labels.count("__name__") > 0 && !both.isOn)
                labels["__name__"] = element.labels.at("__name__");
            combine(both, labels, own, own, other->second->samples.front().value, result);
        }
        return result;
    }
    Result sets(const Expression &both, const Result &left, const Result &right) const
    {
        if (left.type != Type::Vector || right.type != Type::Vector)
            throw Failed{"set operator \"" + both.text + "\" not allowed in binary scalar expression"};
        const auto keysOf = [&both](const Result &side) {
            std::map<SeriesLabels, bool> keys;
            for (const Element &element : side.elements)
                keys[signature(both, element.labels)] = true;
            return keys;
        };
        Result result;
        if (both.text == "or") {
            result = left;
            const auto known = keysOf(left);
            for (const Element &element : right.elements) {
                if (known.count(signature(both, element.labels)) == 0)
                    result.elements.push_back(element);
            }
            return result;
        }
        const auto others = keysOf(right);
        for (const Element &element : left.elements) {
            if ((others.count(signature(both, element.labels)) > 0) == (both.text == "and"))
                result.elements.push_back(element);
        }
        return result;
    }

    const SeriesStore &m_store;
    std::int64_t m_time;
};

} // namespace

edge::Result<Result> evaluate(const Expression &expression, const SeriesStore &store, std::int64_t time)
{
    try {
        Result result = Evaluation(store, time).value(expression);
        for (Element &element : result.elements) {
            if (result.type == Type::Vector)
                element.samples.front().time = time;
        }
        return result;
    } catch (const Failed &failed) {
        return edge::failure(edge::Error::Kind::Config, failed.why);
    }
}

edge::Result<Result> evaluateRange(const Expression &expression, const SeriesStore &store, std::int64_t from,
                                   std::int64_t to, std::int64_t step)
{
    if (step <= 0 || to < from)
        return edge::failure(edge::Error::Kind::Config,
                             step <= 0 ? "zero or negative query resolution step widths are not accepted"
                                       : "end timestamp must not be before start time");
    if ((to - from) / step > MostSteps)
        return edge::failure(edge::Error::Kind::Config,
                             "exceeded maximum resolution of 11,000 points per timeseries");
    std::map<SeriesLabels, std::vector<Sample>> all;
    for (std::int64_t time = from; time <= to; time += step) {
        const auto result = evaluate(expression, store, time);
        if (!result)
            return tl::unexpected(result.error());
        if (result->type == Type::Scalar)
            all[{}].push_back({time, result->scalar});
        else if (result->type != Type::Vector)
            return edge::failure(edge::Error::Kind::Config,
                                 "invalid expression type for range query, must be Scalar or instant Vector");
        for (const Element &element : result->elements)
            all[element.labels].push_back({time, element.samples.front().value});
    }
    Result result{Type::Matrix, 0, {}, {}};
    for (auto &[labels, samples] : all)
        result.elements.push_back({labels, std::move(samples)});
    return result;
}

} // namespace demo::promql
