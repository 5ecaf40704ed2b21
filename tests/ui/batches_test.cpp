// SPDX-License-Identifier: GPL-3.0-or-later
// A batch of changed rows is one thing to a page, however many runs of rows it changes: the window stays quick in a flood.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/routing_page.h"
#include "ui/table_view.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>

using namespace Qt::StringLiterals;

namespace {

// Counts how often somebody looks at the rows below a path: the partners of a Mapping.
class CountedRoutes : public models::RouteTree
{
public:
    using RouteTree::RouteTree;
    int rowCount(const QModelIndex &parent) const override
    {
        looks += parent.isValid() && parent.parent().isValid();
        return RouteTree::rowCount(parent);
    }
    mutable int looks = 0;
};

template<typename Row>
QStringList everyOther(const models::TableModel<Row> &model)
{
    QStringList keys;
    for (int row = 0; row < model.rowCount(); row += 2)
        keys.append(model.keyAt(row));
    return keys;
}

} // namespace

class BatchesTest : public QObject, WindowFixture
{
    Q_OBJECT

    // One signal a run, and one answer.
    template<typename Row>
    void change(models::TableModel<Row> &model)
    {
        const QSignalSpy runs(&model, &QAbstractItemModel::dataChanged);
        model.readAgain(everyOther(model));
        QVERIFY(runs.size() > 2);
        QCoreApplication::processEvents();
    }

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void theDetailOfAMappingIsShownOnce()
    {
        CountedRoutes routes;
        routes.setNodes(models::routeNodes(m_world->view));
        ui::RoutingPage page;
        page.setMappings(m_world->mappings);
        page.setRoutes(routes);
        page.goTo(u"team-a/orders"_s);
        QCOMPARE(page.currentKey(), u"team-a/orders"_s);
        QCoreApplication::processEvents();
        routes.looks = 0;
        m_world->mappings.readAgain({u"team-a/orders"_s});
        QCoreApplication::processEvents();
        const int once = std::exchange(routes.looks, 0);
        QVERIFY(once > 0);
        change(m_world->mappings);
        QCOMPARE(routes.looks, once);
    }

    void pagesCountOnce()
    {
        const QSignalSpy mesh(m_window->pages().mesh, &ui::PageFrame::badgeChanged);
        change(m_world->postures);
        QCOMPARE(mesh.size(), 1);
        const QSignalSpy problems(&m_window->docks().problems(), &ui::ProblemsPanel::countChanged);
        change(m_world->findingRows);
        QCOMPARE(problems.size(), 1);
        QCoreApplication::processEvents();
        const QSignalSpy certificates(m_window->pages().certificates, &ui::PageFrame::badgeChanged);
        change(m_world->certificates);
        QCOMPARE(certificates.size(), 1);
    }

    // The count of what is selected needs none of its keys, and says the same.
    void whatIsSelectedIsCountedByItsRuns()
    {
        m_window->showPage(u"routing"_s);
        auto *table = find<ui::TableView>(u"mappingsTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 10);
        QCOMPARE(table->selectedCount(), int(table->selectedKeys().size()));
        table->selectAll();
        QCOMPARE(table->selectedCount(), table->model()->rowCount());
        QCOMPARE(table->selectedKeys().size(), table->model()->rowCount());
        table->selectionModel()->select(table->model()->index(3, 0),
                                        QItemSelectionModel::Deselect | QItemSelectionModel::Rows);
        table->selectionModel()->select(table->model()->index(5, 0),
                                        QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
        QCOMPARE(table->selectedCount(), table->model()->rowCount() - 2);
        QCOMPARE(table->selectedKeys().size(), table->model()->rowCount() - 2);
        find<QLineEdit>(u"mappingsFilter"_s)->setText(u"team-a"_s);
        QTRY_VERIFY(table->hiddenSelected() > 0);
        QCOMPARE(table->selectedCount(), int(table->selectedKeys().size()));
    }
};

SALLYPORT_TEST(batches_test, BatchesTest)
#include "batches_test.moc"
