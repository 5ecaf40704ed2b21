// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/series_store.h"

#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <utility>

namespace demo {

namespace {

constexpr std::uint64_t EndBits =
    0x7ff0000000000002; // Prometheus' own mark, a NaN that nothing else computes
constexpr std::size_t ThinEvery = 300;
constexpr std::int64_t ThinStep = 60'000;

std::optional<double> readNumber(std::string_view text)
{
    if (text == "+Inf" || text == "Inf")
        return std::numeric_limits<double>::infinity();
    if (text == "-Inf")
        return -std::numeric_limits<double>::infinity();
    if (text == "NaN")
        return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// {a="b",c="d\"e"} from `at`, which is behind the brace; false: broken.
bool readLabels(std::string_view line, std::size_t &at, SeriesLabels &labels)
{
    while (at < line.size() && line[at] != '}') {
        const std::size_t equals = line.find("=\"", at);
        if (equals == std::string_view::npos)
            return false;
        std::string_view name = line.substr(at, equals - at);
        while (!name.empty() && (name.front() == ' ' || name.front() == ','))
            name.remove_prefix(1);
        std::string value;
        for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
            const bool escapes = line[at] == '\\' && at + 1 < line.size();
            value += !escapes ? line[at] : line[++at] == 'n' ? '\n' : line[at];
        }
        labels.emplace(name, std::move(value));
        if (++at < line.size() && line[at] == ',')
            ++at;
    }
    return at++ < line.size();
}

std::optional<MetricLine> readLine(std::string_view line)
{
    MetricLine metric;
    std::size_t at = std::min(line.find_first_of(" {\t"), line.size());
    metric.labels.emplace("__name__", line.substr(0, at));
    if (at < line.size() && line[at] == '{' && !readLabels(line, ++at, metric.labels))
        return {};
    const auto word = [&] {
        while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
            ++at;
        const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
        return line.substr(std::exchange(at, end), end - at);
    };
    const auto value = readNumber(word());
    if (!value)
        return {};
    metric.value = *value;
    metric.seconds = readNumber(word());
    return metric;
}

} // namespace

bool isEnd(double value) { return std::bit_cast<std::uint64_t>(value) == EndBits; }

bool Matcher::accepts(const SeriesLabels &labels) const
{
    const auto found = labels.find(name);
    const std::string &text = found == labels.end() ? std::string() : found->second;
    switch (kind) {
    case Kind::Equal: return text == value;
    case Kind::NotEqual: return text != value;
    case Kind::Matches: return re2::RE2::FullMatch(text, *pattern);
    case Kind::MatchesNot: return !re2::RE2::FullMatch(text, *pattern);
    }
    return false;
}

std::optional<Matcher> makeMatcher(std::string name, Matcher::Kind kind, std::string value)
{
    Matcher matcher{std::move(name), std::move(value), kind, nullptr};
    if (kind == Matcher::Kind::Matches || kind == Matcher::Kind::MatchesNot) {
        matcher.pattern = std::make_shared<re2::RE2>(matcher.value, re2::RE2::Quiet);
        if (!matcher.pattern->ok())
            return {};
    }
    return matcher;
}

std::vector<MetricLine> readMetrics(std::string_view text)
{
    std::vector<MetricLine> all;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#')
            continue;
        if (auto metric = readLine(line))
            all.push_back(std::move(*metric));
    }
    return all;
}

void SeriesStore::append(const SeriesLabels &labels, Sample sample)
{
    std::unique_ptr<Series> &series = m_all[labels];
    if (!series) {
        series = std::make_unique<Series>(Series{labels, {}});
        const auto name = labels.find("__name__");
        m_byName[name == labels.end() ? std::string() : name->second].push_back(series.get());
    }
    if (!series->samples.empty() && series->samples.back().time >= sample.time)
        return;
    series->samples.push_back(sample);
    if (series->samples.size() % ThinEvery == 0)
        thin(*series);
}

void SeriesStore::end(const SeriesLabels &labels, std::int64_t time)
{
    const auto found = m_all.find(labels);
    if (found != m_all.end() && !isEnd(found->second->samples.back().value))
        append(labels, {time, std::bit_cast<double>(EndBits)});
}

void SeriesStore::thin(Series &series)
{
    const std::int64_t now = series.samples.back().time;
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    std::erase_if(series.samples, [&](const Sample &sample) {
        const bool isOld = sample.time < now - Full && !isEnd(sample.value);
        const bool isDropped = sample.time < now - Kept || (isOld && last > sample.time - ThinStep);
        last = isDropped ? last : sample.time;
        return isDropped;
    });
}

std::vector<const Series *> SeriesStore::select(const std::vector<Matcher> &matchers) const
{
    std::vector<const Series *> found;
    const auto take = [&](const Series *series) {
        const bool isMeant = std::all_of(matchers.begin(), matchers.end(), [&](const Matcher &matcher) {
            return matcher.accepts(series->labels);
        });
        if (isMeant)
            found.push_back(series);
    };
    for (const Matcher &matcher : matchers) {
        if (matcher.name != "__name__" || matcher.kind != Matcher::Kind::Equal)
            continue;
        const auto named = m_byName.find(matcher.value);
        for (const Series *series : named == m_byName.end() ? std::vector<const Series *>() : named->second)
            take(series);
        return found;
    }
    for (const auto &[labels, series] : m_all)
        take(series.get());
    return found;
}

void SeriesStore::load(std::string_view openMetrics)
{
    for (const MetricLine &line : readMetrics(openMetrics)) {
        if (line.seconds)
            append(line.labels, {std::int64_t(*line.seconds * 1000), line.value});
    }
}

} // namespace demo
