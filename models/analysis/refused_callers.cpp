// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/refused_callers.h"

#include "models/analysis/preflight_scene.h"
#include "models/analysis/refusal_causes.h"
#include "models/analysis/scrape_targets.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const QLatin1String
    GiveSidecar("give the caller a sidecar, lead it over the edge, or let the port stay PERMISSIVE");
const QLatin1String ScrapeOtherwise(
    "let Prometheus read the pods' port 15020 (metrics merging), or let the port stay PERMISSIVE");
constexpr qint64 LeastSilenceMs = 3000;

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

// Of two with one address, of which one has ended, it is the other's now.
const Pod *podAt(const Snapshot &snapshot, const QString &address)
{
    const Pod *found = nullptr;
    for (const Pod &pod : snapshot.pods) {
        if (address.isEmpty() || pod.ip != address || pod.hostNetwork) // else the node's own address
            continue;
        if (!pod.isGone())
            return &pod;
        found = &pod;
    }
    return found;
}

// Its pods of now do, where it is none of them any more.
bool hasSidecarByNow(const Snapshot &snapshot, const Pod &caller)
{
    bool any = false, all = true;
    for (const Pod &pod : snapshot.pods) {
        if (pod.isGone() || pod.nameSpace != caller.nameSpace || pod.workload() != caller.workload())
            continue;
        any = true;
        all = all && pod.hasSidecar;
    }
    return any && all;
}

struct Caller // of one workload
{
    int connections = 0;
    bool isOver = true; // all of them
    bool hasSidecar = false, isPrometheus = false, isEdge = false;
    qint64 lastMs = -1;         // of the last refusal; -1: not logged
    QList<RefusalCause> causes; // that other findings name
    bool isMended() const { return causes.isEmpty() && (hasSidecar || isEdge); }
    bool isFound() const { return causes.isEmpty() && !isOver; }
};

struct Refusals // of one server
{
    QMap<QString, Caller> named; // by the caller's workload
    QMap<QString, int> unnamed;  // by address
    QStringList found() const    // of the named ones, whom nothing explains
    {
        QStringList names;
        for (auto one = named.begin(); one != named.end(); ++one) {
            if (one->isFound())
                names.append(one.key());
        }
        return names;
    }
};

QStringList causeTexts(const QList<RefusalCause> &causes)
{
    QStringList texts;
    for (const RefusalCause &cause : causes)
        texts.append(u"%1 of %2"_s.arg(cause.code, cause.object.text()));
    return texts;
}

void append(QStringList &list, const QString &text)
{
    if (!list.contains(text))
        list.append(text);
}

// Of a caller that has a sidecar, or is the edge, and that no object of now makes speak clear text.
QString afterwards(const Caller &caller)
{
    const QString end = caller.lastMs < 0
        ? QString()
        : u", which is at %1"_s.arg(QDateTime::fromMSecsSinceEpoch(caller.lastMs, Qt::UTC)
                                        .addSecs(RefusalsAreReadSeconds)
                                        .toString(Qt::ISODate));
    return u"nothing, if its cause was mended since: this ends once it was let in for some time, or %1 s "
           u"after the last refusal%2; "
           "if it comes again, %3"_s.arg(RefusalsAreReadSeconds)
               .arg(end,
                    caller.isEdge
                        ? u"see what else in the edge's pods calls it: no Mapping or service of the "
                          "edge leads there in clear text"_s
                        : remedyForMeshCallers({}));
}

QString remedyOf(const Refusals &refusals)
{
    QStringList remedies;
    for (const Caller &caller : refusals.named) {
        QList<ObjectRef> objects;
        for (const RefusalCause &cause : caller.causes) {
            if (cause.code == "MT-001"_L1)
                append(
                    remedies,
                    u"let %1 of the edge speak TLS with the mesh's certificate"_s.arg(cause.object.text()));
            else
                objects.append(cause.object);
        }
        if (!objects.isEmpty())
            append(remedies, remedyForMeshCallers(objects));
        else if (caller.isFound() && caller.isMended())
            append(remedies, afterwards(caller));
        else if (caller.isFound())
            append(remedies, caller.isPrometheus ? ScrapeOtherwise : GiveSidecar);
    }
    if (refusals.named.isEmpty())
        append(remedies, GiveSidecar);
    return remedies.isEmpty() ? u"nothing, unless it comes again"_s : remedies.join(u"; "_s);
}

QStringList evidenceOf(const Refusals &refusals, const QStringList &suspects)
{
    QStringList lines;
    for (auto one = refusals.named.begin(); one != refusals.named.end(); ++one) {
        QString line = u"%1 of %2"_s.arg(counted(one->connections, u"connection"_s), one.key());
        if (!one->causes.isEmpty())
            line += u", which %1 explains"_s.arg(causeTexts(one->causes).join(u", "_s));
        if (one->isOver)
            line += u", and it was let in since"_s;
        else if (one->isMended())
            line += u"; no object that is there now makes it speak clear text"_s;
        lines.append(line);
    }
    for (auto one = refusals.unnamed.begin(); one != refusals.unnamed.end(); ++one)
        lines.append(
            u"%1 from %2, which is no pod's address"_s.arg(counted(one.value(), u"connection"_s), one.key()));
    if (!refusals.unnamed.isEmpty() && !suspects.isEmpty())
        lines.append(u"workloads without a sidecar that have failed: %1"_s.arg(suspects.join(u", "_s)));
    return lines;
}

// Of whom, and why where that is known.
QString messageOf(const Refusals &refusals, const QStringList &suspects)
{
    if (const QStringList found = refusals.found(); !found.isEmpty())
        return u"it is STRICT and has just refused clear text of %1"_s.arg(found.join(u" and "_s));
    if (!refusals.unnamed.isEmpty() && !suspects.isEmpty())
        return u"it is STRICT and has just refused clear text, likely of %1"_s.arg(suspects.join(u" or "_s));
    QStringList causes;
    for (const Caller &caller : refusals.named) {
        for (const QString &cause : causeTexts(caller.causes))
            append(causes, cause);
    }
    const QString names = QStringList(refusals.named.keys()).join(u" and "_s);
    if (!causes.isEmpty())
        return u"it is STRICT and has just refused clear text of %1, which %2 explains"_s.arg(
            names, causes.join(u", "_s));
    return names.isEmpty()
        ? u"it is STRICT and has just refused clear text of callers that are no pods here"_s
        : u"it is STRICT and has refused clear text of %1, which it has let in since"_s.arg(names);
}

Finding findingOf(const ObjectRef &server, const Refusals &refusals, const QStringList &suspects)
{
    Finding finding;
    finding.code = u"MT-024"_s;
    finding.subject = server;
    const bool isProved = !refusals.found().isEmpty() || !suspects.isEmpty();
    finding.severity = isProved ? Severity::Error : Severity::Info;
    finding.evidence = evidenceOf(refusals, suspects);
    finding.message = messageOf(refusals, suspects);
    finding.remedy = remedyOf(refusals);
    return finding;
}

QString withoutPort(const QByteArray &address)
{
    const QByteArray host = address.left(address.lastIndexOf(':'));
    return QString::fromLatin1(host.startsWith('[') && host.endsWith(']') ? host.sliced(1, host.size() - 2)
                                                                          : host);
}

int portOf(const QByteArray &address) { return address.mid(address.lastIndexOf(':') + 1).toInt(); }

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

// Istio's format ends: … LOCAL_ADDRESS REMOTE_ADDRESS SERVER_NAME ROUTE; the first of the two is the server's own.
Refusal entryOfText(const QByteArray &line)
{
    QByteArrayList addresses;
    for (const QByteArray &word : line.simplified().split(' ')) {
        if (isAddress(word))
            addresses.append(word);
    }
    Refusal entry;
    entry.at = timeOf(line);
    if (addresses.size() >= 2) {
        entry.peer = withoutPort(addresses.last());
        entry.port = portOf(addresses[addresses.size() - 2]);
    }
    return entry;
}

Refusal entryOfJson(const edge::Value &fields)
{
    const QByteArray remote = text(fields["downstream_remote_address"]).toLatin1();
    const QByteArray local = text(fields["downstream_local_address"]).toLatin1();
    return {text(fields["start_time"]), isAddress(remote) ? withoutPort(remote) : QString(),
            isAddress(local) ? portOf(local) : 0};
}

std::optional<Refusal> refusalOfJson(const QByteArray &line)
{
    const auto fields = edge::parseJson(line.trimmed().toStdString());
    if (!fields || text((*fields)["response_code_details"]) != "filter_chain_not_found"_L1
        || !text((*fields)["response_flags"]).split(u',').contains(u"NR"_s))
        return {};
    return entryOfJson(*fields);
}

qint64 msecsOf(const QString &at)
{
    const QDateTime time = QDateTime::fromString(at, Qt::ISODateWithMs);
    return time.isValid() ? time.toMSecsSinceEpoch() : -1;
}

bool isOver(QList<qint64> refused, qint64 letIn)
{
    std::sort(refused.begin(), refused.end());
    qint64 silence = LeastSilenceMs;
    for (qsizetype i = 1; i < refused.size(); ++i)
        silence = std::max(silence, 2 * (refused[i] - refused[i - 1]));
    return refused.first() >= 0 && letIn - refused.last() > silence;
}

} // namespace

std::optional<Refusal> refusalOf(const QByteArray &line)
{
    if (!line.contains("filter_chain_not_found"))
        return {};
    if (line.trimmed().startsWith('{'))
        return refusalOfJson(line);
    return line.contains(" NR filter_chain_not_found") ? std::optional(entryOfText(line)) : std::nullopt;
}

std::optional<Refusal> admissionOf(const QByteArray &line)
{
    if (!line.contains("inbound|"))
        return {};
    Refusal entry;
    if (line.trimmed().startsWith('{')) {
        const auto fields = edge::parseJson(line.trimmed().toStdString());
        if (!fields || !text((*fields)["upstream_cluster"]).startsWith("inbound|"_L1))
            return {};
        entry = entryOfJson(*fields);
    } else if (line.contains(" inbound|")) {
        entry = entryOfText(line);
    }
    return entry.peer.isEmpty() ? std::nullopt : std::optional(entry);
}

QList<RefusedConnection> refusedBy(const QString &nameSpace, const QString &pod,
                                   const QList<Refusal> &refusals, const QList<Refusal> &admissions)
{
    using Place = QPair<QString, int>; // of the caller, and the server's port
    QHash<Place, QList<qint64>> refused;
    QHash<Place, qint64> letIn; // at last
    for (const Refusal &one : refusals)
        refused[{one.peer, one.port}].append(msecsOf(one.at));
    for (const Refusal &one : admissions) {
        qint64 &last = letIn[{one.peer, one.port}];
        last = std::max(last, msecsOf(one.at));
    }
    QList<RefusedConnection> all;
    for (const Refusal &one : refusals) {
        const Place place(one.peer, one.port);
        all.append({nameSpace, pod, one.peer,
                    !one.peer.isEmpty() && isOver(refused.value(place), letIn.value(place, 0)), one.at});
    }
    return all;
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
    RefusalCauses causes(snapshot);
    for (const RefusedConnection &one : refused) {
        const QString server = workloadOf.value(one.nameSpace + u'/' + one.pod);
        if (server.isEmpty())
            continue;
        if (const Pod *pod = podAt(snapshot, one.peer)) {
            Caller &caller = servers[server].named[pod->nameSpace + u'/' + pod->workload()];
            ++caller.connections;
            caller.isOver = caller.isOver && one.isOver;
            caller.hasSidecar = pod->hasSidecar || hasSidecarByNow(snapshot, *pod);
            caller.isEdge = isOfEdge(snapshot, *pod);
            caller.lastMs = std::max(caller.lastMs, msecsOf(one.at));
            caller.isPrometheus = isPrometheus(*pod);
            if (caller.connections == 1)
                caller.causes = causes.of(*pod, server);
        } else {
            ++servers[server].unnamed[one.peer.isEmpty() ? u"an address that is not logged"_s : one.peer];
        }
    }
    QList<Finding> findings;
    if (servers.isEmpty())
        return findings;
    const QStringList suspects = failedOutsiders(snapshot);
    for (auto server = servers.begin(); server != servers.end(); ++server) {
        // Nobody is named, and an object that is a finding itself (MT-014, MT-016) makes clients in the mesh do just this.
        const QList<ObjectRef> meshCauses = causes.ofMesh(server.key());
        if (server->named.isEmpty() && suspects.isEmpty() && !meshCauses.isEmpty())
            continue;
        findings.append(
            findingOf(snapshot.workload(server.key().section(u'/', 0, 0), server.key().section(u'/', 1)),
                      *server, server->unnamed.isEmpty() ? QStringList() : suspects));
    }
    return findings;
}

} // namespace models
