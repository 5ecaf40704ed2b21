// SPDX-License-Identifier: GPL-3.0-or-later
// Ways to a Mapping: through a chosen namespace that hides it, in the tree whose branches come and go, at its line among many.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/pages/routing_page.h"
#include "ui/state_panel.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTextBlock>
#include <QTreeView>

using namespace Qt::StringLiterals;

class RoutingWaysTest : public QObject, WindowFixture
{
    Q_OBJECT

    ui::RoutingPage &page() const { return *m_window->pages().routing; }

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    // What is there and not in the chosen namespace is told of, with the way to it.
    void theChosenNamespaceIsToBlame_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("filter"); // that is in the way, too
        QTest::newRow("a Mapping") << u"default/quote-backend"_s << u"quote-backend"_s;
        QTest::newRow("a filter") << u"status:loaded"_s << u"status:loaded"_s;
        QTest::newRow("nothing but the namespace") << QString() << QString();
    }
    void theChosenNamespaceIsToBlame()
    {
        QFETCH(QString, target);
        QFETCH(QString, filter);
        m_window->setNamespaces({u"default"_s, u"nowhere"_s, u"team-a"_s});
        auto *names = find<QComboBox>(u"namespaceChooser"_s);
        names->setCurrentIndex(names->findData(u"nowhere"_s));
        m_window->showPage(u"routing"_s, target);
        auto *panel = find<ui::StatePanel>(u"mappingsState"_s);
        QTRY_VERIFY(panel->isVisible());
        QVERIFY2(panel->shown().text.contains(u"namespace nowhere"_s), qPrintable(panel->shown().text));
        QCOMPARE(find<QLineEdit>(u"mappingsFilter"_s)->text(), filter);
        QCOMPARE(panel->shown().primary, u"Show all namespaces"_s);
        Q_EMIT panel->primaryPressed();
        QTRY_VERIFY(!panel->isVisible());
        QCOMPARE(names->currentIndex(), 0);
    }

    // The tabs and the page's badge count what the page shows.
    void countsAreOfTheChosenNamespace()
    {
        const QString whole = find<QTabBar>(u"routingTabs"_s)->tabText(0);
        const auto numberIn = [](const QString &text) { return text.section(u"  "_s, 1).toInt(); };
        int here = 0;
        for (int i = 0; i < m_world->mappings.rowCount(); ++i)
            here += m_world->mappings.row(i).nameSpace == "team-a"_L1;
        QVERIFY(here > 0 && here < numberIn(whole));
        page().setNamespaces({u"team-a"_s});
        QCOMPARE(numberIn(find<QTabBar>(u"routingTabs"_s)->tabText(0)), here);
        page().setNamespaces({u"nowhere"_s});
        QCOMPARE(numberIn(find<QTabBar>(u"routingTabs"_s)->tabText(0)), 0);
        QTRY_COMPARE(find<QWidget>(u"routingItem"_s)->accessibleName().section(u", "_s, 1), QString());
        page().setNamespaces({});
        QCOMPARE(find<QTabBar>(u"routingTabs"_s)->tabText(0), whole);
    }

    // An update may take a branch away for a moment.
    void aBranchThatComesBackIsAsItWas_data()
    {
        QTest::addColumn<bool>("isOpen");
        QTest::newRow("open") << true;
        QTest::newRow("closed") << false;
    }
    void aBranchThatComesBackIsAsItWas()
    {
        QFETCH(bool, isOpen);
        m_window->showPage(u"routing"_s);
        page().showTab(u"tree"_s);
        auto *tree = find<QTreeView>(u"routeTree"_s);
        const auto path = [this] { return m_world->routes.indexOf(u"team-a/orders"_s).parent(); };
        tree->setExpanded(path().parent(), true);
        tree->setExpanded(path(), isOpen);
        const QList<models::RouteNode> all = models::routeNodes(m_world->view);
        m_world->routes.setNodes({});
        QList<models::RouteNode> others = all;
        for (models::RouteNode &node : others)
            node.text += u"-other"_s;
        m_world->routes.setNodes(others);
        m_world->routes.setNodes(all);
        QVERIFY(tree->isExpanded(path().parent()));
        QCOMPARE(tree->isExpanded(path()), isOpen);
        tree->setExpanded(path().parent(), false);
        m_world->routes.setNodes({});
        m_world->routes.setNodes(all);
        QVERIFY(!tree->isExpanded(path().parent()));
    }

    // Among many it is somewhere below, and opens there.
    void matchOrderOpensAtTheLineThatServes()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        find<QTabBar>(u"mappingParts"_s)->setCurrentIndex(1);
        models::Prediction prediction;
        for (int i = 0; i < 300; ++i) {
            edge::Candidate candidate;
            candidate.mapping = {"Mapping", i == 290 ? "quote-backend" : "m-" + std::to_string(i), "default"};
            candidate.path = "/p-" + std::to_string(i);
            candidate.chosen = i == 290;
            prediction.candidates.append(candidate);
        }
        prediction.mapping = u"default/quote-backend"_s;
        page().setOrder(u"default/quote-backend"_s, prediction);
        auto *order = find<QPlainTextEdit>(u"mappingOrder"_s);
        QVERIFY(order->toPlainText().contains(u'▸'));
        QVERIFY(order->textCursor().block().text().contains(u'▸'));
        QTRY_VERIFY(order->viewport()->rect().intersects(order->cursorRect()));
    }
};

SALLYPORT_TEST(routing_ways_test, RoutingWaysTest)
#include "routing_ways_test.moc"
