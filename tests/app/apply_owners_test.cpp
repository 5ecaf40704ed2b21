// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl apply on the demo cluster to objects that others have written, or this tool by other commands: whose fields a manifest
// wants is said, and what changes hands.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class ApplyOwnersTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<DemoChild> m_demo;
    int m_edited = 0;

    QString write(const QString &name, const QByteArray &text) const
    {
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

    void whoOwnsAFieldIsNamed()
    {
        applyAs(u"alice"_s, "owned", R"({"hers":"a","shared":"s"})");
        applyAs(u"bob"_s, "owned", R"({"his":"b"})");
        const QString file =
            write(u"owned.yaml"_s, configMap("owned", "{hers: xx, his: yy, shared: s, mine: m}"));
        const CliEnded refused = apply({u"-f"_s, file, u"--yes"_s});
        QVERIFY2(refused.code == 1, qPrintable(refused.all()));
        for (const QString &line : {u"ConfigMap front/owned +\\.data\\.hers +alice"_s,
                                    u"ConfigMap front/owned +\\.data\\.his +bob"_s})
            QVERIFY2(refused.out.contains(QRegularExpression(line)), qPrintable(refused.all()));
        QVERIFY(!refused.out.contains(u".data.shared"_s));
        QVERIFY2(refused.err.contains(u"--force-conflicts"_s), qPrintable(refused.all()));
        QVERIFY(!dataOf(u"owned"_s).contains(u"mine"_s));
        const CliEnded json = apply({u"-f"_s, file, u"-o"_s, u"json"_s});
        QCOMPARE(QJsonDocument::fromJson(json.out.toUtf8()).object()[u"items"].toArray().size(), 2);

        const CliEnded taken = apply({u"-f"_s, file, u"--force-conflicts"_s, u"--yes"_s});
        QVERIFY2(taken.code == 0, qPrintable(taken.all()));
        QCOMPARE(dataOf(u"owned"_s),
                 (QJsonObject{
                     {u"hers"_s, u"xx"_s}, {u"his"_s, u"yy"_s}, {u"shared"_s, u"s"_s}, {u"mine"_s, u"m"_s}}));
        const CliEnded carol = apply({u"-f"_s, write(u"hers.yaml"_s, configMap("owned", "{hers: z}")),
                                      u"--field-manager"_s, u"carol"_s, u"--yes"_s});
        QVERIFY2(carol.out.contains(QRegularExpression(u"\\.data\\.hers +sallyport"_s)),
                 qPrintable(carol.all()));
    }

    // One tool's own earlier writes are nobody else's: an apply says that they go, and does not ask for force.
    void whatWasEditedBeforeIsNoOthers_data()
    {
        QTest::addColumn<QString>("editor"); // who updates data.a
        QTest::addColumn<QString>("owner");  // who applies data.b; "" nobody
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("conflict"); // a pattern; "" it is written
        const QString own = u"sallyport"_s;
        QTest::newRow("its own edit") << own << QString() << QStringList() << QString();
        QTest::newRow("kubectl's edit")
            << u"kubectl-edit"_s << QString() << QStringList() << u"\\.data\\.a +kubectl-edit"_s;
        QTest::newRow("its own, and another's field")
            << own << u"alice"_s << QStringList() << u"\\.data\\.b +alice"_s;
        QTest::newRow("as somebody else") << own << QString() << QStringList{u"--field-manager"_s, u"robot"_s}
                                          << u"\\.data\\.a +sallyport"_s;
    }

    void whatWasEditedBeforeIsNoOthers()
    {
        QFETCH(const QString, editor);
        QFETCH(const QString, owner);
        QFETCH(const QStringList, options);
        QFETCH(const QString, conflict);
        const QByteArray name = "edited-" + QByteArray::number(++m_edited);
        applyAs(u"sallyport"_s, name, R"({"a":"1"})");
        if (!owner.isEmpty())
            applyAs(owner, name, R"({"b":"1"})");
        kube::WriteOptions update;
        update.isConfirmed = true;
        update.fieldManager = editor;
        QVERIFY(m_demo->client()
                    .mergePatch(kube::types::configMaps(), u"front"_s, QString::fromLatin1(name),
                                R"({"data":{"a":"2","added":"x"}})", update)
                    .result());
        const QJsonObject there = dataOf(QString::fromLatin1(name));
        const QString file = write(u"edited.yaml"_s, configMap(name, "{a: '3', b: '3'}"));
        const CliEnded ended = apply(QStringList{u"-f"_s, file, u"--yes"_s} + options);
        QVERIFY2(ended.code == (conflict.isEmpty() ? 0 : 1), qPrintable(ended.all()));
        const QString warning =
            u"ConfigMap front/%1: .data.a was changed by sallyport since it was applied, by an edit, yours or a colleague's"_s
                .arg(QString::fromLatin1(name));
        QCOMPARE(ended.out.contains(warning), conflict.isEmpty());
        if (conflict.isEmpty()) {
            QCOMPARE(dataOf(QString::fromLatin1(name)),
                     (QJsonObject{{u"a"_s, u"3"_s}, {u"b"_s, u"3"_s}, {u"added"_s, u"x"_s}}));
            const CliEnded again = apply({u"-f"_s, file, u"--yes"_s});
            QVERIFY2(again.code == 0 && again.err.contains(u"is so already"_s), qPrintable(again.all()));
            return;
        }
        QVERIFY2(ended.out.contains(QRegularExpression(conflict)) && ended.out.count(u"ConfigMap"_s) == 1,
                 qPrintable(ended.all()));
        QCOMPARE(dataOf(QString::fromLatin1(name)), there);
    }

    // What was not there when it was planned is made by somebody else before it is confirmed: nothing is written to his object.
    void whatAnotherMakesMeanwhileIsHis_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<QByteArray>("manager");
        QTest::addColumn<QByteArray>("theirs");
        QTest::addColumn<QStringList>("options");
        const QStringList force{u"--force-conflicts"_s};
        const QByteArray same = R"({"a":"1"})", other = R"({"a":"2"})", beside = R"({"b":"1"})";
        for (const QString &version : {u"1.37"_s, u"1.15"_s}) { // without server-side apply
            const auto row = [&version](const char *name, const QByteArray &manager, const QByteArray &theirs,
                                        const QStringList &options) {
                QTest::addRow("%s, %s", qPrintable(version), name) << version << manager << theirs << options;
            };
            row("the same", "alice", same, {});
            row("the same field otherwise", "alice", other, {});
            row("other fields", "alice", beside, {});
            row("by force", "alice", other, force);
            row("of the same name", "sallyport", other, {});
        }
    }

    void whatAnotherMakesMeanwhileIsHis()
    {
        QFETCH(const QString, version);
        QFETCH(const QByteArray, manager);
        QFETCH(const QByteArray, theirs);
        QFETCH(const QStringList, options);
        std::unique_ptr<DemoChild> old;
        if (version != u"1.37") {
            old = std::make_unique<DemoChild>();
            QVERIFY2(old->start({u"--kube-version"_s, version}), qPrintable(old->error()));
        }
        DemoChild &demo = old ? *old : *m_demo;
        const QByteArray name = "meanwhile-" + QByteArray::number(++m_edited);
        const QString file = write(u"meanwhile.yaml"_s, configMap(name, "{a: '1'}"));
        const auto program =
            demo.launch(QStringList{u"apply"_s, u"-n"_s, u"front"_s, u"-f"_s, file} + options);
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += program->readAllStandardError()).contains("Type yes to write"),
                                 60'000);
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        confirmed.fieldManager = QString::fromLatin1(manager);
        const auto made =
            demo.client()
                .create(kube::types::configMaps(), u"front"_s,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                            + "\"},\"data\":" + theirs + "}",
                        confirmed)
                .result();
        QVERIFY2(made, qPrintable(made ? QString() : made.error().message));
        program->write("yes\n");
        QVERIFY(program->waitForFinished(60'000));
        said += program->readAllStandardError();
        const QByteArray words = "ConfigMap front/" + name
            + " was made by somebody else after its creation was planned (AlreadyExists)";
        QVERIFY2(program->exitCode() == 1 && said.contains(words), said.constData());
        const auto there =
            demo.client().get(kube::types::configMaps(), u"front"_s, QString::fromLatin1(name)).result();
        QVERIFY(there);
        QCOMPARE(there->resourceVersion, made->resourceVersion);
    }

    void whatAnotherWritesMeanwhileIsNotLost_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<QByteArray>("theirs"); // a merge patch of the data
        QTest::addColumn<QString>("manager");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("a"); // in the end
        const QStringList force{u"--force-conflicts"_s};
        const QByteArray same(R"({"a":"theirs"})"), beside(R"({"c":"theirs"})");
        QTest::newRow("by the same tool")
            << u"1.37"_s << same << u"sallyport"_s << QStringList() << u"theirs"_s;
        QTest::newRow("by another, and force") << u"1.37"_s << same << u"kubectl"_s << force << u"theirs"_s;
        QTest::newRow("made anew, and force")
            << u"1.37"_s << QByteArray() << u"kubectl"_s << force << u"first"_s;
        QTest::newRow("an old server") << u"1.15"_s << same << u"kubectl"_s << QStringList() << u"theirs"_s;
        QTest::newRow("another field") << u"1.37"_s << beside << u"kubectl"_s << QStringList() << u"mine"_s;
        QTest::newRow("another field, an old server")
            << u"1.15"_s << beside << u"kubectl"_s << QStringList() << u"mine"_s;
    }
    // The diff that was confirmed did not show it.
    void whatAnotherWritesMeanwhileIsNotLost()
    {
        QFETCH(const QString, version);
        QFETCH(const QByteArray, theirs);
        QFETCH(const QString, manager);
        QFETCH(const QStringList, options);
        QFETCH(const QString, a);
        std::unique_ptr<DemoChild> old;
        if (version != u"1.37") {
            old = std::make_unique<DemoChild>();
            QVERIFY2(old->start({u"--kube-version"_s, version}), qPrintable(old->error()));
        }
        DemoChild &demo = old ? *old : *m_demo;
        const QByteArray name = "late-" + QByteArray::number(++m_edited);
        const QStringList arguments{u"apply"_s, u"-n"_s, u"front"_s, u"-f"_s};
        const CliEnded first = demo.run(
            arguments + QStringList{write(u"late.yaml"_s, configMap(name, "{a: first, b: x}")), u"--yes"_s},
            60'000);
        QVERIFY2(first.code == 0, qPrintable(first.all()));
        const QString file = write(u"late.yaml"_s, configMap(name, "{a: mine, b: x}"));
        const auto program = demo.launch(arguments + QStringList{file} + options);
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += program->readAllStandardError()).contains("Type yes to write"),
                                 60'000);
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        confirmed.fieldManager = manager;
        kube::Client &client = demo.client();
        const QString object = QString::fromLatin1(name);
        if (theirs.isEmpty()) // deleted, and made anew with the same values
            QVERIFY(client.remove(kube::types::configMaps(), u"front"_s, object, confirmed).result());
        const auto changed = theirs.isEmpty()
            ? client
                  .create(kube::types::configMaps(), u"front"_s,
                          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                              + "\"},\"data\":{\"a\":\"first\",\"b\":\"x\"}}",
                          confirmed)
                  .result()
            : client
                  .mergePatch(kube::types::configMaps(), u"front"_s, object, "{\"data\":" + theirs + "}",
                              confirmed)
                  .result();
        QVERIFY2(changed, qPrintable(changed ? QString() : changed.error().message));
        program->write("yes\n");
        QVERIFY(program->waitForFinished(60'000));
        said += program->readAllStandardError();
        const bool isWritten = a == u"mine"_s;
        QVERIFY2((program->exitCode() == 0) == isWritten, said.constData());
        QVERIFY2(isWritten || said.contains("was changed by somebody else"), said.constData());
        const auto there =
            demo.client().get(kube::types::configMaps(), u"front"_s, QString::fromLatin1(name)).result();
        QVERIFY(there);
        QCOMPARE(QJsonDocument::fromJson(there->json).object()[u"data"][u"a"].toString(), a);
    }

    // As kubectl apply --server-side does after kubectl apply: what the manifest has lost goes, and the diff says so before.
    void whatKubectlAppliedOnItsSideChangesHands()
    {
        const QString kubectl = QStandardPaths::findExecutable(u"kubectl"_s);
        if (kubectl.isEmpty())
            QSKIP("skipped: kubectl is not installed");
        const auto applied = [&](const QString &file, const QStringList &more) {
            QProcess program;
            program.start(kubectl,
                          QStringList{u"--kubeconfig"_s, m_demo->client().transport().connection().file,
                                      u"-n"_s, u"front"_s, u"apply"_s, u"-f"_s, file}
                              + more);
            return program.waitForFinished(60'000) && program.exitCode() == 0;
        };
        const QByteArray service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: moved}\nspec:\n  "
                                   "selector: {app: web, tier: a}\n"
                                   "  ports:\n  - {name: http, port: 80}\n";
        const QString before =
            write(u"moved.yaml"_s,
                  configMap("moved", "{kept: a, gone: b}") + service + "  - {name: more, port: 81}\n");
        QVERIFY(applied(before, {}));
        const QString after = write(u"moved.yaml"_s, configMap("moved", "{kept: a}") + service);
        const CliEnded tried = apply({u"-f"_s, after, u"--dry-run=server"_s});
        for (const QString &line : {u"\n-  gone: b\n"_s, u"port: 81\n"_s})
            QVERIFY2(tried.out.contains(line), qPrintable(tried.all()));
        QCOMPARE(dataOf(u"moved"_s).size(), 2);
        const CliEnded done = apply({u"-f"_s, after, u"--yes"_s});
        QVERIFY2(done.code == 0, qPrintable(done.all()));
        QCOMPARE(dataOf(u"moved"_s), (QJsonObject{{u"kept"_s, u"a"_s}}));
        const auto object = m_demo->client().get(kube::types::services(), u"front"_s, u"moved"_s).result();
        QVERIFY(object);
        const QJsonObject spec = QJsonDocument::fromJson(object->json).object()[u"spec"].toObject();
        QCOMPARE(spec[u"ports"].toArray().size(), 1);
        QCOMPARE(spec[u"ports"][0][u"protocol"], QJsonValue(u"TCP"_s)); // a default goes and comes
        const CliEnded again = apply({u"-f"_s, after, u"--yes"_s});
        QVERIFY2(again.out.contains(u"nothing to change"_s), qPrintable(again.all()));
        write(u"moved.yaml"_s, configMap("moved", "{kept: z}"));
        const CliEnded own = apply({u"-f"_s, after, u"--yes"_s}); // no longer somebody else's
        QVERIFY2(own.code == 0, qPrintable(own.all()));
        QCOMPARE(dataOf(u"moved"_s), (QJsonObject{{u"kept"_s, u"z"_s}}));
    }
};

SALLYPORT_TEST(apply_owners_test, ApplyOwnersTest)
#include "apply_owners_test.moc"
