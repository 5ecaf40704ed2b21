// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/prometheus_watch.h"

#include "app/loaded_prometheus.h"
#include "app/prometheus_place.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace app::gui {

PrometheusWatch::PrometheusWatch(kube::Client &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
    m_timer.setObjectName(u"prometheusWatch"_s);
    m_timer.setSingleShot(true);
    m_timer.setInterval(15s);
    connect(&m_timer, &QTimer::timeout, this, &PrometheusWatch::ask);
}

void PrometheusWatch::setSnapshot(const models::Snapshot &snapshot)
{
    const models::Service *service = snapshot.service(u"istio-system"_s, u"prometheus"_s);
    const QString configuration = snapshot.configMaps.value(u"istio-system/prometheus/prometheus.yml"_s);
    QStringList pods;
    for (const models::Pod *pod : service ? snapshot.podsOf(*service) : QList<const models::Pod *>())
        pods.append(pod->uid + (pod->ready ? u'+' : u'-'));
    const bool isKnown = service && m_service && m_configuration == configuration && m_pods == pods;
    m_service = service ? std::optional(*service) : std::nullopt;
    m_configuration = configuration;
    m_pods = pods;
    if (!service)
        m_loaded = {};
    else if (!isKnown)
        ask();
}

void PrometheusWatch::ask()
{
    m_isOutdated = m_isAsking;
    if (m_isAsking || !m_service)
        return;
    m_isAsking = true;
    m_work.run(
        this,
        [&client = m_client, service = prometheusAt(*m_service)](std::stop_token stop) {
            return readLoadedPrometheus(client, service, stop);
        },
        [this](const models::LoadedPrometheus &loaded) { take(loaded); });
}

void PrometheusWatch::take(const models::LoadedPrometheus &loaded)
{
    m_isAsking = false;
    m_timer.start();
    if (m_service && std::exchange(m_loaded, loaded) != loaded)
        Q_EMIT answered();
    if (m_isOutdated)
        ask();
}

} // namespace app::gui
