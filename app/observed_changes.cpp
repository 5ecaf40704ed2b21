// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/observed_changes.h"

#include "app/field_ownership.h"

#include <QDateTime>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

constexpr auto Pause = 500ms;
constexpr auto Breath = 20ms; // in which others have their turn
constexpr qsizetype MostAtOnce = 100;
constexpr int MostLookedAt = 200; // two states each
constexpr qint64 ClockSlack = 60; // seconds that the server's clock may be behind ours

// They follow what somebody else wrote.
bool isOfKubernetesItself(const QString &manager)
{
    return manager == "kube-controller-manager"_L1 || manager == "kubelet"_L1
        || manager == "kube-scheduler"_L1;
}

std::optional<edge::Value> valueOf(const QByteArray &json)
{
    auto value = edge::parseJson(json.toStdString());
    return value ? std::optional<edge::Value>(*value) : std::nullopt;
}

// Without what is written every two seconds by who leads.
edge::Value whatPeopleWrite(const edge::Value &object)
{
    edge::Value bare = models::withoutServerFields(object);
    if (!bare.at({"metadata", "annotations", "control-plane.alpha.kubernetes.io/leader"}).isNull())
        bare.child("metadata").child("annotations").erase("control-plane.alpha.kubernetes.io/leader");
    return bare;
}

qint64 secondsNow() { return QDateTime::currentSecsSinceEpoch(); }

// The newest; of several in its second who owns a field that differs.
QString whoWrote(const kube::Object &object, const std::optional<edge::Value> &then, const edge::Value &now)
{
    const std::optional<edge::Value> writes = valueOf(object.newestWrites);
    if (then && writes) {
        for (const edge::Value &write : writes->items()) {
            if (ownsWhatDiffers(write["fieldsV1"], *then, now))
                return QString::fromStdString(write["manager"].text());
        }
    }
    return object.managers.value(0);
}

QString titleOf(bool wasThere, bool isThere, const QString &manager)
{
    const QString what = !isThere ? u"Removed"_s : wasThere ? u"Changed"_s : u"Created"_s;
    return manager.isEmpty() ? what : u"%1 by %2"_s.arg(what, manager);
}

} // namespace

ObservedChanges::ObservedChanges(kube::ObjectStore &store, QString plural, QObject *receiver, Deliver deliver)
    : QObject(&store)
    , m_plural(std::move(plural))
    , m_since(secondsNow())
    , m_receiver(receiver)
    , m_deliver(std::move(deliver))
    , m_store(store)
{
    m_timer.setParent(this);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] { this->deliver(); });
    connect(&store, &kube::ObjectStore::changed, this, [this](const QList<kube::Delta> &batch) {
        for (const kube::Delta &delta : batch)
            take(delta);
    });
    connect(&store, &kube::ObjectStore::listed, this, &ObservedChanges::takeList);
}

bool ObservedChanges::isWatched(const QString &plural)
{
    static const QStringList following{u"pods"_s,   u"endpoints"_s, u"endpointslices"_s, u"replicasets"_s,
                                       u"events"_s, u"nodes"_s,     u"jobs"_s,           u"leases"_s};
    return !following.contains(plural);
}

bool ObservedChanges::isInView(const kube::Object &object) const
{
    return m_store.scope().isEmpty() || object.nameSpace == m_store.scope();
}

void ObservedChanges::take(const kube::Delta &delta)
{
    const kube::Object &object = delta.object;
    const bool isThere = delta.type == kube::Delta::Type::Upsert;
    if (!isThere && !isInView(object)) {
        m_outOfView.insert(object.uid, object);
        return;
    }
    m_outOfView.remove(object.uid);
    const auto found = m_known.constFind(object.uid);
    const std::optional<Known> before = found == m_known.cend() ? std::nullopt : std::optional(*found);
    if (isThere)
        m_known.insert(object.uid, {object.json, object.prints, object.changedAt, object.managers});
    else
        m_known.remove(object.uid);
    const bool hasOnlyComeIntoView = !before && m_listedScope != m_store.scope()
        && QDateTime::fromString(object.creationTimestamp, Qt::ISODate).toSecsSinceEpoch() <= m_since;
    if (m_isComplete && !hasOnlyComeIntoView)
        note(object, before, isThere);
}

// What was out of view and is not in a list of its namespace is gone.
void ObservedChanges::takeList()
{
    m_isComplete = true;
    m_listedScope = m_store.scope();
    const QList<kube::Object> waiting = m_outOfView.values();
    for (const kube::Object &object : waiting) {
        if (isInView(object))
            take({kube::Delta::Type::Remove, object});
    }
}

// A status alone, which managedFields leave out of their times.  Those are whole seconds: what was written in the same one is looked
// at, and clocks may differ.
bool ObservedChanges::isStatusAlone(const kube::Object &object, const Known &before)
{
    return object.changedAt > 0 && object.changedAt == before.changedAt && object.managers == before.managers
        && object.prints == before.prints && object.changedAt < secondsNow() - ClockSlack;
}

void ObservedChanges::note(const kube::Object &object, const std::optional<Known> &before, bool isThere)
{
    if (isThere && object.newestWrites.isEmpty() && isOfKubernetesItself(object.managers.value(0)))
        return;
    const auto waiting = m_waiting.find(object.uid);
    if (waiting == m_waiting.end()) {
        if ((!isThere && !before) || (isThere && before && isStatusAlone(object, *before)))
            return;
        const qint64 created =
            QDateTime::fromString(object.creationTimestamp, Qt::ISODate).toSecsSinceEpoch();
        if (isThere && !before && std::max(created, object.changedAt) < m_since - ClockSlack)
            return; // more may be seen than before
        m_waiting.insert(object.uid, {before, object, isThere, ++m_turn});
    } else if (!isThere && !waiting->before) {
        m_waiting.erase(waiting); // it came and went
    } else {
        waiting->now = object;
        waiting->isThere = isThere;
        waiting->turn = ++m_turn;
    }
    if (!m_waiting.isEmpty() && !m_timer.isActive())
        m_timer.start(Pause);
}

std::optional<models::JournalEntry> ObservedChanges::entryOf(const Waiting &waiting) const
{
    const kube::Object &object = waiting.now;
    const bool isThere = waiting.isThere;
    const std::optional<edge::Value> then = waiting.before ? valueOf(waiting.before->json) : std::nullopt;
    const std::optional<edge::Value> now = valueOf(object.json);
    if (!now
        || (isThere && then && waiting.before->prints == object.prints
            && whatPeopleWrite(*then) == whatPeopleWrite(*now)))
        return {};
    const QString manager = isThere ? whoWrote(object, then, *now) : QString();
    if (isOfKubernetesItself(manager))
        return {};
    models::JournalEntry entry;
    const qint64 seconds = isThere && object.changedAt > 0 ? object.changedAt : secondsNow();
    entry.at = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    entry.who = manager;
    entry.title = titleOf(waiting.before.has_value(), isThere, manager);
    const QString apiVersion = QString::fromStdString((*now)["apiVersion"].text());
    entry.change.verb = !isThere ? models::Change::Verb::Remove
        : waiting.before         ? models::Change::Verb::MergePatch
                                 : models::Change::Verb::Create;
    entry.change.type = {apiVersion.contains(u'/') ? apiVersion.section(u'/', 0, 0) : QString(),
                         apiVersion.section(u'/', -1), m_plural,
                         QString::fromStdString((*now)["kind"].text()), !object.nameSpace.isEmpty()};
    entry.change.nameSpace = object.nameSpace;
    entry.change.name = object.name;
    entry.change.before = isThere ? then : now;
    if (isThere)
        entry.after = now;
    entry.succeeded = true;
    return entry;
}

void ObservedChanges::deliver()
{
    std::vector<std::pair<qint64, QString>> newestFirst;
    newestFirst.reserve(std::size_t(m_waiting.size()));
    for (auto one = m_waiting.cbegin(); one != m_waiting.cend(); ++one)
        newestFirst.emplace_back(one->turn, one.key());
    std::sort(newestFirst.rbegin(), newestFirst.rend());
    ObservedBatch batch;
    int looked = 0;
    for (const auto &[turn, uid] : newestFirst) {
        if (batch.entries.size() == MostAtOnce) {
            batch.leftOut = m_waiting.size();
            m_waiting.clear();
            break;
        }
        if (++looked > MostLookedAt)
            break;
        if (const auto entry = entryOf(m_waiting.take(uid)))
            batch.entries.prepend(*entry);
    }
    if (!m_waiting.isEmpty())
        m_timer.start(Breath);
    if (m_receiver && !batch.entries.isEmpty())
        QMetaObject::invokeMethod(
            m_receiver, [deliver = m_deliver, batch] { deliver(batch); }, Qt::QueuedConnection);
}

} // namespace app
