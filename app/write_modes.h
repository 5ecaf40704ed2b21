// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How careful writes in a context are, as a person has chosen: kept from one start to the next, for the console and the command line.
// A JSON object in a file of mode 0600 in the user's data folder: "NAME at SERVER" → "normal", "confirm" or "read-only".  A context of
// another name, or of another server, is another one.
// Promise: a file that is there and cannot be read, or a word in it that is not known, makes contexts read-only: a choice that was lost
// never allows a write.  Thread: any.
#include "kube/kubeconfig.h"

namespace app {

class WriteModes
{
public:
    explicit WriteModes(QString file = usualFile());
    static QString usualFile();
    // The mode that was chosen for its context, else its own.  An error says why it is read-only now.
    kube::Result<void> applyTo(kube::Connection &connection) const;
    kube::Result<void> choose(const kube::Connection &connection, kube::WriteMode mode) const;

private:
    kube::Result<QHash<QString, QString>> all() const;
    QString m_file;
};

} // namespace app
