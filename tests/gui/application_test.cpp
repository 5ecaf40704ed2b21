// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/confirm_dialog.h"
#include "ui/page_frame.h"
#include "ui/pages/request_page.h"
#include "ui/pages/routing_page.h"
#include "ui/pages/welcome_page.h"

#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTableView>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15000;

QByteArray mappingYaml(const QByteArray &name, const QByteArray &prefix)
{
    return "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: " + name
        + ", namespace: default}, spec: {prefix: " + prefix + ", service: quote}}\n";
}

} // namespace

// The console as a user has it, against an API server that the test changes under its hands.
class ApplicationTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QByteArray &kubeconfig) const
    {
        QFile file(m_folder.filePath(u"config"_s));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(kubeconfig) >= 0
            ? file.fileName()
            : QString();
    }

    static app::gui::GuiOptions optionsFor(const QString &kubeconfig)
    {
        app::gui::GuiOptions options;
        options.kubeconfig = kubeconfig;
        return options;
    }

    static void fill(SmallCluster &cluster)
    {
        cluster.put(edgeYaml());
        cluster.put(quoteYaml(true));
        cluster.put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n");
        cluster.put(mappingYaml("quote-backend", "/backend/"));
    }

    static bool isLive(app::gui::Application &console)
    {
        return console.desk() && console.desk()->state().phase == Phase::Live && console.desk()->analysis();
    }

    static QString stateText(app::gui::Application &console, const QString &page)
    {
        const ui::StatePanel *panel = console.window().page(page)->state();
        return panel ? panel->shown().title + u' ' + panel->shown().text : QString();
    }

    template<typename Widget>
    static Widget *child(QWidget *parent, const QString &name)
    {
        Widget *widget = parent->findChild<Widget *>(name);
        Q_ASSERT(widget);
        return widget;
    }

    static ui::ConfirmDialog *openDialog(app::gui::Application &console)
    {
        for (ui::ConfirmDialog *dialog : console.window().findChildren<ui::ConfirmDialog *>()) {
            if (dialog->isVisible() && !dialog->review().changes.changes.isEmpty())
                return dialog;
        }
        return nullptr;
    }

    static bool applyTypingTheContext(app::gui::Application &console)
    {
        ui::ConfirmDialog *dialog = openDialog(console);
        if (!dialog || dialog->applyButton()->isEnabled()) // mode Confirm: not before the name is typed
            return false;
        QTest::keyClicks(child<QLineEdit>(dialog, u"confirmTyping"_s), u"test"_s);
        if (!dialog->applyButton()->isEnabled())
            return false;
        dialog->applyButton()->click();
        return true;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); // the journal is the test's own
    }

    void withoutAKubeconfigRetryReadsItOnceItIsThere()
    {
        SmallCluster cluster;
        const QString file = m_folder.filePath(u"later"_s);
        qputenv("KUBECONFIG", file.toUtf8());
        const auto restore = qScopeGuard([] { qunsetenv("KUBECONFIG"); });
        app::gui::Application console(app::gui::GuiOptions{});
        console.window().show();
        console.start();
        auto *message = child<QLabel>(&console.window().welcome(), u"bannerText"_s);
        QTRY_VERIFY_WITH_TIMEOUT(message->text().contains(u"later"_s), Patience);
        auto *retry = child<QPushButton>(&console.window().welcome(), u"bannerAction"_s);
        QVERIFY(retry->isVisible());
        QFile kubeconfig(file);
        QVERIFY(kubeconfig.open(QIODevice::WriteOnly) && kubeconfig.write(cluster.kubeconfig()) > 0);
        kubeconfig.close();
        QTest::keyClick(retry, Qt::Key_Space);
        const QAbstractItemModel *contexts =
            child<QListView>(&console.window().welcome(), u"welcomeContexts"_s)->model();
        QTRY_COMPARE_WITH_TIMEOUT(contexts->rowCount(), 1, Patience);
        QCOMPARE(contexts->index(0, 0).data().toString(), u"test"_s);
        QVERIFY(!message->isVisible());
        QVERIFY(!console.desk()); // still nothing is contacted
    }

    // Who else would tell that an API version goes, or which code is to be typed in the browser?
    void whatTheServerAndThePluginSayBecomesNotices()
    {
        SmallCluster cluster;
        fill(cluster);
        cluster.listHeaders = "Warning: 299 - \"getambassador.io/v2 Mapping is deprecated\"\r\n";
        QFile plugin(m_folder.filePath(u"sign-in"_s));
        QVERIFY(plugin.open(QIODevice::WriteOnly));
        plugin.write("#!/bin/sh\necho 'open https://login.example and enter ABCD-1234' >&2\n"
                     "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                     "\"status\":{\"token\":\""
                     + cluster.token + "\"}}'\n");
        plugin.close();
        QVERIFY(plugin.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QByteArray config = cluster.kubeconfig();
        const QByteArray user =
            "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "
            + plugin.fileName().toUtf8() + '}';
        config.replace(QByteArray("token: " + cluster.token), user);
        app::gui::GuiOptions options = optionsFor(write(config));
        options.context = u"test"_s;
        app::gui::Application console(options);
        console.window().show();
        console.start();
        QPushButton *allow = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((allow = console.window().findChild<QPushButton *>(u"execOnce"_s)),
                                 Patience);
        QTest::keyClick(allow, Qt::Key_Space);
        const auto count = [&console](const QString &part) {
            int found = 0;
            for (int row = 0; row < console.models().notices.rowCount(); ++row)
                found += console.models().notices.row(row).text.contains(part) ? 1 : 0;
            return found;
        };
        QTRY_COMPARE_WITH_TIMEOUT(count(u"The API server warns: getambassador.io/v2 Mapping is deprecated"_s),
                                  1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(count(u"open https://login.example and enter ABCD-1234"_s), 1, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        QCOMPARE(count(u"deprecated"_s), 1);
    }

    void nothingIsContactedBeforeAContextIsChosen()
    {
        app::gui::Application console(app::gui::GuiOptions{});
        console.window().show();
        console.start();
        QVERIFY(!console.desk());
        for (const QString &page : console.window().pageIds())
            QVERIFY2(!stateText(console, page).isEmpty(), qPrintable(page));
    }

    void anAppliedMappingAppearsAndADeletedOneGoes()
    {
        SmallCluster cluster;
        fill(cluster);
        app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
        console.window().show();
        console.showPage(u"routing"_s);
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        auto *table = child<QTableView>(&console.window(), u"mappingsTable"_s);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, Patience);
        cluster.put(mappingYaml("quote-other", "/other/"));
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, Patience);
        const auto stateOf = [&console](const QString &key) {
            const models::MappingRow *row = console.models().mappings.find(key);
            return row && row->verdict ? row->verdict->state : models::MappingVerdict::State::Unknown;
        };
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(u"default/quote-other"_s), models::MappingVerdict::State::Loaded,
                                  Patience);
        cluster.drop("mappings", "default/quote-backend");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, Patience);
        QCOMPARE(table->model()->index(0, 0).data(models::TableModelBase::KeyRole).toString(),
                 u"default/quote-other"_s);
    }

    // 410 is the API server's everyday way of saying "list again".
    void versionsThatExpireAreNoLostConnection()
    {
        SmallCluster cluster;
        fill(cluster);
        app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
        console.window().show();
        console.showPage(u"routing"_s);
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 1, Patience);
        const QSignalSpy removed(&console.models().mappings, &QAbstractItemModel::rowsRemoved);
        const auto *stale = child<ui::Banner>(&console.window(), u"routingStale"_s);
        const auto *status = child<QLabel>(&console.window(), u"statusText"_s);
        QStringList words;
        QTimer look;
        connect(&look, &QTimer::timeout, this, [&] {
            words.append(stale->text());
            if (!status->text().startsWith(u"Connected"_s))
                words.append(status->text());
        });
        look.start(5);
        cluster.expires = true;
        cluster.expire();
        const int once = cluster.expired;
        QVERIFY(once > 0);
        QTRY_VERIFY_WITH_TIMEOUT(cluster.expired > 3 * once, Patience); // lists of a version, and watches
        cluster.expires = false;
        cluster.put(mappingYaml("quote-other", "/other/"));
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 2, Patience);
        words.removeAll(QString());
        words.removeDuplicates();
        QCOMPARE(words, QStringList());
        QCOMPARE(removed.count(), 0);
        for (int row = 0; row < console.models().notices.rowCount(); ++row)
            QVERIFY2(!console.models().notices.row(row).text.contains(u"lost"_s),
                     qPrintable(console.models().notices.row(row).text));
    }

    void anotherClusterShowsNothingOfTheLastOne()
    {
        SmallCluster cluster;
        fill(cluster);
        cluster.forbiddenPlural = "secrets";
        const QByteArray two =
            cluster.kubeconfig()
                .replace("contexts: [", "contexts: [{name: gone, context: {cluster: gone, user: jane}}, ")
                .replace("clusters: [",
                         "clusters: [{name: gone, cluster: {server: 'https://127.0.0.1:1'}}, ");
        app::gui::Application console(optionsFor(write(two)));
        console.window().show();
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stateText(console, u"overview"_s), QString(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stateText(console, u"certificates"_s).contains(u"forbidden"_s), Patience);
        Q_EMIT console.window().contextChosen(u"gone"_s);
        for (const QString &page : {u"overview"_s, u"routing"_s, u"certificates"_s, u"mesh"_s, u"guide"_s})
            QTRY_VERIFY2_WITH_TIMEOUT(stateText(console, page).contains(u"No connection to gone"_s),
                                      qPrintable(page + u": "_s + stateText(console, page)), Patience);
    }

    // What the cluster does meanwhile is there at once when the pause is over.
    void aPauseKeepsThePagesAsTheyAre()
    {
        SmallCluster cluster;
        fill(cluster);
        app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
        console.window().show();
        console.showPage(u"routing"_s);
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        const auto *table = child<QTableView>(&console.window(), u"mappingsTable"_s);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, Patience);
        QTest::keyClick(&console.window(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(console.window().isPaused());
        const auto before = console.desk()->analysis();
        cluster.put(mappingYaml("quote-other", "/other/"));
        cluster.put(mappingYaml("quote-third", "/third/"));
        cluster.drop("mappings", "default/quote-backend");
        QTRY_VERIFY_WITH_TIMEOUT(console.desk()->analysis() != before
                                     && console.desk()->analysis()->view.mappings.size() == 2,
                                 Patience); // it goes on to be watched
        QCOMPARE(table->model()->rowCount(), 1);
        QVERIFY(console.models().mappings.find(u"default/quote-backend"_s));
        QTest::keyClick(&console.window(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, Patience);
        QVERIFY(!console.models().mappings.find(u"default/quote-backend"_s));
        QTRY_VERIFY_WITH_TIMEOUT(console.models().mappings.find(u"default/quote-other"_s)->verdict, Patience);
    }

    void whatFailsIsSaidAndRetryConnectsOnceItIsMended_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("says");
        QTest::newRow("refused connection") << u"refused"_s << u"refused"_s;
        QTest::newRow("expired token") << u"token"_s << u"credentials"_s;
        QTest::newRow("untrusted CA") << u"ca"_s << u"certificate"_s;
        QTest::newRow("broken file") << u"file"_s << u"config"_s;
    }

    void whatFailsIsSaidAndRetryConnectsOnceItIsMended()
    {
        QFETCH(QString, fault);
        QFETCH(QString, says);
        SmallCluster cluster;
        fill(cluster);
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const QByteArray nobody = "https://127.0.0.1:" + QByteArray::number(closed.serverPort());
        closed.close();
        const TestAuthority stranger(u"Stranger"_s);
        QByteArray bad = cluster.kubeconfig("an-old-token");
        if (fault == "refused"_L1)
            bad = cluster.kubeconfigWith(nobody, cluster.token, stranger.certificate());
        else if (fault == "ca"_L1)
            bad = cluster.kubeconfig().replace(cluster.certificateAuthority().toBase64(),
                                               stranger.certificate().toBase64());
        else if (fault == "file"_L1)
            bad = "contexts: [{name: test\nclusters: {";
        const QString file = write(bad);
        app::gui::Application console(optionsFor(file));
        console.window().show();
        console.start();
        for (const QString &page : {u"routing"_s, u"mesh"_s, u"guide"_s}) {
            QTRY_VERIFY2_WITH_TIMEOUT(stateText(console, page).contains(says, Qt::CaseInsensitive),
                                      qPrintable(stateText(console, page)), Patience);
            QVERIFY(!stateText(console, page).contains(u"token: "_s));
        }
        write(cluster.kubeconfig());
        console.showPage(u"routing"_s);
        auto *retry =
            console.window().page(u"routing"_s)->state()->findChild<QPushButton *>(u"statePrimary"_s);
        QVERIFY(retry->isVisible());
        retry->click();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 1, Patience);
        QCOMPARE(stateText(console, u"routing"_s), QString());
    }

    // A file that is named is connected to by its current context, as kubectl does; without one somebody has to choose.
    void aFileWithoutACurrentContextWaitsForAChoice()
    {
        SmallCluster cluster;
        fill(cluster);
        QByteArray kubeconfig = cluster.kubeconfig();
        QVERIFY(kubeconfig.contains("current-context: test"));
        app::gui::Application console(
            optionsFor(write(kubeconfig.replace("current-context: test", "current-context: ''"))));
        console.window().show();
        console.start();
        QVERIFY(!console.desk());
        QVERIFY(console.window().isWelcoming());
        QCOMPARE(console.window().welcome().currentContext(), u"test"_s);
    }

    void aForbiddenKindIsSaidOnItsPageAlone()
    {
        SmallCluster cluster;
        fill(cluster);
        cluster.forbiddenPlural = "secrets";
        app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
        console.window().show();
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(stateText(console, u"certificates"_s).contains(u"forbidden"_s), Patience);
        QVERIFY(console.window()
                    .page(u"certificates"_s)
                    ->state()
                    ->shown()
                    .details.contains(u"kind: ClusterRole"_s));
        QTRY_COMPARE_WITH_TIMEOUT(stateText(console, u"routing"_s), QString(), Patience);
    }

    void strictIsSwitchedAfterAReviewAndTakenBackExactly()
    {
        SmallCluster cluster;
        fill(cluster);
        app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
        console.window().show();
        console.showPage(u"mesh"_s);
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        child<QPushButton>(&console.window(), u"meshSwitch"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(openDialog(console), Patience);
        QCOMPARE(cluster.writes, 0);
        QVERIFY(cluster.dryRuns > 0);
        const models::ChangeReview review = openDialog(console)->review();
        QVERIFY(review.dryRunOk);
        QVERIFY(review.diffs.value(0).contains(u"STRICT"_s));
        QVERIFY2(review.warnings.join(u'\n').contains(u"default/quote-backend"_s),
                 "it speaks clear text to a sidecar");
        QVERIFY(applyTypingTheContext(console));
        QTRY_VERIFY_WITH_TIMEOUT(cluster.find("peerauthentications", "istio-system/default"), Patience);
        QCOMPARE(
            cluster.find("peerauthentications", "istio-system/default")->at({"spec", "mtls", "mode"}).text(),
            std::string("STRICT"));
        QTRY_COMPARE_WITH_TIMEOUT(console.models().journal.rowCount(), 1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(console.desk()->analysis()->meshMode.mode, models::MtlsMode::Strict,
                                  Patience);
        for (ui::ConfirmDialog *dialog : console.window().findChildren<ui::ConfirmDialog *>())
            dialog->close();
        QTRY_VERIFY(console.window().findChildren<ui::ConfirmDialog *>().isEmpty());
        QPushButton *undo = child<QPushButton>(&console.window(), u"meshUndo"_s);
        QTRY_VERIFY_WITH_TIMEOUT(undo->isVisible() && undo->isEnabled(), Patience);
        undo->click();
        QTRY_VERIFY_WITH_TIMEOUT(openDialog(console), Patience);
        QVERIFY(applyTypingTheContext(console));
        QTRY_VERIFY_WITH_TIMEOUT(!cluster.find("peerauthentications", "istio-system/default"), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(console.models().journal.rowCount(), 2, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(console.models().journal.find(u"1"_s)->entry.reverted, Patience);
    }

    void aUrlIsPredictedWhileItIsTyped()
    {
        SmallCluster cluster;
        fill(cluster);
        app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
        console.window().show();
        console.showPage(u"request"_s);
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(isLive(console), Patience);
        auto *url = child<QLineEdit>(&console.window(), u"requestUrl"_s);
        url->clear();
        QTest::keyClicks(url, u"http://edge.example/backend/"_s);
        const auto shown = [&console] {
            for (const QLabel *label : console.window().page(u"request"_s)->findChildren<QLabel *>()) {
                if (label->text().contains(u"quote-backend"_s))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(shown(), Patience);
    }

    void theConsoleCanBeLeftWhileItConnects()
    {
        SmallCluster cluster;
        fill(cluster);
        for (int i = 0; i < 3; ++i) {
            app::gui::Application console(optionsFor(write(cluster.kubeconfig())));
            console.window().show();
            console.start();
            QTRY_VERIFY_WITH_TIMEOUT(console.desk(), Patience);
        }
    }
};

SALLYPORT_TEST(application_test, ApplicationTest)
#include "application_test.moc"
