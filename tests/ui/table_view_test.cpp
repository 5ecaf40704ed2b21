// SPDX-License-Identifier: GPL-3.0-or-later
// A table under live updates: what is chosen stays chosen, and is seen to be.
#include "models/items/rows.h"
#include "tests/support/test_class.h"
#include "tests/ui/drawn_text.h"
#include "ui/table_pane.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
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

    QStringList shownTitles() const
    {
        QStringList titles;
        for (const int column : m_pane->table().shownColumns())
            titles.append(m_pane->table().model()->headerData(column, Qt::Horizontal).toString());
        return titles;
    }

    int rowOfKey(const QString &key) const
    {
        const QAbstractItemModel &rows = *m_pane->table().model();
        for (int row = 0; row < rows.rowCount(); ++row) {
            if (rows.index(row, 0).data(models::TableModelBase::KeyRole).toString() == key)
                return row;
        }
        return -1;
    }

    // At the head of the menu.
    QString said() const
    {
        m_pane->openExportMenu();
        auto *menu = m_pane->findChild<QMenu *>(u"exportMenu"_s);
        const QString text = menu->actions().first()->text();
        delete menu;
        return text;
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

    // The details are always those of the row that is seen to be chosen, and copying and fixing mean the same one.
    void detailsSelectionAndCopyAreOfOneRow()
    {
        auto &table = m_pane->table();
        QVERIFY(table.selectKey(u"30"_s));
        const auto isOne = [&](const QString &key) {
            return chosenAndSeen() == key && table.selectedKeys() == QStringList{key};
        };
        m_pane->setFilter(u"change:4"_s); // 40 to 48, and others with a 4: not the chosen one
        QVERIFY2(isOne(table.model()->index(0, 0).data(models::TableModelBase::KeyRole).toString()),
                 qPrintable(chosenAndSeen()));
        m_pane->setFilter(u"change:46"_s);
        QVERIFY2(isOne(u"46"_s), qPrintable(chosenAndSeen()));
        m_pane->setFilter({});
        QVERIFY2(isOne(u"30"_s), qPrintable(chosenAndSeen())); // nobody has chosen another one
        m_pane->setFilter(u"change:46"_s);
        QTest::keyClick(&table, Qt::Key_Return); // opened: now somebody has
        m_pane->setFilter({});
        QVERIFY2(isOne(u"46"_s), qPrintable(chosenAndSeen()));
    }

    void aFilterOfALongListBeginsAtItsTop()
    {
        kube::RowBatch<models::JournalRow> batch{{}, {}, true};
        for (int i = 100; i < 5000; ++i)
            batch.upserts.append(rowOf(i));
        m_model->apply(batch);
        auto &table = m_pane->table();
        QVERIFY(table.selectKey(u"4999"_s)); // the first row
        m_pane->setFilter(u"change:7"_s);
        QTRY_COMPARE(table.currentKey(), u"4997"_s); // the first of them
        QCOMPARE(table.rowAt(0), 0);
        m_pane->setFilter({});
        QTRY_COMPARE(table.currentKey(), u"4999"_s);
        QCOMPARE(table.rowAt(0), 0);
    }

    // Whatever height the window has: no row is cut in half at the top after a jump or a step down.
    void whatIsBroughtIntoSightLeavesAWholeRowAtTheTop()
    {
        auto &table = m_pane->table();
        for (int more = 0; more < 30; more += 7) {
            m_pane->resize(m_pane->width(), 300 + more);
            table.scrollToTop();
            QVERIFY(table.selectKey(u"24"_s));
            QVERIFY(table.verticalScrollBar()->value() > 0);
            for (int step = 0; step < 3; ++step) {
                QCOMPARE(table.rowViewportPosition(table.rowAt(0)), 0);
                const QRect chosen = table.visualRect(table.currentIndex());
                QVERIFY(table.viewport()->rect().contains(chosen));
                QTest::keyClick(&table, Qt::Key_Down);
            }
        }
    }

    // What comes later and needs more room gets it without the window being resized, wherever it stands.
    void aColumnGrowsWithWhatComesIntoSight()
    {
        kube::RowBatch<models::JournalRow> batch{{}, {}, true};
        for (int i = 100; i < 3000; ++i)
            batch.upserts.append(rowOf(i));
        m_model->apply(batch);
        auto &table = m_pane->table();
        models::JournalRow wide = rowOf(2998);
        wide.entry.result = u"waiting for somebody"_s;
        wide.entry.settled = false;
        const int column = 4; // result
        QCOMPARE(m_model->layout()[column].id, u"result"_s);
        m_model->apply({{wide}, {}, true});
        const QModelIndex cell = table.model()->index(rowOfKey(u"2998"_s), column);
        QTRY_VERIFY2(table.columnWidth(column) >= table.itemDelegate()->sizeHint({}, cell).width(),
                     qPrintable(u"%1 %2"_s.arg(table.columnWidth(column)).arg(cell.data().toString())));
    }

    // Up from the first row, then the arrows.
    // Of a flood of events a table measures its words once a second, not with each of its fits.
    void aFloodIsNotMeasuredAgainAndAgain()
    {
        int asked = 0; // the words of a row that does not change and is not in sight
        auto columns = models::journalColumns();
        columns.push_back({.id = u"probe"_s,
                           .title = u"Probe"_s,
                           .text =
                               [&asked](const models::JournalRow &row) {
                                   asked += row.key == "2001"_L1; // each hundredth is measured
                                   return row.entry.result;
                               },
                           .width = 100,
                           .minimumWidth = 50});
        models::TableModel<models::JournalRow> model(std::move(columns));
        ui::TablePane pane(u"flood"_s, {u"row"_s, u"rows"_s}, nullptr);
        pane.setModel(model);
        pane.resize(1000, 400);
        QList<models::JournalRow> rows;
        for (int number = 1; number <= 4000; ++number)
            rows.append(rowOf(number));
        pane.show();
        model.apply({rows, {}, true});
        QTRY_COMPARE(pane.shown(), 4000);
        QTRY_VERIFY(asked > 0); // it is among those that are measured
        const auto flood = [&model](qint64 msecs) {
            QElapsedTimer time;
            time.start();
            for (int n = 0; time.elapsed() < msecs; ++n) {
                models::JournalRow row = rowOf(3999);
                row.entry.result = u"done %1"_s.arg(n);
                model.apply({{row}, {}, true});
                QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
            }
        };
        flood(1300);
        asked = 0;
        flood(2000);
        QVERIFY2(asked >= 1 && asked <= 3, qPrintable(QString::number(asked)));
    }

    void theHeadingsAreWorkedByKeyboard()
    {
        m_pane->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_pane.get()));
        ui::TableView &table = m_pane->table();
        table.sortBy(QList<models::SortColumn>());
        table.setCurrentIndex(table.model()->index(1, 0));
        table.setFocus();
        const auto press = [](Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
            QTest::keyClick(QApplication::focusWidget(), key, modifiers);
        };
        press(Qt::Key_Up);
        QCOMPARE(QApplication::focusWidget(), &table); // the first row
        press(Qt::Key_Up);
        auto *header = table.horizontalHeader();
        QCOMPARE(QApplication::focusWidget(), header);
        const QStringList titles = shownTitles();
        QVERIFY(titles.size() > 2);
        QCOMPARE(header->accessibleName(), titles[0]);
        press(Qt::Key_Left); // there is none
        QCOMPARE(header->accessibleName(), titles[0]);
        press(Qt::Key_Right);
        press(Qt::Key_Space);
        QCOMPARE(table.sortText(), titles[1]);
        press(Qt::Key_Right);
        press(Qt::Key_Space, Qt::ShiftModifier);
        QCOMPARE(table.sortText(), titles[1] + u", "_s + titles[2]);
        QVERIFY2(header->accessibleName().contains(u"ascending, 2 of 2"_s),
                 qPrintable(header->accessibleName()));
        press(Qt::Key_Space, Qt::ShiftModifier);
        QVERIFY2(header->accessibleName().contains(u"descending, 2 of 2"_s),
                 qPrintable(header->accessibleName()));
        QStringList drawn;
        for (const DrawnText &each : drawnTexts(*header->viewport()))
            drawn.append(each.text);
        QVERIFY2(drawn.join(QString()).contains(u"↓2"_s), qPrintable(drawn.join(u' ')));
        press(Qt::Key_Left);
        for (const QString &sorted : {titles[1], titles[1], QString()}) { // only by it; turned; by arrival
            press(Qt::Key_Space);
            QCOMPARE(table.sortText(), sorted);
        }
        press(Qt::Key_Down);
        QCOMPARE(QApplication::focusWidget(), &table);
        QCOMPARE(table.currentIndex().row(), 0);
    }

    void aColumnIsMadeWiderByKeyboardAndStaysSo()
    {
        m_pane->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_pane.get()));
        ui::TableView &table = m_pane->table();
        table.focusHeadings();
        auto *header = table.horizontalHeader();
        const int column = header->logicalIndexAt(2);
        const int before = header->sectionSize(column);
        QTest::keyClick(header, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(header, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(header->sectionSize(column), before + 32);
        QTest::keyClick(header, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(header->sectionSize(column), before + 16);
        QCOMPARE(table.columnState().size(), 1);
        m_pane->resize(1000, 500);
        QCOMPARE(header->sectionSize(column), before + 16);
    }

    void theMenuKeyOpensWhatCanBeDoneWithTheRows()
    {
        m_pane->table().selectKey(u"30"_s);
        QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(5, 5), m_pane->mapToGlobal(QPoint(5, 5)));
        QCoreApplication::sendEvent(&m_pane->table(), &event);
        auto *menu = m_pane->findChild<QMenu *>(u"rowMenu"_s);
        QVERIFY(menu && menu->isVisible());
        menu->close();
    }

    // Exported as they are copied, and it is said.
    void exportSaysWhichChosenRowsTheFilterHides()
    {
        for (const QString &key : {u"30"_s, u"32"_s, u"34"_s})
            m_pane->table().selectionModel()->select(m_pane->table().model()->index(rowOfKey(key), 0),
                                                     QItemSelectionModel::Select | QItemSelectionModel::Rows);
        const QByteArray three = m_pane->exported(models::ExportFormat::Csv);
        QCOMPARE(three.count('\n'), 4);
        QCOMPARE(said(), u"The 3 selected ones"_s);
        m_pane->setFilter(u"change:30"_s);
        QCOMPARE(m_pane->shown(), 1);
        const QByteArray all = m_pane->exported(models::ExportFormat::Csv);
        QVERIFY(all.contains("Change 30") && all.contains("Change 32") && all.contains("Change 34"));
        QCOMPARE(said(), u"The 3 selected ones, 2 of which are filtered out now"_s);
        QSignalSpy reported(m_pane.get(), &ui::TablePane::reported);
        const QTemporaryDir folder;
        m_pane->saveTo(folder.filePath(u"t.csv"_s), models::ExportFormat::Csv);
        QVERIFY2(reported.last()[1].toString().contains(u"2 of which are filtered out"_s),
                 qPrintable(reported.last()[1].toString()));
        m_pane->run(u"copyNames"_s);
        QVERIFY2(reported.last()[1].toString().contains(u"2 of the 3 that are selected are filtered out"_s),
                 qPrintable(reported.last()[1].toString()));
        m_pane->setFilter(u"change:58"_s); // not one of them is seen
        QCOMPARE(m_pane->exported(models::ExportFormat::Csv).count('\n'), 4);
        m_pane->setFilter({});
        m_pane->table().clearSelection();
        QCOMPARE(said(), u"The 25 changes that are shown"_s);
    }

    void exportHasTheColumnsThatHaveNoRoomToo()
    {
        const QByteArray wide = m_pane->exported(models::ExportFormat::Csv);
        m_pane->resize(420, 500);
        QTRY_VERIFY(m_pane->table().shownColumns().size() < m_pane->table().wantedColumns().size());
        QCOMPARE(m_pane->exported(models::ExportFormat::Csv), wide);
        m_pane->table().setColumnWanted(u"who"_s, false);
        QVERIFY(!m_pane->exported(models::ExportFormat::Csv).startsWith(wide.left(wide.indexOf("\r\n"))));
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
