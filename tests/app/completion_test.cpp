// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/completion.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class CompletionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bashItselfCompletes_data()
    {
        QTest::addColumn<QString>("typed"); // the last word is the one being typed
        QTest::addColumn<QStringList>("offered");
        QTest::newRow("a command") << u"sallyportctl map"_s << QStringList{u"mappings"_s};
        QTest::newRow("a verb") << u"sallyportctl guide und"_s << QStringList{u"undo"_s};
        QTest::newRow("an option of the command")
            << u"sallyportctl certs --with"_s << QStringList{u"--within"_s};
        QTest::newRow("a global option") << u"sallyportctl --kubeco"_s << QStringList{u"--kubeconfig"_s};
        QTest::newRow("after a global option")
            << u"sallyportctl --demo journal rev"_s << QStringList{u"revert"_s};
        QTest::newRow("nothing of another command") << u"sallyportctl contexts --with"_s << QStringList{};
    }

    void bashItselfCompletes()
    {
        QFETCH(QString, typed);
        QFETCH(QStringList, offered);
        if (QStandardPaths::findExecutable(u"bash"_s).isEmpty())
            QSKIP("skipped: no bash");
        const QString script = app::cli::completionScript(u"bash"_s)
            + u"\nCOMP_WORDS=(%1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sallyportctl; printf '%s\\n' \"${COMPREPLY[@]}\"\n"_s
                  .arg(typed);
        QProcess bash;
        bash.start(u"bash"_s, {u"-c"_s, script});
        QVERIFY(bash.waitForFinished());
        QCOMPARE(QString::fromUtf8(bash.readAllStandardError()), QString());
        QCOMPARE(QString::fromUtf8(bash.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts), offered);
    }

    // The built program behind bash's script; a kubeconfig, and no cluster.
    void bashItselfCompletesValues_data()
    {
        QTest::addColumn<QString>("typed"); // as bash takes it apart
        QTest::addColumn<QStringList>("offered");
        QTest::newRow("contexts") << u"sallyportctl mappings --context ''"_s
                                  << QStringList{u"arn:aws:eks:eu:1:cluster/shop"_s, u"dev"_s, u"prod"_s};
        QTest::newRow("a context") << u"sallyportctl --context de"_s << QStringList{u"dev"_s};
        QTest::newRow("a context, joined by =") << u"sallyportctl --context = pr"_s << QStringList{u"prod"_s};
        QTest::newRow("a context after =")
            << u"sallyportctl --context ="_s
            << QStringList{u"arn:aws:eks:eu:1:cluster/shop"_s, u"dev"_s, u"prod"_s};
        QTest::newRow("a context with colons")
            << u"sallyportctl --context arn : aws : e"_s << QStringList{u"eks:eu:1:cluster/shop"_s};
        QTest::newRow("after =, with colons")
            << u"sallyportctl --context = arn : aws :"_s << QStringList{u"eks:eu:1:cluster/shop"_s};
        QTest::newRow("a finding's code")
            << u"sallyportctl explain-finding RT-00"_s
            << QStringList{u"RT-001"_s, u"RT-002"_s, u"RT-003"_s, u"RT-004"_s, u"RT-005"_s,
                           u"RT-006"_s, u"RT-007"_s, u"RT-008"_s, u"RT-009"_s};
        QTest::newRow("a state") << u"sallyportctl demo-cluster --state gu"_s << QStringList{u"guide-done"_s};
        QTest::newRow("an incident") << u"sallyportctl check --demo --incident cert-e"_s
                                     << QStringList{u"cert-expired"_s};
        QTest::newRow("a generation")
            << u"sallyportctl demo-cluster --generation 3"_s << QStringList{u"3.x"_s};
        QTest::newRow("a format of the command") << u"sallyportctl check -o sa"_s << QStringList{u"sarif"_s};
        QTest::newRow("a format of another") << u"sallyportctl get -o sa"_s << QStringList{};
        QTest::newRow("a step of the guide")
            << u"sallyportctl guide show name"_s << QStringList{u"namespace-label"_s};
        QTest::newRow("no cluster, no kinds") << u"sallyportctl get po"_s << QStringList{};
    }
    void bashItselfCompletesValues()
    {
        QFETCH(QString, typed);
        QFETCH(QStringList, offered);
        if (QStandardPaths::findExecutable(u"bash"_s).isEmpty())
            QSKIP("skipped: no bash");
        QTemporaryDir folder;
        QFile config(folder.filePath(u"config"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(
            "current-context: dev\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
            "contexts:\n- {name: dev, context: {cluster: c}}\n- {name: prod, context: {cluster: c}}\n"
            "- {name: 'arn:aws:eks:eu:1:cluster/shop', context: {cluster: c}}\n");
        config.close();
        const QString script = app::cli::completionScript(u"bash"_s)
            + u"\nCOMP_WORDS=(%1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sallyportctl; printf '%s\\n' \"${COMPREPLY[@]}\"\n"_s
                  .arg(typed);
        QProcess bash;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"KUBECONFIG"_s, config.fileName());
        environment.insert(u"PATH"_s,
                           QStringLiteral(SALLYPORT_BINARY_DIR "/bin:") + environment.value(u"PATH"_s));
        bash.setProcessEnvironment(environment);
        bash.start(u"bash"_s, {u"-c"_s, script});
        QVERIFY(bash.waitForFinished());
        QCOMPARE(QString::fromUtf8(bash.readAllStandardError()), QString());
        QCOMPARE(QString::fromUtf8(bash.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts), offered);
    }

    void everyShellKnowsEveryCommand_data()
    {
        QTest::addColumn<QString>("shell");
        for (const char *shell : {"bash", "zsh", "fish"})
            QTest::newRow(shell) << QString::fromLatin1(shell);
    }

    void everyShellKnowsEveryCommand()
    {
        QFETCH(QString, shell);
        const QString script = app::cli::completionScript(shell);
        for (const app::cli::Command &command : app::cli::commands())
            QVERIFY2(script.contains(QLatin1String(command.name)), command.name);
    }

    void anotherShellHasNone() { QVERIFY(app::cli::completionScript(u"tcsh"_s).isEmpty()); }
};

SALLYPORT_TEST(completion_test, CompletionTest)
#include "completion_test.moc"
