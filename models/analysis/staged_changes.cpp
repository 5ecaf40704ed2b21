// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/staged_changes.h"

#include "models/analysis/desired_state.h"
#include "models/analysis/undo.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

Value parsed(const QByteArray &json)
{
    return edge::parseJson(std::string_view(json.constData(), size_t(json.size()))).value_or(Value());
}

QByteArray bytes(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

std::optional<Value> stateAfterBoth(const Change &first, const Change &second)
{
    if (second.verb == Change::Verb::Remove)
        return {};
    const std::optional<Value> between = stateAfter(first);
    if (second.verb == Change::Verb::Create && between) // planned beside the first, which creates it, too
        return edge::mergePatch(*between, parsed(second.body));
    return applied(between ? between : second.before, second);
}

// Members that the patch is about and that hold neither what they held when it was planned nor what it wants.
QStringList foreignMembers(const Value &patch, const Value &before, const Value &now, const QString &path)
{
    QStringList foreign;
    for (const auto &[key, wanted] : patch.members()) {
        const QString name = QString::fromStdString(key);
        const QString here = path.isEmpty() ? name : path + u'.' + name;
        const Value *had = before.find(key);
        const Value *has = now.find(key);
        if (wanted.isObject() && has && has->isObject() && (!had || had->isObject())) {
            foreign += foreignMembers(wanted, had ? *had : Value::object(), *has, here);
            continue;
        }
        const bool isAsBefore = had && has ? *had == *has : !had && !has;
        const bool isAsWanted = wanted.isNull() ? !has : has && fulfils(*has, wanted);
        if (!isAsBefore && !isAsWanted)
            foreign.append(here);
    }
    return foreign;
}

struct Rebased
{
    std::optional<Change> change; // absent: it is so already, or see why
    QString why;
};

Rebased conflict(const Change &planned, const QString &what)
{
    return {{},
            u"%1: %2 since this was staged; drop it and plan it again"_s.arg(planned.subject().text(), what)};
}

Rebased rebasedPatch(const Change &planned, const Value &now)
{
    if (planned.verb != Change::Verb::MergePatch) {
        auto newer = refreshed(planned, now);
        return newer ? Rebased{newer, {}} : conflict(planned, u"somebody has changed it"_s);
    }
    const Value patch = parsed(planned.body);
    const QStringList foreign = foreignMembers(patch, planned.before.value_or(Value()), now, {});
    if (!foreign.isEmpty())
        return conflict(planned, u"somebody has changed %1"_s.arg(foreign.join(u", "_s)));
    if (edge::mergePatch(now, patch) == now)
        return {};
    Change newer = planned;
    newer.before = now;
    return {newer, {}};
}

Rebased rebasedUpon(const Change &planned, const std::optional<Value> &now)
{
    const bool isGone = planned.before && !now;
    if (planned.verb == Change::Verb::Remove && isGone)
        return {};
    if (!planned.before && now)
        return fulfils(withoutServerFields(*now), parsed(planned.body))
            ? Rebased()
            : conflict(planned, u"somebody has created it, as another one,"_s);
    if (isGone)
        return conflict(planned, u"somebody has deleted it"_s);
    if (!now)
        return {planned, {}}; // a creation of what is not there still
    if (planned.before->at({"metadata", "uid"}) != now->at({"metadata", "uid"}))
        return conflict(planned, u"somebody has deleted it and made another one"_s);
    if (planned.verb != Change::Verb::Remove)
        return rebasedPatch(planned, *now);
    Change newer = planned;
    newer.before = now;
    return {newer, {}};
}

} // namespace

QString objectKey(const Change &change)
{
    return QStringList{change.type.group, change.type.plural, change.nameSpace, change.name}.join(u'/');
}

std::optional<Change> together(const Change &first, const Change &second)
{
    const std::optional<Value> after = stateAfterBoth(first, second);
    if (!first.before && !after)
        return {};
    Change both = first;
    both.body.clear();
    if (!after) {
        both.verb = Change::Verb::Remove;
        return both;
    }
    const Value wanted = withoutServerFields(*after);
    if (!first.before) {
        both.verb = Change::Verb::Create;
        both.body = bytes(wanted);
        return both;
    }
    const Value patch = difference(withoutServerFields(*first.before), wanted);
    if (patch.members().empty())
        return {};
    both.verb = Change::Verb::MergePatch;
    both.body = bytes(patch);
    return both;
}

StagedChange *StagedChanges::edit(const QString &key)
{
    const auto found = std::find_if(m_changes.begin(), m_changes.end(),
                                    [&key](const StagedChange &each) { return each.key == key; });
    return found == m_changes.end() ? nullptr : &*found;
}

const StagedChange *StagedChanges::find(const QString &key) const
{
    return const_cast<StagedChanges *>(this)->edit(key);
}

void StagedChanges::add(const ChangeSet &more)
{
    for (const Change &change : more.changes) {
        const QString key = objectKey(change);
        StagedChange *there = edit(key);
        if (!there) {
            StagedChange staged;
            staged.key = key;
            staged.change = change;
            staged.titles.append(more.title);
            staged.warnings = more.warnings;
            m_changes.append(staged);
            continue;
        }
        const auto both = together(there->change, change);
        if (!both) {
            drop({key});
            continue;
        }
        there->change = *both;
        there->state = StagedChange::State::Waiting;
        there->error.clear();
        if (!there->titles.contains(more.title))
            there->titles.append(more.title);
        for (const QString &warning : more.warnings) {
            if (!there->warnings.contains(warning))
                there->warnings.append(warning);
        }
    }
}

ChangeSet StagedChanges::with(const ChangeSet &more) const
{
    StagedChanges all = *this;
    all.add(more);
    ChangeSet touched = more;
    touched.changes.clear();
    QStringList done;
    for (const Change &change : more.changes) {
        const QString key = objectKey(change);
        const StagedChange *there = done.contains(key) ? nullptr : all.find(key);
        done.append(key);
        if (there)
            touched.changes.append(there->change);
    }
    return touched;
}

bool StagedChanges::holdsAnyOf(const ChangeSet &changes) const
{
    return std::any_of(changes.changes.begin(), changes.changes.end(),
                       [this](const Change &change) { return find(objectKey(change)) != nullptr; });
}

void StagedChanges::drop(const QStringList &keys)
{
    m_changes.removeIf([&keys](const StagedChange &each) { return keys.contains(each.key); });
}

ChangeSet StagedChanges::changeSet() const
{
    ChangeSet all;
    for (const StagedChange &each : m_changes) {
        all.changes.append(each.change);
        for (const QString &warning : each.warnings) {
            if (!all.warnings.contains(warning))
                all.warnings.append(warning);
        }
    }
    std::stable_partition(all.changes.begin(), all.changes.end(),
                          [](const Change &change) { return !isRestart(change); });
    return all;
}

void StagedChanges::rebase(const QString &key, const std::optional<Value> &now)
{
    StagedChange *staged = edit(key);
    if (!staged)
        return;
    const Rebased rebased = rebasedUpon(staged->change, now);
    if (!rebased.change && rebased.why.isEmpty())
        return drop({key});
    if (!rebased.change) {
        staged->state = StagedChange::State::Conflict;
        staged->error = rebased.why;
        return;
    }
    staged->change = *rebased.change;
    if (staged->state == StagedChange::State::Conflict) { // it was one
        staged->state = StagedChange::State::Waiting;
        staged->error.clear();
    }
}

void StagedChanges::settle(const ChangeSet &wanted, const QList<JournalEntry> &tried, const QString &error)
{
    QStringList done;
    for (const JournalEntry &entry : tried) {
        const QString key = objectKey(entry.change);
        StagedChange *staged = edit(key);
        done.append(key);
        if (!staged)
            continue;
        if (entry.succeeded) {
            drop({key});
            continue;
        }
        staged->state = entry.settled ? StagedChange::State::Failed : StagedChange::State::Unknown;
        staged->error = entry.result;
    }
    if (error.isEmpty())
        return;
    for (const Change &change : wanted.changes) {
        StagedChange *staged = edit(objectKey(change));
        if (!staged || done.contains(staged->key))
            continue;
        staged->state = StagedChange::State::NotTried;
        staged->error = tried.isEmpty() ? error : QString(); // nothing could be: there is no journal, say
    }
}

} // namespace models
