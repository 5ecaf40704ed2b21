// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The hop from the cluster thread to the GUI thread: parses each changed object into a finished row on the cluster thread and hands
// over values, at most 500 rows a slice so that no slice blocks the GUI.  Row must have a member `QString key` (ObjectStore's key).
// Order is kept: a row handed over later is newer.  After receiver's end nothing is delivered.
#include "kube/object_store.h"

#include <QPointer>

#include <functional>

namespace kube {

template<typename Row>
struct RowBatch
{
    QList<Row> upserts;
    QStringList removals;  // keys
    bool complete = false; // the first whole list has been delivered with this or an earlier batch
};

template<typename Row>
class RowFeed : public QObject
{
public:
    using Parse = std::function<Row(const Object &)>;
    using Deliver = std::function<void(const RowBatch<Row> &)>; // runs on receiver's thread

    // Lives on the store's thread; receiver may live on another.
    RowFeed(ObjectStore &store, Parse parse, QObject *receiver, Deliver deliver, QObject *parent = nullptr);

    static constexpr qsizetype SliceRows = 500;

private:
    void feed(const QList<Delta> &deltas);
    void complete();
    void post(RowBatch<Row> batch);

    Parse m_parse;
    QPointer<QObject> m_receiver;
    Deliver m_deliver;
    bool m_complete = false; // the rows of the first whole list have been posted
};

template<typename Row>
RowFeed<Row>::RowFeed(ObjectStore &store, Parse parse, QObject *receiver, Deliver deliver, QObject *parent)
    : QObject(parent)
    , m_parse(std::move(parse))
    , m_receiver(receiver)
    , m_deliver(std::move(deliver))
{
    connect(&store, &ObjectStore::changed, this, [this](const QList<Delta> &deltas) { feed(deltas); });
    connect(&store, &ObjectStore::completed, this, [this] { complete(); });
    QList<Delta> known;
    for (const Object &object : store.objects())
        known.append({Delta::Type::Upsert, object});
    feed(known);
    if (store.isComplete())
        complete();
}

template<typename Row>
void RowFeed<Row>::feed(const QList<Delta> &deltas)
{
    RowBatch<Row> batch;
    batch.complete = m_complete;
    for (const Delta &delta : deltas) {
        if (delta.type == Delta::Type::Remove)
            batch.removals.append(delta.object.key());
        else
            batch.upserts.append(m_parse(delta.object));
        if (batch.upserts.size() + batch.removals.size() == SliceRows)
            post(std::exchange(batch, {{}, {}, m_complete}));
    }
    if (!batch.upserts.isEmpty() || !batch.removals.isEmpty())
        post(std::move(batch));
}

template<typename Row>
void RowFeed<Row>::complete()
{
    if (!std::exchange(m_complete, true))
        post({{}, {}, true});
}

template<typename Row>
void RowFeed<Row>::post(RowBatch<Row> batch)
{
    if (m_receiver)
        QMetaObject::invokeMethod(
            m_receiver, [deliver = m_deliver, batch = std::move(batch)] { deliver(batch); },
            Qt::QueuedConnection);
}

} // namespace kube
