// SPDX-License-Identifier: GPL-3.0-or-later
// Every table: names, the YAML and the commands of kubectl of the objects that its rows are about.
#include "models/analysis/staged_changes.h"
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/docks/dock_area.h"
#include "ui/table_pane.h"

#include <QClipboard>
#include <QSignalSpy>
#include <QTableView>

using namespace Qt::StringLiterals;

class CopyOfRowsTest : public QObject, WindowFixture
{
    Q_OBJECT

    static QString clipboard() { return QApplication::clipboard()->text(); }

    QTableView *tableOf(const QString &page, const QString &dock, const QString &table)
    {
        m_window->showPage(page);
        if (!dock.isEmpty())
            m_window->docks().open(dock);
        return find<QTableView>(table);
    }

private Q_SLOTS:
    void init()
    {
        openWindow();
        QApplication::clipboard()->clear();
    }
    void cleanup() { closeWindow(); }

    void everyTableCopiesItsObjects_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("dock");
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("key"); // part of the row's key; "" the first row
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("command"); // without its context
        const auto add = [](const char *row, const char *page, const char *dock, const char *table,
                            const QString &key, const char *name, const char *command) {
            QTest::newRow(row) << QString::fromLatin1(page) << QString::fromLatin1(dock)
                               << QString::fromLatin1(table) << key << QString::fromLatin1(name)
                               << QString::fromLatin1(command);
        };
        add("Mappings", "routing", "", "mappingsTable", u"default/quote-backend"_s, "default/quote-backend",
            "-n default get mappings.getambassador.io quote-backend -o yaml");
        add("certificates", "certificates", "", "certificatesTable", u"ambassador/edge-tls"_s,
            "ambassador/edge-tls", "-n ambassador get secret edge-tls -o yaml");
        add("workloads", "mesh", "", "posturesTable", u"default/quote"_s, "default/quote",
            "-n default get deployment quote -o yaml");
        add("the journal", "activity", "", "journalTable", u"5"_s, "istio-system/default",
            "-n istio-system get peerauthentications.security.istio.io default -o yaml");
        add("problems", "overview", "problems", "problemsTable", u"Mapping shop/web|"_s, "shop/web",
            "-n shop get mappings.getambassador.io web -o yaml");
        add("changes", "overview", "changes", "changesTable", u"5"_s, "istio-system/default",
            "-n istio-system get peerauthentications.security.istio.io default -o yaml");
    }

    void everyTableCopiesItsObjects()
    {
        QFETCH(QString, key);
        QFETCH(QString, name);
        QFETCH(QString, command);
        QFETCH(QString, page);
        QFETCH(QString, dock);
        QFETCH(QString, table);
        models::CertificateRow stored = m_world->certificateRows[1];
        stored.storedAt = {u"Secret"_s, u"ambassador"_s, u"edge-tls"_s};
        m_world->certificates.apply({{stored}, {}, true});
        QTableView *view = tableOf(page, dock, table);
        QTRY_VERIFY(view && view->isVisible() && view->model()->rowCount() > 0);
        int row = 0;
        QStringList keys;
        for (int i = view->model()->rowCount() - 1; i >= 0; --i) {
            keys.append(view->model()->index(i, 0).data(models::TableModelBase::KeyRole).toString());
            if (keys.last().contains(key))
                row = i;
        }
        QVERIFY2(!keys.filter(key).isEmpty(), qPrintable(keys.join(u'\n')));
        view->setCurrentIndex(view->model()->index(row, 0));
        view->setFocus();
        press(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(clipboard(), name);
        press(Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(clipboard(), u"kubectl --context eks-eu1 "_s + command);
        const QSignalSpy wanted(m_window.get(), &ui::MainWindow::yamlCopyRequested);
        press(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(wanted.count(), 1);
        const auto objects = wanted.first().first().value<QList<models::ObjectRef>>();
        QCOMPARE(objects.size(), 1);
        QCOMPARE(objects.first().nameSpace + u'/' + objects.first().name, name);
    }

    void whatIsInNoObjectHasNoYaml()
    {
        models::CertificateRow own = m_world->certificateRows.first();
        own.key = u"own"_s;
        own.storedAt = {u"Kubeconfig"_s, {}, u"eks-eu1"_s};
        m_world->certificates.setRows({own});
        m_window->showPage(u"certificates"_s, u"own"_s);
        auto *pane = find<ui::TablePane>(u"certificatesPane"_s);
        QTRY_COMPARE(pane->selectedKeys(), QStringList{u"own"_s});
        QVERIFY(!pane->can(u"copyYaml"_s));
        QVERIFY(!pane->can(u"copyCommands"_s));
        QVERIFY(pane->can(u"copyRows"_s));
    }

    // Two ports of one workload are one object.
    void anObjectIsCopiedOnce()
    {
        models::WorkloadPosture one;
        one.key = u"shop/web:80"_s;
        one.nameSpace = u"shop"_s;
        one.workload = u"web"_s;
        one.workloadKind = u"StatefulSet"_s;
        models::WorkloadPosture other = one;
        other.key = u"shop/web:443"_s;
        m_world->postures.setRows({one, other});
        m_window->showPage(u"mesh"_s);
        auto *table = find<QTableView>(u"posturesTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 2);
        table->setFocus();
        table->selectAll();
        press(Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(clipboard(), u"kubectl --context eks-eu1 -n shop get statefulset web -o yaml"_s);
    }

    void aStagedChangeIsCopiedAsItsObject()
    {
        models::StagedChanges staged;
        staged.add(SampleWorld::review().changes);
        m_window->docks().open(u"changes"_s);
        m_window->docks().setStaged(staged.changes());
        auto *table = find<QTableView>(u"stagedTable"_s);
        QTRY_VERIFY(table->isVisible());
        table->setFocus();
        table->selectAll();
        press(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(clipboard(), u"istio-system/default"_s);
    }
};

SALLYPORT_TEST(rows_copy_test, CopyOfRowsTest)
#include "rows_copy_test.moc"
