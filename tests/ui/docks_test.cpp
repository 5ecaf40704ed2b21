// SPDX-License-Identifier: GPL-3.0-or-later
// Problems, Changes and Notices below the pages, by keyboard.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/ask_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/notices_panel.h"
#include "ui/docks/problems_panel.h"
#include "ui/journal_view.h"
#include "ui/table_pane.h"
#include "ui/table_view.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>

using namespace Qt::StringLiterals;

class DocksTest : public QObject, WindowFixture
{
    Q_OBJECT

    ui::ProblemsPanel &problems() const { return m_window->docks().problems(); }
    void openDock(Qt::Key key)
    {
        QTest::keyClick(m_window.get(), key, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!m_window->docks().current().isEmpty());
    }
    // The first row with this code becomes the current one.
    QString choose(const QString &code)
    {
        for (int i = 0; i < m_world->findingRows.rowCount(); ++i) {
            const models::FindingRow &row = m_world->findingRows.row(i);
            if (row.finding.code == code && problems().pane().table().selectKey(row.key))
                return row.key;
        }
        return {};
    }

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void aShortcutOpensADockAndHidesItAgain_data()
    {
        QTest::addColumn<Qt::Key>("key");
        QTest::addColumn<QString>("dock");
        QTest::newRow("problems") << Qt::Key_M << u"problems"_s;
        QTest::newRow("changes") << Qt::Key_J << u"changes"_s;
        QTest::newRow("notices") << Qt::Key_A << u"notices"_s;
    }

    void aShortcutOpensADockAndHidesItAgain()
    {
        QFETCH(Qt::Key, key);
        QFETCH(QString, dock);
        QVERIFY(m_window->docks().isHidden());
        openDock(key);
        QCOMPARE(m_window->docks().current(), dock);
        QVERIFY(m_window->docks().isAncestorOf(QApplication::focusWidget()));
        QVERIFY(find<QAbstractButton>(dock + u"Dock"_s)->isChecked());
        QVERIFY(!find<QAbstractButton>(dock + u"Dock"_s)->text().contains(u"Activity"_s)); // that is a page
        QTest::keyClick(m_window.get(), key, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(m_window->docks().isHidden());
        QVERIFY(!find<QAbstractButton>(dock + u"Dock"_s)->isChecked());
    }

    void theWorstProblemComesFirstAndEnterGoesToIt()
    {
        openDock(Qt::Key_M);
        ui::TableView &table = problems().pane().table();
        QTRY_COMPARE(problems().pane().shown(), m_world->findingRows.rowCount());
        QVERIFY(problems().count() > 1);
        table.setFocus();
        press(Qt::Key_Home);
        QCOMPARE(table.currentIndex().data(models::TableModelBase::SeverityRole).toInt(),
                 int(models::Severity::Error));
        press(Qt::Key_Return);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
    }

    // At its first opening; and its objects are told whole before a word says again what shape and colour say.
    void sixProblemsAreInSightWithTheirObjects()
    {
        m_window->resize(1280, 800);
        openDock(Qt::Key_M);
        ui::TableView &table = problems().pane().table();
        QTRY_VERIFY(problems().pane().shown() > 6);
        QTRY_VERIFY2(table.viewport()->height() >= 6 * table.rowHeight(0),
                     qPrintable(QString::number(table.viewport()->height())));
        QVERIFY(table.visualRect(table.model()->index(0, 1)).width()
                >= table.itemDelegate()->sizeHint({}, table.model()->index(0, 1)).width());
    }

    void aProblemSaysWhatItMeansAndWhatToDo()
    {
        openDock(Qt::Key_M);
        const QString key = choose(u"MT-001"_s);
        QVERIFY(!key.isEmpty());
        const auto *detail = find<QWidget>(u"problemDetail"_s);
        QCOMPARE(detail->findChild<QLabel *>(u"detailTitle"_s)->text(), u"MT-001"_s);
        QVERIFY(!find<QLabel>(u"problemHelp"_s)->text().isEmpty());
        QVERIFY(!find<QLabel>(u"problemMessage"_s)->text().isEmpty());
    }

    void aFixIsAWishWhereOneIsPlanned()
    {
        openDock(Qt::Key_M);
        const QSignalSpy wished(&problems(), &ui::ProblemsPanel::fixRequested);
        auto *fix = find<QPushButton>(u"problemFix"_s);
        const QString key = choose(u"MT-001"_s);
        QVERIFY(!key.isEmpty());
        models::FindingRow row = *m_world->findingRows.find(key);
        QVERIFY(row.fixable); // the analysis plans to set tls
        row.fixable = false;
        m_world->findingRows.apply({{row}, {}, true});
        QTRY_VERIFY(!fix->isEnabled() && !fix->toolTip().isEmpty());
        row.fixable = true;
        m_world->findingRows.apply({{row}, {}, true});
        QTRY_VERIFY(fix->isEnabled());
        fix->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(wished.count(), 1);
        QCOMPARE(wished.first().first().toStringList(), QStringList{key});
        m_window->setConnection(m_world->connection(models::ConnectionState::Phase::Stale));
        QVERIFY(!fix->isEnabled()); // nothing is written without a connection
    }

    void mutingAsksWhyAndHidesTheProblem()
    {
        openDock(Qt::Key_M);
        const QSignalSpy muted(&problems(), &ui::ProblemsPanel::muteRequested);
        const QString key = choose(u"MT-001"_s);
        const int before = problems().count();
        problems().pane().table().setFocus();
        press(Qt::Key_Delete);
        auto *ask = m_window->findChild<ui::AskDialog *>();
        QVERIFY(ask);
        QVERIFY(!ask->findChild<QPushButton *>(u"askAnswer"_s)->isEnabled()); // a reason is asked for
        QTest::keyClicks(ask->findChild<QLineEdit *>(u"askField"_s), u"known, ticket 17"_s);
        QTest::keyClick(ask->findChild<QLineEdit *>(u"askField"_s), Qt::Key_Return);
        QCOMPARE(muted.count(), 1);
        QCOMPARE(muted.first()[1].toString(), u"known, ticket 17"_s);
        models::FindingRow row = *m_world->findingRows.find(key);
        row.mutedBecause = u"known, ticket 17"_s;
        m_world->findingRows.apply({{row}, {}, true});
        QTRY_COMPARE(problems().pane().shown(), before - 1);
        QCOMPARE(problems().count(), before - 1);
        find<QPushButton>(u"problemShowMuted"_s)->click();
        QTRY_COMPARE(problems().pane().shown(), before);
    }

    void whatAFilterHidesStaysSelectedAndIsTold()
    {
        openDock(Qt::Key_M);
        ui::TablePane &pane = problems().pane();
        QTRY_VERIFY(pane.shown() > 1);
        pane.table().selectAll();
        const auto all = int(pane.selectedKeys().size());
        pane.setFilter(u"code:MT-001"_s);
        QTRY_VERIFY(pane.shown() < all && pane.shown() > 0);
        QCOMPARE(int(pane.selectedKeys().size()), all);
        QVERIFY(pane.countText().contains(u"filtered out"_s));
        problems().pane().table().setFocus();
        press(Qt::Key_Delete);
        auto *ask = m_window->findChild<ui::AskDialog *>();
        bool told = false;
        for (const QLabel *label : ask->findChildren<QLabel *>())
            told = told || label->text().contains(pane.hiddenSelectionText());
        QVERIFY(told);
        QTest::keyClick(ask, Qt::Key_Escape);
        pane.setFilter({});
        QTRY_COMPARE(pane.table().selectionModel()->selectedRows().size(), all);
        QCOMPARE(pane.hiddenSelectionText(), QString());
    }

    // These two ask nothing, so the button says it.
    void whatIsUnmutedOrDroppedUnseenIsTold()
    {
        openDock(Qt::Key_M);
        QList<models::FindingRow> muted;
        for (int i = 0; i < m_world->findingRows.rowCount(); ++i) {
            muted.append(m_world->findingRows.row(i));
            muted.last().mutedBecause = u"known"_s;
        }
        m_world->findingRows.setRows(muted);
        find<QPushButton>(u"problemShowMuted"_s)->click();
        ui::TablePane &pane = problems().pane();
        QTRY_VERIFY(pane.shown() > 1);
        pane.table().setFocus();
        pane.table().selectAll();
        const auto all = int(pane.selectedKeys().size());
        QCOMPARE(find<QPushButton>(u"problemMute"_s)->text(), u"Unmute"_s);
        pane.setFilter(u"code:MT-001"_s);
        QTRY_COMPARE(find<QPushButton>(u"problemMute"_s)->text(),
                     u"Unmute %1, %2 of them filtered out"_s.arg(all).arg(all - pane.shown()));

        models::StagedChange one;
        one.change.type.kind = u"Mapping"_s;
        one.change.nameSpace = u"default"_s;
        one.change.name = u"one"_s;
        models::StagedChange other = one;
        other.change.name = u"other"_s;
        one.key = u"1"_s;
        other.key = u"2"_s;
        openDock(Qt::Key_J);
        m_window->docks().setStaged({one, other});
        auto *staged = find<ui::TablePane>(u"stagedPane"_s);
        QTRY_COMPARE(staged->shown(), 2);
        staged->table().setFocus();
        staged->table().selectAll();
        staged->setFilter(u"other"_s);
        QTRY_COMPARE(find<QPushButton>(u"stagedDrop"_s)->text(), u"Drop 2, 1 of them filtered out"_s);
    }

    void f8WalksThroughTheProblems()
    {
        QTRY_VERIFY(problems().pane().shown() > 1);
        QTest::keyClick(m_window.get(), Qt::Key_F8);
        QCOMPARE(problems().pane().table().currentIndex().row(), 0);
        QTest::keyClick(m_window.get(), Qt::Key_F8);
        QCOMPARE(problems().pane().table().currentIndex().row(), 1);
        QTest::keyClick(m_window.get(), Qt::Key_F8, Qt::ShiftModifier);
        QTest::keyClick(m_window.get(), Qt::Key_F8, Qt::ShiftModifier);
        QCOMPARE(problems().pane().table().currentIndex().row(), problems().pane().shown() - 1);
    }

    // Who only looked has changed nothing: neither a diff nor the number of changes says so.
    void aLookIsNoChange()
    {
        const QAbstractButton *button = find<QAbstractButton>(u"changesDock"_s);
        const QString before = button->text();
        models::JournalRow look;
        look.key = u"9001"_s;
        look.entry.number = 9001;
        look.entry.title = u"Reveal tls.key of Secret ambassador/edge-tls"_s;
        look.entry.change.type = kube::types::secrets();
        look.entry.change.nameSpace = u"ambassador"_s;
        look.entry.change.name = u"edge-tls"_s;
        look.entry.change.body = "{}";
        look.entry.succeeded = true;
        m_world->journal.apply({{look}, {}, true});
        openDock(Qt::Key_J);
        QTRY_VERIFY(m_window->docks().changes().pane().table().selectKey(look.key));
        QCOMPARE(button->text(), before);
        const auto *diff = find<QWidget>(u"changesDetail"_s)->findChild<QPlainTextEdit *>(u"diffView"_s);
        QTRY_VERIFY2(diff->toPlainText().contains(u"looked at. Nothing was changed"_s),
                     qPrintable(diff->toPlainText()));
        m_world->journal.apply({{}, {look.key}, true});
    }

    void changesShowBeforeAndAfterAndAreTakenBackAsAWish()
    {
        openDock(Qt::Key_J);
        ui::JournalView &changes = m_window->docks().changes();
        const QSignalSpy reverted(&changes, &ui::JournalView::revertRequested);
        QVERIFY(changes.goTo(u"5"_s));
        const auto *text = find<QWidget>(u"changesDetail"_s)->findChild<QPlainTextEdit *>(u"diffView"_s);
        QTRY_VERIFY(text->toPlainText().contains(u"+    mode: STRICT"_s));
        auto *parts = find<QTabBar>(u"changesParts"_s);
        parts->setFocus();
        press(Qt::Key_Right);
        QCOMPARE(text->toPlainText(), u"It did not exist."_s);
        press(Qt::Key_Right);
        QVERIFY(text->toPlainText().contains(u"mode: STRICT"_s));
        find<QPushButton>(u"changesRevert"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(reverted.first().first().toInt(), 5);
    }

    void whatIsStagedIsListedWithWhatStandsAgainstIt()
    {
        const auto staged = [](const QString &name, models::StagedChange::State state, const QString &error) {
            models::StagedChange change;
            change.key = name;
            change.change.type = kube::types::mappings(u"v2"_s);
            change.change.name = name;
            change.change.body = R"({"spec":{"tls":"istio-upstream"}})";
            change.change.before = edge::Value::object({{"spec", edge::Value::object({{"prefix", "/"}})}});
            change.titles = QStringList{u"Give it TLS"_s};
            change.state = state;
            change.error = error;
            return change;
        };
        using State = models::StagedChange::State;
        ui::DockArea &docks = m_window->docks();
        QVERIFY(find<QTabBar>(u"stagedTabs"_s)->isHidden());
        docks.setStaged({staged(u"a"_s, State::Failed, u"the webhook says no"_s),
                         staged(u"b"_s, State::NotTried, {}), staged(u"c"_s, State::Waiting, {})});
        QVERIFY(find<QAbstractButton>(u"changesDock"_s)->text().contains(u"3 staged"_s));
        openDock(Qt::Key_J);
        auto *table = find<ui::TableView>(u"stagedTable"_s);
        QTRY_VERIFY(table->isVisible() && table->model()->rowCount() == 3); // it came to the front
        QVERIFY(table->hasFocus());
        QVERIFY(table->selectKey(u"a"_s));
        const auto *detail = find<QWidget>(u"stagedDetail"_s);
        QCOMPARE(detail->findChild<QLabel *>(u"detailTitle"_s)->text(), u"Mapping a"_s);
        QVERIFY(detail->findChild<QPlainTextEdit *>(u"diffView"_s)
                    ->toPlainText()
                    .contains(u"+  tls: istio-upstream"_s));
        bool told = false;
        for (const QLabel *label : detail->findChildren<QLabel *>())
            told = told || label->text() == u"the webhook says no"_s;
        QVERIFY(told);

        const QSignalSpy reviewed(&docks, &ui::DockArea::stagedReviewRequested);
        const QSignalSpy dropped(&docks, &ui::DockArea::stagedDropRequested);
        press(Qt::Key_Return);
        QCOMPARE(reviewed.count(), 1);
        QCOMPARE(find<QPushButton>(u"stagedDrop"_s)->text(), u"Drop 1"_s);
        press(Qt::Key_Delete);
        QCOMPARE(dropped.first().first().toStringList(), QStringList{u"a"_s});
        docks.setStaged({});
        QVERIFY(find<QTabBar>(u"stagedTabs"_s)->isHidden());
        QVERIFY(find<QWidget>(u"changesTable"_s)->isVisible());
    }

    void everythingThatWasSaidAboveAPageIsKept()
    {
        const QSignalSpy noted(m_window.get(), &ui::MainWindow::noted);
        m_window->report(models::Severity::Error, u"The change was not kept"_s);
        m_window->report(models::Severity::Error, {});
        QCOMPARE(noted.count(), 1);
        openDock(Qt::Key_A);
        QVERIFY(m_window->docks().notices().pane().table().selectKey(u"2"_s));
        QVERIFY(find<QPlainTextEdit>(u"noticeText"_s)->toPlainText().contains(u"quote-backend"_s));
        const QSignalSpy cleared(&m_window->docks().notices(), &ui::NoticesPanel::clearRequested);
        find<QPushButton>(u"noticesClear"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(cleared.count(), 1);
    }

    void f6ReachesTheDock()
    {
        openDock(Qt::Key_M);
        m_window->showPage(u"routing"_s);
        QSet<QString> seen;
        for (int i = 0; i < 8; ++i) {
            QTest::keyClick(m_window.get(), Qt::Key_F6);
            seen.insert(QApplication::focusWidget()->objectName());
        }
        QVERIFY(seen.contains(u"problemsTable"_s) && seen.contains(u"problemDetail"_s)
                && seen.contains(u"mappingsTable"_s));
    }
};

SALLYPORT_TEST(docks_test, DocksTest)
#include "docks_test.moc"
