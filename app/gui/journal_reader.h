// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The journal of one cluster as it was last read: small, what one user changed by hand there.  Other programs write to it, too, so it
// is read again where it has grown or was written since.
// Promise: what cannot be read of it is said once, until it is something else.  Thread: GUI.
#include "app/journal.h"

#include <functional>

namespace app::gui {

class JournalReader
{
public:
    using Say = std::function<void(models::Severity severity, const QString &text)>;
    JournalReader(Journal journal, Say say);

    bool read(); // whether it has been read again
    const QList<models::JournalEntry> &entries() const { return m_entries; }
    int lastNumber() const { return m_entries.isEmpty() ? 0 : m_entries.constLast().number; }
    bool lacksAnswers() const; // of some writes

private:
    struct State
    {
        qint64 size;
        QDateTime written, changed; // changed: also who may read it
        bool operator==(const State &) const = default;
    };

    const Journal m_journal;
    const Say m_say;
    std::optional<State>
        m_state;      // of the file that m_entries are from; absent: there is none, or it could not be read
    QString m_unread; // said last
    QList<models::JournalEntry> m_entries;
};

} // namespace app::gui
