// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which of the findings a change can end, by what they are about, for pages that show one object and offer to mend it; and which
// somebody has muted, for pages that count.
// Built anew when it is asked after the findings have changed.
#include "models/items/rows.h"
#include "models/items/table_model.h"

namespace ui {

class FixIndex : public QObject
{
    Q_OBJECT
public:
    using Findings = models::TableModel<models::FindingRow>;
    using QObject::QObject;
    void setFindings(const Findings &findings);    // once
    QString keyOf(const models::Finding &finding); // of its row; "" nothing is planned for it
    QStringList keysAt(const QString &page, const QString &target); // of all that lead there (placeOf)
    // What is to be counted of an object that is as bad as that: without what was muted of it.
    models::Severity openSeverity(models::Severity severity, const models::ObjectRef &object);

Q_SIGNALS:
    void changed();

private:
    void build();
    const Findings *m_findings = nullptr;
    bool m_isBuilt = false;
    QHash<QString, QString> m_byFinding;     // code, object and path → key
    QHash<QString, models::Severity> m_open; // by object of which something is muted: the worst that is not
    QHash<QString, QStringList> m_byTarget;  // page and target → keys
};

} // namespace ui
