// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What these programs changed in one cluster, JSON lines in a file of mode 0600 under the user's data folder.
// Each write has two lines of one number: begin() before it is sent, settle() after the answer, both on the disk when the call returns; so
// whatever ends the program, no write is without its record.  An entry whose second line is missing, or was written without an answer
// (the connection was lost), is `settled == false`.
// Several programs may append at once (a lock file); lines that cannot be read (cut short, say) are skipped and kept.
// Values of Secrets are never written.
#include "kube/kubeconfig.h"
#include "models/analysis/change_set.h"

namespace app {

struct JournalContent
{
    QList<models::JournalEntry> entries; // oldest first
    int damaged =
        0; // lines that cannot be read, without a last one that was cut; what they recorded is not known
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
    kube::Result<void>
    isWritable() const; // asked before anything is written to a cluster: no change without its undo
    const QString &file() const { return m_file; }
    QString damageText(int lines) const; // for a person

private:
    kube::Result<void> write(const models::JournalEntry &entry) const;

    QString m_file;
};

// Numbers of the entries that it takes back; 0 among them means none.
QList<int> undoneBy(const models::JournalEntry &entry);

} // namespace app
