// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl edit on the demo cluster, with an editor that is a script: what it saves is written, brought together with what somebody
// else has changed meanwhile, or given up with a reason.
#include "kube/secret_print.h"
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class EditCommandTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<DemoChild> m_demo;

    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    QByteArray read(const QString &name) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    // Of each time that it is called: a line of the shell, with the file as $1; what it was given is kept as seen-1, seen-2 …
    void scriptEditor(const QList<QByteArray> &times) const
    {
        const QByteArray folder = m_folder.path().toLocal8Bit();
        QByteArray script = "#!/bin/sh\nn=$(($(cat " + folder + "/times) + 1)); echo $n > " + folder
            + "/times; cp \"$1\" " + folder + "/seen-$n; ls -l \"$1\" > " + folder + "/mode; echo \"$1\" > "
            + folder + "/path; case $n in\n";
        for (qsizetype i = 0; i < times.size(); ++i)
            script += QByteArray::number(i + 1) + ") " + times[i] + " ;;\n";
        write(u"times"_s, "0");
        write(u"editor"_s, script + "*) exit 9 ;; esac\n");
        qputenv("KUBE_EDITOR", (m_folder.filePath(u"editor"_s)).toLocal8Bit());
    }

    int timesEdited() const { return read(u"times"_s).trimmed().toInt(); }

    // As somebody else writes it with kubectl in the middle of an edit.
    QByteArray byAnother(const QByteArray &name, const QByteArray &patch) const
    {
        return QByteArray(SALLYPORT_BINARY_DIR "/bin/sallyportctl") + " --kubeconfig "
            + m_demo->kubeconfig().toLocal8Bit()
            + " apply --yes --force-conflicts --field-manager another -n front -f "
            + write(QString::fromLatin1(name) + u".yaml"_s,
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: " + patch + "\n")
                  .toLocal8Bit()
            + " >&2";
    }

    void make(const QByteArray &name, const QByteArray &data)
    {
        kube::WriteOptions options;
        options.isConfirmed = true;
        const auto made =
            m_demo->client()
                .create(kube::types::configMaps(), u"front"_s,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                            + "\"},\"data\":" + data + "}",
                        options)
                .result();
        QVERIFY2(made, qPrintable(made ? QString() : made.error().message));
    }

    QJsonObject dataOf(const QString &name)
    {
        const auto object = m_demo->client().get(kube::types::configMaps(), u"front"_s, name).result();
        return object ? QJsonDocument::fromJson(object->json).object()[u"data"].toObject() : QJsonObject();
    }

    CliEnded edit(const QString &name, const QStringList &more = {u"--yes"_s}) const
    {
        return m_demo->run(QStringList{u"edit"_s, u"cm"_s, name, u"-n"_s, u"front"_s} + more, 60'000);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start(), qPrintable(m_demo->error()));
    }
    void cleanupTestCase()
    {
        qunsetenv("KUBE_EDITOR");
        m_demo.reset();
    }

    void whatIsSavedIsWritten()
    {
        make("plain", R"({"a":"1","b":"2"})");
        scriptEditor({"sed -i 's/a: \"1\"/a: \"7\"/' \"$1\"; touch \"$1~\""});
        const CliEnded ended = edit(u"plain"_s);
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        QVERIFY2(ended.out.contains(u"Edit ConfigMap front/plain"_s)
                     && ended.out.contains(QRegularExpression(u"\\d+ ConfigMap front/plain: done in "_s)),
                 qPrintable(ended.all()));
        QCOMPARE(dataOf(u"plain"_s), (QJsonObject{{u"a"_s, u"7"_s}, {u"b"_s, u"2"_s}}));
        const QByteArray seen = read(u"seen-1"_s);
        QVERIFY2(seen.startsWith("# ") && seen.contains("kind: ConfigMap") && !seen.contains("managedFields"),
                 seen.constData());
        QVERIFY2(read(u"mode"_s).startsWith("-rw-------"), read(u"mode"_s).constData());
        const QString path = QString::fromLocal8Bit(read(u"path"_s).trimmed());
        QVERIFY(path.endsWith(u".yaml"_s) && !QFile::exists(path) && !QFile::exists(path + u'~'));
        QVERIFY(!QFileInfo(path).dir().exists());
    }

    void whatNobodyChangedIsGivenUp_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("as it was") << QByteArray("true") << 0 << u"Edit cancelled, no changes made."_s;
        QTest::newRow("a blank line more")
            << QByteArray("echo >> \"$1\"") << 0 << u"Edit cancelled, no changes made."_s;
        QTest::newRow("emptied") << QByteArray(": > \"$1\"") << 0
                                 << u"Edit cancelled, saved file was empty."_s;
        QTest::newRow("notes alone") << QByteArray("echo '# nothing' > \"$1\"") << 0
                                     << u"Edit cancelled, saved file was empty."_s;
        QTest::newRow("an editor in trouble")
            << QByteArray("exit 3") << 1
            << u"ended with code 3; nothing was written; choose another one by KUBE_EDITOR"_s;
        QTest::newRow("a killed editor") << QByteArray("kill -9 $$") << 1 << u"nothing was written"_s;
    }

    void whatNobodyChangedIsGivenUp()
    {
        QFETCH(QByteArray, script);
        QFETCH(int, code);
        QFETCH(QString, words);
        if (dataOf(u"given-up"_s).isEmpty())
            make("given-up", R"({"a":"1"})");
        scriptEditor({script});
        const CliEnded ended = edit(u"given-up"_s);
        QCOMPARE(timesEdited(), 1);
        QVERIFY2(ended.code == code && ended.err.contains(words), qPrintable(ended.all()));
        QCOMPARE(dataOf(u"given-up"_s), (QJsonObject{{u"a"_s, u"1"_s}}));
    }

    void whatAnotherChangesElsewhereStays()
    {
        make("beside", R"({"a":"1","b":"2"})");
        scriptEditor({"sed -i 's/a: \"1\"/a: mine/' \"$1\"; " + byAnother("beside", "{b: theirs}")});
        const CliEnded ended = edit(u"beside"_s);
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        QCOMPARE(timesEdited(), 1);
        QCOMPARE(dataOf(u"beside"_s), (QJsonObject{{u"a"_s, u"mine"_s}, {u"b"_s, u"theirs"_s}}));
    }

    void theSameFieldIsShownWithAllThreeAndEditedAgain_data()
    {
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::newRow("mine after all")
            << QByteArray("sed -i 's/a: theirs/a: mine/' \"$1\"") << 0 << u"mine"_s << u"mine too"_s;
        QTest::newRow("theirs, with the rest of mine")
            << QByteArray("sed -i '/^#/d' \"$1\"") << 0 << u"theirs"_s << u"mine too"_s;
        QTest::newRow("given up") << QByteArray("true") << 1 << u"theirs"_s << u"2"_s;
    }

    void theSameFieldIsShownWithAllThreeAndEditedAgain()
    {
        QFETCH(QByteArray, second);
        QFETCH(int, code);
        QFETCH(QString, a);
        QFETCH(QString, b);
        const QByteArray name = "same-" + QByteArray::number(++m_conflicts);
        make(name, R"({"a":"1","b":"2"})");
        scriptEditor({"sed -i 's/a: \"1\"/a: mine/; s/b: \"2\"/b: mine too/' \"$1\"; "
                          + byAnother(name, "{a: theirs}"),
                      second});
        const CliEnded ended = edit(QString::fromLatin1(name));
        QCOMPARE(timesEdited(), 2);
        QVERIFY2(ended.code == code, qPrintable(ended.all()));
        const QByteArray conflict = R"(data.a: was "1", yours is "mine", theirs is "theirs")";
        QVERIFY2(ended.err.contains(QString::fromUtf8(conflict)), qPrintable(ended.all()));
        const QByteArray seen = read(u"seen-2"_s);
        QVERIFY2(seen.contains(QByteArray("# " + conflict)) && seen.contains("a: theirs")
                     && seen.contains("b: mine too"),
                 seen.constData());
        QVERIFY(code == 0 || ended.err.contains(u"Edit cancelled, no valid changes were saved."_s));
        QCOMPARE(dataOf(QString::fromLatin1(name)), (QJsonObject{{u"a"_s, a}, {u"b"_s, b}}));
    }

    void whatIsRefusedIsEditedAgain_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("by the server")
            << QByteArray("sed -i 's/a: \"1\"/\"a b\": x/' \"$1\"") << QByteArray("a b");
        QTest::newRow("broken YAML") << QByteArray("echo '  - [' >> \"$1\"") << QByteArray("the edited text");
        QTest::newRow("another name") << QByteArray("sed -i 's/name: refused.*/name: other/' \"$1\"")
                                      << QByteArray("metadata.name tells");
        QTest::newRow("another kind")
            << QByteArray("sed -i 's/kind: ConfigMap/kind: Service/' \"$1\"") << QByteArray("kind tells");
    }

    void whatIsRefusedIsEditedAgain()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, words);
        const QByteArray name = "refused-" + QByteArray::number(++m_conflicts);
        make(name, R"({"a":"1"})");
        const QByteArray good = "printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: " + name
            + ", namespace: front}\\ndata: {a: good}\\n' > \"$1\"";
        scriptEditor({first, good});
        const CliEnded ended = edit(QString::fromLatin1(name));
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        QCOMPARE(timesEdited(), 2);
        QVERIFY2(ended.err.contains(u"error: "_s + QString()) && ended.err.contains(QString::fromUtf8(words)),
                 qPrintable(ended.all()));
        const QByteArray seen = read(u"seen-2"_s);
        QVERIFY2(seen.contains("# It was not written: ") && seen.contains(words), seen.constData());
        QCOMPARE(seen.count("# Edit this object"), 1);
        QCOMPARE(dataOf(QString::fromLatin1(name)), (QJsonObject{{u"a"_s, u"good"_s}}));
    }

    void theModeOfTheContextIsKept()
    {
        make("mode", R"({"a":"1"})");
        scriptEditor({"sed -i 's/a: \"1\"/a: \"7\"/' \"$1\""});
        const CliEnded other = edit(u"mode"_s, {u"--yes=another"_s});
        QVERIFY2(other.code == 1 && other.err.contains(u"--yes="_s), qPrintable(other.all()));
        scriptEditor({"sed -i 's/a: \"1\"/a: \"7\"/' \"$1\""});
        const CliEnded dry = edit(u"mode"_s, {u"--dry-run"_s, u"-o"_s, u"json"_s});
        QVERIFY2(dry.code == 0, qPrintable(dry.all()));
        const QJsonObject document = QJsonDocument::fromJson(dry.out.toUtf8()).object();
        QCOMPARE(document[u"kind"].toString(), u"EditResult"_s);
        QCOMPARE(document[u"items"].toArray().size(), 1);
        QCOMPARE(dataOf(u"mode"_s), (QJsonObject{{u"a"_s, u"1"_s}}));
        scriptEditor({});
        const CliEnded viewer = edit(u"mode"_s, {u"--yes"_s, u"--context"_s, u"demo-viewer"_s});
        QVERIFY2(viewer.code == 1 && viewer.err.contains(u"this needs `patch` on `configmaps` in `front`"_s),
                 qPrintable(viewer.all()));
        QVERIFY2(
            viewer.err.contains(
                u"\nnote: this ClusterRole grants it:\napiVersion: rbac.authorization.k8s.io/v1\n"_s)
                && viewer.err.contains(
                    u"- apiGroups: [\"\"]\n  resources: [\"configmaps\"]\n  verbs: [\"get\", \"patch\"]\n"_s)
                && viewer.err.contains(u"--namespace=front"_s),
            qPrintable(viewer.all()));
        QCOMPARE(timesEdited(), 0);
    }

    // They are kept nowhere: not on the screen, not in the text, not in the journal.
    void aSecretsValuesAreShownNowhere()
    {
        kube::WriteOptions options;
        options.isConfirmed = true;
        const auto made = m_demo->client()
                              .create(kube::types::secrets(), u"front"_s,
                                      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"hidden"},)"
                                      R"("data":{"a":"UExBTlRFRA==","b":"b2xk"}})",
                                      options)
                              .result();
        QVERIFY2(made, qPrintable(made ? QString() : made.error().message));
        scriptEditor({"sed -i 's/  b: .*/  b: TkVXUExBTlRFRA==/' \"$1\""});
        const CliEnded ended =
            m_demo->run({u"edit"_s, u"secret/hidden"_s, u"-n"_s, u"front"_s, u"--yes"_s, u"-v"_s}, 60'000);
        QVERIFY2(ended.code == 0, qPrintable(ended.all()));
        for (const QByteArray &text : {ended.all().toUtf8(), read(u"seen-1"_s)})
            QVERIFY2(!text.contains("PLANTED") && !text.contains("UExBTlRFRA")
                         && !text.contains("TkVXUExBTlRFRA"),
                     text.constData());
        const CliEnded journal = m_demo->run({u"journal"_s, u"-o"_s, u"json"_s}, 60'000);
        QVERIFY2(!journal.out.contains(u"TkVXUExBTlRFRA"_s), qPrintable(journal.out));
        scriptEditor({"sed -i 's/  a: .*/  a: \"{9 bytes}\"/' \"$1\"", "true"});
        const CliEnded size =
            m_demo->run({u"edit"_s, u"secret/hidden"_s, u"-n"_s, u"front"_s, u"--yes"_s}, 60'000);
        QVERIFY2(size.code == 1 && size.err.contains(u"data.a is a size such as {12 bytes}"_s),
                 qPrintable(size.all()));
    }

    // Only a fingerprint tells that it is another one.
    void aSecretsValueReplacedByOneOfTheSameLengthIsSeen_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QByteArray>("theirs");
        QTest::addColumn<QString>("conflict"); // "" for none
        QTest::addColumn<QByteArray>("a");
        QTest::addColumn<QByteArray>("b");
        const QByteArray typed = "sed -i 's/  a: .*/  a: TUlORQ==/' \"$1\""; // MINE
        QTest::newRow("the same value") << typed << QByteArray("data: {a: bmV3, b: b2xk}") << u"data.a"_s
                                        << QByteArray("new") << QByteArray("old");
        QTest::newRow("as a text") << QByteArray("echo 'stringData: {a: TYPED}' >> \"$1\"")
                                   << QByteArray("data: {a: bmV3, b: b2xk}") << u"data.a"_s
                                   << QByteArray("new") << QByteArray("old");
        QTest::newRow("a hidden annotation")
            << QByteArray("sed -i 's/^metadata:/metadata:\\n  annotations: {tool\\/copy: TYPED}/' \"$1\"")
            << QByteArray("data: {a: b2xk, b: b2xk}") << u"metadata.annotations"_s << QByteArray("old")
            << QByteArray("old");
        QTest::newRow("another value") << typed << QByteArray("data: {a: b2xk, b: bmV3}") << QString()
                                       << QByteArray("MINE") << QByteArray("new");
        QTest::newRow("the same as is there by now") << typed << QByteArray("data: {a: TUlORQ==, b: bmV3}")
                                                     << QString() << QByteArray("MINE") << QByteArray("new");
    }

    void aSecretsValueReplacedByOneOfTheSameLengthIsSeen()
    {
        QFETCH(QByteArray, script);
        QFETCH(QByteArray, theirs);
        QFETCH(QString, conflict);
        QFETCH(QByteArray, a);
        QFETCH(QByteArray, b);
        const QByteArray name = "replaced-" + QByteArray::number(++m_conflicts);
        const QByteArray head = "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name;
        const auto applied = [&](const QByteArray &text) -> QByteArray {
            return QByteArray(SALLYPORT_BINARY_DIR "/bin/sallyportctl") + " --kubeconfig "
                + m_demo->kubeconfig().toLocal8Bit()
                + " apply --yes --force-conflicts --field-manager another -n front -f "
                + write(u"secret-%1.yaml"_s.arg(text.size()), text).toLocal8Bit() + " >&2";
        };
        const QByteArray old = head + "}\ndata: {a: b2xk, b: b2xk}\n";
        const QString path = write(u"secret.yaml"_s, old);
        const CliEnded made = m_demo->run({u"apply"_s, u"--yes"_s, u"-n"_s, u"front"_s, u"-f"_s, path});
        QVERIFY2(made.code == 0, qPrintable(made.all()));
        const bool isAnnotation = conflict.startsWith(u"metadata"_s);
        scriptEditor({script + "; "
                          + applied(head + (isAnnotation ? ", annotations: {tool/copy: THEIRS}}\n" : "}\n")
                                    + theirs + "\n"),
                      "true"});
        const CliEnded ended = m_demo->run(
            {u"edit"_s, u"secret"_s, QString::fromLatin1(name), u"-n"_s, u"front"_s, u"--yes"_s}, 60'000);
        QVERIFY2(ended.code == (conflict.isEmpty() ? 0 : 1), qPrintable(ended.all()));
        QCOMPARE(timesEdited(), conflict.isEmpty() ? 1 : 2);
        QVERIFY2(conflict.isEmpty() || ended.err.contains(conflict), qPrintable(ended.all()));
        QVERIFY(ended.err.contains(u"both changed it"_s) != conflict.isEmpty());
        const QByteArray second = conflict.isEmpty() ? QByteArray() : read(u"seen-2"_s);
        for (const QByteArray &text : {ended.all().toUtf8(), second})
            QVERIFY2(!text.contains("TUlORQ") && !text.contains("TYPED") && !text.contains("VFlQRUQ")
                         && !text.contains("THEIRS") && !text.contains('\x01') && !text.contains("u0001"),
                     text.constData());
        QVERIFY2(conflict.isEmpty() || second.contains("{3 bytes}"), second.constData());
        const auto there =
            m_demo->client().get(kube::types::secrets(), u"front"_s, QString::fromLatin1(name)).result();
        QVERIFY(there);
        QCOMPARE(there->prints.value(u"data.a"_s), kube::secretPrint(a));
        QCOMPARE(there->prints.value(u"data.b"_s), kube::secretPrint(b));
        QVERIFY(conflict.isEmpty() || ended.err.contains(u"your edit is not kept in a file"_s));
        QVERIFY(!ended.err.contains(u"your edit is kept in"_s));
    }

    void workThatIsNotWrittenIsKept_data()
    {
        QTest::addColumn<QList<QByteArray>>("scripts");
        QTest::addColumn<QString>("yes");
        QTest::addColumn<bool>("isKept");
        const QByteArray good = "sed -i 's/a: \"1\"/a: \"7\"/' \"$1\"";
        const QByteArray broken = good + "; echo '  - [' >> \"$1\"";
        using Scripts = QList<QByteArray>;
        QTest::newRow("not confirmed") << Scripts{good} << u"--yes=another"_s << true;
        QTest::newRow("an editor that fails in the second round")
            << Scripts{broken, "exit 3"} << u"--yes"_s << true;
        QTest::newRow("given up in the second round") << Scripts{broken, "true"} << u"--yes"_s << true;
        QTest::newRow("an editor that is killed") << Scripts{good + "; kill -9 $$"} << u"--yes"_s << true;
        QTest::newRow("no change") << Scripts{"true"} << u"--yes"_s << false;
        QTest::newRow("a blank line more") << Scripts{"echo >> \"$1\""} << u"--yes"_s << false;
        QTest::newRow("emptied") << Scripts{": > \"$1\""} << u"--yes"_s << false;
        QTest::newRow("an editor in trouble") << Scripts{"exit 3"} << u"--yes"_s << false;
        QTest::newRow("written") << Scripts{good} << u"--yes"_s << false;
    }

    void workThatIsNotWrittenIsKept()
    {
        QFETCH(const QList<QByteArray>, scripts);
        QFETCH(const QString, yes);
        QFETCH(const bool, isKept);
        const QByteArray name = "kept-" + QByteArray::number(++m_conflicts);
        make(name, R"({"a":"1"})");
        scriptEditor(scripts);
        const CliEnded ended = edit(QString::fromLatin1(name), {yes, u"-o"_s, u"json"_s});
        QCOMPARE(timesEdited(), int(scripts.size()));
        const auto match = QRegularExpression(u"your edit is kept in (\\S+\\.yaml)"_s).match(ended.err);
        QVERIFY2(match.hasMatch() == isKept, qPrintable(ended.all()));
        // One document, whatever happened.
        QJsonParseError fault;
        const QJsonObject document = QJsonDocument::fromJson(ended.out.toUtf8(), &fault).object();
        QVERIFY2(fault.error == QJsonParseError::NoError, qPrintable(ended.out));
        QCOMPARE(document[u"kind"].toString(), u"EditResult"_s);
        QVERIFY2(document[u"title"].toString().contains(QString::fromLatin1(name)), qPrintable(ended.out));
        if (!isKept)
            return;
        QFile kept(match.captured(1));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.permissions() & ~(QFile::ReadUser | QFile::WriteUser),
                 QFile::Permissions(QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(kept.readAll().contains("a: \"7\""));
        QVERIFY(kept.remove());
        QCOMPARE(dataOf(QString::fromLatin1(name)), (QJsonObject{{u"a"_s, u"1"_s}}));
    }

    void workOnWhatIsDeletedMeanwhileIsKept()
    {
        make("deleted", R"({"a":"1"})");
        const QByteArray folder = m_folder.path().toLocal8Bit();
        scriptEditor({"sed -i 's/a: \"1\"/a: \"7\"/' \"$1\"; : > " + folder + "/ready; while [ ! -e " + folder
                      + "/gone ]; do sleep 0.05; done"});
        const auto program =
            m_demo->launch({u"edit"_s, u"cm"_s, u"deleted"_s, u"-n"_s, u"front"_s, u"--yes"_s});
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(m_folder.filePath(u"ready"_s)), 60'000);
        kube::WriteOptions options;
        options.isConfirmed = true;
        QVERIFY(
            m_demo->client().remove(kube::types::configMaps(), u"front"_s, u"deleted"_s, options).result());
        write(u"gone"_s, "");
        QVERIFY(program->waitForFinished(60'000));
        QCOMPARE(program->exitCode(), 1);
        const QString said = QString::fromUtf8(program->readAllStandardError());
        const auto match = QRegularExpression(u"your edit is kept in (\\S+\\.yaml)"_s).match(said);
        QVERIFY2(said.contains(u"not found"_s) && match.hasMatch(), qPrintable(said));
        QFile kept(match.captured(1));
        QVERIFY(kept.open(QIODevice::ReadOnly) && kept.readAll().contains("a: \"7\""));
        QVERIFY(kept.remove());
    }

    // A script knows nothing of what is said to it, and would be asked for ever.
    void anEditorThatIsAProgramIsNotAskedForEver()
    {
        make("endless", R"({"a":"1"})");
        const QByteArray add = "echo 'unknown: 1' >> \"$1\"";
        scriptEditor(QList<QByteArray>(20, add));
        const CliEnded ended = edit(u"endless"_s);
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        QCOMPARE(timesEdited(), 5);
        QVERIFY2(ended.all().contains(u"nobody is at a terminal"_s)
                     && ended.all().contains(u"your edit is kept in "_s),
                 qPrintable(ended.all()));
        QCOMPARE(dataOf(u"endless"_s), (QJsonObject{{u"a"_s, u"1"_s}}));
    }

    void roundsThatAreRefusedAreOneDocument()
    {
        make("rounds", R"({"a":"1"})");
        const QByteArray wrong = "sed -i 's/ a: \"1\"/ \"a b\": x/' \"$1\"";
        scriptEditor({wrong, "sed -i 's/\"*a b\"*: x/c d: x/' \"$1\"", "true"});
        const CliEnded ended = edit(u"rounds"_s, {u"--yes"_s, u"-o"_s, u"json"_s});
        QVERIFY2(ended.code == 1, qPrintable(ended.all()));
        const QJsonObject document = QJsonDocument::fromJson(ended.out.toUtf8()).object();
        QCOMPARE(document[u"kind"].toString(), u"EditResult"_s);
        QVERIFY2(document[u"dryRun"].toString().contains(u"c d"_s), qPrintable(ended.out));
        QVERIFY(!document[u"items"].toArray()[0].toObject()[u"written"].toBool(true));
        const QString file =
            write(u"wrong.yaml"_s,
                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong, namespace: front}\n"
                  "data: {'a b': x}\n");
        const CliEnded applied = m_demo->run({u"apply"_s, u"--yes"_s, u"-o"_s, u"json"_s, u"-f"_s, file});
        QVERIFY2(applied.code == 1, qPrintable(applied.all()));
        const QJsonObject refused = QJsonDocument::fromJson(applied.out.toUtf8()).object();
        QCOMPARE(refused[u"kind"].toString(), u"ApplyResult"_s);
        QVERIFY2(refused[u"dryRun"].toString().contains(u"a b"_s), qPrintable(applied.out));
    }

    void whatCannotBeEditedIsSaid_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("nothing") << u"edit"_s << 2 << u"edit needs one object: KIND NAME or KIND/NAME"_s;
        QTest::newRow("a kind alone") << u"edit svc"_s << 2 << u"edit needs one object"_s;
        QTest::newRow("two") << u"edit svc a b"_s << 2 << u"edit needs one object"_s;
        QTest::newRow("no such kind") << u"edit nosuch a"_s << 1 << u"serves no kind “nosuch”"_s;
        QTest::newRow("no such object")
            << u"edit svc web"_s << 1
            << u"services \"web\" not found in namespace default; there is one in front: use -n front"_s;
    }

    void whatCannotBeEditedIsSaid()
    {
        QFETCH(QString, arguments);
        QFETCH(int, code);
        QFETCH(QString, words);
        scriptEditor({});
        const CliEnded ended = m_demo->run(arguments.split(u' '), 60'000);
        QVERIFY2(ended.code == code && ended.err.contains(words), qPrintable(ended.all()));
        QCOMPARE(timesEdited(), 0);
    }

private:
    int m_conflicts = 0;
};

SALLYPORT_TEST(edit_command_test, EditCommandTest)
#include "edit_command_test.moc"
