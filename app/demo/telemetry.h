// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Counters, gauges and histograms of one proxy or program, in Prometheus' text format.  Thread: the loop.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo {

using Labels = std::vector<std::pair<std::string, std::string>>; // in the order in which they are written

std::string labelText(const Labels &labels); // {a="b",c="d"} with values escaped; "" for none

class Telemetry
{
public:
    void count(const std::string &name, const Labels &labels, double by = 1);
    void set(const std::string &name, const Labels &labels, double value);
    void observe(const std::string &name, const Labels &labels, double milliseconds); // buckets as Istio's
    double value(const std::string &name, const Labels &labels) const;                // 0 if unknown
    std::string text() const;

private:
    struct Family
    {
        const char *type = "counter";
        std::map<std::string, double> samples; // by what follows the family's name: "{…}" or "_bucket{…}"
    };
    std::map<std::string, Family> m_families;
};

} // namespace demo
