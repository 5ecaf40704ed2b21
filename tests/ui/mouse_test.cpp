// SPDX-License-Identifier: GPL-3.0-or-later
// Every page with the mouse alone: what is clicked answers as its key does.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/docks/dock_area.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/routing_page.h"
#include "ui/shell/sidebar.h"
#include "ui/table_pane.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

using namespace Qt::StringLiterals;

class MouseTest : public QObject, WindowFixture
{
    Q_OBJECT

    void click(const QString &name) const
    {
        auto *widget = find<QWidget>(name);
        QVERIFY2(widget, qPrintable(name));
        QTRY_VERIFY2(widget->isVisible() && widget->isEnabled(), qPrintable(name));
        QTest::mouseClick(widget, Qt::LeftButton);
    }
    static QPoint middleOf(const QAbstractItemView &view, const QModelIndex &index)
    {
        return view.visualRect(index).center();
    }
    void clickRow(const QString &name, int row, Qt::KeyboardModifiers modifiers = {}) const
    {
        auto *view = find<QAbstractItemView>(name);
        QTRY_VERIFY2(view && view->isVisible() && view->model()->rowCount() > row, qPrintable(name));
        const QModelIndex index = view->model()->index(row, 0);
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, modifiers, middleOf(*view, index));
        QCOMPARE(view->currentIndex().row(), row);
    }
    void doubleClickRow(const QString &name, int row) const
    {
        clickRow(name, row);
        auto *view = find<QAbstractItemView>(name);
        QTest::mouseDClick(view->viewport(), Qt::LeftButton, {},
                           middleOf(*view, view->model()->index(row, 0)));
    }
    void clickTab(const QString &name, int tab) const
    {
        auto *tabs = find<QTabBar>(name);
        QTRY_VERIFY2(tabs && tabs->isVisible(), qPrintable(name));
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(tab).center());
        QCOMPARE(tabs->currentIndex(), tab);
    }
    void open(const QString &page) const { click(page + u"Item"_s); }
    QMenu *openMenu(const QString &name) const
    {
        QMenu *menu = nullptr;
        for (QMenu *each : m_window->findChildren<QMenu *>(name))
            menu = each->isVisible() ? each : menu;
        return menu;
    }
    void choose(const QString &menuName, const QString &text) const
    {
        QTRY_VERIFY2(openMenu(menuName), qPrintable(menuName));
        QMenu *menu = openMenu(menuName);
        for (QAction *action : menu->actions()) {
            if (action->text().startsWith(text))
                return QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        }
        QFAIL(qPrintable(text));
    }

private Q_SLOTS:
    void init()
    {
        openWindow();
        m_window->resize(1280, 800);
        QApplication::clipboard()->clear();
    }
    void cleanup()
    {
        while (QWidget *popup = QApplication::activePopupWidget())
            popup->close();
        closeWindow();
    }

    void overview()
    {
        open(u"mesh"_s);
        open(u"overview"_s);
        click(u"routingOpen"_s);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
        open(u"overview"_s);
        click(u"certificatesOpen"_s);
        QCOMPARE(m_window->currentPage(), u"certificates"_s);
        open(u"overview"_s);
        doubleClickRow(u"overviewFindings"_s, 0);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
        QTRY_VERIFY(!m_window->pages().routing->currentKey().isEmpty());
        open(u"overview"_s);
        m_window->resize(1280, 1000); // where all of it has room
        QTRY_VERIFY(find<QListView>(u"overviewChanges"_s)->isVisible());
        doubleClickRow(u"overviewChanges"_s, 0);
        QCOMPARE(m_window->currentPage(), u"activity"_s);
    }

    void routing()
    {
        open(u"routing"_s);
        clickRow(u"mappingsTable"_s, 2);
        const QString chosen = m_window->pages().routing->currentKey();
        QVERIFY(!chosen.isEmpty());
        clickTab(u"mappingParts"_s, 2);
        clickRow(u"mappingsTable"_s, 4, Qt::ControlModifier);
        QCOMPARE(find<ui::TablePane>(u"mappingsPane"_s)->selectedKeys().size(), 2);
        auto *header = find<QTableView>(u"mappingsTable"_s)->horizontalHeader();
        const int state = header->logicalIndexAt(header->sectionViewportPosition(1) + 20);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          QPoint(header->sectionViewportPosition(state) + 20, header->height() / 2));
        QVERIFY(!find<ui::TablePane>(u"mappingsPane"_s)->table().sortText().isEmpty());
        clickTab(u"routingTabs"_s, 1);
        QCOMPARE(m_window->pages().routing->currentTab(), u"hosts"_s);
        clickTab(u"routingTabs"_s, 0);
        clickRow(u"mappingsTable"_s, 0);
        clickTab(u"mappingParts"_s, 0);
        auto *test = find<QPushButton>(u"mappingTest"_s);
        QTRY_VERIFY(test->isVisible());
        QTest::mouseClick(test, Qt::LeftButton);
        QCOMPARE(m_window->currentPage(), u"request"_s);
    }

    void theMenuOfARow()
    {
        open(u"routing"_s);
        clickRow(u"mappingsTable"_s, 3);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        const QPoint at = middleOf(*table, table->currentIndex());
        QContextMenuEvent wish(QContextMenuEvent::Mouse, at, table->viewport()->mapToGlobal(at));
        QApplication::sendEvent(table->viewport(), &wish);
        choose(u"rowMenu"_s, u"Copy the names"_s);
        QCOMPARE(QApplication::clipboard()->text(), m_window->pages().routing->currentKey());
    }

    void certificates()
    {
        open(u"certificates"_s);
        clickRow(u"certificatesTable"_s, 1);
        QTRY_VERIFY(find<QWidget>(u"certificateDetail"_s)->isVisible());
        auto *tabs = find<QTabBar>(u"certificateParts"_s);
        const auto *chain = find<QWidget>(u"certificateChain"_s);
        const bool wasShown = chain->isVisible();
        for (const bool shown : {!wasShown, wasShown}) { // a press on the open one closes it
            QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(0).center());
            QCOMPARE(chain->isVisible(), shown);
            QVERIFY(tabs->isVisible());
        }
        const QSignalSpy asked(m_window->pages().certificates, &ui::CertificatesPage::checkRequested);
        clickRow(u"certificatesTable"_s, 1);
        click(u"certificateCopy"_s);
        QVERIFY(!QApplication::clipboard()->text().isEmpty());
        QTest::mouseClick(find<QPushButton>(u"certificateCheck"_s), Qt::LeftButton);
        QCOMPARE(asked.count(), find<QPushButton>(u"certificateCheck"_s)->isVisible() ? 1 : 0);
    }

    void mesh()
    {
        open(u"mesh"_s);
        auto *filter = find<QLineEdit>(u"posturesFilter"_s);
        const auto isPressed = [&] { // once the tile is where it stays
            if (filter->text().isEmpty())
                QTest::mouseClick(find<QWidget>(u"tile2"_s), Qt::LeftButton);
            return filter->text().startsWith(u"mode:"_s);
        };
        QTRY_VERIFY(isPressed());
        find<QLineEdit>(u"posturesFilter"_s)->clear();
        clickRow(u"posturesTable"_s, 0);
        const QSignalSpy wished(m_window->pages().mesh, &ui::MeshSecurityPage::modeRequested);
        click(u"meshSwitch"_s);
        QCOMPARE(wished.count(), 1);
        const QSignalSpy undone(m_window->pages().mesh, &ui::MeshSecurityPage::undoRequested);
        click(u"meshUndo"_s);
        QCOMPARE(undone.count(), 1);
    }

    void metrics()
    {
        open(u"metrics"_s);
        const QSignalSpy chosen(m_window->pages().metrics, &ui::MetricsPage::rangeChosen);
        QApplication::setDoubleClickInterval(1); // a list that a click has opened is deaf for so long
        auto *range = find<QComboBox>(u"metricsRange"_s);
        QTest::mouseClick(range, Qt::LeftButton);
        QTRY_VERIFY(range->view()->isVisible());
        const auto pick = [range] {
            if (range->view()->isVisible())
                QTest::mouseClick(range->view()->viewport(), Qt::LeftButton, {},
                                  middleOf(*range->view(), range->model()->index(3, 0)));
            return !range->view()->isVisible();
        };
        QTRY_VERIFY(pick());
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toInt(), 6 * 3600);
        clickRow(u"metricsTable"_s, 1);
    }

    void request()
    {
        open(u"request"_s);
        auto *url = find<QLineEdit>(u"requestUrl"_s);
        QTest::mouseClick(url, Qt::LeftButton);
        QVERIFY(url->hasFocus());
        QTest::keyClicks(url, u"http://api.example.com/backend/"_s);
        const QSignalSpy sent(m_window->pages().request, &ui::RequestPage::sendRequested);
        click(u"requestSend"_s);
        QCOMPARE(sent.count(), 1);
        click(u"requestHeadersButton"_s);
        QTRY_VERIFY(find<QPlainTextEdit>(u"requestHeaders"_s)->isVisible());
        m_window->pages().request->setOutcome(SampleWorld::outcome());
        clickTab(u"answerParts"_s, 1);
        QVERIFY(find<QPlainTextEdit>(u"answerBody"_s)->toPlainText().contains(u"server: envoy"_s));
    }

    void guide()
    {
        open(u"guide"_s);
        clickRow(u"guideSteps"_s, 3);
        QVERIFY(!m_window->pages().guide->currentStep().isEmpty());
        click(u"guideCopy"_s);
        QVERIFY(QApplication::clipboard()->text().contains(u"apiVersion"_s));
        clickRow(u"guideSteps"_s, 1);
        const QSignalSpy undone(m_window->pages().guide, &ui::GuidePage::undoRequested);
        click(u"guideUndo"_s);
        QCOMPARE(undone.count(), 1);
    }

    void activity()
    {
        open(u"activity"_s);
        clickRow(u"journalTable"_s, 0); // the newest
        const QSignalSpy wished(m_window->pages().activity, &ui::ActivityPage::revertRequested);
        click(u"activityRevert"_s);
        QCOMPARE(wished.count(), 1);
        QCOMPARE(wished.first().first().toInt(), 5);
        clickTab(u"activityParts"_s, 2);
    }

    void docks()
    {
        click(u"problemsDock"_s);
        QCOMPARE(m_window->docks().current(), u"problems"_s);
        clickRow(u"problemsTable"_s, 0);
        click(u"problemGoTo"_s);
        QVERIFY(m_window->currentPage() != u"overview"_s);
        clickTab(u"dockTabs"_s, 1);
        QCOMPARE(m_window->docks().current(), u"changes"_s);
        click(u"dockHide"_s);
        QCOMPARE(m_window->docks().current(), QString());
    }

    void theHeadingsMenuIsTheColumnChooser()
    {
        open(u"routing"_s);
        QWidget *headings = find<ui::TableView>(u"mappingsTable"_s)->horizontalHeader();
        QVERIFY(headings);
        QWidget *viewport = find<ui::TableView>(u"mappingsTable"_s)->horizontalHeader()->viewport();
        const QPoint at(60, 10);
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, viewport->mapToGlobal(at));
        QCoreApplication::sendEvent(viewport, &event);
        auto *menu = find<QMenu>(u"columnMenu"_s);
        QTRY_VERIFY(menu && menu->isVisible());
        QVERIFY(menu->geometry().contains(viewport->mapToGlobal(at)));
        choose(u"columnMenu"_s, u"Prefix"_s);
        QTRY_VERIFY(find<ui::TablePane>(u"mappingsPane"_s)->table().unwantedColumns().contains(u"prefix"_s));
    }

    void columnsAndExport()
    {
        open(u"routing"_s);
        clickRow(u"mappingsTable"_s, 0);
        click(u"mappingsColumns"_s);
        const int before = find<ui::TablePane>(u"mappingsPane"_s)->table().visibleColumns();
        choose(u"columnMenu"_s, u"Prefix"_s);
        QTRY_VERIFY(find<ui::TablePane>(u"mappingsPane"_s)->table().unwantedColumns().contains(u"prefix"_s));
        QVERIFY(before > 1);
        click(u"mappingsExport"_s);
        choose(u"exportMenu"_s, u"Copy as Markdown"_s);
        QTRY_VERIFY(QApplication::clipboard()->text().startsWith(u'|'));
    }
};

SALLYPORT_TEST(mouse_test, MouseTest)
#include "mouse_test.moc"
