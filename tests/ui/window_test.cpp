// SPDX-License-Identifier: GPL-3.0-or-later
// The window by keyboard: pages, panes, palette, themes; that every widget one can reach has a name and no
// shortcut is given twice.
#include "tests/support/test_class.h"
#include "tests/ui/drawn_text.h"
#include "tests/ui/window_fixture.h"
#include "ui/command_palette.h"
#include "ui/page_frame.h"
#include "ui/pages/routing_tabs.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/sidebar.h"
#include "ui/state_panel.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;

class WindowTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void controlAndADigitShowsThePage_data()
    {
        QTest::addColumn<int>("digit");
        QTest::addColumn<QString>("page");
        const QStringList pages{u"overview"_s, u"routing"_s, u"certificates"_s, u"mesh"_s,
                                u"metrics"_s,  u"request"_s, u"guide"_s,        u"activity"_s};
        for (int i = 0; i < pages.size(); ++i)
            QTest::newRow(qPrintable(pages[i])) << i + 1 << pages[i];
    }

    void controlAndADigitShowsThePage()
    {
        QFETCH(int, digit);
        QFETCH(QString, page);
        QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_0 + digit), Qt::ControlModifier);
        QCOMPARE(m_window->currentPage(), page);
        QVERIFY(m_window->page(page)->isVisible());
        QVERIFY(!m_window->page(page)->state());
        QVERIFY(find<ui::SidebarItem>(page + u"Item"_s)->isChecked());
    }

    void arrowsMoveInTheSidebar()
    {
        find<ui::SidebarItem>(u"overviewItem"_s)->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
    }

    void backAndForwardWalkTheHistory()
    {
        m_window->showPage(u"guide"_s);
        m_window->showPage(u"mesh"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_window->currentPage(), u"guide"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_window->currentPage(), u"overview"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_window->currentPage(), u"overview"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(m_window->currentPage(), u"guide"_s);
    }

    void f6GoesAroundThePanesAndBack()
    {
        m_window->showPage(u"routing"_s);
        QWidget *start = find<ui::SidebarItem>(u"routingItem"_s);
        start->setFocus();
        QSet<QWidget *> seen;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(m_window.get(), Qt::Key_F6);
            seen.insert(QApplication::focusWidget());
        }
        QCOMPARE(seen.size(), 4); // chooser, table, detail, and the sidebar again
        QVERIFY(seen.contains(start));
        QVERIFY(seen.contains(find<QTableView>(u"mappingsTable"_s)));
        QTest::keyClick(m_window.get(), Qt::Key_F6, Qt::ShiftModifier);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"mappingDetail"_s);
    }

    void f5AsksForEverythingAgain()
    {
        const QSignalSpy asked(m_window.get(), &ui::MainWindow::refreshRequested);
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QCOMPARE(asked.count(), 1);
    }

    void thePaletteFindsAMappingAndGoesThere()
    {
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *palette = find<ui::CommandPalette>(u"commandPalette"_s);
        QVERIFY(palette);
        QTest::keyClicks(palette->findChild<QLineEdit *>(u"paletteField"_s), u"backend quote"_s);
        QCOMPARE(palette->shown(), 1);
        QTest::keyClick(palette->findChild<QLineEdit *>(u"paletteField"_s), Qt::Key_Return);
        QTRY_COMPARE(m_window->currentPage(), u"routing"_s);
        QTRY_COMPARE(find<QWidget>(u"mappingDetail"_s)->findChild<QLabel *>(u"detailTitle"_s)->text(),
                     u"quote-backend"_s);
        QTRY_VERIFY(!find<ui::CommandPalette>(u"commandPalette"_s));
    }

    void aPaletteThatFindsNothingSaysSo()
    {
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *palette = find<ui::CommandPalette>(u"commandPalette"_s);
        auto *field = palette->findChild<QLineEdit *>(u"paletteField"_s);
        QTest::keyClicks(field, u"nothing-is-called-so"_s);
        QCOMPARE(palette->shown(), 0);
        const auto *none = palette->findChild<QLabel *>(u"paletteNone"_s);
        QVERIFY(none->isVisible() && none->text().contains(u"nothing-is-called-so"_s));
        field->clear();
        QVERIFY(palette->shown() > 0 && !none->isVisible());
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_VERIFY(!find<ui::CommandPalette>(u"commandPalette"_s));
    }

    void thePaletteFindsObjectsOfEveryPage_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("page");
        QTest::newRow("a certificate") << u"edge-tls"_s << u"certificates"_s;
        QTest::newRow("a workload") << u"shop/cart:"_s << u"mesh"_s;
    }
    void thePaletteFindsObjectsOfEveryPage()
    {
        QFETCH(QString, typed);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *field = find<QLineEdit>(u"paletteField"_s);
        QTest::keyClicks(field, typed);
        QTest::keyClick(field, Qt::Key_Return);
        QTEST(m_window->currentPage(), "page");
    }

    void thePaletteTestsAUrlThatIsTyped()
    {
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *field = find<QLineEdit>(u"paletteField"_s);
        QTest::keyClicks(field, u"http://api.example.com/v1/x"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_window->currentPage(), u"request"_s);
        QCOMPARE(find<QLineEdit>(u"requestUrl"_s)->text(), u"http://api.example.com/v1/x"_s);
    }

    void choosingANamespaceFiltersThePages()
    {
        m_window->showPage(u"routing"_s);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 40);
        find<QComboBox>(u"namespaceChooser"_s)->setCurrentText(u"team-a"_s);
        QTRY_COMPARE(table->model()->rowCount(), 3);
        m_window->setNamespaces(
            {u"default"_s, u"team-b"_s}); // the chosen one stays chosen although it went away
        QCOMPARE(find<QComboBox>(u"namespaceChooser"_s)->currentText(), u"team-a"_s);
    }

    void whereNamespacesAreNotListedOneCanBeNamed()
    {
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::namespaceChosen);
        auto *chooser = find<QComboBox>(u"namespaceChooser"_s);
        m_window->setNamespaces({u"default"_s}, false);
        QCOMPARE(chooser->count(), 3);
        chooser->setFocus();
        QTest::keyClick(chooser, Qt::Key_Down); // opens the list
        QTRY_VERIFY(chooser->view()->isVisible());
        QTest::keyClick(chooser->view(), Qt::Key_End);
        QTest::keyClick(chooser->view(), Qt::Key_Return);
        QCOMPARE(chooser->currentText(), u"All namespaces"_s); // until a name is typed
        QVERIFY(chosen.isEmpty());
        QTRY_VERIFY(find<QLineEdit>(u"askField"_s));
        auto *field = find<QLineEdit>(u"askField"_s);
        QTest::keyClicks(field, u" team-x "_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toString(), u"team-x"_s);
        QCOMPARE(chooser->currentText(), u"team-x"_s);
        m_window->setNamespaces({u"default"_s}, false); // the next reading knows it as little
        QCOMPARE(chooser->currentText(), u"team-x"_s);
        QCOMPARE(chooser->itemText(chooser->count() - 1), u"Another namespace…"_s);
        m_window->setNamespaces({u"default"_s, u"team-x"_s}); // the right was given
        QCOMPARE(chooser->count(), 3);
        QCOMPARE(chosen.size(), 1);
    }

    void theChoiceOfAContextIsAWish()
    {
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::contextChosen);
        auto *contexts = find<QComboBox>(u"contextChooser"_s);
        contexts->setFocus();
        QTest::keyClick(contexts, Qt::Key_Down); // only opens the list
        QCOMPARE(chosen.count(), 0);
        QTest::keyClick(contexts->view(), Qt::Key_Down);
        QTest::keyClick(contexts->view(), Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toString(), u"kind-dev"_s);
    }

    void noShortcutIsGivenTwice()
    {
        QHash<QString, QString> owner;
        for (const QAction *action : m_window->findChildren<QAction *>()) {
            for (const QKeySequence &keys : action->shortcuts()) {
                const QString text = keys.toString();
                QVERIFY2(!owner.contains(text),
                         qPrintable(text + u": "_s + owner.value(text) + u" and "_s + action->objectName()));
                owner.insert(text, action->objectName());
                QVERIFY2(!text.contains(u"Ctrl+Alt"_s), qPrintable(text)); // AltGr of European keyboards
            }
        }
        QVERIFY(owner.size() >= 20);
    }

    void everyWidgetThatTakesTheFocusHasAName()
    {
        QStringList nameless;
        for (const QString &id : m_window->pageIds()) {
            m_window->showPage(id);
            for (QWidget *widget : m_window->findChildren<QWidget *>()) {
                if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus))
                    continue;
                QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(widget);
                if (accessible && accessible->text(QAccessible::Name).isEmpty())
                    nameless.append(id + u": "_s + QString::fromLatin1(widget->metaObject()->className())
                                    + u' ' + widget->objectName());
            }
        }
        nameless.removeDuplicates();
        QCOMPARE(nameless.join(u'\n'), QString());
    }

    void thePaletteFindsEachTabOfRouting_data()
    {
        QTest::addColumn<int>("tab");
        for (int tab = 0; tab < 5; ++tab)
            QTest::newRow(qPrintable(ui::routingTabName(tab))) << tab;
    }
    void thePaletteFindsEachTabOfRouting()
    {
        QFETCH(int, tab);
        auto *tabs = find<QTabBar>(u"routingTabs"_s);
        tabs->setCurrentIndex(tab == 0 ? 1 : 0);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *field = find<QLineEdit>(u"paletteField"_s);
        QTest::keyClicks(field, u"routing: "_s + ui::routingTabName(tab).toLower());
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
        QCOMPARE(tabs->currentIndex(), tab);
    }

    void theSettingsHaveTheirKey()
    {
        QTest::keyClick(m_window.get(), Qt::Key_Comma, Qt::ControlModifier);
        QTRY_VERIFY(find<QMenu>(u"settingsMenu"_s) && find<QMenu>(u"settingsMenu"_s)->isVisible());
        QTest::keyClick(find<QMenu>(u"settingsMenu"_s), Qt::Key_Escape);
        QTRY_VERIFY(!find<QMenu>(u"settingsMenu"_s));
    }

    void theShortcutSheetOpensAndCloses()
    {
        QTest::keyClick(m_window.get(), Qt::Key_F1);
        auto *sheet = find<QDialog>(u"shortcutSheet"_s);
        QVERIFY(sheet && sheet->isVisible());
        QTest::keyClick(sheet, Qt::Key_Escape);
        QTRY_VERIFY(!find<QDialog>(u"shortcutSheet"_s));
    }

    void everyActionIsInOneMenu()
    {
        QMap<QString, int> menus;
        for (const QMenu *menu : m_window->menuBar()->findChildren<QMenu *>()) {
            for (const QAction *action : menu->actions()) {
                if (!action->isSeparator())
                    ++menus[action->objectName()];
            }
        }
        for (const QAction *action : m_window->actions())
            QVERIFY2(menus.value(action->objectName()) == 1, qPrintable(action->objectName()));
        QCOMPARE(menus.size(), m_window->actions().size());
    }

    void f10OpensTheMenuBarForOnce()
    {
        QMenuBar *bar = m_window->menuBar();
        QVERIFY(!bar->isVisible());
        QTest::keyClick(m_window.get(), Qt::Key_F10);
        auto *file = bar->findChild<QMenu *>(u"file"_s);
        QTRY_VERIFY(bar->isVisible() && file->isVisible());
        QTest::keyClick(file, Qt::Key_Escape);
        QTRY_VERIFY(!bar->isVisible());
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::menuBarChosen);
        find<QAction>(u"menuBarAction"_s)->trigger();
        QVERIFY(bar->isVisible());
        QCOMPARE(chosen.count(), 1);
    }

    // As a menu bar that is seen does.
    void altOpensTheHiddenMenuBarForOnce_data()
    {
        QTest::addColumn<int>("key"); // with Alt; 0: Alt by itself
        QTest::addColumn<QString>("menu");
        QTest::newRow("Alt") << 0 << u"file"_s;
        for (const char *id : {"file", "edit", "view", "help"}) {
            const QString title = ui::ActionRegistry::menuTitle(QString::fromLatin1(id));
            QTest::newRow(id) << int(QKeySequence::mnemonic(title)[0].key()) << QString::fromLatin1(id);
        }
    }
    void altOpensTheHiddenMenuBarForOnce()
    {
        QFETCH(int, key);
        QFETCH(QString, menu);
        QMenuBar *bar = m_window->menuBar();
        m_window->showPage(u"routing"_s);
        QWidget *focus = find<QWidget>(u"mappingsTable"_s);
        focus->setFocus();
        if (key == 0) {
            QTest::keyPress(focus, Qt::Key_Alt, Qt::AltModifier); // and another key: no menu is meant
            QTest::keyClick(focus, Qt::Key_Left, Qt::AltModifier);
            QTest::keyRelease(focus, Qt::Key_Alt);
            QVERIFY(!bar->isVisible());
            m_window->showPage(u"routing"_s);
            focus->setFocus();
            QTest::keyPress(focus, Qt::Key_Alt, Qt::AltModifier);
            QTest::keyRelease(focus, Qt::Key_Alt);
        } else {
            QTest::keyClick(focus, Qt::Key(key), Qt::AltModifier);
        }
        auto *opened = bar->findChild<QMenu *>(menu);
        QTRY_VERIFY(bar->isVisible() && opened->isVisible());
        QTest::keyClick(opened, Qt::Key_Escape);
        QTRY_VERIFY(!bar->isVisible());
    }

    void theNameOfThePageIsNotCutByItsBadge()
    {
        m_window->resize(1280, 800);
        m_window->showPage(u"guide"_s);
        auto *item = find<ui::SidebarItem>(u"guideItem"_s);
        item->setBadge(u"5/11"_s, models::Severity::Warning);
        QStringList words;
        for (const DrawnText &each : drawnTexts(*item))
            words.append(each.text);
        QVERIFY2(words.contains(u"Integration guide"_s), qPrintable(words.join(u" | "_s)));
    }

    // Permanent: on every page and where nothing is connected yet; there is nothing to press it away with.
    void whoSkipsTlsVerificationIsToldAllTheTime()
    {
        auto *banner = find<ui::Banner>(u"unverified"_s);
        QVERIFY(banner && !banner->isVisible());
        models::ConnectionState state = m_world->connection(models::ConnectionState::Phase::Live);
        state.isUnverified = true;
        m_window->setConnection(state);
        for (const QString &id : m_window->pageIds()) {
            QVERIFY(m_window->showPage(id));
            QVERIFY2(banner->isVisible() && banner->text().contains(state.context), qPrintable(id));
            QVERIFY(banner->findChildren<QAbstractButton *>().isEmpty()
                    || !banner->findChild<QAbstractButton *>()->isVisible());
        }
        state.phase = models::ConnectionState::Phase::Connecting;
        m_window->setConnection(state);
        QVERIFY(banner->isVisible());
        state.isUnverified = false;
        m_window->setConnection(state);
        QVERIFY(!banner->isVisible());
    }

    void aPauseIsSaidUntilItIsOver()
    {
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::pauseChosen);
        const auto *banner = find<QWidget>(u"paused"_s);
        QVERIFY(!banner->isVisible());
        const auto *page = m_window->page(m_window->currentPage());
        const auto placeOf = [this](const QWidget *widget) {
            return QRect(widget->mapTo(m_window.get(), QPoint()), widget->size());
        };
        const QRect before = placeOf(page);
        QTest::keyClick(m_window.get(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(banner->isVisible() && m_window->isPaused());
        QVERIFY2(banner->accessibleName().contains(u"Paused since "_s), qPrintable(banner->accessibleName()));
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        QCOMPARE(placeOf(page), before); // nothing moves under the eyes
        QVERIFY2(placeOf(banner).top() >= before.bottom(), "it stands above the page");
        QVERIFY(find<QWidget>(u"liveChip"_s)->accessibleName().contains(u"Paused"_s));
        QCOMPARE(chosen.last().first().toBool(), true);
        QTest::keyClick(banner->findChild<QAbstractButton *>(), Qt::Key_Space); // Resume
        QVERIFY(!banner->isVisible() && !m_window->isPaused());
        QCOMPARE(chosen.last().first().toBool(), false);
        m_window->setConnection({}); // nothing comes in: there is nothing to pause
        QTest::keyClick(m_window.get(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!m_window->isPaused());
        QCOMPARE(chosen.count(), 2);
    }

    void compactRowsAreLower()
    {
        m_window->showPage(u"routing"_s);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        QCOMPARE(table->rowHeight(0), 32);
        QTest::keyClick(m_window.get(), Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(table->rowHeight(0), 26);
    }

    void columnsGiveWayAndFillTheTable()
    {
        m_window->showPage(u"routing"_s);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        const QHeaderView *header = table->horizontalHeader();
        QTRY_COMPARE(table->model()->rowCount(), 40);
        int before = header->count() + 1;
        for (const int width : {2200, 1440, 1000}) {
            m_window->resize(width, 800);
            QTRY_COMPARE(header->length(), table->viewport()->width());
            const int shown = header->count() - header->hiddenSectionCount();
            QVERIFY2(shown < before, qPrintable(u"%1 columns at %2"_s.arg(shown).arg(width)));
            before = shown;
        }
        QVERIFY(!table->isColumnHidden(1) && !table->isColumnHidden(2)); // state and prefix stay
    }

    void aReportStaysUntilItIsDismissed()
    {
        m_window->report(models::Severity::Error, u"The change was not kept"_s);
        QVERIFY(find<QWidget>(u"report"_s)->isVisible());
        QTest::keyClick(find<QWidget>(u"report"_s)->findChild<QAbstractButton *>(), Qt::Key_Space);
        QVERIFY(!find<QWidget>(u"report"_s)->isVisible());
        // A receipt goes by itself, an error stays.
        m_window->report(models::Severity::Good, u"Copied."_s);
        QVERIFY(find<QTimer>(u"reportEnd"_s)->isActive());
        m_window->report(models::Severity::Error, u"It could not be written."_s);
        QVERIFY(!find<QTimer>(u"reportEnd"_s)->isActive());
        QVERIFY(find<QWidget>(u"report"_s)->isVisible());
        m_window->report(models::Severity::Info, u"Copied."_s);
        find<QTimer>(u"reportEnd"_s)->start(0);
        QTRY_VERIFY(!find<QWidget>(u"report"_s)->isVisible());
    }

    // Below the title, one at a time; what was said of one page is not said of another.
    void aReportStandsBelowTheTitleAndGoesWithItsPage()
    {
        m_window->setConnection(m_world->connection(models::ConnectionState::Phase::Stale));
        m_window->showPage(u"routing"_s);
        auto *report = find<QWidget>(u"report"_s);
        auto *stale = find<QWidget>(u"routingStale"_s);
        QVERIFY(stale->isVisible());
        m_window->report(models::Severity::Good, u"One change written"_s);
        const QLabel *facts = find<QLabel>(u"routingFacts"_s);
        QVERIFY(report->isVisible() && !stale->isVisible());
        QVERIFY(report->mapTo(m_window.get(), QPoint()).y() >= facts->mapTo(m_window.get(), QPoint()).y());
        m_window->showPage(u"activity"_s);
        QVERIFY(!report->isVisible());
        m_window->showPage(u"routing"_s);
        QVERIFY(!report->isVisible() && stale->isVisible());
        m_window->reportOfAll(models::Severity::Warning, u"The kubeconfig cannot be read"_s);
        m_window->showPage(u"activity"_s);
        QVERIFY(report->isVisible());
        m_window->showWelcome();
        QVERIFY(report->isVisible());
    }

    // Enter on a half-typed word never breaks the demo cluster.
    void thePaletteHoldsBackWhatBreaksTheDemo_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("first"); // part of the first entry; "" the palette has chosen none
        QTest::addColumn<bool>("isSwitched");
        QTest::newRow("an object's name") << u"orders"_s << u"team-a/orders"_s << false;
        QTest::newRow("a kind") << u"mapping"_s << u"/"_s << false;
        QTest::newRow("a namespace and a path") << u"ns:team-a /orders"_s << u"team-a/orders"_s << false;
        QTest::newRow("a page") << u"guide"_s << u"guide"_s << false;
        QTest::newRow("words of an incident alone") << u"up to 130"_s << QString() << false;
        QTest::newRow("its name") << u"canary-over-100"_s << u"130 per cent"_s << true;
    }
    void thePaletteHoldsBackWhatBreaksTheDemo()
    {
        QFETCH(QString, typed);
        QFETCH(QString, first);
        QFETCH(bool, isSwitched);
        m_window->setIncidents(
            {{u"canary-over-100"_s, u"The weights of /orders/ add up to 130 per cent"_s, false},
             {u"mapping-guide"_s, u"A mapping of the guide goes"_s, false}});
        const QSignalSpy switched(m_window.get(), &ui::MainWindow::incidentSwitched);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *field = find<QLineEdit>(u"paletteField"_s);
        QTest::keyClicks(field, typed);
        const QString chosen = find<QListView>(u"paletteList"_s)->currentIndex().data().toString();
        QVERIFY2(first.isEmpty() ? chosen.isEmpty() : chosen.contains(first, Qt::CaseInsensitive),
                 qPrintable(chosen));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(switched.count(), isSwitched ? 1 : 0);
    }

    void anEmptyPaletteBeginsWithThePages()
    {
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        const auto *list = find<QListView>(u"paletteList"_s);
        for (int i = 0; i < m_window->pageIds().size(); ++i)
            QCOMPARE(list->model()->index(i, 0).data().toString(),
                     m_window->page(m_window->pageIds()[i])->title());
    }
};

SALLYPORT_TEST(window_test, WindowTest)
#include "window_test.moc"
