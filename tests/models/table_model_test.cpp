// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/table_model.h"
#include "tests/models/item_table.h"
#include "tests/support/test_class.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using models::TableModelBase;

namespace {

Item item(const QString &key, int weight = 0)
{
    return {key, u"name-"_s + key, u"host-"_s + key, weight, testNow(), models::Severity::Good};
}

QStringList keys(const ItemModel &model)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list.append(model.keyAt(row));
    return list;
}

QList<QPair<int, int>> ranges(const QSignalSpy &spy)
{
    QList<QPair<int, int>> list;
    for (const QList<QVariant> &arguments : spy)
        list.append({arguments[0].toModelIndex().row(), arguments[1].toModelIndex().row()});
    return list;
}

} // namespace

class TableModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void newRowsArriveAsOneInsertionInOrder();
    void anUpsertOfAKnownKeyChangesItsRowInPlace();
    void changedRowsAreAnnouncedOnceARun();
    void scatteredRemovalsAreOneRemoval();
    void persistentIndexesFollowTheirRows();
    void completionIsToldOnceAfterTheRows();
    void rolesSayHowACellIsPainted();
    void aDecoratorRunsOnOldAndNewRowsAndTellsOnlyOfChanges();
    void setRowsKeepsWhatIsThereAndDropsTheRest();
    void randomBatchesKeepTheModelSoundAndTrue();
};

void TableModelTest::newRowsArriveAsOneInsertionInOrder()
{
    ItemModel model(itemColumns());
    QSignalSpy inserted(&model, &ItemModel::rowsInserted);
    model.apply({{item(u"c"_s), item(u"a"_s), item(u"b"_s)}, {}, false});
    QCOMPARE(keys(model), QStringList({u"c"_s, u"a"_s, u"b"_s}));
    QCOMPARE(inserted.size(), 1);
    model.apply({{item(u"d"_s), item(u"d"_s, 7)}, {}, false});
    QCOMPARE(keys(model).size(), 4);
    QCOMPARE(model.find(u"d"_s)->weight, 7);
    QCOMPARE(model.find(u"e"_s), nullptr);
}

void TableModelTest::anUpsertOfAKnownKeyChangesItsRowInPlace()
{
    ItemModel model(itemColumns());
    model.apply({{item(u"a"_s), item(u"b"_s)}, {}, false});
    QSignalSpy inserted(&model, &ItemModel::rowsInserted);
    QSignalSpy changed(&model, &ItemModel::dataChanged);
    model.apply({{item(u"a"_s, 50)}, {}, false});
    QCOMPARE(inserted.size(), 0);
    QCOMPARE(ranges(changed), (QList<QPair<int, int>>{{0, 0}}));
    QCOMPARE(model.index(0, 2).data().toString(), u"50 %"_s);
}

void TableModelTest::changedRowsAreAnnouncedOnceARun()
{
    ItemModel model(itemColumns());
    QList<Item> all;
    for (int i = 0; i < 10; ++i)
        all.append(item(QString::number(i)));
    model.apply({all, {}, false});
    QSignalSpy changed(&model, &ItemModel::dataChanged);
    model.apply(
        {{item(u"7"_s, 1), item(u"2"_s, 1), item(u"3"_s, 1), item(u"4"_s, 1), item(u"9"_s, 1)}, {}, false});
    QCOMPARE(ranges(changed), (QList<QPair<int, int>>{{2, 4}, {7, 7}, {9, 9}}));
}

void TableModelTest::scatteredRemovalsAreOneRemoval()
{
    ItemModel model(itemColumns());
    QList<Item> all;
    for (int i = 0; i < 1000; ++i)
        all.append(item(QString::number(i)));
    model.apply({all, {}, false});
    QSignalSpy removed(&model, &ItemModel::rowsRemoved);
    QStringList gone, kept;
    for (int i = 0; i < 1000; ++i)
        (i % 3 == 0 ? gone : kept).append(QString::number(i));
    model.apply({{}, gone + QStringList{u"never there"_s}, false});
    QCOMPARE(removed.size(), 1);
    QCOMPARE(keys(model), kept);
    for (const QString &key : kept)
        QCOMPARE(model.keyAt(model.rowOfKey(key)), key);
    QCOMPARE(model.rowOfKey(u"0"_s), -1);
}

void TableModelTest::persistentIndexesFollowTheirRows()
{
    ItemModel model(itemColumns());
    QList<Item> all;
    for (int i = 0; i < 20; ++i)
        all.append(item(QString::number(i)));
    model.apply({all, {}, false});
    const QPersistentModelIndex stays(model.index(11, 1));
    const QPersistentModelIndex goes(model.index(4, 0));
    model.apply({{}, {u"4"_s, u"7"_s, u"15"_s}, false});
    QVERIFY(!goes.isValid());
    QCOMPARE(stays.row(), 9);
    QCOMPARE(stays.data().toString(), u"host-11"_s);
}

void TableModelTest::completionIsToldOnceAfterTheRows()
{
    ItemModel model(itemColumns());
    int rowsThen = -1;
    int times = 0;
    connect(&model, &ItemModel::completed, &model, [&] {
        rowsThen = model.rowCount();
        ++times;
    });
    model.apply({{item(u"a"_s)}, {}, false});
    QVERIFY(!model.isComplete());
    model.apply({{item(u"b"_s)}, {}, true});
    model.apply({{item(u"c"_s)}, {}, true});
    QCOMPARE(rowsThen, 2);
    QCOMPARE(times, 1);
    model.clear();
    QVERIFY(!model.isComplete());
    QCOMPARE(model.rowCount(), 0);
}

void TableModelTest::rolesSayHowACellIsPainted()
{
    ItemModel model(itemColumns());
    Item bad = item(u"a"_s, 20);
    bad.severity = models::Severity::Error;
    model.apply({{bad}, {}, false});
    QCOMPARE(model.index(0, 4).data(TableModelBase::StyleRole).toInt(), int(models::CellStyle::Chip));
    QCOMPARE(model.index(0, 4).data(TableModelBase::SeverityRole).toInt(), int(models::Severity::Error));
    QVERIFY(!model.index(0, 0).data(TableModelBase::SeverityRole).isValid());
    QCOMPARE(model.index(0, 2).data(TableModelBase::SortRole).toInt(), 20);
    QCOMPARE(model.index(0, 2).data(Qt::TextAlignmentRole).toInt(), int(Qt::AlignRight | Qt::AlignVCenter));
    QCOMPARE(model.index(0, 4).data(Qt::AccessibleTextRole).toString(), u"State: Rejected"_s);
    QCOMPARE(model.index(0, 1).data(TableModelBase::KeyRole).toString(), u"a"_s);
    QCOMPARE(model.headerData(3, Qt::Horizontal, Qt::DisplayRole).toString(), u"Created"_s);
}

void TableModelTest::aDecoratorRunsOnOldAndNewRowsAndTellsOnlyOfChanges()
{
    ItemModel model(itemColumns());
    QList<Item> all;
    for (int i = 0; i < 2500; ++i)
        all.append(item(QString::number(i)));
    model.apply({all, {}, false});
    QSignalSpy changed(&model, &ItemModel::dataChanged);
    model.setDecorator([](Item &row) {
        const bool isSeventh = row.key.toInt() % 7 == 0;
        return isSeventh && std::exchange(row.weight, 77) != 77;
    });
    model.apply({{}, {u"0"_s, u"1"_s}, false}); // rows may go while it is under way
    QTRY_COMPARE(model.find(u"2499"_s)->weight, 77);
    QCOMPARE(changed.size(), 2500 / 7);
    model.apply({{item(u"7000"_s)}, {}, false});
    QCOMPARE(model.find(u"7000"_s)->weight, 77);
    QCOMPARE(model.find(u"7001"_s), nullptr);
}

void TableModelTest::setRowsKeepsWhatIsThereAndDropsTheRest()
{
    ItemModel model(itemColumns());
    model.setRows({item(u"a"_s), item(u"b"_s), item(u"c"_s)});
    const QPersistentModelIndex c(model.index(2, 0));
    QSignalSpy reset(&model, &ItemModel::modelReset);
    model.setRows({item(u"c"_s, 3), item(u"d"_s)});
    QCOMPARE(keys(model), QStringList({u"c"_s, u"d"_s}));
    QCOMPARE(c.row(), 0);
    QCOMPARE(reset.size(), 0);
    QVERIFY(model.isComplete());
}

void TableModelTest::randomBatchesKeepTheModelSoundAndTrue()
{
    ItemModel model(itemColumns());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QRandomGenerator random(20260801);
    QList<QPair<QString, int>> truth; // in arrival order
    for (int round = 0; round < 400; ++round) {
        ItemBatch batch;
        QSet<QString> touched;
        for (int i = random.bounded(12); i > 0; --i) {
            const QString key = QString::number(random.bounded(120));
            if (touched.contains(key))
                continue;
            touched.insert(key);
            const auto known = std::find_if(truth.begin(), truth.end(),
                                            [&key](const auto &entry) { return entry.first == key; });
            if (random.bounded(3) == 0) {
                batch.removals.append(key);
                if (known != truth.end())
                    truth.erase(known);
                continue;
            }
            const int weight = random.bounded(100);
            batch.upserts.append(item(key, weight));
            if (known != truth.end())
                known->second = weight;
            else
                truth.append({key, weight});
        }
        model.apply(batch);
        QCOMPARE(model.rowCount(), truth.size());
        for (int row = 0; row < truth.size(); ++row) {
            QCOMPARE(model.keyAt(row), truth[row].first);
            QCOMPARE(model.row(row).weight, truth[row].second);
            QCOMPARE(model.rowOfKey(truth[row].first), row);
        }
    }
}

SALLYPORT_TEST(table_model_test, TableModelTest)
#include "table_model_test.moc"
