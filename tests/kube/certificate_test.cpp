// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/certificate.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

class CertificateTest : public QObject
{
    Q_OBJECT

    TestAuthority m_root{u"Mesh root"_s};

    static QByteArray openssl(const QStringList &arguments, const QByteArray &input)
    {
        QProcess process;
        process.start(u"openssl"_s, arguments);
        process.write(input);
        process.closeWriteChannel();
        process.waitForFinished();
        return process.readAllStandardOutput();
    }

    static QString fact(const QStringList &arguments, const QByteArray &pem)
    {
        const QString text =
            QString::fromUtf8(openssl(QStringList{u"x509"_s, u"-noout"_s} + arguments, pem)).trimmed();
        return text.mid(text.indexOf(u'=') + 1).trimmed();
    }

private Q_SLOTS:
    void everyFactAgreesWithOpenssl_data()
    {
        QTest::addColumn<TestKey>("key");
        QTest::addColumn<QString>("algorithm");
        QTest::newRow("EC") << TestKey::EcP256 << u"EC P-256"_s;
        QTest::newRow("RSA") << TestKey::Rsa2048 << u"RSA 2048"_s;
        QTest::newRow("Ed25519") << TestKey::Ed25519 << u"Ed25519"_s;
    }

    void everyFactAgreesWithOpenssl()
    {
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("skipped: there is no openssl program to compare with");
        QFETCH(TestKey, key);
        QFETCH(QString, algorithm);
        CertificateWish wish;
        wish.commonName = u"shop.example"_s;
        wish.organization = u"Läden, \"gut\""_s;
        wish.names = {u"DNS:shop.example"_s, u"DNS:*.shop.example"_s, u"IP:10.0.0.7"_s, u"IP:fd00::7"_s};
        wish.key = key;
        const QByteArray pem = m_root.issue(wish).certificate;

        const Result<QList<Certificate>> read = readPem(pem);
        QVERIFY2(read, qPrintable(read ? QString() : read.error().message));
        const Certificate &certificate = read->first();
        QCOMPARE(certificate.fingerprint,
                 fact({u"-fingerprint"_s, u"-sha256"_s}, pem).remove(u':').toLower());
        QCOMPARE(QString(certificate.serial).rightJustified(8, u'0'),
                 fact({u"-serial"_s}, pem).toLower().rightJustified(8, u'0'));
        QCOMPARE(certificate.subject, u"CN=shop.example, O=Läden\\, \\\"gut\\\""_s);
        QCOMPARE(certificate.issuer, u"CN=Mesh root"_s);
        const auto time = [](const QDateTime &at) { return at.toString(u"yyyy-MM-dd hh:mm:ss'Z'"_s); };
        QCOMPARE(time(certificate.notBefore), fact({u"-startdate"_s, u"-dateopt"_s, u"iso_8601"_s}, pem));
        QCOMPARE(time(certificate.notAfter), fact({u"-enddate"_s, u"-dateopt"_s, u"iso_8601"_s}, pem));
        QCOMPARE(certificate.dnsNames, (QStringList{u"shop.example"_s, u"*.shop.example"_s}));
        QCOMPARE(certificate.ipAddresses, (QStringList{u"10.0.0.7"_s, u"fd00::7"_s}));
        QCOMPARE(certificate.keyAlgorithm, algorithm);
        QCOMPARE(certificate.signatureAlgorithm, u"ecdsa-with-SHA256"_s);
        QVERIFY(!certificate.isCa);
    }

    void aWorkloadCertificateHasASpiffeUriAndNoSubject()
    {
        CertificateWish wish;
        wish.names = {u"URI:spiffe://cluster.local/ns/default/sa/quote"_s};
        const QByteArray pem = m_root.issue(wish).certificate;
        const Result<QList<Certificate>> read = readPem(pem);
        QVERIFY(read);
        QCOMPARE(read->first().subject, QString());
        QCOMPARE(read->first().uriNames, QStringList{u"spiffe://cluster.local/ns/default/sa/quote"_s});
    }

    void aChainIsReadInOrderAndKeysAreSkipped()
    {
        const auto middle = m_root.intermediate(u"Middle"_s, QDateTime::currentDateTimeUtc().addDays(2));
        CertificateWish wish;
        wish.commonName = u"leaf"_s;
        const TestIdentity leaf = middle->issue(wish);
        const Result<QList<Certificate>> read =
            readPem("Bag Attributes\n  name: x\n" + leaf.certificate + leaf.key + middle->certificate());
        QVERIFY(read);
        QCOMPARE(read->size(), 2);
        QCOMPARE(read->at(0).subject, u"CN=leaf"_s);
        QCOMPARE(read->at(1).subject, u"CN=Middle"_s);
        QVERIFY(read->at(1).isCa);
    }

    void derAndPemGiveTheSameValue()
    {
        const QByteArray pem = m_root.certificate();
        const QByteArray body = pem.split('\n').mid(1, pem.count('\n') - 2).join();
        const Result<Certificate> fromDer = readDer(QByteArray::fromBase64(body));
        QVERIFY(fromDer);
        QCOMPARE(*fromDer, readPem(pem)->first());
    }

    void whatIsNoCertificateIsAnErrorThatSaysWhich_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("message");
        const QByteArray good = m_root.certificate();
        QTest::newRow("empty") << QByteArray() << u"there is no certificate in it"_s;
        QTest::newRow("a key only") << m_root.issue({}).key << u"there is no certificate in it"_s;
        QTest::newRow("never ends") << good.left(good.size() / 2) << u"there is no certificate in it"_s;
        QTest::newRow("second is not base64")
            << good + "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
            << u"certificate 2 of 2 cannot be read: its text is not base64"_s;
        QTest::newRow("base64 of something else")
            << QByteArray("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n")
            << u"certificate 1 of 1 cannot be read: its content is not a certificate"_s;
    }

    void whatIsNoCertificateIsAnErrorThatSaysWhich()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, message);
        const Result<QList<Certificate>> read = readPem(text);
        QVERIFY(!read);
        QVERIFY2(read.error().message.startsWith(message), qPrintable(read.error().message));
    }

    void blocksNeverContainWhatStandsBetweenThem()
    {
        const QByteArray good = m_root.certificate();
        const QByteArray key = m_root.issue({}).key;
        const QByteArray unfinished =
            "-----BEGIN CERTIFICATE-----\nAAAA\n" + key + "-----END CERTIFICATE-----\n";
        for (const QByteArray &text :
             QByteArrayList{key + good, good + key, unfinished + good, good + unfinished}) {
            const QList<QByteArray> blocks = certificateBlocks(text);
            QCOMPARE(blocks.size(), 1);
            QVERIFY(!blocks.first().contains("PRIVATE"));
        }
    }

    // OpenSSL refuses the whole of such a file, however good what stands before is.
    void aChainThatWasCutIsNoChain_data()
    {
        QTest::addColumn<int>("left"); // bytes of the last certificate
        const int size = int(m_root.certificate().trimmed().size());
        QTest::newRow("without its end marker") << size - 25;
        QTest::newRow("within its end marker") << size - 3;
        QTest::newRow("within its text") << size / 2;
        QTest::newRow("behind its first line") << 28;
    }
    void aChainThatWasCutIsNoChain()
    {
        QFETCH(int, left);
        const QByteArray good = m_root.certificate();
        const QByteArray cut = good + good.left(left);
        QCOMPARE(readPem(good)->size(), 1);
        const auto chain = readPem(cut);
        QVERIFY(!chain);
        QVERIFY2(
            chain.error().message.startsWith(u"certificate 2 of 2 cannot be read: the text ends within it"_s),
            qPrintable(chain.error().message));
        const QByteArray kept = certificateBlocks(cut).join('\n') + '\n'; // as the reader of Secrets keeps it
        QVERIFY(!readPem(kept));
        QCOMPARE(certificateBlocks(kept).join('\n') + '\n', kept);
    }

    void cutAtAnyByteReadingNeverFailsBadly()
    {
        const QByteArray pem = m_root.certificate();
        const QByteArray body = pem.split('\n').mid(1, pem.count('\n') - 2).join();
        const QByteArray der = QByteArray::fromBase64(body);
        for (qsizetype size = 0; size < der.size(); ++size)
            QVERIFY(!readDer(der.left(size)));
    }

    void aChainMustBeLeafFirst()
    {
        const auto middle = m_root.intermediate(u"Middle"_s, QDateTime::currentDateTimeUtc().addDays(2));
        CertificateWish wish;
        wish.commonName = u"leaf"_s;
        const QByteArray leaf = middle->issue(wish).certificate;
        QVERIFY(checkChainOrder(leaf + middle->certificate() + m_root.certificate()));
        const Result<void> wrong = checkChainOrder(leaf + m_root.certificate() + middle->certificate());
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().message.contains(
                     u"certificate 1 (CN=leaf) is not signed by certificate 2 (CN=Mesh root)"_s),
                 qPrintable(wrong.error().message));
    }

    void aSignatureByANamesakeIsNoSignature()
    {
        const TestAuthority namesake(u"Mesh root"_s);
        CertificateWish wish;
        wish.commonName = u"leaf"_s;
        const QByteArray leaf = m_root.issue(wish).certificate;
        QVERIFY(checkChainOrder(leaf + m_root.certificate()));
        QVERIFY(!checkChainOrder(leaf + namesake.certificate()));
        QVERIFY(!verifyChain(leaf, namesake.certificate(), QDateTime::currentDateTimeUtc()));
    }

    void verificationNamesTheCertificateThatIsTheReason()
    {
        const QDateTime now = QDateTime::currentDateTimeUtc();
        const auto middle = m_root.intermediate(u"Middle"_s, now.addDays(2));
        CertificateWish wish;
        wish.commonName = u"leaf"_s;
        wish.notAfter = now.addDays(9);
        const QByteArray chain = middle->issue(wish).certificate + middle->certificate();
        QVERIFY(verifyChain(chain, m_root.certificate(), now));
        QVERIFY(verifyChain(chain, middle->certificate(), now)); // an intermediate as anchor

        const Result<void> later = verifyChain(chain, m_root.certificate(), now.addDays(5));
        QVERIFY(!later);
        QVERIFY2(later.error().message.startsWith(u"CN=Middle: certificate has expired"_s),
                 qPrintable(later.error().message));
        const Result<void> earlier = verifyChain(chain, m_root.certificate(), now.addDays(-5));
        QVERIFY(!earlier);
        QVERIFY(earlier.error().message.contains(u"not yet valid"_s));
    }

    void aMadeUpAuthorityIsNotTheSystems()
    {
        CertificateWish wish;
        wish.commonName = u"leaf"_s;
        QVERIFY(!verifyChainBySystem(m_root.issue(wish).certificate, QDateTime::currentDateTimeUtc()));
    }

    void namesAreJudgedAsForHttps_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<bool>("isIts");
        const QStringList names{u"DNS:a.example"_s, u"DNS:*.b.example"_s, u"IP:10.0.0.1"_s};
        QTest::newRow("its name") << names << u"a.example"_s << true;
        QTest::newRow("in capitals") << names << u"A.Example"_s << true;
        QTest::newRow("by a wildcard") << names << u"x.b.example"_s << true;
        QTest::newRow("two labels below a wildcard") << names << u"x.y.b.example"_s << false;
        QTest::newRow("its address") << names << u"10.0.0.1"_s << true;
        QTest::newRow("another address") << names << u"10.0.0.2"_s << false;
        QTest::newRow("another name") << names << u"b.example"_s << false;
        QTest::newRow("a common name beside names") << names << u"leaf.example"_s << false;
        QTest::newRow("a common name alone") << QStringList() << u"leaf.example"_s << true;
        QTest::newRow("another common name") << QStringList() << u"root.example"_s << false;
        const QStringList wide{u"DNS:*.example"_s, u"IP:fd00::7"_s};
        QTest::newRow("a wildcard below a top level") << wide << u"a.example"_s << false;
        QTest::newRow("an address of 16 bytes") << wide << u"fd00:0::7"_s << true;
        QTest::newRow("a common name beside an address")
            << QStringList{u"IP:10.0.0.1"_s} << u"leaf.example"_s << true;
        QTest::newRow("an empty name") << names << QString() << false;
    }
    void namesAreJudgedAsForHttps()
    {
        QFETCH(QStringList, names);
        QFETCH(QString, wanted);
        CertificateWish wish;
        wish.commonName = u"leaf.example"_s;
        wish.names = names;
        const QByteArray pem = m_root.issue(wish).certificate;
        QTEST(isForName(pem, wanted), "isIts"); // by OpenSSL
        const Result<QList<Certificate>> read = readPem(pem);
        QVERIFY(read);
        QTEST(isForName(read->first(), wanted), "isIts"); // and of what was read
    }
};

SALLYPORT_TEST(certificate_test, CertificateTest)
#include "certificate_test.moc"
