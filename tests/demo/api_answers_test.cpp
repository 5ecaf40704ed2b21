// SPDX-License-Identifier: GPL-3.0-or-later
// Unusual requests, and what API servers answer: the demo's, and where KUBEBUILDER_ASSETS names one a real kube-apiserver.
#include "kube/kubeconfig.h"
#include "kube/transport.h"
#include "tests/demo/api_fixture.h"
#include "tests/demo/real_api_server.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 60'000;
const QString Configs = u"/api/v1/namespaces/default/configmaps"_s,
              Secret = u"/api/v1/namespaces/default/secrets/s?fieldManager=m"_s;
const QByteArray Json = "application/json", Apply = "application/apply-patch+yaml",
                 Merge = "application/merge-patch+json";

QByteArray configMap(const QByteArray &metadata, const QByteArray &data = "{}")
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{" + metadata + "},\"data\":" + data
        + "}";
}

QByteArray secret(const QByteArray &fields)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"}," + fields + "}";
}

} // namespace

class ApiAnswersTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_demo;
    std::unique_ptr<RealApiServer> m_real;

    static kube::HttpResponse call(const QString &kubeconfig, const QByteArray &method, const QString &path,
                                   const QByteArray &type, const QByteArray &body,
                                   const QByteArray &accept = "application/json",
                                   const QList<QByteArray> &headers = {})
    {
        const auto loaded = kube::Kubeconfig::load({{kubeconfig}, true});
        kube::Transport transport(loaded.value().connection().value());
        std::optional<kube::HttpResponse> answer;
        kube::Transport::Callbacks callbacks;
        callbacks.finished = [&answer](const kube::Result<kube::HttpResponse> &ended) {
            answer = ended.value_or(kube::HttpResponse());
        };
        kube::HttpRequest request;
        request.method = method;
        request.path = path;
        request.contentType = type;
        request.body = body;
        request.accept = accept;
        request.headers = headers;
        request.ownConnection = true;
        transport.send(request, std::move(callbacks));
        (void)QTest::qWaitFor([&answer] { return answer.has_value(); }, Patience);
        return answer.value_or(kube::HttpResponse());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<ApiFixture>();
        if (!RealApiServer::missing().isEmpty())
            return;
        m_real = std::make_unique<RealApiServer>();
        QCOMPARE(m_real->start(), QString());
        const auto isReady = [this] {
            return call(m_real->kubeconfig(), "GET", u"/api/v1/namespaces/default"_s, {}, {}).status == 200;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isReady(), 3 * Patience);
    }
    void cleanupTestCase()
    {
        m_demo.reset();
        m_real.reset();
    }

    void theyAgree_data()
    {
        QTest::addColumn<bool>("isReal");
        for (const bool isReal : {false, true})
            QTest::newRow(isReal ? "a real one" : "the demo's") << isReal;
    }

    void theyAgree()
    {
        QFETCH(const bool, isReal);
        if (isReal && !m_real)
            QSKIP(qPrintable(RealApiServer::missing()));
        struct Step
        {
            const char *name;
            QByteArray method;
            QString path;
            QByteArray type, body;
            int status;
            QByteArray words; // in the body
            QList<QByteArray> warnings = {};
        };
        const QByteArray modified =
                             "the object has been modified; please apply your changes to the latest version",
                         unknown = "unknown field \"metadata.bogus\"";
        const Step steps[] = {
            // A version in what creates an object by an apply is looked at once there is one: an apply that only creates.
            {"an apply with a version where nothing is", "PATCH", Configs + u"/a?fieldManager=m"_s, Apply,
             configMap("\"name\":\"a\",\"resourceVersion\":\"1\"", "{\"a\":\"1\"}"), 201, "\"name\":\"a\""},
            {"the same again", "PATCH", Configs + u"/a?fieldManager=m"_s, Apply,
             configMap("\"name\":\"a\",\"resourceVersion\":\"1\"", "{\"a\":\"1\"}"), 409, modified},
            {"by force", "PATCH", Configs + u"/a?fieldManager=n&force=true"_s, Apply,
             configMap("\"name\":\"a\",\"resourceVersion\":\"1\"", "{\"a\":\"2\"}"), 409, modified},
            // Fields of metadata are known by name, too.
            {"an unknown field of metadata",
             "POST",
             Configs,
             Json,
             configMap("\"name\":\"b\",\"bogus\":1"),
             201,
             "\"name\":\"b\"",
             {unknown}},
            {"and refused", "POST", Configs + u"?fieldValidation=Strict"_s, Json,
             configMap("\"name\":\"c\",\"bogus\":1"), 400,
             "strict decoding error: unknown field \\\"metadata.bogus\\\""},
            {"and left out in silence", "POST", Configs + u"?fieldValidation=Ignore"_s, Json,
             configMap("\"name\":\"c\",\"bogus\":1"), 201, "\"name\":\"c\""},
            {"in a patch",
             "PATCH",
             Configs + u"/a"_s,
             Merge,
             "{\"metadata\":{\"bogus\":1}}",
             200,
             "\"name\":\"a\"",
             {unknown}},
            {"in a patch, and refused", "PATCH", Configs + u"/a?fieldValidation=Strict"_s, Merge,
             "{\"metadata\":{\"bogus\":1}}", 422, "strict decoding error: unknown field"},
            {"an unknown field in a patch",
             "PATCH",
             Configs + u"/a"_s,
             Merge,
             "{\"dada\":{}}",
             200,
             "\"name\":\"a\"",
             {"unknown field \"dada\""}},
            {"in an apply", "PATCH", Configs + u"/a?fieldManager=m"_s, Apply,
             configMap("\"name\":\"a\",\"bogus\":1"), 500,
             "(/a; /v1, Kind=ConfigMap): .metadata.bogus: field not declared in schema"},
            // Options are read as Go reads them.
            {"a limit without a number",
             "GET",
             Configs + u"?limit="_s,
             {},
             {},
             400,
             "strconv.ParseInt: parsing \\\"\\\": invalid syntax"},
            {"a limit that is too large",
             "GET",
             Configs + u"?limit=99999999999999999999"_s,
             {},
             {},
             400,
             "value out of range"},
            {"a time limit that is none",
             "GET",
             Configs + u"?timeoutSeconds=x"_s,
             {},
             {},
             400,
             "strconv.ParseInt: parsing \\\"x\\\": invalid syntax"},
            {"a list from initial events",
             "GET",
             Configs + u"?sendInitialEvents=true"_s,
             {},
             {},
             422,
             "sendInitialEvents is forbidden for list"},
            {"a watch that is none", "GET", Configs + u"?watch=false"_s, {}, {}, 200, "ConfigMapList"},
            {"a watch of one object", "GET", Configs + u"/none?watch=1"_s, {}, {}, 404, "not found"},
            {"a dry run of nothing", "POST", Configs + u"?dryRun="_s, Json, configMap("\"name\":\"d\""), 422,
             "dryRun: Unsupported value"},
            // Selectors by labels.
            {"no key",
             "GET",
             Configs + u"?labelSelector=="_s,
             {},
             {},
             400,
             "found '=', expected: !, identifier, or 'end of string'"},
            {"no second key",
             "GET",
             Configs + u"?labelSelector=a,,b"_s,
             {},
             {},
             400,
             "found ',', expected: identifier after ','"},
            {"a key that is none",
             "GET",
             Configs + u"?labelSelector=-a"_s,
             {},
             {},
             400,
             "name part must consist of alphanumeric characters"},
            {"a value that is too long",
             "GET",
             Configs + u"?labelSelector=a="_s + QString(64, u'x'),
             {},
             {},
             400,
             "must be no more than 63 bytes"},
            {"a value that is no number",
             "GET",
             Configs + u"?labelSelector=a>b"_s,
             {},
             {},
             400,
             "the value must be an integer"},
            // Places that are none.
            {"what is in no namespace",
             "GET",
             u"/api/v1/namespaces/default/nodes"_s,
             {},
             {},
             404,
             "the server could not find the requested resource"},
            {"a check that is none", "GET", u"/healthz/nothing"_s, {}, {}, 404, "404 page not found"},
            {"a limit of two signs",
             "GET",
             Configs + u"?limit=%2B-5"_s,
             {},
             {},
             400,
             "strconv.ParseInt: parsing \\\"+-5\\\": invalid syntax"},
        };
        const QString kubeconfig = isReal ? m_real->kubeconfig() : m_demo->kubeconfig();
        for (const Step &step : steps) {
            const kube::HttpResponse answer = call(kubeconfig, step.method, step.path, step.type, step.body);
            const QByteArray said = QByteArray(step.name) + ": " + QByteArray::number(answer.status) + ' '
                + answer.warnings.join("; ") + ' ' + answer.body;
            QVERIFY2(answer.status == step.status && answer.body.contains(step.words)
                         && answer.warnings == step.warnings,
                     said.constData());
        }
    }

    // What is refused before an object is looked at: media types, methods, places.
    void theyNegotiateAlike_data() { theyAgree_data(); }
    void theyNegotiateAlike()
    {
        QFETCH(const bool, isReal);
        if (isReal && !m_real)
            QSKIP(qPrintable(RealApiServer::missing()));
        struct Ask
        {
            QByteArray method;
            QString path;
            QByteArray accept;
            int status;
            QByteArray words, type = "application/json";
        };
        const QByteArray table = "application/json;as=Table;v=v1;g=meta.k8s.io",
                         partial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
                         partials = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
                         only = "only the following media types are accepted: application/json",
                         available = "406: Not Acceptable\\n\\nAvailable representations: application/json",
                         plain = "text/plain; charset=utf-8",
                         notThere = "could not find the requested resource";
        QList<Ask> asks{
            {"GET", u"/version"_s, "text/html", 406, available + "\""},
            {"GET", u"/version"_s, table, 200, "gitVersion"},
            {"GET", u"/version"_s, "application/yaml", 406, "Available representations: application/json",
             "application/yaml"},
            {"GET", u"/version/x"_s, Json, 404, notThere},
            {"GET", u"/api"_s, "text/html", 406, available},
            {"GET", u"/api"_s, table, 406, only},
            {"GET", u"/api/v1"_s, "text/html", 406,
             available + ", application/yaml, application/vnd.kubernetes.protobuf\""},
            {"GET", u"/api/v1"_s, "application/*", 406, available},
            {"GET", u"/api/v1"_s, table, 406, only},
            {"GET", u"/api/v1"_s, "text/html, application/json;q=0", 200, "APIResourceList"},
            {"GET", u"/api/v2"_s, Json, 404, notThere},
            {"GET", u"/apis"_s, "text/html", 406, only},
            {"GET", u"/apis"_s, "application/*", 200, "APIGroupList"},
            {"GET", u"/apis"_s, partials, 406, only},
            {"GET", u"/apis/apps"_s, "text/html", 406, only},
            {"GET", u"/apis/apps/v1"_s, "text/html", 406, available},
            {"GET", u"/apis/apps/v2"_s, Json, 404, notThere},
            {"GET", u"/apis/nothing"_s, Json, 404, "404 page not found", plain},
            {"GET", u"/"_s, Json, 200, "\"/apis/apps/v1\""},
            {"GET", u"/index.html"_s, Json, 200, "\"/healthz/ping\""},
            {"GET", u"/openapi/v3/api/v9"_s, Json, 404, "", ""},
            {"GET", Configs, "text/html", 406,
             available
                 + ", application/yaml, application/vnd.kubernetes.protobuf, "
                   "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"},
            {"GET", Configs + u"/none"_s, "text/html", 406, available},
            {"GET", Configs, partial, 406,
             "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)"},
            {"GET", Configs + u"/none"_s, partials, 404, "not found"},
            {"GET", u"/api/v1/namespaces/default"_s, partials, 406,
             "you requested PartialObjectMetadataList, but the requested object is not a list "
             "(*core.Namespace)"},
            {"GET", u"/apis/rbac.authorization.k8s.io/v1/clusterroles"_s, partial, 406,
             "the requested object is a list (*rbac.ClusterRoleList)"},
            {"GET", Configs + u"?watch=1&continue=x"_s, Json, 422,
             "resourceVersionMatch is forbidden when continue is provided"},
            {"GET",
             Configs + u"?watch=1&sendInitialEvents=true&resourceVersion=1&resourceVersionMatch=Exact"_s,
             Json, 422,
             "[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to "
             "NotOlderThan, "
             "resourceVersionMatch: Unsupported value: \\\"Exact\\\": supported values: "
             "\\\"NotOlderThan\\\"]"},
            {"GET", Configs + u"/none"_s, "application/yaml", 404, "message: configmaps \"none\" not found",
             "application/yaml"},
            {"GET", Configs + u"?watch=1&timeoutSeconds=1"_s, "application/yaml", 406,
             "accepted: application/json;stream=watch", "application/yaml"},
            {"PATCH", Configs + u"/none"_s, Json, 415, "415: Unsupported Media Type"},
            {"PATCH", Configs, Json, 405, "does not allow this method"},
            {"GET", u"//"_s, Json, 404, "404 page not found", plain},
            {"GET", Configs + u"?labelSelector=a%zz"_s, Json, 200, "ConfigMapList"},
            {"GET", Configs + u"?labelSelector=a;b"_s, Json, 200, "ConfigMapList"},
            {"GET", u"/api/v1/namespaces/default/finalize"_s, Json, 405, "does not allow this method"},
            {"POST", u"/api/v1/configmaps"_s, Json, 405, "does not allow this method"},
            {"GET", Configs + u"/.."_s, Json, 400, "Name parameter invalid: \\\"..\\\": may not be '..'"},
            {"GET", u"/api/v1/namespaces/default/services/none/proxy/x"_s, Json, 503,
             "no endpoints available for service \\\"none\\\""},
            {"GET", u"/api/v1/namespaces/default/services/none:80/proxy/x"_s, Json, 404,
             "services \\\"none\\\" not found"},
            {"GET", Configs + u"/none?resourceVersion=x"_s, Json, 500,
             "resourceVersion: Invalid value: \\\"x\\\": strconv.ParseUint"},
            {"GET", Configs + u"/none?resourceVersion=99999999999999"_s, Json, 504,
             "Too large resource version: 99999999999999"},
        };
        for (const char *method : {"OPTIONS", "TRACE", "PROPFIND", "FOO", "POST", "DELETE"}) {
            for (const QString &path : {u"/version"_s, u"/api"_s, u"/apis/apps/v1"_s})
                asks.append(Ask{method, path, Json, 405, "does not allow this method"});
            asks.append(Ask{method, u"/nothing"_s, Json, 404, "404 page not found", plain});
        }
        const QString kubeconfig = isReal ? m_real->kubeconfig() : m_demo->kubeconfig();
        for (const Ask &ask : asks) {
            const kube::HttpResponse answer = call(kubeconfig, ask.method, ask.path, {}, {}, ask.accept);
            const QByteArray said = ask.method + ' ' + ask.path.toUtf8() + ' ' + ask.accept + ": "
                + QByteArray::number(answer.status) + ' ' + answer.contentType + ' ' + answer.body;
            QVERIFY2(answer.status == ask.status && answer.body.contains(ask.words)
                         && answer.contentType == ask.type,
                     said.constData());
        }
    }

    // Options, bodies and whom one acts for.
    void theyRefuseAlike_data() { theyAgree_data(); }
    void theyRefuseAlike()
    {
        QFETCH(const bool, isReal);
        if (isReal && !m_real)
            QSKIP(qPrintable(RealApiServer::missing()));
        struct Ask
        {
            QByteArray method;
            QString path;
            QByteArray type, body;
            int status;
            QByteArray words;
            QList<QByteArray> headers = {};
        };
        const QString one = Configs + u"/kept"_s,
                      rules = u"/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"_s,
                      review = u"/apis/authorization.k8s.io/v1/subjectaccessreviews"_s;
        const QByteArray kept = configMap("\"name\":\"kept\""),
                         noVerb =
                             "exactly one of nonResourceAttributes or resourceAttributes must be specified",
                         noName = "(kept based on URL) was undeterminable: name must be provided",
                         typed = "typed patch object (/s; /v1, Kind=Secret): .stringData",
                         got = ", got &value.valueUnstructured{Value:",
                         notHere = " in scheme \\\"pkg/runtime/scheme.go:111\\\"";
        const Ask asks[] = {
            {"POST", Configs, Json, kept, 201, "kept"},
            // The manager's name.
            {"PUT", one + u"?fieldManager=a%01"_s, Json, kept, 422,
             "Invalid value: \\\"a\\\\x01\\\": invalid character U+0001 (at position 1)"},
            {"PATCH", one + u"?fieldManager=%7F"_s, Apply, kept, 422,
             "invalid character U+007F (at position 0)"},
            // A deletion has options of its own, and a body is all of them.
            {"DELETE", Configs + u"/none?fieldValidation=x&fieldManager=%01"_s, {}, {}, 404, "not found"},
            {"DELETE", one + u"?gracePeriodSeconds=x"_s, {}, {}, 400, "strconv.ParseInt: parsing \\\"x\\\""},
            {"DELETE",
             one + u"?propagationPolicy=Orphan&orphanDependents=true"_s,
             {},
             {},
             422,
             "orphanDependents and deletionPropagation cannot be both set"},
            {"DELETE", one, Json, "{\"propagationPolicy\":\"Orphan\",\"orphanDependents\":false}", 422,
             "orphanDependents and deletionPropagation cannot be both set"},
            {"DELETE", one, Json, "{\"dryRun\":[\"x\"]}", 422, "dryRun: Unsupported value: [\\\"x\\\"]"},
            {"DELETE", one, Json, "{\"gracePeriodSeconds\":\"x\"}", 400,
             "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type "
             "int64"},
            {"DELETE", one, Json, "[]", 400, "json: cannot unmarshal array into Go value of type struct"},
            {"DELETE", one, Json, "x", 400,
             "couldn't get version/kind; json parse error: invalid character 'x'"},
            {"DELETE", one, Json, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", 400,
             "no kind \\\"Pod\\\" is registered for version \\\"v1\\\"" + notHere},
            {"DELETE", one, "text/plain", "{}", 415, "the body of the request was in an unknown format"},
            {"DELETE", one, Json, "{\"dryRun\":[\"All\"]}", 200, "Success"},
            {"GET", one, {}, {}, 200, "kept"},
            // Bodies.
            {"POST", Configs + u"?dryRun=All"_s, Json, "null", 422, "name or generateName is required"},
            {"POST", Configs, Json, "5", 400, "json: cannot unmarshal number into Go value of type struct"},
            {"POST", Configs, Json, "{\"kind\":5}", 400,
             "json: cannot unmarshal number into Go struct field .kind of type string"},
            {"POST", Configs, Json, "\xef\xbb\xbf{}", 400,
             "invalid character '\u00ef' looking for beginning of value"},
            {"POST", Configs, Json, "{\"metadata\":\"x\"}", 400,
             "json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta"},
            {"POST", Configs, Json, "{\"kind\":\"configmap\",\"apiVersion\":\"v1\"}", 400,
             "no kind \\\"configmap\\\" is registered for version \\\"v1\\\"" + notHere},
            {"POST", Configs, Json, "{\"kind\":\"ConfigMap\",\"apiVersion\":\"apps/v1\"}", 400,
             "no kind \\\"ConfigMap\\\" is registered for version \\\"apps/v1\\\"" + notHere},
            {"POST", Configs, Json, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}", 400,
             "converting (v1.Secret) to (core.ConfigMap): unknown conversion"},
            {"POST", Configs, "application/vnd.kubernetes.protobuf", "{}", 400,
             "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"},
            {"POST", Configs + u"?dryRun=All"_s, "Application/JSON", configMap("\"name\":\"other\""), 201,
             "other"},
            {"POST", Configs + u"?dryRun=All"_s, Json,
             configMap("\"name\":\"other\",\"resourceVersion\":\"1\""), 201, "other"},
            {"POST", Configs, Json, configMap("\"name\":\"other\",\"resourceVersion\":\"1\""), 500,
             "resourceVersion should not be set on objects to be created"},
            {"PUT", one, Json, configMap("\"generateName\":\"x-\""), 400, noName},
            {"PATCH", Configs + u"/none"_s, Merge, "{", 400, "invalid JSON patch"},
            {"PATCH", one, "application/MERGE-patch+json", "{}", 415, "415: Unsupported Media Type"},
            {"PATCH", one + u"?fieldManager=m"_s, Apply, " ", 400, "invalid object type: /, Kind="},
            {"PATCH", one + u"?fieldManager=m"_s, Apply, "[]", 400,
             "json: cannot unmarshal array into Go value of type map[string]interface {}"},
            {"PATCH", one + u"?fieldManager=m"_s, Apply, "{", 400,
             "error decoding patch: error converting YAML to JSON: yaml: "},
            {"PATCH", one + u"?fieldManager=m"_s, Apply,
             configMap("\"name\":\"kept\",\"resourceVersion\":\"x\""), 500,
             "strconv.ParseUint: parsing \\\"x\\\""},
            {"PATCH", Configs + u"/new?fieldManager=m"_s, Apply,
             configMap("\"name\":\"new\",\"resourceVersion\":\"x\""), 500,
             "strconv.ParseUint: parsing \\\"x\\\""},
            {"PATCH", one, Merge, "{\"metadata\":{\"uid\":\"x\"}}", 422, "\\\"x\\\": field is immutable"},
            {"PATCH", one, Merge, "{\"metadata\":{\"uid\":\"x\",\"resourceVersion\":\"1\"}}", 409,
             "modified"},
            // Types that are not the schema's: looked at before stringData becomes data.
            {"PATCH", Secret, Apply, secret("\"stringData\":{\"p\":5}"), 500,
             "p: expected string" + got + "5}"},
            {"PATCH", Secret, Apply, secret("\"stringData\":{\"p\":[\"a\"]}"), 500, got + "[]interface {}"},
            {"PATCH", Secret, Apply, secret("\"stringData\":[\"a\"]"), 500,
             typed + ": expected map, got &{[a]}"},
            {"PATCH", Secret, Apply, secret("\"stringData\":{\"p\":null}"), 201, "\"p\":\"\""},
            // Reviews.
            {"POST", rules, Json, "{\"spec\":{}}", 400, "no namespace on request"},
            {"POST", review, Json, "{\"spec\":{}}", 422,
             "[spec: Invalid value: null: " + noVerb + ", spec.user: "},
            {"POST", review, Json,
             "{\"spec\":{\"user\":\"x\",\"resourceAttributes\":{},\"nonResourceAttributes\":{\"path\":\"/"
             "\",\"verb\":"
             "\"get\"}}}",
             422, "spec: Invalid value: {\\\"Path\\\":\\\"/\\\",\\\"Verb\\\":\\\"get\\\"}: " + noVerb},
            // Nobody to act for.
            {"GET",
             one,
             {},
             {},
             400,
             "user.DefaultInfo{Name:\\\"\\\", UID:\\\"x\\\", Groups:[]string(nil), ",
             {"Impersonate-Uid: x"}},
            {"GET",
             one,
             {},
             {},
             400,
             "Extra:map[string][]string{\\\"a\\\":[]string{\\\"x\\\", \\\"y\\\"}}} without impersonating a "
             "user name",
             {"Impersonate-Extra-A: x", "Impersonate-Extra-A: y"}},
            {"GET",
             u"/apis/authentication.k8s.io/v1/selfsubjectreviews"_s,
             {},
             {},
             405,
             "does not allow this method"},
        };
        const QString kubeconfig = isReal ? m_real->kubeconfig() : m_demo->kubeconfig();
        for (const Ask &ask : asks) {
            const kube::HttpResponse answer =
                call(kubeconfig, ask.method, ask.path, ask.type, ask.body, Json, ask.headers);
            const QByteArray body = QByteArray(answer.body).replace("\\u0026", "&"); // Go's way to write it
            const QByteArray said = ask.method + ' ' + ask.path.toUtf8() + ' ' + ask.body + ": "
                + QByteArray::number(answer.status) + ' ' + body;
            QVERIFY2(answer.status == ask.status && body.contains(ask.words), said.constData());
        }
    }
};

SALLYPORT_TEST(api_answers_test, ApiAnswersTest)
#include "api_answers_test.moc"
