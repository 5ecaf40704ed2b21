// SPDX-License-Identifier: GPL-3.0-or-later
// The demo's inbound side against a real sidecar's, row by row: shared conformance/sidecar/truth.jsonl,
// measured with istiod 1.31 and Envoy 1.40.
#include "app/demo/inbound_listener.h"
#include "app/demo/workload_certificate.h"
#include "tests/demo/lab_application.h"
#include "tests/demo/loop_thread.h"
#include "tests/demo/wire_client.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <openssl/ssl.h>

#include <set>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

constexpr int WaitMs = 150;

struct Authorities
{
    std::unique_ptr<demo::Authority> mesh =
        demo::Authority::make("cluster.local", std::chrono::hours(1000)).value_or(nullptr);
    std::unique_ptr<demo::Authority> sameName =
        demo::Authority::make("cluster.local", std::chrono::hours(1000)).value_or(nullptr);
    std::unique_ptr<demo::Authority> otherName =
        demo::Authority::make("elsewhere", std::chrono::hours(1000)).value_or(nullptr);
};

demo::KeyPair clientCertificate(const Authorities &authorities, const std::string &id)
{
    const auto now = std::chrono::system_clock::now();
    demo::CertificateWish wish = demo::workloadWish("lab", "client", now, std::chrono::hours(1));
    const demo::Authority *by = authorities.mesh.get();
    if (id.find("otherca2") != std::string::npos)
        by = authorities.otherName.get();
    else if (id.find("otherca") != std::string::npos)
        by = authorities.sameName.get();
    else if (id.find("expired") != std::string::npos)
        std::tie(wish.notBefore, wish.notAfter) =
            std::pair(now - std::chrono::hours(3), now - std::chrono::hours(1));
    else if (id.find("future") != std::string::npos)
        std::tie(wish.notBefore, wish.notAfter) =
            std::pair(now + std::chrono::hours(3), now + std::chrono::hours(9));
    else if (id.find("othertd") != std::string::npos)
        wish.names = {"URI:spiffe://other.domain/ns/lab/sa/client"};
    else if (id.find("nosan") != std::string::npos)
        std::tie(wish.names, wish.commonName) = std::pair(std::vector<std::string>(), std::string("client"));
    else if (id.find("serveronly") != std::string::npos)
        wish.forClients = false;
    return by->issue(wish).value_or(demo::KeyPair());
}

WireClient clientFor(const Authorities &authorities, const std::string &id)
{
    static const std::map<std::string, std::vector<std::string>> protocols{
        {"tls-http-nocert", {"h2", "http/1.1"}},
        {"tls-http11-nocert", {"http/1.1"}},
        {"tls-istio-nocert", {"istio"}},
        {"mtls-sidecar-h1", {"istio-http/1.1", "istio", "http/1.1"}},
        {"mtls-istiohttp11", {"istio-http/1.1"}},
        {"mtls-http", {"h2", "http/1.1"}}};
    WireClient client;
    client.tls = id.starts_with("tls") || id.starts_with("mtls");
    client.isHttp = id.find("raw") == std::string::npos && id.find("silent") == std::string::npos
        && id.find("garbage") == std::string::npos && id.find("faketls") == std::string::npos;
    client.payload = client.isHttp
        ? "GET /txt HTTP/1.1\r\nhost: web.app\r\nx-forwarded-client-cert: forged\r\n\r\n"
        : "HELLO " + id + "\n";
    if (id == "plain-garbage")
        client.payload = std::string("\x00\xff\x00\x01\x02\x03", 6) + std::string(25, '\x05') + "\n";
    if (id == "plain-faketls")
        client.payload = std::string("\x16\x03\x01\x00\x20\x00", 6) + std::string(30, '\x05') + "\n";
    if (id.find("silent") != std::string::npos)
        client.silenceMs = WaitMs;
    client.endsAfterConnect = id == "kube-probe-tcp";
    if (client.tls) {
        const auto known = protocols.find(id);
        if (known != protocols.end())
            client.alpn = known->second;
        else if (id.find("noalpn") == std::string::npos)
            client.alpn = {"istio"};
    }
    if (id.starts_with("mtls") || id == "tls11-istio")
        client.certificate = clientCertificate(authorities, id);
    if (id.ends_with("-12"))
        client.maxVersion = TLS1_2_VERSION;
    if (id == "tls11-istio")
        client.minVersion = client.maxVersion = TLS1_1_VERSION;
    return client;
}

demo::PortKind kindOf(const std::string &text)
{
    if (text.starts_with("http"))
        return text.starts_with("https") ? demo::PortKind::Tcp : demo::PortKind::Http;
    return text.starts_with("tcp") ? demo::PortKind::Tcp : demo::PortKind::Auto;
}

std::vector<std::shared_ptr<const Value>> policies(const Value &objects)
{
    std::vector<std::shared_ptr<const Value>> all;
    for (const Value &object : objects.items()) {
        Value policy = Value::object({{"spec", Value::object()}});
        const bool isRoot = object["scope"].text() == "root namespace";
        policy.set(
            "metadata",
            Value::object({{"name", object["name"]},
                           {"namespace", isRoot ? "istio-system" : "app"},
                           {"creationTimestamp", "2026-01-01T00:00:0" + object["created"].text() + "Z"}}));
        if (object["mtls"].isString())
            policy.child("spec").child("mtls").set("mode", object["mtls"]);
        if (object["selector"].isObject())
            policy.child("spec").child("selector").set("matchLabels", object["selector"]);
        for (const auto &[port, mode] : object["portLevelMtls"].members())
            policy.child("spec").child("portLevelMtls").child(port).set("mode", mode);
        all.push_back(std::make_shared<const Value>(std::move(policy)));
    }
    return all;
}

std::string upper(std::string text)
{
    for (char &c : text)
        c = c == ' ' ? '_' : char(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// OpenSSL's spelling of an alert differs between the reason's name and its text; the tail is the same.
bool sameAlert(const std::string &wanted, const std::string &got)
{
    const std::string text = upper(got);
    const std::size_t at = wanted.find("ALERT_");
    return at == std::string::npos ? wanted == text : text.ends_with(wanted.substr(at + 6));
}

std::string difference(const Value &outcome, const WireSeen &seen, const WireClient &client,
                       const LabApplication &application)
{
    const Value &tls = outcome["tls"];
    const std::string &alert = tls["alert"].text();
    if (tls.isObject()) {
        if ((tls["handshake"].text() == "ok") != seen.handshake)
            return "handshake " + std::string(seen.handshake ? "succeeded" : "failed") + " " + seen.alert;
        if (!alert.empty() && !sameAlert(alert, seen.alert))
            return "alert " + alert + ", got '" + seen.alert + "'";
        if (alert.empty() && seen.handshake && !seen.alert.empty())
            return "unexpected alert " + seen.alert;
        const bool onlyHttp1 = tls["alpn"].text() == "h2"
            && seen.alpn == "http/1.1"; // the demo's HTTP chains and this app speak no HTTP/2
        if (seen.handshake && tls["alpn"].text() != seen.alpn && !onlyHttp1)
            return "ALPN '" + tls["alpn"].text() + "', got '" + seen.alpn + "'";
        const bool byApplication = !tls["server_san"].items().empty()
            && tls["server_san"].items().front().text() == "web.example.com";
        if (seen.handshake && !seen.serverNames.empty()
            && byApplication != (seen.serverNames.front() == "web.example.com"))
            return "TLS ended by " + seen.serverNames.front();
    }
    if (outcome["http_status"].toInteger() != seen.status
        && !(seen.status == 400 && outcome["reply"].text().find("400 Bad Request") != std::string::npos))
        return "status " + std::to_string(outcome["http_status"].toInteger()) + ", got "
            + std::to_string(seen.status);
    if (outcome["end"].text() == "reset" && (seen.end != WireSeen::End::Reset || !seen.received.empty()))
        return "no reset";
    if (outcome["end"].text() == "open" && seen.end != WireSeen::End::Open && alert != "WRONG_VERSION_NUMBER")
        return "closed";
    for (const std::string_view start : {"ECHO:", "220 lab banner", "HTTP/1.1 400"}) {
        if (outcome["reply"].text().starts_with(start) && !seen.received.starts_with(start))
            return "reply " + std::string(start) + ", got '" + seen.received.substr(0, 40) + "'";
    }
    if ((outcome["silent_got"].text().empty()) != seen.silentGot.empty())
        return "in silence: '" + seen.silentGot + "'";
    const bool passed = client.isHttp && seen.status == 200 && outcome["http_status"].toInteger() == 200;
    if (passed
        && outcome.at({"app", "xfcc"}).isString()
            != (application.sawClientCertificate && !outcome.at({"app", "xfcc"}).isNull()))
        return "x-forwarded-client-cert";
    return {};
}

// Cases that need HTTP/2 inside, which the demo's sidecars do not speak: they offer http/1.1 alone.
bool needsHttp2(const std::string &client) { return client == "plain-http2" || client == "mtls-sidecar-h2"; }

} // namespace

class SidecarTruthTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sameOutcomeAsARealSidecar_data();
    void sameOutcomeAsARealSidecar();

private:
    std::map<std::string, std::vector<Value>> m_rows; // by scenario
};

void SidecarTruthTest::sameOutcomeAsARealSidecar_data()
{
    QTest::addColumn<QString>("scenario");
    const auto text = sharedFile("conformance/sidecar/truth.jsonl");
    if (!text)
        QSKIP("skipped: neither shared nor tests/data has conformance/sidecar/truth.jsonl");
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const Value row = edge::parseJson(line).value_or(Value());
        m_rows[row["scenario"].text()].push_back(row);
    }
    for (const auto &[scenario, rows] : m_rows)
        QTest::newRow(scenario.c_str()) << QString::fromStdString(scenario);
}

void SidecarTruthTest::sameOutcomeAsARealSidecar()
{
    QFETCH(QString, scenario);
    const Authorities authorities;
    LoopThread thread;
    demo::WorkloadCertificate own(thread.loop(), *authorities.mesh, "app", "web", std::chrono::hours(1));
    thread.call([&] { own.start(); });
    std::map<std::int64_t, std::shared_ptr<LabApplication>> applications;
    std::map<std::int64_t, std::unique_ptr<demo::InboundListener>> listeners;
    std::map<std::int64_t, std::uint16_t> bound;
    QStringList different;
    int compared = 0;
    for (const Value &row : m_rows[scenario.toStdString()]) {
        const std::string &id = row.at({"client", "id"}).text();
        const std::int64_t port = row.at({"port", "number"}).toInteger();
        const std::string &kind = row.at({"port", "kind"}).text();
        if (needsHttp2(id) || row.at({"mode", "effective_on_port"}).text() == "not captured")
            continue;
        if (!listeners.count(port)) {
            const auto modes =
                demo::workloadModes(policies(row.at({"mode", "objects"})), "app", {{"app", "web"}});
            QCOMPARE(QString::fromUtf8(demo::mtlsModeName(modes.of(std::uint16_t(port))).data()),
                     QString::fromStdString(row.at({"mode", "effective_on_port"}).text()));
            thread.call([&] {
                applications[port] = std::make_shared<LabApplication>(
                    thread.loop(), *authorities.otherName, kind.find("speaks first") != std::string::npos);
                demo::InboundSettings settings;
                settings.containerPort = std::uint16_t(port);
                settings.applicationPort = applications[port]->port;
                settings.application = applications[port];
                settings.identity = own.identity();
                settings.credentials = [&own](const std::string &alpn) { return own.server(alpn); };
                listeners[port] = std::make_unique<demo::InboundListener>(
                    thread.loop(), settings,
                    demo::InboundPolicy{modes.of(std::uint16_t(port)), kindOf(kind)});
                bound[port] = listeners[port]->listen().value_or(0);
            });
        }
        LabApplication &application = *applications[port];
        application.sawClientCertificate = application.sawTls = false;
        const WireClient client = clientFor(authorities, id);
        const WireSeen seen =
            runWireClient(bound[port], client,
                          row.at({"outcome", "end"}).text() == "open" && !client.isHttp ? WaitMs : 3000);
        const std::string why = difference(row["outcome"], seen, client, application);
        ++compared;
        if (!why.empty())
            different.append(u"%1 on %2 (%3): %4"_s.arg(QString::fromStdString(id), QString::number(port),
                                                        QString::fromStdString(kind),
                                                        QString::fromStdString(why)));
    }
    thread.call([&] {
        listeners.clear();
        applications.clear();
        own.stop();
    });
    QVERIFY(compared > 20);
    QVERIFY2(different.isEmpty(),
             qPrintable(u"%1 of %2 differ\n"_s.arg(different.size()).arg(compared) + different.join(u'\n')));
}

SALLYPORT_TEST(sidecar_truth_test, SidecarTruthTest)
#include "sidecar_truth_test.moc"
