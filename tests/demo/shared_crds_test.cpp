// SPDX-License-Identifier: GPL-3.0-or-later
// The CustomResourceDefinitions of real products (shared crds/) in the demo's API server: every one is taken, and objects of
// their kinds are accepted, given their defaults and refused with the kind of error that a real API server gives.
#include "app/demo/cel.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char Definitions[] = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

struct Row
{
    const char *name, *path, *kind, *spec;
    const char *field; // of the first cause; "": accepted
    const char *reason, *message;
};

const char Istio[] = "/apis/networking.istio.io/v1/namespaces/default/";
const char Security[] = "/apis/security.istio.io/v1/namespaces/default/";
const char TooShort[] = "Invalid value: \"0.1ms\": must be a valid duration greater than 1ms";
const char NoDuration[] =
    "Invalid value: \"string\": type conversion error from 'string' to 'google.protobuf.Duration' "
    "evaluating rule: must be a valid duration greater than 1ms";

std::vector<Row> istioRows()
{
    return {
        {"a port of its own", Security, "PeerAuthentication",
         "{selector: {matchLabels: {a: b}}, mtls: {mode: STRICT}, portLevelMtls: {'80': {mode: DISABLE}}}",
         "", "", ""},
        {"a port too high", Security, "PeerAuthentication",
         "{selector: {matchLabels: {a: b}}, portLevelMtls: {'65536': {mode: DISABLE}}}", "spec.portLevelMtls",
         "FieldValueInvalid", "Invalid value: port must be between 1-65535"},
        {"a port that is a word", Security, "PeerAuthentication",
         "{selector: {matchLabels: {a: b}}, portLevelMtls: {http: {mode: DISABLE}}}", "spec.portLevelMtls",
         "FieldValueInvalid",
         "Invalid value: \"object\": type conversion error from 'string' to 'int' evaluating rule: port must "
         "be between "
         "1-65535"},
        {"ports of every workload", Security, "PeerAuthentication",
         "{portLevelMtls: {'80': {mode: DISABLE}}}", "spec", "FieldValueInvalid",
         "Invalid value: portLevelMtls requires selector"},
        {"an unknown mode", Security, "PeerAuthentication", "{mtls: {mode: LOOSE}}", "spec.mtls.mode",
         "FieldValueNotSupported",
         "Unsupported value: \"LOOSE\": supported values: \"UNSET\", \"DISABLE\", \"PERMISSIVE\", "
         "\"STRICT\""},
        {"a token's issuer", Security, "RequestAuthentication",
         "{jwtRules: [{issuer: me, jwksUri: 'https://x.y/keys'}]}", "", "", ""},
        {"keys by ftp", Security, "RequestAuthentication",
         "{jwtRules: [{issuer: me, jwksUri: 'ftp://x.y/z'}]}", "spec.jwtRules[0].jwksUri",
         "FieldValueInvalid", "Invalid value: \"ftp://x.y/z\": url must have scheme http:// or https://"},
        {"keys of no URL", Security, "RequestAuthentication", "{jwtRules: [{issuer: me, jwksUri: 'x.y/z'}]}",
         "spec.jwtRules[0].jwksUri", "FieldValueInvalid",
         "Invalid value: \"string\": URL parse error during conversion from string: parse \"x.y/z\": invalid "
         "URI for "
         "request "
         "evaluating rule: url must have scheme http:// or https://"},
        {"keys twice", Security, "RequestAuthentication",
         "{jwtRules: [{issuer: me, jwks: '{}', jwksUri: 'https://x.y/z'}]}", "spec.jwtRules[0]",
         "FieldValueInvalid", "Invalid value: only one of jwks or jwksUri can be set"},
        {"who may", Security, "AuthorizationPolicy",
         "{action: ALLOW, rules: [{from: [{source: {principals: ['a/b/c']}}], to: [{operation: {ports: "
         "['80']}}]}]}",
         "", "", ""},
        {"two kinds of names", Security, "AuthorizationPolicy",
         "{rules: [{from: [{source: {serviceAccounts: [a], principals: [b]}}]}]}",
         "spec.rules[0].from[0].source", "FieldValueInvalid",
         "Invalid value: Cannot set serviceAccounts with namespaces or principals"},
        {"a time limit", Istio, "VirtualService",
         "{hosts: [a], http: [{timeout: 1m30.5s, retries: {attempts: 2, perTryTimeout: 25ms}, "
         "route: [{destination: {host: a}}]}]}",
         "", "", ""},
        {"a time limit of no unit", Istio, "VirtualService",
         "{hosts: [a], http: [{timeout: 5fortnights, route: [{destination: {host: a}}]}]}",
         "spec.http[0].timeout", "FieldValueInvalid", NoDuration},
        {"a time limit too short", Istio, "VirtualService",
         "{hosts: [a], http: [{timeout: 0.1ms, route: [{destination: {host: a}}]}]}", "spec.http[0].timeout",
         "FieldValueInvalid", TooShort},
        {"a time limit that is a number", Istio, "VirtualService", "{hosts: [a], http: [{timeout: 5}]}",
         "spec.http[0].timeout", "FieldValueTypeInvalid",
         "Invalid value: \"integer\": spec.http[0].timeout in body must be of type string: \"integer\""},
        {"a connection's limit", Istio, "DestinationRule",
         "{host: a, trafficPolicy: {connectionPool: {tcp: {connectTimeout: 30ms}}, tls: {mode: "
         "ISTIO_MUTUAL}}}",
         "", "", ""},
        {"no host", Istio, "DestinationRule", "{subsets: [{name: a}]}", "spec.host", "FieldValueRequired",
         "Required value"},
        {"a limit of nothing", Istio, "DestinationRule",
         "{host: a, trafficPolicy: {connectionPool: {tcp: {connectTimeout: ''}}}}",
         "spec.trafficPolicy.connectionPool.tcp.connectTimeout", "FieldValueInvalid", NoDuration},
        {"an outside service", Istio, "ServiceEntry",
         "{hosts: [a.b], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}", "", "", ""},
        {"a net with DNS", Istio, "ServiceEntry", "{hosts: [a.b], addresses: [10.0.0.0/8], resolution: DNS}",
         "spec", "FieldValueInvalid",
         "Invalid value: CIDR addresses are allowed only for NONE/STATIC resolution types"},
        {"a port twice", Istio, "ServiceEntry",
         "{hosts: [a.b], ports: [{number: 1, name: a}, {number: 1, name: b}]}", "spec.ports",
         "FieldValueInvalid", "Invalid value: port number cannot be duplicated"},
        {"a workload", Istio, "WorkloadEntry", "{address: 'unix:///var/run/x.sock', labels: {a: b}}", "", "",
         ""},
        {"a socket's folder", Istio, "WorkloadEntry", "{address: 'unix:///var/run/'}", "spec.address",
         "FieldValueInvalid", "Invalid value: \"unix:///var/run/\": UDS may not be a dir"},
        {"a socket with a relative path", Istio, "WorkloadEntry", "{address: 'unix://x'}", "spec.address",
         "FieldValueInvalid", "Invalid value: \"unix://x\": UDS must be an absolute path or abstract socket"},
        {"nowhere", Istio, "WorkloadEntry", "{labels: {a: b}}", "spec", "FieldValueInvalid",
         "Invalid value: Address is required"},
        {"a group", Istio, "WorkloadGroup", "{template: {serviceAccount: a}, probe: {tcpSocket: {port: 80}}}",
         "", "", ""},
        {"a gateway", Istio, "Gateway",
         "{selector: {a: b}, servers: [{hosts: ['*'], port: {number: 443, name: s, protocol: HTTPS}, "
         "tls: {mode: SIMPLE, credentialName: c}}]}",
         "", "", ""},
        {"a gateway's secrets twice", Istio, "Gateway",
         "{servers: [{hosts: ['*'], port: {number: 443, name: s, protocol: HTTPS}, "
         "tls: {mode: SIMPLE, credentialName: c, credentialNames: [d]}}]}",
         "spec.servers[0].tls", "FieldValueInvalid",
         "Invalid value: only one of credentialName or credentialNames can be set"},
        {"what a sidecar sees", Istio, "Sidecar",
         "{workloadSelector: {labels: {a: b}}, egress: [{hosts: ['./*']}]}", "", "", ""},
        {"a label with a star", Istio, "Sidecar",
         "{workloadSelector: {labels: {a: 'b*'}}, egress: [{hosts: ['./*']}]}",
         "spec.workloadSelector.labels[a]", "FieldValueInvalid",
         "Invalid value: \"b*\": wildcard is not supported in selector"},
        {"a patch", "/apis/networking.istio.io/v1alpha3/namespaces/default/", "EnvoyFilter",
         "{configPatches: [{applyTo: CLUSTER, match: {context: GATEWAY}, patch: {operation: MERGE, value: "
         "{a: 1}}}]}",
         "", "", ""},
        {"a proxy's threads", "/apis/networking.istio.io/v1beta1/namespaces/default/", "ProxyConfig",
         "{concurrency: 2, image: {imageType: debug}}", "", "", ""},
        {"fewer threads than none", "/apis/networking.istio.io/v1beta1/namespaces/default/", "ProxyConfig",
         "{concurrency: -1}", "spec.concurrency", "FieldValueInvalid",
         "Invalid value: -1: spec.concurrency in body should be greater than or equal to 0"},
        {"a plug-in from a registry", "/apis/extensions.istio.io/v1alpha1/namespaces/default/", "WasmPlugin",
         "{url: 'docker.io/a/b:v1'}", "", "", ""},
        {"a plug-in by ftp", "/apis/extensions.istio.io/v1alpha1/namespaces/default/", "WasmPlugin",
         "{url: 'ftp://a/b'}", "spec.url", "FieldValueInvalid",
         "Invalid value: \"ftp://a/b\": url must have schema one of [http, https, file, oci]"},
        {"what is measured", "/apis/telemetry.istio.io/v1/namespaces/default/", "Telemetry",
         "{metrics: [{providers: [{name: prometheus}], reportingInterval: 5s}]}", "", "", ""},
        {"a share above all", "/apis/telemetry.istio.io/v1/namespaces/default/", "Telemetry",
         "{tracing: [{randomSamplingPercentage: 100.5}]}", "spec.tracing[0].randomSamplingPercentage",
         "FieldValueInvalid",
         "Invalid value: 100.5: spec.tracing[0].randomSamplingPercentage in body should be less than or "
         "equal to 100"},
    };
}

const char Edge[] = "/apis/getambassador.io/v3alpha1/namespaces/default/";

std::vector<Row> emissaryRows()
{
    return {
        {"a route", Edge, "Mapping", "{hostname: '*', prefix: /a/, service: a, timeout_ms: 3000}", "", "",
         ""},
        {"a route without its service", Edge, "Mapping", "{prefix: /a/}", "spec.service",
         "FieldValueRequired", "Required value"},
        {"a route's limit in words", Edge, "Mapping", "{prefix: /a/, service: a, timeout_ms: 3s}",
         "spec.timeout_ms", "FieldValueTypeInvalid",
         "Invalid value: \"string\": spec.timeout_ms in body must be of type integer: \"string\""},
        {"a route of old", "/apis/getambassador.io/v2/namespaces/default/", "Mapping",
         "{prefix: /a/, service: a, add_request_headers: {x: y}, ambassador_id: one}", "", "", ""},
        {"a listener", Edge, "Listener",
         "{port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}", "", "",
         ""},
        {"a listener's unknown protocol", Edge, "Listener",
         "{port: 8443, protocol: SMTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}",
         "spec.protocol", "FieldValueNotSupported",
         "Unsupported value: \"SMTP\": supported values: \"HTTP\", \"HTTPS\", \"HTTPPROXY\", \"HTTPSPROXY\", "
         "\"TCP\", "
         "\"TLS\", \"UDP\""},
        {"a name", Edge, "Host", "{hostname: a.b, tlsSecret: {name: c}}", "", "", ""},
        {"settings", Edge, "Module", "{config: {x_forwarded_proto_redirect: true}}", "", "", ""},
        {"a stream", Edge, "TCPMapping", "{port: 5432, service: db}", "", "", ""},
        {"a stream without a port", Edge, "TCPMapping", "{service: db}", "spec.port", "FieldValueRequired",
         "Required value"},
        {"TLS", Edge, "TLSContext", "{hosts: [a.b], secret: c, min_tls_version: v1.2}", "", "", ""},
        {"TLS of the future", Edge, "TLSContext", "{hosts: [a.b], min_tls_version: v1.9}",
         "spec.min_tls_version", "FieldValueNotSupported",
         "Unsupported value: \"v1.9\": supported values: \"v1.0\", \"v1.1\", \"v1.2\", \"v1.3\""},
        {"who asks", Edge, "AuthService", "{auth_service: a, proto: grpc, protocol_version: v3}", "", "", ""},
        {"how much", Edge, "RateLimitService", "{service: r, protocol_version: v3}", "", "", ""},
        {"where logs go", Edge, "LogService", "{service: l, driver: tcp, driver_config: {}, grpc: true}", "",
         "", ""},
        {"where traces go", Edge, "TracingService", "{driver: zipkin, service: z}", "", "", ""},
        {"by endpoints", Edge, "KubernetesEndpointResolver", "{}", "", "", ""},
        {"by service", Edge, "KubernetesServiceResolver", "{}", "", "", ""},
        {"by Consul", Edge, "ConsulResolver", "{address: 'c:8500', datacenter: dc1}", "", "", ""},
    };
}

std::string pluralOf(const std::string &kind)
{
    std::string plural = kind;
    for (char &c : plural)
        c = char(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (plural.ends_with("cy") || plural.ends_with("ry"))
        return plural.substr(0, plural.size() - 1) + "ies";
    return plural + "s";
}

} // namespace

class SharedCrdsTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;
    std::vector<edge::Value> m_definitions;

    void make(const Row &row, const std::string &name, ApiAnswer &answer)
    {
        const std::string path = row.path;
        const auto spec = edge::parseYaml(row.spec);
        QVERIFY2(spec && spec->size() == 1, row.spec);
        const std::string version = path.substr(6, path.find("/namespaces") - 6);
        edge::Value object = edge::Value::object({{"apiVersion", version}, {"kind", row.kind}});
        object.child("metadata").set("name", name);
        object.set("spec", spec->front());
        answer = m_api->call("POST", path + pluralOf(row.kind), edge::toJson(object));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_api = std::make_unique<ApiFixture>();
        for (const char *file : {"crds/istio-1.31.yaml", "crds/emissary-4.1.0.yaml"}) {
            const auto text = sharedFile(file);
            if (!text)
                QSKIP("skipped: the shared definitions are not here (SALLYPORT_SHARED)");
            const auto documents = edge::parseYaml(*text);
            QVERIFY2(documents, file);
            for (const edge::Value &document : *documents) {
                const ApiAnswer answer = m_api->call("POST", Definitions, edge::toJson(document));
                QVERIFY2(answer.status == 201, answer.body.constData());
                m_definitions.push_back(document);
            }
        }
    }
    void cleanupTestCase() { m_api.reset(); }

    void everyRuleIsUnderstood()
    {
        int rules = 0;
        const std::function<void(const edge::Value &)> walk = [&](const edge::Value &value) {
            for (const edge::Value &rule : value["x-kubernetes-validations"].items()) {
                ++rules;
                const auto problem = demo::ruleProblem(rule["rule"].text());
                QVERIFY2(!problem, problem.value_or(std::string()).c_str());
            }
            for (const auto &member : value.members())
                walk(member.second);
            for (const edge::Value &item : value.items())
                walk(item);
        };
        for (const edge::Value &definition : m_definitions)
            walk(definition);
        QCOMPARE(rules, 398);
    }

    void objectsAreTakenAsByARealServer_data()
    {
        QTest::addColumn<int>("row");
        int i = 0;
        for (const std::vector<Row> &rows : {istioRows(), emissaryRows()}) {
            for (const Row &row : rows)
                QTest::addRow("%s: %s", row.kind, row.name) << i++;
        }
    }
    void objectsAreTakenAsByARealServer()
    {
        QFETCH(int, row);
        std::vector<Row> rows = istioRows();
        for (const Row &each : emissaryRows())
            rows.push_back(each);
        const Row &tried = rows[std::size_t(row)];
        ApiAnswer answer;
        make(tried, "row-" + std::to_string(row), answer);
        if (!*tried.field) {
            QVERIFY2(answer.status == 201, answer.body.constData());
            return;
        }
        QVERIFY2(answer.status == 422, answer.body.constData());
        const auto &causes = answer.json.at({"details", "causes"}).items();
        const auto wanted = std::find_if(causes.begin(), causes.end(), [&tried](const edge::Value &cause) {
            return cause["field"].text() == tried.field;
        });
        QVERIFY2(wanted != causes.end(), answer.body.constData());
        QCOMPARE(QByteArray::fromStdString((*wanted)["message"].text()), QByteArray(tried.message));
        QCOMPARE(QByteArray::fromStdString((*wanted)["reason"].text()), QByteArray(tried.reason));
    }

    void defaultsAreSet()
    {
        ApiAnswer answer;
        make({"", Edge, "Host", "{hostname: a.b, tlsContext: {}, acmeProvider: {privateKeySecret: {}}}", "",
              "", ""},
             "defaults", answer);
        QVERIFY2(answer.status == 201, answer.body.constData());
        for (const edge::Value *name :
             {&answer.json.at({"spec", "tlsContext", "name"}),
              &answer.json.at({"spec", "acmeProvider", "privateKeySecret", "name"})})
            QVERIFY2(name->isString() && name->text().empty(), answer.body.constData());
    }

    // A rule that the server cannot evaluate must not pass for one that holds.
    void anUnknownFunctionIsRefusedWithItsDefinition()
    {
        edge::Value definition = m_definitions.front();
        definition.child("metadata").set("name", "others.extensions.istio.io");
        definition.child("spec").child("names") =
            edge::Value::object({{"plural", "others"}, {"kind", "Other"}, {"listKind", "OtherList"}});
        edge::Value &version = definition.child("spec").child("versions").mutableItems().front();
        version.child("schema").child("openAPIV3Schema").child("x-kubernetes-validations") =
            edge::Value::array({edge::Value::object({{"rule", "self.spec.all(k, moon(k))"}})});
        const ApiAnswer answer = m_api->call("POST", Definitions, edge::toJson(definition));
        QCOMPARE(answer.status, 422);
        const edge::Value &cause = answer.json.at({"details", "causes"}).items().front();
        QCOMPARE(QByteArray::fromStdString(cause["field"].text()),
                 QByteArray("spec.versions[0].schema.openAPIV3Schema.x-kubernetes-validations[0].rule"));
        QVERIFY2(answer.body.contains("undeclared reference to 'moon' (in container '')"),
                 answer.body.constData());
    }
};

SALLYPORT_TEST(shared_crds_test, SharedCrdsTest)
#include "shared_crds_test.moc"
