// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/journalled_write.h"

#include "kube/transport_error.h"

#include <QElapsedTimer>

using namespace Qt::StringLiterals;

namespace app {

JournalledWrite writeJournalled(const Journal &journal, const kube::Connection &connection,
                                models::JournalEntry entry, const Writer &write)
{
    entry.at = QDateTime::currentDateTimeUtc();
    entry.context = connection.context;
    entry.who = connection.user;
    auto begun = journal.begin(std::move(entry));
    if (!begun)
        return {{}, begun.error()};
    QElapsedTimer timer;
    timer.start();
    const auto done = write(begun->change);
    begun->succeeded = done.has_value();
    begun->settled = done || !kube::isOutcomeOpen(done.error());
    begun->result = done ? u"done in %1 ms"_s.arg(timer.elapsed())
        : begun->settled ? done.error().message
                         : u"not known, it may have been written: "_s + done.error().message;
    JournalledWrite written;
    if (done)
        begun->after = *done;
    else
        written.error = done.error();
    const auto kept = journal.settle(*begun);
    if (!kept && !written.error)
        written.error = kept.error();
    written.entry = kept ? *kept : *begun;
    return written;
}

} // namespace app
