// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/workload_certificate.h"
#include "tests/demo/loop_thread.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QString openssl(const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"openssl"_s, arguments);
    process.waitForFinished(20'000);
    return QString::fromUtf8(process.readAll());
}

void write(const QString &path, const std::string &text)
{
    QFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write(QByteArray::fromStdString(text));
}

} // namespace

class AuthorityTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("skipped: no openssl program");
    }

    void opensslAcceptsAWorkloadCertificateOfTheMesh()
    {
        const auto mesh =
            demo::Authority::make("cluster.local", std::chrono::hours(24 * 3650)).value_or(nullptr);
        QVERIFY(mesh);
        const auto pair = mesh->issue(demo::workloadWish(
            "ambassador", "ambassador", std::chrono::system_clock::now(), std::chrono::seconds(20)));
        QVERIFY(pair);
        QTemporaryDir folder;
        write(folder.filePath(u"root.pem"_s), mesh->certificate());
        write(folder.filePath(u"leaf.pem"_s), pair->certificateChain);
        for (const QString &purpose : {u"sslclient"_s, u"sslserver"_s}) {
            const QString
                said // not -x509_strict: the recorded mesh's certificates name no keys, which decides its alerts
                = openssl({u"verify"_s, u"-purpose"_s, purpose, u"-CAfile"_s, folder.filePath(u"root.pem"_s),
                           folder.filePath(u"leaf.pem"_s)});
            QVERIFY2(said.endsWith(u"leaf.pem: OK\n"_s), qPrintable(said));
        }
        const QString shown =
            openssl({u"x509"_s, u"-noout"_s, u"-text"_s, u"-in"_s, folder.filePath(u"leaf.pem"_s)});
        QVERIFY2(shown.contains(u"URI:spiffe://cluster.local/ns/ambassador/sa/ambassador"_s),
                 qPrintable(shown));
        QVERIFY2(shown.contains(u"Subject: \n"_s), qPrintable(shown)); // as Istio's: the name alone counts
    }

    void opensslRefusesWhatAnotherAuthorityOfTheSameNameHasIssued()
    {
        const auto mesh = demo::Authority::make("cluster.local", std::chrono::hours(1)).value_or(nullptr);
        const auto other = demo::Authority::make("cluster.local", std::chrono::hours(1)).value_or(nullptr);
        const auto pair = other->issue(
            demo::workloadWish("a", "b", std::chrono::system_clock::now(), std::chrono::seconds(20)));
        QTemporaryDir folder;
        write(folder.filePath(u"root.pem"_s), mesh->certificate());
        write(folder.filePath(u"leaf.pem"_s), pair->certificateChain);
        QVERIFY(openssl({u"verify"_s, u"-CAfile"_s, folder.filePath(u"root.pem"_s),
                         folder.filePath(u"leaf.pem"_s)})
                    .contains(u"verification failed"_s));
    }

    void aCertificateIsRenewedAtHalfOfItsLifeUnlessThatIsStalled()
    {
        LoopThread thread;
        const auto mesh = demo::Authority::make("cluster.local", std::chrono::hours(1)).value_or(nullptr);
        demo::WorkloadCertificate certificate(thread.loop(), *mesh, "shop", "default",
                                              std::chrono::seconds(1));
        std::atomic<int> changes{0};
        thread.call([&] {
            certificate.changed = [&changes](const demo::KeyPair &) { ++changes; };
            certificate.start();
        });
        QCOMPARE(changes.load(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(changes.load() >= 3, 5000); // 0.5 s each
        thread.call([&] { certificate.setRotation(demo::Rotation::Stalled); });
        const int before = changes.load();
        QTRY_VERIFY_WITH_TIMEOUT(
            thread.call([&] { return certificate.current().notAfter < std::chrono::system_clock::now(); }),
            5000);
        QCOMPARE(changes.load(), before);
        thread.call([&] { certificate.stop(); });
    }
};

SALLYPORT_TEST(authority_test, AuthorityTest)
#include "authority_test.moc"
