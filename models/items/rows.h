// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The rows of every table, and how they are made from objects.  A row holds its key and what its columns
// show, nothing else.
#include "models/analysis/certificates.h"
#include "models/analysis/change_set.h"
#include "models/analysis/edge_sight.h"
#include "models/analysis/guide_checks.h"
#include "models/items/column.h"

namespace models {

// Whether anything is known of what the edge's pods have taken over.
enum class SightState { Read, NotYet, Unreadable };
SightState sightState(const EdgeSight &sight);

struct MappingRow
{
    QString key; // namespace/name
    QString nameSpace, name, apiVersion, ambassadorId;
    QString host, prefix, conditions, service,
        tls; // as written; tls: the context's name, "true" without one, "" none
    QString resourceVersion;
    QStringList labels; // "app=quote"
    QDateTime created;
    qint64 generation = 0, changedAt = 0; // seconds, as of kube::Object; 0: not known
    std::optional<std::int64_t> weight;
    std::int64_t precedence = 0;
    double requestsPerSecond = -1; // negative: unknown
    QList<double> history;
    std::shared_ptr<const MappingVerdict> verdict; // nullptr until the first analysis
    MappingSight sight;                            // what the edge's pods have of it, once they were read
    SightState sightState = SightState::Read; // of the edge as a whole; then it stands on its objects alone
    bool isLate = false;                      // isLateInEnvoy(), as of the last reading
    bool isUnseen = false;                    // isUnseenInEnvoy(), the same
};
MappingRow mappingRow(const kube::Object &object); // cluster thread; about 15 µs
Severity severityOf(const MappingVerdict &verdict);
bool isFaulty(const MappingVerdict &verdict);   // an error was found in it, or on its way
QString stateName(MappingVerdict::State state); // "Loaded"
// How a Mapping stands, by its objects and by what the edge's pods have of it: the one rule for the pages' words and counts
// and for `sallyportctl mappings`.  Loaded: a pod was read that has it.
enum class MappingStanding {
    Unknown,
    Loaded,
    NotReadYet, // its objects say that it should be loaded, and no pod was asked yet
    ConfigOnly, // the same, and no pod could be read
    NotSeenYet, // the same, and pods were last read before it was changed
    NotInEnvoy, // the same, and not each Envoy has it
    Faulty,     // loaded by its objects, and wrong in itself or without an answer
    Rejected,
    Shadowed,
    Unreachable,
    OtherEdge,
    Replaced
};
MappingStanding standingOf(const MappingRow &row);
// What an operator is told: of a Mapping that could serve and that the edge's proxy does not have yet, "Not in Envoy"; of
// one of an edge that nobody has read yet, or could, that it is not known: what its objects alone say is never good; of
// one that is loaded and that is wrong in itself or does not work, "Faulty".  The severity is the worst of what its
// state, its findings and Ambassador say.
QString stateText(const MappingRow &row);
Severity stateSeverity(const MappingRow &row);
// It could serve, not each Envoy that was read has it, and it was changed some seconds before they were.
bool isLateInEnvoy(const MappingRow &row, const QDateTime &envoyReadAt);
// It could serve, and the last reading may be from before it was changed: then it proves nothing, whatever it has seen.
bool isUnseenInEnvoy(const MappingRow &row, const QDateTime &envoyReadAt);
QString trafficNote(const MappingRow &row); // why requests a second are blank; "" they are not

// What a table of certificates sorts by first, before the end: the worse of the countdown and of what was checked.
Severity urgencyOf(const CertificateRow &row, const QDateTime &now);
enum class CertificateArea { Edge, Mesh, Other }; // Other: of this machine, or used by nothing that was found
CertificateArea areaOf(const CertificateRow &row);
// It has not ended, and ends before the other one (nullptr: none yet); one that nobody renews in time comes before those that
// rotate, whose end is no event.
bool endsNext(const CertificateRow &row, const CertificateRow *than, const QDateTime &now);

struct JournalRow
{
    QString key; // the entry's number; of what was observed, another
    JournalEntry entry;
    // Of a change that was seen in the cluster and is not in the journal: its place among the numbers; 0: it is the journal's.
    double observedAfter = 0;
    bool isObserved() const { return observedAfter > 0; }
};
bool isLook(const Change &change); // nothing was written: a value of a Secret was looked at
QString kubectlText(const Change &change, const QString &context); // the command that makes the same change
QString objectText(const std::optional<edge::Value> &object);      // as YAML without managed fields; "" none

struct FindingRow
{
    QString key; // code, object and path; the same finding has the same key in the next analysis
    Finding finding;
    QString mutedBecause; // "" it is not muted
    bool fixable = false; // a change set can be planned
    bool operator==(const FindingRow &) const = default;
};
// mutes: key → reason.  Keys are made unique where two findings say the same of one place.
QList<FindingRow> findingRows(const QList<Finding> &findings, const QHash<QString, QString> &mutes,
                              const std::function<bool(const Finding &)> &isFixable);

struct NoticeRow // what this program did and what it was told, newest last
{
    enum class Kind { Notice, Request, Change, Connection };
    QString key; // a running number
    QDateTime at;
    Kind kind = Kind::Notice;
    Severity severity = Severity::Info;
    QString text;
    QString details; // an answer, a stack of reasons; "" none
};

std::vector<Column<MappingRow>> mappingColumns();
std::vector<Column<CertificateRow>> certificateColumns(std::function<QDateTime()> now);
std::vector<Column<WorkloadPosture>> postureColumns();
std::vector<Column<JournalRow>> journalColumns();
std::vector<Column<FindingRow>> findingColumns();
std::vector<Column<NoticeRow>> noticeColumns();

} // namespace models
