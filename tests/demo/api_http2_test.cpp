// SPDX-License-Identifier: GPL-3.0-or-later
// The API server over HTTP/2: our client, kubectl and curl agree on it, and what it does to connections is what a real one does.
#include "kube/client.h"
#include "kube/kubeconfig.h"
#include "kube/reflector.h"
#include "tests/demo/api_fixture.h"
#include "tests/edge/h2_peer.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;
using edge_test::H2Answer;
using edge_test::H2Fields;
using edge_test::H2Peer;

namespace {

const char Configs[] = "/api/v1/namespaces/default/configmaps";
constexpr std::int32_t AnyStream = 0x7fff'ffff;

std::string configMap(const std::string &name)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
}

// One connection of a client that is not ours: Qt's TLS and nghttp2.
class Wire
{
public:
    explicit Wire(std::uint16_t port)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setAllowedNextProtocols({QSslConfiguration::ALPNProtocolHTTP2});
        m_socket.setSslConfiguration(configuration);
        m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        QObject::connect(&m_socket, &QSslSocket::readyRead, &m_socket, [this] {
            const QByteArray bytes = m_socket.readAll();
            peer.hear({bytes.constData(), std::size_t(bytes.size())});
            flush();
        });
        QObject::connect(&m_socket, &QSslSocket::disconnected, &m_socket, [this] { hasEnded = true; });
        QObject::connect(&m_socket, &QSslSocket::encrypted, &m_socket, [this] { flush(); });
        m_socket.connectToHostEncrypted(u"127.0.0.1"_s, port);
    }
    QByteArray protocol() const { return m_socket.sslConfiguration().nextNegotiatedProtocol(); }

    std::int32_t ask(const std::string &path, const std::string &token = ApiFixture::AdminToken,
                     const std::string &method = "GET")
    {
        H2Fields fields = edge_test::getOf(path);
        fields[0].second = method;
        if (!token.empty())
            fields.emplace_back("authorization", "Bearer " + token);
        const std::int32_t stream = peer.request(fields);
        if (m_socket.isEncrypted())
            flush();
        return stream;
    }
    void ping()
    {
        peer.ping();
        flush();
    }
    const H2Answer &answer(std::int32_t stream) { return peer.answers[stream]; }
    bool saw(std::int32_t stream, const char *text)
    {
        return answer(stream).body.find(text) != std::string::npos;
    }

    H2Peer peer;
    bool hasEnded = false;

private:
    void flush()
    {
        const std::string bytes = peer.toSend();
        m_socket.write(bytes.data(), qint64(bytes.size()));
    }
    QSslSocket m_socket;
};

const std::string Watch = std::string(Configs) + "?watch=true";

} // namespace

class ApiHttp2Test : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;
    std::unique_ptr<Transport> m_transport;

    void create(const std::string &name)
    {
        QCOMPARE(m_api->call("POST", Configs, configMap(name)).status, 201);
    }
    void fault(const std::string &name, bool isOn = true)
    {
        QCOMPARE(m_api->call(isOn ? "POST" : "DELETE", "/_sim/" + name).status, 200);
    }
    Result<HttpResponse> get(const QString &path)
    {
        std::optional<Result<HttpResponse>> answer;
        HttpRequest request;
        request.path = path;
        m_transport->send(request,
                          {{}, {}, [&answer](const Result<HttpResponse> &result) { answer = result; }});
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 30'000))
            return failure(Error::Kind::Timeout, u"the test waited in vain"_s);
        return *answer;
    }
    // The output of a program, both streams.
    QString run(const QString &program, const QStringList &arguments,
                const QStringList &environment = {}) const
    {
        QProcess process;
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (const QString &one : environment)
            all.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
        process.setProcessEnvironment(all);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments);
        if (!process.waitForFinished(30'000))
            return u"it did not end"_s;
        return QString::fromUtf8(process.readAll());
    }

private Q_SLOTS:
    void init()
    {
        m_api = std::make_unique<ApiFixture>();
        const auto loaded = Kubeconfig::load({{m_api->kubeconfig()}, true});
        QVERIFY(loaded);
        m_transport = std::make_unique<Transport>(*loaded->connection());
    }
    void cleanup()
    {
        m_transport.reset();
        m_api.reset();
    }

    void ourClientSharesConnectionsAmongHundredsOfWatches()
    {
        constexpr int watches = 320; // more than three connections' worth
        int begun = 0, failed = 0;
        QList<QByteArray> seen(watches);
        QList<Transport::Id> open;
        for (int i = 0; i < watches; ++i) {
            HttpRequest request;
            request.path = QString::fromStdString(Watch);
            request.timeoutMs = 0;
            Transport::Callbacks callbacks;
            callbacks.onHead = [&begun](int status) { begun += status == 200; };
            callbacks.onData = [&seen, i](const QByteArray &piece) { seen[i] += piece; };
            callbacks.finished = [&failed](const Result<HttpResponse> &) { ++failed; };
            open.append(m_transport->send(request, std::move(callbacks)));
        }
        QTRY_COMPARE_WITH_TIMEOUT(begun, watches, 30'000);
        QVERIFY(m_transport->isAskedForLife(open.first())); // over HTTP/2 only
        const auto answer = get(u"/version"_s);
        QVERIFY(answer && answer->status == 200);
        create("late");
        const auto sawAll = [&seen] {
            return std::all_of(seen.cbegin(), seen.cend(),
                               [](const QByteArray &each) { return each.contains("\"late\""); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(sawAll(), 30'000);
        QCOMPARE(failed, 0);
        for (const Transport::Id id : open)
            m_transport->cancel(id);
    }

    void curlAgreesOnBoth_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("expected");
        QTest::newRow("h2") << u"--http2"_s << u"200 2"_s;
        QTest::newRow("http/1.1") << u"--http1.1"_s << u"200 1.1"_s;
        QTest::newRow("without ALPN") << u"--no-alpn"_s << u"200 1.1"_s;
    }
    void curlAgreesOnBoth()
    {
        QFETCH(QString, option);
        QFETCH(QString, expected);
        if (!run(u"curl"_s, {u"--version"_s}).contains(u"HTTP2"_s))
            QSKIP("skipped: no curl with HTTP/2 on the PATH");
        QCOMPARE(
            run(u"curl"_s,
                {u"-s"_s, option, u"--cacert"_s, m_api->caFile(), u"-H"_s,
                 u"Authorization: Bearer "_s + QLatin1String(ApiFixture::AdminToken), u"-o"_s, u"/dev/null"_s,
                 u"-w"_s, u"%{http_code} %{http_version}"_s, m_api->url() + QLatin1String(Configs)}),
            expected);
    }

    void kubectlSpeaksIt_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("missing");
        for (const KubectlRow &row : eachKubectl())
            QTest::newRow(row.name) << row.program << row.missing;
    }
    void kubectlSpeaksIt()
    {
        QFETCH(QString, program);
        QFETCH(QString, missing);
        if (program.isEmpty())
            QSKIP(qPrintable(missing));
        const QStringList environment{u"KUBECONFIG="_s + m_api->kubeconfig(), u"HOME="_s + m_api->folder(),
                                      u"GODEBUG=http2debug=2"_s};
        // one request; the others' discovery is kubectl_test's
        const QString said = run(program, {u"get"_s, u"--raw"_s, QLatin1String(Configs)}, environment);
        QVERIFY2(said.contains(u"kube-root-ca.crt"_s), qPrintable(said));
        QVERIFY2(said.contains(u":status"_s) && said.contains(u"read HEADERS"_s), qPrintable(said));
    }

    // As a real one under --goaway-chance, and when it is shut down.
    void goawayLeavesWatchesAloneAndSendsTheNextElsewhere()
    {
        Wire wire(m_api->port());
        const std::int32_t watch = wire.ask(Watch);
        QTRY_VERIFY(wire.saw(watch, "kube-root-ca.crt"));
        QCOMPARE(wire.protocol(), QByteArray("h2"));
        fault("api-goaway");
        QTRY_COMPARE(wire.peer.goAways.size(), std::size_t(2));
        QCOMPARE(wire.peer.goAways[0].lastStream, AnyStream);
        QCOMPARE(wire.peer.goAways[1].lastStream, watch);
        QCOMPARE(wire.peer.goAways[1].reason, 0u);
        create("late");
        QTRY_VERIFY(wire.saw(watch, "\"late\""));
        QVERIFY(!wire.answer(watch).closed && !wire.hasEnded);
        Wire next(m_api->port()); // and one of ten answers sends away again
        std::int32_t last = 0;
        for (int i = 0; i < 20 && next.peer.goAways.empty(); ++i) {
            last = next.ask("/version");
            QTRY_COMPARE(next.answer(last).status, 200);
            QTRY_VERIFY(next.answer(last).isWhole);
        }
        QTRY_VERIFY(next.hasEnded);
        QCOMPARE(next.peer.goAways.front().lastStream, AnyStream);
        QCOMPARE(next.answer(last).status, 200);
    }

    void ourClientSurvivesGoaway()
    {
        ObjectStore store;
        Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
        reflector.start();
        QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), 30'000);
        int ended = 0;
        connect(m_transport.get(), &Transport::requestEnded, this, [&ended](const RequestRecord &record) {
            ended += record.path == QLatin1String(Configs) ? 1 : 0;
        });
        fault("api-goaway");
        for (int i = 0; i < 100; ++i) {
            const auto answer = get(u"/api/v1/namespaces/default"_s);
            QVERIFY2(answer && answer->status == 200, answer ? "" : qPrintable(answer.error().message));
        }
        create("late");
        QTRY_VERIFY(store.find(u"default/late"_s));
        QCOMPARE(ended, 0); // the watch was not disturbed
    }

    void aConnectionFallsSilentAsAWhole_data()
    {
        QTest::addColumn<bool>("isRunning"); // when the fault begins
        QTest::newRow("a running watch") << true;
        QTest::newRow("the next watch") << false;
    }
    void aConnectionFallsSilentAsAWhole()
    {
        QFETCH(bool, isRunning);
        if (!isRunning)
            fault("api-half-open");
        Wire wire(m_api->port());
        const std::int32_t watch = wire.ask(Watch);
        QTRY_VERIFY(wire.saw(watch, "kube-root-ca.crt"));
        if (isRunning)
            fault("api-half-open");
        Wire next(m_api->port()); // one is enough: whoever lost it would lose his next ones, too
        const std::int32_t lives = next.ask(Watch);
        QTRY_VERIFY(next.saw(lives, "kube-root-ca.crt"));
        wire.ping();
        const std::int32_t unheard = wire.ask("/version");
        create("late");
        QTRY_VERIFY(next.saw(lives, "\"late\""));
        QVERIFY(!wire.saw(watch, "\"late\""));
        QCOMPARE(wire.peer.pongs, 0);
        QCOMPARE(wire.answer(unheard).status, 0);
        QVERIFY(!wire.hasEnded);
        fault("api-half-open", false);
        QTRY_VERIFY(wire.hasEnded);
        QVERIFY(!next.hasEnded);
    }

    // As kube-apiserver: an expired token and nobody at all cost a connection (facts real-components.md).
    void strangersAreSentAway_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isSentAway");
        QTest::newRow("a good token") << QByteArray(ApiFixture::AdminToken) << 200 << false;
        QTest::newRow("a wrong token") << QByteArray("nonsense") << 401 << true;
        QTest::newRow("none") << QByteArray() << 200 << true;
    }
    void strangersAreSentAway()
    {
        QFETCH(QByteArray, token);
        QFETCH(int, status);
        QFETCH(bool, isSentAway);
        Wire wire(m_api->port());
        const std::int32_t stream = wire.ask("/version", token.toStdString());
        QTRY_VERIFY(wire.answer(stream).isWhole);
        QCOMPARE(wire.answer(stream).status, status);
        wire.ping();
        QTRY_VERIFY(wire.hasEnded || wire.peer.pongs == 1);
        QCOMPARE(!wire.peer.goAways.empty(), isSentAway);
    }

    void upgradesAreForHttp1()
    {
        QCOMPARE(m_api
                     ->call("POST", "/api/v1/namespaces/default/pods",
                            "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{"
                            "\"name\":\"c\",\"image\":\"i:1\"}]}}")
                     .status,
                 201);
        Wire wire(m_api->port());
        const std::int32_t stream = wire.ask("/api/v1/namespaces/default/pods/p/portforward?ports=80",
                                             ApiFixture::AdminToken, "POST");
        QTRY_VERIFY(wire.answer(stream).isWhole);
        QCOMPARE(wire.answer(stream).status, 400);
        QVERIFY(wire.saw(stream, "Upgrade request required"));
    }
};

SALLYPORT_TEST(api_http2_test, ApiHttp2Test)
#include "api_http2_test.moc"
