// SPDX-License-Identifier: GPL-3.0-or-later
// What a new user meets: two edges, rules other than the image's, rights that only read, three hundred contexts.
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/confirm_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/edge_rules.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/request_page.h"
#include "ui/pages/welcome_page.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15000;

QByteArray mappingYaml(const QByteArray &name, const QByteArray &more)
{
    return "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: " + name
        + ", namespace: default}, spec: {prefix: /backend/, service: quote" + more + "}}\n";
}

} // namespace

class ConsoleChoicesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    QString write(const QByteArray &kubeconfig) const
    {
        QFile file(m_folder.filePath(u"config"_s));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(kubeconfig) >= 0
            ? file.fileName()
            : QString();
    }
    void open(const QString &page)
    {
        app::gui::GuiOptions options;
        options.kubeconfig = write(m_cluster->kubeconfig());
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().resize(1280, 800);
        m_console->window().show();
        m_console->showPage(page);
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->state().phase == Phase::Live
                                     && m_console->desk()->analysis()
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
    bool predictionNames(const QString &word) const
    {
        for (const QLabel *label : find<QWidget>(u"predictionCard"_s)->findChildren<QLabel *>()) {
            if (label->isVisibleTo(&m_console->window()) && label->text().contains(word))
                return true;
        }
        return false;
    }
    // Through the button beside the prediction, as a person does.
    void chooseRules(const QString &name)
    {
        find<QPushButton>(u"requestRules"_s)->click();
        auto *menu = m_console->window().findChild<QMenu *>(u"rulesMenu"_s);
        QVERIFY(menu && menu->isVisible());
        auto *action = menu->findChild<QAction *>(u"rules-"_s + name);
        QVERIFY(action);
        action->trigger();
        menu->close();
    }
    edge::Compat compat() const { return m_console->desk()->analysis()->view.installation.compat; }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8());
    }
    void init()
    {
        m_cluster = std::make_unique<SmallCluster>();
        m_cluster->put(edgeYaml());
        m_cluster->put(quoteYaml(true));
        m_cluster->put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n");
        m_cluster->put(mappingYaml("quote-backend", ""));
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void theRulesToChooseFromAreAllThatThereAre()
    {
        QStringList known;
        for (int i = 0; i <= int(edge::Compat::V4); ++i)
            known.append(QString::fromLatin1(edge::compatName(edge::Compat(i)).data()));
        QCOMPARE(ui::ruleNames(), known);
    }

    void anotherGenerationsRulesAreChosenShownAndRemembered()
    {
        open(u"request"_s);
        auto *rules = find<QPushButton>(u"requestRules"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rules->text(), u"rules v1"_s, Patience);
        find<QLineEdit>(u"requestUrl"_s)->setText(u"http://edge.example/backend/"_s);
        QTRY_VERIFY_WITH_TIMEOUT(predictionNames(u"quote-backend"_s), Patience);
        QVERIFY(!find<QComboBox>(u"rulesChooser"_s)->isVisible()); // one edge, as its image says

        chooseRules(u"v3"_s); // an Emissary 3 without a Listener opens no port
        QTRY_COMPARE_WITH_TIMEOUT(compat(), edge::Compat::V3, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(rules->text(), u"rules v3, chosen (image: v1)"_s, Patience);
        QVERIFY(find<QComboBox>(u"rulesChooser"_s)->isVisible());
        QCOMPARE(find<QComboBox>(u"rulesChooser"_s)->currentText(), u"rules v3"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!predictionNames(u"quote-backend"_s), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"default/quote-backend"_s)->verdict->state
                                     != models::MappingVerdict::State::Loaded,
                                 Patience); // the pages go by them, too

        open(u"request"_s); // another start
        QCOMPARE(compat(), edge::Compat::V3);
        QTRY_COMPARE_WITH_TIMEOUT(find<QPushButton>(u"requestRules"_s)->text(),
                                  u"rules v3, chosen (image: v1)"_s, Patience);
        chooseRules({});
        QTRY_COMPARE_WITH_TIMEOUT(compat(), edge::Compat::V1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(find<QPushButton>(u"requestRules"_s)->text(), u"rules v1"_s, Patience);
        open(u"request"_s);
        QCOMPARE(compat(), edge::Compat::V1);
    }

    // What is looked at is kept for its context.
    void theNamespacesThatAreShownAreRemembered()
    {
        open(u"overview"_s);
        m_console->window().chooseNamespaces({u"default"_s, u"istio-system"_s});
        QCOMPARE(find<QComboBox>(u"namespaceChooser"_s)->currentText(), u"default, istio-system"_s);
        m_console.reset();
        open(u"overview"_s);
        QCOMPARE(m_console->window().chosenNamespaces(), (QStringList{u"default"_s, u"istio-system"_s}));
        QCOMPARE(find<QComboBox>(u"namespaceChooser"_s)->currentText(), u"default, istio-system"_s);
        m_console->window().chooseNamespaces({});
        m_console.reset();
        open(u"overview"_s);
        QCOMPARE(m_console->window().chosenNamespaces(), QStringList());
    }

    void eachOfTwoEdgesIsJudgedByItself()
    {
        QByteArray second = edgeYaml();
        second.replace("name: ambassador, namespace: ambassador", "name: ambassador, namespace: inner")
            .replace("metadata: {name: ambassador}\n", "metadata: {name: inner}\n")
            .replace("namespace: ambassador", "namespace: inner")
            .replace("aes:1.11.2", "emissary:2.2.2")
            .replace("        - name: AMBASSADOR_NAMESPACE\n",
                     "        - {name: AMBASSADOR_ID, value: inner}\n        - name: AMBASSADOR_NAMESPACE\n");
        m_cluster->put(second);
        m_cluster->put(mappingYaml("inner-only", ", ambassador_id: [inner]"));
        open(u"routing"_s);
        m_console->window().resize(1600, 900);
        auto *edges = find<QComboBox>(u"edgeChooser"_s);
        QTRY_VERIFY_WITH_TIMEOUT(edges->isVisible() && edges->count() == 2, Patience);
        QVERIFY(find<QComboBox>(u"rulesChooser"_s)->isVisible());
        const auto loaded = [this](const QString &name) {
            const models::MappingRow *row = m_console->models().mappings.find(u"default/"_s + name);
            return row && row->verdict
                && row->verdict->state != models::MappingVerdict::State::NotForThisEdge;
        };
        const auto choose = [edges](const QString &key) {
            const int at = edges->findData(key);
            edges->setCurrentIndex(at);
            Q_EMIT edges->activated(at);
        };
        choose(u"ambassador/ambassador"_s);
        QTRY_VERIFY_WITH_TIMEOUT(loaded(u"quote-backend"_s) && !loaded(u"inner-only"_s), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(find<QComboBox>(u"rulesChooser"_s)->currentText(),
                                  u"as the image says (v1)"_s, Patience);
        choose(u"inner/ambassador"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!loaded(u"quote-backend"_s) && loaded(u"inner-only"_s), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(find<QComboBox>(u"rulesChooser"_s)->currentText(),
                                  u"as the image says (v2.2)"_s, Patience);
        auto *rules = find<QComboBox>(u"rulesChooser"_s);
        QCOMPARE(rules->count(), 1 + ui::ruleNames().size());
        rules->setCurrentIndex(rules->findData(u"v4"_s));
        Q_EMIT rules->activated(rules->currentIndex());
        QTRY_COMPARE_WITH_TIMEOUT(compat(), edge::Compat::V4, Patience);
        choose(u"ambassador/ambassador"_s); // the other one keeps its own
        QTRY_COMPARE_WITH_TIMEOUT(compat(), edge::Compat::V1, Patience);
    }

    void rightsThatOnlyReadLeadToWordsAndNothingIsWritten()
    {
        m_cluster->readOnly = true;
        open(u"mesh"_s);
        auto *button = find<QPushButton>(u"meshSwitch"_s);
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), Patience);
        button->click();
        const auto dialog = [this] { return m_console->window().findChild<ui::ConfirmDialog *>(); };
        const auto said = [&dialog] {
            const auto *label = dialog() ? dialog()->findChild<QLabel *>(u"confirmMessage"_s) : nullptr;
            return label ? label->text() : QString();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(
            said().contains(
                u"this needs `create` on `peerauthentications.security.istio.io` in `istio-system`"_s)
                && said().contains(u"jane"_s),
            qPrintable(said()), Patience);
        QCOMPARE(m_cluster->dryRuns, 0); // it is known without being tried
        QVERIFY(!dialog()->applyButton()->isEnabled());
        QCOMPARE(m_cluster->writes, 0);
        QCOMPARE(m_console->models().journal.rowCount(), 0);
        for (const QString &page : {u"overview"_s, u"routing"_s, u"mesh"_s, u"guide"_s}) // reading goes on
            QVERIFY2(!m_console->window().page(page)->state(), qPrintable(page));
    }

    void whatIsStagedIsWrittenTogetherLater()
    {
        open(u"mesh"_s);
        const auto dialog = [this]() -> ui::ConfirmDialog * {
            for (auto *each : m_console->window().findChildren<ui::ConfirmDialog *>()) {
                if (each->isVisible() && !each->review().changes.changes.isEmpty())
                    return each;
            }
            return nullptr;
        };
        auto *review = find<QPushButton>(u"stagedReview"_s);
        QVERIFY(review->isHidden());
        Q_EMIT m_console->window().pages().mesh->modeRequested(models::MtlsMode::Strict);
        QTRY_VERIFY_WITH_TIMEOUT(dialog(), Patience);
        auto *stage = dialog()->findChild<QPushButton *>(u"confirmStage"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stage->isVisible(), Patience);
        stage->click();
        QTRY_VERIFY(!dialog());
        QVERIFY(!review->isHidden());
        QVERIFY(find<QAbstractButton>(u"changesDock"_s)->text().contains(u"1 staged"_s));
        Q_EMIT m_console->window().pages().guide->applyRequested(u"tlscontext"_s);
        QTRY_VERIFY_WITH_TIMEOUT(dialog(), Patience);
        stage = dialog()->findChild<QPushButton *>(u"confirmStage"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stage->isVisible(), Patience);
        stage->click();
        QTRY_COMPARE(m_console->window().docks().staged(), 2);
        QCOMPARE(m_cluster->writes, 0);
        QVERIFY(!m_cluster->find("peerauthentications", "istio-system/default"));

        find<QAction>(u"stagedAction"_s)->trigger(); // Ctrl+Shift+Enter
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && dialog()->review().changes.changes.size() >= 2, Patience);
        QVERIFY(dialog()->findChild<QPushButton *>(u"confirmStage"_s)->isHidden());
        QTest::keyClicks(dialog()->findChild<QLineEdit *>(u"confirmTyping"_s), u"test"_s);
        QTRY_VERIFY(dialog()->applyButton()->isEnabled());
        dialog()->applyButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster->find("peerauthentications", "istio-system/default"), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_console->window().docks().staged(), 0, Patience);
        QVERIFY(review->isHidden());
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().journal.rowCount() >= 2, Patience);
    }

    // At the word beside the context's name, as a person does.
    void chooseMode(const QString &mode)
    {
        find<QAbstractButton>(u"modeWord"_s)->click();
        auto *menu = m_console->window().findChild<QMenu *>(u"modeMenu"_s);
        QVERIFY(menu && menu->isVisible());
        menu->findChild<QAction *>(mode)->trigger();
        menu->close();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->state().phase == Phase::Live
                                     && m_console->desk()->analysis(),
                                 Patience);
    }

    void aContextThatIsMadeReadOnlyIsNotWrittenToUntilItIsMadeAnotherAgain()
    {
        using Mode = models::ConnectionState::Mode;
        open(u"mesh"_s);
        QCOMPARE(m_console->desk()->state().mode, Mode::Confirm);
        const auto dialog = [this] { return m_console->window().findChild<ui::ConfirmDialog *>(); };
        Q_EMIT m_console->window().pages().mesh->modeRequested(models::MtlsMode::Strict);
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && !dialog()->review().changes.changes.isEmpty(), Patience);
        dialog()->findChild<QPushButton *>(u"confirmStage"_s)->click();
        QTRY_VERIFY(!dialog());
        m_cluster->dryRuns = 0;

        chooseMode(u"mode-read-only"_s);
        QCOMPARE(m_console->desk()->state().mode, Mode::ReadOnly);
        QVERIFY(find<QAbstractButton>(u"modeWord"_s)->accessibleName().contains(u"READ-ONLY"_s));
        QVERIFY(find<QAction>(u"mode-read-onlyAction"_s)->isChecked());
        QCOMPARE(m_console->window().currentPage(), u"mesh"_s);
        QCOMPARE(m_console->window().docks().staged(), 1); // it waits on
        for (const QString &name : {u"meshSwitch"_s, u"guideApply"_s, u"stagedReview"_s}) {
            const auto *button = find<QPushButton>(name);
            QTRY_VERIFY2(!button->isEnabled() && button->toolTip().contains(u"read-only"_s),
                         qPrintable(name));
        }
        Q_EMIT m_console->window().pages().mesh->modeRequested(models::MtlsMode::Disable); // by whatever way
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && dialog()->review().dryRunMessage.contains(u"read-only"_s),
                                 Patience);
        QVERIFY(!dialog()->applyButton()->isEnabled());
        dialog()->reject();
        QCOMPARE(m_cluster->dryRuns + m_cluster->writes, 0);

        open(u"mesh"_s); // another start
        QCOMPARE(m_console->desk()->state().mode, Mode::ReadOnly);
        chooseMode(u"mode-normal"_s);
        QCOMPARE(m_console->desk()->state().mode, Mode::Normal);
        auto *button = find<QPushButton>(u"meshSwitch"_s);
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), Patience);
        button->click();
        QTRY_VERIFY_WITH_TIMEOUT(dialog() && dialog()->applyButton()->isEnabled(), Patience); // no typing
        dialog()->reject();
        find<QAction>(u"mode-confirmAction"_s)->trigger(); // the menu's way
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk()->state().mode == Mode::Confirm
                                     && m_console->desk()->state().phase == Phase::Live,
                                 Patience);
    }

    void threeHundredContextsAreFoundByAFewLetters()
    {
        QByteArray contexts;
        for (int i = 0; i < 300; ++i)
            contexts +=
                "{name: team-" + QByteArray::number(i) + "-eu, context: {cluster: test, user: jane}}, ";
        const QByteArray file = m_cluster->kubeconfig()
                                    .replace("contexts: [", QByteArray("contexts: [" + contexts))
                                    .replace("current-context: test", "current-context: ''");
        qputenv("KUBECONFIG", write(file).toUtf8());
        m_console = std::make_unique<app::gui::Application>(app::gui::GuiOptions{});
        m_console->window().show();
        m_console->window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&m_console->window()));
        m_console->start();
        qunsetenv("KUBECONFIG");
        ui::WelcomePage &welcome = m_console->window().welcome();
        QTRY_COMPARE_WITH_TIMEOUT(welcome.shown(), 301, Patience);
        QVERIFY(!m_console->desk());
        QCOMPARE(QApplication::focusWidget(), find<QLineEdit>(u"welcomeFilter"_s)); // one types at once
        QTest::keyClicks(QApplication::focusWidget(), u"217 eu"_s);
        QCOMPARE(welcome.shown(), 1);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->state().phase == Phase::Live,
                                 Patience);
        QCOMPARE(m_console->desk()->state().context, u"team-217-eu"_s);
        QCOMPARE(find<QComboBox>(u"contextChooser"_s)->currentText(), u"team-217-eu"_s);
    }
};

SALLYPORT_TEST(console_choices_test, ConsoleChoicesTest)
#include "console_choices_test.moc"
