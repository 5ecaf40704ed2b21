// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What changes in one store without this program's doing as far as the store can tell: each as an entry like the journal's, with the
// object before and after, and who wrote last (metadata.managedFields; "" not known, as of what was removed).
// Promise: nothing of what was there when the first whole list came; nothing that differs only in what servers write (status,
// versions, a leader's lease), or that a controller of Kubernetes itself wrote; of several writes between two deliveries (half a
// second) one entry, from the state before the first to that after the last.  At most 100 a delivery, the newest; of what is more the
// number is told, which may hold some that differ in nothing.
// Cost: nothing is parsed until a delivery, then at most 400 states of objects; in a flood what is left is looked at a moment later,
// after others have had their turn.
// Not promised: that another program wrote it.  Whoever knows its own writes leaves them out.
// Lives on the store's thread; receiver may live on another, and after its end nothing is delivered.
// What a list no longer shows is removed only where that list is of its namespace, too: somebody who may read less, or looks at another
// namespace, has removed nothing.  It is remembered, and compared once it comes into view again.
#include "kube/object_store.h"
#include "models/analysis/change_set.h"

#include <QPointer>
#include <QTimer>

#include <functional>

namespace app {

struct ObservedBatch
{
    QList<models::JournalEntry> entries; // number 0, who: the manager; oldest first
    qsizetype leftOut = 0;               // that came with them and are not among them
};

class ObservedChanges : public QObject
{
public:
    using Deliver = std::function<void(const ObservedBatch &)>; // runs on receiver's thread
    ObservedChanges(kube::ObjectStore &store, QString plural, QObject *receiver, Deliver deliver);
    // Of a kind that people write; pods and endpoints, say, only follow.
    static bool isWatched(const QString &plural);

private:
    struct Known
    {
        QByteArray json; // shared with the store's
        kube::SecretPrints prints;
        qint64 changedAt = 0;
        QStringList managers;
    };
    struct Waiting // one object since the last delivery
    {
        std::optional<Known> before; // absent: it was not there
        kube::Object now;            // or its last state
        bool isThere = true;
        qint64 turn = 0; // of the last write
    };
    void take(const kube::Delta &delta);
    void takeList();
    bool isInView(const kube::Object &object) const;
    void note(const kube::Object &object, const std::optional<Known> &before, bool isThere);
    static bool isStatusAlone(const kube::Object &object, const Known &before);
    void deliver();
    std::optional<models::JournalEntry>
    entryOf(const Waiting &waiting) const; // absent: nothing that people write

    const QString m_plural;
    const qint64 m_since; // seconds: what is older has only come into view
    QPointer<QObject> m_receiver;
    Deliver m_deliver;
    QHash<QString, Known> m_known;            // by uid, which the store's objects share
    QHash<QString, kube::Object> m_outOfView; // by uid, of m_known: that are in none of the namespaces listed
    kube::ObjectStore &m_store;
    QString m_listedScope; // of the last whole list
    bool m_isComplete = false;
    QHash<QString, Waiting> m_waiting; // by uid
    qint64 m_turn = 0;
    QTimer m_timer;
};

} // namespace app
