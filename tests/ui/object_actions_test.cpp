// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the object that is chosen stands in the palette and in its row's menu: the same in both, and what cannot be
// done now is greyed with the reason and the role that would allow it.
#include "models/analysis/rights_role.h"
#include "models/items/configured_rows.h"
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/confirm_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/journal_view.h"
#include "ui/line_delegate.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/routing_page.h"
#include "ui/shell/action_registry.h"
#include "ui/state_panel.h"
#include "ui/table_pane.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>

using namespace Qt::StringLiterals;

class ObjectActionsTest : public QObject, WindowFixture
{
    Q_OBJECT

    struct Entry
    {
        QString text, side;
        bool isGreyed = false;
    };
    // Of the palette, for what is typed.
    QList<Entry> palette(const QString &typed)
    {
        m_window->activateWindow(); // after another dialog
        if (!QTest::qWaitForWindowActive(m_window.get()))
            return {};
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *field = find<QLineEdit>(u"paletteField"_s);
        QTest::keyClicks(field, typed);
        const QAbstractItemModel &model = *find<QListView>(u"paletteList"_s)->model();
        QList<Entry> entries;
        for (int row = 0; row < model.rowCount(); ++row) {
            const QModelIndex index = model.index(row, 0);
            entries.append({index.data().toString(), index.data(ui::LineDelegate::SideRole).toString(),
                            index.data(ui::LineDelegate::DimRole).toBool()});
        }
        return entries;
    }
    void runFirst() { QTest::keyClick(find<QLineEdit>(u"paletteField"_s), Qt::Key_Return); }
    void closePalette()
    {
        QPointer<QDialog> open = find<QDialog>(u"commandPalette"_s);
        open->reject();
        QTRY_VERIFY(!open); // it deletes itself
    }
    QMenu *rowMenu(const QString &table)
    {
        auto *view = find<QTableView>(table);
        view->setFocus();
        const QPoint at = view->visualRect(view->currentIndex()).center();
        QContextMenuEvent event(QContextMenuEvent::Keyboard, at, view->viewport()->mapToGlobal(at));
        QCoreApplication::sendEvent(view->viewport(), &event);
        return m_window->findChild<QMenu *>(u"rowMenu"_s);
    }
    static QAction *entryOf(const QMenu &menu, const QString &id)
    {
        for (QAction *action : menu.actions()) {
            if (action->objectName() == u"object-"_s + id)
                return action;
        }
        return nullptr;
    }
    void useMode(models::ConnectionState::Mode mode)
    {
        models::ConnectionState state = m_world->connection();
        state.mode = mode;
        m_window->setConnection(state);
    }

private Q_SLOTS:
    void init()
    {
        openWindow();
        useMode(models::ConnectionState::Mode::Confirm);
    }
    void cleanup() { closeWindow(); }

    void aMappingIsEditedFromThePalette()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const QSignalSpy edited(m_window->pages().routing, &ui::RoutingPage::editRequested);
        const QList<Entry> entries = palette(u"edit mapping quote-backend"_s);
        QVERIFY(!entries.isEmpty());
        QCOMPARE(entries.first().text, u"Edit…   Mapping default/quote-backend"_s);
        QVERIFY(!entries.first().isGreyed);
        runFirst();
        QCOMPARE(edited.count(), 1);
        QCOMPARE(edited.first().first().value<models::ObjectRef>().text(),
                 u"Mapping default/quote-backend"_s);
    }

    void whatLacksARightIsGreyedAndShowsTheRole()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const QString right = u"`patch` on `mappings.getambassador.io` in `default`"_s;
        m_window->pages().routing->setForbidden({{u"edit/Mapping/default"_s, right}});
        QVERIFY(!find<QPushButton>(u"mappingEdit"_s)->isEnabled());
        QVERIFY2(find<QPushButton>(u"mappingEdit"_s)->toolTip().contains(right),
                 qPrintable(find<QPushButton>(u"mappingEdit"_s)->toolTip()));
        const QSignalSpy edited(m_window->pages().routing, &ui::RoutingPage::editRequested);
        const QList<Entry> entries = palette(u"edit mapping quote-backend"_s);
        QVERIFY(!entries.isEmpty());
        QVERIFY(entries.first().isGreyed);
        QCOMPARE(entries.first().side, u"needs "_s + right);
        runFirst(); // tells more: nothing is edited
        QCOMPARE(edited.count(), 0);
        QTRY_VERIFY(find<QPlainTextEdit>(u"rightsRole"_s));
        const QString role = find<QPlainTextEdit>(u"rightsRole"_s)->toPlainText();
        QVERIFY2(role.contains(u"kind: ClusterRole"_s)
                     && role.contains(u"apiGroups: [\"getambassador.io\"]"_s)
                     && role.contains(u"resources: [\"mappings\"]"_s) && role.contains(u"\"patch\""_s)
                     && role.contains(u"--namespace=default"_s),
                 qPrintable(role));
        find<QPushButton>(u"rightsCopy"_s)->click();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"apiVersion: rbac"_s));
        find<QPushButton>(u"rightsClose"_s)->click();
    }

    void aReadOnlyContextSaysSo()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        useMode(models::ConnectionState::Mode::ReadOnly);
        const QList<Entry> entries = palette(u"edit mapping quote-backend"_s);
        QVERIFY(!entries.isEmpty());
        QVERIFY(entries.first().isGreyed);
        QCOMPARE(entries.first().side, u"this context is read-only"_s);
        runFirst(); // there is nothing to tell more: it stays open
        QVERIFY(find<QLineEdit>(u"paletteField"_s)->isVisible());
    }

    void theRowsMenuOffersTheSame()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        find<QTableView>(u"mappingsTable"_s)->setFocus();
        QStringList ids;
        for (const ui::ObjectAction &each : m_window->registry().objectActions())
            ids.append(each.id);
        QVERIFY(ids.contains(u"edit"_s) && ids.contains(u"test"_s));
        const QString right = u"`patch` on `mappings.getambassador.io` in `default`"_s;
        m_window->pages().routing->setForbidden({{u"edit/Mapping/default"_s, right}});
        QMenu *menu = rowMenu(u"mappingsTable"_s);
        QVERIFY(menu);
        for (const QString &id : std::as_const(ids))
            QVERIFY2(entryOf(*menu, id), qPrintable(id));
        const QAction *edit = entryOf(*menu, u"edit"_s);
        QVERIFY(!edit->isEnabled());
        QCOMPARE(edit->text().section(u'\t', 1), u"needs "_s + right);
        const auto *role = menu->findChild<QAction *>(u"objectRights"_s);
        QVERIFY(!role || role->isEnabled());
        bool hasCopy = false, hasRole = false;
        for (const QAction *action : menu->actions()) {
            hasCopy = hasCopy || action->text().startsWith(u"Copy as YAML"_s);
            hasRole = hasRole || action->objectName() == u"objectRights"_s;
        }
        QVERIFY(hasCopy && hasRole);
        menu->close();
    }

    // They are done to the current row alone, which the menu names as the menu Edit does.
    void theRowsMenuNamesItsObject()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        table->setFocus();
        table->selectAll();
        QMenu *menu = rowMenu(u"mappingsTable"_s);
        QVERIFY(menu);
        const QAction *head = menu->actions().constFirst();
        QVERIFY(head->isSeparator());
        QCOMPARE(head->text(), m_window->registry().objectActions().constFirst().subject);
        QVERIFY(head->text().contains(u"Mapping "_s));
        menu->close();
    }

    void theEditMenuOffersTheSameAsOfNow()
    {
        auto *edit = m_window->menuBar()->findChild<QMenu *>(u"edit"_s);
        const auto offered = [&] {
            edit->popup(QPoint());
            edit->close();
            QStringList texts;
            for (const QAction *action : edit->actions())
                if (action->objectName().startsWith(u"object-"_s))
                    texts.append(action->objectName());
            return texts;
        };
        for (const QString &mapping :
             {u"default/quote-backend"_s, u"default/quote-backend"_s}) { // asked anew, not added again
            m_window->showPage(u"routing"_s, mapping);
            find<QTableView>(u"mappingsTable"_s)->setFocus();
            QStringList ids;
            for (const ui::ObjectAction &each : m_window->registry().objectActions())
                ids.append(u"object-"_s + each.id);
            QVERIFY(ids.contains(u"object-edit"_s));
            QCOMPARE(offered(), ids);
        }
        const QSignalSpy edited(m_window->pages().routing, &ui::RoutingPage::editRequested);
        edit->findChild<QAction *>(u"object-edit"_s)->trigger();
        QCOMPARE(edited.count(), 1);
        m_window->showPage(u"metrics"_s); // nothing is chosen there
        QCOMPARE(offered(), QStringList());
        QVERIFY(edit->actions().contains(m_window->registry().find(u"exportAction"_s)));
    }

    // By the keys that the menus show beside them.
    void theChosenObjectHasKeys()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        table->setFocus();
        auto *page = m_window->pages().routing;
        const QSignalSpy edited(page, &ui::RoutingPage::editRequested);
        const QSignalSpy deleted(page, &ui::RoutingPage::deleteRequested);
        const QSignalSpy tested(page, &ui::RoutingPage::testRequested);
        QTest::keyClick(table, Qt::Key_F2);
        QCOMPARE(edited.count(), 1);
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
        const auto objects = deleted.first().first().value<QList<ui::ObjectToWrite>>();
        QCOMPARE(objects.size(), 1);
        QCOMPARE(objects.first().object.text(), u"Mapping default/quote-backend"_s);
        QVERIFY(objects.first().apiVersion.startsWith(u"getambassador.io/"_s));
        QTest::keyClick(table, Qt::Key_Y, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(find<QTabBar>(u"mappingParts"_s)->currentIndex(), 3);
        auto *filter = find<QLineEdit>(u"mappingsFilter"_s);
        filter->setFocus(); // in a field of text the key is the field's
        filter->setText(u"quote"_s);
        filter->setCursorPosition(0);
        QTest::keyClick(filter, Qt::Key_Delete);
        QCOMPARE(filter->text(), u"uote"_s);
        QCOMPARE(deleted.count(), 1);
        filter->clear();
        table->setFocus();
        QTest::keyClick(table, Qt::Key_T, Qt::ControlModifier);
        QCOMPARE(tested.count(), 1);
        QVERIFY(tested.first().at(1).toUrl().path().startsWith(u"/backend/"_s));
    }

    // All that are selected, and of those that a filter hides it is said; one that cannot be deleted keeps all.
    void severalAreDeletedAtOnce()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *page = m_window->pages().routing;
        auto *pane = page->findChild<ui::TablePane *>(u"mappingsPane"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_VERIFY(pane->isComplete() && pane->shown() > 2);
        const QSignalSpy deleted(page, &ui::RoutingPage::deleteRequested);
        table->selectAll();
        QTRY_COMPARE(pane->selectedKeys().size(), pane->total());
        table->setFocus();
        const auto actionText = [&]() -> QString {
            for (const ui::ObjectAction &action : page->objectActions())
                if (action.id == "delete"_L1)
                    return action.text + u"|"_s + action.whyNot;
            return QString();
        };
        const int total = pane->total();
        int ofObjects = 0;
        for (int i = 0; i < m_world->mappings.rowCount(); ++i)
            ofObjects += models::sourceOf(m_world->mappings.row(i)).isEmpty() ? 1 : 0;
        QVERIFY(actionText().startsWith(u"Delete %1…"_s.arg(total)));
        QCOMPARE(actionText().endsWith(u'|'), ofObjects == total);
        if (ofObjects < total) { // annotations: nothing is deleted, rather than only some
            QTest::keyClick(table, Qt::Key_Delete);
            QCOMPARE(deleted.count(), 0);
        }
        table->clearSelection();
        QStringList own; // names of objects that are deletable
        for (int i = 0; i < m_world->mappings.rowCount() && own.size() < 2; ++i)
            if (const models::MappingRow &row = m_world->mappings.row(i); models::sourceOf(row).isEmpty())
                own.append(row.name);
        pane->setFilter(u"name:/^(%1)$/"_s.arg(own.join(u'|')));
        const int shown = 2;
        QTRY_COMPARE(pane->shown(), shown);
        table->selectAll();
        QTRY_COMPARE(pane->selectedKeys().size(), shown);
        pane->setFilter(u"name:/^%1$/"_s.arg(own.last()));
        QTRY_COMPARE(pane->shown(), 1);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
        QStringList names;
        for (const auto &one : deleted.first().first().value<QList<ui::ObjectToWrite>>())
            names.append(one.object.text());
        QCOMPARE(names.size(), shown);
        names.removeDuplicates();
        QCOMPARE(names.size(), shown);
        QCOMPARE(deleted.first().at(1).toStringList().value(0), pane->hiddenSelectionText());
        QVERIFY(!pane->hiddenSelectionText().isEmpty());
    }

    void aKeyThatCannotBeObeyedSaysWhy()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        useMode(models::ConnectionState::Mode::ReadOnly);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        table->setFocus();
        const QSignalSpy deleted(m_window->pages().routing, &ui::RoutingPage::deleteRequested);
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 0);
        QTRY_VERIFY(find<ui::Banner>(u"report"_s)->text().contains(u"read-only"_s));
    }

    // A finding of the object that is chosen is muted where one is, not only in the dock of all problems.
    void aFindingOfTheChosenObjectIsMuted()
    {
        const models::FindingRow *wanted = nullptr;
        for (int i = 0; i < m_world->findingRows.rowCount() && !wanted; ++i) {
            const models::FindingRow &row = m_world->findingRows.row(i);
            const models::ObjectRef &at = row.finding.subject;
            if (at.kind == "Mapping"_L1 && m_world->mappings.find(at.nameSpace + u'/' + at.name))
                wanted = &row;
        }
        QVERIFY(wanted);
        const models::FindingRow row = *wanted;
        m_window->showPage(u"routing"_s, row.finding.subject.nameSpace + u'/' + row.finding.subject.name);
        const QSignalSpy muted(&m_window->docks().problems(), &ui::ProblemsPanel::muteRequested);
        const QList<Entry> entries = palette(u"mute "_s + row.finding.code);
        QVERIFY(!entries.isEmpty());
        QVERIFY2(entries.first().text.startsWith(u"Mute %1…"_s.arg(row.finding.code)),
                 qPrintable(entries.first().text));
        runFirst();
        QTRY_VERIFY(find<QLineEdit>(u"askField"_s));
        QTest::keyClicks(find<QLineEdit>(u"askField"_s), u"known"_s);
        QTest::keyClick(find<QLineEdit>(u"askField"_s), Qt::Key_Return);
        QCOMPARE(muted.count(), 1);
        QCOMPARE(muted.first().first().toStringList(), QStringList{row.key});
    }

    void aSecretIsRevealedOrTheRoleIsShown()
    {
        models::CertificateRow row = m_world->certificateRows[1];
        const models::ObjectRef secret{u"Secret"_s, u"ambassador"_s, u"edge-tls"_s};
        row.storedAt = secret;
        m_world->certificates.apply({{row}, {}, true});
        const QString key = row.key;
        m_window->showPage(u"certificates"_s, key);
        QVERIFY(!palette(u"reveal tls.key"_s).isEmpty());
        QVERIFY(!find<QListView>(u"paletteList"_s)
                     ->model()
                     ->index(0, 0)
                     .data(ui::LineDelegate::DimRole)
                     .toBool());
        closePalette();
        const QString right = u"`get` on `secrets` in `%1`"_s.arg(secret.nameSpace);
        m_window->pages().certificates->setForbidden(
            {{u"reveal/%1/%2"_s.arg(secret.nameSpace, secret.name), right}});
        const QList<Entry> entries = palette(u"reveal tls.key"_s);
        QVERIFY(entries.first().isGreyed);
        QCOMPARE(entries.first().side, u"needs "_s + right);
        closePalette();
        auto *role = find<QPushButton>(u"certificateRole"_s); // beside the button that is greyed
        QTRY_VERIFY(role->isVisible());
        role->click();
        QTRY_VERIFY(find<QPlainTextEdit>(u"rightsRole"_s));
        QVERIFY(find<QPlainTextEdit>(u"rightsRole"_s)->toPlainText().contains(u"resources: [\"secrets\"]"_s));
    }

    void aChangeIsRevertedFromThePalette()
    {
        m_window->showPage(u"activity"_s);
        auto *table = find<QTableView>(u"journalTable"_s);
        int at = -1;
        for (int row = 0; row < table->model()->rowCount() && at < 0; ++row) {
            const QString key =
                table->model()->index(row, 0).data(models::TableModelBase::KeyRole).toString();
            if (const models::JournalRow *entry = m_world->journal.find(key);
                entry && entry->entry.canBeTakenBack())
                at = row;
        }
        QVERIFY(at >= 0);
        table->setCurrentIndex(table->model()->index(at, 0));
        const QSignalSpy reverted(m_window->pages().activity, &ui::ActivityPage::revertRequested);
        QVERIFY(!palette(u"revert"_s).isEmpty());
        QVERIFY(find<QListView>(u"paletteList"_s)
                    ->model()
                    ->index(0, 0)
                    .data()
                    .toString()
                    .startsWith(u"Revert…"_s));
        runFirst();
        QCOMPARE(reverted.count(), 1);
    }

    void theDocksRowsHaveTheirs()
    {
        m_window->docks().open(u"problems"_s);
        auto *table = find<QTableView>(u"problemsTable"_s);
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 0));
        QStringList ids;
        for (const ui::ObjectAction &each : m_window->registry().objectActions())
            ids.append(each.id);
        QCOMPARE(ids, (QStringList{u"goTo"_s, u"fix"_s, u"mute"_s}));
    }

    void aMessageAboutARightLeadsToTheRole()
    {
        m_window->report(
            models::Severity::Error,
            u"this needs `get` on `secrets` in `shop`, and user “jane” of context prod has no such "
            "right; ask whoever manages this cluster for it, or use another context"_s);
        auto *action = find<QWidget>(u"report"_s)->findChild<QPushButton *>(u"bannerAction"_s);
        QCOMPARE(action->text(), u"Show the ClusterRole…"_s);
        action->click();
        QTRY_VERIFY(find<QPlainTextEdit>(u"rightsRole"_s));
        QVERIFY(find<QPlainTextEdit>(u"rightsRole"_s)->toPlainText().contains(u"--namespace=shop"_s));
    }

    void aRefusedReviewLeadsToTheRole()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Change it"_s);
        auto *role = dialog->findChild<QPushButton *>(u"confirmRole"_s);
        QVERIFY(!role->isVisible());
        dialog->setFailed(
            u"this needs `patch` on `deployments.apps` in `edge`, and user “jane” of context prod has "
            "no such right"_s);
        QTRY_VERIFY(role->isVisible());
        role->click();
        QTRY_VERIFY(dialog->findChild<QPlainTextEdit *>(u"rightsRole"_s));
        QVERIFY(
            dialog->findChild<QPlainTextEdit *>(u"rightsRole"_s)->toPlainText().contains(u"[\"apps\"]"_s));
    }

    void theRoleHasAllThatIsMissing_data()
    {
        QTest::addColumn<QStringList>("missing");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("none") << QStringList() << QStringList();
        QTest::newRow("words without a right")
            << QStringList{u"this context is read-only"_s} << QStringList();
        QTest::newRow("one") << QStringList{u"`patch` on `mappings.getambassador.io` in `shop`"_s}
                             << QStringList{u"[\"getambassador.io\"]"_s, u"[\"mappings\"]"_s,
                                            u"[\"get\", \"patch\"]"_s, u"rolebinding"_s,
                                            u"--namespace=shop"_s};
        QTest::newRow("two in one")
            << QStringList{u"`create` on `pods/portforward` in `edge` and `patch` on `deployments.apps` in `edge`"_s}
            << QStringList{u"[\"pods/portforward\"]"_s, u"[\"deployments\"]"_s, u"[\"apps\"]"_s};
        QTest::newRow("of the whole cluster")
            << QStringList{u"`patch` on `meshpolicies.authentication.istio.io` in the whole cluster"_s}
            << QStringList{u"[\"authentication.istio.io\"]"_s, u"clusterrolebinding"_s};
        QTest::newRow("of one object") << QStringList{u"`get` on `secrets` “edge-tls” in `web`"_s}
                                       << QStringList{u"[\"secrets\"]"_s, u"[\"get\"]"_s};
    }
    void theRoleHasAllThatIsMissing()
    {
        QFETCH(QStringList, missing);
        QFETCH(QStringList, parts);
        const QString role = models::roleForRights(missing);
        QCOMPARE(role.isEmpty(), parts.isEmpty());
        for (const QString &part : std::as_const(parts))
            QVERIFY2(role.contains(part), qPrintable(part + u'\n' + role));
    }
};

SALLYPORT_TEST(object_actions_test, ObjectActionsTest)
#include "object_actions_test.moc"
