// SPDX-License-Identifier: GPL-3.0-or-later
// The client and the doctor while the demo's API server misbehaves in ways that no answer tells of: what they survive, and what they
// say where they cannot.
#include "kube/doctor.h"
#include "kube/kubeconfig.h"
#include "kube/reflector.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

constexpr int Patience = 20'000; // ms
constexpr char Configs[] = "/api/v1/namespaces/default/configmaps";

std::string configMap(const std::string &name)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
}

} // namespace

class ClientFaultsTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;

    Connection connection(const QString &context = {}) const
    {
        const auto loaded = Kubeconfig::load({{m_api->kubeconfig()}, true});
        const auto known = loaded ? loaded->connection(context) : tl::unexpected(loaded.error());
        if (!known)
            qFatal("%s", qPrintable(known.error().message));
        return *known;
    }
    template<typename T>
    static Result<T> wait(const QFuture<Result<T>> &future)
    {
        if (!QTest::qWaitFor([&future] { return future.isFinished(); }, Patience))
            return failure(Error::Kind::Timeout, u"the test waited in vain"_s);
        return future.result();
    }
    void set(const std::string &name, bool isOn = true)
    {
        QCOMPARE(m_api->call(isOn ? "POST" : "DELETE", "/_sim/" + name).status, 200);
    }
    // "+version Kubernetes v1.37.2 …" and so on, each step a line.
    QStringList doctorsWords() const
    {
        Doctor doctor({{m_api->kubeconfig()}, true}, {});
        QSignalSpy finished(&doctor, &Doctor::finished);
        doctor.run();
        if (finished.isEmpty() && !finished.wait(Patience))
            return {u"never finished"_s};
        QStringList lines;
        for (const DoctorStep &step : doctor.steps())
            lines.append((step.outcome == DoctorStep::Outcome::Passed       ? u"+"_s
                              : step.outcome == DoctorStep::Outcome::Failed ? u"-"_s
                                                                            : u"."_s)
                         + step.name + u' ' + step.detail);
        return lines;
    }

private Q_SLOTS:
    void init() { m_api = std::make_unique<ApiFixture>(); }
    void cleanup() { m_api.reset(); }

    void aConnectionResetInTheMiddleIsSurvived()
    {
        Transport transport(connection());
        Client client(transport);
        QVERIFY(wait(client.get(types::namespaces(), {}, u"default"_s)));
        const QSignalSpy waiting(&client, &Client::waiting);
        set("api-reset?count=1&bytes=20");
        const auto listed = wait(client.list(types::namespaces()));
        QVERIFY2(listed, listed ? "" : qPrintable(listed.error().message));
        QVERIFY(listed->items.size() >= 4);
        QCOMPARE(waiting.size(), 1);
        QVERIFY2(waiting.first().first().toString().contains(u"the answer was cut on its way"_s),
                 qPrintable(waiting.first().first().toString()));
    }

    // All streams of the connection end with it, running watches too; each is begun anew from where it was.
    void aResetTakesWatchesAlongAndTheyComeBack()
    {
        Transport transport(connection());
        Client client(transport);
        ObjectStore configs, spaces;
        Reflector first(transport, types::configMaps(), u"default"_s, configs);
        Reflector second(transport, types::namespaces(), {}, spaces);
        first.start();
        second.start();
        QTRY_VERIFY_WITH_TIMEOUT(first.state().phase == WatchState::Phase::Live
                                     && second.state().phase == WatchState::Phase::Live,
                                 Patience);
        set("api-reset?count=1&bytes=20");
        (void)wait(client.rawGet(u"/version"_s));
        QCOMPARE(m_api->call("POST", Configs, configMap("late")).status, 201);
        QTRY_VERIFY_WITH_TIMEOUT(configs.find(u"default/late"_s), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(first.state().phase == WatchState::Phase::Live
                                     && second.state().phase == WatchState::Phase::Live,
                                 Patience);
    }

    void aRotationIsSurvivedByWhoReadsAgain()
    {
        Connection own = connection(u"reader"_s);
        const QString path = m_api->folder() + u"/token"_s;
        const auto write = [&path](const char *token) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(token) > 0);
        };
        write(ApiFixture::ReaderToken);
        Connection fromFile = own;
        fromFile.token.clear();
        fromFile.tokenFile = path;
        Connection fixedToken = own;
        fixedToken.again = {}; // as if nobody had written the new one into the kubeconfig
        Transport fixed(fixedToken), rereading(fromFile), ofKubeconfig(own);
        Client stays(fixed), goesOn(rereading), goesOnToo(ofKubeconfig);
        const auto list = [this](Client &client) {
            return wait(client.list(types::configMaps(), u"shop"_s));
        };
        QVERIFY(list(stays) && list(goesOn) && list(goesOnToo));
        set("api-rotate");
        write(ApiFixture::RenewedReaderToken);
        QVERIFY(list(goesOn)); // is refused, the file read, and asked once more
        QVERIFY(list(goesOnToo));
        const auto refused = list(stays);
        QVERIFY(!refused);
        QCOMPARE(int(refused.error().kind), int(Error::Kind::Unauthorized));
        QVERIFY2(refused.error().message.contains(u"user “reader”"_s), qPrintable(refused.error().message));
        Transport again(connection(u"reader"_s)); // the kubeconfig has the new one
        Client renewed(again);
        QVERIFY(list(renewed));
    }

    void aForeignAuthorityIsNamed()
    {
        Transport transport(connection());
        Client client(transport);
        QVERIFY(wait(client.version()));
        set("api-foreign-ca?seconds=4");
        Result<ServerVersion> refused;
        QTRY_VERIFY_WITH_TIMEOUT(!(refused = wait(client.version())),
                                 Patience); // once its connection has gone
        QCOMPARE(int(refused.error().kind), int(Error::Kind::Tls));
        QVERIFY2(refused.error().message.contains(u"the server's certificate is not trusted by"_s)
                     && refused.error().message.contains(u"certificate-authority of cluster “demo”"_s),
                 qPrintable(refused.error().message));
        QTRY_VERIFY_WITH_TIMEOUT(wait(client.version()), Patience); // it ends by itself
    }

    void theDoctorNamesWhatWasSurvived_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::addColumn<QString>("words");
        QTest::newRow("api-410") << QByteArray(
            "api-410") << u"\\+watch began after .*; begun again \\(1 ×\\), before: it had expired"_s;
        QTest::newRow("api-slow") << QByteArray("api-slow?millis=1100")
                                  << u"\\+version .*; slow: the answer took 1\\.[1-9] s"_s;
        QTest::newRow("api-429") << QByteArray(
            "api-429?count=1") << u"\\+version .*; answered when asked again \\(1 ×\\), before: .*Too many"_s;
        QTest::newRow("api-reset") << QByteArray("api-reset?count=1&bytes=20")
                                   << u"\\+version .*; answered when asked again \\(1 ×\\), before: .*cut"_s;
        QTest::newRow("api-half-open")
            << QByteArray("api-half-open") << u"\\+watch .*; begun again \\(1 ×\\), before: it fell silent"_s;
        QTest::newRow("api-rotate") << QByteArray("api-rotate") << u"\\+rights everything"_s;
        QTest::newRow("api-foreign-ca")
            << QByteArray("api-foreign-ca")
            << u"-TLS the server's certificate is not trusted by .*Foreign root"_s;
    }
    void theDoctorNamesWhatWasSurvived()
    {
        QFETCH(QByteArray, fault);
        QFETCH(QString, words);
        set(fault.toStdString());
        const QString said = doctorsWords().join(u'\n');
        QVERIFY2(said.contains(QRegularExpression(words)), qPrintable(said));
        QCOMPARE(said.contains(u"\n-"_s), words.startsWith(u'-'));
    }
};

SALLYPORT_TEST(client_faults_test, ClientFaultsTest)
#include "client_faults_test.moc"
