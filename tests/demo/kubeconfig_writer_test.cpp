// SPDX-License-Identifier: GPL-3.0-or-later
// A demo's kubeconfig may be replaced and removed by a demo, and no other file may.
#include "app/demo/kubeconfig_writer.h"
#include "edge/value.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

std::string demoText(const QString &path, const std::string &server = "https://127.0.0.1:6443")
{
    return demo::kubeconfigText({server, "ca", {}, "viewer-token", "team-token"}, path.toStdString());
}

Value demoConfig(const QString &path) { return edge::parseYaml(demoText(path)).value().front(); }

Value ownContext()
{
    return Value::object(
        {{"name", "work"}, {"context", Value::object({{"cluster", "demo"}, {"user", "demo"}})}});
}

Value ownUser()
{
    return Value::object({{"name", "me"}, {"user", Value::object({{"token", "the only copy"}})}});
}

Value ownCluster()
{
    return Value::object(
        {{"name", "work"}, {"cluster", Value::object({{"server", "https://work.example"}})}});
}

void put(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(text), text.size());
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class KubeconfigWriterTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_path;

private Q_SLOTS:
    void init()
    {
        m_path = m_folder.filePath(QString::fromLatin1(QTest::currentDataTag()).replace(u' ', u'-')
                                   + u"-config"_s);
    }

    void whatADemoWroteIsReplaced()
    {
        QVERIFY(demo::writePrivateFile(m_path.toStdString(), demoText(m_path)));
        QVERIFY(demo::isDemoKubeconfig(m_path.toStdString()));
        QVERIFY(demo::isDemoKubeconfig(QDir(m_folder.path())
                                           .relativeFilePath(m_path)
                                           .prepend(m_folder.path() + u"/./"_s)
                                           .toStdString()));
        const std::string next = demoText(m_path, "https://127.0.0.1:7443");
        QVERIFY(demo::writePrivateFile(m_path.toStdString(), next));
        QCOMPARE(contentOf(m_path), QByteArray::fromStdString(next));
    }

    // As kubectl leaves it behind `config use-context` and `config set-context --namespace`.
    void anotherCurrentContextIsStillTheDemos()
    {
        Value config = demoConfig(m_path);
        config.set("current-context", "demo-viewer");
        config.child("contexts").mutableItems()[1].child("context").set("namespace", "shop");
        put(m_path, QByteArray::fromStdString(edge::toYaml(config)));
        QVERIFY(demo::isDemoKubeconfig(m_path.toStdString()));
    }

    void aFileWithAnythingElseInItStaysAsItIs_data()
    {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *name, const Value &config) {
            QTest::newRow(name) << QByteArray::fromStdString(edge::toYaml(config));
        };
        const auto with = [this](const char *list, Value item, const char *name) {
            Value config =
                demoConfig(m_folder.filePath(QString::fromLatin1(name).replace(u' ', u'-') + u"-config"_s));
            config.child(list).push(std::move(item));
            return config;
        };
        row("merged context", with("contexts", ownContext(), "merged context"));
        row("own cluster", with("clusters", ownCluster(), "own cluster"));
        row("own user", with("users", ownUser(), "own user"));
        row("copied from elsewhere", demoConfig(m_folder.filePath(u"elsewhere"_s)));
        Value merged = Value::object({{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", "work"}});
        merged.set("clusters", Value::array({ownCluster()}));
        merged.set("users", Value::array({ownUser()}));
        merged.set("contexts", Value::array({ownContext()}));
        const Value added = demoConfig(m_folder.filePath(u"elsewhere"_s));
        for (const char *list : {"clusters", "users", "contexts"}) { // kubectl config view --flatten
            for (const Value &item : added[list].items())
                merged.child(list).push(item);
        }
        row("demo merged into own", merged);
        Value unmarked = demoConfig(m_folder.filePath(u"one-without-a-marker-config"_s));
        unmarked.child("contexts").mutableItems()[2].child("context").erase("extensions");
        row("one without a marker", unmarked);
        Value empty = demoConfig(m_folder.filePath(u"no-contexts-config"_s));
        empty.set("contexts", Value::array());
        row("no contexts", empty);
        QTest::newRow("only a comment") << QByteArray("# sallyport.dev/demo\n");
        QTest::newRow("no YAML") << QByteArray("sallyport.dev/demo: [\n");
        const std::string first = demoText(m_folder.filePath(u"two-documents-config"_s));
        QTest::newRow("two documents") << QByteArray::fromStdString(
            first + "\n---\n" + edge::toYaml(Value::object({{"contexts", Value::array({ownContext()})}})));
        QTest::newRow("empty") << QByteArray();
    }
    void aFileWithAnythingElseInItStaysAsItIs()
    {
        QFETCH(QByteArray, text);
        put(m_path, text);
        QVERIFY(!demo::isDemoKubeconfig(m_path.toStdString()));
        const auto written = demo::writePrivateFile(m_path.toStdString(), demoText(m_path));
        QVERIFY(!written);
        QVERIFY2(written.error().message.find(m_path.toStdString()) == 0
                     && written.error().message.find("choose another file") != std::string::npos,
                 written.error().message.c_str());
        QCOMPARE(contentOf(m_path), text); // byte for byte
    }
};

SALLYPORT_TEST(kubeconfig_writer_test, KubeconfigWriterTest)
#include "kubeconfig_writer_test.moc"
