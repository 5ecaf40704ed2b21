// SPDX-License-Identifier: GPL-3.0-or-later
// TLS & certificates, on the facts of SampleWorld: what stands first, what is told of each, and which wishes go out.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/fact_list.h"
#include "ui/line_delegate.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/overview_page.h"

#include <QClipboard>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>

using namespace Qt::StringLiterals;

class CertificatesTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { openWindow(); }
    void cleanup() { closeWindow(); }

    // Ten minutes are the whole life of a workload's certificate: it does not stand above what ends.
    void whatIsWrongStandsAboveWhatRotates()
    {
        m_window->showPage(u"certificates"_s);
        m_world->certificates.apply({{rotating(0)}, {}, true});
        const QStringList expected{u"old.example.com"_s, u"*.shop.example.com"_s};
        QTRY_COMPARE(subjects().size(), 7);
        QCOMPARE(subjects().first(), expected[0]);
        QVERIFY2(subjects().indexOf(u"api.example.com +3"_s) < subjects().indexOf(u"rotates"_s)
                     && subjects().indexOf(expected[1]) < subjects().indexOf(u"rotates"_s),
                 qPrintable(subjects().join(u' ')));
        QCOMPARE(subjects().last(), u"Istio root CA"_s);
    }

    // No row has changed but for the time.
    void whatComesToItsEndRisesByItself()
    {
        QDateTime &now = m_world->now;
        m_world->certificates.apply({{rotating(0)}, {}, true});
        m_window->showPage(u"certificates"_s);
        QTRY_COMPARE(subjects().size(), 7);
        QVERIFY(subjects().indexOf(u"rotates"_s) > 2);
        now = now.addSecs(595);
        m_window->showPage(u"overview"_s);
        m_window->showPage(u"certificates"_s); // it looks at its clock
        QTRY_VERIFY2(subjects().indexOf(u"rotates"_s) <= 1, qPrintable(subjects().join(u' ')));
    }

    void theNextEndIsOneThatNobodyRenewsAndHasAName()
    {
        m_world->certificates.apply({{rotating(0)}, {}, true});
        m_window->showPage(u"certificates"_s);
        const QString facts = find<QLabel>(u"certificatesFacts"_s)->text();
        QVERIFY2(facts.contains(u"api.example.com +3"_s), qPrintable(facts));
        QString next;
        for (const ui::Fact &fact : find<ui::FactList>(u"certificatesCard"_s)->facts())
            next = fact.name.startsWith(u"Next"_s) ? fact.name : next;
        QVERIFY2(next.contains(u"api.example.com"_s), qPrintable(next));
    }

    // Beside a countdown that rotates, the end of another one would contradict the first row.
    void theNextRotationIsSaid()
    {
        m_window->showPage(u"certificates"_s);
        QVERIFY(!find<QLabel>(u"certificatesFacts"_s)->text().contains(u"rotation in 4:"_s));
        m_world->certificates.apply({{rotating(100)}, {}, true});
        const auto facts = [this] { return find<QLabel>(u"certificatesFacts"_s)->text(); };
        // It was made two minutes after it begins, and rotates at half of the eight that are left.
        QTRY_VERIFY2(facts().contains(u"next rotation in 4:20"_s), qPrintable(facts()));
        m_world->certificates.apply({{rotating(590)}, {}, true}); // late: that is a warning, and no plan
        QTRY_VERIFY2(!facts().contains(u"rotation in 4:"_s), qPrintable(facts()));
    }

    void whatIsNotWantedIsSwitchedOff()
    {
        models::CertificateRow mesh = rotating(0);
        mesh.mesh = true;
        m_world->certificates.apply({{mesh}, {}, true});
        m_window->showPage(u"certificates"_s);
        QTRY_COMPARE(subjects().size(), 7);
        auto *area = find<QPushButton>(u"certificateArea-mesh"_s);
        area->setFocus();
        press(Qt::Key_Space);
        QTRY_COMPARE(subjects().size(), 6);
        QVERIFY(!subjects().contains(u"rotates"_s));
        m_window->showPage(u"certificates"_s, u"rotates"_s); // what is gone to is shown
        QTRY_VERIFY(subjects().contains(u"rotates"_s));
        QCOMPARE(m_window->pages().certificates->currentKey(), u"rotates"_s);
    }

    void rowsAreGroupedByWhoRenewsThem()
    {
        m_window->showPage(u"certificates"_s);
        auto *button = find<QPushButton>(u"certificateGroup"_s);
        for (QAction *action : button->menu()->actions()) {
            if (action->text() == u"Renewal"_s)
                action->trigger();
        }
        QVERIFY2(button->text().contains(u"Renewal"_s), qPrintable(button->text()));
        QTRY_COMPARE(subjects().first(), u"old.example.com"_s); // "by hand"
        QTRY_COMPARE(subjects().last(), u"Istio root CA"_s);    // "plan a rotation"
    }

    // Not the sentence again that stands below: who it is, and how much they are asked.
    void theImpactNamesHostsAndMappingsWithTheirRequests()
    {
        models::CertificateRow row = m_world->certificateRows[1];
        row.hit = {{u"Host"_s, u"ambassador"_s, u"api"_s},
                   {u"Mapping"_s, u"team-a"_s, u"orders"_s},
                   {u"Mapping"_s, u"default"_s, u"quote-backend"_s}};
        m_window->pages().certificates->setRates(
            [](const QString &mapping) { return mapping == u"default/quote-backend"_s ? 240.0 : 2.0; });
        m_world->certificates.apply({{row}, {}, true});
        m_window->showPage(u"certificates"_s, row.key);
        find<QTabBar>(u"certificateParts"_s)->setCurrentIndex(2);
        const auto *model = find<QListView>(u"certificateAffected"_s)->model();
        QCOMPARE(model->rowCount(), 3);
        QVERIFY(model->index(0, 0).data().toString().contains(u"quote-backend"_s)); // the busiest
        QVERIFY(model->index(0, 0).data(ui::LineDelegate::SideRole).toString().contains(u"240"_s));
        QVERIFY(find<QLabel>(u"certificateImpact"_s)->text().contains(u"242 requests"_s));
    }

    void whatAChangeEndsIsOfferedWithIt()
    {
        models::CertificateRow row = m_world->certificateRows[1];
        row.storedAt = {u"Secret"_s, u"ambassador"_s, u"edge-tls"_s};
        models::FindingRow finding;
        finding.key = u"one"_s;
        finding.fixable = true;
        finding.finding = {u"TLS-002"_s, models::Severity::Error, row.storedAt, {}, u"wrong"_s, {}, {}};
        m_window->pages().certificates->setFindings(m_world->findingRows);
        m_world->certificates.apply({{row}, {}, true});
        m_window->showPage(u"certificates"_s, row.key);
        auto *fix = find<QPushButton>(u"certificateFix"_s);
        QVERIFY(!fix->isVisible());
        m_world->findingRows.apply({{finding}, {}, true});
        QTRY_VERIFY(fix->isVisible());
        const QSignalSpy asked(m_window->pages().certificates, &ui::CertificatesPage::fixRequested);
        fix->setFocus();
        press(Qt::Key_Space);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toStringList(), QStringList{u"one"_s});
    }

    void aTicketSaysWhereAndWhen()
    {
        m_window->showPage(u"certificates"_s, m_world->certificateRows[1].key);
        ui::HandshakeAnswer answer;
        answer.key = m_world->certificateRows[1].key;
        answer.at = m_world->now;
        answer.address = u"203.0.113.7:443"_s;
        answer.serverName = u"api.example.com"_s;
        answer.protocol = u"TLSv1.3"_s;
        answer.chain = m_world->certificateRows[1].chain;
        m_window->pages().certificates->setHandshake(answer);
        find<QPushButton>(u"certificateCopy"_s)->click();
        const QString text = QApplication::clipboard()->text();
        for (const QString &part : {u"eks-eu1"_s, u"ambassador/ambassador 1.11.2"_s, u"2026-11-25"_s,
                                    u"203.0.113.7:443"_s, u"TLSv1.3"_s, u"SHA-256"_s})
            QVERIFY2(text.contains(part), qPrintable(part + u" is not in: "_s + text));
    }

private:
    models::CertificateRow rotating(int ageSeconds) const
    {
        models::CertificateRow row = m_world->certificateRows[3];
        row.key = row.subject = u"rotates"_s;
        row.rotates = true;
        row.notBefore = m_world->now.addSecs(-ageSeconds);
        row.notAfter = row.notBefore.addSecs(600);
        row.checksSeverity = models::Severity::Good;
        return row;
    }

    QStringList subjects() const
    {
        const auto *model = find<QTableView>(u"certificatesTable"_s)->model();
        QStringList list;
        for (int row = 0; row < model->rowCount(); ++row)
            list.append(model->index(row, 2).data().toString());
        return list;
    }
};

SALLYPORT_TEST(certificates_test, CertificatesTest)
#include "certificates_test.moc"
