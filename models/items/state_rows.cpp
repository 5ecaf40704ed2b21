// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of certificates, workloads' posture and the journal.
#include "models/items/rows.h"
#include "models/items/severity_rank.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct StateText
{
    Q_DECLARE_TR_FUNCTIONS(StateColumns)
};

QString instantText(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-dd hh:mm:ss"_s) + u" UTC"_s;
}

// Of today with its seconds, of another day with its date.
QString shortInstant(const QDateTime &at)
{
    return at.toString(at.date() == QDate::currentDate() ? u"hh:mm:ss"_s : u"MM-dd hh:mm"_s);
}

QString chainToolTip(const CertificateRow &row)
{
    QStringList lines{
        StateText::tr("Valid %1 … %2").arg(instantText(row.notBefore), instantText(row.notAfter))};
    if (!row.endsFirst.isEmpty())
        lines.append(StateText::tr("Ends first: %1").arg(row.endsFirst));
    return lines.join(u'\n');
}

std::optional<Severity> resultSeverity(const JournalRow &row)
{
    if (row.isObserved())
        return Severity::Unknown;
    if (!row.entry.settled)
        return row.entry.reverted ? Severity::Info : Severity::Unknown;
    if (!row.entry.succeeded)
        return Severity::Error;
    return row.entry.reverted ? Severity::Info : Severity::Good;
}

QString resultOf(const JournalRow &row)
{
    if (row.isObserved())
        return StateText::tr("seen");
    return row.entry.settled ? row.entry.result : StateText::tr("Not known");
}

QString resultText(const JournalRow &row)
{
    return row.entry.reverted ? StateText::tr("taken back") : resultOf(row);
}

QString resultToolTip(const JournalRow &row)
{
    return row.entry.reverted ? StateText::tr("%1, taken back").arg(resultOf(row)) : resultOf(row);
}

void addLife(std::vector<Column<CertificateRow>> &columns, const std::function<QDateTime()> &now)
{
    using Row = const CertificateRow &;
    columns.push_back(
        {.id = u"ends"_s,
         .title = StateText::tr("Ends in"),
         .text = [now](Row row) { return countdownText(row.notAfter, now()); },
         .style = CellStyle::Chip,
         .sortKey = [](Row row) { return row.notAfter; },
         .sortRank = [now](Row row) { return -qMax(int(Severity::Unknown), int(urgencyOf(row, now()))); },
         .severity = [now](Row row) { return countdownSeverity(row, now()); },
         .toolTip = chainToolTip,
         .width = 124,
         .minimumWidth = 110,
         .filterNames = {u"cert"_s, u"expires"_s},
         .comparison = Comparison::Remaining});
    columns.push_back({.id = u"used"_s,
                       .title = StateText::tr("Life used"),
                       .text =
                           [now](Row row) {
                               return StateText::tr("%1 %").arg(
                                   std::lround(lifeUsed(row.notBefore, row.notAfter, now()) * 100));
                           },
                       .style = CellStyle::Bar,
                       .sortKey = [now](Row row) { return lifeUsed(row.notBefore, row.notAfter, now()); },
                       .severity = [now](Row row) { return countdownSeverity(row, now()); },
                       .value = [now](Row row) { return lifeUsed(row.notBefore, row.notAfter, now()); },
                       .toolTip = chainToolTip,
                       .width = 110,
                       .minimumWidth = 80,
                       .priority = 3});
}

void addUse(std::vector<Column<CertificateRow>> &columns)
{
    using Row = const CertificateRow &;
    columns.push_back({.id = u"subject"_s,
                       .title = StateText::tr("Subject"),
                       .text = [](Row row) { return row.subject; },
                       .style = CellStyle::Strong,
                       .width = 190,
                       .minimumWidth = 110,
                       .stretch = true});
    columns.push_back({.id = u"stored"_s,
                       .title = StateText::tr("Stored in"),
                       .text = [](Row row) { return row.storedIn; },
                       .width = 170,
                       .minimumWidth = 90,
                       .priority = 2,
                       .filterNames = {u"secret"_s}});
    columns.push_back({.id = u"namespace"_s, // of a workload's, which is stored in no Secret, its pod's
                       .title = StateText::tr("Namespace"),
                       .text = [](Row row) { return row.storedAt.nameSpace; },
                       .width = 110,
                       .minimumWidth = 80,
                       .priority = 8,
                       .filterNames = {u"ns"_s}});
    columns.push_back({.id = u"user"_s,
                       .title = StateText::tr("Used by"),
                       .text = [](Row row) { return row.usedBy; },
                       .width = 160,
                       .minimumWidth = 80,
                       .priority = 4,
                       .filterNames = {u"usedby"_s}});
    columns.push_back({.id = u"area"_s,
                       .title = StateText::tr("Area"),
                       .text =
                           [](Row row) {
                               const CertificateArea area = areaOf(row);
                               return area == CertificateArea::Mesh ? StateText::tr("mesh")
                                   : area == CertificateArea::Edge  ? StateText::tr("edge")
                                                                    : StateText::tr("other");
                           },
                       .width = 64,
                       .minimumWidth = 56,
                       .priority = 7});
    columns.push_back({.id = u"renewal"_s,
                       .title = StateText::tr("Renewal"),
                       .text = [](Row row) { return row.renewal; },
                       .width = 130,
                       .minimumWidth = 80,
                       .priority = 5});
    columns.push_back({.id = u"checks"_s,
                       .title = StateText::tr("Checks"),
                       .text = [](Row row) { return row.checks; },
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(row.checksSeverity); },
                       .severity = [](Row row) { return row.checksSeverity; },
                       .width = 180, // "readable; loaded = stored" is never cut
                       .minimumWidth = 100,
                       .priority = 2,
                       .filterNames = {u"status"_s}});
}

void addWorkload(std::vector<Column<WorkloadPosture>> &columns)
{
    using Row = const WorkloadPosture &;
    columns.push_back({.id = u"namespace"_s,
                       .title = StateText::tr("Namespace"),
                       .text = [](Row row) { return row.nameSpace; },
                       .width = 150,
                       .minimumWidth = 150,
                       .priority = 2,
                       .filterNames = {u"ns"_s}});
    columns.push_back({.id = u"workload"_s,
                       .title = StateText::tr("Workload"),
                       .text = [](Row row) { return row.workload; },
                       .style = CellStyle::Strong,
                       .width = 160,
                       .minimumWidth = 100});
    columns.push_back({.id = u"port"_s,
                       .title = StateText::tr("Port"),
                       .text =
                           [](Row row) {
                               return row.portName.isEmpty()
                                   ? QString::number(row.port)
                                   : u"%1 %2"_s.arg(QString::number(row.port), row.portName);
                           },
                       .sortKey = [](Row row) { return row.port; },
                       .width = 96,
                       .minimumWidth = 80,
                       .comparison = Comparison::Number});
    columns.push_back(
        {.id = u"sidecars"_s,
         .title = StateText::tr("Sidecars"),
         .text = [](Row row) { return StateText::tr("%1 of %2").arg(row.podsWithSidecar).arg(row.pods); },
         .style = CellStyle::Number,
         .sortKey = [](Row row) { return row.podsWithSidecar; },
         .width = 84,
         .minimumWidth = 64,
         .priority = 3,
         .comparison = Comparison::Number});
}

void addMode(std::vector<Column<WorkloadPosture>> &columns)
{
    using Row = const WorkloadPosture &;
    columns.push_back({.id = u"mode"_s,
                       .title = StateText::tr("mTLS mode"),
                       .text =
                           [](Row row) {
                               return row.mode.enforced  ? mtlsModeName(row.mode.mode)
                                   : row.mode.hasSidecar ? StateText::tr("not intercepted")
                                                         : StateText::tr("no sidecar");
                           },
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(row.severity); },
                       .severity = [](Row row) { return row.severity; },
                       .toolTip = [](Row row) { return row.mode.reason; },
                       .width = 130,
                       .minimumWidth = 116,
                       .filterNames = {u"status"_s}});
    columns.push_back(
        {.id = u"enforced"_s,
         .title = StateText::tr("Enforced"),
         .text = [](Row row) { return row.enforced; },
         .style = CellStyle::Dim,
         .severity = [](Row row) { return row.enforcedDiffers ? Severity::Warning : Severity::Unknown; },
         .toolTip = [](Row row) { return row.enforcedNote; },
         .width = 110,
         .minimumWidth = 96,
         .priority = 6});
    columns.push_back({.id = u"because"_s,
                       .title = StateText::tr("Because"),
                       .text = [](Row row) { return row.mode.reason; },
                       .width = 260,
                       .minimumWidth = 120,
                       .priority = 4,
                       .stretch = true});
    columns.push_back({.id = u"observed"_s,
                       .title = StateText::tr("Observed"),
                       .text = [](Row row) { return row.observed; },
                       .style = CellStyle::Dim,
                       .width = 150,
                       .minimumWidth = 90,
                       .priority = 5});
}

void addChange(std::vector<Column<JournalRow>> &columns)
{
    using Row = const JournalRow &;
    columns.push_back(
        {.id = u"number"_s,
         .title = StateText::tr("#"),
         .text = [](Row row) { return row.isObserved() ? QString() : QString::number(row.entry.number); },
         .style = CellStyle::Number,
         .sortKey = [](Row row) { return std::max<double>(row.entry.number, row.observedAfter); },
         .width = 48,
         .minimumWidth = 40,
         .priority = 4,
         .comparison = Comparison::Number});
    columns.push_back( // short: the exact instant is in the tool tip and in the details
        {.id = u"at"_s,
         .title = StateText::tr("Time"),
         .text = [](Row row) { return shortInstant(row.entry.at.toLocalTime()); },
         .sortKey = [](Row row) { return row.entry.at; },
         .toolTip = [](Row row) { return instantText(row.entry.at); },
         .width = 104,
         .minimumWidth = 98,
         .filterNames = {u"age"_s},
         .comparison = Comparison::Age});
    columns.push_back({.id = u"change"_s,
                       .title = StateText::tr("Change"),
                       .text = [](Row row) { return row.entry.title; },
                       .style = CellStyle::Strong,
                       .width = 280,
                       .minimumWidth = 280,
                       .stretch = true});
}

void addResult(std::vector<Column<JournalRow>> &columns)
{
    using Row = const JournalRow &;
    columns.push_back({.id = u"object"_s,
                       .title = StateText::tr("Object"),
                       .text = [](Row row) { return row.entry.change.subject().text(); },
                       .width = 260,
                       .minimumWidth = 270,
                       .priority = 2});
    columns.push_back({.id = u"result"_s,
                       .title = StateText::tr("Result"),
                       .text = resultText,
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(resultSeverity(row)); },
                       .severity = resultSeverity,
                       .toolTip = resultToolTip,
                       .width = 112,
                       .minimumWidth = 110,
                       .filterNames = {u"status"_s}});
    columns.push_back({.id = u"who"_s,
                       .title = StateText::tr("Who"),
                       .text = [](Row row) { return row.entry.who; },
                       .style = CellStyle::Dim,
                       .width = 110,
                       .minimumWidth = 70,
                       .priority = 4});
    columns.push_back({.id = u"kind"_s,
                       .title = StateText::tr("Kind"),
                       .text =
                           [](Row row) {
                               return row.isObserved()        ? StateText::tr("observed")
                                   : isLook(row.entry.change) ? StateText::tr("read")
                                                              : StateText::tr("change");
                           },
                       .style = CellStyle::Dim,
                       .width = 70,
                       .minimumWidth = 60,
                       .priority = 5});
}

} // namespace

Severity urgencyOf(const CertificateRow &row, const QDateTime &now)
{
    return std::max(row.checksSeverity, countdownSeverity(row, now));
}

CertificateArea areaOf(const CertificateRow &row)
{
    if (row.mesh)
        return CertificateArea::Mesh;
    return row.usedBy.isEmpty() || row.storedAt.kind == "Kubeconfig"_L1 ? CertificateArea::Other
                                                                        : CertificateArea::Edge;
}

bool endsNext(const CertificateRow &row, const CertificateRow *than, const QDateTime &now)
{
    if (!row.notAfter.isValid() || row.notAfter < now || !than)
        return row.notAfter.isValid() && row.notAfter >= now;
    const bool isRenewed = renewsInTime(row, now);
    const bool isOtherRenewed = renewsInTime(*than, now);
    return isRenewed == isOtherRenewed ? row.notAfter < than->notAfter : isOtherRenewed;
}

bool isLook(const Change &change) { return change.verb == Change::Verb::MergePatch && change.body == "{}"; }

QString kubectlText(const Change &change, const QString &context)
{
    const QString resource = change.type.group.isEmpty()
        ? change.type.plural
        : u"%1.%2.%3"_s.arg(change.type.plural, change.type.version, change.type.group);
    const QString where = (context.isEmpty() ? QString() : u" --context "_s + context)
        + (change.nameSpace.isEmpty() ? QString() : u" -n "_s + change.nameSpace);
    const QString body = QString::fromUtf8(change.body);
    if (isLook(change))
        return u"kubectl%1 get %2 %3 -o yaml"_s.arg(where, resource, change.name);
    switch (change.verb) {
    case Change::Verb::Create: return u"kubectl%1 create -f - <<'EOF'\n%2\nEOF"_s.arg(where, body);
    case Change::Verb::Remove: return u"kubectl%1 delete %2 %3"_s.arg(where, resource, change.name);
    case Change::Verb::MergePatch:
    case Change::Verb::JsonPatch: break;
    }
    return u"kubectl%1 patch %2 %3 --type=%4 -p '%5'"_s.arg(
        where, resource, change.name, change.verb == Change::Verb::JsonPatch ? u"json"_s : u"merge"_s,
        QString(body).replace(u'\'', u"'\\''"_s));
}

QString objectText(const std::optional<edge::Value> &object)
{
    if (!object || object->isNull())
        return {};
    edge::Value shown = *object;
    shown.child("metadata").erase("managedFields");
    return QString::fromStdString(edge::toYaml(shown));
}

std::vector<Column<CertificateRow>> certificateColumns(std::function<QDateTime()> now)
{
    std::vector<Column<CertificateRow>> columns;
    addLife(columns, now);
    addUse(columns);
    return columns;
}

std::vector<Column<WorkloadPosture>> postureColumns()
{
    std::vector<Column<WorkloadPosture>> columns;
    addWorkload(columns);
    addMode(columns);
    return columns;
}

std::vector<Column<JournalRow>> journalColumns()
{
    std::vector<Column<JournalRow>> columns;
    addChange(columns);
    addResult(columns);
    return columns;
}

} // namespace models
