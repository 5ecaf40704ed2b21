// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/finding_feed.h"

#include "models/analysis/finding_fix.h"
#include "models/resources/free_elsewhere.h"
#include "ui/finding_place.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::gui {

FindingFeed::FindingFeed(models::TableModel<models::FindingRow> &rows, QObject *parent)
    : QObject(parent)
    , m_table(rows)
{
    m_pool.setMaxThreadCount(1);
    m_timer.setObjectName(u"findingSlices"_s);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FindingFeed::applySlice);
}

FindingFeed::~FindingFeed() { m_pool.waitForDone(); }

void FindingFeed::show(std::shared_ptr<const ClusterAnalysis> analysis, const QHash<QString, QString> &mutes,
                       const QList<models::Finding> &traffic)
{
    m_waiting = Work{std::move(analysis), mutes, traffic};
    if (!m_isMaking)
        begin();
}

void FindingFeed::begin()
{
    m_isMaking = true;
    m_pool.start([this, work = *std::exchange(m_waiting, std::nullopt), before = m_known] {
        Made made = make(work, before);
        QMetaObject::invokeMethod(
            this, [this, made = std::move(made)] { take(made); }, Qt::QueuedConnection);
    });
}

FindingFeed::Made FindingFeed::make(const Work &work, const QList<models::FindingRow> &before)
{
    const ClusterAnalysis &analysis = *work.analysis;
    const auto isFixable = [&analysis](const models::Finding &finding) {
        return models::fixOf(finding, *analysis.snapshot, analysis.view).has_value();
    };
    Made made;
    made.rows = models::findingRows(analysis.findings.findings + work.traffic, work.mutes, isFixable);
    QHash<QString, const models::FindingRow *> known;
    for (const models::FindingRow &row : before)
        known.insert(row.key, &row);
    QList<models::FindingRow> news;
    for (const models::FindingRow &row : std::as_const(made.rows)) {
        if (row.mutedBecause.isEmpty())
            made.open.append(row.finding);
        const models::FindingRow *same = known.take(row.key);
        if (!same || *same != row)
            news.append(row);
    }
    std::stable_sort(made.open.begin(), made.open.end(),
                     [](const auto &a, const auto &b) { return a.severity > b.severity; });
    std::copy_if(made.open.begin(), made.open.end(), std::back_inserter(made.ofMesh),
                 [](const models::Finding &finding) { return ui::placeOf(finding).page == "mesh"_L1; });
    made.slices.push_back({{}, known.keys(), false}); // few signals however many go: TableModel's promise
    for (qsizetype at = 0; at < news.size(); at += SliceRows)
        made.slices.push_back({news.mid(at, SliceRows), {}, false});
    made.slices.back().complete = true;
    return made;
}

// What is still on its way to the table comes first: the difference is from there.
void FindingFeed::take(const Made &made)
{
    m_isMaking = false;
    models::freeElsewhere(std::exchange(m_known, made.rows));
    models::freeElsewhere(std::exchange(m_open, made.open));
    m_openOfMesh = made.ofMesh;
    m_slices.insert(m_slices.end(), made.slices.begin(), made.slices.end());
    m_timer.start(0);
    if (m_waiting)
        begin();
}

void FindingFeed::applySlice()
{
    m_table.apply(m_slices.front());
    m_slices.pop_front();
    if (m_slices.empty())
        Q_EMIT shown(m_open, m_openOfMesh);
    else
        m_timer.start(0);
}

} // namespace app::gui
