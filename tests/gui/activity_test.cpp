// SPDX-License-Identifier: GPL-3.0-or-later
// The page Activity tells of what others change while one looks: each as a row of its own, with who, before and after; nothing of
// what was there when the console came, and our own writes once.
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/pages/routing_page.h"

#include <QFile>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15'000;

QByteArray mapping(const QByteArray &name, const QByteArray &service, const QByteArray &more = {})
{
    return "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: " + name
        + ", namespace: default" + more + "}, spec: {prefix: /backend/, service: " + service + "}}\n";
}

QByteArray by(const QByteArray &manager, const QByteArray &time)
{
    return ", managedFields: [{manager: helm, operation: Update, time: '2026-01-01T10:00:00Z'}, {manager: "
        + manager + ", operation: Update, time: '" + time + "'}]";
}

} // namespace

class ActivityTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    // "Changed by kubectl-edit: Mapping default/quote-backend", newest first, as the table shows them.
    QStringList rows() const
    {
        const auto *table = m_console->window().findChild<QTableView *>(u"journalTable"_s);
        QStringList all;
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            const QString key =
                table->model()->index(row, 0).data(models::TableModelBase::KeyRole).toString();
            const models::JournalRow *found = m_console->models().activity.find(key);
            all.append(found ? found->entry.title + u": "_s + found->entry.change.subject().text() : key);
        }
        return all;
    }

    void openConsole()
    {
        app::gui::GuiOptions options;
        options.kubeconfig = m_folder.filePath(u"config"_s);
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().resize(1280, 800);
        m_console->window().show();
        m_console->showPage(u"activity"_s);
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->state().phase == Phase::Live
                                     && m_console->desk()->analysis()
                                     && m_console->desk()->analysis()->hasEdge,
                                 Patience);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8());
    }
    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n");
        m_cluster->put(mapping("quote-backend", "quote", by("kubectl-edit", "2026-08-01T10:00:00Z")));
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate)
                && file.write(m_cluster->kubeconfig()) > 0);
        file.close();
        openConsole();
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    // An earlier run was killed between its write and the answer: what is there tells.
    void whatWasCutOffIsFoundOut()
    {
        const QDateTime now = QDateTime::currentDateTimeUtc();
        kube::Connection connection;
        connection.context = u"test"_s;
        connection.server = QUrl(u"https://127.0.0.1:%1"_s.arg(m_cluster->port()));
        models::JournalEntry lost;
        lost.at = now;
        lost.title = u"Create a Mapping"_s;
        lost.change.verb = models::Change::Verb::Create;
        lost.change.type = kube::types::mappings(u"v2"_s);
        lost.change.nameSpace = u"default"_s;
        lost.change.name = u"quote-lost"_s;
        lost.change.body = R"({"metadata":{"name":"quote-lost"}})";
        const app::Journal journal(app::Journal::fileFor(connection));
        QVERIFY(journal.begin(lost));
        const QByteArray at = now.toString(Qt::ISODate).toUtf8();
        m_cluster->put(
            mapping("quote-lost", "quote", by("sallyport", at) + ", creationTimestamp: '" + at + "'"));
        m_console.reset();
        openConsole();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().journal.rowCount() == 1
                                     && m_console->models().journal.row(0).entry.settled,
                                 Patience);
        QVERIFY2(m_console->models().journal.row(0).entry.succeeded,
                 qPrintable(m_console->models().journal.row(0).entry.result));
    }

    void whatOthersChangeIsTold()
    {
        QCOMPARE(rows(), QStringList()); // not what was there
        const QString seen = u"Changed by kubectl-edit: Mapping default/quote-backend"_s;
        m_cluster->put(mapping("quote-backend", "other", by("kubectl-edit", "2026-08-01T12:00:00Z")));
        QTRY_COMPARE_WITH_TIMEOUT(rows(), QStringList{seen}, Patience);
        const models::JournalRow row = m_console->models().activity.row(0);
        QVERIFY(row.isObserved());
        QCOMPARE(row.entry.who, u"kubectl-edit"_s);
        QCOMPARE(row.entry.at, QDateTime({2026, 8, 1}, {12, 0}, Qt::UTC));
        // The status is nobody's change, and neither are the controllers'.
        m_cluster->put(mapping("quote-backend", "other",
                               by("kubectl-edit", "2026-08-01T12:00:00Z") + ", generation: 3"));
        const QByteArray now = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toUtf8();
        m_cluster->put(mapping("quote-new", "quote",
                               by("argocd-controller", now) + ", creationTimestamp: '" + now + "'"));
        m_cluster->drop("mappings", "default/quote-backend");
        QTRY_COMPARE_WITH_TIMEOUT(rows().size(), 3, Patience);
        QVERIFY2(rows().contains(u"Created by argocd-controller: Mapping default/quote-new"_s)
                     && rows().contains(u"Removed: Mapping default/quote-backend"_s) && rows().contains(seen),
                 qPrintable(rows().join(u'\n')));
        QCOMPARE(m_console->models().journal.rowCount(), 0); // which is of our own writes
    }

    // How careful the next write is changes nothing of what is known and chosen.
    void anotherModeForgetsNothing()
    {
        m_cluster->put(mapping("quote-backend", "other", by("kubectl-edit", "2026-08-01T12:00:00Z")));
        QTRY_COMPARE_WITH_TIMEOUT(rows().size(), 1, Patience);
        m_console->window().pages().routing->goTo(u"default/quote-backend"_s);
        QCOMPARE(m_console->window().pages().routing->currentKey(), u"default/quote-backend"_s);
        const auto *desk = m_console->desk();
        for (const auto mode :
             {models::ConnectionState::Mode::Normal, models::ConnectionState::Mode::ReadOnly,
              models::ConnectionState::Mode::Confirm}) {
            Q_EMIT m_console->window().modeChosen(mode);
            QCOMPARE(m_console->desk(), desk);
            QCOMPARE(m_console->desk()->state().mode, mode);
        }
        QCOMPARE(m_console->desk()->state().phase, Phase::Live);
        QCOMPARE(rows().size(), 1);
        QCOMPARE(m_console->window().pages().routing->currentKey(), u"default/quote-backend"_s);
    }

    // What an account may no longer read nobody has removed; once it may again, it is not new.
    void whoMayReadLessHasRemovedNothing()
    {
        QByteArray elsewhere = mapping("far", "quote", by("helm", "2026-01-01T10:00:00Z"));
        elsewhere.replace("namespace: default", "namespace: team");
        m_cluster->put(elsewhere);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"team/far"_s), Patience);
        m_cluster->allowedNamespace = "default";
        m_cluster->forbiddenPlural = "mappings";
        m_cluster->expire();
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->models().mappings.find(u"team/far"_s), Patience);
        m_cluster->put(mapping("quote-backend", "other", by("kubectl-edit", "2026-08-01T12:00:00Z")));
        const QString marker = u"Changed by kubectl-edit: Mapping default/quote-backend"_s;
        QTRY_VERIFY_WITH_TIMEOUT(rows().contains(marker), Patience);
        QCOMPARE(rows(), QStringList{marker});
        m_cluster->forbiddenPlural.clear();
        m_console->desk()->retryNow();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"team/far"_s), Patience);
        m_cluster->put(mapping("quote-backend", "third", by("kubectl-edit", "2026-08-01T13:00:00Z")));
        QTRY_COMPARE_WITH_TIMEOUT(rows().count(marker), 2, Patience);
        QCOMPARE(rows().size(), 2);
    }

    void theOverviewTellsOfThemToo()
    {
        auto *list = m_console->window().findChild<QListView *>(u"overviewChanges"_s);
        const auto lines = [list] {
            QStringList all;
            for (int i = 0; i < list->model()->rowCount(); ++i)
                all.append(list->model()->index(i, 0).data().toString());
            return all;
        };
        m_cluster->put(mapping("quote-backend", "other", by("kubectl-edit", "2026-08-01T12:00:00Z")));
        QTRY_COMPARE_WITH_TIMEOUT(lines(), QStringList{u"Changed by kubectl-edit"_s}, Patience);
        list->setCurrentIndex(list->model()->index(0, 0));
        m_cluster->drop("mappings", "default/quote-backend");
        QTRY_COMPARE_WITH_TIMEOUT(lines(), (QStringList{u"Removed"_s, u"Changed by kubectl-edit"_s}),
                                  Patience);
        QCOMPARE(list->currentIndex().row(), 1); // who walks through the list stays where they are
        Q_EMIT list->activated(list->currentIndex());
        QTRY_COMPARE(m_console->window().currentPage(), u"activity"_s);
    }

    void itsDetailsShowTheDifferenceAndNothingToTakeBack()
    {
        m_cluster->put(mapping("quote-backend", "other", by("kubectl-edit", "2026-08-01T12:00:00Z")));
        QTRY_COMPARE_WITH_TIMEOUT(rows().size(), 1, Patience);
        m_console->window().showPage(u"activity"_s, m_console->models().activity.row(0).key);
        const auto *detail = m_console->window().findChild<QWidget *>(u"activityDetail"_s);
        const auto *diff = detail->findChild<QPlainTextEdit *>();
        QTRY_VERIFY2(diff->toPlainText().contains(u"service: other"_s)
                         && diff->toPlainText().contains(u"service: quote"_s),
                     qPrintable(diff->toPlainText()));
        QVERIFY(!m_console->window().findChild<QPushButton *>(u"activityRevert"_s)->isVisible());
    }

    void theyCanBeLeftOut()
    {
        m_cluster->put(mapping("quote-backend", "other", by("kubectl-edit", "2026-08-01T12:00:00Z")));
        QTRY_COMPARE_WITH_TIMEOUT(rows().size(), 1, Patience);
        auto *others = m_console->window().findChild<QPushButton *>(u"activityKind-observed"_s);
        QTest::keyClick(others, Qt::Key_Space);
        QTRY_COMPARE(rows(), QStringList());
        QTest::keyClick(others, Qt::Key_Space);
        QTRY_COMPARE(rows().size(), 1);
    }
};

SALLYPORT_TEST(activity_test, ActivityTest)
#include "activity_test.moc"
