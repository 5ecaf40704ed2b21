// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/completion.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QStandardPaths>
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
