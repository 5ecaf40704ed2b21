// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_watch.h"

#include "app/own_certificates.h"
#include "app/snapshot_plan.h"
#include "app/when_done.h"
#include "kube/access.h"
#include "kube/discovery.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr std::chrono::milliseconds SnapshotPause{250};
constexpr int MaximumBackOffSeconds = 30;
constexpr std::chrono::seconds FirstWidePause{5};
constexpr std::chrono::seconds LongestWidePause{160}; // somebody's rights change seldom; F5 does not wait

bool isAboutTheKind(const kube::Error &error) // rather than about the connection
{
    return error.kind == kube::Error::Kind::Forbidden || error.kind == kube::Error::Kind::NotFound;
}

// 410, or a version that the server does not know yet: it is listed again, and nothing is lost meanwhile.
bool isAboutVersions(const kube::Error &error)
{
    return error.kind == kube::Error::Kind::Expired
        || std::any_of(error.causes.cbegin(), error.causes.cend(), [](const kube::StatusCause &cause) {
               return cause.reason == "ResourceVersionTooLarge"_L1;
           });
}

// Which is nothing to tell of, unless no list has come for long.
bool isOnlyListedAgain(const kube::WatchState &state)
{
    constexpr qint64 LongSeconds = 60;
    return state.phase == kube::WatchState::Phase::Waiting && isAboutVersions(state.error)
        && state.since.secsTo(QDateTime::currentDateTimeUtc()) < LongSeconds;
}

models::ConnectionState::Mode modeOf(kube::WriteMode mode)
{
    using Mode = models::ConnectionState::Mode;
    return mode == kube::WriteMode::Normal  ? Mode::Normal
        : mode == kube::WriteMode::ReadOnly ? Mode::ReadOnly
                                            : Mode::Confirm;
}

} // namespace

ClusterWatch::ClusterWatch(kube::Client &client, QObject *parent, std::chrono::milliseconds measurePause)
    : QObject(parent)
    , m_client(client)
    , m_probes(client, measurePause, this)
    , m_identity(client)
{
    m_identity.setParent(this); // one thread with it
    connect(&m_identity, &kube::ClusterIdentity::recreated, this, [this] {
        for (const Watched &watched : m_watched)
            watched.reflector->restart();
        if (m_definitionsWatch)
            m_definitionsWatch->restart();
        lookAtVersions();
    });
    const kube::Connection &connection = client.transport().connection();
    m_ownNamespace = connection.nameSpace;
    m_state.context = connection.context;
    m_state.server = connection.server.toString();
    m_state.mode = modeOf(connection.mode);
    m_snapshotTimer.setParent(this);
    m_snapshotTimer.setSingleShot(true);
    m_retryTimer.setParent(this);
    m_retryTimer.setSingleShot(true);
    m_wideTimer.setParent(this);
    m_wideTimer.setSingleShot(true);
    m_lookTimer.setParent(this);
    m_lookTimer.setSingleShot(true);
    m_waitTimer.setParent(this);
    m_waitTimer.setSingleShot(true);
    connect(&m_probes, &ConnectionProbes::changed, this, [this] {
        if (std::exchange(m_state.roundTripMs, m_probes.roundTripMs()) != m_probes.roundTripMs())
            Q_EMIT connectionChanged(m_state);
        report();
    });
    connect(&m_waitTimer, &QTimer::timeout, this, [this] { waits({}, 0); });
    connect(&client, &kube::Client::waiting, this, &ClusterWatch::waits);
    connect(&m_snapshotTimer, &QTimer::timeout, this, &ClusterWatch::buildSnapshot);
    connect(&m_retryTimer, &QTimer::timeout, this, &ClusterWatch::connectOnce);
    connect(&m_wideTimer, &QTimer::timeout, this, [this] { askForAll(false); });
    connect(&m_lookTimer, &QTimer::timeout, this, &ClusterWatch::lookAtVersions);
}

void ClusterWatch::start()
{
    m_state.phase = models::ConnectionState::Phase::Connecting;
    m_state.since = QDateTime::currentDateTimeUtc();
    Q_EMIT connectionChanged(m_state);
    connectOnce();
}

void ClusterWatch::retryNow()
{
    if (m_watched.empty()) {
        m_retryTimer.stop();
        start();
        return;
    }
    for (const Watched &watched : m_watched)
        watched.reflector->retryNow();
    lookAtVersions();
    m_widePause = {};
    askForAll(true);
}

void ClusterWatch::refresh()
{
    for (const Watched &watched : m_watched)
        watched.reflector->refresh();
    retryNow();
}

void ClusterWatch::whenSeen(const QList<QPair<kube::ResourceType, QString>> &versions,
                            std::function<void()> then)
{
    const auto left = std::make_shared<qsizetype>(1);
    const auto seen = [left, then = std::move(then)] {
        if (--*left == 0)
            then();
    };
    for (const auto &[type, version] : versions) {
        const Watched *watched = find(type.plural);
        if (!watched || watched->type.group != type.group)
            continue;
        ++*left;
        watched->reflector->whenSeen(version, this, seen);
    }
    seen();
}

void ClusterWatch::watchIn(const QString &nameSpace)
{
    m_ownNamespace = nameSpace.isEmpty() ? m_client.transport().connection().nameSpace : nameSpace;
    for (qsizetype index = 0; index < qsizetype(m_watched.size()); ++index) {
        const QString now = m_watched[size_t(index)].nameSpace;
        if (!now.isEmpty() && now != m_ownNamespace)
            startReflector(index, m_ownNamespace);
    }
}

void ClusterWatch::connectOnce()
{
    waits({}, 0); // which the server may have asked the question before to do, for long
    m_asked.request_stop();
    m_asked = {};
    whenDone(m_client.version(m_asked.get_token()), this,
             [this](const kube::Result<kube::ServerVersion> &version) {
                 if (version)
                     connected(*version);
                 else if (version.error().kind != kube::Error::Kind::Cancelled) // asked anew
                     failed(version.error());
             });
}

void ClusterWatch::failed(const kube::Error &error)
{
    const int seconds = std::min(MaximumBackOffSeconds, 1 << std::min(m_failures++, 5));
    m_state.phase = models::ConnectionState::Phase::Failed;
    m_state.message = error.message;
    m_state.since = QDateTime::currentDateTimeUtc();
    m_state.retryAt = m_state.since.addSecs(seconds);
    m_retryTimer.start(std::chrono::seconds(seconds));
    Q_EMIT connectionChanged(m_state);
}

void ClusterWatch::waits(const QString &why, int seconds)
{
    m_state.waiting = why.isEmpty() ? QString() : u"%1, again in %2 s"_s.arg(why).arg(seconds);
    if (!why.isEmpty())
        m_waitTimer.start(std::chrono::seconds(seconds + 1));
    else
        m_waitTimer.stop();
    Q_EMIT connectionChanged(m_state);
}

// How far the first list of Mappings is, and which kinds are missing or known for one namespace only.
void ClusterWatch::addProgress(models::ConnectionState &next) const
{
    next.listed = 0;
    next.remaining = -1;
    next.partial.clear();
    next.refusedAt.clear();
    QList<GroupAndPlural> missing;
    for (const Watched &watched : m_watched) {
        const kube::WatchState &state = watched.reflector->state();
        if (watched.refusedAt.isValid())
            next.refusedAt.insert(watched.type.plural, watched.refusedAt);
        if (watched.type.plural == "mappings"_L1 && state.phase == kube::WatchState::Phase::Listing) {
            next.listed = state.listed;
            next.remaining = state.remaining;
        }
        if (!watched.onlyIn().isEmpty() && watched.store->isComplete())
            next.partial.append(u"%1: only in namespace %2, the whole cluster is forbidden"_s.arg(
                watched.type.plural, watched.onlyIn()));
        else if (state.isListedOnly)
            next.partial.append(
                u"%1: read again every minute, watching them is forbidden"_s.arg(watched.type.plural));
        else if (state.phase == kube::WatchState::Phase::Waiting
                 && state.error.kind == kube::Error::Kind::Forbidden)
            next.partial.append(u"%1: forbidden"_s.arg(watched.type.plural));
        else
            continue;
        missing.append({watched.type.group, watched.type.plural});
    }
    for (const OtherRight &right : m_probes.lacks())
        next.partial.append(
            u"%1 %2: forbidden, so it is not known %3"_s.arg(right.verb, right.resource, right.meaning));
    next.clusterRole = clusterRole(u"sallyport-read"_s, missing, m_probes.lacks());
}

void ClusterWatch::connected(const kube::ServerVersion &version)
{
    m_failures = 0;
    m_state.version = version.gitVersion;
    m_state.roundTripMs = version.roundTripMs;
    m_clockAheadSeconds = version.clockAheadSeconds;
    m_ownCertificates = ownCertificates(m_client.transport().connection());
    m_probes.begin(version.roundTripMs);
    for (const kube::ResourceType &type : meshTypes(nullptr)) // so that they need not wait for discovery
        watch(type);
    lookAtVersions();
}

// Costs two 304s while nothing has changed.  What was known stays where it cannot be read.
void ClusterWatch::lookAtVersions()
{
    whenDone(m_client.discovery().fetch(m_stop.get_token(), groupsRead()), this,
             [this](const kube::Result<kube::ApiCatalog> &catalog) {
                 if (catalog)
                     m_catalog = *catalog;
                 m_isDiscovered = true;
                 plan();
                 if (catalog && !m_definitionsWatch)
                     watchDefinitions();
             });
}

// Of those kinds that may be an edge.
QList<kube::Object> ClusterWatch::workloads() const
{
    QList<kube::Object> all;
    for (const QString &plural : {u"deployments"_s, u"daemonsets"_s}) {
        if (const Watched *watched = find(plural))
            all += watched->store->objects();
    }
    return all;
}

// Ambassador's kinds wait for the workloads: they tell which generation reads them, and so in which version.
void ClusterWatch::plan()
{
    for (const QString &plural : {u"deployments"_s, u"daemonsets"_s}) {
        const Watched *watched = find(plural);
        if (!m_isDiscovered || !watched || !isSettled(*watched))
            return;
    }
    m_isFirstGeneration = readsFirstGeneration(workloads());
    m_ambassadorAdded = true;
    const kube::ApiCatalog *catalog = m_catalog ? &*m_catalog : nullptr;
    for (const kube::ResourceType &type :
         meshTypes(catalog) + ambassadorTypes(catalog, m_isFirstGeneration)) {
        const auto known = std::find_if(m_watched.begin(), m_watched.end(), [&type](const Watched &watched) {
            return watched.type.plural == type.plural;
        });
        if (known == m_watched.end()) {
            watch(type);
        } else if (!(known->type == type)) {
            known->type = type;
            known->store->retell(); // the same versions, in another form
            startReflector(known - m_watched.begin(), known->nameSpace);
        }
    }
    report();
}

// A kind that is known not to be served is not asked about again: the definitions are watched.
bool ClusterWatch::mayBeServedByNow(const kube::ResourceType &type) const
{
    const bool isWatched =
        m_definitionsWatch && m_definitionsWatch->state().phase != kube::WatchState::Phase::Idle;
    return !m_catalog || !isWatched || m_catalog->find(type.group, type.plural, {type.version});
}

// One watch, of metadata alone, instead of asking again and again.  Where it is forbidden a 404 still tells.
void ClusterWatch::watchDefinitions()
{
    constexpr std::chrono::seconds Pause{1};  // several versions of several kinds change together
    constexpr std::chrono::seconds Later{10}; // discovery may follow its definitions slowly
    m_lookTimer.setInterval(Pause);
    m_definitionsWatch = std::make_unique<kube::Reflector>(
        m_client.transport(), definitionsType(m_catalog ? &*m_catalog : nullptr), QString(), m_definitions);
    m_definitionsWatch->readMetadataOnly();
    connect(&m_definitions, &kube::ObjectStore::completed, this, [this] { // what stands there is known by now
        connect(&m_definitions, &kube::ObjectStore::changed, this, [this] {
            if (!m_lookTimer.isActive())
                QTimer::singleShot(Later, this, &ClusterWatch::lookAtVersions);
            m_lookTimer.start();
        });
    });
    connect(m_definitionsWatch.get(), &kube::Reflector::stateChanged, this,
            [this](const kube::WatchState &state) {
                if (state.phase == kube::WatchState::Phase::Waiting && isAboutTheKind(state.error))
                    QTimer::singleShot(0, this, [this] { m_definitionsWatch->stop(); });
            });
    m_definitionsWatch->start();
}

void ClusterWatch::watch(const kube::ResourceType &type)
{
    const auto index = qsizetype(m_watched.size());
    m_watched.push_back({type, new kube::ObjectStore(this), nullptr, {}, {}, {}});
    kube::ObjectStore *store = m_watched.back().store;
    connect(store, &kube::ObjectStore::changed, this, &ClusterWatch::report);
    connect(store, &kube::ObjectStore::completed, this, [this] {
        if (!m_ambassadorAdded)
            plan();
        report();
    });
    if (type.plural == "deployments"_L1 || type.plural == "daemonsets"_L1) {
        connect(store, &kube::ObjectStore::changed, this, [this](const QList<kube::Delta> &batch) {
            const bool isAboutAnEdge = std::any_of(
                batch.cbegin(), batch.cend(), [](const kube::Delta &delta) { return hasEdge(delta.object); });
            if (m_ambassadorAdded && isAboutAnEdge
                && readsFirstGeneration(workloads()) != m_isFirstGeneration)
                plan();
        });
    }
    Q_EMIT storeMade(type.plural, store);
    startReflector(index, {});
}

void ClusterWatch::startReflector(qsizetype index, const QString &nameSpace)
{
    Watched &watched = m_watched[size_t(index)];
    if (watched.reflector) {
        watched.reflector->disconnect(this);
        watched.reflector->deleteLater();
    }
    watched.nameSpace = nameSpace;
    watched.store->setScope(nameSpace);
    watched.reflector =
        new kube::Reflector(m_client.transport(), watched.type, nameSpace, *watched.store, this);
    connect(watched.reflector, &kube::Reflector::stateChanged, this,
            [this, index](const kube::WatchState &state) { reflectorChanged(index, state); });
    if (watched.type.plural == "mappings"_L1 && !watched.store->isComplete())
        watched.reflector->tellParts(); // somebody waits for the first rows
    watched.reflector->start();
}

void ClusterWatch::reflectorChanged(qsizetype index, const kube::WatchState &state)
{
    Watched &watched = m_watched[size_t(index)];
    const bool waiting = state.phase == kube::WatchState::Phase::Waiting;
    if (waiting && state.error.kind == kube::Error::Kind::Forbidden)
        watched.refusedAt = QDateTime::currentDateTimeUtc();
    else if (state.phase
             != kube::WatchState::Phase::Listing) // while it is asked again, the last answer stands
        watched.refusedAt = {};
    // Who may list all but not watch it is shown all, by lists: another namespace's objects would be gone else.
    if (waiting && state.error.kind == kube::Error::Kind::Forbidden && !state.isListedOnly
        && watched.nameSpace.isEmpty() && watched.type.namespaced)
        QTimer::singleShot(0, this, [this, index] { narrow(index); });
    if (state.phase == kube::WatchState::Phase::Live) {
        m_identity.check(); // what answers after a break may be another cluster
        watched.filled = watched.nameSpace;
    }
    if (waiting && state.error.kind == kube::Error::Kind::NotFound && !m_lookTimer.isActive()
        && mayBeServedByNow(watched.type))
        m_lookTimer.start();
    if (!m_ambassadorAdded)
        plan();
    report();
}

void ClusterWatch::narrow(qsizetype index)
{
    if (!m_watched[size_t(index)].nameSpace.isEmpty())
        return;
    startReflector(index, m_ownNamespace);
    if (!m_wideTimer.isActive())
        m_wideTimer.start(m_widePause = std::max(m_widePause, FirstWidePause));
}

// Rights can be given back.  The narrow watch goes on until the server says so; where it does not answer such questions, until a
// person wants to know: then all is asked for, and the answer is narrowed again.
void ClusterWatch::askForAll(bool isWanted)
{
    m_wideTimer.stop();
    m_client.access().forget();
    m_probes.askForRights();
    bool isAnyNarrow = false;
    for (qsizetype index = 0; index < qsizetype(m_watched.size()); ++index) {
        const Watched &watched = m_watched[size_t(index)];
        if (watched.nameSpace.isEmpty())
            continue;
        isAnyNarrow = true;
        whenDone(
            m_client.access().ask({u"list"_s, watched.type.group, watched.type.plural}, m_stop.get_token()),
            this, [this, index, isWanted](const kube::Result<kube::AccessVerdict> &verdict) {
                const bool asks = verdict ? verdict->isAllowed : isWanted;
                if (asks && !m_watched[size_t(index)].nameSpace.isEmpty())
                    startReflector(index, {});
            });
    }
    if (!isAnyNarrow)
        return;
    m_widePause = std::clamp(m_widePause * 2, FirstWidePause, LongestWidePause);
    m_wideTimer.start(m_widePause);
}

const ClusterWatch::Watched *ClusterWatch::find(const QString &plural) const
{
    for (const Watched &watched : m_watched) {
        if (watched.type.plural == plural)
            return &watched;
    }
    return nullptr;
}

bool ClusterWatch::isSettled(const Watched &watched) const
{
    const kube::WatchState &state = watched.reflector->state();
    return watched.store->isComplete()
        || (state.phase == kube::WatchState::Phase::Waiting && !isOnlyListedAgain(state));
}

// Stale as soon as one kind that we know cannot be kept up for a reason of the connection; live again when all are.
void ClusterWatch::report()
{
    models::ConnectionState next = m_state;
    next.phase =
        m_ambassadorAdded ? models::ConnectionState::Phase::Live : models::ConnectionState::Phase::Connecting;
    next.message.clear();
    next.isRefused = false;
    bool anyListed = false;
    for (const Watched &watched : m_watched) {
        const kube::WatchState &state = watched.reflector->state();
        anyListed = anyListed || watched.store->isComplete();
        next.lastEvent = std::max(next.lastEvent, state.lastEvent);
        if (state.phase != kube::WatchState::Phase::Waiting || isAboutTheKind(state.error)
            || isOnlyListedAgain(state))
            continue;
        next.phase = models::ConnectionState::Phase::Stale;
        next.message = isAboutVersions(state.error)
            ? u"%1 refuses every list of %2 as expired; see whether the API server is being restored or is overloaded"_s
                  .arg(m_state.server, watched.type.plural)
            : state.error.message;
        next.isRefused = state.error.kind == kube::Error::Kind::Unauthorized;
        next.retryAt = state.retryAt;
    }
    if (next.phase == models::ConnectionState::Phase::Stale && !anyListed)
        next.phase = models::ConnectionState::Phase::Failed;
    addProgress(next);
    if (next.phase != m_state.phase)
        next.since = QDateTime::currentDateTimeUtc();
    if (const Watched *mappings = find(u"mappings"_s))
        next.mappings = mappings->store->size();
    if (const Watched *hosts = find(u"hosts"_s))
        next.hosts = hosts->store->size();
    if (!(next == m_state)) {
        m_state = next;
        Q_EMIT connectionChanged(m_state);
    }
    if (!m_snapshotTimer.isActive())
        m_snapshotTimer.start(SnapshotPause);
}

void ClusterWatch::buildSnapshot()
{
    models::SnapshotInput input;
    const bool isLost = m_state.phase == models::ConnectionState::Phase::Stale && m_state.lastEvent.isValid();
    input.takenAt = isLost ? m_state.lastEvent : QDateTime::currentDateTimeUtc();
    input.clockAheadSeconds = m_clockAheadSeconds;
    input.ownCertificates = m_ownCertificates;
    for (const Watched &watched : m_watched) {
        if (!isSettled(watched))
            return; // half a cluster would make findings that are not true
        if (!watched.onlyIn().isEmpty() && watched.store->isComplete())
            input.onlyIn.insert(watched.type.plural, watched.onlyIn());
        if (watched.store->isComplete())
            input.objects.insert(watched.type.plural, watched.store->objects());
        else
            input.unavailable.insert(watched.type.plural, watched.reflector->state().error);
    }
    if (m_ambassadorAdded)
        Q_EMIT snapshotReady(input);
}

} // namespace app
