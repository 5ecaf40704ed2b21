// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_thread.h"

using namespace Qt::StringLiterals;

namespace app {

ClusterThread::ClusterThread(kube::Connection connection)
{
    m_thread.setObjectName(u"cluster"_s);
    m_context = new QObject;
    m_context->moveToThread(&m_thread);
    m_thread.start();
    runThere([this, &connection] {
        auto *transport = new kube::Transport(std::move(connection), m_context);
        m_client = new kube::Client(*transport, m_context);
    });
}

ClusterThread::~ClusterThread()
{
    runThere([this] {
        // Children die youngest first, so that reflectors and the client go before the transport that they use.
        const QObjectList children = m_context->children();
        for (auto child = children.rbegin(); child != children.rend(); ++child)
            delete *child;
        delete m_context;
    });
    m_thread.quit();
    m_thread.wait();
}

void ClusterThread::runThere(const std::function<void()> &work)
{
    QMetaObject::invokeMethod(m_context, work, Qt::BlockingQueuedConnection);
}

void ClusterThread::postThere(std::function<void()> work)
{
    QMetaObject::invokeMethod(m_context, std::move(work), Qt::QueuedConnection);
}

} // namespace app
