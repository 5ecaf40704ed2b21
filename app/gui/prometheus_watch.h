// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Keeps knowing which scrape jobs the mesh's Prometheus has loaded: asks when its ConfigMap or its pods change,
// and every 15 s, for a reload changes no object.  Thread: GUI.  Destroy it before the cluster thread.
#include "app/gui/work_queue.h"
#include "kube/client.h"
#include "models/resources/snapshot.h"

#include <QTimer>

namespace app::gui {

class PrometheusWatch : public QObject
{
    Q_OBJECT
public:
    explicit PrometheusWatch(kube::Client &client, QObject *parent = nullptr);
    void setSnapshot(const models::Snapshot &snapshot); // the newest
    const models::LoadedPrometheus &loaded() const { return m_loaded; }

Q_SIGNALS:
    void answered(); // loaded() is another one than before

private:
    void ask();
    void take(const models::LoadedPrometheus &loaded);

    kube::Client &m_client;
    std::optional<models::Service> m_service; // absent: there is none to ask
    QString m_configuration;                  // of the ConfigMap
    QStringList m_pods;                       // uid and readiness
    models::LoadedPrometheus m_loaded;
    QTimer m_timer;
    bool m_isAsking = false, m_isOutdated = false;
    WorkQueue m_work; // last: its job ends first
};

} // namespace app::gui
