// SPDX-License-Identifier: GPL-3.0-or-later
// /scale of custom resources, each answer as a real kube-apiserver 1.37.2 gave it.
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char Definition[] =
    "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\","
    "\"metadata\":{\"name\":\"shirts.example.com\"},\"spec\":{\"group\":\"example.com\",\"scope\":"
    "\"Namespaced\","
    "\"names\":{\"plural\":\"shirts\",\"kind\":\"Shirt\"},\"versions\":[{\"name\":\"v1\",\"served\":true,"
    "\"storage\":true,"
    "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}},"
    "\"subresources\":{\"status\":{},\"scale\":{\"specReplicasPath\":\".spec.size\",\"statusReplicasPath\":"
    "\".status.count\","
    "\"labelSelectorPath\":\".status.sel\"}}},{\"name\":\"v1beta1\",\"served\":true,\"storage\":false,"
    "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}}}]}"
    "}";
const std::string Shirts = "/apis/example.com/v1/namespaces/default/shirts";

std::string scale(const std::string &spec, const std::string &metadata = {})
{
    std::string text = "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"a\"";
    return text.append(metadata).append("}").append(spec).append("}");
}

} // namespace

class ScaleSubresourceTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;

private Q_SLOTS:
    void init()
    {
        m_api = std::make_unique<ApiFixture>();
        QCOMPARE(
            m_api->call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Definition).status,
            201);
        QTRY_COMPARE(m_api->call("GET", Shirts).status, 200);
        const std::string head =
            "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Shirt\",\"metadata\":{\"name\":\"";
        QCOMPARE(m_api->call("POST", Shirts, head + "a\"},\"spec\":{\"size\":3,\"note\":\"x\"}}").status,
                 201);
        QCOMPARE(m_api->call("POST", Shirts, head + "bare\"},\"spec\":{}}").status, 201);
        QCOMPARE(
            m_api
                ->call("PUT", Shirts + "/a/status",
                       head + "a\",\"resourceVersion\":\""
                           + m_api->call("GET", Shirts + "/a").json.at({"metadata", "resourceVersion"}).text()
                           + "\"},\"status\":{\"count\":2,\"sel\":\"app=a\"}}")
                .status,
            200);
    }
    void cleanup() { m_api.reset(); }

    void answersAsARealOne_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("object"); // and its subresource
        QTest::addColumn<QByteArray>("type");   // of the body
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("part"); // of the answer
        QTest::addColumn<int>("size");        // of shirt a afterwards; -1: none
        const auto row = [](const char *name, const char *method, const char *object, const char *type,
                            const std::string &body, int status, const char *part, int size) {
            QTest::newRow(name) << QByteArray(method) << QByteArray(object) << QByteArray(type)
                                << QByteArray::fromStdString(body) << status << QByteArray(part) << size;
        };
        const char *json = "application/json", *merge = "application/merge-patch+json";
        row("read", "GET", "a/scale", json, "", 200,
            "\"spec\":{\"replicas\":3},\"status\":{\"replicas\":2,\"selector\":\"app=a\"}}", 3);
        row("read without replicas", "GET", "bare/scale", json, "", 500,
            "Internal error occurred: the spec replicas field \\\".spec.size\\\" does not exist", 3);
        row("read what is not there", "GET", "gone/scale", json, "", 404,
            "shirts.example.com \\\"gone\\\" not found", 3);
        row("of a version without it", "GET", "../../../../v1beta1/namespaces/default/shirts/a/scale", json,
            "", 404, "not found", 3);
        row("written", "PUT", "a/scale", json, scale(",\"spec\":{\"replicas\":5}"), 200,
            "\"spec\":{\"replicas\":5}", 5);
        row("written without a number", "PUT", "a/scale", json, scale(""), 200, "\"spec\":{},\"status\"", 0);
        row("written below zero", "PUT", "a/scale", json, scale(",\"spec\":{\"replicas\":-1}"), 422,
            "Shirt.example.com \\\"a\\\" is invalid: .spec.size: Invalid value: -1: should be a non-negative "
            "integer",
            3);
        row("written upon an old version", "PUT", "a/scale", json,
            scale(",\"spec\":{\"replicas\":5}", ",\"resourceVersion\":\"1\""), 409,
            "the object has been modified", 3);
        row("written to another's path", "PUT", "bare/scale", json, scale(",\"spec\":{\"replicas\":5}"), 400,
            "the name of the object (a) does not match the name on the URL (bare)", 3);
        row("another kind", "PUT", "a/scale", json, "{\"kind\":\"Shirt\",\"apiVersion\":\"example.com/v1\"}",
            400, "no kind is registered for the type v1.Scale", 3);
        row("merged", "PATCH", "a/scale", merge, "{\"spec\":{\"replicas\":2}}", 200,
            "\"spec\":{\"replicas\":2}", 2);
        row("merged, nothing of the number", "PATCH", "a/scale", merge,
            "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}", 200, "\"spec\":{\"replicas\":3}", 3);
        row("merged where there was none", "PATCH", "bare/scale", merge, "{\"spec\":{\"replicas\":2}}", 200,
            "\"spec\":{\"replicas\":2}", 3);
        row("merged below zero", "PATCH", "a/scale", merge, "{\"spec\":{\"replicas\":-2}}", 422,
            "-2: should be", 3);
        row("merged, no number", "PATCH", "a/scale", merge, "{\"spec\":{\"replicas\":\"many\"}}", 422,
            "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32", 3);
        row("JSON patch", "PATCH", "a/scale", "application/json-patch+json",
            "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":7}]", 200,
            "\"spec\":{\"replicas\":7}", 7);
        row("dry run", "PATCH", "a/scale?dryRun=All", merge, "{\"spec\":{\"replicas\":1}}", 200,
            "\"spec\":{\"replicas\":1}", 3);
        row("strategic patch", "PATCH", "a/scale", "application/strategic-merge-patch+json",
            "{\"spec\":{\"replicas\":6}}", 415, "accepted media types include: application/json-patch+json",
            3);
        row("deleted", "DELETE", "a/scale", json, "", 405,
            "delete is not supported on resources of kind \\\"shirts.example.com\\\"", 3);
        row("created", "POST", "a/scale", json, "{}", 405,
            "create is not supported on resources of kind \\\"shirts.example.com\\\"", 3);
    }
    void answersAsARealOne()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, object);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, part);
        QFETCH(int, size);
        edge::Headers headers;
        headers.set("content-type", type.toStdString());
        headers.set("authorization", "Bearer admin-token");
        std::string path = Shirts;
        path.append("/").append(object.toStdString());
        if (object.startsWith(".."))
            path = "/apis/example.com/v1beta1/namespaces/default/shirts/a/scale";
        const ApiAnswer answer = m_api->call(method.toStdString(), path, body.toStdString(), headers);
        QVERIFY2(answer.status == status, answer.body.constData());
        QVERIFY2(answer.body.contains(part), answer.body.constData());
        QCOMPARE(m_api->call("GET", Shirts + "/a").json.at({"spec", "size"}).toInteger(-1), size);
    }

    void isDiscovered()
    {
        const QByteArray list = m_api->call("GET", "/apis/example.com/v1").body;
        QVERIFY2(list.contains("\"name\":\"shirts/scale\"") && list.contains("\"group\":\"autoscaling\""),
                 list.constData());
        QVERIFY(!m_api->call("GET", "/apis/example.com/v1beta1").body.contains("shirts/scale"));
    }
};

SALLYPORT_TEST(scale_subresource_test, ScaleSubresourceTest)
#include "scale_subresource_test.moc"
