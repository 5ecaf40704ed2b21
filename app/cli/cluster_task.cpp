// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cluster_task.h"

namespace app::cli {

void ClusterTask::end(int code)
{
    if (!std::exchange(m_hasEnded, true))
        m_ended.give(code);
}

int runOnCluster(Invocation &invocation, kube::Client &client,
                 const std::function<std::unique_ptr<ClusterTask>()> &make)
{
    std::unique_ptr<ClusterTask> task;
    QFuture<kube::Result<int>> ended;
    const auto begin = [&] {
        task = make();
        ended = task->ended();
        task->start();
    };
    QMetaObject::invokeMethod(&client, begin, Qt::BlockingQueuedConnection);
    int code = CouldNot;
    {
        const auto stop = [task = task.get()] {
            QMetaObject::invokeMethod(
                task, [task] { task->end(AllWell); }, Qt::QueuedConnection);
        };
        const std::stop_callback onStop(invocation.session.stop(), stop);
        code = ended.result().value_or(CouldNot);
    }
    QMetaObject::invokeMethod(
        &client, [&task] { task.reset(); }, Qt::BlockingQueuedConnection);
    return code;
}

} // namespace app::cli
