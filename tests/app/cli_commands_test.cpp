// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl as it is built, on a demo cluster, with kubectl beside it: answers, exit codes, and what writing takes.
#include "edge/value.h"
#include "tests/demo/demo_world.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30'000;
constexpr int WholeStep = 150'000; // with Prometheus' restart
constexpr int RefusalsAreRead = 120'000; // so long, at most, they are found

struct Said
{
    int code = -1;
    QString out, error;
    QString all() const { return out + error; }
};

} // namespace

class CliCommandsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<DemoWorld> m_world;
    QString m_copy; // the demo's kubeconfig in a file that the demo did not write: mode Confirm

    std::unique_ptr<QProcess> begin(const QStringList &arguments)
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"XDG_DATA_HOME"_s, m_folder.path());
        environment.insert(u"KUBECONFIG"_s, m_world->ready().kubeconfig);
        process->setProcessEnvironment(environment);
        process->start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), arguments);
        return process;
    }
    static Said end(QProcess &process, int limitMs = Patience)
    {
        Said said;
        if (QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, limitMs))
            said.code = process.exitCode();
        said.out = QString::fromUtf8(process.readAllStandardOutput());
        said.error = QString::fromUtf8(process.readAllStandardError());
        return said;
    }
    Said run(const QStringList &arguments, int limitMs = Patience)
    {
        const auto process = begin(arguments);
        process->closeWriteChannel();
        return end(*process, limitMs);
    }
    Said confirmed(const QStringList &arguments, int limitMs = Patience)
    {
        return run(QStringList{u"--kubeconfig"_s, m_copy} + arguments + QStringList{u"--yes=demo"_s},
                   limitMs);
    }
    QString scrapeConfiguration()
    {
        return m_world->kubectl({u"get"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s,
                                 u"-o"_s, u"jsonpath={.data.prometheus\\.yml}"_s});
    }
    void setScrapeConfiguration(const QString &text)
    {
        const edge::Value patch = edge::Value::object(
            {{"data", edge::Value::object({{"prometheus.yml", edge::Value(text.toStdString())}})}});
        m_world->kubectl({u"patch"_s, u"configmap"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s,
                          u"--type"_s, u"merge"_s, u"-p"_s, QString::fromStdString(edge::toJson(patch))});
    }
    // By Prometheus itself, through kubectl; "" where it cannot be asked.
    QString loadedConfiguration()
    {
        const QString body = m_world->kubectl(
            {u"get"_s, u"--raw"_s,
             u"/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/api/v1/status/config"_s});
        const auto answer = edge::parseJson(body.toStdString());
        return answer ? QString::fromStdString((*answer)["data"]["yaml"].text()) : QString();
    }

    bool hasPrometheus() const { return !m_world->ready().prometheus.startsWith(u"none"_s); }

    // The Mapping without what servers write.
    QString mapping()
    {
        return m_world->kubectl({u"get"_s, u"mapping"_s, u"quote-backend"_s, u"-n"_s, u"default"_s, u"-o"_s,
                                 u"jsonpath={.spec}"_s});
    }
    QString journalFile() const
    {
        const QDir folder(m_folder.filePath(u"sallyport/journal"_s));
        const QStringList files = folder.entryList({u"*.jsonl"_s}, QDir::Files);
        return files.isEmpty() ? QString() : folder.filePath(files.first());
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
        demo::DemoOptions options;
        options.state = "guide-done";
        m_world = std::make_unique<DemoWorld>(options);
        QVERIFY2(m_world->start(), qPrintable(m_world->error()));
        m_copy = m_folder.filePath(u"copied-config"_s);
        QVERIFY(QFile::copy(m_world->ready().kubeconfig, m_copy));
        QTRY_COMPARE_WITH_TIMEOUT(m_world->get(m_world->ready().edgeHttp + u"/backend/"_s).status, 200,
                                  Patience);
        if (hasPrometheus()) // whether it has loaded its job is asked of it
            QTRY_COMPARE_WITH_TIMEOUT(run({u"guide"_s, u"check"_s}).code, 0, Patience);
    }
    void cleanupTestCase() { m_world.reset(); }

    void theClustersEdgeIsServedHereAndFollowed()
    {
        const auto edge = begin({u"edge"_s, u"run"_s, u"--listener"_s, u"8080=127.0.0.1:0"_s, u"--listener"_s,
                                 u"8443=127.0.0.1:0"_s});
        QString said;
        QVERIFY(QTest::qWaitFor(
            [&] { return (said += QString::fromUtf8(edge->readAllStandardOutput())).contains(u'\n'); },
            Patience));
        const QString address = said.section(u"http://"_s, 1).section(u' ', 0, 0).trimmed();
        QVERIFY2(said.startsWith(u"ready "_s) && !address.isEmpty(), qPrintable(said));
        QCOMPARE(m_world->get(u"http://%1/backend/"_s.arg(address)).status,
                 200); // by a port-forward, behind a sidecar that asks for the mesh's TLS
        QCOMPARE(m_world->get(u"http://%1/later/"_s.arg(address)).status, 404);
        const QString yaml =
            u"apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: later, namespace: default}\nspec: {prefix: /later/, service: quote}\n"_s;
        QVERIFY2(m_world->apply(yaml), qPrintable(m_world->error()));
        QTRY_COMPARE_WITH_TIMEOUT(m_world->get(u"http://%1/later/"_s.arg(address)).status, 200, Patience);
        m_world->kubectl({u"delete"_s, u"mapping"_s, u"later"_s, u"-n"_s, u"default"_s});
        edge->terminate();
        const Said ended = end(*edge);
        QVERIFY2(ended.code == 0 && ended.error.contains(u"keys stay in the cluster"_s),
                 qPrintable(ended.all()));
    }

    void theClustersEdgeIsExported()
    {
        const Said said = run({u"edge"_s, u"export"_s});
        const auto document = edge::parseJson(said.out.toStdString());
        QVERIFY2(said.code == 0 && document, qPrintable(said.error));
        std::string names;
        for (const edge::Value &cluster : (*document)["static_resources"]["clusters"].items())
            names += cluster["name"].text() + " ";
        QVERIFY2(names.find("quote") != std::string::npos, names.c_str());
    }

    void theEdgesGenerationCanBeOverridden()
    {
        const QString url = u"http://edge.example.com/backend/"_s;
        QVERIFY(run({u"explain"_s, url}).out.contains(u"(compat v1)"_s));
        const Said newer =
            run({u"explain"_s, url, u"--compat"_s, u"v4"_s}); // where nothing listens without a Listener
        QVERIFY2(newer.code == 3 && newer.out.contains(u"(compat v4)"_s), qPrintable(newer.all()));
        QCOMPARE(run({u"explain"_s, url, u"--compat"_s, u"v9"_s}).code, 2);
    }

    void aFindingIsFixed()
    {
        const QString whole = mapping();
        const QString clear = u"{\"spec\":{\"tls\":null}}"_s;
        m_world->kubectl({u"patch"_s, u"mapping"_s, u"quote-backend"_s, u"-n"_s, u"default"_s, u"--type"_s,
                          u"merge"_s, u"-p"_s, clear});
        QVERIFY(mapping() != whole);
        const Said checked = run({u"check"_s});
        QVERIFY2(checked.code == 3 && checked.error.contains(u"a change is ready for MT-001"_s),
                 qPrintable(checked.all()));
        QVERIFY(run({u"check"_s, u"-o"_s, u"json"_s}).out.contains(u"\"tls\": \"istio-upstream\""_s));
        const Said listed = run({u"fix"_s});
        QVERIFY2(listed.code == 0 && listed.out.contains(u"MT-001"_s), qPrintable(listed.all()));
        QCOMPARE(run({u"fix"_s, u"MT-999"_s}).code, 2);
        const Said other = run({u"fix"_s, u"MT-001"_s, u"mapping/nobody"_s});
        QVERIFY2(other.code == 1 && other.error.contains(u"there is no MT-001 of mapping/nobody"_s),
                 qPrintable(other.all()));
        const Said shown = run({u"fix"_s, u"mt-001"_s, u"Mapping default/quote-backend"_s, u"--dry-run"_s});
        QVERIFY2(shown.code == 0 && shown.out.contains(u"+  tls: istio-upstream"_s), qPrintable(shown.all()));
        QVERIFY(mapping() != whole);
        const Said fixed = confirmed({u"fix"_s, u"MT-001"_s, u"mapping/quote-backend"_s});
        QVERIFY2(fixed.code == 0, qPrintable(fixed.all()));
        // The port that clear text went to is written out: tls alone would send it to 443, which not every Service has.
        QCOMPARE(mapping(), QString(whole).replace(u"\"quote\""_s, u"\"quote:80\""_s));
        QVERIFY(!run({u"fix"_s}).out.contains(u"MT-001"_s));
        m_world->kubectl({u"patch"_s, u"mapping"_s, u"quote-backend"_s, u"-n"_s, u"default"_s, u"--type"_s,
                          u"merge"_s, u"-p"_s, u"{\"spec\":{\"service\":\"quote\"}}"_s});
        QCOMPARE(mapping(), whole);
        // Meanwhile clear text was refused, which is found until the edge was let in for as long as it was silent (MT-024).
        QTRY_COMPARE_WITH_TIMEOUT(run({u"check"_s}).code, 0, RefusalsAreRead + Patience);
    }

    void commandsAnswer_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("part"); // of what is printed
        QTest::addColumn<QString>("kind"); // of the JSON document; "" none is asked for
        const QString url = u"http://edge.example.com/backend/"_s;
        QTest::newRow("contexts") << QStringList{u"contexts"_s} << 0 << u"demo-team"_s << u"ContextList"_s;
        QTest::newRow("edges") << QStringList{u"edges"_s} << 0 << u"1.11.2"_s << u"EdgeList"_s;
        QTest::newRow("mappings") << QStringList{u"mappings"_s, u"-A"_s} << 0 << u"quote-backend"_s
                                  << u"MappingList"_s;
        QTest::newRow("explain") << QStringList{u"explain"_s, url} << 0 << u"quote-backend"_s
                                 << u"Explanation"_s;
        QTest::newRow("explain what nobody serves")
            << QStringList{u"explain"_s, u"http://edge.example.com/nobody/"_s} << 3 << QString()
            << u"Explanation"_s;
        QTest::newRow("certs") << QStringList{u"certs"_s} << 0 << u"istio-certs"_s << u"CertificateList"_s;
        QTest::newRow("certs of sidecars")
            << QStringList{u"certs"_s} << 0 << u"in memory, "_s << u"CertificateList"_s;
        QTest::newRow("certs that end soon, but are renewed")
            << QStringList{u"certs"_s, u"--within"_s, u"30d"_s} << 0 << u"istio-proxy, automatic, in time"_s
            << u"CertificateList"_s;
        QTest::newRow("certs that end soon") << QStringList{u"certs"_s, u"--within"_s, u"10000d"_s} << 3
                                             << u"by hand"_s << u"CertificateList"_s;
        QTest::newRow("certs for a code scanner")
            << QStringList{u"certs"_s, u"--within"_s, u"10000d"_s, u"-o"_s, u"sarif"_s} << 3 << u"CERT-002"_s
            << QString();
        QTest::newRow("posture for a code scanner")
            << QStringList{u"posture"_s, u"-o"_s, u"sarif"_s} << 0 << u"sarif-2.1.0"_s << QString();
        QTest::newRow("posture") << QStringList{u"posture"_s} << 0 << u"mesh: STRICT"_s << u"Posture"_s;
        QTest::newRow("guide") << QStringList{u"guide"_s, u"check"_s} << (hasPrometheus() ? 0 : 3)
                               << u"mapping-tls"_s << u"GuideCheck"_s;
        QTest::newRow("guide for a build server")
            << QStringList{u"guide"_s, u"check"_s, u"-o"_s, u"junit"_s} << (hasPrometheus() ? 0 : 3)
            << u"sallyport guide check"_s << QString();
        QTest::newRow("a plan for people")
            << QStringList{u"strict"_s, u"plan"_s, u"--scope"_s, u"ambassador"_s, u"-o"_s, u"markdown"_s} << 3
            << u"| Workload by workload |"_s << QString();
        QTest::newRow("no report of a state")
            << QStringList{u"strict"_s, u"status"_s, u"--scope"_s, u"shop"_s, u"-o"_s, u"junit"_s} << 2
            << u"-o junit goes with strict plan"_s << QString();
        QTest::newRow("no report of a step")
            << QStringList{u"guide"_s, u"show"_s, u"strict"_s, u"--report"_s, u"x.html"_s} << 2
            << u"--report goes with guide check"_s << QString();
        QTest::newRow("check") << QStringList{u"check"_s} << 0 << QString() << u"Check"_s;
        QTest::newRow("doctor") << QStringList{u"doctor"_s} << 0 << u"Prometheus"_s << QString();
        QTest::newRow("a finding's help")
            << QStringList{u"explain-finding"_s, u"cert-010"_s} << 0 << u"CERT-010"_s << u"FindingHelp"_s;
        QTest::newRow("all findings")
            << QStringList{u"explain-finding"_s} << 0 << u"CERT-010"_s << u"FindingList"_s;
        QTest::newRow("a step") << QStringList{u"guide"_s, u"show"_s, u"mapping-tls"_s} << 0
                                << u"tls: istio-upstream"_s << u"GuideStep"_s;
        QTest::newRow("the journal") << QStringList{u"journal"_s} << 0 << QString() << u"Journal"_s;
        QTest::newRow("an unknown step")
            << QStringList{u"guide"_s, u"apply"_s, u"nothing"_s} << 2 << u"mapping-tls"_s << QString();
        QTest::newRow("an unknown namespace") << QStringList{u"-n"_s, u"nosuch"_s, u"mappings"_s} << 1
                                              << u"there is no namespace nosuch in https://"_s << QString();
        QTest::newRow("an unknown edge")
            << QStringList{u"--edge"_s, u"a/b"_s, u"mappings"_s} << 1 << u"sallyportctl edges"_s << QString();
        const QList<QStringList> judging{{u"check"_s},     {u"certs"_s},
                                         {u"posture"_s},   {u"guide"_s, u"check"_s},
                                         {u"preflight"_s}, {u"strict"_s, u"plan"_s, u"--scope"_s, u"shop"_s}};
        for (const QStringList &command : judging) { // one that answers for another edge is green in a gate
            QTest::addRow("an unknown edge, %s", qPrintable(command.first()))
                << command + QStringList{u"--edge"_s, u"no/such"_s} << 1
                << u"no edge no/such in this cluster"_s << QString();
            QTest::addRow("an unknown namespace, %s", qPrintable(command.first()))
                << command + QStringList{u"-n"_s, u"nosuch"_s} << 1 << u"there is no namespace nosuch in"_s
                << QString();
        }
    }
    void commandsAnswer()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, part);
        QFETCH(QString, kind);
        const Said said = run(arguments);
        QVERIFY2(said.code == code, qPrintable(said.all()));
        QVERIFY2(said.all().contains(part), qPrintable(said.all()));
        if (kind.isEmpty())
            return;
        const Said json = run(arguments + QStringList{u"-o"_s, u"json"_s});
        QCOMPARE(json.code, code);
        const auto document = edge::parseJson(json.out.toStdString());
        QVERIFY2(document, qPrintable(json.out));
        QCOMPARE((*document)["apiVersion"].text(), std::string("sallyport/v1"));
        QCOMPARE(QString::fromStdString((*document)["kind"].text()), kind);
    }

    // The version that the edge's own resources are read in goes: the API server says so in a header.
    void aDeprecatedVersionIsWarnedOfOnce()
    {
        const auto setDeprecated = [this](const QString &operation) {
            const QString value = operation == "add"_L1 ? u", \"value\": true"_s : QString();
            QStringList steps;
            const int versions = m_world
                                     ->kubectl({u"get"_s, u"crd"_s, u"mappings.getambassador.io"_s, u"-o"_s,
                                                u"jsonpath={.spec.versions[*].name}"_s})
                                     .split(u' ', Qt::SkipEmptyParts)
                                     .size();
            for (int i = 0; i < versions; ++i)
                steps.append(
                    u"{\"op\": \"%1\", \"path\": \"/spec/versions/%2/deprecated\"%3}"_s.arg(operation)
                        .arg(i)
                        .arg(value));
            m_world->kubectl({u"patch"_s, u"crd"_s, u"mappings.getambassador.io"_s, u"--type"_s, u"json"_s,
                              u"-p"_s, u'[' + steps.join(u',') + u']'});
            return m_world->code == 0;
        };
        QVERIFY(!run({u"mappings"_s}).error.contains(u"warning: "_s));
        QVERIFY2(setDeprecated(u"add"_s), qPrintable(m_world->error()));
        const auto restore = qScopeGuard([&] { setDeprecated(u"remove"_s); });
        QTRY_COMPARE_WITH_TIMEOUT(run({u"mappings"_s}).error.count(u"is deprecated"_s), 1, Patience);
        const Said said = run({u"mappings"_s});
        QVERIFY2(said.code == 0 && said.error.startsWith(u"warning: getambassador.io/"_s),
                 qPrintable(said.all()));
    }

    // Who may not ask the edge's pods is told what the objects alone say.
    void whatNoPodSaysIsNotLoaded()
    {
        const Said asked = run({u"mappings"_s});
        QVERIFY2(asked.code == 0 && asked.out.contains(u" loaded"_s), qPrintable(asked.all()));
        const Said viewed = run({u"--context"_s, u"demo-viewer"_s, u"mappings"_s});
        QVERIFY2(viewed.code == 0 && viewed.out.contains(u"unknown (config only)"_s)
                     && !viewed.out.contains(u" loaded"_s),
                 qPrintable(viewed.all()));
        QVERIFY2(viewed.error.contains(u"no pod of edge"_s) && viewed.error.contains(u"pods/portforward"_s),
                 qPrintable(viewed.all()));
    }

    void aRequestIsSentAndConfirmed()
    {
        const Said said = run({u"request"_s, m_world->ready().edgeHttp + u"/backend/"_s});
        QVERIFY2(said.code == 0, qPrintable(said.all()));
        QVERIFY2(said.out.contains(u"200"_s) && said.out.contains(u"quote-backend"_s), qPrintable(said.out));
    }

    // An answer that is no Mapping's: the command worked, what was predicted did not happen.
    void aRequestThatIsAnsweredOtherwiseIsThree()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const QByteArray body = "{\"z\": 1, \"a\": {\"y\": 2.0, \"b\": \"\\u00e9\"}}";
        connect(&other, &QTcpServer::newConnection, &other, [&other, body] {
            QTcpSocket *socket = other.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, body] {
                socket->write("HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: "
                              + QByteArray::number(body.size()) + "\r\nconnection: close\r\n\r\n" + body);
                socket->disconnectFromHost();
            });
        });
        const QStringList command{u"request"_s, u"http://edge.example.com/old-shop/"_s, u"--via"_s,
                                  u"127.0.0.1:%1"_s.arg(other.serverPort())};
        const Said said = run(command); // a redirect by the edge itself: no counter, no luck
        QVERIFY2(said.code == 3, qPrintable(said.all()));
        QVERIFY2(said.out.contains(u"prediction was wrong"_s), qPrintable(said.all()));
        // The body as it came: neither sorted nor written anew.
        QVERIFY2(said.out.contains(QString::fromUtf8(body)), qPrintable(said.all()));
        const Said json = run(command + QStringList{u"-o"_s, u"json"_s});
        QCOMPARE(QJsonDocument::fromJson(json.out.toUtf8())[u"outcome"][u"body"].toString(),
                 QString::fromUtf8(body));
    }

    // "-o json is stable": scripts read these names.  More may come; none of these goes or is called otherwise.
    void theNamesInJsonStay_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<QString>("top");
        QTest::addColumn<QString>("list"); // whose first entry has `keys`
        QTest::addColumn<QString>("keys");
        const QString url = u"http://edge.example.com/backend/"_s, items = u"apiVersion items kind"_s;
        QTest::newRow("contexts") << QStringList{u"contexts"_s} << items << u"items"_s
                                  << u"cluster current file mode name namespace user"_s;
        QTest::newRow("edges")
            << QStringList{u"edges"_s} << items << u"items"_s
            << u"ambassadorId compat compatGuessed edition istioCertificate kind name namespace pods readyPods version"_s;
        QTest::newRow("mappings") << QStringList{u"mappings"_s} << items << u"items"_s
                                  << u"ambassadorId apiVersion certificate endpoints endpointsReady findings "
                                     u"host mtlsMode name namespace order "
                                     "precedence prefix service state stateReason tls tlsContext upstream"_s;
        QTest::newRow("hosts")
            << QStringList{u"hosts"_s} << items << u"items"_s
            << u"hostname insecureAction messages name namespace ports secret state tlsContext"_s;
        QTest::newRow("listeners") << QStringList{u"listeners"_s} << items << u"items"_s
                                   << u"hosts name namespace port protocol routes state tls"_s;
        QTest::newRow("certs")
            << QStringList{u"certs"_s} << items << u"items"_s
            << u"checks endsFirst notAfter notBefore renewal renewsInTime secondsLeft storedIn subject usedBy whenItEnds"_s;
        QTest::newRow("posture")
            << QStringList{u"posture"_s} << items + u" mesh"_s << u"items"_s
            << u"because enforced intended mutualTlsShare namespace observed pods port sidecars workload"_s;
        QTest::newRow("guide") << QStringList{u"guide"_s, u"check"_s} << items << u"items"_s
                               << u"evidence id needsRestart remedy result seen title"_s;
        QTest::newRow("explain")
            << QStringList{u"explain"_s, url}
            << u"apiVersion candidates cluster compat edge findings kind location mapping reason rewrittenPath status steps upstream weights"_s
            << u"candidates"_s
            << u"actual chosen expected failedCondition kind matched name namespace path share"_s;
        QTest::newRow("guide show")
            << QStringList{u"guide"_s, u"show"_s, u"mapping-tls"_s}
            << u"apiVersion evidence id kind needsRestart remedy result seen title yaml"_s << QString()
            << QString();
        QTest::newRow("explain-finding") << QStringList{u"explain-finding"_s, u"RT-001"_s}
                                         << u"apiVersion code help kind title"_s << QString() << QString();
        QTest::newRow("findings") << QStringList{u"explain-finding"_s} << items << u"items"_s
                                  << u"code title"_s;
        QTest::newRow("request") << QStringList{u"request"_s, m_world->ready().edgeHttp + u"/backend/"_s}
                                 << u"apiVersion kind outcome prediction"_s << u"outcome"_s
                                 << u"body confirmedBy headers predictionHeld servedBy status tls totalMs"_s;
        QTest::newRow("doctor") << QStringList{u"doctor"_s} << items << u"items"_s
                                << u"found ms ok skipped step"_s;
    }
    void theNamesInJsonStay()
    {
        QFETCH(QStringList, command);
        QFETCH(QString, top);
        QFETCH(QString, list);
        QFETCH(QString, keys);
        const Said said = run(command + QStringList{u"-o"_s, u"json"_s});
        const QJsonObject document = QJsonDocument::fromJson(said.out.toUtf8()).object();
        const QJsonValue inner = document[list];
        const QJsonObject first = inner.isArray() ? inner[0].toObject() : inner.toObject();
        for (const QString &name : top.split(u' '))
            QVERIFY2(document.contains(name), qPrintable(name + u" is missing in "_s + said.all()));
        for (const QString &name : keys.split(u' ', Qt::SkipEmptyParts))
            QVERIFY2(first.contains(name), qPrintable(name + u" is missing in "_s + said.all()));
    }

    // What one team's account cannot see is unknown, not absent.
    void anAccountForOneNamespaceIsToldWhatItCannotSee_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("neverSays");
        QTest::newRow("posture") << QStringList{u"posture"_s} << u"PERMISSIVE"_s;
        QTest::newRow("posture, the mesh's mode") << QStringList{u"posture"_s} << u"UNSET"_s;
        QTest::newRow("explain") << QStringList{u"explain"_s, u"http://shop.example.com/"_s}
                                 << u"was found in this cluster"_s;
        QTest::newRow("guide") << QStringList{u"guide"_s, u"check"_s} << u"is not there"_s;
        QTest::newRow("mappings") << QStringList{u"mappings"_s} << u"PERMISSIVE"_s;
        QTest::newRow("check") << QStringList{u"check"_s} << u"PERMISSIVE"_s;
    }
    void anAccountForOneNamespaceIsToldWhatItCannotSee()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, neverSays);
        const Said said = run(QStringList{u"--context"_s, u"demo-team"_s} + arguments);
        QVERIFY2(said.all().contains(u"may not list them in all namespaces"_s), qPrintable(said.all()));
        QVERIFY2(!said.all().contains(neverSays), qPrintable(said.all()));
        if (arguments.constFirst() == "guide"_L1)
            QCOMPARE(said.code, 3); // a step that was not checked is not passed
    }

    void aRightThatIsMissingIsSaidBeforeAnythingIsAsked()
    {
        const QString before = mapping();
        const Said said = run({u"--context"_s, u"demo-viewer"_s, u"guide"_s, u"apply"_s, u"mapping-plain"_s,
                               u"--yes=demo-viewer"_s});
        QCOMPARE(said.code, 1);
        QVERIFY2(said.out.contains(u"-  tls: istio-upstream"_s), qPrintable(said.all()));
        QVERIFY2(said.error.contains(u"this needs `patch` on `mappings.getambassador.io` in `default`"_s)
                     && said.error.contains(u"demo-viewer"_s),
                 qPrintable(said.all()));
        QCOMPARE(mapping(), before);
    }

    void nothingIsWrittenWithoutItsConfirmation_data()
    {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("part");
        QTest::newRow("no answer") << QStringList() << 1 << u"nothing was written"_s;
        QTest::newRow("--yes does not name the context") << QStringList{u"--yes"_s} << 1 << u"--yes=demo"_s;
        QTest::newRow("another context's name") << QStringList{u"--yes=prod"_s} << 1 << u"--yes=demo"_s;
        QTest::newRow("dry run") << QStringList{u"--dry-run"_s, u"--yes=demo"_s} << 0 << u"dry run"_s;
    }
    void nothingIsWrittenWithoutItsConfirmation()
    {
        QFETCH(QStringList, more);
        QFETCH(int, code);
        QFETCH(QString, part);
        const QString before = mapping();
        const Said said =
            run(QStringList{u"--kubeconfig"_s, m_copy, u"guide"_s, u"apply"_s, u"mapping-plain"_s} + more);
        QVERIFY2(said.code == code, qPrintable(said.all()));
        QVERIFY2(said.all().contains(part), qPrintable(said.all()));
        QVERIFY2(said.out.contains(u"-  tls: istio-upstream"_s), qPrintable(said.out)); // the diff was shown
        QCOMPARE(mapping(), before);
    }

    void aWriteIsTakenBackExactly()
    {
        const QString before = mapping();
        const Said applied = confirmed({u"guide"_s, u"apply"_s, u"mapping-plain"_s});
        QVERIFY2(applied.code == 0, qPrintable(applied.all()));
        QVERIFY(mapping() != before);
        const Said twice = confirmed({u"guide"_s, u"apply"_s, u"mapping-plain"_s});
        QVERIFY2(twice.out.contains(u"it is so already"_s), qPrintable(twice.all()));
        const QString number = applied.out.trimmed().section(u'\n', -1).section(u' ', 0, 0);
        QVERIFY(
            run({u"--kubeconfig"_s, m_copy, u"journal"_s}).out.contains(u"Mapping default/quote-backend"_s));
        const Said one = run({u"--kubeconfig"_s, m_copy, u"journal"_s, u"show"_s, number});
        QCOMPARE(one.code, 0);
        QVERIFY2(one.out.contains(u"Mapping default/quote-backend"_s), qPrintable(one.all()));
        QVERIFY2(one.out.contains(u"\n-  tls: istio-upstream\n"_s),
                 qPrintable(one.all())); // what was written
        const Said json =
            run({u"--kubeconfig"_s, m_copy, u"journal"_s, u"show"_s, number, u"-o"_s, u"json"_s});
        const QJsonObject entry = QJsonDocument::fromJson(json.out.toUtf8())[u"items"][0].toObject();
        for (const QString &name :
             {u"after"_s, u"answered"_s, u"at"_s, u"before"_s, u"context"_s, u"diff"_s, u"number"_s,
              u"object"_s, u"result"_s, u"revertOf"_s, u"reverted"_s, u"succeeded"_s, u"title"_s, u"who"_s})
            QVERIFY2(entry.contains(name), qPrintable(name + u" is missing in "_s + json.all()));
        QVERIFY2(entry[u"diff"].toString().contains(u"-  tls: istio-upstream"_s), qPrintable(json.out));
        QCOMPARE(entry[u"before"][u"spec"][u"tls"].toString(), u"istio-upstream"_s);
        QVERIFY(entry[u"after"][u"spec"].isObject() && entry[u"after"][u"spec"][u"tls"].isUndefined());
        const Said none = run({u"--kubeconfig"_s, m_copy, u"journal"_s, u"show"_s, u"99999"_s});
        QCOMPARE(none.code, 1);
        QVERIFY2(none.all().contains(u"the journal has no entry 99999"_s), qPrintable(none.all()));
        const Said reverted = confirmed({u"journal"_s, u"revert"_s, number});
        QVERIFY2(reverted.code == 0, qPrintable(reverted.all()));
        QCOMPARE(mapping(), before);
        const Said again = confirmed({u"journal"_s, u"revert"_s, number});
        QVERIFY2(again.code == 1 && again.all().contains(u"taken back already"_s), qPrintable(again.all()));
    }

    // By its step: what other steps have written stays.
    void aStepIsTakenBackByItsName()
    {
        const auto label = [this] {
            return m_world->kubectl(
                {u"get"_s, u"namespace"_s, u"default"_s, u"-o"_s, u"jsonpath={.metadata.labels}"_s});
        };
        const Said nothing = confirmed({u"guide"_s, u"undo"_s, u"mapping-plain"_s});
        QVERIFY2(nothing.code == 1 && nothing.all().contains(u"no change of step mapping-plain"_s),
                 qPrintable(nothing.all()));
        const QString before = mapping(), labelled = label();
        m_world->kubectl({u"label"_s, u"namespace"_s, u"default"_s, u"istio-injection-"_s});
        const QString unlabelled = label();
        QVERIFY(unlabelled != labelled);
        QCOMPARE(confirmed({u"guide"_s, u"apply"_s, u"mapping-plain"_s}).code, 0);
        const QString plain = mapping();
        QVERIFY(plain != before);
        QCOMPARE(confirmed({u"guide"_s, u"apply"_s, u"namespace-label"_s}).code, 0);
        QCOMPARE(label(), labelled);

        const Said refused = run({u"--kubeconfig"_s, m_copy, u"guide"_s, u"undo"_s, u"mapping-plain"_s});
        QVERIFY2(refused.code == 1 && refused.out.contains(u"+  tls: istio-upstream"_s),
                 qPrintable(refused.all()));
        QCOMPARE(mapping(), plain); // shown, not written
        const Said undone = confirmed({u"guide"_s, u"undo"_s, u"mapping-plain"_s});
        QVERIFY2(undone.code == 0, qPrintable(undone.all()));
        QCOMPARE(mapping(), before);
        QCOMPARE(label(), labelled); // the newer step's, and not the newest change
        QCOMPARE(confirmed({u"guide"_s, u"undo"_s, u"mapping-plain"_s}).code, 1);
        QCOMPARE(mapping(), before);

        QCOMPARE(confirmed({u"guide"_s, u"undo"_s, u"namespace-label"_s}).code, 0);
        QCOMPARE(label(), unlabelled);
        m_world->kubectl({u"label"_s, u"namespace"_s, u"default"_s, u"istio-injection=enabled"_s});
        QCOMPARE(label(), labelled);
    }

    // As curl takes it, but it is said.
    void aHostWithoutASchemeIsTakenForHttp_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("taken");
        QTest::newRow("a word") << u"notaurl"_s << 3 << u"http://notaurl"_s;
        QTest::newRow("host and path")
            << u"edge.example.com/backend/"_s << 0 << u"http://edge.example.com/backend/"_s;
        QTest::newRow("a whole URL") << u"http://edge.example.com/backend/"_s << 0 << QString();
    }
    void aHostWithoutASchemeIsTakenForHttp()
    {
        QFETCH(QString, url);
        QFETCH(int, code);
        QFETCH(QString, taken);
        const Said said = run({u"explain"_s, url});
        QCOMPARE(said.code, code);
        QCOMPARE(said.error.contains(u"has no scheme"_s), !taken.isEmpty());
        QVERIFY2(said.error.contains(taken), qPrintable(said.error));
    }

    void aMissingScopeIsSaid()
    {
        const Said said = run({u"strict"_s, u"status"_s});
        QVERIFY2(said.code == 2 && said.all().contains(u"--scope is missing"_s), qPrintable(said.all()));
    }

    void whetherACertificateEndsMayNotBeKnown()
    {
        const QStringList asViewer{u"--context"_s, u"demo-viewer"_s, u"certs"_s}; // who may not forward ports
        const Said asked = run(asViewer + QStringList{u"--within"_s, u"1s"_s});
        QVERIFY2(
            asked.code == 3
                && asked.error.contains(u"whether it ends within 1s is not known of: istio-certs (edge)"_s),
            qPrintable(asked.all()));
        QCOMPARE(run(asViewer).code, 0); // nobody asked
    }

    void anEndedCertificateIsABadAnswer()
    {
        const QStringList certs{u"certs"_s};
        QCOMPARE(run(certs).code, 0);
        QCOMPARE(m_world->switchIncident(u"cert-expired"_s, true), QString());
        const Said said = run(certs);
        QCOMPARE(m_world->switchIncident(u"cert-expired"_s, false), QString());
        QVERIFY2(said.code == 3 && said.out.contains(u"expired"_s), qPrintable(said.all()));
        QTRY_COMPARE_WITH_TIMEOUT(run(certs).code, 0, Patience);
    }

    // In the ConfigMap is not in Prometheus, which reads it when it starts.
    void aScrapeJobThatIsNotLoadedIsSaidAndARestartLoadsIt()
    {
        if (!hasPrometheus())
            QSKIP("skipped: no prometheus program, ./dev setup brings one");
        const QStringList check{u"guide"_s, u"check"_s};
        QTRY_COMPARE_WITH_TIMEOUT(run(check).code, 0, Patience);
        QString text = scrapeConfiguration();
        QVERIFY2(text.contains(u"job_name: 'ambassador'"_s), qPrintable(text));
        text.replace(u"job_name: 'ambassador'"_s, u"job_name: 'ambassador-2'"_s);
        setScrapeConfiguration(text);
        QCOMPARE(m_world->code, 0);
        const Said said = run(check);
        QVERIFY2(said.code == 3
                     && said.all().contains(
                         u"job ambassador-2 is in the ConfigMap, but Prometheus has not loaded it"_s),
                 qPrintable(said.all()));
        QVERIFY2(said.all().contains(u"rollout restart deployment prometheus"_s), qPrintable(said.all()));
        const auto json = edge::parseJson(run(check + QStringList{u"-o"_s, u"json"_s}).out.toStdString());
        const edge::Value::Array items = json ? (*json)["items"].items() : edge::Value::Array();
        const auto step = std::find_if(items.begin(), items.end(),
                                       [](const auto &one) { return one["id"].text() == "prometheus"; });
        QVERIFY(step != items.end() && (*step)["needsRestart"].toBool());
        const Said restarted = confirmed({u"guide"_s, u"apply"_s, u"prometheus"_s}, WholeStep);
        QVERIFY2(restarted.code == 0 && restarted.out.contains(u"kubectl.kubernetes.io/restartedAt"_s),
                 qPrintable(restarted.all()));
        QCOMPARE(run(check).code, 0); // it has waited for that
    }

    // One command writes the job, restarts Prometheus and sees it loaded; the undo ends with what Prometheus had before.
    void theScrapeJobIsOneStepForwardsAndBack()
    {
        if (!hasPrometheus())
            QSKIP("skipped: no prometheus program, ./dev setup brings one");
        const QString whole = scrapeConfiguration();
        QStringList lines = whole.split(u'\n');
        const qsizetype job = lines.indexOf(QRegularExpression(u".*job_name: 'ambassador(-2)?'.*"_s));
        QVERIFY2(job >= 0, qPrintable(whole));
        qsizetype next = job + 1;
        while (next < lines.size() && !lines[next].contains(u"- job_name"_s))
            ++next;
        lines.remove(job, next - job);
        const QString without = lines.join(u'\n');
        setScrapeConfiguration(without);
        m_world->kubectl(
            {u"rollout"_s, u"restart"_s, u"deployment"_s, u"prometheus"_s, u"-n"_s, u"istio-system"_s});
        QCOMPARE(m_world->code, 0);
        const auto hasJob = [this] { return loadedConfiguration().contains(u"job_name: ambassador"_s); };
        QTRY_VERIFY_WITH_TIMEOUT(!loadedConfiguration().isEmpty() && !hasJob(), Patience);

        const Said applied = confirmed({u"guide"_s, u"apply"_s, u"prometheus"_s}, WholeStep);
        QVERIFY2(applied.code == 0 && applied.out.contains(u"has loaded the jobs"_s),
                 qPrintable(applied.all()));
        QVERIFY2(hasJob(), qPrintable(loadedConfiguration()));
        QCOMPARE(run({u"guide"_s, u"check"_s}).code, 0);

        const Said undone = confirmed({u"guide"_s, u"undo"_s, u"prometheus"_s}, WholeStep);
        QVERIFY2(undone.code == 0 && undone.out.contains(u"has loaded the jobs"_s), qPrintable(undone.all()));
        QVERIFY2(!loadedConfiguration().isEmpty() && !hasJob(), qPrintable(loadedConfiguration()));
        QCOMPARE(scrapeConfiguration(), without);

        setScrapeConfiguration(whole); // the finished guide again
        QCOMPARE(confirmed({u"guide"_s, u"apply"_s, u"prometheus"_s}, WholeStep).code, 0);
    }

    // Somebody else writes while the diff is on the screen: theirs stays.
    void anothersChangeAfterTheDiffIsNotOverwritten()
    {
        const QString before = mapping();
        const auto process = begin({u"--kubeconfig"_s, m_copy, u"guide"_s, u"apply"_s, u"mapping-plain"_s});
        QString prompt;
        QVERIFY(QTest::qWaitFor(
            [&] {
                return (prompt += QString::fromUtf8(process->readAllStandardError()))
                    .contains(u"Type demo"_s);
            },
            Patience));
        m_world->kubectl({u"patch"_s, u"mapping"_s, u"quote-backend"_s, u"-n"_s, u"default"_s, u"--type"_s,
                          u"merge"_s, u"-p"_s, u"{\"spec\":{\"tls\":\"others-context\"}}"_s});
        QCOMPARE(m_world->code, 0);
        process->write("demo\n");
        process->closeWriteChannel();
        const Said said = end(*process);
        QVERIFY2(said.code == 1, qPrintable(said.all()));
        QVERIFY2(said.all().contains(u"changed by somebody else"_s), qPrintable(said.all()));
        QVERIFY2(mapping().contains(u"others-context"_s), qPrintable(mapping()));
        m_world->kubectl({u"patch"_s, u"mapping"_s, u"quote-backend"_s, u"-n"_s, u"default"_s, u"--type"_s,
                          u"merge"_s, u"-p"_s, u"{\"spec\":{\"tls\":\"istio-upstream\"}}"_s});
        QCOMPARE(mapping(), before);
    }

    // The program was killed between the record and the answer: what it wrote can still be taken back.
    void aWriteWithoutAnAnswerIsTakenBackToo()
    {
        const QString before = mapping();
        const Said applied = confirmed({u"guide"_s, u"apply"_s, u"mapping-plain"_s});
        QVERIFY2(applied.code == 0, qPrintable(applied.all()));
        const QString number = applied.out.trimmed().section(u'\n', -1).section(u' ', 0, 0);
        QFile file(journalFile());
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray lines = file.readAll();
        QVERIFY(file.resize(lines.lastIndexOf('\n', lines.size() - 2) + 1)); // without the answer's line
        file.close();
        const Said shown = run({u"--kubeconfig"_s, m_copy, u"journal"_s});
        QVERIFY2(shown.out.contains(u"not known"_s), qPrintable(shown.out));
        const Said reverted = confirmed({u"journal"_s, u"revert"_s, number});
        QVERIFY2(reverted.code == 0, qPrintable(reverted.all()));
        QCOMPARE(mapping(), before);
    }

    // Whatever it waits for: the command stops, and says that it did not come to its end.
    void aHangingDoctorEndsWithCtrlC()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        QTemporaryDir folder;
        QFile config(folder.filePath(u"config"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(
            "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, "
            "user: u}}],"
            " users: [{name: u, user: {token: t}}], clusters: [{name: c, cluster: {server: 'http://127.0.0.1:"
            + QByteArray::number(silent.serverPort()) + "'}}]}");
        config.close();
        const auto process =
            begin({u"doctor"_s, u"--kubeconfig"_s, config.fileName(), u"--timeout"_s, u"300s"_s});
        QVERIFY(QTest::qWaitFor([&] { return silent.hasPendingConnections(); }, Patience));
        QString seen; // each step as soon as it has ended: what it hangs in is known
        QVERIFY2(QTest::qWaitFor(
                     [&] {
                         seen += QString::fromUtf8(process->readAllStandardOutput());
                         return seen.contains(QRegularExpression(u"✓ +TCP +\\d+ +connected to 127"_s));
                     },
                     Patience),
                 qPrintable(seen));
        ::kill(pid_t(process->processId()), SIGINT);
        const Said said = end(*process);
        QVERIFY2(said.code == 1 && said.all().contains(u"given up"_s), qPrintable(said.all()));
    }

    void aHangingRequestEndsWithCtrlC()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const auto process = begin({u"request"_s, u"http://edge.example.com/backend/"_s, u"--via"_s,
                                    u"127.0.0.1:%1"_s.arg(silent.serverPort()), u"--timeout"_s, u"300s"_s});
        QVERIFY(QTest::qWaitFor([&] { return silent.hasPendingConnections(); }, Patience));
        ::kill(pid_t(process->processId()), SIGINT);
        const Said said = end(*process); // long before the 300 s
        QVERIFY2(said.code != 0 && said.code != -1, qPrintable(said.all()));
    }
};

SALLYPORT_TEST(cli_commands_test, CliCommandsTest)
#include "cli_commands_test.moc"
