// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/staged_rows.h"

#include "models/items/severity_rank.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct StagedText
{
    Q_DECLARE_TR_FUNCTIONS(StagedColumns)
};

QString verbText(Change::Verb verb)
{
    switch (verb) {
    case Change::Verb::Create: return StagedText::tr("create");
    case Change::Verb::Remove: return StagedText::tr("delete");
    case Change::Verb::MergePatch:
    case Change::Verb::JsonPatch: break;
    }
    return StagedText::tr("change");
}

} // namespace

Severity severityOf(StagedChange::State state)
{
    switch (state) {
    case StagedChange::State::Conflict:
    case StagedChange::State::Failed: return Severity::Error;
    case StagedChange::State::Unknown: return Severity::Unknown;
    case StagedChange::State::NotTried: return Severity::Warning;
    case StagedChange::State::Waiting: break;
    }
    return Severity::Info;
}

QString stateName(StagedChange::State state)
{
    switch (state) {
    case StagedChange::State::Conflict: return StagedText::tr("Conflict");
    case StagedChange::State::Failed: return StagedText::tr("Failed");
    case StagedChange::State::Unknown: return StagedText::tr("Not known");
    case StagedChange::State::NotTried: return StagedText::tr("Not tried");
    case StagedChange::State::Waiting: break;
    }
    return StagedText::tr("Staged");
}

std::vector<Column<StagedChange>> stagedColumns()
{
    using Row = const StagedChange &;
    std::vector<Column<StagedChange>> columns;
    columns.push_back({.id = u"object"_s,
                       .title = StagedText::tr("Object"),
                       .text = [](Row row) { return row.change.subject().text(); },
                       .style = CellStyle::Strong,
                       .width = 260,
                       .minimumWidth = 160,
                       .filterNames = {u"name"_s}});
    columns.push_back({.id = u"verb"_s,
                       .title = StagedText::tr("What"),
                       .text = [](Row row) { return verbText(row.change.verb); },
                       .width = 70,
                       .minimumWidth = 60,
                       .priority = 3});
    columns.push_back({.id = u"change"_s,
                       .title = StagedText::tr("Change"),
                       .text = [](Row row) { return row.title(); },
                       .width = 260,
                       .minimumWidth = 140,
                       .priority = 2,
                       .stretch = true});
    columns.push_back({.id = u"state"_s,
                       .title = StagedText::tr("State"),
                       .text = [](Row row) { return stateName(row.state); },
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(severityOf(row.state)); },
                       .severity = [](Row row) { return severityOf(row.state); },
                       .toolTip = [](Row row) { return row.error; },
                       .width = 104,
                       .minimumWidth = 96,
                       .filterNames = {u"status"_s}});
    columns.push_back({.id = u"error"_s,
                       .title = StagedText::tr("What stands against it"),
                       .text = [](Row row) { return row.error; },
                       .style = CellStyle::Dim,
                       .width = 260,
                       .minimumWidth = 120,
                       .priority = 4,
                       .stretch = true});
    return columns;
}

} // namespace models
