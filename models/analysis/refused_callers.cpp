// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/refused_callers.h"

#include "models/analysis/client_rules.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

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
        finding.evidence.append(u"%1 of %2"_s.arg(counted(one.value(), u"connection"_s), one.key()));
    for (auto one = refusals.unnamed.begin(); one != refusals.unnamed.end(); ++one)
        finding.evidence.append(
            u"%1 from %2, which is no pod's address"_s.arg(counted(one.value(), u"connection"_s), one.key()));
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

QString withoutPort(const QByteArray &address)
{
    const QByteArray host = address.left(address.lastIndexOf(':'));
    return QString::fromLatin1(host.startsWith('[') && host.endsWith(']') ? host.sliced(1, host.size() - 2)
                                                                          : host);
}

bool isAddress(const QByteArray &word)
{
    const qsizetype colon = word.lastIndexOf(':');
    bool isPort = false;
    word.mid(colon + 1).toUShort(&isPort);
    return colon > 0 && isPort && !word.contains('"') && (!word.startsWith('[') || word.contains("]:"));
}

// Of a line that begins with it, in brackets or not.
QString timeOf(const QByteArray &line)
{
    if (line.startsWith('['))
        return QString::fromLatin1(line.sliced(1, std::max<qsizetype>(0, line.indexOf(']') - 1)));
    const QString first = QString::fromLatin1(line.simplified().split(' ').value(0));
    return QDateTime::fromString(first, Qt::ISODateWithMs).isValid() ? first : QString();
}

std::optional<Refusal> refusalOfText(const QByteArray &line)
{
    if (!line.contains(" NR filter_chain_not_found"))
        return {};
    // Istio's format ends: … LOCAL_ADDRESS REMOTE_ADDRESS SERVER_NAME ROUTE; the first address is the server's own.
    QByteArrayList addresses;
    for (const QByteArray &word : line.simplified().split(' ')) {
        if (isAddress(word))
            addresses.append(word);
    }
    Refusal refusal;
    refusal.at = timeOf(line);
    if (addresses.size() >= 2)
        refusal.peer = withoutPort(addresses.last());
    return refusal;
}

std::optional<Refusal> refusalOfJson(const QByteArray &line)
{
    const auto fields = edge::parseJson(line.trimmed().toStdString());
    if (!fields || text((*fields)["response_code_details"]) != "filter_chain_not_found"_L1
        || !text((*fields)["response_flags"]).split(u',').contains(u"NR"_s))
        return {};
    const QByteArray remote = text((*fields)["downstream_remote_address"]).toLatin1();
    return Refusal{text((*fields)["start_time"]), isAddress(remote) ? withoutPort(remote) : QString()};
}

} // namespace

std::optional<Refusal> refusalOf(const QByteArray &line)
{
    if (!line.contains("filter_chain_not_found"))
        return {};
    return line.trimmed().startsWith('{') ? refusalOfJson(line) : refusalOfText(line);
}

std::optional<HandshakeFault> handshakeFaultOf(const QByteArray &line)
{
    for (const char *code : {"CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN", "CERTIFICATE_VERIFY_FAILED"}) {
        if (!line.contains(code))
            continue;
        HandshakeFault fault{timeOf(line), QString::fromLatin1(code)};
        if (!line.trimmed().startsWith('{'))
            return fault;
        if (const auto fields = edge::parseJson(line.trimmed().toStdString()))
            fault.at = text(fields->find("start_time") ? (*fields)["start_time"] : (*fields)["time"]);
        return fault;
    }
    return {};
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
