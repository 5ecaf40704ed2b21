// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl apply on the demo cluster: what the server makes of manifests is shown and then written, whose fields they want is said,
// and the journal takes it back.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class ApplyCommandTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<DemoChild> m_demo;

    QString write(const QString &name, const QByteArray &text) const
    {
        QDir().mkpath(QFileInfo(m_folder.filePath(name)).path());
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    static QByteArray configMap(const QByteArray &name, const QByteArray &data)
    {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\ndata: " + data + "\n";
    }

    QJsonObject dataOf(const QString &name)
    {
        const auto object = m_demo->client().get(kube::types::configMaps(), u"front"_s, name).result();
        return object ? QJsonDocument::fromJson(object->json).object()[u"data"].toObject() : QJsonObject();
    }

    // Somebody else's.
    void applyAs(const QString &manager, const QByteArray &name, const QByteArray &data)
    {
        kube::WriteOptions options;
        options.isConfirmed = true;
        options.fieldManager = manager;
        const auto done = m_demo->client()
                              .apply(kube::types::configMaps(), u"front"_s, QString::fromLatin1(name),
                                     "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\""
                                         + name + "\"},\"data\":" + data + "}",
                                     options)
                              .result();
        QVERIFY2(done, qPrintable(done ? QString() : done.error().message));
    }

    CliEnded apply(const QStringList &more) const
    {
        return m_demo->run(QStringList{u"apply"_s, u"-n"_s, u"front"_s} + more, 60'000);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start(), qPrintable(m_demo->error()));
    }
    void cleanupTestCase() { m_demo.reset(); }

    // With -o json all of standard output is one document, whatever becomes of the manifests.
    void whatBecameOfEachObjectIsADocument_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("isWritten");
        QTest::newRow("a dry run") << QStringList{u"--dry-run"_s} << 0 << false;
        QTest::newRow("no such confirmation") << QStringList{u"--yes=other"_s} << 1 << false;
        QTest::newRow("written") << QStringList{u"--yes"_s} << 0 << true;
    }

    void whatBecameOfEachObjectIsADocument()
    {
        QFETCH(QStringList, options);
        QFETCH(int, code);
        QFETCH(bool, isWritten);
        const QString file =
            write(u"documents.yaml"_s,
                  configMap("document-alike", "{a: b}") + "---\n" + configMap("document-new", "{a: b}"));
        applyAs(u"sallyport"_s, "document-alike", "{\"a\":\"b\"}");
        const CliEnded ended = apply(QStringList{u"-f"_s, file, u"-o"_s, u"json"_s} + options);
        QVERIFY2(ended.code == code, qPrintable(ended.all()));
        const QJsonObject document = QJsonDocument::fromJson(ended.out.toUtf8()).object();
        QVERIFY2(document[u"kind"].toString() == u"ApplyResult", qPrintable(ended.all()));
        QVERIFY(document[u"dryRun"].toString().startsWith(u"the server accepted 1 of 1"_s));
        const QJsonArray items = document[u"items"].toArray();
        QCOMPARE(items.size(), 2);
        const QJsonObject made = items[0].toObject(), alike = items[1].toObject();
        QCOMPARE(made[u"kind"].toString(), u"ConfigMap"_s);
        QCOMPARE(made[u"namespace"].toString(), u"front"_s);
        QCOMPARE(made[u"name"].toString(), u"document-new"_s);
        QCOMPARE(made[u"action"].toString(), u"create"_s);
        QVERIFY(made[u"diff"].toString().contains(u"document-new"_s));
        QCOMPARE(made[u"written"].toBool(), isWritten);
        QCOMPARE(made.contains(u"journal"_s), isWritten);
        QCOMPARE(made.contains(u"result"_s), isWritten);
        QCOMPARE(alike[u"name"].toString(), u"document-alike"_s);
        QCOMPARE(alike[u"action"].toString(), u"none"_s);
        QCOMPARE(dataOf(u"document-new"_s).isEmpty(), !isWritten);
        if (!isWritten)
            return;
        const CliEnded again = apply(QStringList{u"-f"_s, file, u"-o"_s, u"json"_s} + options);
        QVERIFY2(again.code == 0, qPrintable(again.all()));
        const QJsonArray same = QJsonDocument::fromJson(again.out.toUtf8()).object()[u"items"].toArray();
        QVERIFY2(same.size() == 2 && same[0].toObject()[u"action"].toString() == u"none",
                 qPrintable(again.all()));
    }

    void whatCannotBeAppliedIsSaid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("words");
        QTest::newRow("no YAML") << QByteArray("a: [") << u"bad.yaml"_s;
        QTest::newRow("nothing") << QByteArray("# nothing\n") << u"there is no object to apply"_s;
        QTest::newRow("no name") << QByteArray("apiVersion: v1\nkind: ConfigMap\n") << u"no metadata.name"_s;
        QTest::newRow("no name, in the second document")
            << QByteArray(
                   "# one\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n\napiVersion: v1\n"
                   "kind: ConfigMap\nmetadata: {generateName: a-}\n")
            << u"bad.yaml, document 2, line 5: this ConfigMap has a generateName but no metadata.name"_s;
        QTest::newRow("no name, in a list")
            << QByteArray("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap}\n")
            << u"bad.yaml, document 1, line 4, items\\[0\\]: this ConfigMap has no metadata.name"_s;
        QTest::newRow("no kind") << QByteArray("apiVersion: v1\nmetadata: {name: x}\n")
                                 << u"document 1, line 1: kind is missing"_s;
        QTest::newRow("no apiVersion") << QByteArray("kind: ConfigMap\nmetadata: {name: x}\n")
                                       << u"document 1, line 1: apiVersion is missing"_s;
        QTest::newRow("of another namespace than -n")
            << QByteArray("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\n")
            << u"ConfigMap x names the namespace shop, and -n another one, front"_s;
        QTest::newRow("no such kind")
            << QByteArray("apiVersion: no.such/v1\nkind: Thing\nmetadata: {name: x}\n")
            << u"the server has no kind Thing in no.such/v1"_s;
        QTest::newRow("a Secret as it is shown")
            << QByteArray(
                   "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {password: '{12 bytes}'}\n")
            << u"Secret x has sizes such as \\{12 bytes\\}.*\\(data\\.password\\)"_s;
        QTest::newRow("a field that is none")
            << QByteArray("apiVersion: v1\nkind: Service\nmetadata: {name: x}\n"
                          "spec: {ports: [{port: 80}], nonsense: 1}\n")
            << u"Service front/x: .*nonsense"_s;
    }
    void whatCannotBeAppliedIsSaid()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, words);
        const CliEnded ended = apply({u"-f"_s, write(u"bad.yaml"_s, text), u"--yes"_s});
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        QVERIFY2(ended.err.contains(QRegularExpression(words)), qPrintable(ended.all()));
        QCOMPARE(apply({u"-f"_s, m_folder.filePath(u"absent"_s)}).code, 1);
        QCOMPARE(apply({}).code, 2);
    }

    void aFolderIsAppliedAndTakenBack()
    {
        write(u"all/a.yaml"_s, configMap("one", "{v: '1'}") + "---\n" + configMap("two", "{v: '2'}"));
        write(u"all/sub/b.json"_s,
              "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":"
              "\"ConfigMap\","
              "\"metadata\":{\"name\":\"three\"},\"data\":{\"v\":\"yes\"}}]}");
        const QStringList all{u"-f"_s, m_folder.filePath(u"all"_s)};
        const CliEnded tried =
            apply(all + QStringList{u"--dry-run=server"_s, u"--server-side"_s}); // as with kubectl
        QVERIFY2(tried.code == 0, qPrintable(tried.all()));
        QVERIFY2(tried.out.contains(u"the server accepted 3 of 3 changes in a dry run"_s),
                 qPrintable(tried.all()));
        QVERIFY(dataOf(u"one"_s).isEmpty());
        const CliEnded done = apply(all + QStringList{u"--yes"_s});
        QVERIFY2(done.code == 0, qPrintable(done.all()));
        QVERIFY2(done.out.contains(u"+  v: '1'"_s) || done.out.contains(u"+  v: \"1\""_s),
                 qPrintable(done.out));
        QCOMPARE(dataOf(u"one"_s), (QJsonObject{{u"v"_s, u"1"_s}}));
        QCOMPARE(dataOf(u"three"_s), (QJsonObject{{u"v"_s, u"yes"_s}}));
        const CliEnded again = apply(all + QStringList{u"--yes"_s});
        QVERIFY2(again.code == 0 && again.out.contains(u"nothing to change"_s), qPrintable(again.all()));
        QCOMPARE(again.err.count(u"is so already"_s), 3);

        // A field that is not wished for any more goes, as nobody else wants it.
        write(u"all/a.yaml"_s, configMap("one", "{w: '5'}"));
        QCOMPARE(apply(all + QStringList{u"--yes"_s}).code, 0);
        QCOMPARE(dataOf(u"one"_s), (QJsonObject{{u"w"_s, u"5"_s}}));
        const CliEnded journal = m_demo->run({u"journal"_s}, 60'000);
        const QString last = journal.out.trimmed().section(u'\n', -1).section(u' ', 0, 0);
        const CliEnded back = m_demo->run({u"journal"_s, u"revert"_s, last, u"--yes"_s}, 60'000);
        QVERIFY2(back.code == 0, qPrintable(journal.all() + back.all()));
        QCOMPARE(dataOf(u"one"_s), (QJsonObject{{u"v"_s, u"1"_s}}));
    }

    void aNamespaceAndWhatIsInItGoTogether()
    {
        const auto program = m_demo->launch({u"apply"_s, u"-f"_s, u"-"_s, u"--yes"_s});
        program->write(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh}\n---\n"
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: in, namespace: fresh}\ndata: {on: 'true'}\n");
        program->closeWriteChannel();
        QVERIFY(program->waitForFinished(60'000));
        const QString said =
            QString::fromUtf8(program->readAllStandardOutput() + program->readAllStandardError());
        QVERIFY2(program->exitCode() == 0, qPrintable(said));
        QVERIFY2(
            said.contains(u"the server accepted 1 of 2 changes in a dry run; the others need a namespace"_s),
            qPrintable(said));
        QVERIFY(m_demo->client().get(kube::types::configMaps(), u"fresh"_s, u"in"_s).result());
    }

    void theNamespaceOfTheObjectIsAsked()
    {
        const CliEnded ended =
            m_demo->run({u"apply"_s, u"-f"_s,
                         write(u"nowhere.yaml"_s,
                               "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere}\n"),
                         u"--yes"_s},
                        60'000);
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        QVERIFY2(ended.err.contains(
                     QRegularExpression(u"ConfigMap nowhere/x: .*namespaces \"nowhere\" not found"_s)),
                 qPrintable(ended.all()));
    }

    static QByteArray secret(const QByteArray &name, const QByteArray &more)
    {
        return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + "}\n" + more;
    }

    void aSecretsValuesAreNotShown()
    {
        const QByteArray key = "c2VjcmV0LXZhbHVl";
        const QString file = write(u"secret.yaml"_s, secret("hidden", "data: {key: " + key + "}\n"));
        const CliEnded done = apply({u"-f"_s, file, u"--yes"_s});
        QVERIFY2(done.code == 0 && done.out.contains(u"done in"_s), qPrintable(done.all()));
        QVERIFY(!done.all().contains(QString::fromLatin1(key)) && !done.all().contains(u"secret-value"_s));
        const CliEnded journal = m_demo->run({u"journal"_s, u"-o"_s, u"json"_s}, 60'000);
        QVERIFY(journal.out.contains(u"hidden"_s) && !journal.out.contains(QString::fromLatin1(key)));
    }

    void aSecretsChangesAreKnownByItsValues_data()
    {
        QTest::addColumn<QByteArray>("was");
        QTest::addColumn<QByteArray>("then");
        QTest::addColumn<QStringList>("words"); // of the plan; none: it is so already
        QTest::addColumn<QStringList>("absent");
        const QByteArray was = "data: {password: c2VjcmV0MQ==, other: b3RoZXI=}\n"; // secret1, other
        const QString header = u"--- Secret front/s-"_s;
        QTest::newRow("unchanged") << was << was << QStringList() << QStringList();
        QTest::newRow("unchanged, as text")
            << was << QByteArray("stringData: {password: secret1, other: other}\n") << QStringList()
            << QStringList();
        QTest::newRow("of the same size")
            << was << QByteArray("data: {password: c2VjcmV0Mg==, other: b3RoZXI=}\n")
            << QStringList{header, u"# another value of the same size: password\n"_s} << QStringList();
        QTest::newRow("of the same size, as text")
            << was << QByteArray("stringData: {password: secret2, other: other}\n")
            << QStringList{header, u"# another value of the same size: password\n"_s}
            << QStringList{u"stringData"_s, u"secret2"_s};
        QTest::newRow("of another size")
            << was << QByteArray("stringData: {password: longer-secret, other: other}\n")
            << QStringList{header, u"-  password: \"{7 bytes}\""_s, u"+  password: \"{13 bytes}\""_s}
            << QStringList{u"stringData"_s, u"# another"_s, u"longer-secret"_s};
        QTest::newRow("one less") << was << QByteArray("data: {password: c2VjcmV0MQ==}\n")
                                  << QStringList{u"-  other: \"{5 bytes}\""_s} << QStringList{u"# another"_s};
    }
    void aSecretsChangesAreKnownByItsValues()
    {
        QFETCH(QByteArray, was);
        QFETCH(QByteArray, then);
        QFETCH(QStringList, words);
        QFETCH(QStringList, absent);
        const QByteArray name =
            "s-" + QByteArray(QTest::currentDataTag()).replace(' ', '-').replace(',', '-');
        const QString file = write(u"s.yaml"_s, secret(name, was));
        const CliEnded first = apply({u"-f"_s, file, u"--yes"_s});
        QVERIFY2(first.code == 0, qPrintable(first.all()));
        QVERIFY(!first.out.contains(u"keeps no values"_s)); // what is made can be taken away again
        write(u"s.yaml"_s, secret(name, then));
        const CliEnded shown = apply({u"-f"_s, file, u"--dry-run"_s});
        QVERIFY2(shown.code == 0, qPrintable(shown.all()));
        const bool isAlike = shown.err.contains(u"Secret front/%1 is so already"_s.arg(QLatin1String(name)));
        QVERIFY2(isAlike == words.isEmpty(), qPrintable(shown.all()));
        // Before it is asked for, not when it is too late.
        QCOMPARE(shown.out.contains(u"the journal keeps no values of Secrets, so it cannot take this back"_s),
                 !isAlike);
        for (const QString &word : std::as_const(words))
            QVERIFY2(shown.out.contains(word), qPrintable(word + u" is missing in: "_s + shown.all()));
        for (const QString &word : std::as_const(absent))
            QVERIFY2(!shown.all().contains(word), qPrintable(word + u" is in: "_s + shown.all()));
        QCOMPARE(apply({u"-f"_s, file, u"--yes"_s}).code, 0);
        const CliEnded again = apply({u"-f"_s, file, u"--yes"_s});
        QVERIFY2(again.code == 0 && again.err.contains(u"is so already"_s), qPrintable(again.all()));
    }

    void whatStaysInASecretUnnamedIsSaid_data()
    {
        QTest::addColumn<QString>("manager");
        QTest::addColumn<bool>("stays");
        QTest::newRow("kubectl on its side") << u"kubectl-client-side-apply"_s << true;
        QTest::newRow("a controller's own") << u"somebody"_s << false;
    }

    // The record of what kubectl has applied to a Secret holds its values; so nobody here knows what to take away.
    void whatStaysInASecretUnnamedIsSaid()
    {
        QFETCH(QString, manager);
        QFETCH(bool, stays);
        const QByteArray name = stays ? "kept-kubectl" : "kept-other";
        kube::WriteOptions options;
        options.isConfirmed = true;
        options.fieldManager = manager;
        const auto made =
            m_demo->client()
                .create(kube::types::secrets(), u"front"_s,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"" + name
                            + "\",\"labels\":{\"old\":\"x\",\"app\":\"shop\"}},\"data\":{\"a\":\"YQ==\","
                              "\"b\":\"c2VjcmV0LXZhbHVl\"}}",
                        options)
                .result();
        QVERIFY2(made, qPrintable(made ? QString() : made.error().message));
        const QString file = write(u"kept.yaml"_s,
                                   "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name
                                       + ", labels: {app: shop}}\ndata: {a: YQ==}\n");
        for (int i = 0; i < 2; ++i) {
            const CliEnded done = apply({u"-f"_s, file, u"--yes"_s});
            QVERIFY2(done.code == 0, qPrintable(done.all()));
            for (
                const QString &word :
                {u"has what the manifest does not name: data `b`; labels `old`. That stays"_s,
                 u"kubectl -n front patch secret kept-kubectl --type merge -p '{\"data\":{\"b\":null},\"metadata\":{\"labels\":{\"old\":null}}}'"_s})
                QVERIFY2(done.err.contains(word) == stays, qPrintable(done.all()));
            QVERIFY2(!stays || !done.all().contains(u"it is so already"_s), qPrintable(done.all()));
            QVERIFY(!done.all().contains(u"c2VjcmV0"_s));
        }
    }

    // There each apply leaves its manifest as an annotation: the diff is of what is written, and nobody else's fields change hands.
    void theDiffOfAnOldServerIsWhatIsWritten()
    {
        DemoChild old;
        QVERIFY2(old.start({u"--kube-version"_s, u"1.15"_s}), qPrintable(old.error()));
        for (const QByteArray value : {"one", "two"}) {
            const QString file = write(u"old-map.yaml"_s, configMap("annotated", "{a: " + value + "}"));
            const CliEnded done =
                old.run({u"apply"_s, u"-n"_s, u"front"_s, u"-f"_s, file, u"--yes"_s}, 60'000);
            QVERIFY2(done.code == 0, qPrintable(done.all()));
            const auto object =
                old.client().get(kube::types::configMaps(), u"front"_s, u"annotated"_s).result();
            QVERIFY(object);
            const QString last = QJsonDocument::fromJson(object->json)
                                     .object()[u"metadata"][u"annotations"]
                                              [u"kubectl.kubernetes.io/last-applied-configuration"]
                                     .toString()
                                     .trimmed();
            QVERIFY2(last.contains(QString::fromLatin1(value)), qPrintable(last));
            QVERIFY2(done.out.contains(u"\n+      "_s + last), qPrintable(done.all() + last));
        }
    }

    // Servers before 1.25 drop a misspelt field without a word: what was shown would not be what is written.
    void whatAnOldServerWouldLeaveOutIsRefused_data()
    {
        QTest::addColumn<QString>("version");
        QTest::newRow("1.15") << u"1.15"_s;
        QTest::newRow("1.21") << u"1.21"_s;
    }
    void whatAnOldServerWouldLeaveOutIsRefused()
    {
        QFETCH(QString, version);
        DemoChild old;
        QVERIFY2(old.start({u"--kube-version"_s, version}), qPrintable(old.error()));
        const auto service = [this](const QByteArray &spec) {
            return write(u"service.yaml"_s,
                         "apiVersion: v1\nkind: Service\nmetadata: {name: typed, namespace: front}\nspec: "
                             + spec + "\n");
        };
        const auto apply = [&old](const QString &file) {
            return old.run({u"apply"_s, u"-f"_s, file, u"--yes"_s}, 60'000);
        };
        const CliEnded misspelt =
            apply(service("{selektor: {app: web}, ports: [{port: 80, tragetPort: 8080}]}"));
        QCOMPARE(misspelt.code, 1);
        QVERIFY2(misspelt.all().contains(u"selektor"_s) && misspelt.all().contains(u"tragetPort"_s),
                 qPrintable(misspelt.all()));
        const auto there = old.client().get(kube::types::services(), u"front"_s, u"typed"_s).result();
        QVERIFY(!there);
        const CliEnded right =
            apply(service("{selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}"));
        QVERIFY2(right.code == 0, qPrintable(right.all()));

        qputenv("KUBE_EDITOR", "sed -i 's/^spec:/spec:\\n  selektor: {a: b}/'");
        const CliEnded edited =
            old.run({u"edit"_s, u"svc"_s, u"typed"_s, u"-n"_s, u"front"_s, u"--yes"_s}, 60'000);
        qunsetenv("KUBE_EDITOR");
        QVERIFY2(edited.code == 1 && edited.all().contains(u"spec.selektor"_s), qPrintable(edited.all()));
    }

    void whatStaysInASecretUnnamedIsSaidOfAnOldServerToo()
    {
        DemoChild old;
        QVERIFY2(old.start({u"--kube-version"_s, u"1.15"_s}), qPrintable(old.error()));
        const auto applied = [&](const QByteArray &more) {
            const QString file = write(u"old.yaml"_s, secret("old", more));
            return old.run({u"apply"_s, u"-n"_s, u"front"_s, u"-f"_s, file, u"--yes"_s}, 60'000);
        };
        const CliEnded made = applied("data: {a: YQ==, b: Yg==}\n");
        QVERIFY2(made.code == 0 && !made.err.contains(u"does not name"_s), qPrintable(made.all()));
        const CliEnded less = applied("data: {a: YQ==}\n");
        QVERIFY2(less.code == 0
                     && less.err.contains(u"has what the manifest does not name: data `b`. That"_s),
                 qPrintable(less.all()));
        const CliEnded other = applied("data: {a: YWE=}\n"); // with a change beside it
        QVERIFY2(other.code == 0 && other.err.contains(u"does not name: data `b`"_s)
                     && other.out.contains(u"done in"_s),
                 qPrintable(other.all()));
        const CliEnded all = applied("data: {a: YWE=, b: Yg==}\n");
        QVERIFY2(all.code == 0 && all.err.contains(u"Secret front/old is so already"_s)
                     && !all.err.contains(u"does not name"_s),
                 qPrintable(all.all()));
    }

    void anAnnotationOfASecretThatIsNotShownChangesToo()
    {
        const auto file = [this](const QByteArray &copy) {
            return write(
                u"noted.yaml"_s,
                "apiVersion: v1\nkind: Secret\nmetadata: {name: noted, annotations: {tool.example/copy: "
                    + copy + "}}\ndata: {k: a2V5}\n");
        };
        QCOMPARE(apply({u"-f"_s, file("first-copy"), u"--yes"_s}).code, 0);
        const CliEnded same = apply({u"-f"_s, file("first-copy"), u"--dry-run"_s});
        QVERIFY2(same.err.contains(u"is so already"_s), qPrintable(same.all()));
        const CliEnded other = apply({u"-f"_s, file("second-copy"), u"--dry-run"_s});
        QVERIFY2(other.out.contains(u"tool.example/copy: \"{11 bytes}\""_s), qPrintable(other.all()));
        QVERIFY(!other.all().contains(u"second-copy"_s));
    }

    // get shows a Secret's certificates and sizes: that is no manifest of it.
    void whatIsShownOfASecretIsNotWrittenOverIt()
    {
        const auto secrets = m_demo->client().list(kube::types::secrets()).result();
        QVERIFY(secrets);
        QByteArray certificate;
        for (const kube::Object &object : secrets->items) {
            const QJsonObject data = QJsonDocument::fromJson(object.json).object()[u"data"].toObject();
            for (const QJsonValue &value : data) {
                const QByteArray plain = QByteArray::fromBase64(value.toString().toLatin1());
                if (plain.startsWith("-----BEGIN CERTIFICATE"))
                    certificate = plain;
            }
        }
        QVERIFY(!certificate.isEmpty());
        const QByteArray both =
            certificate + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        QCOMPARE(apply({u"-f"_s,
                        write(u"both.yaml"_s, secret("both", "data: {both.pem: " + both.toBase64() + "}\n")),
                        u"--yes"_s})
                     .code,
                 0);
        const CliEnded shown =
            m_demo->run({u"get"_s, u"secret"_s, u"both"_s, u"-n"_s, u"front"_s, u"-o"_s, u"yaml"_s}, 60'000);
        QVERIFY2(shown.code == 0 && !shown.out.contains(u"PRIVATE"_s), qPrintable(shown.all()));
        const CliEnded back =
            apply({u"-f"_s, write(u"back.yaml"_s, shown.out.toUtf8()), u"--force-conflicts"_s, u"--yes"_s});
        QVERIFY2(back.code == 1 && back.err.contains(u"data.both.pem is what this program shows"_s),
                 qPrintable(back.all()));
    }
};

SALLYPORT_TEST(apply_command_test, ApplyCommandTest)
#include "apply_command_test.moc"
