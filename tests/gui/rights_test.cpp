// SPDX-License-Identifier: GPL-3.0-or-later
// Rights change while the console is open: what has become forbidden says so on its button, what has become allowed can be pressed again.
#include "app/cluster_thread.h"
#include "app/gui/action_rights.h"
#include "app/gui/application.h"
#include "kube/kubeconfig.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/shell/action_registry.h"

#include <QFile>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15'000;

} // namespace

class RightsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    QPushButton *button(const QString &name) const
    {
        return m_console->window().findChild<QPushButton *>(name);
    }
    bool isForbidden(const QString &name, const QString &need) const
    {
        return !button(name)->isEnabled() && button(name)->toolTip().contains(need);
    }
    QString config() const { return m_folder.filePath(u"config"_s); }

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
        m_cluster->readOnly = true;
        QFile file(config());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate)
                && file.write(m_cluster->kubeconfig().replace(
                       "\ncontexts: [", "\ncontexts: [{name: other, context: {cluster: test, user: jane}}, "))
                    > 0);
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = config();
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().resize(1280, 800);
        m_console->window().show();
        m_console->showPage(u"mesh"_s);
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->state().phase == Phase::Live
                                     && m_console->desk()->analysis()
                                     && m_console->desk()->analysis()->hasEdge,
                                 Patience);
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void whoReadsEverythingAgainSeesRightsComeAndGo()
    {
        const QString need = u"on `peerauthentications.security.istio.io` in `istio-system`"_s;
        QTRY_VERIFY2_WITH_TIMEOUT(isForbidden(u"meshSwitch"_s, need),
                                  qPrintable(button(u"meshSwitch"_s)->toolTip()), Patience);
        for (const bool isReadOnly : {false, true, false}) {
            m_cluster->readOnly = isReadOnly; // a role was bound, or taken away
            QTest::keyClick(&m_console->window(), Qt::Key_F5);
            if (isReadOnly)
                QTRY_VERIFY_WITH_TIMEOUT(isForbidden(u"meshSwitch"_s, need), Patience);
            else
                QTRY_VERIFY2_WITH_TIMEOUT(button(u"meshSwitch"_s)->isEnabled(),
                                          qPrintable(button(u"meshSwitch"_s)->toolTip()), Patience);
        }
        QVERIFY2(!button(u"meshSwitch"_s)->toolTip().contains(need),
                 qPrintable(button(u"meshSwitch"_s)->toolTip()));
        QCOMPARE(m_cluster->writes + m_cluster->dryRuns, 0);
    }

    // Of the object that is chosen it is asked whether it may be edited.
    void whatMayNotBeEditedSaysSo()
    {
        m_cluster->put(
            "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, namespace: "
            "default}, spec: {prefix: /backend/, service: quote}}\n");
        const QString need = u"`patch` on `mappings.getambassador.io` in `default`"_s;
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"default/quote-backend"_s), Patience);
        m_console->window().showPage(u"routing"_s, u"default/quote-backend"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(isForbidden(u"mappingEdit"_s, need),
                                  qPrintable(button(u"mappingEdit"_s)->toolTip()), Patience);
        bool isTold = false; // in the palette and in the row's menu
        for (const ui::ObjectAction &each : m_console->window().registry().objectActions())
            isTold = isTold || (each.id == "edit"_L1 && !each.isPossible() && each.missingRight == need);
        QVERIFY(isTold);
        m_cluster->readOnly = false;
        QTest::keyClick(&m_console->window(), Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(button(u"mappingEdit"_s)->isEnabled(), Patience);
    }

    // An account with all rights: the server's answer about it is as empty as what is known before it.
    void whatLackedInOneContextIsNotSaidInTheNext()
    {
        m_cluster->put(
            "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, namespace: "
            "default}, spec: {prefix: /backend/, service: quote}}\n");
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"default/quote-backend"_s), Patience);
        m_console->window().showPage(u"routing"_s, u"default/quote-backend"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isForbidden(u"mappingEdit"_s, u"`patch` on"_s), Patience);
        m_cluster->readOnly = false;
        Q_EMIT m_console->window().contextChosen(u"other"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk()->state().phase == Phase::Live
                                     && m_console->models().mappings.find(u"default/quote-backend"_s),
                                 Patience);
        m_console->window().showPage(u"routing"_s, u"default/quote-backend"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(button(u"mappingEdit"_s)->isEnabled(),
                                  qPrintable(button(u"mappingEdit"_s)->toolTip()), 5'000);
    }

    // Answers are kept for a minute (kube/access.h); what is asked anew is asked of the server.
    void rightsAreAskedForAnewByThemselves()
    {
        const auto file = kube::Kubeconfig::load({{config()}, true});
        QVERIFY(file);
        const auto connection = file->connection();
        QVERIFY(connection);
        app::ClusterThread thread(*connection);
        app::gui::ActionRights rights(thread.client(), nullptr, std::chrono::milliseconds(100));
        rights.look({m_console->desk()->analysis(), {}, {}, {}, {}});
        for (const bool isReadOnly : {true, false, true, false}) {
            m_cluster->readOnly = isReadOnly;
            QTRY_COMPARE_WITH_TIMEOUT(rights.forbidden().contains(u"mode"_s), isReadOnly, Patience);
        }
    }
};

SALLYPORT_TEST(rights_test, RightsTest)
#include "rights_test.moc"
