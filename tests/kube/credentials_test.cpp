// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in as a user of the transport sees it: real plug-in programs (shell scripts), real files, a real
// TLS server that says 401.
#include "kube/client.h"
#include "kube/exec_plugin.h"
#include "kube/exec_source.h"
#include "kube/kubeconfig.h"
#include "kube/kubeconfig_writer.h"
#include "kube/log_stream.h"
#include "kube/object_store.h"
#include "kube/oidc_source.h"
#include "kube/reflector.h"
#include "kube/static_source.h"
#include "kube/transport.h"
#include "kube/upgrade.h"
#include "tests/kube/scripted_api.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace kube;

class CredentialsTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;
    TestIdentity m_serverIdentity = loopbackServer(m_authority);
    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    QByteArray contentOf(const QString &name) const
    {
        QFile file(m_dir.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    Connection connectionTo(const QUrl &server) const
    {
        Connection connection;
        connection.context = u"dev"_s;
        connection.cluster = u"c"_s;
        connection.user = u"jane"_s;
        connection.file = m_dir.filePath(u"config"_s);
        connection.server = server;
        connection.trustedCa = m_authority.certificate();
        return connection;
    }

    // A plug-in that counts its runs in the file "runs" and then does what the script says.
    Connection withPlugin(const QUrl &server, const QByteArray &script) const
    {
        QFile::remove(m_dir.filePath(u"runs"_s));
        Connection connection = connectionTo(server);
        ExecPlugin plugin;
        plugin.apiVersion = u"client.authentication.k8s.io/v1"_s;
        plugin.command =
            write(u"plugin"_s,
                  "#!/bin/sh\necho x >> '" + m_dir.filePath(u"runs"_s).toUtf8() + "'\nruns=$(wc -l < '"
                      + m_dir.filePath(u"runs"_s).toUtf8() + "' | tr -d ' ')\n" + script + "\n");
        connection.exec = plugin;
        return connection;
    }

    qsizetype runs() const { return contentOf(u"runs"_s).count('x'); }

    static QByteArray credential(const QByteArray &status)
    {
        return "cat "
               "<<END\n{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
               "v1\",\"status\":{"
            + status + "}}\nEND";
    }

    static Result<HttpResponse> ask(Transport &transport)
    {
        std::optional<Result<HttpResponse>> answer;
        Transport::Callbacks callbacks;
        callbacks.finished = [&answer](const Result<HttpResponse> &result) { answer = result; };
        HttpRequest request;
        request.path = u"/version"_s;
        transport.send(request, std::move(callbacks));
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 10'000))
            return failure(Error::Kind::Timeout, u"the test waited in vain"_s);
        return *answer;
    }

    ScriptedServer::Handler refusing(const QByteArray &token)
    {
        return [token](const ServerRequest &request, const ServerReply &reply) {
            reply.answer(request.headers.value("authorization") == "Bearer " + token ? 200 : 401, "{}");
        };
    }

private Q_SLOTS:
    void aPluginRunsOnceAndItsTokenIsSent()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(server.url(), credential("\"token\":\"abc\"")));
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(runs(), 1);
    }

    void whoAsksMeanwhileWaitsForTheSameRun()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        // The plugin waits at a pipe until all have asked; opened for both, so that neither end waits for the other.
        const QByteArray gate = QFile::encodeName(m_dir.filePath(u"gate"_s));
        QCOMPARE(::mkfifo(gate.constData(), 0600), 0);
        const int opened = ::open(gate.constData(), O_RDWR | O_CLOEXEC);
        QVERIFY(opened >= 0);
        const auto close = qScopeGuard([opened] { ::close(opened); });
        Transport transport(
            withPlugin(server.url(), "read go < '" + gate + "'\n" + credential("\"token\":\"abc\"")));
        int answered = 0;
        for (int i = 0; i < 5; ++i) {
            Transport::Callbacks callbacks;
            callbacks.finished = [&answered](const Result<HttpResponse> &result) {
                answered += result && result->status == 200;
            };
            transport.send({}, std::move(callbacks));
        }
        QTRY_COMPARE(runs(), 1);
        QCOMPARE(answered, 0);
        QCOMPARE(::write(opened, "go\n", 3), 3);
        QTRY_COMPARE(answered, 5);
        QCOMPARE(runs(), 1);
    }

    void a401IsShownAndTheNextRequestIsRenewed()
    {
        ScriptedServer server(refusing("token-2"),
                              serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(server.url(), credential("\"token\":\"token-$runs\"")));
        QCOMPARE(ask(transport)->status, 401);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(runs(), 2);
    }

    // What a verb of the client asks for need not be asked twice by whoever wants it.
    void whoIsRefusedSignsInAnewAndAsksOnceMore_data()
    {
        QTest::addColumn<QString>("way");
        QTest::addColumn<bool>("isRenewed");
        QTest::newRow("a plug-in") << u"plugin"_s << true;
        QTest::newRow("a plug-in with nothing new") << u"same"_s << false;
        QTest::newRow("a token file") << u"tokenFile"_s << true;
        QTest::newRow("a kubeconfig") << u"kubeconfig"_s << true;
        QTest::newRow("a kubeconfig that is as it was") << u"unchanged"_s << false;
        QTest::newRow("a kubeconfig for another server") << u"elsewhere"_s << false;
        QTest::newRow("a kubeconfig of another user") << u"somebody"_s << false;
    }
    void whoIsRefusedSignsInAnewAndAsksOnceMore()
    {
        QFETCH(QString, way);
        QFETCH(bool, isRenewed);
        QByteArray known = "token-1";
        ScriptedServer server(
            [&known](const ServerRequest &request, const ServerReply &reply) {
                const bool isKnown = request.headers.value("authorization") == "Bearer " + known;
                reply.answer(isKnown ? 200 : 401, isKnown ? podJson(u"web"_s, 7) : "{}");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        const auto kubeconfig = [&](const QByteArray &token, const QUrl &url,
                                    const QByteArray &user = "jane") {
            return write(u"config"_s,
                         "clusters: [{name: c, cluster: {server: '" + url.toEncoded()
                             + "', certificate-authority-data: " + m_authority.certificate().toBase64()
                             + "}}]\nusers: [{name: " + user + ", user: {token: " + token
                             + "}}]\ncontexts: [{name: dev, context: {cluster: c, user: " + user
                             + "}}]\n"
                               "current-context: dev\n");
        };
        Connection connection = connectionTo(server.url());
        if (way == u"plugin" || way == u"same") {
            connection = withPlugin(
                server.url(),
                credential(way == u"same" ? "\"token\":\"token-1\"" : "\"token\":\"token-$runs\""));
        } else if (way == u"tokenFile") {
            connection.tokenFile = write(u"token"_s, "token-1");
        } else {
            connection = *Kubeconfig::load({{kubeconfig("token-1", server.url())}, true})->connection();
        }
        connection.mode = WriteMode::Normal;
        Transport transport(connection);
        Client client(transport);
        const auto before = client.get(types::pods(), u"shop"_s, u"web"_s);
        QVERIFY(QTest::qWaitFor([&] { return before.isFinished(); }, 10'000));
        QVERIFY2(before.result(), qPrintable(before.result() ? QString() : before.result().error().message));
        known = "token-2";
        if (way == u"tokenFile")
            write(u"token"_s, "token-2");
        else if (way == u"kubeconfig")
            kubeconfig("token-2", server.url());
        else if (way == u"elsewhere")
            kubeconfig("token-2", QUrl(u"https://127.0.0.1:1"_s));
        else if (way == u"somebody")
            kubeconfig("token-2", server.url(), "joe");
        const auto done = client.mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}");
        QVERIFY(QTest::qWaitFor([&] { return done.isFinished(); }, 10'000));
        QCOMPARE(done.result().has_value(), isRenewed);
        QCOMPARE(server.requests().size(), isRenewed ? 3 : 2);
        if (!isRenewed)
            QCOMPARE(int(done.result().error().kind), int(Error::Kind::Unauthorized));
    }

    // A token that ends while its watch is open; and nobody sees it.
    void whatIsWatchedAndFollowedSignsInAnewToo()
    {
        ScriptedServer server(
            [](const ServerRequest &request, const ServerReply &reply) {
                const bool isWatch = !request.query("watch").isEmpty(),
                           isLog = !request.query("follow").isEmpty();
                if (request.headers.value("authorization") != (isWatch ? "Bearer token-3" : "Bearer token-2"))
                    return reply.answer(401, "{}");
                if (!isWatch && !isLog)
                    return reply.answer(200,
                                        "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"1\"},"
                                        "\"items\":[]}");
                reply.startStream();
                if (isLog)
                    reply.line("2026-01-01T00:00:00.1Z one");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(server.url(), credential("\"token\":\"token-$runs\"")));
        transport.traits().streamsLists = false;
        ObjectStore store;
        Reflector reflector(transport, types::pods(), u"shop"_s, store);
        bool hasWaited = false;
        connect(&reflector, &Reflector::stateChanged, this, [&hasWaited](const WatchState &state) {
            hasWaited = hasWaited || state.phase == WatchState::Phase::Waiting;
        });
        reflector.start();
        QTRY_COMPARE_WITH_TIMEOUT(reflector.state().phase, WatchState::Phase::Live, 10'000);
        // Live is said after the list; the watch is refused behind it
        QTRY_COMPARE_WITH_TIMEOUT(server.requests().size(), 4, 10'000);
        QCOMPARE(runs(), 3);
        QVERIFY(!hasWaited);
        Transport other(withPlugin(server.url(), credential("\"token\":\"token-$runs\""))); // token-1 first
        LogStream log(other, u"shop"_s, u"web"_s, {});
        QStringList lines;
        connect(&log, &LogStream::arrived, this, [&lines](const QList<LogLine> &arrived) {
            for (const LogLine &line : arrived)
                lines.append(line.text);
        });
        log.start();
        QTRY_COMPARE_WITH_TIMEOUT(lines, QStringList{u"one"_s}, 10'000);
    }

    // What a service behind the proxy answers is its own: it may have done something.
    void aServiceThatRefusesIsAskedOnce()
    {
        ScriptedServer server(refusing("none"),
                              serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(server.url(), credential("\"token\":\"token-$runs\"")));
        Client client(transport);
        const auto answer = client.ask(serviceProxyPath(u"shop"_s, u"web"_s, u"80"_s, u"/login"_s), "{}");
        QVERIFY(QTest::qWaitFor([&] { return answer.isFinished(); }, 10'000));
        QVERIFY(!answer.result());
        QCOMPARE(server.requests().size(), 1);
    }

    void anExpiredAnswerIsAskedForAnew()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(
            server.url(), credential("\"token\":\"abc\",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\"")));
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(runs(), 2);
    }

    void aNewCertificateOfThePluginClosesTheOldConnections()
    {
        const TestIdentity one = m_authority.issue({u"one"_s}), two = m_authority.issue({u"two"_s});
        const auto status = [](const TestIdentity &identity) -> QByteArray {
            return "\"clientCertificateData\":\"" + QByteArray(identity.certificate).replace('\n', "\\\\n")
                + "\",\"clientKeyData\":\"" + QByteArray(identity.key).replace('\n', "\\\\n")
                + "\",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\"";
        };
        ScriptedServer server(
            [](const ServerRequest &request, const ServerReply &reply) {
                request.target.contains("watch") ? reply.startStream() : reply.answer(200, "{}");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key, m_authority.certificate()));
        Transport transport(withPlugin(server.url(),
                                       "if [ $runs = 1 ]; then\n" + credential(status(one)) + "\nelse\n"
                                           + credential(status(two)) + "\nfi"));
        std::optional<Error> end;
        int head = 0;
        Transport::Callbacks callbacks;
        callbacks.onHead = [&head](int code) { head = code; };
        callbacks.onData = [](const QByteArray &) {};
        callbacks.finished = [&end](const Result<HttpResponse> &result) {
            end = result ? Error() : result.error();
        };
        HttpRequest watch;
        watch.path = u"/watch"_s;
        watch.timeoutMs = 0;
        transport.send(watch, std::move(callbacks));
        QTRY_COMPARE(head, 200);
        const Result<HttpResponse> second = ask(transport);
        QVERIFY2(second, qPrintable(second ? QString() : second.error().message));
        QTRY_VERIFY(end);
        QCOMPARE(int(end->kind), int(Error::Kind::Unreachable));
    }

    void whatGoesWrongWithAPluginIsSaid_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("fails") << QByteArray("echo 'please run: corp login' >&2; exit 3")
                               << QStringList{u"exit code 3"_s, u"please run: corp login"_s};
        QTest::newRow("crashes") << QByteArray("kill -9 $$") << QStringList{u"crashed"_s};
        QTest::newRow("no JSON") << QByteArray("echo s3cret")
                                 << QStringList{u"did not write an ExecCredential"_s};
        QTest::newRow("another version")
            << QByteArray("echo "
                          "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
                          "v1beta1\",\"status\":{\"token\":\"s3cret\"}}'")
            << QStringList{u"answered apiVersion “client.authentication.k8s.io/v1beta1”"_s};
        QTest::newRow("no status") << QByteArray(
            "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'")
                                   << QStringList{u"without status"_s};
        QTest::newRow("nothing in it")
            << credential("") << QStringList{u"neither a token nor a client certificate"_s};
        QTest::newRow("half a pair") << credential("\"clientKeyData\":\"s3cret\"")
                                     << QStringList{u"only one of client certificate and key"_s};
        QTest::newRow("a bad time") << credential("\"token\":\"s3cret\",\"expirationTimestamp\":\"soon\"")
                                    << QStringList{u"is no time"_s};
        QTest::newRow("a token with a line break")
            << credential("\"token\":\"s3cret\\\\r\\\\nX: y\"") << QStringList{u"line breaks"_s};
        QTest::newRow("colours") << QByteArray("printf '\\033[31mred\\033[0m' >&2; exit 1")
                                 << QStringList{u"it says: red"_s};
    }

    void whatGoesWrongWithAPluginIsSaid()
    {
        QFETCH(QByteArray, script);
        QFETCH(QStringList, words);
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(server.url(), script));
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY(!answer);
        QCOMPARE(int(answer.error().kind), int(Error::Kind::Config));
        words.append({u"user “jane”"_s, m_dir.filePath(u"config"_s), m_dir.filePath(u"plugin"_s)});
        for (const QString &word : words)
            QVERIFY2(answer.error().message.contains(word),
                     qPrintable(word + u" / "_s + answer.error().message));
        QVERIFY(!answer.error().message.contains(u"s3cret"_s));
        QCOMPARE(server.requests().size(), 0);
    }

    void aMissingProgramComesWithItsHint()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = withPlugin(server.url(), {});
        connection.exec->command = u"no-such-program-anywhere"_s;
        connection.exec->installHint = u"get it at \x1b[1mexample.com\x1b[0m"_s;
        Transport transport(connection);
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY(!answer);
        QVERIFY2(
            answer.error().message.contains(u"is not installed (or not in PATH): get it at example.com"_s),
            qPrintable(answer.error().message));
    }

    // Long before its time is over, and before it fills the memory.
    void aPluginThatWritesWithoutEndIsEnded()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = withPlugin(server.url(), "head -c 6000000 /dev/zero; exec sleep 600");
        connection.signInMs = 8'000;
        Transport transport(connection);
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY(!answer);
        QVERIFY2(answer.error().message.contains(u"wrote more than 4 MiB"_s),
                 qPrintable(answer.error().message));
        QCOMPARE(server.requests().size(), 0);
    }

    // The shell is asked once, however often the program runs.
    void aProgramOfTheLoginShellsPathIsFound()
    {
        ScriptedServer server(refusing("token-2"),
                              serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = withPlugin(server.url(), credential("\"token\":\"token-$runs\""));
        const QString asked = m_dir.filePath(u"asked"_s);
        const QString shell = write(u"shell"_s,
                                    "#!/bin/sh\necho asked >> '" + asked.toUtf8() + "'\necho welcome\nPATH='"
                                        + m_dir.path().toUtf8() + "':$PATH\neval \"$2\"\n");
        connection.exec->command = u"plugin"_s;
        const QByteArray before = qgetenv("SHELL");
        qputenv("SHELL", shell.toLocal8Bit());
        const auto restore = qScopeGuard([&before] { qputenv("SHELL", before); });
        Transport transport(connection);
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QCOMPARE(answer->status, 401);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(runs(), 2);
        QFile log(asked);
        QVERIFY(log.open(QIODevice::ReadOnly));
        QCOMPARE(log.readAll(), QByteArray("asked\n"));
    }

    // A forward that is refused signs in anew as any other request does.
    void anUpgradeThatIsRefusedIsRenewedToo()
    {
        const auto handler = [](const ServerRequest &request, const ServerReply &reply) {
            if (request.headers.value("authorization") != "Bearer token-2")
                return reply.answer(401, "{}");
            reply.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        };
        ScriptedServer server(handler, serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Transport transport(withPlugin(server.url(), credential("\"token\":\"token-$runs\"")));
        const auto upgraded = [&]() -> std::optional<bool> {
            std::optional<bool> isUpgraded;
            upgrade(transport, {}, this,
                    [&isUpgraded](const Result<Upgraded> &result) { isUpgraded = result.has_value(); });
            return QTest::qWaitFor([&isUpgraded] { return isUpgraded.has_value(); }, 10'000) ? isUpgraded
                                                                                             : std::nullopt;
        };
        QCOMPARE(upgraded(), std::optional(false));
        QCOMPARE(upgraded(), std::optional(true));
        QCOMPARE(runs(), 2);
    }

    void aPluginThatNeedsATerminalIsNotRun()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = withPlugin(server.url(), credential("\"token\":\"abc\""));
        connection.exec->interactive = ExecPlugin::Interactive::Always;
        Transport transport(connection);
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY(!answer);
        QVERIFY2(
            answer.error().message.contains(
                u"(exec) is not run: it wants to ask you (interactiveMode Always), and standard input is not a terminal here; sign in with kubectl first"_s),
            qPrintable(answer.error().message));
        QCOMPARE(runs(), 0);
    }

    void thePolicyIsAskedOnceBeforeTheFirstRun()
    {
        ScriptedServer server(refusing("abc"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = withPlugin(
            server.url(), credential("\"token\":\"abc\",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\""));
        int asked = 0;
        bool isAllowed = false;
        connection.mayRun = [&](const ExecPlugin &, const std::function<void(bool)> &answer) {
            ++asked;
            answer(isAllowed);
        };
        {
            Transport transport(connection);
            QVERIFY(ask(transport).error().message.contains(u"was not allowed to run"_s));
            QVERIFY(ask(transport).error().message.contains(u"was not allowed to run"_s));
            QCOMPARE(asked, 1);
            QCOMPARE(runs(), 0);
        }
        isAllowed = true;
        Transport transport(connection);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(asked, 2);
        QCOMPARE(runs(), 2);
    }

    void anAnswerOfThePolicyAfterTheEndDoesNoHarm()
    {
        Connection connection = withPlugin(QUrl(u"https://127.0.0.1:1"_s), credential("\"token\":\"abc\""));
        std::function<void(bool)> late;
        connection.mayRun = [&late](const ExecPlugin &, std::function<void(bool)> answer) {
            late = std::move(answer);
        };
        auto transport = std::make_unique<Transport>(connection);
        Transport::Callbacks callbacks;
        callbacks.finished = [](const Result<HttpResponse> &) { QFAIL("heard after the end"); };
        transport->send({}, std::move(callbacks));
        QVERIFY(late);
        transport.reset();
        late(true);
        QCoreApplication::processEvents();
        QCOMPARE(runs(), 0);
    }

    void thePluginIsToldWhatTheKubeconfigAllows()
    {
        Connection connection = connectionTo(QUrl(u"https://a:6443/prefix"_s));
        connection.tlsServerName = u"kube"_s;
        ExecPlugin plugin;
        plugin.apiVersion = u"client.authentication.k8s.io/v1beta1"_s;
        plugin.clusterConfig = R"({"audience":"x"})";
        const QJsonObject without = QJsonDocument::fromJson(execInfo(plugin, connection)).object();
        QCOMPARE(without[u"apiVersion"].toString(), plugin.apiVersion);
        QCOMPARE(without[u"spec"].toObject(), (QJsonObject{{u"interactive"_s, false}}));
        plugin.provideClusterInfo = true;
        const QJsonObject cluster = QJsonDocument::fromJson(execInfo(plugin, connection))
                                        .object()[u"spec"]
                                        .toObject()[u"cluster"]
                                        .toObject();
        QCOMPARE(cluster[u"server"].toString(), u"https://a:6443/prefix"_s);
        QCOMPARE(cluster[u"tls-server-name"].toString(), u"kube"_s);
        QCOMPARE(QByteArray::fromBase64(cluster[u"certificate-authority-data"].toString().toLatin1()),
                 m_authority.certificate());
        QCOMPARE(cluster[u"config"].toObject(), (QJsonObject{{u"audience"_s, u"x"_s}}));
    }

    void basicCredentialsAreSent()
    {
        ScriptedServer server(
            [](const ServerRequest &request, const ServerReply &reply) {
                reply.answer(request.headers.value("authorization")
                                     == "Basic " + QByteArray("jane:p w").toBase64()
                                 ? 200
                                 : 401,
                             "{}");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = connectionTo(server.url());
        connection.basic = "jane:p w";
        Transport transport(connection);
        QCOMPARE(ask(transport)->status, 200);
    }

    void anAnonymousRequestCarriesNothing()
    {
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, "{}"); },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = connectionTo(server.url());
        connection.token = "abc";
        connection.impersonation = {"Impersonate-User: bob"};
        Transport transport(connection);
        QCOMPARE(ask(transport)->status, 200);
        bool isDone = false;
        Transport::Callbacks callbacks;
        callbacks.finished = [&isDone](const Result<HttpResponse> &) { isDone = true; };
        HttpRequest request;
        request.isAnonymous = true;
        transport.send(request, std::move(callbacks));
        QTRY_VERIFY(isDone);
        QVERIFY(!server.requests().last().headers.contains("authorization"));
        QVERIFY(!server.requests().last().headers.contains("impersonate-user"));
        QCOMPARE(server.connections(), 2);
    }

    void certificateFilesAreReadAgainAndOldConnectionsClosed()
    {
        const TestIdentity one = m_authority.issue({u"one"_s}), two = m_authority.issue({u"two"_s});
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, "{}"); },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key, m_authority.certificate()));
        Connection connection = connectionTo(server.url());
        connection.certificateFile = write(u"me.crt"_s, one.certificate);
        connection.keyFile = write(u"me.key"_s, one.key);
        connection.clientCertificate = one.certificate;
        connection.clientKey = one.key;
        Transport transport(connection);
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(server.connections(), 1);
        write(u"me.crt"_s, two.certificate); // the key does not fit yet: the old pair goes on
        QTRY_VERIFY_WITH_TIMEOUT(ask(transport) && server.connections() == 1, 1500);
        write(u"me.key"_s, two.key);
        QTRY_VERIFY_WITH_TIMEOUT(ask(transport) && server.connections() == 2, 5000);
    }

    // K12: the authority's file too, from client-go 1.36 on.
    void anAuthorityThatIsRenewedInItsFileIsTrusted()
    {
        TestAuthority next;
        const TestIdentity renewed = loopbackServer(next);
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, "{}"); },
            serverTls(renewed.certificate, renewed.key));
        Connection connection = connectionTo(server.url()); // trusts the authority of old
        connection.caFile = write(u"ca.crt"_s, m_authority.certificate());
        Transport transport(connection);
        const auto before = ask(transport);
        QVERIFY(!before);
        QCOMPARE(int(before.error().kind), int(Error::Kind::Tls));
        write(u"ca.crt"_s, "-----BEGIN CERTIFICATE-----\n"); // half written
        QVERIFY(!ask(transport));
        write(u"ca.crt"_s, next.certificate());
        QTRY_VERIFY_WITH_TIMEOUT(ask(transport), 5000);
        write(u"ca.crt"_s, m_authority.certificate()); // and back: what stood on the other trust is closed
        QTRY_VERIFY_WITH_TIMEOUT(!ask(transport), 5000);
    }

    // Between two renames of a renewal the files do not fit.
    void aCertificateWithoutItsKeyIsNotTaken()
    {
        const TestIdentity one = m_authority.issue({u"one"_s}), two = m_authority.issue({u"two"_s});
        Connection connection = connectionTo(QUrl(u"https://api.example"_s));
        connection.certificateFile = write(u"half.crt"_s, two.certificate);
        connection.keyFile = write(u"half.key"_s, one.key);
        connection.clientCertificate = one.certificate;
        connection.clientKey = one.key;
        SharedCredential taken;
        const auto take = [&taken](const Result<SharedCredential> &got) { taken = got.value_or(nullptr); };
        StaticSource between(connection);
        between.get(take);
        QVERIFY(taken);
        QCOMPARE(taken->clientCertificate, one.certificate);
        QCOMPARE(taken->clientKey, one.key);
        write(u"half.key"_s, two.key);
        StaticSource after(connection);
        after.get(take);
        QCOMPARE(taken->clientCertificate, two.certificate);
        QCOMPARE(taken->clientKey, two.key);
    }

    void theEndOfAToken_data()
    {
        QTest::addColumn<QByteArray>("claims");
        QTest::addColumn<qint64>("end"); // -1: not known
        QTest::newRow("a time") << QByteArray("{\"exp\":1800000000}") << qint64(1800000000);
        QTest::newRow("with a fraction") << QByteArray("{\"exp\":1800000000.5}") << qint64(1800000000);
        QTest::newRow("beyond any clock") << QByteArray("{\"exp\":1e300}") << qint64(-1);
        QTest::newRow("before any clock") << QByteArray("{\"exp\":-1e300}") << qint64(-1);
        QTest::newRow("text") << QByteArray("{\"exp\":\"1800000000\"}") << qint64(-1);
        QTest::newRow("nothing") << QByteArray("{}") << qint64(-1);
    }
    void theEndOfAToken()
    {
        QFETCH(QByteArray, claims);
        const QDateTime end =
            kube::tokenExpiry("e30." + claims.toBase64(QByteArray::Base64UrlEncoding) + ".x");
        QTEST(end.isValid() ? end.toSecsSinceEpoch() : -1, "end");
    }

    void anIdTokenIsRenewedAndWrittenBack()
    {
        const auto token = [](qint64 end) {
            return QByteArray("e30."
                              + QByteArray("{\"exp\":" + QByteArray::number(end) + "}")
                                    .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
                              + ".x");
        };
        const qint64 now = QDateTime::currentSecsSinceEpoch();
        const QByteArray fresh = token(now + 3600);
        QByteArray form;
        std::unique_ptr<ScriptedServer> provider;
        provider = std::make_unique<ScriptedServer>(
            [&](const ServerRequest &request, const ServerReply &reply) {
                if (request.target.endsWith("/.well-known/openid-configuration"))
                    return reply.answer(200,
                                        "{\"token_endpoint\":\"" + provider->url().toEncoded() + "/token\"}");
                form = request.body;
                if (!form.contains("client_id=app"))
                    return reply.answer(401, "{\"error\":\"invalid_client\"}");
                reply.answer(200, "{\"id_token\":\"" + fresh + "\",\"refresh_token\":\"r2\"}");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        ScriptedServer server(refusing(fresh), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        const QByteArray old = "users:\n- name: jane # me\n  user:\n    auth-provider:\n      name: oidc\n   "
                               "   config:\n        id-token: old\n        x-own: kept\n";
        Connection connection = connectionTo(server.url());
        connection.file = write(u"oidc"_s, old);
        connection.oidc = OidcProvider{provider->url().toString() + u"/realm/"_s,
                                       u"app"_s,
                                       u"s/ecret"_s,
                                       token(now - 60),
                                       "r 1",
                                       m_authority.certificate(),
                                       connection.file,
                                       u"jane"_s};
        Transport transport(connection);
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QCOMPARE(answer->status, 200);
        QCOMPARE(
            form,
            QByteArray("grant_type=refresh_token&refresh_token=r%201&client_id=app&client_secret=s%2Fecret"));
        QCOMPARE(ask(transport)->status, 200);
        QCOMPARE(provider->requests().size(), 3); // discovery, by header, by body; not again
        const QByteArray text = contentOf(u"oidc"_s);
        QVERIFY2(text.contains(QByteArray("id-token: " + fresh + '\n'))
                     && text.contains("refresh-token: \"r2\""),
                 text.constData());
        QVERIFY(text.contains("- name: jane # me\n") && text.contains("x-own: kept\n"));
    }

    // kubectl, or another window, has renewed in the same file: the provider has ended the refresh-token that was read at the start.
    void whatAnotherProgramHasRenewedIsTaken_data()
    {
        QTest::addColumn<QByteArray>("id"); // that the file has by then; "" an old one
        QTest::addColumn<QByteArray>("refresh");
        QTest::addColumn<bool>("isWrittenLate"); // only after ours was refused
        QTest::addColumn<int>("redeemed");       // times that the provider was asked for a token
        QTest::newRow("both, before we ask") << QByteArray("valid") << QByteArray("r2") << false << 0;
        QTest::newRow("another refresh-token") << QByteArray() << QByteArray("r2") << false << 1;
        QTest::newRow("both, while we ask") << QByteArray("valid") << QByteArray("r2") << true << 1;
        QTest::newRow("another refresh-token, while we ask") << QByteArray() << QByteArray("r2") << true << 2;
    }
    void whatAnotherProgramHasRenewedIsTaken()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, refresh);
        QFETCH(bool, isWrittenLate);
        QFETCH(int, redeemed);
        const auto token = [](qint64 end) {
            return QByteArray("e30."
                              + QByteArray("{\"exp\":" + QByteArray::number(end) + "}")
                                    .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
                              + ".x");
        };
        const qint64 now = QDateTime::currentSecsSinceEpoch();
        const QByteArray fresh = token(now + 3600), old = token(now - 60);
        const auto content = [&](const QByteArray &idToken, const QByteArray &refreshToken) {
            return QByteArray("users:\n- name: jane\n  user:\n    auth-provider:\n      name: oidc\n"
                              "      config: {id-token: '"
                              + idToken + "', refresh-token: '" + refreshToken + "'}\n");
        };
        const auto renew = [&] { write(u"renewed"_s, content(id.isEmpty() ? old : fresh, refresh)); };
        int asked = 0;
        std::unique_ptr<ScriptedServer> provider;
        provider = std::make_unique<ScriptedServer>(
            [&](const ServerRequest &request, const ServerReply &reply) {
                if (request.target.endsWith("/.well-known/openid-configuration"))
                    return reply.answer(200,
                                        "{\"token_endpoint\":\"" + provider->url().toEncoded() + "/token\"}");
                ++asked;
                if (request.body.contains("refresh_token=r2"))
                    return reply.answer(200, "{\"id_token\":\"" + fresh + "\"}");
                if (isWrittenLate)
                    renew();
                reply.answer(400, "{\"error\":\"invalid_grant\"}");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        ScriptedServer server(refusing(fresh), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = connectionTo(server.url());
        connection.file = write(u"renewed"_s, content(old, "r1"));
        connection.oidc = OidcProvider{provider->url().toString(), u"app"_s,        {},       old, "r1",
                                       m_authority.certificate(),  connection.file, u"jane"_s};
        Transport transport(connection);
        if (!isWrittenLate)
            renew();
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QCOMPARE(answer->status, 200);
        QCOMPARE(asked, redeemed);
    }

    // Where it cannot be written, the file stays behind: its tokens are no news, and the refresh-token there has ended.
    void aFileThatStaysBehindIsNotBelieved()
    {
        const auto token = [](qint64 end, const QByteArray &sign) {
            return QByteArray("e30."
                              + QByteArray("{\"exp\":" + QByteArray::number(end) + "}")
                                    .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
                              + '.' + sign);
        };
        const qint64 now = QDateTime::currentSecsSinceEpoch();
        const QByteArray first = token(now + 3600, "a"), second = token(now + 3600, "b");
        std::unique_ptr<ScriptedServer> provider;
        provider = std::make_unique<ScriptedServer>(
            [&](const ServerRequest &request, const ServerReply &reply) {
                if (request.target.endsWith("/.well-known/openid-configuration"))
                    return reply.answer(200,
                                        "{\"token_endpoint\":\"" + provider->url().toEncoded() + "/token\"}");
                const bool isFirst = request.body.contains("refresh_token=r1");
                reply.answer(
                    200, "{\"id_token\":\"" + (isFirst ? first : second) + "\",\"refresh_token\":\"r2\"}");
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        ScriptedServer server(refusing(second),
                              serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = connectionTo(server.url());
        const QByteArray old = token(now - 60, "x");
        connection.file = write(u"behind"_s,
                                "users:\n- name: jane\n  user:\n    auth-provider:\n      name: oidc\n"
                                "      config: {id-token: '"
                                    + old + "', refresh-token: r1}\n");
        write(u"behind.lock"_s, ""); // another program's: what is new is not written
        connection.oidc = OidcProvider{provider->url().toString(), u"app"_s,        {},       old, "r1",
                                       m_authority.certificate(),  connection.file, u"jane"_s};
        Transport transport(connection);
        (void)ask(transport); // the first one, which the API server refuses
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QCOMPARE(answer->status, 200);
        QVERIFY(provider->requests().constLast().body.contains("refresh_token=r2"));
    }

    void anAnswerWithoutAnIdTokenIsNoCredential_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("none") << 200 << QByteArray("{\"access_token\":\"a\"}");
        QTest::newRow("an empty one") << 200 << QByteArray("{\"id_token\":\"\"}");
        QTest::newRow("not a text") << 200 << QByteArray("{\"id_token\":{}}");
        QTest::newRow("lines") << 200 << QByteArray("{\"id_token\":\"a\\nX-Own: 1\"}");
        QTest::newRow("no JSON") << 200 << QByteArray("<html>");
        QTest::newRow("refused") << 400 << QByteArray("{\"id_token\":\"a\"}");
    }
    void anAnswerWithoutAnIdTokenIsNoCredential()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, answer);
        std::unique_ptr<ScriptedServer> provider;
        provider = std::make_unique<ScriptedServer>(
            [&](const ServerRequest &request, const ServerReply &reply) {
                if (request.target.endsWith("/.well-known/openid-configuration"))
                    return reply.answer(200,
                                        "{\"token_endpoint\":\"" + provider->url().toEncoded() + "/token\"}");
                reply.answer(status, answer);
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        ScriptedServer server(refusing("a"), serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = connectionTo(server.url());
        QUrl issuer = provider->url();
        issuer.setUserInfo(u"jane:s3cret"_s);
        connection.oidc = OidcProvider{issuer.toString(),
                                       u"app"_s,
                                       {},
                                       "old",
                                       "r1",
                                       m_authority.certificate(),
                                       write(u"none"_s, "users: []\n"),
                                       u"jane"_s};
        Transport transport(connection);
        const Result<HttpResponse> got = ask(transport);
        QVERIFY(!got);
        QVERIFY2(got.error().message.contains(u"the provider %1 gave no new id-token (HTTP %2"_s.arg(
                     provider->url().toString(), QString::number(status))),
                 qPrintable(got.error().message));
        QVERIFY2(!got.error().message.contains(u"s3cret"), qPrintable(got.error().message));
        QVERIFY(server.requests().isEmpty());
    }

    void aFailedRenewalSaysWhatToDo_data()
    {
        QTest::addColumn<int>("metadataStatus");
        QTest::addColumn<QByteArray>("metadata"); // %1: the provider
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QStringList>("words");
        const QByteArray good = "{\"token_endpoint\":\"%1/token\"}";
        const QString issuer = u"check the idp-issuer-url"_s;
        QTest::newRow("no metadata") << 404 << QByteArray("<html>no") << 0 << QByteArray()
                                     << QStringList{u"openid-configuration) answers HTTP 404"_s, issuer};
        QTest::newRow("a web page") << 200 << QByteArray("<html>sign in") << 0 << QByteArray()
                                    << QStringList{u"is no JSON object"_s, issuer};
        QTest::newRow("no endpoint") << 200 << QByteArray("{}") << 0 << QByteArray()
                                     << QStringList{u"names no token_endpoint"_s, issuer};
        QTest::newRow("in the clear")
            << 200 << QByteArray("{\"token_endpoint\":\"http://a/token\"}") << 0 << QByteArray()
            << QStringList{u"token_endpoint that is not https"_s, issuer};
        QTest::newRow("another port")
            << 200 << QByteArray("{\"token_endpoint\":\"https://127.0.0.1:1/token\"}") << 0 << QByteArray()
            << QStringList{
                   u"a new id-token could not be asked for: "_s, u"127.0.0.1:1"_s,
                   u"is the provider running there? Check the server of the idp-issuer-url of user “jane”"_s,
                   u"the way to it"_s};
        QTest::newRow("an old refresh-token")
            << 200 << good << 400
            << QByteArray("{\"error\":\"invalid_grant\",\"error_description\":\"Token expired\"}")
            << QStringList{u"(HTTP 400: invalid_grant, Token expired)"_s,
                           u"the refresh-token has ended or was withdrawn: sign in again"_s};
        QTest::newRow("another client")
            << 200 << good << 401 << QByteArray("{\"error\":\"invalid_client\"}")
            << QStringList{u"(HTTP 401: invalid_client)"_s, u"client-id and client-secret"_s};
        QTest::newRow("no id-token") << 200 << good << 200 << QByteArray("{\"access_token\":\"a\"}")
                                     << QStringList{u"gave no new id-token (HTTP 200)"_s,
                                                    u"the scope openid"_s};
    }
    void aFailedRenewalSaysWhatToDo()
    {
        QFETCH(int, metadataStatus);
        QFETCH(QByteArray, metadata);
        QFETCH(int, status);
        QFETCH(QByteArray, answer);
        QFETCH(QStringList, words);
        std::unique_ptr<ScriptedServer> provider;
        provider = std::make_unique<ScriptedServer>(
            [&](const ServerRequest &request, const ServerReply &reply) {
                if (request.target.endsWith("/.well-known/openid-configuration"))
                    return reply.answer(metadataStatus,
                                        QByteArray(metadata).replace("%1", provider->url().toEncoded()));
                reply.answer(status, answer);
            },
            serverTls(m_serverIdentity.certificate, m_serverIdentity.key));
        Connection connection = connectionTo(QUrl(u"https://127.0.0.1:1"_s));
        connection.oidc = OidcProvider{
            provider->url().toString(),      u"app"_s, {}, "old", "r1", m_authority.certificate(),
            write(u"none"_s, "users: []\n"), u"jane"_s};
        Transport transport(connection);
        const Result<HttpResponse> got = ask(transport);
        QVERIFY(!got);
        words += {u"user “jane” in %1 (auth-provider oidc, issuer %2): "_s.arg(connection.oidc->file,
                                                                               provider->url().toString())};
        for (const QString &each : words)
            QVERIFY2(got.error().message.contains(each), qPrintable(each + u"\n"_s + got.error().message));
        QVERIFY(!got.error().message.contains(u"r1"_s));
    }

    void anIssuersPasswordIsInNoMessage()
    {
        Connection connection = connectionTo(QUrl(u"https://127.0.0.1:1"_s));
        connection.oidc = OidcProvider{
            u"https://jane:s3cret@127.0.0.1:1"_s, u"app"_s, {}, "old", "r1", {}, connection.file, u"jane"_s};
        Transport transport(connection);
        const Result<HttpResponse> answer = ask(transport);
        QVERIFY(!answer);
        QVERIFY2(!answer.error().message.contains(u"s3cret"), qPrintable(answer.error().message));
        QVERIFY2(answer.error().message.contains(u"127.0.0.1:1"), qPrintable(answer.error().message));
    }

    void withoutARefreshTokenTheUserMustSignIn_data()
    {
        QTest::addColumn<QByteArray>("idToken");
        QTest::addColumn<QString>("words");
        QTest::newRow("no JWT") << QByteArray("old")
                                << u"its id-token is no JSON Web Token that says when it ends"_s;
        QTest::newRow("none") << QByteArray() << u"it has no id-token"_s;
        QTest::newRow("ended") << "e30."
                + QByteArray("{\"exp\":1700000000}").toBase64(QByteArray::OmitTrailingEquals)
                + ".x" << u"its id-token ended on 2023-11-14 22:13 UTC"_s;
    }
    void withoutARefreshTokenTheUserMustSignIn()
    {
        QFETCH(QByteArray, idToken);
        QFETCH(QString, words);
        Connection connection = connectionTo(QUrl(u"https://127.0.0.1:1"_s));
        connection.oidc =
            OidcProvider{u"https://127.0.0.1:1"_s, u"app"_s, {}, idToken, {}, {}, connection.file, u"jane"_s};
        Transport transport(connection);
        const QString message = ask(transport).error().message;
        QVERIFY2(message.contains(words + u" and there is no refresh-token; sign in again"_s),
                 qPrintable(message));
    }
};

SALLYPORT_TEST(credentials_test, CredentialsTest)
#include "credentials_test.moc"
