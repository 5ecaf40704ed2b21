// SPDX-License-Identifier: GPL-3.0-or-later
// What a person meets at the window who has no cluster, a wrong context or an expired token: each page says what, where and
// what to do, the window can be used, and Retry connects once the cause is mended.  The same table as cli_failures_test's.
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/page_frame.h"
#include "ui/pages/welcome_page.h"
#include "ui/state_panel.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15000;

// A port that nobody answers at until it is opened; then it leads to the API server.
class Door : public QObject
{
public:
    Door()
    {
        m_server.listen(QHostAddress::LocalHost);
        m_port = m_server.serverPort();
        m_server.close();
        connect(&m_server, &QTcpServer::newConnection, this, &Door::pass);
    }
    QByteArray url() const { return "https://127.0.0.1:" + QByteArray::number(m_port); }
    bool open(quint16 to)
    {
        m_to = to;
        return m_server.listen(QHostAddress::LocalHost, m_port);
    }

private:
    void pass()
    {
        QTcpSocket *in = m_server.nextPendingConnection();
        auto *out = new QTcpSocket(in);
        connect(in, &QTcpSocket::readyRead, out, [in, out] { out->write(in->readAll()); });
        connect(out, &QTcpSocket::readyRead, in, [in, out] { in->write(out->readAll()); });
        connect(out, &QTcpSocket::disconnected, in, &QTcpSocket::disconnectFromHost);
        connect(in, &QTcpSocket::disconnected, in, &QObject::deleteLater);
        out->connectToHost(QHostAddress::LocalHost, m_to);
    }

    QTcpServer m_server;
    quint16 m_port = 0, m_to = 0;
};

} // namespace

class FailuresTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<Door> m_door;
    TestAuthority m_stranger{u"Stranger"_s};

    QString path(const QString &name) const { return m_folder.filePath(name); }

    bool write(const QString &name, const QByteArray &text) const
    {
        QDir().mkpath(QFileInfo(path(name)).absolutePath());
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) == text.size();
    }

    QByteArray with(const QByteArray &server) const
    {
        return m_cluster->kubeconfigWith(server, m_cluster->token, m_cluster->certificateAuthority());
    }

    // What is wrong with the file CONFIG, or with what it leads to.
    void breakIt(const QString &fault)
    {
        const QByteArray good = m_cluster->kubeconfig();
        if (fault == "wrong context"_L1)
            write(u"config"_s, good);
        else if (fault == "expired token"_L1)
            write(u"config"_s, m_cluster->kubeconfig("an-old-token"));
        else if (fault == "refused connection"_L1)
            write(u"config"_s, with(m_door->url()));
        else if (fault == "unknown host"_L1)
            write(u"config"_s, with("https://no-such-host.invalid:6443"));
        else if (fault == "untrusted CA"_L1)
            write(u"config"_s,
                  QByteArray(good).replace(m_cluster->certificateAuthority().toBase64(),
                                           m_stranger.certificate().toBase64()));
        else if (fault == "broken YAML"_L1)
            write(u"config"_s, "contexts: [{name: test\nclusters: {");
        else if (fault == "unreadable key"_L1) {
            const TestIdentity jane = m_stranger.issue({});
            write(u"jane.pem"_s, jane.certificate);
            QDir().mkpath(path(u"jane.key"_s)); // a folder: mode 000 does not stop root
            write(u"config"_s,
                  QByteArray(good).replace("user: {",
                                           "user: {client-certificate: jane.pem, client-key: jane.key, "));
        }
    }

    void mendIt(const QString &fault)
    {
        const QByteArray good = m_cluster->kubeconfig();
        if (fault == "no cluster"_L1)
            write(u"home/.kube/config"_s, good);
        else if (fault == "wrong context"_L1)
            write(u"config"_s, QByteArray(good).replace("name: test, context:", "name: prod, context:"));
        else if (fault == "refused connection"_L1)
            QVERIFY(m_door->open(m_cluster->port()));
        else if (fault == "unreadable key"_L1) {
            const TestIdentity jane = m_stranger.issue({});
            QDir().rmdir(path(u"jane.key"_s));
            write(u"jane.pem"_s, jane.certificate);
            write(u"jane.key"_s, jane.key);
        } else
            write(u"config"_s, good);
    }

    static QString saidOn(app::gui::Application &console, const QString &page)
    {
        const ui::PageFrame *frame = console.window().page(page);
        if (const ui::StatePanel *panel = frame->state())
            return panel->shown().title + u' ' + panel->shown().text;
        return frame->findChild<ui::Banner *>(page + u"Stale"_s)
            ->text(); // the journal is there without a cluster, too
    }

    static QString noticesOf(app::gui::Application &console)
    {
        QStringList all;
        const auto &notices = console.models().notices;
        for (int row = 0; row < notices.rowCount(); ++row)
            all.append(notices.find(notices.keyAt(row))->text);
        return all.join(u' ');
    }

    // "" or the first page that leaves one of the parts out.
    static QString silentPage(app::gui::Application &console, const QStringList &parts)
    {
        for (const QString &page : console.window().pageIds()) {
            if (page == "welcome"_L1)
                continue;
            for (const QString &part : parts) {
                if (!saidOn(console, page).contains(part))
                    return page + u" does not say “"_s + part + u"”: "_s + saidOn(console, page);
            }
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8());
        qputenv("HOME", path(u"home"_s).toUtf8());
        qunsetenv("KUBECONFIG");
        for (const char *name : {"HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"})
            qunsetenv(name);
    }

    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put("{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, "
                       "namespace: default}, "
                       "spec: {prefix: /backend/, service: quote}}\n");
        m_door = std::make_unique<Door>();
        QFile::remove(path(u"config"_s));
    }
    void cleanup()
    {
        m_door.reset();
        m_cluster.reset();
    }

    void everyPageSaysItAndRetryConnectsOnceItIsMended_data()
    {
        QTest::addColumn<QStringList>("options"); // context; "": none, file; "": none
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("where"); // %1: the file
        QTest::addColumn<QString>("toDo");
        const QStringList file{QString(), u"config"_s};
        QTest::newRow("no cluster") << QStringList{u"test"_s, QString()} << u"no kubeconfig found"_s
                                    << u".kube/config"_s << u"set KUBECONFIG or use --kubeconfig"_s;
        QTest::newRow("wrong context") << QStringList{u"prod"_s, u"config"_s} << u"context “prod” is not in"_s
                                       << u"%1"_s << u"there are: "_s;
        QTest::newRow("expired token")
            << file << u"Unauthorized"_s << u"%1"_s << u"sign in again or renew them"_s;
        QTest::newRow("refused connection") << file << u"the connection was refused"_s << u"%1"_s
                                            << u"is the API server running there? Check"_s;
        QTest::newRow("unknown host")
            << file << u"no-such-host.invalid is unknown"_s << u"%1"_s << u"check DNS and VPN"_s;
        QTest::newRow("untrusted CA")
            << file << u"is not trusted"_s << u"%1"_s << u"set the right certificate-authority"_s;
        QTest::newRow("broken YAML") << file << u"YAML"_s << u"%1, line 2"_s << u"YAML"_s;
        QTest::newRow("missing file") << file << u"does not exist"_s << u"%1"_s << u"check --kubeconfig"_s;
        QTest::newRow("unreadable key") << file << u"cannot be read"_s << u"jane.key"_s << u"%1"_s;
    }

    void everyPageSaysItAndRetryConnectsOnceItIsMended()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, what);
        QFETCH(QString, where);
        QFETCH(QString, toDo);
        const QString fault = QString::fromLatin1(QTest::currentDataTag());
        breakIt(fault);
        app::gui::GuiOptions started;
        started.context = options[0];
        started.kubeconfig = options[1].isEmpty() ? QString() : path(options[1]);
        app::gui::Application console(started);
        console.window().show();
        console.window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&console.window()));
        console.start();

        QStringList parts{what, where, toDo};
        parts.replaceInStrings(u"%1"_s, path(u"config"_s));
        QTRY_VERIFY2_WITH_TIMEOUT(silentPage(console, parts).isEmpty(),
                                  qPrintable(silentPage(console, parts)), Patience);
        QVERIFY(!silentPage(console, {u"token-that-no-page-shows"_s}).isEmpty());
        for (const QString &page : console.window().pageIds()) {
            for (const QString &secret : {QString::fromLatin1(m_cluster->token), u"an-old-token"_s})
                QVERIFY(!saidOn(console, page).contains(secret));
        }
        QVERIFY(console.window().isEnabled());
        for (int page = 0; page < 2; ++page) { // it can still be walked through
            QTest::keyClick(&console.window(), Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
            QCOMPARE(console.window().currentPage(), console.window().pageIds().at(page));
        }

        const ui::StatePanel *panel = console.window().page(u"routing"_s)->state();
        const bool isOfTheFile = fault != "expired token"_L1 && fault != "refused connection"_L1
            && fault != "unknown host"_L1 && fault != "untrusted CA"_L1;
        QCOMPARE(panel->shown().secondary, isOfTheFile ? u"Open a file…"_s : u"Connection doctor…"_s);

        mendIt(fault);
        console.showPage(u"routing"_s);
        auto *retry =
            console.window().page(u"routing"_s)->state()->findChild<QPushButton *>(u"statePrimary"_s);
        QVERIFY(retry && retry->isVisible() && retry->isEnabled());
        QTest::keyClick(retry, Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(saidOn(console, u"routing"_s), QString(), Patience);
        const auto *table = console.window().findChild<QTableView *>(u"mappingsTable"_s);
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible() && table->model()->rowCount() == 1, Patience);
    }
    // Nobody presses Retry: the file is mended on the disk.
    void aMendedFileIsTakenByItself_data()
    {
        QTest::addColumn<QStringList>("options"); // context; "": none, file
        QTest::addColumn<QString>("what");        // it says before
        QTest::addColumn<bool>("byRename");       // as editors and kubectl write
        const QStringList file{QString(), u"config"_s};
        QTest::newRow("expired token") << file << u"Unauthorized"_s << false;
        QTest::newRow("untrusted CA") << file << u"is not trusted"_s << true;
        QTest::newRow("unknown host") << file << u"no-such-host.invalid"_s << true;
        QTest::newRow("broken YAML") << file << u"YAML"_s << false;
        QTest::newRow("missing file") << file << u"does not exist"_s << true;
        QTest::newRow("wrong context") << QStringList{u"prod"_s, u"config"_s} << u"context “prod”"_s << true;
    }
    void aMendedFileIsTakenByItself()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, what);
        QFETCH(bool, byRename);
        const QString fault = QString::fromLatin1(QTest::currentDataTag());
        breakIt(fault);
        app::gui::GuiOptions started;
        started.context = options[0];
        started.kubeconfig = path(options[1]);
        app::gui::Application console(started);
        console.window().show();
        console.start();
        QTRY_VERIFY2_WITH_TIMEOUT(saidOn(console, u"routing"_s).contains(what),
                                  qPrintable(saidOn(console, u"routing"_s)), Patience);
        QByteArray good = m_cluster->kubeconfig();
        if (fault == "wrong context"_L1)
            good.replace("name: test, context:", "name: prod, context:");
        QVERIFY(write(byRename ? u"config.new"_s : u"config"_s, good));
        if (byRename) {
            QFile::remove(path(u"config"_s)); // QFile::rename does not replace
            QVERIFY(QFile::rename(path(u"config.new"_s), path(u"config"_s)));
        }
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(saidOn(console, u"routing"_s), QString(), Patience);
    }

    // The file is renewed while the old token still counts, as cloud plug-ins and administrators do it; when that ends, what stands in
    // the file is taken, and what was staged waits on.
    void aRenewedTokenIsTakenOnceTheOldOneEnds()
    {
        QVERIFY(write(u"config"_s, m_cluster->kubeconfig()));
        app::gui::GuiOptions started;
        started.kubeconfig = path(u"config"_s);
        app::gui::Application console(started);
        console.window().show();
        console.start();
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 1, Patience);
        const app::gui::ClusterDesk *desk = console.desk();
        const QAbstractItemModel *contexts =
            console.window().welcome().findChild<QListView *>(u"welcomeContexts"_s)->model();
        QVERIFY(write(
            u"config"_s,
            m_cluster->kubeconfig("a-new-token")
                .replace("contexts: [", "contexts: [{name: other, context: {cluster: test, user: jane}}, ")));
        QTRY_COMPARE_WITH_TIMEOUT(contexts->rowCount(), 2, Patience); // it was read
        QCOMPARE(console.desk(), desk);
        const QSignalSpy rebuilt(&console, &app::gui::Application::deskChanged);
        m_cluster->token = "a-new-token";
        m_cluster->expire(); // whoever goes on shows who it is
        m_cluster->put(
            "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: later, namespace: default}, "
            "spec: {prefix: /later/, service: quote}}\n");
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 2, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(saidOn(console, u"routing"_s), QString(), Patience);
        QVERIFY(console.desk()->state().phase == Phase::Live);
        QCOMPARE(rebuilt.size(), 0); // the same connection goes on, with what it has
    }

    // A start without options, on whatever page: not only the welcome page says why, and how to go on.
    void withoutAKubeconfigEveryPageSaysSo()
    {
        QVERIFY(write(u"home/.kube/config"_s, "contexts: [{name: test\nclusters: {"));
        app::gui::Application console({});
        console.window().show();
        console.start();
        for (const QString &page : console.window().pageIds()) {
            const ui::StatePanel *panel = console.window().page(page)->state();
            if (!panel) // the journal and the guide have something to show
                continue;
            QVERIFY2(panel->shown().text.contains(u".kube/config, line 2"_s), qPrintable(page));
            QCOMPARE(panel->shown().primary, u"Retry"_s);
            QCOMPARE(panel->shown().secondary, u"Open a file…"_s);
        }
        QVERIFY(write(u"home/.kube/config"_s, m_cluster->kubeconfig()));
        console.window().showPage(u"routing"_s);
        QVERIFY(console.window().page(u"routing"_s)->state());
        Q_EMIT console.window().page(u"routing"_s)->retryRequested();
        QTRY_VERIFY(
            console.window().page(u"routing"_s)->state()->shown().text.contains(u"Choose a context"_s));
        QVERIFY(QFile::remove(path(u"home/.kube/config"_s)));
    }

    // A cluster that somebody adds can be chosen; what lives goes on, whatever is written.
    void newContextsAppearWhileAConnectionGoesOn()
    {
        QVERIFY(write(u"config"_s, m_cluster->kubeconfig()));
        app::gui::GuiOptions started;
        started.kubeconfig = path(u"config"_s);
        app::gui::Application console(started);
        console.window().show();
        console.start();
        QTRY_COMPARE_WITH_TIMEOUT(console.models().mappings.rowCount(), 1, Patience);
        const app::gui::ClusterDesk *desk = console.desk();
        const QAbstractItemModel *contexts =
            console.window().welcome().findChild<QListView *>(u"welcomeContexts"_s)->model();
        QCOMPARE(contexts->rowCount(), 1);
        QVERIFY(
            write(u"config"_s,
                  m_cluster->kubeconfig().replace(
                      "contexts: [", "contexts: [{name: other, context: {cluster: test, user: jane}}, ")));
        QTRY_COMPARE_WITH_TIMEOUT(contexts->rowCount(), 2, Patience);
        QVERIFY(write(u"config"_s, "contexts: [{name: test\nclusters: {"));
        QTRY_VERIFY_WITH_TIMEOUT(noticesOf(console).contains(u"cannot be read"_s), Patience);
        QCOMPARE(console.desk(), desk);
        QCOMPARE(console.models().mappings.rowCount(), 1);
        QVERIFY(console.desk()->state().phase == models::ConnectionState::Phase::Live);
    }
};

SALLYPORT_TEST(failures_test, FailuresTest)
#include "failures_test.moc"
