// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How we stand with the cluster, as one value for header, status bar and page states.
#include <QDateTime>
#include <QHash>
#include <QString>
#include <QStringList>

namespace models {

struct ConnectionState
{
    enum class Phase {
        NotConnected,
        Connecting,
        Live,
        Stale,
        Failed
    }; // Stale: was live, rows stay; Failed: never was
    enum class Mode { Normal, Confirm, ReadOnly };
    Phase phase = Phase::NotConnected;
    Mode mode = Mode::Confirm;
    QString context, server, version; // version: the API server's
    QString
        message; // of Failed and Stale, and of NotConnected where no kubeconfig could be read: what, where, what to do
    bool isUnverified = false; // insecure-skip-tls-verify: it may be anybody who answers
    bool isRefused = false; // of Failed and Stale: the server does not accept the credentials
    QDateTime since, lastEvent, retryAt;
    int roundTripMs = -1;
    qsizetype mappings = 0, hosts = 0;
    qint64 listed = 0,
           remaining = -1; // Mappings while they are first read; remaining -1: the server does not say
    QString waiting;       // the server asks to wait, and how long; "" it does not
    QStringList partial;   // what is not read or only in part: "secrets: forbidden"
    QHash<QString, QDateTime>
        refusedAt;       // by plural, of kinds that are forbidden: when they were asked for last
    QString clusterRole; // YAML that would let the account read that; "" nothing is missing
    QString edge;        // "ambassador/ambassador 1.11.2, compat v1"
    bool operator==(const ConnectionState &) const = default;
};

} // namespace models
