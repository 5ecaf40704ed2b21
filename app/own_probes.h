// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// When these programs asked ports of pods in clear text to see them refuse it (V8), kept for some minutes beside the journal:
// a sidecar logs such a request as it logs a caller that STRICT has refused, and it is none (MT-024).  Any thread.
#include "kube/kubeconfig.h"

#include <QDateTime>

namespace app {

class OwnProbes
{
public:
    explicit OwnProbes(const kube::Connection &connection);
    // A file that cannot be written costs a finding too many, nothing else.
    void note(const QString &nameSpace, const QString &pod, const QDateTime &from, const QDateTime &to) const;

    struct Probe
    {
        QString pod; // namespace/name
        QDateTime from, to;
    };
    QList<Probe> known() const;

private:
    QString m_file;
};

// Whether what this pod's log tells of that time (RFC 3339) is one of them, give or take what the clocks of two machines differ.
bool isOwnProbe(const QList<OwnProbes::Probe> &probes, const QString &nameSpace, const QString &pod,
                const QString &at);

} // namespace app
