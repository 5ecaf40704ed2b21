// SPDX-License-Identifier: GPL-3.0-or-later
// hosts, tlscontexts, listeners and edge export on manifests, by the built program.
#include "edge/value.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char Manifests[] =
    "apiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: http, namespace: prod}\n"
    "spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: "
    "ALL}}}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: lame, namespace: prod}\n"
    "spec: {port: 9090, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: any, namespace: prod}\n"
    "spec: {hostname: '*', requestPolicy: {insecure: {action: Route}}}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: theirs, namespace: prod}\n"
    "spec: {hostname: b.example.com, ambassador_id: [blue]}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: TLSContext\nmetadata: {name: bare, namespace: prod}\n"
    "spec: {alpn_protocols: h2}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: quote, namespace: prod}\n"
    "spec: {hostname: '*', prefix: /backend/, service: quote}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: audit, namespace: prod}\n"
    "spec: {hostname: '*', prefix: /backend/, service: audit, shadow: true}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: untrusting, namespace: prod}\n"
    "spec: {hostname: u.example.com, tlsSecret: {name: own}, tlsContext: {name: unsound}}\n---\n"
    "apiVersion: getambassador.io/v3alpha1\nkind: TLSContext\nmetadata: {name: unsound, namespace: prod}\n"
    "spec: {hosts: [u.example.com], secret: own, ca_secret: bare}\n---\n"
    "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {name: own, namespace: prod}\n"
    "data: {tls.crt: Y2VydA==, tls.key: a2V5}\n---\n"
    "apiVersion: v1\nkind: Secret\nmetadata: {name: bare, namespace: prod}\ndata: {ca.crt: Y2VydA==}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: holder\n  namespace: prod\n  annotations:\n"
    "    getambassador.io/config: |\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Mapping, name: noted, hostname: '*', "
    "prefix: /backend/noted/, service: quote}\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Host, name: notedhost, hostname: "
    "n.example.com}\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: TLSContext, name: notedtls, "
    "alpn_protocols: h2}\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Listener, name: notedlame, port: 9292, "
    "securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n"
    "spec: {ports: [{port: 80}]}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: laterholder\n  namespace: prod\n  annotations:\n"
    "    getambassador.io/config: |\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Mapping, name: twice, hostname: '*', "
    "prefix: /later/, service: quote}\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Host, name: twicehost, hostname: "
    "later.example.com}\n"
    "spec: {ports: [{port: 80}]}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: earlierholder\n  namespace: prod\n  annotations:\n"
    "    getambassador.io/config: |\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Mapping, name: twice, hostname: '*', "
    "prefix: /earlier/, service: quote}\n"
    "      ---\n      {apiVersion: getambassador.io/v3alpha1, kind: Host, name: twicehost, hostname: "
    "earlier.example.com}\n"
    "spec: {ports: [{port: 80}]}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata: {name: quote, namespace: prod}\nspec: {ports: [{port: 80}]}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata: {name: audit, namespace: prod}\nspec: {ports: [{port: 80}]}\n---\n"
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: prod, annotations: "
    "{kubernetes.io/ingress.class: ambassador}}\n"
    "spec: {rules: [{http: {paths: [{path: /web/, pathType: Prefix, backend: {service: {name: quote, port: "
    "{number: 80}}}}]}}]}\n";

struct Annotated
{
    QString command;
    const char *name;
    QString state;
};
const Annotated annotated[] = {{u"mappings"_s, "noted", u"loaded"_s},
                               {u"hosts"_s, "notedhost", u"loaded"_s},
                               {u"tlscontexts"_s, "notedtls", u"unusable"_s},
                               {u"listeners"_s, "notedlame", u"rejected"_s}};

} // namespace

class EdgeTablesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QByteArray run(const QStringList &words, int code = 0) const
    {
        QProcess program;
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      words + QStringList{u"-f"_s, m_folder.filePath(u"all.yaml"_s)});
        if (!program.waitForFinished(60'000) || program.exitCode() != code)
            return "exit code " + QByteArray::number(program.exitCode()) + ": "
                + program.readAllStandardError();
        return program.readAllStandardOutput();
    }

    // The item of that name in the JSON document; its members as JSON.
    edge::Value item(const QString &command, const char *name, const QStringList &more = {}) const
    {
        const auto document =
            edge::parseJson(run(QStringList{command, u"-o"_s, u"json"_s} + more).toStdString());
        for (const edge::Value &one : document ? (*document)["items"].items() : edge::Value::Array()) {
            if (one["name"].text() == name)
                return one;
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QFile file(m_folder.filePath(u"all.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(Manifests) > 0);
    }

    void eachObjectHasItsState_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("state");
        QTest::newRow("served Host") << u"hosts"_s << QByteArray("any") << u"loaded"_s;
        QTest::newRow("another edge's Host") << u"hosts"_s << QByteArray("theirs") << u"other edge"_s;
        QTest::newRow("context without a certificate")
            << u"tlscontexts"_s << QByteArray("bare") << u"unusable"_s;
        QTest::newRow("Listener") << u"listeners"_s << QByteArray("http") << u"loaded"_s;
        QTest::newRow("Listener without protocol") << u"listeners"_s << QByteArray("lame") << u"rejected"_s;
        QTest::newRow("Host whose TLSContext is unusable")
            << u"hosts"_s << QByteArray("untrusting") << u"clear text only"_s;
        QTest::newRow("Mapping") << u"mappings"_s << QByteArray("quote") << u"loaded"_s;
        QTest::newRow("shadow") << u"mappings"_s << QByteArray("audit") << u"loaded"_s;
        for (const auto &[command, name, state] : annotated)
            QTest::newRow(name) << command << QByteArray(name) << state;
    }

    void eachObjectHasItsState()
    {
        QFETCH(QString, command);
        QFETCH(QByteArray, name);
        QFETCH(QString, state);
        QCOMPARE(QString::fromStdString(item(command, name.constData())["state"].text()), state);
        const QByteArray table = run({command});
        QVERIFY2(table.contains(name) && table.contains(state.toUtf8()), table.constData());
    }

    void anAnnotatedOneSaysWhereItStands()
    {
        for (const auto &[command, name, state] : annotated) {
            QCOMPARE(QString::fromStdString(item(command, name)["source"].text()),
                     u"annotation of Service prod/holder"_s);
            const QByteArray table = run({command});
            QVERIFY2(table.contains("SOURCE") && table.contains("annotation of Service prod/holder"),
                     table.constData());
        }
        QVERIFY(item(u"mappings"_s, "quote")["source"].isNull());
        QCOMPARE(item(u"mappings"_s, "noted")["order"].toInteger(), 1);
        QCOMPARE(item(u"mappings"_s, "quote")["order"].toInteger(), 2);
    }

    // What the edge makes of an Ingress has a row as it names it.
    void anIngressHasItsRows()
    {
        const edge::Value made = item(u"mappings"_s, "web-0-0");
        QCOMPARE(QString::fromStdString(made["state"].text()), u"loaded"_s);
        QCOMPARE(QString::fromStdString(made["source"].text()), u"Ingress prod/web"_s);
        QCOMPARE(QString::fromStdString(made["prefix"].text()), u"/web/"_s);
        QVERIFY(made["order"].toInteger() > 0);
        QVERIFY(run({u"explain"_s, u"http://a.example/web/x"_s}).contains("prod/web-0-0"));
    }

    // Of two of one name the edge takes one; the other says which.
    void ofTwoOfOneNameOneIsLoaded()
    {
        for (const auto &[command, name] : {std::pair(u"mappings"_s, "twice"), {u"hosts"_s, "twicehost"}}) {
            const auto document = edge::parseJson(run({command, u"-o"_s, u"json"_s}).toStdString());
            QStringList found;
            for (const edge::Value &one : document ? (*document)["items"].items() : edge::Value::Array()) {
                if (one["name"].text() == name)
                    found.append(QString::fromStdString(
                        one["source"].text() + ": " + one["state"].text() + " " + one["stateReason"].text()
                        + (one["messages"].items().empty() ? "" : one["messages"].items().front().text())));
            }
            found.sort();
            QCOMPARE(found.size(), 2);
            QCOMPARE(
                found[0],
                u"annotation of Service prod/earlierholder: replaced another of this name counts, that of annotation of Service prod/laterholder"_s);
            QVERIFY2(found[1].startsWith(u"annotation of Service prod/laterholder: loaded"_s),
                     qPrintable(found[1]));
        }
    }

    void anotherAmbassadorIdSeesItsOwn()
    {
        QCOMPARE(QString::fromStdString(
                     item(u"hosts"_s, "any", {u"--ambassador-id"_s, u"blue"_s})["state"].text()),
                 u"other edge"_s);
    }

    void aListenerTellsWhatItServes()
    {
        const edge::Value listener = item(u"listeners"_s, "http");
        QCOMPARE(listener["port"].toInteger(), 8080);
        QVERIFY(listener["routes"].toInteger() >= 1);
        QVERIFY(!listener["tls"].toBool(true));
    }

    void theExportIsABootstrapWithTheAddressesThatWereAskedFor()
    {
        const QByteArray text =
            run({u"edge"_s, u"export"_s, u"--format"_s, u"envoy"_s, u"--listener"_s,
                 u"8080=127.0.0.1:18080"_s, u"--map"_s, u"quote=127.0.0.1:7777"_s, u"-n"_s, u"prod"_s});
        const auto bootstrap = edge::parseJson(text.toStdString());
        QVERIFY2(bootstrap.has_value(), text.constData());
        const edge::Value &resources = (*bootstrap)["static_resources"];
        QCOMPARE(resources["listeners"].items().size(), size_t(1));
        QCOMPARE(
            resources["listeners"].items()[0].at({"address", "socket_address", "port_value"}).toInteger(),
            18080);
        QVERIFY(text.contains("7777"));
    }

    void anotherFormatIsWrongUsage()
    {
        QCOMPARE(run({u"edge"_s, u"export"_s, u"--format"_s, u"nginx"_s}, 2), QByteArray());
    }
};

SALLYPORT_TEST(edge_tables_test, EdgeTablesTest)
#include "edge_tables_test.moc"
