// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a command does on the cluster thread for as long as it runs (a watch, a log, port-forwards), while its own thread waits.  It
// prints there: nobody else does meanwhile.
#include "app/cli/command.h"
#include "kube/answer.h"

#include <memory>

namespace app::cli {

class ClusterTask : public QObject
{
public:
    virtual void start() = 0;
    void end(int code); // the exit code; once
    bool hasEnded() const { return m_hasEnded; }
    QFuture<kube::Result<int>> ended() { return m_ended.future(); }

private:
    kube::Answer<int> m_ended;
    bool m_hasEnded = false;
};

// Makes it on the cluster thread, and ends it there; its code, or AllWell once it is stopped.
int runOnCluster(Invocation &invocation, kube::Client &client,
                 const std::function<std::unique_ptr<ClusterTask>()> &make);

} // namespace app::cli
