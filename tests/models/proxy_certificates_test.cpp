// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/proxy_certificates.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

// The shape that Envoy documents for admin.v3.Certificates.
QByteArray answer(const QByteArray &chain, const QByteArray &roots = "[]")
{
    return "{\"certificates\": [{\"ca_cert\": " + roots + ", \"cert_chain\": " + chain + "}]}";
}

QByteArray entry(const QByteArray &path, const QByteArray &serial, const QByteArray &names)
{
    return "{\"path\": \"" + path + "\", \"serial_number\": \"" + serial
        + "\", \"subject_alt_names\": " + names
        + ", \"days_until_expiration\": \"0\", \"valid_from\": \"2026-11-26T01:00:00Z\","
          " \"expiration_time\": \"2026-11-27T01:02:00Z\"}";
}

const QByteArray spiffe = "[{\"uri\": \"spiffe://cluster.local/ns/ambassador/sa/ambassador\"}]";

} // namespace

class ProxyCertificatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void chainAndRootsAreRead()
    {
        const auto loaded = models::readProxyCertificates(answer(
            "[" + entry("/x/secrets-decoded/tls-cert/A.crt", "ABC", "[{\"dns\": \"a.example\"}]") + "]",
            "[" + entry("<inline>", "0f", "[]") + "]"));
        QVERIFY(loaded);
        QCOMPARE(loaded->size(), 2);
        const models::LoadedCertificate &leaf = loaded->at(0);
        QCOMPARE(leaf.certificate.serial, u"0abc"_s);
        QCOMPARE(leaf.certificate.dnsNames, QStringList{u"a.example"_s});
        QCOMPARE(leaf.certificate.notAfter, QDateTime({2026, 11, 27}, {1, 2}, Qt::UTC));
        QVERIFY(!leaf.isCa);
        QCOMPARE(models::secretOfFile(leaf.path), u"tls-cert"_s);
        QVERIFY(loaded->at(1).isCa);
    }

    void theMeshesCertificateIsFound_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("names");
        QTest::addColumn<bool>("isOfMesh");
        QTest::newRow("1.10 to 3.x: Ambassador's copy")
            << QByteArray("/ambassador/snapshots/default/secrets-decoded/istio-certs/AB.crt") << spiffe
            << true;
        QTest::newRow("with its namespace")
            << QByteArray("/ambassador/snapshots/default/secrets-decoded/istio-certs.ambassador/AB.crt")
            << spiffe << true;
        QTest::newRow("1.5 to 1.9: the files themselves")
            << QByteArray("/etc/istio-certs/cert-chain.pem") << QByteArray("[]") << true;
        QTest::newRow("by xDS, without a file") << QByteArray("<inline>") << spiffe << true;
        QTest::newRow("a Host's") << QByteArray(
            "/ambassador/snapshots/default/secrets-decoded/tls-cert/AB.crt")
                                  << spiffe << false;
        QTest::newRow("by xDS, for a name")
            << QByteArray("<inline>") << QByteArray("[{\"dns\": \"a.example\"}]") << false;
    }
    void theMeshesCertificateIsFound()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, names);
        QFETCH(bool, isOfMesh);
        const auto loaded = models::readProxyCertificates(answer("[" + entry(path, "01", names) + "]"));
        QVERIFY(loaded);
        QCOMPARE(loaded->size(), 1);
        QCOMPARE(models::isIstioCertificate(loaded->first()), isOfMesh);
    }

    void aRootIsNoCertificateOfTheMesh()
    {
        const auto loaded =
            models::readProxyCertificates(answer("[]", "[" + entry("<inline>", "01", spiffe) + "]"));
        QVERIFY(loaded);
        QVERIFY(!models::isIstioCertificate(loaded->first()));
    }

    void whatIsNoSuchAnswerIsAnError_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("a page") << QByteArray("<html>not found</html>");
        QTest::newRow("cut") << answer("[" + entry("a", "01", "[]") + "]").left(60);
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("something else") << QByteArray("{\"listeners\": []}");
    }
    void whatIsNoSuchAnswerIsAnError()
    {
        QFETCH(QByteArray, body);
        const auto loaded = models::readProxyCertificates(body);
        QVERIFY(!loaded);
        QVERIFY(loaded.error().message.contains(u"/certs"_s));
    }

    void wrongTypesLoseNothingElse()
    {
        const auto loaded = models::readProxyCertificates(
            answer("[{\"path\": 7, \"serial_number\": []}, 5, " + entry("a", "02", "\"none\"") + "]", "{}"));
        QVERIFY(loaded);
        QCOMPARE(loaded->size(), 1);
        QCOMPARE(loaded->first().certificate.serial, u"02"_s);
    }
};

SALLYPORT_TEST(proxy_certificates_test, ProxyCertificatesTest)
#include "proxy_certificates_test.moc"
