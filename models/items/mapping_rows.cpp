// SPDX-License-Identifier: GPL-3.0-or-later
// How Mappings stand, in words and colours, and the columns that show it.
#include "models/items/rows.h"
#include "models/items/severity_rank.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct MappingText
{
    Q_DECLARE_TR_FUNCTIONS(MappingColumns)
};

// The worst of what the request meets from the edge on.
const Hop *upstreamHop(const MappingRow &row)
{
    const Hop *worst = nullptr;
    if (!row.verdict)
        return worst;
    for (const Hop &hop : row.verdict->hops) {
        if (hop.from != "client"_L1 && (!worst || hop.severity > worst->severity))
            worst = &hop;
    }
    return worst;
}

// Analysed, and nothing goes on to a service.
bool isRedirect(const MappingRow &row)
{
    return row.verdict && row.verdict->upstreamHost.isEmpty() && !row.verdict->hops.isEmpty();
}

QString tlsText(const MappingRow &row)
{
    const Hop *hop = upstreamHop(row);
    if (!hop && row.verdict)
        return isRedirect(row) ? MappingText::tr("redirect") : MappingText::tr("unknown");
    if (!hop)
        return row.tls.isEmpty() ? MappingText::tr("plain") : row.tls;
    switch (hop->security) {
    case Hop::Security::Plain: return MappingText::tr("plain");
    case Hop::Security::Tls: return MappingText::tr("TLS");
    case Hop::Security::TlsOrPlain: return MappingText::tr("TLS or plain");
    case Hop::Security::MutualTls: return MappingText::tr("istio mTLS");
    case Hop::Security::Broken: return MappingText::tr("broken");
    case Hop::Security::Unknown: break;
    }
    return MappingText::tr("unknown");
}

Severity tlsSeverity(const MappingRow &row)
{
    const Hop *hop = upstreamHop(row);
    return hop ? hop->severity : isRedirect(row) ? Severity::Info : Severity::Unknown;
}

QString tlsToolTip(const MappingRow &row)
{
    QStringList lines;
    if (row.verdict) {
        for (const Hop &hop : row.verdict->hops)
            lines.append(MappingText::tr("%1 → %2: %3").arg(hop.from, hop.to, hop.because));
    }
    return lines.isEmpty() ? tlsText(row) : lines.join(u'\n');
}

// "" the edge's pods were read, or it would make no difference.
QString whyConfigOnly(const MappingRow &row)
{
    if (row.sightState == SightState::Read || !row.verdict
        || row.verdict->state != MappingVerdict::State::Loaded)
        return {};
    return row.sightState == SightState::NotYet
        ? MappingText::tr(
            "The edge's pods have not been asked yet; its objects say that it should be loaded.")
        : MappingText::tr("Neither Ambassador nor Envoy could be read; its objects say that it should be "
                          "loaded (config only).");
}

QString stateToolTip(const MappingRow &row)
{
    if (!row.verdict)
        return MappingText::tr("Not analysed yet");
    QStringList lines{row.verdict->stateReason};
    if (const QString unread = whyConfigOnly(row); !unread.isEmpty())
        lines.prepend(unread);
    if (row.isLate)
        lines.prepend(row.sight.envoy == MappingSight::Has::Partly
                          ? MappingText::tr("Not every pod's Envoy has a route for it yet.")
                          : MappingText::tr("The edge's Envoy has no route for it yet, though the object was "
                                            "changed before Envoy was read."));
    if (row.isUnseen)
        lines.prepend(MappingText::tr("The edge's pods were last read before it was changed."));
    if (!row.sight.complaint.isEmpty())
        lines.append(row.sight.complaint);
    for (const Finding &finding : row.verdict->findings)
        lines.append(finding.code + u": "_s + finding.message);
    lines.removeAll(QString());
    return lines.isEmpty() ? stateName(row.verdict->state) : lines.join(u'\n');
}

void addPlace(std::vector<Column<MappingRow>> &columns)
{
    using Row = const MappingRow &;
    columns.push_back({.id = u"order"_s,
                       .title = MappingText::tr("#"),
                       .text =
                           [](Row row) {
                               return row.verdict && row.verdict->order > 0
                                   ? QVariant(QString::number(row.verdict->order))
                                   : QVariant();
                           },
                       .style = CellStyle::Number,
                       .sortKey =
                           [](Row row) {
                               return row.verdict && row.verdict->order > 0 ? QVariant(row.verdict->order)
                                                                            : QVariant();
                           },
                       .toolTip =
                           [](Row row) {
                               return row.verdict && row.verdict->order > 0
                                   ? MappingText::tr("Match order: %1 of %2 on this host")
                                         .arg(row.verdict->order)
                                         .arg(row.verdict->ofRoutes)
                                   : MappingText::tr("Takes no part in matching");
                           },
                       .width = 44,
                       .minimumWidth = 36,
                       .priority = 2, // rows come in this order
                       .comparison = Comparison::Number});
    columns.push_back({.id = u"state"_s,
                       .title = MappingText::tr("State"),
                       .text = [](Row row) { return stateText(row); },
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(stateSeverity(row)); },
                       .severity = [](Row row) { return stateSeverity(row); },
                       .toolTip = stateToolTip,
                       .width = 150, // of the longest: "Unknown (config only)"
                       .minimumWidth = 104,
                       .filterNames = {u"status"_s}});
}

void addMatch(std::vector<Column<MappingRow>> &columns)
{
    using Row = const MappingRow &;
    columns.push_back({.id = u"prefix"_s,
                       .title = MappingText::tr("Prefix"),
                       .text = [](Row row) { return row.prefix; },
                       .style = CellStyle::Mono,
                       .width = 150,
                       .minimumWidth = 110,
                       .stretch = true,
                       .filterNames = {u"path"_s}});
    columns.push_back({.id = u"host"_s,
                       .title = MappingText::tr("Host"),
                       .text = [](Row row) { return row.host.isEmpty() ? u"*"_s : row.host; },
                       .width = 150,
                       .minimumWidth = 138, // of a usual name, as are those of the next two
                       .priority = 2,
                       .filterNames = {u"hostname"_s}});
    columns.push_back({.id = u"conditions"_s,
                       .title = MappingText::tr("Conditions"),
                       .text = [](Row row) { return row.conditions; },
                       .width = 110,
                       .minimumWidth = 60,
                       .priority = 5,
                       .filterNames = {u"if"_s, u"header"_s, u"method"_s}});
}

void addTarget(std::vector<Column<MappingRow>> &columns)
{
    using Row = const MappingRow &;
    columns.push_back({.id = u"service"_s,
                       .title = MappingText::tr("Service"),
                       .text = [](Row row) { return row.service; },
                       .width = 140,
                       .minimumWidth = 138,
                       .filterNames = {u"svc"_s}});
    columns.push_back(
        {.id = u"weight"_s,
         .title = MappingText::tr("Weight"),
         .text =
             [](Row row) {
                 return row.weight ? QVariant(MappingText::tr("%1 %").arg(*row.weight)) : QVariant();
             },
         .style = CellStyle::Number,
         .sortKey = [](Row row) { return row.weight ? QVariant(qlonglong(*row.weight)) : QVariant(); },
         .width = 68,
         .minimumWidth = 56,
         .priority = 6,
         .comparison = Comparison::Number});
}

void addSecurityAndTraffic(std::vector<Column<MappingRow>> &columns)
{
    using Row = const MappingRow &;
    columns.push_back({.id = u"tls"_s,
                       .title = MappingText::tr("TLS to service"),
                       .text = tlsText,
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(tlsSeverity(row)); },
                       .severity = [](Row row) { return tlsSeverity(row); },
                       .toolTip = tlsToolTip,
                       .width = 120,
                       .minimumWidth = 100,
                       .priority = 2});
    columns.push_back(
        {.id = u"rps"_s,
         .title = MappingText::tr("req/s"),
         .text =
             [](Row row) {
                 return row.requestsPerSecond < 0
                     ? QVariant()
                     : QVariant(
                         QLocale().toString(row.requestsPerSecond, 'f', row.requestsPerSecond < 10 ? 1 : 0));
             },
         .style = CellStyle::Number,
         .sortKey =
             [](Row row) { return row.requestsPerSecond < 0 ? QVariant() : QVariant(row.requestsPerSecond); },
         .toolTip = [](Row row) { return trafficNote(row); },
         .width = 66,
         .minimumWidth = 54,
         .priority = 4,
         .comparison = Comparison::Number});
    columns.push_back(
        {.id = u"history"_s,
         .title = MappingText::tr("1 h"),
         .text = [](Row) { return QVariant(); },
         .style = CellStyle::Sparkline,
         .sortKey =
             [](Row row) { return row.requestsPerSecond < 0 ? QVariant() : QVariant(row.requestsPerSecond); },
         .value =
             [](Row row) { return row.history.isEmpty() ? QVariant() : QVariant::fromValue(row.history); },
         .toolTip = [](Row row) { return trafficNote(row); },
         .width = 84,
         .minimumWidth = 60,
         .priority = 7});
}

void addIdentity(std::vector<Column<MappingRow>> &columns)
{
    using Row = const MappingRow &;
    columns.push_back({.id = u"name"_s,
                       .title = MappingText::tr("Mapping"),
                       .text = [](Row row) { return row.name; },
                       .style = CellStyle::Dim,
                       .width = 130,
                       .minimumWidth = 114,
                       .priority = 2});
    columns.push_back({.id = u"namespace"_s,
                       .title = MappingText::tr("Namespace"),
                       .text = [](Row row) { return row.nameSpace; },
                       .style = CellStyle::Dim,
                       .width = 100,
                       .minimumWidth = 70,
                       .priority = 9,
                       .filterNames = {u"ns"_s}});
    columns.push_back({.id = u"labels"_s,
                       .title = MappingText::tr("Labels"),
                       .text = [](Row row) { return row.labels.join(u", "_s); },
                       .style = CellStyle::Dim,
                       .width = 120,
                       .minimumWidth = 80,
                       .priority = 11,
                       .filterNames = {u"label"_s}});
    columns.push_back({.id = u"created"_s,
                       .title = MappingText::tr("Created"),
                       .text = [](Row row) { return row.created.toUTC().toString(u"yyyy-MM-dd hh:mm"_s); },
                       .style = CellStyle::Dim,
                       .sortKey = [](Row row) { return row.created; },
                       .width = 120,
                       .minimumWidth = 110,
                       .priority = 10,
                       .filterNames = {u"age"_s},
                       .comparison = Comparison::Age});
}

} // namespace

Severity severityOf(const MappingVerdict &verdict)
{
    Severity severity = Severity::Unknown;
    switch (verdict.state) {
    case MappingVerdict::State::Loaded: severity = Severity::Good; break;
    case MappingVerdict::State::Replaced:
    case MappingVerdict::State::Shadowed: severity = Severity::Warning; break;
    case MappingVerdict::State::Rejected:
    case MappingVerdict::State::Unreachable: severity = Severity::Error; break;
    case MappingVerdict::State::NotForThisEdge:
    case MappingVerdict::State::Unknown: break;
    }
    return severity;
}

QString stateName(MappingVerdict::State state)
{
    switch (state) {
    case MappingVerdict::State::Loaded: return MappingText::tr("Loaded");
    case MappingVerdict::State::Rejected: return MappingText::tr("Rejected");
    case MappingVerdict::State::Shadowed: return MappingText::tr("Shadowed");
    case MappingVerdict::State::NotForThisEdge: return MappingText::tr("Other edge");
    case MappingVerdict::State::Unreachable: return MappingText::tr("Unreachable");
    case MappingVerdict::State::Replaced: return MappingText::tr("Replaced");
    case MappingVerdict::State::Unknown: break;
    }
    return MappingText::tr("Unknown");
}

namespace {

bool isLoaded(const MappingRow &row) { return row.verdict->state == MappingVerdict::State::Loaded; }

// Of what is wrong with it; Good: nothing.
Severity worstFinding(const MappingRow &row)
{
    Severity worst = row.sight.complaint.isEmpty() ? Severity::Good : Severity::Warning;
    for (const Finding &finding : row.verdict->findings)
        worst = finding.severity >= Severity::Warning ? std::max(worst, finding.severity) : worst;
    return worst;
}

qint64 changedAt(const MappingRow &row)
{
    return std::max(row.changedAt, row.created.isValid() ? row.created.toSecsSinceEpoch() : 0);
}

constexpr qint64 Grace = 10; // seconds: Ambassador waits some before it configures, and clocks differ

} // namespace

bool isFaulty(const MappingVerdict &verdict)
{
    return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                       [](const Finding &finding) { return finding.severity == Severity::Error; });
}

MappingStanding standingOf(const MappingRow &row)
{
    using Standing = MappingStanding;
    if (!row.verdict)
        return Standing::Unknown;
    if (row.isLate)
        return Standing::NotInEnvoy;
    if (isLoaded(row) && isFaulty(*row.verdict))
        return Standing::Faulty;
    if (isLoaded(row) && row.sightState != SightState::Read)
        return row.sightState == SightState::NotYet ? Standing::NotReadYet : Standing::ConfigOnly;
    if (row.isUnseen)
        return Standing::NotSeenYet;
    switch (row.verdict->state) {
    case MappingVerdict::State::Loaded: return Standing::Loaded;
    case MappingVerdict::State::Rejected: return Standing::Rejected;
    case MappingVerdict::State::Shadowed: return Standing::Shadowed;
    case MappingVerdict::State::NotForThisEdge: return Standing::OtherEdge;
    case MappingVerdict::State::Unreachable: return Standing::Unreachable;
    case MappingVerdict::State::Replaced: return Standing::Replaced;
    case MappingVerdict::State::Unknown: break;
    }
    return Standing::Unknown;
}

QString stateText(const MappingRow &row)
{
    switch (standingOf(row)) {
    case MappingStanding::NotInEnvoy: return MappingText::tr("Not in Envoy");
    case MappingStanding::NotSeenYet: return MappingText::tr("Not seen yet");
    case MappingStanding::NotReadYet: return MappingText::tr("Not read yet");
    case MappingStanding::ConfigOnly: return MappingText::tr("Unknown (config only)");
    case MappingStanding::Faulty: return MappingText::tr("Faulty");
    default: return row.verdict ? stateName(row.verdict->state) : MappingText::tr("Unknown");
    }
}

Severity stateSeverity(const MappingRow &row)
{
    if (!row.verdict)
        return Severity::Unknown;
    const Severity own = row.isLate ? std::max(Severity::Warning, severityOf(*row.verdict))
        : row.isUnseen || (isLoaded(row) && row.sightState != SightState::Read) ? Severity::Unknown
                                                                                : severityOf(*row.verdict);
    using State = MappingVerdict::State;
    const bool isTaken = row.verdict->state != State::NotForThisEdge && row.verdict->state != State::Replaced;
    return isTaken ? std::max(own, worstFinding(row)) : own;
}

bool isLateInEnvoy(const MappingRow &row, const QDateTime &envoyReadAt)
{
    const bool lacks =
        row.sight.envoy == MappingSight::Has::Missing || row.sight.envoy == MappingSight::Has::Partly;
    return lacks && row.verdict && isLoaded(row) && envoyReadAt.isValid()
        && changedAt(row) + Grace < envoyReadAt.toSecsSinceEpoch();
}

bool isUnseenInEnvoy(const MappingRow &row, const QDateTime &envoyReadAt)
{
    if (!row.verdict || !isLoaded(row) || row.verdict->order <= 0 || !envoyReadAt.isValid())
        return false;
    // That all have it proves something of what was there by then: another one of its name and place may have been.
    const qint64 grace = row.sight.envoy == MappingSight::Has::All ? 0 : Grace;
    return changedAt(row) + grace >= envoyReadAt.toSecsSinceEpoch();
}

SightState sightState(const EdgeSight &sight)
{
    if (sight.ambassador.read > 0 || sight.envoy.read > 0)
        return SightState::Read;
    const bool wasTried = !sight.ambassador.error.isEmpty() || !sight.envoy.error.isEmpty();
    return wasTried ? SightState::Unreadable : SightState::NotYet;
}

QString trafficNote(const MappingRow &row)
{
    if (row.requestsPerSecond >= 0)
        return {};
    if (!row.history.isEmpty())
        return MappingText::tr(
            "Its counter was there and has not been seen lately: Prometheus no longer reads it, or the edge "
            "has forgotten the cluster.");
    return MappingText::tr("Not known: the edge counts requests by upstream cluster. A Mapping that shares "
                           "its cluster with another "
                           "one cannot be told apart, and nothing is known without a Prometheus.");
}

std::vector<Column<MappingRow>> mappingColumns()
{
    std::vector<Column<MappingRow>> columns;
    addPlace(columns);
    addMatch(columns);
    addTarget(columns);
    addSecurityAndTraffic(columns);
    addIdentity(columns);
    return columns;
}

} // namespace models
