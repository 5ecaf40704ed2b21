// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_files.h"
#include "models/resources/snapshot.h"
#include "tests/kube/test_authority.h"
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

    static app::ManifestSet read(const QString &path)
    {
        return app::ManifestReader({path}, u"default"_s, {}).read();
    }

private Q_SLOTS:
    void aFolderIsReadWithItsSubfoldersInOrder()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"b.yaml"_s),
              "{apiVersion: v2, kind: Mapping, metadata: {name: b}}\n---\n{apiVersion: v2, kind: Mapping, "
              "metadata: {name: c}}\n");
        write(
            folder.filePath(u"a/a.json"_s),
            R"({"kind": "List", "items": [{"apiVersion": "v2", "kind": "Mapping", "metadata": {"name": "a"}}]})");
        write(folder.filePath(u"notes.txt"_s), ": not yaml [");
        const app::ManifestSet set = read(folder.path());
        QCOMPARE(set.problems, QStringList());
        std::string names;
        for (const edge::Value &object : set.objects)
            names += object.at({"metadata", "name"}).text();
        QCOMPARE(names, std::string("abc"));
    }

    void theGoodDocumentsAreKeptAndTheBadOnesAreNamed()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s),
              "{kind: Mapping, apiVersion: v2,\nmetadata: {name: a}}\n---\nkind: [Mapping\n---\n{kind: Host, "
              "apiVersion: v2,\n"
              "metadata: {name: b, namespace: prod}}\n");
        write(folder.filePath(u"worse.yaml"_s), "{{{");
        const app::ManifestSet set = read(folder.path());
        QCOMPARE(set.objects.size(), size_t(2));
        QCOMPARE(set.problems.size(), 2);
        QVERIFY2(set.problems[0].contains(u"all.yaml, document 2, line 5"_s), qPrintable(set.problems[0]));
        QVERIFY2(set.problems[1].contains(u"worse.yaml, document 1"_s), qPrintable(set.problems[1]));
        QVERIFY(set.origins.value(u"Mapping default/a"_s).text().endsWith(u"all.yaml, document 1"_s));
        QVERIFY(set.origins.value(u"Host prod/b"_s).text().endsWith(u"all.yaml, document 3"_s));
        QCOMPARE(set.origins.value(u"Host prod/b"_s).line, 5);
    }

    void whatAnAnnotationHoldsIsFoundInItsFile()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"services.yaml"_s),
              "kind: Service\napiVersion: v1\nmetadata: {name: plain}\n---\n"
              "kind: Service\napiVersion: v1\nmetadata:\n  name: quote\n  namespace: shop\n  annotations:\n"
              "    getambassador.io/config: |\n"
              "      ---\n      apiVersion: getambassador.io/v2\n      kind: Mapping\n      name: old\n"
              "      ---\n      apiVersion: getambassador.io/v3alpha1\n      kind: TCPMapping\n"
              "      metadata: {name: new, namespace: front}\n---\n"
              "kind: Service\napiVersion: v1\nmetadata: {name: torn, annotations: {getambassador.io/config: "
              "'[a'}}\n"
              "---\nkind: TCPMapping\napiVersion: getambassador.io/v2\nmetadata: {name: new, namespace: "
              "front}\n");
        const app::ManifestSet set = read(folder.path());
        QCOMPARE(set.problems, QStringList());
        QVERIFY(set.origins.value(u"Mapping shop/old"_s).text().endsWith(u"services.yaml, document 2"_s));
        QVERIFY(set.origins.value(u"TCPMapping front/new"_s).text().endsWith(u"services.yaml, document 4"_s));
        QCOMPARE(set.notes, QStringList()); // an object beside an annotation is no second one
        QVERIFY(set.origins.value(u"Service default/torn"_s).text().endsWith(u"services.yaml, document 3"_s));
        const QString note = u"Mapping shop/old: spec.prefix: is missing"_s;
        QVERIFY(app::withPlace(note, set).contains(u"services.yaml, document 2: Mapping shop/old"_s));
    }

    void documentsAreCutAtSeparatorsAndCommentsBelongToWhatFollows_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<int>>("lines"); // of the documents
        const QByteArray a = "kind: A\napiVersion: v1\nmetadata: {name: a}\n";
        const QByteArray b = "kind: B\napiVersion: v1\nmetadata: {name: b}\n";
        QTest::newRow("one") << a << QList<int>{1};
        QTest::newRow("two") << QByteArray(a + "---\n" + b) << QList<int>{1, 4};
        QTest::newRow("a separator in front") << QByteArray("---\n" + a + "---\n" + b) << QList<int>{1, 5};
        QTest::newRow("a header") << QByteArray("# ours\n\n---\n" + a + "--- # next\n" + b)
                                  << QList<int>{3, 7};
        QTest::newRow("nothing between") << QByteArray(a + "---\n# nothing\n---\n" + b) << QList<int>{1, 6};
        QTest::newRow("other line ends")
            << QByteArray(a + "---\n" + b).replace("\n", "\r\n") << QList<int>{1, 4};
        QTest::newRow("text that looks like one")
            << QByteArray(a + "text: |\n  ---\n  x\n---x: y\n") << QList<int>{1};
        QTest::newRow("on the same line")
            << QByteArray(a + "--- {kind: B, apiVersion: v1, metadata: {name: b}}") << QList<int>{1, 4};
        QTest::newRow("nothing at all") << QByteArray("# nothing\n---\n") << QList<int>();
    }
    void documentsAreCutAtSeparatorsAndCommentsBelongToWhatFollows()
    {
        QFETCH(QByteArray, text);
        QFETCH(QList<int>, lines);
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s), text);
        const app::ManifestSet set = read(folder.filePath(u"all.yaml"_s));
        QCOMPARE(set.problems + set.notes, QStringList());
        QList<int> found;
        for (const char *name : {"A default/a", "B default/b"}) {
            if (const auto origin = set.origins.constFind(QString::fromLatin1(name));
                origin != set.origins.constEnd())
                found.append(origin->line);
        }
        QCOMPARE(found, lines);
    }

    void whatNobodyLooksAtIsSaid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("note");
        const QByteArray a = "{kind: Mapping, apiVersion: v1, metadata: {name: a}}";
        QTest::newRow("a list") << QByteArray("[1, 2]") << u"document 1: what stands there is no object"_s;
        QTest::newRow("a word") << QByteArray("Mapping") << u"is no object"_s;
        QTest::newRow("no kind") << QByteArray("{apiVersion: v1, metadata: {name: a}}") << u"has no kind"_s;
        QTest::newRow("no apiVersion")
            << QByteArray("{kind: Mapping, metadata: {name: a}}") << u"has no apiVersion"_s;
        QTest::newRow("no name") << QByteArray("{kind: Mapping, apiVersion: v1}")
                                 << u"has no metadata.name"_s;
        QTest::newRow("a name that is true to YAML 1.1")
            << QByteArray("{kind: Mapping, apiVersion: v1, metadata: {name: y}}")
            << u"has metadata.name true, which is no text (y, yes, on, n"_s;
        QTest::newRow("a name that is a number")
            << QByteArray("{kind: Mapping, apiVersion: v1, metadata: {name: 5}}")
            << u"has metadata.name 5, which is no text; nothing looks at it"_s;
        QTest::newRow("twice") << QByteArray(a + "\n---\n" + a)
                               << u"document 1: Mapping default/a is there more than once; the one of"_s;
    }
    // Of one name an API server holds one object: which one it would be of these depends on the edge.
    void ofSeveralOfOneNameTheEdgesOwnIsThere_data()
    {
        QTest::addColumn<QString>("compat");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("document"); // that counts, as is said of the others
        QTest::newRow("of 4.1") << u"v4"_s << u"default"_s << u"/4/"_s << u"4"_s;
        QTest::newRow("of 1.x") << u"v1"_s << u"default"_s << u"/4/"_s << u"4"_s;
        QTest::newRow("of another id") << u"v4"_s << u"blue"_s << u"/1/"_s << u"1"_s;
        QTest::newRow("of none of them") << u"v4"_s << u"green"_s << u"/4/"_s << u"4"_s;
    }
    void ofSeveralOfOneNameTheEdgesOwnIsThere()
    {
        QFETCH(QString, compat);
        QFETCH(QString, id);
        QFETCH(QString, prefix);
        QFETCH(QString, document);
        QByteArray text;
        for (const auto &[version, spec] : {std::pair("v3alpha1", "prefix: /1/, ambassador_id: [blue]"),
                                            {"v3alpha1", "prefix: /2/"},
                                            {"v2", "prefix: /3/"},
                                            {"v2", "prefix: /4/"}})
            text += "---\n{kind: Mapping, apiVersion: getambassador.io/" + QByteArray(version)
                + ", metadata: {name: a}, spec: {" + spec + "}}\n";
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        write(path, text);
        app::ManifestSet set = read(path);
        QCOMPARE(set.objects.size(), size_t(1));
        QCOMPARE(set.objects.begin()->at({"spec", "prefix"}).text(),
                 std::string("/4/")); // as kubectl apply leaves it
        edge::CompileOptions options;
        options.compat = *edge::compatFromName(compat.toStdString());
        options.ambassadorId = id.toStdString();
        app::fitToEdge(set, options);
        QCOMPARE(set.objects.size(), size_t(1));
        QCOMPARE(QString::fromStdString(set.objects.begin()->at({"spec", "prefix"}).text()), prefix);
        const QString place = u"%1, document %2"_s.arg(path, document);
        QCOMPARE(set.origins.value(u"Mapping default/a"_s).text(), place);
        QCOMPARE(set.notes.size(), 3);
        for (const QString &note : std::as_const(set.notes)) {
            QVERIFY2(!note.startsWith(place), qPrintable(note));
            QVERIFY2(note.endsWith(u": Mapping default/a is there more than once; the one of "_s + place
                                   + u" counts"_s),
                     qPrintable(note));
        }
        QStringList found; // of the same documents
        for (const models::Finding &finding : std::as_const(set.findings)) {
            QCOMPARE(finding.code, u"RT-014"_s);
            found.append(finding.subject.name + u": "_s + finding.message);
            QVERIFY(set.originOf(finding));
            QCOMPARE(set.originOf(finding)->text(), finding.subject.name);
        }
        QCOMPARE(found, set.notes);
    }

    // A document is counted where something is written, and only there.
    void documentsAreCountedAsPeopleCount_data()
    {
        QTest::addColumn<QByteArray>("before"); // what comes before the second object
        QTest::newRow("a separator") << QByteArray("---\n");
        QTest::newRow("two") << QByteArray("---\n---\n");
        QTest::newRow("a comment between") << QByteArray("---\n# b\n---\n");
        QTest::newRow("blank lines between") << QByteArray("---\r\n\r\n--- # c\r\n");
        QTest::newRow("nothing as null") << QByteArray("---\n~\n---\nnull\n---\n");
        QTest::newRow("an end and a start") << QByteArray("...\n---\n");
        QTest::newRow("an end") << QByteArray("...\n");
        QTest::newRow("a directive") << QByteArray("...\n%YAML 1.1\n---\n");
    }
    void documentsAreCountedAsPeopleCount()
    {
        QFETCH(QByteArray, before);
        const QByteArray object = "kind: Host\napiVersion: getambassador.io/v2\nmetadata: {name: %1}\n";
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        const QByteArray first = QByteArray(object).replace("%1", "a");
        write(path, first + before + QByteArray(object).replace("%1", "b"));
        const app::ManifestSet set = read(path);
        QCOMPARE(set.notes + set.problems, QStringList());
        QCOMPARE(set.origins.value(u"Host default/a"_s).document, 1);
        const app::ManifestOrigin second = set.origins.value(u"Host default/b"_s);
        QCOMPARE(second.document, 2);
        QVERIFY2(second.line > 3 && second.line <= 4 + before.count('\n'), qPrintable(second.text()));
    }

    // Another group's object of that kind and name is another object.
    void ofAnotherGroupItStays()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        write(path,
              "{kind: Host, apiVersion: example.com/v1, metadata: {name: a}}\n---\n"
              "{kind: Host, apiVersion: getambassador.io/v2, metadata: {name: a}}\n");
        const app::ManifestSet set = read(path);
        QCOMPARE(set.objects.size(), size_t(2));
        QCOMPARE(set.notes, QStringList());
    }

    void whatIsMadeOfAnIngressIsFoundThere()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        write(path,
              "{kind: Mapping, apiVersion: getambassador.io/v2, metadata: {name: a}}\n---\n"
              "{kind: Ingress, apiVersion: networking.k8s.io/v1, metadata: {name: web, annotations: "
              "{kubernetes.io/ingress.class: ambassador}}, spec: {defaultBackend: {service: {name: s, port: "
              "{number: 80}}}}}\n");
        app::ManifestSet set = read(path);
        app::fitToEdge(set, {});
        QCOMPARE(set.origins.value(u"Mapping default/web-default-backend"_s).document, 2);
    }

    // What a report points at: each of a list, not the list.
    void eachOfAListHasItsOwnLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<int>>("lines"); // of the Mappings a, b …
        const QByteArray head = "apiVersion: getambassador.io/v2\nkind: ";
        const auto item = [&head](const QByteArray &indent, const QByteArray &name) -> QByteArray {
            return indent + "- apiVersion: getambassador.io/v2\n" + indent + "  kind: Mapping\n" + indent
                + "  metadata: {name: " + name + "}\n";
        };
        const QByteArray list = "# of a tool\napiVersion: v1\nkind: List\nitems:\n";
        QTest::newRow("a list") << QByteArray(list + item({}, "a") + "# the second\n" + item({}, "b"))
                                << QList<int>{5, 9};
        QTest::newRow("indented, and behind another document") << QByteArray(
            head + "Mapping\nmetadata: {name: a}\n---\n" + list + item("  ", "b") + item("  ", "c"))
                                                               << QList<int>{1, 9, 12};
        QTest::newRow("a list in a list")
            << QByteArray("kind: List\nitems:\n- kind: List\n  items:\n" + item("  ", "a") + item({}, "b"))
            << QList<int>{5, 8};
        QTest::newRow("JSON") << QByteArray("{\"kind\": \"List\", \"items\": [\n"
                                            " {\"apiVersion\": \"getambassador.io/v2\", \"kind\": "
                                            "\"Mapping\", \"metadata\": {\"name\": \"a\"}},\n"
                                            " {\"apiVersion\": \"getambassador.io/v2\",\n"
                                            "  \"kind\": \"Mapping\", \"metadata\": {\"name\": \"b\"}}]}\n")
                              << QList<int>{2, 3};
        QTest::newRow("items of something else")
            << QByteArray(head + "Mapping\nmetadata: {name: a}\nspec:\n  items:\n  - x\n") << QList<int>{1};
    }
    void eachOfAListHasItsOwnLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QList<int>, lines);
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        write(path, text);
        const app::ManifestSet set = read(path);
        const auto placed = app::ManifestReader::placedManifests(text, path);
        QVERIFY(placed);
        QCOMPARE(qsizetype(placed->size()), lines.size());
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const QString name = u"Mapping default/"_s + QChar(ushort(u'a' + i));
            QVERIFY2(set.origins.contains(name), qPrintable(set.problems.join(u' ')));
            QCOMPARE(set.origins.value(name).line, lines[i]);
            QCOMPARE((*placed)[std::size_t(i)].origin.line, lines[i]);
        }
    }

    void theFindingsSayWhere_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("findings"); // FILE is the file
        const QByteArray a = "{kind: Mapping, apiVersion: getambassador.io/v2, metadata: {name: a}}\n";
        QTest::newRow("a good one") << a << QStringList{};
        QTest::newRow("no YAML") << QByteArray(a + "---\nkind: [Mapping\n---\n")
                                 << QStringList{u"RT-013 Manifest FILE, document 2 line 2"_s};
        QTest::newRow("not UTF-8") << QByteArray(a + "---\n" + QByteArray(a).replace("name: a", "name: \xff"))
                                   << QStringList{u"RT-013 Manifest FILE, document 2 line 2"_s};
        QTest::newRow("two that are no objects") << QByteArray("[1]\n---\n[1]\n---\n" + a)
                                                 << QStringList{u"RT-014 Manifest FILE, document 1 line 1"_s,
                                                                u"RT-014 Manifest FILE, document 2 line 2"_s};
        QTest::newRow("a slip of the pen in the kind") << QByteArray(a).replace("Mapping", "Listner")
                                                       << QStringList{u"RT-014 Listner default/a line 1"_s};
        QTest::newRow("a kind of Edge Stack")
            << QByteArray(a).replace("Mapping", "FilterPolicy") << QStringList{};
        QTest::newRow("a mute without a reason") << QByteArray(a + "---\n\n# sallyport:ignore RT-012\n"
                                                               + QByteArray(a).replace("name: a", "name: b"))
                                                 << QStringList{u"RT-023 Manifest FILE, document 2 line 4"_s};
        QTest::newRow("a mute of no code") << QByteArray("# sallyport:ignore RT-999 later\n" + a)
                                           << QStringList{u"RT-023 Manifest FILE, document 1 line 1"_s};
        QTest::newRow("a kind of others")
            << QByteArray("{kind: Listner, apiVersion: example.com/v1, metadata: {name: a}}")
            << QStringList{};
    }
    void theFindingsSayWhere()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, findings);
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        write(path, text);
        const app::ManifestSet set = read(path);
        QStringList found;
        for (const models::Finding &finding : set.findings) {
            const app::ManifestOrigin origin = set.origins.value(finding.subject.text());
            found.append(u"%1 %2 line %3"_s.arg(finding.code, finding.subject.text().replace(path, u"FILE"_s))
                             .arg(origin.line));
            QVERIFY2(!finding.message.contains(path), qPrintable(finding.message));
            QVERIFY(set.problems.join(u' ').contains(finding.message)
                    || set.notes.join(u' ').contains(finding.message));
        }
        QCOMPARE(found, findings);
        QVERIFY2(!set.notes.join(u' ').contains(u"more than once"_s), qPrintable(set.notes.join(u' ')));
    }

    void aSlipOfThePenIsGuessed()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s),
              "{kind: Listner, apiVersion: getambassador.io/v3alpha1, metadata: {name: l}}\n");
        const app::ManifestSet set = read(folder.path());
        QCOMPARE(set.findings.value(0).message,
                 u"Listner is no kind of getambassador.io (Listener is); nothing looks at it"_s);
    }

    void whatNobodyLooksAtIsSaid()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, note);
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s), text);
        const app::ManifestSet set = read(folder.filePath(u"all.yaml"_s));
        QCOMPARE(set.notes.size(), 1);
        QVERIFY2(set.notes[0].contains(note), qPrintable(set.notes[0]));
        QCOMPARE(set.objects.size(), note.contains("more than once"_L1) ? 1u : 0u);
        QCOMPARE(set.findings.size(), 1);
        QCOMPARE(set.findings[0].code, u"RT-014"_s);
        QVERIFY2(note.contains(set.findings[0].message) || set.notes[0].contains(set.findings[0].message),
                 qPrintable(set.findings[0].message));
    }

    void documentsThatHaveNotChangedKeepTheirObjects()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"all.yaml"_s);
        const QByteArray a = "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: a}\n",
                         b = "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: b}\n";
        write(path, a + b);
        app::ManifestReader reader({path}, u"default"_s, {});
        const app::ManifestSet first = reader.read();
        const QString before = reader.fingerprint();
        write(path, b + "---\n{kind: Host, apiVersion: v2,\nmetadata: {name: c}}\n" + a);
        QVERIFY(reader.fingerprint() != before);
        const app::ManifestSet second = reader.read();
        QCOMPARE(second.objects.size(), size_t(3));
        QVERIFY(second.objects.items()[0] == first.objects.items()[1]);
        QVERIFY(second.objects.items()[2] == first.objects.items()[0]);
        QCOMPARE(second.origins.value(u"Mapping default/a"_s).line, 8);
        write(path, a.chopped(1));
        QCOMPARE(reader.read().objects.size(), size_t(1));
    }

    void whatIsNotThereIsSaid()
    {
        QTemporaryDir folder;
        QVERIFY(read(folder.filePath(u"absent.yaml"_s)).problems.value(0).contains(u"cannot be read"_s));
        QVERIFY(read(folder.path()).problems.value(0).contains(u"no *.yaml"_s));
        const QString link = folder.filePath(u"b.yaml"_s); // that leads nowhere
        QVERIFY(QFile::link(folder.filePath(u"absent.yaml"_s), link));
        write(folder.filePath(u"a.yaml"_s),
              "{kind: Mapping, apiVersion: getambassador.io/v2, metadata: {name: a}}\n");
        const app::ManifestSet set = read(folder.path());
        QCOMPARE(set.objects.size(), size_t(1));
        QCOMPARE(set.problems.size(), 1);
        QVERIFY2(set.problems[0].startsWith(link + u" cannot be read"_s), qPrintable(set.problems[0]));
        QCOMPARE(set.findings.value(0).code, u"RT-013"_s);
    }

    void aListIsUnfoldedOrSaidWithItsField_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("names");   // of the objects
        QTest::addColumn<QString>("finding"); // of the list; "" none
        const QByteArray a = "{apiVersion: v1, kind: A, metadata: {name: a}}";
        QTest::newRow("of one") << QByteArray("kind: List\nitems: [" + a + "]\n") << u"a b"_s << QString();
        QTest::newRow("of a kind") << QByteArray("kind: AList\nitems: [" + a + "]\n") << u"a b"_s
                                   << QString();
        QTest::newRow("in a list") << QByteArray("kind: List\nitems: [{kind: List, items: [" + a + "]}]\n")
                                   << u"a b"_s << QString();
        QTest::newRow("empty") << QByteArray("kind: List\nitems: []\n") << u"b"_s << QString();
        QTest::newRow("without items") << QByteArray("kind: List\nitems:\n") << u"b"_s << QString();
        QTest::newRow("a number for items")
            << QByteArray("kind: List\nitems: 5\n") << u"b"_s
            << u"RT-013 items: 5 is not a list; correct it there, nothing of this document is used"_s;
        QTest::newRow("an object for items")
            << QByteArray("kind: List\nitems: {a: b}\n") << u"b"_s
            << u"RT-013 items: {\"a\":\"b\"} is not a list; correct it there, nothing of this document is used"_s;
        QTest::newRow("an item that is a number")
            << QByteArray("kind: List\nitems: [" + a + ", 5]\n") << u"a b"_s
            << u"RT-014 items[1] items[1] is no object; nothing looks at it"_s;
        QTest::newRow("an item without a name")
            << QByteArray("kind: List\nitems: [{kind: A, apiVersion: v1}]\n") << u"b"_s
            << u"RT-014 items[0] items[0] has no metadata.name; nothing looks at it"_s;
        QTest::newRow("an item of a list in a list")
            << QByteArray("kind: List\nitems: [{kind: List, items: [[]]}]\n") << u"b"_s
            << u"RT-014 items[0].items[0] items[0].items[0] is no object; nothing looks at it"_s;
    }
    void aListIsUnfoldedOrSaidWithItsField()
    {
        QFETCH(QByteArray, text);
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s), text + "---\n{apiVersion: v1, kind: B, metadata: {name: b}}\n");
        const app::ManifestSet set = read(folder.filePath(u"all.yaml"_s));
        QStringList names, findings;
        for (const edge::Value &object : set.objects)
            names.append(QString::fromStdString(object.at({"metadata", "name"}).text()));
        for (const models::Finding &finding : set.findings) {
            QVERIFY2(finding.subject.name.endsWith(u"all.yaml, document 1"_s),
                     qPrintable(finding.subject.name));
            findings.append(QStringList{finding.code, finding.path, finding.message}.join(u' ').simplified());
        }
        QTEST(names.join(u' '), "names");
        QTEST(findings.join(u'\n'), "finding");
        QCOMPARE(set.problems.size() + set.notes.size(), findings.size());
    }

    void fieldsOfAWrongTypeAreSaid_data()
    {
        QTest::addColumn<QByteArray>("rest"); // beside a kind and a name
        QTest::addColumn<QString>("finding");
        QTest::newRow("labels") << QByteArray("kind: A\nmetadata: {name: a, labels: 5}\n")
                                << u"metadata.labels is 5, which is not an object, and is not read"_s;
        QTest::newRow("a label") << QByteArray("kind: A\nmetadata: {name: a, labels: {a: yes}}\n")
                                 << u"metadata.labels.a is true, which is not a text, and is not read"_s;
        QTest::newRow("an annotation")
            << QByteArray("kind: Service\nmetadata: {name: a, annotations: {getambassador.io/config: [a]}}\n")
            << u"metadata.annotations.getambassador.io/config is [\"a\"], and must be a text: the API server refuses the object"_s;
        QTest::newRow("a namespace") << QByteArray("kind: A\nmetadata: {name: a, namespace: 7}\n")
                                     << u"metadata.namespace is 7, which is not a text"_s;
        QTest::newRow("a Secret's data")
            << QByteArray("kind: Secret\nmetadata: {name: a}\ndata: 5\n")
            << u"data is a number, and must be an object: the API server refuses the object"_s;
        QTest::newRow("a value of a Secret, which is not shown")
            << QByteArray("kind: Secret\nmetadata: {name: a}\nstringData: {pin: 1234}\n")
            << u"stringData.pin is a number, and must be a text: the API server refuses the object"_s;
        QTest::newRow("an Endpoints' addresses")
            << QByteArray("kind: Endpoints\nmetadata: {name: a}\nsubsets: {}\n")
            << u"subsets is {}, and must be a list: the API server refuses the object"_s;
        QTest::newRow("nothing said")
            << QByteArray("kind: Secret\nmetadata: {name: a, labels: , annotations: }\ndata:\n") << QString();
    }
    void fieldsOfAWrongTypeAreSaid()
    {
        QFETCH(QByteArray, rest);
        QTemporaryDir folder;
        write(folder.filePath(u"all.yaml"_s), "apiVersion: v1\n" + rest);
        const app::ManifestSet set = read(folder.filePath(u"all.yaml"_s));
        QStringList said;
        for (const models::Finding &finding : set.findings)
            said.append(finding.message);
        QCOMPARE(set.notes.size(), said.size());
        const auto snapshot =
            models::makeSnapshot(app::snapshotInputOf(set.objects, QDateTime::currentDateTimeUtc()));
        for (const models::Finding &fault : snapshot->fieldFaults)
            said.append(fault.message);
        QTEST(said.join(u'\n'), "finding");
        QCOMPARE(set.objects.size(), size_t(1));
    }

    void objectsGetTheNamespaceThatTheyLack()
    {
        QTemporaryDir folder;
        write(folder.filePath(u"a.yaml"_s),
              "kind: Mapping\napiVersion: getambassador.io/v2\nmetadata: {name: a}\nspec: {prefix: /a/, "
              "service: a}\n"
              "---\nkind: Namespace\napiVersion: v1\nmetadata: {name: shop}\n");
        const app::ManifestSet set = app::ManifestReader({folder.path()}, u"shop"_s, {}).read();
        const auto input = app::snapshotInputOf(set.objects, QDateTime::currentDateTimeUtc());
        QCOMPARE(input.objects.value(u"mappings"_s).size(), 1);
        QCOMPARE(input.objects.value(u"mappings"_s)[0].key(), u"shop/a"_s);
        QVERIFY2(set.origins.contains(u"Namespace shop"_s), "a Namespace is in none");
    }

    // As on a cluster, where the reader of its answers looks at the key and lets it go.
    void aKeyThatIsNotItsCertificatesIsSaid_data()
    {
        QTest::addColumn<QByteArray>("form"); // CERT and KEY: base64; cert and key: as text of a JSON string
        QTest::addColumn<bool>("isOwn");
        for (const bool isOwn : {true, false}) {
            const char *end = isOwn ? ", its own" : ", another one's";
            QTest::addRow("data%s", end) << QByteArray("data: {tls.crt: CERT, tls.key: KEY}") << isOwn;
            QTest::addRow("stringData%s", end)
                << QByteArray(R"(stringData: {tls.crt: "cert", tls.key: "key"})") << isOwn;
            QTest::addRow("each another%s", end)
                << QByteArray(R"(data: {tls.crt: CERT}, stringData: {tls.key: "key"})") << isOwn;
        }
    }
    void aKeyThatIsNotItsCertificatesIsSaid()
    {
        QFETCH(QByteArray, form);
        QFETCH(bool, isOwn);
        const TestAuthority authority;
        const TestIdentity own = authority.issue({}), other = authority.issue({});
        const QByteArray key = isOwn ? own.key : other.key;
        const auto text = [](const QByteArray &pem) -> QByteArray {
            return QByteArray(pem).replace('\n', "\\n");
        };
        form.replace("CERT", own.certificate.toBase64()).replace("KEY", key.toBase64());
        form.replace("\"cert\"", QByteArray('"' + text(own.certificate) + '"'));
        form.replace("\"key\"", QByteArray('"' + text(key) + '"'));
        const auto objects = app::readManifestText("{apiVersion: v1, kind: Secret, metadata: {name: shop, "
                                                   "namespace: shop}, type: kubernetes.io/tls, "
                                                       + form + "}",
                                                   u"x"_s);
        QVERIFY(objects);
        const auto input = app::snapshotInputOf(*objects, QDateTime::currentDateTimeUtc());
        const auto snapshot = models::makeSnapshot(input);
        QCOMPARE(snapshot->secrets.size(), size_t(1));
        const models::TlsSecret secret = *snapshot->secrets.begin();
        QVERIFY(secret.hasKey);
        QCOMPARE(secret.chains.value(u"tls.crt"_s).size(), 1);
        QCOMPARE(secret.keyProblems.contains(u"tls.crt"_s), !isOwn);
        const QByteArray kept = input.objects.value(u"secrets"_s).first().json;
        const QByteArray line = key.split('\n').at(1);
        QVERIFY(!kept.contains(line) && !kept.contains(key.toBase64().mid(60, 40)));
    }

    void whatNoManifestIsOfIsNotKnown()
    {
        const auto objects =
            app::readManifestText("kind: Service\napiVersion: v1\nmetadata: {name: a}\n", u"x"_s);
        QVERIFY(objects);
        const auto input = app::snapshotInputOf(*objects, QDateTime::currentDateTimeUtc());
        QVERIFY(input.objects.contains(u"services"_s));
        QVERIFY(input.objects.contains(u"mappings"_s));
        QVERIFY2(!input.objects.contains(u"pods"_s),
                 "a Service without pods in the manifests is no Service without pods");
    }
};

SALLYPORT_TEST(manifest_files_test, ManifestFilesTest)
#include "manifest_files_test.moc"
