// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/edge_runtime_watch.h"

#include "app/edge_proxies.h"
#include "models/resources/free_elsewhere.h"

#include <QElapsedTimer>

#include <algorithm>

using namespace std::chrono_literals;

namespace app::gui {

namespace {

constexpr std::chrono::milliseconds AfterChange = 2s; // Ambassador puts changes of a second or so together
constexpr std::chrono::milliseconds WhileLacking = 3s, AfterError = 1min, Latest = 10min;
constexpr int MostDoublings = 5;
constexpr int RestFor = 10; // times what a reading took

} // namespace

bool isLacking(const models::EdgeSight &sight)
{
    using Has = models::MappingSight::Has;
    return std::any_of(sight.mappings.begin(), sight.mappings.end(), [](const models::MappingSight &one) {
        return one.envoy == Has::Missing || one.envoy == Has::Partly;
    });
}

std::chrono::milliseconds nextReading(const models::EdgeSight &sight, std::chrono::milliseconds took,
                                      int lacking)
{
    std::chrono::milliseconds wait = Latest;
    if (!sight.ambassador.error.isEmpty() || !sight.envoy.error.isEmpty())
        wait = AfterError;
    if (lacking > 0)
        wait = std::min(wait, WhileLacking * (1 << std::min(lacking - 1, MostDoublings)));
    return std::max(wait, took * RestFor);
}

EdgeRuntimeWatch::EdgeRuntimeWatch(kube::Client &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
    m_timer.setObjectName(QStringLiteral("edgeRuntimeWatch"));
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EdgeRuntimeWatch::ask);
}

void EdgeRuntimeWatch::setAnalysis(const std::shared_ptr<const ClusterAnalysis> &analysis)
{
    m_analysis = analysis;
    QStringList pods;
    for (const models::Pod &pod : analysis->snapshot->pods) {
        if (models::isPodOf(pod, analysis->view.installation) && pod.phase == QLatin1String("Running"))
            pods.append(pod.uid);
    }
    const QString edge = analysis->hasEdge ? analysis->view.installation.key() : QString();
    const bool isOther = std::exchange(m_edge, edge) != edge;
    if (isOther)
        m_took = {}; // the rest after a reading is for its edge, not for this one
    if (isOther && m_sight.envoy.pods > 0) {
        m_sight = {}; // of an edge that is no longer shown
        Q_EMIT answered();
    }
    if (std::exchange(m_pods, pods) != pods || isOther)
        askAfter(0ms);
    else if (m_read != analysis->configuration)
        askAfter(AfterChange);
}

void EdgeRuntimeWatch::setWanted(bool wanted)
{
    if (std::exchange(m_isWanted, wanted) == wanted || !wanted)
        return;
    if (!m_timer.isActive() && !m_isAsking)
        askAfter(0ms);
}

void EdgeRuntimeWatch::readAgain() { askAfter(AfterChange); }

// A timer that runs out sooner stays: changes without an end put nothing off.
void EdgeRuntimeWatch::askAfter(std::chrono::milliseconds wait)
{
    wait = std::max(wait, m_took * RestFor);
    if (!m_isAsking && (!m_timer.isActive() || m_timer.remainingTimeAsDuration() > wait))
        m_timer.start(wait);
}

void EdgeRuntimeWatch::ask()
{
    if (!m_isWanted || m_isAsking || !m_analysis || !m_analysis->hasEdge)
        return;
    m_isAsking = true;
    m_read = m_analysis->configuration;
    m_work.run(
        this,
        [&client = m_client, analysis = m_analysis](std::stop_token stop) {
            QElapsedTimer clock;
            clock.start();
            const models::Snapshot &snapshot = *analysis->snapshot;
            const QList<models::Pod> pods(snapshot.pods.begin(), snapshot.pods.end());
            const auto runtimes = readEdgeRuntimes(client, analysis->view.installation, pods, stop);
            const models::EdgeSight sight = models::edgeSight(analysis->view, runtimes);
            return Reading{analysis->view.installation.key(), sight,
                           std::chrono::milliseconds(clock.elapsed()), isLacking(sight)};
        },
        [this](const Reading &reading) { take(reading); });
}

void EdgeRuntimeWatch::take(const Reading &reading)
{
    m_isAsking = false;
    if (reading.edge != m_edge) // another one was chosen meanwhile
        return askAfter(0ms);
    m_took = reading.took;
    const bool isOutdated = m_read != m_analysis->configuration;
    models::freeElsewhere(std::exchange(m_sight, reading.sight));
    m_lacking = reading.isLacking && !isOutdated ? m_lacking + 1 : 0;
    m_timer.start(isOutdated ? std::max(AfterChange, m_took * RestFor)
                             : nextReading(m_sight, m_took, m_lacking));
    Q_EMIT answered();
}

} // namespace app::gui
