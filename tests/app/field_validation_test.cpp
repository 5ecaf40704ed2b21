// SPDX-License-Identifier: GPL-3.0-or-later
// --validate of sallyportctl apply and edit, with servers of all ages: fields that they do not know are refused, or the rest is written
// all the same.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace Qt::StringLiterals;

class FieldValidationTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    std::map<QString, std::unique_ptr<DemoChild>> m_demos; // by the version of Kubernetes
    int m_made = 0;

    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    DemoChild &demoOf(const QString &version)
    {
        std::unique_ptr<DemoChild> &demo = m_demos[version];
        if (!demo) {
            demo = std::make_unique<DemoChild>();
            if (!demo->start({u"--kube-version"_s, version}))
                qFatal("%s", qPrintable(demo->error()));
        }
        return *demo;
    }

    static bool isRestWritten(DemoChild &demo, const QString &name)
    {
        const auto there = demo.client().get(kube::types::services(), u"front"_s, name).result();
        return there
            && QJsonDocument::fromJson(there->json).object()[u"spec"][u"publishNotReadyAddresses"].toBool();
    }

    QStringList applied(const QByteArray &name) const
    {
        return {
            u"apply"_s, u"-f"_s,
            write(u"service.yaml"_s,
                  "apiVersion: v1\nkind: Service\nmetadata: {name: " + name
                      + ", namespace: front}\nspec: {selektor: {app: web}, publishNotReadyAddresses: true, "
                        "ports: [{port: 80}]}\n")};
    }

    // An editor that misspells a field, and leaves what is shown once more as it is.
    QStringList edited(DemoChild &demo, const QByteArray &name) const
    {
        kube::WriteOptions options;
        options.isConfirmed = true;
        (void)demo.client()
            .create(kube::types::services(), u"front"_s,
                    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"" + name
                        + "\"},\"spec\":{\"ports\":[{\"port\":80}]}}",
                    options)
            .result();
        const QByteArray seen = m_folder.filePath(u"seen"_s).toLocal8Bit();
        qputenv(
            "KUBE_EDITOR",
            write(u"editor"_s,
                  "#!/bin/sh\nif grep -q selektor \"$1\"; then cp \"$1\" " + seen
                      + "; exit 0; fi\n"
                        "sed -i 's/^spec:/spec:\\n  selektor: {a: b}\\n  publishNotReadyAddresses: true/' "
                        "\"$1\"\n")
                .toLocal8Bit());
        return {u"edit"_s, u"svc"_s, QString::fromLatin1(name), u"-n"_s, u"front"_s};
    }

private Q_SLOTS:
    void cleanupTestCase() { m_demos.clear(); }

    void unknownFieldsAreRefusedUnlessThatIsNotWanted_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("isEdit");
        QTest::addColumn<QString>("option");
        QTest::addColumn<bool>("isWritten");
        QTest::addColumn<QString>("words"); // "" nothing is said of the field
        const auto row = [](const QString &version, bool isEdit, const QString &option, bool isWritten,
                            const QString &words) {
            const QString name =
                u"%1, %2 %3"_s.arg(version, isEdit ? u"edit"_s : u"apply"_s, option).trimmed();
            QTest::newRow(name.toLatin1().constData()) << version << isEdit << option << isWritten << words;
        };
        const QString leftOut = u"would leave out spec.selektor and say nothing"_s,
                      none = u"--validate=ignore"_s, warn = u"--validate=warn"_s;
        row(u"1.15"_s, false, {}, false, leftOut);
        row(u"1.15"_s, false, u"--validate"_s, false, leftOut);
        row(u"1.15"_s, false, warn, true, u"warning: Service front/made-3: the server (Kubernetes v1.15"_s);
        row(u"1.15"_s, false, u"--validate=false"_s, true, {});
        row(u"1.21"_s, true, u"--validate=true"_s, false, leftOut);
        row(u"1.21"_s, true, warn, true, leftOut);
        row(u"1.21"_s, true, none, true, {});
        row(u"1.37"_s, true, {}, false, u"strict decoding error: unknown field \"spec.selektor\""_s);
        row(u"1.37"_s, true, warn, true, u"unknown field \"spec.selektor\""_s);
        row(u"1.37"_s, true, none, true, {});
        // Whose it would be, nobody can say: server-side apply knows no way round.
        row(u"1.37"_s, false, none, false, u".spec.selektor: field not declared in schema"_s);
    }

    void unknownFieldsAreRefusedUnlessThatIsNotWanted()
    {
        QFETCH(const QString, version);
        QFETCH(const bool, isEdit);
        QFETCH(const QString, option);
        QFETCH(const bool, isWritten);
        QFETCH(const QString, words);
        DemoChild &demo = demoOf(version);
        const QByteArray name = "made-" + QByteArray::number(++m_made);
        QStringList command = isEdit ? edited(demo, name) : applied(name);
        command.append(u"--yes"_s);
        if (!option.isEmpty())
            command.append(option);
        QFile::remove(m_folder.filePath(u"seen"_s));
        const CliEnded ended = demo.run(command, 60'000);
        qunsetenv("KUBE_EDITOR");
        QVERIFY2(ended.code == (isWritten ? 0 : 1), qPrintable(ended.all()));
        QCOMPARE(isRestWritten(demo, QString::fromLatin1(name)), isWritten);
        if (words.isEmpty())
            QVERIFY2(!ended.err.contains(u"selektor"_s), qPrintable(ended.all()));
        else
            QVERIFY2(ended.all().contains(words), qPrintable(ended.all()));
        const bool hasWayRound = !isWritten && !words.contains(u"not declared"_s);
        QVERIFY2(ended.err.contains(u"to write the rest all the same, give --validate=false"_s)
                     == hasWayRound,
                 qPrintable(ended.all()));
        QFile seen(m_folder.filePath(u"seen"_s)); // what was typed is shown again, with the reason above it
        QCOMPARE(seen.open(QIODevice::ReadOnly), isEdit && !isWritten);
        const QByteArray again = seen.isOpen() ? seen.readAll() : QByteArray();
        QVERIFY2(again.isEmpty()
                     || (again.contains("# It was not written: ") && again.contains("selektor: ")),
                 again.constData());
    }

    void otherWordsAreNoValidation()
    {
        const CliEnded ended = demoOf(u"1.37"_s).run({u"edit"_s, u"svc"_s, u"web"_s, u"--validate=maybe"_s});
        QVERIFY2(ended.code == 2
                     && ended.err.contains(u"--validate maybe is not known; use strict, warn or ignore"_s),
                 qPrintable(ended.all()));
    }
};

SALLYPORT_TEST(field_validation_test, FieldValidationTest)
#include "field_validation_test.moc"
