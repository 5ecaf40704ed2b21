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
    "spec: {hostname: '*', prefix: /backend/, service: quote}\n";

}

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
