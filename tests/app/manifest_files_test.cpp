// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_files.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class ManifestFilesTest : public QObject
{
    Q_OBJECT

    static void write(const QString &path, const QByteArray &text)
    {
        QDir().mkpath(QFileInfo(path).absolutePath());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

private Q_SLOTS:
    void aFolderIsReadWithItsSubfoldersInOrder()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"b.yaml"_s), "kind: Mapping\nmetadata: {name: b}\n---\nkind: Mapping\nmetadata: {name: c}\n");
        write(folder.filePath(u"a/a.json"_s), R"({"kind": "List", "items": [{"kind": "Mapping", "metadata": {"name": "a"}}]})");
        write(folder.filePath(u"notes.txt"_s), ": not yaml [");
        const auto objects = app::readManifests(folder.path());
        QVERIFY2(objects, objects ? "" : objects.error().message.c_str());
        std::string names;
        for (const edge::Value &object : *objects)
            names += object.at({"metadata", "name"}).text();
        QCOMPARE(names, std::string("abc"));
    }

    void oneBadFileFailsTheWholeAndIsNamed()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"good.yaml"_s), "kind: Mapping\n");
        write(folder.filePath(u"bad.yaml"_s), "kind: [Mapping\nspec: {\n");
        const auto objects = app::readManifests(folder.path());
        QVERIFY(!objects);
        QVERIFY2(objects.error().message.find("bad.yaml") != std::string::npos, objects.error().message.c_str());
    }

    void aSetKeepsTheGoodDocumentsAndSaysWhereTheBadOnesAre()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s), "kind: Mapping\nmetadata: {name: a}\n---\nkind: [Mapping\n---\nkind: Host\nmetadata: {name: b, namespace: prod}\n");
        write(folder.filePath(u"worse.yaml"_s), "{{{");
        const app::UsableManifests set = app::readUsableManifests(folder.path(), u"default"_s);
        QCOMPARE(set.objects.size(), size_t(2));
        QCOMPARE(set.problems.size(), 2);
        QVERIFY2(set.problems[0].contains(u"all.yaml, document 2"_s), qPrintable(set.problems[0]));
        QVERIFY2(set.problems[1].contains(u"worse.yaml, document 1"_s), qPrintable(set.problems[1]));
        QVERIFY(set.places.value(u"Mapping default/a"_s).endsWith(u"all.yaml, document 1"_s));
        QVERIFY(set.places.value(u"Host prod/b"_s).endsWith(u"all.yaml, document 3"_s));
    }

    void whatIsNotThereIsSaid()
    {
        QTemporaryDir folder;
        QVERIFY(!app::readManifests(folder.filePath(u"absent.yaml"_s)));
        const auto empty = app::readManifests(folder.path());
        QVERIFY(!empty);
        QVERIFY(empty.error().message.find("no *.yaml") != std::string::npos);
    }

    void objectsGetTheNamespaceThatTheyLack()
    {
        const auto objects = app::readManifestText("kind: Mapping\napiVersion: getambassador.io/v2\nmetadata: {name: a}\nspec: {prefix: /a/, service: a}\n", u"x"_s);
        QVERIFY(objects);
        const auto input = app::snapshotInputOf(*objects, u"shop"_s, QDateTime::currentDateTimeUtc());
        QCOMPARE(input.objects.value(u"mappings"_s).size(), 1);
        QCOMPARE(input.objects.value(u"mappings"_s)[0].key(), u"shop/a"_s);
    }

    void whatNoManifestIsOfIsNotKnown()
    {
        const auto objects = app::readManifestText("kind: Service\napiVersion: v1\nmetadata: {name: a}\n", u"x"_s);
        QVERIFY(objects);
        const auto input = app::snapshotInputOf(*objects, u"shop"_s, QDateTime::currentDateTimeUtc());
        QVERIFY(input.objects.contains(u"services"_s));
        QVERIFY(input.objects.contains(u"mappings"_s));
        QVERIFY2(!input.objects.contains(u"pods"_s), "a Service without pods in the manifests is no Service without pods");
    }
};

SALLYPORT_TEST(manifest_files_test, ManifestFilesTest)
#include "manifest_files_test.moc"
