// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/log_target.h"

#include "app/cli/kind_names.h"
#include "app/cli/pod_selector.h"
#include "app/cli/whereabouts.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QJsonObject jsonOf(const kube::Object &object) { return QJsonDocument::fromJson(object.json).object(); }

QStringList namesOf(const QJsonValue &containers)
{
    QStringList names;
    for (const QJsonValue &container : containers.toArray())
        names.append(container[u"name"].toString());
    return names;
}

struct Rank // the smaller the better
{
    bool isUnassigned = false, isNotRunning = false, isNotReady = false;
    QString readySince, created;
    bool operator<(const Rank &other) const
    {
        return std::tie(isUnassigned, isNotRunning, isNotReady, readySince, created) < std::tie(
                   other.isUnassigned, other.isNotRunning, other.isNotReady, other.readySince, other.created);
    }
};

Rank rankOf(const kube::Object &pod)
{
    const QJsonObject json = jsonOf(pod);
    Rank rank;
    rank.isUnassigned = json[u"spec"][u"nodeName"].toString().isEmpty();
    rank.isNotRunning = json[u"status"][u"phase"].toString() != u"Running";
    rank.isNotReady = true;
    for (const QJsonValue &condition : json[u"status"][u"conditions"].toArray()) {
        if (condition[u"type"].toString() != u"Ready" || condition[u"status"].toString() != u"True")
            continue;
        rank.isNotReady = false;
        rank.readySince = condition[u"lastTransitionTime"].toString();
    }
    rank.created = pod.creationTimestamp;
    return rank;
}

kube::Result<kube::Object> bestPod(const Session &session, kube::Client &client, const QString &nameSpace,
                                   const QString &kind, const QString &name, QString &note)
{
    const auto resource = resourceNamed(session, client, kind);
    if (!resource)
        return tl::unexpected(resource.error());
    const auto owner = client.get(resource->type, nameSpace, name, session.stop()).result();
    if (!owner)
        return tl::unexpected(
            withWhereabouts(session, client, {resource->type, nameSpace, name}, owner.error()));
    kube::ListOptions options;
    options.labelSelector = podSelector(*owner);
    if (options.labelSelector.isEmpty())
        return kube::failure(kube::Error::Kind::NotFound,
                             u"%1/%2 selects no pods, so it has no log; name a pod"_s.arg(kind, owner->name));
    auto pods = client.list(kube::types::pods(), nameSpace, options, session.stop()).result();
    if (!pods)
        return tl::unexpected(pods.error());
    if (pods->items.isEmpty())
        return kube::failure(
            kube::Error::Kind::NotFound,
            u"%1/%2 has no pod in %3, so there is no log"_s.arg(kind, owner->name, nameSpace));
    const auto best = std::min_element(
        pods->items.cbegin(), pods->items.cend(),
        [](const kube::Object &one, const kube::Object &other) { return rankOf(one) < rankOf(other); });
    if (pods->items.size() > 1)
        note = u"note: this is pod %1, one of %2"_s.arg(best->name, QString::number(pods->items.size()));
    return *best;
}

// As kubectl: the one that the annotation names, else the first.
void chooseContainer(const QJsonObject &pod, LogTarget &target)
{
    const QStringList own = namesOf(pod[u"spec"][u"containers"]);
    const QString named =
        pod[u"metadata"][u"annotations"][u"kubectl.kubernetes.io/default-container"].toString();
    QStringList all = own;
    for (const QString &initial : namesOf(pod[u"spec"][u"initContainers"]))
        all.append(initial + u" (init)"_s);
    if (all.size() < 2)
        return;
    target.container = own.contains(named) ? named : own.value(0);
    const QString chosen = u"container %1, of %2; another by -c"_s.arg(target.container, all.join(u", "_s));
    target.note = (target.note.isEmpty() ? u"note: this is "_s : target.note + u", "_s) + chosen;
}

} // namespace

bool isLogTarget(const QString &text)
{
    return !text.isEmpty() && text.count(u'/') <= 1 && !text.startsWith(u'/') && !text.endsWith(u'/');
}

kube::Result<LogTarget> findLogTarget(const Session &session, kube::Client &client, const QString &nameSpace,
                                      const QString &text, const QString &container)
{
    const QString kind = text.contains(u'/') ? text.section(u'/', 0, 0) : u"pod"_s;
    const QString name = text.section(u'/', -1);
    LogTarget target{name, container, {}};
    kube::Result<kube::Object> pod = kube::Object();
    if (QStringList{u"po"_s, u"pod"_s, u"pods"_s}.contains(kind)) {
        if (!container.isEmpty())
            return target;
        pod = client.get(kube::types::pods(), nameSpace, name, session.stop()).result();
        if (!pod && pod.error().kind == kube::Error::Kind::NotFound) {
            kube::Error error =
                withWhereabouts(session, client, {kube::types::pods(), nameSpace, name}, pod.error());
            error.message = u"the log of %1/%2: %3"_s.arg(nameSpace, name, error.message);
            return tl::unexpected(error);
        }
        if (!pod) // the log may be readable all the same
            return target;
    } else {
        pod = bestPod(session, client, nameSpace, kind, name, target.note);
        if (!pod)
            return tl::unexpected(pod.error());
        target.pod = pod->name;
    }
    if (container.isEmpty())
        chooseContainer(jsonOf(*pod), target);
    return target;
}

} // namespace app::cli
