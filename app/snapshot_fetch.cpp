// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshot_fetch.h"

#include "app/snapshot_plan.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

// Cluster-wide, or where that is forbidden (an account for one team) in the context's own namespace.
void take(models::SnapshotInput &input, kube::Client &client, const kube::ResourceType &type,
          kube::Result<kube::ObjectList> list, std::stop_token stop)
{
    if (!list && list.error().kind == kube::Error::Kind::Forbidden && type.namespaced) {
        const QString own = client.transport().connection().nameSpace;
        if (auto narrowed = client.list(type, own, stop).result()) {
            input.onlyIn.insert(type.plural, own);
            list = std::move(narrowed);
        }
    }
    if (list)
        input.objects.insert(type.plural, list->items);
    else
        input.unavailable.insert(type.plural, list.error());
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
    const auto version = client.version(stop).result();
    if (!version)
        return tl::unexpected(version.error());

    models::SnapshotInput input;
    input.takenAt = QDateTime::currentDateTimeUtc();

    // All at once: the round trips overlap.  Ambassador's kinds wait for the Deployments, which tell its generation.
    auto group = client.rawGet(u"/apis/getambassador.io"_s, stop);
    QList<std::pair<kube::ResourceType, QFuture<kube::Result<kube::ObjectList>>>> pending;
    for (const kube::ResourceType &type : snapshotTypes({}))
        pending.append({type, client.list(type, {}, stop)});
    for (auto &[type, future] : pending)
        take(input, client, type, future.result(), stop);

    const auto groupAnswer = group.result();
    const QString ambassador = ambassadorVersion(groupAnswer ? groupAnswer->body : QByteArray(),
                                                 containerImages(input.objects.value(u"deployments"_s)));
    pending.clear();
    for (const kube::ResourceType &type : snapshotTypes(ambassador)) {
        if (type.group == "getambassador.io"_L1)
            pending.append({type, client.list(type, {}, stop)});
    }
    for (auto &[type, future] : pending)
        take(input, client, type, future.result(), stop);

    if (const auto failure = commonFailure(input))
        return tl::unexpected(*failure);
    return input;
}

namespace {

// Definitions are large and many; only those whose conversion a webhook of Ambassador may do are read, by name.
void fetchConversions(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    const kube::ResourceType definitions{u"apiextensions.k8s.io"_s, u"v1"_s, u"customresourcedefinitions"_s,
                                         u"CustomResourceDefinition"_s, false};
    QList<QFuture<kube::Result<kube::Object>>> pending;
    for (const QString &plural : {u"mappings"_s, u"hosts"_s, u"tlscontexts"_s})
        pending.append(client.get(definitions, {}, plural + u".getambassador.io"_s, stop));
    for (auto &future : pending) {
        const auto definition = future.result();
        if (definition)
            input.objects[definitions.plural].append(*definition);
        else if (definition.error().kind != kube::Error::Kind::NotFound)
            input.unavailable.insert(definitions.plural, definition.error());
    }
}

} // namespace

void fetchPlatform(kube::Client &client, models::SnapshotInput &input, std::stop_token stop)
{
    QList<std::pair<kube::ResourceType, QFuture<kube::Result<kube::ObjectList>>>> pending;
    const auto group = client.rawGet(u"/apis/getambassador.io"_s, stop).result();
    const QString ambassador = ambassadorVersion(group ? group->body : QByteArray(),
                                                 containerImages(input.objects.value(u"deployments"_s)));
    for (const kube::ResourceType &type : platformTypes(ambassador))
        pending.append({type, client.list(type, {}, stop)});
    fetchConversions(client, input, stop);
    for (auto &[type, future] : pending)
        take(input, client, type, future.result(), stop);
}

} // namespace app
