// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guide_record.h"

#include "app/guide_actions.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

struct Written
{
    QStringList steps;     // that have written something which stands
    QStringList done;      // "quote: Service default/quote, Deployment default/quote (journal 3, 4)"
    QStringList unsettled; // "Mapping default/quote-backend (journal 7)": the answer is not known
};

Written writtenSince(const QList<models::JournalEntry> &entries, int newest)
{
    Written written;
    QMap<QString, std::pair<QStringList, QStringList>> byStep; // objects and numbers
    for (const models::JournalEntry &entry : entries) {
        if (entry.number <= newest || !entry.canBeTakenBack() || entry.revertOf != 0 || !isOfGuide(entry))
            continue;
        const QString step = stepOfTitle(entry.title), number = QString::number(entry.number);
        if (!written.steps.contains(step))
            written.steps.append(step);
        if (!entry.settled) {
            written.unsettled.append(u"%1 (journal %2)"_s.arg(entry.change.subject().text(), number));
            continue;
        }
        byStep[step].first.append(entry.change.subject().text());
        byStep[step].second.append(number);
    }
    for (const QString &step : std::as_const(written.steps)) {
        if (const auto found = byStep.constFind(step); found != byStep.constEnd())
            written.done.append(
                u"%1: %2 (journal %3)"_s.arg(step, found->first.join(u", "_s), found->second.join(u", "_s)));
    }
    return written;
}

} // namespace

GuideRecord::GuideRecord(Invocation &invocation)
    : m_invocation(invocation)
{
    if (const auto journal = invocation.session.journal()) {
        const QList<models::JournalEntry> entries = journal->entries();
        m_newest = entries.isEmpty() ? 0 : entries.constLast().number;
    }
}

int GuideRecord::tell(int code, const QStringList &meant) const
{
    const bool isEnded = m_invocation.session.stop().stop_requested();
    const auto journal = m_invocation.session.journal();
    if (!journal || (code == AllWell && !isEnded))
        return code;
    const Written written = writtenSince(journal->entries(), m_newest);
    const Output &output = m_invocation.output;
    if (written.steps.isEmpty()) {
        if (isEnded)
            output.note(u"ended from outside: nothing of this run stands in the cluster"_s);
        return code;
    }
    output.note(isEnded ? u"ended from outside; what this run has written stands:"_s
                        : u"what this run has written stands:"_s);
    for (const QString &step : written.done)
        output.note(u"  "_s + step);
    for (const QString &object : written.unsettled)
        output.note(u"  not known whether it was written, its answer did not come: "_s + object);
    QStringList others = meant;
    for (const QString &step : written.steps)
        others.removeAll(step);
    if (!others.isEmpty())
        output.note(u"by this run nothing was written of: "_s + others.join(u", "_s));
    QStringList backwards = written.steps;
    std::reverse(backwards.begin(), backwards.end());
    output.note(
        u"`sallyportctl guide undo %1` takes it back, `sallyportctl guide check` tells what is so, and the same command goes on"_s
            .arg(backwards.join(u' ')));
    return code;
}

} // namespace app::cli
