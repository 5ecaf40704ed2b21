// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/reflector_machine.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr int shortestWatchSeconds = 300; // spread, so that many watches do not end together
constexpr int watchSpreadSeconds = 300;
constexpr int mostUnanswered = 1;
constexpr int mostCutStreams = 1;     // then the next is a list
constexpr auto graceAfterWatch = 30s; // only then is a watch overdue: silence is legal
constexpr qint64 veryShortWatchMs = 1000;
constexpr auto quietStream = 10s; // servers before 1.26 send the objects and never say that these were all

bool isTooLargeVersion(const Error &error)
{
    return std::any_of(error.causes.cbegin(), error.causes.cend(),
                       [](const StatusCause &cause) { return cause.reason == u"ResourceVersionTooLarge"; });
}

bool isNoVersion(const QString &version) { return version.isEmpty() || version == u"0"; }

// The connection, not the server's opinion: the list that we have is still right.
bool isOfTheConnection(const Error &error)
{
    return error.httpStatus == 0
        && (error.kind == Error::Kind::Unreachable || error.kind == Error::Kind::Timeout
            || error.kind == Error::Kind::Tls);
}

} // namespace

bool isOlderVersion(const QString &one, const QString &other)
{
    return one.size() != other.size() ? one.size() < other.size() : one < other;
}

ReflectorMachine::ReflectorMachine(Backoff::Random random, FirstState how)
    : m_random(random)
    , m_backoff(std::move(random))
    , m_how(how)
{
}

void ReflectorMachine::begin(Actions &actions, const QDateTime &now)
{
    if (m_how == FirstState::Streamed)
        stream(actions, m_lastVersion, now);
    else
        list(actions, m_lastVersion.isEmpty() ? u"0"_s : m_lastVersion, now);
}

void ReflectorMachine::stream(Actions &actions, const QString &resourceVersion, const QDateTime &now)
{
    m_step = Step::Streaming;
    m_streamed.clear();
    m_tellsWhatWasThere = false; // the bookmark after them is the place to go on
    m_watchStart = now;
    m_wasAnswered = false;
    m_life = Life::Asked;
    m_newsInWatch = 0;
    m_askedVersion = resourceVersion;
    m_state.listed = 0;
    m_state.remaining = -1;
    if (m_state.phase != WatchState::Phase::Waiting)
        setPhase(actions, WatchState::Phase::Listing, now);
    m_watchFor = std::chrono::seconds(shortestWatchSeconds + int(m_random() * watchSpreadSeconds));
    actions.emplace_back(reflect::OpenWatch{resourceVersion, int(m_watchFor.count()), true});
    m_state.lastEvent = now;
    actions.emplace_back(reflect::StartTimer{quietStream});
}

void ReflectorMachine::streamed(Actions &actions, const WatchEvent &event, const QDateTime &now)
{
    m_wasAnswered = true;
    m_state.lastEvent = now;
    const bool isThere = event.type == WatchEvent::Type::Added || event.type == WatchEvent::Type::Modified;
    if (isThere)
        m_streamed.insert(event.object.key(), event.object);
    if (isThere && m_tellsParts)
        actions.emplace_back(reflect::Upsert{event.object});
    if (event.type == WatchEvent::Type::Deleted)
        m_streamed.remove(event.object.key());
    m_state.listed = m_streamed.size();
    if (!event.endsInitialEvents)
        return;
    m_step = Step::Watching;
    m_lastVersion = event.object.resourceVersion;
    m_newsSinceList = 0;
    m_newsInWatch += noteVersion(m_lastVersion);
    m_cutStreams = 0;
    m_mustBeNewest = false;
    m_tellsParts = false;
    actions.emplace_back(reflect::ReplaceAll{std::exchange(m_streamed, {}).values()});
    setPhase(actions, WatchState::Phase::Live, now);
    m_lastSign = now;
    startWatchTimer(actions, now);
}

// When the watch under way is given up if nothing more comes.
QDateTime ReflectorMachine::watchLimit() const
{
    if (!m_wasAnswered)
        return m_watchStart.addMSecs(m_silence.count());
    const QDateTime overdue = m_watchStart.addSecs((m_watchFor + graceAfterWatch).count());
    return m_life == Life::Asked ? overdue : std::min(overdue, m_lastSign.addMSecs(m_silence.count()));
}

void ReflectorMachine::startWatchTimer(Actions &actions, const QDateTime &now) const
{
    actions.emplace_back(reflect::StartTimer{std::chrono::milliseconds(now.msecsTo(watchLimit()))});
}

void ReflectorMachine::watchIsSilent(Actions &actions, const QDateTime &now)
{
    if (now < watchLimit())
        return startWatchTimer(actions, now);
    actions.emplace_back(reflect::Abort{});
    m_wasSilent = m_life == Life::Unasked || !m_wasAnswered;
    if (m_wasAnswered || ++m_unanswered <= mostUnanswered)
        return watchOn(actions, now);
    wait(actions, Step::WaitingToList,
         failure(Error::Kind::Timeout,
                 u"the server does not answer watches; what is shown is refreshed by lists"_s)
             .value(),
         now);
}

// A list asks for the same in the way that every server knows, and with the right that most accounts have.
void ReflectorMachine::fallBack(Actions &actions, const QDateTime &now)
{
    m_how = FirstState::Listed;
    m_cutStreams = 0;
    m_streamed.clear();
    actions.emplace_back(reflect::StopTimer{});
    const QString known = m_lastVersion.isEmpty() ? u"0"_s : m_lastVersion;
    list(actions, std::exchange(m_mustBeNewest, false) ? QString() : known, now);
}

// As client-go: whatever does not pass by itself is listed.  Beyond it, so is what breaks off again after a part has come: a server
// or proxy that cuts each stream would never let it end.
void ReflectorMachine::streamEnded(Actions &actions, const std::optional<Error> &error, const QDateTime &now)
{
    m_streamed.clear();
    if (!error)
        return fallBack(actions, now);
    const bool isExpired = error->kind == Error::Kind::Expired || isTooLargeVersion(*error);
    if (isExpired && !m_askedVersion.isEmpty()) {
        m_lastVersion.clear();
        m_mustBeNewest = true; // "0" would be answered from a cache, which may be older than what is shown
        actions.emplace_back(reflect::StopTimer{});
        return stream(actions, {}, now);
    }
    const bool mayPass = isOfTheConnection(*error) || error->kind == Error::Kind::TooManyRequests
        || error->kind == Error::Kind::Unauthorized || error->kind == Error::Kind::Config;
    const bool isCutAgain = m_wasAnswered && ++m_cutStreams > mostCutStreams;
    if (mayPass && !isCutAgain)
        return wait(actions, Step::WaitingToList, *error, now);
    if (error->kind == Error::Kind::Invalid && !m_wasAnswered) // 422: it does not know how
        actions.emplace_back(reflect::StreamsNoLists{});
    fallBack(actions, now);
}

void ReflectorMachine::setPhase(Actions &actions, WatchState::Phase phase, const QDateTime &now)
{
    const bool isNew = std::exchange(m_state.phase, phase) != phase;
    if (isNew)
        m_state.since = now;
    else if (phase != WatchState::Phase::Waiting) // each failure is news
        return;
    if (phase != WatchState::Phase::Waiting) {
        m_state.error = {};
        m_state.retryAt = {};
        m_state.isListedOnly = false;
    }
    actions.emplace_back(reflect::Publish{});
}

void ReflectorMachine::list(Actions &actions, const QString &resourceVersion, const QDateTime &now)
{
    m_step = Step::Listing;
    m_askedVersion = resourceVersion;
    m_isFirstPage = true;
    m_isWholeList = false;
    m_items.clear();
    m_state.listed = 0;
    m_state.remaining = -1;
    if (m_state.phase != WatchState::Phase::Waiting) // which lasts until the server answers
        setPhase(actions, WatchState::Phase::Listing, now);
    // From a known version on, the server answers out of its cache, in one piece.
    const bool isPaged = resourceVersion.isEmpty() || resourceVersion == u"0";
    actions.emplace_back(reflect::SendList{resourceVersion, {}, isPaged ? PageSize : 0});
}

void ReflectorMachine::watch(Actions &actions, const QDateTime &now)
{
    m_step = Step::Watching;
    m_watchStart = now;
    m_wasAnswered = false;
    m_life = Life::Asked;
    m_newsInWatch = 0;
    m_tellsWhatWasThere = isNoVersion(m_lastVersion);
    m_watchFor = std::chrono::seconds(shortestWatchSeconds + int(m_random() * watchSpreadSeconds));
    actions.emplace_back(reflect::OpenWatch{m_lastVersion, int(m_watchFor.count()), false, m_wasSilent});
    startWatchTimer(actions, now);
}

// From no version on, a watch would not tell what has gone since the one before it.
void ReflectorMachine::watchOn(Actions &actions, const QDateTime &now)
{
    if (isNoVersion(m_lastVersion)) {
        actions.emplace_back(reflect::StopTimer{});
        begin(actions, now);
    } else {
        watch(actions, now);
    }
}

void ReflectorMachine::wait(Actions &actions, Step then, const Error &error, const QDateTime &now)
{
    const auto pause = std::max<std::chrono::milliseconds>(m_backoff.next(now),
                                                           std::chrono::seconds(error.retryAfterSeconds));
    m_step = then;
    m_state.error = error;
    m_state.retryAt = now.addMSecs(pause.count());
    setPhase(actions, WatchState::Phase::Waiting, now);
    actions.emplace_back(reflect::StartTimer{pause});
}

// At once after a watch that worked; a server that expires every version at once is asked with pauses.
void ReflectorMachine::relist(Actions &actions, const Error &error, const QDateTime &now)
{
    if (m_newsSinceList > 0) {
        actions.emplace_back(reflect::StopTimer{});
        begin(actions, now);
    } else {
        // The first is what a server answers after an outage: it is there again, and the pauses that the outage has made long are
        // not for it.  (client-go would wait up to a minute more.)
        if (m_expirations++ == 0)
            m_backoff.reset();
        wait(actions, Step::WaitingToList, error, now);
    }
}

void ReflectorMachine::proceed(Actions &actions, const QDateTime &now)
{
    if (m_step == Step::WaitingToList)
        begin(actions, now);
    else if (m_step == Step::WaitingToWatch)
        watchOn(actions, now); // stays Waiting until the server answers
}

ReflectorMachine::Actions ReflectorMachine::start(const QDateTime &now)
{
    Actions actions;
    if (m_step == Step::Idle)
        begin(actions, now);
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::restart(const QDateTime &now)
{
    Actions actions;
    m_lastVersion.clear();
    m_newest.clear();
    if (m_step == Step::Idle)
        return actions;
    actions.emplace_back(reflect::Abort{});
    actions.emplace_back(reflect::StopTimer{});
    m_items.clear();
    begin(actions, now);
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::stop(const QDateTime &now)
{
    Actions actions;
    m_step = Step::Idle;
    m_items.clear();
    m_streamed.clear();
    actions.emplace_back(reflect::Abort{});
    actions.emplace_back(reflect::StopTimer{});
    setPhase(actions, WatchState::Phase::Idle, now);
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::retryNow(const QDateTime &now)
{
    Actions actions;
    if (m_step == Step::WaitingToList || m_step == Step::WaitingToWatch) {
        actions.emplace_back(reflect::StopTimer{});
        setPhase(actions, WatchState::Phase::Listing, now); // whoever asked sees that something happens
        proceed(actions, now);
    }
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::refresh(const QDateTime &now)
{
    if (m_step != Step::Watching)
        return retryNow(now); // or it is being read
    Actions actions;
    actions.emplace_back(reflect::Abort{});
    actions.emplace_back(reflect::StopTimer{});
    m_mustBeNewest = m_how == FirstState::Streamed;
    if (m_how == FirstState::Streamed)
        stream(actions, {}, now);
    else
        list(actions, {}, now);
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::timerFired(const QDateTime &now)
{
    Actions actions;
    if (m_step == Step::Watching) {
        watchIsSilent(actions, now);
    } else if (m_step == Step::Streaming) {
        const auto quiet = std::chrono::milliseconds(m_state.lastEvent.msecsTo(now));
        if (quiet < quietStream) { // objects are still coming
            actions.emplace_back(reflect::StartTimer{quietStream - quiet});
        } else {
            actions.emplace_back(reflect::Abort{});
            if (!m_streamed.isEmpty()) // else its first answer may just be slow
                actions.emplace_back(reflect::StreamsNoLists{});
            fallBack(actions, now);
        }
    } else {
        proceed(actions, now);
    }
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::pageArrived(const ListPage &page, const QDateTime &now)
{
    Actions actions;
    if (m_step != Step::Listing)
        return actions;
    if (m_isFirstPage)
        m_pageVersion = page.resourceVersion;
    m_isFirstPage = false;
    m_items.append(page.items);
    m_state.lastEvent = now;
    m_state.listed = m_items.size();
    m_state.remaining = page.remaining;
    if (m_tellsParts && !page.continueToken.isEmpty()) {
        for (const Object &object : page.items)
            actions.emplace_back(reflect::Upsert{object});
    }
    if (!page.continueToken.isEmpty()) {
        actions.emplace_back(reflect::Publish{});
        actions.emplace_back(reflect::SendList{{}, page.continueToken, PageSize});
        return actions;
    }
    m_lastVersion = m_pageVersion;
    m_newsSinceList = 0;
    noteVersion(m_lastVersion);
    m_tellsParts = false;
    actions.emplace_back(reflect::ReplaceAll{std::exchange(m_items, {})});
    if (!m_state.isListedOnly) // else only a watch that is answered makes it live
        setPhase(actions, WatchState::Phase::Live, now);
    watch(actions, now);
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::listFailed(const Error &error, const QDateTime &now)
{
    Actions actions;
    if (m_step != Step::Listing)
        return actions;
    const bool isExpired = error.kind == Error::Kind::Expired || isTooLargeVersion(error);
    m_items.clear();
    if (isExpired && !m_isFirstPage && !m_isWholeList) { // between two pages: everything in one piece
        m_isFirstPage = true;
        m_isWholeList = true;
        actions.emplace_back(reflect::SendList{m_askedVersion, {}, 0});
    } else if (isExpired && !m_askedVersion.isEmpty()) { // nothing that old, or that new, is known there
        list(actions, {}, now);
    } else {
        m_state.isListedOnly = false;
        wait(actions, Step::WaitingToList, error, now);
    }
    return actions;
}

bool ReflectorMachine::noteVersion(const QString &version)
{
    if (!isOlderVersion(m_newest, version))
        return false;
    m_newest = version;
    return true;
}

void ReflectorMachine::heard(Actions &actions, const QDateTime &now)
{
    m_wasAnswered = true;
    m_unanswered = 0;
    setPhase(actions, WatchState::Phase::Live, now);
}

ReflectorMachine::Actions ReflectorMachine::watchAnswered(const QDateTime &now, Life life)
{
    Actions actions;
    m_life = life;
    if (m_step != Step::Watching)
        return actions;
    heard(actions, now);
    m_lastSign = now;
    startWatchTimer(actions, now);
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::eventArrived(const WatchEvent &event, const QDateTime &now)
{
    Actions actions;
    if (m_step != Step::Watching && m_step != Step::Streaming)
        return actions;
    if (event.type == WatchEvent::Type::Failed) {
        actions.emplace_back(reflect::Abort{});
        const Actions rest = watchEnded(event.error, now);
        actions.insert(actions.end(), rest.begin(), rest.end());
        return actions;
    }
    if (m_step == Step::Streaming) {
        streamed(actions, event, now);
        return actions;
    }
    heard(actions, now);
    m_state.lastEvent = now;
    m_lastSign = now;
    m_wasSilent = false;
    if (noteVersion(event.object.resourceVersion)) {
        ++m_newsInWatch;
        ++m_newsSinceList;
    }
    if (event.type == WatchEvent::Type::Added || event.type == WatchEvent::Type::Modified)
        actions.emplace_back(reflect::Upsert{event.object});
    else if (event.type == WatchEvent::Type::Deleted)
        actions.emplace_back(reflect::Remove{event.object.key(), event.object});
    m_tellsWhatWasThere = m_tellsWhatWasThere && event.type == WatchEvent::Type::Added;
    if (!m_tellsWhatWasThere && !event.object.resourceVersion.isEmpty())
        m_lastVersion = event.object.resourceVersion; // after the change itself
    return actions;
}

ReflectorMachine::Actions ReflectorMachine::watchEnded(const std::optional<Error> &error,
                                                       const QDateTime &now)
{
    Actions actions;
    if (m_step == Step::Streaming)
        streamEnded(actions, error, now);
    if (m_step != Step::Watching)
        return actions;
    const bool hasLived = m_newsInWatch > 0 || m_watchStart.msecsTo(now) >= veryShortWatchMs;
    const bool isCut = error && isOfTheConnection(*error);
    // Less says nothing of the list's version: a server may take its time to call it expired, and a streamed list is no event.
    if (m_newsSinceList > 0 || m_watchStart.msecsTo(now) > Backoff::HealthyAfter.count())
        m_expirations = 0;
    if (hasLived && (!error || (isCut && m_wasAnswered))) {
        watchOn(actions, now);
    } else if (
        !error) { // a server (or a proxy) that ends watches at once: then at least the lists come, with pauses
        wait(actions, Step::WaitingToList,
             failure(Error::Kind::Protocol,
                     u"the server ended the watch at once; what is shown is refreshed by lists"_s)
                 .value(),
             now);
    } else if (error->kind == Error::Kind::Expired) {
        relist(actions, *error, now);
    } else if (isCut || error->kind == Error::Kind::TooManyRequests) {
        wait(actions, Step::WaitingToWatch, *error, now);
    } else {
        m_state.isListedOnly = error->kind == Error::Kind::Forbidden;
        wait(actions, Step::WaitingToList, *error, now);
    }
    return actions;
}

} // namespace kube
