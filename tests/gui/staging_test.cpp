// SPDX-License-Identifier: GPL-3.0-or-later
// What is staged of one object twice, what stays of a set that was written in part, and what others do meanwhile; through the window.
#include "app/gui/application.h"
#include "models/items/staged_rows.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/confirm_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/table_view.h"

#include <QAction>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;
using models::MtlsMode;

namespace {

constexpr int Patience = 15000;

QByteArray policyYaml(const QByteArray &mode, const QByteArray &labels = {})
{
    return "{apiVersion: security.istio.io/v1beta1, kind: PeerAuthentication, metadata: {name: default, "
           "namespace: istio-system, labels: {"
        + labels + "}}, spec: {mtls: {mode: " + mode + "}}}\n";
}

} // namespace

class StagingTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    void open()
    {
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(m_cluster->kubeconfig());
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = file.fileName();
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().resize(1280, 800);
        m_console->window().show();
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->analysis()
                                     && m_console->desk()->analysis()->hasEdge,
                                 Patience);
    }
    template<typename Widget>
    Widget *find(const QString &name) const
    {
        Widget *widget = m_console->window().findChild<Widget *>(name);
        Q_ASSERT(widget);
        return widget;
    }
    ui::ConfirmDialog *dialog() const
    {
        for (auto *each : m_console->window().findChildren<ui::ConfirmDialog *>()) {
            if (each->isVisible())
                return each;
        }
        return nullptr;
    }
    QString said() const
    {
        return dialog() ? dialog()->findChild<QLabel *>(u"confirmMessage"_s)->text() : QString();
    }
    QPushButton *stageButton() const { return dialog()->findChild<QPushButton *>(u"confirmStage"_s); }
    void askForMode(MtlsMode mode) { Q_EMIT m_console->window().pages().mesh->modeRequested(mode); }
    // Answers the dialog that is on its way.
    void stage(int count)
    {
        QTRY_VERIFY2_WITH_TIMEOUT(dialog() && stageButton()->isVisible(), qPrintable(said()), Patience);
        stageButton()->click();
        QTRY_VERIFY(!dialog());
        QCOMPARE(m_console->window().docks().staged(), count);
    }
    void review()
    {
        find<QAction>(u"stagedAction"_s)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && !said().isEmpty(), Patience);
    }
    void apply()
    {
        QTest::keyClicks(dialog()->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        QTRY_VERIFY2(dialog()->applyButton()->isEnabled(), qPrintable(said()));
        dialog()->applyButton()->click();
        // It ends with success, which is said above the page; else it says what went wrong.
        QTRY_VERIFY_WITH_TIMEOUT(!dialog() || dialog()->applyButton()->isHidden(), Patience);
    }
    QString cell(int row, const QString &column) const // of the list of what is staged
    {
        const auto *table = find<ui::TableView>(u"stagedTable"_s);
        const auto columns = models::stagedColumns();
        for (size_t i = 0; i < columns.size(); ++i) {
            if (columns[i].id == column)
                return table->model()->index(row, int(i)).data().toString();
        }
        return {};
    }
    std::string mode() const
    {
        const edge::Value *policy = m_cluster->find("peerauthentications", "istio-system/default");
        return policy ? policy->at({"spec", "mtls", "mode"}).text() : "none";
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); }
    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n");
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void whatIsStagedTwiceOfOneObjectIsOneWrite_data()
    {
        QTest::addColumn<QByteArray>("there");
        QTest::addColumn<QString>("begins"); // its diff
        QTest::newRow("a policy that is there")
            << policyYaml("PERMISSIVE") << u"--- PeerAuthentication istio-system/default, now\n"_s;
        QTest::newRow("none yet") << QByteArray() << u"--- /dev/null\n"_s;
    }

    void whatIsStagedTwiceOfOneObjectIsOneWrite()
    {
        QFETCH(QByteArray, there);
        QFETCH(QString, begins);
        if (!there.isEmpty())
            m_cluster->put(there);
        open();
        const int journalled = m_console->models().journal.rowCount();
        askForMode(MtlsMode::Strict);
        stage(1);
        askForMode(MtlsMode::Disable);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && !dialog()->review().changes.changes.isEmpty(), Patience);
        QVERIFY(dialog()->applyButton()->isHidden()); // half of a set is not written
        QVERIFY2(dialog()->review().diffs[0].startsWith(begins), qPrintable(dialog()->review().diffs[0]));
        QVERIFY(!dialog()->review().diffs[0].contains(u"STRICT"_s));
        stage(1);
        QVERIFY(cell(0, u"change"_s).contains(u"STRICT; "_s));

        review();
        QCOMPARE(dialog()->review().changes.changes.size(), 1);
        QVERIFY(dialog()->review().diffs[0].contains(u"+    mode: DISABLE"_s));
        apply();
        QCOMPARE(m_cluster->writes, 1);
        QCOMPARE(mode(), "DISABLE");
        QCOMPARE(m_console->window().docks().staged(), 0);
        QTRY_COMPARE(m_console->models().journal.rowCount(), journalled + 1);
    }

    // Whoever is told that it is done finds the pages so: the watch may come later than the answer to the write.
    void itIsDoneWhenItIsSeen()
    {
        m_cluster->put(policyYaml("PERMISSIVE"));
        open();
        m_cluster->holdsNews = true;
        askForMode(MtlsMode::Strict);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && !dialog()->review().changes.changes.isEmpty(), Patience);
        bool wasHeld = true; // when the dialog said that it is done
        connect(dialog(), &QDialog::finished, this, [&] { wasHeld = m_cluster->holdsNews; });
        QTest::keyClicks(dialog()->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        QTRY_VERIFY2(dialog()->applyButton()->isEnabled(), qPrintable(said()));
        dialog()->applyButton()->click();
        QTRY_COMPARE(m_cluster->writes, 1);
        QTimer::singleShot(300, this, [this] { m_cluster->letGo(); });
        QTRY_VERIFY(!dialog());
        QVERIFY(!wasHeld);
        QCOMPARE(mode(), "STRICT");
    }

    void stagingTheWayBackLeavesNothing()
    {
        m_cluster->put(policyYaml("PERMISSIVE"));
        open();
        askForMode(MtlsMode::Strict);
        stage(1);
        askForMode(MtlsMode::Permissive);
        stage(0);
        QCOMPARE(m_cluster->writes, 0);
        QVERIFY(find<QPushButton>(u"stagedReview"_s)->isHidden());
    }

    void ofASetThatWasWrittenInPartTheRestStays()
    {
        open();
        m_cluster->refusedPlural = "mappings";
        askForMode(MtlsMode::Strict);
        stage(1);
        Q_EMIT m_console->window().pages().guide->applyRequested(u"mapping-plain"_s);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && stageButton()->isVisible(), Patience);
        const auto count = int(dialog()->review().changes.changes.size());
        stage(1 + count);
        Q_EMIT m_console->window().pages().guide->applyRequested(u"tlscontext"_s);
        stage(2 + count);
        review();
        apply();
        QVERIFY2(said().contains(u"the webhook says no"_s) && said().contains(u"1 of %1"_s.arg(2 + count)),
                 qPrintable(said()));
        QCOMPARE(m_cluster->writes, 1);
        QCOMPARE(mode(), "STRICT");
        dialog()->close();
        QCOMPARE(m_console->window().docks().staged(), 1 + count);
        QCOMPARE(cell(0, u"state"_s), u"Failed"_s);
        QVERIFY(cell(0, u"error"_s).contains(u"the webhook says no"_s));
        QCOMPARE(cell(count, u"state"_s), u"Not tried"_s);
        QVERIFY(cell(count, u"object"_s).startsWith(u"TLSContext "_s));

        m_cluster->refusedPlural.clear();
        QTRY_VERIFY(!dialog());
        review();
        QCOMPARE(dialog()->review().changes.changes.size(), 1 + count);
        apply();
        QCOMPARE(m_cluster->writes, 2 + count);
        QCOMPARE(m_console->window().docks().staged(), 0);
    }

    void ofASetThatWasAppliedAtOnceItIsSaidHowFarItCame()
    {
        open();
        m_cluster->refusedPlural = "mappings";
        Q_EMIT m_console->window().pages().guide->applyRequested(u"quote"_s);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && stageButton()->isVisible(), Patience);
        const auto count = dialog()->review().changes.changes.size();
        QVERIFY(count > 1);
        apply();
        QVERIFY2(
            said().contains(u"the webhook says no"_s)
                && said().contains(u" %1 of %2 changes were written"_s.arg(m_cluster->writes).arg(count)),
            qPrintable(said()));
    }

    // A server that has a write wait for an hour holds nobody: the wait is told, and can be ended.
    void aWriteThatTheServerPutsOffCanBeStopped()
    {
        m_cluster->put(policyYaml("PERMISSIVE"));
        open();
        const int journalled = m_console->models().journal.rowCount();
        m_cluster->putOffPlural = "peerauthentications";
        askForMode(MtlsMode::Strict);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && stageButton()->isVisible(), Patience);
        QTest::keyClicks(dialog()->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        QTRY_VERIFY(dialog()->applyButton()->isEnabled());
        dialog()->applyButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(said().contains(u"too many requests"_s), Patience);
        const QString line = dialog()->findChild<QLabel *>(u"confirmLine"_s)->text();
        QVERIFY2(line.contains(u"may be written"_s), qPrintable(line)); // what is on its way then
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY2(said().contains(u"given up"_s), qPrintable(said()));
        QVERIFY2(!said().contains(u"not known"_s),
                 qPrintable(said())); // it was refused, so it was not written
        QVERIFY(dialog()->applyButton()->isHidden());
        QTRY_COMPARE(m_console->models().journal.rowCount(), journalled + 1); // that it was tried
        QCOMPARE(m_cluster->writes, 0);
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());

        m_cluster->putOffPlural.clear();
        askForMode(MtlsMode::Strict); // nothing is in its way
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && stageButton()->isVisible(), Patience);
        apply();
        QCOMPARE(mode(), "STRICT");
    }

    void aDryRunThatTheServerPutsOffEndsWithItsDialog()
    {
        m_cluster->put(policyYaml("PERMISSIVE"));
        open();
        m_cluster->putOffPlural = "peerauthentications";
        m_cluster->putsOffDryRuns = true;
        askForMode(MtlsMode::Strict);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && said().contains(u"too many requests"_s), Patience);
        dialog()->reject();
        QTRY_VERIFY(!dialog());
        m_cluster->putOffPlural.clear();
        askForMode(MtlsMode::Strict);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && stageButton()->isVisible(), Patience);
    }

    void whatOthersDidMeanwhileIsSeenBeforeAnythingIsWritten()
    {
        m_cluster->put(policyYaml("PERMISSIVE"));
        open();
        askForMode(MtlsMode::Strict);
        stage(1);
        m_cluster->put(policyYaml("PERMISSIVE", "team: mesh")); // beside it
        review();
        QVERIFY2(dialog()->review().dryRunOk, qPrintable(said()));
        QVERIFY(dialog()->review().changes.changes[0].before->at({"metadata", "labels", "team"}).text()
                == "mesh");
        dialog()->reject();
        QTRY_VERIFY(!dialog());
        m_cluster->put(policyYaml("DISABLE")); // the very field
        review();
        QVERIFY2(said().contains(u"spec.mtls.mode"_s), qPrintable(said()));
        QVERIFY(!dialog()->applyButton()->isEnabled());
        dialog()->reject();
        QTRY_VERIFY(!dialog());
        QCOMPARE(cell(0, u"state"_s), u"Conflict"_s);
        find<QPushButton>(u"stagedDrop"_s)->click();
        QCOMPARE(m_console->window().docks().staged(), 0);
        QCOMPARE(m_cluster->writes, 0);
    }
};

SALLYPORT_TEST(staging_test, StagingTest)
#include "staging_test.moc"
