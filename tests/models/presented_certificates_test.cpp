// SPDX-License-Identifier: GPL-3.0-or-later
// What a Secret holds beside what it is for, its key, its chain, and what clients are shown in its place.
#include "kube/object_reader.h"
#include "kube/resource_type.h"
#include "kube/secret_key_notes.h"
#include "models/analysis/findings.h"
#include "models/analysis/presented_certificates.h"
#include "tests/kube/test_authority.h"
#include "tests/models/refused_keys.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch(), Qt::UTC);

TestIdentity issued(const TestAuthority &authority, const QStringList &names)
{
    CertificateWish wish;
    wish.commonName = u"edge"_s;
    wish.names = names;
    wish.notAfter = now.addDays(200);
    return authority.issue(wish);
}

QByteArray secretYaml(const QByteArray &chain, const QByteArray &keyNote = "{1704 bytes}")
{
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: doors, namespace: ambassador}\ntype: "
           "kubernetes.io/tls\ndata: {tls.crt: "
        + chain.toBase64() + ", tls.key: '" + keyNote + "'}\n";
}

QByteArray hostYaml(const QByteArray &name)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: front, namespace: "
           "ambassador}\nspec: {hostname: '"
        + name
        + "', tlsSecret: {name: doors}, acmeProvider: {authority: none}}\n"
          "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote, namespace: default}\n"
          "spec: {prefix: /quote/, service: quote}\n";
}

struct World
{
    std::shared_ptr<const models::Snapshot> snapshot;
    models::EdgeView view;
};

World worldOf(const QByteArray &yaml)
{
    World world;
    world.snapshot = snapshotOf(edgeYaml() + yaml);
    world.view = models::viewEdge(*world.snapshot, *world.snapshot->edge({}));
    return world;
}

models::CertificateRow doorsOf(const QList<models::CertificateRow> &rows)
{
    for (const models::CertificateRow &row : rows) {
        if (row.key == "ambassador/doors/tls.crt"_L1)
            return row;
    }
    return {};
}

models::PresentedCertificate presentedFor(const World &world, const QString &name, const QByteArray &pem,
                                          const QString &error = {})
{
    return {world.view.installation.key(),
            name,
            u"203.0.113.7:443"_s,
            pem.isEmpty() ? QList<kube::Certificate>() : *kube::readPem(pem),
            now,
            error};
}

QStringList codesOf(const QList<models::CertificateRow> &rows)
{
    QStringList codes;
    for (const models::Finding &finding : models::certificateFindings(rows, now))
        codes.append(finding.code);
    return codes;
}

} // namespace

class PresentedCertificatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void namesThatClientsAskFor_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("a name") << QByteArray("shop.example.com") << QStringList{u"shop.example.com"_s};
        QTest::newRow("a wildcard") << QByteArray("*.example.com") << QStringList{u"www.example.com"_s};
        QTest::newRow("any, by the certificate's own")
            << QByteArray("*") << QStringList{u"own.example.com"_s};
    }
    void namesThatClientsAskFor()
    {
        QFETCH(QByteArray, host);
        const World world =
            worldOf(secretYaml(issued(m_authority, {u"DNS:own"_s, u"DNS:own.example.com"_s}).certificate)
                    + hostYaml(host));
        QTEST(models::serverNamesToAsk(models::certificateRows(*world.snapshot, world.view, {}),
                                       *world.snapshot, world.view),
              "names");
    }

    void storedAndPresentedAreCompared_data()
    {
        QTest::addColumn<QString>("presented"); // "stored", "other", "error"
        QTest::addColumn<QStringList>("codes");
        QTest::addColumn<QString>("said");
        QTest::addColumn<int>("rows");
        QTest::newRow("none was asked for") << QString() << QStringList() << QString() << 1;
        QTest::newRow("the stored one")
            << u"stored"_s << QStringList() << u"the stored one, by 203.0.113.7:443"_s << 1;
        QTest::newRow("another one") << u"other"_s << QStringList{u"CERT-013"_s}
                                     << u"another one, by 203.0.113.7:443"_s << 2;
        QTest::newRow("nobody answers") << u"error"_s << QStringList() << u"not seen: refused"_s << 1;
    }
    void storedAndPresentedAreCompared()
    {
        QFETCH(QString, presented);
        QFETCH(QStringList, codes);
        QFETCH(QString, said);
        QFETCH(int, rows);
        const QByteArray stored = issued(m_authority, {u"DNS:shop.example.com"_s}).certificate;
        const QByteArray other = issued(m_authority, {u"DNS:shop.example.com"_s}).certificate;
        const World world = worldOf(secretYaml(stored) + hostYaml("shop.example.com"));
        QList<models::PresentedCertificate> seen;
        if (!presented.isEmpty())
            seen.append(presentedFor(world, u"shop.example.com"_s,
                                     presented == "stored"_L1      ? stored
                                         : presented == "other"_L1 ? other
                                                                   : QByteArray(),
                                     presented == "error"_L1 ? u"refused"_s : QString()));
        const auto found = models::certificateRows(*world.snapshot, world.view, seen);
        QCOMPARE(codesOf(found), codes);
        QCOMPARE(int(found.size()), rows);
        const models::CertificateRow row = doorsOf(found);
        QVERIFY2(row.presented.startsWith(said) && row.presented.isEmpty() == said.isEmpty(),
                 qPrintable(row.presented));
        if (rows == 2) {
            QCOMPARE(found.last().storedIn, u"presented by 203.0.113.7:443 for shop.example.com"_s);
            QCOMPARE(found.last().notAfter, now.addDays(200));
            QVERIFY2(row.checks.contains(kube::readPem(other)->first().serial), qPrintable(row.checks));
        }
        for (models::PresentedCertificate &one : seen)
            one.edge = u"ambassador/another"_s;
        QCOMPARE(models::certificateRows(*world.snapshot, world.view, seen),
                 models::certificateRows(*world.snapshot, world.view, {}));
    }

    // What is presented is stored all the same, elsewhere: no row twice.
    void whatAnotherSecretHoldsIsNotAddedAgain()
    {
        const QByteArray stored = issued(m_authority, {u"DNS:shop.example.com"_s}).certificate;
        const QByteArray other = issued(m_authority, {u"DNS:shop.example.com"_s}).certificate;
        const World world = worldOf(
            secretYaml(stored) + hostYaml("shop.example.com")
            + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: old, namespace: ambassador}\ntype: "
              "kubernetes.io/tls\ndata: {tls.crt: "
            + other.toBase64() + ", tls.key: '{1704 bytes}'}\n");
        const auto found = models::certificateRows(*world.snapshot, world.view,
                                                   {presentedFor(world, u"shop.example.com"_s, other)});
        QCOMPARE(found.size(), 2);
        QCOMPARE(doorsOf(found).faultCode, u"CERT-013"_s);
        const auto old = std::find_if(found.begin(), found.end(), [](const models::CertificateRow &row) {
            return row.key == "ambassador/old/tls.crt"_L1;
        });
        QVERIFY(old != found.end());
        QCOMPARE(old->presented, u"by 203.0.113.7:443 for shop.example.com"_s);
    }

    void aSecretThatCannotServeItsNames_data()
    {
        QTest::addColumn<QByteArray>("secret");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QStringList>("codes");
        QTest::addColumn<QString>("said");
        const TestIdentity shop =
            issued(m_authority, {u"DNS:shop.example.com"_s, u"DNS:*.shop.example.com"_s});
        const QByteArray &good = shop.certificate;
        const QStringList none;
        QTest::newRow("its name") << secretYaml(good) << QByteArray("shop.example.com") << none << QString();
        QTest::newRow("its wildcard")
            << secretYaml(good) << QByteArray("*.shop.example.com") << none << QString();
        QTest::newRow("any name") << secretYaml(good) << QByteArray("*") << none << QString();
        QTest::newRow("another name") << secretYaml(good) << QByteArray("bank.example.com")
                                      << QStringList{u"CERT-015"_s} << u"it is not for bank.example.com"_s;
        QTest::newRow("two labels below its wildcard")
            << secretYaml(good) << QByteArray("a.b.shop.example.com") << QStringList{u"CERT-015"_s}
            << u"but for shop.example.com, *.shop.example.com"_s;
        QTest::newRow("a wildcard that it has not")
            << secretYaml(issued(m_authority, {u"DNS:shop.example.com"_s}).certificate)
            << QByteArray("*.shop.example.com") << QStringList{u"CERT-015"_s}
            << u"not for www.shop.example.com"_s;
        const auto note = [](const char *text) -> QByteArray {
            return QByteArray("{1704 bytes") + text + "}";
        };
        QTest::newRow("another's key")
            << secretYaml(good, note(kube::otherCertificatesKey)) << QByteArray("shop.example.com")
            << QStringList{u"CERT-014"_s} << u"another certificate's"_s;
        QTest::newRow("a key by password")
            << secretYaml(good, note(kube::encryptedKey)) << QByteArray("shop.example.com")
            << QStringList{u"CERT-014"_s} << u"password"_s;
        QTest::newRow("no key") << secretYaml(good, note(kube::noPrivateKey))
                                << QByteArray("shop.example.com") << QStringList{u"CERT-014"_s}
                                << u"none in PEM"_s;
        const auto middle = m_authority.intermediate(u"Middle"_s, now.addDays(300));
        const QByteArray leaf = issued(*middle, {u"DNS:shop.example.com"_s}).certificate;
        QTest::newRow("a whole chain") << secretYaml(leaf + middle->certificate() + m_authority.certificate())
                                       << QByteArray("shop.example.com") << none << QString();
        QTest::newRow("a chain out of order")
            << secretYaml(leaf + m_authority.certificate() + middle->certificate())
            << QByteArray("shop.example.com") << QStringList{u"CERT-003"_s} << u"chain is broken"_s;
        QTest::newRow("root first, and the leaf's key")
            << secretYaml(m_authority.certificate() + middle->certificate() + leaf,
                          note(kube::laterCertificatesKey))
            << QByteArray("shop.example.com") << QStringList{u"CERT-003"_s}
            << u"order the chain leaf first"_s;
        QTest::newRow("the key of the issuer behind it")
            << secretYaml(leaf + middle->certificate(), note(kube::laterCertificatesKey))
            << QByteArray("shop.example.com") << QStringList{u"CERT-014"_s} << u"later certificate"_s;
        QTest::newRow("RSA of 1024 bits")
            << secretYaml(refused_keys::Rsa1024) << QByteArray("shop.example.com")
            << QStringList{u"CERT-016"_s} << u"its key is of 1024 bits"_s;
        QTest::newRow("P-384 before Envoy 1.33")
            << secretYaml(refused_keys::EcP384) << QByteArray("shop.example.com")
            << QStringList{u"CERT-016"_s} << u"P-256 alone before its version 1.33"_s;
        QTest::newRow("another curve")
            << secretYaml(refused_keys::EcSecp256k1) << QByteArray("shop.example.com")
            << QStringList{u"CERT-016"_s} << u"of the curve secp256k1"_s;
        const auto namesake = TestAuthority(u"Test root"_s).intermediate(u"Middle"_s, now.addDays(300));
        QTest::newRow("a chain by a namesake, which has not signed it")
            << secretYaml(leaf + namesake->certificate()) << QByteArray("shop.example.com")
            << QStringList{u"CERT-003"_s} << u"not signed by certificate 2"_s;
    }
    void aSecretThatCannotServeItsNames()
    {
        QFETCH(QByteArray, secret);
        QFETCH(QByteArray, host);
        QFETCH(QStringList, codes);
        QFETCH(QString, said);
        const World world = worldOf(secret + hostYaml(host));
        const auto rows = models::certificateRows(*world.snapshot, world.view, {});
        QCOMPARE(codesOf(rows), codes);
        QVERIFY2(doorsOf(rows).checks.contains(said), qPrintable(doorsOf(rows).checks));
    }

    void aLargerCurveIsTakenByANewerEnvoy()
    {
        World world = worldOf(secretYaml(refused_keys::EcP384) + hostYaml("shop.example.com"));
        world.view.installation.compat = edge::Compat::V4;
        const auto codes = [&] { return codesOf(models::certificateRows(*world.snapshot, world.view, {})); };
        QCOMPARE(codes(), QStringList());
        world = worldOf(secretYaml(refused_keys::EcSecp256k1) + hostYaml("shop.example.com"));
        world.view.installation.compat = edge::Compat::V4;
        QCOMPARE(codes(), QStringList{u"CERT-016"_s});
        world = worldOf(secretYaml(refused_keys::Rsa1024)); // nobody presents it
        QCOMPARE(codes(), QStringList());
    }

    // The key is that of the leaf, which stands last.
    void aSecretOfTheServerInTheWrongOrder()
    {
        const auto middle = m_authority.intermediate(u"Middle"_s, now.addDays(300));
        const TestIdentity leaf = issued(*middle, {u"DNS:shop.example.com"_s});
        const QByteArray chain = m_authority.certificate() + middle->certificate() + leaf.certificate;
        const auto object = kube::readObject(
            kube::types::secrets(),
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"doors\",\"namespace\":"
            "\"ambassador\"},\"type\":\"kubernetes.io/tls\",\"data\":{\"tls.crt\":\""
                + chain.toBase64() + "\",\"tls.key\":\"" + leaf.key.toBase64() + "\"}}");
        QVERIFY(object);
        models::SnapshotInput input;
        input.takenAt = now;
        input.objects.insert(u"secrets"_s, {*object});
        const auto snapshot = models::makeSnapshot(input);
        QCOMPARE(codesOf(models::certificateRows(*snapshot, {}, {})), QStringList{u"CERT-003"_s});
    }

    // By the way that a Secret really comes in, where the key is seen and not kept.
    void aSecretOfTheServerWithAnothersKey()
    {
        const QByteArray certificate = issued(m_authority, {u"DNS:shop.example.com"_s}).certificate;
        const QByteArray key = issued(m_authority, {}).key;
        const QByteArray json =
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"doors\",\"namespace\":"
            "\"ambassador\"},\"type\":\"kubernetes.io/tls\",\"data\":{\"tls.crt\":\""
            + certificate.toBase64() + "\",\"tls.key\":\"" + key.toBase64() + "\"}}";
        const auto object = kube::readObject(kube::types::secrets(), json);
        QVERIFY(object);
        models::SnapshotInput input;
        input.takenAt = now;
        input.objects.insert(u"secrets"_s, {*object});
        const auto snapshot = models::makeSnapshot(input);
        QCOMPARE(codesOf(models::certificateRows(*snapshot, {}, {})), QStringList{u"CERT-014"_s});
    }

private:
    const TestAuthority m_authority;
};

SALLYPORT_TEST(presented_certificates_test, PresentedCertificatesTest)
#include "presented_certificates_test.moc"
