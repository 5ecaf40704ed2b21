// SPDX-License-Identifier: GPL-3.0-or-later
// TLS on both sides of the edge: certificates by SNI, client certificates asked for and shown, rotation while
// traffic goes on.
#include "tests/edge/foreign_program.h"
#include "tests/edge/gateway_fixture.h"

using edge::TlsCredentials;
using namespace edge_test;

namespace {

class GatewayTls : public GatewayTest
{
protected:
    std::shared_ptr<TlsCredentials> clientCredentials(const Issued &own = {}, const std::string &ca = {},
                                                      const std::string &maxVersion = "v1.3")
    {
        edge::TlsSettings settings;
        settings.certificateChainPem = own.certificate;
        settings.privateKeyPem = own.privateKey;
        settings.trustedCaPem = ca;
        settings.maxVersion = maxVersion;
        auto made = TlsCredentials::make(TlsCredentials::Side::Client, settings);
        EXPECT_TRUE(made.has_value());
        return *made;
    }

    std::shared_ptr<TlsCredentials> upstreamCredentials(const Issued &own, const std::string &clientCa = {})
    {
        edge::TlsSettings settings;
        settings.certificateChainPem = own.certificate;
        settings.privateKeyPem = own.privateKey;
        settings.trustedCaPem = clientCa;
        settings.requirePeerCertificate = !clientCa.empty();
        settings.alpnProtocols = "istio,http/1.1";
        auto made = TlsCredentials::make(TlsCredentials::Side::Server, settings);
        EXPECT_TRUE(made.has_value());
        return *made;
    }

    edge::SecretMaterial material(const Issued &issued) const
    {
        return {issued.certificate, issued.privateKey, m_ca.certificate()};
    }

    // Listener 8443 with a TLS chain for each name, all with the routes of a plain one.
    edge::Config tlsConfig(const std::vector<std::string> &names, std::vector<edge::Route> routes)
    {
        edge::Config config = plainConfig(std::move(routes));
        edge::Listener &listener = config.listeners[0];
        listener.port = 8443;
        const edge::FilterChain pattern = listener.chains[0];
        listener.chains.clear();
        for (const std::string &name : names) {
            edge::FilterChain chain = pattern;
            chain.tls = true;
            chain.serverNames = {name};
            chain.tlsContext = "ctx-" + name;
            listener.chains.push_back(chain);
            edge::TlsContext &context = config.tlsContexts[chain.tlsContext];
            context.name = chain.tlsContext;
            context.secret = name + ".default";
        }
        return config;
    }

    edge::Result<edge::Reply> fetchTls(const std::string &serverName,
                                       std::shared_ptr<TlsCredentials> credentials)
    {
        edge::ClientRequest wanted = request("/");
        wanted.port = port(8443);
        wanted.tls = std::move(credentials);
        wanted.serverName = serverName;
        return fetch(wanted);
    }

    TestAuthority m_ca{"test-ca"};
    TestAuthority m_otherCa{"other-ca"};
};

std::string leafName(const edge::Result<edge::Reply> &reply)
{
    return reply && reply->tls && !reply->tls->peerChain.empty() ? reply->tls->peerChain[0].subject
        : reply                                                  ? "no certificate"
                                                                 : reply.error().message;
}

// What an upstream behind the edge's TLSContext "up" was shown.
edge::Config withUpstreamTls(edge::Config config, const std::string &cluster, edge::TlsContext context)
{
    config.clusters.edit(cluster).tls = true;
    config.clusters.edit(cluster).tlsContext = context.name;
    config.tlsContexts[context.name] = std::move(context);
    return config;
}

edge::TlsContext upContext()
{
    edge::TlsContext context;
    context.name = "up";
    context.secret = "edge-client.default";
    return context;
}

} // namespace

TEST_F(GatewayTls, presentsTheCertificateOfTheNameAskedFor)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    const auto problems = apply(tlsConfig({"a.test", "b.test", "*.wild.test"}, {forwardTo("/", "echo")}),
                                {{"a.test.default", material(m_ca.issue({"a", "DNS:a.test"}))},
                                 {"b.test.default", material(m_ca.issue({"b", "DNS:b.test"}))},
                                 {"*.wild.test.default", material(m_ca.issue({"wild", "DNS:*.wild.test"}))}});
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(leafName(fetchTls("a.test", clientCredentials())), "CN=a");
    EXPECT_EQ(leafName(fetchTls("B.TEST", clientCredentials())), "CN=b");
    EXPECT_EQ(leafName(fetchTls("x.y.wild.test", clientCredentials())), "CN=wild");
    EXPECT_FALSE(fetchTls("unknown.test", clientCredentials()))
        << "no chain for that name, and no clear one to fall into";
    EXPECT_EQ(upstream.seen().size(), 3U);
    EXPECT_EQ(upstream.seen()[0].head.headers.value("x-forwarded-proto"), "https");
    ASSERT_TRUE(last().downstreamTls);
    EXPECT_EQ(last().downstreamTls->serverName, "x.y.wild.test");
}

TEST_F(GatewayTls, servesOpensslByServerNameToo)
{
    apply(tlsConfig({"a.test", "b.test"}, {}),
          {{"a.test.default", material(m_ca.issue({"a", "DNS:a.test"}))},
           {"b.test.default", material(m_ca.issue({"b", "DNS:b.test"}))}});
    for (const std::string name : {"a", "b"}) {
        const ProgramResult openssl =
            runProgram(loop,
                       "openssl s_client -connect 127.0.0.1:" + std::to_string(port(8443)) + " -servername "
                           + name + ".test </dev/null 2>&1");
        if (openssl.exitCode == 127)
            GTEST_SKIP() << "skipped: no openssl";
        EXPECT_NE(openssl.output.find("subject=CN = " + name), std::string::npos) << openssl.output;
    }
}

TEST_F(GatewayTls, answersAHelloForAnUnknownNameInClearWhereAClearChainIs)
{
    edge::Config config = tlsConfig({"a.test"}, {forwardTo("/", "echo")});
    edge::FilterChain clear = config.listeners[0].chains[0];
    clear.tls = false;
    clear.serverNames.clear();
    config.listeners[0].chains.push_back(clear);
    apply(config, {{"a.test.default", material(m_ca.issue({"a", "DNS:a.test"}))}});
    const auto reply = fetchTls("unknown.test", clientCredentials());
    ASSERT_FALSE(reply);
    EXPECT_NE(reply.error().message.find("wrong version number"), std::string::npos) << reply.error().message;
    EXPECT_EQ(
        raw({"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"}, "no healthy upstream", 8443).bytes.find("HTTP/1.1 503"),
        0U);
}

TEST_F(GatewayTls, takesAHelloThatArrivesInSinglePieces)
{
    // A real hello, recorded from our own client by a socket that only listens.
    std::string hello;
    ScriptedUpstream recorder(loop, [&](Peer &peer) -> asio::awaitable<void> {
        std::array<char, 4096> buffer{};
        const auto n =
            co_await peer.stream().read(buffer.data(), buffer.size(), edge::in(std::chrono::seconds(5)));
        hello.assign(buffer.data(), n.value_or(0));
    });
    edge::ClientRequest toRecorder = request("/");
    toRecorder.port = recorder.port();
    toRecorder.tls = clientCredentials();
    toRecorder.serverName = "a.test";
    EXPECT_FALSE(fetch(toRecorder));
    ASSERT_GT(hello.size(), 100U);

    apply(tlsConfig({"a.test"}, {}), {{"a.test.default", material(m_ca.issue({"a", "DNS:a.test"}))}});
    for (const std::size_t cut :
         {std::size_t(1), std::size_t(3), std::size_t(5), std::size_t(60), hello.size() - 1}) {
        const auto answer = rawSlowly({hello.substr(0, cut), hello.substr(cut)}, 8443);
        ASSERT_FALSE(answer.bytes.empty()) << "cut after " << cut;
        EXPECT_EQ(answer.bytes[0], 22) << "a ServerHello record";
    }
}

TEST_F(GatewayTls, requiresAClientCertificateOfTheRightAuthority)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    edge::Config config = tlsConfig({"m.test"}, {forwardTo("/", "echo")});
    config.tlsContexts["ctx-m.test"].certRequired = true;
    config.tlsContexts["ctx-m.test"].caSecret = "clients.default";
    apply(config,
          {{"m.test.default", material(m_ca.issue({"m", "DNS:m.test"}))},
           {"clients.default",
            {m_ca.certificate(), "", m_otherCa.certificate()}}}); // tls.crt counts, not ca.crt
    for (const std::string version : {"v1.2", "v1.3"}) {
        EXPECT_FALSE(fetchTls("m.test", clientCredentials({}, {}, version))) << "none, TLS " << version;
        EXPECT_FALSE(fetchTls("m.test", clientCredentials(m_otherCa.issue({"evil", ""}), {}, version)))
            << "of another CA, TLS " << version;
        EXPECT_FALSE(fetchTls("m.test", clientCredentials(m_ca.issue({"late", "", -100, -10}), {}, version)))
            << "expired, TLS " << version;
        const auto good = fetchTls(
            "m.test",
            clientCredentials(m_ca.issue({"good", "URI:spiffe://cluster.local/ns/x/sa/y"}), {}, version));
        ASSERT_TRUE(good) << good.error().message;
        ASSERT_EQ(last().downstreamTls->peerChain.size(), 1U);
        EXPECT_EQ(last().downstreamTls->peerChain[0].uriNames,
                  std::vector<std::string>{"spiffe://cluster.local/ns/x/sa/y"});
    }
}

TEST_F(GatewayTls, refusesARevokedClientCertificate)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    const Issued kept = m_ca.issue({"kept", ""}), revoked = m_ca.issue({"revoked", ""});
    struct Case
    {
        std::string name, list;
        bool keptIsLetIn;
    };
    const Case cases[] = {{"in force", m_ca.revocationList({revoked}), true},
                          {"out of date", m_ca.revocationList({revoked}, -10), false},
                          {"of another authority", m_otherCa.revocationList({revoked}), false}};
    for (const Case &one : cases) {
        edge::Config config = tlsConfig({"m.test"}, {forwardTo("/", "echo")});
        edge::TlsContext &context = config.tlsContexts["ctx-m.test"];
        context.certRequired = true;
        context.caSecret = "clients.default";
        context.crlSecret = "crl.default";
        EXPECT_TRUE(apply(config,
                          {{"m.test.default", material(m_ca.issue({"m", "DNS:m.test"}))},
                           {"clients.default", {m_ca.certificate(), "", ""}},
                           {"crl.default", {"", "", "", one.list}}})
                        .empty());
        EXPECT_FALSE(fetchTls("m.test", clientCredentials(revoked))) << one.name;
        EXPECT_EQ(bool(fetchTls("m.test", clientCredentials(kept))), one.keptIsLetIn) << one.name;
    }
}

// Each would let in somebody whom the TLSContext keeps out.
TEST_F(GatewayTls, refusesEverybodyWhereAListOrAFileCannotBeRead)
{
    struct Case
    {
        std::string name, crlSecret, crlFile, caFile, said;
    };
    const Case cases[] = {
        {"no such secret", "crl.default", "", "", "crl.default is not known or holds no revocation list"},
        {"no list", "m.test.default", "", "", "m.test.default is not known or holds no revocation list"},
        {"no PEM", "broken.default", "", "", "the revocation list is no PEM list"},
        {"a list in a file", "", "/crl.pem", "", "crl_file names a file"},
        {"a CA in a file", "", "", "/ca.pem", "cacert_chain_file names a file"}};
    for (const Case &one : cases) {
        edge::Config config = tlsConfig({"m.test"}, {});
        edge::TlsContext &context = config.tlsContexts["ctx-m.test"];
        context.crlSecret = one.crlSecret;
        context.crlFile = one.crlFile;
        context.caFile = one.caFile;
        const auto problems = apply(config,
                                    {{"m.test.default", material(m_ca.issue({"m", "DNS:m.test"}))},
                                     {"broken.default", {"", "", "", "no PEM"}}});
        ASSERT_EQ(problems.size(), 1U) << one.name;
        EXPECT_NE(problems[0].message.find(one.said), std::string::npos) << problems[0].message;
        EXPECT_FALSE(fetchTls("m.test", clientCredentials())) << one.name;
    }
}

TEST_F(GatewayTls, refusesOnlyTheChainWhoseMaterialIsBroken)
{
    const Issued one = m_ca.issue({"a", ""});
    const Issued other = m_ca.issue({"b", ""});
    const auto problems = apply(
        tlsConfig({"a.test", "b.test", "c.test"}, {}),
        {{"a.test.default", material(one)}, {"b.test.default", {other.certificate, one.privateKey, ""}}});
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_NE(problems[0].message.find("ctx-b.test: the private key does not belong to the certificate"),
              std::string::npos)
        << problems[0].message;
    EXPECT_NE(problems[1].message.find("ctx-c.test: the secret c.test.default is not known"),
              std::string::npos)
        << problems[1].message;
    for (const edge::Error &problem : problems)
        EXPECT_EQ(problem.message.find("PRIVATE KEY"), std::string::npos);
    EXPECT_TRUE(fetchTls("a.test", clientCredentials()));
    EXPECT_FALSE(fetchTls("b.test", clientCredentials()));
    EXPECT_FALSE(fetchTls("c.test", clientCredentials()));
}

// Going on without the CA would let everybody in.
// As of a cluster, whose keys are not read: that is no fault of the key.
TEST_F(GatewayTls, saysThatAKeyIsNotAtHand)
{
    edge::SecretStore secrets;
    secrets["m.test.default"] = material(m_ca.issue({"m", "DNS:m.test"}));
    secrets["m.test.default"].privateKey.clear();
    const auto problems = apply(tlsConfig({"m.test"}, {}), secrets);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_NE(problems[0].message.find("the key of the secret m.test.default is not at hand"),
              std::string::npos)
        << problems[0].message;
}

TEST_F(GatewayTls, refusesEverybodyWhereTheClientsAuthorityIsMissing)
{
    const Issued good = m_ca.issue({"good", ""});
    const std::map<std::string, edge::SecretStore> states{
        {"absent", {}},
        {"without a CA", {{"clients.default", {"", "", ""}}}},
        {"broken", {{"clients.default", {"", "", "no PEM"}}}}};
    for (const auto &[what, clients] : states) {
        for (const bool required : {true, false}) {
            edge::Config config = tlsConfig({"m.test", "other.test"}, {});
            config.tlsContexts["ctx-m.test"].certRequired = required;
            config.tlsContexts["ctx-m.test"].caSecret = "clients.default";
            edge::SecretStore secrets = clients;
            secrets["m.test.default"] = material(m_ca.issue({"m", "DNS:m.test"}));
            secrets["other.test.default"] = material(m_ca.issue({"other", "DNS:other.test"}));
            const auto problems = apply(config, secrets);
            const std::string row = what + (required ? ", required" : ", asked for");
            ASSERT_EQ(problems.size(), 1U) << row;
            EXPECT_NE(problems[0].message.find("it refuses every handshake"), std::string::npos)
                << problems[0].message;
            for (const Issued &own : {good, m_otherCa.issue({"evil", ""}), Issued{}})
                EXPECT_FALSE(fetchTls("m.test", clientCredentials(own))) << row;
            EXPECT_TRUE(fetchTls("other.test", clientCredentials())) << row << ": the others go on";
        }
    }
    EXPECT_TRUE(
        apply(tlsConfig({"m.test"}, {}), {{"m.test.default", material(m_ca.issue({"m", "DNS:m.test"}))}})
            .empty());
    EXPECT_TRUE(fetchTls("m.test", clientCredentials())) << "served once it is mended";
}

TEST_F(GatewayTls, showsItsClientCertificateAndAlpnToTheUpstream)
{
    const std::string identity = "spiffe://cluster.local/ns/ambassador/sa/ambassador";
    ScriptedUpstream upstream(loop, echo(), upstreamCredentials(m_ca.issue({"up", ""}), m_ca.certificate()));
    serve("quote", upstream.port());
    edge::TlsContext context = upContext();
    context.alpnProtocols = "istio";
    context.sni = "quote.test";
    apply(withUpstreamTls(plainConfig({forwardTo("/", "quote")}), "quote", context),
          {{"edge-client.default", material(m_ca.issue({"edge", "URI:" + identity}))}});
    const auto reply = fetch(request("/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 200) << reply->body << last().detail;
    ASSERT_EQ(upstream.seen().size(), 1U);
    const edge::TlsFacts &seen = upstream.seen()[0].tls.value();
    EXPECT_EQ(seen.alpn, "istio");
    EXPECT_EQ(seen.serverName, "quote.test");
    EXPECT_EQ(seen.version, "TLSv1.2") << "Envoy's default as a client";
    ASSERT_EQ(seen.peerChain.size(), 1U);
    EXPECT_EQ(seen.peerChain[0].uriNames, std::vector<std::string>{identity});
    ASSERT_TRUE(last().upstreamTls);
    EXPECT_EQ(last().upstreamTls->peerChain[0].subject, "CN=up");
}

TEST_F(GatewayTls, tellsTheClientNoDetailOfAFailedHandshakeButTheRecordAll)
{
    ScriptedUpstream plain(loop, [](Peer &peer) -> asio::awaitable<void> {
        co_await peer.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    });
    ScriptedUpstream mutual(loop, echo(), upstreamCredentials(m_ca.issue({"up", ""}), m_ca.certificate()));
    ScriptedUpstream foreign(loop, echo(), upstreamCredentials(m_otherCa.issue({"up", ""})));
    serve("plain", plain.port());
    serve("mutual", mutual.port());
    serve("foreign", foreign.port());
    edge::Config config = plainConfig(
        {forwardTo("/plain", "plain"), forwardTo("/mutual", "mutual"), forwardTo("/foreign", "foreign")});
    config.clusters.edit("plain").tls = true;
    config.clusters.edit("mutual").tls = true; // without a context: no certificate
    edge::TlsContext verifying = upContext();
    verifying.caSecret = "ca.default";
    apply(withUpstreamTls(config, "foreign", verifying),
          {{"edge-client.default", material(m_ca.issue({"edge", ""}))},
           {"ca.default", {"", "", m_ca.certificate()}}});
    const std::string words = "upstream connect error or disconnect/reset before headers. reset reason: "
                              "remote connection failure";
    const std::map<std::string, std::string> details{
        {"/plain", "wrong version number"}, {"/mutual", "handshake failure"}, {"/foreign", "certificate"}};
    for (const auto &[path, detail] : details) {
        const auto reply = fetch(request(path));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->head.status, 503) << path;
        EXPECT_EQ(reply->body, words) << path;
        EXPECT_EQ(last().flags, "UF") << path;
        EXPECT_NE(last().detail.find(detail), std::string::npos) << path << ": " << last().detail;
    }
}

// Envoy's connection is one once its TLS stands: whoever ends it before, by whatever, was never connected to.
TEST_F(GatewayTls, neverConnectedToAnUpstreamWhoseHandshakeIsCut)
{
    struct Cut
    {
        const char *reason;
        int timeouts;
        Script script;
    };
    const auto hello = [](Peer &peer) { return peer.stream().peek(1, edge::in(std::chrono::seconds(10))); };
    const std::map<std::string, Cut> cuts{
        {"reset",
         {"remote connection failure", 0,
          [hello](Peer &peer) -> asio::awaitable<void> {
              (void)co_await hello(peer);
              peer.stream().reset();
          }}},
        {"closed",
         {"remote connection failure", 0,
          [](Peer &peer) -> asio::awaitable<void> {
              std::vector<char> bytes(16384);
              (void)co_await peer.stream().read(bytes.data(), bytes.size(),
                                                edge::in(std::chrono::seconds(10)));
          }}},
        {"silent", {"connection timeout", 1, [](Peer &peer) -> asio::awaitable<void> {
                        std::vector<char> bytes(16384);
                        for (;;) { // until the edge gives up
                            const auto read = co_await peer.stream().read(bytes.data(), bytes.size(),
                                                                          edge::in(std::chrono::seconds(10)));
                            if (!read || *read == 0)
                                co_return;
                        }
                    }}}};
    for (const auto &[name, cut] : cuts) {
        ScriptedUpstream upstream(loop, cut.script);
        serve(name, upstream.port());
        edge::Config config = plainConfig({forwardTo("/", name)});
        config.clusters.edit(name).connectTimeoutMs = 100;
        apply(withUpstreamTls(config, name, upContext()),
              {{"edge-client.default", material(m_ca.issue({"edge", ""}))}});
        const auto reply = fetch(request("/"));
        ASSERT_TRUE(reply) << name;
        EXPECT_EQ(reply->body,
                  std::string("upstream connect error or disconnect/reset before headers. reset reason: ")
                      + cut.reason);
        EXPECT_EQ(last().flags, "UF") << name << ": " << last().detail;
        const auto counted = [&, cluster = name](const std::string &counter) {
            const std::string line = "envoy_cluster_" + counter + "{envoy_cluster_name=\"" + cluster + "\"} ";
            const std::string text = gateway->prometheusText();
            const std::size_t at = text.find(line);
            return at == std::string::npos ? -1 : std::stoi(text.substr(at + line.size()));
        };
        EXPECT_EQ(counted("upstream_cx_connect_fail"), 1) << name;
        EXPECT_EQ(counted("upstream_cx_connect_timeout"), cut.timeouts) << name;
        EXPECT_EQ(counted("ssl_connection_error"), 0) << name << ": no error of TLS, its absence";
    }
}

TEST_F(GatewayTls, saysConnectionTerminationForACertificateRefusedAfterTls13)
{
    ScriptedUpstream mutual(loop, echo(), upstreamCredentials(m_ca.issue({"up", ""}), m_ca.certificate()));
    serve("mutual", mutual.port());
    edge::TlsContext context = upContext();
    context.maxTlsVersion = "v1.3";
    apply(withUpstreamTls(plainConfig({forwardTo("/", "mutual")}), "mutual", context),
          {{"edge-client.default", material(m_otherCa.issue({"edge", ""}))}});
    const auto reply = fetch(request("/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(
        reply->body,
        "upstream connect error or disconnect/reset before headers. reset reason: connection termination");
    EXPECT_EQ(last().flags, "UC");
    EXPECT_NE(gateway->prometheusText().find(
                  "envoy_cluster_ssl_connection_error{envoy_cluster_name=\"mutual\"} 1\n"),
              std::string::npos);
}

TEST_F(GatewayTls, forwardsNothingWithMaterialThatIsMissing)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    const auto problems = apply(withUpstreamTls(plainConfig({forwardTo("/", "echo")}), "echo", upContext()));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(fetch(request("/")).value_or(edge::Reply{}).head.status, 503);
    EXPECT_EQ(upstream.connections(), 0) << "neither in clear nor without the certificate";
}

// Going on without the CA would trust every upstream.
TEST_F(GatewayTls, forwardsNothingWhereTheUpstreamsAuthorityIsMissing)
{
    ScriptedUpstream upstream(loop, echo(), upstreamCredentials(m_ca.issue({"up", ""})));
    ScriptedUpstream clear(loop);
    serve("echo", upstream.port());
    serve("clear", clear.port());
    edge::TlsContext context = upContext();
    context.caSecret = "ca.default";
    edge::Config config = plainConfig({forwardTo("/clear", "clear"), forwardTo("/", "echo")});
    edge::Listener tcp = config.listeners[0];
    tcp.port = 9000;
    tcp.chains[0].virtualHosts.clear();
    tcp.chains[0].tcpClusters = {{"echo", 100}};
    config.listeners.push_back(tcp);
    config = withUpstreamTls(config, "echo", context);
    const edge::SecretMaterial own = material(m_ca.issue({"edge", ""}));
    const std::map<std::string, edge::SecretStore> states{{"absent", {}},
                                                          {"without a CA", {{"ca.default", {"", "", ""}}}},
                                                          {"broken", {{"ca.default", {"", "", "no PEM"}}}}};
    for (const auto &[what, authorities] : states) {
        edge::SecretStore secrets = authorities;
        secrets["edge-client.default"] = own;
        const auto problems = apply(config, secrets);
        ASSERT_EQ(problems.size(), 1U) << what;
        EXPECT_NE(problems[0].message.find("nothing is forwarded with it"), std::string::npos)
            << problems[0].message;
        EXPECT_EQ(fetch(request("/")).value_or(edge::Reply{}).head.status, 503) << what;
        EXPECT_EQ(raw({"GET / HTTP/1.1\r\nHost: a\r\n\r\n"}, {}, 9000).bytes, "") << what;
        EXPECT_EQ(upstream.connections(), 0) << what;
        EXPECT_EQ(fetch(request("/clear")).value_or(edge::Reply{}).head.status, 200)
            << what << ": the others go on";
    }
    EXPECT_TRUE(
        apply(config, {{"edge-client.default", own}, {"ca.default", {"", "", m_ca.certificate()}}}).empty());
    EXPECT_EQ(fetch(request("/")).value_or(edge::Reply{}).head.status, 200) << "forwarded once it is mended";
}

TEST_F(GatewayTls, asksForAChangedServerNameFromTheNextRequestOn)
{
    ScriptedUpstream upstream(loop, echo(), upstreamCredentials(m_ca.issue({"up", ""})));
    serve("quote", upstream.port());
    edge::Config config = withUpstreamTls(plainConfig({forwardTo("/", "quote")}), "quote", upContext());
    const edge::SecretStore secrets{{"edge-client.default", material(m_ca.issue({"edge", ""}))}};
    std::vector<std::string> asked;
    for (const char *name : {"before.test", "after.test", "after.test"}) {
        config.tlsContexts["up"].sni =
            name; // nothing else: the cluster and the credentials are the same ones
        apply(config, secrets);
        ASSERT_EQ(fetch(request("/")).value_or(edge::Reply{}).head.status, 200);
        asked.push_back(upstream.seen().back().tls->serverName + " over connection "
                        + std::to_string(upstream.seen().back().connection));
    }
    EXPECT_EQ(asked,
              (std::vector<std::string>{"before.test over connection 1", "after.test over connection 2",
                                        "after.test over connection 2"}));
}

TEST_F(GatewayTls, presentsARotatedCertificateFromTheNextRequestOn)
{
    ScriptedUpstream upstream(loop, echo(), upstreamCredentials(m_ca.issue({"up", ""}), m_ca.certificate()));
    serve("quote", upstream.port());
    const edge::Config config = withUpstreamTls(plainConfig({forwardTo("/", "quote")}), "quote", upContext());
    std::vector<std::string> shown;
    for (const char *name : {"first", "second", "second"}) {
        static Issued issued;
        if (shown.size() < 2)
            issued = m_ca.issue({name, ""});
        apply(config, {{"edge-client.default", material(issued)}});
        ASSERT_EQ(fetch(request("/")).value_or(edge::Reply{}).head.status, 200);
        shown.push_back(upstream.seen().back().tls->peerChain[0].subject + " over connection "
                        + std::to_string(upstream.seen().back().connection));
    }
    EXPECT_EQ(shown,
              (std::vector<std::string>{"CN=first over connection 1", "CN=second over connection 2",
                                        "CN=second over connection 2"}));
}

TEST_F(GatewayTls, retriesAfterAnAttemptThatRanOutOfItsTime)
{
    ScriptedUpstream upstream(loop, silentAtFirst(), upstreamCredentials(m_ca.issue({"up", ""})));
    serve("slow", upstream.port());
    edge::Route route = forwardTo("/", "slow");
    route.retryPolicy = edge::RetryPolicy{"5xx", 2, 100};
    apply(withUpstreamTls(plainConfig({route}), "slow", upContext()),
          {{"edge-client.default", material(m_ca.issue({"edge", ""}))}});
    const auto reply = fetch(request("/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 200) << reply->body << " " << last().detail << " " << last().flags;
    EXPECT_EQ(upstream.seen().size(), 2U);
}

// It is not spoken, so a browser that was promised it would get nothing.
TEST_F(GatewayTls, neverAgreesOnHttp2)
{
    edge::TlsSettings both;
    both.alpnProtocols = "h2,http/1.1";
    const Issued up = m_ca.issue({"up", ""});
    edge::TlsSettings onUpstream = both;
    onUpstream.certificateChainPem = up.certificate;
    onUpstream.privateKeyPem = up.privateKey;
    ScriptedUpstream upstream(loop, echo(),
                              TlsCredentials::make(TlsCredentials::Side::Server, onUpstream).value());
    serve("echo", upstream.port());
    const std::pair<std::string, std::string> rows[] = {
        {"h2,http/1.1", "http/1.1"}, {"http/1.1,h2", "http/1.1"}, {"h2", ""}};
    for (const auto &[protocols, agreed] : rows) {
        edge::Config config = tlsConfig({"a.test"}, {forwardTo("/", "echo")});
        config.tlsContexts["ctx-a.test"].alpnProtocols = protocols;
        edge::TlsContext context = upContext();
        context.alpnProtocols = protocols;
        apply(withUpstreamTls(config, "echo", context),
              {{"a.test.default", material(m_ca.issue({"a", "DNS:a.test"}))},
               {"edge-client.default", material(m_ca.issue({"edge", ""}))}});
        const auto reply =
            fetchTls("a.test", TlsCredentials::make(TlsCredentials::Side::Client, both).value());
        ASSERT_TRUE(reply) << reply.error().message;
        EXPECT_EQ(reply->tls->alpn, agreed) << protocols;
        ASSERT_TRUE(upstream.seen().back().tls);
        EXPECT_EQ(upstream.seen().back().tls->alpn, "http/1.1") << protocols;
    }
}

TEST_F(GatewayTls, rotatesTheServersCertificateWithoutCuttingOpenConnections)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    const edge::Config config = tlsConfig({"a.test"}, {forwardTo("/", "echo")});
    apply(config, {{"a.test.default", material(m_ca.issue({"before", ""}))}});
    const auto connect =
        [](std::uint16_t to,
           std::shared_ptr<TlsCredentials> with) -> asio::awaitable<std::shared_ptr<edge::H1Connection>> {
        auto stream = co_await edge::Stream::connect("127.0.0.1", to, edge::in(std::chrono::seconds(5)));
        (void)co_await stream->handshakeAsClient(with, "a.test", edge::in(std::chrono::seconds(5)));
        co_return std::make_shared<edge::H1Connection>(std::move(*stream));
    };
    const auto ask = [](std::shared_ptr<edge::H1Connection> on) -> asio::awaitable<std::string> {
        (void)co_await on->stream.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
                                        edge::in(std::chrono::seconds(5)));
        const auto head = co_await on->readHead(10'000, edge::in(std::chrono::seconds(5)));
        const auto parsed = edge::parseResponseHead(*head, 100);
        on->startBody(*edge::bodyLength(*parsed, "GET"));
        std::string body;
        while (!on->bodyEnded())
            body += (co_await on->readBody(edge::in(std::chrono::seconds(5)))).value_or("?");
        co_return body;
    };
    const auto open = run(loop, connect(port(8443), clientCredentials())).value();
    EXPECT_EQ(run(loop, ask(open)).value(), "echo GET /x ");
    apply(config, {{"a.test.default", material(m_ca.issue({"after", ""}))}});
    EXPECT_EQ(run(loop, ask(open)).value(), "echo GET /x ") << "the old connection goes on";
    EXPECT_EQ(leafName(fetchTls("a.test", clientCredentials())), "CN=after");
}
