// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fix_index.h"

#include "ui/finding_place.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString identity(const models::Finding &finding)
{
    return QStringList{finding.code, finding.subject.text(), finding.path}.join(u'\n');
}

} // namespace

void FixIndex::setFindings(const Findings &findings)
{
    m_findings = &findings;
    m_isBuilt = false; // perhaps of none
    const auto isOld = [this] {
        m_isBuilt = false;
        Q_EMIT changed();
    };
    connect(&findings, &models::TableModelBase::batchApplied, this, isOld);
    connect(&findings, &QAbstractItemModel::modelReset, this, isOld);
}

void FixIndex::build()
{
    m_isBuilt = true;
    m_byFinding.clear();
    m_byTarget.clear();
    m_open.clear();
    for (int i = 0; m_findings && i < m_findings->rowCount(); ++i) {
        if (const models::FindingRow &row = m_findings->row(i); !row.mutedBecause.isEmpty())
            m_open.insert(row.finding.subject.text(), models::Severity::Good);
    }
    for (int i = 0; m_findings && i < m_findings->rowCount(); ++i) {
        const models::FindingRow &row = m_findings->row(i);
        if (row.mutedBecause.isEmpty() && !m_open.isEmpty()) {
            const auto open = m_open.find(row.finding.subject.text());
            if (open != m_open.end())
                *open = std::max(*open, row.finding.severity);
        }
        if (!row.fixable || !row.mutedBecause.isEmpty())
            continue;
        m_byFinding.insert(identity(row.finding), row.key);
        const FindingPlace place = placeOf(row.finding);
        m_byTarget[place.page + u'\n' + place.target].append(row.key);
    }
}

QString FixIndex::keyOf(const models::Finding &finding)
{
    if (!m_isBuilt)
        build();
    return m_byFinding.value(identity(finding));
}

models::Severity FixIndex::openSeverity(models::Severity severity, const models::ObjectRef &object)
{
    if (!m_isBuilt)
        build();
    const auto open = m_open.isEmpty() ? m_open.cend() : m_open.constFind(object.text());
    return open == m_open.cend() ? severity : std::min(severity, *open);
}

QStringList FixIndex::keysAt(const QString &page, const QString &target)
{
    if (!m_isBuilt)
        build();
    return m_byTarget.value(page + u'\n' + target);
}

} // namespace ui
