// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Samples of metrics for the built-in responder, in memory: every series by its labels, old samples thinned out.  Thread: the loop.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace re2 {
class RE2;
}

namespace demo {

using SeriesLabels = std::map<std::string, std::string>; // the metric's name is __name__

struct Sample
{
    std::int64_t time = 0; // ms since 1970
    double value = 0;
};

struct Series
{
    SeriesLabels labels;
    std::vector<Sample> samples; // oldest first
};

struct Matcher
{
    enum class Kind { Equal, NotEqual, Matches, MatchesNot };
    std::string name, value;
    Kind kind = Kind::Equal;
    std::shared_ptr<const re2::RE2> pattern; // anchored on both sides
    bool accepts(const SeriesLabels &labels) const;
};
std::optional<Matcher> makeMatcher(std::string name, Matcher::Kind kind,
                                   std::string value); // nullopt: no regex

struct MetricLine
{
    SeriesLabels labels;
    double value = 0;
    std::optional<double> seconds; // its own time
};
std::vector<MetricLine> readMetrics(std::string_view text); // Prometheus' text format; OpenMetrics' too

class SeriesStore
{
public:
    void append(const SeriesLabels &labels, Sample sample);  // not older than the series' last
    void end(const SeriesLabels &labels, std::int64_t time); // there is no such series any more
    std::vector<const Series *> select(const std::vector<Matcher> &matchers) const;
    std::size_t size() const { return m_all.size(); }
    void load(std::string_view openMetrics); // with times

    static constexpr std::int64_t Full = 10 * 60'000; // ms that are kept as they came; older: one a minute
    static constexpr std::int64_t Kept = std::int64_t(15) * 86'400'000;

private:
    static void thin(Series &series);

    std::map<SeriesLabels, std::unique_ptr<Series>> m_all;
    std::unordered_map<std::string, std::vector<const Series *>> m_byName;
};

bool isEnd(double value); // the mark that a series has ended

} // namespace demo
