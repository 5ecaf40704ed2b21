// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/apply_migration.h"

#include "app/field_ownership.h"
#include "models/analysis/change_set.h"
#include "models/analysis/desired_state.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

using edge::Value;

QByteArray bytesOf(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

kube::Result<Value> readJson(const QByteArray &json, const ManagedObject &object)
{
    auto value = edge::parseJson(json.toStdString());
    if (!value)
        return kube::failure(
            kube::Error::Kind::Protocol,
            u"the server's answer for %1 %2 is no JSON"_s.arg(object.type.kind, object.name));
    return std::move(*value);
}

} // namespace

kube::Result<Migration> migrationOf(kube::Client &client, const ManagedObject &object, std::stop_token stop)
{
    if (object.type == kube::types::secrets())
        return Migration{};
    const auto answer =
        client
            .getAs(object.type.path(object.nameSpace, object.name),
                   "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json", {}, stop)
            .result();
    if (!answer)
        return tl::unexpected(answer.error());
    const auto read = readJson(answer->body, object);
    if (!read)
        return tl::unexpected(read.error());
    const Value &metadata = (*read)["metadata"];
    return Migration{metadata["managedFields"], models::text(metadata["resourceVersion"]),
                     clientSideAppliers(metadata["managedFields"])};
}

kube::Result<Value> predicted(kube::Client &client, const ManagedObject &object, const Migration &migration,
                              const TriedApply &apply, const QString &manager, std::stop_token stop)
{
    const Value rest =
        withoutForsaken(apply.after, apply.manifest, migration.managedFields, migration.clientSide, manager);
    const Value patch =
        models::difference(models::withoutServerFields(apply.before), models::withoutServerFields(rest));
    if (patch.members().empty())
        return apply.after;
    kube::WriteOptions options;
    options.dryRun = true;
    options.fieldManager = manager;
    const auto tried =
        client.mergePatch(object.type, object.nameSpace, object.name, bytesOf(patch), options, stop).result();
    if (!tried)
        return tl::unexpected(tried.error());
    return readJson(tried->json, object);
}

// Both are replaced, not tested: a stale version is then a conflict, and no invalid request.
kube::Result<QString> migrate(kube::Client &client, const ManagedObject &object, const Migration &migration,
                              const QString &manager, std::stop_token stop)
{
    const auto replace = [](const char *path, Value value) {
        return Value::object({{"op", "replace"}, {"path", path}, {"value", std::move(value)}});
    };
    const Value operations =
        Value::array({replace("/metadata/managedFields",
                              upgradedToServerSide(migration.managedFields, migration.clientSide, manager)),
                      replace("/metadata/resourceVersion", migration.resourceVersion.toStdString())});
    kube::WriteOptions options;
    options.isConfirmed = true;
    options.fieldManager = manager;
    const auto done =
        client.jsonPatch(object.type, object.nameSpace, object.name, bytesOf(operations), options, stop)
            .result();
    if (!done)
        return tl::unexpected(done.error());
    return done->resourceVersion;
}

} // namespace app
