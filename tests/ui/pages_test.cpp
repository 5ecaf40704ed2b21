// SPDX-License-Identifier: GPL-3.0-or-later
// Each page by keyboard, on the facts of SampleWorld: what is shown, and which wishes go out.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/ask_dialog.h"
#include "ui/chart_view.h"
#include "ui/confirm_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/fact_list.h"
#include "ui/finding_place.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/routing_page.h"
#include "ui/secret_dialog.h"
#include "ui/table_pane.h"
#include "ui/table_view.h"
#include "ui/traffic_card.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTableWidget>
#include <QTest>

using namespace Qt::StringLiterals;

class PagesTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    void routingIsFilteredAndOpenedByKeyboard()
    {
        m_window->showPage(u"routing"_s);
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        auto *filter = find<QLineEdit>(u"mappingsFilter"_s);
        QVERIFY(filter->hasFocus());
        QTest::keyClicks(filter, u"host:shop.example.com cart"_s);
        auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        press(Qt::Key_Down);
        QVERIFY(table->hasFocus());
        QCOMPARE(m_window->pages().routing->currentKey(), u"shop/cart"_s);
        press(Qt::Key_Return);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"mappingDetail"_s);
        const auto *title = find<QWidget>(u"mappingDetail"_s)->findChild<QLabel *>(u"detailTitle"_s);
        QCOMPARE(title->text(), u"cart"_s);
        QVERIFY(find<QPlainTextEdit>(u"mappingWhy"_s)->toPlainText().contains(u"/cart/"_s));
        table->setFocus();
        QTest::keyClicks(table, u"/"_s);
        QVERIFY(filter->hasFocus());
        press(Qt::Key_Escape);
        QTRY_COMPARE(table->model()->rowCount(), 40);
    }

    void aFilterWithoutAnyRowSaysSoAndCanBeCleared()
    {
        m_window->showPage(u"routing"_s);
        find<QLineEdit>(u"mappingsFilter"_s)->setText(u"nothing-is-called-so"_s);
        auto *clear = find<QWidget>(u"mappingsState"_s)->findChild<QPushButton *>(u"stateSecondary"_s);
        QTRY_VERIFY(clear->isVisible());
        QVERIFY(find<QWidget>(u"mappingsState"_s)
                    ->findChild<QLabel *>(u"stateTitle"_s)
                    ->text()
                    .contains(u"40"_s));
        clear->setFocus();
        press(Qt::Key_Space);
        QTRY_COMPARE(find<QTableView>(u"mappingsTable"_s)->model()->rowCount(), 40);
        QTRY_VERIFY(find<QTableView>(u"mappingsTable"_s)->isVisible());
    }

    void aWrongFilterKeepsTheRowsAndSaysWhy()
    {
        m_window->showPage(u"routing"_s);
        find<QLineEdit>(u"mappingsFilter"_s)->setText(u"/(/"_s);
        QTRY_VERIFY(find<QLabel>(u"mappingsFilterError"_s)->isVisible());
        QCOMPARE(find<QTableView>(u"mappingsTable"_s)->model()->rowCount(), 40);
    }

    void aMappingIsTakenToATestRequest()
    {
        QVERIFY(m_window->showPage(u"routing"_s, u"default/quote-backend"_s));
        auto *test = find<QPushButton>(u"mappingTest"_s);
        QTRY_VERIFY(test->isVisible());
        test->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(m_window->currentPage(), u"request"_s);
        const QUrl url = m_window->pages().request->request().url;
        QCOMPARE(url.host(), u"api.example.com"_s);
        QCOMPARE(url.path(), u"/backend/"_s);
    }

    void theDetailFollowsTheRowUnderLiveUpdates()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        models::MappingRow row = *m_world->mappings.find(u"default/quote-backend"_s);
        row.apiVersion = u"getambassador.io/v9"_s;
        m_world->mappings.apply({{row}, {u"shop/cart"_s}, true});
        QTRY_COMPARE(find<QTableView>(u"mappingsTable"_s)->model()->rowCount(), 39);
        QCOMPARE(m_window->pages().routing->currentKey(), u"default/quote-backend"_s);
        bool shown = false;
        for (const QLabel *label : find<QWidget>(u"mappingDetail"_s)->findChildren<QLabel *>())
            shown = shown || label->text().contains(u"v9"_s);
        QVERIFY(shown);
    }

    void certificatesCountDownWithTheirClock()
    {
        m_window->showPage(u"certificates"_s, m_world->certificateRows[1].key);
        const QString before = find<QLabel>(u"certificatesFacts"_s)->text();
        QVERIFY(before.contains(u"1 expired"_s));
        QVERIFY(find<QPlainTextEdit>(u"certificateChain"_s)->toPlainText().contains(u"R11"_s));
        QVERIFY(find<QLabel>(u"certificateImpact"_s)->text().contains(u"default/quote-backend"_s));
        m_world->now = m_world->now.addDays(7);
        m_world->certificates.apply({{m_world->certificateRows[1]}, {}, true});
        QTRY_VERIFY(find<QLabel>(u"certificatesFacts"_s)->text().contains(u"4 expired"_s));
    }

    // A proxy's /certs tells names, serial and dates only: what is not known is not written as an empty word.
    void aCertificateThatOnlyItsProxyToldHasNoEmptyWords()
    {
        models::CertificateRow row = m_world->certificateRows[1];
        QVERIFY(!row.chain.isEmpty());
        kube::Certificate told;
        told.uriNames = {u"spiffe://cluster.local/ns/ambassador/sa/ambassador"_s};
        told.serial = u"2f:9a"_s;
        told.notBefore = row.chain.first().notBefore;
        told.notAfter = row.chain.first().notAfter;
        row.chain = {told};
        m_world->certificates.apply({{row}, {}, true});
        m_window->showPage(u"certificates"_s, row.key);
        const auto *chain = find<QPlainTextEdit>(u"certificateChain"_s);
        QTRY_VERIFY(chain->toPlainText().contains(u"serial 2f:9a"_s));
        const QString text = chain->toPlainText();
        QVERIFY2(!text.contains(u", ,"_s) && !text.contains(u"  ,"_s) && !text.contains(u"issued by"_s)
                     && !text.contains(u"SHA-256"_s),
                 qPrintable(text));
        m_world->certificates.apply({{m_world->certificateRows[1]}, {}, true});
    }

    void aModeThatIsNotKnownIsNotCountedAsPermissive()
    {
        m_window->showPage(u"mesh"_s);
        auto *page = m_window->pages().mesh;
        const auto numberOf = [page](const QString &word) {
            for (const auto *tile :
                 page->findChildren<QAbstractButton *>(QRegularExpression(u"^tile[0-9]$"_s)))
                if (tile->isVisibleTo(page) && tile->text() == word)
                    return tile->accessibleName().section(u' ', 0, 0).toInt();
            return 0;
        };
        const int permissive = numberOf(u"PERMISSIVE"_s);
        QCOMPARE(numberOf(u"not known"_s), 0);
        models::WorkloadPosture unread = m_world->postures.row(0);
        unread.key += u"/unread"_s;
        unread.mode = {models::MtlsMode::Unset, false, true, {}, u"PeerAuthentications were not read"_s, {}};
        m_world->postures.apply({{unread}, {}, true});
        QTRY_COMPARE(numberOf(u"not known"_s), 1);
        QCOMPARE(numberOf(u"PERMISSIVE"_s), permissive);
    }

    void beforeTheSwitchItIsSaidWhatWouldBreak()
    {
        auto *page = m_window->pages().mesh;
        m_window->showPage(u"mesh"_s);
        const auto *caution = find<QLabel>(u"meshCaution"_s);
        page->setWillBreak({u"default/quote-backend"_s, u"shop/cart"_s});
        QVERIFY2(caution->text().contains(u"would break 2 routes"_s)
                     && caution->text().contains(u"shop/cart"_s),
                 qPrintable(caution->text()));
        page->setWillBreak({});
        QVERIFY2(!caution->text().contains(u"break"_s), qPrintable(caution->text()));
    }

    void underStrictItIsSaidWhatBreaks()
    {
        auto *page = m_window->pages().mesh;
        models::EffectiveMode strict;
        strict.mode = models::MtlsMode::Strict;
        strict.known = true;
        page->setMode(strict, u"istio-system"_s);
        page->setWillBreak({u"default/quote-backend"_s, u"shop/cart"_s});
        const QString text = find<QLabel>(u"meshCaution"_s)->text();
        QVERIFY2(text.contains(u"STRICT breaks 2 routes"_s), qPrintable(text));
    }

    // Nothing but the time goes on: no row changes.
    void aCertificateIsSeenToEnd()
    {
        const QDateTime end = m_world->certificateRows[1].notAfter;
        QDateTime now = end.addMSecs(-1500);
        m_window->pages().certificates->setClock([&now] { return now; });
        m_window->showPage(u"certificates"_s, m_world->certificateRows[1].key);
        const auto ended = [this] {
            return find<QLabel>(u"certificatesFacts"_s)->text().section(u' ', 0, 0).toInt();
        };
        const int before = ended();
        now = end.addMSecs(1);
        QTRY_COMPARE(ended(), before + 1);
        m_window->pages().certificates->setClock([this] { return m_world->now; });
    }

    void aTicketGetsTheCertificateInWords()
    {
        m_window->showPage(u"certificates"_s, m_world->certificateRows[1].key);
        find<QPushButton>(u"certificateCopy"_s)->setFocus();
        press(Qt::Key_Space);
        const QString text = QApplication::clipboard()->text();
        QVERIFY(text.contains(u"api.example.com"_s) && text.contains(u"SHA-256"_s)
                && text.contains(u"ends in 6 d"_s));
    }

    void aHandshakeIsAWishAndItsChainIsShown()
    {
        const models::CertificateRow &row = m_world->certificateRows[1];
        auto *page = m_window->pages().certificates;
        const QSignalSpy asked(page, &ui::CertificatesPage::checkRequested);
        m_window->showPage(u"certificates"_s, row.key);
        QVERIFY(!find<QTabBar>(u"certificateParts"_s)->isTabEnabled(1));
        find<QPushButton>(u"certificateCheck"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(asked.count(), 1);
        const QString name = row.chain.first().dnsNames.first();
        QCOMPARE(asked.first()[1].toString(), name);
        ui::HandshakeAnswer answer;
        answer.key = row.key;
        answer.serverName = name;
        answer.protocol = u"TLSv1.3"_s;
        answer.chain = row.chain;
        page->setHandshake(answer);
        const auto *live = find<QLabel>(u"certificateLive"_s);
        QVERIFY2(live->text().contains(u"the stored one"_s), qPrintable(live->text()));
        answer.chain.first().fingerprint = u"00"_s;
        page->setHandshake(answer);
        QVERIFY(live->text().contains(u"another one"_s));
        QVERIFY(find<QPlainTextEdit>(u"certificatePresented"_s)->toPlainText().contains(u"SHA-256 00"_s));
        answer.error = u"127.0.0.1:8443: connection refused"_s;
        answer.chain.clear();
        page->setHandshake(answer);
        QVERIFY(live->text().contains(u"refused"_s));
    }

    void whoeverIsHitByACertificatesEndCanBeGoneTo()
    {
        m_window->showPage(u"certificates"_s, m_world->certificateRows[1].key);
        find<QTabBar>(u"certificateParts"_s)->setCurrentIndex(2);
        auto *affected = find<QListView>(u"certificateAffected"_s);
        QCOMPARE(affected->model()->rowCount(), 4);
        affected->setFocus();
        press(Qt::Key_Home);
        press(Qt::Key_Return);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
        QTRY_COMPARE(m_window->pages().routing->currentKey(), u"default/quote-backend"_s);
    }

    void aSecretIsRevealedAfterItsNameWasTyped()
    {
        models::CertificateRow row = m_world->certificateRows[1];
        row.storedAt = {u"Secret"_s, u"ambassador"_s, u"edge-tls"_s};
        m_world->certificates.apply({{row}, {}, true});
        m_window->showPage(u"certificates"_s, row.key);
        const QSignalSpy revealed(m_window->pages().certificates, &ui::CertificatesPage::revealRequested);
        find<QPushButton>(u"certificateReveal"_s)->click();
        auto *menu = find<QMenu>(u"revealMenu"_s);
        QVERIFY(menu);
        menu->actions().at(1)->trigger(); // tls.key
        menu->close();
        auto *ask = m_window->findChild<ui::AskDialog *>();
        QVERIFY(ask);
        auto *field = ask->findChild<QLineEdit *>(u"askField"_s);
        QTest::keyClicks(field, u"edge"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(revealed.count(), 0);
        QTest::keyClicks(field, u"-tls"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(revealed.count(), 1);
        QCOMPARE(revealed.first()[1].toString(), u"tls.key"_s);
        auto *dialog =
            new ui::SecretDialog(row.storedAt, u"tls.key"_s, QByteArray("\0\xff", 2), m_window.get());
        QCOMPARE(dialog->findChild<QPlainTextEdit *>(u"secretValue"_s)->toPlainText(), u"AP8="_s);
    }

    void theSwitchToStrictIsAWishWithAReview()
    {
        m_window->showPage(u"mesh"_s);
        QCOMPARE(m_world->postures.rowCount() > 5, true);
        const QSignalSpy wished(m_window->pages().mesh, &ui::MeshSecurityPage::modeRequested);
        find<QPushButton>(u"meshSwitch"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(wished.count(), 1);
        QCOMPARE(wished.first().first().value<models::MtlsMode>(), models::MtlsMode::Strict);
        models::EffectiveMode strict;
        strict.mode = models::MtlsMode::Strict;
        strict.reason = u"mesh-wide PeerAuthentication istio-system/default"_s;
        m_window->pages().mesh->setMode(strict, u"istio-system"_s);
        QVERIFY(find<QPushButton>(u"meshSwitch"_s)->text().contains(u"PERMISSIVE"_s));
        QVERIFY(find<QLabel>(u"meshModeText"_s)->text().contains(strict.reason));
    }

    void aReviewIsConfirmedByTypingTheContext()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Switch the mesh to STRICT"_s);
        const QSignalSpy confirmed(dialog, &ui::ConfirmDialog::confirmed);
        QVERIFY(!dialog->applyButton()->isEnabled()); // nothing is known yet
        dialog->setReview(SampleWorld::review());
        QVERIFY(!dialog->applyButton()->isEnabled());
        auto *typing = dialog->findChild<QLineEdit *>(u"confirmTyping"_s);
        QTRY_VERIFY(typing->hasFocus());
        QTest::keyClicks(typing, u"eks-eu"_s);
        QTest::keyClick(typing, Qt::Key_Return);
        QCOMPARE(confirmed.count(), 0);
        QTest::keyClicks(typing, u"1"_s);
        QVERIFY(dialog->applyButton()->isEnabled());
        QTest::keyClick(typing, Qt::Key_Return);
        QTest::keyClick(typing, Qt::Key_Return);
        QCOMPARE(confirmed.count(), 1); // once
        dialog->setOutcome(true, u"201 in 16 ms"_s);
        QVERIFY(!dialog->applyButton()->isVisible());
    }

    void aChangeThatTheServerRefusesCannotBeApplied()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Switch the mesh to STRICT"_s);
        models::ChangeReview refused = SampleWorld::review(false);
        refused.needsTyping = false;
        dialog->setReview(refused);
        QVERIFY(!dialog->applyButton()->isEnabled());
        QVERIFY(dialog->findChild<QLabel *>(u"confirmMessage"_s)->text().contains(u"forbidden"_s));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<ui::ConfirmDialog *>());
    }

    void aRequestIsPredictedWhileTypingAndSentByEnter()
    {
        m_window->showPage(u"request"_s);
        QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier);
        auto *url = find<QLineEdit>(u"requestUrl"_s);
        QVERIFY(url->hasFocus());
        const QSignalSpy predicted(m_window->pages().request, &ui::RequestPage::predictionWanted);
        const QSignalSpy sent(m_window->pages().request, &ui::RequestPage::sendRequested);
        QTest::keyClicks(url, u"http://api.example.com/backend/"_s);
        QTRY_VERIFY(!predicted.isEmpty()
                    && predicted.last().first().value<models::RequestSpec>().url.path() == u"/backend/"_s);
        QVERIFY(!find<QWidget>(u"predictionCard"_s)->findChildren<QWidget *>().isEmpty());
        press(Qt::Key_Return);
        QCOMPARE(sent.count(), 1);
        m_window->pages().request->setOutcome(SampleWorld::outcome());
        QTRY_VERIFY(find<QLabel>(u"answerTitle"_s)->text() == u"200 OK"_s);
        const auto *body = find<QPlainTextEdit>(u"answerBody"_s);
        QVERIFY(body->toPlainText().contains(u"driver of truth"_s));
        QTRY_VERIFY(body->height() > 5 * body->fontMetrics().lineSpacing()); // all of its five lines
        find<QTabBar>(u"answerParts"_s)->setFocus();
        press(Qt::Key_Right);
        QVERIFY(find<QPlainTextEdit>(u"answerBody"_s)->toPlainText().contains(u"server: envoy"_s));
    }

    void halfAUrlIsNeitherPredictedNorSent()
    {
        m_window->showPage(u"request"_s);
        find<QLineEdit>(u"requestUrl"_s)->setText(u"api.example.com/backend/"_s);
        QVERIFY(!find<QPushButton>(u"requestSend"_s)->isEnabled());
        QVERIFY(find<QLabel>(u"predictionText"_s)->text().contains(u"http://"_s));
    }

    void aWrongPredictionIsSaidLoudly()
    {
        m_window->showPage(u"request"_s);
        models::RequestOutcome outcome = SampleWorld::outcome();
        outcome.predictionHeld = false;
        m_window->pages().request->setOutcome(outcome);
        QVERIFY(find<QWidget>(u"answerConfirmed"_s)->accessibleName().startsWith(u"error"_s));
    }

    void curlGetsItsWordsQuoted()
    {
        m_window->pages().request->setRequest(u"POST"_s, QUrl(u"http://api.example.com/a?b='c'"_s));
        find<QPlainTextEdit>(u"requestHeaders"_s)->setPlainText(u"x-canary: it's 1"_s);
        QVERIFY(m_window->pages().request->asCurl().contains(u"-H 'x-canary: it'\\''s 1'"_s));
        QVERIFY(m_window->pages().request->asCurl().startsWith(u"curl -i -X POST"_s));
    }

    void metricsHaveTheChartsDataAsATable()
    {
        m_window->showPage(u"metrics"_s);
        const auto *table = find<QTableWidget>(u"metricsTable"_s);
        QCOMPARE(table->rowCount(), 3);
        QCOMPARE(table->item(0, 0)->text(), u"cluster_web_shop"_s);
        ui::MetricsAnswer failed;
        failed.error = u"Prometheus answered 503"_s;
        m_window->pages().metrics->setAnswer(failed);
        QCOMPARE(table->rowCount(), 3); // what was known stays
        QVERIFY(m_window->pages().metrics->banner().text().contains(u"503"_s));
        const QSignalSpy chosen(m_window->pages().metrics, &ui::MetricsPage::rangeChosen);
        find<QComboBox>(u"metricsRange"_s)->setFocus();
        press(Qt::Key_Down);
        QCOMPARE(chosen.first().first().toInt(), 3600);
    }

    void aGuideStepIsAppliedAndUndoneAsAWish()
    {
        m_window->showPage(u"guide"_s, u"strict"_s);
        const QSignalSpy applied(m_window->pages().guide, &ui::GuidePage::applyRequested);
        const QSignalSpy undone(m_window->pages().guide, &ui::GuidePage::undoRequested);
        QVERIFY(find<QPlainTextEdit>(u"guideYaml"_s)->toPlainText().contains(u"PeerAuthentication"_s));
        find<QPushButton>(u"guideApply"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(applied.first().first().toString(), u"strict"_s);
        find<QListView>(u"guideSteps"_s)->setFocus();
        press(Qt::Key_Home);
        QCOMPARE(m_window->pages().guide->currentStep(), u"start"_s);
        QVERIFY(!find<QPushButton>(u"guideApply"_s)->isVisible()); // it is there already: nothing to write
        press(Qt::Key_Down);
        QCOMPARE(m_window->pages().guide->currentStep(), u"namespace-label"_s);
        find<QPushButton>(u"guideUndo"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(undone.first().first().toString(), u"namespace-label"_s);
    }

    void withoutALiveConnectionNothingCanBeApplied()
    {
        m_window->showPage(u"guide"_s, u"strict"_s);
        m_window->setConnection(m_world->connection(models::ConnectionState::Phase::Stale));
        m_window->pages().guide->setUndoable({});
        QVERIFY(!find<QPushButton>(u"guideApply"_s)->isEnabled());
        QVERIFY(!find<QPushButton>(u"guideApply"_s)->toolTip().isEmpty());
    }

    // The same times, names and axes, other values: another picture, and the values are told.
    void theChartDrawsWhatPrometheusAnswered()
    {
        m_window->resize(1280, 800);
        m_window->showPage(u"metrics"_s);
        auto *chart = find<ui::ChartView>(u"metricsChart"_s);
        ui::MetricsAnswer answer = SampleWorld::metrics(m_world->now);
        answer.series = {answer.series.first()};
        const QString name = answer.series.first().name;
        QList<QImage> pictures;
        for (const auto &[early, late] : {std::pair(40, 17), std::pair(17, 40), std::pair(40, 17)}) {
            QList<ui::ChartPoint> &points = answer.series.first().points;
            QVERIFY(points.size() > 4);
            for (qsizetype i = 0; i < points.size(); ++i)
                points[i].value = i < points.size() / 2 ? early : late;
            const QImage before = chart->grab().toImage();
            m_window->pages().metrics->setAnswer(answer);
            QTRY_VERIFY(chart->grab().toImage() != before);
            pictures.append(chart->grab().toImage());
            const auto told = [&](const ui::ChartPoint &point) {
                return chart->valueText(point.at).section(u'\n', 1);
            };
            QCOMPARE(told(points.first()), u"%1  %2"_s.arg(name).arg(early));
            QCOMPARE(told(points.last()), u"%1  %2"_s.arg(name).arg(late));
        }
        QCOMPARE(pictures[2], pictures[0]); // nothing but the values made the difference
        QVERIFY(pictures[1] != pictures[0]);
    }

    void aReviewShowsTheDiffOfEachChange()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Change it"_s);
        models::ChangeReview review = SampleWorld::review();
        review.changes.changes.append(review.changes.changes.first());
        review.diffs = {u" kind: A\n-spec: {mode: PERMISSIVE}\n+spec: {mode: STRICT}\n"_s, u"+kind: B\n"_s};
        dialog->setReview(review);
        const auto *diff = dialog->findChild<QPlainTextEdit *>(u"diffView"_s);
        QTRY_VERIFY(diff->isVisible());
        QVERIFY2(diff->toPlainText().contains(u"-spec: {mode: PERMISSIVE}\n+spec: {mode: STRICT}"_s),
                 qPrintable(diff->toPlainText()));
        QVERIFY(diff->height() > 3 * diff->fontMetrics().height());
        dialog->findChild<QTabBar *>(u"confirmTabs"_s)->setCurrentIndex(1);
        QCOMPARE(diff->toPlainText().trimmed(), u"+kind: B"_s);
    }

    void activityShowsTheDiffAndRevertsAsAWish()
    {
        m_window->showPage(u"activity"_s, u"5"_s);
        const QSignalSpy reverted(m_window->pages().activity, &ui::ActivityPage::revertRequested);
        auto *detail = find<QWidget>(u"activityDetail"_s);
        QTRY_VERIFY(detail->findChild<QPlainTextEdit *>(u"diffView"_s)
                        ->toPlainText()
                        .contains(u"+    mode: STRICT"_s));
        find<QPushButton>(u"activityRevert"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(reverted.first().first().toInt(), 5);
        m_window->showPage(u"activity"_s, u"4"_s); // already taken back
        QVERIFY(!find<QPushButton>(u"activityRevert"_s)->isVisible());
    }

    void anEmptyTableLeavesThePlaceOfTheDetailsToItsWords()
    {
        m_window->showPage(u"activity"_s);
        auto *detail = find<QWidget>(u"activityDetail"_s);
        QTRY_VERIFY(detail->isVisible());
        m_world->journal.setRows({});
        QTRY_VERIFY(!detail->isVisible());
        models::JournalEntry entry;
        entry.number = 1;
        entry.at = QDateTime::currentDateTimeUtc();
        m_world->journal.apply({{{u"1"_s, entry}}, {}, true});
        QTRY_VERIFY(detail->isVisible());
    }

    void ofThousandsOfFindingsTheWorstAreListedAndAllAreCounted()
    {
        ui::OverviewFacts facts;
        facts.snapshot = m_world->snapshot.get();
        facts.now = m_world->now;
        for (int i = 0; i < 3000; ++i)
            facts.findings.append({u"RT-010"_s,
                                   i == 2999 ? models::Severity::Error : models::Severity::Warning,
                                   {u"Mapping"_s, u"shop"_s, QString::number(i)},
                                   {},
                                   u"no edge takes it, for the reason %1"_s.arg(9000 + i),
                                   {},
                                   {}});
        m_window->pages().overview->setAnalysis(facts);
        const auto *list = find<QListView>(u"overviewFindings"_s);
        QTRY_COMPARE(list->model()->rowCount(), 200);
        QVERIFY(list->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().contains(u"2999"_s));
        bool counted = false;
        for (const QLabel *label : m_window->pages().overview->findChildren<QLabel *>())
            counted = counted || label->text().contains(u"(3,000)"_s);
        QVERIFY(counted);
    }

    void whatIsTheSameOfSeveralObjectsIsOneLine()
    {
        ui::OverviewFacts facts;
        facts.snapshot = m_world->snapshot.get();
        facts.now = m_world->now;
        for (const QString &name : {u"orders-a"_s, u"orders-b"_s, u"orders-c"_s})
            facts.findings.append({u"MT-001"_s,
                                   models::Severity::Error,
                                   {u"Mapping"_s, u"shop"_s, name},
                                   {},
                                   u"the sidecars of %1 are STRICT"_s.arg(name),
                                   {},
                                   {}});
        facts.findings.append(
            {u"RT-007"_s, models::Severity::Error, {u"Mapping"_s, u"shop"_s, u"a"_s}, {}, u"x"_s, {}, {}});
        m_window->showPage(u"overview"_s);
        m_window->pages().overview->setAnalysis(facts);
        auto *list = find<QListView>(u"overviewFindings"_s);
        QCOMPARE(list->model()->rowCount(), 2);
        const QString said = list->model()->index(0, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(said.contains(u"3 × Mapping: orders-a, orders-b, orders-c"_s), qPrintable(said));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(list->model()->index(0, 0)).center());
        QCOMPARE(m_window->docks().current(), u"problems"_s); // all of them, and what can be done
        QCOMPARE(m_window->docks().problems().pane().filter(), u"code:MT-001"_s);
    }

    // What is counted is of the namespaces that are looked at, and says so.
    void theOverviewCountsTheChosenNamespaces()
    {
        m_window->showPage(u"overview"_s);
        const auto values = [this] {
            QHash<QString, QString> all;
            for (const QString &card : {u"routingCard"_s, u"meshCard"_s, u"certificatesCard"_s})
                for (const ui::Fact &fact : find<ui::FactList>(card)->facts())
                    all.insert(fact.name, fact.value);
            return all;
        };
        const auto mappingsIn = [this](const QStringList &names) {
            int count = 0;
            for (int i = 0; i < m_world->mappings.rowCount(); ++i)
                count += names.contains(m_world->mappings.row(i).nameSpace);
            return count;
        };
        const auto portsIn = [this](const QStringList &names) {
            int count = 0;
            for (int i = 0; i < m_world->postures.rowCount(); ++i)
                count += names.contains(m_world->postures.row(i).nameSpace);
            return count;
        };
        QVERIFY(values().value(u"Mappings loaded"_s).endsWith(u" of 40"_s));
        const int allFindings = find<QListView>(u"overviewFindings"_s)->model()->rowCount();
        for (const QStringList &names :
             {QStringList{u"team-a"_s}, QStringList{u"default"_s, u"shop"_s}, QStringList{u"nowhere"_s}}) {
            m_window->chooseNamespaces(names);
            const QHash<QString, QString> now = values();
            QVERIFY2(now.value(u"Mappings loaded"_s).endsWith(u" of %1"_s.arg(mappingsIn(names))),
                     qPrintable(names.join(u' ') + u": "_s + now.value(u"Mappings loaded"_s)));
            QVERIFY2(now.value(u"Ports in the mesh"_s).endsWith(u" of %1"_s.arg(portsIn(names))),
                     qPrintable(now.value(u"Ports in the mesh"_s)));
            QVERIFY2(m_window->pages().overview->facts().contains(names.first()),
                     qPrintable(m_window->pages().overview->facts()));
        }
        QVERIFY(find<QListView>(u"overviewFindings"_s)->model()->rowCount() < allFindings);
        const auto *nothing = find<QLabel>(u"overviewNothing"_s);
        QVERIFY2(!nothing->isHidden() && nothing->text().contains(u"in other namespaces"_s),
                 qPrintable(nothing->text())); // no all-clear
        m_window->chooseNamespaces({});
        QVERIFY(values().value(u"Mappings loaded"_s).endsWith(u" of 40"_s));
        QCOMPARE(find<QListView>(u"overviewFindings"_s)->model()->rowCount(), allFindings);
    }

    // A Mapping that no pod was read of is not said to be loaded: on the Overview as on the page Routing.
    void whatNoPodSaysIsNotLoaded_data()
    {
        QTest::addColumn<models::SightState>("sight");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("note");
        QTest::newRow("read") << models::SightState::Read << u"Loaded"_s << QString();
        QTest::newRow("not yet") << models::SightState::NotYet << u"Not read yet"_s << u"(not read yet)"_s;
        QTest::newRow("unreadable") << models::SightState::Unreadable << u"Unknown (config only)"_s
                                    << u"(config only)"_s;
    }
    void whatNoPodSaysIsNotLoaded()
    {
        QFETCH(models::SightState, sight);
        QFETCH(QString, state);
        QFETCH(QString, note);
        int listed = 0;
        for (int i = 0; i < m_world->mappings.rowCount(); ++i) {
            models::MappingRow row = m_world->mappings.row(i);
            row.sightState = sight;
            listed += models::stateText(row) == state;
            m_world->mappings.apply({{row}, {}, true});
        }
        QVERIFY(listed > 0);
        m_window->showPage(u"overview"_s);
        const auto value = [this] {
            for (const ui::Fact &fact : find<ui::FactList>(u"routingCard"_s)->facts())
                if (fact.name == u"Mappings loaded"_s)
                    return fact.value;
            return QString();
        };
        QTRY_COMPARE(value(), u"%1 of 40 %2"_s.arg(listed).arg(note).trimmed());
        QAbstractButton *link = nullptr;
        for (auto *each : m_window->pages().overview->findChildren<QAbstractButton *>())
            link = each->isVisible() && each->accessibleName().startsWith(u"Mappings loaded"_s) ? each : link;
        QVERIFY(link);
        link->click();
        const auto *pane =
            qobject_cast<ui::TablePane *>(find<QLineEdit>(u"mappingsFilter"_s)->parentWidget());
        QTRY_COMPARE(pane->shown(), listed);
    }

    void overviewTellsTheTraffic_data()
    {
        QTest::addColumn<ui::TrafficSummary>("summary");
        QTest::addColumn<QStringList>("figures"); // requests, 5xx, slowest; none: the note is there instead
        QTest::addColumn<QString>("note");
        ui::TrafficSummary busy{{1240.4, {1000, -1, 1240.4}},
                                {0.0012, {0, 0.0012}},
                                {84.2, {80, 84.2}},
                                u"Prometheus istio-system/prometheus"_s,
                                {}};
        QTest::newRow("busy") << busy << QStringList{u"1,240"_s, u"0.12 %"_s, u"84 ms"_s} << QString();
        busy.serverErrors = busy.slowest = {};
        busy.requests.now = 0;
        QTest::newRow("nobody came of late")
            << busy << QStringList{u"0.0"_s, u"none"_s, u"none"_s} << QString();
        busy.requests = {};
        QTest::newRow("none was ever counted") << busy << QStringList() << u"has counted no request"_s;
        busy.error = u"no Service of Prometheus was found"_s;
        QTest::newRow("no source") << busy << QStringList()
                                   << u"No metrics: no Service of Prometheus was found"_s;
    }
    void overviewTellsTheTraffic()
    {
        QFETCH(ui::TrafficSummary, summary);
        QFETCH(QStringList, figures);
        QFETCH(QString, note);
        m_window->showPage(u"overview"_s);
        m_window->pages().overview->setTraffic(summary);
        const auto *noteLabel = find<QLabel>(u"trafficNote"_s);
        QCOMPARE(noteLabel->isVisible(), figures.isEmpty());
        QVERIFY2(figures.size() == 3 || noteLabel->text().contains(note), qPrintable(noteLabel->text()));
        for (const auto &[at, name] :
             {std::pair(0, u"trafficRequests"_s), {1, u"trafficErrors"_s}, {2, u"trafficSlowest"_s}}) {
            const auto *value = find<QLabel>(name + u"Value"_s);
            QCOMPARE(value->isVisible(), !figures.isEmpty());
            if (!figures.isEmpty())
                QCOMPARE(value->text(), figures[at]);
        }
        find<QPushButton>(u"trafficOpen"_s)->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(m_window->currentPage(), u"metrics"_s);
    }

    // What leads to the page counts, the worst kind of it.
    void theBadgeOfMeshSecurityCountsFindings()
    {
        auto *page = m_window->pages().mesh;
        const auto badge = [this] {
            return find<QWidget>(u"meshItem"_s)->accessibleName().section(u", "_s, 1);
        };
        const QString ofModes = badge(); // ports in DISABLE are errors of their own
        const auto findings = [](int errors, int warnings) {
            QList<models::Finding> all(errors + warnings);
            for (int i = 0; i < all.size(); ++i) {
                all[i].subject = {u"PeerAuthentication"_s, i % 2 == 0 ? u"shop"_s : QString(), u"p"_s};
                all[i].severity = i < errors ? models::Severity::Error : models::Severity::Warning;
            }
            return all;
        };
        page->setOpenFindings(findings(0, 7));
        QCOMPARE(badge(), ofModes.isEmpty() ? u"7 (warning)"_s : ofModes);
        page->setOpenFindings(findings(9, 7));
        QCOMPARE(badge(), u"9 (error)"_s);
        page->setNamespaces({u"cart"_s}); // of what is of no namespace, too
        QCOMPARE(badge(), u"4 (error)"_s);
        page->setNamespaces({});
        page->setOpenFindings({});
        QCOMPARE(badge(), ofModes);
        models::WorkloadPosture edge =
            m_world->postures.row(0); // its ports pass its sidecar by, as the guide says
        edge.key += u"/edge"_s;
        edge.mode.enforced = false;
        edge.mode.hasSidecar = true;
        edge.severity = models::Severity::Warning;
        m_world->postures.apply({{edge}, {}, true});
        page->setOpenFindings({});
        QCOMPARE(badge(), ofModes); // no check calls it wrong
    }

    // Without an edge no prediction comes; a URL that is whole is not called unfinished.
    void aWholeUrlIsNotCalledUnfinished()
    {
        auto *page = m_window->pages().request;
        page->forget();
        m_window->showPage(u"request"_s);
        auto *url = find<QLineEdit>(u"requestUrl"_s);
        const auto *words = find<QLabel>(u"predictionText"_s);
        url->clear();
        QTest::keyClicks(url, u"http:"_s);
        QVERIFY2(words->text().contains(u"Not a whole URL"_s), qPrintable(words->text()));
        QTest::keyClicks(url, u"//shop.example.com/shop/"_s);
        QVERIFY2(!words->text().contains(u"Not a whole URL"_s) && !words->text().isEmpty(),
                 qPrintable(words->text()));
        models::Prediction prediction;
        prediction.reason = u"served by quote"_s;
        page->setPrediction(prediction);
        QTest::keyClicks(url, u"x"_s);
        QCOMPARE(words->text(), u"served by quote"_s); // until the next comes
    }

    void mappingsOfOtherHostsAreNamedBelowTheHost_data()
    {
        QTest::addColumn<QString>("mapping"); // that serves it; "" none
        QTest::addColumn<int>("named");
        QTest::newRow("no Host fits") << QString() << 4;
        QTest::newRow("one serves it") << u"default/m-a"_s << 2;
    }

    void mappingsOfOtherHostsAreNamedBelowTheHost()
    {
        QFETCH(QString, mapping);
        QFETCH(int, named);
        models::Prediction prediction;
        prediction.mapping = mapping;
        prediction.steps.append({u"Host"_s, u"none fits c.example.com"_s, {}, models::Severity::Error});
        for (int i = 0; i < 6; ++i) {
            edge::Candidate candidate;
            candidate.mapping = {"Mapping", "m-" + std::to_string(i), "default"};
            candidate.path = "/m/";
            candidate.failedCondition = "host";
            candidate.expected = "a.example.com";
            candidate.actual = "c.example.com";
            prediction.otherHosts.append(candidate);
        }
        m_window->showPage(u"request"_s);
        m_window->pages().request->setPrediction(prediction);
        QString all;
        for (const QLabel *label : find<QWidget>(u"predictionCard"_s)->findChildren<QLabel *>()) {
            if (label->isVisible())
                all += label->text() + u'\n';
        }
        QVERIFY2(all.contains(u"m-0: host wants a.example.com, the request has c.example.com"_s),
                 qPrintable(all));
        QCOMPARE(all.count(u"host wants"_s), named);
        QVERIFY2(all.contains(u"and %1 others"_s.arg(6 - named)), qPrintable(all));
    }

    void stepsThatWereNotCheckedAreNoWarning_data()
    {
        QTest::addColumn<models::GuideStep::Result>("second");
        QTest::addColumn<QString>("spoken");
        using Result = models::GuideStep::Result;
        QTest::newRow("nothing checked") << Result::NotChecked << ui::severityName(models::Severity::Unknown);
        QTest::newRow("one failed") << Result::Failed << ui::severityName(models::Severity::Warning);
    }
    void stepsThatWereNotCheckedAreNoWarning()
    {
        QFETCH(models::GuideStep::Result, second);
        QFETCH(QString, spoken);
        QList<models::GuideStep> steps(2);
        steps[0].id = u"one"_s;
        steps[1].id = u"two"_s;
        steps[1].result = second;
        m_window->pages().guide->setSteps(steps);
        QCOMPARE(find<QWidget>(u"guideItem"_s)->accessibleName(),
                 u"Integration guide, 0/2 (%1)"_s.arg(spoken));
    }

    void aFindingLeadsToItsMapping()
    {
        m_window->showPage(u"overview"_s);
        auto *findings = find<QListView>(u"overviewFindings"_s);
        QVERIFY(findings->model()->rowCount() > 0);
        findings->setFocus();
        press(Qt::Key_Home);
        press(Qt::Key_Return);
        QCOMPARE(m_window->currentPage(), u"routing"_s);
        QTRY_VERIFY(!m_window->pages().routing->currentKey().isEmpty());
    }

    // A finding names the pod that it was read from; the row speaks of all pods of that identity.
    void aFindingOfAPodLeadsToItsCertificate()
    {
        models::CertificateRow row = m_world->certificateRows[2];
        row.storedIn = u"in memory, 3 pods"_s;
        row.storedAt = {u"Pod"_s, u"shop"_s, u"cart-7d9f"_s};
        m_world->certificates.apply({{row}, {}, true});
        m_window->showPage(u"certificates"_s);
        auto *filter = find<QLineEdit>(u"certificatesFilter"_s);
        filter->setText(u"memory"_s);
        models::Finding finding;
        finding.code = u"CERT-007"_s;
        finding.subject = row.storedAt;
        const ui::FindingPlace place = ui::placeOf(finding);
        m_window->showPage(place.page, place.target);
        QCOMPARE(m_window->pages().certificates->currentKey(), row.key);
        QCOMPARE(filter->text(), u"memory"_s); // mine stays
        filter->setText(u"nothing-is-called-so"_s);
        m_window->showPage(place.page, place.target);
        QTRY_COMPARE(m_window->pages().certificates->currentKey(), row.key);
        QCOMPARE(filter->text(), QString());
        m_world->certificates.apply({{m_world->certificateRows[2]}, {}, true});
    }

    void aNumberOfTheOverviewOpensThePageWithItsFilter_data()
    {
        QTest::addColumn<QString>("fact");
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("filter");
        QTest::addColumn<bool>("byKeyboard");
        QTest::newRow("rejected") << u"Rejected: "_s << u"routing"_s << u"mappingsFilter"_s
                                  << u"status:rejected"_s << false;
        QTest::newRow("not serving, by keyboard") << u"Not serving: "_s << u"routing"_s << u"mappingsFilter"_s
                                                  << u"status:/shadowed|unreachable|^unknown$/"_s << true;
        QTest::newRow("loaded") << u"Mappings loaded: "_s << u"routing"_s << u"mappingsFilter"_s
                                << u"status:/^loaded$/"_s << false;
        QTest::newRow("expired") << u"Expired: "_s << u"certificates"_s << u"certificatesFilter"_s
                                 << u"ends:expired"_s << false;
        QTest::newRow("strict") << u"Ports STRICT: "_s << u"mesh"_s << u"posturesFilter"_s << u"mode:STRICT"_s
                                << true;
    }
    void aNumberOfTheOverviewOpensThePageWithItsFilter()
    {
        QFETCH(QString, fact);
        QFETCH(QString, page);
        QFETCH(QString, field);
        QFETCH(QString, filter);
        QFETCH(bool, byKeyboard);
        m_window->showPage(u"overview"_s);
        QAbstractButton *link = nullptr;
        for (auto *each : m_window->pages().overview->findChildren<QAbstractButton *>())
            link = each->isVisible() && each->accessibleName().startsWith(fact) ? each : link;
        QVERIFY(link);
        const int number = link->text().section(u' ', 0, 0).toInt();
        if (byKeyboard) {
            link->setFocus(Qt::TabFocusReason);
            press(Qt::Key_Return);
        } else {
            QTest::mouseClick(link, Qt::LeftButton);
        }
        QCOMPARE(m_window->currentPage(), page);
        QCOMPARE(find<QLineEdit>(field)->text(), filter);
        const auto *pane = qobject_cast<ui::TablePane *>(find<QLineEdit>(field)->parentWidget());
        QTRY_COMPARE(pane->shown(), number); // as many rows as it said
    }

    void aClickOnAFindingOpensIt()
    {
        m_window->showPage(u"overview"_s);
        auto *list = find<QListView>(u"overviewFindings"_s);
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(list->model()->index(0, 0)).center());
        QVERIFY(m_window->currentPage() != u"overview"_s);
    }

    // Letter by letter: the beginning of a word that turns out wrong hides nothing, and the table stays where it is.
    void aFilterThatIsTypedBlanksNothing()
    {
        m_window->showPage(u"routing"_s);
        auto *filter = find<QLineEdit>(u"mappingsFilter"_s);
        const auto *table = find<QTableView>(u"mappingsTable"_s);
        QTRY_VERIFY(table->isVisible());
        const int top = table->mapTo(m_window.get(), QPoint()).y();
        filter->setFocus();
        QTest::keyClicks(filter, u"cert<30d"_s);
        const auto *error = find<QLabel>(u"mappingsFilterError"_s);
        QTRY_VERIFY(error->isVisible());
        QVERIFY2(error->text().contains(u"no column cert"_s), qPrintable(error->text()));
        QTRY_COMPARE(table->model()->rowCount(), 40);
        QCOMPARE(table->mapTo(m_window.get(), QPoint()).y(), top);
        filter->setText(u"foo:bar"_s);
        QTRY_VERIFY(error->isVisible() && error->text().contains(u"no column foo"_s));
        filter->setText(u"status:error"_s);
        QTRY_VERIFY(!error->isVisible());
    }

    void theColumnChooserSaysWhatHasNoRoomAndPutsAllBack()
    {
        m_window->resize(1024, 640);
        m_window->showPage(u"routing"_s);
        auto *pane = find<ui::TablePane>(u"mappingsPane"_s);
        QTRY_VERIFY(pane->table().visibleColumns() < 14);
        const auto open = [&] {
            pane->openColumnMenu();
            return pane->findChild<QMenu *>(u"columnMenu"_s);
        };
        QMenu *menu = open();
        int without = 0;
        for (const QAction *action : menu->actions())
            without += action->text().contains(u"no room"_s);
        QCOMPARE(without, 14 - pane->table().visibleColumns());
        QVERIFY(!menu->actions().last()->isEnabled());
        menu->actions()[2]->trigger(); // Prefix
        menu->close();
        QVERIFY(!pane->table().columnState().isEmpty());
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        menu = open();
        menu->actions().last()->trigger();
        menu->close();
        QVERIFY(pane->table().columnState().isEmpty());
    }
};

SALLYPORT_TEST(pages_test, PagesTest)
#include "pages_test.moc"
