// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/demo_world.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

// The lines of Istio and Ambassador beside the guide's own, by what they do to real sockets.
class GenerationsTest : public QObject
{
    Q_OBJECT

    static demo::DemoOptions optionsOf(const QString &generation, const char *state)
    {
        demo::DemoOptions options;
        options.generation = generation.toStdString();
        options.state = state;
        return options;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
    }

    void theFinishedGuideServesQuoteByMutualTls_data()
    {
        QTest::addColumn<QString>("generation");
        QTest::newRow("1.4: Citadel's Secret") << u"1.4"_s;
        QTest::newRow("3.x: an injected sidecar") << u"3.x"_s;
    }

    void theFinishedGuideServesQuoteByMutualTls()
    {
        QFETCH(QString, generation);
        DemoWorld world(optionsOf(generation, "guide-done"));
        QVERIFY2(world.start(), qPrintable(world.error()));
        HttpSeen seen;
        const QString url = world.ready().edgeHttp + u"/backend/"_s;
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(url)).status == 200, seen.body.constData(), 20'000);
        QVERIFY(seen.body.contains("\"quote\""));
        QCOMPARE(world.get(world.ready().edgeHttps + u"/backend/"_s).status, 200);
        world.kubectl({u"patch"_s, u"mapping"_s, u"quote-backend"_s, u"--type"_s, u"merge"_s, u"-p"_s,
                       uR"({"spec":{"tls":null}})"_s});
        QCOMPARE(world.code, 0);
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(url)).status == 503, seen.body.constData(),
                                  15'000); // STRICT
    }

    // Ambassador before 1.10 names files: of Citadel's Secret, which is mounted, or of its sidecar.
    void olderEdgesUseTheFilesThatTheyName_data()
    {
        QTest::addColumn<QString>("generation");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("patch"); // of the Deployment
        QTest::newRow("1.3, a mounted Secret") << u"1.4"_s << u"/etc/istiocerts"_s
                                               << u"{\"containers\":[{\"name\":\"aes\",\"image\":\"docker.io/"
                                                  u"datawire/aes:1.3.2\",\"volumeMounts\":[{\"name\":"
                                                  "\"citadel\",\"mountPath\":\"/etc/istiocerts/"
                                                  "\"}]}],\"volumes\":[{\"name\":\"citadel\",\"secret\":{"
                                                  "\"secretName\":\"istio.default\",\"optional\":true}}]}"_s;
        QTest::newRow("1.9, files of a sidecar")
            << u"1.5"_s << u"/etc/istio-certs"_s
            << u"{\"containers\":[{\"name\":\"aes\",\"image\":\"docker.io/datawire/aes:1.9.1\"}]}"_s;
    }
    void olderEdgesUseTheFilesThatTheyName()
    {
        QFETCH(QString, generation);
        QFETCH(QString, folder);
        QFETCH(QString, patch);
        DemoWorld world(optionsOf(generation, "guide-done"));
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto merge = [&world](const QString &object, const QString &change) {
            world.kubectl(QStringList{u"patch"_s, u"-n"_s, u"ambassador"_s} + object.split(u' ')
                          + QStringList{u"-p"_s, change});
            return world.code == 0;
        };
        QVERIFY(
            merge(u"tlscontext istio-upstream --type merge"_s,
                  u"{\"spec\":{\"secret\":null,\"secret_namespacing\":null,\"cert_chain_file\":\"%1/"
                  u"cert-chain.pem\","
                  "\"private_key_file\":\"%1/key.pem\",\"cacert_chain_file\":\"%1/root-cert.pem\"}}"_s.arg(
                      folder)));
        QVERIFY(merge(u"deployment ambassador"_s, u"{\"spec\":{\"template\":{\"spec\":%1}}}"_s.arg(patch)));
        world.kubectl({u"rollout"_s, u"status"_s, u"-n"_s, u"ambassador"_s, u"deployment/ambassador"_s,
                       u"--timeout=20s"_s});
        QCOMPARE(world.code, 0);
        HttpSeen seen;
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(world.ready().edgeHttp + u"/backend/"_s)).status == 200,
                                  seen.body.constData(), 20'000);
        QVERIFY(world.metricsOf(u"default"_s, u"quote"_s)
                    .contains(u"connection_security_policy=\"mutual_tls\""_s));
        QVERIFY(merge(u"tlscontext istio-upstream --type merge"_s,
                      u"{\"spec\":{\"cert_chain_file\":\"/etc/elsewhere/cert-chain.pem\"}}"_s));
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(world.ready().edgeHttp + u"/backend/"_s)).status == 503,
                                  seen.body.constData(), 20'000);
    }

    // Before the guide: PERMISSIVE, and the mesh speaks mutual TLS inside all the same.
    void theMeshSpeaksMutualTlsFromTheStart_data() { theFinishedGuideServesQuoteByMutualTls_data(); }

    void theMeshSpeaksMutualTlsFromTheStart()
    {
        QFETCH(QString, generation);
        DemoWorld world(optionsOf(generation, "start"));
        QVERIFY2(world.start(), qPrintable(world.error()));
        QCOMPARE(world.get(world.ready().edgeHttp + u"/shop/"_s).status, 200);
        QTRY_VERIFY_WITH_TIMEOUT(
            world.metricsOf(u"shop"_s, u"orders"_s).contains(u"connection_security_policy=\"mutual_tls\""_s),
            20'000);
        QVERIFY(!world.metricsOf(u"shop"_s, u"orders"_s).contains(u"connection_security_policy=\"none\""_s));
    }

    void aPolicyOfIstio14HoldsForItsServiceOnly()
    {
        DemoWorld world(optionsOf(u"1.4"_s, "start"));
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto ask = [&world](const QString &service) {
            world.kubectl(
                {u"get"_s, u"--raw"_s, u"/api/v1/namespaces/shop/services/%1:80/proxy/"_s.arg(service)});
            return world.code == 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(ask(u"cart"_s) && ask(u"orders-v1"_s), 15'000);
        QVERIFY(
            world.apply(u"apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: cart, "
                        "namespace: shop}\nspec: {targets: [{name: cart}], peers: [{mtls: {}}]}\n"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!ask(u"cart"_s), 15'000);
        QVERIFY(ask(u"orders-v1"_s));
    }

    void citadelKeepsASecretForEachServiceAccount()
    {
        demo::DemoOptions options = optionsOf(u"1.4"_s, "start");
        options.certLife = std::chrono::seconds(6);
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto chain = [&world] {
            return world.kubectl({u"get"_s, u"secret"_s, u"istio.default"_s, u"-n"_s, u"ambassador"_s,
                                  u"-o"_s, u"jsonpath={.type} {.data.cert-chain\\.pem}"_s});
        };
        const QString first = chain();
        QVERIFY2(first.startsWith(u"istio.io/key-and-cert "_s), qPrintable(first));
        QTRY_VERIFY_WITH_TIMEOUT(chain() != first, 10'000); // renewed
    }

    void whatALineDoesNotHaveIsNotThere()
    {
        demo::DemoOptions options = optionsOf(u"1.4"_s, "guide-done");
        options.incidents = {"root-ns-selector"};
        const auto refused = demo::validate(options);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("Istio 1.4 does not have") != std::string::npos,
                 refused.error().message.c_str());
    }
};

SALLYPORT_TEST(generations_test, GenerationsTest)
#include "generations_test.moc"
