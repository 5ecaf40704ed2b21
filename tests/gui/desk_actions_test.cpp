// SPDX-License-Identifier: GPL-3.0-or-later
// What the docks and the details wish for, against an API server that the test looks into.
#include "app/gui/application.h"
#include "app/gui/handshake.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/confirm_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/edit_dialog.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/routing_page.h"
#include "ui/secret_dialog.h"
#include "ui/table_pane.h"

#include <QDirIterator>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 15000;

} // namespace

class DeskActionsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    void open(int leastFindings = 1)
    {
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(m_cluster->kubeconfig());
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = file.fileName();
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().show();
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->analysis(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().findings.rowCount() >= leastFindings, Patience);
    }
    QString keyOf(const QString &code) const
    {
        const auto &findings = m_console->models().findings;
        for (int i = 0; i < findings.rowCount(); ++i) {
            if (findings.row(i).finding.code == code)
                return findings.row(i).key;
        }
        return {};
    }
    ui::ProblemsPanel &problems() const { return m_console->window().docks().problems(); }
    QByteArray allFiles() const // that the console has written
    {
        QByteArray all;
        QDirIterator files(m_folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly) && !file.fileName().endsWith(u"/config"_s))
                all += file.readAll();
        }
        return all;
    }

    static models::StagedChanges stagedRemoval()
    {
        models::ChangeSet removal;
        models::Change &change = removal.changes.emplaceBack();
        change.verb = models::Change::Verb::Remove;
        change.type = {u"getambassador.io"_s, u"v2"_s, u"mappings"_s, u"Mapping"_s, true};
        change.nameSpace = u"default"_s;
        change.name = u"quote-backend"_s;
        models::StagedChanges staged;
        staged.add(removal);
        return staged;
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); }
    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeWithCertsYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put(istioUpstreamYaml());
        m_cluster->put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n");
        m_cluster->put(
            "{apiVersion: security.istio.io/v1beta1, kind: PeerAuthentication, metadata: {name: default, "
            "namespace: istio-system}, spec: {mtls: {mode: STRICT}}}\n");
        m_cluster->put(
            "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, namespace: "
            "default}, spec: {prefix: /backend/, service: 'quote:80'}}\n");
        open();
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    // What the account has no right to is greyed before it is tried, and says which right it takes.
    void whatTheAccountMayNotDoIsGreyed()
    {
        ui::MainWindow &window = m_console->window();
        const auto button = [&window](const char *name) {
            return window.findChild<QPushButton *>(QString::fromLatin1(name));
        };
        QTRY_VERIFY_WITH_TIMEOUT(button("meshSwitch")->isEnabled(), Patience);
        QVERIFY(!button("meshSwitch")->toolTip().contains(u"patch"_s));
        m_console.reset();
        m_cluster->readOnly = true;
        open();
        ui::MainWindow &viewer = m_console->window();
        const auto greyed = [&viewer](const char *name) {
            auto *found = viewer.findChild<QPushButton *>(QString::fromLatin1(name));
            return found && !found->isEnabled() ? found->toolTip() : QString();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(
            greyed("meshSwitch")
                .contains(u"`patch` on `peerauthentications.security.istio.io` in `istio-system`"_s),
            qPrintable(greyed("meshSwitch")), Patience);
        viewer.showPage(u"guide"_s, u"mapping-tls"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(
            greyed("guideApply").contains(u"`patch` on `mappings.getambassador.io` in `default`"_s),
            qPrintable(greyed("guideApply")), Patience);
        viewer.docks().open(u"problems"_s);
        problems().pane().table().selectKey(keyOf(u"MT-001"_s));
        QTRY_VERIFY2_WITH_TIMEOUT(
            greyed("problemFix").contains(u"`patch` on `mappings.getambassador.io` in `default`"_s),
            qPrintable(greyed("problemFix")), Patience);
        viewer.docks().open(u"changes"_s);
        m_console->desk()->setStaged(stagedRemoval());
        QTRY_VERIFY2_WITH_TIMEOUT(
            greyed("stagedReview").contains(u"`delete` on `mappings.getambassador.io` in `default`"_s),
            qPrintable(greyed("stagedReview")), Patience);
        QCOMPARE(m_cluster->writes + m_cluster->dryRuns, 0);
    }

    void clearTextThatServersHaveCountedIsAProblemHereToo()
    {
        m_console.reset();
        m_cluster->drop("peerauthentications", "istio-system/default");
        m_cluster->put(
            "{apiVersion: v1, kind: Service, metadata: {name: prometheus, namespace: istio-system}, "
            "spec: {ports: [{name: http, port: 9090}]}}\n");
        m_cluster->proxied = [](const ServerRequest &request, const ServerReply &reply) {
            const bool isClearText = request.query("query").contains("connection_security_policy=\"none\"");
            const QByteArray series =
                "{\"metric\":{\"destination_workload_namespace\":\"default\",\"destination_workload\":"
                "\"quote\",\"source_workload\":\"unknown\"},\"value\":[1,\"7\"]}";
            reply.answer(200,
                         "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
                             + (isClearText ? series : QByteArray()) + "]}}");
        };
        open(0);
        QTRY_VERIFY_WITH_TIMEOUT(!keyOf(u"MT-020"_s).isEmpty(), Patience);
    }

    void aSecretThatMayNotBeReadCannotBeRevealed()
    {
        const QByteArray secret = "{apiVersion: v1, kind: Secret, metadata: {name: edge-tls, namespace: "
                                  "ambassador}, type: kubernetes.io/tls, data: {tls.crt: "
            + m_cluster->certificateAuthority().toBase64() + "}}\n";
        const auto reveal = [this] {
            return m_console->window().findChild<QPushButton *>(u"certificateReveal"_s);
        };
        const auto choose = [this] {
            const auto &rows = m_console->models().certificates;
            for (int i = 0; i < rows.rowCount(); ++i) {
                if (rows.row(i).storedAt.name == "edge-tls"_L1)
                    m_console->window().showPage(u"certificates"_s, rows.row(i).key);
            }
            return m_console->window().pages().certificates->currentKey().contains(u"edge-tls"_s);
        };
        m_cluster->put(secret);
        QTRY_VERIFY_WITH_TIMEOUT(choose(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(reveal()->isEnabled(), Patience);
        m_console.reset();
        m_cluster->listsOnly = true;
        open();
        QTRY_VERIFY_WITH_TIMEOUT(choose(), Patience);
        QTRY_VERIFY2_WITH_TIMEOUT(
            !reveal()->isEnabled() && reveal()->toolTip().contains(u"`get` on `secrets` in `ambassador`"_s),
            qPrintable(reveal()->toolTip()), Patience);
    }

    void aFixIsReviewedAppliedAndJournalled()
    {
        const QString key = keyOf(u"MT-001"_s);
        QVERIFY(!key.isEmpty());
        Q_EMIT problems().fixRequested({key}, {});
        ui::ConfirmDialog *dialog = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((dialog = m_console->window().findChild<ui::ConfirmDialog *>())
                                     && !dialog->review().changes.changes.isEmpty(),
                                 Patience);
        QVERIFY(dialog->review().dryRunOk);
        QVERIFY(dialog->review().diffs.first().contains(u"tls: istio-upstream"_s));
        QCOMPARE(m_cluster->writes, 0);
        QTest::keyClicks(dialog->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        dialog->applyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_cluster->writes, 1, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->window().findChild<ui::ConfirmDialog *>(),
                                 Patience); // success asks nothing
        QTRY_VERIFY(m_console->window().findChild<QWidget *>(u"report"_s)->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(keyOf(u"MT-001"_s).isEmpty(), Patience);
        const edge::Value *mapping = m_cluster->find("mappings", "default/quote-backend");
        QCOMPARE(mapping->at({"spec", "tls"}).text(), std::string("istio-upstream"));
        QCOMPARE(mapping->at({"spec", "service"}).text(), std::string("quote:80"));
        QTRY_COMPARE(m_console->models().journal.rowCount(), 1);
    }

    void aMappingIsEditedWithAReview()
    {
        ui::MainWindow &window = m_console->window();
        const auto edit = [&window](const QString &from, const QString &to) {
            ui::EditDialog *dialog = nullptr;
            window.findChild<QPushButton *>(u"mappingEdit"_s)->click();
            QTRY_VERIFY_WITH_TIMEOUT((dialog = window.findChild<ui::EditDialog *>()), Patience);
            auto *text = dialog->findChild<QPlainTextEdit *>(u"editText"_s);
            const QString yaml = text->toPlainText();
            QVERIFY2(yaml.contains(from) && !yaml.contains(u"managedFields"_s), qPrintable(yaml));
            text->setPlainText(QString(yaml).replace(from, to));
            dialog->findChild<QPushButton *>(u"editReview"_s)->click();
        };
        window.showPage(u"routing"_s, u"default/quote-backend"_s);
        QTRY_VERIFY(window.findChild<QPushButton *>(u"mappingEdit"_s)->isEnabled());
        edit(u"name: quote-backend"_s, u"name: another"_s); // that would be another object
        auto *editor = window.findChild<ui::EditDialog *>();
        QTRY_VERIFY(editor && editor->findChild<QLabel *>(u"editProblem"_s)->isVisible());
        delete editor;
        edit(u"/backend/"_s, u"/behind/"_s);
        ui::ConfirmDialog *review = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((review = window.findChild<ui::ConfirmDialog *>())
                                     && !review->review().changes.changes.isEmpty(),
                                 Patience);
        QCOMPARE(m_cluster->writes, 0); // nothing before it is confirmed
        const QPointer<ui::EditDialog> open = window.findChild<ui::EditDialog *>();
        review->reject(); // to think again: back to the text
        QTRY_VERIFY(open && open->isVisible() && !window.findChild<ui::ConfirmDialog *>());
        QTRY_VERIFY(open->findChild<QPlainTextEdit *>(u"editText"_s)->hasFocus());
        open->findChild<QPushButton *>(u"editReview"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT((review = window.findChild<ui::ConfirmDialog *>())
                                     && !review->review().changes.changes.isEmpty(),
                                 Patience);
        QTest::keyClicks(review->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        review->applyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_cluster->writes, 1, Patience);
        const edge::Value *mapping = m_cluster->find("mappings", "default/quote-backend");
        QCOMPARE(mapping->at({"spec", "prefix"}).text(), std::string("/behind/"));
        QTRY_VERIFY_WITH_TIMEOUT(!open,
                                 Patience); // it is done: a second review would say that somebody changed it
    }

    // After a review, and taken back from the journal.
    void aMappingIsDeletedAndComesBack()
    {
        ui::MainWindow &window = m_console->window();
        window.showPage(u"routing"_s, u"default/quote-backend"_s);
        QTRY_VERIFY_WITH_TIMEOUT(window.pages().routing->currentObject().name == "quote-backend"_L1,
                                 Patience);
        const auto confirmed = [&](int writes) {
            ui::ConfirmDialog *review = nullptr;
            QTRY_VERIFY_WITH_TIMEOUT((review = window.findChild<ui::ConfirmDialog *>())
                                         && !review->review().changes.changes.isEmpty(),
                                     Patience);
            QCOMPARE(m_cluster->writes, writes - 1); // nothing before it is confirmed
            QTest::keyClicks(review->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
            review->applyButton()->click();
            QTRY_COMPARE_WITH_TIMEOUT(m_cluster->writes, writes, Patience);
            QTRY_VERIFY_WITH_TIMEOUT(!window.findChild<ui::ConfirmDialog *>(), Patience);
        };
        QTest::keyClick(window.findChild<QTableView *>(u"mappingsTable"_s), Qt::Key_Delete);
        confirmed(1);
        QVERIFY(!m_cluster->find("mappings", "default/quote-backend"));
        const auto removal = [this] {
            int number = 0;
            const auto &journal = m_console->models().journal;
            for (int i = 0; i < journal.rowCount(); ++i) {
                const models::JournalEntry &entry = journal.row(i).entry;
                if (entry.change.verb == models::Change::Verb::Remove && entry.canBeTakenBack())
                    number = std::max(number, entry.number);
            }
            return number;
        };
        QTRY_VERIFY(removal() > 0);
        Q_EMIT window.pages().activity->revertRequested(removal());
        confirmed(2);
        const edge::Value *mapping = m_cluster->find("mappings", "default/quote-backend");
        QVERIFY(mapping);
        QCOMPARE(mapping->at({"spec", "prefix"}).text(), std::string("/backend/"));
    }

    // One review, one set: what is selected goes together.
    void severalMappingsAreDeletedTogether()
    {
        ui::MainWindow &window = m_console->window();
        window.showPage(u"routing"_s);
        auto *table = window.findChild<QTableView *>(u"mappingsTable"_s);
        auto *pane = window.pages().routing->findChild<ui::TablePane *>(u"mappingsPane"_s);
        m_cluster->put(
            "apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: cart, namespace: default}\n"
            "spec: {prefix: /cart/, service: quote}\n");
        QTRY_VERIFY_WITH_TIMEOUT(pane->isComplete() && pane->total() > 1, Patience);
        const int total = pane->total();
        table->selectAll();
        QTRY_COMPARE(int(pane->selectedKeys().size()), total);
        QTest::keyClick(table, Qt::Key_Delete);
        ui::ConfirmDialog *review = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((review = window.findChild<ui::ConfirmDialog *>())
                                     && !review->review().changes.changes.isEmpty(),
                                 Patience);
        QCOMPARE(int(review->review().changes.changes.size()), total);
        QCOMPARE(review->windowTitle(), u"Delete %1 Mappings"_s.arg(total));
        QTest::keyClicks(review->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        review->applyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_cluster->writes, total, Patience);
        QVERIFY(!m_cluster->find("mappings", "default/quote-backend"));
        QTRY_COMPARE_WITH_TIMEOUT(pane->total(), 0, Patience);
    }

    // Of several mesh-wide policies only the oldest counts, whatever its name, and also where it says nothing yet: another one
    // beside it would change nothing.
    void theSwitchEditsThePolicyThatCounts_data()
    {
        const QByteArray head("apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\n");
        const auto policy = [&](const char *name, const char *created, const char *mode) -> QByteArray {
            return head + "metadata: {name: " + name + ", namespace: istio-system, creationTimestamp: '"
                + created + "'}\nspec: " + mode + "\n";
        };
        QTest::addColumn<QByteArrayList>("policies");
        QTest::addColumn<QString>("edited");
        const char *early = "2026-01-01T00:00:00Z", *late = "2026-02-01T00:00:00Z";
        QTest::newRow("none yet") << QByteArrayList() << u"default"_s;
        QTest::newRow("another name")
            << QByteArrayList{policy("mesh", early, "{mtls: {mode: PERMISSIVE}}")} << u"mesh"_s;
        QTest::newRow("it says UNSET")
            << QByteArrayList{policy("mesh", early, "{mtls: {mode: UNSET}}")} << u"mesh"_s;
        QTest::newRow("it says nothing") << QByteArrayList{policy("mesh", early, "{}")} << u"mesh"_s;
        QTest::newRow("two") << QByteArrayList{policy("a-late", late, "{mtls: {mode: DISABLE}}"),
                                               policy("z-early", early, "{}")}
                             << u"z-early"_s;
    }
    void theSwitchEditsThePolicyThatCounts()
    {
        QFETCH(QByteArrayList, policies);
        QFETCH(QString, edited);
        m_console.reset();
        m_cluster->drop("peerauthentications", "istio-system/default");
        for (const QByteArray &policy : policies)
            m_cluster->put(policy);
        open(0);
        Q_EMIT m_console->window().pages().mesh->modeRequested(models::MtlsMode::Strict);
        ui::ConfirmDialog *dialog = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((dialog = m_console->window().findChild<ui::ConfirmDialog *>())
                                     && !dialog->review().changes.changes.isEmpty(),
                                 Patience);
        QCOMPARE(dialog->review().changes.changes.size(), 1);
        QCOMPARE(dialog->review().changes.changes[0].name, edited);
        QCOMPARE(dialog->review().changes.changes[0].nameSpace, u"istio-system"_s);
    }

    void aCreationIsTakenBackWithWhatWasWrittenToItSince()
    {
        m_console.reset();
        m_cluster->drop("peerauthentications", "istio-system/default");
        open(0);
        const auto confirm = [this](int writes) {
            ui::ConfirmDialog *dialog = nullptr;
            QTRY_VERIFY_WITH_TIMEOUT((dialog = m_console->window().findChild<ui::ConfirmDialog *>())
                                         && !dialog->review().changes.changes.isEmpty(),
                                     Patience);
            QTest::keyClicks(dialog->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
            dialog->applyButton()->click();
            QTRY_COMPARE_WITH_TIMEOUT(m_cluster->writes, writes, Patience);
            QTRY_VERIFY_WITH_TIMEOUT(!m_console->window().findChild<ui::ConfirmDialog *>(), Patience);
        };
        const auto policy = [this] { return m_cluster->find("peerauthentications", "istio-system/default"); };
        Q_EMIT m_console->window().pages().mesh->modeRequested(models::MtlsMode::Strict);
        confirm(1);
        QTRY_COMPARE_WITH_TIMEOUT(m_console->desk()->analysis()->meshMode.mode, models::MtlsMode::Strict,
                                  Patience);
        Q_EMIT m_console->window().pages().mesh->modeRequested(models::MtlsMode::Permissive);
        confirm(2);
        QCOMPARE(policy()->at({"spec", "mtls", "mode"}).text(), std::string("PERMISSIVE"));
        const auto creation =
            [this] { // the newest one's number; other tests have written to this journal, too
                int number = 0;
                const auto &journal = m_console->models().journal;
                for (int i = 0; i < journal.rowCount(); ++i) {
                    const models::JournalEntry &entry = journal.row(i).entry;
                    if (entry.change.verb == models::Change::Verb::Create)
                        number = std::max(number, entry.number);
                }
                return number;
            };
        QTRY_VERIFY(creation() > 0);
        Q_EMIT m_console->window().pages().activity->revertRequested(creation());
        confirm(3);
        QVERIFY(!policy());
        const auto open = [this] { // writes to the policy that could still be taken back
            int count = 0;
            const auto &journal = m_console->models().journal;
            for (int i = 0; i < journal.rowCount(); ++i) {
                const models::JournalEntry &entry = journal.row(i).entry;
                count += entry.change.type.plural == u"peerauthentications"_s && entry.revertOf == 0
                    && entry.canBeTakenBack();
            }
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(open(), 0, Patience); // the change to PERMISSIVE has gone with the creation
    }

    void whatIsMutedStaysMutedInThisContext()
    {
        const QString key = keyOf(u"MT-001"_s);
        Q_EMIT problems().muteRequested({key}, u"ticket 17"_s);
        QTRY_COMPARE(m_console->models().findings.find(key)->mutedBecause, u"ticket 17"_s);
        m_console.reset();
        open();
        QTRY_COMPARE(m_console->models().findings.find(key)->mutedBecause, u"ticket 17"_s);
        Q_EMIT problems().muteRequested({key}, {});
        QTRY_COMPARE(m_console->models().findings.find(key)->mutedBecause, QString());
    }

    void aRevealedValueIsShownAndOnlyTheLookIsKept()
    {
        const QByteArray value("not-for-the-journal");
        m_cluster->put(
            "{apiVersion: v1, kind: Secret, metadata: {name: edge-tls, namespace: ambassador}, type: "
            "kubernetes.io/tls, data: {tls.key: "
            + value.toBase64() + "}}\n");
        auto *page = m_console->window().pages().certificates;
        Q_EMIT page->revealRequested({u"Secret"_s, u"ambassador"_s, u"edge-tls"_s}, u"tls.key"_s);
        ui::SecretDialog *dialog = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((dialog = m_console->window().findChild<ui::SecretDialog *>()), Patience);
        QCOMPARE(dialog->findChild<QPlainTextEdit *>(u"secretValue"_s)->toPlainText(),
                 QString::fromLatin1(value));
        dialog->close();
        QTRY_COMPARE(m_console->models().journal.rowCount() > 0, true);
        const QByteArray kept = allFiles();
        QVERIFY(kept.contains("Reveal tls.key of Secret ambassador/edge-tls"));
        QVERIFY(!kept.contains(value) && !kept.contains(value.toBase64()));
        QCOMPARE(m_cluster->writes, 0);
    }

    void aRightThatIsMissingIsNamedBeforeASecretIsLookedAt()
    {
        m_cluster->forbiddenPlural = "secrets";
        const int entries = m_console->models().journal.rowCount();
        auto *page = m_console->window().pages().certificates;
        Q_EMIT page->revealRequested({u"Secret"_s, u"ambassador"_s, u"edge-tls"_s}, u"tls.key"_s);
        const auto &notices = m_console->models().notices;
        const auto last = [&notices] {
            return notices.rowCount() > 0 ? notices.row(notices.rowCount() - 1).text : QString();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(last().contains(u"this needs `get` on `secrets` in `ambassador`"_s),
                                  qPrintable(last()), Patience);
        QCOMPARE(m_console->models().journal.rowCount(), entries); // nothing was looked at
    }

    void aMissingKeyOfASecretIsNamed()
    {
        m_cluster->put(
            "{apiVersion: v1, kind: Secret, metadata: {name: edge-tls, namespace: ambassador}, data: "
            "{tls.crt: AAAA}}\n");
        auto *page = m_console->window().pages().certificates;
        Q_EMIT page->revealRequested({u"Secret"_s, u"ambassador"_s, u"edge-tls"_s}, u"tls.key"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().notices.rowCount() > 1, Patience);
        const auto &notices = m_console->models().notices;
        QVERIFY2(notices.row(notices.rowCount() - 1).text.contains(u"it has tls.crt"_s),
                 qPrintable(notices.row(notices.rowCount() - 1).text));
    }

    void detailsAreAnsweredFromTheCluster()
    {
        ui::MainWindow &window = m_console->window();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"default/quote-backend"_s), Patience);
        window.showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *parts = window.findChild<QTabBar *>(u"mappingParts"_s);
        parts->setCurrentIndex(1);
        const auto *order = window.findChild<QPlainTextEdit *>(u"mappingOrder"_s);
        QTRY_VERIFY_WITH_TIMEOUT(order->toPlainText().contains(u"/backend/"_s), Patience);
        parts->setCurrentIndex(3);
        const auto *yaml = window.findChild<QPlainTextEdit *>(u"mappingYaml"_s);
        QTRY_VERIFY_WITH_TIMEOUT(yaml->toPlainText().contains(u"prefix: /backend/"_s), Patience);
    }

    void aHandshakeShowsWhatIsPresented()
    {
        const TestAuthority authority;
        const TestIdentity identity = loopbackServer(authority);
        const ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, "{}"); },
            serverTls(identity.certificate, identity.key));
        app::EdgeAccess way;
        way.host = u"127.0.0.1"_s;
        way.port = quint16(server.url().port());
        ui::HandshakeAnswer answer;
        std::atomic<bool> done = false;
        std::thread client([&] {
            answer = app::gui::shakeHands({way}, u"api.example.com"_s, 5000);
            done = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(done, Patience);
        client.join();
        QCOMPARE(answer.error, QString());
        QVERIFY(answer.protocol.startsWith(u"TLSv1."_s));
        const auto stored = kube::readPem(identity.certificate);
        QVERIFY(stored && !answer.chain.isEmpty());
        QCOMPARE(answer.chain.first().fingerprint, stored->first().fingerprint);
        way.host.clear();
        QVERIFY(app::gui::shakeHands({way}, u"x"_s, 100).error.contains(u"external-address"_s));
        way.host = u"127.0.0.1"_s;
        way.port = 1;
        QVERIFY(app::gui::shakeHands({way}, u"x"_s, 2000).error.contains(u"127.0.0.1:1"_s));
    }
};

SALLYPORT_TEST(desk_actions_test, DeskActionsTest)
#include "desk_actions_test.moc"
