// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What these programs changed in one cluster, one JSON line an entry, in a file of mode 0600 under the user's data folder.
// Several programs may append at once (a lock file); lines that cannot be read are skipped and kept.  Values of Secrets are never written.
#include "kube/kubeconfig.h"
#include "models/analysis/change_set.h"

namespace app {

class Journal
{
public:
    explicit Journal(QString file);
    static QString fileFor(const kube::Connection &connection); // by context and server: two clusters never share one

    QList<models::JournalEntry> entries() const; // oldest first
    // Gives the entry its number; an error says why it could not be kept.
    kube::Result<models::JournalEntry> append(models::JournalEntry entry) const;
    kube::Result<void> isWritable() const; // asked before anything is written to a cluster: no change without its undo
    const QString &file() const { return m_file; }

private:
    QString m_file;
};

} // namespace app
