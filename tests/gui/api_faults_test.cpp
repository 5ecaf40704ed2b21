// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a demo cluster whose API server misbehaves: while each fault is on somebody goes through all pages; none is
// blank, what is shown says how the connection stands, and when the fault is over a change made by others is a row again.
#include "app/cluster_thread.h"
#include "app/gui/application.h"
#include "kube/kubeconfig.h"
#include "tests/support/test_class.h"
#include "ui/state_panel.h"

#include <QDir>
#include <QLabel>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 30'000;
constexpr int Second = 1000;

enum class Shown { Live, Waits, Stale }; // what must be told while the fault is on

} // namespace

class ApiFaultsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder; // the child's temporary files and our journal
    std::unique_ptr<app::gui::Application> m_console;
    std::unique_ptr<app::ClusterThread> m_others; // somebody else's client
    int m_made = 0;

    ui::MainWindow &window() const { return m_console->window(); }
    const models::ConnectionState &connection() const { return m_console->desk()->state(); }
    QString staleText(const QString &page) const
    {
        const auto *banner = window().findChild<ui::Banner *>(page + u"Stale"_s);
        return banner && banner->isVisible() ? banner->text() : QString();
    }

    // Around the client that is made to suffer: the demo's own interface takes part in no fault but 429, which it repeats.
    // While clients are being sent away a write may be lost with its connection, so it is tried again.
    bool fault(const QString &name, bool isOn) const
    {
        const auto isSwitched = [&] {
            return m_others->client()
                .rawWrite(isOn ? "POST" : "DELETE", u"/_sim/"_s + name, confirmed())
                .result()
                .has_value();
        };
        return QTest::qWaitFor(isSwitched, Patience); // once is enough: QTRY_VERIFY would ask once more
    }
    static kube::WriteOptions confirmed()
    {
        kube::WriteOptions options;
        options.isConfirmed = true;
        return options;
    }

    // Why somebody who looks at it sees nothing; "" it shows its content, or says why it does not.
    QString whyBlank(const QString &id) const
    {
        const ui::PageFrame *page = window().page(id);
        if (!page->isVisible())
            return id + u" is not shown"_s;
        for (const auto *state : page->findChildren<ui::StatePanel *>()) { // the page's, or an empty table's
            if (!state->isVisible())
                continue;
            QString words;
            for (const auto *label : state->findChildren<QLabel *>())
                words += label->isVisible() ? label->text() : QString();
            return words.isEmpty() ? id + u" has an empty state"_s : QString();
        }
        constexpr int Least = 100; // lines of pixels with something in them: more than a title has
        const QImage picture = window().page(id)->grab().toImage();
        int drawn = 0;
        for (int y = 0; y < picture.height(); ++y) {
            int x = 0;
            while (x < picture.width() && picture.pixel(x, y) == picture.pixel(0, y))
                ++x;
            drawn += x < picture.width() ? 1 : 0;
        }
        return drawn < Least ? id + u" is blank"_s : QString();
    }

    QString visitAll() const
    {
        for (const QString &id : window().pageIds()) {
            window().showPage(id);
            QCoreApplication::processEvents();
            if (const QString why = whyBlank(id); !why.isEmpty())
                return why;
            const bool isStale = connection().phase == Phase::Stale;
            if (isStale && !window().page(id)->state() && staleText(id).isEmpty())
                return id + u" does not say that it is stale"_s;
        }
        return {};
    }

    void connectOthers() // by what stands in the file now
    {
        const QDir folder(m_folder.path());
        const QString demo = folder.entryList({u"sallyport-demo-*"_s}, QDir::Dirs).value(0);
        const auto file =
            kube::Kubeconfig::load(kube::kubeconfigSources(folder.filePath(demo + u"/kubeconfig"_s), {}, {}));
        QVERIFY(file);
        const auto own = file->connection(file->currentContext());
        QVERIFY(own);
        m_others = std::make_unique<app::ClusterThread>(*own);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8());
        qputenv("TMPDIR", m_folder.path().toUtf8());
        app::gui::GuiOptions options;
        options.demo = true;
        options.demoArguments = {u"--state"_s, u"guide-done"_s, u"--history"_s, u"0"_s};
        m_console = std::make_unique<app::gui::Application>(options);
        window().resize(1280, 800);
        window().show();
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->analysis(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.rowCount() > 0, Patience);
        connectOthers();
    }
    void cleanupTestCase()
    {
        m_others.reset();
        m_console.reset();
    }

    void pagesAreHonestWhileItLastsAndLiveAfterwards_data()
    {
        QTest::addColumn<QStringList>("faults");
        QTest::addColumn<Shown>("shown");
        QTest::addColumn<QString>("words"); // of the banner, where something is told
        QTest::newRow("api-410") << QStringList{u"api-410"_s} << Shown::Live << QString();
        QTest::newRow("api-goaway") << QStringList{u"api-goaway"_s} << Shown::Live << QString();
        QTest::newRow("api-slow") << QStringList{u"api-slow"_s} << Shown::Live << QString();
        QTest::newRow("api-split") << QStringList{u"api-split"_s} << Shown::Live << QString();
        QTest::newRow("api-cut") << QStringList{u"api-cut"_s} << Shown::Live << QString();
        QTest::newRow("api-500") << QStringList{u"api-500"_s} << Shown::Live << QString();
        QTest::newRow("api-429") << QStringList{u"api-429?count=40&seconds=2"_s} << Shown::Waits
                                 << u"asks to wait"_s;
        // Watches that run are not asked again who they are: they must end first.
        QTest::newRow("token-expired") << QStringList{u"token-expired"_s, u"api-410"_s} << Shown::Stale
                                       << u"does not accept the credentials of user “demo”"_s;
        QTest::newRow("rbac-denied") << QStringList{u"rbac-denied"_s, u"api-410"_s} << Shown::Live
                                     << QString();
        QTest::newRow("api-half-open") << QStringList{u"api-half-open"_s} << Shown::Live << QString();
        QTest::newRow("api-reset") << QStringList{u"api-reset?count=3&bytes=20"_s} << Shown::Live
                                   << QString();
        QTest::newRow("api-rotate") << QStringList{u"api-rotate"_s, u"api-410"_s} << Shown::Live << QString();
        // Running watches do not verify again: they must end first.  The fault ends by itself: no client that verifies could switch
        // it off.
        QTest::newRow("api-foreign-ca")
            << QStringList{u"api-410"_s, u"api-foreign-ca?seconds=10"_s} << Shown::Stale
            << u"the server's certificate is not trusted by its certificate-authority"_s;
    }
    void pagesAreHonestWhileItLastsAndLiveAfterwards()
    {
        QFETCH(QStringList, faults);
        QFETCH(Shown, shown);
        QFETCH(QString, words);
        window().showPage(u"routing"_s);
        for (const QString &each : faults) {
            QVERIFY2(fault(each, true), qPrintable(each));
            if (each == "api-rotate"_L1)
                connectOthers();
        }
        QCOMPARE(visitAll(), QString());
        window().showPage(u"metrics"_s); // which asks Prometheus
        if (shown == Shown::Waits)
            QTRY_VERIFY_WITH_TIMEOUT(staleText(u"metrics"_s).contains(words), Patience);
        window().showPage(u"routing"_s);
        if (shown == Shown::Stale) {
            m_console->desk()->retryNow(); // after the rows before it the next try may be half a minute away
            QTRY_VERIFY2_WITH_TIMEOUT(connection().phase == Phase::Stale
                                          && staleText(u"routing"_s).contains(words),
                                      qPrintable(staleText(u"routing"_s)), Patience);
        }
        QCOMPARE(visitAll(), QString());
        for (const QString &each : faults)
            QVERIFY2(fault(each.section(u'?', 0, 0), false), qPrintable(each));
        m_console->desk()->retryNow();

        const QString name = u"made-by-others-%1"_s.arg(++m_made);
        const auto made =
            m_others->client()
                .create(
                    kube::types::mappings(u"v2"_s), u"default"_s,
                    u"{\"apiVersion\":\"getambassador.io/v2\",\"kind\":\"Mapping\",\"metadata\":{\"name\":"
                    "\"%1\"},\"spec\":{\"prefix\":\"/%1/\",\"service\":\"quote\"}}"_s.arg(name)
                        .toUtf8(),
                    confirmed())
                .result();
        QVERIFY2(made, made ? "" : qPrintable(made.error().message));
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"default/"_s + name), 2 * Patience);
        QTRY_VERIFY_WITH_TIMEOUT(connection().phase == Phase::Live && connection().waiting.isEmpty(),
                                 Patience);
        window().showPage(u"routing"_s);
        QVERIFY(!window().page(u"routing"_s)->state());
        QTRY_COMPARE_WITH_TIMEOUT(staleText(u"routing"_s), QString(), 2 * Second);
    }
};

SALLYPORT_TEST(api_faults_test, ApiFaultsTest)
#include "api_faults_test.moc"
