// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_class.h"
#include "ui/chart_legend.h"

#include <QTest>

using namespace Qt::StringLiterals;

class ChartLegendTest : public QObject
{
    Q_OBJECT

    static QList<ui::ChartLegend::Entry> entries(int count, const QString &name)
    {
        QList<ui::ChartLegend::Entry> list;
        for (int i = 0; i < count; ++i)
            list.append({name + QString::number(i), Qt::blue, Qt::SolidLine});
        return list;
    }

private Q_SLOTS:
    void namesAreWholeWhereTheyFit_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("shown"); // with what counts the rest
        QTest::addColumn<bool>("whole");
        QTest::newRow("none") << 0 << 800 << 0 << true;
        QTest::newRow("one") << 1 << 800 << 1 << true;
        QTest::newRow("six in several columns") << 6 << 1000 << 6 << true;
        QTest::newRow("six in one column: four rows at most") << 6 << 480 << 4 << true;
        QTest::newRow("many") << 60 << 1000 << 8 << true;
        QTest::newRow("narrower than a name") << 2 << 90 << 2 << false;
    }
    void namesAreWholeWhereTheyFit()
    {
        QFETCH(int, count);
        QFETCH(int, width);
        QFETCH(int, shown);
        QFETCH(bool, whole);
        const QString name = u"cluster_quote_default_otls_istio_upstream_default_"_s;
        ui::ChartLegend legend;
        legend.setEntries(entries(count, name));
        const QStringList texts = legend.shownTexts(width);
        QCOMPARE(texts.size(), shown);
        for (int i = 0; i < shown; ++i) {
            if (shown < count && i + 1 == shown)
                QVERIFY2(texts[i].contains(QString::number(count - shown + 1)), qPrintable(texts[i]));
            else
                QCOMPARE(texts[i] == name + QString::number(i), whole);
        }
        QCOMPARE(legend.heightForWidth(width) > 0, count > 0);
        QVERIFY(legend.heightForWidth(width) <= 4 * legend.heightForWidth(4000) || count == 0);
    }
};

SALLYPORT_TEST(chart_legend_test, ChartLegendTest)
#include "chart_legend_test.moc"
