// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and the words around them are written in one way, wherever they stand.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/card.h"
#include "ui/fact_list.h"
#include "ui/finding_groups.h"
#include "ui/page_state.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/overview_facts.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/state_panel.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTabBar>

using namespace Qt::StringLiterals;

class CountsTest : public QObject, WindowFixture
{
    Q_OBJECT

    ui::OverviewPage &overview() const { return *m_window->pages().overview; }
    ui::OverviewFacts factsWith(int findings, const QString &nameSpace) const
    {
        ui::OverviewFacts facts;
        facts.snapshot = m_world->snapshot.get();
        facts.now = m_world->now;
        for (int i = 0; i < findings; ++i)
            facts.findings.append({u"MT-001"_s,
                                   models::Severity::Error,
                                   {u"Mapping"_s, nameSpace, u"orders-%1"_s.arg(i)},
                                   {},
                                   u"the sidecars are STRICT"_s,
                                   {},
                                   {}});
        return facts;
    }

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void thousandsAreToldApart()
    {
        const QSignalSpy badges(&overview(), &ui::PageFrame::badgeChanged);
        m_window->showPage(u"overview"_s);
        const ui::OverviewFacts facts = factsWith(1204, u"shop"_s);
        overview().setAnalysis(facts);
        QCOMPARE(badges.count(), 0); // so many are looked at on another thread
        QTRY_VERIFY(badges.count() > 0);
        QCOMPARE(badges.last().first().toString(), u"1,204"_s);
        QVERIFY(ui::namesOf(ui::groupedFindings(facts.findings).first()).startsWith(u"1,204 × "_s));
        models::MappingTally tally;
        tally.loaded = 4230;
        tally.all = 10005;
        tally.faulty = 1100;
        ui::OverviewFacts counted = facts;
        counted.view = &m_world->view;
        counted.mappings = tally;
        QHash<QString, QString> values;
        for (const ui::Fact &fact : ui::edgeFacts(counted))
            values.insert(fact.name, fact.value);
        QCOMPARE(values.value(u"Mappings loaded"_s), u"4,230 of 10,005"_s);
        QCOMPARE(values.value(u"Faulty"_s), u"1,100"_s);
    }

    // The other edge serves them, perhaps well: they are no fault of the one that is shown.
    void whatIsOfAnotherEdgeIsCountedApart()
    {
        QList<models::MappingRow> rows;
        for (int i = 0; i < m_world->mappings.rowCount(); ++i) {
            models::MappingRow row = m_world->mappings.row(i);
            auto verdict = std::make_shared<models::MappingVerdict>();
            verdict->state =
                i < 3 ? models::MappingVerdict::State::NotForThisEdge : models::MappingVerdict::State::Loaded;
            row.verdict = verdict;
            rows.append(row);
        }
        const int own = m_world->mappings.rowCount() - 3;
        const QSignalSpy badge(m_window->pages().routing, &ui::PageFrame::badgeChanged);
        m_window->showPage(u"routing"_s);
        m_world->mappings.apply({rows, {}, true});
        const auto *tabs = find<QTabBar>(u"routingTabs"_s);
        QTRY_COMPARE(tabs->tabText(0), u"Mappings  %1"_s.arg(own));
        QCOMPARE(badge.last().first().toString(), QString::number(own));
        const QString facts = m_window->pages().routing->facts();
        QVERIFY2(facts.contains(u"3 of another edge"_s), qPrintable(facts));
        ui::OverviewFacts counted = factsWith(0, {});
        counted.view = &m_world->view;
        counted.mappings =
            models::MappingCounts(m_world->mappings).sumOf([](const QString &) { return true; }).tally;
        QHash<QString, QString> values;
        for (const ui::Fact &fact : ui::edgeFacts(counted))
            values.insert(fact.name, fact.value);
        QCOMPARE(values.value(u"Mappings loaded"_s), u"%1 of %1"_s.arg(own));
        QCOMPARE(values.value(u"Not serving"_s), u"0"_s);
        QCOMPARE(values.value(u"Of another edge"_s), u"3"_s);
    }

    void oneIsNoPlural_data()
    {
        QTest::addColumn<int>("findings");
        QTest::addColumn<QString>("words");
        QTest::newRow("one") << 1 << u"1 finding in other namespaces."_s;
        QTest::newRow("many") << 9999 << u"9,999 findings in other namespaces."_s;
    }
    void oneIsNoPlural()
    {
        QFETCH(int, findings);
        QFETCH(QString, words);
        m_window->chooseNamespaces({u"team-a"_s});
        overview().setAnalysis(factsWith(findings, u"shop"_s));
        const auto *nothing = find<QLabel>(u"overviewNothing"_s);
        QTRY_VERIFY2(nothing->text().endsWith(words), qPrintable(nothing->text()));
    }

    void whatFollowsAReasonIsASentenceOfItsOwn_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::newRow("without a full stop") << u"the connection was cut; try again"_s;
        QTest::newRow("with one") << u"the connection was cut; try again."_s;
    }
    void whatFollowsAReasonIsASentenceOfItsOwn()
    {
        QFETCH(QString, reason);
        models::ConnectionState stale = m_world->connection(models::ConnectionState::Phase::Stale);
        stale.message = reason;
        stale.retryAt = QDateTime::currentDateTimeUtc().addSecs(30);
        m_window->setConnection(stale);
        m_window->showPage(u"routing"_s);
        const QString text = find<ui::Banner>(u"routingStale"_s)->text();
        QVERIFY2(text.contains(u"the connection was cut; try again. Tried again in "_s), qPrintable(text));
    }

    void factsBeginWithWhatIsKnown()
    {
        ui::MetricsAnswer answer = SampleWorld::metrics(m_world->now);
        answer.source.clear();
        m_window->pages().metrics->setAnswer(answer);
        const QString facts = m_window->pages().metrics->facts();
        QVERIFY2(facts.startsWith(u"step 15 s · as of "_s), qPrintable(facts));
    }
};

SALLYPORT_TEST(counts_test, CountsTest)
#include "counts_test.moc"
