// SPDX-License-Identifier: GPL-3.0-or-later
// A kubeconfig names a program that signs in: the console asks before it runs, and remembers what "always" was said to.
#include "app/gui/application.h"
#include "app/gui/exec_permissions.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/page_frame.h"
#include "ui/pages/welcome_page.h"
#include "ui/state_panel.h"

#include <QAbstractItemView>
#include <QFile>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15000;

} // namespace

class ExecPermissionsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;

    QString path(const QString &name) const { return m_folder.filePath(name); }

    // Its user signs in by a program that counts its runs.
    QString kubeconfig(const QByteArray &argument) const
    {
        const QByteArray program = "echo run >> " + path(u"runs"_s).toUtf8()
            + "; printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
              "\"status\":{\"token\":\""
            + m_cluster->token + "\"}}'";
        QFile script(path(u"get-token"_s));
        if (!script.open(QIODevice::WriteOnly) || script.write("#!/bin/sh\n" + program) < 0
            || !script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
            qFatal("cannot write the program");
        const QByteArray exec =
            "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "
            + script.fileName().toUtf8() + ", args: [eks, '" + argument
            + "'], env: [{name: AWS_PROFILE, value: s3cret-profile}]}";
        QFile file(path(u"config"_s));
        const QByteArray text =
            m_cluster->kubeconfig().replace(QByteArray("token: " + m_cluster->token), exec);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
            qFatal("cannot write the kubeconfig");
        return file.fileName();
    }

    qsizetype runs() const
    {
        QFile file(path(u"runs"_s));
        return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
    }

    std::unique_ptr<app::gui::Application> started(const QByteArray &argument) const
    {
        app::gui::GuiOptions options;
        options.kubeconfig = kubeconfig(argument);
        auto console = std::make_unique<app::gui::Application>(options);
        console->window().show();
        console->showPage(u"routing"_s);
        console->start();
        return console;
    }

    static ui::ExecDialog *question(app::gui::Application &console)
    {
        for (ui::ExecDialog *dialog : console.window().findChildren<ui::ExecDialog *>()) {
            if (dialog->isVisible())
                return dialog;
        }
        return nullptr;
    }

    static void press(app::gui::Application &console, const QString &button)
    {
        QTest::keyClick(question(console)->findChild<QPushButton *>(button), Qt::Key_Space);
    }

    static bool isLive(app::gui::Application &console)
    {
        return console.desk() && console.desk()->state().phase == Phase::Live;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeYaml());
        qputenv("XDG_DATA_HOME", path(QString::fromLatin1(QTest::currentTestFunction())).toUtf8());
        QFile::remove(path(u"runs"_s));
    }
    void cleanup() { m_cluster.reset(); }

    void nothingRunsBeforeTheAnswer()
    {
        const auto console = started("get token");
        QTRY_VERIFY_WITH_TIMEOUT(question(*console), Patience);
        const auto *dialog = question(*console);
        QCOMPARE(dialog->findChild<QPlainTextEdit *>(u"execCommand"_s)->toPlainText(),
                 path(u"get-token"_s) + u" eks 'get token'"_s);
        QString facts;
        for (const QLabel *label : dialog->findChildren<QLabel *>())
            facts += label->text() + u'\n';
        for (const QString &part : {path(u"config"_s), u"jane"_s, u"test"_s, u"AWS_PROFILE"_s})
            QVERIFY2(facts.contains(part), qPrintable(part + u" is not in "_s + facts));
        QVERIFY(!facts.contains(u"s3cret-profile"_s));
        QCOMPARE(runs(), 0);
        QTest::keyClick(question(*console), Qt::Key_Escape);
        const auto *page = console->window().page(u"routing"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            page->state() && page->state()->shown().text.contains(u"was not allowed to run"_s), Patience);
        QCOMPARE(runs(), 0);

        QTest::keyClick(page->state()->findChild<QPushButton *>(u"statePrimary"_s),
                        Qt::Key_Space); // Retry asks again
        QTRY_VERIFY_WITH_TIMEOUT(question(*console), Patience);
        press(*console, u"execOnce"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isLive(*console), Patience);
        QCOMPARE(runs(), 1);
    }

    void onceIsOnceAndAlwaysIsForThatCommandAlone()
    {
        auto console = started("token");
        QTRY_VERIFY_WITH_TIMEOUT(question(*console), Patience);
        press(*console, u"execOnce"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isLive(*console), Patience);
        console = started("token");
        QTRY_VERIFY_WITH_TIMEOUT(question(*console), Patience);
        press(*console, u"execAlways"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isLive(*console), Patience);
        console = started("token");
        QTRY_VERIFY_WITH_TIMEOUT(isLive(*console), Patience);
        QVERIFY(!question(*console));
        QCOMPARE(runs(), 3);
        console = started("another");
        QTRY_VERIFY_WITH_TIMEOUT(question(*console), Patience);
        QCOMPARE(runs(), 3);
        QFile kept(app::gui::ExecPermissions::usualFile());
        QVERIFY(kept.open(QIODevice::ReadOnly));
        const QByteArray text = kept.readAll();
        QVERIFY2(text.contains("get-token") && !text.contains("s3cret") && !text.contains("eks"),
                 text.constData());
        QCOMPARE(kept.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void theDoctorAsksToo()
    {
        app::gui::GuiOptions options;
        const QString file = kubeconfig("token");
        qputenv("KUBECONFIG", file.toUtf8());
        const auto restore = qScopeGuard([] { qunsetenv("KUBECONFIG"); });
        app::gui::Application console(options);
        console.window().show();
        console.start();
        Q_EMIT console.window().welcome().doctorRequested(u"test"_s);
        QTRY_VERIFY_WITH_TIMEOUT(question(console), Patience);
        QCOMPARE(runs(), 0);
        press(console, u"execNever"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!question(console), Patience);
        QCOMPARE(runs(), 0);
    }

    // The welcome page shows what `sallyportctl doctor` does, over one connection.
    void theDoctorGoesToTheEnd()
    {
        app::gui::GuiOptions options;
        const QString file = kubeconfig("token");
        qputenv("KUBECONFIG", file.toUtf8());
        const auto restore = qScopeGuard([] { qunsetenv("KUBECONFIG"); });
        app::gui::Application console(options);
        console.window().show();
        console.start();
        const auto before = runs();
        Q_EMIT console.window().welcome().doctorRequested(u"test"_s);
        QTRY_VERIFY_WITH_TIMEOUT(question(console), Patience);
        press(console, u"execOnce"_s);
        const auto *steps = console.window().findChild<QAbstractItemView *>(u"welcomeSteps"_s);
        const auto *check = console.window().findChild<QPushButton *>(u"welcomeCheck"_s);
        QVERIFY(steps && check);
        QTRY_COMPARE_WITH_TIMEOUT(check->text(), u"Check the connection"_s, Patience);
        QStringList names;
        for (int row = 0; row < steps->model()->rowCount(); ++row)
            names.append(steps->model()->index(row, 0).data().toString().section(u' ', 0, 0));
        QCOMPARE(
            names.join(u' '),
            u"kubeconfig credentials name TCP TLS version rights watch CRDs Istio edges Prometheus"_s); // its connections are only told of over HTTP/2
        QCOMPARE(runs(), before + 1);
    }

    void aPermissionIsForOneCommandInOneFile_data()
    {
        QTest::addColumn<kube::ExecPlugin>("plugin");
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("allowed");
        kube::ExecPlugin aws;
        aws.command = u"aws"_s;
        aws.arguments = {u"eks"_s, u"get-token"_s};
        aws.environment = {{u"AWS_PROFILE"_s, u"dev"_s}};
        kube::ExecPlugin joined = aws;
        joined.arguments = {u"eks get-token"_s};
        kube::ExecPlugin other = aws;
        other.command = u"/tmp/aws"_s;
        kube::ExecPlugin elsewhere = aws;
        elsewhere.environment = {{u"AWS_PROFILE"_s, u"prod"_s}};
        QTest::newRow("the same") << aws << u"/k/config"_s << true;
        QTest::newRow("other arguments") << joined << u"/k/config"_s << false;
        QTest::newRow("another program") << other << u"/k/config"_s << false;
        QTest::newRow("other variables") << elsewhere << u"/k/config"_s << false;
        QTest::newRow("another file") << aws << u"/k/other"_s << false;
    }
    void aPermissionIsForOneCommandInOneFile()
    {
        QFETCH(kube::ExecPlugin, plugin);
        QFETCH(QString, file);
        QFETCH(bool, allowed);
        kube::ExecPlugin aws;
        aws.command = u"aws"_s;
        aws.arguments = {u"eks"_s, u"get-token"_s};
        aws.environment = {{u"AWS_PROFILE"_s, u"dev"_s}};
        app::gui::ExecPermissions first(path(u"permissions.json"_s));
        QVERIFY(first.allow(aws, u"/k/config"_s));
        QCOMPARE(app::gui::ExecPermissions(path(u"permissions.json"_s)).isAllowed(plugin, file), allowed);
    }
};

SALLYPORT_TEST(exec_permissions_test, ExecPermissionsTest)
#include "exec_permissions_test.moc"
