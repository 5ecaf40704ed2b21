// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_class.h"
#include "ui/chart_view.h"
#include "ui/theme.h"

#include <QApplication>
#include <QGraphicsTextItem>
#include <QGraphicsView>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

class ChartViewTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ui::applyTheme(*qApp, ui::Theme::Light); }

    // Where nothing was measured no line is drawn: the same points look another way once their distance is no gap any more.
    void aGapIsNotDrawnOver()
    {
        ui::ChartView chart(u"Requests a second"_s);
        const QDateTime from(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);
        const QList<ui::ChartSeries> series{
            {u"a"_s, {{from, 1}, {from.addSecs(30), 1}, {from.addSecs(200), 1}, {from.addSecs(300), 1}}}};
        chart.resize(740, 300);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        const auto picture = [&](int gapSeconds) {
            chart.setSeries(series, from, from.addSecs(300), gapSeconds);
            return chart.grab().toImage();
        };
        const QImage whole = picture(200), cut = picture(60);
        QVERIFY(whole != cut);
        QCOMPARE(picture(200), whole); // nothing else made the difference
    }

    // A line needs two samples; one that stands alone is still seen, in its series' colour.
    void oneSampleIsADot()
    {
        ui::ChartView chart(u"Requests a second"_s);
        const QDateTime from(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);
        chart.resize(740, 300);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        const QRgb accent = ui::tokensOf(chart.palette()).accent;
        const auto coloured = [&](const QList<ui::ChartPoint> &points) {
            chart.setSeries({{u"a"_s, points}}, from, from.addSecs(300), 60);
            const QImage image = chart.grab().toImage();
            int count = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x)
                    count += (image.pixel(x, y) | 0xFF000000) == accent;
            }
            return count;
        };
        QCOMPARE(coloured({}), 0);
        QVERIFY2(coloured({{from.addSecs(150), 1}}) > 12,
                 qPrintable(QString::number(coloured({{from.addSecs(150), 1}}))));
        QVERIFY(coloured({{from.addSecs(10), 1}, {from.addSecs(150), 1}})
                > 12); // each alone: a gap is between them
    }

    // A page that is 640 high leaves the chart little: fewer values stand there then, and each can be read.
    void everyLabelCanBeReadAtEachHeight_data()
    {
        QTest::addColumn<int>("height");
        for (const int height : {140, 180, 240, 400})
            QTest::addRow("%d", height) << height;
    }
    void everyLabelCanBeReadAtEachHeight()
    {
        QFETCH(int, height);
        ui::ChartView chart(u"Requests a second"_s);
        const QDateTime from(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);
        QList<ui::ChartSeries> series;
        for (const QString &name : {u"cluster_quote_default_default"_s, u"cluster_web_front_front"_s,
                                    u"cluster_web_front_80_front"_s})
            series.append({name, {{from, 0.12}, {from.addSecs(150), 0.24}, {from.addSecs(300), 0.2}}});
        chart.resize(740, height);
        chart.setSeries(series, from, from.addSecs(300), 60);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        const auto *view = chart.findChild<QGraphicsView *>();
        const auto labels = [view] {
            QStringList texts;
            for (const QGraphicsItem *item : view->scene()->items()) {
                const auto *text = dynamic_cast<const QGraphicsTextItem *>(item);
                if (text && text->isVisible() && !text->toPlainText().isEmpty())
                    texts.append(text->toPlainText());
            }
            return texts;
        };
        QTRY_VERIFY(labels().contains(u"0.000"_s));
        QVERIFY(labels().filter(QRegularExpression(u"^0\\.[0-9]+$"_s)).size() >= 2);
        QVERIFY2(labels().filter(u"..."_s).isEmpty() && labels().filter(u"…"_s).isEmpty(),
                 qPrintable(labels().join(u' ')));
    }
};

SALLYPORT_TEST(chart_view_test, ChartViewTest)
#include "chart_view_test.moc"
