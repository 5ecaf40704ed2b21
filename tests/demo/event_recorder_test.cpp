// SPDX-License-Identifier: GPL-3.0-or-later
// Events of the demo's controllers: one that repeats is counted, and they do not pile up.
#include "app/demo/event_recorder.h"
#include "app/demo/object_meta.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace demo;

class EventRecorderTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<Store> m_store;
    Value m_pod;

    std::vector<ObjectPtr> events() const { return m_store->list(*m_store->find("", "events")); }

private Q_SLOTS:
    void init()
    {
        m_store = std::make_unique<Store>();
        Value pod = Value::object({{"apiVersion", "v1"}, {"kind", "Pod"}});
        pod.set("metadata", Value::object({{"name", "p"}, {"namespace", "default"}}));
        const auto created = m_store->create(*m_store->find("", "pods"), std::move(pod));
        QVERIFY(created);
        m_pod = **created;
    }

    void anEventSaysWhoDidWhatToWhat()
    {
        EventRecorder recorder(*m_store, {"kubelet", "demo-node"});
        recorder.warning(m_pod, "BackOff", "again and again", "spec.containers{c}");
        QCOMPARE(events().size(), std::size_t(1));
        const Value &event = *events().front();
        QCOMPARE(event["type"].text(), std::string("Warning"));
        QCOMPARE(event["reason"].text(), std::string("BackOff"));
        QCOMPARE(event["message"].text(), std::string("again and again"));
        QCOMPARE(event.at({"source", "component"}).text(), std::string("kubelet"));
        QCOMPARE(event.at({"source", "host"}).text(), std::string("demo-node"));
        QCOMPARE(event.at({"involvedObject", "kind"}).text(), std::string("Pod"));
        QCOMPARE(event.at({"involvedObject", "uid"}).text(), uidOf(m_pod));
        QCOMPARE(event.at({"involvedObject", "fieldPath"}).text(), std::string("spec.containers{c}"));
    }

    void theSameAgainIsCounted()
    {
        EventRecorder recorder(*m_store, {"kubelet"});
        for (int i = 0; i < 3; ++i)
            recorder.normal(m_pod, "Pulled", "there");
        recorder.normal(m_pod, "Created", "there");
        QCOMPARE(events().size(), std::size_t(2));
        std::int64_t counts = 0;
        for (const ObjectPtr &event : events())
            counts += (*event)["count"].toInteger();
        QCOMPARE(counts, std::int64_t(4));
    }

    void theOldestGoFirst()
    {
        EventRecorder recorder(*m_store, {"kubelet"}, 10);
        for (int i = 0; i < 1000; ++i)
            recorder.normal(m_pod, "Pulled", std::to_string(i));
        QCOMPARE(events().size(), std::size_t(10));
        for (const ObjectPtr &event : events())
            QVERIFY2((*event)["message"].text().starts_with("99"), (*event)["message"].text().c_str());
    }

    void aNamespaceThatIsGoneGetsNone()
    {
        EventRecorder recorder(*m_store, {"kubelet"});
        Value pod = m_pod;
        pod.child("metadata").set("namespace", "gone");
        recorder.normal(pod, "Pulled", "there");
        QVERIFY(events().empty());
    }
};

SALLYPORT_TEST(event_recorder_test, EventRecorderTest)
#include "event_recorder_test.moc"
