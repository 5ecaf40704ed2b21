// SPDX-License-Identifier: GPL-3.0-or-later
// What others change, as entries: which writes make one, and that a flood costs no more than what is shown of it.
#include "app/observed_changes.h"
#include "tests/support/test_class.h"

#include <QDateTime>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Write
{
    int value = 0; // of spec.value; -1: the object goes
    int status = 0;
    QString manager = u"kubectl"_s;
    qint64 changedAt = QDateTime::currentSecsSinceEpoch();
    QByteArray newestWrites = {};
};

kube::Object object(int number, const Write &write)
{
    kube::Object object;
    object.nameSpace = u"shop"_s;
    object.name = u"cart-%1"_s.arg(number);
    object.uid = u"uid-%1"_s.arg(number);
    object.creationTimestamp = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
    object.managers = {write.manager};
    object.changedAt = write.changedAt;
    object.newestWrites = write.newestWrites;
    object.json = R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":")" + object.name.toUtf8()
        + R"(","namespace":"shop","uid":")" + object.uid.toUtf8() + R"("},"spec":{"value":)"
        + QByteArray::number(write.value) + R"(},"status":{"value":)" + QByteArray::number(write.status)
        + "}}";
    return object;
}

struct World
{
    QObject receiver;
    kube::ObjectStore store;
    QList<app::ObservedBatch> batches;
    app::ObservedChanges *changes = nullptr;

    explicit World(int objects, const Write &first = {})
    {
        changes =
            new app::ObservedChanges(store, u"deployments"_s, &receiver,
                                     [this](const app::ObservedBatch &batch) { batches.append(batch); });
        QList<kube::Object> all;
        for (int i = 0; i < objects; ++i)
            all.append(object(i, first));
        bool isComplete = false;
        QObject::connect(&store, &kube::ObjectStore::completed, &receiver, [&] { isComplete = true; });
        store.replaceAll(all);
        if (!QTest::qWaitFor([&] { return isComplete; }))
            qFatal("the store was never complete");
    }
    // A whole list of one namespace, "" all, as it comes once more.
    void list(const QString &nameSpace, const QList<kube::Object> &objects)
    {
        QSignalSpy listed(&store, &kube::ObjectStore::listed);
        store.setScope(nameSpace);
        store.replaceAll(objects);
        if (!QTest::qWaitFor([&] { return !listed.isEmpty(); }))
            qFatal("nothing was listed");
    }
    // One delta a write, as a watch brings them.
    void write(int number, const Write &write)
    {
        const kube::Object now = object(number, write);
        if (write.value < 0)
            Q_EMIT store.changed({{kube::Delta::Type::Remove, now}});
        else
            Q_EMIT store.changed({{kube::Delta::Type::Upsert, now}});
    }
    QStringList titles() const
    {
        QStringList all;
        for (const app::ObservedBatch &batch : batches) {
            for (const models::JournalEntry &entry : batch.entries)
                all.append(entry.title + u' ' + entry.change.name);
        }
        return all;
    }
};

// In another namespace than all others, and of another time: what it says of itself is not that it is new.
kube::Object elsewhere(int number, int value, qint64 secondsAgo = 30)
{
    kube::Object there = object(number, {value});
    there.nameSpace = u"other"_s;
    there.resourceVersion = QString::number(value);
    there.creationTimestamp = QDateTime::currentDateTimeUtc().addSecs(-secondsAgo).toString(Qt::ISODate);
    return there;
}

int valueIn(const std::optional<edge::Value> &object)
{
    return object ? int(object->at({"spec", "value"}).toInteger(-1)) : -2;
}

} // namespace
Q_DECLARE_METATYPE(Write)

class ObservedChangesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatMakesAnEntry_data()
    {
        QTest::addColumn<QList<Write>>("writes"); // of the first object, which has value 0, in one delivery
        QTest::addColumn<QString>("title");       // "": none
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        const qint64 now = QDateTime::currentSecsSinceEpoch();
        QTest::newRow("a change") << QList<Write>{{1}} << u"Changed by kubectl cart-0"_s << 0 << 1;
        QTest::newRow("several writes are one, from the first to the last")
            << QList<Write>{{1}, {2, 0, u"helm"_s}, {3}} << u"Changed by kubectl cart-0"_s << 0 << 3;
        QTest::newRow("there and back") << QList<Write>{{1}, {0}} << QString() << 0 << 0;
        QTest::newRow("a status") << QList<Write>{{0, 7}} << QString() << 0 << 0;
        QTest::newRow("a status, the last write being old")
            << QList<Write>{{0, 7, u"kubectl"_s, now - 3600}} << QString() << 0 << 0;
        QTest::newRow("of Kubernetes itself")
            << QList<Write>{{1, 0, u"kube-controller-manager"_s}} << QString() << 0 << 0;
        QTest::newRow("a person's, then of Kubernetes itself")
            << QList<Write>{{1}, {2, 0, u"kube-controller-manager"_s}} << u"Changed by kubectl cart-0"_s << 0
            << 1;
        QTest::newRow("it is removed") << QList<Write>{{-1}} << u"Removed cart-0"_s << -1 << -2;
        QTest::newRow("changed and removed") << QList<Write>{{1}, {-1}} << u"Removed cart-0"_s << -1 << -2;
    }
    void whatMakesAnEntry()
    {
        QFETCH(QList<Write>, writes);
        QFETCH(QString, title);
        QFETCH(int, before);
        QFETCH(int, after);
        World world(2, {0, 0, u"kubectl"_s, writes.first().changedAt});
        for (const Write &write : writes)
            world.write(0, write);
        world.write(1, {5}); // comes after all of it
        QTRY_VERIFY(world.titles().contains(u"Changed by kubectl cart-1"_s));
        QStringList titles = world.titles();
        titles.removeOne(u"Changed by kubectl cart-1"_s);
        QCOMPARE(titles.join(u", "_s), title);
        if (title.isEmpty())
            return;
        const models::JournalEntry &entry = world.batches.first().entries.first();
        QCOMPARE(valueIn(entry.change.before), before);
        QCOMPARE(valueIn(entry.after), after);
    }

    void whatCameAndWentIsNone()
    {
        World world(1);
        world.write(7, {1});
        world.write(7, {-1});
        world.write(8, {1});
        QTRY_COMPARE(world.titles().join(u", "_s), u"Created by kubectl cart-8"_s);
    }

    void whoWroteInTheSecond_data()
    {
        QTest::addColumn<QByteArray>("writes");
        QTest::addColumn<QString>("title");
        QTest::newRow("who owns what differs")
            << QByteArray(R"([{"manager":"helm","fieldsV1":{"f:spec":{"f:replicas":{}}}},)"
                          R"({"manager":"kubectl-edit","fieldsV1":{"f:spec":{"f:value":{}}}}])")
            << u"Changed by kubectl-edit cart-0"_s;
        QTest::newRow("a place above says nothing")
            << QByteArray(R"([{"manager":"helm","fieldsV1":{"f:spec":{".":{},"f:replicas":{}}}},)"
                          R"({"manager":"kubectl-edit","fieldsV1":{"f:spec":{"f:value":{}}}}])")
            << u"Changed by kubectl-edit cart-0"_s;
        QTest::newRow("nobody") << QByteArray(
            R"([{"manager":"helm","fieldsV1":{"f:data":{}}},{"manager":"x","fieldsV1":{}}])")
                                << u"Changed by helm cart-0"_s;
        QTest::newRow("Kubernetes itself stands first") << QByteArray(
            R"([{"manager":"kube-controller-manager","fieldsV1":{"f:metadata":{"f:annotations":{"f:x":{}}}}},)"
            R"({"manager":"kubectl-edit","fieldsV1":{"f:spec":{"f:value":{}}}}])")
                                                        << u"Changed by kubectl-edit cart-0"_s;
    }
    void whoWroteInTheSecond()
    {
        QFETCH(QByteArray, writes);
        QFETCH(QString, title);
        World world(1);
        const bool isOurs = writes.contains("kube-controller-manager");
        Write write{1, 0, isOurs ? u"kube-controller-manager"_s : u"helm"_s};
        write.newestWrites = writes;
        world.write(0, write);
        QTRY_COMPARE(world.titles().join(u", "_s), title);
    }

    // Who may read less, or looks at another namespace, has removed nothing; and what comes back is not new.
    void whatIsOutOfViewIsNotRemoved()
    {
        World world(2);
        const kube::Object in0 = object(0, {}), in1 = object(1, {});
        world.list({}, {in0, in1, elsewhere(5, 1), elsewhere(6, 1), elsewhere(7, 1)});
        QTRY_COMPARE(world.titles().size(), 3); // those really are new
        world.batches.clear();
        world.list(u"shop"_s, {in0}); // and one of that namespace is gone
        QTRY_COMPARE(world.titles().join(u", "_s), u"Removed cart-1"_s);
        world.batches.clear();
        world.list({}, {in0, elsewhere(5, 1), elsewhere(6, 2), elsewhere(8, 1)});
        QTRY_VERIFY(!world.titles().isEmpty());
        QStringList titles = world.titles();
        titles.sort();
        QCOMPARE(titles.join(u", "_s), u"Changed by kubectl cart-6, Removed cart-7"_s);
    }

    // Of many the newest hundred are shown, oldest first, and how many are not.
    void aFloodIsCutToTheNewest()
    {
        World world(1000);
        for (int i = 0; i < 1000; ++i)
            world.write(i, {1});
        QTRY_VERIFY(!world.batches.isEmpty());
        const app::ObservedBatch &batch = world.batches.first();
        QCOMPARE(batch.entries.size(), 100);
        QCOMPARE(batch.leftOut, 900);
        QCOMPARE(batch.entries.first().change.name, u"cart-900"_s);
        QCOMPARE(batch.entries.last().change.name, u"cart-999"_s);
        QCOMPARE(world.batches.size(), 1);
    }

    // Statuses hide nothing, though they are looked at in portions: what somebody wrote before them comes, too.
    void whatStandsBehindManyStatusesComes()
    {
        World world(1001);
        world.write(1000, {1});
        for (int i = 0; i < 1000; ++i)
            world.write(i, {0, 7});
        QTRY_COMPARE(world.titles().join(u", "_s), u"Changed by kubectl cart-1000"_s);
        QCOMPARE(world.batches.first().leftOut, 0);
    }
};

SALLYPORT_TEST(observed_changes_test, ObservedChangesTest)
#include "observed_changes_test.moc"
