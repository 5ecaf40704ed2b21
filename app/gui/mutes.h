// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Findings that a person does not want to see in one context, each with the reason: a JSON object, key →
// reason, in a file of mode 0600 beside the journal.  A file that cannot be read mutes nothing.
#include "kube/result.h"

#include <QHash>
#include <QStringList>

namespace app::gui {

class Mutes
{
public:
    explicit Mutes(QString file);
    const QHash<QString, QString> &all() const { return m_reasons; }
    // reason "": no longer muted.  On an error it holds until the program ends, and the error says so.
    kube::Result<void> set(const QStringList &keys, const QString &reason);

private:
    const QString m_file;
    QHash<QString, QString> m_reasons;
};

} // namespace app::gui
