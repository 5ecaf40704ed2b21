// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_run.h"

#include "app/edge_proxies.h"
#include "app/frozen_policies.h"
#include "app/prometheus_place.h"
#include "app/snapshot_fetch.h"
#include "app/strict_evidence.h"
#include "app/strict_watch.h"
#include "models/resources/counted.h"
#include "models/resources/scrape_interval.h"

#include <QDeadlineTimer>
#include <QThread>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using End = StrictResult::End;

class Run
{
public:
    Run(const StrictTools &tools, const StrictWish &wish, const StrictPrepared &prepared)
        : m_tools(tools)
        , m_wish(wish)
        , m_plan(prepared.plan)
        , m_prepared(prepared)
        , m_frozen(tools.client, wish.scope, prepared.analysis->snapshot->istioRootNamespace, tools.stop)
        , m_watch(tools.client, tools.edge, prepared.analysis, prepared.plan, tools.stop)
    {
        m_rateSeconds = rateSeconds(wish.options, prepared.scrapeSeconds);
        m_drainSeconds =
            std::min(wish.options.drainSeconds, std::max<qint64>(1, wish.options.watchSeconds / 2));
        for (const models::PortException &port : m_plan.exceptions)
            m_excepted.insert(u"%1/%2:%3"_s.arg(port.nameSpace, port.workload).arg(port.port));
    }

    StrictResult run();

private:
    std::optional<StrictResult> runStage(const models::StrictStage &stage);
    std::optional<StrictResult> runStep(const models::StrictStage &stage, const models::StrictStep &step);
    std::optional<StrictResult> write(const models::StrictStage &stage, const models::StrictStep &step,
                                      bool &wrote);
    std::optional<StrictResult> watch(const models::StrictStage &stage, const models::StrictStep &step);
    std::optional<StrictResult> verify(const models::StrictStage &stage, const models::StrictStep &step,
                                       const QDateTime &drainedAt);
    std::optional<StrictResult> gate();
    void renewBaseline(const models::StrictObservation &fresh);
    bool isOfAnotherTime() const
    {
        return !models::isOfOneTimeOfDay(m_before, QDateTime::currentDateTimeUtc());
    }
    QList<models::VerificationResult> look(const models::VerificationScope &scope,
                                           const QDateTime &drainedAt);
    std::optional<StrictResult> stopIfOpen(const QList<models::VerificationResult> &results,
                                           const QString &what);
    std::optional<StrictResult> verifyAsItStands();
    StrictResult takeBack(const QString &why);
    void pause() const;
    void say(const QString &line) const { m_tools.say(line); }

    const StrictTools &m_tools;
    const StrictWish &m_wish;
    const models::StrictPlan &m_plan;
    const StrictPrepared &m_prepared;
    FrozenPolicies m_frozen;
    StrictWatch m_watch;
    models::StrictObservation m_before;
    QSet<QString> m_excepted;
    int m_rateSeconds = 30;
    qint64 m_drainSeconds = 45;
    bool m_wrote = false;
    QStringList m_taken; // what was accepted without an answer, and why
};

// Ends early when the token is stopped.
void Run::pause() const
{
    const qint64 seconds = std::clamp<qint64>(m_wish.options.watchSeconds / 10, 1, 10);
    for (QDeadlineTimer deadline(std::chrono::seconds{seconds});
         !deadline.hasExpired() && !m_tools.stop.stop_requested();)
        QThread::msleep(100);
}

StrictResult Run::takeBack(const QString &why)
{
    say(u"taking everything back: "_s + why);
    StrictResult result = rollBackStrict(m_tools, m_wish.scope);
    result.why =
        why + u"; "_s + (result.end == End::Done ? u"what was changed is as it was before"_s : result.why);
    result.end = result.end == End::Done ? End::RolledBack : result.end;
    pause();
    models::VerificationScope scope; // what must be as it was
    scope.checks = {u"V1"_s, u"V3"_s, u"V5"_s, u"V6"_s};
    scope.drained = true;
    for (const models::VerificationResult &seen : models::verifyStep(
             scope, m_before,
             m_watch.observe({.rateSeconds = m_rateSeconds, .isOfAnotherTime = isOfAnotherTime()})))
        say(u"  %1 %2 %3"_s.arg(seen.state == models::VerificationResult::State::Passed ? u"✓"_s : u"?"_s,
                                seen.id, seen.seen));
    return result;
}

StrictResult Run::run()
{
    m_frozen.freeze(m_prepared.frozen);
    m_before = m_watch.observe({.rateSeconds = m_rateSeconds, .certificates = true, .isBaseline = true});
    m_watch.setBaseline();
    if (!m_before.lost.isEmpty())
        return {End::Failed, m_before.lost, {}};
    say(u"stage 0: %1 kept; %2 of %3 ready, %4, %5 traffic"_s
            .arg(models::counted(m_plan.frozen.size(), u"object"_s))
            .arg(m_before.readyPods)
            .arg(models::counted(m_before.pods, u"pod"_s),
                 models::counted(m_before.routeStatus.size(), u"Mapping answers"_s, u"Mappings answer"_s),
                 models::counted(m_before.received.size(), u"server has"_s, u"servers have"_s)));
    for (const models::StrictStage &stage : m_plan.stages) {
        if (stage.number == 0)
            continue;
        if (const auto end = runStage(stage))
            return *end;
    }
    if (!m_wrote) {
        if (const auto end = verifyAsItStands())
            return *end;
    }
    const QString taken =
        m_taken.isEmpty() ? QString() : u"; accepted without an answer: "_s + m_taken.join(u", "_s);
    const QString why = m_wrote ? whyWatchIsShort(m_wish.options, m_prepared.scrapeSeconds) : QString();
    const QString shortWatch = why.isEmpty() ? QString() : u"; "_s + why;
    return {End::Done, models::outcomeOf(m_plan, !m_wrote) + taken + shortWatch, {}};
}

std::optional<StrictResult> Run::runStage(const models::StrictStage &stage)
{
    if (stage.number == 3)
        return gate();
    if (!stage.skipped.isEmpty()) {
        say(u"stage %1, %2: left out, %3"_s.arg(stage.number).arg(stage.title, stage.skipped));
        return {};
    }
    for (const models::StrictStep &step : stage.steps) {
        if (const auto end = runStep(stage, step))
            return end;
    }
    return {};
}

// What stages 1 and 2 have healed or shown counts now.
std::optional<StrictResult> Run::gate()
{
    const auto now = prepareStrict(m_tools.client, m_wish, m_tools.stop);
    if (!now)
        return StrictResult{End::Lost, u"the preflight could not be repeated: "_s + now.error().message, {}};
    const auto rows = models::standingInTheWay(now->report, false);
    if (rows.isEmpty() && now->report.verdict != models::PreflightReport::Verdict::Unknown) {
        say(u"stage 3, the preflight again: "_s + models::verdictName(now->report.verdict));
        return {};
    }
    return takeBack(rows.isEmpty()
                        ? u"the preflight says UNKNOWN now: "_s + now->report.reason
                        : u"the preflight finds %1 now: %2"_s.arg(rows.first().check, rows.first().message));
}

std::optional<StrictResult> Run::write(const models::StrictStage &stage, const models::StrictStep &step,
                                       bool &wrote)
{
    if (const QStringList foreign = m_frozen.foreign(); !foreign.isEmpty())
        return StrictResult{
            End::Foreign,
            u"somebody else has changed what the switch depends on: %1; nothing more is written, "
            "`sallyportctl strict rollback` takes back what was"_s.arg(foreign.join(u", "_s)),
            foreign};
    const auto changes = reviewStep(m_tools, m_wish.scope, stage, step, ReviewFor::Write);
    if (!changes)
        return takeBack(changes.error().message);
    if (!changes->review.dryRunOk)
        return takeBack(u"the server's dry run refuses stage %1: %2"_s.arg(stage.number)
                            .arg(changes->review.dryRunMessage));
    if (changes->review.changes.changes.isEmpty())
        return {};
    const ApplyOutcome outcome =
        apply(m_tools.client, m_tools.journal, changes->review.changes, changes->revertOf, m_tools.stop);
    for (const models::JournalEntry &entry : outcome.entries) {
        if (entry.succeeded)
            m_frozen.note(entry);
        m_wrote = m_wrote || entry.succeeded;
        wrote = wrote || entry.succeeded;
        say(u"stage %1: %2 %3 (journal %4)"_s.arg(stage.number)
                .arg(entry.change.subject().text(), entry.result)
                .arg(entry.number));
    }
    if (!outcome.error)
        return {};
    if (outcome.error->kind == kube::Error::Kind::Conflict)
        return StrictResult{End::Foreign,
                            u"somebody else wrote at the same time: "_s + outcome.error->message,
                            {outcome.error->message}};
    return takeBack(outcome.error->message);
}

// What changes by itself from one step to the next; the others are compared with how they were before the whole switch.
void Run::renewBaseline(const models::StrictObservation &fresh)
{
    m_before.at = fresh.at;
    m_before.received = fresh.received;
    m_before.connections = fresh.connections;
    m_before.badEvents = fresh.badEvents;
    m_before.refused = fresh.refused;
    m_before.handshakeFaults = fresh.handshakeFaults;
    for (const QString &check : {u"V4"_s, u"V6"_s, u"V9"_s}) {
        m_before.notSeen.remove(check);
        if (fresh.notSeen.contains(check))
            m_before.notSeen.insert(check, fresh.notSeen[check]);
    }
}

std::optional<StrictResult> Run::runStep(const models::StrictStage &stage, const models::StrictStep &step)
{
    say(u"stage %1, %2: %3"_s.arg(stage.number).arg(stage.title, step.title));
    const models::StrictObservation fresh = m_watch.observe({.rateSeconds = m_rateSeconds});
    if (!fresh.lost.isEmpty())
        return StrictResult{End::Lost, fresh.lost, {}};
    renewBaseline(fresh);
    bool wrote = false;
    if (const auto end = write(stage, step, wrote))
        return end;
    if (!wrote) {
        say(u"  it is so already"_s);
        return {};
    }
    return watch(stage, step);
}

std::optional<StrictResult> Run::watch(const models::StrictStage &stage, const models::StrictStep &step)
{
    const QDateTime start = QDateTime::currentDateTimeUtc();
    const QDateTime drainedAt = start.addSecs(m_drainSeconds);
    const QDateTime verified = start.addSecs(m_wish.options.watchSeconds);
    const QDateTime end = verified.addSecs(step.soakSeconds);
    QList<models::StrictObservation> since;
    bool isVerified = false;
    while (!isVerified || QDateTime::currentDateTimeUtc() < end) {
        pause();
        if (m_tools.stop.stop_requested())
            return StrictResult{End::Stopped,
                                u"stopped at stage %1; `sallyportctl strict status` tells what stands, "
                                u"`strict rollback` takes it back, "
                                "`strict apply` goes on"_s.arg(stage.number),
                                {}};
        since.append(m_watch.observe({.rateSeconds = m_rateSeconds,
                                      .isRehearsal = stage.number == 2,
                                      .isOfAnotherTime = isOfAnotherTime()}));
        if (since.size() > 60)
            since.removeFirst();
        if (const QString &lost = since.constLast().lost; !lost.isEmpty())
            return StrictResult{End::Lost,
                                u"the contact was lost while stage %1 was watched (%2); nothing was taken "
                                u"back blindly: look, then "
                                "`sallyportctl strict rollback` or `strict apply`"_s.arg(stage.number)
                                    .arg(lost),
                                {}};
        if (const QStringList reasons = models::rollbackReasons(m_before, since); !reasons.isEmpty())
            return takeBack(reasons.join(u"; "_s));
        if (!isVerified && QDateTime::currentDateTimeUtc() >= verified) {
            if (const auto failed = verify(stage, step, drainedAt))
                return failed;
            isVerified = true;
        }
    }
    return {};
}

std::optional<StrictResult> Run::verify(const models::StrictStage &stage, const models::StrictStep &step,
                                        const QDateTime &drainedAt)
{
    models::VerificationScope scope;
    scope.checks = stage.verify;
    scope.workloads = step.workloads;
    scope.exceptedPorts = m_excepted;
    scope.becomesStrict = stage.number >= 4;
    scope.drained = true;
    scope.watchedSeconds = drainedAt.addSecs(-m_drainSeconds).secsTo(QDateTime::currentDateTimeUtc());
    const QList<models::VerificationResult> results = look(scope, drainedAt);
    QStringList failed;
    for (const models::VerificationResult &result : results) {
        if (result.state == models::VerificationResult::State::Failed)
            failed.append(u"%1: %2"_s.arg(result.id, result.seen));
    }
    if (!failed.isEmpty())
        return takeBack(failed.join(u"; "_s));
    return stopIfOpen(
        results, u"stage %1 of %2 is written and not verified"_s.arg(stage.number).arg(m_wish.scope.text()));
}

QList<models::VerificationResult> Run::look(const models::VerificationScope &scope,
                                            const QDateTime &drainedAt)
{
    const models::StrictObservation now =
        m_watch.observe({.rateSeconds = m_rateSeconds,
                         .drainedAt = drainedAt,
                         .listeners = scope.checks.contains(u"V1"_s) ? scope.workloads : QStringList(),
                         .ask = scope.becomesStrict ? scope.workloads : QStringList(),
                         .leaveOut = scope.exceptedPorts,
                         .certificates = true,
                         .isOfAnotherTime = isOfAnotherTime()});
    const QList<models::VerificationResult> results = models::verifyStep(scope, m_before, now);
    for (const models::VerificationResult &result : results) {
        using State = models::VerificationResult::State;
        const QString mark = result.state == State::Failed ? u"✗"_s
            : result.state == State::Passed                ? u"✓"_s
                                                           : u"?"_s;
        say(u"  %1 %2 %3"_s.arg(mark, result.id, result.seen));
    }
    return results;
}

// UNKNOWN is never GO: what could not be answered is somebody's to answer, or to accept, before more is written.
std::optional<StrictResult> Run::stopIfOpen(const QList<models::VerificationResult> &results,
                                            const QString &what)
{
    const auto open = models::unanswered(results, m_wish.accepted);
    QStringList reasons;
    for (const models::VerificationResult &result : open)
        reasons.append(u"%1 (%2)"_s.arg(result.id, result.seen));
    if (!open.isEmpty())
        return StrictResult{
            End::NotVerified,
            u"%1: %2. It stands, and nothing more is written. Make readable what is named and run `sallyportctl strict apply` again, which goes on; or answer for it by --accept %3=REASON; or `strict rollback` takes everything back"_s
                .arg(what, reasons.join(u"; "_s), open.constFirst().id),
            {}};
    for (const models::Acceptance &one : m_wish.accepted) {
        const bool isUsed = std::any_of(results.begin(), results.end(), [&](const auto &result) {
            return result.id == one.check && result.state != models::VerificationResult::State::Passed;
        });
        if (isUsed && !m_taken.contains(one.text()))
            m_taken.append(one.text());
    }
    return {};
}

// Where nothing was left to write, an earlier run may have stopped before it had verified.
std::optional<StrictResult> Run::verifyAsItStands()
{
    const models::Snapshot &snapshot = *m_prepared.analysis->snapshot;
    const models::StrictScope place = models::effectiveScope(snapshot, m_wish.scope);
    models::VerificationScope scope;
    scope.checks = {u"V1"_s, u"V2"_s, u"V8"_s};
    scope.becomesStrict = scope.drained = true;
    for (const models::Pod &pod : snapshot.pods) {
        const QString workload = pod.nameSpace + u'/' + pod.workload();
        if (!pod.hasSidecar || pod.isGone() || pod.isGateway()
            || (!place.nameSpace.isEmpty() && place.nameSpace != pod.nameSpace)
            || (!place.workload.isEmpty() && place.workload != pod.workload()))
            continue;
        for (const models::ContainerPort &port : pod.ports) {
            const models::EffectiveMode mode = models::effectiveMode(snapshot, pod, port.port);
            if (!mode.enforced || mode.mode != models::MtlsMode::Strict)
                scope.exceptedPorts.insert(u"%1:%2"_s.arg(workload).arg(port.port));
            else if (!scope.workloads.contains(workload))
                scope.workloads.append(workload);
        }
    }
    if (scope.workloads.isEmpty())
        return {};
    const auto results = look(scope, QDateTime::currentDateTimeUtc().addSecs(-m_rateSeconds));
    for (const models::VerificationResult &result : results) {
        if (result.state
            == models::VerificationResult::State::Failed) // and nothing of ours is there to take back
            return StrictResult{
                End::NotVerified,
                u"%1 says STRICT and is not: %2 %3"_s.arg(m_wish.scope.text(), result.id, result.seen),
                {}};
    }
    return stopIfOpen(results, m_wish.scope.text() + u" says STRICT and is not verified"_s);
}

} // namespace

namespace {

std::optional<int> scrapeSecondsOf(kube::Client &client, const models::Snapshot &snapshot,
                                   std::stop_token stop)
{
    const auto service = prometheusIn(snapshot);
    if (!service)
        return {};
    const auto body = kube::Prometheus(client, *service).api(u"/api/v1/status/config"_s, stop).result();
    return body ? models::proxyScrapeSeconds(*body) : std::nullopt;
}

} // namespace

kube::Result<StrictPrepared> prepareStrict(kube::Client &client, const StrictWish &wish, std::stop_token stop)
{
    auto input = fetchSnapshot(client, stop);
    if (!input)
        return tl::unexpected(input.error());
    fetchPlatform(client, *input, stop);
    fetchProxies(client, *input, stop);
    StrictPrepared prepared;
    prepared.analysis = analyse(*input, wish.edge);
    const models::Snapshot &snapshot = *prepared.analysis->snapshot;
    if (!wish.scope.nameSpace.isEmpty() && snapshot.knows(u"namespaces"_s)
        && !snapshot.nameSpace(wish.scope.nameSpace))
        return kube::failure(kube::Error::Kind::NotFound,
                             u"there is no namespace %1 in this cluster"_s.arg(wish.scope.nameSpace));
    const models::PreflightInput evidence = gatherEvidence(
        client, *prepared.analysis, *input, {wish.scope, wish.windowSeconds, true, wish.accepted}, stop);
    prepared.report = models::strictPreflight(snapshot, prepared.analysis->view, evidence);
    for (const kube::ResourceType &type : strictKinds(client, stop))
        prepared.frozen.append({type, input->objects.value(type.plural)});
    prepared.plan = models::strictPlan(snapshot, prepared.report, wish.options);
    prepared.scrapeSeconds = scrapeSecondsOf(client, snapshot, stop).value_or(defaultScrapeSeconds);
    return prepared;
}

kube::Result<StrictStepChanges> reviewStep(const StrictTools &tools, const models::StrictScope &scope,
                                           const models::StrictStage &stage, const models::StrictStep &step,
                                           ReviewFor purpose)
{
    Wish wish;
    wish.title = models::strictTitle(scope, stage.number, step.title);
    wish.objects = step.objects;
    auto changes = planApply(tools.client, wish, tools.stop);
    if (!changes)
        return tl::unexpected(changes.error());
    StrictStepChanges planned;
    for (qsizetype i = 0; i < changes->changes.size(); ++i)
        planned.revertOf.append(0);
    const QList<models::JournalEntry> standing = standingEntries(tools.journal, scope);
    for (const models::ObjectRef &object : step.removes) {
        const auto made = std::find_if(standing.begin(), standing.end(),
                                       [&](const auto &entry) { return isCreationOf(entry, object); });
        if (made == standing.end())
            continue; // not ours
        const models::Change &done = made->change;
        const auto now = currentState(tools.client, done.type, done.nameSpace, done.name, tools.stop);
        if (!now)
            return tl::unexpected(now.error());
        if (!*now)
            continue; // gone already, or never made: a creation without an answer
        const auto removal = planUndo(tools.client, {*made}, tools.stop);
        if (!removal)
            return tl::unexpected(removal.error());
        changes->changes += removal->changes;
        planned.revertOf.append(made->number);
    }
    planned.review = review(tools.client, std::move(*changes), purpose, tools.stop);
    planned.review.changes.title = wish.title;
    return planned;
}

int rateSeconds(const models::StrictOptions &options, int scrapeSeconds)
{
    constexpr qint64 Shortest = 8, Usual = 60;
    const qint64 twoScrapes =
        2 * qint64(scrapeSeconds) + 1; // they are not quite as far apart as they should be
    return int(std::max(twoScrapes, std::clamp(options.watchSeconds / 4, Shortest, Usual)));
}

QString whyWatchIsShort(const models::StrictOptions &options, int scrapeSeconds)
{
    const qint64 twoScrapes = 2 * qint64(scrapeSeconds);
    const qint64 needed = options.drainSeconds + twoScrapes;
    return options.watchSeconds >= needed
        ? QString()
        : u"watched for %1 s only: connections from before may last %2 s, and two scrapes take %3 s, so that no clear text was counted and nobody seen to be refused proves nothing (--watch %4s or more)"_s
              .arg(options.watchSeconds)
              .arg(options.drainSeconds)
              .arg(twoScrapes)
              .arg(needed);
}

StrictResult runStrict(const StrictTools &tools, const StrictWish &wish, const StrictPrepared &prepared)
{
    if (!prepared.plan.refused.isEmpty())
        return {End::Refused, prepared.plan.refused, {}};
    return Run(tools, wish, prepared).run();
}

} // namespace app
