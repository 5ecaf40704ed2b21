// SPDX-License-Identifier: GPL-3.0-or-later
// v1 and v2 specs as v3alpha1, field by field (facts emissary-routing.md §1.13).
#include "edge/config/conversion.h"

#include <gtest/gtest.h>

namespace edge {

namespace {

struct ConversionCase
{
    const char *title, *kind, *given, *wanted;
    bool onlyOnce = false; // what comes out would be something else in v2
};

Value yaml(const char *text)
{
    const auto documents = parseYaml(text);
    return documents && !documents->empty() ? documents->front() : Value();
}

} // namespace

class Conversion : public testing::TestWithParam<ConversionCase>
{
};

TEST_P(Conversion, GivesTheFieldsOfV3)
{
    const Value converted = convertedSpec(GetParam().kind, yaml(GetParam().given));
    EXPECT_EQ(converted, yaml(GetParam().wanted)) << GetParam().title << ": " << toJson(converted);
    if (!GetParam().onlyOnce) {
        EXPECT_EQ(convertedSpec(GetParam().kind, converted), converted) << "not the same twice";
    }
}

// What becomes of an object that was written with fields of v3alpha1.
TEST(ConversionOfV2, LosesWhatOnlyV3Has)
{
    struct Row
    {
        const char *kind, *given, *wanted;
        std::vector<std::string> lost;
    };
    const std::vector<Row> rows{
        {"Mapping", "{hostname: c.d}", "{hostname: '*'}", {"hostname"}},
        {"Mapping", "{host: a.b, hostname: c.d}", "{hostname: a.b}", {"hostname"}},
        {"Mapping", "{hostname: 5}", "{hostname: '*'}", {"hostname"}},
        {"Mapping",
         "{host: 'a.*', host_regex: true, hostname: c}",
         "{host: 'a.*', host_regex: true}",
         {"hostname"}},
        {"Mapping", "{health_checks: [], stats_name: x}", "{hostname: '*'}", {"health_checks", "stats_name"}},
        {"Mapping",
         "{v3StatsName: x, dns_type: strict_dns}",
         "{stats_name: x, dns_type: strict_dns, hostname: '*'}",
         {}},
        {"Mapping", "{v3StatsName: x, stats_name: y}", "{stats_name: x, hostname: '*'}", {"stats_name"}},
        {"Host",
         "{hostname: a, mappingSelector: {matchLabels: {a: b}}}",
         "{hostname: a}",
         {"mappingSelector"}},
        {"Host",
         "{hostname: a, tls: {sni: b, crl_secret: c}}",
         "{hostname: a, tls: {sni: b}}",
         {"tls.crl_secret"}},
        {"Host", "{tls: 5}", "{tls: 5}", {}},
        {"LogService",
         "{service: l, protocol_version: v3, tls: true}",
         "{service: l}",
         {"protocol_version", "tls"}},
        {"TLSContext", "{secret: a, crl_secret: b}", "{secret: a}", {"crl_secret"}},
        {"RateLimitService",
         "{service: r, grpc: {use_resource_exhausted_code: true}}",
         "{service: r}",
         {"grpc"}},
        {"TracingService",
         "{config: {propagation_modes: [B3], service_name: s}, tag_headers: [a], custom_tags: []}",
         "{config: {service_name: s}, custom_tags: [{tag: a, request_header: {name: a}}]}",
         {"config.propagation_modes", "custom_tags"}},
        {"ConsulResolver", "{address: a, stats_name: b}", "{address: a, stats_name: b}", {}},
    };
    for (const Row &row : rows) {
        std::vector<LaterField> lost;
        const Value converted = convertedSpec(row.kind, prunedSpec(row.kind, yaml(row.given), lost));
        EXPECT_EQ(converted, yaml(row.wanted)) << row.kind << " " << row.given << ": " << toJson(converted);
        std::vector<std::string> paths;
        for (const LaterField &field : lost)
            paths.emplace_back(field.path);
        EXPECT_EQ(paths, row.lost) << row.kind << " " << row.given;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Fields, Conversion,
    testing::Values(
        ConversionCase{"no host is every host", "Mapping", "{prefix: /}", "{prefix: /, hostname: '*'}"},
        ConversionCase{"a host becomes the hostname", "Mapping", "{host: a.b}", "{hostname: a.b}"},
        ConversionCase{"a host regex stays", "Mapping", "{host: 'a.*', host_regex: true}",
                       "{host: 'a.*', host_regex: true}"},
        ConversionCase{"tls true is https", "Mapping", "{service: s, tls: true, hostname: '*'}",
                       "{service: 'https://s', hostname: '*'}"},
        ConversionCase{"tls true is https instead of http", "Mapping",
                       "{service: 'http://s', tls: true, hostname: '*'}",
                       "{service: 'https://s', hostname: '*'}"},
        ConversionCase{"in any letters", "TCPMapping", "{service: 'HTTP://s:1', tls: true}",
                       "{service: 'https://s:1'}"},
        ConversionCase{"an AuthService, too", "AuthService", "{auth_service: 'http://a', tls: true}",
                       "{auth_service: 'https://a'}"},
        ConversionCase{"a RateLimitService, too", "RateLimitService", "{service: 'http://r:80', tls: true}",
                       "{service: 'https://r:80'}"},
        ConversionCase{"https stays as it is written", "Mapping",
                       "{service: 'HTTPS://s', tls: true, hostname: '*'}",
                       "{service: 'HTTPS://s', hostname: '*'}"},
        ConversionCase{"tls false leaves the scheme", "Mapping",
                       "{service: 'https://s', tls: false, hostname: '*'}",
                       "{service: 'https://s', hostname: '*'}"},
        ConversionCase{"an empty tls is nothing", "Mapping", "{service: s, tls: '', hostname: '*'}",
                       "{service: s, hostname: '*'}"},
        ConversionCase{"a tls that is neither stays, to be refused", "Mapping",
                       "{service: s, tls: 5, hostname: '*'}", "{service: s, tls: 5, hostname: '*'}"},
        ConversionCase{"tls false is nothing", "Mapping", "{service: s, tls: false, hostname: '*'}",
                       "{service: s, hostname: '*'}"},
        ConversionCase{"a TLSContext's name stays", "Mapping", "{service: s, tls: up, hostname: '*'}",
                       "{service: s, tls: up, hostname: '*'}"},
        ConversionCase{"a header that must be there is a regex", "Mapping",
                       "{hostname: '*', headers: {x: true, 'y': z}}",
                       "{hostname: '*', headers: {'y': z}, regex_headers: {x: '.*'}}"},
        ConversionCase{"a header that is false is nothing", "Mapping", "{hostname: '*', headers: {x: false}}",
                       "{hostname: '*', headers: {}}"},
        ConversionCase{"regexes that are there stay", "Mapping",
                       "{hostname: '*', query_parameters: {q: true}, regex_query_parameters: {r: 'a+'}}",
                       "{hostname: '*', query_parameters: {}, regex_query_parameters: {r: 'a+', q: '.*'}}"},
        ConversionCase{"a regex of the same header decides", "Mapping",
                       "{hostname: '*', headers: {x: true}, regex_headers: {x: y}}",
                       "{hostname: '*', headers: {}, regex_headers: {x: y}}"},
        ConversionCase{"headers to add become objects", "Mapping",
                       "{hostname: '*', add_request_headers: {a: b, d: {value: e, append: false}}}",
                       "{hostname: '*', add_request_headers: {a: {value: b}, d: {value: e, append: false}}}"},
        ConversionCase{"a header to add that is no text stays, to be refused", "Mapping",
                       "{hostname: '*', add_request_headers: {a: true}, add_response_headers: {b: 5}}",
                       "{hostname: '*', add_request_headers: {a: true}, add_response_headers: {b: 5}}"},
        ConversionCase{"one header to remove is a list", "Mapping",
                       "{hostname: '*', remove_response_headers: x}",
                       "{hostname: '*', remove_response_headers: [x]}"},
        ConversionCase{"one method is a list", "Mapping", "{hostname: '*', cors: {methods: 'GET, POST'}}",
                       "{hostname: '*', cors: {methods: ['GET, POST']}}"},
        ConversionCase{"headers of a page are lists", "Mapping",
                       "{hostname: '*', cors: {origins: [a], headers: x, exposed_headers: 'y,z'}}",
                       "{hostname: '*', cors: {origins: [a], headers: [x], exposed_headers: ['y,z']}}"},
        ConversionCase{"lists of a page stay", "Mapping",
                       "{hostname: '*', cors: {methods: [GET], headers: [x], max_age: '5'}}",
                       "{hostname: '*', cors: {methods: [GET], headers: [x], max_age: '5'}}"},
        ConversionCase{"origins are split at commas", "Mapping",
                       "{hostname: '*', cors: {origins: 'http://a, http://b,'}}",
                       "{hostname: '*', cors: {origins: ['http://a', ' http://b', '']}}"},
        ConversionCase{"no origin is an empty one", "Mapping", "{hostname: '*', cors: {origins: ''}}",
                       "{hostname: '*', cors: {origins: ['']}}"},
        ConversionCase{"one origin is a list", "Mapping", "{hostname: '*', cors: {origins: 'http://a'}}",
                       "{hostname: '*', cors: {origins: ['http://a']}}"},
        ConversionCase{"one id is a list of one", "Mapping", "{hostname: '*', ambassador_id: x}",
                       "{hostname: '*', ambassador_id: [x]}"},
        ConversionCase{"ids for v3 readers lose their mark", "TLSContext",
                       "{ambassador_id: ['--apiVersion-v3alpha1-only--x', y]}", "{ambassador_id: [x, y]}"},
        ConversionCase{"a Host's id has another name", "Host", "{ambassadorId: [x], hostname: a}",
                       "{ambassador_id: [x], hostname: a}"},
        ConversionCase{"an AuthService names its service otherwise", "AuthService",
                       "{auth_service: a, tls: true}", "{auth_service: 'https://a'}"},
        ConversionCase{"a stored v3 field comes back", "TLSContext", "{v3CRLSecret: s}", "{crl_secret: s}"},
        ConversionCase{
            "a label that is a word", "Mapping",
            "{hostname: '*', labels: {ambassador: [{group: [remote_address, x]}]}}",
            "{hostname: '*', labels: {ambassador: [{group: [{remote_address: {key: remote_address}}, "
            "{generic_key: {value: x}}]}]}}",
            true},
        ConversionCase{
            "a label of a header", "Mapping",
            "{hostname: '*', labels: {ambassador: [{g: [{k: {header: h, omit_if_not_present: true}}]}]}}",
            "{hostname: '*', labels: {ambassador: [{g: [{request_headers: {key: k, header_name: h, "
            "omit_if_not_present: true}}]}]}}",
            true},
        ConversionCase{
            "a label as v3 has it is one of a header without a name", "Mapping",
            "{hostname: '*', labels: {a: [{g: [{remote_address: {key: remote_address}}, "
            "{generic_key: {value: x}}, {request_headers: {key: k, header_name: h}}]}]}}",
            "{hostname: '*', labels: {a: [{g: [{request_headers: {key: remote_address, header_name: ''}}, "
            "{request_headers: {key: generic_key, header_name: ''}}, "
            "{request_headers: {key: request_headers, header_name: ''}}]}]}}",
            true},
        ConversionCase{
            "a label beside a generic_key is that", "Mapping",
            "{hostname: '*', labels: {a: [{g: [{x: {header: h}, generic_key: v}, {x: {header: 5}}]}]}}",
            "{hostname: '*', labels: {a: [{g: [{generic_key: {value: v}}, {generic_key: {value: ''}}]}]}}",
            true},
        ConversionCase{"what it does not know stays", "Mapping", "{hostname: '*', unheard_of: {a: [1, b]}}",
                       "{hostname: '*', unheard_of: {a: [1, b]}}"}));

} // namespace edge
