// SPDX-License-Identifier: GPL-3.0-or-later
// journal: what these programs have changed, and exact undo.
#include "app/cli/change_prompt.h"
#include "app/cli/tended_journal.h"
#include "models/analysis/undo.h"

#include <optional>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QString noSuchEntry(int number)
{
    return u"the journal has no entry %1; `sallyportctl journal` lists them"_s.arg(number);
}

// What the write made of the object, as its plan said: without what servers add.  Of a Secret's JSON patch the journal keeps no
// body, but the server's answer.
std::optional<edge::Value> stateAfter(const models::JournalEntry &entry)
{
    const bool isKept = !entry.change.body.isEmpty() || entry.change.verb == models::Change::Verb::Remove;
    return isKept ? models::stateAfter(entry.change) : entry.after;
}

QString diffOf(const models::JournalEntry &entry)
{
    const bool isKept = !entry.change.body.isEmpty() || entry.change.verb == models::Change::Verb::Remove;
    return (isKept ? models::unifiedDiff(entry.change)
                   : models::unifiedDiff(entry.change.before, stateAfter(entry)))
        .trimmed();
}

// A Secret's values are sizes here: the journal has never held them.
edge::Value stateDocument(const std::optional<edge::Value> &object)
{
    return object ? models::withoutServerFields(*object) : edge::Value();
}

edge::Value document(const models::JournalEntry &entry)
{
    return edge::Value::object({{"number", entry.number},
                                {"at", value(entry.at.toUTC().toString(Qt::ISODate))},
                                {"context", value(entry.context)},
                                {"who", value(entry.who)},
                                {"title", value(entry.title)},
                                {"object", value(entry.change.subject().text())},
                                {"succeeded", entry.succeeded},
                                {"answered", entry.settled},
                                {"reverted", entry.reverted},
                                {"revertOf", entry.revertOf},
                                {"result", value(entry.result)},
                                {"diff", value(diffOf(entry))},
                                {"before", stateDocument(entry.change.before)},
                                {"after", stateDocument(stateAfter(entry))}});
}

// All entries, or the one of that number.
int showJournal(Invocation &invocation, const Journal &journal, const QString &wanted)
{
    bool isNumber = true;
    const int only = wanted.isEmpty() ? 0 : wanted.toInt(&isNumber);
    if (!isNumber)
        return wrongUsage(invocation, u"journal show takes the number of an entry, got '%1'"_s.arg(wanted));
    Table table{{u"N"_s, u"AT"_s, u"CHANGE"_s, u"OBJECT"_s, u"RESULT"_s}, {}};
    edge::Value items = edge::Value::array();
    QString diff;
    for (const models::JournalEntry &entry : journal.entries()) {
        if (only != 0 && entry.number != only)
            continue;
        const QString known = entry.result.isEmpty() && !entry.settled
            ? u"not known, it may have been written: the program ended before the answer"_s
            : entry.result;
        const QString result = entry.reverted ? known + u", taken back"_s : known;
        table.rows.append({{QString::number(entry.number)},
                           {entry.at.toUTC().toString(Qt::ISODate)},
                           {entry.title},
                           {entry.change.subject().text()},
                           {result, entry.succeeded ? models::Severity::Info : models::Severity::Error}});
        if (invocation.output.format() != Format::Table)
            items.push(document(entry));
        else if (only != 0)
            diff = diffOf(entry);
    }
    if (only != 0 && table.rows.isEmpty())
        return invocation.output.fail(noSuchEntry(only));
    if (invocation.output.format() != Format::Table)
        invocation.output.document("Journal", edge::Value::object({{"items", std::move(items)}}));
    else if (table.rows.isEmpty())
        invocation.output.note(u"nothing was changed by these programs in this context"_s);
    else
        invocation.output.table(table);
    if (!diff.isEmpty())
        invocation.output.line(u'\n' + diff);
    return AllWell;
}

int revertEntry(Invocation &invocation, const Journal &journal, const QString &text)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (!isNumber)
        return wrongUsage(invocation, u"journal revert needs the number of an entry, got '%1'"_s.arg(text));
    for (const models::JournalEntry &entry : journal.entries()) {
        if (entry.number != number)
            continue;
        if (!entry.canBeTakenBack())
            return invocation.output.fail(
                entry.reverted ? u"entry %1 was taken back already"_s.arg(number)
                               : u"entry %1 failed: there is nothing to take back"_s.arg(number));
        const auto client = invocation.session.client();
        if (!client)
            return invocation.output.fail(client.error().message);
        const QList<models::JournalEntry> together = models::withLaterWrites(entry, journal.entries());
        const auto changes = planUndo(**client, together, invocation.session.stop());
        if (!changes)
            return invocation.output.fail(changes.error().message);
        for (const models::JournalEntry &later : together) {
            if (later.number != number)
                invocation.output.note(
                    u"entry %1 (%2) wrote to the same object later: it is taken back too"_s.arg(
                        QString::number(later.number), later.title));
        }
        return reviewAndWrite(invocation, **client, *changes, {number});
    }
    return invocation.output.fail(noSuchEntry(number));
}

} // namespace

int runJournal(Invocation &invocation)
{
    const auto journal = tendedJournal(invocation);
    if (!journal)
        return invocation.output.fail(journal.error().message);
    const QString verb = invocation.arguments.value(0, u"show"_s);
    if (verb == "show"_L1)
        return showJournal(invocation, *journal, invocation.arguments.value(1));
    if (verb == "revert"_L1)
        return revertEntry(invocation, *journal, invocation.arguments.value(1));
    return wrongUsage(invocation, u"journal knows show and revert, not %1"_s.arg(verb));
}

} // namespace app::cli
