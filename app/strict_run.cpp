// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_run.h"

#include "app/edge_proxies.h"
#include "app/snapshot_fetch.h"
#include "app/strict_evidence.h"
#include "app/strict_watch.h"

#include <QDeadlineTimer>
#include <QThread>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using End = StrictResult::End;

// What the switch depends on, as uid and resourceVersion; another one is somebody else's work.
class Frozen
{
public:
    Frozen(kube::Client &client, models::StrictScope scope, QString rootNamespace, std::stop_token stop)
        : m_client(client)
        , m_scope(std::move(scope))
        , m_root(std::move(rootNamespace))
        , m_stop(std::move(stop))
    {
    }

    void freeze(const StrictPrepared &prepared)
    {
        for (const auto &[type, objects] : prepared.frozen) {
            m_types.append(type);
            add(m_versions, type, objects);
        }
    }
    void note(const models::JournalEntry &entry)
    {
        const QString key = entry.change.subject().text();
        if (entry.change.type.kind == "AuthorizationPolicy"_L1) // the rehearsal decides nothing
            return;
        if (entry.after)
            m_versions.insert(key,
                              versionOf(entry.after->at({"metadata", "uid"}),
                                        entry.after->at({"metadata", "resourceVersion"})));
        else
            m_versions.remove(key);
    }
    QStringList foreign() const // objects that are other ones than we know
    {
        QStringList others;
        const QMap<QString, QString> now = versions();
        for (auto one = now.begin(); one != now.end(); ++one) {
            if (!m_versions.contains(one.key()))
                others.append(one.key() + u" is new"_s);
            else if (m_versions[one.key()] != one.value())
                others.append(one.key() + u" has changed"_s);
        }
        for (auto one = m_versions.begin(); one != m_versions.end(); ++one) {
            if (!now.contains(one.key()))
                others.append(one.key() + u" is gone"_s);
        }
        return others;
    }

private:
    static QString versionOf(const edge::Value &uid, const edge::Value &version)
    {
        return QString::fromStdString(uid.text() + '/' + version.text());
    }
    void add(QMap<QString, QString> &versions, const kube::ResourceType &type,
             const QList<kube::Object> &objects) const
    {
        for (const kube::Object &object : objects) {
            const bool counts = m_scope.nameSpace.isEmpty() || object.nameSpace == m_scope.nameSpace
                || object.nameSpace == m_root || !type.namespaced || type.kind == "DestinationRule"_L1;
            if (counts)
                versions.insert(models::ObjectRef{type.kind, object.nameSpace, object.name}.text(),
                                object.uid + u'/' + object.resourceVersion);
        }
    }
    QMap<QString, QString> versions() const
    {
        QMap<QString, QString> found;
        for (const kube::ResourceType &type : m_types) {
            const auto list = m_client.list(type, {}, m_stop).result();
            add(found, type, list ? list->items : QList<kube::Object>());
        }
        return found;
    }

    kube::Client &m_client;
    models::StrictScope m_scope;
    QString m_root;
    std::stop_token m_stop;
    QList<kube::ResourceType> m_types;
    QMap<QString, QString> m_versions;
};

bool isCreationOf(const models::JournalEntry &entry, const models::ObjectRef &object)
{
    return entry.change.verb == models::Change::Verb::Create && entry.change.subject() == object;
}

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
        m_rateSeconds = int(std::clamp<qint64>(wish.options.watchSeconds / 4, 8, 60));
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
    StrictResult takeBack(const QString &why);
    void pause() const;
    void say(const QString &line) const { m_tools.say(line); }

    const StrictTools &m_tools;
    const StrictWish &m_wish;
    const models::StrictPlan &m_plan;
    const StrictPrepared &m_prepared;
    Frozen m_frozen;
    StrictWatch m_watch;
    models::StrictObservation m_before;
    QSet<QString> m_excepted;
    int m_rateSeconds = 30;
    qint64 m_drainSeconds = 45;
    bool m_wrote = false;
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
    m_frozen.freeze(m_prepared);
    m_before = m_watch.observe({.rateSeconds = m_rateSeconds, .certificates = true, .isBaseline = true});
    m_watch.setBaseline();
    if (!m_before.lost.isEmpty())
        return {End::Failed, m_before.lost, {}};
    say(u"stage 0: %1 objects kept; %2 of %3 pods are ready, %4 Mappings answer, %5 servers have traffic"_s
            .arg(m_plan.frozen.size())
            .arg(m_before.readyPods)
            .arg(m_before.pods)
            .arg(m_before.routeStatus.size())
            .arg(m_before.received.size()));
    for (const models::StrictStage &stage : m_plan.stages) {
        if (stage.number == 0)
            continue;
        if (const auto end = runStage(stage))
            return *end;
    }
    return {End::Done,
            m_wrote ? u"%1 is STRICT"_s.arg(m_wish.scope.text())
                    : u"%1 was STRICT already"_s.arg(m_wish.scope.text()),
            {}};
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
    const auto changes = reviewStep(m_tools, m_wish.scope, stage, step);
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
    const models::StrictObservation now =
        m_watch.observe({.rateSeconds = m_rateSeconds,
                         .drainedAt = drainedAt,
                         .ask = stage.number >= 4 ? step.workloads : QStringList(),
                         .leaveOut = m_excepted,
                         .certificates = true,
                         .isOfAnotherTime = isOfAnotherTime()});
    models::VerificationScope scope;
    scope.checks = stage.verify;
    scope.workloads = step.workloads;
    scope.exceptedPorts = m_excepted;
    scope.becomesStrict = stage.number >= 4;
    scope.drained = true;
    QStringList failed;
    for (const models::VerificationResult &result : models::verifyStep(scope, m_before, now)) {
        const bool bad = result.state == models::VerificationResult::State::Failed;
        const QString mark = bad                                        ? u"✗"_s
            : result.state == models::VerificationResult::State::Passed ? u"✓"_s
                                                                        : u"?"_s;
        say(u"  %1 %2 %3"_s.arg(mark, result.id, result.seen));
        if (bad)
            failed.append(u"%1: %2"_s.arg(result.id, result.seen));
    }
    return failed.isEmpty() ? std::nullopt : std::optional(takeBack(failed.join(u"; "_s)));
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
    return prepared;
}

QList<models::JournalEntry> standingEntries(const Journal &journal, const models::StrictScope &scope)
{
    const QList<models::JournalEntry> all = journal.entries();
    QList<models::JournalEntry> standing;
    for (const models::JournalEntry &entry : all) {
        if (!models::isOfStrict(entry.title, scope) || !entry.succeeded || entry.reverted
            || entry.revertOf > 0)
            continue;
        const bool removedAgain = std::any_of(all.begin(), all.end(),
                                              [&](const models::JournalEntry &other) {
                                                  return other.reverted && other.number < entry.number
                                                      && models::isOfStrict(other.title, scope)
                                                      && isCreationOf(other, entry.change.subject());
                                              })
            && std::none_of(all.begin(), all.end(), [&](const models::JournalEntry &other) {
                                      return !other.reverted && other.succeeded && other.number < entry.number
                                          && isCreationOf(other, entry.change.subject());
                                  });
        if (!removedAgain)
            standing.append(entry);
    }
    return standing;
}

models::Undo undoOfStanding(const QList<models::JournalEntry> &standing, const models::JournalEntry &entry,
                            const std::optional<edge::Value> &now)
{
    const bool isLast =
        std::none_of(standing.begin(), standing.end(), [&](const models::JournalEntry &other) {
            return other.number > entry.number && other.change.subject() == entry.change.subject();
        });
    const bool made = entry.change.verb == models::Change::Verb::Create;
    if (made && isLast && now && entry.after
        && !(models::withoutServerFields(*now) == models::withoutServerFields(*entry.after)))
        return {{},
                u"%1: somebody has changed it since it was made; it stays as it is"_s.arg(
                    entry.change.subject().text()),
                false};
    return models::undoOf(entry, now);
}

kube::Result<StrictStepChanges> reviewStep(const StrictTools &tools, const models::StrictScope &scope,
                                           const models::StrictStage &stage, const models::StrictStep &step)
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
            continue; // not ours, or gone already
        const auto removal = planUndo(tools.client, {*made}, tools.stop);
        if (!removal)
            return tl::unexpected(removal.error());
        changes->changes += removal->changes;
        planned.revertOf.append(made->number);
    }
    planned.review = review(tools.client, std::move(*changes), tools.stop);
    planned.review.changes.title = wish.title;
    return planned;
}

StrictResult runStrict(const StrictTools &tools, const StrictWish &wish, const StrictPrepared &prepared)
{
    if (!prepared.plan.refused.isEmpty())
        return {End::Refused, prepared.plan.refused, {}};
    return Run(tools, wish, prepared).run();
}

StrictResult rollBackStrict(const StrictTools &tools, const models::StrictScope &scope)
{
    StrictResult result{End::Done, {}, {}};
    QList<models::JournalEntry> standing = standingEntries(tools.journal, scope);
    int taken = 0;
    for (; !standing.isEmpty(); standing.removeLast()) {
        const models::JournalEntry *entry = &standing.constLast();
        const models::Change &done = entry->change;
        const auto now = currentState(tools.client, done.type, done.nameSpace, done.name, tools.stop);
        if (!now)
            return {End::Failed, now.error().message, result.foreign};
        const models::Undo undo = undoOfStanding(standing, *entry, *now);
        if (undo.isSoAlready)
            continue;
        if (!undo.change) {
            result.foreign.append(undo.why);
            continue;
        }
        models::ChangeSet changes;
        changes.title = u"Take back: "_s + entry->title;
        changes.changes = {*undo.change};
        const ApplyOutcome outcome = apply(tools.client, tools.journal, changes, {entry->number}, tools.stop);
        if (outcome.error)
            return {End::Failed, outcome.error->message, result.foreign};
        tools.say(u"taken back: %1 (journal %2)"_s.arg(done.subject().text()).arg(entry->number));
        ++taken;
    }
    if (!result.foreign.isEmpty()) {
        result.end = End::Foreign;
        result.why = result.foreign.join(u"; "_s);
    } else {
        result.why = taken > 0
            ? u"%1 changes of %2 are taken back"_s.arg(taken).arg(scope.text())
            : u"nothing of %1 was changed by these programs, or it is taken back already"_s.arg(scope.text());
    }
    return result;
}

} // namespace app
