// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/cluster_session.h"

#include "app/cluster_watch.h"
#include "models/resources/free_elsewhere.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

QString nameOf(edge::Compat compat) { return QString::fromLatin1(edge::compatName(compat).data()); }

models::ConnectionState::Mode modeOf(kube::WriteMode mode)
{
    using Mode = models::ConnectionState::Mode;
    return mode == kube::WriteMode::Normal  ? Mode::Normal
        : mode == kube::WriteMode::ReadOnly ? Mode::ReadOnly
                                            : Mode::Confirm;
}

QString rulesText(const ClusterAnalysis &analysis)
{
    const edge::Compat now = analysis.view.installation.compat;
    if (analysis.view.installation.isCompatGuessed)
        return u"compat %1 (a guess: the image names no version)"_s.arg(nameOf(now));
    return now == analysis.imageCompat
        ? u"compat %1"_s.arg(nameOf(now))
        : u"compat %1 (chosen; the image says %2)"_s.arg(nameOf(now), nameOf(analysis.imageCompat));
}

} // namespace

ClusterSession::ClusterSession(kube::Connection connection, QString edge, QObject *parent)
    : QObject(parent)
    , m_edge(std::move(edge))
    , m_thread(std::make_unique<ClusterThread>(std::move(connection)))
{
    m_pool.setMaxThreadCount(1);
    m_thread->runThere([this] { m_watch = new ClusterWatch(m_thread->client(), &m_thread->context()); });
    connect(m_watch, &ClusterWatch::connectionChanged, this, [this](const models::ConnectionState &state) {
        const QString known = std::exchange(m_state, state).edge;
        m_state.edge = known;
        m_all = {state.mappings, state.hosts};
        countThoseOfTheEdge();
        const kube::Connection &used = client().transport().connection();
        m_state.isUnverified = used.insecure && used.server.scheme() == "https"_L1;
        m_state.mode = modeOf(client().mode()); // which may be another than at the beginning
        Q_EMIT connectionChanged(m_state);
    });
    connect(m_watch, &ClusterWatch::snapshotReady, this, &ClusterSession::analyseLater);
    m_thread->runThere([this] { watchStores(); });
    connect(&client(), &kube::Client::warned, this, &ClusterSession::warned);
    connect(&client().transport(), &kube::Transport::signInMessage, this, &ClusterSession::signInMessage);
    m_proxies = std::make_unique<EdgeProxyWatch>(m_thread->client());
    m_runtimes = std::make_unique<EdgeRuntimeWatch>(m_thread->client());
    m_prometheus = std::make_unique<PrometheusWatch>(m_thread->client());
    m_judgeTimer.setObjectName(u"certificateChange"_s);
    m_judgeTimer.setSingleShot(true);
    connect(&m_judgeTimer, &QTimer::timeout, this, &ClusterSession::analyseAgain);
    connect(m_proxies.get(), &EdgeProxyWatch::answered, this, &ClusterSession::analyseAgain);
    connect(m_prometheus.get(), &PrometheusWatch::answered, this, &ClusterSession::analyseAgain);
    connect(m_runtimes.get(), &EdgeRuntimeWatch::answered, this, &ClusterSession::sighted);
}

ClusterSession::~ClusterSession()
{
    m_proxies.reset(); // they ask through the cluster thread
    m_runtimes.reset();
    m_prometheus.reset();
    m_thread.reset(); // before the pool: no snapshot may come after the pool has ended
    m_pool.waitForDone();
}

// On the cluster thread: rows are parsed there and arrive finished.
void ClusterSession::watchStores()
{
    QObject::connect(
        m_watch, &ClusterWatch::storeMade, m_watch, [this](const QString &plural, kube::ObjectStore *store) {
            if (plural == "mappings"_L1)
                new kube::RowFeed<models::MappingRow>(
                    *store, models::mappingRow, this,
                    [this](const auto &batch) { Q_EMIT mappingRowsArrived(batch); }, store);
            if (ObservedChanges::isWatched(plural))
                new ObservedChanges(*store, plural, this,
                                    [this](const ObservedBatch &batch) { Q_EMIT observed(batch); });
        });
}

void ClusterSession::start()
{
    m_thread->postThere([watch = m_watch] { watch->start(); });
}

void ClusterSession::retryNow()
{
    m_thread->postThere([watch = m_watch] { watch->retryNow(); });
}

void ClusterSession::refresh()
{
    m_thread->postThere([watch = m_watch] { watch->refresh(); });
}

void ClusterSession::watchIn(const QString &nameSpace)
{
    m_thread->postThere([watch = m_watch, nameSpace] { watch->watchIn(nameSpace); });
}

std::future<void> ClusterSession::whenSeen(const QList<models::JournalEntry> &written) const
{
    QList<QPair<kube::ResourceType, QString>> versions;
    for (const models::JournalEntry &entry : written) {
        if (entry.after)
            versions.append(
                {entry.change.type, models::text(entry.after->at({"metadata", "resourceVersion"}))});
    }
    const auto promise = std::make_shared<std::promise<void>>();
    std::future<void> seen = promise->get_future();
    m_thread->postThere([watch = m_watch, versions, promise] {
        watch->whenSeen(versions, [promise] { promise->set_value(); });
    });
    return seen;
}

void ClusterSession::setMode(kube::WriteMode mode)
{
    client().setMode(mode);
    m_state.mode = modeOf(mode);
    Q_EMIT connectionChanged(m_state);
}

void ClusterSession::chooseEdge(const QString &key)
{
    if (key == m_edge)
        return;
    m_edge = key;
    analyseAgain();
}

void ClusterSession::setCompats(const QHash<QString, edge::Compat> &compats)
{
    if (std::exchange(m_compats, compats) != compats)
        analyseAgain();
}

// While the watches live and nothing has come, the newest snapshot is the cluster of now.
void ClusterSession::analyseAgain()
{
    if (!m_newest)
        return;
    if (m_state.phase == models::ConnectionState::Phase::Live)
        m_newest->takenAt = QDateTime::currentDateTimeUtc();
    analyseLater(*m_newest);
}

// In a quiet cluster nothing but time changes what is to be said of a certificate.
void ClusterSession::judgeInTime()
{
    using namespace std::chrono_literals;
    constexpr std::chrono::milliseconds Soonest = 1s;
    constexpr std::chrono::milliseconds Latest = 10min;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    std::chrono::milliseconds wait = Latest;
    for (const models::CertificateRow &row : m_analysis->certificates) {
        const QDateTime change = models::nextSeverityChange(row, now);
        if (change.isValid())
            wait = std::min(wait, std::chrono::milliseconds(now.msecsTo(change)));
    }
    m_judgeTimer.start(std::max(wait, Soonest));
}

void ClusterSession::analyseLater(models::SnapshotInput input)
{
    models::freeElsewhere(std::exchange(m_newest, input));
    models::freeElsewhere(std::exchange(m_waiting, std::move(input)));
    m_waiting->edgeProxies = m_proxies->proxies();
    m_waiting->meshProxies = m_proxies->sidecars();
    m_waiting->loadedPrometheus = m_prometheus->loaded();
    if (!m_analysing)
        runAnalysis();
}

void ClusterSession::runAnalysis()
{
    m_analysing = true;
    m_pool.start([this, input = *std::exchange(m_waiting, std::nullopt), chosen = m_edge, compats = m_compats,
                  presented = m_proxies->presented()] {
        const auto choice = [&compats](models::EdgeInstallation &installation) {
            const auto compat = compats.constFind(installation.key());
            if (compat != compats.constEnd())
                installation.judgeBy(*compat);
        };
        const auto analysis =
            models::freedElsewhere<ClusterAnalysis>(m_analyst.analyse(input, chosen, choice, {}, presented));
        const HandshakePlan handshakes = handshakePlan(*analysis);
        const Counts ofOthers = ofOtherEdges(*analysis, input);
        QMetaObject::invokeMethod(
            this, [this, analysis, handshakes, ofOthers] { take(analysis, handshakes, ofOthers); },
            Qt::QueuedConnection);
    });
}

ClusterSession::Counts ClusterSession::ofOtherEdges(const ClusterAnalysis &analysis,
                                                    const models::SnapshotInput &input)
{
    Counts count;
    for (const kube::Object &mapping : input.objects.value(u"mappings"_s)) {
        const auto verdict = analysis.view.mappings.value(mapping.key());
        count.mappings += verdict && verdict->state == models::MappingVerdict::State::NotForThisEdge;
    }
    for (const models::EdgeObjectRow &host : analysis.objects.hosts)
        count.hosts += host.isOtherEdges && host.source.isEmpty();
    return count;
}

// The status bar's numbers are those of the pages.
void ClusterSession::countThoseOfTheEdge()
{
    m_state.mappings = std::max<qsizetype>(0, m_all.mappings - m_ofOthers.mappings);
    m_state.hosts = std::max<qsizetype>(0, m_all.hosts - m_ofOthers.hosts);
}

void ClusterSession::take(std::shared_ptr<const ClusterAnalysis> analysis, const HandshakePlan &handshakes,
                          const Counts &ofOthers)
{
    m_analysing = false;
    m_analysis = std::move(analysis);
    const models::EdgeInstallation &edge = m_analysis->view.installation;
    const QString text = !m_analysis->hasEdge
        ? QString()
        : u"%1 %2, %3"_s.arg(edge.key(), edge.version, rulesText(*m_analysis));
    m_proxies->setAnalysis(*m_analysis, handshakes);
    m_runtimes->setAnalysis(m_analysis);
    m_prometheus->setSnapshot(*m_analysis->snapshot);
    const models::ConnectionState before = m_state;
    m_state.edge = text;
    m_ofOthers = ofOthers;
    countThoseOfTheEdge();
    if (!(m_state == before))
        Q_EMIT connectionChanged(m_state);
    judgeInTime();
    Q_EMIT analysed();
    if (m_waiting)
        runAnalysis();
}

} // namespace app::gui
