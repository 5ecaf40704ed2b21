// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/change_prompt.h"

#include "app/cli/asked_line.h"
#include "app/rights.h"

using namespace Qt::StringLiterals;

namespace app::cli {

void printReview(const Output &output, const models::ChangeReview &review, bool asNotes)
{
    const auto say = [&](const QString &text, models::Severity severity = models::Severity::Info) {
        asNotes ? output.note(text) : output.line(output.painted(printable(text), severity));
    };
    say(review.changes.title);
    for (const QString &diff : review.diffs)
        say(diff.trimmed() + u'\n');
    for (const QString &warning : review.warnings)
        say(u"warning: "_s + warning, models::Severity::Warning);
    say(u"dry run: "_s + review.dryRunMessage);
}

namespace {

edge::Value itemOf(const models::ObjectRef &object, const char *action)
{
    return edge::Value::object({{"kind", value(object.kind)},
                                {"namespace", value(object.nameSpace)},
                                {"name", value(object.name)},
                                {"action", action}});
}

const char *actionOf(models::Change::Verb verb)
{
    return verb == models::Change::Verb::Create ? "create"
        : verb == models::Change::Verb::Remove  ? "delete"
                                                : "change";
}

} // namespace

edge::Value WriteDocument::content(const models::ChangeReview &review, const ApplyOutcome &outcome) const
{
    edge::Value items = edge::Value::array();
    for (qsizetype i = 0; i < review.changes.changes.size(); ++i) {
        const models::Change &change = review.changes.changes[i];
        edge::Value item = itemOf(change.subject(), actionOf(change.verb));
        item.set("diff", value(review.diffs.value(i)));
        const bool isTried = i < outcome.entries.size();
        item.set("written", isTried && outcome.entries[i].succeeded);
        if (isTried) {
            item.set("journal", outcome.entries[i].number);
            item.set("result", value(outcome.entries[i].result));
        }
        items.push(std::move(item));
    }
    for (const models::ObjectRef &object : alike) {
        edge::Value item = itemOf(object, "none");
        item.set("written", false);
        items.push(std::move(item));
    }
    return edge::Value::object({{"title", value(review.changes.title)},
                                {"context", value(review.context)},
                                {"dryRun", value(review.dryRunMessage)},
                                {"warnings", value(review.warnings)},
                                {"notes", value(notes)},
                                {"items", std::move(items)}});
}

QString refusal(const Invocation &invocation, const models::ChangeReview &review)
{
    const bool given = invocation.parser.isSet(u"yes"_s);
    const QString answer = invocation.parser.value(u"yes"_s);
    if (given
        && (review.needsTyping ? answer == review.context : answer.isEmpty() || answer == review.context))
        return {};
    if (given)
        return u"context %1 is of mode Confirm; give --yes=%1"_s.arg(review.context);
    const QString wanted = review.needsTyping ? review.context : u"yes"_s;
    invocation.output.note(u"Type %1 to write this to context %2:"_s.arg(wanted, review.context));
    return askedLine(invocation.session.stop()) == wanted ? QString()
                                                          : u"not confirmed; nothing was written"_s;
}

int confirmAndWrite(Invocation &invocation, const models::ChangeReview &review,
                    const std::function<ApplyOutcome(const Journal &journal)> &write,
                    const std::optional<WriteDocument> &document)
{
    const Output &output = invocation.output;
    const bool isDocument = document && output.format() != Format::Table;
    const auto say = [&](const QString &text) {
        isDocument ? output.note(text) : output.line(printable(text));
    };
    const auto end = [&](const ApplyOutcome &outcome, const QString &failure) -> int {
        if (isDocument && document->instead)
            *document->instead = document->content(review, outcome);
        else if (isDocument)
            output.document(document->kind, document->content(review, outcome));
        return failure.isEmpty() ? AllWell : output.fail(failure);
    };
    if (review.changes.changes.isEmpty()) {
        say(u"nothing to change: it is so already"_s);
        return end({}, {});
    }
    printReview(output, review, isDocument);
    if (!review.dryRunOk)
        return end({}, review.dryRunMessage);
    if (invocation.parser.isSet(u"dry-run"_s))
        return end({}, {});
    const auto client = invocation.session.client();
    if (const QString why = client ? whyReadOnly(**client) : client.error().message; !why.isEmpty())
        return end({}, why);
    if (const QString why = refusal(invocation, review); !why.isEmpty())
        return end({}, why);
    const auto journal = invocation.session.journal();
    if (!journal)
        return end({}, journal.error().message);
    const ApplyOutcome outcome = write(*journal);
    for (const models::JournalEntry &entry : outcome.entries)
        say(u"%1 %2: %3"_s.arg(QString::number(entry.number), entry.change.subject().text(), entry.result));
    return end(outcome, outcome.error ? outcome.error->message : QString());
}

ReviewFor purposeOf(const Invocation &invocation)
{
    return invocation.parser.isSet(u"dry-run"_s) ? ReviewFor::Showing : ReviewFor::Write;
}

int reviewAndWrite(Invocation &invocation, kube::Client &client, const models::ChangeSet &changes,
                   const QList<int> &revertOf)
{
    const std::stop_token stop = invocation.session.stop();
    const models::ChangeReview reviewed = changes.changes.isEmpty()
        ? models::ChangeReview()
        : review(client, changes, purposeOf(invocation), stop);
    return confirmAndWrite(invocation, reviewed, [&](const Journal &journal) {
        return apply(client, journal, reviewed.changes, revertOf, stop);
    });
}

} // namespace app::cli
