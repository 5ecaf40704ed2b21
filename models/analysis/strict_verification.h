// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is seen of the cluster before and after a step of the staged switch, and what it means: V1 … V10 of
// facts mesh-security.md §2.5 and the automatic criteria of §2.6.
// Promise: what was not looked at is NotChecked with its reason, never Passed; what a part of it proves is Failed all the same;
// failure is judged at once, success only once old connections have drained.  Pure: time and measurements come in.
#include "models/analysis/rate_history.h"
#include "models/analysis/strict_plan.h"

namespace models {

struct StrictObservation
{
    QDateTime at;
    QHash<QString, QString> notSeen; // V1 … → why it could not be looked at
    QString lost; // contact with the API server or Prometheus was lost: what it said; "" none
    int proxies = 0,
        proxiesCurrent = 0; // V1: of those in scope, that have acknowledged what istiod sent last
    // V1: "namespace/workload:port" → a proxy's own listener takes clear text there; … → it takes mutual TLS
    QHash<QString, bool> listenerTakesClearText, listenerTakesMutualTls;
    int proxiesRead = 0, proxiesToRead = 0; // whose listeners were read, of those in scope
    QString listenersWhy;                   // why the others were not
    QHash<QString, double>
        plaintext; // V2: workload → requests and connections in clear text since old ones drained
    QHash<QString, double> clientErrors;   // V3: "from → to" → a second, with UC, UF, URX or UH
    QHash<QString, double> clientRequests; // V3: the same pairs → all requests a second
    QHash<QString, double> received;       // V4: workload → requests a second at the server
    QHash<QString, double> connections;    // V4: workload → TCP connections a second that were opened there
    QHash<QString, double> tcpBytes;       // V4: workload → bytes a second that came over TCP
    // V4, a day before `at`: what is compared with where the baseline is of another time of day.
    QHash<QString, double> receivedDayBefore, connectionsDayBefore;
    int rateSeconds = 60;                // over which these were taken
    QHash<QString, int> routeStatus;     // V5: Mapping → status of a real request; 0: no answer
    QHash<QString, double> routeErrors;  // V5: upstream cluster of the edge → share of 5xx
    QHash<QString, double> routeBreaks;  // V5: the same → connections a second that failed or broke off
    QHash<QString, double> routeTraffic; // V5: the same → answers a second
    bool hasEdge = true;                 // V5: without one there is nothing to look at
    int pods = 0, readyPods = 0;         // V6
    QStringList badEvents;               // V6
    QStringList unavailableApis;         // V6: APIServices and conversions that do not answer
    QSet<QString> targetsDown;           // V7
    // Of the baseline alone: the same rates in the time before it.
    RateHistory clientErrorsBefore, tcpBytesBefore, routeErrorsBefore, routeBreaksBefore;
    // Asked only where STRICT is: before that our own clear text would be counted as somebody's (T1).
    QHash<QString, bool>
        plaintextAnswered; // V8: "namespace/workload:port" → the application answered a caller without certificate
    QStringList refused;           // V9: lines of proxies that refused a peer (NR)
    QStringList silentLogs;        // V9: workloads no sidecar of which has a line in its access log
    QStringList certificateFaults; // V10: of what is stored, loaded and presented
    QStringList handshakeFaults;   // V10: of the proxies' logs, each with its time
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
    qint64 watchedSeconds = -1;  // since the step was written; negative: nothing was
};
// Later on the day rates before and now cannot be compared: the day before has to be asked for.
bool isOfOneTimeOfDay(const StrictObservation &before, const QDateTime &now);
QList<VerificationResult> verifyStep(const VerificationScope &scope, const StrictObservation &before,
                                     const StrictObservation &now);

// Those that say neither that it went well nor that it did not, and that nobody has accepted: what stands on them is not
// verified.
QList<VerificationResult> unanswered(const QList<VerificationResult> &results,
                                     const QList<Acceptance> &accepted);

// What the switch has come to: "namespace shop is STRICT but for shop/cart:8080".
QString outcomeOf(const StrictPlan &plan, bool wasAlready);

// §2.6: why the step must be taken back now, oldest observation first; empty: go on.
QStringList rollbackReasons(const StrictObservation &before, const QList<StrictObservation> &since);

} // namespace models
