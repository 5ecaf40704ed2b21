// SPDX-License-Identifier: GPL-3.0-or-later
// ClusterDesk's questions to Prometheus: for the page that is shown, and for findings.
#include "app/gui/cluster_desk.h"
#include "app/traffic_findings.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/overview_page.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr auto TrafficPause = 15s;     // a usual scrape interval: sooner there is nothing new
constexpr auto TrafficRetryPause = 3s; // a Prometheus that is starting
constexpr int RowHistorySeconds = 3600;

// Pages that show the rates of Mappings.
bool showsRates(const QString &page) { return page == "routing"_L1 || page == "certificates"_L1; }

} // namespace

// Of no single page: problems and the overview are always in sight.
void ClusterDesk::lookAtTraffic()
{
    const auto analysis = m_session.analysis();
    if (m_isLooking || m_isPaused || !analysis || !m_window.isVisible()
        || state().phase != models::ConnectionState::Phase::Live)
        return;
    m_isLooking = true;
    const auto job = [&client = m_session.client(), analysis](std::stop_token stop) {
        return trafficFindings(client, *analysis->snapshot, QDateTime::currentDateTimeUtc(), stop).findings;
    };
    m_looking.run(this, job, [this](const QList<models::Finding> &found) {
        m_isLooking = false;
        if (std::exchange(m_trafficFindings, found) != found)
            showFindings();
    });
}

// Only while somebody looks: nothing is polled for pages that are not shown.
void ClusterDesk::askForTraffic()
{
    const QString page = m_window.currentPage();
    const bool isForRows = showsRates(page);
    const auto analysis = m_session.analysis();
    if (m_isAsking || m_isPaused || !analysis || !m_window.isVisible()
        || (!isForRows && page != "metrics"_L1 && page != "overview"_L1))
        return;
    const auto service = prometheusIn(*analysis->snapshot);
    if (page == "overview"_L1)
        return askForSummary(service);
    if (isForRows && !service)
        return;
    m_isAsking = true;
    const int range = isForRows ? RowHistorySeconds : m_window.pages().metrics->rangeSeconds();
    const QString whyNone = service ? QString() : whyNoPrometheus(*analysis->snapshot);
    const auto job = [&client = m_session.client(), service, whyNone, matchers = matchersOf(*analysis),
                      range](std::stop_token stop) {
        ui::MetricsAnswer answer =
            askTraffic(client, service, matchers, range, QDateTime::currentDateTimeUtc(), stop);
        if (!service)
            answer.error = whyNone;
        return answer;
    };
    m_reading.run(this, job, [this, isForRows, edge = m_trafficEdge](const ui::MetricsAnswer &answer) {
        m_isAsking = false;
        edge == m_trafficEdge ? takeTraffic(answer, isForRows) : askForTraffic();
    });
}

// What was measured of another edge is none of the one that is shown now.
void ClusterDesk::forgetOthersTraffic()
{
    const ClusterAnalysis &analysis = *m_session.analysis();
    const QString edge = analysis.hasEdge ? analysis.view.installation.key() : QString();
    if (std::exchange(m_trafficEdge, edge) == edge)
        return;
    m_traffic.clear();
    m_window.pages().metrics->forgetAnswer();
    m_window.pages().overview->forgetTraffic();
}

// Of Overview's strip.
void ClusterDesk::askForSummary(const std::optional<kube::PrometheusService> &service)
{
    if (!service) {
        ui::TrafficSummary none;
        none.error = whyNoPrometheus(*m_session.analysis()->snapshot);
        return m_window.pages().overview->setTraffic(none);
    }
    m_isAsking = true;
    const auto job = [&client = m_session.client(), service = *service,
                      matchers = matchersOf(*m_session.analysis())](std::stop_token stop) {
        return askEdgeTraffic(client, service, matchers, QDateTime::currentDateTimeUtc(), stop);
    };
    m_reading.run(this, job, [this, edge = m_trafficEdge](const ui::TrafficSummary &summary) {
        m_isAsking = false;
        if (edge != m_trafficEdge)
            return askForTraffic();
        m_trafficTimer.start(summary.error.isEmpty() ? TrafficPause : TrafficRetryPause);
        m_window.pages().overview->setTraffic(summary);
        if (m_window.currentPage() != "overview"_L1)
            askForTraffic(); // the user went on meanwhile
    });
}

void ClusterDesk::takeTraffic(const ui::MetricsAnswer &answer, bool isForRows)
{
    m_trafficTimer.start(answer.error.isEmpty() ? TrafficPause : TrafficRetryPause);
    if (!isForRows) {
        m_window.pages().metrics->setAnswer(answer);
        Q_EMIT trafficShown(answer.error);
    }
    const auto analysis = m_session.analysis();
    if (isForRows && answer.error.isEmpty() && analysis->view.table) {
        m_traffic = trafficOfMappings(analysis->view.table->config(), answer);
        decorate();
    }
    const bool isOtherRange =
        !isForRows && answer.from.secsTo(answer.to) != m_window.pages().metrics->rangeSeconds();
    const QString page = m_window.currentPage();
    if (isOtherRange || isForRows != showsRates(page) || page == "overview"_L1)
        askForTraffic(); // the user went on meanwhile
}

} // namespace app::gui
