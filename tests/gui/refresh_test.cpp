// SPDX-License-Identifier: GPL-3.0-or-later
// F5 on a page whose kinds this account may not read: it is asked again, for the whole cluster too, and the page says when it was
// asked last.
#include "app/gui/application.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"
#include "ui/page_frame.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QFile>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15'000;

} // namespace

class RefreshTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<SmallCluster> m_cluster;
    std::unique_ptr<app::gui::Application> m_console;

    ui::PanelText shown(const QString &page) const
    {
        const ui::StatePanel *state = m_console->window().page(page)->state();
        return state ? state->shown() : ui::PanelText();
    }
    QString askedAt(const QString &page) const // the line that says it, "" none does
    {
        for (const QString &line : shown(page).text.split(u'\n')) {
            if (line.startsWith(u"Asked last at "_s))
                return line;
        }
        return {};
    }
    void start(const QByteArray &forbidden)
    {
        m_cluster->forbiddenPlural = forbidden;
        QFile file(m_folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate)
                && file.write(m_cluster->kubeconfig()) > 0);
        file.close();
        app::gui::GuiOptions options;
        options.kubeconfig = file.fileName();
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().resize(1280, 800);
        m_console->window().show();
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->state().phase == Phase::Live
                                     && m_console->desk()->analysis(),
                                 Patience);
    }

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
        m_cluster->put(
            "{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n"
            "---\n{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, "
            "namespace: default}, spec: {prefix: /backend/, service: quote}}\n"
            "---\n{apiVersion: security.istio.io/v1beta1, kind: PeerAuthentication, metadata: {name: "
            "default, namespace: istio-system}, spec: {mtls: {mode: PERMISSIVE}}}\n");
    }
    void cleanup()
    {
        m_console.reset();
        m_cluster.reset();
    }

    void whatIsForbiddenIsAskedForAgain_data()
    {
        QTest::addColumn<QByteArray>("plural");
        QTest::addColumn<QString>("page");
        QTest::addColumn<bool>("isReviewed"); // the server answers access reviews
        QTest::newRow("routing") << QByteArray("mappings") << u"routing"_s << true;
        QTest::newRow("mesh") << QByteArray("peerauthentications") << u"mesh"_s << true;
        QTest::newRow("certificates") << QByteArray("secrets") << u"certificates"_s << true;
        QTest::newRow("no-reviews") << QByteArray("mappings") << u"routing"_s << false;
    }
    void whatIsForbiddenIsAskedForAgain()
    {
        QFETCH(QByteArray, plural);
        QFETCH(QString, page);
        QFETCH(bool, isReviewed);
        m_cluster->reviews = isReviewed;
        start(plural);
        m_console->showPage(page);
        QTRY_VERIFY_WITH_TIMEOUT(shown(page).text.contains(u"forbidden"_s), Patience);
        QTRY_VERIFY2_WITH_TIMEOUT(!askedAt(page).isEmpty(), qPrintable(shown(page).text), Patience);
        for (int i = 0; i < 2; ++i) { // still forbidden
            const QString before = askedAt(page);
            const int asked = m_cluster->forbidden;
            QTRY_VERIFY(QTime::currentTime().toString(u"hh:mm:ss"_s) != before.mid(14, 8)); // a later second
            QTest::keyClick(&m_console->window(), Qt::Key_F5);
            QTRY_VERIFY_WITH_TIMEOUT(m_cluster->forbidden > asked, Patience);
            QTRY_VERIFY2_WITH_TIMEOUT(askedAt(page) != before, qPrintable(before), Patience);
            QVERIFY(shown(page).text.contains(u"forbidden"_s));
            QVERIFY2(shown(page).details.contains(u"kind: ClusterRole"_s), qPrintable(shown(page).details));
        }
        m_cluster->forbiddenPlural.clear(); // a role was bound
        QTest::keyClick(&m_console->window(), Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->window().page(page)->state(),
                                 4000); // not when it is tried by itself
        const models::ConnectionState &state = m_console->desk()->state();
        QTRY_VERIFY2_WITH_TIMEOUT(state.partial.isEmpty(), qPrintable(state.partial.join(u'\n')), 4000);
        if (page == "routing"_L1)
            QTRY_COMPARE_WITH_TIMEOUT(m_console->models().mappings.rowCount(), 1, Patience);
    }

    // A watch that lives would not tell of it.
    void whatIsLiveIsListedAgain()
    {
        start({});
        QTRY_COMPARE_WITH_TIMEOUT(m_console->models().mappings.rowCount(), 1, Patience);
        m_cluster->forbiddenPlural = "mappings";
        QCOMPARE(m_cluster->forbidden, 0);
        QTest::keyClick(&m_console->window(), Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster->forbidden > 0, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->desk()->state().partial.isEmpty(), Patience);
    }

    // From the state and from the banner of a page: the list of namespaces, by keyboard, and what is chosen there is read.
    void namespacesAreChosenWhereNotAllMayBeRead()
    {
        m_cluster->put("{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: shop, namespace: "
                       "istio-system}, "
                       "spec: {prefix: /shop/, service: shop}}\n");
        m_cluster->allowedNamespace = "istio-system"; // and not the context's own
        start("mappings");
        m_console->showPage(u"routing"_s);
        QTRY_VERIFY_WITH_TIMEOUT(shown(u"routing"_s).text.contains(u"forbidden"_s), Patience);
        ui::MainWindow &window = m_console->window();
        auto *link = window.page(u"routing"_s)->state()->findChild<QAbstractButton *>(u"stateLink"_s);
        QCOMPARE(link->accessibleName(), u"Choose namespaces…"_s);
        QVERIFY(link->isVisible() && (link->focusPolicy() & Qt::TabFocus));
        auto *chooser = window.findChild<QComboBox *>(u"namespaceChooser"_s);
        QTRY_VERIFY_WITH_TIMEOUT(chooser->findData(u"istio-system"_s) > 0, Patience);
        link->setFocus();
        QTest::keyClick(link, Qt::Key_Return);
        QTRY_VERIFY(chooser->view()->isVisible());
        chooser->view()->setCurrentIndex(
            chooser->model()->index(chooser->findData(u"istio-system"_s), chooser->modelColumn()));
        QTest::keyClick(chooser->view(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"istio-system/shop"_s), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!window.page(u"routing"_s)->state(), Patience);
        const ui::Banner &banner = window.page(u"routing"_s)->banner();
        QTRY_VERIFY2(banner.text().contains(u"Showing: istio-system"_s), qPrintable(banner.text()));
        auto *button = banner.findChild<QPushButton *>(u"bannerAction"_s);
        QCOMPARE(button->text(), u"Choose namespaces…"_s);
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Space);
        QTRY_VERIFY(chooser->view()->isVisible());
        QTest::keyClick(chooser->view(), Qt::Key_Escape);
    }
};

SALLYPORT_TEST(refresh_test, RefreshTest)
#include "refresh_test.moc"
