// SPDX-License-Identifier: GPL-3.0-or-later
// What a look at the pictures has found: the same thing looks the same wherever it stands, and nothing is given
// more place than it needs.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/chart_legend.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/overview_page.h"
#include "ui/text_view.h"
#include "ui/tile_row.h"

#include <QLabel>
#include <QListView>
#include <QScrollBar>

using namespace Qt::StringLiterals;

class LookTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void aTileHasTheShapeOfItsRows()
    {
        models::WorkloadPosture row;
        row.key = u"shop/web:80"_s;
        row.mode.known = true;
        row.mode.enforced = false;
        row.mode.hasSidecar = true; // which passes this port by
        row.severity = models::Severity::Warning;
        m_world->postures.setRows({row});
        m_window->showPage(u"mesh"_s);
        QTRY_COMPARE(find<ui::Tile>(u"tile4"_s)->number(), u"1"_s);
        QCOMPARE(find<ui::Tile>(u"tile4"_s)->severity(), models::Severity::Warning);
    }

    void theLegendNamesTheLinesThatStandOut()
    {
        ui::MetricsAnswer answer = SampleWorld::metrics(m_world->now);
        answer.series.clear();
        for (int i = 0; i < 9; ++i) {
            ui::ChartSeries series{u"cluster_with_quite_a_long_name_%1"_s.arg(i), {}};
            for (int at = 0; at <= 60; ++at)
                series.points.append({answer.from.addSecs(15 * at), i == 7 ? 5.0 : 0.0});
            answer.series.append(series);
        }
        m_window->resize(1024, 640);
        m_window->showPage(u"metrics"_s);
        m_window->pages().metrics->setAnswer(answer);
        const auto *legend = m_window->page(u"metrics"_s)->findChild<ui::ChartLegend *>();
        QTRY_VERIFY(legend->isVisible() && legend->shownTexts(legend->width()).size() < 9);
        QCOMPARE(legend->shownTexts(legend->width()).first(), u"cluster_with_quite_a_long_name_7"_s);
    }

    void emptyCardsStartAlike()
    {
        ui::OverviewFacts facts;
        facts.snapshot = m_world->snapshot.get();
        facts.view = &m_world->view;
        facts.now = m_world->now;
        m_window->resize(1280, 800);
        m_window->showPage(u"overview"_s);
        m_window->pages().overview->setAnalysis(facts);
        m_window->pages().overview->setRecentChanges({});
        auto *list = find<QListView>(u"overviewFindings"_s);
        QTRY_VERIFY(list->isHidden());
        QTRY_VERIFY2(list->parentWidget()->height() < 120,
                     qPrintable(QString::number(list->parentWidget()->height())));
        const auto gapBelow = [this](const QString &heading, const QString &words) {
            const QRect above = labelRect(heading), below = labelRect(words);
            return below.center().y() - above.center().y(); // words stand in the middle of a label
        };
        const auto labelThere = [this](const QString &words) { return !labelRect(words).isNull(); };
        QTRY_VERIFY(labelThere(u"Nothing: no check"_s) && labelThere(u"Nothing was changed"_s));
        QTRY_COMPARE(gapBelow(u"Needs attention"_s, u"Nothing: no check"_s),
                     gapBelow(u"Recent changes"_s, u"Nothing was changed"_s));
    }

    void textThatIsShownWholeLeavesNoEmptyLine_data()
    {
        QTest::addColumn<int>("lines");
        for (const int lines : {1, 4, 9, 14})
            QTest::addRow("%d lines", lines) << lines;
    }

    void textThatIsShownWholeLeavesNoEmptyLine()
    {
        QFETCH(int, lines);
        ui::TextView view(u"Why"_s);
        view.setFitsContents(16);
        view.setWraps();
        QStringList text;
        for (int i = 0; i < lines; ++i)
            text.append(u"line"_s);
        view.setPlainText(text.join(u'\n'));
        view.resize(300, view.sizeHint().height());
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.resize(300, view.sizeHint().height());
        view.moveCursor(QTextCursor::End);
        QCOMPARE(view.verticalScrollBar()->maximum(), 0);
        const QRect last = view.cursorRect();
        const int left = view.viewport()->height() - last.bottom();
        QVERIFY2(left < last.height(), qPrintable(u"%1 px below lines of %2"_s.arg(left).arg(last.height())));
    }

private:
    QRect labelRect(const QString &start) const // of the first such that is seen on the page Overview
    {
        for (const QLabel *label : m_window->page(u"overview"_s)->findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().startsWith(start))
                return {label->mapTo(m_window.get(), QPoint()), label->size()};
        }
        return {};
    }
};

SALLYPORT_TEST(look_test, LookTest)
#include "look_test.moc"
