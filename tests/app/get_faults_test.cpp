// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl get, with and without -w, before an API server that fails on demand: what passes is waited for, what does not is said
// with an exit code, and no row is lost or shown twice.  The built program is run; its server lives on this thread.
#include "tests/kube/scripted_api.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;

namespace {

enum class Fault { None, Status500, Status503, Status429, Cut, Short, NoJson, Gone, Ends };

// How often, and what then.
struct Faults
{
    Fault kind = Fault::None;
    int times = 0;
};

const QByteArray TooOld =
    "{\"type\":\"ERROR\",\"object\":" + statusJson(410, "Expired", "too old resource version") + "}";

void fail(Fault fault, const ServerReply &reply)
{
    switch (fault) {
    case Fault::None: break;
    case Fault::Status500: return reply.answer(500, statusJson(500, "InternalError", "etcd is away"));
    case Fault::Status503:
        return reply.answer(503, statusJson(503, "ServiceUnavailable", "not yet"), "Retry-After: 1\r\n");
    case Fault::Status429:
        return reply.answer(429, statusJson(429, "TooManyRequests", "slow down"), "Retry-After: 1\r\n");
    case Fault::Cut: return reply.cut();
    case Fault::Short:
        reply.raw(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"kind\":");
        return reply.close();
    case Fault::NoJson: return reply.answer(200, "<html>sign in</html>");
    case Fault::Gone:
        reply.startStream();
        reply.line(TooOld);
        return reply.endStream();
    case Fault::Ends: reply.startStream(); return reply.endStream();
    }
}

} // namespace

Q_DECLARE_METATYPE(Fault)

class GetFaultsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::unique_ptr<QProcess> launch(const ScriptedApi &api, const QStringList &arguments) const
    {
        QFile file(m_folder.filePath(u"kubeconfig"_s));
        if (!file.open(QIODevice::WriteOnly))
            return nullptr;
        file.write("apiVersion: v1\nkind: Config\ncurrent-context: dev\n"
                   "contexts: [{name: dev, context: {cluster: c, namespace: shop}}]\n"
                   "clusters: [{name: c, cluster: {server: \""
                   + api.server.url().toEncoded() + "\"}}]\n");
        file.close();
        auto program = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"HOME"_s, m_folder.path());
        program->setProcessEnvironment(environment);
        program->start(
            QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
            QStringList{u"--kubeconfig"_s, file.fileName(), u"get"_s, u"pods"_s, u"-n"_s, u"shop"_s}
                + arguments);
        return program;
    }

    // The API server fails the first times in the named way, then works.
    static void script(ScriptedApi &api, const QByteArray &part, Fault kind, int times)
    {
        auto left = std::make_shared<int>(times);
        api.before = [part, kind, left](const ServerRequest &request, const ServerReply &reply) {
            const bool isPods = request.path().endsWith("/pods");
            const QByteArray what = !isPods        ? QByteArray("discovery")
                : request.query("watch").isEmpty() ? QByteArray("list")
                                                   : QByteArray("watch");
            if (what != part || *left == 0)
                return false;
            --*left;
            fail(kind, reply);
            return true;
        };
    }

    struct Watched
    {
        QString out, err;
        int code = -1;
    };
    static bool sees(QProcess &program, Watched &seen, const std::function<bool()> &what)
    {
        return QTest::qWaitFor(
                   [&] {
                       seen.out += QString::fromUtf8(program.readAllStandardOutput());
                       seen.err += QString::fromUtf8(program.readAllStandardError());
                       return what() || program.state() == QProcess::NotRunning;
                   },
                   15'000)
            && what();
    }
    static bool ends(QProcess &program, Watched &seen)
    {
        if (!sees(program, seen, [&] { return program.state() == QProcess::NotRunning; }))
            return false;
        seen.code = program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1;
        return sees(program, seen, [] { return true; }); // the rest
    }

private Q_SLOTS:
    void aWatchSurvivesItsFirstFaults_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<int>("times");
        QTest::addColumn<QString>("format");
        const QList<QPair<const char *, Fault>> faults{{"500", Fault::Status500},
                                                       {"503, to wait", Fault::Status503},
                                                       {"429, to wait", Fault::Status429},
                                                       {"cut", Fault::Cut}};
        for (const auto &[name, fault] : faults) {
            for (const char *format : {"table", "json"}) {
                QTest::addRow("list %s, %s", name, format)
                    << QByteArray("list") << fault << 1 << QString::fromLatin1(format);
                QTest::addRow("watch %s, %s", name, format)
                    << QByteArray("watch") << fault << 1 << QString::fromLatin1(format);
            }
        }
        QTest::newRow("list, a body that ends short")
            << QByteArray("list") << Fault::Short << 1 << u"table"_s;
        QTest::newRow("the watch has expired") << QByteArray("watch") << Fault::Gone << 1 << u"table"_s;
        QTest::newRow("the watch has expired, json") << QByteArray("watch") << Fault::Gone << 1 << u"json"_s;
        QTest::newRow("the watch ends at once") << QByteArray("watch") << Fault::Ends << 1 << u"table"_s;
        QTest::newRow("the watch ends at once, json") << QByteArray("watch") << Fault::Ends << 1 << u"json"_s;
        QTest::newRow("the watch ends at once, yaml") << QByteArray("watch") << Fault::Ends << 1 << u"yaml"_s;
        QTest::newRow("the watch ends at once, name") << QByteArray("watch") << Fault::Ends << 1 << u"name"_s;
        QTest::newRow("the watch ends at once, wide") << QByteArray("watch") << Fault::Ends << 1 << u"wide"_s;
        QTest::newRow("discovery is cut") << QByteArray("discovery") << Fault::Cut << 1 << u"table"_s;
        QTest::newRow("none") << QByteArray("list") << Fault::None << 0 << u"name"_s;
    }
    void aWatchSurvivesItsFirstFaults()
    {
        QFETCH(QByteArray, part);
        QFETCH(Fault, fault);
        QFETCH(int, times);
        QFETCH(QString, format);
        ScriptedApi api;
        api.put(u"web-1"_s);
        api.put(u"web-2"_s);
        script(api, part, fault, times);
        const auto program = launch(api, {u"-w"_s, u"-o"_s, format});
        Watched seen;
        const auto count = [&seen, format](const char *name) {
            const QString pattern = format == u"json" ? u"\"name\":\"%1\""_s
                : format == u"yaml"                   ? u"    name: %1\n"_s
                : format == u"name"                   ? u"(^|\n)pod/%1\n"_s
                                                      : u"(^|\n)%1 +"_s;
            return seen.out.count(QRegularExpression(pattern.arg(QLatin1String(name))));
        };
        QVERIFY2(sees(*program, seen, [&] { return count("web-1") > 0 && count("web-2") > 0; }),
                 qPrintable(seen.out + seen.err));
        api.put(u"web-3"_s); // between two watches, perhaps
        QVERIFY2(sees(*program, seen, [&] { return count("web-3") > 0; }), qPrintable(seen.out + seen.err));
        api.put(u"web-4"_s); // each comes out at once
        QVERIFY2(sees(*program, seen, [&] { return count("web-4") > 0; }), qPrintable(seen.out + seen.err));
        QCOMPARE(program->state(), QProcess::Running);
        QCOMPARE(::kill(pid_t(program->processId()), SIGINT), 0);
        QVERIFY(ends(*program, seen));
        QCOMPARE(seen.code, 0);
        for (const char *name : {"web-1", "web-2", "web-3", "web-4"})
            QVERIFY2(count(name) == 1, qPrintable(QString::fromLatin1(name) + u'\n' + seen.out));
    }

    // It has other objects and smaller versions: a watch from an old one would be silent for ever.
    void aClusterThatWasMadeAnewIsListedAnew()
    {
        ScriptedApi api;
        api.put(u"web-1"_s);
        QByteArray uid = "first";
        api.before = [&uid](const ServerRequest &request, const ServerReply &reply) {
            if (request.path() != "/api/v1/namespaces/kube-system")
                return false;
            reply.answer(200,
                         "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"kube-"
                         "system\",\"uid\":\""
                             + uid + "\",\"resourceVersion\":\"1\"}}");
            return true;
        };
        const auto program = launch(api, {u"-w"_s, u"--output-watch-events"_s});
        Watched seen;
        const auto shows = [&](const QString &pattern) {
            return sees(*program, seen, [&] { return seen.out.contains(QRegularExpression(pattern)); });
        };
        QVERIFY2(shows(u"ADDED +web-1"_s), qPrintable(seen.out + seen.err));
        uid = "second";
        api.versions = {{u"anew"_s, 1}};
        api.endWatches();
        QVERIFY2(shows(u"DELETED +web-1"_s), qPrintable(seen.out + seen.err));
        QVERIFY2(shows(u"ADDED +anew"_s), qPrintable(seen.out + seen.err));
        QCOMPARE(::kill(pid_t(program->processId()), SIGINT), 0);
        QVERIFY(ends(*program, seen));
        QVERIFY2(seen.err.contains(u"another cluster answers at this address now"_s), qPrintable(seen.err));
    }

    void whatFailsForGoodEndsWithACode_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("words");
        const QStringList watching{u"-w"_s, u"--timeout"_s, u"3s"_s}, once{u"--timeout"_s, u"3s"_s};
        QTest::newRow("watch, 500") << QByteArray("list") << Fault::Status500 << watching
                                    << u"etcd is away.*; asked \\d+ times within \\d+ s"_s;
        QTest::newRow("watch, cut") << QByteArray("list") << Fault::Cut << watching
                                    << u"/pods: the connection was cut .*; asked \\d+ times within"_s;
        QTest::newRow("watch, short") << QByteArray("list") << Fault::Short << watching
                                      << u"/pods: the answer was cut .*; asked \\d+ times within"_s;
        QTest::newRow("watch, no JSON") << QByteArray("list") << Fault::NoJson << watching << u"web page"_s;
        QTest::newRow("short") << QByteArray("list") << Fault::Short << once
                               << u"/pods: the answer was cut .*; asked \\d+ times within \\d s"_s;
        QTest::newRow("discovery, short")
            << QByteArray("discovery") << Fault::Short << once
            << u"/apis?: the answer was cut .*; asked \\d+ times within \\d s"_s;
    }
    void whatFailsForGoodEndsWithACode()
    {
        QFETCH(QByteArray, part);
        QFETCH(Fault, fault);
        QFETCH(QStringList, arguments);
        QFETCH(QString, words);
        ScriptedApi api;
        api.put(u"web-1"_s);
        script(api, part, fault, 1000);
        const auto program = launch(api, arguments);
        Watched seen;
        QVERIFY2(ends(*program, seen), qPrintable(seen.out + seen.err));
        QVERIFY2(seen.code == 1, qPrintable(seen.out + seen.err));
        QCOMPARE(seen.out, QString());
        const QStringList lines = seen.err.split(u'\n', Qt::SkipEmptyParts);
        QVERIFY2(lines.constLast().contains(QRegularExpression(u"^sallyportctl: .*"_s + words)),
                 qPrintable(seen.err));
        QVERIFY2(fault == Fault::NoJson || lines.size() == 2 || part == "discovery",
                 qPrintable(seen.err)); // that it waits is said once
        for (const QString &line : lines.mid(0, lines.size() - 1))
            QVERIFY2(line.startsWith(u"note: "_s), qPrintable(seen.err));
    }
};

SALLYPORT_TEST(get_faults_test, GetFaultsTest)
#include "get_faults_test.moc"
