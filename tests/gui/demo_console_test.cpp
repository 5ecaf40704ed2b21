// SPDX-License-Identifier: GPL-3.0-or-later
// The console as `./dev demo` starts it: with a demo cluster of its own in a child process, and kubectl beside it.
#include "app/gui/application.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"
#include "ui/confirm_dialog.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/routing_page.h"
#include "ui/state_panel.h"

#include <QDir>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30'000;
constexpr int Second = 1000; // within which what others change is seen

QByteArray mappingYaml(const QByteArray &name, const QByteArray &prefix)
{
    return "apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + ", namespace: default}\nspec: {prefix: " + prefix + ", service: quote}\n";
}

} // namespace

class DemoConsoleTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder; // the child's temporary files and our journal
    std::unique_ptr<app::gui::Application> m_console;
    QByteArray m_said; // by the last kubectl

    // The kubeconfig that the child wrote, as its "ready" line tells it to the user.
    QString kubeconfig() const
    {
        const QDir folder(m_folder.path());
        const QStringList demos = folder.entryList({u"sallyport-demo-*"_s}, QDir::Dirs);
        return demos.isEmpty() ? QString() : folder.filePath(demos.first() + u"/kubeconfig"_s);
    }

    bool kubectl(const QStringList &arguments, const QByteArray &input = {})
    {
        m_said.clear();
        QProcess process;
        process.start(foreignKubectl(), QStringList{u"--kubeconfig"_s, kubeconfig()} + arguments);
        process.write(input);
        process.closeWriteChannel();
        const bool ended = QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, Patience);
        m_said = process.readAllStandardOutput();
        if (!ended || process.exitCode() != 0)
            qWarning("kubectl: %s", process.readAllStandardError().constData());
        return ended && process.exitCode() == 0;
    }

    // In the view, through its filter and order.
    bool isInTable(const QString &key) const
    {
        const QAbstractItemModel *rows =
            m_console->window().findChild<QTableView *>(u"mappingsTable"_s)->model();
        return !rows->match(rows->index(0, 0), models::TableModelBase::KeyRole, key, 1, Qt::MatchExactly)
                    .isEmpty();
    }

    template<typename T>
    T *find(const QString &name) const
    {
        return m_console->window().findChild<T *>(name);
    }

    ui::ConfirmDialog *dialog() const
    {
        for (ui::ConfirmDialog *each : m_console->window().findChildren<ui::ConfirmDialog *>()) {
            if (each->isVisible())
                return each;
        }
        return nullptr;
    }

    // Waits for the review of a change, with its diff and the server's yes, presses Apply, and closes what tells the result.
    bool confirm() const
    {
        const auto isReady = [this] {
            return dialog() && dialog()->review().dryRunOk && !dialog()->review().diffs.isEmpty()
                && dialog()->applyButton()->isEnabled();
        };
        if (!QTest::qWaitFor(isReady, Patience))
            return false;
        QTest::mouseClick(dialog()->applyButton(), Qt::LeftButton);
        const auto isWritten = [this] { // the dialog ends with it
            return !dialog()
                && m_console->window().findChild<ui::Banner *>(u"report"_s)->text().contains(u"written"_s);
        };
        return QTest::qWaitFor(isWritten, Patience);
    }

    // The label that Istio's injection looks at, as kubectl sees it.
    QByteArray injectionLabel()
    {
        return kubectl({u"get"_s, u"namespace"_s, u"default"_s, u"-o"_s,
                        u"jsonpath={.metadata.labels.istio-injection}"_s})
            ? m_said
            : QByteArray("?");
    }

    const models::CertificateRow *certificateOfMesh() const
    {
        const auto &certificates = m_console->models().certificates;
        for (int row = 0; row < certificates.rowCount(); ++row) {
            if (certificates.row(row).key.contains(u"istio-certs"_s))
                return &certificates.row(row);
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = missingKubectl(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY(m_folder.isValid());
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8());
        qputenv("TMPDIR", m_folder.path().toUtf8());
        app::gui::GuiOptions options;
        options.demo = true;
        options.demoArguments = {u"--state"_s, u"guide-done"_s, u"--cert-life"_s, u"10s"_s};
        m_console = std::make_unique<app::gui::Application>(options);
        m_console->window().show();
        m_console->showPage(u"routing"_s);
        m_console->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->desk() && m_console->desk()->analysis(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(u"default/quote-backend"_s), Patience);
    }
    void cleanupTestCase() { m_console.reset(); }

    void whatKubectlAppliesIsARowAndWhatItDeletesIsNone()
    {
        const QString key = u"default/by-kubectl"_s;
        QVERIFY(m_console->window().findChild<QTableView *>(u"mappingsTable"_s)->isVisible());
        QVERIFY(kubectl({u"apply"_s, u"-f"_s, u"-"_s}, mappingYaml("by-kubectl", "/by-kubectl/")));
        QElapsedTimer elapsed;
        elapsed.start();
        QTRY_VERIFY_WITH_TIMEOUT(isInTable(key), Second);
        qInfo("the row came %lld ms after kubectl had ended", elapsed.elapsed());
        QTRY_VERIFY_WITH_TIMEOUT(m_console->models().mappings.find(key)->verdict, Patience);
        QVERIFY(kubectl({u"delete"_s, u"mapping"_s, u"by-kubectl"_s}));
        elapsed.restart();
        QTRY_VERIFY_WITH_TIMEOUT(!isInTable(key), Second);
        qInfo("the row went %lld ms after kubectl had ended", elapsed.elapsed());
        QVERIFY(isInTable(u"default/quote-backend"_s));
    }

    // The object is there and the compiler takes it, but the edge's Envoy goes on without it.
    void whatTheEdgeDoesNotTakeOverIsNotInEnvoy()
    {
        const QString key = u"default/held-back"_s;
        const auto state = [this, &key] {
            const models::MappingRow *row = m_console->models().mappings.find(key);
            return row ? models::stateText(*row) : QString();
        };
        m_console->showPage(u"routing"_s); // sight is asked for while it is shown
        QVERIFY(kubectl({u"create"_s, u"--raw"_s, u"/_sim/edge-holds"_s, u"-f"_s, u"/dev/null"_s}));
        QVERIFY(kubectl({u"apply"_s, u"-f"_s, u"-"_s}, mappingYaml("held-back", "/held-back/")));
        QTRY_COMPARE_WITH_TIMEOUT(state(), u"Not in Envoy"_s, 2 * Patience);
        QProcess mappings; // and the command line says the same
        mappings.start(QCoreApplication::applicationDirPath() + u"/sallyportctl"_s,
                       {u"--kubeconfig"_s, kubeconfig(), u"mappings"_s, u"-o"_s, u"json"_s});
        QVERIFY(QTest::qWaitFor([&] { return mappings.state() == QProcess::NotRunning; }, Patience));
        const auto list = edge::parseJson(mappings.readAllStandardOutput().toStdString());
        QVERIFY(list);
        QHash<QString, QString> inEnvoy;
        for (const edge::Value &item : (*list)["items"].items())
            inEnvoy.insert(QString::fromStdString(item["name"].text()),
                           QString::fromStdString(item["inEnvoy"].text())
                               + (item["isLateInEnvoy"].toBool() ? u", late"_s : QString()));
        QCOMPARE(inEnvoy.value(u"held-back"_s), u"missing, late"_s);
        QCOMPARE(inEnvoy.value(u"quote-backend"_s), u"all"_s);
        QVERIFY(kubectl({u"delete"_s, u"--raw"_s, u"/_sim/edge-holds"_s}));
        // It is taken over, and speaks clear text to a STRICT sidecar.
        QTRY_COMPARE_WITH_TIMEOUT(state(), u"Faulty"_s, 2 * Patience);
        QVERIFY(kubectl({u"delete"_s, u"mapping"_s, u"held-back"_s}));
    }

    void theFilterFindsTheRowByKeyboard()
    {
        auto *table = m_console->window().findChild<QTableView *>(u"mappingsTable"_s);
        QVERIFY(table && table->model()->rowCount() > 1);
        auto *filter = m_console->window().findChild<QLineEdit *>(u"mappingsFilter"_s);
        QVERIFY(filter);
        QTest::keyClicks(filter, u"quote-backend"_s);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, Patience);
        filter->clear();
        QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 1, Patience);
    }

    // By the client's gate: the demo's kubeconfig lets it through, and the cluster tells that it is on.
    void anIncidentIsSwitchedOnAndOff()
    {
        const auto told = [this](const QString &text) {
            const auto &notices = m_console->models().notices;
            for (int row = 0; row < notices.rowCount(); ++row) {
                if (notices.row(row).text == text)
                    return notices.row(row).severity == models::Severity::Info;
            }
            return false;
        };
        Q_EMIT m_console->window().incidentSwitched(u"api-slow"_s, true);
        QTRY_VERIFY_WITH_TIMEOUT(told(u"Demo: api-slow was switched on"_s), Patience);
        Q_EMIT m_console->window().incidentSwitched(u"api-slow"_s, false);
        QTRY_VERIFY_WITH_TIMEOUT(told(u"Demo: api-slow was switched off"_s), Patience);
    }

    void aRequestIsPredictedSentAndShown()
    {
        m_console->showPage(u"request"_s);
        auto *url = find<QLineEdit>(u"requestUrl"_s);
        url->clear();
        QTest::keyClicks(url, u"http://edge.example.com/backend/"_s);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(u"requestSend"_s)->isEnabled(), Patience);
        QTest::keyClick(url, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(
            find<QPlainTextEdit>(u"answerBody"_s)->toPlainText().contains(u"\"quote\""_s), Patience);
        QVERIFY(find<QLabel>(u"answerTitle"_s)->text().contains(u"200"_s));
    }

    void theChartShowsWhatPrometheusHasCounted()
    {
        if (QStandardPaths::findExecutable(u"prometheus"_s).isEmpty()
            && !QFile::exists(QStringLiteral(SALLYPORT_SOURCE_DIR "/build/peers/prometheus")))
            QSKIP("skipped: no prometheus; ./dev setup brings one");
        m_console->showPage(u"metrics"_s);
        const auto hasQuote = [this] {
            const QAbstractItemModel *rows = find<QTableView>(u"metricsTable"_s)->model();
            return !rows->match(rows->index(0, 0), Qt::DisplayRole, u"cluster_"_s, 1, Qt::MatchStartsWith)
                        .isEmpty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasQuote(), 2 * Patience);
        m_console->showPage(u"routing"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_console->models().mappings.find(u"default/quote-backend"_s)->requestsPerSecond > 0,
            2 * Patience);
    }

    void aStepOfTheGuideIsAppliedAndUndoneByItsButtons()
    {
        QCOMPARE(injectionLabel(), QByteArray("enabled"));
        QVERIFY(kubectl({u"label"_s, u"namespace"_s, u"default"_s, u"istio-injection-"_s}));
        m_console->showPage(u"guide"_s);
        m_console->window().pages().guide->goTo(u"namespace-label"_s);
        auto *apply = find<QPushButton>(u"guideApply"_s);
        QTRY_VERIFY_WITH_TIMEOUT(apply->isVisible() && apply->isEnabled(), Patience);
        QTest::mouseClick(apply, Qt::LeftButton);
        QVERIFY(confirm());
        QTRY_VERIFY_WITH_TIMEOUT(!apply->isVisible(), Patience); // the check sees it
        QCOMPARE(injectionLabel(), QByteArray("enabled"));
        auto *undo = find<QPushButton>(u"guideUndo"_s);
        QTRY_VERIFY_WITH_TIMEOUT(undo->isVisible() && undo->isEnabled(), Patience);
        QTest::mouseClick(undo, Qt::LeftButton);
        QVERIFY(confirm());
        QTRY_VERIFY_WITH_TIMEOUT(apply->isVisible(), Patience);
        QCOMPARE(injectionLabel(), QByteArray());
    }

    void theSidecarsCertificatesAreListedByIdentity()
    {
        const auto ofQuote = [this]() -> const models::CertificateRow * {
            const auto &certificates = m_console->models().certificates;
            for (int row = 0; row < certificates.rowCount(); ++row) {
                if (certificates.row(row).key == "mesh/spiffe://cluster.local/ns/default/sa/default"_L1)
                    return &certificates.row(row);
            }
            return nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(ofQuote() && ofQuote()->notAfter.isValid(), Patience);
        QCOMPARE(ofQuote()->usedBy, u"default/quote"_s);
        QCOMPARE(ofQuote()->storedIn, u"in memory, 1 pod"_s);
        const QDateTime first = ofQuote()->notAfter;
        QTRY_VERIFY_WITH_TIMEOUT(ofQuote() && ofQuote()->notAfter > first, Patience); // and followed
    }

    void theMeshsCertificateCountsDownAndIsSeenToRotate()
    {
        QTRY_VERIFY_WITH_TIMEOUT(certificateOfMesh() && certificateOfMesh()->notAfter.isValid(), Patience);
        const QDateTime first = certificateOfMesh()->notAfter;
        QVERIFY(certificateOfMesh()->usedBy.contains(u"quote-backend"_s));
        QTRY_VERIFY_WITH_TIMEOUT(certificateOfMesh() && certificateOfMesh()->notAfter > first, Patience);
    }
};

SALLYPORT_TEST(demo_console_test, DemoConsoleTest)
#include "demo_console_test.moc"
