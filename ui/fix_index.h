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
    // Of which something is muted, each with the worst that is not.
    QList<QPair<models::ObjectRef, models::Severity>> muted();

Q_SIGNALS:
    void changed();

private:
    struct Muted
    {
        models::ObjectRef object;
        models::Severity open = models::Severity::Good; // the worst of it that is not muted
    };
    void build();
    void readMutes();
    void setOld();
    const Findings *m_findings = nullptr;
    bool m_isBuilt = false, m_areMutesRead = false;
    QHash<QString, QString> m_byFinding;     // code, object and path → key
    QHash<QString, Muted> m_muted;           // by object of which something is muted
    QHash<QString, QStringList> m_byTarget;  // page and target → keys
};

} // namespace ui
