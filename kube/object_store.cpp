// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/object_store.h"

#include <QSet>
#include <QTimer>

using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr auto batchInterval = 33ms; // 30 batches a second at most (design architecture.md §3)

// Versions are unique per object; without one (some aggregated APIs) the bytes decide.
bool isSameState(const Object &a, const Object &b)
{
    if (a.uid != b.uid)
        return false;
    return a.resourceVersion.isEmpty() ? a.json == b.json : a.resourceVersion == b.resourceVersion;
}

} // namespace

ObjectStore::ObjectStore(QObject *parent)
    : QObject(parent)
    , m_flushTimer(new QTimer(this))
{
    m_flushTimer->setSingleShot(true);
    m_flushTimer->setInterval(batchInterval);
    connect(m_flushTimer, &QTimer::timeout, this, &ObjectStore::flush);
}

const Object *ObjectStore::find(const QString &key) const
{
    const auto found = m_objects.constFind(key);
    return found == m_objects.cend() ? nullptr : &*found;
}

QList<Object> ObjectStore::objects() const { return m_objects.values(); }

void ObjectStore::upsert(Object object)
{
    const QString key = object.key();
    const auto known = m_objects.constFind(key);
    if (known != m_objects.cend() && !m_retells && isSameState(*known, object))
        return;
    m_objects.insert(key, object);
    queue({Delta::Type::Upsert, std::move(object)});
}

void ObjectStore::remove(const QString &key)
{
    const auto known = m_objects.find(key);
    if (known == m_objects.end())
        return;
    Object last = std::move(*known);
    m_objects.erase(known);
    queue({Delta::Type::Remove, std::move(last)});
}

void ObjectStore::remove(Object last)
{
    if (m_objects.remove(last.key()) > 0)
        queue({Delta::Type::Remove, std::move(last)});
}

void ObjectStore::replaceAll(QList<Object> objects)
{
    QSet<QString> kept;
    kept.reserve(objects.size());
    for (Object &object : objects) {
        kept.insert(object.key());
        upsert(std::move(object));
    }
    m_retells = false;
    QStringList gone;
    for (auto it = m_objects.cbegin(); it != m_objects.cend(); ++it) {
        if (!kept.contains(it.key()))
            gone.append(it.key());
    }
    for (const QString &key : gone)
        remove(key);
    m_reportList = true;
    m_reportCompletion = m_reportCompletion || !m_complete;
    m_complete = true;
    if (!m_flushTimer->isActive())
        m_flushTimer->start();
}

void ObjectStore::queue(Delta delta)
{
    Q_EMIT happened(delta);
    const QString key = delta.object.key();
    m_pending.insert(key, std::move(delta));
    if (!m_flushTimer->isActive())
        m_flushTimer->start();
}

void ObjectStore::flush()
{
    if (!m_pending.isEmpty()) {
        const QHash<QString, Delta> batch = std::exchange(m_pending, {});
        Q_EMIT changed(batch.values());
    }
    if (std::exchange(m_reportList, false))
        Q_EMIT listed();
    if (std::exchange(m_reportCompletion, false))
        Q_EMIT completed();
}

} // namespace kube
