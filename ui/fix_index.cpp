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
    setOld();
    connect(&findings, &models::TableModelBase::batchApplied, this, &FixIndex::setOld);
    connect(&findings, &QAbstractItemModel::modelReset, this, &FixIndex::setOld);
}

void FixIndex::setOld()
{
    m_isBuilt = m_areMutesRead = false;
    Q_EMIT changed();
}

void FixIndex::build()
{
    m_isBuilt = true;
    m_byFinding.clear();
    m_byTarget.clear();
    for (int i = 0; m_findings && i < m_findings->rowCount(); ++i) {
        const models::FindingRow &row = m_findings->row(i);
        if (!row.fixable || !row.mutedBecause.isEmpty())
            continue;
        m_byFinding.insert(identity(row.finding), row.key);
        const FindingPlace place = placeOf(row.finding);
        m_byTarget[place.page + u'\n' + place.target].append(row.key);
    }
}

// Asked at each count of a page, so it spends nothing on findings where none is muted.
void FixIndex::readMutes()
{
    m_areMutesRead = true;
    m_muted.clear();
    for (int i = 0; m_findings && i < m_findings->rowCount(); ++i) {
        if (const models::FindingRow &row = m_findings->row(i); !row.mutedBecause.isEmpty())
            m_muted.insert(row.finding.subject.text(), {row.finding.subject});
    }
    for (int i = 0; !m_muted.isEmpty() && i < m_findings->rowCount(); ++i) {
        const models::FindingRow &row = m_findings->row(i);
        const auto muted =
            row.mutedBecause.isEmpty() ? m_muted.find(row.finding.subject.text()) : m_muted.end();
        if (muted != m_muted.end())
            muted->open = std::max(muted->open, row.finding.severity);
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
    if (!m_areMutesRead)
        readMutes();
    const auto muted = m_muted.isEmpty() ? m_muted.cend() : m_muted.constFind(object.text());
    return muted == m_muted.cend() ? severity : std::min(severity, muted->open);
}

QList<QPair<models::ObjectRef, models::Severity>> FixIndex::muted()
{
    if (!m_areMutesRead)
        readMutes();
    QList<QPair<models::ObjectRef, models::Severity>> muted;
    for (const Muted &one : std::as_const(m_muted))
        muted.append({one.object, one.open});
    return muted;
}

QStringList FixIndex::keysAt(const QString &page, const QString &target)
{
    if (!m_isBuilt)
        build();
    return m_byTarget.value(page + u'\n' + target);
}

} // namespace ui
