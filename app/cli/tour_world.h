// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the tour's steps do to and ask of the demo cluster: apply and undo guide steps, send requests, read counters, compare states.
// Blocks; lives on the command's worker thread.  A wait ends early when the session is stopped.
#include "app/cli/cluster_state.h"
#include "app/cli/command.h"

namespace app::cli {

struct Told // of one step
{
    bool ok = false;
    bool skipped = false;
    QString seen;
};
Told good(const QString &seen);
Told bad(const QString &seen);
Told skip(const QString &why);

class TourWorld
{
public:
    TourWorld(Session &session, kube::Client &client, Journal journal);

    kube::Result<std::shared_ptr<const ClusterAnalysis>> analysis()
    {
        return m_session.analysis(Session::Reading::Observers);
    }
    kube::Client &client() { return m_client; }
    const DemoAddresses &demo() const { return *m_session.options().demo; }

    Told applyStep(
        const QString &id,
        const char *withoutKind = ""); // plan, dry run, apply, journal; objects of the kind are left out
    Told undoNewest(int count);        // of the entries not yet taken back
    Told undoAll();
    models::RequestOutcome request(const QString &path, bool tls);
    QByteArray podMetrics(const QString &nameSpace, const QString &workload, int port,
                          const QString &path); // of its first ready pod
    bool waitFor(int seconds, const std::function<bool()> &isSo);
    void pause(int milliseconds) const;

    kube::Result<void> rememberStart();
    Told compareWithStart();

private:
    int sizeOfNewestStep() const;
    Told applied(const models::ChangeSet &changes, const QList<int> &revertOf);

    Session &m_session;
    kube::Client &m_client;
    Journal m_journal;
    ClusterState m_start;
};

} // namespace app::cli
