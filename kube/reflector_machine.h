// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The rules of list and watch without sockets, clocks or stores: what has happened goes in, what is to be done comes out, in order.
// (facts kube-client.md §1.4–1.5; difference to client-go: a stream that breaks after it has lived goes on at once.)
// The first state comes as the beginning of the watch itself (WatchList) where the server knows how, else by a list.
// One request is under way at a time; Abort drops it, and an answer of a dropped request must not be reported.
#include "kube/backoff.h"
#include "kube/object_reader.h"
#include "kube/reflector.h"

#include <optional>
#include <variant>
#include <vector>

namespace kube {

namespace reflect {
struct SendList
{
    QString resourceVersion, continueToken; // a continued page carries no version
    int limit = 0;                          // 0: everything
    bool operator==(const SendList &) const = default;
};
struct OpenWatch
{
    QString resourceVersion;
    int timeoutSeconds = 0;
    bool withInitialEvents = false; // WatchList
    bool onNewConnection = false;   // what the silent one before it was on may not be the only dead one
};
struct StreamsNoLists
{
}; // this server: to be remembered for the next machine
struct Abort
{
};
struct StartTimer // one at a time: a new one replaces it
{
    std::chrono::milliseconds pause;
};
struct StopTimer
{
};
struct ReplaceAll
{
    QList<Object> objects;
};
struct Upsert
{
    Object object;
};
struct Remove
{
    QString key;
    Object last; // as the server has seen it go
};
struct Publish
{
}; // state() has changed
using Action = std::variant<SendList, OpenWatch, Abort, StartTimer, StopTimer, ReplaceAll, Upsert, Remove,
                            Publish, StreamsNoLists>;
} // namespace reflect

// Versions of one resource are decimal numbers without leading zeros (facts kube-client.md §1.5).
bool isOlderVersion(const QString &one, const QString &other);

class ReflectorMachine
{
public:
    using Actions = std::vector<reflect::Action>;
    static constexpr int PageSize = 500;

    enum class FirstState { Streamed, Listed }; // Streamed: tried first

    explicit ReflectorMachine(Backoff::Random random, FirstState how = FirstState::Streamed);
    void setFirstState(FirstState how) { m_how = how; } // before start()
    void tellParts() { m_tellsParts = true; }           // before start(): of the first state each as it comes

    Actions start(const QDateTime &now);
    Actions stop(const QDateTime &now);
    Actions retryNow(const QDateTime &now); // what waits is tried at once
    // A person wants to be sure: the same, and instead of a watch under way all is asked for as it is now.  What is shown stays
    // until it is there.
    Actions refresh(const QDateTime &now);
    Actions
    restart(const QDateTime &now); // what was known is worth nothing: another cluster answers at this address
    Actions timerFired(const QDateTime &now);
    Actions pageArrived(const ListPage &page, const QDateTime &now);
    Actions listFailed(const Error &error, const QDateTime &now);
    // Its head says 200.  Asked: whoever carries the watch asks its connection for signs of life (Transport); else a watch
    // that is silent for LongestSilence is opened anew from the last version, by which nothing is lost.  So is one that is not
    // answered for as long; the second time that is a failure, and lists come meanwhile.  A dead connection is thus found in 45 s.
    enum class Life { Asked, Unasked };
    static constexpr std::chrono::milliseconds LongestSilence{40'000};
    void setLongestSilence(std::chrono::milliseconds silence) { m_silence = silence; }
    Actions watchAnswered(const QDateTime &now, Life life = Life::Asked);
    Actions eventArrived(const WatchEvent &event, const QDateTime &now);
    Actions watchEnded(const std::optional<Error> &error,
                       const QDateTime &now); // nullopt: the server ended it properly

    const WatchState &state() const { return m_state; }
    const QString &lastVersion() const
    {
        return m_lastVersion;
    } // up to which the store is the server's state

private:
    enum class Step { Idle, Streaming, Listing, Watching, WaitingToList, WaitingToWatch };

    void setPhase(Actions &actions, WatchState::Phase phase, const QDateTime &now);
    void begin(Actions &actions, const QDateTime &now);
    void stream(Actions &actions, const QString &resourceVersion, const QDateTime &now);
    void streamed(Actions &actions, const WatchEvent &event, const QDateTime &now);
    void streamEnded(Actions &actions, const std::optional<Error> &error, const QDateTime &now);
    void fallBack(Actions &actions, const QDateTime &now);
    void list(Actions &actions, const QString &resourceVersion, const QDateTime &now);
    void watch(Actions &actions, const QDateTime &now);
    void watchOn(Actions &actions, const QDateTime &now);
    void wait(Actions &actions, Step then, const Error &error, const QDateTime &now);
    void relist(Actions &actions, const Error &error, const QDateTime &now);
    void proceed(Actions &actions, const QDateTime &now);
    void heard(Actions &actions, const QDateTime &now);
    bool noteVersion(const QString &version); // true: newer than all before
    QDateTime watchLimit() const;
    void startWatchTimer(Actions &actions, const QDateTime &now) const;
    void watchIsSilent(Actions &actions, const QDateTime &now);

    Backoff::Random m_random;
    Backoff m_backoff;
    WatchState m_state;
    Step m_step = Step::Idle;
    QString m_lastVersion;             // of the newest event, bookmark or list; "" before the first list
    QString m_askedVersion;            // of the list under way
    QString m_pageVersion;             // of its first page
    QList<Object> m_items;             // of its pages so far
    QHash<QString, Object> m_streamed; // of the initial events so far
    FirstState m_how;
    bool m_tellsParts = false;
    bool m_isFirstPage = true;
    bool m_isWholeList = false; // this list asks for everything at once, after a page had expired
    QDateTime m_watchStart;
    bool m_wasAnswered = false;
    Life m_life = Life::Asked; // of this watch
    QDateTime m_lastSign;      // of it
    std::chrono::milliseconds m_silence = LongestSilence;
    std::chrono::seconds m_watchFor{0}; // as this watch was asked for
    int m_unanswered = 0;               // watches in a row
    bool m_wasSilent = false;           // the last one, until one says something
    bool m_mustBeNewest = false;        // what is asked for instead of a stream: no older than what was shown
    int m_cutStreams = 0;               // streamed states in a row that broke off after a part had come
    bool m_tellsWhatWasThere = false;   // this watch, still: its versions are in no order
    // What is newer than anything before: an event that comes again and again is no sign that a watch works.
    QString m_newest; // version
    int m_newsInWatch = 0;
    int m_newsSinceList = 0;
    int m_expirations = 0; // of the version of a list in a row, with no news and no long watch between them
};

} // namespace kube
