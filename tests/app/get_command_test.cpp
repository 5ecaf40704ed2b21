// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl get on the demo cluster: any kind by discovery, in the server's columns or in those that are asked for.
#include "tests/app/demo_child.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;

class GetCommandTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<DemoChild> m_demo;

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start({u"--history"_s, u"0"_s}), qPrintable(m_demo->error()));
    }
    void cleanupTestCase() { m_demo.reset(); }

    void answers_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words"); // a pattern, of standard output where the code is 0
        QTest::newRow("the server's columns")
            << u"get svc -n front"_s << 0 << u"^NAME +TYPE +CLUSTER-IP .*\nweb +ClusterIP "_s;
        QTest::newRow("of all namespaces")
            << u"get services"_s << 0 << u"^NAMESPACE +NAME +TYPE [\\s\\S]*\nfront +web +ClusterIP "_s;
        QTest::newRow("those for who asks") << u"get deployments.apps -n istio-system --wide"_s << 0
                                            << u"^NAME +READY .*IMAGES[\\s\\S]*\nistiod .*pilot:"_s;
        QTest::newRow("one by name") << u"get Service web -n front"_s << 0 << u"^NAME .*\nweb .*\n$"_s;
        QTest::newRow("one in the context's namespace")
            << u"get cm istio-ca-root-cert"_s << 0 << u"^NAME .*\nistio-ca-root-cert .*\n$"_s;
        QTest::newRow("cluster-scoped")
            << u"get ns -n shop"_s << 0 << u"^NAME +STATUS [\\s\\S]*\nshop +Active"_s;
        QTest::newRow("a custom resource, a version")
            << u"get hosts.v2.getambassador.io -o json"_s << 0
            << u"\"apiVersion\": ?\"getambassador.io/v2\"[\\s\\S]*\"kind\": ?\"Host\""_s;
        QTest::newRow("columns by JSONPath")
            << u"get svc -n front --column PORT:.spec.ports[0].port --column OTHER:.spec.none"_s << 0
            << u"^NAME +PORT +OTHER\nweb +80 +-\n"_s;
        QTest::newRow("a filter in the path")
            << u"get svc -n front --column P:{.spec.ports[?(@.port==80)].name}"_s << 0
            << u"^NAME +P\nweb +http\n"_s;
        QTest::newRow("a document") << u"get svc web -n front -o json"_s << 0
                                    << u"\"kind\": ?\"ObjectList\"[\\s\\S]*\"clusterIP\""_s;
        QTest::newRow("wide, as kubectl says it") << u"get deployments.apps -n istio-system -o wide"_s << 0
                                                  << u"^NAME +READY .*IMAGES[\\s\\S]*\nistiod .*pilot:"_s;
        QTest::newRow("names") << u"get svc,deploy -n front -o name"_s << 0
                               << u"^service/web\ndeployment\\.apps/web\n$"_s;
        QTest::newRow("several kinds")
            << u"get svc,deploy -n front"_s << 0
            << u"^NAME +TYPE .*\nservice/web +ClusterIP .*\n\nNAME +READY .*\ndeployment\\.apps/web .*\n$"_s;
        QTest::newRow("of all namespaces, several")
            << u"get svc,deploy -l app=web"_s << 0
            << u"^NAMESPACE +NAME [\\s\\S]*\nfront +service/web [\\s\\S]*\nfront +deployment\\.apps/web "_s;
        QTest::newRow("a kind and its name in one")
            << u"get svc/web -n front"_s << 0 << u"^NAME .*\nweb .*\n$"_s;
        QTest::newRow("several of them") << u"get svc/web deploy/web -n front -o json"_s << 0
                                         << u"\"kind\": ?\"Service\"[\\s\\S]*\"kind\": ?\"Deployment\""_s;
        QTest::newRow("several names") << u"get ns shop front"_s << 0 << u"^NAME .*\nshop .*\nfront .*\n$"_s;
        QTest::newRow("all") << u"get all -n front"_s << 0 << u"\npod/web-[\\s\\S]*\nservice/web "_s;
        QTest::newRow("one there and one not")
            << u"get svc/nosuch svc/web -n front"_s << 1 << u"\"nosuch\" not found"_s;
        QTest::newRow("half in one") << u"get svc/web other"_s << 2 << u"'other' is no KIND/NAME"_s;
        QTest::newRow("in the own namespace alone")
            << u"get pods --context demo-team"_s << 0 << u"^NAME +READY [\\s\\S]*\ncart-"_s;
        QTest::newRow("not all, as all are asked for")
            << u"get pods --context demo-team -A"_s << 1 << u"forbidden[^\n]*; or name a namespace by -n"_s;
        QTest::newRow("JSONPath, as kubectl says it")
            << u"get svc -o jsonpath={.items}"_s << 2 << u"--column NAME:.metadata.name"_s;
        QTest::newRow("labels as kubectl shows them")
            << u"get svc --show-labels"_s << 2 << u"--column LABELS:.metadata.labels"_s;
        QTest::newRow("labels") << u"get svc -l no=such -A"_s << 0 << u"^$"_s;
        QTest::newRow("no such kind") << u"get nosuchkind"_s << 1 << u"serves no kind “nosuchkind”"_s;
        QTest::newRow("no such object")
            << u"get svc nosuch -n default"_s << 1
            << u"\"nosuch\" not found in namespace default, nor in any other\n$"_s;
        QTest::newRow("one of another namespace")
            << u"get svc/web"_s << 1
            << u"services \"web\" not found in namespace default; there is one in front: use -n front\n$"_s;
        QTest::newRow("one of a namespace that is not there")
            << u"get svc web -n fornt"_s << 1
            << u"\"web\" not found in namespace fornt, which does not exist; there is one in front: use -n front\n$"_s;
        QTest::newRow("one that is watched")
            << u"get svc web -n shop -w"_s << 1 << u"not found in namespace shop; there is one in front"_s;
        QTest::newRow("cluster-scoped, and not there")
            << u"get ns fornt"_s << 1 << u"namespaces \"fornt\" not found\n$"_s;
        QTest::newRow("no kind") << u"get"_s << 2 << u"a KIND is needed"_s;
        QTest::newRow("no header") << u"get svc --column .spec"_s << 2 << u"is no HEADER:PATH"_s;
        QTest::newRow("a number with a text")
            << u"get svc -n front --column P:{.spec.ports[?(@.port==\"80\")].name}"_s << 1
            << u"--column P of web: incompatible types for comparison"_s;
        QTest::newRow("a colon in a filter's word")
            << u"get svc -n front --column P:{.spec.ports[?(@.name!=\"a:b}\")].port}"_s << 0
            << u"^NAME +P\nweb +80\n"_s;
        QTest::newRow("a path without a header, with a colon")
            << u"get svc --column {.spec.ports[?(@.name!=\"a:b\")].port}"_s << 2 << u"is no HEADER:PATH"_s;
        QTest::newRow("a broken path") << u"get svc --column A:.spec[x"_s << 2 << u"--column 'A:.spec\\[x'"_s;
    }
    void answers()
    {
        QFETCH(QString, arguments);
        QFETCH(int, code);
        QFETCH(QString, words);
        const CliEnded ended = m_demo->run(arguments.split(u' '), 60'000);
        QVERIFY2(ended.code == code, qPrintable(ended.all()));
        QVERIFY2((code == 0 ? ended.out : ended.err).contains(QRegularExpression(words)),
                 qPrintable(ended.all()));
    }

    void ownColumnsAreKubectls_data()
    {
        QTest::addColumn<QString>("path");
        for (const char *path : {".metadata.name",
                                 "metadata.name",
                                 "{.spec.type}",
                                 ".spec.ports[*].port",
                                 ".spec.ports.*.name",
                                 ".spec.ports[0].port",
                                 ".spec.ports[-1].port",
                                 ".spec.ports[0:1].port",
                                 ".spec.ports[-1:].port",
                                 ".spec.ports[::2].port",
                                 ".spec.ports[:-1].name",
                                 ".spec..port",
                                 "..nodePort",
                                 ".spec.ports[?(@.port>80)].port",
                                 ".spec.ports[?(@.port>=80 )].port",
                                 ".spec.ports[?(@.port!=80)].port",
                                 ".spec.ports[?(@.name==\"http\")].targetPort",
                                 ".spec.ports[?(@.name=='https')].port",
                                 ".spec.ports[?('https'==@.name)].port",
                                 ".spec.ports[?(80<@.port)].port",
                                 ".spec.ports[?(@.nodePort)].nodePort",
                                 ".spec.none[*].x",
                                 ".spec.ports.port",
                                 ".metadata.labels.app\\.kubernetes\\.io/name",
                                 ".spec.selector.*",
                                 "[?(@.x)]"})
            QTest::newRow(path) << QString::fromLatin1(path);
    }
    void ownColumnsAreKubectls()
    {
        if (const QString why = missingKubectl(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QFETCH(QString, path);
        const auto cells = [](QString table) {
            table.replace(u"<none>"_s, u"-"_s);
            return table.split(QRegularExpression(u"\\s+"_s), Qt::SkipEmptyParts);
        };
        QProcess kubectl;
        kubectl.start(foreignKubectl(),
                      {u"--kubeconfig"_s, m_demo->kubeconfig(), u"--cache-dir"_s,
                       m_demo->kubeconfig() + u"-cache"_s, u"get"_s, u"svc"_s, u"-n"_s, u"ambassador"_s,
                       u"-o"_s, u"custom-columns=NAME:.metadata.name,X:"_s + path});
        QVERIFY(kubectl.waitForFinished());
        QVERIFY2(kubectl.exitCode() == 0, kubectl.readAllStandardError().constData());
        const CliEnded ended = m_demo->run(
            {u"get"_s, u"svc"_s, u"-n"_s, u"ambassador"_s, u"--column"_s, u"X:"_s + path}, 60'000);
        QCOMPARE(cells(ended.out), cells(QString::fromUtf8(kubectl.readAllStandardOutput())));
    }

    void whereThereIsNothingIsSaid_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("said");
        QTest::newRow("in a namespace")
            << u"get netpol -n front"_s << u"no networkpolicies found in namespace front\n"_s;
        QTest::newRow("in one that is not there")
            << u"get po,svc -n fornt"_s
            << u"no pods, services found in namespace fornt, which does not exist\n"_s;
        QTest::newRow("with labels") << u"get po -l app=nosuch"_s
                                     << u"no pods with labels app=nosuch found\n"_s;
    }
    void whereThereIsNothingIsSaid()
    {
        QFETCH(QString, arguments);
        QFETCH(QString, said);
        const CliEnded ended = m_demo->run(arguments.split(u' '), 60'000);
        QCOMPARE(ended.code, 0);
        QCOMPARE(ended.out, QString());
        QCOMPARE(ended.err, said);
    }

    void valuesOfTheClusterAreCompleted_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("offered");
        QTest::newRow("namespaces") << u"get pods -n ambassador"_s << u"ambassador\nambassador-internal\n"_s;
        QTest::newRow("kinds") << u"get tlsc"_s << u"tlscontexts\n"_s;
        QTest::newRow("a kind among several") << u"get pods,tlsc"_s << u"pods,tlscontexts\n"_s;
        QTest::newRow("names") << u"get svc -n front we"_s << u"web\n"_s;
        QTest::newRow("names behind the kind") << u"get -n front svc/"_s << u"svc/web\n"_s;
        QTest::newRow("whose log") << u"logs -n front deploy/w"_s << u"deploy/web\n"_s;
        QTest::newRow("where a forward leads") << u"port-forward -n front svc"_s << u"svc/web\n"_s;
        QTest::newRow("by the context's rights")
            << u"get svc --context demo-team -n shop orders"_s << u"orders\norders-v1\norders-v2\n"_s;
    }
    void valuesOfTheClusterAreCompleted()
    {
        QFETCH(QString, typed);
        QFETCH(QString, offered);
        const QString file = m_demo->kubeconfig();
        const CliEnded ended = m_demo->run(
            QStringList{u"completion"_s, u"values"_s, u"--"_s, u"--kubeconfig"_s, file} + typed.split(u' '),
            60'000);
        QCOMPARE(ended.err, QString());
        QCOMPARE(ended.out, offered);
        QCOMPARE(ended.code, 0);
    }

    void everyChangeIsALine_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("words"); // a pattern
        QTest::newRow("rows as the server shows them")
            << QStringList{} << u"^NAME +DATA +AGE\nquiet +1 .*\nloud +0 .*\nloud +1 .*\nloud +1 .*\n$"_s;
        QTest::newRow("with what happened")
            << QStringList{u"--output-watch-events"_s}
            << u"^EVENT +NAME +DATA +AGE\nADDED +quiet +1 .*\nADDED +loud +0 .*\nMODIFIED +loud +1 .*\nDELETED +loud +1 .*\n$"_s;
        QTest::newRow("own columns") << QStringList{u"--column"_s, u"V:.data.v"_s}
                                     << u"^NAME +V\nquiet +x\nloud +-\nloud +2\nloud +2\n$"_s;
        QTest::newRow("lines of JSON")
            << QStringList{u"-o"_s, u"json"_s}
            << u"^(\\{\"apiVersion\":\"sallyport/"
               u"v1\",\"kind\":\"WatchEvent\",\"type\":\"(ADDED|MODIFIED|DELETED)\","
               "\"object\":\\{.*\\}\\}\n){4}$"_s;
        QTest::newRow("documents of YAML")
            << QStringList{u"-o"_s, u"yaml"_s}
            << u"^(---\napiVersion: sallyport/v1\nkind: WatchEvent\ntype: (ADDED|MODIFIED|DELETED)\nobject:\n( .*\n)+){4}$"_s;
    }
    void everyChangeIsALine()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, words);
        const kube::ResourceType type = kube::types::configMaps();
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const auto configMap = [](const QByteArray &name, const QByteArray &data) {
            return QByteArray("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                              + "\",\"labels\":{\"of\":\"watch\"}},\"data\":" + data + "}");
        };
        kube::Client &client = m_demo->client();
        (void)client.create(type, u"front"_s, configMap("quiet", "{\"v\":\"x\"}"), confirmed).result();
        const auto program = m_demo->launch(
            QStringList{u"get"_s, u"cm"_s, u"-n"_s, u"front"_s, u"-w"_s, u"-l"_s, u"of=watch"_s} + options);
        QString seen;
        const auto sees = [&](const QString &part, int count) {
            return QTest::qWaitFor(
                [&] {
                    return (seen += QString::fromUtf8(program->readAllStandardOutput())).count(part) >= count;
                },
                30'000);
        };
        const bool isTable = !options.contains(u"-o"_s);
        QVERIFY2(sees(u"quiet"_s, 1), qPrintable(seen));
        QVERIFY(client.create(type, u"front"_s, configMap("loud", "{}"), confirmed).result());
        QVERIFY(
            client.mergePatch(type, u"front"_s, u"loud"_s, "{\"data\":{\"v\":\"2\"}}", confirmed).result());
        QVERIFY(client.remove(type, u"front"_s, u"loud"_s, confirmed).result());
        QVERIFY2(isTable ? sees(u"loud"_s, 3) : sees(u"DELETED"_s, 1), qPrintable(seen));
        QVERIFY(QTest::qWaitFor([&] {
            seen += QString::fromUtf8(program->readAllStandardOutput());
            return seen.endsWith(u'\n');
        }));
        QCOMPARE(::kill(pid_t(program->processId()), SIGINT), 0);
        QVERIFY(program->waitForFinished(20'000));
        QCOMPARE(program->exitCode(), 0);
        seen += QString::fromUtf8(program->readAllStandardOutput());
        QVERIFY2(seen.contains(QRegularExpression(words)), qPrintable(seen));
    }

    void whatCannotBeWatchedIsSaid_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("words");
        QTest::newRow("no such object")
            << u"get svc nosuch -n front -w"_s << u"services \"nosuch\" not found"_s;
        QTest::newRow("a kind that is no list")
            << u"get selfsubjectaccessreviews -w"_s << u"sallyportctl: .*selfsubjectaccessreviews"_s;
    }
    void whatCannotBeWatchedIsSaid()
    {
        QFETCH(QString, arguments);
        QFETCH(QString, words);
        const CliEnded ended = m_demo->run(arguments.split(u' '), 60'000);
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        QVERIFY2(ended.err.contains(QRegularExpression(words)), qPrintable(ended.all()));
    }

    void ofASecretNoValueIsShown_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("table") << QStringList{};
        QTest::newRow("yaml") << QStringList{u"-o"_s, u"yaml"_s};
        QTest::newRow("column") << QStringList{u"--column"_s, u"KEY:.data.ca-key\\.pem"_s, u"--column"_s,
                                               u"DATA:.data"_s};
    }
    void ofASecretNoValueIsShown()
    {
        QFETCH(QStringList, options);
        const CliEnded ended =
            m_demo->run(QStringList{u"get"_s, u"secrets"_s, u"-n"_s, u"istio-system"_s} + options, 60'000);
        QVERIFY2(ended.code == 0 && ended.out.contains(u"istio-ca-secret"_s), qPrintable(ended.all()));
        QVERIFY2(!ended.out.contains(u"PRIVATE KEY"_s)
                     && !ended.out.contains(
                         QString::fromLatin1(QByteArray("-----BEGIN RSA PRIV").toBase64().first(24)))
                     && !ended.out.contains(
                         QString::fromLatin1(QByteArray("-----BEGIN PRIVATE").toBase64().first(24))),
                 qPrintable(ended.all()));
        if (!options.isEmpty())
            QVERIFY2(ended.out.contains(u" bytes}"_s), qPrintable(ended.all()));
    }
};

SALLYPORT_TEST(get_command_test, GetCommandTest)
#include "get_command_test.moc"
