// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The newest known state of all objects of one resource type, fed by one Reflector.
// Promise: changed() carries every object at most once per batch, newest state, in no particular order, at most every 33 ms.
// What went because another scope was listed is reported as removed, too; scope() tells which objects can be there at all.
// Not promised: intermediate states.  Thread: the cluster thread; a batch is a value and may travel.
#include "kube/object.h"

#include <QHash>
#include <QObject>

class QTimer;

namespace kube {

class ObjectStore : public QObject
{
    Q_OBJECT
public:
    explicit ObjectStore(QObject *parent = nullptr);

    const Object *find(const QString &key) const; // nullptr if absent; valid until the next change
    QList<Object> objects() const;
    qsizetype size() const { return m_objects.size(); }
    void upsert(Object object);
    void remove(const QString &key);
    void remove(Object last); // as it was when it went: that is reported
    void replaceAll(
        QList<Object>
            objects); // after a (re)list: computes the removals itself; unchanged ones are not reported
    // "": of all namespaces, or of none; of which the next whole list and all after it are.
    void setScope(const QString &nameSpace) { m_scope = nameSpace; }
    const QString &scope() const { return m_scope; }
    void retell()
    {
        m_retells = true;
    } // the next replaceAll() reports all: the same states come in another form
    bool isComplete() const { return m_complete; } // a whole list has been seen

Q_SIGNALS:
    void
    happened(const kube::Delta &delta); // each change by itself, at once and in order, for who wants them all
    void changed(const QList<kube::Delta> &batch);
    void listed();    // after changed() has told of a whole list, each time
    void completed(); // once, after the first whole list (its objects have been reported by changed() before)

private:
    void queue(Delta delta);
    void flush();

    QHash<QString, Object> m_objects;
    QHash<QString, Delta> m_pending;
    QTimer *m_flushTimer;
    QString m_scope;
    bool m_complete = false;
    bool m_reportList = false;
    bool m_retells = false;
    bool m_reportCompletion = false;
};

} // namespace kube
