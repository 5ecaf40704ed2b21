// SPDX-License-Identifier: GPL-3.0-or-later
// What a real kube-apiserver 1.37.2 warns of, or refuses, at these very objects.
#include "app/demo/write_warnings.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class WriteWarningsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTlsSecretsPairIsJudged_data()
    {
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("problem");
        const TestAuthority authority;
        const auto issue = [&authority](TestKey key) {
            CertificateWish wish;
            wish.commonName = u"a.example"_s;
            wish.key = key;
            return authority.issue(wish);
        };
        const TestIdentity rsa = issue(TestKey::Rsa2048), other = issue(TestKey::Rsa2048),
                           curve = issue(TestKey::EcP256), edwards = issue(TestKey::Ed25519);
        const QByteArray noPem = "tls: failed to find any PEM data in certificate input", x = "x",
                         type = "tls: private key type does not match public key type";
        const auto block = [](const QByteArray &name) -> QByteArray {
            return "-----BEGIN " + name + "-----\nAAAA\n-----END " + name + "-----\n";
        };
        QTest::newRow("RSA") << rsa.certificate << rsa.key << QByteArray();
        QTest::newRow("a curve") << curve.certificate << curve.key << QByteArray();
        QTest::newRow("Ed25519") << edwards.certificate << edwards.key << QByteArray();
        QTest::newRow("a chain, its key among it")
            << QByteArray(rsa.certificate + rsa.key + other.certificate) << rsa.key << QByteArray();
        QTest::newRow("parameters before the key")
            << curve.certificate << QByteArray(block("EC PARAMETERS") + curve.key) << QByteArray();
        QTest::newRow("another's key")
            << rsa.certificate << other.key << QByteArray("tls: private key does not match public key");
        QTest::newRow("a curve's key") << rsa.certificate << curve.key << type;
        QTest::newRow("a curve's certificate") << curve.certificate << rsa.key << type;
        QTest::newRow("both empty") << QByteArray() << QByteArray() << noPem;
        QTest::newRow("no PEM") << x << x << noPem;
        QTest::newRow("no PEM in the key")
            << rsa.certificate << x << QByteArray("tls: failed to find any PEM data in key input");
        QTest::newRow("the wrong way round")
            << rsa.key << rsa.certificate
            << QByteArray("tls: failed to find certificate PEM data in certificate input, but did find a "
                          "private key; PEM inputs may have been switched");
        QTest::newRow("a certificate twice")
            << rsa.certificate << rsa.certificate
            << QByteArray("tls: found a certificate rather than a key in the PEM for the private key");
        QTest::newRow("another block")
            << block("X") << rsa.key
            << QByteArray("tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping "
                          "PEM blocks of the following types: [X]");
        QTest::newRow("no certificate within")
            << block("CERTIFICATE") << rsa.key << QByteArray("x509: malformed certificate");
        QTest::newRow("no key within")
            << rsa.certificate << block("PRIVATE KEY") << QByteArray("tls: failed to parse private key");
    }
    void aTlsSecretsPairIsJudged()
    {
        QFETCH(QByteArray, certificate);
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, problem);
        QCOMPARE(
            QByteArray::fromStdString(demo::keyPairProblem(certificate.toStdString(), key.toStdString())),
            problem);
    }

    void warningsComeWithTheAnswer()
    {
        ApiFixture api;
        const std::string secrets = "/api/v1/namespaces/default/secrets";
        const std::string tls = "{\"metadata\":{\"name\":\"a\"},\"type\":\"kubernetes.io/"
                                "tls\",\"data\":{\"tls.crt\":\"eA==\",\"tls.key\":\"eA==\"}}";
        for (const char *query : {"?dryRun=All", ""}) {
            const ApiAnswer answer = api.call("POST", secrets + query, tls);
            QCOMPARE(answer.status, 201);
            QCOMPARE(QByteArray(answer.headers.value("warning").data(),
                                qsizetype(answer.headers.value("warning").size())),
                     QByteArray("299 - \"tls: failed to find any PEM data in certificate input\""));
        }
        const ApiAnswer opaque =
            api.call("POST", secrets, "{\"metadata\":{\"name\":\"b\"},\"data\":{\"tls.crt\":\"eA==\"}}");
        QCOMPARE(opaque.status, 201);
        QVERIFY(opaque.headers.value("warning").empty());
    }

    void finalizersWithoutADomain_data()
    {
        QTest::addColumn<QByteArray>("finalizer");
        QTest::addColumn<int>("status");         // of a ConfigMap with it
        QTest::addColumn<QByteArray>("warning"); // of a custom resource with it
        const QByteArray prefer = "prefer a domain-qualified finalizer name",
                         avoid = " to avoid accidental conflicts with other finalizer writers\"";
        const auto said = [&](const QByteArray &name, const QByteArray &more) -> QByteArray {
            return "299 - \"metadata.finalizers: \\\"" + name + "\\\": " + prefer + more + avoid;
        };
        QTest::newRow("a word") << QByteArray("foo") << 422 << said("foo", "");
        QTest::newRow("a domain alone")
            << QByteArray("example.com") << 422 << said("example.com", " including a path (/)");
        QTest::newRow("with a domain") << QByteArray("example.com/foo") << 201 << QByteArray();
        QTest::newRow("a standard one") << QByteArray("foregroundDeletion") << 201 << QByteArray();
        QTest::newRow("another standard one") << QByteArray("orphan") << 201 << QByteArray();
    }
    void finalizersWithoutADomain()
    {
        QFETCH(QByteArray, finalizer);
        QFETCH(int, status);
        QFETCH(QByteArray, warning);
        ApiFixture api;
        std::string metadata = "\"metadata\":{\"name\":\"a\",\"finalizers\":[\"";
        metadata.append(finalizer.toStdString()).append("\"]}");
        const ApiAnswer map = api.call("POST", "/api/v1/namespaces/default/configmaps", "{" + metadata + "}");
        QVERIFY2(map.status == status, map.body.constData());
        if (status == 422)
            QVERIFY2(map.body.contains(QByteArray(
                         "metadata.finalizers[0]: Invalid value: \\\"" + finalizer
                         + "\\\": name is neither a standard finalizer name nor is it fully qualified")),
                     map.body.constData());
        const demo::ResourceKind custom = [] {
            demo::ResourceKind kind;
            kind.isBuiltIn = false;
            return kind;
        }();
        const auto object = edge::parseJson("{" + metadata + "}");
        const std::vector<std::string> warnings = demo::writeWarnings(custom, *object, nullptr);
        QCOMPARE(warnings.size(), std::size_t(warning.isEmpty() ? 0 : 1));
        if (!warnings.empty())
            QVERIFY2(warning.contains(QByteArray::fromStdString(warnings[0]).replace("\"", "\\\"")),
                     warnings[0].c_str());
        const auto known = std::make_shared<const edge::Value>(*object);
        QVERIFY(demo::writeWarnings(custom, *object, known).empty()); // they have been there
    }
};

SALLYPORT_TEST(write_warnings_test, WriteWarningsTest)
#include "write_warnings_test.moc"
