// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/platform.h"

#include "models/resources/text.h"

#include <QHostAddress>
#include <QUrl>

#include <optional>

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

namespace {

// "https://NAME.NAMESPACE.svc[.cluster.local]:8443/path", or an address in the host's place.
std::optional<ServiceHook> hookOfUrl(const ObjectRef &object, const QString &webhook, const QString &path,
                                     const edge::Value &written)
{
    const QUrl url(text(written));
    const QStringList labels = url.host().split(u'.');
    ServiceHook hook;
    hook.object = object;
    hook.webhook = webhook;
    hook.path = path;
    hook.url = text(written);
    hook.port = url.port(443);
    if (!QHostAddress(url.host()).isNull()) {
        hook.address = url.host();
    } else if (labels.size() > 2 && labels[2] == "svc"_L1) {
        hook.service = labels[0];
        hook.nameSpace = labels[1];
    } else {
        return {};
    }
    return hook;
}

} // namespace

QList<ServiceHook> parseServiceHooks(const edge::Value &object)
{
    QList<ServiceHook> hooks;
    const ObjectRef ref{text(object["kind"]), {}, text(object.at({"metadata", "name"}))};
    const auto addUrl = [&](const QString &webhook, const QString &path, const edge::Value &url) {
        if (const auto hook = url.isString() ? hookOfUrl(ref, webhook, path, url) : std::nullopt)
            hooks.append(*hook);
        return !hooks.isEmpty() && hooks.last().path == path;
    };
    if (ref.kind.endsWith("WebhookConfiguration"_L1)) {
        int number = 0;
        for (const edge::Value &webhook : object["webhooks"].items()) {
            const QString path = u"webhooks[%1].clientConfig."_s.arg(number++);
            if (webhook.at({"clientConfig", "service"}).isObject())
                hooks.append(hookOf(ref, text(webhook["name"]), path + u"service"_s,
                                    webhook.at({"clientConfig", "service"})));
            else if (!addUrl(text(webhook["name"]), path + u"url"_s, webhook.at({"clientConfig", "url"})))
                continue;
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
        else
            addUrl({}, u"spec.conversion.webhook.clientConfig.url"_s,
                   object.at({"spec", "conversion", "webhook", "clientConfig", "url"}));
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
    Job job;
    job.nameSpace = text(metadata["namespace"]);
    job.name = text(metadata["name"]);
    for (const edge::Value &owner : metadata["ownerReferences"].items()) {
        if (owner["controller"].toBool() && owner["kind"].text() == "CronJob")
            job.cronJob = text(owner["name"]);
    }
    for (const edge::Value &condition : object.at({"status", "conditions"}).items()) {
        const bool holds = condition["status"].text() == "True";
        job.failed = job.failed || (condition["type"].text() == "Failed" && holds);
        job.isOver = job.isOver || job.failed || (condition["type"].text() == "Complete" && holds);
    }
    job.isSuspended = object.at({"spec", "suspend"}).toBool();
    const edge::Value &pod = object.at({"spec", "template", "metadata"});
    job.podLabels = texts(pod["labels"]);
    job.podAnnotations = texts(pod["annotations"]);
    return job;
}

Ingress parseIngress(const edge::Value &object)
{
    Ingress ingress;
    ingress.nameSpace = text(object.at({"metadata", "namespace"}));
    ingress.name = text(object.at({"metadata", "name"}));
    ingress.className = text(object.at({"spec", "ingressClassName"}));
    if (ingress.className.isEmpty()) {
        ingress.className = text(object.at({"metadata", "annotations", "kubernetes.io/ingress.class"}));
        ingress.isByAnnotation = !ingress.className.isEmpty();
    }
    const auto add = [&](const edge::Value &backend, const QString &path) {
        const edge::Value &port = backend.at({"service", "port"});
        const bool isOld = !backend.at({"service", "name"}).isString(); // v1beta1
        const Ingress::Backend read{text(isOld ? backend["serviceName"] : backend.at({"service", "name"})),
                                    text(isOld                         ? backend["servicePort"]
                                             : port["number"].isNull() ? port["name"]
                                                                       : port["number"]),
                                    path};
        const bool isKnown =
            std::any_of(ingress.backends.begin(), ingress.backends.end(), [&read](const auto &one) {
                return one.service == read.service && one.port == read.port;
            });
        if (!read.service.isEmpty() && !isKnown)
            ingress.backends.append(read);
    };
    add(object.at({"spec", "defaultBackend"}), u"spec.defaultBackend"_s);
    add(object.at({"spec", "backend"}), u"spec.backend"_s); // v1beta1
    int rules = 0;
    for (const edge::Value &rule : object.at({"spec", "rules"}).items()) {
        int paths = 0;
        for (const edge::Value &path : rule.at({"http", "paths"}).items())
            add(path["backend"], u"spec.rules[%1].http.paths[%2].backend"_s.arg(rules).arg(paths++));
        ++rules;
    }
    return ingress;
}

IngressClass parseIngressClass(const edge::Value &object)
{
    return {text(object.at({"metadata", "name"})), text(object.at({"spec", "controller"})),
            object.at({"metadata", "annotations", "ingressclass.kubernetes.io/is-default-class"}).text()
                == "true"};
}

} // namespace models
