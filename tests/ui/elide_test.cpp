// SPDX-License-Identifier: GPL-3.0-or-later
// Names give up their middle, words their end, wherever they are drawn.
#include "tests/support/test_class.h"
#include "tests/ui/drawn_text.h"
#include "tests/ui/window_fixture.h"
#include "ui/count_text.h"
#include "ui/elide.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/text_label.h"

using namespace Qt::StringLiterals;

class ElideTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void namesAndWordsAreToldApart_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isName");
        for (const QString &name :
             {u"quote-backend"_s, u"shop.example.com"_s, u"/v2/orders/"_s, u"~ /assets/[a-z0-9]+/"_s,
              u"PeerAuthentication istio-system/default"_s, u"spiffe://cluster.local/ns/shop/sa/orders"_s,
              u"cluster_quote_default"_s, u"https://127.0.0.1:6443"_s})
            QTest::newRow(qPrintable(name)) << name << true;
        for (const QString &words :
             {u"Guide, quote: Deploy the quote service"_s, u"Conditions"_s, u"none, plain HTTP"_s,
              u"Sidecars take plaintext as well as mutual TLS. Decided by istio-system/default."_s,
              u"1  Label namespace default for sidecar injection"_s,
              u"Mapping in default, getambassador.io/v2"_s, QString()})
            QTest::newRow(qPrintable(words)) << words << false;
    }

    void namesAndWordsAreToldApart()
    {
        QFETCH(QString, text);
        QFETCH(bool, isName);
        QCOMPARE(ui::elisionOf(text), isName ? Qt::ElideMiddle : Qt::ElideRight);
    }

    void aLabelElidesByTheRule()
    {
        ui::TextLabel label(ui::Type::Body);
        label.setElided();
        label.resize(120, 20);
        label.setText(u"Sidecars take plaintext as well as mutual TLS"_s);
        QVERIFY(drawnTexts(label).first().text.startsWith(u"Sidecars"_s));
        QVERIFY(drawnTexts(label).first().text.endsWith(u'…'));
        label.setText(u"spiffe://cluster.local/ns/shop/sa/orders"_s);
        QVERIFY(drawnTexts(label).first().text.startsWith(u"spiffe"_s));
        QVERIFY(drawnTexts(label).first().text.endsWith(u"orders"_s));
    }

    // What is drawn before the words takes its place from them.
    void aMarkLeavesTheWordsLessRoom()
    {
        ui::TextLabel label(ui::Type::Body, u"the stored one, TLSv1.3"_s);
        label.setElided();
        label.resize(label.fontMetrics().horizontalAdvance(label.text()) + 2, 20);
        QCOMPARE(drawnTexts(label).first().text, label.text());
        label.setMark(models::Severity::Good);
        QVERIFY(drawnTexts(label).first().text.endsWith(u'…'));
    }

    void theSentenceOfMeshSecurityIsWholeInASmallWindow()
    {
        openWindow();
        m_window->resize(1024, 640);
        m_window->showPage(u"mesh"_s);
        models::EffectiveMode mode;
        mode.known = true;
        mode.mode = models::MtlsMode::Permissive;
        mode.reason =
            u"Istio's default: no PeerAuthentication of the mesh, of its namespaces or of its workloads says otherwise"_s;
        m_window->pages().mesh->setMode(mode, u"istio-system"_s);
        auto *label = find<QLabel>(u"meshModeText"_s);
        QTRY_VERIFY(label->width() < label->fontMetrics().horizontalAdvance(label->text()));
        QTRY_VERIFY(label->height() >= label->heightForWidth(label->width())); // no line is cut
        QStringList lines;
        for (const auto &drawn : drawnTexts(*label))
            lines.append(drawn.text.trimmed());
        QVERIFY(lines.size() > 1);
        QCOMPARE(lines.join(u' '), label->text());
        closeWindow();
    }

    void oneIsSaidInTheSingular()
    {
        QCOMPARE(ui::countText(1, u"Host"_s, u"Hosts"_s), u"1 Host"_s);
        QCOMPARE(ui::countText(0, {u"Host"_s, u"Hosts"_s}), u"0 Hosts"_s);
        QCOMPARE(ui::countText(1204, {u"Host"_s, u"Hosts"_s}), QLocale().toString(1204) + u" Hosts"_s);
    }
};

SALLYPORT_TEST(elide_test, ElideTest)
#include "elide_test.moc"
