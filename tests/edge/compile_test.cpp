// SPDX-License-Identifier: GPL-3.0-or-later
// Bad input and what the compiler says about it; the corpus (corpus_runner) holds what good input means.
#include "edge/config/compile.h"
#include "edge/config/envoy_limits.h"
#include "edge/route_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

constexpr const char *Basics = R"(
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http, namespace: prod}
spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: any, namespace: prod}
spec: {hostname: "*", requestPolicy: {insecure: {action: Route}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: good, namespace: prod}
spec: {hostname: "*", prefix: /good/, service: good}
)";

edge::Config compiled(const std::string &yaml, edge::CompileOptions options = {})
{
    auto objects = edge::parseYaml(std::string(Basics) + "---\n" + yaml).value();
    return edge::compile(objects, options);
}

const edge::Diagnostic *diagnosticOf(const edge::Config &config, const std::string &name,
                                     const std::string &path)
{
    const auto found =
        std::find_if(config.diagnostics.begin(), config.diagnostics.end(), [&](const edge::Diagnostic &one) {
            return one.object.name == name && one.path == path;
        });
    return found == config.diagnostics.end() ? nullptr : &*found;
}

std::string servedBy(const edge::Config &config, const std::string &target)
{
    const auto table = edge::RouteTable::build(config);
    if (!table)
        return table.error().message;
    edge::RequestHead head;
    head.target = target;
    head.headers.add("host", "www.example.com");
    edge::RouteQuery query;
    query.head = &head;
    const edge::Decision decision = (*table)->match(query);
    return decision.route ? decision.route->mapping.name : "";
}

} // namespace

TEST(Compile, takesRequestsAsTheEnvoyOfItsGenerationDoes)
{
    using edge::Compat;
    for (const Compat compat : {Compat::V1, Compat::V2, Compat::V3, Compat::V4}) {
        edge::CompileOptions options;
        options.compat = compat;
        for (const edge::Listener &listener : compiled("{}", options).listeners)
            EXPECT_EQ(listener.http.isNewestEnvoy, compat == Compat::V4);
    }
}

// What Ambassador 1.11 does with a request in clear text, by what stands beside the Mapping; over TLS it is served.
// Its rules: no Listener; a Host's action, else a TLSContext's redirect_cleartext_from; a Host without an action redirects.
struct CleartextCase
{
    const char *title, *beside;
    edge::Decision::Outcome clear, overTls;
};

class CleartextOfV1 : public testing::TestWithParam<CleartextCase>
{
};

TEST_P(CleartextOfV1, isServedRedirectedOrRefused)
{
    const std::string mapping =
        "apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: m, namespace: default}\n"
        "spec: {prefix: /m/, service: m}\n";
    edge::CompileOptions options;
    options.compat = edge::Compat::V1;
    options.allSecretsKnown = true;
    const auto objects = edge::parseYaml(mapping + "---\n" + GetParam().beside).value();
    const auto table = edge::RouteTable::build(edge::compile(objects, options));
    ASSERT_TRUE(table) << table.error().message;
    edge::RequestHead head;
    head.target = "/m/x";
    head.headers.add("host", "a.example.com");
    edge::RouteQuery query;
    query.head = &head;
    EXPECT_EQ((*table)->match(query).outcome, GetParam().clear) << "on 8080";
    query.port = 8443;
    query.tls = true;
    query.serverName = "a.example.com";
    head.headers.add("x-forwarded-proto", "https"); // as the edge does before it asks the table
    EXPECT_EQ((*table)->match(query).outcome, GetParam().overTls) << "on 8443";
}

constexpr const char *HostOfV1 =
    "apiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: a, namespace: ambassador}\n"
    "spec: {hostname: a.example.com, tlsSecret: {name: cert}";

INSTANTIATE_TEST_SUITE_P(
    Compile, CleartextOfV1, testing::ValuesIn([] {
        using Outcome = edge::Decision::Outcome;
        static const std::string host(HostOfV1);
        static const std::string plain = host + "}\n",
                                 redirect = host + ", requestPolicy: {insecure: {action: Redirect}}}\n",
                                 route = host + ", requestPolicy: {insecure: {action: Route}}}\n",
                                 reject = host + ", requestPolicy: {insecure: {action: Reject}}}\n",
                                 elsewhere = host
            + ", requestPolicy: {insecure: {action: Redirect, additionalPort: 8081}}}\n";
        static const std::string context =
            "apiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: t, namespace: ambassador}\n"
            "spec: {hosts: [a.example.com], secret: cert";
        static const std::string silent = context + "}\n",
                                 redirecting = context + ", redirect_cleartext_from: 8080}\n";
        return std::vector<CleartextCase>{
            {"nothing", "{}\n", Outcome::Forward, Outcome::NoListener},
            {"a Host without an action", plain.c_str(), Outcome::Redirect, Outcome::Forward},
            {"a Host that redirects", redirect.c_str(), Outcome::Redirect, Outcome::Forward},
            {"a Host that routes", route.c_str(), Outcome::Forward, Outcome::Forward},
            {"a Host that rejects", reject.c_str(), Outcome::NoRoute, Outcome::Forward},
            {"a Host that redirects from elsewhere", elsewhere.c_str(), Outcome::NoListener,
             Outcome::Forward},
            {"a TLSContext", silent.c_str(), Outcome::NoListener, Outcome::Forward},
            {"a TLSContext that redirects", redirecting.c_str(), Outcome::Redirect, Outcome::Forward},
        };
    }()),
    [](const auto &row) {
        std::string name;
        for (const char c : std::string(row.param.title))
            name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        return name;
    });

// Every field that names a Secret.  Where Secrets may not be read, all of them must be taken for sound.
struct SecretField
{
    const char *title, *object; // of the namespace prod; names the Secret x
    const char *path;           // of what is said where it is missing
    edge::Compat compat = edge::Compat::V4;
};

class NamedSecretCompile : public testing::TestWithParam<SecretField>
{
};

TEST_P(NamedSecretCompile, isMissedOrTakenForSound)
{
    const SecretField &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    options.ambassadorNamespace = "prod";
    options.knownSecrets = {"own.prod"};
    const auto objects = edge::parseYaml(row.object);
    ASSERT_TRUE(objects) << objects.error().message;
    const auto complaints = [&] {
        std::string said;
        for (const edge::Diagnostic &one : edge::compile(*objects, options).diagnostics) {
            if (one.path.find("ecret") != std::string::npos)
                said += one.path + " ";
        }
        return said;
    };
    EXPECT_NE((" " + complaints()).find(" " + std::string(row.path) + " "), std::string::npos)
        << complaints();
    options.namedSecretsKnown = true;
    EXPECT_EQ(complaints(), "");
    options.missingSecrets = {"x.prod", "x.other"};
    EXPECT_NE(complaints(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Fields, NamedSecretCompile,
    testing::Values(
        SecretField{
            "secret",
            "{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: c, namespace: "
            "prod}, spec: {secret: x}}",
            "spec.secret"},
        SecretField{
            "secret of another namespace",
            "{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: c, namespace: "
            "prod}, spec: {secret: x.other}}",
            "spec.secret"},
        SecretField{
            "ca_secret",
            "{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: c, namespace: "
            "prod}, spec: {secret: own, ca_secret: x}}",
            "spec.ca_secret"},
        SecretField{
            "crl_secret",
            "{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: c, namespace: "
            "prod}, spec: {secret: own, crl_secret: x}}",
            "spec.crl_secret"},
        SecretField{
            "tlsSecret",
            "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod}, "
            "spec: {hostname: a.example.com, tlsSecret: {name: x}}}",
            "spec.tlsSecret"},
        SecretField{
            "tlsSecret of another namespace",
            "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod}, "
            "spec: {hostname: a.example.com, tlsSecret: {name: x, namespace: other}}}",
            "spec.tlsSecret"},
        SecretField{
            "tls.ca_secret",
            "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod}, "
            "spec: {hostname: a.example.com, tlsSecret: {name: own}, tls: {ca_secret: x}}}",
            "spec.tls.ca_secret"},
        SecretField{
            "tls.crl_secret",
            "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod}, "
            "spec: {hostname: a.example.com, tlsSecret: {name: own}, tls: {crl_secret: x}}}",
            "spec.tls.crl_secret"},
        SecretField{
            "privateKeySecret",
            "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod}, "
            "spec: {hostname: a.example.com, acmeProvider: {authority: none, privateKeySecret: {name: x}}}}",
            "spec.acmeProvider.privateKeySecret"},
        SecretField{
            "tls of the Module",
            "{apiVersion: getambassador.io/v2, kind: Module, metadata: {name: tls, namespace: prod}, spec: "
            "{config: {server: {enabled: true, secret: x}}}}",
            "spec.config.server.secret", edge::Compat::V1},
        SecretField{
            "client of the Module",
            "{apiVersion: getambassador.io/v2, kind: Module, metadata: {name: tls, namespace: prod}, spec: "
            "{config: {server: {enabled: true, secret: own}, client: {enabled: true, secret: x}}}}",
            "spec.config.client.secret", edge::Compat::V1},
        SecretField{"tls of an Ingress",
                    "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: prod, "
                    "annotations: {kubernetes.io/ingress.class: ambassador}}, spec: {tls: [{hosts: "
                    "[a.example.com], secretName: x}]}}",
                    "spec.tlsSecret"}),
    [](const auto &row) {
        std::string name;
        for (const char c : std::string(row.param.title))
            name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        return name;
    });

// Of a Service that nobody has told us of.
TEST(Compile, endpointsThatWereNotReadAreNotMissed)
{
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: m, namespace: prod}, spec: "
        "{prefix: /m/, service: m, resolver: endpoint}}");
    edge::CompileOptions options;
    options.compat = edge::Compat::V1;
    options.ambassadorNamespace = "prod";
    EXPECT_TRUE(diagnosticOf(edge::compile(*objects, options), "m", "spec.service"));
    options.endpointsRead = false;
    EXPECT_FALSE(diagnosticOf(edge::compile(*objects, options), "m", "spec.service"));
}

TEST(Compile, theCertificateOfLastResortIsNotNamedByAnybody)
{
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    options.namedSecretsKnown = true;
    const edge::Config config = edge::compile({}, options);
    EXPECT_TRUE(config.tlsContexts.empty());
}

TEST(Compile, aV2HeaderToAddIsATextOrAnObject)
{
    const auto of = [](const std::string &headers) {
        const auto objects = edge::parseYaml(
            "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: m, namespace: prod}, spec: "
            "{prefix: /m/, service: m, add_request_headers: "
            + headers + "}}");
        edge::CompileOptions options;
        options.ambassadorNamespace = "prod";
        const edge::Config config = edge::compile(*objects, options);
        const edge::Diagnostic *told = diagnosticOf(config, "m", "spec.add_request_headers.a");
        return told && told->dropped;
    };
    EXPECT_TRUE(of("{a: true}"));
    EXPECT_TRUE(of("{a: 5}"));
    EXPECT_TRUE(of("{a: [b]}"));
    EXPECT_FALSE(of("{a: 'true'}"));
    EXPECT_FALSE(of("{a: {value: b}}"));
}

struct BadObject
{
    const char *title, *spec, *path;
};

class BadMapping : public testing::TestWithParam<BadObject>
{
};

TEST_P(BadMapping, isLeftOutSaidAndStopsNothingElse)
{
    const edge::Config config =
        compiled(std::string("apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: bad, "
                             "namespace: prod}\nspec: ")
                 + GetParam().spec + "\n");
    const edge::Diagnostic *diagnostic = diagnosticOf(config, "bad", GetParam().path);
    ASSERT_TRUE(diagnostic) << GetParam().title;
    EXPECT_TRUE(diagnostic->dropped);
    EXPECT_EQ(diagnostic->severity, edge::Diagnostic::Severity::Error);
    EXPECT_FALSE(diagnostic->message.empty());
    EXPECT_EQ(servedBy(config, "/good/x"), "good");
    EXPECT_EQ(servedBy(config, "/bad/x"), "");
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadMapping,
    testing::Values(
        BadObject{"no service", "{hostname: '*', prefix: /bad/}", "spec"},
        BadObject{"a weight that is text", "{hostname: '*', prefix: /bad/, service: s, weight: '50'}",
                  "spec.weight"},
        BadObject{"an unknown balancer",
                  "{hostname: '*', prefix: /bad/, service: s, load_balancer: {policy: fastest}}",
                  "spec.load_balancer.policy"},
        BadObject{"a retry that is no word of Envoy's",
                  "{hostname: '*', prefix: /bad/, service: s, retry_policy: {retry_on: always}}",
                  "spec.retry_policy.retry_on"},
        BadObject{"a header that is no text", "{hostname: '*', prefix: /bad/, service: s, headers: {x: 1}}",
                  "spec.headers.x"},
        BadObject{"a regex that RE2 refuses",
                  "{hostname: '*', prefix: '/bad/(', prefix_regex: true, service: s}", "spec.prefix"},
        BadObject{"a glob where none is understood", "{host: '*.example.com', prefix: /bad/, service: s}",
                  "spec.host"},
        BadObject{"an unknown resolver", "{hostname: '*', prefix: /bad/, service: s, resolver: nowhere}",
                  "spec.resolver"},
        BadObject{"two checks in one",
                  "{hostname: '*', prefix: /bad/, service: s, health_checks: [{health_check: {http: {path: "
                  "/}, grpc: {upstream_name: u}}}]}",
                  "spec.health_checks"},
        BadObject{"a spec that is a list", "[1, 2]", "spec"}),
    [](const auto &row) {
        std::string name;
        for (const char c : std::string(row.param.title))
            name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        return name;
    });

TEST(Compile, fieldsWithoutEffectAreSaid)
{
    const edge::Config config = compiled(R"(
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: odd, namespace: prod}
spec: {hostname: "*", prefix: /odd/, service: s, keepalive: {idle_time: 5}, envoy_override: {a: 1}}
)");
    ASSERT_TRUE(diagnosticOf(config, "odd", "spec.keepalive.idle_time"));
    ASSERT_TRUE(diagnosticOf(config, "odd", "spec.envoy_override"));
    EXPECT_EQ(servedBy(config, "/odd/"), "odd");
}

// What the author of an object believes to be at work and is not.
struct SilentObject
{
    const char *title, *yaml, *path;
    edge::Compat compat = edge::Compat::V4;
};

class WithoutEffect : public testing::TestWithParam<SilentObject>
{
};

TEST_P(WithoutEffect, isSaid)
{
    edge::CompileOptions options;
    options.compat = GetParam().compat;
    const auto objects = edge::parseYaml(GetParam().yaml).value();
    const edge::Config config = edge::compile(objects, options);
    std::string said;
    int times = 0;
    for (const edge::Diagnostic &one : config.diagnostics) {
        said += one.object.kind + " " + one.path + ": " + one.message + "\n";
        times += one.path == GetParam().path && one.severity == edge::Diagnostic::Severity::Notice ? 1 : 0;
    }
    EXPECT_EQ(times, 1) << said;
}

#define V3 "{apiVersion: getambassador.io/v3alpha1, metadata: {name: o, namespace: prod}, kind: "
#define V2 "{apiVersion: getambassador.io/v2, metadata: {name: o, namespace: prod}, kind: "
#define MODULE(config)                                                                                       \
    "{apiVersion: getambassador.io/v3alpha1, kind: Module, metadata: {name: ambassador, namespace: prod}, "  \
    "spec: "                                                                                                 \
    "{config: " config "}}"
INSTANTIATE_TEST_SUITE_P(
    Compile, WithoutEffect,
    testing::Values(
        SilentObject{"a slip of the pen",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, time_out_ms: 5}}",
                     "spec.time_out_ms"},
        SilentObject{"a slip further down",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, cors: {origin: ['*']}}}",
                     "spec.cors.origin"},
        SilentObject{"a slip in a list",
                     V3
                     "Mapping, spec: {hostname: '*', prefix: /o/, service: s, circuit_breakers: [{max: 1}]}}",
                     "spec.circuit_breakers[0].max"},
        SilentObject{"a slip in a Host",
                     V3 "Host, spec: {hostname: '*', requestPolicy: {insecure: {acton: Route}}}}",
                     "spec.requestPolicy.insecure.acton"},
        SilentObject{"a field of later", V2 "Mapping, spec: {hostname: '*', prefix: /o/, service: s}}",
                     "spec.hostname", edge::Compat::V1},
        SilentObject{"a field that v2 has not", V2 "Mapping, spec: {hostname: b, prefix: /o/, service: s}}",
                     "spec.hostname"},
        SilentObject{"a list that v2 has not",
                     V2 "Mapping, spec: {health_checks: [], prefix: /o/, service: s}}", "spec.health_checks",
                     edge::Compat::V2_3},
        SilentObject{"a selector that v2 has not",
                     V2 "Host, spec: {hostname: a, mappingSelector: {matchLabels: {a: b}}}}",
                     "spec.mappingSelector"},
        SilentObject{"an annotation with a field that v2 has not",
                     "{apiVersion: v1, kind: Service, metadata: {name: o, namespace: prod, annotations: "
                     "{getambassador.io/config: '{apiVersion: getambassador.io/v2, kind: Mapping, name: o, "
                     "prefix: /o/, service: s, stats_name: x}'}}}",
                     "spec.stats_name"},
        SilentObject{"an origin behind a blank",
                     V2 "Mapping, spec: {prefix: /o/, service: s, cors: {origins: 'http://a, http://b'}}}",
                     "spec.cors.origins"},
        SilentObject{"an origin that is empty",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, cors: {origins: [a, '']}}}",
                     "spec.cors.origins"},
        SilentObject{"what only the developer portal reads",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, docs: {path: /d}}}",
                     "spec.docs"},
        SilentObject{"a version that is not read",
                     "{apiVersion: getambassador.io/v9, kind: Mapping, metadata: {name: o}}", "apiVersion"},
        SilentObject{"a version of later", V3 "Mapping, spec: {prefix: /o/, service: s}}", "apiVersion",
                     edge::Compat::V1},
        SilentObject{"a kind of the other edition", V3 "FilterPolicy, spec: {}}", "kind"},
        SilentObject{"a slip in a Module", MODULE("{enable_grpc_wep: true}"), "spec.config.enable_grpc_wep"},
        SilentObject{"a key of a Module of before", MODULE("{xff_num_trusted_hops: 1}"),
                     "spec.config.xff_num_trusted_hops"},
        SilentObject{"health checks without endpoints",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, health_checks: "
                        "[{health_check: {http: {path: /}}}]}}",
                     "spec.health_checks"},
        SilentObject{"labels without a RateLimitService",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, labels: {ambassador: [{g: "
                        "[{generic_key: {value: v}}]}]}}}",
                     "spec.labels"},
        SilentObject{"a path without a redirect",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, path_redirect: /x}}",
                     "spec.path_redirect"},
        SilentObject{"a regex without a method",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, method_regex: true}}",
                     "spec.method_regex"},
        SilentObject{"two kinds of prefix",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, prefix_exact: true, "
                        "prefix_regex: true}}",
                     "spec.prefix_exact"},
        SilentObject{"two kinds of host",
                     V3 "Mapping, spec: {hostname: '*', host: h, prefix: /o/, service: s}}", "spec.host"},
        SilentObject{"a kind of DNS that is none",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, dns_type: static}}",
                     "spec.dns_type"},
        SilentObject{"what Emissary 4 took away",
                     V3 "Mapping, spec: {hostname: '*', prefix: /o/, service: s, "
                        "bypass_error_response_overrides: true}}",
                     "spec.bypass_error_response_overrides"},
        SilentObject{"a second port of a Host",
                     V3 "Host, spec: {hostname: '*', requestPolicy: {insecure: {additionalPort: 8081}}}}",
                     "spec.requestPolicy.insecure.additionalPort"},
        SilentObject{"ACME without Edge Stack",
                     V3 "Host, spec: {hostname: '*', acmeProvider: {authority: https://acme, email: a@b.c}}}",
                     "spec.acmeProvider"},
        SilentObject{"ACME of the usual authority",
                     V3 "Host, spec: {hostname: '*', acmeProvider: {email: a@b.c}}}", "spec.acmeProvider"},
        SilentObject{"preview URLs", V3 "Host, spec: {hostname: '*', previewUrl: {enabled: true}}}",
                     "spec.previewUrl"},
        SilentObject{"a selector in 1 11", V2 "Host, spec: {hostname: '*', selector: {matchLabels: {a: b}}}}",
                     "spec.selector", edge::Compat::V1},
        SilentObject{
            "expressions of a Listener",
            V3 "Listener, spec: {port: 80, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: "
               "{from: ALL}, selector: {matchLabels: {}, matchExpressions: [{key: a, operator: Exists}]}}}}",
            "spec.hostBinding.selector.matchExpressions"}),
    [](const auto &row) {
        std::string name(row.param.title);
        std::replace(name.begin(), name.end(), ' ', '_');
        return name;
    });
#undef V3
#undef V2
#undef MODULE

// Free form: what a schema leaves open is not questioned.
TEST(Compile, whatMayHoldAnythingIsNotQuestioned)
{
    const edge::Config config = compiled(R"(
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: m, namespace: prod}
spec:
  hostname: "*"
  prefix: /m/
  service: s
  headers: {x-whatever: "1"}
  labels: {ambassador: [{group: [{generic_key: {value: a}}]}]}
  auth_context_extensions: {any: thing}
  add_request_headers: {x-any: {value: a, append: false}}
---
apiVersion: getambassador.io/v3alpha1
kind: Module
metadata: {name: ambassador, namespace: prod}
spec: {config: {default_labels: {any: {thing: 1}}, envoy_log_type: json, envoy_log_format: {any: thing}}}
---
apiVersion: getambassador.io/v3alpha1
kind: RateLimitService
metadata: {name: limits, namespace: prod}
spec: {service: limits, protocol_version: v3}
---
apiVersion: getambassador.io/v3alpha1
kind: AuthService
metadata: {name: auth, namespace: prod}
spec: {auth_service: auth, proto: http, protocol_version: v3}
)");
    for (const edge::Diagnostic &one : config.diagnostics)
        ADD_FAILURE() << one.object.name << " " << one.path << ": " << one.message;
}

TEST(Compile, aMappingWithoutAHostReachesNoHost)
{
    const edge::Config config =
        compiled("apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: lost, namespace: "
                 "prod}\nspec: {prefix: /lost/, service: s}\n");
    EXPECT_EQ(servedBy(config, "/lost/"), "");
    const edge::Diagnostic *diagnostic = diagnosticOf(config, "lost", "spec.hostname");
    ASSERT_TRUE(diagnostic) << "nobody is told that this Mapping is never used";
    EXPECT_EQ(diagnostic->severity, edge::Diagnostic::Severity::Notice);
}

TEST(Compile, anObjectOfAnotherInstallationIsNotOurs)
{
    const std::string yaml =
        "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: theirs, namespace: "
        "prod}\nspec: {ambassador_id: [blue], hostname: '*', prefix: /theirs/, service: s}\n";
    EXPECT_EQ(servedBy(compiled(yaml), "/theirs/"), "");
    edge::CompileOptions blue;
    blue.ambassadorId = "blue";
    const edge::Config config = compiled(yaml, blue);
    ASSERT_EQ(config.groups.size(), 4u); // three probes and theirs
}

TEST(Compile, whatIsNoObjectIsNoReasonToFail)
{
    for (const char *yaml :
         {"just text", "[1, 2, 3]", "{}", "kind: Mapping",
          "{apiVersion: getambassador.io/v3alpha1, kind: Mapping}",
          "{apiVersion: getambassador.io/v3alpha1, kind: Host, spec: 7}",
          "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: [], spec: {port: {}}}"}) {
        for (const edge::Compat compat :
             {edge::Compat::V1, edge::Compat::V2, edge::Compat::V3, edge::Compat::V4}) {
            for (const bool admitted : {true, false}) {
                edge::CompileOptions options;
                options.compat = compat;
                options.admitted = admitted;
                const edge::Config config = compiled(yaml, options);
                EXPECT_EQ(servedBy(config, "/good/x"), compat == edge::Compat::V1 ? "" : "good") << yaml;
            }
        }
    }
}

TEST(Compile, aServiceThatStopsTheEdgeIsSaidToDoSo)
{
    for (const char *object :
         {"Mapping, metadata: {name: bad, namespace: prod}, spec: {hostname: '*', prefix: /bad/, service: "
          "'[::1'",
          "TCPMapping, metadata: {name: bad, namespace: prod}, spec: {port: 6000, service: '::1]'",
          "RateLimitService, metadata: {name: bad, namespace: prod}, spec: {protocol_version: v3, service: "
          "'[::1'"}) {
        const edge::Config config =
            compiled("{apiVersion: getambassador.io/v3alpha1, kind: " + std::string(object) + "}}");
        const edge::Diagnostic *said = diagnosticOf(config, "bad", "spec.service");
        ASSERT_TRUE(said) << object;
        EXPECT_EQ(said->severity, edge::Diagnostic::Severity::Error);
        EXPECT_TRUE(said->message.ends_with(edge::EdgeFails)) << said->message;
        EXPECT_EQ(servedBy(config, "/good/x"), "good");
    }
}

// The edge's own service is an address, and Consul takes no dots: what asks for its readiness is answered 404.
TEST(Compile, probesThatTheModuleMakesUnusableAreSaidOfIt)
{
    const struct
    {
        const char *config, *path;
        std::size_t count;
    } cases[] = {
        {"{resolver: consul}", "spec.config.resolver", 3},
        {"{resolver: consul, readiness_probe: {enabled: true, service: 'a.b'}}",
         "spec.config.readiness_probe.service", 1},
        {"{resolver: consul, diagnostics: {enabled: false}}", "spec.config.resolver", 2},
        {"{resolver: nowhere}", "spec.config.resolver", 1},
    };
    for (const auto &[module, path, count] : cases) {
        const edge::Config config = compiled("{apiVersion: getambassador.io/v3alpha1, kind: Module, "
                                             "metadata: {name: ambassador, namespace: prod}, "
                                             "spec: {config: "
                                             + std::string(module) + "}}");
        const auto isMeant = [&, wanted = std::string(path)](const edge::Diagnostic &said) {
            return said.object.kind == "Module" && said.path == wanted
                && said.severity == edge::Diagnostic::Severity::Error;
        };
        EXPECT_EQ(std::size_t(std::count_if(config.diagnostics.begin(), config.diagnostics.end(), isMeant)),
                  count)
            << module;
    }
}

TEST(Compile, generationsAreReadFromImageTags)
{
    const struct
    {
        const char *tag;
        edge::Compat compat;
    } rows[] = {
        {"1.11.2", edge::Compat::V1},  {"0.86.1", edge::Compat::V1},   {"2.0.5", edge::Compat::V2_0},
        {"2.1.2", edge::Compat::V2_2}, {"2.2.2", edge::Compat::V2_2},  {"v2.2.0-rc.1", edge::Compat::V2_2},
        {"2.3.2", edge::Compat::V2_3}, {"2.4.0", edge::Compat::V2},    {"2.5.1", edge::Compat::V2},
        {"2.10.0", edge::Compat::V2},  {"2-latest", edge::Compat::V2}, {"2.x", edge::Compat::V2},
        {"v3.10.0", edge::Compat::V3}, {"4.1.0", edge::Compat::V4},    {"latest", edge::Compat::V4},
        {"", edge::Compat::V4},        {"1", edge::Compat::V4},        {"20211126.1", edge::Compat::V4}};
    for (const auto &row : rows)
        EXPECT_EQ(edge::compatFromVersion(row.tag), row.compat) << row.tag;
}

TEST(Compile, generationsHaveNames)
{
    for (int i = 0; i <= int(edge::Compat::V4); ++i)
        EXPECT_EQ(edge::compatFromName(edge::compatName(edge::Compat(i))), edge::Compat(i)) << i;
    const std::pair<const char *, std::optional<edge::Compat>> rows[] = {
        {"v1.11", edge::Compat::V1},  {"v2.0", edge::Compat::V2_0}, {"v2.1", edge::Compat::V2_2},
        {"v2.3", edge::Compat::V2_3}, {"v2.4", edge::Compat::V2},   {"v2.5", edge::Compat::V2},
        {"v3.9", edge::Compat::V3},   {"v4.1", edge::Compat::V4},   {"v0", std::nullopt},
        {"v5", std::nullopt},         {"2.2", std::nullopt},        {"v2.", std::nullopt},
        {"v2.2.2", std::nullopt},     {"v2-2", std::nullopt},       {"v22222", std::nullopt},
        {"v2.2x", std::nullopt},      {"v", std::nullopt},          {"", std::nullopt}};
    for (const auto &[name, compat] : rows)
        EXPECT_EQ(edge::compatFromName(name), compat) << name;
}

// As 4.1.0 and 2.5.1: what is below nothing never reaches Envoy.
TEST(CompileNumbers, aDepthBelowNothingIsNone)
{
    const std::pair<const char *, int> rows[] = {{"-1", 0}, {"0", 0}, {"300", 300}};
    for (const auto &[depth, hops] : rows) {
        const auto objects = edge::parseYaml(
            std::string(
                "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l}, spec: {port: "
                "8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}, l7Depth: ")
            + depth
            + "}}\n---\n{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h}, spec: "
              "{hostname: "
              "'*'}}");
        for (const edge::Compat compat : {edge::Compat::V2, edge::Compat::V4}) {
            edge::CompileOptions options;
            options.compat = compat;
            const edge::Config config = edge::compile(objects.value(), options);
            ASSERT_EQ(config.listeners.size(), 1U);
            EXPECT_EQ(config.listeners[0].http.trustedHops, hops) << depth;
            const bool isTold =
                std::any_of(config.diagnostics.begin(), config.diagnostics.end(),
                            [](const edge::Diagnostic &one) { return one.path == "spec.l7Depth"; });
            EXPECT_EQ(isTold, *depth == '-') << depth;
        }
    }
}

// The compilers count in whole numbers without end: the higher of two goes first, whatever their length.
TEST(CompileNumbers, precedenceIsOf64Bits)
{
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: higher}, spec: "
        "{hostname: '*', prefix: /, service: s, precedence: 3000000000}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: lower}, spec: "
        "{hostname: '*', prefix: /long/, service: s, precedence: 2147483648}}");
    const edge::Config config = edge::compile(objects.value(), {});
    std::string names, numbers;
    for (const edge::GroupInfo &group : config.groups) {
        if (group.name != "higher" && group.name != "lower")
            continue;
        names += group.name + " ";
        numbers += group.order.front().text() + " ";
    }
    EXPECT_EQ(names, "higher lower ");
    EXPECT_EQ(numbers, "3000000000 2147483648 ");
}

// YAML hands such a number on as a fraction, whose digits nobody has written.
TEST(CompileNumbers, beyondAnyWholeOneAreToldSo)
{
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m, namespace: prod}, spec: "
        "{hostname: '*', prefix: /, service: s, weight: 99999999999999999999}}");
    const edge::Config config = edge::compile(objects.value(), {});
    ASSERT_EQ(config.diagnostics.size(), 1u);
    EXPECT_EQ(config.diagnostics[0].message,
              "spec.weight: the number is larger than any whole number of 64 bits; the object is not used");
}
