// SPDX-License-Identifier: GPL-3.0-or-later
// A table under live updates: what is chosen stays chosen, and is seen to be.
#include "models/items/rows.h"
#include "tests/support/test_class.h"
#include "ui/table_pane.h"

#include <QItemSelectionModel>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

models::JournalRow rowOf(int number)
{
    models::JournalEntry entry;
    entry.number = number;
    entry.at = QDateTime(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC).addSecs(number);
    entry.title = u"Change %1"_s.arg(number);
    entry.settled = entry.succeeded = true;
    entry.result = u"done"_s;
    return {QString::number(number), entry};
}

} // namespace

class TableViewTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<models::TableModel<models::JournalRow>> m_model;
    std::unique_ptr<ui::TablePane> m_pane;

    QString chosenAndSeen() const
    {
        const ui::TableView &table = m_pane->table();
        const QModelIndex current = table.currentIndex();
        if (!current.isValid())
            return u"nothing is current"_s;
        return table.selectionModel()->isRowSelected(current.row(), {})
            ? table.currentKey()
            : u"not selected: "_s + table.currentKey();
    }

private Q_SLOTS:
    void init()
    {
        m_model = std::make_unique<models::TableModel<models::JournalRow>>(models::journalColumns());
        m_pane = std::make_unique<ui::TablePane>(u"journal"_s, ui::Noun{u"change"_s, u"changes"_s}, nullptr);
        m_pane->setModel(*m_model);
        m_pane->table().sortBy(u"number"_s, Qt::DescendingOrder);
        kube::RowBatch<models::JournalRow> batch{{}, {}, true};
        for (int i = 10; i < 60; i += 2)
            batch.upserts.append(rowOf(i));
        m_model->apply(batch);
        m_pane->resize(900, 500);
        m_pane->show();
    }
    void cleanup()
    {
        m_pane.reset();
        m_model.reset();
    }

    void whatIsChosenStaysChosenWhenRowsComeIn_data()
    {
        QTest::addColumn<QList<int>>("come");
        QTest::addColumn<QStringList>("go");
        QList<int> between;
        for (int i = 11; i < 59; i += 2)
            between.append(i);
        QTest::newRow("one above") << QList<int>{70} << QStringList{};
        QTest::newRow("one below") << QList<int>{1} << QStringList{};
        QTest::newRow("many between") << between << QStringList{};
        QTest::newRow("the chosen one again") << QList<int>{30} << QStringList{};
        QTest::newRow("all of them again") << QList<int>{10, 12, 28, 30, 32, 58} << QStringList{};
        QTest::newRow("neighbours go") << QList<int>{} << QStringList{u"28"_s, u"32"_s};
        QTest::newRow("many go, many come")
            << between << QStringList{u"10"_s, u"14"_s, u"18"_s, u"22"_s, u"26"_s,
                                      u"34"_s, u"38"_s, u"42"_s, u"46"_s, u"50"_s};
    }

    void whatIsChosenStaysChosenWhenRowsComeIn()
    {
        QFETCH(QList<int>, come);
        QFETCH(QStringList, go);
        QVERIFY(m_pane->table().selectKey(u"30"_s));
        QCOMPARE(chosenAndSeen(), u"30"_s);
        kube::RowBatch<models::JournalRow> batch{{}, go, true};
        for (const int number : come)
            batch.upserts.append(rowOf(number));
        m_model->apply(batch);
        QCOMPARE(chosenAndSeen(), u"30"_s);
    }

    // The details are then those of its neighbour: that one is the chosen one.
    void whatFollowsARemovedRowIsSeenToBeChosen()
    {
        QVERIFY(m_pane->table().selectKey(u"30"_s));
        m_model->apply({{}, {u"30"_s}, true});
        QVERIFY2(!chosenAndSeen().startsWith(u"not"_s), qPrintable(chosenAndSeen()));
    }

    void aFilterThatComesAndGoesLeavesItChosen()
    {
        QVERIFY(m_pane->table().selectKey(u"30"_s));
        m_pane->setFilter(u"nothing-is-called-so"_s);
        QCOMPARE(m_pane->shown(), 0);
        m_model->apply({{rowOf(70)}, {}, true});
        m_pane->setFilter({});
        QCOMPARE(chosenAndSeen(), u"30"_s);
    }

    void randomUpdatesKeepIt()
    {
        QRandomGenerator random(7);
        QVERIFY(m_pane->table().selectKey(u"30"_s));
        for (int round = 0; round < 200; ++round) {
            kube::RowBatch<models::JournalRow> batch{{}, {}, true};
            for (int i = random.bounded(12); i > 0; --i)
                batch.upserts.append(rowOf(int(random.bounded(100))));
            for (int i = random.bounded(12); i > 0; --i) {
                if (const int number = int(random.bounded(100)); number != 30)
                    batch.removals.append(QString::number(number));
            }
            m_model->apply(batch);
            if (round % 9 == 4)
                m_pane->table().sortBy(round % 2 ? u"change"_s : u"number"_s, Qt::DescendingOrder);
            QCOMPARE(chosenAndSeen(), u"30"_s);
        }
    }
};

SALLYPORT_TEST(table_view_test, TableViewTest)
#include "table_view_test.moc"
