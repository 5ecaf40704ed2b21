// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/journal_reader.h"

#include <QFileInfo>

#include <algorithm>

namespace app::gui {

JournalReader::JournalReader(Journal journal, Say say)
    : m_journal(std::move(journal))
    , m_say(std::move(say))
{
}

bool JournalReader::read()
{
    const QFileInfo file(m_journal.file());
    const State state{file.size(), file.lastModified(), file.metadataChangeTime()};
    if (m_state == state)
        return false;
    auto content = m_journal.read();
    m_state = content ? std::optional(state) : std::nullopt;
    const QString unread = m_journal.unreadText(content);
    if (unread != m_unread && !unread.isEmpty())
        m_say(content ? models::Severity::Warning : models::Severity::Error, unread);
    m_unread = unread;
    m_entries = content ? std::move(content->entries) : QList<models::JournalEntry>();
    return true;
}

bool JournalReader::lacksAnswers() const
{
    return std::any_of(m_entries.begin(), m_entries.end(),
                       [](const models::JournalEntry &entry) { return !entry.settled; });
}

} // namespace app::gui
