// SPDX-License-Identifier: GPL-3.0-or-later
// Kubeconfig files as living things: they are changed by us, and by others while we look.
#include "kube/file_watcher.h"
#include "kube/kubeconfig.h"
#include "kube/kubeconfig_writer.h"
#include "kube/wake_watch.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

class KubeconfigFilesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

private Q_SLOTS:
    void oneValueChangesAndNothingElse_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QStringList>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QByteArray>("after");
        const auto row = [](const char *name, const QByteArray &before, const QStringList &path,
                            const QString &value, const QByteArray &after) {
            QTest::newRow(name) << before << path << value << after;
        };
        const QStringList current{u"current-context"_s}, token{u"users"_s, u"u"_s, u"user"_s, u"token"_s};
        row("plain", "# mine\ncurrent-context: old # now\nx-own: {a: 1}\n", current, u"new"_s,
            "# mine\ncurrent-context: new # now\nx-own: {a: 1}\n");
        row("single quotes", "current-context: 'it''s'\nkind: Config\n", current, u"b"_s,
            "current-context: \"b\"\nkind: Config\n");
        row("double quotes", "current-context: \"a\\\"b\" # c\n", current, u"x: y"_s,
            "current-context: \"x: y\" # c\n");
        row("a word that is no text", "current-context: a\n", current, u"yes"_s,
            "current-context: \"yes\"\n");
        row("digits", "current-context: a\n", current, u"123"_s, "current-context: \"123\"\n");
        row("umlauts before", "# ä ö ü\nx: ü\ncurrent-context: a\n", current, u"ö"_s,
            "# ä ö ü\nx: ü\ncurrent-context: \"ö\"\n");
        row("new at the top", "apiVersion: v1\nkind: Config\n", current, u"a"_s,
            "current-context: \"a\"\napiVersion: v1\nkind: Config\n");
        row("new in an item", "users:\n- name: t\n  user: {}\n- name: u\n  user:\n    x: 1\n", token, u"s"_s,
            "users:\n- name: t\n  user: {}\n- name: u\n  user:\n    token: \"s\"\n    x: 1\n");
        row("in a flow map", "users: [{name: u, user: {token: old, x: 1}}]\n", token, u"new"_s,
            "users: [{name: u, user: {token: new, x: 1}}]\n");
        row("new in an empty flow map", "users: [{name: u, user: {}}]\n", token, u"new"_s,
            "users: [{name: u, user: {\"token\": \"new\"}}]\n");
        row("JSON", R"({"users":[{"name":"u","user":{"token":"old"}}]})", token, u"new"_s,
            R"({"users":[{"name":"u","user":{"token":"new"}}]})");
        row("line ends of Windows", "a: b\r\ncurrent-context: old\r\nc: d\r\n", current, u"new"_s,
            "a: b\r\ncurrent-context: new\r\nc: d\r\n");
        row("empty", "current-context: \"\"\n", current, u"a"_s, "current-context: \"a\"\n");
    }

    void oneValueChangesAndNothingElse()
    {
        QFETCH(QByteArray, before);
        QFETCH(QStringList, path);
        QFETCH(QString, value);
        QFETCH(QByteArray, after);
        const Result<QByteArray> text = editedKubeconfig(before, {{path, value}});
        QVERIFY2(text, qPrintable(text ? QString() : text.error().message));
        QCOMPARE(*text, after);
    }

    void whatCannotBeChangedSafelyIsRefused_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::newRow("a block scalar") << QByteArray("current-context: |\n  a\n  b\n");
        QTest::newRow("an anchor") << QByteArray("current-context: &x a\nother: *x\n");
        QTest::newRow("a map") << QByteArray("current-context: {}\n");
        QTest::newRow("broken") << QByteArray("current-context: [\n");
    }

    void whatCannotBeChangedSafelyIsRefused()
    {
        QFETCH(QByteArray, before);
        const Result<QByteArray> text = editedKubeconfig(before, {{{u"current-context"_s}, u"new"_s}});
        if (text) // or it was done rightly after all
            QCOMPARE(QString::fromUtf8(*text).count(u"new"_s), 1);
        const Result<QByteArray> nowhere =
            editedKubeconfig("users: []\n", {{{u"users"_s, u"u"_s, u"user"_s, u"token"_s}, u"x"_s}});
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().message.contains(u"users.u.user is not there"_s));
    }

    void theFileIsPrivateAndItsLockRespected()
    {
        const QString path = write(u"config"_s, "current-context: a\n");
        QVERIFY(editKubeconfig(path, {{{u"current-context"_s}, u"b"_s}}));
        QVERIFY(!(QFileInfo(path).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
        QVERIFY(!QFile::exists(path + u".lock"_s));
        write(u"config.lock"_s, {});
        const Result<void> locked = editKubeconfig(path, {{{u"current-context"_s}, u"c"_s}});
        QVERIFY(!locked);
        QVERIFY2(locked.error().message.contains(path + u".lock"_s), qPrintable(locked.error().message));
        QVERIFY(QFile::exists(path + u".lock"_s)); // it is not ours
        QFile::remove(path + u".lock"_s);
    }

    void kubectlReadsWhatWeWrite()
    {
        if (const QString why = missingKubectl(); !why.isEmpty())
            QSKIP(qPrintable(why));
        const QString path = write(u"own"_s,
                                   "clusters: [{name: c, cluster: {server: 'https://a:1'}}]\ncontexts: "
                                   "[{name: x y, context: {cluster: c}}]\ncurrent-context: ''\n");
        QVERIFY(editKubeconfig(path, {{{u"current-context"_s}, u"x y"_s}}));
        QProcess process;
        process.start(foreignKubectl(), {u"--kubeconfig"_s, path, u"config"_s, u"current-context"_s});
        QVERIFY(process.waitForFinished(10'000));
        QCOMPARE(process.readAllStandardOutput().trimmed(), QByteArray("x y"));
    }

    void everyWayOfChangingAFileIsSeen()
    {
        const QString path = write(u"watched"_s, "one");
        const QString later = m_dir.filePath(u"sub/later"_s);
        FileWatcher watcher({path, later});
        QSignalSpy spy(&watcher, &FileWatcher::changed);
        write(u"watched"_s, "two");
        QTRY_COMPARE(spy.count(), 1);
        write(u"next"_s, "three");
        QVERIFY(QFile::remove(path) && QFile::rename(m_dir.filePath(u"next"_s), path)); // as editors do
        QTRY_VERIFY(spy.count() >= 2);
        const qsizetype before = spy.count();
        write(u"watched"_s, "four"); // the file that took its place is watched too
        QTRY_COMPARE(spy.count(), before + 1);
        QDir(m_dir.path()).mkdir(u"sub"_s);
        write(u"sub/later"_s, "made");
        QTRY_COMPARE(spy.count(), before + 2);
        QCOMPARE(spy.last().first().toString(), later);
        QFile::remove(path);
        QTRY_COMPARE(spy.count(), before + 3);
    }

    void theSameBytesAgainAreNoChange()
    {
        const QString path = write(u"same"_s, "one");
        const QString other = write(u"other"_s, "one");
        FileWatcher watcher({path, other});
        QSignalSpy spy(&watcher, &FileWatcher::changed);
        write(u"same"_s, "one");
        write(u"other"_s, "two");
        QTRY_COMPARE(spy.count(), 1);
        QCOMPARE(spy.first().first().toString(), other);
    }

    void sleepIsNoticedByTheWallClock()
    {
        qint64 wall = 1'000'000;
        int looks = 0;
        WakeWatch watch(
            nullptr,
            [&] {
                ++looks;
                return wall += 10;
            },
            5);
        QSignalSpy spy(&watch, &WakeWatch::woke);
        QTRY_VERIFY(looks > 4);
        QCOMPARE(spy.count(), 0);
        wall += WakeWatch::GapMsecs;
        QTRY_COMPARE(spy.count(), 1);
        const int before = looks;
        QTRY_VERIFY(looks > before + 2);
        QCOMPARE(spy.count(), 1);
    }
};

SALLYPORT_TEST(kubeconfig_files_test, KubeconfigFilesTest)
#include "kubeconfig_files_test.moc"
