// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/cluster_desk.h"

#include "app/edge_access.h"
#include "app/gui/desk_wishes.h"
#include "app/gui/page_problems.h"
#include "app/guide_actions.h"
#include "app/request_run.h"
#include "models/analysis/undo.h"
#include "models/items/configured_rows.h"
#include "models/resources/free_elsewhere.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/journal_view.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/request_page.h"
#include "ui/pages/routing_page.h"

#include <QApplication>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr auto TrafficPause = 15s; // a usual scrape interval: sooner there is nothing new
constexpr auto LookPause = 15s;    // the same
constexpr int RequestTimeoutMs = 15'000;

QStringList namesOf(const QList<models::Namespace> &namespaces)
{
    QStringList names;
    for (const models::Namespace &each : namespaces)
        names.append(each.name);
    return names;
}

// The page shows numbers, so what it will be asked for is known: these kinds, each on one page.
QList<QPair<ui::PageFrame *, QString>> kindsOfPages(const ui::Pages &pages)
{
    return {{pages.routing, u"mappings"_s}, {pages.mesh, u"peerauthentications"_s}};
}

} // namespace

ClusterDesk::ClusterDesk(ui::MainWindow &window, ConsoleModels &models, const kube::Connection &connection,
                         const QString &edge, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_models(models)
    , m_session(connection, edge)
    , m_changes(window, m_session.client(), Journal(Journal::fileFor(connection)), nullptr)
    , m_mutes(Journal::fileFor(connection) + u".muted.json"_s, u"what was muted comes back"_s)
    , m_rules(Journal::fileFor(connection) + u".rules.json"_s,
              u"the edge is judged as its image says again"_s)
    , m_looks(Journal::fileFor(connection) + u".looks.json"_s, u"all namespaces are shown"_s)
    , m_findings(models.findings)
    , m_desktop([] { return QApplication::activeWindow() != nullptr; })
    , m_journal(
          m_changes.journal(),
          [this](models::Severity severity, const QString &text) { m_window.reportOfAll(severity, text); })
    , m_rights(m_session.client())
{
    connect(&m_findings, &FindingFeed::shown, this,
            [this](const QList<models::Finding> &open, const QList<models::Finding> &ofMesh) {
                showOpenFindings(open, ofMesh);
                askForRights();
                Q_EMIT analysed();
            });
    connect(&m_session, &ClusterSession::connectionChanged, &m_window, &ui::MainWindow::setConnection);
    connect(&m_session, &ClusterSession::connectionChanged, this, &ClusterDesk::noteConnection);
    connect(&m_session, &ClusterSession::warned, this, [this](const QString &text) {
        m_window.note(models::NoticeRow::Kind::Notice, models::Severity::Warning,
                      tr("The API server warns: %1").arg(text));
    });
    connect(&m_session, &ClusterSession::signInMessage, &m_window, // somebody waits for what it asks for
            [this](const QString &text) { m_window.reportOfAll(models::Severity::Info, text); });
    connect(&m_session, &ClusterSession::mappingRowsArrived, this, &ClusterDesk::takeRows);
    connect(&m_session, &ClusterSession::analysed, this, &ClusterDesk::takeAnalysis);
    connect(&m_session, &ClusterSession::observed, this, &ClusterDesk::takeObserved);
    connect(&m_session, &ClusterSession::sighted, this, &ClusterDesk::takeSight);
    connect(&m_rights, &ActionRights::changed, this, &ClusterDesk::showRights);
    connect(&m_window, &ui::MainWindow::pauseChosen, this, &ClusterDesk::pause);
    connect(&m_window, &ui::MainWindow::namespaceChosen, &m_session, &ClusterSession::watchIn);
    m_window.chooseNamespaces(m_looks.all().value(u"namespaces"_s).split(u' ', Qt::SkipEmptyParts));
    connect(&m_window, &ui::MainWindow::namespacesChosen, this, &ClusterDesk::keepNamespaces);
    connect(&m_window, &ui::MainWindow::namespacesChosen, this, &ClusterDesk::showRecentChanges);
    connect(&m_window, &ui::MainWindow::edgeChosen, &m_session, &ClusterSession::chooseEdge);
    connect(&m_window, &ui::MainWindow::rulesChosen, this, &ClusterDesk::chooseRules);
    connect(&m_window, &ui::MainWindow::incidentsRequested, this, &ClusterDesk::askForIncidents);
    connect(&m_window, &ui::MainWindow::incidentSwitched, this, &ClusterDesk::switchIncident);
    m_changes.setSeen(
        [this](const QList<models::JournalEntry> &written) { return m_session.whenSeen(written); });
    connect(&m_changes, &ChangeFlow::applied, this, &ClusterDesk::showJournal);
    connect(&m_changes, &ChangeFlow::stagedChanged, &m_window.docks(), &ui::DockArea::setStaged);
    connect(&m_changes, &ChangeFlow::stagedChanged, this, &ClusterDesk::askForRights);
    connect(&m_window.docks(), &ui::DockArea::stagedReviewRequested, &m_changes, &ChangeFlow::reviewStaged);
    connect(&m_window.docks(), &ui::DockArea::stagedDropRequested, &m_changes, &ChangeFlow::dropStaged);
    connect(&m_changes, &ChangeFlow::finished, &m_desktop, &DesktopNotices::changeFinished);
    connect(&m_session, &ClusterSession::connectionChanged, &m_desktop, &DesktopNotices::setConnection);
    connect(&m_desktop, &DesktopNotices::wanted, this, &ClusterDesk::tellDesktop);
    connect(&m_window, &ui::MainWindow::pageShown, this, &ClusterDesk::askForTraffic);
    connect(&m_window, &ui::MainWindow::pageShown, this, &ClusterDesk::lookAtEdge);
    connect(&m_trafficTimer, &QTimer::timeout, this, &ClusterDesk::askForTraffic);
    m_trafficTimer.setObjectName(u"trafficOfRows"_s);
    m_lookTimer.setObjectName(u"trafficFindings"_s);
    m_trafficTimer.start(TrafficPause);
    connect(&m_lookTimer, &QTimer::timeout, this, &ClusterDesk::lookAtTraffic);
    m_session.setCompats(chosenCompats());
    connectPages();
    connectChanges();
    showJournal();
    showRights(); // none is known to lack: what lacked in the last context is not true here
}

ClusterDesk::~ClusterDesk()
{
    m_models.mappings.setDecorator({}); // it reads this
    m_window.setPaused(false);
    m_window.docks().setStaged({});
}

void ClusterDesk::takeRows(const kube::RowBatch<models::MappingRow> &batch)
{
    if (!m_isPaused)
        return m_models.mappings.apply(batch);
    for (const QString &key : batch.removals)
        m_heldRows[key].reset();
    for (const models::MappingRow &row : batch.upserts)
        m_heldRows[row.key] = row;
    m_holdsCompletion = m_holdsCompletion || batch.complete;
}

void ClusterDesk::takeAnalysis()
{
    m_holdsAnalysis = m_isPaused;
    if (!m_isPaused)
        showAnalysis();
}

// Nothing is asked of the edge's pods for a page that is not shown.
void ClusterDesk::lookAtEdge()
{
    const QString page = m_window.currentPage(); // that say how Mappings stand
    m_session.setSightWanted(!m_isPaused && m_window.isVisible()
                             && (page == "routing"_L1 || page == "overview"_L1));
}

void ClusterDesk::takeSight()
{
    if (m_isPaused)
        return;
    decorate();
    m_window.pages().routing->setSight(m_session.sight());
}

// Watches and analyses go on: what came meanwhile is there at once when it is over.
void ClusterDesk::pause(bool paused)
{
    m_isPaused = paused;
    lookAtEdge();
    if (paused)
        return;
    kube::RowBatch<models::MappingRow> news{{}, {}, std::exchange(m_holdsCompletion, false)};
    for (const auto &[key, row] : std::exchange(m_heldRows, {})) {
        if (row)
            news.upserts.append(*row);
        else
            news.removals.append(key);
    }
    m_models.mappings.apply(news);
    if (std::exchange(m_holdsAnalysis, false))
        showAnalysis();
    if (std::exchange(m_holdsActivity, false))
        showActivity();
    takeSight();
    askForTraffic();
}

void ClusterDesk::connectPages()
{
    const ui::Pages &pages = m_window.pages();
    connect(pages.request, &ui::RequestPage::predictionWanted, this, &ClusterDesk::predict);
    connect(pages.request, &ui::RequestPage::sendRequested, this, &ClusterDesk::send);
    connect(pages.routing, &ui::RoutingPage::yamlRequested, this, &ClusterDesk::showYaml);
    connect(pages.routing, &ui::RoutingPage::orderRequested, this, &ClusterDesk::showOrder);
    connect(pages.certificates, &ui::CertificatesPage::checkRequested, this, &ClusterDesk::checkCertificate);
    connect(pages.certificates, &ui::CertificatesPage::revealRequested, this, &ClusterDesk::revealValue);
    connect(pages.certificates, &ui::CertificatesPage::fixRequested, this,
            [this](const QStringList &findings) { fix(findings, {}); });
    connect(pages.routing, &ui::RoutingPage::fixRequested, this,
            [this](const QStringList &findings) { fix(findings, {}); });
    connect(pages.routing, &ui::RoutingPage::editRequested, this, &ClusterDesk::edit);
    connect(pages.routing, &ui::RoutingPage::deleteRequested, this,
            [this](const QList<ui::ObjectToWrite> &objects, const QStringList &warnings) {
                m_changes.begin(titleOfDelete(objects), deletePlan(m_session.client(), objects, warnings));
            });
    connect(pages.routing, &ui::RoutingPage::objectChosen, this, [this](const models::ObjectRef &object) {
        m_chosen = object;
        askForRights();
    });
    connect(pages.metrics, &ui::MetricsPage::rangeChosen, this, &ClusterDesk::askForTraffic);
    connect(&m_window.docks().problems(), &ui::ProblemsPanel::fixRequested, this, &ClusterDesk::fix);
    connect(&m_window.docks().problems(), &ui::ProblemsPanel::muteRequested, this, &ClusterDesk::mute);
    connect(&m_window, &ui::MainWindow::yamlCopyRequested, this, &ClusterDesk::copyYaml);
}

void ClusterDesk::connectChanges()
{
    const ui::Pages &pages = m_window.pages();
    connect(pages.guide, &ui::GuidePage::applyRequested, this,
            [this](const QString &id) { changeStep(id, false); });
    connect(pages.guide, &ui::GuidePage::undoRequested, this,
            [this](const QString &id) { changeStep(id, true); });
    connect(pages.mesh, &ui::MeshSecurityPage::modeRequested, this, &ClusterDesk::changeMode);
    connect(pages.mesh, &ui::MeshSecurityPage::undoRequested, this, [this] {
        showJournal();
        if (const auto entry = newestModeChange(m_journal.entries()))
            takeBack({*entry}, entry->title);
    });
    const auto revert = [this](int number) {
        showJournal(); // with what was written since the list was made
        for (const models::JournalEntry &entry : m_journal.entries()) {
            if (entry.number == number)
                return takeBack(models::withLaterWrites(entry, m_journal.entries()), entry.title);
        }
    };
    connect(pages.activity, &ui::ActivityPage::revertRequested, this, revert);
    connect(&m_window.docks().changes(), &ui::JournalView::revertRequested, this, revert);
}

void ClusterDesk::showAnalysis()
{
    const ClusterAnalysis &analysis = *m_session.analysis();
    const models::Snapshot &snapshot = *analysis.snapshot;
    const ui::Pages &pages = m_window.pages();
    QList<ui::EdgeChoice> edges;
    for (const models::EdgeInstallation &edge : snapshot.edges)
        edges.append(
            ui::EdgeChoice(edge.key(), edge.knowsId() ? edge.ambassadorId : QString(), edge.version));
    m_window.setEdges(edges, analysis.hasEdge ? analysis.view.installation.key() : QString(), rules());
    forgetOthersTraffic();
    m_window.setNamespaces(namesOf(snapshot.namespaces), !snapshot.unavailable.contains(u"namespaces"_s));
    decorate();
    showUnwatched();
    pages.routing->setOnlyIn(snapshot.onlyIn.value(u"mappings"_s));
    if (analysis.hasEdge)
        pages.routing->setEdge(analysis.view);
    m_models.hosts.setRows(analysis.objects.hosts);
    m_models.listeners.setRows(analysis.objects.listeners);
    m_models.tcpMappings.setRows(analysis.objects.tcpMappings);
    m_models.routes.setNodes(analysis.routes);
    m_models.certificates.setRows(analysis.certificates);
    m_desktop.setCertificates(analysis.certificates, QDateTime::currentDateTimeUtc());
    m_models.postures.setRows(analysis.postures);
    pages.mesh->setMode(analysis.meshMode, snapshot.istioRootNamespace);
    pages.mesh->setWillBreak(analysis.breaksUnderStrict);
    pages.guide->setSteps(analysis.guide);
    pages.request->setWays(
        {{u"edge"_s, tr("through the cluster's edge")}, {u"proxy"_s, tr("through the API server's proxy")}});
    pages.request->setEdgeAddress(
        analysis.hasEdge ? QUrl(edgeUrl(snapshot, analysis.view.installation, false)) : QUrl());
    showFindings();
    showProblems(snapshot);
    showJournal();
    lookAtEdge();
    if (const models::RequestSpec request = pages.request->request(); !request.url.host().isEmpty())
        predict(request);
    askForTraffic();
    if (!m_lookTimer.isActive()) { // the first analysis
        m_lookTimer.start(LookPause);
        lookAtTraffic();
        findLostAnswers();
    }
}

void ClusterDesk::showProblems(const models::Snapshot &snapshot)
{
    for (const auto &[page, plural] : kindsOfPages(m_window.pages()))
        page->setProblem(
            pageProblem(snapshot, page == m_window.pages().mesh ? snapshot.modesPlural() : plural));
    m_window.pages().certificates->setProblem(
        certificatesProblem(snapshot, m_session.analysis()->certificates));
    for (const QString &plural : {u"hosts"_s, u"listeners"_s, u"tcpmappings"_s})
        m_window.pages().routing->setUnknown(plural, whyUnread(snapshot, plural));
    m_window.pages().mesh->setUnknown(whyUnread(snapshot, u"pods"_s));
}

void ClusterDesk::showOpenFindings(const QList<models::Finding> &all, const QList<models::Finding> &ofMesh)
{
    m_window.pages().mesh->setOpenFindings(ofMesh);
    const ClusterAnalysis &analysis = *m_session.analysis();
    m_window.pages().overview->setAnalysis(
        {analysis.snapshot.get(), analysis.hasEdge ? &analysis.view : nullptr, analysis.meshMode,
         analysis.certificates, analysis.postures, all, QDateTime::currentDateTimeUtc(), rules()});
}

void ClusterDesk::showFindings() { m_findings.show(m_session.analysis(), m_mutes.all(), m_trafficFindings); }

// Mappings of annotations and Ingresses come with the analysis: the store watches objects only.
void ClusterDesk::showUnwatched()
{
    const auto job = [analysis = m_session.analysis()](std::stop_token) {
        return models::unwatchedMappingRows(*analysis->snapshot, analysis->view.installation);
    };
    m_reading.run(this, job, [this](const QList<models::MappingRow> &rows) {
        QSet<QString> wanted;
        kube::RowBatch<models::MappingRow> batch;
        for (const models::MappingRow &row : rows) {
            wanted.insert(row.key);
            if (const models::MappingRow *known = m_models.mappings.find(row.key);
                !known || !models::saysTheSame(*known, row))
                batch.upserts.append(row);
        }
        for (const QString &key : std::exchange(m_unwatched, wanted)) {
            if (!wanted.contains(key))
                batch.removals.append(key);
        }
        if (!batch.upserts.isEmpty() || !batch.removals.isEmpty())
            m_models.mappings.apply(batch);
    });
}

// Completes each row from the newest analysis and traffic; only what really changed is told to the table.
void ClusterDesk::decorate()
{
    struct Known
    {
        std::shared_ptr<const ClusterAnalysis> analysis;
        QHash<QString, MappingTraffic> traffic;
        models::EdgeSight sight;
    };
    const auto known = models::freedElsewhere<Known>(
        std::make_shared<const Known>(Known{m_session.analysis(), m_traffic, m_session.sight()}));
    m_models.mappings.setDecorator([this, known](models::MappingRow &row) {
        const QString mapping = models::verdictKey(row);
        auto verdict = known->analysis ? models::verdictOf(known->analysis->view, row) : nullptr;
        const bool counts = !verdict || verdict->state != models::MappingVerdict::State::Replaced;
        const MappingTraffic now = counts ? known->traffic.value(mapping) : MappingTraffic();
        const bool isSame = verdict == row.verdict || (verdict && row.verdict && *verdict == *row.verdict);
        models::MappingSight seen = known->sight.mappings.value(mapping);
        const models::SightState sightState = models::sightState(known->sight);
        bool changed = !isSame || now.requestsPerSecond != row.requestsPerSecond || now.history != row.history
            || seen != row.sight || sightState != row.sightState;
        row.verdict = std::move(verdict);
        row.sight = std::move(seen);
        row.sightState = sightState;
        const QDateTime readAt = known->sight.envoy.readAt;
        const bool isLate = models::isLateInEnvoy(row, readAt);
        const bool isUnseen = models::isUnseenInEnvoy(row, readAt);
        changed = changed || isLate != row.isLate || isUnseen != row.isUnseen;
        row.isLate = isLate;
        row.isUnseen = isUnseen;
        row.requestsPerSecond = now.requestsPerSecond;
        row.history = now.history;
        if (isUnseen && row.sight.envoy == models::MappingSight::Has::All
            && row.changedAt <= QDateTime::currentSecsSinceEpoch()) // what was read is from before the change
            m_session.readSightAgain();
        return changed;
    });
}

void ClusterDesk::predict(const models::RequestSpec &request)
{
    const auto analysis = m_session.analysis();
    if (!analysis)
        return;
    models::Prediction prediction;
    if (analysis->hasEdge)
        prediction = models::predict(analysis->view, *analysis->snapshot, request);
    else
        prediction.reason = tr("Nothing can be predicted: %1.").arg(whyNoEdge(*analysis->snapshot));
    m_window.pages().request->setPrediction(prediction);
}

void ClusterDesk::send(const models::RequestSpec &request)
{
    const auto analysis = m_session.analysis();
    const auto show = [this, request](const models::RequestOutcome &outcome) {
        m_window.pages().request->setOutcome(outcome);
        noteAnswer(request, outcome);
        Q_EMIT answered(outcome);
    };
    if (!analysis) {
        models::RequestOutcome outcome;
        outcome.error = tr("Not connected yet: which edge to send to is not known. Choose a context, or wait "
                           "for the first analysis.");
        return show(outcome);
    }
    m_window.pages().request->setSending(true);
    const RequestTools tools{&m_session.client(), &m_edge,
                             tr("choose another way in the list beside the URL")};
    m_requests.run(
        this,
        [tools, analysis, request](std::stop_token stop) {
            const models::Prediction prediction =
                models::predict(analysis->view, *analysis->snapshot, request);
            return runRequest(tools, *analysis, request, prediction, RequestTimeoutMs, stop);
        },
        show);
}

const models::GuideStep *ClusterDesk::step(const QString &id) const
{
    if (!m_session.analysis())
        return nullptr;
    const QList<models::GuideStep> &steps = m_session.analysis()->guide;
    const auto found = std::find_if(steps.begin(), steps.end(),
                                    [&id](const models::GuideStep &each) { return each.id == id; });
    return found == steps.end() ? nullptr : &*found;
}

void ClusterDesk::changeStep(const QString &stepId, bool undo)
{
    const models::GuideStep *wanted = step(stepId);
    if (!wanted)
        return;
    if (undo) {
        showJournal();
        return takeBack(entriesOfStep(m_journal.entries(), *wanted), titleOfStep(*wanted));
    }
    m_changes.begin(titleOfStep(*wanted), applyStepPlan(m_session.client(), m_session.analysis(), *wanted));
}

void ClusterDesk::changeMode(models::MtlsMode mode)
{
    if (const auto analysis = m_session.analysis())
        m_changes.begin(titleOfMode(mode), changeModePlan(m_session.client(), analysis, mode));
}

void ClusterDesk::takeBack(const QList<models::JournalEntry> &entries, const QString &title)
{
    if (!entries.isEmpty())
        m_changes.begin(tr("Take back: %1").arg(title), undoPlan(m_session.client(), entries));
}

} // namespace app::gui
