// SPDX-License-Identifier: GPL-3.0-or-later
// What a real sidecar's connections went through when the mode changed under them, replayed on the demo's inbound side: shared
// conformance/sidecar/switch.jsonl (open, silent and new connections) and hold.jsonl (connections that say nothing for long).
// Its 0.5 s and 45.4 s are Start and End here; the order of things is what is compared.
#include "app/demo/inbound_listener.h"
#include "app/demo/workload_certificate.h"
#include "tests/demo/lab_application.h"
#include "tests/demo/loop_thread.h"
#include "tests/demo/wire_client.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QTest>

#include <set>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

constexpr std::chrono::milliseconds Start{50}, End{2500};
constexpr int QuietMs = 150;       // nothing said for so long: nothing will be
constexpr int PatienceMs = 20'000; // beyond End, on a busy machine
constexpr double CutBefore = 50;   // seconds: who answered later in the recording was not cut

struct Port
{
    std::uint16_t number;
    demo::PortKind kind;
    bool speaksFirst;
};
const Port ports[] = {{8080, demo::PortKind::Http, false}, {9000, demo::PortKind::Tcp, false},
                      {9001, demo::PortKind::Tcp, true},   {7070, demo::PortKind::Auto, false},
                      {7071, demo::PortKind::Auto, true},  {5050, demo::PortKind::Auto, false},
                      {5051, demo::PortKind::Auto, true}};

demo::MtlsMode modeNamed(const std::string &name)
{
    return name == "STRICT" ? demo::MtlsMode::Strict
        : name == "DISABLE" ? demo::MtlsMode::Disable
                            : demo::MtlsMode::Permissive;
}

// One pod with its ports behind the demo's inbound side.
class Pod
{
public:
    explicit Pod(demo::MtlsMode mode)
    {
        m_thread.call([&] {
            m_own.start();
            for (const Port &port : ports)
                capture(port, mode);
        });
    }
    ~Pod()
    {
        m_thread.call([&] {
            m_listeners.clear();
            m_applications.clear();
            m_own.stop();
        });
    }
    Pod(const Pod &) = delete;
    Pod &operator=(const Pod &) = delete;

    std::uint16_t bound(std::uint16_t port) const { return m_bound.at(port); }

    void change(const std::string &to)
    {
        m_thread.call([&] {
            for (const Port &port : ports) {
                demo::InboundPolicy policy = m_listeners[port.number]->policy();
                if (to != "PORT9000STRICT")
                    policy.mode = modeNamed(to);
                else if (port.number == 9000)
                    policy.mode = demo::MtlsMode::Strict;
                m_listeners[port.number]->setPolicy(
                    policy, to == "PORT9000STRICT" ? demo::PolicyChange::Port : demo::PolicyChange::Listener);
            }
        });
    }

    demo::KeyPair clientCertificate() const
    {
        const auto now = std::chrono::system_clock::now();
        return m_mesh->issue(demo::workloadWish("lab", "client", now, std::chrono::hours(1)))
            .value_or(demo::KeyPair());
    }

private:
    void capture(const Port &port, demo::MtlsMode mode)
    {
        auto application = std::make_shared<LabApplication>(m_thread.loop(), *m_elsewhere, port.speaksFirst);
        demo::InboundSettings settings;
        settings.containerPort = port.number;
        settings.applicationPort = application->port;
        settings.application = application;
        settings.identity = m_own.identity();
        settings.credentials = [this](const std::string &alpn) { return m_own.server(alpn); };
        settings.drainStart = Start;
        settings.drainEnd = End;
        auto listener = std::make_unique<demo::InboundListener>(m_thread.loop(), settings,
                                                                demo::InboundPolicy{mode, port.kind});
        m_bound[port.number] = listener->listen().value_or(0);
        m_listeners[port.number] = std::move(listener);
        m_applications.push_back(std::move(application));
    }

    std::unique_ptr<demo::Authority> m_mesh =
        demo::Authority::make("cluster.local", std::chrono::hours(1000)).value_or(nullptr);
    std::unique_ptr<demo::Authority> m_elsewhere =
        demo::Authority::make("elsewhere", std::chrono::hours(1000)).value_or(nullptr);
    LoopThread m_thread;
    demo::WorkloadCertificate m_own{m_thread.loop(), *m_mesh, "app", "web", std::chrono::hours(1)};
    std::vector<std::shared_ptr<LabApplication>> m_applications;
    std::map<std::uint16_t, std::unique_ptr<demo::InboundListener>> m_listeners;
    std::map<std::uint16_t, std::uint16_t> m_bound;
};

std::uint16_t portOf(const std::string &client)
{
    for (const char *number : {"8080", "9000", "7070"}) {
        if (client.ends_with(number))
            return std::uint16_t(std::atoi(number));
    }
    const auto has = [&](const char *word) { return client.find(word) != std::string::npos; };
    return has("undeclared") ? 5050 : has("auto") ? 7070 : has("raw") ? 9000 : 8080;
}

WireClient clientOf(const std::string &name, const Pod &pod)
{
    WireClient client;
    client.isHttp = name.find("raw") == std::string::npos;
    client.payload = client.isHttp ? "GET /txt HTTP/1.1\r\nhost: web.app\r\n\r\n" : "HELLO " + name + "\n";
    client.tls = !name.starts_with("plain");
    if (name.starts_with("mtls")) {
        client.certificate = pod.clientCertificate();
        if (name.find("noalpn") == std::string::npos)
            client.alpn = client.isHttp ? std::vector<std::string>{"istio-http/1.1", "istio", "http/1.1"}
                                        : std::vector<std::string>{"istio"};
    }
    return client;
}

// The demo's sidecars speak no HTTP/2; an excluded port does not go through them.
bool isReplayed(const std::string &client)
{
    return client.find("http2") == std::string::npos && client.find("excluded") == std::string::npos;
}

struct Kept // a connection of before the change
{
    std::string name;
    const Value *row = nullptr;
    std::unique_ptr<WireConnection> connection;
    WireClient client;
    WireSeen seen;
    bool toldToClose = false;

    Kept(const std::string &n, const Value &r, const Pod &pod)
        : name(n)
        , row(&r)
        , client(clientOf(n, pod))
    {
        connection = std::make_unique<WireConnection>(pod.bound(portOf(n)), client);
        if (client.tls)
            connection->handshake(seen);
    }
    bool exchange()
    {
        connection->send(client.payload);
        const std::string answer = connection->read(
            seen, PatienceMs, [this](const std::string &text) { return isWholeAnswer(client, text); });
        toldToClose = toldToClose || answer.find("connection: close") != std::string::npos;
        return isWholeAnswer(client, answer);
    }
    bool isIdle() const { return name.ends_with("-idle"); }
    bool wasToldToClose() const { return (*row)["connection_close_header_at_s"].isNumber(); }
    // A TLS client of the recording noted no end of its connection: it just got no more answers.
    bool wasCut() const
    {
        return isIdle() ? (*row)["end"].text() == "closed"
                        : (*row)["last_good_answer_at_s"].toDouble() < CutBefore;
    }
};

std::string stateOf(const WireClient &client, const WireSeen &seen)
{
    if (!seen.alert.empty())
        return "refused:" + seen.alert;
    if (seen.end == WireSeen::End::Reset && seen.received.empty())
        return "refused:RST";
    return (client.isHttp ? seen.status == 200 : seen.received.starts_with("ECHO:")) ? "ok" : "no answer";
}

} // namespace

class InboundListenerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSwitchIsAsARealSidecarsIs_data();
    void aSwitchIsAsARealSidecarsIs();
    void whoSaysNothingIsHeldAsLongAsARealSidecarDoes_data();
    void whoSaysNothingIsHeldAsLongAsARealSidecarDoes();

private:
    void compareNew(const std::vector<Value> &rows, bool before, const Pod &pod);
    void compareKept(std::vector<Kept> &kept, qint64 sinceChange);
    void compareSilent(std::vector<Kept> &silent);

    std::map<std::string, std::vector<Value>> m_switches; // "PERMISSIVE to STRICT" → rows
    std::map<std::string, std::vector<Value>> m_holds;    // mode → rows
    QStringList m_different;
    int m_compared = 0;
};

void InboundListenerTest::aSwitchIsAsARealSidecarsIs_data()
{
    QTest::addColumn<QString>("change");
    const auto text = sharedFile("conformance/sidecar/switch.jsonl");
    if (!text)
        QSKIP("skipped: neither shared nor tests/data has conformance/sidecar/switch.jsonl");
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const Value row = edge::parseJson(line).value_or(Value());
        // DRYRUN is an AuthorizationPolicy, which these sidecars do not know
        if (row["to"].text() != "DRYRUN" && !row["kind"].text().starts_with("steady requests"))
            m_switches[row["from"].text() + " to " + row["to"].text()].push_back(row);
    }
    for (const auto &[change, rows] : m_switches)
        QTest::newRow(change.c_str()) << QString::fromStdString(change);
}

void InboundListenerTest::compareNew(const std::vector<Value> &rows, bool before, const Pod &pod)
{
    for (const Value &row : rows) {
        const std::string &name = row["client"].text();
        if (row["kind"].text() != "new connections" || (row["at_s"].text() == "before") != before)
            continue;
        const WireClient client = clientOf(name, pod);
        const WireSeen seen = runWireClient(pod.bound(portOf(name)), client, PatienceMs);
        const std::string state = stateOf(client, seen);
        ++m_compared;
        if (state != row["state"].text())
            m_different.append(u"new %1 %2: %3, not %4"_s.arg(
                QString::fromStdString(name), before ? u"before"_s : u"after"_s,
                QString::fromStdString(state), QString::fromStdString(row["state"].text())));
    }
}

// After Start: whoever was told to close is, whoever was not still talks; by End everybody who was cut is.
void InboundListenerTest::compareKept(std::vector<Kept> &kept, qint64 sinceChange)
{
    const auto note = [this](const Kept &one, const QString &what) {
        m_different.append(u"open %1: %2"_s.arg(QString::fromStdString(one.name), what));
    };
    for (Kept &one : kept) {
        ++m_compared;
        if (one.isIdle())
            continue;
        if (!one.exchange())
            note(one, u"no answer although the drain has only begun"_s);
        if (one.toldToClose != one.wasToldToClose())
            note(one, one.toldToClose ? u"told to close"_s : u"not told to close"_s);
    }
    QElapsedTimer timer;
    timer.start();
    for (Kept &one : kept) {
        if (!one.wasCut())
            continue;
        one.seen.end = WireSeen::End::Open;
        one.connection->read(one.seen, PatienceMs, [](const std::string &) { return false; });
        const qint64 at = sinceChange + timer.elapsed();
        if (one.seen.end == WireSeen::End::Open)
            note(one, u"never cut"_s);
        else if (!one.toldToClose && !one.isIdle() && at < (End - Start).count())
            note(one, u"cut after %1 ms of %2"_s.arg(at).arg(End.count()));
    }
    for (Kept &one : kept) { // the others have all outlived those
        if (!one.wasCut() && !one.exchange())
            note(one, u"cut, which the real one was not"_s);
    }
}

void InboundListenerTest::compareSilent(std::vector<Kept> &silent)
{
    for (Kept &one : silent) {
        const Value &row = *one.row;
        one.connection->send(one.client.payload);
        one.seen.received = one.connection->read(one.seen, PatienceMs, [&one](const std::string &text) {
            return isWholeAnswer(one.client, text);
        });
        one.seen.status = one.seen.received.starts_with("HTTP/1.1 200") ? 200 : 0;
        const std::string state = stateOf(one.client, one.seen);
        const std::string wanted = row["end"].text() == "RST" ? "refused:RST" : "ok";
        ++m_compared;
        if (state != wanted)
            m_different.append(u"silent on %1: %2, not %3"_s.arg(row["port"].toInteger())
                                   .arg(QString::fromStdString(state), QString::fromStdString(wanted)));
    }
}

void InboundListenerTest::aSwitchIsAsARealSidecarsIs()
{
    QFETCH(QString, change);
    m_different.clear();
    m_compared = 0;
    const std::vector<Value> &rows = m_switches[change.toStdString()];
    Pod pod(modeNamed(rows.front()["from"].text()));
    compareNew(rows, true, pod);
    std::vector<Kept> kept;
    std::vector<Kept> silent;
    for (const Value &row : rows) {
        const std::string &kind = row["kind"].text();
        if (kind == "connection opened before the change" && isReplayed(row["client"].text())) {
            kept.emplace_back(row["client"].text(), row, pod);
            if (!kept.back().exchange())
                m_different.append(
                    u"%1: no answer before the change"_s.arg(QString::fromStdString(kept.back().name)));
        } else if (kind.starts_with("connected before the change")) {
            const std::string port = std::to_string(row["port"].toInteger());
            silent.emplace_back((port == "8080" ? "plain-http1-" : "plain-raw-") + port, row, pod);
        }
    }
    // The server has accepted the silent ones once it has answered a later one on each of their ports.
    for (const Kept &one : silent)
        runWireClient(pod.bound(portOf(one.name)), one.client, QuietMs);
    pod.change(rows.front()["to"].text());
    QElapsedTimer timer;
    timer.start();
    compareNew(rows, false, pod);
    QTRY_VERIFY(timer.hasExpired(2 * Start.count()));
    compareSilent(silent);
    compareKept(kept, timer.elapsed());
    QVERIFY2(m_compared > 15, qPrintable(QString::number(m_compared)));
    QVERIFY2(m_different.isEmpty(),
             qPrintable(u"%1 differences of %2\n"_s.arg(m_different.size()).arg(m_compared)
                        + m_different.join(u'\n')));
}

void InboundListenerTest::whoSaysNothingIsHeldAsLongAsARealSidecarDoes_data()
{
    QTest::addColumn<QString>("mode");
    const auto text = sharedFile("conformance/sidecar/hold.jsonl");
    if (!text)
        QSKIP("skipped: neither shared nor tests/data has conformance/sidecar/hold.jsonl");
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const Value row = edge::parseJson(line).value_or(Value());
        const std::string &tag = row["tag"].text();
        // timeout5: a protocolDetectionTimeout that Istio does not have by default, nor the demo's mesh
        if (tag.starts_with("timeout0/") && row["stats"].isNull())
            m_holds[tag.substr(9)].push_back(row);
    }
    for (const auto &[mode, rows] : m_holds)
        QTest::newRow(mode.c_str()) << QString::fromStdString(mode);
}

// Seconds are not waited for: who is held for QuietMs while other connections come and go has no time limit.
void InboundListenerTest::whoSaysNothingIsHeldAsLongAsARealSidecarDoes()
{
    QFETCH(QString, mode);
    const Pod pod(modeNamed(mode.toStdString()));
    QStringList different;
    for (const Value &row : m_holds[mode.toStdString()]) {
        const auto port = std::uint16_t(row["port"].toInteger());
        const bool tls = row["tls"].toBool();
        const bool isPassedOn =
            tls && mode == "DISABLE"_L1; // the client waits for a ServerHello that the app's banner is not
        WireClient client =
            clientOf(std::string(tls ? "mtls-" : "plain-") + (port == 8080 ? "http1" : "raw"), pod);
        client.silenceMs = QuietMs;
        if (!client.isHttp)
            client.payload = "HELLO late\n"; // as in the recording
        const WireSeen seen = runWireClient(pod.bound(port), client, PatienceMs);
        const QString where = u"%1%2: "_s.arg(port).arg(tls ? u" TLS"_s : QString());
        const std::string late = row["late_first_bytes"].isString() ? row["late_first_bytes"].text() : "";
        if (isPassedOn) {
            if (seen.handshake)
                different.append(where + u"a handshake"_s);
            continue;
        }
        if (row["banner"].text() != seen.silentGot)
            different.append(where + u"in silence '%1'"_s.arg(QString::fromStdString(seen.silentGot)));
        if (row["end_after"].text() == "RST" ? seen.end != WireSeen::End::Reset
                                             : !late.empty() && !seen.received.starts_with(late))
            different.append(where + u"then '%1'"_s.arg(QString::fromStdString(seen.received)));
        if (row["late_first_bytes"].isNumber() && row["late_first_bytes"].toInteger() != seen.status)
            different.append(where + u"then %1"_s.arg(seen.status));
    }
    QVERIFY2(different.isEmpty(), qPrintable(different.join(u'\n')));
}

SALLYPORT_TEST(inbound_listener_test, InboundListenerTest)
#include "inbound_listener_test.moc"
