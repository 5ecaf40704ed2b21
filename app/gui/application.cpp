// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"

#include "app/gui/exec_permissions.h"
#include "app/write_modes.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/notices_panel.h"
#include "ui/docks/problems_panel.h"
#include "ui/journal_view.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/pages/welcome_page.h"
#include "ui/write_words.h"

#include <QCoreApplication>
#include <QDir>

#include <tuple>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

QList<ui::ContextChoice> choicesOf(const kube::Kubeconfig &kubeconfig)
{
    QList<ui::ContextChoice> choices;
    for (const kube::ContextEntry &context : kubeconfig.contexts())
        choices.append({context.name, kubeconfig.serverOf(context), context.file,
                        context.name == kubeconfig.currentContext(), context.nameSpace});
    return choices;
}

// Would a connection by the one be a connection by the other?
bool isSameAccess(const kube::Connection &left, const kube::Connection &right)
{
    const auto access = [](const kube::Connection &one) {
        return std::tie(one.server, one.trustedCa, one.insecure, one.tlsServerName, one.proxyUrl,
                        one.clientCertificate, one.clientKey, one.token, one.basic, one.tokenFile, one.user);
    };
    return access(left) == access(right);
}

} // namespace

Application::Application(GuiOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    m_window.pages().routing->setMappings(m_models.mappings);
    m_window.pages().routing->setObjects(m_models.hosts, m_models.listeners, m_models.tcpMappings);
    m_window.pages().routing->setRoutes(m_models.routes);
    m_window.pages().overview->setMappings(m_models.mappings);
    m_window.pages().certificates->setCertificates(m_models.certificates);
    m_window.pages().certificates->setFindings(m_models.findings);
    m_window.pages().routing->setFindings(m_models.findings);
    m_window.pages().certificates->setRates([this](const QString &mapping) {
        const models::MappingRow *row = m_models.mappings.find(mapping);
        return row ? row->requestsPerSecond : -1;
    });
    m_window.pages().mesh->setPostures(m_models.postures);
    m_window.pages().activity->setJournal(m_models.activity);
    m_window.docks().problems().setFindings(m_models.findings);
    m_window.docks().changes().setJournal(m_models.journal);
    m_window.docks().notices().setNotices(m_models.notices);
    connect(&m_window, &ui::MainWindow::noted, this, &Application::keep);
    connect(&m_window.docks().notices(), &ui::NoticesPanel::clearRequested, this,
            [this] { m_models.notices.setRows({}); });
    connect(&m_window, &ui::MainWindow::contextChosen, this, &Application::connectTo);
    connect(&m_window, &ui::MainWindow::modeChosen, this, &Application::chooseMode);
    connect(&m_window, &ui::MainWindow::retryRequested, this, &Application::retry);
    connect(&m_window, &ui::MainWindow::windowRequested, this, &Application::windowRequested);
    connect(&m_window.welcome(), &ui::WelcomePage::doctorRequested, this, &Application::examine);
    connect(&m_window.welcome(), &ui::WelcomePage::retryRequested, this, &Application::readContexts);
    connect(&m_window.welcome(), &ui::WelcomePage::fileRequested, this, &Application::openFile);
    connect(&m_window.welcome(), &ui::WelcomePage::demoRequested, this, [this] {
        m_options.demo = true;
        m_options.kubeconfig.clear();
        startDemo();
    });
    connect(&m_window, &ui::MainWindow::cancelRequested, this, &Application::leave);
    connect(&m_window, &ui::MainWindow::refreshRequested, this, &Application::refresh);
}

Application::~Application() = default;

void Application::keep(models::NoticeRow notice)
{
    constexpr int Most = 500; // the oldest go
    notice.key = QString::number(++m_notices);
    QStringList gone;
    if (m_models.notices.rowCount() >= Most)
        gone.append(m_models.notices.keyAt(0));
    m_models.notices.apply({{notice}, gone, true});
}

void Application::start()
{
    m_wantsCluster = m_options.connectsAtStart();
    if (m_options.demo)
        startDemo();
    else if (readContexts() && m_options.connectsAtStart())
        connectToChosen();
}

void Application::startDemo()
{
    if (!m_demo) {
        const QString program = DemoChild::programBeside(QCoreApplication::applicationDirPath());
        m_demo = std::make_unique<DemoChild>(program, m_options.demoArguments);
        connect(m_demo.get(), &DemoChild::ready, this, [this](const QString &kubeconfig) {
            m_isStarting = false;
            m_options.kubeconfig = kubeconfig;
            if (readContexts())
                connectTo(m_kubeconfig->currentContext());
        });
        connect(m_demo.get(), &DemoChild::refused, this, &Application::demoRefused);
        connect(m_demo.get(), &DemoChild::failed, this, [this](const QString &message) {
            m_options.kubeconfig.clear(); // Retry starts it again
            fail(u"demo"_s, message);
        });
    }
    models::ConnectionState state;
    state.phase = models::ConnectionState::Phase::Connecting;
    state.context = u"demo"_s;
    state.server = tr("A demo cluster is being started on this machine.");
    state.since = QDateTime::currentDateTimeUtc();
    m_window.setConnection(state);
    m_isStarting = true;
    m_demo->start();
}

kube::KubeconfigSources Application::sources() const
{
    return kube::kubeconfigSources(m_options.kubeconfig, qEnvironmentVariable("KUBECONFIG"),
                                   QDir::homePath());
}

void Application::watchFiles()
{
    const QStringList files = sources().files;
    if (m_files && files == m_watched)
        return;
    m_watched = files;
    m_files = std::make_unique<kube::FileWatcher>(files);
    connect(m_files.get(), &kube::FileWatcher::changed, this, &Application::readChangedFile);
}

// Somebody signs in again, adds a cluster or mends a line.
void Application::readChangedFile()
{
    using Phase = models::ConnectionState::Phase;
    const Phase phase = m_desk ? m_desk->state().phase : Phase::Failed;
    const auto kubeconfig = kube::Kubeconfig::load(sources());
    if (m_options.demo && (m_isStarting || !kubeconfig)) // its file comes and goes with it
        return;
    if (!kubeconfig && (phase == Phase::Live || phase == Phase::Stale)) {
        m_window.reportOfAll(models::Severity::Warning,
                             tr("The kubeconfig has changed and cannot be read: %1. The connection goes on.")
                                 .arg(kubeconfig.error().message));
        return;
    }
    if (!readContexts() || !m_wantsCluster || phase == Phase::Live)
        return;
    const auto now = m_kubeconfig->connection(m_context);
    if (phase == Phase::Stale && now && m_connection && isSameAccess(*now, *m_connection))
        return; // its rows stay in sight, and it tries on
    m_context.isEmpty() ? connectToChosen() : reconnect();
}

// What is staged waits on.
void Application::reconnect()
{
    const models::StagedChanges staged = m_desk ? m_desk->staged() : models::StagedChanges();
    connectTo(m_context);
    if (m_desk)
        m_desk->setStaged(staged);
}

// A file that names no current context leaves the choice to its reader.
void Application::connectToChosen()
{
    const QString context = !m_context.isEmpty() ? m_context
        : !m_options.context.isEmpty()           ? m_options.context
                                                 : m_kubeconfig->currentContext();
    if (context.isEmpty() && !m_kubeconfig->contexts().isEmpty())
        return leave();
    connectTo(context);
}

bool Application::readContexts()
{
    watchFiles();
    m_window.setKubeconfig(m_options.kubeconfig);
    auto kubeconfig = kube::Kubeconfig::load(sources());
    if (!kubeconfig) {
        m_window.welcome().setMessage(models::Severity::Warning, kubeconfig.error().message, tr("Retry"));
        if (m_options.connectsAtStart())
            fail({}, kubeconfig.error().message);
        else if (!m_desk && m_context.isEmpty())
            tellWhyNotConnected(kubeconfig.error().message);
        return false;
    }
    if (!m_desk && m_context.isEmpty() && !m_options.connectsAtStart())
        tellWhyNotConnected({});
    m_window.welcome().setMessage(models::Severity::Info, {});
    m_kubeconfig = std::move(*kubeconfig);
    m_window.setContexts(choicesOf(*m_kubeconfig), m_context);
    m_window.reportOfAll(models::Severity::Warning, m_kubeconfig->warnings().join(u'\n'));
    return true;
}

// On every page, as on the welcome page: "" nothing but that nobody has chosen a context.
void Application::tellWhyNotConnected(const QString &message)
{
    models::ConnectionState state;
    state.message = message;
    m_window.setConnection(state);
}

void Application::connectTo(const QString &context)
{
    m_context = context;
    m_wantsCluster = true;
    m_connection.reset();
    if (m_execDialog)
        m_execDialog->reject(); // of the last connection
    m_desk.reset();
    m_models.clear();
    m_window.forgetCluster();
    m_window.setIncidents({});
    m_window.setContexts(choicesOf(*m_kubeconfig), context);
    auto connection = m_kubeconfig->connection(context);
    if (!connection) {
        fail(context, connection.error().message);
        return;
    }
    if (const auto modes = WriteModes().applyTo(*connection); !modes)
        m_window.reportOfAll(models::Severity::Warning, modes.error().message);
    m_connection = *connection;
    connection->mayRun = execPolicy(*connection);
    m_desk = std::make_unique<ClusterDesk>(m_window, m_models, *connection, m_options.edge);
    connect(m_desk.get(), &ClusterDesk::refused, this, &Application::readChangedFile,
            Qt::QueuedConnection); // it may have been renewed while it was not needed yet
    connect(m_desk.get(), &ClusterDesk::desktopNoticeWanted, this, &Application::desktopNoticeWanted);
    Q_EMIT deskChanged();
    m_desk->start();
}

// The connection goes on, and with it all that is known and chosen.
void Application::chooseMode(models::ConnectionState::Mode mode)
{
    using Mode = models::ConnectionState::Mode;
    if (!m_connection || !m_kubeconfig)
        return;
    const kube::WriteMode wanted = mode == Mode::Normal ? kube::WriteMode::Normal
        : mode == Mode::ReadOnly                        ? kube::WriteMode::ReadOnly
                                                        : kube::WriteMode::Confirm;
    if (wanted == m_connection->mode && m_desk)
        return;
    if (const auto kept = WriteModes().choose(*m_connection, wanted); !kept)
        return m_window.report(models::Severity::Error, kept.error().message);
    m_window.note(models::NoticeRow::Kind::Notice, models::Severity::Info,
                  tr("Writes in %1 are now: %2").arg(m_context, ui::modeName(mode)), ui::modeMeaning(mode));
    m_connection->mode = wanted;
    m_desk ? m_desk->setMode(wanted) : reconnect();
}

void Application::refresh()
{
    if (m_desk && m_desk->state().phase == models::ConnectionState::Phase::Live)
        m_desk->refresh();
    else
        retry();
}

// A connection that once lived goes on where it was; else everything is read again: the file may have a new
// token by now.
void Application::retry()
{
    using Phase = models::ConnectionState::Phase;
    const bool wasLive =
        m_desk && (m_desk->state().phase == Phase::Live || m_desk->state().phase == Phase::Stale);
    if (wasLive) {
        m_desk->retryNow();
        return;
    }
    if (m_options.demo && m_options.kubeconfig.isEmpty()) {
        startDemo();
        return;
    }
    if (readContexts() && (!m_context.isEmpty() || m_options.connectsAtStart()))
        connectToChosen();
}

void Application::openFile(const QString &file)
{
    m_options.demo = false;
    m_options.kubeconfig = file;
    m_options.context.clear();
    m_context.clear();
    m_wantsCluster = false;
    if (readContexts() && !m_desk) // and says what is wrong with it; nothing is contacted yet
        m_window.setConnection({});
}

// It is asked on the cluster thread, which ends before this.
kube::ExecPolicy Application::execPolicy(const kube::Connection &connection)
{
    ui::ExecDialog::Program program;
    program.context = connection.context;
    program.user = connection.user;
    program.file = connection.fileOfUser();
    return [this, program](const kube::ExecPlugin &plugin, const std::function<void(bool)> &answer) {
        QMetaObject::invokeMethod(
            this, [this, program, plugin, answer] { askToRun(program, plugin, answer); },
            Qt::QueuedConnection);
    };
}

void Application::askToRun(const ui::ExecDialog::Program &where, const kube::ExecPlugin &plugin,
                           const std::function<void(bool)> &answer)
{
    using Answer = ui::ExecDialog::Answer;
    if (ExecPermissions().isAllowed(plugin, where.file))
        return answer(true);
    if (!m_options.screenshotFolder.isEmpty())
        return answer(false); // nobody looks
    ui::ExecDialog::Program program = where;
    program.command = plugin.command;
    program.arguments = plugin.arguments;
    for (const auto &variable : plugin.environment)
        program.variables.append(variable.first);
    if (m_execDialog)
        m_execDialog->reject(); // its connection has been given up
    m_execDialog = new ui::ExecDialog(program, &m_window);
    connect(m_execDialog, &ui::ExecDialog::answered, this,
            [this, plugin, answer, file = where.file](Answer given) {
                if (given == Answer::Always) {
                    if (const auto kept = ExecPermissions().allow(plugin, file); !kept)
                        m_window.report(models::Severity::Warning, kept.error().message);
                }
                answer(given != Answer::DoNotRun);
            });
    m_execDialog->open();
}

// The contexts' own file may be what is wrong, so the doctor reads it anew.
void Application::examine(const QString &context)
{
    m_examination.reset(); // one at a time
    m_examined = context;
    m_doctorsSteps.clear();
    const auto connection =
        m_kubeconfig ? m_kubeconfig->connection(context) : kube::Result<kube::Connection>();
    Examination examination;
    examination.sources = sources();
    examination.context = context;
    examination.mayRun = execPolicy(connection ? *connection : kube::Connection());
    const int number = ++m_examinations; // what an earlier one still says is late
    examination.stepDone = [this, number](const kube::DoctorStep &step) {
        QMetaObject::invokeMethod(
            this,
            [this, number, step] {
                if (number != m_examinations)
                    return;
                m_doctorsSteps.append(step);
                showDoctor(false);
            },
            Qt::QueuedConnection);
    };
    examination.listen = [this](kube::Doctor &doctor) {
        connect(&doctor, &kube::Doctor::signInMessage, this,
                [this](const QString &text) { m_window.reportOfAll(models::Severity::Info, text); });
    };
    showDoctor(false);
    m_examination = std::make_unique<WorkQueue>();
    m_examination->run(
        this,
        [examination](const std::stop_token &stop) {
            Examination stoppable = examination;
            stoppable.stop = stop;
            return app::examine(stoppable);
        },
        [this, number](const Examined &) {
            if (number == m_examinations)
                showDoctor(true);
        });
}

void Application::showDoctor(bool isDone)
{
    using Outcome = kube::DoctorStep::Outcome;
    QList<ui::DoctorLine> lines;
    for (const kube::DoctorStep &step : std::as_const(m_doctorsSteps)) {
        const auto severity = step.outcome == Outcome::Passed ? models::Severity::Good
            : step.outcome == Outcome::Failed                 ? models::Severity::Error
                                                              : models::Severity::Unknown;
        const bool isTried = step.outcome != Outcome::Skipped;
        lines.append({step.name, step.detail, severity, isTried ? int(step.msecs) : -1});
    }
    m_window.welcome().setDoctor(m_examined, lines, isDone);
}

void Application::leave()
{
    if (m_execDialog)
        m_execDialog->reject();
    m_desk.reset();
    m_demo.reset();
    m_isStarting = false;
    m_wantsCluster = false;
    m_context.clear();
    m_models.clear();
    m_window.forgetCluster();
    if (m_kubeconfig)
        m_window.setContexts(choicesOf(*m_kubeconfig), {});
    m_window.setConnection({});
    Q_EMIT deskChanged();
}

void Application::fail(const QString &context, const QString &message)
{
    models::ConnectionState state;
    if (m_desk && m_desk->state().context == context) {
        state.mode = m_desk->state().mode; // what died is as careful as it was
        state.lastEvent = m_desk->state().lastEvent;
    }
    m_desk.reset();
    m_isStarting = false;
    state.phase = models::ConnectionState::Phase::Failed;
    state.context = context;
    state.message = message;
    state.since = QDateTime::currentDateTimeUtc();
    m_window.setConnection(state);
    Q_EMIT deskChanged();
}

} // namespace app::gui
