// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_verification.h"

#include "models/resources/counted.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using State = VerificationResult::State;

constexpr double RpsThatMatters = 1;
constexpr double RequestsThatMatter = 50;   // fewer go up and down by chance
constexpr int SecondsOfOneTimeOfDay = 3600; // later a baseline is of another time of day
constexpr double ShareThatMayVanish = 0.2;
constexpr double ShareThatRollsBack = 0.5;
constexpr double ReadyPodsThatMayGo = 0.1;
constexpr double RouteErrorShare = 0.01;
constexpr int SecondsOfRouteErrors = 30;
constexpr int SecondsOfALine =
    3; // until what a proxy logs can be read: it flushes once in one, and the kubelet rounds
constexpr qsizetype FaultsShown = 8;

RateLevel levelBefore(const RateHistory &history, const QHash<QString, double> &last, const QString &key)
{
    const auto windows = history.constFind(key);
    return windows == history.constEnd() ? RateLevel{last.value(key)} : levelOf(*windows);
}

QString levelText(const RateLevel &level)
{
    return u"%1 ± %2"_s.arg(level.mean, 0, 'f', 2).arg(level.deviation, 0, 'f', 2);
}

// §2.5, V3: more than before by three σ, and by a thousandth of the pair's own requests.
QStringList newClientErrors(const StrictObservation &before, const StrictObservation &now)
{
    QStringList worse;
    for (auto pair = now.clientErrors.begin(); pair != now.clientErrors.end(); ++pair) {
        const RateLevel was = levelBefore(before.clientErrorsBefore, before.clientErrors, pair.key());
        if (isMore(pair.value(), was, now.clientRequests.value(pair.key())))
            worse.append(u"%1: %2 errors/s, were %3"_s.arg(pair.key())
                             .arg(pair.value(), 0, 'f', 2)
                             .arg(levelText(was)));
    }
    worse.sort();
    return worse;
}

QStringList lost(const QHash<QString, double> &before, const QHash<QString, double> &now, int rateSeconds,
                 double share, const QString &unit)
{
    QStringList gone;
    for (auto one = before.begin(); one != before.end(); ++one) {
        const double left = now.value(one.key());
        const bool matters = one.value() > RpsThatMatters && one.value() * rateSeconds >= RequestsThatMatter;
        if (matters && left < one.value() * (1 - share))
            gone.append(u"%1: %2 %3/s, were %4"_s.arg(one.key())
                            .arg(left, 0, 'f', 2)
                            .arg(unit)
                            .arg(one.value(), 0, 'f', 2));
    }
    return gone;
}

// A refused client disappears.  Connections that stay open for long are told by their bytes: where these came all the time and
// then none at all, nobody is there any more.
QStringList vanished(const StrictObservation &before, const StrictObservation &now, double share)
{
    const bool isOfOneTime = isOfOneTimeOfDay(before, now.at);
    QStringList gone = lost(isOfOneTime ? before.received : now.receivedDayBefore, now.received,
                            before.rateSeconds, share, u"requests"_s);
    gone += lost(isOfOneTime ? before.connections : now.connectionsDayBefore, now.connections,
                 before.rateSeconds, share, u"connections"_s);
    for (auto one = before.tcpBytesBefore.begin(); one != before.tcpBytesBefore.end(); ++one) {
        if (isSteady(*one) && now.tcpBytes.value(one.key()) <= 0)
            gone.append(u"%1: nothing comes over TCP any more, %2 bytes/s came"_s.arg(one.key()).arg(
                qRound64(levelOf(*one).mean)));
    }
    gone.sort();
    return gone;
}

bool isFailure(int status) { return status == 0 || status >= 500; }

// §2.6: real requests that fail now, and a hundredth more of 5xx.
QStringList brokenRoutes(const StrictObservation &before, const StrictObservation &now)
{
    QStringList broken;
    for (auto route = now.routeStatus.begin(); route != now.routeStatus.end(); ++route) {
        const auto was = before.routeStatus.constFind(route.key());
        if (was != before.routeStatus.constEnd() && !isFailure(*was) && isFailure(route.value()))
            broken.append(u"Mapping %1 answers %2, was %3"_s.arg(route.key()).arg(route.value()).arg(*was));
    }
    for (auto cluster = now.routeErrors.begin(); cluster != now.routeErrors.end(); ++cluster) {
        const RateLevel was = levelBefore(before.routeErrorsBefore, before.routeErrors, cluster.key());
        if (cluster.value() > was.mean + RouteErrorShare)
            broken.append(
                u"%1: %2 % of its answers are 5xx"_s.arg(cluster.key()).arg(qRound(cluster.value() * 100)));
    }
    broken.sort();
    return broken;
}

// §2.5, V5: no more of anything than before.
QStringList worseRoutes(const StrictObservation &before, const StrictObservation &now)
{
    QStringList worse = brokenRoutes(before, now);
    for (auto cluster = now.routeErrors.begin(); cluster != now.routeErrors.end(); ++cluster) {
        const RateLevel was = levelBefore(before.routeErrorsBefore, before.routeErrors, cluster.key());
        if (isMore(cluster.value(), was, 1) && cluster.value() <= was.mean + RouteErrorShare)
            worse.append(u"%1: %2 % of its answers are 5xx, were %3 %"_s.arg(cluster.key())
                             .arg(cluster.value() * 100, 0, 'f', 2)
                             .arg(was.mean * 100, 0, 'f', 2));
    }
    for (auto cluster = now.routeBreaks.begin(); cluster != now.routeBreaks.end(); ++cluster) {
        const RateLevel was = levelBefore(before.routeBreaksBefore, before.routeBreaks, cluster.key());
        if (isMore(cluster.value(), was, now.routeTraffic.value(cluster.key())))
            worse.append(
                u"%1: %2 connections/s fail or break off with a request on them, were %3"_s.arg(cluster.key())
                    .arg(cluster.value(), 0, 'f', 2)
                    .arg(levelText(was)));
    }
    return worse;
}

QStringList newOf(const QStringList &now, const QStringList &before)
{
    const QSet<QString> known(before.begin(), before.end());
    QStringList added;
    for (const QString &one : now) {
        if (!known.contains(one))
            added.append(one);
    }
    return added;
}

QString readyText(const StrictObservation &before, const StrictObservation &now)
{
    return u"%1 ready, %2 were"_s.arg(counted(now.readyPods, u"pod is"_s, u"pods are"_s))
        .arg(before.readyPods);
}

// A proxy may refuse a thousand connections: the first few tell who.
QString shown(const QStringList &faults)
{
    return faults.size() <= FaultsShown
        ? faults.join(u"; "_s)
        : u"%1; and %2 more"_s.arg(faults.mid(0, FaultsShown).join(u"; "_s)).arg(faults.size() - FaultsShown);
}

struct Judge
{
    const VerificationScope &scope;
    const StrictObservation &before, &now;

    VerificationResult failedIf(const QString &id, const QStringList &faults, const QString &well) const
    {
        if (!faults.isEmpty())
            return {id, State::Failed, shown(faults)};
        return {id, scope.drained ? State::Passed : State::TooEarly, well};
    }

    // What was asked of each proxy's listener: nothing takes clear text but what is excepted, and before STRICT both are taken.
    VerificationResult listeners() const
    {
        QStringList wrong, mayTakeIt;
        for (auto port = now.listenerTakesClearText.begin(); port != now.listenerTakesClearText.end();
             ++port) {
            if (scope.becomesStrict && port.value() && scope.exceptedPorts.contains(port.key()))
                mayTakeIt.append(port.key());
            else if (scope.becomesStrict && port.value())
                wrong.append(u"%1 still takes clear text (raw_buffer)"_s.arg(port.key()));
            else if (!scope.becomesStrict && !now.listenerTakesMutualTls.value(port.key()))
                wrong.append(u"%1 takes no mutual TLS yet"_s.arg(port.key()));
        }
        wrong.sort();
        mayTakeIt.sort();
        const QString well = !scope.becomesStrict ? u"take mutual TLS"_s
            : mayTakeIt.isEmpty()                 ? u"take no clear text"_s
                                  : u"take no clear text but on %1, which may"_s.arg(mayTakeIt.join(u", "_s));
        if (!wrong.isEmpty())
            return {u"V1"_s, scope.drained ? State::Failed : State::TooEarly, wrong.join(u"; "_s)};
        if (now.proxiesRead < now.proxiesToRead)
            return {u"V1"_s, State::NotChecked,
                    u"the listeners of %1 of %2 proxies were read, and %3: %4"_s.arg(now.proxiesRead)
                        .arg(now.proxiesToRead)
                        .arg(well, now.listenersWhy)};
        return {u"V1"_s, State::Passed,
                u"the listeners of %1 %2"_s.arg(counted(now.proxiesRead, u"proxy"_s, u"proxies"_s), well)};
    }

    VerificationResult proxies() const
    {
        const bool isIstiodSilent = now.notSeen.contains(u"V1"_s);
        if (now.proxiesToRead > 0 && (scope.becomesStrict || isIstiodSilent))
            return listeners();
        if (now.proxiesCurrent < now.proxies)
            return {u"V1"_s, scope.drained ? State::Failed : State::TooEarly,
                    u"%1 of %2 proxies have the newest listeners"_s.arg(now.proxiesCurrent).arg(now.proxies)};
        if (now.proxies == 0 && now.pods > 0)
            return {u"V1"_s, State::NotChecked, u"istiod names none of these pods' proxies"_s};
        return {u"V1"_s, State::Passed,
                u"%1 the newest listeners"_s.arg(counted(now.proxies, u"proxy has"_s, u"proxies have"_s))};
    }

    VerificationResult enforcement() const
    {
        if (!scope.becomesStrict)
            return {u"V2"_s, State::Passed, u"clear text is still allowed"_s};
        QStringList seen;
        for (const QString &workload : scope.workloads) {
            const bool excepted =
                std::any_of(scope.exceptedPorts.begin(), scope.exceptedPorts.end(),
                            [&](const QString &port) { return port.startsWith(workload + u':'); });
            if (!excepted && now.plaintext.value(workload) > 0)
                seen.append(u"%1 took %2 in clear text"_s.arg(workload).arg(now.plaintext.value(workload)));
        }
        // Until old connections are gone, what still comes over them is no fault.
        if (!scope.drained)
            return {u"V2"_s, State::TooEarly, u"old connections are still open"_s};
        return failedIf(u"V2"_s, seen, u"no clear text was counted"_s);
    }

    VerificationResult traffic() const
    {
        if (!scope.drained)
            return {u"V4"_s, State::TooEarly, u"rates need a while"_s};
        if (!isOfOneTimeOfDay(before, now.at) && now.receivedDayBefore.isEmpty()
            && now.connectionsDayBefore.isEmpty() && !before.received.isEmpty())
            return {
                u"V4"_s, State::NotChecked,
                u"the rates before are of another time of day, and Prometheus knows none of a day before"_s};
        return failedIf(u"V4"_s, vanished(before, now, ShareThatMayVanish),
                        u"every server still gets its requests"_s);
    }

    VerificationResult routes() const
    {
        if (!now.hasEdge)
            return {u"V5"_s, State::Passed, u"there is no edge with Mappings"_s};
        if (now.routeStatus.isEmpty() && now.routeTraffic.isEmpty())
            return {
                u"V5"_s, State::NotChecked,
                u"no Mapping is reached by a plain GET, and Prometheus counts nothing of the edge's clusters"_s};
        return failedIf(u"V5"_s, worseRoutes(before, now),
                        u"%1 real requests as before, %2 of the edge without more errors"_s.arg(
                            counted(now.routeStatus.size(), u"Mapping answers"_s, u"Mappings answer"_s),
                            counted(now.routeTraffic.size(), u"cluster"_s)));
    }

    VerificationResult platform() const
    {
        QStringList faults = newOf(now.badEvents, before.badEvents);
        for (const QString &api : newOf(now.unavailableApis, before.unavailableApis))
            faults.append(api);
        if (now.readyPods < before.readyPods)
            faults.append(readyText(before, now));
        return failedIf(
            u"V6"_s, faults,
            u"%1 of %2 ready, no new event, every aggregated API answers as before"_s.arg(now.readyPods)
                .arg(counted(now.pods, u"pod"_s)));
    }

    VerificationResult scrapes() const
    {
        QStringList down;
        for (const QString &target : now.targetsDown) {
            if (!before.targetsDown.contains(target))
                down.append(target + u" is down"_s);
        }
        down.sort();
        return failedIf(u"V7"_s, down, u"no scrape was lost"_s);
    }

    // By the ports that were seen in its proxies' listeners.
    bool isExceptedAltogether() const
    {
        bool isAny = false;
        for (auto port = now.listenerTakesClearText.begin(); port != now.listenerTakesClearText.end();
             ++port) {
            if (!scope.workloads.contains(port.key().section(u':', 0, 0)))
                continue;
            if (!scope.exceptedPorts.contains(port.key()))
                return false;
            isAny = true;
        }
        return isAny && now.proxiesRead == now.proxiesToRead;
    }

    VerificationResult probes() const
    {
        QStringList open;
        int refused = 0;
        for (auto one = now.plaintextAnswered.begin(); one != now.plaintextAnswered.end(); ++one) {
            if (scope.exceptedPorts.contains(one.key())
                || !scope.workloads.contains(one.key().section(u':', 0, 0)))
                continue;
            if (one.value())
                open.append(one.key() + u" still answers a caller without a certificate"_s);
            else
                ++refused;
        }
        open.sort();
        if (open.isEmpty() && refused == 0 && isExceptedAltogether())
            return {u"V8"_s, State::Passed, u"no port of it is to refuse clear text: each is excepted"_s};
        if (open.isEmpty() && refused == 0)
            return {u"V8"_s, State::NotChecked, u"no port in scope could be asked"_s};
        if (!open.isEmpty() && !scope.drained)
            return {u"V8"_s, State::TooEarly, open.join(u"; "_s)};
        return failedIf(u"V8"_s, open,
                        u"%1 a caller without a certificate"_s.arg(
                            counted(refused, u"port refuses"_s, u"ports refuse"_s)));
    }

    // Nothing but the access log tells of a peer that was refused: a sidecar without a line has served nobody, or writes none.
    VerificationResult refusals() const
    {
        const QStringList fresh = newOf(now.refused, before.refused);
        QStringList silent;
        for (const QString &workload : scope.workloads) {
            if (now.silentLogs.contains(workload))
                silent.append(workload);
        }
        if (fresh.isEmpty() && scope.becomesStrict && !silent.isEmpty())
            return {
                u"V9"_s, State::NotChecked,
                u"no line in the access log of %1: nobody has called it, or it writes none, and whom it refuses is seen nowhere else"_s
                    .arg(silent.join(u", "_s))};
        if (fresh.isEmpty() && scope.becomesStrict && scope.watchedSeconds >= 0
            && scope.watchedSeconds < SecondsOfALine)
            return {
                u"V9"_s, State::TooEarly,
                u"the proxies' logs were read %1 s after the write, and what a proxy logs is there after %2 s (--watch %2s or more)"_s
                    .arg(scope.watchedSeconds)
                    .arg(SecondsOfALine)};
        return failedIf(u"V9"_s, fresh, u"no proxy has refused a peer"_s);
    }

    VerificationResult certificates() const
    {
        return failedIf(u"V10"_s,
                        newOf(now.handshakeFaults, before.handshakeFaults)
                            + newOf(now.certificateFaults, before.certificateFaults),
                        u"no certificate is at fault"_s);
    }

    // What was seen of a check proves a break, however much of it was not: each of these is so by itself, whatever else is.
    VerificationResult provedByAPart(const QString &id) const
    {
        if (id == "V2"_L1)
            return enforcement();
        if (id == "V6"_L1 && !before.notSeen.contains(id))
            return platform();
        if (id == "V9"_L1)
            return refusals();
        if (id == "V10"_L1)
            return failedIf(id, newOf(now.handshakeFaults, before.handshakeFaults), {});
        return {};
    }

    VerificationResult of(const QString &id) const
    {
        if (VerificationResult proved = provedByAPart(id); proved.state == State::Failed)
            return proved;
        const bool areListenersRead = id == "V1"_L1 && now.proxiesRead > 0;
        if (const QString why = now.notSeen.value(id); !why.isEmpty() && !areListenersRead)
            return {id, State::NotChecked, why};
        static const QStringList compared{u"V3"_s, u"V4"_s, u"V5"_s, u"V6"_s, u"V7"_s, u"V10"_s};
        if (const QString why = before.notSeen.value(id); !why.isEmpty() && compared.contains(id))
            return {id, State::NotChecked, u"it could not be looked at before: "_s + why};
        if (id == "V1"_L1)
            return proxies();
        if (id == "V2"_L1)
            return enforcement();
        if (id == "V3"_L1)
            return failedIf(id, newClientErrors(before, now), u"no client has more errors than before"_s);
        if (id == "V4"_L1)
            return traffic();
        if (id == "V5"_L1)
            return routes();
        if (id == "V6"_L1)
            return platform();
        if (id == "V7"_L1)
            return scrapes();
        if (id == "V8"_L1)
            return probes();
        if (id == "V9"_L1)
            return refusals();
        return certificates();
    }
};

// The same fault in every observation of the last seconds (at least two of them).
bool lasts(const QList<StrictObservation> &since, int seconds,
           const std::function<bool(const StrictObservation &)> &isFault)
{
    if (since.size() < 2 || !isFault(since.constLast()))
        return false;
    qsizetype first = since.size() - 1;
    while (first > 0 && isFault(since[first - 1]))
        --first;
    return first < since.size() - 1 && since[first].at.secsTo(since.constLast().at) >= seconds;
}

} // namespace

bool isOfOneTimeOfDay(const StrictObservation &before, const QDateTime &now)
{
    return before.at.secsTo(now) <= SecondsOfOneTimeOfDay;
}

QList<VerificationResult> verifyStep(const VerificationScope &scope, const StrictObservation &before,
                                     const StrictObservation &now)
{
    const Judge judge{scope, before, now};
    QList<VerificationResult> results;
    for (const QString &id : scope.checks)
        results.append(judge.of(id));
    return results;
}

QString outcomeOf(const StrictPlan &plan, bool wasAlready)
{
    QStringList ports;
    for (const PortException &one : plan.exceptions)
        ports.append(u"%1/%2:%3"_s.arg(one.nameSpace, one.workload).arg(one.port));
    return plan.scope.text() + (wasAlready ? u" was STRICT already"_s : u" is STRICT"_s)
        + (ports.isEmpty() ? QString() : u" but for "_s + ports.join(u", "_s));
}

QList<VerificationResult> unanswered(const QList<VerificationResult> &results,
                                     const QList<Acceptance> &accepted)
{
    QList<VerificationResult> open;
    for (const VerificationResult &result : results) {
        const bool isOpen = result.state == State::NotChecked || result.state == State::TooEarly;
        const bool isTaken = std::any_of(accepted.begin(), accepted.end(), [&](const Acceptance &one) {
            return isAccepted(one, result.id, {});
        });
        if (isOpen && !isTaken)
            open.append(result);
    }
    return open;
}

QStringList rollbackReasons(const StrictObservation &before, const QList<StrictObservation> &since)
{
    QStringList reasons;
    if (since.isEmpty())
        return reasons;
    const StrictObservation &now = since.constLast();
    for (const QString &event : newOf(now.badEvents, before.badEvents)) {
        if (event.contains("failed calling webhook"_L1))
            reasons.append(u"V6: "_s + event);
    }
    if (lasts(since, 0, [&](const StrictObservation &one) {
            return !newOf(one.unavailableApis, before.unavailableApis).isEmpty();
        }))
        reasons.append(u"V6: "_s + newOf(now.unavailableApis, before.unavailableApis).join(u"; "_s));
    if (double(now.readyPods) < double(before.readyPods) * (1 - ReadyPodsThatMayGo))
        reasons.append(u"V6: "_s + readyText(before, now));
    // Counters of an edge take a while to say it; a real request of ours that fails twice says it at once.
    const bool requestsFail = lasts(since, 0, [&](const StrictObservation &one) {
        StrictObservation only = one;
        only.routeErrors.clear();
        return !brokenRoutes(before, only).isEmpty();
    });
    if (requestsFail || lasts(since, SecondsOfRouteErrors, [&](const StrictObservation &one) {
            return !brokenRoutes(before, one).isEmpty();
        }))
        reasons.append(u"V5: "_s + brokenRoutes(before, now).join(u"; "_s));
    if (lasts(since, 0,
              [&](const StrictObservation &one) { return !newClientErrors(before, one).isEmpty(); }))
        reasons.append(u"V3: "_s + newClientErrors(before, now).join(u"; "_s));
    if (lasts(since, 0, [&](const StrictObservation &one) {
            return !vanished(before, one, ShareThatRollsBack).isEmpty();
        }))
        reasons.append(u"V4: "_s + vanished(before, now, ShareThatRollsBack).join(u"; "_s));
    if (now.isRehearsal && now.realDenied > before.realDenied + 0.01)
        reasons.append(u"the rehearsal refuses real requests (403): this mesh enforces dry-run policies"_s);
    return reasons;
}

} // namespace models
