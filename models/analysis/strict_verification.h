// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is seen of the cluster before and after a step of the staged switch, and what it means: V1 … V10 of
// facts mesh-security.md §2.5 and the automatic criteria of §2.6.
// Promise: what was not looked at is NotChecked with its reason, never Passed; failure is judged at once,
// success only once old connections have drained.  Pure: time and measurements come in.
#include "models/analysis/strict_plan.h"

namespace models {

struct StrictObservation
{
    QDateTime at;
    QHash<QString, QString> notSeen; // V1 … → why it could not be looked at
    QString lost; // contact with the API server or Prometheus was lost: what it said; "" none
    int proxies = 0,
        proxiesCurrent = 0; // V1: of those in scope, that have acknowledged what istiod sent last
    // V1, where STRICT is: "namespace/workload:port" → a proxy's own listener still takes clear text there
    QHash<QString, bool> listenerTakesClearText;
    int proxiesRead = 0, proxiesToRead = 0; // whose listeners were read, of those in scope
    QString listenersWhy;                   // why the others were not
    QHash<QString, double>
        plaintext; // V2: workload → requests and connections in clear text since old ones drained
    QHash<QString, double> clientErrors; // V3: "from → to" → a second, with UC, UF, URX or UH
    QHash<QString, double> received;     // V4: workload → requests a second at the server
    int rateSeconds = 60;                // over which these were taken
    double requests = 0;                 // V3: a second, of all clients
    QHash<QString, int> routeStatus;     // V5: Mapping → status of a real request; 0: no answer
    QHash<QString, double> routeErrors;  // V5: upstream cluster of the edge → share of 5xx
    int pods = 0, readyPods = 0;         // V6
    QStringList badEvents;               // V6
    QSet<QString> targetsDown;           // V7
    // Asked only where STRICT is: before that our own clear text would be counted as somebody's (T1).
    QHash<QString, bool>
        plaintextAnswered; // V8: "namespace/workload:port" → the application answered a caller without certificate
    QStringList refused;           // V9: lines of proxies that refused a peer (NR)
    QStringList certificateFaults; // V10
    double shadowDenied = -1;      // stage 2: what the dry run would have refused; negative: nobody counts
    bool isRehearsal = false;      // stage 2: a policy that should only be tried stands
    double realDenied = 0;         // stage 2: 403 a second at servers in scope
};

struct VerificationResult
{
    QString id; // V1 …
    enum class State { Passed, Failed, NotChecked, TooEarly } state = State::NotChecked;
    QString seen;
};
struct VerificationScope
{
    QStringList checks;          // V1 …
    QStringList workloads;       // namespace/workload that the step is about
    QSet<QString> exceptedPorts; // "namespace/workload:port" that stay PERMISSIVE
    bool becomesStrict = false;  // stage 4 to 6: clear text is refused from now on
    bool drained = false;        // old connections are gone: success may be judged
};
QList<VerificationResult> verifyStep(const VerificationScope &scope, const StrictObservation &before,
                                     const StrictObservation &now);

// §2.6: why the step must be taken back now, oldest observation first; empty: go on.
QStringList rollbackReasons(const StrictObservation &before, const QList<StrictObservation> &since);

} // namespace models
