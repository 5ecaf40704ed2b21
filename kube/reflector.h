// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Keeps one ObjectStore equal to the server's state of one resource: the first state (streamed, or listed), then a watch from there,
// again and again (facts kube-client.md §1.5: bookmarks, 410 → relist, very short watches, back-off 0.8 s × 2 up to 30 s with jitter).
// A failed watch is a state, not an event.  Thread: the cluster thread.
#include "kube/client.h"
#include "kube/object_store.h"
#include "kube/table.h"

#include <QDateTime>

namespace kube {

struct WatchState
{
    enum class Phase {
        Idle,
        Listing,
        Live,
        Waiting
    }; // Waiting: failed, next try at retryAt; what is known stays shown
    Phase phase = Phase::Idle;
    Error error;     // of the last failure, while Waiting
    QDateTime since; // of this phase
    QDateTime retryAt;
    QDateTime lastEvent; // bookmark, event or list
    // While Waiting: the account may list but not watch, so the store has what the last list said and is listed
    // again after each pause, 30 to 60 s in the end.
    bool isListedOnly = false;
    qsizetype objects = 0;
    qsizetype listed = 0;  // while Listing: what has come so far
    qint64 remaining = -1; // and what the server says is still to come; -1: it does not
};

class Reflector : public QObject
{
    Q_OBJECT
public:
    // nameSpace "": all.  The store must outlive the reflector.
    Reflector(Transport &transport, ResourceType type, QString nameSpace, ObjectStore &store,
              QObject *parent = nullptr);
    ~Reflector() override;
    void readMetadataOnly(); // before start(): of each object its metadata alone comes, and is kept
    // before start(): the server's own table is read (table.h), and of each object its row is kept.
    void readTables();
    // before start(): of the first state each part is in the store as it comes, before the whole is there.
    void tellParts();
    void select(const QString &labels, const QString &fields); // before start(): only those; "": all
    void start();
    void stop();
    void retryNow();
    void refresh(); // ReflectorMachine's
    void restart(); // forgets all versions: another cluster answers at this address
    const WatchState &state() const;
    // Of a watch whose connection nobody asks for signs of life (HTTP/1.1), or that is not answered: then it is opened anew.  40 s.
    void setLongestSilence(std::chrono::milliseconds silence);
    // Read your writes: calls once, when the store has the state of that version or a newer one; at once if it has.
    void whenSeen(const QString &resourceVersion, QObject *context, std::function<void()> then);

Q_SIGNALS:
    void stateChanged(const kube::WatchState &state);
    void columnsChanged(const QList<kube::TableColumn> &columns); // of tables, before their rows

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace kube
Q_DECLARE_METATYPE(kube::WatchState)
