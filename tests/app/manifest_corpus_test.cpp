// SPDX-License-Identifier: GPL-3.0-or-later
// What Emissary is asked of in the corpus reaches the edge of explain, check and the tables, too: a case's objects, read as
// manifests and made a snapshot of, compile to the very configuration that the compiler makes of the objects themselves.
#include "app/manifest_files.h"
#include "edge/config/envoy_export.h"
#include "models/analysis/edge_compile.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

edge::SharedList<Value> objectsOf(const Value &corpusCase)
{
    edge::SharedList<Value> objects;
    for (const Value &object : corpusCase["resources"].items())
        objects.push_back(std::make_shared<const Value>(object));
    return objects;
}

models::EdgeInstallation installationOf(const Value &settings)
{
    const auto text = [&](const char *name) { return QString::fromStdString(settings[name].text()); };
    models::EdgeInstallation installation;
    installation.ambassadorId = text("ambassador_id").isEmpty() ? u"default"_s : text("ambassador_id");
    installation.ambassadorNamespace = text("namespace").isEmpty() ? u"default"_s : text("namespace");
    installation.singleNamespace = settings["single_namespace"].toBool();
    installation.edgeStack = settings["edge_stack"].toBool();
    if (!settings["version"].text().empty())
        installation.compat = edge::compatFromVersion(settings["version"].text());
    return installation;
}

QStringList said(const edge::Config &config)
{
    QStringList all;
    for (const edge::Diagnostic &diagnostic : config.diagnostics)
        all.append(QString::fromStdString(diagnostic.object.kind + " " + diagnostic.object.nameSpace + "/"
                                          + diagnostic.object.name + ": " + diagnostic.message));
    all.sort();
    return all;
}

} // namespace

class ManifestCorpusTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyCaseReachesTheEdgeWhole_data()
    {
        QTest::addColumn<QString>("path");
        const QString shared = QString::fromStdString(sharedFolder() + "/corpus");
        const QDir cases(QDir(shared).exists() ? shared
                                               : QStringLiteral(SALLYPORT_SOURCE_DIR "/tests/data/corpus"));
        const QStringList files = cases.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
        QVERIFY(files.size() > 100);
        for (const QString &file : files)
            QTest::newRow(file.toUtf8().constData()) << cases.filePath(file);
    }
    void everyCaseReachesTheEdgeWhole()
    {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto corpusCase = edge::parseJson(file.readAll().toStdString());
        QVERIFY(corpusCase);
        if ((*corpusCase)["resources"].items().empty())
            return; // tables and texts: the compiler's own
        const edge::SharedList<Value> objects = objectsOf(*corpusCase);
        models::SnapshotInput input = app::snapshotInputOf(objects, QDateTime::currentDateTimeUtc());
        for (const QString &plural : {u"secrets"_s, u"services"_s}) // the case is all there is
            input.objects.insert(plural, input.objects.value(plural));
        const auto snapshot = models::makeSnapshot(input);
        const models::EdgeInstallation installation = installationOf((*corpusCase)["settings"]);
        const edge::Config ours = models::EdgeCompiler().compile(*snapshot, installation).config;

        edge::Compilation compilation(models::compileOptions(*snapshot, installation));
        compilation.setAll(objects);
        const edge::Config direct = compilation.compile();
        QCOMPARE(said(ours), said(direct));
        QCOMPARE(QString::fromStdString(edge::toJson(edge::envoyBootstrap(ours), 1)),
                 QString::fromStdString(edge::toJson(edge::envoyBootstrap(direct), 1)));
    }
};

SALLYPORT_TEST(manifest_corpus_test, ManifestCorpusTest)
#include "manifest_corpus_test.moc"
