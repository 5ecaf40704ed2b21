// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_platform.h"

#include "app/snapshot_plan.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString textOf(const edge::Value &value) { return QString::fromStdString(value.text()); }

edge::Value jsonOf(const QByteArray &bytes)
{
    return edge::parseJson(bytes.toStdString()).value_or(edge::Value());
}

void addEvents(models::StrictObservation &seen, const kube::ObjectList &events)
{
    for (const kube::Object &object : events.items) {
        const edge::Value event = jsonOf(object.json);
        const QString reason = textOf(event["reason"]);
        const QString message = textOf(event["message"]);
        const bool isOfWebhook = reason.startsWith("Failed"_L1) && message.contains("webhook"_L1);
        if (reason != "Unhealthy"_L1 && !isOfWebhook)
            continue;
        const QString line = u"%1: %2 %3 (%4)"_s.arg(object.key(), reason, message, textOf(event["count"]));
        if (!seen.badEvents.contains(line))
            seen.badEvents.append(line);
    }
}

void lookAtEvents(models::StrictObservation &seen, kube::Client &client, const QString &nameSpace,
                  std::stop_token stop)
{
    const auto events = client.list(kube::types::events(), nameSpace, stop).result();
    if (!events) {
        seen.notSeen.insert(u"V6"_s, u"events: "_s + events.error().message);
        return;
    }
    addEvents(seen, *events);
    if (nameSpace.isEmpty())
        return;
    // A webhook that a pod in scope serves is missed where pods are made, which may be any namespace.
    const auto failed =
        client.list(kube::types::events(), {}, {.fieldSelector = u"reason=FailedCreate"_s}, stop).result();
    if (failed)
        addEvents(seen, *failed);
    else
        seen.notSeen.insert(u"V6"_s, u"events of other namespaces: "_s + failed.error().message);
}

void lookAtAggregatedApis(models::StrictObservation &seen, kube::Client &client, std::stop_token stop)
{
    const auto type = typeOfKind(nullptr, u"APIService"_s, false);
    if (!type)
        return;
    const auto services = client.list(*type, {}, stop).result();
    if (!services) {
        if (services.error().kind != kube::Error::Kind::NotFound) // a server without aggregation
            seen.notSeen.insert(u"V6"_s, u"APIServices: "_s + services.error().message);
        return;
    }
    for (const kube::Object &object : services->items) {
        const edge::Value service = jsonOf(object.json);
        for (const edge::Value &condition : service.at({"status", "conditions"}).items()) {
            if (condition["type"].text() == "Available" && condition["status"].text() != "True")
                seen.unavailableApis.append(
                    u"APIService %1 is not available: %2"_s.arg(object.name, textOf(condition["reason"])));
        }
    }
}

bool isServedBy(const models::ServiceHook &hook, const models::Snapshot &snapshot,
                const QList<models::Pod> &pods)
{
    const models::Service *service = snapshot.service(hook.nameSpace, hook.service);
    return service && std::any_of(pods.begin(), pods.end(), [&](const models::Pod &pod) {
               return !service->selector.isEmpty() && pod.nameSpace == hook.nameSpace
                   && models::containsAll(pod.labels, service->selector);
           });
}

// One object of a kind in each version that is served: what is stored in another one has to be converted.
void lookAtConversion(models::StrictObservation &seen, kube::Client &client, const QString &definition,
                      std::stop_token stop)
{
    const QString plural = definition.section(u'.', 0, 0);
    const QString group = u"/apis/"_s + definition.section(u'.', 1);
    const auto served = client.rawGet(group, stop).result();
    if (!served)
        return seen.unavailableApis.append(u"%1: %2"_s.arg(definition, served.error().message));
    for (const edge::Value &version : jsonOf(served->body)["versions"].items()) {
        const auto list =
            client.rawGet(u"%1/%2/%3?limit=1"_s.arg(group, textOf(version["version"]), plural), stop)
                .result();
        if (list || list.error().kind == kube::Error::Kind::NotFound) // the version of another kind
            continue;
        if (list.error().message.contains("conversion"_L1))
            seen.unavailableApis.append(u"CustomResourceDefinition %1 cannot be converted"_s.arg(definition));
        else
            seen.notSeen.insert(u"V6"_s, u"conversions: "_s + list.error().message);
        return;
    }
}

// One kind of each Service: they fail together.
void lookAtConversions(models::StrictObservation &seen, kube::Client &client,
                       const models::Snapshot &snapshot, const QList<models::Pod> &pods, std::stop_token stop)
{
    QStringList asked;
    for (const models::ServiceHook &hook : snapshot.serviceHooks) {
        const QString service = hook.nameSpace + u'/' + hook.service;
        if (hook.object.kind != "CustomResourceDefinition"_L1 || asked.contains(service)
            || !isServedBy(hook, snapshot, pods))
            continue;
        asked.append(service);
        lookAtConversion(seen, client, hook.object.name, stop);
    }
}

} // namespace

void lookAtPlatform(models::StrictObservation &seen, kube::Client &client, const models::Snapshot &snapshot,
                    const QList<models::Pod> &pods, const QString &nameSpace, std::stop_token stop)
{
    lookAtEvents(seen, client, nameSpace, stop);
    lookAtAggregatedApis(seen, client, stop);
    lookAtConversions(seen, client, snapshot, pods, stop);
}

} // namespace app
