// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/platform.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

ServiceHook hookOf(const ObjectRef &object, const QString &webhook, const QString &path,
                   const edge::Value &service)
{
    ServiceHook hook;
    hook.object = object;
    hook.webhook = webhook;
    hook.path = path;
    hook.nameSpace = text(service["namespace"]);
    hook.service = text(service["name"]);
    hook.port = int(service["port"].toInteger(443));
    return hook;
}

} // namespace

QList<ServiceHook> parseServiceHooks(const edge::Value &object)
{
    QList<ServiceHook> hooks;
    const ObjectRef ref{text(object["kind"]), {}, text(object.at({"metadata", "name"}))};
    if (ref.kind.endsWith("WebhookConfiguration"_L1)) {
        int number = 0;
        for (const edge::Value &webhook : object["webhooks"].items()) {
            const QString path = u"webhooks[%1].clientConfig.service"_s.arg(number++);
            if (!webhook.at({"clientConfig", "service"}).isObject())
                continue;
            hooks.append(hookOf(ref, text(webhook["name"]), path, webhook.at({"clientConfig", "service"})));
            hooks.last().failsClosed = webhook["failurePolicy"].text() != "Ignore";
        }
    } else if (ref.kind == "CustomResourceDefinition"_L1) {
        const edge::Value &service = object.at({"spec", "conversion", "webhook", "clientConfig", "service"});
        const edge::Value &early =
            object.at({"spec", "conversion", "webhookClientConfig", "service"}); // v1beta1
        if (service.isObject())
            hooks.append(hookOf(ref, {}, u"spec.conversion.webhook.clientConfig.service"_s, service));
        else if (early.isObject())
            hooks.append(hookOf(ref, {}, u"spec.conversion.webhookClientConfig.service"_s, early));
    } else if (ref.kind == "APIService"_L1 && object.at({"spec", "service"}).isObject()) {
        hooks.append(hookOf(ref, {}, u"spec.service"_s, object.at({"spec", "service"})));
    }
    return hooks;
}

CronJob parseCronJob(const edge::Value &object)
{
    const edge::Value &pod = object.at({"spec", "jobTemplate", "spec", "template", "metadata"});
    return {text(object.at({"metadata", "namespace"})),
            text(object.at({"metadata", "name"})),
            text(object.at({"spec", "schedule"})),
            object.at({"spec", "suspend"}).toBool(),
            texts(pod["labels"]),
            texts(pod["annotations"])};
}

Job parseJob(const edge::Value &object)
{
    const edge::Value &metadata = object["metadata"];
    Job job{text(metadata["namespace"]), text(metadata["name"]), {}, false, {}, {}};
    for (const edge::Value &owner : metadata["ownerReferences"].items()) {
        if (owner["controller"].toBool() && owner["kind"].text() == "CronJob")
            job.cronJob = text(owner["name"]);
    }
    for (const edge::Value &condition : object.at({"status", "conditions"}).items())
        job.failed =
            job.failed || (condition["type"].text() == "Failed" && condition["status"].text() == "True");
    const edge::Value &pod = object.at({"spec", "template", "metadata"});
    job.podLabels = texts(pod["labels"]);
    job.podAnnotations = texts(pod["annotations"]);
    return job;
}

ForeignIngress parseIngress(const edge::Value &object)
{
    ForeignIngress ingress;
    ingress.nameSpace = text(object.at({"metadata", "namespace"}));
    ingress.name = text(object.at({"metadata", "name"}));
    ingress.className = text(object.at({"spec", "ingressClassName"}));
    if (ingress.className.isEmpty())
        ingress.className = text(object.at({"metadata", "annotations", "kubernetes.io/ingress.class"}));
    const auto add = [&](const edge::Value &backend) {
        const QString service = backend.at({"service", "name"}).isString()
            ? text(backend.at({"service", "name"}))
            : text(backend["serviceName"]);
        if (!service.isEmpty() && !ingress.services.contains(service))
            ingress.services.append(service);
    };
    add(object.at({"spec", "defaultBackend"}));
    add(object.at({"spec", "backend"})); // v1beta1
    for (const edge::Value &rule : object.at({"spec", "rules"}).items()) {
        for (const edge::Value &path : rule.at({"http", "paths"}).items())
            add(path["backend"]);
    }
    return ingress;
}

} // namespace models
