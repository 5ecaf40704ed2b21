// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator must be able to read and reach stays so: in small windows, while time passes, after an answer
// that never came.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/confirm_dialog.h"
#include "ui/detail_pane.h"
#include "ui/fact_list.h"
#include "ui/line_delegate.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/table_pane.h"
#include "ui/tile_row.h"
#include "ui/time_text.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTabBar>
#include <QTableView>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

#include <array>

using namespace Qt::StringLiterals;

namespace {

QStringList shownHeads(const QTableView &table)
{
    QStringList heads;
    for (int column = 0; column < table.model()->columnCount(); ++column) {
        if (!table.isColumnHidden(column))
            heads.append(table.model()->headerData(column, Qt::Horizontal).toString());
    }
    return heads;
}

int columnOf(const QTableView &table, const QString &head)
{
    for (int column = 0; column < table.model()->columnCount(); ++column) {
        if (table.model()->headerData(column, Qt::Horizontal).toString() == head)
            return column;
    }
    return -1;
}

template<typename Model>
QStringList keysFrom(const Model &model, int first)
{
    QStringList keys;
    for (int row = first; row < model.rowCount(); ++row)
        keys.append(model.keyAt(row));
    return keys;
}

bool isWhole(const QWidget &widget)
{
    return widget.isVisible() && widget.visibleRegion().boundingRect() == widget.rect();
}

} // namespace

class ReadabilityTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void theTopBarHasRoomForUsualNames_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1280") << QSize(1280, 800);
        QTest::newRow("1024") << QSize(1024, 640);
    }

    void theTopBarHasRoomForUsualNames()
    {
        QFETCH(QSize, size);
        m_window->setContexts({{u"demo"_s, u"https://127.0.0.1:6443"_s, u"/k"_s}}, u"demo"_s);
        m_window->setEdges({u"ambassador/ambassador"_s, u"ambassador-internal/ambassador"_s},
                           u"ambassador/ambassador"_s);
        m_window->resize(size);
        for (const QString &name : {u"contextChooser"_s, u"namespaceChooser"_s, u"edgeChooser"_s}) {
            const auto *combo = find<QComboBox>(name);
            const auto missing = [combo] { // of the style's field, once the bar is laid out
                return combo->fontMetrics().horizontalAdvance(combo->currentText())
                    - (combo->width() - ui::scaled(9 + 26) - 4);
            };
            QTRY_VERIFY2(missing() <= 0, qPrintable(u"%1 lacks %2 px"_s.arg(name).arg(missing())));
        }
    }

    void agesGoOnWithoutAnEvent()
    {
        m_window->showPage(u"overview"_s);
        models::JournalEntry entry = m_world->entries.first();
        entry.at = QDateTime::currentDateTimeUtc();
        m_window->pages().overview->setRecentChanges({{u"1"_s, entry}});
        const auto *list = find<QListView>(u"overviewChanges"_s);
        const auto side = [list] {
            return list->model()->index(0, 0).data(ui::LineDelegate::SideRole).toString();
        };
        QVERIFY2(side().endsWith(u"just now"_s), qPrintable(side()));
        QTRY_VERIFY2(side().endsWith(u" s ago"_s), qPrintable(side()));
        QVERIFY2(m_window->pages().overview->facts().contains(u"as of "_s),
                 qPrintable(m_window->pages().overview->facts()));
    }

    void routingKeepsWhatSaysWhichMappingItIs()
    {
        m_window->resize(1280, 800);
        m_window->showPage(u"routing"_s);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 40);
        QTRY_VERIFY(table->width() > 600);
        const QStringList heads = shownHeads(*table);
        for (const QString &head : {u"Mapping"_s, u"Host"_s, u"Prefix"_s, u"Service"_s}) {
            QVERIFY2(heads.contains(head), qPrintable(heads.join(u' ')));
            QVERIFY2(table->columnWidth(columnOf(*table, head)) >= ui::scaled(88), qPrintable(head));
        }
        find<QLineEdit>(u"mappingsFilter"_s)->setText(u"quote"_s);
        QTRY_VERIFY(table->model()->rowCount() < 40);
        m_window->resize(1281, 800); // fits the columns at once
        QTRY_VERIFY(table->model()->rowCount() > 0);
        QCOMPARE(shownHeads(*table), heads);
    }

    // Names of the usual length are whole in the usual window, beside the details.
    void usualNamesAreWholeBesideTheDetails_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1280") << QSize(1280, 800);
        QTest::newRow("1024") << QSize(1024, 640);
    }
    void usualNamesAreWholeBesideTheDetails()
    {
        QFETCH(QSize, size);
        models::MappingRow row = *m_world->mappings.find(u"default/quote-backend"_s);
        row.host = u"shop.example.com"_s;
        row.service = u"shop.example.com"_s;
        row.prefix = u"~ /assets/[a-z0-9]+/"_s;
        m_world->mappings.setRows({row});
        m_window->resize(size);
        m_window->showPage(u"routing"_s, row.key);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        for (const QString &head : {u"Host"_s, u"Service"_s, u"Mapping"_s}) {
            const int column = columnOf(*table, head);
            const auto isWhole = [&] {
                return table->columnWidth(column)
                    >= table->sizeHintForIndex(table->model()->index(0, column)).width();
            };
            QTRY_VERIFY2(isWhole(), qPrintable(u"%1: %2 px"_s.arg(head).arg(table->columnWidth(column))));
        }
        QVERIFY(shownHeads(*table).contains(u"TLS to service"_s));
    }

    void changesOfOneStepAreToldApart_data() { usualNamesAreWholeBesideTheDetails_data(); }
    void changesOfOneStepAreToldApart()
    {
        QFETCH(QSize, size);
        QList<models::JournalRow> rows;
        for (const QString &name : {u"default"_s, u"quote"_s}) {
            models::JournalEntry entry = m_world->entries.last();
            entry.number = int(rows.size()) + 1;
            entry.title = u"Guide, namespace-label: Label namespace default for sidecar injection"_s;
            entry.result = u"done in 1204 ms"_s;
            entry.change.type.kind = u"PeerAuthentication"_s;
            entry.change.nameSpace = u"ambassador-internal"_s;
            entry.change.name = name;
            rows.append({QString::number(entry.number), entry});
        }
        m_world->journal.setRows(rows);
        m_window->resize(size);
        m_window->showPage(u"activity"_s, u"2"_s);
        const auto *table = find<QTableView>(u"journalTable"_s);
        QTRY_VERIFY(table->width() > 600);
        QTRY_VERIFY2(shownHeads(*table).contains(u"Object"_s), qPrintable(shownHeads(*table).join(u' ')));
        QVERIFY(table->columnWidth(columnOf(*table, u"Object"_s)) >= ui::scaled(200));
        QVERIFY(table->columnWidth(columnOf(*table, u"Change"_s)) >= ui::scaled(200));
    }

    void theSentenceAboutTheModeIsWhole_data() { usualNamesAreWholeBesideTheDetails_data(); }
    void theSentenceAboutTheModeIsWhole()
    {
        QFETCH(QSize, size);
        m_window->resize(size);
        m_window->showPage(u"mesh"_s);
        models::EffectiveMode mode;
        mode.mode = models::MtlsMode::Permissive;
        mode.known = true;
        mode.reason = u"no PeerAuthentication says otherwise, and it is Istio's default where none does"_s;
        m_window->pages().mesh->setMode(mode, u"istio-system"_s);
        const auto *words = find<QLabel>(u"meshModeText"_s);
        const auto isWhole = [words] {
            return words->width() >= words->fontMetrics().horizontalAdvance(words->text())
                || (words->wordWrap() && words->height() >= words->heightForWidth(words->width()));
        };
        QTRY_VERIFY2(isWhole(), qPrintable(words->text()));
        QVERIFY(words->height() < 3 * words->fontMetrics().height()); // no gap either
    }

    void anAnswerThatNeverCameCanBeTakenBack()
    {
        models::JournalEntry entry = m_world->entries.last();
        entry.number = 77;
        entry.succeeded = false;
        entry.settled = false;
        entry.reverted = false;
        m_world->journal.apply({{{u"77"_s, entry}}, {}, true});
        m_window->showPage(u"activity"_s, u"77"_s);
        const auto *table = find<QTableView>(u"journalTable"_s);
        QTRY_COMPARE(table->currentIndex().row(), 0); // the newest is the first
        const int result = columnOf(*table, u"Result"_s);
        QCOMPARE(table->model()->index(0, result).data().toString(), u"Not known"_s);
        QVERIFY(find<QPushButton>(u"activityRevert"_s)->isVisible());
    }

    void buttonsThatWriteStayInSight_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1280") << QSize(1280, 800);
        QTest::newRow("1024") << QSize(1024, 640);
    }

    void buttonsThatWriteStayInSight()
    {
        QFETCH(QSize, size);
        m_window->resize(size);
        m_window->showPage(u"activity"_s, u"5"_s);
        QTRY_VERIFY(isWhole(*find<QPushButton>(u"activityRevert"_s)));
        const auto *object = find<QTableView>(u"journalTable"_s);
        QVERIFY(object->columnWidth(columnOf(*object, u"Object"_s)) >= ui::scaled(150));
        m_window->showPage(u"guide"_s);
        const auto *steps = find<QListView>(u"guideSteps"_s);
        const QFontMetrics metrics(ui::fontOf(ui::Type::Body));
        for (int row = 0; row < steps->model()->rowCount(); ++row) {
            const QModelIndex index = steps->model()->index(row, 0);
            const int words = metrics.horizontalAdvance(index.data().toString())
                + metrics.horizontalAdvance(index.data(ui::LineDelegate::SideRole).toString());
            QVERIFY2(words + ui::scaled(60) <= steps->viewport()->width(),
                     qPrintable(index.data().toString()));
        }
    }

    void theYamlOfAStepIsSeenAsAWhole_data()
    {
        QTest::addColumn<int>("lines");
        for (const int lines : {1, 6, 8, 12})
            QTest::addRow("%d lines", lines) << lines;
    }

    void theYamlOfAStepIsSeenAsAWhole()
    {
        QFETCH(int, lines);
        QStringList yaml;
        for (int i = 0; i < lines; ++i)
            yaml.append(u"key%1: value"_s.arg(i));
        models::GuideStep step;
        step.id = u"one"_s;
        step.title = u"One"_s;
        step.result = models::GuideStep::Result::Failed;
        step.yaml = yaml.join(u'\n');
        m_window->resize(1280, 800);
        m_window->showPage(u"guide"_s);
        m_window->pages().guide->setSteps({step});
        const auto *view = find<QPlainTextEdit>(u"guideYaml"_s);
        QTRY_COMPARE(view->blockCount(), lines);
        QTRY_VERIFY(view->height() > lines * view->fontMetrics().height()
                    && view->verticalScrollBar()->maximum() == 0);
        QVERIFY(isWhole(*find<QPushButton>(u"guideApply"_s)));
    }

    void whatApplyingWouldRestartIsSaidOnTheButton()
    {
        models::GuideStep step;
        step.id = u"prometheus"_s;
        step.result = models::GuideStep::Result::Failed;
        step.yaml = u"job_name: ambassador"_s;
        step.remedy = u"restart Prometheus"_s;
        m_window->showPage(u"guide"_s);
        for (const bool needsRestart : {false, true}) {
            step.needsRestart = needsRestart;
            m_window->pages().guide->setSteps({step});
            const auto *apply = find<QPushButton>(u"guideApply"_s);
            QVERIFY(apply->isVisible());
            QCOMPARE(apply->text().contains(u"Restart Prometheus"_s), needsRestart);
            QTRY_VERIFY(isWhole(*apply));
        }
    }

    void threeChangesHaveThreeWholeTabs()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Change it"_s);
        models::ChangeReview review = SampleWorld::review();
        review.changes.changes = {review.changes.changes.first(), review.changes.changes.first(),
                                  review.changes.changes.first()};
        dialog->setReview(review);
        const auto *tabs = dialog->findChild<QTabBar *>(u"confirmTabs"_s);
        QTRY_VERIFY(tabs->isVisible());
        for (const QToolButton *arrow : tabs->findChildren<QToolButton *>())
            QVERIFY(!arrow->isVisible());
        for (int i = 0; i < tabs->count(); ++i)
            QVERIFY2(tabs->rect().contains(tabs->tabRect(i)), qPrintable(tabs->tabText(i)));
    }

    void oneNamespaceIsNotTheWholeCluster()
    {
        m_window->showPage(u"routing"_s);
        ui::RoutingPage *page = m_window->pages().routing;
        page->setOnlyIn(u"shop"_s);
        QVERIFY(page->banner().isVisible());
        QCOMPARE(page->banner().text(), u"You may not list mappings in all namespaces. Showing: shop"_s);
        page->setOnlyIn({});
        QVERIFY(!page->banner().text().contains(u"shop"_s));
    }

    void aPredicted404IsNoRiddle()
    {
        m_window->showPage(u"request"_s);
        models::Prediction prediction;
        prediction.status = 404;
        m_window->pages().request->setPrediction(prediction);
        models::RequestOutcome outcome = SampleWorld::outcome();
        outcome.status = 404;
        outcome.servedBy.clear();
        outcome.confirmedBy.clear();
        m_window->pages().request->setOutcome(outcome);
        const QString chip = find<QWidget>(u"answerConfirmed"_s)->accessibleName();
        QVERIFY2(chip.contains(u"as predicted"_s) && !chip.contains(u"not confirmed"_s), qPrintable(chip));
    }

    void aPathIsTheEdges()
    {
        m_window->showPage(u"request"_s);
        auto *url = find<QLineEdit>(u"requestUrl"_s);
        url->setText(u"/backend/?a=1"_s);
        m_window->pages().request->setEdgeAddress({});
        QVERIFY(!find<QPushButton>(u"requestSend"_s)->isEnabled());
        m_window->pages().request->setEdgeAddress(QUrl(u"http://127.0.0.1:8080"_s));
        QVERIFY(find<QPushButton>(u"requestSend"_s)->isEnabled());
        QCOMPARE(m_window->pages().request->request().url, QUrl(u"http://127.0.0.1:8080/backend/?a=1"_s));
        QVERIFY(m_window->pages().request->facts().contains(u"http://127.0.0.1:8080"_s));
    }

    void aSeriesThatEndedHasNoNow()
    {
        m_window->showPage(u"metrics"_s);
        ui::MetricsAnswer answer = SampleWorld::metrics(m_world->now);
        ui::ChartSeries ended = answer.series.first();
        ended.name = u"ended"_s;
        ended.points.removeIf([&](const ui::ChartPoint &point) { return point.at.secsTo(answer.to) < 720; });
        QVERIFY(!ended.points.isEmpty());
        answer.series = {ended};
        m_window->pages().metrics->setAnswer(answer);
        const auto *table = find<QTableWidget>(u"metricsTable"_s);
        QCOMPARE(table->item(0, 1)->text(), u"–"_s);
        QCOMPARE(table->item(0, 1)->toolTip(), u"ended 12 min ago"_s);
        QVERIFY(table->item(0, 2)->text() != u"–"_s);
    }

    void aLowWindowHasEightRowsAndTheirDetails_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("table");
        QTest::newRow("routing") << u"routing"_s << u"mappingsTable"_s;
        QTest::newRow("certificates") << u"certificates"_s << u"certificatesTable"_s;
    }

    void aLowWindowHasEightRowsAndTheirDetails()
    {
        QFETCH(QString, page);
        QFETCH(QString, table);
        const auto *view = find<QTableView>(table);
        m_window->resize(1024, 640);
        m_window->showPage(page);
        m_window->page(page)->goTo(page == u"routing"_s ? u"default/quote-backend"_s
                                                        : m_world->certificateRows[1].key);
        QTRY_VERIFY2(view->viewport()->height() >= 8 * ui::scaled(ui::Measure::Row),
                     qPrintable(QString::number(double(view->viewport()->height()) / 32)));
        const auto *detail =
            find<QWidget>(page == u"routing"_s ? u"mappingDetail"_s : u"certificateDetail"_s);
        QVERIFY(detail->isVisible() && detail->height() >= ui::scaled(60));
        QTest::keyClick(m_window.get(), Qt::Key_F9); // a low window hides the chain by itself: F9 shows it
        if (page == u"routing"_s)
            QTRY_VERIFY(!detail->isVisible());
        else
            QTRY_VERIFY(find<QWidget>(u"certificateChain"_s)->isVisible());
        const QVariantMap left = m_window->layoutState();
        QTest::keyClick(m_window.get(), Qt::Key_F9);
        QTRY_COMPARE(detail->isVisible(), true);
        m_window->restoreLayoutState(left);
        if (page == u"routing"_s)
            QTRY_VERIFY(!detail->isVisible());
        else
            QTRY_VERIFY(find<QWidget>(u"certificateChain"_s)->isVisible());
    }

    // Eight rows of the table, and of the pane below it more than its heading.
    void aLowWindowShowsMostFactsOfAMapping()
    {
        m_window->resize(1024, 640);
        m_window->showPage(u"routing"_s);
        m_window->page(u"routing"_s)->goTo(u"default/quote-backend"_s);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_VERIFY(table->viewport()->height() >= 8 * ui::scaled(ui::Measure::Row));
        const auto *facts = find<QWidget>(u"mappingDetail"_s)->findChild<ui::FactList *>();
        const auto count = [facts](bool wholeOnly) {
            int labels = 0;
            for (const QLabel *label : facts->findChildren<QLabel *>())
                labels += wholeOnly ? isWhole(*label) : label->isVisibleTo(facts);
            return labels / 2; // name and value
        };
        QTRY_VERIFY2(count(true) >= 6, qPrintable(QString::number(count(true))));
        m_world->mappings.apply({{}, keysFrom(m_world->mappings, 4), true});
        QTRY_COMPARE(table->model()->rowCount(), 4);
        QVERIFY(count(false) >= 6);
        QTRY_COMPARE(count(true), count(false)); // a short table leaves it more
        m_window->resize(1280, 800);
        QTRY_COMPARE(count(true), count(false));
    }

    void aDetailWithoutAnythingTakesNoFocus()
    {
        m_window->showPage(u"routing"_s);
        auto *detail = find<ui::DetailPane>(u"mappingDetail"_s);
        find<QTableView>(u"mappingsTable"_s)->setCurrentIndex({});
        QTRY_COMPARE(detail->focusPolicy(), Qt::NoFocus);
        const QImage before = detail->grab().toImage();
        detail->setFocus();
        QCOMPARE(detail->grab().toImage(), before);
        m_window->page(u"routing"_s)->goTo(u"default/quote-backend"_s);
        QTRY_COMPARE(detail->focusPolicy(), Qt::StrongFocus);
    }

    void theStatusLineShortensNothing_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<QStringList>("shown");
        QTest::addColumn<QStringList>("gone");
        const QString edge =
            u"ambassador-internal/ambassador 1.11.2, compat v1 (chosen; the image says v2)"_s;
        QTest::newRow("2000") << 2000
                              << QStringList{u"Connected"_s, u"18 ms"_s, u"Confirm writes"_s, u"last event"_s,
                                             edge}
                              << QStringList();
        QTest::newRow("1280") << 1280
                              << QStringList{u"Connected"_s, u"18 ms"_s, u"Confirm writes"_s, u"last event"_s}
                              << QStringList{edge};
        QTest::newRow("1024") << 1024 << QStringList{u"Connected"_s, u"Mappings"_s, u"Confirm writes"_s}
                              << QStringList{edge};
        QTest::newRow("900") << 900 << QStringList{u"Connected"_s} << QStringList{edge};
    }

    void theStatusLineShortensNothing()
    {
        QFETCH(int, width);
        QFETCH(QStringList, shown);
        QFETCH(QStringList, gone);
        models::ConnectionState state = m_world->connection();
        state.mode = models::ConnectionState::Mode::Confirm;
        state.roundTripMs = 18;
        state.mappings = 10412;
        state.hosts = 137;
        state.lastEvent = QDateTime::currentDateTimeUtc().addSecs(-59);
        state.edge = u"ambassador-internal/ambassador 1.11.2, compat v1 (chosen; the image says v2)"_s;
        m_window->setConnection(state);
        m_window->resize(width, 700);
        const auto *text = find<QLabel>(u"statusText"_s);
        QTRY_VERIFY2(text->fontMetrics().horizontalAdvance(text->text()) <= text->width(),
                     qPrintable(text->text()));
        const QStringList parts = text->text().split(u"   |   "_s);
        for (const QString &word : shown)
            QVERIFY2(!parts.filter(word).isEmpty(), qPrintable(word + u" is not in "_s + text->text()));
        for (const QString &word : gone)
            QVERIFY2(parts.filter(word).isEmpty(), qPrintable(text->text()));
    }

    void oneHiddenSelectionIsNotOneOfNone()
    {
        m_window->showPage(u"certificates"_s);
        auto *pane = find<ui::TablePane>(u"certificatesPane"_s);
        m_window->page(u"certificates"_s)->goTo(m_world->certificateRows[1].key);
        QTRY_COMPARE(pane->selectedKeys().size(), 1);
        pane->setFilter(u"nothing-is-called-so"_s);
        QTRY_COMPARE(pane->shown(), 0);
        QCOMPARE(pane->countText(), u"0 shown of %1 · the selected one is filtered out"_s.arg(pane->total()));
    }

    void aDraggedSplitIsRemembered()
    {
        m_window->resize(1024, 640);
        m_window->showPage(u"routing"_s);
        auto *split = m_window->page(u"routing"_s)->findChild<ui::DetailSplit *>();
        QTRY_VERIFY(split->orientation() == Qt::Vertical);
        QTest::mousePress(split->handle(1), Qt::LeftButton, {}, QPoint(300, 0));
        QTest::mouseMove(split->handle(1), QPoint(300, -120));
        QTest::mouseRelease(split->handle(1), Qt::LeftButton, {}, QPoint(300, -120));
        const int dragged = split->sizes().value(1);
        QVERIFY(split->splitState().contains(u"below=%1"_s.arg(dragged)));
        const QVariantMap left = m_window->layoutState();
        m_window->restoreLayoutState({});
        QTRY_VERIFY(split->sizes().value(1) < dragged);
        m_window->restoreLayoutState(left);
        QTRY_COMPARE(split->sizes().value(1), dragged);
    }

    void changesAreToldApartAt1280()
    {
        const QList<std::array<QString, 4>> changes{
            {u"Guide, quote: Deploy the quote service"_s, u"Deployment"_s, u"default"_s, u"quote"_s},
            {u"Guide, quote: Deploy the quote service"_s, u"Service"_s, u"default"_s, u"quote"_s},
            {u"Guide, strict: Require mutual TLS"_s, u"PeerAuthentication"_s, u"istio-system"_s,
             u"default"_s},
            {u"Take back: Switch the mesh to STRICT"_s, u"ConfigMap"_s, u"istio-system"_s, u"prometheus"_s}};
        QList<models::JournalRow> rows;
        for (const auto &[title, kind, nameSpace, name] : changes) {
            models::JournalEntry entry = m_world->entries.last();
            entry.number = int(rows.size()) + 1;
            entry.title = title;
            entry.result = u"done in 1204 ms"_s;
            entry.change.type.kind = kind;
            entry.change.nameSpace = nameSpace;
            entry.change.name = name;
            rows.append({QString::number(entry.number), entry});
        }
        m_world->journal.setRows(rows);
        m_window->resize(1280, 800);
        m_window->showPage(u"activity"_s);
        const auto *table = find<QTableView>(u"journalTable"_s);
        QTRY_VERIFY(table->width() > 600);
        const auto missing = [table](const QString &head, int row) {
            const int column = columnOf(*table, head);
            const QFontMetrics metrics(ui::fontOf(head == u"Change"_s ? ui::Type::Strong : ui::Type::Body));
            return metrics.horizontalAdvance(table->model()->index(row, column).data().toString())
                + 2 * ui::scaled(ui::Measure::CellPadding) - table->columnWidth(column);
        };
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            for (const QString &head : {u"Change"_s, u"Object"_s})
                QTRY_VERIFY2(
                    missing(head, row) <= 0,
                    qPrintable(u"%1 of row %2 lacks %3 px"_s.arg(head).arg(row).arg(missing(head, row))));
        }
    }

    void aSuccessLeavesNoEmptyDiff()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Switch the mesh to STRICT"_s);
        dialog->setReview(SampleWorld::review());
        const auto *diff = dialog->findChild<QPlainTextEdit *>(u"diffView"_s);
        QTRY_VERIFY(diff->isVisible());
        dialog->setOutcome(false, u"403: forbidden"_s);
        QVERIFY(diff->isVisible()); // what could not be written is still to be read
        const int before = dialog->height();
        dialog->setOutcome(true, u"One change written; Activity takes it back."_s);
        QVERIFY(!diff->isVisible());
        QTRY_VERIFY2(dialog->height() < before / 2, qPrintable(QString::number(dialog->height())));
    }

    void oneHostIsOneHost()
    {
        m_window->showPage(u"routing"_s);
        m_window->pages().routing->showTab(u"hosts"_s);
        models::EdgeObjectRow host;
        host.key = u"default/api"_s;
        host.object = {u"Host"_s, u"default"_s, u"api"_s};
        host.cells = QStringList(8);
        m_world->hosts.setRows({host});
        QTRY_VERIFY2(m_window->pages().routing->facts().startsWith(u"1 Host "_s),
                     qPrintable(m_window->pages().routing->facts()));
    }

    void noSidecarHasOneShape_data()
    {
        QTest::addColumn<models::MtlsMode>("meant");
        QTest::newRow("permissive") << models::MtlsMode::Permissive;
        QTest::newRow("strict") << models::MtlsMode::Strict;
    }

    void noSidecarHasOneShape()
    {
        QFETCH(models::MtlsMode, meant);
        models::WorkloadPosture row;
        row.key = u"shop/web:80"_s;
        row.mode.known = true;
        row.mode.enforced = false;
        row.mode.mode = meant;
        row.severity = meant == models::MtlsMode::Strict ? models::Severity::Warning : models::Severity::Info;
        m_world->postures.setRows({row});
        m_window->showPage(u"mesh"_s);
        QTRY_COMPARE(find<ui::Tile>(u"tile2"_s)->severity(), row.severity);
    }

    void theThemeThatIsUsedIsMarked()
    {
        m_window->setTheme(ui::Theme::Dark);
        QVERIFY(find<QAction>(u"darkAction"_s)->isChecked());
        QVERIFY(!find<QAction>(u"lightAction"_s)->isChecked());
        find<QAction>(u"lightAction"_s)->trigger();
        QVERIFY(find<QAction>(u"lightAction"_s)->isChecked());
        QVERIFY(!find<QAction>(u"darkAction"_s)->isChecked());
    }
};

SALLYPORT_TEST(readability_test, ReadabilityTest)
#include "readability_test.moc"
