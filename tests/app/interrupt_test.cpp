// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+C while sallyportctl writes an answer that nobody reads any more, as a pager does that waits for a key: the first asks it to end,
// one that comes two seconds later or after that ends it.
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>

using namespace Qt::StringLiterals;

class InterruptTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_pipe = -1; // its standard output; this end keeps it open

    // Many times what a pipe holds.
    QString manifests() const
    {
        QByteArray text;
        for (int i = 0; i < 3000; ++i)
            text += "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: m"
                + QByteArray::number(i) + "}\nspec: {prefix: /a-prefix-of-some-length/"
                + QByteArray::number(i) + "/, service: a-service-of-some-length}\n";
        QFile file(m_folder.filePath(u"mappings.yaml"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    qsizetype readSome() const
    {
        std::array<char, 4096> bytes{};
        return qsizetype(::read(m_pipe, bytes.data(), bytes.size()));
    }

    // Until the first of its answer has come.
    void start(QProcess &program)
    {
        const QString pipe = m_folder.filePath(u"pipe"_s);
        ::unlink(QFile::encodeName(pipe).constData());
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        m_pipe = ::open(QFile::encodeName(pipe).constData(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        QVERIFY(m_pipe >= 0);
        program.setStandardOutputFile(pipe);
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      {u"mappings"_s, u"-f"_s, manifests()});
        QTRY_VERIFY_WITH_TIMEOUT(readSome() > 0, 20'000);
    }

private Q_SLOTS:
    void cleanup()
    {
        ::close(m_pipe);
        m_pipe = -1;
    }

    void anotherSignalEndsWhatWaits_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("Ctrl+C") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }

    void anotherSignalEndsWhatWaits()
    {
        QFETCH(const int, signal);
        QProcess program;
        start(program);
        QElapsedTimer sinceFirst;
        sinceFirst.start();
        while (program.state() == QProcess::Running && sinceFirst.elapsed() < 10'000) {
            QCOMPARE(::kill(pid_t(program.processId()), signal), 0); // as impatience does it
            (void)program.waitForFinished(100);
        }
        QCOMPARE(program.state(), QProcess::NotRunning);
        QCOMPARE(program.exitStatus(), QProcess::CrashExit);
        QCOMPARE(program.exitCode(), signal);
        // Those of the first second are one hand that is heavy on the keys; whole seconds are counted.
        QVERIFY2(sinceFirst.elapsed() >= 1000, qPrintable(QString::number(sinceFirst.elapsed())));
    }

    void afterOneSignalItEndsInOrder()
    {
        QProcess program;
        start(program);
        QCOMPARE(::kill(pid_t(program.processId()), SIGINT), 0);
        const auto hasEnded = [&] {
            while (readSome() > 0) { } // it is read again
            return program.state() == QProcess::NotRunning;
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 20'000);
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QCOMPARE(QString::fromUtf8(program.readAllStandardError()), QString());
    }
};

SALLYPORT_TEST(interrupt_test, InterruptTest)
#include "interrupt_test.moc"
