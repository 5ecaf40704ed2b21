// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/change_prompt.h"

#include "app/cli/asked_line.h"

using namespace Qt::StringLiterals;

namespace app::cli {

void printReview(const Output &output, const models::ChangeReview &review)
{
    output.line(review.changes.title);
    for (const QString &diff : review.diffs)
        output.line(diff.trimmed() + u'\n');
    for (const QString &warning : review.warnings)
        output.line(output.painted(u"warning: "_s + warning, models::Severity::Warning));
    output.line(u"dry run: "_s + review.dryRunMessage);
}

// "" if the answer is yes, else why nothing is written.
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
                    const std::function<ApplyOutcome(const Journal &journal)> &write)
{
    if (review.changes.changes.isEmpty()) {
        invocation.output.line(u"nothing to change: it is so already"_s);
        return AllWell;
    }
    printReview(invocation.output, review);
    if (!review.dryRunOk)
        return invocation.output.fail(review.dryRunMessage);
    if (invocation.parser.isSet(u"dry-run"_s))
        return AllWell;
    if (const QString why = refusal(invocation, review); !why.isEmpty())
        return invocation.output.fail(why);
    const auto journal = invocation.session.journal();
    if (!journal)
        return invocation.output.fail(journal.error().message);
    const ApplyOutcome outcome = write(*journal);
    for (const models::JournalEntry &entry : outcome.entries)
        invocation.output.line(
            u"%1 %2: %3"_s.arg(QString::number(entry.number), entry.change.subject().text(), entry.result));
    return outcome.error ? invocation.output.fail(outcome.error->message) : AllWell;
}

int reviewAndWrite(Invocation &invocation, kube::Client &client, const models::ChangeSet &changes,
                   const QList<int> &revertOf)
{
    const std::stop_token stop = invocation.session.stop();
    const models::ChangeReview reviewed =
        changes.changes.isEmpty() ? models::ChangeReview() : review(client, changes, stop);
    return confirmAndWrite(invocation, reviewed, [&](const Journal &journal) {
        return apply(client, journal, reviewed.changes, revertOf, stop);
    });
}

} // namespace app::cli
