// SPDX-License-Identifier: GPL-3.0-or-later
// The first thing that one sees: contexts, the doctor, and how one gets away from it.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/line_delegate.h"
#include "ui/pages/routing_page.h"
#include "ui/pages/welcome_page.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>

using namespace Qt::StringLiterals;

class WelcomeTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<ui::MainWindow> m_window;
    template<typename T>
    T *find(const QString &name) const
    {
        return m_window->findChild<T *>(name);
    }
    static QList<ui::ContextChoice> contexts(int count)
    {
        QList<ui::ContextChoice> list;
        for (int i = 0; i < count; ++i)
            list.append({u"cluster-%1"_s.arg(i), u"https://%1.example.com"_s.arg(i), u"~/.kube/config"_s});
        return list;
    }

private Q_SLOTS:
    void init()
    {
        m_window = std::make_unique<ui::MainWindow>();
        m_window->setTheme(ui::Theme::Light);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }
    void cleanup() { m_window.reset(); }

    void withoutAnyContextItSaysWhatElseThereIs()
    {
        QVERIFY(m_window->isWelcoming());
        QVERIFY(!find<QPushButton>(u"welcomeConnect"_s)->isEnabled());
        QVERIFY(find<QPushButton>(u"welcomeDemo"_s)->isVisible());
        QVERIFY(find<QPushButton>(u"welcomeOpen"_s)->isVisible());
        const QSignalSpy demo(&m_window->welcome(), &ui::WelcomePage::demoRequested);
        find<QPushButton>(u"welcomeDemo"_s)->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QCOMPARE(demo.count(), 1);
    }

    void aStepThatWasNotTriedHasNoTime()
    {
        m_window->setContexts(contexts(1), u"cluster-0"_s);
        m_window->welcome().setDoctor(u"cluster-0"_s,
                                      {{u"TCP"_s, u"connection refused"_s, models::Severity::Error, 3},
                                       {u"TLS"_s, u"not tried"_s, models::Severity::Unknown, 0}},
                                      true);
        const auto *steps = find<QListView>(u"welcomeSteps"_s)->model();
        QVERIFY(!steps->index(0, 0).data(ui::LineDelegate::SideRole).toString().isEmpty());
        QCOMPARE(steps->index(1, 0).data(ui::LineDelegate::SideRole).toString(), QString());
        const auto *text = find<QLabel>(u"welcomeDoctorText"_s);
        QVERIFY2(text->text().contains(u"refused"_s) && text->alignment() & Qt::AlignTop,
                 qPrintable(text->text()));
    }

    void oneOfThreeHundredIsFoundByAFewLettersAndConnectedByEnter()
    {
        m_window->setContexts(contexts(300), u"cluster-7"_s);
        QCOMPARE(m_window->welcome().currentContext(), u"cluster-7"_s);
        const QSignalSpy chosen(m_window.get(), &ui::MainWindow::contextChosen);
        m_window->showWelcome();
        auto *filter = find<QLineEdit>(u"welcomeFilter"_s);
        QVERIFY(filter->hasFocus()); // many: one types
        QTest::keyClicks(filter, u"cluster-29"_s);
        QCOMPARE(m_window->welcome().shown(), 11);
        QTest::keyClick(filter, Qt::Key_Down);
        QVERIFY(find<QListView>(u"welcomeContexts"_s)->hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_End);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toString(), u"cluster-299"_s);
    }

    // What kubectl would ask is offered first, and said to be that.
    void theCurrentContextIsChosenAndMarked()
    {
        QList<ui::ContextChoice> choices = contexts(30);
        choices[7].isCurrent = true;
        m_window->setContexts(choices, {});
        const auto *list = find<QListView>(u"welcomeContexts"_s);
        QCOMPARE(list->currentIndex().data().toString(), u"cluster-7"_s);
        QVERIFY(list->currentIndex()
                    .data(ui::LineDelegate::SideRole)
                    .toString()
                    .startsWith(u"current-context"_s));
    }

    void theDoctorsFirstFailureIsSaidInFull()
    {
        m_window->setContexts(contexts(2), u"cluster-1"_s);
        const QSignalSpy asked(&m_window->welcome(), &ui::WelcomePage::doctorRequested);
        find<QPushButton>(u"welcomeCheck"_s)->click();
        QCOMPARE(asked.first().first().toString(), u"cluster-1"_s);
        const QString why = u"1.example.com: no such host; is a VPN needed?"_s;
        m_window->welcome().setDoctor(u"cluster-1"_s,
                                      {{u"file"_s, u"~/.kube/config"_s, models::Severity::Good, 1},
                                       {u"name"_s, why, models::Severity::Error, 12},
                                       {u"TCP"_s, u"not tried"_s, models::Severity::Unknown, -1}},
                                      true);
        QVERIFY(find<QLabel>(u"welcomeDoctorText"_s)->text().contains(why));
        const auto *steps = find<QListView>(u"welcomeSteps"_s);
        QCOMPARE(steps->model()->rowCount(), 3);
        QVERIFY(steps->model()->index(1, 0).data(Qt::AccessibleTextRole).toString().contains(u"error"_s));
    }

    void aConnectionLeadsToThePagesAndItsEndBack()
    {
        models::ConnectionState state;
        state.context = u"cluster-1"_s;
        state.phase = models::ConnectionState::Phase::Connecting;
        m_window->setConnection(state);
        QVERIFY(!m_window->isWelcoming());
        m_window->setConnection({});
        QVERIFY(m_window->isWelcoming());
        m_window->showPage(u"routing"_s);
        QVERIFY(!m_window->isWelcoming()); // every page says that nothing is connected
    }

    // What was filtered for before may hide the one that is examined.
    void theDoctorExaminesTheContextOfThePage()
    {
        m_window->setContexts(contexts(300), {});
        find<QLineEdit>(u"welcomeFilter"_s)->setText(u"cluster-29"_s);
        models::ConnectionState failed;
        failed.phase = models::ConnectionState::Phase::Failed;
        failed.context = u"cluster-7"_s;
        failed.server = u"https://api.example.com"_s;
        m_window->setConnection(failed);
        m_window->showPage(u"routing"_s);
        const QSignalSpy asked(&m_window->welcome(), &ui::WelcomePage::doctorRequested);
        Q_EMIT m_window->pages().routing->doctorRequested(u"cluster-7"_s);
        QVERIFY(m_window->isWelcoming());
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toString(), u"cluster-7"_s);
        QCOMPARE(m_window->welcome().currentContext(), u"cluster-7"_s);
        QCOMPARE(m_window->welcome().shown(), 300);
    }

    void theDemosIncidentsAreAMenu()
    {
        models::ConnectionState state;
        state.phase = models::ConnectionState::Phase::Live;
        m_window->setConnection(state);
        auto *button = find<QAbstractButton>(u"demoItem"_s);
        QVERIFY(button);
        QVERIFY(!button->isVisible());
        m_window->setIncidents(
            {{u"api-slow"_s, u"The API server is slow"_s, false}, {u"api-429"_s, {}, true}});
        QVERIFY(button->isVisible());
        m_window->setIncidents({{u"api-410"_s, {}, false}}); // told again when a connection comes back
        QVERIFY(!find<QMenu>(u"demoMenu"_s));
        const QSignalSpy asked(m_window.get(), &ui::MainWindow::incidentsRequested);
        button->click();
        QCOMPARE(asked.count(), 1);
        m_window->setIncidents(
            {{u"api-slow"_s, u"The API server is slow"_s, false}, {u"api-429"_s, {}, true}});
        auto *menu = find<QMenu>(u"demoMenu"_s);
        QVERIFY(menu);
        QVERIFY(menu->actions()[1]->isChecked());
        QCOMPARE(menu->actions()[0]->text(), u"The API server is slow\tapi-slow"_s); // words, and the name
        const QSignalSpy switched(m_window.get(), &ui::MainWindow::incidentSwitched);
        menu->actions()[0]->trigger();
        QCOMPARE(switched.first(), QVariantList({u"api-slow"_s, true}));
        menu->close();
    }

    void whatIsTypedInTheListIsLookedFor()
    {
        m_window->setContexts(contexts(300), {});
        m_window->showWelcome();
        auto *list = find<QListView>(u"welcomeContexts"_s);
        list->setFocus();
        QTest::keyClicks(list, u"c"_s);
        QTest::keyClicks(QApplication::focusWidget(), u"luster-29"_s);
        QCOMPARE(find<QLineEdit>(u"welcomeFilter"_s)->text(), u"cluster-29"_s);
        QCOMPARE(m_window->welcome().shown(), 11);
    }

    void withoutAnyContextTheDemoIsTheWayOn()
    {
        QVERIFY(find<QPushButton>(u"welcomeDemo"_s)->property("primary").toBool());
        QVERIFY(!find<QPushButton>(u"welcomeConnect"_s)->isVisible());
        m_window->setContexts(contexts(1), {});
        QVERIFY(!find<QPushButton>(u"welcomeDemo"_s)->property("primary").toBool());
        QVERIFY(find<QPushButton>(u"welcomeConnect"_s)->isVisible());
    }

    void manyIncidentsAreSortedByTopic()
    {
        QList<ui::MainWindow::Incident> many;
        for (const char *name :
             {"cert-expired", "cert-6d", "mapping-rejected", "canary-over-100", "prometheus-down"})
            many.append({QString::fromLatin1(name), QString::fromLatin1(name), false});
        for (int i = 0; i < 20; ++i)
            many.append({u"api-%1"_s.arg(i), {}, false});
        many.append({u"istiod-down"_s, {}, false});
        m_window->setIncidents(many);
        find<QAbstractButton>(u"demoItem"_s)->click();
        m_window->setIncidents(many);
        const auto *menu = find<QMenu>(u"demoMenu"_s);
        QVERIFY(menu);
        QStringList topics;
        int listed = 0;
        for (const QAction *action : menu->actions()) {
            QVERIFY(action->menu());
            topics.append(action->text());
            listed += int(action->menu()->actions().size());
        }
        QCOMPARE(topics,
                 QStringList({u"Certificates"_s, u"Routing"_s, u"Prometheus"_s, u"API server"_s, u"Mesh"_s}));
        QCOMPARE(listed, int(many.size()));
    }
};

SALLYPORT_TEST(welcome_test, WelcomeTest)
#include "welcome_test.moc"
