// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What these programs changed in one cluster, JSON lines in a file of mode 0600 under the user's data folder.
// Each write has two lines of one number: begin() before it is sent, settle() after the answer, both on the disk when the call returns; so
// whatever ends the program, no write is without its record.  An entry whose second line is missing, or was written without an answer
// (the connection was lost), is `settled == false`.
// Several programs may append at once (a lock file); lines that cannot be read (cut short, say) are skipped and kept; what a full disk
// has no room for leaves no part of a line.
// Values of Secrets are never written.
#include "kube/kubeconfig.h"
#include "models/analysis/change_set.h"

namespace app {

struct JournalContent
{
    QList<models::JournalEntry> entries; // oldest first
    // Lines that cannot be read, without a last one that was cut, and those of a newer version; what they recorded is not known.
    int damaged = 0, newer = 0;
    int lastNumber = 0; // of those of a newer version, too
};

class Journal
{
public:
    explicit Journal(QString file);
    static QString
    fileFor(const kube::Connection &connection); // by context and server: two clusters never share one

    kube::Result<JournalContent> read() const; // without a file: empty; an error says why it cannot be read
    // Of read(); none where it cannot be read, so ask read() first where that would be taken for "nothing was changed".
    QList<models::JournalEntry> entries() const;
    // Gives the entry its number; an error says why it could not be kept, and then nothing may be written to the cluster.
    kube::Result<models::JournalEntry> begin(models::JournalEntry entry) const;
    kube::Result<models::JournalEntry>
    settle(models::JournalEntry entry) const; // with entry.settled as it is
    // An answer that was found out later; false: another program has known better meanwhile, or it could not be kept.
    bool settleIfOpen(const models::JournalEntry &entry) const;
    kube::Result<void>
    isWritable() const; // asked before anything is written to a cluster: no change without its undo
    const QString &file() const { return m_file; }
    // Of what was read: what is not known of it, and why, for a person; "" all is.
    QString unreadText(const kube::Result<JournalContent> &content) const;

private:
    kube::Result<void> write(const models::JournalEntry &entry,
                             bool isWritten = false) const; // to the cluster, that is

    QString m_file;
};

// Numbers of the entries that it takes back; 0 among them means none.
QList<int> undoneBy(const models::JournalEntry &entry);

} // namespace app
