// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is asked of an API server beside what is watched, while it is connected to: how long it takes to answer, every half minute
// again, and which of the other rights that reading takes (cluster_role.h) the account lacks.  Lives on the cluster thread.
#include "app/cluster_role.h"
#include "kube/client.h"

#include <QTimer>

#include <chrono>

namespace app {

class ConnectionProbes : public QObject
{
    Q_OBJECT
public:
    ConnectionProbes(kube::Client &client, std::chrono::milliseconds pause, QObject *parent);
    ~ConnectionProbes() override { m_stop.request_stop(); }
    void begin(int roundTripMs); // it was connected, and answered in that time
    void askForRights();         // anew
    int roundTripMs() const
    {
        return m_roundTripMs;
    } // -1: no answer came for a quarter of a minute, or it failed
    const QList<OtherRight> &lacks() const
    {
        return m_lacks;
    } // what the server does not tell of is not missing

Q_SIGNALS:
    void changed(); // one of them

private:
    void measure();
    void setRoundTrip(int milliseconds);
    kube::Client &m_client;
    std::stop_source m_stop;
    const std::chrono::milliseconds m_pause;
    QTimer m_pauseTimer, m_lateTimer;
    int m_roundTripMs = -1;
    QList<OtherRight> m_lacks;
};

} // namespace app
