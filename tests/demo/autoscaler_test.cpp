// SPDX-License-Identifier: GPL-3.0-or-later
// A HorizontalPodAutoscaler written and read by autoscaling/v1 and v2: what v1 has no field for stands in its annotations.  Each step
// and what both versions show afterwards is recorded from kube-apiserver 1.37.2 (tests/data/autoscalers-1.37.2.jsonl), in order.
#include "tests/demo/api_peers.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

QByteArray bytesOf(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

// A new object's status is written out by a real server, with zeros and nulls.
Value withoutNothing(const Value &status)
{
    Value said = Value::object();
    for (const auto &[key, value] : status.members()) {
        if (!value.isNull() && value != Value(0))
            said.set(key, value);
    }
    return said;
}

Value shownIn(const Value &object)
{
    const Value &annotations =
        object["annotations"].isNull() ? object.at({"metadata", "annotations"}) : object["annotations"];
    return Value::object({{"annotations", annotations},
                          {"spec", object["spec"]},
                          {"status", withoutNothing(object["status"])}});
}

} // namespace

class AutoscalerTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiPeers> m_peers;

private Q_SLOTS:
    void initTestCase()
    {
        m_peers = std::make_unique<ApiPeers>();
        QCOMPARE(m_peers->start(), QString());
    }
    void cleanupTestCase() { m_peers.reset(); }

    void bothVersionsShowTheSame_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *server : ApiPeers::names()) {
            QFile file(u"" SALLYPORT_SOURCE_DIR "/tests/data/autoscalers-1.37.2.jsonl"_s);
            QVERIFY(file.open(QIODevice::ReadOnly));
            for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
                const auto step = edge::parseJson(line.toStdString());
                QVERIFY(step);
                QTest::addRow("%s: %s", server, (*step)["name"].text().c_str()) << line;
            }
        }
    }

    void bothVersionsShowTheSame()
    {
        QFETCH(const QByteArray, line);
        const Value step = edge::parseJson(line.toStdString()).value_or(Value());
        m_peers->choose(QTest::currentDataTag());
        const auto textOf = [&](const char *name) { return QByteArray::fromStdString(step[name].text()); };
        const PeerReply done =
            m_peers->call(textOf("verb").constData(), textOf("path"), bytesOf(step["body"]));
        QVERIFY2(done.status == 200 || done.status == 201, done.body.constData());
        for (const char *version : {"v1", "v2"}) {
            const PeerReply answer =
                m_peers->call("GET",
                              QByteArray("/apis/autoscaling/") + version
                                  + "/namespaces/default/horizontalpodautoscalers/" + textOf("object"));
            const Value shown = shownIn(answer.json), expected = shownIn(step[version]);
            const QByteArray words =
                version + QByteArray(" shows\n") + bytesOf(shown) + "\ninstead of\n" + bytesOf(expected);
            QVERIFY2(shown == expected, words.constData());
        }
    }
};

SALLYPORT_TEST(autoscaler_test, AutoscalerTest)
#include "autoscaler_test.moc"
