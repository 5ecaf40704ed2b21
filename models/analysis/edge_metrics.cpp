// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_metrics.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// Of a name or an address, within the quotes of a PromQL string.
QString literal(const QString &text)
{
    QString escaped;
    for (const QChar c : text) {
        if (c == u'.')
            escaped += u"\\\\"_s;
        escaped += c;
    }
    return escaped;
}

// The characters that Kubernetes makes names of have no vowels: ambassador-internal-… is no pod of the Deployment ambassador.
QString podPattern(const EdgeInstallation &edge)
{
    const QString made = u"[bcdfghjklmnpqrstvwxz2456789]"_s;
    const QString ofTemplate = edge.kind == "DaemonSet"_L1 ? QString() : u"-%1{1,10}"_s.arg(made);
    return literal(edge.name) + ofTemplate + u"-%1{5}"_s.arg(made);
}

QStringList ownPods(const Snapshot &snapshot, const EdgeInstallation &edge, QString Pod::*field)
{
    QStringList all;
    for (const Pod &pod : snapshot.pods) {
        if (isPodOf(pod, edge) && !(pod.*field).isEmpty())
            all.append(literal(pod.*field));
    }
    all.sort();
    return all;
}

// As a static target names it: the Service with its namespace, or a pod's address.
QStringList targets(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    QStringList all = ownPods(snapshot, edge, &Pod::ip);
    QStringList services;
    for (const Service &service : snapshot.services) {
        const bool isOwn = std::any_of(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &pod) {
            return isPodOf(pod, edge) && service.selects(pod);
        });
        if (isOwn)
            services.append(literal(service.name + u'.' + service.nameSpace) + u"(\\\\..*)?"_s);
    }
    services.sort();
    return all + services;
}

} // namespace

QStringList edgeMatchers(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const QString pods = podPattern(edge);
    const bool isNameShared =
        std::any_of(snapshot.edges.begin(), snapshot.edges.end(), [&edge](const EdgeInstallation &other) {
            return other.name == edge.name && other.nameSpace != edge.nameSpace;
        });
    const QString here = u"namespace=\"%1\""_s.arg(edge.nameSpace);
    QStringList all{u"pod_name=~\"%1\",%2"_s.arg(pods, here)};
    // Without a namespace, only the pods of now are surely this one's where another has its name.
    const QString unplaced = isNameShared ? ownPods(snapshot, edge, &Pod::name).join(u'|') : pods;
    if (!unplaced.isEmpty())
        all.append(u"pod_name=~\"%1\",namespace=\"\""_s.arg(unplaced));
    all.append(u"pod=~\"%1\",%2"_s.arg(pods, here));
    all.append(u"kubernetes_pod_name=~\"%1\",kubernetes_namespace=\"%2\""_s.arg(pods, edge.nameSpace));
    if (const QString addresses = targets(snapshot, edge).join(u'|'); !addresses.isEmpty())
        all.append(
            u"pod_name=\"\",pod=\"\",kubernetes_pod_name=\"\",instance=~\"(%1)(:\\\\d+)?\""_s.arg(addresses));
    return all;
}

QString firstOf(const QStringList &matchers, const std::function<QString(const QString &)> &query)
{
    QStringList all;
    for (const QString &each : matchers)
        all.append(query(each));
    return all.join(u"\nor "_s);
}

} // namespace models
