// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_forward.h"

namespace app {

namespace {

template<typename Work>
void onThreadOf(QObject &there, Work work)
{
    QMetaObject::invokeMethod(&there, work, Qt::BlockingQueuedConnection);
}

} // namespace

ClusterForward::ClusterForward(kube::Client &client, const kube::ForwardTarget &target,
                               const QStringList &hosts)
    : m_client(client)
{
    onThreadOf(m_client, [&] {
        m_forward = new kube::PortForward(m_client, target, &m_client);
        m_forward->allowHosts(hosts);
        m_port = m_forward->listen();
    });
}

ClusterForward::~ClusterForward()
{
    onThreadOf(m_client, [this] { delete m_forward; });
}

QString ClusterForward::lastError()
{
    QString error;
    onThreadOf(m_client, [&] { error = m_forward->state().lastError; });
    return error;
}

} // namespace app
