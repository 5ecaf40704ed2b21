// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What breaks when a scope goes to STRICT, before it does (facts mesh-security.md §2; the rows P1 … R5 are
// those of its §2.3). Pure: telemetry, rights and the server's dry run come in as values.  What was not
// looked at is said by name, and is never a GO.
#include "models/analysis/acceptance.h"
#include "models/analysis/certificates.h"

#include <optional>

namespace models {

struct StrictScope // both empty: the mesh
{
    QString nameSpace, workload;
    QString text() const; // "the mesh", "namespace shop", "workload shop/cart"
};
// What a switch of `scope` makes STRICT: an object without a selector in the root namespace is the whole mesh's.
StrictScope effectiveScope(const Snapshot &snapshot, const StrictScope &scope);

enum class PreflightLevel { Info, Possible, Likely, Blocker };
QString preflightLevelName(PreflightLevel level); // "BLOCKER"

struct PortException // keeps one port PERMISSIVE while the rest goes STRICT
{
    QString nameSpace, workload;
    Labels labels;
    int port = 0;
    bool operator==(const PortException &) const = default;
};

struct PreflightRow
{
    QString check = {}; // "P2"
    PreflightLevel level = PreflightLevel::Info;
    ObjectRef subject = {};
    QString path = {}, value = {};
    QString message = {};      // what breaks, and by which rule
    QStringList evidence = {}; // what was seen: objects, query, window, value
    QString remedy = {};
    QByteArray patch = {};                       // merge patch of the subject, "" none
    QString verify = {};                         // how it is seen afterwards that it holds
    std::optional<PortException> exception = {}; // with this one the row breaks nothing
    QString accepted = {}; // by which reason somebody has taken it upon themselves; "" nobody
    bool breaks() const { return level >= PreflightLevel::Likely && !exception && accepted.isEmpty(); }
};

// How sure the row is and what it stands on: "certain, by objects", "likely, by objects and traffic", "certain, by the server's
// answer".
QString confidenceOf(const PreflightRow &row);

struct PreflightCheck
{
    QString id, title;
    enum class State { Passed, Found, NotChecked } state = State::Passed;
    QString why;          // NotChecked: what is missing
    bool required = true; // NotChecked makes the verdict UNKNOWN
};

struct StrictTelemetry // of one window, as Prometheus had it
{
    struct Plaintext
    {
        QString nameSpace, workload, service;
        QString sourceNamespace, sourceWorkload, sourcePrincipal, protocol;
        double requests = 0;
        bool areBytes = false; // over connections that were opened before the window, and counted then
        QDateTime lastSeen;    // to the step of the range query that tells it; invalid: not known
        QString query;         // that found it, to be shown
        QStringList
            endedWith; // the Mappings with whose tls it ended, for it was the edge's; empty: not known to have ended
        // When these led in clear text, by the journal, which is all the time that it was counted in; "" the journal was not asked.
        QString clearTimes;
        QString amount() const; // "3 requests or connections"
    };
    // Of one client with a sidecar and one server, as one of their proxies counted it.  The server's does not name who comes in
    // clear text over TCP, and counts nobody whom it refuses; the client's does not know whether it was mutual TLS.
    struct Call
    {
        QString nameSpace, workload, service; // the server's; the client's proxy may not know its workload
        QString sourceNamespace, sourceWorkload;
        bool byServer = false, isMutual = false;
        double requests = 0; // and connections
        QDateTime lastSeen;  // as Plaintext's
        QString query;
    };
    // What servers of the scope counted from clients whose proxies name another cluster (source_cluster).
    struct OtherCluster
    {
        QString cluster;
        bool isEncrypted = false;
        double requests = 0;
        QString query;
    };
    QDateTime from, to;
    QStringList unanswered;          // queries that failed: what they ask for is not known
    QList<Plaintext> plaintext;      // Q1, Q2
    QSet<QString> covered;           // Q3: namespace/workload for which something was counted in the window
    double unreadable = 0;           // Q4: series with neither value
    QList<Plaintext> aroundRegistry; // Q5
    QList<OtherCluster> otherClusters;
    QList<Call> calls; // of what clients would be refused by their own rules; not asked where there are none
    // namespace/pod → what shadow STRICT would have refused; absent: nobody counts
    std::optional<QHash<QString, double>> shadowDenied;
    // namespace/pod → seconds until its workload certificate ends, by istio_agent_cert_expiry_seconds; absent:
    // no agent was scraped
    std::optional<QHash<QString, double>> certificateSeconds;
};

struct PreflightInput
{
    StrictScope scope;
    std::optional<StrictTelemetry> telemetry;
    std::optional<QStringList>
        missingRights; // "`create` on `peerauthentications.security.istio.io` in `shop`"; absent: not asked
    QString rightsNotTold = {};    // why the server did not say of some, "" it did of all
    std::optional<QString> dryRun; // "" the server takes it, else its words; absent: not tried
    // Policies and rules that somebody has changed while the evidence was gathered; absent: not looked.
    std::optional<QStringList> changedMeanwhile;
    double coverageThreshold = 0.95;
    qint64 windowSeconds = 7 * 86400; // what telemetry should span
    // The staged plan's view: narrower objects of the scope are made STRICT too, where the bare switch leaves
    // them (P5).
    bool includeNarrower = false;
    QList<Acceptance> accepted = {};
    // Mappings (namespace/name) that whoever asks has written in clear text and given their tls since: what a server was called in
    // clear text until then is taken upon themselves, if it has ended with these alone (Plaintext::endedWith).
    QStringList ownMappings = {};
};

struct PreflightReport
{
    enum class Verdict { Go, GoWithExceptions, NoGo, Unknown } verdict = Verdict::Unknown;
    StrictScope scope;
    QString reason; // one sentence
    QString window; // what the telemetry spans, of what is asked for: one sentence; "" there is none
    int podPorts = 0, becomingStrict = 0, withoutSidecar = 0;
    QStringList
        silent; // workloads that become or are STRICT, have a Service and no sample in the window, sorted
    double coverage = -1;     // of ports of pods that are STRICT then and have a Service; negative: not known
    QList<PreflightRow> rows; // worst first
    QList<PreflightCheck> checks;
    QList<PortException> exceptions;
    QList<Acceptance> accepted; // of those that were offered: what rows of this report rest on
    QStringList notAccepted;    // the others, and why they change nothing: one sentence each
};
QStringList preflightChecks();                  // P1 … R5
QString preflightCheckTitle(const QString &id); // "Mappings without tls"; "" there is none
// What telemetry should span where nobody says: seven days, and more where a job without a sidecar runs less often (§2.4: its
// period × 1.2).
qint64 defaultWindowSeconds(const Snapshot &snapshot);
PreflightReport strictPreflight(const Snapshot &snapshot, const EdgeView &view, const PreflightInput &input);
QString verdictName(PreflightReport::Verdict verdict); // "GO WITH EXCEPTIONS"

} // namespace models
