// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/cluster_identity.h"

#include "kube/answer.h"
using namespace Qt::StringLiterals;

namespace kube {

ClusterIdentity::ClusterIdentity(Client &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
    connect(&client.transport(), &Transport::resumed, this, &ClusterIdentity::check);
}

void ClusterIdentity::check()
{
    if (std::exchange(m_isAsking, true))
        return;
    whenAnswered(m_client.get(types::namespaces(), {}, u"kube-system"_s), this,
                 [this](const Result<Object> &nameSpace) {
                     m_isAsking = false;
                     if (!nameSpace || nameSpace->uid.isEmpty())
                         return;
                     const QString before = std::exchange(m_uid, nameSpace->uid);
                     if (!before.isEmpty() && before != m_uid)
                         Q_EMIT recreated();
                 });
}

} // namespace kube
