// SPDX-License-Identifier: GPL-3.0-or-later
// The top bar's lists by keyboard: three hundred contexts, several namespaces at once, edges that are told apart.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/line_delegate.h"
#include "ui/namespace_scope.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/routing_page.h"
#include "ui/state_panel.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>

using namespace Qt::StringLiterals;

class ChooserTest : public QObject, WindowFixture
{
    Q_OBJECT

    static QList<ui::ContextChoice> contexts(int count)
    {
        QList<ui::ContextChoice> list; // as a kubeconfig has them: in no order
        for (int i = count - 1; i >= 0; --i) {
            const QString name = u"team-%1"_s.arg(i);
            list.append({name, u"https://%1.%2.example.com"_s.arg(name, i % 2 == 0 ? u"eu"_s : u"us"_s),
                         u"~/.kube/config"_s, i == 7, i == 217 ? u"payments"_s : QString()});
        }
        return list;
    }
    QListView *opened(const QString &chooser, Qt::Key key)
    {
        QTest::keyClick(m_window.get(), key, Qt::ControlModifier | Qt::ShiftModifier);
        auto *list = qobject_cast<QListView *>(find<QComboBox>(chooser)->view());
        return list && list->isVisible() ? list : nullptr;
    }
    static QStringList shown(const QListView &list)
    {
        QStringList texts;
        for (int row = 0; row < list.model()->rowCount(); ++row) {
            if (!list.isRowHidden(row))
                texts.append(list.model()->index(row, 0).data().toString());
        }
        return texts;
    }
    static QStringList ticked(const QListView &list)
    {
        QStringList texts;
        for (int row = 0; row < list.model()->rowCount(); ++row) {
            const QModelIndex index = list.model()->index(row, 0);
            if (index.data(ui::LineDelegate::MarkRole).toString() == u"✓"_s)
                texts.append(index.data().toString());
        }
        return texts;
    }
    QStringList namespacesInTable(const QString &table) const
    {
        const QAbstractItemModel &model = *find<QTableView>(table)->model();
        QSet<QString> found;
        for (int row = 0; row < model.rowCount(); ++row)
            found.insert(
                model.index(row, 0).data(models::TableModelBase::KeyRole).toString().section(u'/', 0, 0));
        QStringList sorted(found.begin(), found.end());
        sorted.sort();
        return sorted;
    }

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void oneOfThreeHundredContextsIsFoundByTyping()
    {
        m_window->setContexts(contexts(300), u"team-7"_s);
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::contextChosen);
        QListView *list = opened(u"contextChooser"_s, Qt::Key_L);
        QVERIFY(list);
        QCOMPARE(shown(*list).mid(0, 3), (QStringList{u"team-0"_s, u"team-1"_s, u"team-2"_s}));
        QCOMPARE(shown(*list).last(), u"team-299"_s);
        QCOMPARE(ticked(*list), QStringList{u"team-7"_s});
        QVERIFY(list->height() > 10 * list->sizeHintForRow(0)); // the field above leaves it the place
        QTest::keyClicks(list, u"17 EXAMPLE"_s);                // two words, of the name and of the server
        QCOMPARE(shown(*list),
                 (QStringList{u"team-17"_s, u"team-117"_s, u"team-170"_s, u"team-171"_s, u"team-172"_s,
                              u"team-173"_s, u"team-174"_s, u"team-175"_s, u"team-176"_s, u"team-177"_s,
                              u"team-178"_s, u"team-179"_s, u"team-217"_s}));
        QCOMPARE(find<QLabel>(u"contextChooserCount"_s)->text(), u"13 of 300"_s);
        QTest::keyClick(list, Qt::Key_Escape); // the filter first
        QCOMPARE(shown(*list).size(), 300);
        QVERIFY(list->isVisible());
        QCOMPARE(list->currentIndex().data().toString(), u"team-7"_s);
        QTest::keyClicks(list, u"payments"_s); // the namespace that the context names
        QCOMPARE(list->currentIndex().data().toString(), u"team-217"_s);
        QCOMPARE(list->currentIndex().data(ui::LineDelegate::SideRole).toString(),
                 u"https://team-217.us.example.com · payments"_s);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toString(), u"team-217"_s);
    }

    void whatDoesNotMatchIsNotChosen()
    {
        m_window->setContexts(contexts(20), u"team-7"_s);
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::contextChosen);
        QListView *list = opened(u"contextChooser"_s, Qt::Key_L);
        QVERIFY(list);
        QTest::keyClicks(list, u"nowhere"_s);
        QCOMPARE(shown(*list), QStringList());
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(chosen.count(), 0);
        for (int i = 0; i < 7; ++i)
            QTest::keyClick(list, Qt::Key_Backspace);
        QCOMPARE(shown(*list).size(), 20);
    }

    void severalNamespacesAreShownAtOnce()
    {
        m_window->setNamespaces({u"default"_s, u"shop"_s, u"team-a"_s, u"team-b"_s});
        m_window->showPage(u"routing"_s);
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::namespacesChosen);
        QListView *list = opened(u"namespaceChooser"_s, Qt::Key_N);
        QVERIFY(list);
        QTest::keyClicks(list, u"team-a"_s);
        QTest::keyClick(list, Qt::Key_Space);
        QCOMPARE(ticked(*list), QStringList{u"team-a"_s});
        QTest::keyClick(list, Qt::Key_Escape);
        QTest::keyClicks(list, u"shop"_s);
        QTest::keyClick(list, Qt::Key_Space);
        QCOMPARE(ticked(*list), (QStringList{u"shop"_s, u"team-a"_s}));
        QTest::keyClick(list, Qt::Key_Return);
        QTRY_VERIFY(!list->isVisible());
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toStringList(), (QStringList{u"shop"_s, u"team-a"_s}));
        const auto *chooser = find<QComboBox>(u"namespaceChooser"_s);
        QCOMPARE(chooser->currentText(), u"shop, team-a"_s);
        QTRY_COMPARE(namespacesInTable(u"mappingsTable"_s), (QStringList{u"shop"_s, u"team-a"_s}));
        m_window->setNamespaces(
            {u"default"_s, u"shop"_s, u"team-b"_s}); // one of them goes away, and stays chosen
        QCOMPARE(chooser->currentText(), u"shop, team-a"_s);
        QCOMPARE(chosen.count(), 1);

        list = opened(u"namespaceChooser"_s, Qt::Key_N);
        QVERIFY(list);
        QCOMPARE(ticked(*list), (QStringList{u"shop"_s, u"team-a"_s}));
        QTest::keyClicks(list, u"default"_s);
        QTest::keyClick(list, Qt::Key_Return); // nothing was marked now: it alone
        QCOMPARE(chooser->currentText(), u"default"_s);
        QTRY_COMPARE(namespacesInTable(u"mappingsTable"_s), QStringList{u"default"_s});
        QCOMPARE(chosen.last().first().toStringList(), QStringList{u"default"_s});
    }

    void severalThatHideAllAreToBlame()
    {
        m_window->setNamespaces({u"default"_s, u"nowhere"_s, u"void"_s});
        m_window->chooseNamespaces({u"void"_s, u"nowhere"_s});
        m_window->showPage(u"routing"_s);
        auto *panel = find<ui::StatePanel>(u"mappingsState"_s);
        QTRY_VERIFY(panel->isVisible());
        QVERIFY2(panel->shown().text.contains(u"namespaces nowhere, void"_s),
                 qPrintable(panel->shown().text));
        Q_EMIT panel->primaryPressed();
        QTRY_VERIFY(!panel->isVisible());
        QCOMPARE(find<QComboBox>(u"namespaceChooser"_s)->currentIndex(), 0);
    }

    // Two installations of one name in one place, an old and a new one, are told apart by what they read and are.
    void edgesAreToldApart()
    {
        m_window->setEdges({{u"edge/ambassador"_s, u"default"_s, u"1.11.2"_s},
                            {u"inner/ambassador"_s, u"inner"_s, u"2.2.2"_s}},
                           u"inner/ambassador"_s);
        auto *edges = find<QComboBox>(u"edgeChooser"_s);
        QCOMPARE(edges->itemData(0, ui::LineDelegate::SideRole).toString(),
                 u"ambassador_id default · version 1.11.2"_s);
        QCOMPARE(edges->itemData(1, ui::LineDelegate::SideRole).toString(),
                 u"ambassador_id inner · version 2.2.2"_s);
        QCOMPARE(edges->accessibleDescription(), u"ambassador_id inner · version 2.2.2"_s);
        QVERIFY(edges->toolTip().contains(u"2.2.2"_s));
        QVERIFY(edges->itemData(0, Qt::AccessibleTextRole).toString().contains(u"1.11.2"_s));
        edges->showPopup();
        auto *list = qobject_cast<QListView *>(edges->view());
        QCOMPARE(ticked(*list), QStringList{u"inner/ambassador"_s});
        m_window->setEdges({{u"edge/ambassador"_s, u"default"_s, u"1.11.2"_s},
                            {u"inner/ambassador"_s, u"inner"_s, u"2.2.2"_s}},
                           u"inner/ambassador"_s); // by the next analysis
        QCOMPARE(ticked(*list), QStringList{u"inner/ambassador"_s});
        edges->hidePopup();
    }

    void aTermNamesWholeNamespaces_data()
    {
        QTest::addColumn<QStringList>("namespaces");
        QTest::addColumn<QString>("words");
        QTest::newRow("none") << QStringList() << QString();
        QTest::newRow("one") << QStringList{u"shop"_s} << u"shop"_s;
        QTest::newRow("three") << QStringList{u"a"_s, u"b"_s, u"c-d"_s} << u"a, b, c-d"_s;
        QTest::newRow("five") << QStringList{u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s} << u"a, b and 3 more"_s;
        QTest::newRow("signs") << QStringList{u"a.b"_s, u"c+"_s} << u"a.b, c+"_s;
    }
    void aTermNamesWholeNamespaces()
    {
        QFETCH(QStringList, namespaces);
        QFETCH(QString, words);
        const QString term = ui::namespaceTerm(namespaces);
        QCOMPARE(ui::namespacesOf(u"-muted:/./ "_s + term + u" -area:mesh"_s), namespaces);
        QCOMPARE(ui::namespacesText(namespaces), words);
        if (namespaces.isEmpty())
            return;
        const QRegularExpression pattern(term.sliced(4).chopped(1)); // of ns:/…/
        QVERIFY(pattern.isValid());
        for (const QString &name : namespaces) {
            QVERIFY(pattern.match(name).hasMatch());
            QVERIFY(pattern.match(u"Pod "_s + name + u"/x-1"_s).hasMatch()); // as certificates say it
            QVERIFY(!pattern.match(u"x/"_s + name).hasMatch());
            QVERIFY(!pattern.match(name + u"-internal"_s).hasMatch());
            QVERIFY(!pattern.match(u"x-"_s + name).hasMatch());
        }
    }
};

SALLYPORT_TEST(chooser_test, ChooserTest)
#include "chooser_test.moc"
