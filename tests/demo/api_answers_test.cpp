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
const QString Configs = u"/api/v1/namespaces/default/configmaps"_s;
const QByteArray Json = "application/json", Apply = "application/apply-patch+yaml",
                 Merge = "application/merge-patch+json";

QByteArray configMap(const QByteArray &metadata, const QByteArray &data = "{}")
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{" + metadata + "},\"data\":" + data
        + "}";
}

} // namespace

class ApiAnswersTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_demo;
    std::unique_ptr<RealApiServer> m_real;

    static kube::HttpResponse call(const QString &kubeconfig, const QByteArray &method, const QString &path,
                                   const QByteArray &type, const QByteArray &body)
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
             configMap("\"name\":\"a\",\"bogus\":1"), 500, ".metadata.bogus: field not declared in schema"},
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
};

SALLYPORT_TEST(api_answers_test, ApiAnswersTest)
#include "api_answers_test.moc"
