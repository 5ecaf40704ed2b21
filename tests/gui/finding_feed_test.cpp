// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/finding_feed.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

std::shared_ptr<app::ClusterAnalysis> analysisOf(int findings)
{
    auto analysis = std::make_shared<app::ClusterAnalysis>();
    analysis->snapshot = models::makeSnapshot(inputOf(edgeYaml()));
    for (int i = 0; i < findings; ++i) {
        models::Finding finding;
        finding.code = u"RT-003"_s;
        finding.severity = i % 3 == 0 ? models::Severity::Error : models::Severity::Warning;
        finding.subject = {u"Mapping"_s, u"default"_s, u"mapping-%1"_s.arg(i)};
        finding.message = u"hidden by another one"_s;
        analysis->findings.findings.append(finding);
    }
    return analysis;
}

constexpr int Patience = 20'000;

} // namespace

class FindingFeedTest : public QObject
{
    Q_OBJECT

    using Model = models::TableModel<models::FindingRow>;

private Q_SLOTS:
    void tenThousandComeInSlices()
    {
        Model table(models::findingColumns());
        app::gui::FindingFeed feed(table);
        QSignalSpy shown(&feed, &app::gui::FindingFeed::shown);
        int most = 0;
        connect(
            &table, &QAbstractItemModel::rowsInserted, &table,
            [&most](const QModelIndex &, int first, int last) { most = std::max(most, last - first + 1); });
        feed.show(analysisOf(10'000), {});
        QCOMPARE(table.rowCount(), 0); // nothing of it is done in the caller's time
        QTRY_COMPARE_WITH_TIMEOUT(shown.count(), 1, Patience);
        QCOMPARE(table.rowCount(), 10'000);
        QVERIFY(table.isComplete());
        QVERIFY2(most <= app::gui::FindingFeed::SliceRows, qPrintable(QString::number(most)));
        const auto open = shown.first().first().value<QList<models::Finding>>();
        QCOMPARE(open.size(), 10'000);
        QCOMPARE(open.first().severity, models::Severity::Error);
        QCOMPARE(open.last().severity, models::Severity::Warning);
    }

    void whatIsAsItWasIsNotTouched()
    {
        Model table(models::findingColumns());
        app::gui::FindingFeed feed(table);
        QSignalSpy shown(&feed, &app::gui::FindingFeed::shown);
        feed.show(analysisOf(1'200), {});
        QTRY_COMPARE_WITH_TIMEOUT(shown.count(), 1, Patience);
        const QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
        const QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted);
        const QSignalSpy removed(&table, &QAbstractItemModel::rowsRemoved);
        feed.show(analysisOf(1'200), {});
        QTRY_COMPARE_WITH_TIMEOUT(shown.count(), 2, Patience);
        QCOMPARE(changed.count() + inserted.count() + removed.count(), 0);

        const auto other = analysisOf(1'201); // one more, one fewer, one that says something else
        other->findings.findings[700].message = u"hidden by two"_s;
        other->findings.findings.removeAt(3);
        feed.show(other, {});
        QTRY_COMPARE_WITH_TIMEOUT(shown.count(), 3, Patience);
        QCOMPARE(table.rowCount(), 1'200);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), changed.first().at(1).toModelIndex().row());
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(removed.count(), 1);
        QVERIFY(!table.find(u"RT-003|Mapping default/mapping-3|"_s));
    }

    void whatIsMutedIsARowButNotOpen()
    {
        Model table(models::findingColumns());
        app::gui::FindingFeed feed(table);
        QSignalSpy shown(&feed, &app::gui::FindingFeed::shown);
        const QString key = u"RT-003|Mapping default/mapping-1|"_s;
        feed.show(analysisOf(3), {});
        feed.show(analysisOf(3), {{key, u"known"_s}}); // while the first is still looked at
        QTRY_VERIFY_WITH_TIMEOUT(
            shown.count() >= 1 && table.find(key) && !table.find(key)->mutedBecause.isEmpty(), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(shown.last().first().value<QList<models::Finding>>().size(), 2, Patience);
        QCOMPARE(table.rowCount(), 3);
    }

    void theFeedCanBeLeftWhileItWorks()
    {
        Model table(models::findingColumns());
        for (int i = 0; i < 3; ++i) {
            app::gui::FindingFeed feed(table);
            feed.show(analysisOf(2'000), {});
        }
        QCOMPARE(table.rowCount(), 0);
    }
};

SALLYPORT_TEST(finding_feed_test, FindingFeedTest)
#include "finding_feed_test.moc"
