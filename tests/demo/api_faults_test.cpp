// SPDX-License-Identifier: GPL-3.0-or-later
// The faults of the demo's API server, over real TLS: what each does to clients, and that it ends.
#include "app/demo/api_faults.h"
#include "edge/value.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QSslSocket>
#include <QTest>

#include <atomic>

using namespace Qt::StringLiterals;

namespace {

const char Configs[] = "/api/v1/namespaces/default/configmaps";

std::string configMap(const std::string &name)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
}

// A watch that is read by a client which is not ours.
class Watcher
{
public:
    explicit Watcher(std::uint16_t port)
    {
        m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        QObject::connect(&m_socket, &QSslSocket::readyRead, &m_socket,
                         [this] { m_seen += m_socket.readAll(); });
        QObject::connect(&m_socket, &QSslSocket::disconnected, &m_socket, [this] { m_hasEnded = true; });
        QObject::connect(&m_socket, &QSslSocket::encrypted, &m_socket, [this] {
            m_socket.write(QByteArray("GET ") + Configs
                           + "?watch=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                           + ApiFixture::AdminToken + "\r\nAccept: application/json\r\n\r\n");
        });
        m_socket.connectToHostEncrypted(u"127.0.0.1"_s, port);
    }
    bool hasBegun() const { return m_seen.contains("kube-root-ca.crt"); } // that namespaces' own ConfigMap
    bool saw(const char *text) const { return m_seen.contains(text); }
    bool hasEnded() const { return m_hasEnded || m_seen.endsWith("\r\n0\r\n\r\n"); }

private:
    QSslSocket m_socket;
    QByteArray m_seen;
    bool m_hasEnded = false;
};

} // namespace

class ApiFaultsTest : public QObject
{
    Q_OBJECT
    std::atomic<int> m_cuts{0};
    std::unique_ptr<ApiFixture> m_api;

    int status(const std::string &path) { return m_api->call("GET", path).status; }
    void set(const std::string &name, bool isOn = true)
    {
        QCOMPARE(m_api->call(isOn ? "POST" : "DELETE", "/_sim/" + name).status, 200);
    }

private Q_SLOTS:
    void init()
    {
        m_cuts = 0;
        demo::ApiServerHooks hooks;
        hooks.sendAway = [this] { ++m_cuts; };
        m_api = std::make_unique<ApiFixture>(std::move(hooks));
    }
    void cleanup() { m_api.reset(); }

    // The console's menu shows them to people.
    void eachFaultIsListedWithWords()
    {
        const auto listed = edge::parseJson(m_api->call("GET", "/_sim").body.toStdString());
        QVERIFY(listed);
        QCOMPARE((*listed)["faults"].items().size(), demo::Faults::names().size());
        for (const edge::Value &fault : (*listed)["faults"].items())
            QVERIFY2(fault["what"].text().find(' ') != std::string::npos, fault["name"].text().c_str());
    }

    void refusesRequestsForATime()
    {
        set("api-429?count=2&seconds=7");
        QCOMPARE(status("/livez"), 200); // exempt
        const ApiAnswer refused = m_api->call("GET", Configs);
        QCOMPARE(refused.status, 429);
        QCOMPARE(refused.headers.value("retry-after"), std::string_view("7"));
        QCOMPARE(status(Configs), 429);
        QCOMPARE(status(Configs), 200);
        set("api-429?count=100");
        set("api-429", false);
        QCOMPARE(status(Configs), 200);
    }

    void answersLate()
    {
        const auto took = [this] {
            QElapsedTimer clock;
            clock.start();
            return status(Configs) == 200 ? clock.elapsed() : -1;
        };
        set("api-slow?millis=400");
        QVERIFY(took() >= 400);
        set("api-slow", false);
        const qint64 fast = took();
        QVERIFY2(fast >= 0 && fast < 400, qPrintable(QString::number(fast)));
    }

    void refusesEveryCredentialButForItsOwnSwitch()
    {
        set("token-expired");
        QCOMPARE(status(Configs), 401);
        QCOMPARE(status("/api"), 401);
        set("token-expired", false);
        QCOMPARE(status(Configs), 200);
    }

    void deniesRightsAndSaysSoInReviews()
    {
        const auto mayRead = [this] {
            return m_api
                ->call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                       "{\"apiVersion\":\"authorization.k8s.io/"
                       "v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{"
                       "\"resourceAttributes\":{\"verb\":\"list\",\"resource\":\"configmaps\",\"namespace\":"
                       "\"default\"}}}")
                .json.at({"status", "allowed"})
                .toBool();
        };
        QVERIFY(mayRead());
        set("rbac-denied");
        const ApiAnswer denied = m_api->call("GET", Configs);
        QCOMPARE(denied.status, 403);
        QVERIFY2(denied.body.contains("cannot list resource"), denied.body.constData());
        QCOMPARE(status("/api/v1"), 200); // discovery is for everybody
        QVERIFY(!mayRead());
        set("rbac-denied", false);
        QCOMPARE(status(Configs), 200);
        set("rbac-denied?resource=pods");
        QCOMPARE(status(Configs), 200);
        QCOMPARE(status("/api/v1/pods"), 403);
    }

    void closesConnections()
    {
        set("api-goaway");
        QTRY_COMPARE(m_cuts.load(), 1);
        demo::Faults faults;
        QVERIFY(!faults.closesConnection());
        faults.set("api-goaway", true, demo::Query());
        int closed = 0;
        for (int i = 0; i < 30; ++i)
            closed += faults.closesConnection() ? 1 : 0;
        QCOMPARE(closed, 3);
    }

    void expiresARunningWatchAndTheNextOnceMore()
    {
        Watcher running(m_api->port());
        QTRY_VERIFY(running.hasBegun());
        set("api-410");
        QTRY_VERIFY(running.saw("\"code\":410") && running.hasEnded());
        Watcher next(m_api->port());
        QTRY_VERIFY(next.saw("\"code\":410") && next.hasEnded());
        Watcher third(m_api->port());
        QTRY_VERIFY(third.hasBegun());
        m_api->call("POST", Configs, configMap("late"));
        QTRY_VERIFY(third.saw("late"));
        QVERIFY(!third.saw("\"code\":410"));
    }

    void silencesARunningWatchAndTheNextOne()
    {
        Watcher running(m_api->port());
        QTRY_VERIFY(running.hasBegun());
        set("api-half-open");
        Watcher next(m_api->port());
        QTRY_VERIFY(next.hasBegun());
        Watcher third(m_api->port());
        QTRY_VERIFY(third.hasBegun());
        m_api->call("POST", Configs, configMap("late"));
        QTRY_VERIFY(third.saw("late"));
        QVERIFY(!running.saw("late") && !running.hasEnded());
        QVERIFY(!next.saw("late") && !next.hasEnded());
    }

    void failsInside()
    {
        set("api-500?count=2");
        QCOMPARE(status(Configs), 500);
        QCOMPARE(status(Configs), 500);
        QCOMPARE(status(Configs), 200);
    }

    void cutsAnswersAndWatchesInTheMiddle()
    {
        set("api-cut?count=1&bytes=10");
        QVERIFY(status(Configs) != 200); // half an answer is none
        QCOMPARE(status(Configs), 200);
        set("api-cut?count=1&bytes=50");
        Watcher watcher(m_api->port());
        QTRY_VERIFY(watcher.hasEnded());
        QVERIFY(!watcher.hasBegun()); // its first event was cut
    }

    void sendsInPieces()
    {
        set("api-split?bytes=7&millis=0");
        const ApiAnswer answer = m_api->call("GET", Configs);
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.json["items"].isArray());
        set("api-split", false);
        QCOMPARE(status(Configs), 200);
    }

    void anUnknownFaultIsNamed()
    {
        const ApiAnswer answer = m_api->call("POST", "/_sim/earthquake");
        QCOMPARE(answer.status, 404);
        QVERIFY(answer.body.contains("earthquake"));
    }

    void onlyWhoMayDoEverythingSwitches()
    {
        edge::Headers headers;
        headers.set("authorization", std::string("Bearer ") + ApiFixture::ViewerToken);
        QCOMPARE(m_api->call("POST", "/_sim/api-429", {}, headers).status, 403);
        QCOMPARE(status(Configs), 200);
    }
};

SALLYPORT_TEST(api_faults_test, ApiFaultsTest)
#include "api_faults_test.moc"
