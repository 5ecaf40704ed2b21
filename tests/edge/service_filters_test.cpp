// SPDX-License-Identifier: GPL-3.0-or-later
// Filters and logs as the compilers of 2.5.1, 3.9.1 and 4.1.0 themselves wrote them for one object (service_filters.json).
#include "edge/config/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace {

using edge::Value;

std::vector<Value> rows()
{
    const std::ifstream file(SALLYPORT_SOURCE_DIR "/tests/edge/service_filters.json");
    std::ostringstream text;
    text << file.rdbuf();
    return edge::parseJson(text.str()).value_or(Value::array()).items();
}

// In one order, and without what says as much as nothing: to Envoy false and an empty list are its defaults.
Value settled(const Value &value)
{
    if (value.isArray()) {
        Value list = Value::array();
        for (const Value &item : value.items())
            list.push(settled(item));
        return list;
    }
    if (!value.isObject())
        return value;
    std::vector<Value::Member> members = value.members();
    std::sort(members.begin(), members.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    Value object = Value::object();
    for (const auto &[name, member] : members) {
        const bool isNothing = member.isNull() || (member.isBool() && !member.toBool())
            || (member.isArray() && member.items().empty());
        if (!isNothing)
            object.set(name, settled(member));
    }
    return object;
}

Value withoutType(Value config)
{
    config.erase("@type");
    return config;
}

Value madeOf(const edge::Config &config, const std::string &part)
{
    if (part == "log") {
        for (const Value &log : config.accessLogs) {
            if (log["name"].text().find("grpc") == std::string::npos)
                continue;
            Value found = withoutType(log["typed_config"]);
            found.set("name", log["name"]);
            return found;
        }
        return {};
    }
    const auto filter =
        std::find_if(config.httpFilters.begin(), config.httpFilters.end(),
                     [&](const edge::HttpFilter &one) { return one.name == "envoy.filters.http." + part; });
    return filter == config.httpFilters.end() ? Value() : withoutType(filter->config);
}

class ServiceFilter : public testing::TestWithParam<Value>
{
};

TEST_P(ServiceFilter, isTheCompilersOwn)
{
    const Value &row = GetParam();
    const std::string &kind = row["kind"].text();
    const Value object =
        Value::object({{"apiVersion", "getambassador.io/v3alpha1"},
                       {"kind", kind},
                       {"metadata", Value::object({{"name", kind == "Module" ? "ambassador" : "x"}})},
                       {"spec", row["spec"]}});
    for (const Value &generation : row["edges"].items()) {
        edge::CompileOptions options;
        options.compat = generation.text() == "v2" ? edge::Compat::V2
            : generation.text() == "v3"            ? edge::Compat::V3
                                                   : edge::Compat::V4;
        const edge::Config config = edge::compile(std::vector<Value>{object}, options);
        EXPECT_EQ(edge::toJson(settled(madeOf(config, row["part"].text())), 1),
                  edge::toJson(settled(row["real"]), 1))
            << row["title"].text() << " " << generation.text();
    }
}

INSTANTIATE_TEST_SUITE_P(All, ServiceFilter, testing::ValuesIn(rows()),
                         [](const auto &row) { return "row" + std::to_string(row.index + 1); });

TEST(ServiceFilters, areThere) // the file is read
{
    EXPECT_GE(rows().size(), 15U);
}

} // namespace
