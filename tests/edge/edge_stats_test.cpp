// SPDX-License-Identifier: GPL-3.0-or-later
// The counters as Prometheus reads them: each line of the text format parsed back.
#include "edge/edge_stats.h"

#include <gtest/gtest.h>

#include <sstream>

namespace edge {

namespace {

std::map<std::string, std::string> seriesOf(const std::string &text) // by name with labels
{
    std::map<std::string, std::string> series;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("#"))
            continue;
        const std::size_t blank = line.rfind(' ');
        EXPECT_NE(blank, std::string::npos) << line;
        EXPECT_TRUE(series.emplace(line.substr(0, blank), line.substr(blank + 1)).second) << line;
    }
    return series;
}

} // namespace

TEST(EdgeStats, CountAnswersByCodeAndByClass)
{
    EdgeStats stats;
    for (const int status : {200, 200, 204, 301, 404, 503})
        stats.cluster("quote")->answered(status);
    stats.cluster("quote")->requests = 7;
    stats.cluster("quote")->activeRequests = 1;
    const auto series = seriesOf(stats.prometheusText());
    const std::pair<const char *, const char *> rows[] = {
        {"envoy_cluster_upstream_rq_total{envoy_cluster_name=\"quote\"}", "7"},
        {"envoy_cluster_upstream_rq_completed{envoy_cluster_name=\"quote\"}", "6"},
        {"envoy_cluster_upstream_rq_active{envoy_cluster_name=\"quote\"}", "1"},
        {"envoy_cluster_upstream_rq{envoy_response_code=\"200\",envoy_cluster_name=\"quote\"}", "2"},
        {"envoy_cluster_upstream_rq{envoy_response_code=\"503\",envoy_cluster_name=\"quote\"}", "1"},
        {"envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"2\",envoy_cluster_name=\"quote\"}", "3"},
        {"envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"4\",envoy_cluster_name=\"quote\"}", "1"},
        {"envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"1\",envoy_cluster_name=\"quote\"}", "0"}};
    for (const auto &[name, value] : rows) {
        const auto found = series.find(name);
        ASSERT_NE(found, series.end()) << name;
        EXPECT_EQ(found->second, value) << name;
    }
}

TEST(EdgeStats, KeepWhatWasCountedWhenAConfigurationGoesAndComes)
{
    EdgeStats stats;
    stats.cluster("a")->requests = 3;
    const auto held = stats.cluster("a");
    ++held->requests;
    EXPECT_EQ(stats.cluster("a")->requests, 4U);
    EXPECT_EQ(stats.cluster("b")->requests, 0U);
}

TEST(EdgeStats, ShowAHistogramThatGrowsToItsCount)
{
    EdgeStats stats;
    TimeHistogram &time = stats.downstream("ingress_http")->time;
    using namespace std::chrono_literals;
    for (const std::chrono::microseconds took :
         {300us, 500us, 7000us, 99'000us, std::chrono::microseconds(2h)})
        time.add(took);
    const auto series = seriesOf(stats.prometheusText());
    const std::string name = "envoy_http_downstream_rq_time",
                      label = "{envoy_http_conn_manager_prefix=\"ingress_http\"";
    const std::pair<const char *, const char *> buckets[] = {
        {"0.5", "2"}, {"1", "2"}, {"5", "2"}, {"10", "3"}, {"50", "3"}, {"100", "4"}, {"+Inf", "5"}};
    for (const auto &[bound, count] : buckets) {
        const auto found = series.find(name + "_bucket" + label + ",le=\"" + bound + "\"}");
        ASSERT_NE(found, series.end()) << bound;
        EXPECT_EQ(found->second, count) << bound;
    }
    EXPECT_EQ(series.at(name + "_count" + label + "}"), "5");
    EXPECT_DOUBLE_EQ(std::stod(series.at(name + "_sum" + label + "}")), 0.3 + 0.5 + 7 + 99 + 7'200'000);
}

TEST(EdgeStats, EscapeWhateverAClusterIsCalled)
{
    EdgeStats stats;
    stats.cluster("a\"b\\c\nd");
    const std::string text = stats.prometheusText();
    EXPECT_NE(text.find("envoy_cluster_name=\"a\\\"b\\\\c\\nd\""), std::string::npos) << text.substr(0, 400);
    seriesOf(text); // no line is broken
}

TEST(EdgeStats, NameEachMetricOnceBeforeItsSeries)
{
    EdgeStats stats;
    stats.cluster("a");
    stats.cluster("b");
    stats.downstream("ingress_http");
    std::istringstream lines(stats.prometheusText());
    std::map<std::string, int> types;
    std::string current;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            current = line.substr(7, line.find(' ', 7) - 7);
            EXPECT_EQ(++types[current], 1) << current;
        } else {
            EXPECT_TRUE(line.starts_with(current)) << line;
        }
    }
    EXPECT_GT(types.size(), 20U);
}

} // namespace edge
