// SPDX-License-Identifier: GPL-3.0-or-later
// A column of states sorts by how bad they are, the worst first, in every table.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/table_view.h"

#include <QHeaderView>

using namespace Qt::StringLiterals;

class SortingTest : public QObject, WindowFixture
{
    Q_OBJECT
private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void theWorstStateComesFirst_data()
    {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("column");
        QTest::newRow("a Mapping's state") << u"mappingsTable"_s << u"state"_s;
        QTest::newRow("a Mapping's TLS") << u"mappingsTable"_s << u"tls"_s;
        QTest::newRow("a certificate's checks") << u"certificatesTable"_s << u"checks"_s;
        QTest::newRow("a workload's mode") << u"posturesTable"_s << u"mode"_s;
        QTest::newRow("a change's result") << u"journalTable"_s << u"result"_s;
        QTest::newRow("a problem's code") << u"problemsTable"_s << u"code"_s;
    }
    void theWorstStateComesFirst()
    {
        QFETCH(QString, table);
        QFETCH(QString, column);
        QStringList tables;
        for (const auto *each : m_window->findChildren<ui::TableView *>())
            tables.append(each->objectName());
        auto *view = find<ui::TableView>(table);
        QVERIFY2(view, qPrintable(tables.join(u' ')));
        const auto severities = [&] {
            const auto *rows = qobject_cast<const models::RowOrder *>(view->model());
            const auto layout = qobject_cast<const models::TableModelBase *>(rows->sourceModel())->layout();
            int at = 0;
            while (layout[at].id != column)
                ++at;
            QList<int> list;
            for (int row = 0; row < rows->rowCount(); ++row)
                list.append(rows->index(row, at).data(models::TableModelBase::SeverityRole).toInt());
            return list;
        };
        QTRY_VERIFY(view->model()->rowCount() > 1);
        QList<int> worstFirst = severities();
        std::sort(worstFirst.rbegin(), worstFirst.rend());
        QVERIFY(worstFirst.first() != worstFirst.last());
        view->sortBy(column);
        QTRY_COMPARE(severities(), worstFirst);
        view->sortBy(column, Qt::DescendingOrder);
        std::reverse(worstFirst.begin(), worstFirst.end());
        QTRY_COMPARE(severities(), worstFirst);
    }
};

SALLYPORT_TEST(sorting_test, SortingTest)
#include "sorting_test.moc"
