// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Words that a person gave to things of one context, kept from one start to the next: why a finding is muted, by which
// rules an edge is judged.  A JSON object, key → text, in a file of mode 0600 beside the journal.  A file that cannot
// be read holds nothing.
#include "kube/result.h"

#include <QHash>
#include <QStringList>

namespace app::gui {

class KeptTexts
{
public:
    // otherwise: what follows if it cannot be written ("what was muted comes back").
    KeptTexts(QString file, QString otherwise);
    const QHash<QString, QString> &all() const { return m_texts; }
    // text "": forgotten.  On an error it holds until the program ends, and the error says so.
    kube::Result<void> set(const QStringList &keys, const QString &text);

private:
    const QString m_file, m_otherwise;
    QHash<QString, QString> m_texts;
};

} // namespace app::gui
