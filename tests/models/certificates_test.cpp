// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/secret_key_notes.h"
#include "models/analysis/certificates.h"
#include "models/analysis/findings.h"
#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch(), Qt::UTC);

QByteArray leaf(const TestAuthority &authority, const QStringList &names, qint64 secondsLeft)
{
    CertificateWish wish;
    wish.names = names;
    wish.notBefore = now.addSecs(-60);
    wish.notAfter = now.addSecs(secondsLeft);
    return authority.issue(wish).certificate;
}

constexpr qint64 Days = 86400;

QByteArray secretYaml(const char *nameSpace, const char *name, const QByteArray &chain,
                      const char *type = "kubernetes.io/tls")
{
    return QByteArray("---\napiVersion: v1\nkind: Secret\nmetadata: {name: ") + name
        + ", namespace: " + nameSpace + "}\ntype: " + type + "\ndata: {tls.crt: " + chain.toBase64()
        + ", tls.key: '{1704 bytes}'}\n";
}

models::CertificateRow rowOf(const QByteArray &world, const QString &key)
{
    const auto snapshot = snapshotOf(world);
    const models::EdgeInstallation *edge = snapshot->edge({});
    const models::EdgeView view = edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView();
    for (const models::CertificateRow &row : models::certificateRows(*snapshot, view, {})) {
        if (row.key == key)
            return row;
    }
    return {};
}

} // namespace

class CertificatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // A CA has no business with its key in the cluster: only what presents the certificate needs it.
    void aCertificateThatIsTrustedOnlyNeedsNoKey_data()
    {
        QTest::addColumn<QByteArray>("spec"); // of a TLSContext
        QTest::addColumn<QString>("code");
        QTest::newRow("trusted") << QByteArray("{secret: other, ca_secret: ca}") << QString();
        QTest::newRow("trusted, by its whole name") << QByteArray("{ca_secret: ca.default}") << QString();
        QTest::newRow("presented") << QByteArray("{secret: ca}") << u"CERT-005"_s;
        QTest::newRow("both") << QByteArray("{secret: ca, ca_secret: ca}") << u"CERT-005"_s;
        QTest::newRow("neither") << QByteArray("{secret: other}") << u"CERT-005"_s;
    }
    void aCertificateThatIsTrustedOnlyNeedsNoKey()
    {
        QFETCH(QByteArray, spec);
        const TestAuthority authority;
        const QByteArray world = edgeYaml()
            + "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: t, namespace: "
              "default}\nspec: "
            + spec
            + "\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: ca, namespace: default}\ntype: "
              "Opaque\ndata: {tls.crt: "
            + authority.certificate().toBase64() + "}\n";
        const models::CertificateRow row = rowOf(world, u"default/ca/tls.crt"_s);
        QVERIFY(!row.key.isEmpty());
        QTEST(row.faultCode, "code");
    }

    // Who of Istio presents or trusts it, by credentialName, in the namespaces where the proxies look.
    void istiosCredentialsSayWhoDependsOnThem_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("usedBy");
        QTest::addColumn<QString>("ends");
        const TestAuthority authority;
        const QByteArray pem = leaf(authority, {u"DNS:shop.example.com"_s}, 40 * Days);
        const auto gateway = [](const QByteArray &mode,
                                const QByteArray &more = "selector: {istio: ingress}") -> QByteArray {
            return "---\napiVersion: networking.istio.io/v1beta1\nkind: Gateway\nmetadata: {name: main, "
                   "namespace: shop}\nspec: {"
                + more + ", servers: [{hosts: ['shop/shop.example.com'], port: {number: 443}, tls: {mode: "
                + mode + ", credentialName: shop}}]}\n";
        };
        const QByteArray proxy = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: ingress, namespace: edge, "
                                 "labels: {istio: ingress}}\nspec: {containers: [{name: istio-proxy}]}\n";
        const QByteArray rule =
            "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: "
            "{name: bank, namespace: shop}\nspec: {host: bank.example.com, trafficPolicy: "
            "{tls: {mode: MUTUAL, credentialName: bank}}}\n";
        const auto authorities = [&](const char *name) -> QByteArray {
            return QByteArray("---\napiVersion: v1\nkind: Secret\nmetadata: {name: ") + name
                + ", namespace: edge}\ntype: Opaque\ndata: {ca.crt: " + authority.certificate().toBase64()
                + "}\n";
        };
        QTest::newRow("where the proxies run")
            << gateway("SIMPLE") + proxy + secretYaml("edge", "shop", pem) << u"edge/shop/tls.crt"_s
            << u"Gateway shop/main"_s
            << u"clients of Gateway shop/main that ask for shop.example.com refuse its certificate"_s;
        QTest::newRow("not where the Gateway stands")
            << gateway("SIMPLE") + proxy + secretYaml("shop", "shop", pem) << u"shop/shop/tls.crt"_s
            << QString() << QString();
        QTest::newRow("which counts where no proxy is known")
            << gateway("SIMPLE") + secretYaml("shop", "shop", pem) << u"shop/shop/tls.crt"_s
            << u"Gateway shop/main"_s
            << u"clients of Gateway shop/main that ask for shop.example.com refuse its certificate"_s;
        QTest::newRow("its clients' authority")
            << gateway("MUTUAL") + proxy + authorities("shop-cacert") << u"edge/shop-cacert/ca.crt"_s
            << u"Gateway shop/main"_s << u"Gateway shop/main refuses the clients of shop.example.com"_s;
        QTest::newRow("which nobody asks for") << gateway("SIMPLE") + proxy + authorities("shop-cacert")
                                               << u"edge/shop-cacert/ca.crt"_s << QString() << QString();
        QTest::newRow("a rule's own")
            << rule + secretYaml("shop", "bank", pem) << u"shop/bank/tls.crt"_s
            << u"DestinationRule shop/bank"_s
            << u"bank.example.com refuses clients that go by DestinationRule shop/bank"_s;
        QTest::newRow("a rule's authority")
            << rule + gateway("SIMPLE") + proxy + authorities("bank-cacert") << u"edge/bank-cacert/ca.crt"_s
            << u"DestinationRule shop/bank"_s
            << u"clients that go by DestinationRule shop/bank no longer trust "
               "bank.example.com"_s;
    }
    void istiosCredentialsSayWhoDependsOnThem()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, key);
        const models::CertificateRow row = rowOf(world, key);
        QVERIFY2(!row.key.isEmpty(), qPrintable(key));
        QTEST(row.usedBy, "usedBy");
        QTEST(row.blastRadius.join(u"; "_s), "ends");
    }

    // By the earlier of two ends: that of the other cluster's authority, or of the account that signs in there.
    void theKubeconfigOfAnotherClusterHasItsCertificates()
    {
        const TestAuthority authority;
        const QByteArray kubeconfig = "clusters: [{name: west, cluster: {certificate-authority-data: "
            + authority.certificate().toBase64()
            + "}}]\nusers: [{name: west, user: {client-certificate-data: "
            + leaf(authority, {u"DNS:istio-reader"_s}, 5 * Days).toBase64() + ", token: hunter2}}]\n";
        const models::CertificateRow row =
            rowOf("---\napiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-west, namespace: "
                  "istio-system, labels: {istio/multiCluster: 'true'}}\ndata: {west: "
                      + kubeconfig.toBase64() + "}\n",
                  u"istio-system/istio-remote-secret-west/west"_s);
        QCOMPARE(row.chain.size(), 2);
        QCOMPARE(row.usedBy, u"istiod for cluster west"_s);
        QVERIFY(row.notAfter < now.addDays(6));
        QVERIFY2(row.faultCode.isEmpty() && row.checks == "readable"_L1, qPrintable(row.checks));
        const QString ends = row.blastRadius.join(u'\n');
        QVERIFY2(ends.contains(u"no longer trusts the API server of cluster west"_s)
                     && ends.contains(u"can no longer sign in at cluster west"_s),
                 qPrintable(ends));
    }

    void theTextSaysHowLongItLives_data()
    {
        QTest::addColumn<qint64>("secondsLeft");
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("nextChange"); // seconds from now, rounded down
        constexpr qint64 minute = 60, hour = 3600, day = 86400;
        QTest::newRow("years") << 10 * 365 * day - 1 << u"9 y"_s << 365 * day - 1;
        QTest::newRow("weeks") << 21 * day + 5 << u"21 d"_s << qint64(5);
        QTest::newRow("days") << 6 * day + 4 * hour + 59 * minute << u"6 d 04 h"_s << 59 * minute;
        QTest::newRow("hours") << 17 * hour + 42 * minute + 30 << u"17 h 42 min"_s << qint64(30);
        QTest::newRow("minutes") << 4 * minute + 5 << u"4:05"_s << qint64(0);
        QTest::newRow("ended this minute") << qint64(-10) << u"expired 0 min"_s << qint64(50);
        QTest::newRow("ended days ago") << -2 * day - hour << u"expired 2 d"_s << day - hour;
    }
    void theTextSaysHowLongItLives()
    {
        QFETCH(qint64, secondsLeft);
        QFETCH(QString, text);
        QFETCH(qint64, nextChange);
        const QDateTime end = now.addSecs(secondsLeft);
        QCOMPARE(models::countdownText(end, now), text);
        const QDateTime next = models::nextCountdownChange(end, now);
        QCOMPARE(now.msecsTo(next) / 1000, nextChange);
        QVERIFY(models::countdownText(end, next) != text);
        QCOMPARE(models::countdownText(end, next.addMSecs(-1)), text);
    }

    // "Ends within 30 days" is nothing to say of what is renewed every few minutes, as long as it is.
    void whatRotatesIsRenewedInTimeUntilHalfOfItsLife_data()
    {
        QTest::addColumn<bool>("rotates");
        QTest::addColumn<qint64>("madeSecondsAgo");
        QTest::addColumn<qint64>("secondsLeft");
        QTest::addColumn<bool>("inTime");
        QTest::newRow("new") << true << qint64(60) << qint64(540) << true;
        QTest::newRow("a little before half") << true << qint64(295) << qint64(305) << true;
        QTest::newRow("half, and some seconds for the renewal to be read")
            << true << qint64(310) << qint64(290) << true;
        QTest::newRow("half, and longer than a reading takes") << true << qint64(331) << qint64(269) << false;
        QTest::newRow("late") << true << qint64(400) << qint64(200) << false;
        QTest::newRow("ended") << true << qint64(700) << qint64(-100) << false;
        QTest::newRow("by Citadel, 90 days") << true << 10 * Days << 80 * Days << true;
        QTest::newRow("by Citadel, late") << true << 60 * Days << 30 * Days << false;
        QTest::newRow("by hand") << false << qint64(60) << qint64(540) << false;
        QTest::newRow("not begun") << true << qint64(-300) << qint64(540) << false;
    }
    void whatRotatesIsRenewedInTimeUntilHalfOfItsLife()
    {
        QFETCH(bool, rotates);
        QFETCH(qint64, madeSecondsAgo);
        QFETCH(qint64, secondsLeft);
        QFETCH(bool, inTime);
        models::CertificateRow row;
        row.rotates = rotates;
        row.notBefore = now.addSecs(-madeSecondsAgo - 120); // Istio's begin two minutes before they are made
        row.notAfter = now.addSecs(secondsLeft);
        QCOMPARE(models::renewsInTime(row, now), inTime);
        row.notAfter = {};
        QVERIFY(!models::renewsInTime(row, now));
    }

    void aTimeThatIsNotKnownIsUnknown()
    {
        QCOMPARE(models::countdownText({}, now), u"unknown"_s);
        QCOMPARE(models::countdownSeverity({}, {}, now), models::Severity::Unknown);
        QVERIFY(!models::nextCountdownChange({}, now).isValid());
    }

    void theColourFollowsTheKindOfLife_data()
    {
        QTest::addColumn<qint64>("age"); // seconds since it began
        QTest::addColumn<qint64>("life");
        QTest::addColumn<models::Severity>("severity");
        constexpr qint64 day = 86400;
        QTest::newRow("a day certificate at 0.9 of its life left")
            << day / 10 << day + 120 << models::Severity::Good;
        QTest::newRow("at 0.45 left: rotation is late")
            << qint64(0.55 * day) << day + 120 << models::Severity::Warning;
        QTest::newRow("at 0.2 left: rotation has failed")
            << qint64(0.8 * day) << day << models::Severity::Error;
        QTest::newRow("a year's with 60 days left") << 305 * day << 365 * day << models::Severity::Good;
        QTest::newRow("a year's with 29 days left") << 336 * day << 365 * day << models::Severity::Warning;
        QTest::newRow("a year's with 6 days left") << 359 * day << 365 * day << models::Severity::Error;
        QTest::newRow("ended") << 366 * day << 365 * day << models::Severity::Error;
        QTest::newRow("not yet valid") << -day << 365 * day << models::Severity::Error;
        QTest::newRow("4 minutes, backdated by 2: half of its own life is 0.33 of its span")
            << qint64(235) << qint64(360) << models::Severity::Good;
        QTest::newRow("20 seconds, backdated by 2 minutes, just renewed")
            << qint64(122) << qint64(140) << models::Severity::Good;
        QTest::newRow("the same, not renewed at half")
            << qint64(132) << qint64(140) << models::Severity::Warning;
        QTest::newRow("ten minutes, renewed and not read yet")
            << qint64(120 + 320) << qint64(720) << models::Severity::Good;
        QTest::newRow("ten minutes, not renewed")
            << qint64(120 + 331) << qint64(720) << models::Severity::Warning;
        QTest::newRow("a day's at 0.488 left: a share of it is time enough")
            << qint64(120 + 0.512 * day) << day + 120 << models::Severity::Warning;
        QTest::newRow("20 seconds, just renewed") << qint64(2) << qint64(20) << models::Severity::Good;
        QTest::newRow("20 seconds, not renewed at half")
            << qint64(12) << qint64(20) << models::Severity::Warning;
    }
    void theColourFollowsTheKindOfLife()
    {
        QFETCH(qint64, age);
        QFETCH(qint64, life);
        QFETCH(models::Severity, severity);
        QCOMPARE(models::countdownSeverity(now.addSecs(-age), now.addSecs(life - age), now), severity);
    }

    // What nobody is known to renew counts days; what renews itself its health, by the share of its life.
    void aShortLifeIsJudgedByWhoRenewsIt_data()
    {
        QTest::addColumn<int>("who");     // 0 by hand, 1 rotates, 2 cert-manager, due when a third is left
        QTest::addColumn<qint64>("left"); // hours of four days
        QTest::addColumn<models::Severity>("severity");
        QTest::addColumn<int>("threshold");
        using models::Severity;
        QTest::newRow("by hand, new") << 0 << qint64(95) << Severity::Warning << 7;
        QTest::newRow("by hand, two days left") << 0 << qint64(48) << Severity::Warning << 7;
        QTest::newRow("by hand, a day left") << 0 << qint64(24) << Severity::Error << 1;
        QTest::newRow("by hand, ended") << 0 << qint64(-1) << Severity::Error << 0;
        QTest::newRow("rotates, new") << 1 << qint64(95) << Severity::Good << 0;
        QTest::newRow("rotates, late") << 1 << qint64(40) << Severity::Warning << 0;
        QTest::newRow("cert-manager, before it is due") << 2 << qint64(40) << Severity::Good << 0;
        QTest::newRow("cert-manager, late") << 2 << qint64(30) << Severity::Warning << 0;
        QTest::newRow("cert-manager, ended") << 2 << qint64(-1) << Severity::Error << 0;
    }
    void aShortLifeIsJudgedByWhoRenewsIt()
    {
        QFETCH(int, who);
        QFETCH(qint64, left);
        models::CertificateRow row;
        row.subject = u"edge"_s;
        row.usedBy = u"Host api"_s;
        row.storedAt = {u"Secret"_s, u"shop"_s, u"edge-tls"_s};
        row.byHand = who != 1;
        row.rotates = who == 1;
        row.notAfter = now.addSecs(left * 3600);
        row.notBefore = row.notAfter.addSecs(-96 * 3600);
        if (who == 2)
            row.renewalDue = row.notAfter.addSecs(-32 * 3600);
        QTEST(models::countdownSeverity(row, now), "severity");
        QTEST(models::daysThreshold(row, now), "threshold");
        const auto findings = models::certificateFindings({row}, now);
        QCOMPARE(findings.isEmpty(), models::countdownSeverity(row, now) == models::Severity::Good);
        QVERIFY(findings.size() <= 1);
        if (who == 2 && left > 0 && !findings.isEmpty())
            QCOMPARE(findings.first().code, u"CERT-011"_s); // its renewal is what is late
        if (who == 0 && left > 0)
            QCOMPARE(findings.value(0).code, u"CERT-002"_s);
        const QDateTime next = models::nextSeverityChange(row, now);
        if (left > 0)
            QVERIFY(next > now && next <= row.notAfter);
    }

    // Each needs a hand of its own.
    void noFaultHidesAnother_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QStringList>("codes");
        const TestAuthority root(u"Root X"_s);
        const auto middle = root.intermediate(u"Middle"_s, now.addDays(5));
        const QByteArray server = leaf(*middle, {u"DNS:api.example.com"_s}, 80 * Days);
        const auto withKey = [](const QByteArray &chain, const QByteArray &note) -> QByteArray {
            return secretYaml("shop", "edge-tls", chain)
                .replace("{1704 bytes}", QByteArray("{1704 bytes" + note + "}"));
        };
        const QByteArray another(kube::otherCertificatesKey);
        QTest::newRow("reversed, and an intermediate ends")
            << withKey(middle->certificate() + server, {}) << QStringList{u"CERT-002"_s, u"CERT-003"_s};
        QTest::newRow("another key, and ended")
            << withKey(leaf(root, {u"DNS:api.example.com"_s}, -3600), another)
            << QStringList{u"CERT-001"_s, u"CERT-014"_s};
        QTest::newRow("another key, another chain, and an intermediate ends")
            << withKey(server + root.certificate() + middle->certificate(), another)
            << QStringList{u"CERT-003"_s, u"CERT-008"_s, u"CERT-014"_s};
        QTest::newRow("two authorities are a bundle")
            << QByteArray(withKey(root.certificate() + TestAuthority(u"Root Y"_s).certificate(), {}))
            << QStringList();
    }
    void noFaultHidesAnother()
    {
        QFETCH(QByteArray, world);
        const models::CertificateRow row = rowOf(world, u"shop/edge-tls/tls.crt"_s);
        QStringList codes;
        for (const models::Finding &finding : models::certificateFindings({row}, now))
            codes.append(finding.code);
        codes.sort();
        QTEST(codes, "codes");
    }

    void theChainEndsWithItsFirstMember()
    {
        const TestAuthority root(u"Root X"_s);
        const auto middle = root.intermediate(u"Middle"_s, now.addDays(5));
        const QByteArray chain =
            leaf(*middle, {u"DNS:api.example.com"_s, u"DNS:www.example.com"_s}, 80 * Days)
            + middle->certificate();
        const models::CertificateRow row =
            rowOf(secretYaml("shop", "edge-tls", chain), u"shop/edge-tls/tls.crt"_s);
        QCOMPARE(row.notAfter, now.addDays(5));
        QCOMPARE(row.notBefore, now.addSecs(-60));
        QCOMPARE(row.endsFirst, u"Middle"_s);
        QCOMPARE(row.subject, u"api.example.com +1"_s);
        QCOMPARE(row.storedIn, u"shop/edge-tls, tls.crt"_s);
        QCOMPARE(row.checks, u"whole chain"_s);
        QCOMPARE(row.checksSeverity, models::Severity::Good);
        QVERIFY(!row.mesh);
    }

    // Of a chain the one that decides is named, and what is to be done with it.
    void whatHasNotBegunIsNamed_data()
    {
        QTest::addColumn<int>("leafBegins"); // days from now
        QTest::addColumn<int>("issuerBegins");
        QTest::addColumn<QString>("message"); // "" nothing is wrong
        QTest::newRow("both have") << -1 << -1 << QString();
        QTest::newRow("the leaf") << 2 << -1 << u"api.example.com is not valid before "_s;
        QTest::newRow("its issuer") << -1 << 2
                                    << u"api.example.com, by CN=Middle in its chain is not valid before "_s;
    }
    void whatHasNotBegunIsNamed()
    {
        QFETCH(int, leafBegins);
        QFETCH(int, issuerBegins);
        QFETCH(QString, message);
        models::CertificateRow row;
        row.subject = u"api.example.com"_s;
        row.usedBy = u"Host api"_s;
        row.chain.resize(2);
        row.chain[0].subject = u"CN=api"_s;
        row.chain[1].subject = u"CN=Middle"_s;
        row.chain[0].notBefore = row.notBefore = now.addDays(leafBegins); // as of an issuer that ends first
        row.chain[1].notBefore = now.addDays(issuerBegins);
        row.chain[0].notAfter = now.addDays(400);
        row.chain[1].notAfter = row.notAfter = now.addDays(300);
        const auto findings = models::certificateFindings({row}, now);
        QCOMPARE(findings.size(), message.isEmpty() ? 0 : 1);
        if (message.isEmpty())
            return;
        QCOMPARE(findings[0].code, u"CERT-009"_s);
        QCOMPARE(findings[0].severity, models::Severity::Error);
        QVERIFY2(findings[0].message.startsWith(message), qPrintable(findings[0].message));
        QVERIFY2(findings[0].remedy.contains(u"clocks"_s) && findings[0].remedy.contains(u"wait"_s)
                     && findings[0].remedy.contains(issuerBegins > 0 ? u"CN=Middle"_s : u"it issued"_s),
                 qPrintable(findings[0].remedy));
    }

    void aChainInTheWrongOrderIsSaid()
    {
        const TestAuthority root(u"Root X"_s);
        const TestAuthority other(u"Root Y"_s);
        const QByteArray chain = leaf(root, {u"DNS:api.example.com"_s}, 80 * Days) + other.certificate();
        const models::CertificateRow row =
            rowOf(secretYaml("shop", "edge-tls", chain), u"shop/edge-tls/tls.crt"_s);
        QVERIFY2(row.checks.startsWith(u"chain is broken: certificate 1 ("_s)
                     && row.checks.contains(u"is not signed by certificate 2 (CN=Root Y)"_s),
                 qPrintable(row.checks));
        QCOMPARE(row.checksSeverity, models::Severity::Error);
    }

    void garbageIsARowThatSaysSo()
    {
        const models::CertificateRow row = rowOf(
            secretYaml("shop", "edge-tls", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            u"shop/edge-tls/tls.crt"_s);
        QVERIFY2(row.checks.startsWith(u"cannot be read: "_s), qPrintable(row.checks));
        QCOMPARE(row.checksSeverity, models::Severity::Error);
        QCOMPARE(models::countdownText(row.notAfter, now), u"unknown"_s);
    }

    void whoFailsWhenItEndsIsNamed()
    {
        const QByteArray secret =
            secretYaml("ambassador", "edge-tls",
                       leaf(TestAuthority(u"Root X"_s), {u"DNS:api.example.com"_s}, 80 * Days));
        const QByteArray host =
            "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: api, namespace: "
            "ambassador}\nspec: {hostname: api.example.com, tlsSecret: {name: edge-tls}}\n";
        const models::CertificateRow row =
            rowOf(edgeYaml() + secret + host
                      + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: m, namespace: "
                        "default}\nspec: {prefix: /m/, service: quote}\n",
                  u"ambassador/edge-tls/tls.crt"_s);
        QCOMPARE(row.usedBy, u"Host api"_s);
        QCOMPARE(
            row.blastRadius,
            (QStringList{u"clients that ask for any host refuse the edge's certificate: 1 Host and 1 Mapping "
                         "behind it"_s}));
    }

    // What fails is told with when: nobody is refused yet by a certificate that has days to live.
    void whatFailsIsToldWithWhen_data()
    {
        QTest::addColumn<int>("begins"); // seconds from now
        QTest::addColumn<int>("ends");
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("code"); // of the finding
        QTest::addColumn<QString>("when");
        QTest::newRow("ended") << -90 * Days << -Days << QString() << u"CERT-001"_s << QString();
        QTest::newRow("ending") << -90 * Days << 5 * Days << QString() << u"CERT-002"_s
                                << u"when it ends: "_s;
        QTest::newRow("to come") << Days << 90 * Days << QString() << u"CERT-009"_s << u"until then: "_s;
        QTest::newRow("another one is loaded")
            << -Days << 300 * Days << u"CERT-010"_s << u"CERT-010"_s << u"when the loaded one ends: "_s;
        QTest::newRow("a key of another certificate")
            << -Days << 300 * Days << u"CERT-014"_s << u"CERT-014"_s << u"once the edge has no other one: "_s;
        QTest::newRow("for other names")
            << -Days << 300 * Days << u"CERT-015"_s << u"CERT-015"_s << QString();
    }
    void whatFailsIsToldWithWhen()
    {
        QFETCH(int, begins);
        QFETCH(int, ends);
        QFETCH(QString, fault);
        QFETCH(QString, code);
        QFETCH(QString, when);
        CertificateWish wish;
        wish.notBefore = now.addSecs(begins);
        wish.notAfter = now.addSecs(ends);
        models::CertificateRow row;
        row.subject = u"api.example.com"_s;
        row.usedBy = u"Host api"_s;
        row.notBefore = wish.notBefore;
        row.notAfter = wish.notAfter;
        row.chain = *kube::readPem(TestAuthority(u"Root X"_s).issue(wish).certificate);
        row.blastRadius = {u"clients refuse it"_s};
        if (!fault.isEmpty())
            row.faults = {{fault, u"it is wrong"_s, models::Severity::Error}};
        const QList<models::Finding> findings = models::certificateFindings({row}, now);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code, code);
        QCOMPARE(findings[0].evidence, QStringList{when + u"clients refuse it"_s});
    }

    void aGatewaysClientsAreNamed()
    {
        const QByteArray world =
            secretYaml("infra", "site-tls",
                       leaf(TestAuthority(u"Root X"_s), {u"DNS:a.example.com"_s}, 80 * Days))
            + "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: front, "
              "namespace: "
              "infra}\nspec: {gatewayClassName: nginx, listeners: [{name: a, tls: {certificateRefs: [{name: "
              "site-tls}]}}, {name: b, tls: {certificateRefs: [{name: site-tls, namespace: infra}]}}]}\n";
        const models::CertificateRow row = rowOf(world, u"infra/site-tls/tls.crt"_s);
        QCOMPARE(row.usedBy, u"Gateway infra/front"_s);
        QCOMPARE(row.blastRadius, QStringList{u"clients of Gateway infra/front refuse its certificate"_s});
    }

    void itsSeverityIsJudgedAgainWhenItChanges_data()
    {
        QTest::addColumn<qint64>("life");           // seconds
        QTest::addColumn<QList<qint64>>("changes"); // seconds after its beginning
        constexpr qint64 day = 86400;
        QTest::newRow("a year's") << 365
                * day << QList<qint64>{0, 305 * day, 335 * day, 351 * day, 358 * day, 364 * day, 365 * day};
        QTest::newRow("a day's") << day + 120 << QList<qint64>{0, 44184, 64920, day + 120};
        QTest::newRow("ten minutes', half of them and half a minute")
            << qint64(720) << QList<qint64>{0, 450, 570, 720};
    }
    void itsSeverityIsJudgedAgainWhenItChanges()
    {
        QFETCH(qint64, life);
        QFETCH(QList<qint64>, changes);
        const QDateTime begin = now, end = now.addSecs(life);
        QList<qint64> found;
        for (QDateTime at = begin.addSecs(-60);;) {
            at = models::nextSeverityChange(begin, end, at);
            if (!at.isValid())
                break;
            found.append(begin.secsTo(at));
            QVERIFY(at == end
                    || models::countdownSeverity(begin, end, at.addMSecs(-1))
                        != models::countdownSeverity(begin, end, at)
                    || models::daysThreshold(begin, end, at.addMSecs(-1))
                        != models::daysThreshold(begin, end, at));
        }
        QCOMPARE(found, changes);
        QVERIFY(!models::nextSeverityChange({}, {}, now).isValid());
    }

    void theKubeconfigsOwnAreRows()
    {
        const TestAuthority root(u"Cluster CA"_s);
        models::SnapshotInput input = inputOf(edgeYaml());
        input.takenAt = now;
        const auto own = [&](models::OwnCertificate::Use use, const QString &name, const QByteArray &pem) {
            input.ownCertificates.append(
                {use, name, u"prod"_s, u"/home/jane/.kube/config"_s, *kube::readPem(pem)});
        };
        CertificateWish wish; // as kubeadm makes them: for a year
        wish.commonName = u"jane"_s;
        wish.notBefore = now.addDays(-360);
        wish.notAfter = now.addDays(5);
        own(models::OwnCertificate::Use::User, u"jane"_s, root.issue(wish).certificate);
        own(models::OwnCertificate::Use::Authority, u"west"_s, root.certificate());
        const auto snapshot = models::makeSnapshot(input);
        const QList<models::CertificateRow> rows = models::certificateRows(*snapshot, {}, {});
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[0].storedIn, u"/home/jane/.kube/config"_s);
        QCOMPARE(rows[0].dataKey, u"users[jane].user.client-certificate"_s);
        QCOMPARE(rows[0].notAfter, now.addSecs(5 * Days));
        QCOMPARE(rows[0].blastRadius,
                 QStringList{u"kubectl and this console can no longer sign in as jane"_s});
        QCOMPARE(rows[1].dataKey, u"clusters[west].cluster.certificate-authority"_s);
        QCOMPARE(rows[1].subject, u"Cluster CA"_s);
        const QList<models::Finding> findings = models::certificateFindings(rows, now);
        QCOMPARE(findings.size(), 1); // the authority lives long
        QCOMPARE(findings[0].code, u"CERT-002"_s);
        QCOMPARE(findings[0].subject.text(), u"Kubeconfig prod"_s);
    }

    void clocksThatDifferAreTold_data()
    {
        QTest::addColumn<int>("ahead"); // of the API server
        QTest::addColumn<QString>("said");
        QTest::newRow("equal") << 0 << QString();
        QTest::newRow("a minute") << 60 << QString();
        QTest::newRow("behind") << 61 << u"this machine's clock is 61 s behind the API server's"_s;
        QTest::newRow("ahead") << -3600 << u"this machine's clock is 3600 s ahead of the API server's"_s;
    }
    void clocksThatDifferAreTold()
    {
        QFETCH(int, ahead);
        QFETCH(QString, said);
        models::SnapshotInput input = inputOf(QByteArray());
        input.clockAheadSeconds = ahead;
        QStringList found;
        for (const models::Finding &finding :
             models::clusterFindings(*models::makeSnapshot(input), {}, {}, now).findings) {
            if (finding.code == "CERT-012"_L1)
                found.append(finding.message.section(u": every"_s, 0, 0));
        }
        QCOMPARE(found.join(u'|'), said);
    }

    // Emissary's apiext: without it the API server converts no object (failure F22).
    void theCaOfAConversionWebhookIsMissedByItsKinds()
    {
        const QByteArray secret = secretYaml(
            "emissary-system", "emissary-ingress-webhook-ca",
            leaf(TestAuthority(u"Webhook"_s), {u"DNS:emissary-apiext.emissary-system"_s}, -30 * Days));
        const QByteArray definition =
            "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
            "mappings.getambassador.io}\nspec: {conversion: {strategy: Webhook, webhook: {clientConfig: "
            "{service: "
            "{name: emissary-apiext, namespace: emissary-system}}}}}\n";
        const QString key = u"emissary-system/emissary-ingress-webhook-ca/tls.crt"_s;
        const models::CertificateRow known = rowOf(edgeYaml() + secret + definition, key);
        QCOMPARE(known.usedBy, u"the conversion of 1 kinds"_s);
        QVERIFY2(known.blastRadius.join(u' ').contains(u"mappings.getambassador.io can be neither read"_s),
                 qPrintable(known.blastRadius.join(u' ')));
        const models::CertificateRow unread = rowOf(edgeYaml() + secret, key); // CRDs were not looked at
        QCOMPARE(unread.usedBy, u"the conversion of the kinds of getambassador.io"_s);
        const auto findings = models::certificateFindings({known}, now);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code, u"CERT-001"_s);
        QCOMPARE(findings[0].severity, models::Severity::Error);
    }

    void theEdgesFilesAreNoApiObjectAndHaveARowNonetheless()
    {
        const QByteArray world = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
            + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, "
              "namespace: default}\nspec: {prefix: /backend/, service: quote, tls: istio-upstream}\n";
        const models::CertificateRow unseen = rowOf(world, u"istio-certs/ambassador/ambassador"_s);
        QCOMPARE(unseen.usedBy, u"Mapping default/quote-backend"_s);
        QVERIFY(unseen.mesh);
        QVERIFY(!unseen.notAfter.isValid());
    }

    void whatTheApiServerTrustsIsInTheInventory()
    {
        const QByteArray soon = leaf(TestAuthority(u"Root X"_s), {u"DNS:webhook.example"_s}, 5 * Days);
        const auto definition = [](const QByteArray &plural, const QByteArray &bundle) {
            return QByteArray(
                "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: "
                "{name: "
                + plural
                + ".getambassador.io}\nspec: {versions: [{name: v2, served: true, storage: true}, "
                  "{name: v3alpha1, served: true}], conversion: {webhook: {clientConfig: {caBundle: "
                + bundle + "}}}}\n");
        };
        const QByteArray webhooks = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
                                    "ValidatingWebhookConfiguration\nmetadata: "
                                    "{name: checker}\nwebhooks: [{name: a.example, clientConfig: {caBundle: "
                                    "Cg==}}, {name: b.example, "
                                    "clientConfig: {caBundle: bm9uZQ==}}]\n";
        const QByteArray world =
            definition("mappings", soon.toBase64()) + definition("hosts", soon.toBase64()) + webhooks;
        const models::CertificateRow row = rowOf(
            world,
            u"caBundle/CustomResourceDefinition mappings.getambassador.io/spec.conversion.webhook.clientConfig.caBundle"_s);
        QCOMPARE(row.subject, u"webhook.example"_s);
        QCOMPARE(row.storedIn,
                 u"CustomResourceDefinition mappings.getambassador.io, caBundle and of 1 more"_s);
        QCOMPARE(row.usedBy, u"the API server"_s);
        QCOMPARE(row.notAfter, now.addSecs(5 * Days));
        QCOMPARE(
            row.blastRadius.value(1),
            u"all reads and writes of hosts.getambassador.io in v3alpha1 fail, and of objects that are not "
            "stored as v2"_s);
        const auto findings = models::certificateFindings({row}, now.addDays(6));
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code, u"CERT-001"_s);
        QCOMPARE(findings[0].severity, models::Severity::Error);
        QCOMPARE(findings[0].path, u"spec.conversion.webhook.clientConfig.caBundle"_s);
        const models::CertificateRow garbage = rowOf(
            world, u"caBundle/ValidatingWebhookConfiguration checker/webhooks[1].clientConfig.caBundle"_s);
        QCOMPARE(garbage.faultCode, u"CERT-004"_s);
        QCOMPARE(
            garbage.blastRadius,
            QStringList{
                u"webhook b.example cannot be called any more: every write that it looks at is refused"_s});
        const models::CertificateRow empty = rowOf(
            world, u"caBundle/ValidatingWebhookConfiguration checker/webhooks[0].clientConfig.caBundle"_s);
        QCOMPARE(empty.key, QString()); // a placeholder
    }

    void whatCertManagerWasToRenewIsSaid()
    {
        const QByteArray secret =
            secretYaml("shop", "edge-tls", leaf(TestAuthority(u"Root X"_s), {u"DNS:a.example"_s}, 40 * Days));
        const auto certificate = [](const QDateTime &due, const char *issuing) {
            return QByteArray(
                "---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: edge, namespace: "
                "shop}\nspec: {secretName: edge-tls}\nstatus: {notBefore: '2026-01-01T00:00:00Z', "
                "notAfter: '2036-01-01T00:00:00Z', renewalTime: '"
                + due.toString(Qt::ISODate).toLatin1()
                + "', conditions: [{type: Ready, status: 'False', message: no issuer}, {type: Issuing, "
                  "status: '"
                + issuing + "'}]}\n");
        };
        const auto codesOf = [](const models::CertificateRow &row) {
            QStringList codes;
            for (const models::Finding &finding : models::certificateFindings({row}, now))
                codes.append(finding.code + u' ' + finding.evidence.value(0));
            return codes;
        };
        const QString key = u"shop/edge-tls/tls.crt"_s;
        const models::CertificateRow late = rowOf(secret + certificate(now.addDays(-1), "False"), key);
        QVERIFY2(late.renewal.startsWith(u"cert-manager, next on 2"_s), qPrintable(late.renewal));
        QCOMPARE(codesOf(late), QStringList{u"CERT-011 Certificate is not ready: no issuer"_s});
        QCOMPARE(codesOf(rowOf(secret + certificate(now.addDays(-1), "True"), key)), QStringList());
        QCOMPARE(codesOf(rowOf(secret + certificate(now.addDays(1), "False"), key)), QStringList());
        // Where its Secret was not read, or is not there, its own status is all that is known.
        const models::CertificateRow alone =
            rowOf(certificate(now.addDays(-1), "False"), u"Certificate/shop/edge"_s);
        QCOMPARE(alone.notAfter, QDateTime(QDate(2036, 1, 1), QTime(0, 0), Qt::UTC));
        QCOMPARE(codesOf(alone).size(), 1);
    }

    void thresholdsAreNamed_data()
    {
        QTest::addColumn<qint64>("secondsLeft");
        QTest::addColumn<int>("threshold");
        QTest::addColumn<models::Severity>("severity");
        QTest::newRow("61 days") << 61 * Days << 0 << models::Severity::Good;
        QTest::newRow("59 days") << 59 * Days << 60 << models::Severity::Info;
        QTest::newRow("30 days") << 30 * Days << 30 << models::Severity::Warning;
        QTest::newRow("14 days") << 14 * Days << 14 << models::Severity::Warning;
        QTest::newRow("7 days") << 7 * Days << 7 << models::Severity::Error;
        QTest::newRow("20 hours") << Days - 1 << 1 << models::Severity::Error;
        QTest::newRow("ended") << -Days << 0 << models::Severity::Error;
    }
    void thresholdsAreNamed()
    {
        QFETCH(qint64, secondsLeft);
        QFETCH(int, threshold);
        QFETCH(models::Severity, severity);
        const QDateTime end = now.addSecs(secondsLeft);
        QCOMPARE(models::daysThreshold(end.addDays(-365), end, now), threshold);
        QCOMPARE(models::countdownSeverity(end.addDays(-365), end, now), severity);
        QCOMPARE(models::daysThreshold(now.addSecs(-60), now.addSecs(3600), now), 0); // it rotates
    }

    void publishedRootsAreOneRowWhileTheyAgree()
    {
        const TestAuthority root(u"Istio root"_s);
        const TestAuthority other(u"Old root"_s);
        const auto published = [](const char *nameSpace, const TestAuthority &authority) -> QByteArray {
            QByteArray indented = authority.certificate();
            indented.replace("\n", "\n    ");
            return QByteArray("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-ca-root-cert, "
                              "namespace: ")
                + nameSpace + "}\ndata:\n  root-cert.pem: |\n    " + indented + "\n";
        };
        const models::CertificateRow same =
            rowOf(published("a", root) + published("b", root), u"istio-ca-root-cert/a"_s);
        QCOMPARE(same.storedIn, u"ConfigMap istio-ca-root-cert in 2 namespaces"_s);
        QCOMPARE(same.checks, u"same in 2 namespaces"_s);
        const models::CertificateRow differs =
            rowOf(published("a", root) + published("b", other), u"istio-ca-root-cert/b"_s);
        QCOMPARE(differs.checksSeverity, models::Severity::Warning);
        QCOMPARE(differs.subject, u"Old root"_s);

        // That they differ does not hide that one of them ends.
        const auto soon = root.intermediate(u"Ending root"_s, QDateTime::currentDateTimeUtc().addDays(20));
        const models::CertificateRow ending =
            rowOf(published("a", root) + published("b", *soon), u"istio-ca-root-cert/b"_s);
        QStringList codes;
        for (const models::Finding &finding :
             models::certificateFindings({ending}, QDateTime::currentDateTimeUtc()))
            codes.append(finding.code);
        codes.sort();
        QCOMPARE(codes, (QStringList{u"CERT-002"_s, u"CERT-006"_s}));

        const auto authority = [](const char *name, const char *dataKey,
                                  const TestAuthority &of) -> QByteArray {
            return QByteArray("---\napiVersion: v1\nkind: Secret\nmetadata: {name: ") + name
                + ", namespace: istio-system}\ndata: {" + dataKey + ": " + of.certificate().toBase64()
                + "}\n";
        };
        const QString key = u"istio-ca-root-cert/a"_s;
        for (const auto &[name, dataKey] :
             {std::pair("cacerts", "root-cert.pem"), std::pair("istio-ca-secret", "ca-cert.pem")}) {
            QCOMPARE(rowOf(published("a", root) + authority(name, dataKey, root), key).faultCode, QString());
            QCOMPARE(rowOf(published("a", root) + authority(name, dataKey, other), key).faultCode,
                     u"CERT-006"_s);
        }
        // istiod takes cacerts where there is one.
        QCOMPARE(rowOf(published("a", root) + authority("cacerts", "root-cert.pem", root)
                           + authority("istio-ca-secret", "ca-cert.pem", other),
                       key)
                     .faultCode,
                 QString());
    }
};

SALLYPORT_TEST(certificates_test, CertificatesTest)
#include "certificates_test.moc"
