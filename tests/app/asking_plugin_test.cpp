// SPDX-License-Identifier: GPL-3.0-or-later
// A program for signing in that asks: it gets the terminal of sallyportctl where standard input is one, by its interactiveMode, as
// kubectl gives it.
#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace {

// It says whether it was told that it may ask, and what it has read.
constexpr char Plugin[] =
    "#!/bin/sh\n"
    "printf 'your name? ' >&2\n"
    "read name\n"
    "mode=alone\n"
    "echo \"$KUBERNETES_EXEC_INFO\" | grep -q '\"interactive\":true' && mode=asked\n"
    "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
    "\"status\":{\"token\":\"'$mode-$name'\"}}'\n";

} // namespace

class AskingPluginTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    TestAuthority m_authority;

    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    QString kubeconfig(const ScriptedServer &server, const QString &mode) const
    {
        return write(
            u"config"_s,
            u"apiVersion: v1\nkind: Config\ncurrent-context: dev\ncontexts: [{name: dev, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: \"%1\", certificate-authority-data: %2}}]\nusers: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: %3, command: %4}}}]\n"_s
                .arg(server.url().toString(), QString::fromLatin1(m_authority.certificate().toBase64()), mode,
                     write(u"plugin"_s, Plugin))
                .toUtf8());
    }

private Q_SLOTS:
    void itAsksWhereSomebodyCanAnswer_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("hasTerminal");
        QTest::addColumn<QByteArray>("token"); // "": it is not run
        QTest::newRow("Always") << u"Always"_s << true << QByteArray("asked-bob");
        QTest::newRow("IfAvailable") << u"IfAvailable"_s << true << QByteArray("asked-bob");
        QTest::newRow("Never") << u"Never"_s << true << QByteArray("alone-");
        QTest::newRow("IfAvailable without") << u"IfAvailable"_s << false << QByteArray("alone-");
        QTest::newRow("Always without") << u"Always"_s << false << QByteArray();
    }
    void itAsksWhereSomebodyCanAnswer()
    {
        QFETCH(const QString, mode);
        QFETCH(const bool, hasTerminal);
        QFETCH(const QByteArray, token);
        const TestIdentity identity = loopbackServer(m_authority);
        QList<QByteArray> sent;
        const auto refuse = [&sent](const ServerRequest &request, const ServerReply &reply) {
            sent.append(request.headers.value("authorization"));
            reply.answer(403, statusJson(403, "Forbidden", "jane may not"));
        };
        const ScriptedServer server(refuse, serverTls(identity.certificate, identity.key));
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        QVERIFY(terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0);
        const auto close = qScopeGuard([terminal] { ::close(terminal); });
        QProcess program;
        program.setStandardInputFile(hasTerminal ? QString::fromLocal8Bit(::ptsname(terminal))
                                                 : QProcess::nullDevice());
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      {u"--kubeconfig"_s, kubeconfig(server, mode), u"get"_s, u"ns"_s});
        QByteArray said;
        const auto hears = [&](const char *words) {
            said += program.readAllStandardError();
            return said.contains(words);
        };
        if (token.contains("bob")) {
            QTRY_VERIFY2_WITH_TIMEOUT(hears("your name? "), said.constData(), 20'000);
            QVERIFY(::write(terminal, "bob\n", 4) == 4);
        }
        QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(program.exitCode(), 1);
        QVERIFY2(hears(token.isEmpty() ? "standard input is not a terminal here" : "jane may not"),
                 said.constData());
        QCOMPARE(sent.value(0), token.isEmpty() ? QByteArray() : QByteArray("Bearer " + token));
        QVERIFY2(said.count("your name? ") <= 1, said.constData());
    }
};

SALLYPORT_TEST(asking_plugin_test, AskingPluginTest)
#include "asking_plugin_test.moc"
