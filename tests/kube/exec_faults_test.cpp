// SPDX-License-Identifier: GPL-3.0-or-later
// Sign-in programs that are there and cannot be run: what is said of each, as a user of the transport reads it.
#include "kube/transport.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

constexpr auto Runs = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
constexpr auto OnlyRead = QFile::ReadOwner | QFile::WriteOwner;

QByteArray ownProgram()
{
    QFile file(QCoreApplication::applicationFilePath());
    return file.open(QIODevice::ReadOnly) ? file.read(1024) : QByteArray();
}

} // namespace

class ExecFaultsTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content, QFile::Permissions mode) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(mode);
        return file.fileName();
    }

    Connection connectionOf(const QString &command, const QString &hint) const
    {
        Connection connection;
        connection.user = u"jane"_s;
        connection.file = m_dir.filePath(u"config"_s);
        connection.server = QUrl(u"https://127.0.0.1:1"_s);
        ExecPlugin plugin;
        plugin.apiVersion = u"client.authentication.k8s.io/v1"_s;
        plugin.command = command;
        plugin.installHint = hint;
        connection.exec = plugin;
        return connection;
    }

    QString messageOf(const QString &command, const QString &hint) const
    {
        Transport transport(connectionOf(command, hint));
        std::optional<Result<HttpResponse>> answer;
        Transport::Callbacks callbacks;
        callbacks.finished = [&answer](const Result<HttpResponse> &result) { answer = result; };
        HttpRequest request;
        request.path = u"/version"_s;
        transport.send(request, std::move(callbacks));
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 10'000))
            return u"the test waited in vain"_s;
        return *answer ? u"it was answered"_s : answer->error().message;
    }

private Q_SLOTS:
    void aProgramThatCannotBeRunSaysWhy_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QFile::Permissions>("mode");
        QTest::addColumn<QString>("words");
        const QFile::Permissions runs = Runs, onlyRead = OnlyRead;
        const auto row = [](const char *name, const QByteArray &content, QFile::Permissions mode,
                            const QString &words) { QTest::newRow(name) << content << mode << words; };
        const QByteArray plain = m_dir.path().toLocal8Bit();
        const QString wanted = u"which its first line wants to run it, is "_s;
        row("not executable", "#!/bin/sh\n", onlyRead, u"may not be executed; allow it (chmod u+x)"_s);
        row("no interpreter there", "#!/no/such/python -u\nprint(1)\n", runs,
            u"cannot be started: “/no/such/python”, "_s + wanted + u"not installed; install that"_s);
        row("no interpreter named", "#! \nexit 1\n", runs, u"its first line names no interpreter"_s);
        row("Windows line ends", "#!/bin/sh\r\nexit 1\r\n", runs, u"save the file with Unix line ends"_s);
        row("an interpreter that is a folder", "#!" + plain + "\n", runs, wanted + u"a folder"_s);
        row("an interpreter that may not run", "#!" + plain + "/readable\n", runs,
            wanted + u"not executable"_s);
        row("no first line", "echo '{}'\n", runs, u"nor a script whose first line names its interpreter"_s);
        row("empty", {}, runs, u"is an empty file; install it again"_s);
        QByteArray foreign = ownProgram();
        QVERIFY(foreign.size() > 20);
        foreign[18] = char(foreign[18] ^ 0x55); // the processor, in an ELF file
        row("of another processor", foreign, runs,
            u"is built for another system or processor than this one"_s);
        row("of Windows", "MZ\x90 and more", runs,
            u"is built for another system or processor than this one"_s);
        row("of a Mac", "\xcf\xfa\xed\xfe more", runs, u"is built for another system or processor"_s);
    }

    void aProgramThatCannotBeRunSaysWhy()
    {
        QFETCH(const QByteArray, content);
        QFETCH(const QFile::Permissions, mode);
        QFETCH(const QString, words);
        write(u"readable"_s, "#!/bin/sh\n", OnlyRead);
        const QString program = write(u"program"_s, content, mode);
        for (const QString &hint : {QString(), u"get it at \x1b[1mexample.com\x1b[0m"_s}) {
            const QString message = messageOf(program, hint);
            QVERIFY2(message.contains(u"user “jane”"_s) && message.contains(u"“%1” (exec) "_s.arg(program)),
                     qPrintable(message));
            QVERIFY2(message.contains(words), qPrintable(message));
            QCOMPARE(message.endsWith(u": get it at example.com"_s), !hint.isEmpty() && mode == Runs);
        }
    }

    void aFolderIsNoProgram()
    {
        const QString message = messageOf(m_dir.path(), {});
        QVERIFY2(message.contains(u"is a folder; name the program in it"_s), qPrintable(message));
    }

    void whatItSaysEndsTheMessage_data()
    {
        QTest::addColumn<QByteArray>("words"); // of printf
        QTest::addColumn<QString>("said");
        QTest::newRow("a line") << QByteArray("no login\\n") << u"no login"_s;
        QTest::newRow("without a line end") << QByteArray("no login") << u"no login"_s;
        QTest::newRow("two lines") << QByteArray("no login\\nrun: login") << u"no login\nrun: login"_s;
        QTest::newRow("lines of Windows")
            << QByteArray("no login\\r\\nrun: login\\r\\n") << u"no login\nrun: login"_s;
        QTest::newRow("one over the other") << QByteArray("wait 1\\rwait 2\\rno login") << u"no login"_s;
        QTest::newRow("one over the other, ended so") << QByteArray("wait 1\\rno login\\r") << u"no login"_s;
        QTest::newRow("in colour") << QByteArray("\\033[31mno\\033[0m login") << u"no login"_s;
    }

    void whatItSaysEndsTheMessage()
    {
        QFETCH(const QByteArray, words);
        QFETCH(const QString, said);
        const QString message =
            messageOf(write(u"program"_s, "#!/bin/sh\nprintf '" + words + "' >&2\nexit 3\n", Runs), {});
        QVERIFY2(message.endsWith(u"failed with exit code 3; it says: "_s + said), qPrintable(message));
    }

    void linesAreToldWhole_data()
    {
        QTest::addColumn<QByteArray>("script");  // waits for a line of the pipe
        QTest::addColumn<QStringList>("before"); // it is let go on
        QTest::addColumn<QStringList>("told");
        QTest::newRow("a line in two pieces")
            << QByteArray("printf 'one\\ntwo ' >&2; read x < PIPE; printf 'halves\\n' >&2")
            << QStringList{u"one"_s} << QStringList{u"one"_s, u"two halves"_s};
        QTest::newRow("a question, which does not end")
            << QByteArray("printf 'Code: ' >&2; read x < PIPE; printf 'thanks\\n' >&2")
            << QStringList{u"Code:"_s} << QStringList{u"Code:"_s, u"thanks"_s};
        QTest::newRow("the end of all") << QByteArray("printf 'one\\n' >&2; read x < PIPE; printf 'two' >&2")
                                        << QStringList{u"one"_s} << QStringList{u"one"_s, u"two"_s};
    }

    void linesAreToldWhole()
    {
        QFETCH(QByteArray, script);
        QFETCH(const QStringList, before);
        QFETCH(const QStringList, told);
        const QByteArray pipe = m_dir.filePath(u"pipe"_s).toLocal8Bit();
        ::unlink(pipe.constData());
        QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
        const int end =
            ::open(pipe.constData(), O_RDWR | O_CLOEXEC); // so that nobody waits for another to open it
        QVERIFY(end >= 0);
        Transport transport(connectionOf(
            write(u"program"_s, "#!/bin/sh\n" + script.replace("PIPE", pipe) + "\nexit 3\n", Runs), {}));
        QStringList heard;
        connect(&transport, &Transport::signInMessage, this,
                [&heard](const QString &text) { heard.append(text); });
        bool hasEnded = false;
        Transport::Callbacks callbacks;
        callbacks.finished = [&hasEnded](const Result<HttpResponse> &) { hasEnded = true; };
        HttpRequest request;
        request.path = u"/version"_s;
        transport.send(request, std::move(callbacks));
        QTRY_COMPARE_WITH_TIMEOUT(heard, before, 10'000);
        QCOMPARE(::write(end, "\n", 1), ssize_t(1));
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded, 10'000);
        ::close(end);
        QCOMPARE(heard, told);
    }

    // As env says it, which then is the interpreter.
    void whatASystemProgramMissesIsToldByIt()
    {
        const QString message = messageOf(write(u"program"_s, "#!/usr/bin/env no-such-python\n", Runs), {});
        QVERIFY2(message.contains(u"failed with exit code 127"_s) && message.contains(u"no-such-python"_s),
                 qPrintable(message));
    }
};

SALLYPORT_TEST(exec_faults_test, ExecFaultsTest)
#include "exec_faults_test.moc"
