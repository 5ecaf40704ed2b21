// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/refused_callers.h"

#include "models/analysis/client_rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// Of pods and Jobs that have failed, their workloads: a Job whose pods start again takes them away as it fails.
QStringList failedOutsiders(const Snapshot &snapshot)
{
    QStringList workloads;
    for (const Job &job : snapshot.jobs) {
        const QString workload = job.nameSpace + u'/' + (job.cronJob.isEmpty() ? job.name : job.cronJob);
        if (job.failed && !snapshot.injects(job.nameSpace, job.podLabels, job.podAnnotations)
            && !workloads.contains(workload))
            workloads.append(workload);
    }
    for (const Pod &pod : snapshot.pods) {
        const QString workload = pod.nameSpace + u'/' + pod.workload();
        if (pod.phase == "Failed"_L1 && !pod.hasSidecar && !workloads.contains(workload))
            workloads.append(workload);
    }
    workloads.sort();
    return workloads;
}

const Pod *podAt(const Snapshot &snapshot, const QString &address)
{
    const auto found = std::find_if(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &pod) {
        return !address.isEmpty() && pod.ip == address && !pod.hostNetwork; // else the node's own address
    });
    return found == snapshot.pods.end() ? nullptr : &*found;
}

struct Refusals // of one server
{
    QMap<QString, int> named;                   // by the caller's workload
    QMap<QString, int> unnamed;                 // by address
    bool areInMesh = false, areOutside = false; // of the named ones, some
};

QString remedyOf(const Refusals &refusals, const QList<ObjectRef> &causes)
{
    QStringList remedies;
    if (refusals.areInMesh)
        remedies.append(remedyForMeshCallers(causes));
    if (refusals.areOutside || !refusals.areInMesh)
        remedies.append(
            u"give the caller a sidecar, lead it over the edge, or let the port stay PERMISSIVE"_s);
    return remedies.join(u"; "_s);
}

Finding findingOf(const ObjectRef &server, const Refusals &refusals, const QStringList &suspects,
                  const QList<ObjectRef> &causes)
{
    Finding finding;
    finding.code = u"MT-024"_s;
    finding.subject = server;
    const bool isProved = !refusals.named.isEmpty() || !suspects.isEmpty();
    finding.severity = isProved ? Severity::Error : Severity::Info;
    for (auto one = refusals.named.begin(); one != refusals.named.end(); ++one)
        finding.evidence.append(u"%1 connections of %2"_s.arg(one.value()).arg(one.key()));
    for (auto one = refusals.unnamed.begin(); one != refusals.unnamed.end(); ++one)
        finding.evidence.append(
            u"%1 connections from %2, which is no pod's address"_s.arg(one.value()).arg(one.key()));
    if (!refusals.unnamed.isEmpty() && !suspects.isEmpty())
        finding.evidence.append(
            u"workloads without a sidecar that have failed: %1"_s.arg(suspects.join(u", "_s)));
    finding.message = !refusals.named.isEmpty()
        ? u"it is STRICT and has just refused clear text of %1"_s.arg(refusals.named.keys().join(u" and "_s))
        : isProved
        ? u"it is STRICT and has just refused clear text, likely of %1"_s.arg(suspects.join(u" or "_s))
        : u"it is STRICT and has just refused clear text of callers that are no pods here"_s;
    finding.remedy = remedyOf(refusals, causes);
    return finding;
}

} // namespace

std::optional<QString> refusedPeer(const QByteArray &line)
{
    if (!line.contains(" NR filter_chain_not_found"))
        return {};
    // Istio's format ends: … LOCAL_ADDRESS REMOTE_ADDRESS SERVER_NAME ROUTE; the first address is the server's own.
    QList<QByteArray> addresses;
    for (const QByteArray &word : line.simplified().split(' ')) {
        const qsizetype colon = word.lastIndexOf(':');
        bool isPort = false;
        word.mid(colon + 1).toUShort(&isPort);
        if (colon > 0 && isPort && !word.contains('"') && !word.startsWith('['))
            addresses.append(word.left(colon));
        else if (colon > 0 && isPort && word.startsWith('[') && word.contains("]:"))
            addresses.append(word.mid(1, colon - 2));
    }
    return addresses.size() < 2 ? QString() : QString::fromLatin1(addresses.last());
}

QList<Finding> refusedFindings(const Snapshot &snapshot, const QList<RefusedConnection> &refused)
{
    QHash<QString, QString> workloadOf; // of servers' pods
    for (const Pod &pod : snapshot.pods)
        workloadOf.insert(pod.nameSpace + u'/' + pod.name, pod.nameSpace + u'/' + pod.workload());
    QMap<QString, Refusals> servers;
    for (const RefusedConnection &one : refused) {
        const QString server = workloadOf.value(one.nameSpace + u'/' + one.pod);
        if (server.isEmpty())
            continue;
        if (const Pod *caller = podAt(snapshot, one.peer)) {
            ++servers[server].named[caller->nameSpace + u'/' + caller->workload()];
            (caller->hasSidecar ? servers[server].areInMesh : servers[server].areOutside) = true;
        } else {
            ++servers[server].unnamed[one.peer.isEmpty() ? u"an address that is not logged"_s : one.peer];
        }
    }
    QList<Finding> findings;
    if (servers.isEmpty())
        return findings;
    const QStringList suspects = failedOutsiders(snapshot);
    const QMap<QString, QList<ObjectRef>> causes = causesOfClearText(snapshot);
    for (auto server = servers.begin(); server != servers.end(); ++server) {
        const QList<ObjectRef> own = causes.value(server.key());
        // Nobody is named, and an object that is a finding itself (MT-014, MT-016) makes clients in the mesh do just this.
        if (server->named.isEmpty() && suspects.isEmpty() && !own.isEmpty())
            continue;
        findings.append(
            findingOf(snapshot.workload(server.key().section(u'/', 0, 0), server.key().section(u'/', 1)),
                      *server, server->unnamed.isEmpty() ? QStringList() : suspects, own));
    }
    return findings;
}

} // namespace models
