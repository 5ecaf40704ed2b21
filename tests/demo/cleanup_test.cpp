// SPDX-License-Identifier: GPL-3.0-or-later
// What a demo cluster leaves behind, however it ends: nothing.
#include "app/demo/demo_cluster.h"
#include "tests/support/test_class.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

// Processes whose command line names the folder: the demo's prometheus.
QStringList processesOf(const QString &folder)
{
    QStringList found;
    for (const QString &entry : QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs)) {
        QFile commandLine(u"/proc/%1/cmdline"_s.arg(entry));
        if (commandLine.open(QIODevice::ReadOnly) && commandLine.readAll().contains(folder.toUtf8()))
            found.append(entry);
    }
    return found;
}

class DemoProcess
{
public:
    bool start()
    {
        process.start(QCoreApplication::applicationDirPath() + u"/demo_cluster_program"_s, {});
        if (!process.waitForStarted())
            return false;
        while (!process.canReadLine()) {
            if (!process.waitForReadyRead(60'000))
                return false;
        }
        kubeconfig = QString::fromUtf8(process.readLine()).trimmed();
        folder = QFileInfo(kubeconfig).absolutePath();
        return QFile::exists(kubeconfig);
    }
    QProcess process;
    QString kubeconfig, folder;
};

} // namespace

class CleanupTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(u"/proc/self/cmdline"_s))
            QSKIP("skipped: no /proc here");
    }

    void theKubeconfigIsPrivateAndGoesWithTheCluster()
    {
        QTemporaryDir folder;
        demo::DemoOptions options;
        options.state = "empty";
        options.kubeconfigOut = folder.filePath(u"config"_s).toStdString();
        {
            demo::DemoCluster cluster(options);
            QVERIFY(cluster.start());
            QCOMPARE(QFile::permissions(folder.filePath(u"config"_s)) & ~(QFile::ReadUser | QFile::WriteUser),
                     QFile::ReadOwner | QFile::WriteOwner);
        }
        QVERIFY(!QFile::exists(folder.filePath(u"config"_s)));
    }

    void aKubeconfigOfTheUsersOwnIsNotReplaced()
    {
        QTemporaryDir folder;
        QFile own(folder.filePath(u"config"_s));
        QVERIFY(own.open(QIODevice::WriteOnly));
        own.write("apiVersion: v1\nkind: Config\n");
        own.close();
        demo::DemoOptions options;
        options.state = "empty";
        options.kubeconfigOut = own.fileName().toStdString();
        demo::DemoCluster cluster(options);
        const auto ready = cluster.start();
        QVERIFY(!ready);
        QVERIFY(ready.error().message.find("was not written by a demo cluster") != std::string::npos);
        QCOMPARE(own.size(), 28);
    }

    // Merged into it while the cluster ran: what the user added is not lost with the cluster.
    void aKubeconfigThatHoldsMoreByThenStays()
    {
        QTemporaryDir folder;
        demo::DemoOptions options;
        options.state = "empty";
        options.kubeconfigOut = folder.filePath(u"config"_s).toStdString();
        QFile file(folder.filePath(u"config"_s));
        QByteArray merged;
        {
            demo::DemoCluster cluster(options);
            QVERIFY(cluster.start());
            QVERIFY(file.open(QIODevice::ReadWrite));
            merged = file.readAll();
            const qsizetype users = merged.indexOf("users:\n") + 7;
            QVERIFY(users > 7);
            const QByteArray indent(merged.indexOf('-', users) - users, ' ');
            merged.insert(users, indent + "- {name: me, user: {token: the only copy}}\n");
            QVERIFY(file.seek(0) && file.write(merged) == merged.size());
            file.close();
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), merged);
    }

    void theEndOfItsParentLeavesNeitherChildNorFolder()
    {
        DemoProcess demo;
        QVERIFY2(demo.start(), qPrintable(demo.kubeconfig));
        demo.process.closeWriteChannel();
        QVERIFY(demo.process.waitForFinished(20'000));
        QCOMPARE(demo.process.exitCode(), 0);
        QVERIFY(!QFile::exists(demo.folder));
        QCOMPARE(processesOf(demo.folder), QStringList());
    }

    void aKilledOneTakesItsChildrenAndTheNextOneSweepsItsFolder()
    {
        DemoProcess killed;
        QVERIFY2(killed.start(), qPrintable(killed.kubeconfig));
        killed.process.kill();
        QVERIFY(killed.process.waitForFinished(20'000));
        QTRY_COMPARE_WITH_TIMEOUT(processesOf(killed.folder), QStringList(), 10'000);
        QVERIFY(QFile::exists(killed.folder));
        DemoProcess next;
        QVERIFY2(next.start(), qPrintable(next.kubeconfig));
        QVERIFY(!QFile::exists(killed.folder));
        next.process.closeWriteChannel();
        QVERIFY(next.process.waitForFinished(20'000));
    }

    void aPortThatIsTakenIsSaidInOneLine()
    {
        demo::DemoOptions options;
        options.state = "empty";
        demo::DemoCluster first(options);
        const auto ready = first.start();
        QVERIFY(ready);
        options.port = ready->apiServer.section(u':', -1).toUShort();
        demo::DemoCluster second(options);
        const auto refused = second.start();
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("127.0.0.1:" + std::to_string(options.port))
                     != std::string::npos,
                 refused.error().message.c_str());
        QVERIFY(refused.error().message.find('\n') == std::string::npos);
    }

    void anUnknownStateIsRefused()
    {
        demo::DemoOptions options;
        options.state = "middle";
        demo::DemoCluster cluster(options);
        QVERIFY(!cluster.start());
    }
};

SALLYPORT_TEST(cleanup_test, CleanupTest)
#include "cleanup_test.moc"
