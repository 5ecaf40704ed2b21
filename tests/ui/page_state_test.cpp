// SPDX-License-Identifier: GPL-3.0-or-later
// What a page says in the place of its content: what, why, what to do, and where that leads.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/page_state.h"
#include "ui/pages/welcome_page.h"
#include "ui/state_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using Kind = ui::PageProblem::Kind;
using Phase = models::ConnectionState::Phase;
using ui::PageWish;

Q_DECLARE_METATYPE(models::ConnectionState)
Q_DECLARE_METATYPE(ui::PageProblem)

namespace {

QDateTime now() { return QDateTime(QDate(2026, 11, 28), QTime(0, 0), Qt::UTC); }

models::ConnectionState in(Phase phase)
{
    models::ConnectionState state;
    state.phase = phase;
    state.context = u"eks-eu1"_s;
    state.server = u"https://api.example.com"_s;
    state.since = now().addSecs(-3);
    return state;
}

} // namespace

class PageStateTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void aStateSaysWhatToDoAndLeadsThere_data()
    {
        QTest::addColumn<models::ConnectionState>("connection");
        QTest::addColumn<ui::PageProblem>("problem");
        QTest::addColumn<QStringList>("words"); // of title and text
        QTest::addColumn<PageWish>("primary");
        QTest::addColumn<PageWish>("secondary");
        const models::ConnectionState live = in(Phase::Live);
        QTest::newRow("absent") << live << ui::PageProblem{Kind::Absent, u"Istio is not installed"_s, {}}
                                << QStringList{u"does not know Mappings"_s, u"Istio"_s} << PageWish::Guide
                                << PageWish::Retry;
        QTest::newRow("forbidden") << live
                                   << ui::PageProblem{Kind::Forbidden, u"mappings is forbidden"_s,
                                                      u"kind: ClusterRole"_s}
                                   << QStringList{u"forbidden"_s, u"--namespace=NAME"_s, u"ClusterRole"_s}
                                   << PageWish::Retry << PageWish::Copy;
        QTest::newRow("error") << live
                               << ui::PageProblem{Kind::Failed, u"GET /apis: 500"_s,
                                                  u"etcdserver: request timed out"_s}
                               << QStringList{u"Mappings could not be read"_s, u"Likely cause"_s, u"etcd"_s,
                                              u"To do"_s, u"readyz"_s}
                               << PageWish::Retry << PageWish::Copy;
        QTest::newRow("connecting") << in(Phase::Connecting) << ui::PageProblem()
                                    << QStringList{u"✓  kubeconfig read: https://api.example.com"_s,
                                                   u"…  sign in"_s, u"for 3 s"_s}
                                    << PageWish::Retry << PageWish::Cancel;
        models::ConnectionState failed = in(Phase::Failed);
        failed.message = u"connection refused"_s;
        failed.retryAt = now().addSecs(4);
        QTest::newRow("failed") << failed << ui::PageProblem()
                                << QStringList{u"connection refused"_s, u"again in 5 s"_s} << PageWish::Retry
                                << PageWish::Doctor;
        QTest::newRow("not connected")
            << models::ConnectionState() << ui::PageProblem() << QStringList{u"Nothing is contacted"_s}
            << PageWish::Context << PageWish::Copy;
    }

    void aStateSaysWhatToDoAndLeadsThere()
    {
        QFETCH(models::ConnectionState, connection);
        QFETCH(ui::PageProblem, problem);
        QFETCH(QStringList, words);
        QFETCH(PageWish, primary);
        QFETCH(PageWish, secondary);
        const auto state = ui::pageState(connection, problem, {u"Mappings"_s, false, false}, now());
        QVERIFY(state);
        const QString said = state->text.title + u' ' + state->text.text;
        for (const QString &word : words)
            QVERIFY2(said.contains(word), qPrintable(said));
        QCOMPARE(state->primary, primary);
        QCOMPARE(state->secondary, secondary);
    }

    void contentIsShownInsteadAndTheGuideDoesNotLeadToItself()
    {
        QVERIFY(!ui::pageState(in(Phase::Stale), {}, {u"Mappings"_s, true, false}, now()));
        const auto guide =
            ui::pageState(in(Phase::Live), {Kind::Absent, u"none"_s, {}}, {{}, false, true}, now());
        QVERIFY(guide && guide->primary == PageWish::Retry);
    }

    void whatIsAbsentLeadsToTheGuideAndWhatFailsToTheDoctor()
    {
        openWindow();
        m_window->page(u"routing"_s)->setProblem({Kind::Absent, u"Ambassador is not installed"_s, {}});
        m_window->showPage(u"routing"_s);
        const auto button = [this](const char *name) {
            return m_window->page(m_window->currentPage())
                ->state()
                ->findChild<QPushButton *>(QLatin1String(name));
        };
        button("statePrimary")->click();
        QCOMPARE(m_window->currentPage(), u"guide"_s);
        ui::MainWindow other;
        other.show();
        other.setConnection(m_world->connection(Phase::Failed));
        other.showPage(u"routing"_s);
        const QSignalSpy asked(&other.welcome(), &ui::WelcomePage::doctorRequested);
        other.page(u"routing"_s)->state()->findChild<QPushButton *>(u"stateSecondary"_s)->click();
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toString(), u"eks-eu1"_s);
        QVERIFY(other.isWelcoming());
        closeWindow();
    }

    // Rows stay; what is above them says that they are of before, and when it is tried again.
    void whatIsStaleIsGreyedAndCountsDown()
    {
        openWindow();
        m_window->showPage(u"routing"_s);
        models::ConnectionState stale = m_world->connection(Phase::Stale);
        stale.retryAt = QDateTime::currentDateTimeUtc().addSecs(9);
        const auto *facts = find<QLabel>(u"routingFacts"_s);
        QVERIFY(facts->isEnabled());
        m_window->setConnection(stale);
        const QString said = find<ui::Banner>(u"routingStale"_s)->text();
        QVERIFY2(said.contains(u"again in "_s) && said.contains(u"Last update"_s), qPrintable(said));
        QVERIFY(!facts->isEnabled());
        m_window->setConnection(m_world->connection());
        QVERIFY(facts->isEnabled());
        closeWindow();
    }
};

SALLYPORT_TEST(page_state_test, PageStateTest)
#include "page_state_test.moc"
