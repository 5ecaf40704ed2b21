// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What changes in one store without this program's doing as far as the store can tell: each as an entry like the journal's, with the
// object before and after, and who wrote last (metadata.managedFields; "" not known, as of what was removed).
// Promise: nothing of what was there when the first whole list came; nothing that differs only in what servers write (status,
// versions, a leader's lease), or that a controller of Kubernetes itself wrote; of several writes between two deliveries (half a
// second) the last.  At most 100 a delivery; of what is more their number is told.
// Not promised: that another program wrote it.  Whoever knows its own writes leaves them out.
// Lives on the store's thread; receiver may live on another, and after its end nothing is delivered.
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
    };
    void take(const kube::Delta &delta);
    void note(const kube::Object &object, const Known *before, bool isThere);
    void deliver();

    const QString m_plural;
    const qint64 m_since; // seconds: what is older has only come into view
    QPointer<QObject> m_receiver;
    Deliver m_deliver;
    QHash<QString, Known> m_known; // by uid, which the store's objects share
    bool m_isComplete = false;
    ObservedBatch m_waiting;
    QTimer m_timer;
};

} // namespace app
