// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The cluster thread: one Qt event loop with everything of kube/ for one connection.  Made and destroyed on the owner's thread;
// destruction ends every transfer (their futures finish as cancelled) and then the thread.
#include "kube/client.h"

#include <QThread>

#include <functional>

namespace app {

class ClusterThread
{
public:
    explicit ClusterThread(kube::Connection connection);
    ~ClusterThread();
    ClusterThread(const ClusterThread &) = delete;
    ClusterThread &operator=(const ClusterThread &) = delete;

    kube::Client &client() { return *m_client; } // callable from any thread
    QObject &context() { return *m_context; } // lives on the thread: what is made there is given it as parent
    void runThere(const std::function<void()> &work); // and waits; never call it from the cluster thread
    void postThere(std::function<void()> work);       // and does not wait

private:
    QThread m_thread;
    QObject *m_context = nullptr; // parent of all that lives there
    kube::Client *m_client = nullptr;
};

} // namespace app
