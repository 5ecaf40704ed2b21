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

} // namespace app::cli
