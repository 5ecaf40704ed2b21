// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/telemetry.h"

#include <array>
#include <charconv>

namespace demo {

namespace {

constexpr std::array<double, 20> Buckets{0.5,   1,      5,      10,      25,      50,    100,
                                         250,   500,    1000,   2500,    5000,    10000, 30000,
                                         60000, 300000, 600000, 1800000, 3600000, 1e308};

std::string numberText(double value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return std::string(text.data(), end);
}

} // namespace

std::string labelText(const Labels &labels)
{
    std::string text;
    for (const auto &[name, value] : labels) {
        text += (text.empty() ? "{" : ",") + name + "=\"";
        for (const char c : value) {
            if (c == '\\' || c == '"')
                text += '\\';
            text += c == '\n' ? "\\n" : std::string(1, c);
        }
        text += '"';
    }
    return text.empty() ? text : text + '}';
}

void Telemetry::count(const std::string &name, const Labels &labels, double by)
{
    m_families[name].samples[labelText(labels)] += by;
}

void Telemetry::set(const std::string &name, const Labels &labels, double value)
{
    Family &family = m_families[name];
    family.type = "gauge";
    family.samples[labelText(labels)] = value;
}

void Telemetry::observe(const std::string &name, const Labels &labels, double milliseconds)
{
    Family &family = m_families[name];
    family.type = "histogram";
    for (const double bound : Buckets) {
        Labels withBound = labels;
        withBound.emplace_back("le", bound > 1e307 ? "+Inf" : numberText(bound));
        family.samples["_bucket" + labelText(withBound)] += milliseconds <= bound ? 1 : 0;
    }
    family.samples["_sum" + labelText(labels)] += milliseconds;
    family.samples["_count" + labelText(labels)] += 1;
}

double Telemetry::value(const std::string &name, const Labels &labels) const
{
    const auto family = m_families.find(name);
    if (family == m_families.end())
        return 0;
    const auto sample = family->second.samples.find(labelText(labels));
    return sample == family->second.samples.end() ? 0 : sample->second;
}

std::string Telemetry::text() const
{
    std::string text;
    for (const auto &[name, family] : m_families) {
        text += "# TYPE " + name + " " + family.type + "\n";
        for (const auto &[suffix, value] : family.samples)
            text += name + suffix + " " + numberText(value) + "\n";
    }
    return text;
}

} // namespace demo
