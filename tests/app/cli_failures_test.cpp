// SPDX-License-Identifier: GPL-3.0-or-later
// What a person meets who has no cluster, a wrong context or an expired token: the built program is run, and one message says what,
// where and what to do.  The servers behind it are real sockets of this test.
#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QByteArray Token = "secret-token-that-must-not-be-shown";

struct Ended
{
    int code = -1;
    QString out, err;
};

QString kubeconfig(const QString &server, const QString &clusterLines = {})
{
    return u"apiVersion: v1\nkind: Config\ncurrent-context: dev\n"
           "contexts: [{name: dev, context: {cluster: c, user: jane}}]\n"
           "users: [{name: jane, user: {token: %1}}]\n"
           "clusters:\n- name: c\n  cluster:\n    server: %2\n%3"_s.arg(QString::fromLatin1(Token), server,
                                                                        clusterLines);
}

} // namespace

class CliFailuresTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QString &name, const QString &text) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) >= 0 ? file.fileName()
                                                                                 : QString();
    }

    // With a home of its own: nothing of the machine's user is read.
    Ended run(const QStringList &arguments) const
    {
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const auto *name : {"KUBECONFIG", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"})
            environment.remove(QLatin1String(name));
        environment.insert(u"HOME"_s, m_folder.path());
        program.setProcessEnvironment(environment);
        QEventLoop loop; // the servers of this test live on this thread
        connect(&program, &QProcess::finished, &loop, &QEventLoop::quit);
        connect(&program, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), arguments);
        loop.exec();
        return {program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1,
                QString::fromUtf8(program.readAllStandardOutput()),
                QString::fromUtf8(program.readAllStandardError())};
    }

    // One line on standard error that holds every one of the parts, nothing on standard output, and never the token.
    static void expectOneMessage(const Ended &ended, const QStringList &parts)
    {
        QCOMPARE(ended.code, 1);
        QCOMPARE(ended.out, QString());
        QCOMPARE(ended.err.count(u'\n'), 1);
        QVERIFY2(ended.err.startsWith(u"sallyportctl: "_s), qPrintable(ended.err));
        for (const QString &part : parts)
            QVERIFY2(ended.err.contains(part), qPrintable(part + u" is missing in: "_s + ended.err));
        QVERIFY(!ended.err.contains(QString::fromLatin1(Token)));
    }

private Q_SLOTS:
    void filesThatCannotBeUsedAreNamed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QStringList>("parts");
        const QString good = kubeconfig(u"https://127.0.0.1:1"_s);
        QTest::newRow("broken YAML") << u"contexts: [{name: dev\nclusters: {"_s << QStringList{}
                                     << QStringList{u"/config, line 2"_s, u"YAML"_s, u"correct it there"_s,
                                                    u"--kubeconfig"_s};
        QTest::newRow("not a kubeconfig")
            << u"- just\n- a list\n"_s << QStringList{}
            << QStringList{u"/config, line 1"_s, u"not a kubeconfig"_s, u"--kubeconfig"_s};
        QTest::newRow("no current context") << u"apiVersion: v1\nkind: Config\n"_s << QStringList{}
                                            << QStringList{u"/config"_s, u"no contexts"_s, u"set-context"_s};
        QTest::newRow("wrong context") << good << QStringList{u"--context"_s, u"prod"_s}
                                       << QStringList{u"/config"_s, u"prod"_s, u"--context"_s, u"dev"_s};
        QTest::newRow("missing CA file")
            << kubeconfig(u"https://127.0.0.1:1"_s, u"    certificate-authority: gone.pem\n"_s)
            << QStringList{} << QStringList{u"gone.pem"_s, u"/config"_s, u"correct its path"_s};
        QTest::newRow("CA that is none")
            << kubeconfig(u"https://127.0.0.1:1"_s, u"    certificate-authority-data: bm90aGluZw==\n"_s)
            << QStringList{} << QStringList{u"/config"_s, u"certificate-authority"_s, u"replace it"_s};
    }

    void filesThatCannotBeUsedAreNamed()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, arguments);
        QFETCH(QStringList, parts);
        expectOneMessage(run(QStringList{u"--kubeconfig"_s, write(u"config"_s, text)} + arguments
                             + QStringList{u"mappings"_s}),
                         parts);
    }

    void manifestsThatCannotBeUsedAreNamed_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const QStringList &command :
             {QStringList{u"mappings"_s}, QStringList{u"explain"_s, u"http://x/"_s}, QStringList{u"check"_s},
              QStringList{u"edge"_s, u"export"_s}})
            QTest::newRow(qPrintable(command.join(u' '))) << command;
    }

    void manifestsThatCannotBeUsedAreNamed()
    {
        QFETCH(QStringList, command);
        const QString gone = m_folder.filePath(u"gone.yaml"_s);
        expectOneMessage(run(command + QStringList{u"-f"_s, gone}), {gone, u"cannot be read"_s, u"-f"_s});
        const QString broken = write(u"broken.yaml"_s, u"kind: Mapping\nmetadata: [\n"_s);
        expectOneMessage(run(command + QStringList{u"-f"_s, broken}),
                         {broken, u"document 1, line "_s, u"not YAML"_s, u"correct it there"_s});
    }

    void aMissingKubeconfigIsNamed()
    {
        expectOneMessage(run({u"--kubeconfig"_s, m_folder.filePath(u"nowhere/config"_s), u"mappings"_s}),
                         {u"nowhere/config"_s, u"check --kubeconfig"_s});
    }

    void noKubeconfigAtAllSaysWhereOneIsLookedFor()
    {
        expectOneMessage(run({u"mappings"_s}), {u".kube/config"_s, u"set KUBECONFIG"_s});
    }

    void anUnreadableKeyIsNamed()
    {
        const QString key = write(u"client.key"_s, u"key"_s);
        QFile::setPermissions(key, {});
        QFile probe(key);
        if (probe.open(QIODevice::ReadOnly)) { // root reads files of mode 000, but no folder
            probe.close();
            QVERIFY(QFile::remove(key) && QDir().mkpath(key));
        }
        const QString user =
            u"users: [{name: jane, user: {client-certificate: client.pem, client-key: client.key}}]\n"_s;
        write(u"client.pem"_s, u"certificate"_s);
        QString text = kubeconfig(u"https://127.0.0.1:1"_s);
        text.replace(u"users: [{name: jane, user: {token: %1}}]\n"_s.arg(QString::fromLatin1(Token)), user);
        expectOneMessage(run({u"--kubeconfig"_s, write(u"with-key"_s, text), u"mappings"_s}),
                         {u"/with-key"_s, u"client.key"_s, u"chmod u+r"_s});
    }

    void aRefusedConnectionNamesTheServer()
    {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const quint16 port = closed.serverPort();
        closed.close();
        const QString file = write(u"refused"_s, kubeconfig(u"https://127.0.0.1:%1"_s.arg(port)));
        expectOneMessage(run({u"--kubeconfig"_s, file, u"mappings"_s}),
                         {u"127.0.0.1:%1"_s.arg(port), u"refused"_s, u"Check the server"_s, file});
    }

    // Accepts, and never answers: --timeout, and not the 30 s that are meant for a slow cluster.
    void aSilentServerIsGivenUpAfterTheTimeout()
    {
        const TestAuthority authority;
        const TestIdentity identity = loopbackServer(authority);
        ScriptedServer server([](const ServerRequest &, const ServerReply &) {},
                              serverTls(identity.certificate, identity.key));
        const QString ca = u"    certificate-authority-data: %1\n"_s.arg(
            QString::fromLatin1(authority.certificate().toBase64()));
        const QString file = write(u"silent"_s, kubeconfig(server.url().toString(), ca));
        expectOneMessage(run({u"--kubeconfig"_s, file, u"--timeout"_s, u"1s"_s, u"mappings"_s}),
                         {u"127.0.0.1:%1"_s.arg(server.port()), u"no complete answer within 1 s"_s});
        QVERIFY(!server.requests().isEmpty());
    }

    void anUnknownHostIsNamed()
    {
        const QString file = write(u"unknown"_s, kubeconfig(u"https://no-such-host.invalid:6443"_s));
        expectOneMessage(run({u"--kubeconfig"_s, file, u"mappings"_s}),
                         {u"no-such-host.invalid"_s, u"check DNS and VPN"_s, file});
    }

    void anUntrustedAuthorityIsSaid()
    {
        const TestAuthority theirs(u"Their root"_s);
        const TestAuthority ours(u"Our root"_s);
        const TestIdentity identity = loopbackServer(theirs);
        ScriptedApi api(serverTls(identity.certificate, identity.key));
        const QString ca =
            u"    certificate-authority-data: %1\n"_s.arg(QString::fromLatin1(ours.certificate().toBase64()));
        const QString file = write(u"untrusted"_s, kubeconfig(api.server.url().toString(), ca));
        expectOneMessage(run({u"--kubeconfig"_s, file, u"mappings"_s}),
                         {u"not trusted"_s, u"set the right certificate-authority"_s, file});
    }

    void whatTheServerRefusesIsSaid_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("an expired token")
            << 401 << QByteArray("Unauthorized") << QByteArray("Unauthorized")
            << QStringList{u"Unauthorized"_s, u"https://127.0.0.1:"_s, u"user “jane” (context “dev”)"_s,
                           u"sign in again"_s, m_folder.filePath(u"refused"_s)};
        QTest::newRow("no rights") << 403 << QByteArray("Forbidden")
                                   << QByteArray("User jane cannot get path /version")
                                   << QStringList{u"User jane cannot get"_s,
                                                  u"ask whoever manages this cluster"_s, u"/version"_s};
    }
    void whatTheServerRefusesIsSaid()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, reason);
        QFETCH(QByteArray, message);
        QFETCH(QStringList, parts);
        const TestAuthority authority;
        const TestIdentity identity = loopbackServer(authority);
        ScriptedServer server(
            [=](const ServerRequest &, const ServerReply &reply) {
                reply.answer(status, statusJson(status, reason, message));
            },
            serverTls(identity.certificate, identity.key));
        const QString ca = u"    certificate-authority-data: %1\n"_s.arg(
            QString::fromLatin1(authority.certificate().toBase64()));
        const QString file = write(u"refused"_s, kubeconfig(server.url().toString(), ca));
        expectOneMessage(run({u"--kubeconfig"_s, file, u"mappings"_s}), parts);
    }

    // The console: Qt would end it by abort().
    void noDisplayIsOneMessage_data()
    {
        QTest::addColumn<QStringList>("set");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("none") << QStringList{}
                              << QStringList{u"no display"_s, u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s};
        QTest::newRow("one that does not answer")
            << QStringList{u"DISPLAY=:7654"_s} << QStringList{u"DISPLAY=:7654"_s};
        QTest::newRow("a platform that does not exist")
            << QStringList{u"QT_QPA_PLATFORM=papyrus"_s} << QStringList{u"QT_QPA_PLATFORM"_s, u"papyrus"_s};
    }

    void noDisplayIsOneMessage()
    {
        QFETCH(QStringList, set);
        QFETCH(QStringList, parts);
        QProcess console;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const auto *name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
            environment.remove(QLatin1String(name));
        for (const QString &each : set)
            environment.insert(each.section(u'=', 0, 0), each.section(u'=', 1));
        console.setProcessEnvironment(environment);
        console.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyport"), {});
        QVERIFY(console.waitForFinished(20'000));
        const QString err = QString::fromUtf8(console.readAllStandardError());
        QCOMPARE(console.exitStatus(), QProcess::NormalExit);
        QCOMPARE(console.exitCode(), 1);
        QVERIFY2(err.startsWith(u"sallyport: "_s) && err.count(u'\n') == 1, qPrintable(err));
        for (const QString &part : parts + QStringList{u"sallyportctl"_s, u"--screenshot"_s})
            QVERIFY2(err.contains(part), qPrintable(part + u" is missing in: "_s + err));
    }

    void wrongUsageIsTwo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("unknown command") << QStringList{u"maps"_s};
        QTest::newRow("unknown option") << QStringList{u"mappings"_s, u"--wide-open"_s};
        QTest::newRow("no URL") << QStringList{u"explain"_s};
        QTest::newRow("bad duration") << QStringList{u"--timeout"_s, u"soon"_s, u"mappings"_s};
    }

    void wrongUsageIsTwo()
    {
        QFETCH(QStringList, arguments);
        const Ended ended = run(arguments);
        QCOMPARE(ended.code, 2);
        QVERIFY(ended.err.startsWith(u"sallyportctl: "_s));
    }
};

SALLYPORT_TEST(cli_failures_test, CliFailuresTest)
#include "cli_failures_test.moc"
