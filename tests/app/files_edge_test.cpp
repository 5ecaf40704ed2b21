// SPDX-License-Identifier: GPL-3.0-or-later
// The same manifests mean the same to every command that takes them by -f; the built program is run.
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QString Program = QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl");

QString object(const QString &kind, const QString &name, const QString &spec,
               const QString &nameSpace = u"default"_s)
{
    return u"---\napiVersion: getambassador.io/v3alpha1\nkind: %1\nmetadata: {name: %2, namespace: %4}\nspec: {%3}\n"_s
        .arg(kind, name, spec, nameSpace);
}

QString listener(const QString &protocol = u"HTTP"_s, int port = 8080)
{
    return object(
        u"Listener"_s, protocol.toLower() + QString::number(port),
        u"port: %1, protocol: %2, securityModel: XFP, hostBinding: {namespace: {from: ALL}}"_s.arg(port).arg(
            protocol));
}

// Without it nobody knows what else stands beside the edge.
QString edgeOfDefault()
{
    return u"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: edge, namespace: default}\nspec: "
           "{template: {spec: {containers: [{name: e, image: 'emissaryingress/emissary:4.1.0'}]}}}\n"_s;
}

QString mapping(const QString &name, const QString &spec, const QString &nameSpace = u"default"_s)
{
    return object(u"Mapping"_s, name, u"hostname: '*', "_s + spec, nameSpace);
}

QString secret(const QString &name, const TestIdentity &identity, const QString &nameSpace = u"default"_s)
{
    return u"---\napiVersion: v1\nkind: Secret\nmetadata: {name: %1, namespace: %4}\ntype: "
           u"kubernetes.io/tls\ndata: "
           u"{tls.crt: %2, tls.key: %3}\n"_s.arg(name, QString::fromLatin1(identity.certificate.toBase64()),
                                                 QString::fromLatin1(identity.key.toBase64()), nameSpace);
}

} // namespace

class FilesEdgeTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    struct Ended
    {
        int code = -1;
        QString out, err;
        QJsonObject json() const { return QJsonDocument::fromJson(out.toUtf8()).object(); }
    };

    QString file(const QString &text, const QString &name = u"all.yaml"_s) const
    {
        QFile out(m_folder.filePath(name));
        return out.open(QIODevice::WriteOnly) && out.write(text.toUtf8()) >= 0 ? out.fileName() : QString();
    }

    static Ended run(const QStringList &arguments)
    {
        QProcess program;
        program.start(Program, arguments);
        program.closeWriteChannel();
        program.waitForFinished();
        return {program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1,
                QString::fromUtf8(program.readAllStandardOutput()),
                QString::fromUtf8(program.readAllStandardError())};
    }

    // The first bytes that edge run answers to these.
    static QByteArray answerOf(const QStringList &options, const QByteArray &request)
    {
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
        connect(&client, &QTcpSocket::readyRead, &loop, [&] {
            answer += client.readAll();
            edge.terminate();
        });
        connect(&client, &QTcpSocket::disconnected, &loop, [&] { edge.terminate(); });
        edge.start(Program, QStringList{u"edge"_s, u"run"_s} + options);
        loop.exec();
        return answer;
    }

    // Of TLS 1.2, for the name x.example.
    static QByteArray clientHello()
    {
        return QByteArray::fromHex("1603010041"
                                   "0100003d0303"
                                   + QByteArray(64, '1')
                                   + "00"
                                     "0002c02b0100"
                                     "0012"
                                     "000a00040002"
                                     "0017"
                                     "000d000600040403"
                                     "0804");
    }

private Q_SLOTS:
    // Where no Deployment of an edge is among the files its namespace is Emissary's own default, or that of -n.
    void anEdgeThatIsNotInTheFilesIsInOneNamespace_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("home");
        QTest::newRow("unsaid") << QStringList() << u"default"_s;
        QTest::newRow("-n") << QStringList{u"-n"_s, u"prod"_s} << u"prod"_s;
    }
    void anEdgeThatIsNotInTheFilesIsInOneNamespace()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, home);
        const QString text = listener() + mapping(u"m"_s, u"prefix: /m/, service: echo"_s)
            + mapping(u"r"_s, u"prefix: /r/, service: other, host_redirect: true"_s);
        const QStringList with = QStringList{u"-f"_s, file(text)} + options;
        const QString suffix = home == "default"_L1 ? QString() : u"_default"_s;
        const QString cluster = u"cluster_echo%1_default"_s.arg(suffix);
        const QString other = home == "default"_L1 ? u"other"_s : u"other.default"_s;
        const QJsonObject served =
            run(QStringList{u"explain"_s, u"http://x.example/m/"_s, u"-o"_s, u"json"_s} + with).json();
        QCOMPARE(served[u"cluster"_s].toString(), cluster);
        const QJsonObject redirected =
            run(QStringList{u"explain"_s, u"http://x.example/r/"_s, u"-o"_s, u"json"_s} + with).json();
        QCOMPARE(redirected[u"location"_s].toString(), u"http://%1/r/"_s.arg(other));
        const Ended exported = run(QStringList{u"edge"_s, u"export"_s} + with);
        QVERIFY2(exported.out.contains(u'"' + cluster + u'"'), qPrintable(exported.out));
        const QByteArray answer =
            answerOf(with + QStringList{u"--listener"_s, u"8080=127.0.0.1:0"_s},
                     "GET /r/ HTTP/1.1\r\nhost: x.example\r\nconnection: close\r\n\r\n");
        QVERIFY2(answer.contains(QByteArray("location: http://" + other.toLatin1() + "/r/")),
                 answer.constData());
    }

    void theCertificateOfLastResortIsTheSameToAll()
    {
        const TestAuthority authority;
        const QString text = listener(u"HTTPS"_s, 8443) + mapping(u"m"_s, u"prefix: /m/, service: echo"_s)
            + secret(u"fallback-self-signed-cert"_s, authority.issue({u"fallback"_s}));
        for (const auto &[home, isThere] : {std::pair(u"default"_s, true), std::pair(u"prod"_s, false)}) {
            const QStringList with{u"-f"_s, file(text), u"-n"_s, home};
            const Ended explained = run(QStringList{u"explain"_s, u"https://x.example/m/"_s} + with);
            QCOMPARE(explained.code, isThere ? 0 : 3);
            const Ended exported = run(QStringList{u"edge"_s, u"export"_s} + with);
            QCOMPARE(exported.out.contains(u"/fallback-self-signed-cert/tls.crt"_s), isThere);
            const QByteArray answer =
                answerOf(with + QStringList{u"--listener"_s, u"8443=127.0.0.1:0"_s}, clientHello());
            QCOMPARE(answer.startsWith(QByteArray::fromHex("16")), isThere); // a handshake goes on
        }
    }

    // As kubectl does: all of them, in the order given.
    void filesAreReadAsOften()
    {
        const QStringList with{u"-f"_s,
                               file(listener(), u"l.yaml"_s),
                               u"-f"_s,
                               file(mapping(u"a"_s, u"prefix: /a/, service: a"_s), u"a.yaml"_s),
                               u"-f"_s,
                               file(mapping(u"b"_s, u"prefix: /b/, service: b"_s)
                                        + mapping(u"a"_s, u"prefix: /late/, service: a"_s),
                                    u"b.yaml"_s)};
        for (const QString &path : {u"/late/"_s, u"/b/"_s}) { // the last of a name, as kubectl leaves it
            const Ended explained = run(QStringList{u"explain"_s, u"http://x"_s + path} + with);
            QVERIFY2(explained.code == 0, qPrintable(explained.out + explained.err));
            QVERIFY2(explained.err.contains(u"Mapping default/a is there more than once; the one of "_s),
                     qPrintable(explained.err));
        }
        const Ended exported = run(QStringList{u"edge"_s, u"export"_s} + with);
        QVERIFY2(exported.out.contains(u"\"/late/\""_s) && exported.out.contains(u"\"/b/\""_s),
                 qPrintable(exported.out + exported.err));
        QCOMPARE(run(QStringList{u"check"_s} + with + QStringList{u"-f"_s, u"/no/such/file"_s}).code, 1);
    }

    void aHostThatLosesItsNameIsFound_data()
    {
        QTest::addColumn<QString>("second"); // its hostname
        QTest::addColumn<QString>("said");
        QTest::newRow("the same") << u"a.example.com"_s
                                  << u"answers in its place: Host default/two on port 8080"_s;
        QTest::newRow("another") << u"b.example.com"_s << QString();
    }
    void aHostThatLosesItsNameIsFound()
    {
        QFETCH(QString, second);
        QFETCH(QString, said);
        const QString host = u"hostname: %1, requestPolicy: {insecure: {action: Route}}"_s;
        const QString all = file(listener() + object(u"Host"_s, u"one"_s, host.arg(u"a.example.com"_s))
                                 + object(u"Host"_s, u"two"_s, host.arg(second))
                                 + mapping(u"m"_s, u"prefix: /m/, service: echo"_s));
        const Ended checked = run({u"check"_s, u"-f"_s, all});
        QCOMPARE(checked.out.count(u"RT-019"_s), said.isEmpty() ? 0 : 1);
        QVERIFY2(checked.out.contains(said), qPrintable(checked.out));
        QCOMPARE(checked.code, 0);
    }

    // A method is what its letters are (RFC 9110 9.1).
    void theMethodIsAskedAsItWasTyped()
    {
        const QString all = file(listener() + mapping(u"m"_s, u"prefix: /m/, service: echo, method: GET"_s));
        const auto code = [&all](const QString &method) {
            return run({u"explain"_s, u"http://x/m/"_s, u"-f"_s, all, u"-X"_s, method}).code;
        };
        QCOMPARE(code(u"GET"_s), 0);
        QCOMPARE(code(u"get"_s), 3);
        const Ended torn = run({u"explain"_s, u"http://x/a b"_s, u"-f"_s, all});
        QCOMPARE(torn.code, 2);
        QVERIFY2(torn.err.contains(u"no http or https URL: write a space as %20;"_s), qPrintable(torn.err));
        QCOMPARE(run({u"explain"_s, u"http://x/m/%zz"_s, u"-f"_s, all, u"-X"_s, u"GET"_s}).code, 0);
    }

    // One order for all hosts, as Emissary has: the longer prefix before the shorter, wherever they are served.
    void theTableHasOneMatchOrder()
    {
        const QString host = u"hostname: %1, requestPolicy: {insecure: {action: Route}}"_s;
        const auto of = [](const QString &name, const QString &hostname, const QString &prefix) {
            return object(u"Mapping"_s, name,
                          u"hostname: %1, prefix: %2, service: echo"_s.arg(hostname, prefix));
        };
        const QString text = listener() + object(u"Host"_s, u"a"_s, host.arg(u"a.example.com"_s))
            + object(u"Host"_s, u"b"_s, host.arg(u"b.example.com"_s))
            + of(u"a-short"_s, u"a.example.com"_s, u"/"_s)
            + of(u"a-long"_s, u"a.example.com"_s, u"/longest/of/all/"_s)
            + of(u"b-middle"_s, u"b.example.com"_s, u"/middle/"_s)
            + object(u"Mapping"_s, u"b-moved"_s,
                     u"hostname: b.example.com, prefix: /moved/it/, service: new.example.com, host_redirect: "
                     "true"_s);
        QStringList order;
        const QJsonObject table = run({u"mappings"_s, u"-f"_s, file(text), u"-o"_s, u"json"_s}).json();
        for (const QJsonValue &item : table[u"items"_s].toArray())
            order.append(u"%1 %2"_s.arg(item[u"order"_s].toInt()).arg(item[u"name"_s].toString()));
        QCOMPARE(order, (QStringList{u"1 a-long"_s, u"2 b-moved"_s, u"3 b-middle"_s, u"4 a-short"_s}));
    }

    // Whether anything of it is known besides or not: no Host leads there.
    void aMappingThatNothingServesIsUnreachable()
    {
        const QStringList worlds{edgeOfDefault(),
                                 listener() + object(u"Host"_s, u"a"_s, u"hostname: a.example.com"_s)};
        for (const QString &rest : worlds) {
            const QString all = file(
                rest
                + object(u"Mapping"_s, u"m"_s, u"hostname: b.example.com, prefix: /m/, service: echo"_s));
            const Ended table = run({u"mappings"_s, u"-f"_s, all});
            QVERIFY2(table.out.contains(u"unreachable"_s), qPrintable(table.out));
            const Ended checked = run({u"check"_s, u"-f"_s, all});
            const QString whose =
                rest == worlds.first() ? u"Deployment default/edge"_s : u"Mapping default/m"_s;
            QVERIFY2(checked.out.contains(u"warning    RT-004   "_s + whose), qPrintable(checked.out));
            QVERIFY2(!checked.out.contains(u"RT-002"_s), qPrintable(checked.out));
        }
    }

    // What stops all of them is one thing to do.
    void anEdgeWithoutAListenerIsOneFinding()
    {
        QString all = edgeOfDefault();
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
            all += object(u"Mapping"_s, name, u"hostname: '*', prefix: /%1/, service: echo"_s.arg(name));
        const Ended checked = run({u"check"_s, u"-f"_s, file(all), u"-o"_s, u"json"_s});
        QCOMPARE(checked.out.count(u"\"RT-004\""_s), 1);
        QVERIFY2(checked.out.contains(u"create a Listener for each port"_s)
                     && checked.out.contains(u"default/a, default/b, default/c"_s)
                     && !checked.out.contains(u"check its host"_s),
                 qPrintable(checked.out));
    }

    // Of several edges that of the id that is asked for.
    void theIdChoosesTheEdge()
    {
        const auto edgeOf = [](const QString &name, const QString &id) {
            return u"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %1, namespace: %1}\nspec: "
                   "{template: {spec: {containers: [{name: e, image: 'emissaryingress/emissary:3.9.1', env: "
                   "[{name: AMBASSADOR_ID, value: %2}]}]}}}\n"_s.arg(name, id);
        };
        const QString all = file(listener() + edgeOf(u"one"_s, u"default"_s) + edgeOf(u"two"_s, u"blue"_s)
                                 + mapping(u"m"_s, u"prefix: /m/, service: echo"_s));
        const auto chosen = [&](const QStringList &more) {
            return run(QStringList{u"mappings"_s, u"-f"_s, all, u"-o"_s, u"json"_s} + more)
                .json()[u"edge"_s]
                .toString();
        };
        QCOMPARE(chosen({}), u"one/one"_s);
        QCOMPARE(chosen({u"--ambassador-id"_s, u"blue"_s}), u"two/two"_s);
    }

    void aMappingThatIsLeftOutIsBadToEveryCommand()
    {
        const QString all = file(listener() + mapping(u"web.v1"_s, u"prefix: /w/, service: echo"_s)
                                 + mapping(u"web.v2"_s, u"prefix: /w/, service: echo"_s));
        const Ended checked = run({u"check"_s, u"-f"_s, all});
        QCOMPARE(checked.code, 3);
        QVERIFY2(checked.out.contains(u"error      RT-001   Mapping default/web.v2"_s),
                 qPrintable(checked.out));
        const Ended table = run({u"mappings"_s, u"-f"_s, all});
        QVERIFY2(table.out.contains(u"rejected"_s), qPrintable(table.out));
    }

    static QString edgeOf(const QString &id, const QString &image)
    {
        return u"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: amb, namespace: edge-%1}\n"
               "spec: {template: {spec: {containers: [{name: x, image: '%2', env: [{name: AMBASSADOR_ID, "
               "value: %1}]}]}}}\n"_s.arg(id, image);
    }

    void eachTableSaysWhoseItIs()
    {
        const QString all =
            file(edgeOf(u"a"_s, u"emissary:4.1.0"_s) + edgeOf(u"b"_s, u"emissary:4.1.0"_s)
                 + mapping(u"of-a"_s, u"ambassador_id: [a], prefix: /a/, service: echo"_s)
                 + mapping(u"of-b"_s, u"ambassador_id: [b], prefix: /b/, service: echo"_s)
                 + mapping(u"of-none"_s, u"ambassador_id: [c], prefix: /c/, service: echo"_s)
                 + object(u"Host"_s, u"of-none"_s, u"ambassador_id: [c], hostname: c.example.com"_s));
        for (const QString &command : {u"mappings"_s, u"hosts"_s, u"tlscontexts"_s, u"listeners"_s}) {
            const Ended table = run({command, u"-f"_s, all});
            QVERIFY2(
                table.err.contains(u"this is the table of edge edge-a/amb; others by --edge: edge-b/amb"_s),
                qPrintable(table.err));
            const QJsonObject json =
                run({command, u"-f"_s, all, u"-o"_s, u"json"_s, u"--edge"_s, u"edge-b/amb"_s}).json();
            QCOMPARE(json[u"edge"_s].toString(), u"edge-b/amb"_s);
        }
        const QStringList rows = run({u"mappings"_s, u"-f"_s, all}).out.split(u'\n');
        QVERIFY2(rows.filter(u"of-b"_s).value(0).endsWith(u"other edge"_s), qPrintable(rows.join(u'\n')));
        QVERIFY2(rows.filter(u"of-none"_s).value(0).endsWith(u"no edge"_s), qPrintable(rows.join(u'\n')));
        const auto states = [&all] {
            QStringList found;
            for (const QJsonValue &item :
                 run({u"mappings"_s, u"-f"_s, all, u"-o"_s, u"json"_s}).json()[u"items"_s].toArray())
                found.append(item[u"name"_s].toString() + u' ' + item[u"state"_s].toString());
            return found;
        }();
        QVERIFY2(states.contains(u"of-b other edge"_s), qPrintable(states.join(u'\n')));
        QVERIFY2(states.contains(u"of-none no edge"_s), qPrintable(states.join(u'\n')));
        const QString hosts = run({u"hosts"_s, u"-f"_s, all}).out;
        QVERIFY2(hosts.contains(u"no edge"_s), qPrintable(hosts));
    }

    // Files are judged as v4; of an edge that is older that must not stay unsaid.
    void theRulesOfAnOlderEdgeAreOffered_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<bool>("isSaid");
        QTest::newRow("unchosen") << QStringList() << true;
        QTest::newRow("chosen") << QStringList{u"--compat"_s, u"v1"_s} << false;
        QTest::newRow("v4 chosen") << QStringList{u"--compat"_s, u"v4"_s} << false;
    }
    void theRulesOfAnOlderEdgeAreOffered()
    {
        QFETCH(QStringList, options);
        const QString all = file(edgeOf(u"a"_s, u"quay.io/datawire/aes:1.11.2"_s)
                                 + mapping(u"m"_s, u"ambassador_id: [a], prefix: /m/, service: echo"_s)
                                       .replace(u"v3alpha1"_s, u"v2"_s));
        for (const QString &command : {u"check"_s, u"mappings"_s}) {
            const Ended ended = run(QStringList{command, u"-f"_s, all} + options);
            QTEST(
                ended.err.contains(u"edge edge-a/amb is of version 1.11.2 and judged as v4, as all of files "
                                   u"is; its own rules by --compat v1"_s),
                "isSaid");
            QVERIFY2(!ended.out.contains(u"this edge's own version is"_s), qPrintable(ended.out));
        }
    }

    // https:// is spoken, with or without a context that can be used.
    void theTableSaysWhatIsSpoken_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("tls");
        QTest::addColumn<QString>("upstream"); // in explain
        QTest::newRow("clear text") << u"service: echo"_s << u"-"_s << u"echo:80, clear text"_s;
        QTest::newRow("https") << u"service: 'https://echo'"_s << u"true"_s
                               << u"echo:443, TLS without a client certificate"_s;
        QTest::newRow("https, and no such context")
            << u"service: 'https://echo', tls: nosuch"_s << u"true (nosuch is not used)"_s
            << u"echo:443, TLS without a client certificate"_s;
        QTest::newRow("no such context")
            << u"service: echo, tls: nosuch"_s << u"- (nosuch is not used)"_s << u"echo:80, clear text"_s;
    }
    void theTableSaysWhatIsSpoken()
    {
        QFETCH(QString, spec);
        QFETCH(QString, tls);
        QFETCH(QString, upstream);
        const QString all = file(edgeOfDefault() + listener() + mapping(u"m"_s, u"prefix: /m/, "_s + spec));
        const Ended table = run({u"mappings"_s, u"-f"_s, all});
        QVERIFY2(table.out.contains(u"   %1   "_s.arg(tls)), qPrintable(table.out));
        const Ended explained = run({u"explain"_s, u"http://x/m/"_s, u"-f"_s, all});
        QVERIFY2(explained.out.contains(upstream + u' '), qPrintable(explained.out));
        const QString checked = run({u"check"_s, u"-f"_s, all}).out;
        QCOMPARE(checked.contains(u"it speaks TLS all the same"_s), tls.startsWith(u"true ("_s));
    }
};

SALLYPORT_TEST(files_edge_test, FilesEdgeTest)
#include "files_edge_test.moc"
