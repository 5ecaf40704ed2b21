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
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

using namespace Qt::StringLiterals;

namespace {

const QByteArray Token = "secret-token-that-must-not-be-shown";

struct Ended
{
    int code = -1;
    QString out, err;
    int signal = 0; // that ended it
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
    TestAuthority m_authority;

    QString write(const QString &name, const QString &text) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) >= 0 ? file.fileName()
                                                                                 : QString();
    }

    QString aManifest() const
    {
        return write(u"one.yaml"_s,
                     u"apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\n"
                     "spec: {hostname: '*', prefix: /a/, service: a}\n"_s);
    }

    // With a home of its own: nothing of the machine's user is read.
    Ended run(const QStringList &arguments, const QByteArray &input = {},
              const QString &kubeconfigVariable = {}, const QString &outputFile = {},
              int outputPipe = -1) const
    {
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const auto *name : {"KUBECONFIG", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"})
            environment.remove(QLatin1String(name));
        environment.insert(u"HOME"_s, m_folder.path());
        if (!kubeconfigVariable.isEmpty())
            environment.insert(u"KUBECONFIG"_s, kubeconfigVariable);
        if (!outputFile.isEmpty())
            program.setStandardOutputFile(outputFile);
        if (outputPipe >= 0)
            program.setChildProcessModifier([outputPipe] { ::dup2(outputPipe, STDOUT_FILENO); });
        program.setProcessEnvironment(environment);
        QEventLoop loop; // the servers of this test live on this thread
        connect(&program, &QProcess::finished, &loop, &QEventLoop::quit);
        connect(&program, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), arguments);
        program.write(input);
        program.closeWriteChannel();
        loop.exec();
        const bool hasExited = program.exitStatus() == QProcess::NormalExit;
        return {hasExited ? program.exitCode() : -1, QString::fromUtf8(program.readAllStandardOutput()),
                QString::fromUtf8(program.readAllStandardError()), hasExited ? 0 : program.exitCode()};
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

    QString kubeconfigOf(const ScriptedServer &server, const QString &user = {}) const
    {
        QString text = kubeconfig(server.url().toString(),
                                  u"    certificate-authority-data: %1\n"_s.arg(
                                      QString::fromLatin1(m_authority.certificate().toBase64())));
        if (!user.isEmpty())
            text.replace(u"token: "_s + QString::fromLatin1(Token), user);
        return write(u"of-server"_s, text);
    }
    std::optional<QSslConfiguration> tls() const
    {
        const TestIdentity identity = loopbackServer(m_authority);
        return serverTls(identity.certificate, identity.key);
    }
    // A program for signing in: tells its user what to do, and leaves a mark that it ran.
    QString plugin() const
    {
        const QString path = write(
            u"sign-in"_s,
            u"#!/bin/sh\necho ran >> '%1'\necho 'open https://login.example and enter ABCD-1234' >&2\n"
            "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"%2\"}}'\n"_s
                .arg(m_folder.filePath(u"ran"_s), QString::fromLatin1(Token)));
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QFile::remove(m_folder.filePath(u"ran"_s));
        return u"exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: %1, args: [get-token]}"_s
            .arg(path);
    }
    int runs() const
    {
        QFile mark(m_folder.filePath(u"ran"_s));
        return mark.open(QIODevice::ReadOnly) ? int(mark.readAll().count('\n')) : 0;
    }
    static bool hasEnded(pid_t process) // where nobody waits for it, it stays as a zombie
    {
        QFile state(u"/proc/%1/stat"_s.arg(process));
        if (!state.open(QIODevice::ReadOnly))
            return ::kill(process, 0) != 0;
        return state.readAll().contains(") Z ");
    }
    static void refuse(const ServerReply &reply, const QByteArray &headers = {})
    {
        reply.answer(403, statusJson(403, "Forbidden", "jane may not"), headers);
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

    // As kubectl does: it may be the broken one that names the context which is meant.
    void aBrokenFileOfSeveralStopsEverything_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("a reader") << QStringList{u"mappings"_s};
        QTest::newRow("any kind") << QStringList{u"get"_s, u"pods"_s};
        QTest::newRow("a writer") << QStringList{u"apply"_s, u"-f"_s, u"-"_s, u"--yes"_s};
        QTest::newRow("with a context of the other") << QStringList{u"mappings"_s, u"--context"_s, u"dev"_s};
        QTest::newRow("the journal") << QStringList{u"journal"_s};
    }
    void aBrokenFileOfSeveralStopsEverything()
    {
        QFETCH(QStringList, command);
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) { refuse(reply); }, tls());
        const QString good = kubeconfigOf(server), broken = write(u"broken"_s, u"contexts: [{\n"_s);
        const QByteArray manifest = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
        expectOneMessage(run(command, manifest, broken + u':' + good),
                         {broken, u"correct it, or take it out of KUBECONFIG"_s});
        QVERIFY(server.requests().isEmpty());
        const Ended doctor = run({u"doctor"_s}, {}, broken + u':' + good);
        QVERIFY2(doctor.code == 1 && doctor.out.contains(broken), qPrintable(doctor.out));
        QVERIFY(server.requests().isEmpty());
        const Ended contexts = run({u"contexts"_s}, {}, broken + u':' + good);
        QVERIFY2(contexts.code == 0 && contexts.out.contains(u"dev"_s) && contexts.err.contains(broken),
                 qPrintable(contexts.out + contexts.err));
        (void)run(command, manifest, good + u':' + m_folder.filePath(u"absent"_s));
        QVERIFY(command.contains(u"journal"_s)
                || !server.requests().isEmpty()); // one that is not there is none
    }

    void whatCannotBePrintedIsAFault_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const QStringList &command :
             {QStringList{u"help"_s}, QStringList{u"get"_s, u"--help"_s}, QStringList{u"contexts"_s},
              QStringList{u"contexts"_s, u"-o"_s, u"json"_s}, QStringList{u"completion"_s, u"bash"_s},
              QStringList{u"explain-finding"_s}, QStringList{u"explain-finding"_s, u"-o"_s, u"json"_s}})
            QTest::newRow(qPrintable(command.join(u' '))) << command;
    }
    void whatCannotBePrintedIsAFault()
    {
        QFETCH(QStringList, command);
        if (!QFileInfo::exists(u"/dev/full"_s))
            QSKIP("this system has no /dev/full");
        const QString file = write(u"config"_s, kubeconfig(u"https://127.0.0.1:1"_s));
        const Ended ended = run(QStringList{u"--kubeconfig"_s, file} + command, {}, {}, u"/dev/full"_s);
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.startsWith(u"sallyportctl: standard output cannot be written ("_s)
                     && ended.err.count(u'\n') == 1,
                 qPrintable(ended.err));
    }

    // A page that the disk has no room for is not said to be written, and the one of before stays.
    void aReportThatDoesNotFitIsAFault()
    {
        const QString report = write(u"report.html"_s, u"of before"_s);
        QProcess program;
        program.setChildProcessModifier([] { // as on a full disk, for whoever runs this
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit little{512, 512};
            ::setrlimit(RLIMIT_FSIZE, &little);
        });
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      {u"check"_s, u"-f"_s, aManifest(), u"--report"_s, report});
        QVERIFY(program.waitForFinished());
        const QString err = QString::fromUtf8(program.readAllStandardError());
        QVERIFY2(program.exitCode() == 1 && err.contains(u"the report %1 cannot be written: "_s.arg(report)),
                 qPrintable(err));
        QFile kept(report);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("of before"));
    }
    // What is no file is written to; a file in its place would be the end of a device.
    void aReportIntoAPipeLeavesItThere()
    {
        const QString path = m_folder.filePath(u"pipe"_s);
        QVERIFY(::mkfifo(QFile::encodeName(path).constData(), 0600) == 0);
        const int both = ::open(QFile::encodeName(path).constData(), O_RDWR | O_NONBLOCK);
        const Ended ended = run({u"check"_s, u"-f"_s, aManifest(), u"--report"_s, path});
        QByteArray page(64 * 1024, '\0');
        page.truncate(std::max<ssize_t>(0, ::read(both, page.data(), size_t(page.size()))));
        ::close(both);
        QVERIFY2(ended.code == 0 && page.contains("</html>"), qPrintable(ended.out + ended.err));
        QVERIFY(!QFileInfo(path).isFile());
    }

    // As kubectl ends before `head -1`: by SIGPIPE, which no shell speaks of.
    void aReaderThatHasReadEnoughEndsItQuietly_data()
    {
        whatCannotBePrintedIsAFault_data();
        QTest::newRow("with a demo cluster")
            << QStringList{u"get"_s, u"ns"_s, u"--demo"_s, u"--state"_s, u"empty"_s};
    }
    void aReaderThatHasReadEnoughEndsItQuietly()
    {
        QFETCH(QStringList, command);
        const QString file = write(u"config"_s, kubeconfig(u"https://127.0.0.1:1"_s));
        int ends[2];
        QVERIFY(::pipe(ends) == 0);
        ::close(ends[0]);
        const Ended ended = run(QStringList{u"--kubeconfig"_s, file} + command, {}, {}, {}, ends[1]);
        ::close(ends[1]);
        QCOMPARE(ended.err, QString());
        QCOMPARE(ended.signal, SIGPIPE);
    }

    void aDemoThatIsStoppedWhileItStartsLeavesNothing_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<bool>("isParentGone");
        const QStringList large{u"--history"_s, u"0"_s, u"--scale"_s,
                                u"mappings=300000"_s}; // a minute's work
        QTest::newRow("Ctrl+C") << QStringList{u"demo-cluster"_s} + large << false;
        QTest::newRow("Ctrl+C beside a command") << QStringList{u"mappings"_s, u"--demo"_s} + large << false;
        QTest::newRow("Ctrl+C while Prometheus gets a past")
            << QStringList{u"demo-cluster"_s, u"--history"_s, u"8d"_s} << false;
        QTest::newRow("the end of its parent")
            << QStringList{u"demo-cluster"_s, u"--until-eof"_s} + large << true;
    }
    void aDemoThatIsStoppedWhileItStartsLeavesNothing()
    {
        QFETCH(QStringList, command);
        QFETCH(bool, isParentGone);
        QTemporaryDir folder;
        const auto made = [&folder] { return QDir(folder.path()).entryList({u"sallyport-demo-*"_s}); };
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"TMPDIR"_s, folder.path());
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), command);
        QTRY_VERIFY_WITH_TIMEOUT(!made().isEmpty(), 20'000);
        if (isParentGone)
            program.closeWriteChannel();
        else
            ::kill(pid_t(program.processId()), SIGINT);
        QVERIFY(program.waitForFinished(10'000));
        const QString said = QString::fromUtf8(program.readAllStandardError());
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QVERIFY2(program.exitCode() == 1
                     && said == u"sallyportctl: stopped before the demo cluster was ready\n"_s,
                 qPrintable(said));
        QCOMPARE(made(), QStringList());
        QCOMPARE(QString::fromUtf8(program.readAllStandardOutput()), QString());
    }

    // Whoever has typed `-f -` and thinks better of it.
    void standardInputThatDoesNotEndCanBeGivenUp_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("apply") << QStringList{u"apply"_s};
        QTest::newRow("check") << QStringList{u"check"_s};
        QTest::newRow("explain") << QStringList{u"explain"_s, u"http://x/"_s};
        QTest::newRow("edge run") << QStringList{u"edge"_s, u"run"_s};
        QTest::newRow("edge export") << QStringList{u"edge"_s, u"export"_s, u"--format"_s, u"envoy"_s};
    }
    void standardInputThatDoesNotEndCanBeGivenUp()
    {
        QFETCH(QStringList, command);
        QProcess program;
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      command + QStringList{u"-f"_s, u"-"_s});
        QVERIFY(program.waitForStarted());
        program.write("apiVersion: v1\n");
        QTRY_COMPARE(program.bytesToWrite(), 0);
        QVERIFY(!program.waitForFinished(500)); // it reads
        ::kill(pid_t(program.processId()), SIGTERM);
        QVERIFY(program.waitForFinished(5'000));
        const QString said = QString::fromUtf8(program.readAllStandardError());
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QVERIFY2(program.exitCode() == 1 && said.contains(u"stopped before the end of standard input"_s),
                 qPrintable(said));
        QCOMPARE(QString::fromUtf8(program.readAllStandardOutput()), QString());
    }

    // `nohup sallyportctl demo-cluster &` goes on when its terminal closes.
    void aDemoUnderNohupOutlivesItsTerminal()
    {
        QProcess program;
        program.start(u"/bin/sh"_s,
                      {u"-c"_s,
                       u"trap '' HUP; exec '%1' demo-cluster --state empty"_s.arg(
                           QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"))});
        QTRY_VERIFY_WITH_TIMEOUT(program.canReadLine(), 20'000);
        ::kill(pid_t(program.processId()), SIGHUP);
        QVERIFY(!program.waitForFinished(500));
        ::kill(pid_t(program.processId()), SIGTERM);
        QVERIFY(program.waitForFinished(20'000));
        QCOMPARE(program.exitCode(), 0);
    }

    void aRefusedTokenIsExplainedForALogToo()
    {
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) {
                reply.answer(401, statusJson(401, "Unauthorized", "Unauthorized"));
            },
            tls());
        const QString file = kubeconfigOf(server);
        expectOneMessage(
            run({u"--kubeconfig"_s, file, u"logs"_s, u"web"_s, u"-c"_s, u"web"_s}),
            {u"the log of default/web"_s, u"user “jane”"_s, u"sign in again or renew them"_s, file});
    }

    void aPluginThatHangsIsWaitedForAsLongAsTimeoutSays()
    {
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) { refuse(reply); }, tls());
        const QString path = write(u"hang"_s, u"#!/bin/sh\nexec sleep 60\n"_s);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        const QString user =
            u"exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: %1}"_s.arg(
                path);
        const Ended ended = run(
            {u"--kubeconfig"_s, kubeconfigOf(server, user), u"--timeout"_s, u"4s"_s, u"get"_s, u"pods"_s});
        QCOMPARE(ended.code, 1);
        for (const QString &part : {u"waiting for the program “%1”, which signs in user “jane”\n"_s.arg(path),
                                    u"did not end within 4 s; allow more time by --timeout"_s})
            QVERIFY2(ended.err.contains(part), qPrintable(part + u" is missing in: "_s + ended.err));
    }

    // A wrapper script whose child does the work: neither is left when nobody waits for them any more.
    void theEndOfTheWaitEndsAPluginsChildrenToo_data()
    {
        QTest::addColumn<bool>("isInterrupted");
        QTest::newRow("Ctrl+C") << true;
        QTest::newRow("time-out") << false;
    }
    void theEndOfTheWaitEndsAPluginsChildrenToo()
    {
        QFETCH(bool, isInterrupted);
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) { refuse(reply); }, tls());
        const QString child = m_folder.filePath(u"child"_s);
        QFile::remove(child);
        const QString path =
            write(u"wrapper"_s,
                  u"#!/bin/sh\nsleep 600 &\necho $! > '%1.new'\nmv '%1.new' '%1'\nwait\n"_s.arg(child));
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        const QString user =
            u"exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: %1}"_s.arg(
                path);
        QProcess program;
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      {u"--kubeconfig"_s, kubeconfigOf(server, user), u"--timeout"_s,
                       isInterrupted ? u"10m"_s : u"2s"_s, u"get"_s, u"pods"_s});
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(child), 20'000);
        QFile file(child);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto process = pid_t(file.readAll().trimmed().toInt());
        QVERIFY(process > 1);
        if (isInterrupted)
            ::kill(pid_t(program.processId()), SIGINT);
        QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(program.exitCode(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(process), 5000);
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

    // A field that is wrong: file, document, object and field; what is good is there all the same.
    void aWrongFieldIsFoundInItsFile_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("good"); // of what is printed
        QTest::newRow("mappings") << QStringList{u"mappings"_s} << 0 << u"good"_s;
        QTest::newRow("mappings, JSON") << QStringList{u"mappings"_s, u"-o"_s, u"json"_s} << 0 << u"good"_s;
        QTest::newRow("hosts") << QStringList{u"hosts"_s} << 0 << u"b.example.com"_s;
        QTest::newRow("explain") << QStringList{u"explain"_s, u"http://b.example.com/good/"_s} << 0
                                 << u"prod/good"_s;
        QTest::newRow("export") << QStringList{u"edge"_s, u"export"_s} << 0 << u"/good/"_s;
        QTest::newRow("check") << QStringList{u"check"_s} << 3 << QString();
        QTest::newRow("check, JUnit") << QStringList{u"check"_s, u"-o"_s, u"junit"_s} << 3 << QString();
        QTest::newRow("check, JSON") << QStringList{u"check"_s, u"-o"_s, u"json"_s} << 3
                                     << u"\"document\": 2"_s;
    }
    void aWrongFieldIsFoundInItsFile()
    {
        QFETCH(QStringList, command);
        QFETCH(int, code);
        QFETCH(QString, good);
        const QString mapping =
            u"apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: %1, namespace: prod}\n"
            "spec: {hostname: '*', prefix: /%1/, service: quote%2}\n---\n"_s;
        const QString file = write(
            u"fields.yaml"_s,
            mapping.arg(u"good"_s, QString()) + mapping.arg(u"bad"_s, u", timeout_ms: soon"_s)
                + u"apiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: l, namespace: "
                  u"prod}\n"
                  "spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: "
                  "{from: ALL}}}\n---\n"
                  "apiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: h, namespace: prod}\n"
                  "spec: {hostname: b.example.com, requestPolicy: {insecure: {action: Route}}}\n"_s);
        const Ended ended = run(command + QStringList{u"-f"_s, file, u"-n"_s, u"prod"_s});
        const QString all = ended.out + ended.err;
        QVERIFY2(ended.code == code, qPrintable(all));
        QVERIFY2(ended.out.contains(good), qPrintable(all));
        const bool isJson = good.startsWith(u'"');
        for (const QString &part : {file, isJson ? u"\"path\": \"spec.timeout_ms\""_s : u"document 2"_s,
                                    u"timeout_ms"_s, isJson ? u"\"name\": \"bad\""_s : u"Mapping prod/bad"_s})
            QVERIFY2(all.contains(part), qPrintable(part + u" is missing in: "_s + all));
    }

    // One broken document: the others are checked, it is a finding, and the check as a whole could not be done.
    void aBrokenManifestDoesNotHideTheOthers_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QStringList>("parts"); // of what is printed
        QTest::newRow("table") << u"table"_s
                               << QStringList{u"RT-013"_s,
                                              u"bad.yaml, document 1"_s,
                                              u"not YAML"_s,
                                              u"RT-001"_s,
                                              u"Mapping prod/wrong"_s,
                                              u"Listner prod/l"_s,
                                              u"Listener is"_s,
                                              u"RT-010"_s,
                                              u"Mapping prod/foreign"_s};
        QTest::newRow("JSON") << u"json"_s
                              << QStringList{u"\"kind\": \"Manifest\""_s,
                                             u"bad.yaml, document 1, line 1\""_s,
                                             u"\"document\": 2"_s,
                                             u"good.yaml, document 2, line 5\""_s,
                                             u"\"RT-014\""_s,
                                             u"its ambassador_id is blue"_s};
        QTest::newRow("SARIF") << u"sarif"_s << QStringList{u"RT-013"_s, u"bad.yaml"_s, u"RT-001"_s};
    }
    void aBrokenManifestDoesNotHideTheOthers()
    {
        QFETCH(QString, format);
        QFETCH(QStringList, parts);
        QVERIFY(QDir(m_folder.path()).mkpath(u"mixed"_s));
        write(u"mixed/bad.yaml"_s, u"a: [1\n"_s);
        const QString head =
            u"apiVersion: getambassador.io/v3alpha1\nkind: %1\nmetadata: {name: %2}\nspec: "_s;
        write(u"mixed/good.yaml"_s,
              head.arg(u"Mapping"_s, u"good"_s) + u"{hostname: '*', prefix: /good/, service: quote}\n---\n"_s
                  + head.arg(u"Mapping"_s, u"wrong"_s)
                  + u"{hostname: '*', prefix: 5, service: quote}\n---\n"_s
                  + head.arg(u"Mapping"_s, u"foreign"_s)
                  + u"{hostname: '*', prefix: /f/, service: quote, ambassador_id: [blue]}\n---\n"_s
                  + head.arg(u"Listner"_s, u"l"_s) + u"{port: 8080}\n"_s);
        const Ended ended =
            run({u"check"_s, u"-f"_s, m_folder.filePath(u"mixed"_s), u"-n"_s, u"prod"_s, u"-o"_s, format});
        QCOMPARE(ended.code, 1);
        for (const QString &part : parts)
            QVERIFY2(ended.out.contains(part), qPrintable(part + u" is missing in: "_s + ended.out));
        QVERIFY2(ended.err.contains(u"not all manifests could be read"_s), qPrintable(ended.err));
    }

    // What was read of half of them may be well: that is not the answer of all.
    void anAnswerOfHalfTheManifestsIsNone_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const char *command :
             {"check", "certs", "certs --within 30d", "posture", "preflight --scope mesh", "guide check",
              "strict plan --scope mesh", "mappings"})
            QTest::newRow(command) << QString::fromLatin1(command).split(u' ');
    }
    void anAnswerOfHalfTheManifestsIsNone()
    {
        QFETCH(QStringList, command);
        QVERIFY(QDir(m_folder.path()).mkpath(u"half"_s));
        write(u"half/bad.yaml"_s, u"a: \"1\n"_s);
        write(u"half/good.yaml"_s,
              u"apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: good}\n"
              "spec: {hostname: '*', prefix: /good/, service: quote}\n"_s);
        const Ended ended = run(command + QStringList{u"-f"_s, m_folder.filePath(u"half"_s)});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains(u"not all manifests could be read"_s)
                     && ended.err.contains(u"bad.yaml"_s),
                 qPrintable(ended.err));
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
        const bool isRoot = probe.open(QIODevice::ReadOnly);
        if (isRoot) { // who reads files of mode 000, but no folder
            probe.close();
            QVERIFY(QFile::remove(key) && QDir().mkpath(key));
        }
        const QString user =
            u"users: [{name: jane, user: {client-certificate: client.pem, client-key: client.key}}]\n"_s;
        write(u"client.pem"_s, u"certificate"_s);
        QString text = kubeconfig(u"https://127.0.0.1:1"_s);
        text.replace(u"users: [{name: jane, user: {token: %1}}]\n"_s.arg(QString::fromLatin1(Token)), user);
        expectOneMessage(run({u"--kubeconfig"_s, write(u"with-key"_s, text), u"mappings"_s}),
                         {u"/with-key"_s, u"client.key"_s,
                          isRoot ? u"is a folder; name the file in it"_s : u"chmod u+r"_s});
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

    void aTimeLimitThatIsTooShortIsSaid_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const QStringList &command : {QStringList{u"mappings"_s}, QStringList{u"certs"_s},
                                           QStringList{u"guide"_s, u"check"_s}, QStringList{u"preflight"_s}})
            QTest::newRow(qPrintable(command.join(u' '))) << command;
    }
    void aTimeLimitThatIsTooShortIsSaid()
    {
        QFETCH(QStringList, command);
        ScriptedServer server([](const ServerRequest &, const ServerReply &) {}, tls());
        const QString file = kubeconfigOf(server);
        expectOneMessage(
            run(QStringList{u"--kubeconfig"_s, file, u"--timeout"_s, u"1ms"_s} + command),
            {u"127.0.0.1:%1"_s.arg(server.port()), u"within 1 ms"_s, u"allow more time by --timeout"_s});
    }

    // doctor: what, where and what to do, in the step that failed.
    void theDoctorSaysWhatToDo_data()
    {
        QTest::addColumn<bool>("isTrusted");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("an untrusted authority")
            << false << QStringList{}
            << QStringList{u"✗   TLS"_s, u"is not trusted by the certificate-authority of cluster “c”"_s,
                           u"https://127.0.0.1:"_s, u"set the right certificate-authority there"_s};
        QTest::newRow("a proxy that is not there")
            << true << QStringList{u"proxy"_s}
            << QStringList{u"✗   TCP"_s, u"the proxy http://127.0.0.1:1 cannot be reached"_s,
                           u"the proxy-url of cluster “c” in"_s, u"remove it to go without a proxy"_s};
        QTest::newRow("a time limit that is too short")
            << true << QStringList{u"--timeout"_s, u"1ms"_s}
            << QStringList{u"within 1 ms"_s, u"allow more time by --timeout"_s};
    }
    void theDoctorSaysWhatToDo()
    {
        QFETCH(bool, isTrusted);
        QFETCH(QStringList, options);
        QFETCH(QStringList, parts);
        const TestAuthority other(u"Their root"_s);
        const TestIdentity identity = loopbackServer(other);
        ScriptedServer server([](const ServerRequest &, const ServerReply &) {},
                              isTrusted ? tls() : serverTls(identity.certificate, identity.key));
        const bool hasProxy = options.removeAll(u"proxy"_s) > 0;
        const QString file = hasProxy
            ? write(u"of-proxy"_s,
                    kubeconfig(server.url().toString(), u"    proxy-url: http://127.0.0.1:1\n"_s))
            : kubeconfigOf(server);
        const Ended ended = run(QStringList{u"--kubeconfig"_s, file} + options + QStringList{u"doctor"_s});
        QCOMPARE(ended.code, 1);
        for (const QString &part : parts + QStringList{file})
            QVERIFY2(ended.out.contains(part), qPrintable(part + u" is missing in: "_s + ended.out));
    }

    void theServersWarningsAreSaidOnce()
    {
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) {
                refuse(reply, "Warning: 299 - \"getambassador.io/v1 Mapping is deprecated\"\r\n");
            },
            tls());
        for (const QString &command : {u"mappings"_s, u"doctor"_s}) {
            const Ended ended = run({u"--kubeconfig"_s, kubeconfigOf(server), command});
            QVERIFY2(ended.err.count(u"warning: getambassador.io/v1 Mapping is deprecated\n"_s) == 1,
                     qPrintable(command + u": "_s + ended.err));
        }
    }

    void aPluginsWordsToItsUserAreShown_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("one connection") << u"mappings"_s;
        QTest::newRow("doctor, which signs in more than once") << u"doctor"_s;
    }
    void aPluginsWordsToItsUserAreShown()
    {
        QFETCH(QString, command);
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) { refuse(reply); }, tls());
        const Ended ended = run({u"--kubeconfig"_s, kubeconfigOf(server, plugin()), command});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.count(u"open https://login.example and enter ABCD-1234\n"_s) == 1,
                 qPrintable(ended.err));
        QVERIFY(runs() > 0);
        QVERIFY(!QString(ended.out + ended.err).contains(QString::fromLatin1(Token)));
    }

    void aPluginRunsByItsPolicy_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("wantedRuns");
        QTest::addColumn<QStringList>("parts");
        const auto policy = [](const QString &name) { return QStringList{u"--exec-policy"_s, name}; };
        const QStringList refused{u"was not allowed to run"_s, u"user “jane” in "_s, u"sign-in"_s,
                                  u"--exec-policy"_s};
        const QStringList asked{u"user “jane” in "_s, u"sign-in get-token"_s, u"Type yes"_s};
        QTest::newRow("as kubectl does") << QStringList{} << QByteArray() << 1 << QStringList{};
        QTest::newRow("allowed") << policy(u"allow"_s) << QByteArray() << 1 << QStringList{};
        QTest::newRow("denied") << policy(u"deny"_s) << QByteArray("yes\n") << 0 << refused;
        QTest::newRow("asked: yes") << policy(u"ask"_s) << QByteArray("yes\n") << 1 << asked;
        QTest::newRow("asked: no") << policy(u"ask"_s) << QByteArray("no\n") << 0 << asked + refused;
        QTest::newRow("asked: nobody there") << policy(u"ask"_s) << QByteArray() << 0 << asked + refused;
    }
    void aPluginRunsByItsPolicy()
    {
        QFETCH(QStringList, options);
        QFETCH(QByteArray, input);
        QFETCH(int, wantedRuns);
        QFETCH(QStringList, parts);
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) { refuse(reply); }, tls());
        const QStringList here{u"--kubeconfig"_s, kubeconfigOf(server, plugin())};
        const Ended ended = run(here + options + QStringList{u"mappings"_s}, input);
        QCOMPARE(ended.code, 1);
        QCOMPARE(runs(), wantedRuns);
        QCOMPARE(server.requests().isEmpty(), wantedRuns == 0);
        for (const QString &part : parts)
            QVERIFY2(ended.err.contains(part), qPrintable(part + u" is missing in: "_s + ended.err));
        const Ended doctor = run(here + options + QStringList{u"doctor"_s}, input);
        QVERIFY2(doctor.err.count(u"Type yes"_s) <= 1,
                 qPrintable(doctor.err)); // asked once, though it connects twice
        QCOMPARE(doctor.out.contains(u"was not allowed to run"_s), wantedRuns == 0);
    }

    void requestsAreShownIfAskedForButNoSecret()
    {
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) { refuse(reply); }, tls());
        const QStringList here{u"--kubeconfig"_s, kubeconfigOf(server)};
        static const QRegularExpression line(u"^GET /version 403 \\d+ ms$"_s,
                                             QRegularExpression::MultilineOption);
        for (const QString &option : {u"-v"_s, u"--verbose"_s}) {
            const Ended ended = run(here + QStringList{option, u"mappings"_s});
            QVERIFY2(ended.err.contains(line), qPrintable(ended.err));
            QVERIFY(!ended.err.contains(QString::fromLatin1(Token)));
            QCOMPARE(ended.out, QString());
        }
        QVERIFY(!run(here + QStringList{u"mappings"_s}).err.contains(line));
        QVERIFY(run(here + QStringList{u"-v"_s, u"doctor"_s}).err.contains(line));
        server.stop();
        const Ended alone = run(here + QStringList{u"-v"_s, u"mappings"_s});
        QVERIFY2(alone.err.contains(u"GET /version no answer "_s), qPrintable(alone.err));
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
        QTest::newRow("bad policy") << QStringList{u"--exec-policy"_s, u"maybe"_s, u"mappings"_s};
        QTest::newRow("no way") << QStringList{u"request"_s, u"http://edge.example.com/"_s, u"--via"_s,
                                               u"local"_s};
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
