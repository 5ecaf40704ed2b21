// SPDX-License-Identifier: GPL-3.0-or-later
// Rows and columns of findings and notices.
#include "models/analysis/finding_catalog.h"
#include "models/items/rows.h"
#include "models/items/severity_rank.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct ProblemText
{
    Q_DECLARE_TR_FUNCTIONS(ProblemColumns)
};

QString severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Good: return ProblemText::tr("good");
    case Severity::Info: return ProblemText::tr("note");
    case Severity::Warning: return ProblemText::tr("warning");
    case Severity::Error: return ProblemText::tr("error");
    case Severity::Unknown: break;
    }
    return ProblemText::tr("unknown");
}

QString kindWord(NoticeRow::Kind kind)
{
    switch (kind) {
    case NoticeRow::Kind::Request: return ProblemText::tr("request");
    case NoticeRow::Kind::Change: return ProblemText::tr("change");
    case NoticeRow::Kind::Connection: return ProblemText::tr("connection");
    case NoticeRow::Kind::Notice: break;
    }
    return ProblemText::tr("notice");
}

QString codeToolTip(const FindingRow &row)
{
    for (const FindingKind &kind : findingKinds()) {
        if (kind.code == row.finding.code)
            return u"%1: %2"_s.arg(kind.code, kind.title);
    }
    return row.finding.code;
}

// The code stands for the severity, too, by its shape and colour: the object needs the place more than the word.
void addWhat(std::vector<Column<FindingRow>> &columns)
{
    using Row = const FindingRow &;
    columns.push_back({.id = u"code"_s,
                       .title = ProblemText::tr("Code"),
                       .text = [](Row row) { return row.finding.code; },
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(row.finding.severity); },
                       .severity = [](Row row) { return row.finding.severity; },
                       .toolTip = codeToolTip,
                       .width = 112,
                       .minimumWidth = 104});
    columns.push_back({.id = u"object"_s,
                       .title = ProblemText::tr("Object"),
                       .text = [](Row row) { return row.finding.subject.text(); },
                       .width = 240,
                       .minimumWidth = 240,
                       .filterNames = {u"kind"_s, u"name"_s}});
    columns.push_back({.id = u"message"_s,
                       .title = ProblemText::tr("What is wrong"),
                       .text = [](Row row) { return row.finding.message; },
                       .width = 420,
                       .minimumWidth = 120,
                       .stretch = true});
}

void addWhere(std::vector<Column<FindingRow>> &columns)
{
    using Row = const FindingRow &;
    columns.push_back({.id = u"severity"_s,
                       .title = ProblemText::tr("Severity"),
                       .text = [](Row row) { return severityWord(row.finding.severity); },
                       .style = CellStyle::Dim,
                       .sortKey = [](Row row) { return rankOf(row.finding.severity); },
                       .severity = [](Row row) { return row.finding.severity; },
                       .width = 90,
                       .minimumWidth = 70,
                       .priority = 6,
                       .filterNames = {u"status"_s}});
    columns.push_back({.id = u"namespace"_s,
                       .title = ProblemText::tr("Namespace"),
                       .text = [](Row row) { return row.finding.subject.nameSpace; },
                       .style = CellStyle::Dim,
                       .width = 110,
                       .minimumWidth = 70,
                       .priority = 5,
                       .filterNames = {u"ns"_s}});
    columns.push_back(
        {.id = u"fix"_s,
         .title = ProblemText::tr("Fix"),
         .text = [](Row row) { return row.fixable ? ProblemText::tr("planned here") : QString(); },
         .style = CellStyle::Dim,
         .width = 100,
         .minimumWidth = 100,
         .priority = 4});
    columns.push_back({.id = u"muted"_s,
                       .title = ProblemText::tr("Muted"),
                       .text =
                           [](Row row) {
                               return row.mutedBecause.isEmpty()
                                   ? QString()
                                   : ProblemText::tr("muted: %1").arg(row.mutedBecause);
                           },
                       .style = CellStyle::Dim,
                       .width = 140,
                       .minimumWidth = 70,
                       .priority = 4});
}

} // namespace

QList<FindingRow> findingRows(const QList<Finding> &findings, const QHash<QString, QString> &mutes,
                              const std::function<bool(const Finding &)> &isFixable)
{
    QList<FindingRow> rows;
    QHash<QString, int> twins;
    for (const Finding &finding : findings) {
        if (finding.severity < Severity::Unknown)
            continue; // a note is no problem
        QString key = u"%1|%2|%3"_s.arg(finding.code, finding.subject.text(), finding.path);
        if (const int twin = ++twins[key]; twin > 1)
            key += u"|%1"_s.arg(twin);
        rows.append({key, finding, mutes.value(key), isFixable && isFixable(finding)});
    }
    return rows;
}

std::vector<Column<FindingRow>> findingColumns()
{
    std::vector<Column<FindingRow>> columns;
    addWhat(columns);
    addWhere(columns);
    return columns;
}

std::vector<Column<NoticeRow>> noticeColumns()
{
    using Row = const NoticeRow &;
    std::vector<Column<NoticeRow>> columns;
    columns.push_back({.id = u"at"_s,
                       .title = ProblemText::tr("Time"),
                       .text = [](Row row) { return row.at.toLocalTime().toString(u"hh:mm:ss"_s); },
                       .sortKey = [](Row row) { return row.at; },
                       .toolTip = [](Row row) { return row.at.toUTC().toString(Qt::ISODate); },
                       .width = 84,
                       .minimumWidth = 76,
                       .filterNames = {u"age"_s},
                       .comparison = Comparison::Age});
    columns.push_back({.id = u"kind"_s,
                       .title = ProblemText::tr("Kind"),
                       .text = [](Row row) { return kindWord(row.kind); },
                       .style = CellStyle::Chip,
                       .severity = [](Row row) { return row.severity; },
                       .width = 110,
                       .minimumWidth = 96,
                       .filterNames = {u"status"_s}});
    columns.push_back({.id = u"text"_s,
                       .title = ProblemText::tr("What happened"),
                       .text = [](Row row) { return row.text; },
                       .width = 520,
                       .minimumWidth = 160,
                       .stretch = true});
    return columns;
}

} // namespace models
