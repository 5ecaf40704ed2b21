// SPDX-License-Identifier: GPL-3.0-or-later
// The edge from manifests: which ports, which addresses of services, which secrets; and again when they
// change.
#include "edge/client.h"
#include "edge/run/edge_runner.h"
#include "tests/edge/foreign_program.h"
#include "tests/edge/scripted_upstream.h"
#include "tests/edge/test_authority.h"

using edge::Endpoint;
using namespace edge_test;

namespace {

std::vector<edge::Value> manifests(const std::string &yaml)
{
    auto objects = edge::parseYaml(yaml);
    EXPECT_TRUE(objects.has_value());
    return objects.value_or(std::vector<edge::Value>{});
}

std::string mapping(const std::string &name, const std::string &prefix, const std::string &service)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
        + "}\nspec: {prefix: " + prefix + ", service: '" + service + "'}\n";
}

edge::EdgeRunOptions v1Options()
{
    edge::EdgeRunOptions options;
    options.compile.compat = edge::Compat::V1;
    options.compile.ambassadorNamespace = "default";
    options.listens = {{"127.0.0.1", 0}};
    return options;
}

std::string curl(asio::io_context &loop, const std::string &arguments)
{
    const ProgramResult result = runProgram(loop, "curl -s --max-time 10 " + arguments);
    return result.exitCode == 127 ? "skipped: no curl" : result.output;
}

} // namespace

TEST(EdgeRunner, saysWhatADiagnosticIsOfIfItIsOfSomething)
{
    using edge::Diagnostic;
    Diagnostic one{Diagnostic::Severity::Error, {"Mapping", "a", "prod"}, "spec.prefix", "is missing", true};
    EXPECT_EQ(edge::textOf(one), "Mapping prod/a: spec.prefix: is missing");
    one.object = {};
    one.path = "";
    EXPECT_EQ(edge::textOf(one), "is missing");
}

TEST(EdgeRunner, servesManifestsToCurlAndFollowsTheirChanges)
{
    asio::io_context loop(1);
    ScriptedUpstream one(loop, echo("one"));
    ScriptedUpstream two(loop, echo("two"));
    edge::EdgeRunOptions options = v1Options();
    options.services = {{"one", {"127.0.0.1", one.port()}}, {"two.default:8080", {"127.0.0.1", two.port()}}};
    edge::EdgeRunner runner(loop, options);
    const auto notes = runner.apply(manifests(mapping("one", "/m/", "one")));
    ASSERT_TRUE(notes) << notes.error().message;
    ASSERT_EQ(runner.addresses().size(), 1U);
    const std::string url = runner.addresses()[0];
    const std::string first = curl(loop, url + "/m/x");
    if (first.find("skipped") == 0)
        GTEST_SKIP() << first;
    EXPECT_EQ(first, "one GET /x ");
    ASSERT_TRUE(
        runner.apply(manifests(mapping("two", "/m/", "two.default:8080") + mapping("none", "/n/", "three"))));
    EXPECT_EQ(runner.addresses(), std::vector<std::string>{url}) << "the port stays";
    EXPECT_EQ(curl(loop, "-d body " + url + "/m/y"), "two POST /y body");
    EXPECT_EQ(curl(loop, url + "/n/"), "no healthy upstream")
        << "a service without an address has no endpoints";
    runner.stop();
}

TEST(EdgeRunner, saysWhatItDoesNotDo)
{
    asio::io_context loop(1);
    edge::EdgeRunner runner(loop, v1Options());
    const auto notes =
        runner.apply(manifests("---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: "
                               "g}\nspec: {prefix: /g/, service: g, grpc: true}\n"
                               "---\napiVersion: getambassador.io/v2\nkind: AuthService\nmetadata: {name: "
                               "a}\nspec: {auth_service: a}\n"
                               "---\napiVersion: getambassador.io/v2\nkind: Module\nmetadata: {name: "
                               "ambassador}\nspec: {config: {gzip: {}}}\n"));
    ASSERT_TRUE(notes);
    std::string all;
    for (const std::string &note : *notes)
        all += note + "\n";
    for (const char *part : {"AuthService is not asked", "not compressed",
                             "Mapping default/g: its service is spoken to by HTTP/1.1"})
        EXPECT_NE(all.find(part), std::string::npos) << part << " in:\n" << all;
    runner.stop();
}

TEST(EdgeRunner, keepsConnectionsOfWhatAChangeLeavesAlone)
{
    asio::io_context loop(1);
    ScriptedUpstream one(loop, echo("one"));
    edge::EdgeRunOptions options = v1Options();
    options.services = {{"one", {"127.0.0.1", one.port()}}};
    edge::EdgeRunner runner(loop, options);
    for (const char *other : {"/a/", "/b/", "/c/"}) {
        ASSERT_TRUE(runner.apply(manifests(mapping("one", "/m/", "one") + mapping("two", other, "two"))));
        const std::string answer = curl(loop, runner.addresses()[0] + "/m/x");
        if (answer.find("skipped") == 0)
            GTEST_SKIP() << answer;
        EXPECT_EQ(answer, "one GET /x ");
    }
    EXPECT_EQ(one.connections(), 1) << "changes elsewhere close nothing";
    runner.stop();
}

TEST(EdgeRunner, terminatesTlsWithTheSecretsOfTheManifests)
{
    asio::io_context loop(1);
    ScriptedUpstream upstream(loop);
    const TestAuthority ca("test-ca");
    const Issued issued = ca.issue({"edge", "DNS:a.test"});
    edge::Value secret =
        edge::Value::object({{"apiVersion", "v1"}, {"kind", "Secret"}, {"type", "kubernetes.io/tls"}});
    secret.child("metadata").set("name", "cert");
    secret.child("stringData").set("tls.crt", issued.certificate);
    secret.child("stringData").set("tls.key", issued.privateKey);
    std::vector<edge::Value> objects =
        manifests(mapping("one", "/", "echo")
                  + "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: ctx}\nspec: "
                    "{hosts: [a.test], secret: cert}\n");
    objects.push_back(secret);
    edge::EdgeRunOptions options = v1Options();
    options.services = {{"echo", {"127.0.0.1", upstream.port()}}};
    edge::EdgeRunner runner(loop, options);
    const auto notes = runner.apply(objects);
    ASSERT_TRUE(notes);
    ASSERT_EQ(runner.addresses().size(), 1U);
    const std::string port = runner.addresses()[0].substr(runner.addresses()[0].rfind(':') + 1);
    EXPECT_EQ(runner.addresses()[0].substr(0, 8), "https://");
    const std::string answer =
        curl(loop, "-k --connect-to a.test:443:127.0.0.1:" + port + " https://a.test/x");
    if (answer.find("skipped") == 0)
        GTEST_SKIP() << answer;
    EXPECT_EQ(answer, "echo GET /x ");
    runner.stop();
}

TEST(EdgeRunner, bindsListenersByPortAndTheRestInOrder)
{
    edge::Config config;
    config.listeners.resize(2);
    config.listeners[0].port = 8443;
    config.listeners[1].port = 8080;
    edge::EdgeRunOptions options;
    const auto where = [&](int i) {
        const auto found = edge::bindingOf(options, config, config.listeners[std::size_t(i)]);
        return found ? found->address + ":" + std::to_string(found->port) : "nowhere";
    };
    EXPECT_EQ(where(0), "127.0.0.1:8443") << "its own port where nothing is said";
    options.listens = {{"0.0.0.0", 8080}, {"127.0.0.1", 9000}};
    EXPECT_EQ(where(1), "0.0.0.0:8080") << "the address of its port";
    EXPECT_EQ(where(0), "127.0.0.1:9000") << "no Listener resource made it: the address that is left";
    config.listeners[0].listener = {"Listener", "l", "default"};
    EXPECT_EQ(where(0), "nowhere") << "a Listener that was not asked for";
    options.listeners[8443] = {"127.0.0.1", 9443};
    EXPECT_EQ(where(0), "127.0.0.1:9443");
}

TEST(EdgeRunner, findsServicesByNameWithAndWithoutNamespaceAndPort)
{
    const std::map<std::string, Endpoint> services{{"echo", {"a", 1}},         {"echo.prod", {"b", 2}},
                                                   {"echo:8080", {"c", 3}},    {"quote.home", {"d", 4}},
                                                   {"cart.home:81", {"e", 5}}, {"quote.other", {"f", 6}}};
    const auto port = [&](std::string host, std::uint16_t of) {
        edge::Cluster cluster;
        cluster.host = std::move(host);
        cluster.port = of;
        const auto found = edge::mappedEndpoint(services, cluster, "home");
        return found ? int(found->port) : -1;
    };
    EXPECT_EQ(port("echo", 80), 1);
    EXPECT_EQ(port("echo.default", 80), 1);
    EXPECT_EQ(port("echo.prod.svc.cluster.local", 80), 2);
    EXPECT_EQ(port("echo.default", 8080), 3);
    EXPECT_EQ(port("echoes", 80), -1);
    EXPECT_EQ(port("quote", 80), 4) << "by the name that the edge's DNS finds it under";
    EXPECT_EQ(port("cart", 81), 5);
    EXPECT_EQ(port("cart", 80), -1);
    EXPECT_EQ(port("quote.away", 80), -1);
}

TEST(EdgeRunner, namesTheOptionsThatFitNothing)
{
    edge::Config config;
    edge::Listener listener;
    listener.port = 8080;
    listener.listener = {"Listener", "l", "default"};
    config.listeners.push_back(listener);
    edge::Cluster cluster;
    cluster.host = "quote";
    config.clusters.edit("cluster_quote") = cluster;
    const auto said = [&](const edge::EdgeRunOptions &options, const edge::Config &of) {
        std::string all;
        for (const std::string &sentence : edge::unusedOptions(options, of))
            all += sentence + "\n";
        return all;
    };
    edge::EdgeRunOptions options;
    options.compile.ambassadorNamespace = "default";
    EXPECT_EQ(said(options, config), "");
    options.services = {{"quote", {"127.0.0.1", 1}}};
    options.listens = {{"127.0.0.1", 8080}};
    EXPECT_EQ(said(options, config), "");
    options.listens.clear();
    options.listeners = {{8080, {"::1", 9090}}};
    EXPECT_EQ(said(options, config), "");

    options.listens = {{"::1", 18080}};
    options.listeners = {{8443, {"127.0.0.1", 9443}}};
    options.services = {{"quotes", {"127.0.0.1", 1}}, {"quote.default:80", {"127.0.0.1", 2}}};
    EXPECT_EQ(said(options, config),
              "--listen [::1]:18080 fits the port of no Listener; there is 8080; to serve one elsewhere give "
              "--listener 8080=[::1]:18080\n"
              "--listener 8443 fits the port of no Listener; there is 8080\n"
              "--map quotes fits no service that a Mapping leads to; they lead to quote.default:80\n");
    EXPECT_EQ(said(options, edge::Config()),
              "--listen [::1]:18080 fits the port of no Listener; there is none\n"
              "--listener 8443 fits the port of no Listener; there is none\n"
              "--map quote.default:80 fits no service that a Mapping leads to\n"
              "--map quotes fits no service that a Mapping leads to\n");
}

TEST(EdgeRunner, readsAddressesAndRefusesWhatIsNone)
{
    EXPECT_EQ(edge::parseEndpoint("127.0.0.1:80").value_or(Endpoint{}).port, 80);
    EXPECT_EQ(edge::parseEndpoint("[::1]:443").value_or(Endpoint{}).address, "::1");
    EXPECT_EQ(edge::parseEndpoint(":8080").value_or(Endpoint{}).address, "127.0.0.1");
    EXPECT_EQ(edge::parseEndpoint("9000").value_or(Endpoint{}).port, 9000);
    for (const char *bad : {"", "x", "a:", "a:99999", "a:-1", "a:8 0"})
        EXPECT_FALSE(edge::parseEndpoint(bad)) << bad;
}

TEST(SecretStore, decodesBase64AndRefusesWhatIsNone)
{
    EXPECT_EQ(edge::decodeBase64("aGVsbG8="), "hello");
    EXPECT_EQ(edge::decodeBase64("aGVs\nbG8="), "hello");
    EXPECT_EQ(edge::decodeBase64("/+8="), "\xff\xef");
    EXPECT_EQ(edge::decodeBase64(""), "");
    for (const char *bad : {"a", "aGVsbG8=x", "a*b=", "===="})
        EXPECT_FALSE(edge::decodeBase64(bad)) << bad;
}

TEST(SecretStore, takesTheCertificateOfASecretWithoutAKeyAsTrusted)
{
    const auto store = edge::secretsOf(
        manifests(
            "kind: Secret\nmetadata: {name: ca}\nstringData: {tls.crt: ROOT}\n---\nkind: Secret\nmetadata: "
            "{name: pair, namespace: x}\nstringData: {tls.crt: LEAF, tls.key: KEY, ca.crt: ROOT}\n"),
        "default");
    EXPECT_EQ(store.at("ca.default").trustedCa, "ROOT");
    EXPECT_EQ(store.at("pair.x").certificateChain, "LEAF");
    EXPECT_EQ(store.at("pair.x").trustedCa, "ROOT");
}
