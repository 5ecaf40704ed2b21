// SPDX-License-Identifier: GPL-3.0-or-later
// That a renewed certificate is really the one that is shown: its serial is read from TLS handshakes before and after, on the side
// that is called and on the side that calls.  What lives through a rotation is shared conformance/sidecar/rotation.jsonl's.
#include "app/demo/sidecar.h"
#include "edge/client.h"
#include "tests/demo/lab_application.h"
#include "tests/demo/loop_thread.h"
#include "tests/demo/wire_client.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>

#include <set>

using namespace Qt::StringLiterals;

namespace {

constexpr int PatienceMs = 20'000;
constexpr std::uint16_t HttpPort = 8080, TcpPort = 9000;

std::string upper(std::string text)
{
    for (char &c : text)
        c = char(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// One pod's sidecar, in front of an app that answers HTTP and echoes text.
class Pod
{
public:
    explicit Pod(demo::MtlsMode mode, std::chrono::seconds life = std::chrono::hours(1))
    {
        demo::SidecarSettings settings;
        settings.pod.nameSpace = "app";
        settings.pod.serviceAccount = "web";
        settings.pod.address = "10.244.0.9";
        settings.certLife = life;
        m_thread.call([&] {
            m_application = std::make_shared<LabApplication>(m_thread.loop(), *m_elsewhere, false);
            m_sidecar = std::make_shared<demo::Sidecar>(m_thread.loop(), *mesh, settings);
            isStarted = m_sidecar->start().has_value();
            for (const std::uint16_t port : {HttpPort, TcpPort})
                m_bound[port] =
                    m_sidecar->capture({port, m_application->port, m_application, false}).value_or(0);
            demo::PushedConfiguration configuration;
            configuration.modes.mode = mode;
            configuration.kinds = {{HttpPort, demo::PortKind::Http}, {TcpPort, demo::PortKind::Tcp}};
            m_sidecar->push(configuration);
        });
    }
    ~Pod()
    {
        m_thread.call([&] {
            m_sidecar->stop();
            m_sidecar.reset();
            m_application.reset();
        });
    }
    Pod(const Pod &) = delete;
    Pod &operator=(const Pod &) = delete;

    std::uint16_t bound(std::uint16_t port) const { return m_bound.at(port); }
    LoopThread &thread() { return m_thread; }
    demo::WorkloadCertificate &certificate() { return m_sidecar->certificate(); }
    std::string held() // the serial of what its agent has
    {
        return m_thread.call([&] { return serialOfPem(certificate().current().certificateChain); });
    }
    std::string admitted() // what /certs says
    {
        return m_thread.call([&] { return m_sidecar->certificatesText(); });
    }
    void renew()
    {
        m_thread.call([&] { certificate().renewNow(); });
    }
    WireClient client(const std::string &name) const
    {
        WireClient client;
        client.isHttp = name.find("raw") == std::string::npos;
        client.payload = client.isHttp ? "GET /txt HTTP/1.1\r\nhost: web.app\r\n\r\n" : "HELLO\n";
        client.tls = name.starts_with("mtls");
        client.alpn = {client.isHttp ? "istio-http/1.1" : "istio"};
        if (client.tls)
            client.certificate =
                mesh->issue(demo::workloadWish("lab", "client", std::chrono::system_clock::now(),
                                               std::chrono::hours(1)))
                    .value_or(demo::KeyPair());
        return client;
    }

    bool isStarted = false;
    std::unique_ptr<demo::Authority> mesh =
        demo::Authority::make("cluster.local", std::chrono::hours(1000)).value_or(nullptr);

private:
    std::unique_ptr<demo::Authority> m_elsewhere =
        demo::Authority::make("elsewhere", std::chrono::hours(1000)).value_or(nullptr);
    LoopThread m_thread;
    std::shared_ptr<LabApplication> m_application;
    std::shared_ptr<demo::Sidecar> m_sidecar;
    std::map<std::uint16_t, std::uint16_t> m_bound;
};

// Another workload's sidecar as Pod's peer: it notes the certificate that each caller shows.
class Called : public edge::Handler
{
public:
    Called(asio::io_context &loop, const demo::Authority &mesh)
        : m_server(loop, *this)
    {
        const auto pair = mesh.issue(
            demo::workloadWish("app", "orders", std::chrono::system_clock::now(), std::chrono::hours(1)));
        const auto credentials =
            demo::meshServerCredentials(pair.value_or(demo::KeyPair()), mesh.certificate(), "http/1.1");
        port = m_server.listen({}, edge::tlsAcceptor([credentials] { return credentials.value_or(nullptr); }))
                   .value_or(0);
    }
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override
    {
        const auto &tls = request.connection.tls;
        shown = tls && !tls->peerChain.empty() ? upper(tls->peerChain.front().serial) : std::string();
        (void)co_await responder.send(200, "text/plain", "hello\n");
    }

    std::uint16_t port = 0;
    std::string shown;

private:
    edge::Server m_server;
};

} // namespace

class WorkloadCertificateTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsCalledShowsTheRenewedOne_data()
    {
        QTest::addColumn<QString>("client");
        QTest::addColumn<int>("port");
        QTest::newRow("an HTTP port") << u"mtls-http1"_s << int(HttpPort);
        QTest::newRow("a TCP port") << u"mtls-raw"_s << int(TcpPort);
    }
    void whatIsCalledShowsTheRenewedOne()
    {
        QFETCH(QString, client);
        QFETCH(int, port);
        Pod pod(demo::MtlsMode::Strict);
        QVERIFY(pod.isStarted);
        const WireClient caller = pod.client(client.toStdString());
        std::set<std::string> serials;
        for (int rotation = 0; rotation < 3; ++rotation) {
            const WireSeen seen = runWireClient(pod.bound(std::uint16_t(port)), caller, PatienceMs);
            QVERIFY2(seen.handshake, seen.alert.c_str());
            QCOMPARE(QString::fromStdString(seen.serial), QString::fromStdString(pod.held()));
            const auto certificates = edge::parseJson(pod.admitted()).value_or(edge::Value());
            const edge::Value &first = certificates["certificates"].items().at(0)["cert_chain"].items().at(0);
            QCOMPARE(QString::fromStdString(seen.serial),
                     QString::fromStdString(upper(first["serial_number"].text())));
            serials.insert(seen.serial);
            pod.renew();
        }
        QCOMPARE(serials.size(), 3U); // three rotations, three certificates on the wire
    }

    void whoCallsShowsTheRenewedOne()
    {
        Pod pod(demo::MtlsMode::Strict);
        auto called =
            pod.thread().call([&] { return std::make_shared<Called>(pod.thread().loop(), *pod.mesh); });
        std::set<std::string> serials;
        for (int rotation = 0; rotation < 3; ++rotation) {
            edge::ClientRequest request;
            request.port = called->port;
            request.tls =
                pod.thread().call([&] { return pod.certificate().client("istio-http/1.1,istio,http/1.1"); });
            request.head.headers.set("host", "orders.app");
            request.head.target = "/";
            const auto reply =
                asio::co_spawn(pod.thread().loop(), edge::fetch(std::move(request)), asio::use_future).get();
            QVERIFY2(reply.has_value(), reply ? "" : reply.error().message.c_str());
            const std::string shown = pod.thread().call([&] { return called->shown; });
            QCOMPARE(QString::fromStdString(shown), QString::fromStdString(pod.held()));
            serials.insert(shown);
            pod.renew();
        }
        QCOMPARE(serials.size(), 3U);
        pod.thread().call([&] { called.reset(); });
    }

    // As in the recording: five rotations, connections of before them are alive, no new one fails, what is shown is what is loaded.
    void connectionsLiveThroughRotations()
    {
        const auto recording = sharedFile("conformance/sidecar/rotation.jsonl");
        if (!recording)
            QSKIP("skipped: neither shared nor tests/data has conformance/sidecar/rotation.jsonl");
        Pod pod(demo::MtlsMode::Permissive);
        struct Alive
        {
            WireClient client;
            std::unique_ptr<WireConnection> connection;
            bool wanted = false;
        };
        std::map<std::string, Alive> alive;
        std::istringstream lines(*recording);
        int rotations = 0;
        for (std::string line; std::getline(lines, line);) {
            const edge::Value row = edge::parseJson(line).value_or(edge::Value());
            rotations += row["event"].text() == "certs changed" ? 1 : 0;
            for (const auto &[name, is] : row["alive"].members())
                alive[name].wanted = is.toBool();
        }
        QVERIFY(rotations > 2 && alive.size() > 2);
        WireSeen seen;
        for (auto &[name, one] : alive) {
            one.client = pod.client(name);
            one.connection = std::make_unique<WireConnection>(
                pod.bound(one.client.isHttp ? HttpPort : TcpPort), one.client);
            if (one.client.tls)
                one.connection->handshake(seen);
        }
        for (int rotation = 0; rotation < rotations; ++rotation) {
            pod.renew();
            const WireSeen fresh = runWireClient(pod.bound(HttpPort), pod.client("mtls-http1"), PatienceMs);
            QCOMPARE(fresh.status, 200);
            QCOMPARE(QString::fromStdString(fresh.serial), QString::fromStdString(pod.held()));
        }
        for (auto &[name, one] : alive) {
            one.connection->send(one.client.payload);
            const std::string answer =
                one.connection->read(seen, PatienceMs, [client = one.client](const std::string &text) {
                    return isWholeAnswer(client, text);
                });
            QVERIFY2(isWholeAnswer(one.client, answer) == one.wanted, name.c_str());
        }
    }

    void itIsRenewedWithinItsLife()
    {
        Pod pod(demo::MtlsMode::Strict, std::chrono::seconds(2));
        const WireClient caller = pod.client("mtls-http1");
        const std::string first = runWireClient(pod.bound(HttpPort), caller, PatienceMs).serial;
        QVERIFY(!first.empty());
        QTRY_VERIFY_WITH_TIMEOUT(runWireClient(pod.bound(HttpPort), caller, PatienceMs).serial != first,
                                 PatienceMs);
    }

    void whatIsStalledIsNot()
    {
        Pod pod(demo::MtlsMode::Strict, std::chrono::seconds(2));
        pod.thread().call([&] { pod.certificate().setRotation(demo::Rotation::Stalled); });
        const std::string first = pod.held();
        QTRY_VERIFY_WITH_TIMEOUT( // its life is over before anything renews it
            pod.thread().call([&] { return pod.certificate().current().notAfter; })
                < std::chrono::system_clock::now(),
            PatienceMs);
        QCOMPARE(QString::fromStdString(pod.held()), QString::fromStdString(first));
    }
};

SALLYPORT_TEST(workload_certificate_test, WorkloadCertificateTest)
#include "workload_certificate_test.moc"
