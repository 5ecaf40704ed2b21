// SPDX-License-Identifier: GPL-3.0-or-later
// Where what is said of a manifest itself stands: each at its own line, several of one document and of one List, too.
#include "app/manifest_files.h"
#include "edge/config.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr const char *Mapping =
    "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: a}, spec: {prefix: /a/, "
    "service: a, ambassador_id: ID}}\n";

QByteArray mapping(const QByteArray &id) { return QByteArray(Mapping).replace("ID", id); }

} // namespace

class ManifestPlacesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachIsSaidAtItsOwnLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("id");        // of the edge that they are for; "" nobody's
        QTest::addColumn<QStringList>("lines"); // code, line and field of each finding, in their order
        const QByteArray list = "kind: List\napiVersion: v1\nitems:\n";
        QTest::newRow("strange items")
            << QByteArray(list
                          + "- 5\n- {kind: A, apiVersion: v1, metadata: {name: a}}\n- {kind: B}\n- [x]\n")
            << QString()
            << QStringList{u"RT-014 4 items[0]"_s, u"RT-014 6 items[2]"_s, u"RT-014 7 items[3]"_s};
        QTest::newRow("strange items of a list in a list")
            << QByteArray(list + "- kind: List\n  items:\n  - 5\n  - 6\n- 7\n") << QString()
            << QStringList{u"RT-014 6 items[0].items[0]"_s, u"RT-014 7 items[0].items[1]"_s,
                           u"RT-014 8 items[1]"_s};
        QTest::newRow("strange documents")
            << QByteArray("5\n---\n6\n") << QString() << QStringList{u"RT-014 1 "_s, u"RT-014 2 "_s};
        QTest::newRow("one name several times")
            << QByteArray(list + "- " + mapping("blue") + "- " + mapping("green") + "- " + mapping("red")) << QString()
            << QStringList{u"RT-014 4 items[0]"_s, u"RT-014 5 items[1]"_s};
        QTest::newRow("one name several times, of which the second is the edge's")
            << QByteArray(list + "- " + mapping("blue") + "- " + mapping("green") + "- " + mapping("red")) << u"green"_s
            << QStringList{u"RT-014 4 items[0]"_s, u"RT-014 6 items[2]"_s};
        QTest::newRow("strange, and a comment that mutes nothing")
            << QByteArray(list + "# sallyport:ignore RT-012\n- 5\n- 6\n") << QString()
            << QStringList{u"RT-023 4 "_s, u"RT-014 5 items[0]"_s, u"RT-014 6 items[1]"_s};
    }
    void eachIsSaidAtItsOwnLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, id);
        QTemporaryDir folder;
        QFile file(folder.filePath(u"all.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        app::ManifestSet set = app::ManifestReader({file.fileName()}, u"default"_s, {}).read();
        if (!id.isEmpty()) {
            edge::CompileOptions options;
            options.compat = edge::Compat::V1;
            options.ambassadorId = id.toStdString();
            app::fitToEdge(set, options);
        }
        QStringList lines;
        for (const models::Finding &finding : set.findings) {
            const app::ManifestOrigin *origin = set.originOf(finding);
            QVERIFY(origin);
            lines.append(u"%1 %2 %3"_s.arg(finding.code).arg(origin->line).arg(finding.path));
        }
        QTEST(lines, "lines");
    }
};

SALLYPORT_TEST(manifest_places_test, ManifestPlacesTest)
#include "manifest_places_test.moc"
