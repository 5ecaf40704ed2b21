// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshot_fetch.h"

#include "app/own_certificates.h"
#include "app/snapshot_plan.h"
#include "kube/discovery.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

// Two kinds are called gateways; Istio's is kept by its whole name.
QString keyOf(const kube::ResourceType &type)
{
    return type.plural == "gateways"_L1 && type.group == "networking.istio.io"_L1
        ? u"gateways.networking.istio.io"_s
        : type.plural;
}

// Cluster-wide, or where that is forbidden (an account for one team) in the context's own namespace.
void take(models::SnapshotInput &input, kube::Client &client, const kube::ResourceType &type,
          kube::Result<kube::ObjectList> list, std::stop_token stop)
{
    if (!list && list.error().kind == kube::Error::Kind::Forbidden && type.namespaced) {
        const QString own = client.transport().connection().nameSpace;
        if (auto narrowed = client.list(type, own, stop).result()) {
            input.onlyIn.insert(keyOf(type), own);
            list = std::move(narrowed);
        }
    }
    if (list)
        input.objects.insert(keyOf(type), list->items);
    else
        input.unavailable.insert(keyOf(type), list.error());
}

// How long a list is asked for again that the server answers with "later".  A kind whose conversion webhook does not answer
// stays unreadable for as long as that lasts; the client would try for most of a minute, and nothing be said till then.
constexpr int WaitLimitSeconds = 4;

struct Patience // with one list; written on the cluster thread, before the list ends
{
    QString path;
    std::stop_source stop;
    int seconds = 0;
    QString why; // it was given up; "" it was not
};

using PatienceWith = std::vector<std::shared_ptr<Patience>>;

void limitWaits(const PatienceWith &lists, const QString &why, int seconds)
{
    for (const auto &list : lists) {
        if (!why.contains(list->path) || !list->why.isEmpty()
            || (list->seconds += seconds) <= WaitLimitSeconds)
            continue;
        const int waited = list->seconds - seconds;
        list->why = waited > 0 ? u"%1; asked again for %2 s, then given up"_s.arg(why).arg(waited)
                               : u"%1; the server asks to wait %2 s, not waited for"_s.arg(why).arg(seconds);
        list->stop.request_stop();
    }
}

// As takeAll(), and what the server puts off is given up soon.
void takeWithoutWaiting(models::SnapshotInput &input, kube::Client &client,
                        const QList<kube::ResourceType> &types, std::stop_token stop)
{
    PatienceWith lists;
    for (const kube::ResourceType &type : types) {
        auto list = std::make_shared<Patience>();
        list->path = u"/apis/%1/%2/%3"_s.arg(type.group, type.version, type.plural);
        lists.push_back(std::move(list));
    }
    const auto waits =
        QObject::connect(&client, &kube::Client::waiting, &client,
                         [lists](const QString &why, int seconds) { limitWaits(lists, why, seconds); });
    const std::stop_callback forward(stop, [&lists] {
        for (const auto &list : lists)
            list->stop.request_stop();
    });
    std::vector<QFuture<kube::Result<kube::ObjectList>>> pending;
    for (qsizetype i = 0; i < types.size(); ++i)
        pending.push_back(client.list(types[i], {}, lists[std::size_t(i)]->stop.get_token()));
    for (qsizetype i = 0; i < types.size(); ++i) {
        kube::Result<kube::ObjectList> list = pending[std::size_t(i)].result();
        if (const QString &why = lists[std::size_t(i)]->why; !list && !why.isEmpty())
            list = kube::failure(kube::Error::Kind::TooManyRequests, why);
        take(input, client, types[i], std::move(list), stop);
    }
    QObject::disconnect(waits);
}

void takeAll(models::SnapshotInput &input, kube::Client &client, const QList<kube::ResourceType> &types,
             std::stop_token stop)
{
    QList<std::pair<kube::ResourceType, QFuture<kube::Result<kube::ObjectList>>>> pending;
    for (const kube::ResourceType &type : types)
        pending.append({type, client.list(type, {}, stop)});
    for (auto &[type, future] : pending)
        take(input, client, type, future.result(), stop);
}

// Of what the API server itself keeps: who may not read it, or has a server without it, is told so and goes on with the rest.  Any
// other failure says nothing of what is there, and a verdict without it would be one on an empty cluster.
std::optional<kube::Error> lostAnswer(const models::SnapshotInput &input)
{
    using Kind = kube::Error::Kind;
    for (const QString &plural : {u"namespaces"_s, u"pods"_s, u"services"_s, u"deployments"_s,
                                  u"daemonsets"_s, u"configmaps"_s, u"secrets"_s}) {
        const auto failed = input.unavailable.constFind(plural);
        if (failed == input.unavailable.constEnd() || failed->kind == Kind::Forbidden
            || failed->kind == Kind::NotFound)
            continue;
        kube::Error error = *failed;
        error.message = u"%1 could not be read: %2"_s.arg(plural, error.message);
        return error;
    }
    return {};
}

} // namespace

std::optional<kube::Error> commonFailure(const models::SnapshotInput &input)
{
    if (!input.objects.isEmpty() || input.unavailable.isEmpty())
        return {};
    return input.unavailable.begin().value();
}

kube::Result<models::SnapshotInput> fetchSnapshot(kube::Client &client, std::stop_token stop)
{
    auto discovered = client.discovery().fetch(stop, groupsRead());
    const auto version = client.version(stop).result();
    if (!version)
        return tl::unexpected(version.error());

    models::SnapshotInput input;
    input.takenAt = QDateTime::currentDateTimeUtc();
    input.clockAheadSeconds = version->clockAheadSeconds;
    input.ownCertificates = ownCertificates(client.transport().connection());

    // Which versions are served decides what is asked for: guessed ones would be answered by 404.
    const auto served = discovered.result();
    if (!served && served.error().kind != kube::Error::Kind::Forbidden)
        return tl::unexpected(served.error());
    const kube::ApiCatalog *catalog = served ? &*served : nullptr;

    // All at once: the round trips overlap.  Ambassador's kinds wait for the workloads, which tell its generation.
    takeAll(input, client, meshTypes(catalog), stop);
    takeWithoutWaiting(input, client,
                       ambassadorTypes(catalog,
                                       readsFirstGeneration(input.objects.value(u"deployments"_s)
                                                            + input.objects.value(u"daemonsets"_s))),
                       stop);

    if (const auto failure = commonFailure(input))
        return tl::unexpected(*failure);
    if (const auto lost = lostAnswer(input))
        return tl::unexpected(*lost);
    return input;
}

void fetchPlatform(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    const auto served = client.discovery().fetch(stop, groupsRead()).result();
    const kube::ApiCatalog *catalog = served ? &*served : nullptr;
    // Definitions are large and many, but each of them may be converted by a webhook that a switch to STRICT cuts off; no
    // narrower question tells which.
    takeAll(input, client, platformTypes(catalog) + QList{definitionsType(catalog)}, stop);
    for (const QString &plural : unservedPlatform(catalog)) {
        const bool isTaken = input.objects.contains(plural) || input.unavailable.contains(plural);
        if (isTaken) // Istio's gateways are kept by another name
            continue;
        kube::Error none;
        none.kind = kube::Error::Kind::NotFound;
        none.message = u"the API server serves no kind called %1"_s.arg(plural);
        input.unavailable.insert(plural, none);
    }
}

} // namespace app
