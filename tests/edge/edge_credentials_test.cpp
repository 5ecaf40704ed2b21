// SPDX-License-Identifier: GPL-3.0-or-later
// TLSContexts that name files of the edge's own disk, by what can be read there.
#include "edge/edge_credentials.h"
#include "tests/edge/test_authority.h"

#include <gtest/gtest.h>

using namespace edge_test;

namespace {

using Disk = std::map<std::string, std::string>;

// A cluster goes out with the context "mesh", and a chain presents it.
edge::Config withFiles()
{
    edge::Config config;
    edge::TlsContext &context = config.tlsContexts["mesh"];
    context.name = "mesh";
    context.certFile = "/etc/istio-certs/cert-chain.pem";
    context.keyFile = "/etc/istio-certs/key.pem";
    context.caFile = "/etc/istio-certs/root-cert.pem";
    edge::Cluster &cluster = config.clusters.edit("quote");
    cluster.name = "quote";
    cluster.tls = true;
    cluster.tlsContext = "mesh";
    edge::FilterChain chain;
    chain.tls = true;
    chain.tlsContext = "mesh";
    edge::Listener listener;
    listener.chains.push_back(chain);
    config.listeners.push_back(listener);
    return config;
}

Disk disk(const Issued &own, const std::string &authority)
{
    return {{"/etc/istio-certs/cert-chain.pem", own.certificate},
            {"/etc/istio-certs/key.pem", own.privateKey},
            {"/etc/istio-certs/root-cert.pem", authority}};
}

edge::ReadFile from(const Disk &files)
{
    return [files](const std::string &path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
}

} // namespace

TEST(EdgeCredentials, ReadsTheFilesThatAContextNames)
{
    const TestAuthority authority("mesh");
    const Issued own = authority.issue({"edge", "URI:spiffe://cluster.local/ns/ambassador/sa/default"});
    edge::EdgeCredentials credentials;
    EXPECT_TRUE(credentials.update(withFiles(), {}, from(disk(own, authority.certificate()))).empty());
    EXPECT_TRUE(credentials.client("mesh").credentials);
    EXPECT_TRUE(credentials.server("mesh").credentials);
    ASSERT_EQ(credentials.loaded().size(), 3U); // and the upstream side without a context
    EXPECT_EQ(credentials.loaded()[0].certificateChainPem, own.certificate);
    EXPECT_EQ(credentials.loaded()[0].trustedCaPem, authority.certificate());
    EXPECT_TRUE(credentials.update(withFiles(), {}, from(disk(own, authority.certificate()))).empty());
    EXPECT_FALSE(credentials.hasChanged());
}

TEST(EdgeCredentials, SaysWhichFileItMisses)
{
    const TestAuthority authority("mesh");
    const Issued own = authority.issue({"edge", ""});
    for (const auto &[missing, said] :
         {std::pair<std::string, std::string>{
              "cert-chain.pem", "cert_chain_file names /etc/istio-certs/cert-chain.pem, which is"},
          {"key.pem", "private_key_file names /etc/istio-certs/key.pem, which is not there"},
          {"root-cert.pem", "cacert_chain_file names /etc/istio-certs/root-cert.pem, which is not there"}}) {
        Disk files = disk(own, authority.certificate());
        files.erase("/etc/istio-certs/" + missing);
        edge::EdgeCredentials credentials;
        const auto problems = credentials.update(withFiles(), {}, from(files));
        ASSERT_EQ(problems.size(), 2U) << missing;
        EXPECT_NE(problems[0].message.find(said), std::string::npos) << problems[0].message;
        EXPECT_FALSE(credentials.client("mesh").credentials);
        EXPECT_FALSE(credentials.server("mesh").credentials);
    }
}

TEST(EdgeCredentials, ServesNoFilesWhereNoneAreRead)
{
    edge::EdgeCredentials credentials;
    const auto problems = credentials.update(withFiles(), {});
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_NE(problems[0].message.find("not read here"), std::string::npos) << problems[0].message;
    EXPECT_FALSE(credentials.client("mesh").credentials);
}
