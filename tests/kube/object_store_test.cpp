// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/object_store.h"
#include "kube/row_feed.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

Object object(const QString &name, int version, const QString &uid = {})
{
    Object result;
    result.nameSpace = u"default"_s;
    result.name = name;
    result.uid = uid.isEmpty() ? name : uid;
    result.resourceVersion = QString::number(version);
    result.json = QByteArray::number(version);
    return result;
}

struct Row
{
    QString key, version;
};

Row parseRow(const Object &source) { return {source.key(), source.resourceVersion}; }

// What a receiver knows after all batches so far.
class Mirror : public QObject
{
public:
    void apply(const RowBatch<Row> &batch)
    {
        ++batches;
        largest = std::max(largest, batch.upserts.size() + batch.removals.size());
        isComplete = isComplete || batch.complete;
        for (const QString &key : batch.removals)
            rows.remove(key);
        for (const Row &row : batch.upserts)
            rows.insert(row.key, row.version);
        if (batch.complete && rowsWhenComplete < 0)
            rowsWhenComplete = rows.size();
    }

    QMap<QString, QString> rows;
    int batches = 0;
    qsizetype largest = 0, rowsWhenComplete = -1;
    bool isComplete = false;
};

} // namespace

class ObjectStoreTest : public QObject
{
    Q_OBJECT

    static QMap<QString, QString> contentOf(const ObjectStore &store)
    {
        QMap<QString, QString> content;
        for (const Object &known : store.objects())
            content.insert(known.key(), known.resourceVersion);
        return content;
    }

private Q_SLOTS:
    // The server says how it was at its end: later than what was heard of it before, its age and its version, for one.
    void whatGoesIsReportedAsItWent()
    {
        ObjectStore store;
        store.upsert(object(u"a"_s, 1));
        QList<Delta> deltas;
        connect(&store, &ObjectStore::happened, this, [&](const Delta &delta) { deltas.append(delta); });
        store.remove(object(u"a"_s, 5));
        store.remove(object(u"nobody"_s, 6));
        QCOMPARE(deltas.size(), 1);
        QCOMPARE(deltas.first().type, Delta::Type::Remove);
        QCOMPARE(deltas.first().object.resourceVersion, u"5"_s);
        QCOMPARE(store.size(), 0);
    }

    // In another version of its API an object of the same state looks different.
    void afterRetellAWholeListIsReportedOnce()
    {
        ObjectStore store;
        store.replaceAll({object(u"a"_s, 1), object(u"b"_s, 2)});
        QSignalSpy batches(&store, &ObjectStore::changed);
        QVERIFY(batches.wait());
        store.replaceAll({object(u"a"_s, 1), object(u"b"_s, 2)});
        store.retell();
        Object other = object(u"a"_s, 1);
        other.json = "v3alpha1";
        store.replaceAll({other, object(u"b"_s, 2)});
        QVERIFY(batches.wait());
        QCOMPARE(batches.size(), 2);
        QCOMPARE(batches[1][0].value<QList<Delta>>().size(), 2);
        QCOMPARE(store.find(u"default/a"_s)->json, QByteArray("v3alpha1"));
        store.replaceAll({object(u"a"_s, 1), object(u"c"_s, 3)});
        QVERIFY(batches.wait());
        QCOMPARE(batches[2][0].value<QList<Delta>>().size(), 2); // c has come, b is gone
    }

    void aBatchHasEachObjectOnceInItsNewestState()
    {
        ObjectStore store;
        QSignalSpy batches(&store, &ObjectStore::changed);
        store.upsert(object(u"a"_s, 1));
        store.upsert(object(u"a"_s, 2));
        store.upsert(object(u"b"_s, 3));
        store.remove(u"default/b"_s);
        QVERIFY(batches.isEmpty());
        QTRY_COMPARE(batches.size(), 1);
        const auto batch = batches.first().first().value<QList<Delta>>();
        QCOMPARE(batch.size(), 2);
        for (const Delta &delta : batch) {
            if (delta.object.name == u"a")
                QCOMPARE(delta.object.resourceVersion, u"2"_s);
            else
                QCOMPARE(delta.type, Delta::Type::Remove);
        }
    }

    // One event a turn of the loop: a storm must not become one signal an event.
    void batchesComeThirtyTimesASecondAtMost()
    {
        ObjectStore store;
        QSignalSpy batches(&store, &ObjectStore::changed);
        int version = 0;
        QTimer storm;
        connect(&storm, &QTimer::timeout, &store, [&] { store.upsert(object(u"a"_s, ++version)); });
        QElapsedTimer elapsed;
        elapsed.start();
        storm.start(0);
        QTRY_VERIFY(batches.size() >= 5 && version > 50);
        QVERIFY2(batches.size() <= elapsed.elapsed() / 33 + 1,
                 QByteArray::number(batches.size()).constData());
    }

    void whatDidNotChangeIsNotReported()
    {
        ObjectStore store;
        store.replaceAll({object(u"a"_s, 1), object(u"b"_s, 2), object(u"c"_s, 3)});
        QSignalSpy completed(&store, &ObjectStore::completed);
        QTRY_COMPARE(completed.size(), 1);
        QSignalSpy batches(&store, &ObjectStore::changed);
        store.replaceAll({object(u"a"_s, 1), object(u"c"_s, 4)});
        store.upsert(object(u"a"_s, 1));
        QTRY_COMPARE(batches.size(), 1);
        const auto batch = batches.first().first().value<QList<Delta>>();
        QCOMPARE(batch.size(), 2); // b removed, c changed
        QCOMPARE(completed.size(), 1);
        QCOMPARE(store.size(), 2);
    }

    void aSuccessorOfTheSameNameIsAChange()
    {
        ObjectStore store;
        store.upsert(object(u"a"_s, 1, u"first"_s));
        store.upsert(object(u"a"_s, 1, u"second"_s));
        QCOMPARE(store.find(u"default/a"_s)->uid, u"second"_s);
    }

    void anEmptyListCompletesToo()
    {
        ObjectStore store;
        QSignalSpy completed(&store, &ObjectStore::completed);
        QVERIFY(!store.isComplete());
        store.replaceAll({});
        QVERIFY(store.isComplete());
        QTRY_COMPARE(completed.size(), 1);
    }

    void rowsReachAnotherThreadInSlices()
    {
        QThread thread; // the cluster thread
        thread.start();
        QObject *owner = new QObject;
        owner->moveToThread(&thread);
        connect(&thread, &QThread::finished, owner, &QObject::deleteLater);
        Mirror mirror;
        QMetaObject::invokeMethod(owner, [owner, &mirror] {
            auto *store = new ObjectStore(owner);
            new RowFeed<Row>(
                *store, parseRow, &mirror, [&mirror](const RowBatch<Row> &batch) { mirror.apply(batch); },
                owner);
            QList<Object> many;
            for (int i = 0; i < 1800; ++i)
                many.append(object(u"o%1"_s.arg(i), i));
            store->replaceAll(many);
        });
        QTRY_VERIFY(mirror.isComplete);
        QCOMPARE(mirror.rowsWhenComplete, 1800); // never announced before the rows are there
        QCOMPARE(mirror.largest, 500);
        thread.quit();
        thread.wait();
    }

    void aFeedThatStartsLateGetsEverything()
    {
        ObjectStore store;
        QSignalSpy completed(&store, &ObjectStore::completed);
        store.replaceAll({object(u"a"_s, 1), object(u"b"_s, 2)});
        QTRY_COMPARE(completed.size(), 1);
        Mirror mirror;
        RowFeed<Row> feed(store, parseRow, &mirror,
                          [&mirror](const RowBatch<Row> &batch) { mirror.apply(batch); });
        QTRY_COMPARE(mirror.rows.size(), 2);
        QTRY_VERIFY(mirror.isComplete);
    }

    void nothingIsDeliveredAfterTheReceiversEnd()
    {
        ObjectStore store;
        int delivered = 0;
        auto receiver = std::make_unique<QObject>();
        RowFeed<Row> feed(store, parseRow, receiver.get(),
                          [&delivered](const RowBatch<Row> &) { ++delivered; });
        QSignalSpy batches(&store, &ObjectStore::changed);
        store.upsert(object(u"a"_s, 1));
        QTRY_COMPARE(batches.size(), 1); // posted now, not delivered yet
        receiver.reset();
        store.upsert(object(u"a"_s, 2));
        QTRY_COMPARE(batches.size(), 2);
        QCoreApplication::sendPostedEvents();
        QVERIFY(delivered <= 1);
    }

    void randomOperationsLeaveTheReceiverEqualToTheStore()
    {
        QRandomGenerator random(7);
        ObjectStore store;
        Mirror mirror;
        RowFeed<Row> feed(store, parseRow, &mirror,
                          [&mirror](const RowBatch<Row> &batch) { mirror.apply(batch); });
        int version = 0;
        for (int step = 0; step < 3000; ++step) {
            const QString name = u"o%1"_s.arg(random.bounded(40));
            const int what = random.bounded(100);
            if (what < 60) {
                store.upsert(object(name, ++version));
            } else if (what < 95) {
                store.remove(u"default/"_s + name);
            } else {
                QList<Object> listed;
                for (int i = 0; i < 40; ++i) {
                    if (random.bounded(2))
                        listed.append(object(u"o%1"_s.arg(i), ++version));
                }
                store.replaceAll(listed);
            }
            if (step % 200 == 0)
                QTRY_COMPARE(mirror.rows, contentOf(store));
        }
        QTRY_COMPARE(mirror.rows, contentOf(store));
    }
};

SALLYPORT_TEST(object_store_test, ObjectStoreTest)
#include "object_store_test.moc"
