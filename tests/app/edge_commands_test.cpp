// SPDX-License-Identifier: GPL-3.0-or-later
// explain and edge run on manifests, as a person at a terminal meets them: the built program is run.
#include "tests/support/test_class.h"

#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Ended
{
    int code = -1;
    QString out, err;
};

constexpr auto Listener =
    "apiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: l, namespace: default}\n"
    "spec: {port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n";

QString mapping(const QString &name, const QString &prefix)
{
    return u"---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: %1, namespace: "
           u"default}\n"
           "spec: {hostname: '*', prefix: %2, service: %1}\n"_s.arg(name, prefix);
}

} // namespace

class EdgeCommandsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString manifests(const QString &text) const
    {
        QFile file(m_folder.filePath(u"manifests.yaml"_s));
        return file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) >= 0 ? file.fileName()
                                                                                 : QString();
    }
    // Until it ends, or until it has printed a line that begins with "ready": then it is told to end.
    static Ended run(const QStringList &arguments)
    {
        QProcess program;
        Ended ended;
        QEventLoop loop;
        connect(&program, &QProcess::finished, &loop, &QEventLoop::quit);
        connect(&program, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
        connect(&program, &QProcess::readyReadStandardOutput, &loop, [&] {
            ended.out += QString::fromUtf8(program.readAllStandardOutput());
            if (ended.out.startsWith(u"ready"_s) && ended.out.endsWith(u'\n'))
                program.terminate();
        });
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), arguments);
        program.closeWriteChannel();
        loop.exec();
        ended.out += QString::fromUtf8(program.readAllStandardOutput());
        ended.err = QString::fromUtf8(program.readAllStandardError());
        ended.code = program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1;
        return ended;
    }

    // Everything that happens to a request before a route is looked for, and Mappings that tell who they are.
    static QString servedManifests()
    {
        const auto mapping = [](const QString &name, const QString &rest) {
            return u"---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: %1, "
                   u"namespace: "
                   "default}\nspec: {hostname: '*', add_response_headers: {x-mapping: {value: %1}}, %2}\n"_s
                       .arg(name, rest);
        };
        const auto host = [](const QString &name, const QString &hostname, const QString &action) {
            return u"---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: %1, namespace: "
                   "default, labels: {h: %1}}\nspec: {hostname: %2, requestPolicy: {insecure: {action: %3}}}\n"_s
                       .arg(name, hostname, action);
        };
        return u"apiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: l, namespace: "
               u"default}\n"
               "spec: {port: 8080, protocol: HTTP, securityModel: XFP, l7Depth: 1, hostBinding: {namespace: "
               "{from: "
               "ALL}}}\n---\napiVersion: getambassador.io/v3alpha1\nkind: Module\nmetadata: {name: "
               "ambassador, "
               "namespace: default}\nspec: {config: {merge_slashes: true, "
               "reject_requests_with_escaped_slashes: true, headers_with_underscores_action: REJECT_REQUEST}}\n"_s
            + host(u"shop"_s, u"shop.example.com"_s, u"Route"_s)
            + host(u"safe"_s, u"safe.example.com"_s, u"Redirect"_s)
            + mapping(u"quote"_s, u"prefix: /quote/, service: echo"_s)
            + mapping(u"canary"_s, u"prefix: /quote/, service: echo, headers: {x-canary: '1'}"_s)
            + mapping(u"cart"_s, u"prefix: /cart/, service: echo"_s)
            + mapping(u"away"_s, u"prefix: /away/, service: other.example.com, host_redirect: true"_s)
            + mapping(u"secure"_s, u"prefix: /secure/, service: echo"_s);
    }

    struct Served
    {
        int status = 0;
        QString mapping;
        QByteArray upstreamPath; // that the service was asked for
    };
    // The answer of edge run to these bytes; the service behind it answers 200.
    static Served serve(const QString &file, const QByteArray &request)
    {
        Served served;
        QTcpServer service;
        connect(&service, &QTcpServer::newConnection, &service, [&] {
            QTcpSocket *client = service.nextPendingConnection();
            connect(client, &QTcpSocket::readyRead, client, [&served, client] {
                served.upstreamPath = client->readAll().split(' ').value(1);
                client->write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            });
        });
        if (!service.listen(QHostAddress::LocalHost))
            return served;
        QProcess edge;
        QEventLoop loop;
        QTcpSocket client;
        QByteArray answer;
        connect(&edge, &QProcess::finished, &loop, &QEventLoop::quit);
        connect(&edge, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
        connect(&edge, &QProcess::readyReadStandardOutput, &loop, [&] {
            const QString ready = QString::fromUtf8(edge.readAllStandardOutput()).trimmed();
            client.connectToHost(QHostAddress::LocalHost, ready.section(u':', -1).toUShort());
        });
        connect(&client, &QTcpSocket::connected, &loop, [&] { client.write(request); });
        connect(&client, &QTcpSocket::readyRead, &loop, [&] { answer += client.readAll(); });
        connect(&client, &QTcpSocket::disconnected, &loop, [&] {
            answer += client.readAll();
            edge.terminate();
        });
        edge.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                   {u"edge"_s, u"run"_s, u"-f"_s, file, u"--listener"_s, u"8080=127.0.0.1:0"_s, u"--map"_s,
                    u"echo=127.0.0.1:%1"_s.arg(service.serverPort())});
        loop.exec();
        served.status = answer.split(' ').value(1).toInt();
        for (const QByteArray &line : answer.split('\n')) {
            if (line.toLower().startsWith("x-mapping:"))
                served.mapping = QString::fromLatin1(line.mid(10).trimmed());
        }
        return served;
    }

private Q_SLOTS:
    // What matches behind the one that serves has a reason, too; two routes of a Mapping that lose alike are one row.
    void explainGivesEveryCandidateAReason()
    {
        const QString file = manifests(QString::fromLatin1(Listener) + mapping(u"all"_s, u"/"_s)
                                       + mapping(u"quote"_s, u"/quote/"_s) + mapping(u"cart"_s, u"/cart/"_s));
        const QStringList command{u"explain"_s, u"http://a.example/quote/"_s, u"-f"_s, file};
        const Ended ended = run(command);
        QCOMPARE(ended.code, 0);
        QStringList rows;
        for (const QString &line : ended.out.split(u'\n')) {
            if (line.contains(u"default/"_s) && !line.startsWith(u"  Mapping"_s)
                && !line.startsWith(u"Mapping"_s))
                rows.append(line.simplified());
        }
        const QString forHttps = u" header x-forwarded-proto: wants https, has http"_s;
        const QStringList expected{
            u"default/quote /quote/"_s + forHttps,
            u"-> default/quote /quote/"_s,
            u"default/cart /cart/ prefix: wants /cart/, has /quote/"_s,
            u"default/all /"_s + forHttps,
            u"default/all / matches too, but an earlier one is taken"_s,
        };
        QCOMPARE(rows, expected);
        // By https, as a trusted balancer says, both of its routes match, which are one answer.
        const QString behind = manifests(
            QString::fromLatin1(Listener).replace(u"securityModel"_s, u"l7Depth: 1, securityModel"_s)
            + mapping(u"quote"_s, u"/quote/"_s));
        const Ended byHttps = run({u"explain"_s, u"http://a.example/quote/"_s, u"-f"_s, behind, u"-H"_s,
                                   u"x-forwarded-proto: https"_s});
        QCOMPARE(byHttps.out.section(u"CANDIDATE"_s, 1).count(u"default/quote"_s), 1);
        QVERIFY2(byHttps.out.contains(u"->   default/quote"_s), qPrintable(byHttps.out));

        const QJsonArray candidates =
            QJsonDocument::fromJson(run(command + QStringList{u"-o"_s, u"json"_s}).out.toUtf8())
                .object()[u"candidates"_s]
                .toArray();
        QVERIFY(candidates.size() > 3);
        for (const QJsonValue &candidate : candidates)
            QCOMPARE(candidate[u"why"_s].toString().isEmpty(), candidate[u"chosen"_s].toBool());
    }

    void explainGivesWeightsAndFindingsAsValues()
    {
        const auto member = [](const QString &name, const QString &weight) {
            return mapping(name, u"/x/"_s).replace(u"service:"_s, u"weight: "_s + weight + u", service:"_s);
        };
        const QString file = manifests(QString::fromLatin1(Listener) + member(u"a"_s, u"20"_s)
                                       + member(u"b"_s, u"-5"_s) + member(u"c"_s, u"10"_s));
        const QJsonObject explained =
            QJsonDocument::fromJson(
                run({u"explain"_s, u"http://a.example/x/"_s, u"-f"_s, file, u"-o"_s, u"json"_s}).out.toUtf8())
                .object();
        QStringList weights;
        for (const QJsonValue &one : explained[u"weights"_s].toArray())
            weights.append(u"%1=%2"_s.arg(one[u"mapping"_s].toString()).arg(one[u"share"_s].toDouble()));
        QCOMPARE(weights.join(u' '), u"default/a=0.2 default/c=0.05 =0.75"_s);
        const QJsonValue found = explained[u"findings"_s][0];
        QCOMPARE(found[u"code"_s].toString(), u"RT-011"_s);
        QCOMPARE(found[u"severity"_s].toString(), u"warning"_s);
        QCOMPARE(found[u"subject"_s][u"name"_s].toString(), u"b"_s);
        QCOMPARE(found[u"path"_s].toString(), u"spec.weight"_s);
        QVERIFY(found[u"message"_s].toString().contains(u"weight is -5"_s));
    }

    // Two edges, each of an id of its own; one Mapping of each.
    static QString twoEdges()
    {
        QString text;
        for (const QString &id : {u"a"_s, u"b"_s}) {
            text += u"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: amb, namespace: edge-%1}\n"
                    "spec: {template: {spec: {containers: [{name: x, image: 'emissary:3.9.1', env: [{name: "
                    "AMBASSADOR_ID, value: id-%1}]}]}}}\n"_s.arg(id);
            text += u"---\n"_s + QString::fromLatin1(Listener) + mapping(u"m-"_s + id, u"/%1/"_s.arg(id));
            text.replace(
                u"metadata: {name: l, namespace: default}\nspec: {port"_s,
                u"metadata: {name: l, namespace: edge-%1}\nspec: {ambassador_id: [id-%1], port"_s.arg(id));
            text.replace(u"spec: {hostname"_s, u"spec: {ambassador_id: [id-%1], hostname"_s.arg(id));
        }
        return text;
    }

    // Its Deployment says which id it has; --ambassador-id says another, --edge another edge.
    void theIdIsThatOfTheEdgeInTheFiles_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("served"); // of /a/ and /b/
        QTest::newRow("the first") << QStringList() << u"a"_s;
        QTest::newRow("another edge") << QStringList{u"--edge"_s, u"edge-b/amb"_s} << u"b"_s;
        QTest::newRow("another id") << QStringList{u"--ambassador-id"_s, u"id-b"_s} << u"b"_s;
        QTest::newRow("nobody's id") << QStringList{u"--ambassador-id"_s, u"default"_s} << QString();
    }
    void theIdIsThatOfTheEdgeInTheFiles()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, served);
        const QString file = manifests(twoEdges());
        for (const QString &id : {u"a"_s, u"b"_s}) {
            const Ended ended =
                run(QStringList{u"explain"_s, u"http://x/%1/"_s.arg(id), u"-f"_s, file} + options);
            QCOMPARE(ended.out.startsWith(u"Mapping default/m-"_s + id), id == served);
        }
        const QString exported = run(QStringList{u"edge"_s, u"export"_s, u"-f"_s, file} + options).out;
        for (const QString &id : {u"a"_s, u"b"_s})
            QCOMPARE(exported.contains(u"\"/%1/\""_s.arg(id)), id == served);
        const Ended checked = run(QStringList{u"check"_s, u"-f"_s, file} + options);
        if (options.isEmpty())
            QVERIFY2(!checked.out.contains(u"RT-010"_s), qPrintable(checked.out));
    }

    void anEdgeThatIsNotInTheFilesIsSaid()
    {
        const QString file = manifests(twoEdges());
        for (const QStringList &command :
             {QStringList{u"explain"_s, u"http://x/a/"_s}, QStringList{u"check"_s},
              QStringList{u"edge"_s, u"run"_s}, QStringList{u"edge"_s, u"export"_s}}) {
            const Ended ended = run(command + QStringList{u"-f"_s, file, u"--edge"_s, u"edge-zz/nobody"_s});
            QCOMPARE(ended.code, 1);
            QVERIFY2(ended.err.contains(
                         u"no edge edge-zz/nobody in these manifests; there are: edge-a/amb, edge-b/amb"_s),
                     qPrintable(ended.err));
        }
        const QString none = manifests(QString::fromLatin1(Listener));
        const Ended ended = run({u"check"_s, u"-f"_s, none, u"--edge"_s, u"a/b"_s});
        QVERIFY2(ended.code == 1 && ended.err.contains(u"they hold none"_s), qPrintable(ended.err));
    }

    void anAnswerNamesItsEdge()
    {
        const QString file = manifests(twoEdges());
        const QStringList command{u"explain"_s, u"http://x/b/"_s, u"-f"_s, file};
        const Ended first = run(command);
        QVERIFY2(first.out.contains(u"by edge edge-a/amb"_s), qPrintable(first.out));
        QVERIFY2(first.err.contains(u"others by --edge: edge-b/amb"_s), qPrintable(first.err));
        const QStringList second{u"--edge"_s, u"edge-b/amb"_s, u"-o"_s, u"json"_s};
        const QJsonObject answer = QJsonDocument::fromJson(run(command + second).out.toUtf8()).object();
        QCOMPARE(answer[u"edge"_s].toString(), u"edge-b/amb"_s);
        const Ended alone =
            run({u"explain"_s, u"http://x/"_s, u"-f"_s, manifests(QString::fromLatin1(Listener))});
        QVERIFY2(!alone.out.contains(u"by edge"_s) && !alone.err.contains(u"--edge"_s),
                 qPrintable(alone.out));
    }

    // A gate is one for all edges: what is wrong at the second is found, and whose it is.
    void everyEdgeIsChecked()
    {
        const QString file =
            manifests(twoEdges()
                      + mapping(u"lost"_s, u"/lost/"_s)
                            .replace(u"hostname: '*'"_s, u"ambassador_id: [id-b], prefix_regex: true"_s)
                            .replace(u"/lost/"_s, u"'/lost['"_s));
        const Ended all = run({u"check"_s, u"-f"_s, file});
        QVERIFY2(all.out.contains(u"at edge edge-b/amb: "_s), qPrintable(all.out));
        QVERIFY2(all.err.contains(u"judged for each of the edges edge-a/amb, edge-b/amb"_s),
                 qPrintable(all.err));
        QCOMPARE(all.code, 3);
        const Ended json = run({u"check"_s, u"-f"_s, file, u"-o"_s, u"json"_s});
        QCOMPARE(QJsonDocument::fromJson(json.out.toUtf8()).object()[u"edges"_s].toArray(),
                 (QJsonArray{u"edge-a/amb"_s, u"edge-b/amb"_s}));
        const Ended one = run({u"check"_s, u"-f"_s, file, u"--edge"_s, u"edge-a/amb"_s});
        QVERIFY2(!one.out.contains(u"at edge"_s), qPrintable(one.out));
        QVERIFY2(one.err.contains(u"judged for edge edge-a/amb alone"_s), qPrintable(one.err));
    }

    // Among manifests no pod runs, and that is not shown as none being ready.
    void edgesAreFoundAmongManifests()
    {
        const Ended table = run({u"edges"_s, u"-f"_s, manifests(twoEdges())});
        QCOMPARE(table.code, 0);
        QVERIFY2(table.out.contains(u"edge-a"_s) && table.out.contains(u"id-b"_s), qPrintable(table.out));
        QVERIFY2(!table.out.contains(u"0/0"_s), qPrintable(table.out));
        const QString alone = manifests(mapping(u"quote"_s, u"/quote/"_s));
        const Ended none = run({u"edges"_s, u"-f"_s, alone});
        QCOMPARE(none.out, QString());
        QVERIFY2(none.err.contains(u"add its manifest by another -f"_s), qPrintable(none.err));
    }

    void explainFindsTheSecondOfAName()
    {
        const QString twice = manifests(QString::fromLatin1(Listener) + mapping(u"quote"_s, u"/quote/"_s)
                                        + mapping(u"quote"_s, u"/quote/"_s));
        const Ended ended = run({u"explain"_s, u"http://h/quote/"_s, u"-f"_s, twice, u"-o"_s, u"json"_s});
        QStringList found;
        const QJsonDocument document = QJsonDocument::fromJson(ended.out.toUtf8());
        for (const QJsonValue &each : document.object()[u"findings"_s].toArray()) {
            if (each[u"code"_s] == u"RT-014"_s)
                found.append(each[u"message"_s].toString());
        }
        QCOMPARE(found.size(), 1);
        QVERIFY2(found[0].startsWith(u"Mapping default/quote is there more than once"_s),
                 qPrintable(found[0]));
    }

    void theQueryIsAskedAsItWasTyped()
    {
        const QString file = manifests(
            QString::fromLatin1(Listener)
            + mapping(u"q"_s, u"/n/"_s).replace(u"service:"_s, u"query_parameters: {k: x}, service:"_s));
        const auto code = [&](const QString &url) { return run({u"explain"_s, url, u"-f"_s, file}).code; };
        QCOMPARE(code(u"http://h/n/?k=x"_s), 0);
        QCOMPARE(code(u"http://h/n/?k=%78"_s), 3);
        QCOMPARE(code(u"http://h/n/?%6b=x"_s), 3);
    }

    void aUrlIsShownWithoutItsPassword()
    {
        const QString file = manifests(QString::fromLatin1(Listener) + mapping(u"all"_s, u"/"_s));
        const auto said = [&](const QString &url) { return run({u"explain"_s, url, u"-f"_s, file}); };
        const Ended ended = said(u"jane:hunter2@a.example/x"_s);
        QVERIFY2(ended.err.contains(u"http://a.example/x"_s), qPrintable(ended.err));
        for (const Ended &any : {ended, said(u"http://jane:hunter2@a.example/x"_s),
                                 said(u"ftp://jane:hunter2@a/"_s), said(u"http://jane:hunter2@a b/"_s)})
            QVERIFY2(!QString(any.out + any.err).contains(u"hunter2"_s), qPrintable(any.out + any.err));
        const Ended path = said(u"a.example/x@y"_s);
        QVERIFY2(path.err.contains(u"a.example/x@y has no scheme"_s), qPrintable(path.err));
    }

    void whatFitsNothingIsSaid_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("said");
        const QString nowhere = u"--listener"_s;
        QTest::newRow("a service that no Mapping has")
            << QStringList{u"--map"_s, u"quotes=127.0.0.1:1"_s, nowhere, u"8080=127.0.0.1:0"_s} << 0
            << u"--map quotes fits no service that a Mapping leads to; they lead to 127.0.0.1:8877, quote.default:80"_s;
        QTest::newRow("a port that no Listener has")
            << QStringList{u"--listen"_s, u"127.0.0.1:18080"_s} << 1
            << u"--listen 127.0.0.1:18080 fits the port of no Listener; there is 8080; to serve one "
               u"elsewhere give "
               "--listener 8080=127.0.0.1:18080"_s;
        QTest::newRow("nothing is left to say")
            << QStringList{u"--map"_s, u"quote.default:80=127.0.0.1:1"_s, nowhere, u"8080=127.0.0.1:0"_s} << 0
            << QString();
    }
    void whatFitsNothingIsSaid()
    {
        QFETCH(QStringList, options);
        QFETCH(int, code);
        QFETCH(QString, said);
        const QString file = manifests(QString::fromLatin1(Listener) + mapping(u"quote"_s, u"/quote/"_s));
        const Ended ended = run(QStringList{u"edge"_s, u"run"_s, u"-f"_s, file} + options);
        QCOMPARE(ended.code, code);
        QVERIFY2(ended.err.contains(said), qPrintable(ended.err));
        QCOMPARE(ended.err.contains(u" fits "_s), !said.isEmpty());
    }

    // What explain foretells of a request is what edge run answers to the same bytes.
    void whatIsForetoldIsServed_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QByteArray>("head"); // lines beside Host
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("mapping"); // "" the edge itself
        QTest::addColumn<QByteArray>("upstreamPath");
        const auto row = [](const char *target, int status, const QString &mapping, const QByteArray &path,
                            const QByteArray &head = {}) {
            const QString host = mapping == "secure"_L1 ? u"safe.example.com"_s : u"shop.example.com"_s;
            QTest::newRow(QByteArray(target + QByteArray(" ") + head.simplified()).constData())
                << host << QString::fromLatin1(target) << head << status << mapping << path;
        };
        row("/quote/x?a=1", 200, u"quote"_s, "/x?a=1");
        row("/cart/../quote/x", 200, u"quote"_s, "/x");
        row("/./quote/%7Ex", 200, u"quote"_s, "/~x");
        row("//quote//x", 200, u"quote"_s, "/x");
        row("/quote/a%2Fb", 400, {}, {});
        row("/quote%5cb", 400, {}, {});
        row("/elsewhere", 404, {}, {});
        row("/away/x", 301, u"away"_s, {});
        row("/secure/x", 301, u"secure"_s, {});
        row("/secure/x", 200, u"secure"_s, "/x", "x-forwarded-proto: https\r\nx-forwarded-for: 10.0.0.1\r\n");
        row("/quote/x", 200, u"canary"_s, "/x", "x-canary: 1\r\n");
        row("/quote/x", 400, {}, {}, "x_canary: 1\r\n");
        row("/quote/x", 200, u"quote"_s, "/x", "connection: x-canary\r\nx-canary: 1\r\n");
    }
    void whatIsForetoldIsServed()
    {
        QFETCH(QString, host);
        QFETCH(QString, target);
        QFETCH(QByteArray, head);
        QFETCH(int, status);
        QFETCH(QString, mapping);
        QFETCH(QByteArray, upstreamPath);
        const QString file = manifests(servedManifests());
        QStringList explain{u"explain"_s, u"http://"_s + host + target, u"-f"_s, file, u"-o"_s, u"json"_s};
        for (const QByteArray &line : head.split('\n')) {
            if (!line.trimmed().isEmpty())
                explain += QStringList{u"-H"_s, QString::fromLatin1(line.trimmed())};
        }
        const QJsonObject foretold = QJsonDocument::fromJson(run(explain).out.toUtf8()).object();
        const Served served = serve(file,
                                    "GET " + target.toLatin1() + " HTTP/1.1\r\nhost: " + host.toLatin1()
                                        + "\r\n" + head + "connection: close\r\n\r\n");
        QCOMPARE(served.status, status);
        if (status != 301) // a host_redirect's answer has no header of its Mapping
            QCOMPARE(served.mapping, mapping);
        QCOMPARE(served.upstreamPath, upstreamPath);
        const int said = foretold[u"status"_s].toInt(); // 0: the service's own
        QCOMPARE(said == 0 ? 200 : said, status);
        QCOMPARE(foretold[u"mapping"_s].toString(), mapping.isEmpty() ? QString() : u"default/"_s + mapping);
        QCOMPARE(foretold[u"rewrittenPath"_s].toString().toLatin1(), upstreamPath);
    }

    // What is read and not acted on: of each object a row of check, with its place, and the run of it as before.
    void whatIsNotServedHereIsFound()
    {
        const auto object = [](const char *kind, const char *spec) {
            return u"---\napiVersion: getambassador.io/v3alpha1\nkind: %1\nmetadata: {name: x, namespace: "
                   "default}\nspec: %2\n"_s.arg(QLatin1String(kind), QLatin1String(spec));
        };
        const QString file = manifests(
            QString::fromLatin1(Listener) + mapping(u"quote"_s, u"/quote/"_s)
            + object("AuthService", "{auth_service: 'auth:3000', proto: http}")
            + object("FilterPolicy", "{rules: [{host: '*', path: '*', filters: [{name: x}]}]}")
            + object("DevPortal", "{}") + object("ConsulResolver", "{address: 'c:8500', datacenter: d}"));
        const Ended check = run({u"check"_s, u"-f"_s, file});
        QCOMPARE(check.code, 0);
        int document = 2;
        for (const QString &kind :
             {u"AuthService"_s, u"FilterPolicy"_s, u"DevPortal"_s, u"ConsulResolver"_s}) {
            const QString row = u"%1 default/x (%2, document %3)"_s.arg(kind, file).arg(++document);
            QVERIFY2(check.out.contains(row), qPrintable(check.out));
        }
        QCOMPARE(check.out.count(u"RT-017"_s), 4);
        const Ended explain = run({u"explain"_s, u"http://a.example/quote/"_s, u"-f"_s, file});
        for (const QString &kind : {u"AuthService"_s, u"FilterPolicy"_s})
            QVERIFY2(explain.out.contains(u"Not asked  %1 default/x could refuse or change"_s.arg(kind)),
                     qPrintable(explain.out));
    }

    // An edge that reads none of the objects serves nothing: no check may pass on that.
    void aCheckOfAnotherGenerationsObjectsIsBad()
    {
        const QString file = manifests(QString::fromLatin1(Listener) + mapping(u"quote"_s, u"/quote/"_s));
        const Ended ended = run({u"check"_s, u"-f"_s, file, u"--compat"_s, u"v1"_s});
        QVERIFY2(ended.code == 3, qPrintable(ended.out));
        QVERIFY2(ended.out.contains(u"error"_s) && ended.out.contains(u"RT-001"_s), qPrintable(ended.out));
        QCOMPARE(run({u"check"_s, u"-f"_s, file}).code, 0);
    }

    // What is left out of the export, and what must be there before its Envoy starts.
    void theExportSaysWhatItLacks_data()
    {
        QTest::addColumn<QString>("secret"); // among the manifests; "" none
        QTest::addColumn<QString>("said");
        QTest::addColumn<QString>("unsaid");
        QTest::addColumn<bool>("isServed");
        const QString lost = u"this Host is not served"_s;
        const QString needed = u"Secret default/cert as /pki/default/cert/{tls.crt,tls.key}"_s;
        // Where no Secret is among them at all, they are kept elsewhere, as explain and check take it, too.
        QTest::newRow("no Secret at all") << QString() << needed << lost << true;
        QTest::newRow("a Secret, and not the one")
            << u"other"_s << lost << u"Secret default/cert as"_s << false;
        QTest::newRow("with it") << u"cert"_s << needed << lost << true;
    }
    void theExportSaysWhatItLacks()
    {
        QFETCH(QString, secret);
        QFETCH(QString, said);
        QFETCH(QString, unsaid);
        QFETCH(bool, isServed);
        const QString object =
            u"---\napiVersion: v1\nkind: Secret\nmetadata: {name: %1, namespace: default}\n"
            "type: kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: eA==}\n"_s.arg(secret);
        const QString file = manifests(
            QString::fromLatin1(Listener).replace(u"8080"_s, u"8443"_s).replace(u"HTTP"_s, u"HTTPS"_s)
            + mapping(u"quote"_s, u"/quote/"_s)
            + u"---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: h, namespace: "
              u"default}\n"
              "spec: {hostname: a.example.com, tlsSecret: {name: cert}}\n"_s
            + (secret.isEmpty() ? QString() : object));
        const Ended ended = run({u"edge"_s, u"export"_s, u"-f"_s, file, u"--secrets-folder"_s, u"/pki"_s});
        QCOMPARE(ended.code, 0);
        QCOMPARE(ended.err.count(said), 1);
        QVERIFY2(!ended.err.contains(unsaid), qPrintable(ended.err));
        QCOMPARE(ended.err.contains(u"--secrets-folder"_s), isServed);
        QCOMPARE(run({u"explain"_s, u"https://a.example.com/quote/"_s, u"-f"_s, file}).code,
                 isServed ? 0 : 3);
    }

    // What is exported is there to be looked at, and no gate passes on it.
    void anExportThatEnvoyRefusesIsBad()
    {
        const QString refused =
            mapping(u"quote"_s, u"/quote/"_s)
                .replace(u"service:"_s,
                         u"add_request_headers: {':path': {value: x}, 'host': {value: x}}, service:"_s);
        const Ended ended =
            run({u"edge"_s, u"export"_s, u"-f"_s, manifests(QString::fromLatin1(Listener) + refused)});
        QCOMPARE(ended.code, 3);
        QVERIFY2(ended.out.startsWith(u'{'), qPrintable(ended.out));
        QVERIFY2(
            ended.err.contains(u"the edge takes no configuration with what is said above of one object"_s),
            qPrintable(ended.err));
    }

    // What stands there for the edge, not for its author.
    void mappingsAreListedAsTheEdgeReadsThem()
    {
        const QString deployment =
            u"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: emissary, namespace: "
            u"default}\nspec:\n"
            "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
            "      containers: [{name: ambassador, image: 'docker.io/emissaryingress/emissary:3.9.1',\n"
            "        env: [{name: STAGE, value: blue}]}]\n"_s;
        const QString file =
            manifests(QString::fromLatin1(Listener) + mapping(u"quote"_s, u"/$STAGE/$OTHER/"_s) + deployment);
        const Ended ended = run({u"mappings"_s, u"-f"_s, file});
        QVERIFY2(ended.out.contains(u" /blue/$OTHER/ "_s), qPrintable(ended.out + ended.err));
    }

    // kubectl apply refuses it, and so does a check.
    void whatIsNoManifestFailsACheck()
    {
        const QString file = manifests(QString::fromLatin1(Listener) + mapping(u"y"_s, u"/quote/"_s));
        const Ended ended = run({u"check"_s, u"-f"_s, file});
        QCOMPARE(ended.code, 3);
        QVERIFY2(ended.out.contains(u"which is no text"_s), qPrintable(ended.out));
    }

    void noListenerAtAllIsSaid()
    {
        const QString file = manifests(mapping(u"quote"_s, u"/quote/"_s));
        const Ended ended = run({u"edge"_s, u"run"_s, u"-f"_s, file});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains(u"these objects make no listener; add a Listener"_s),
                 qPrintable(ended.err));
    }
};

SALLYPORT_TEST(edge_commands_test, EdgeCommandsTest)
#include "edge_commands_test.moc"
