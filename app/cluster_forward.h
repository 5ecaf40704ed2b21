// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A port-forward that lives on the cluster thread for as long as this object does, made and asked from another thread.
// Blocks for as long as the cluster thread is busy: never from that thread itself.
#include "kube/port_forward.h"

namespace app {

class ClusterForward
{
public:
    ClusterForward(kube::Client &client, const kube::ForwardTarget &target, const QStringList &hosts = {});
    ~ClusterForward();
    ClusterForward(const ClusterForward &) = delete;
    ClusterForward &operator=(const ClusterForward &) = delete;

    const kube::Result<quint16> &port() const { return m_port; } // on 127.0.0.1
    QString lastError();                                         // what the server or the kubelet said; ""

private:
    kube::Client &m_client;
    kube::PortForward *m_forward = nullptr;
    kube::Result<quint16> m_port = quint16(0);
};

} // namespace app
