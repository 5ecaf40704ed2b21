// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tended_journal.h"

#include "app/lost_answers.h"
#include "models/resources/counted.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

kube::Result<Journal> tendedJournal(Invocation &invocation)
{
    auto journal = invocation.session.journal();
    if (!journal)
        return journal;
    const auto content = journal->read();
    if (const QString unread = journal->unreadText(content); !unread.isEmpty())
        invocation.output.note(u"note: "_s + unread);
    const bool isOpen = content
        && std::any_of(content->entries.begin(), content->entries.end(),
                       [](const auto &entry) { return !entry.settled; });
    if (!isOpen)
        return journal;
    const auto client = invocation.session.client();
    const int found = client ? findLostAnswers(**client, *journal, invocation.session.stop()) : 0;
    if (found > 0)
        invocation.output.note(
            u"note: found out of %1, by what is there now, whether it was done; the answer was lost"_s.arg(
                models::counted(found, u"write"_s)));
    return journal;
}

} // namespace app::cli
