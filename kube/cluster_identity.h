// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Is it still the same cluster?  A cluster that was made anew at the same address has other objects and
// smaller versions, and a watch from an old version would wait for ever; the uid of the namespace kube-system
// tells (asked after each reconnect, not polled). An account that may not read it is never told anything.
// Thread: the cluster thread.
#include "kube/client.h"

namespace kube {

class ClusterIdentity : public QObject
{
    Q_OBJECT
public:
    explicit ClusterIdentity(Client &client,
                             QObject *parent = nullptr); // asks by itself when the machine has slept
    void check();
    const QString &uid() const { return m_uid; } // "" until known

Q_SIGNALS:
    void recreated(); // restart() every reflector

private:
    Client &m_client;
    QString m_uid;
    bool m_isAsking = false;
};

} // namespace kube
