// SPDX-License-Identifier: GPL-3.0-or-later
// What two sides agree on, by the settings of each.
#include "edge/client.h"
#include "tests/edge/loop_runner.h"
#include "tests/edge/scripted_upstream.h"
#include "tests/edge/test_authority.h"

using edge::TlsCredentials;
using edge::TlsSettings;
using namespace edge_test;

namespace {

class TlsAgreement : public testing::Test
{
protected:
    TlsSettings server(const Issued &own) const
    {
        TlsSettings settings;
        settings.certificateChainPem = own.certificate;
        settings.privateKeyPem = own.privateKey;
        return settings;
    }

    // "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256" or "refused"
    std::string agreed(const TlsSettings &onServer, const TlsSettings &onClient)
    {
        ScriptedUpstream upstream(loop, echo(),
                                  TlsCredentials::make(TlsCredentials::Side::Server, onServer).value());
        edge::ClientRequest wanted;
        wanted.port = upstream.port();
        wanted.tls = TlsCredentials::make(TlsCredentials::Side::Client, onClient).value();
        wanted.head.method = "GET";
        wanted.head.target = "/";
        wanted.head.headers.add("Host", "a.test");
        const auto reply = run(loop, edge::fetch(wanted));
        return reply && *reply ? (*reply)->tls->version + " " + (*reply)->tls->cipher : "refused";
    }

    asio::io_context loop{1};
    TestAuthority m_ca{"ca"};
    Issued m_own = m_ca.issue({"a", "DNS:a.test"});
};

constexpr const char *AnyCipher = "DEFAULT@SECLEVEL=0"; // TLS 1.1 needs it, whatever the versions say

} // namespace

TEST_F(TlsAgreement, usesTheCipherSuitesOfTheSettings)
{
    TlsSettings onServer = server(m_own), onClient;
    onServer.maxVersion = "v1.2";
    onServer.cipherSuites = "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256";
    EXPECT_EQ(agreed(onServer, onClient).substr(0, 28), "TLSv1.2 ECDHE-ECDSA-AES256-S");
    onClient.cipherSuites = "ECDHE-ECDSA-AES128-SHA256";
    EXPECT_EQ(agreed(onServer, onClient), "TLSv1.2 ECDHE-ECDSA-AES128-SHA256");
    onClient.cipherSuites = "ECDHE-ECDSA-AES128-GCM-SHA256";
    EXPECT_EQ(agreed(onServer, onClient), "refused");
}

TEST_F(TlsAgreement, refusesSuitesThatNobodyKnows)
{
    TlsSettings settings = server(m_own);
    settings.cipherSuites = "ROT13";
    const auto made = TlsCredentials::make(TlsCredentials::Side::Server, settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "no known cipher suite in ROT13");
}

TEST_F(TlsAgreement, needsTls12UnlessTheSettingsSayLess)
{
    TlsSettings onServer = server(m_own), onClient;
    onServer.cipherSuites = onClient.cipherSuites = AnyCipher;
    onClient.minVersion = "v1.0";
    onClient.maxVersion = "v1.1";
    EXPECT_EQ(agreed(onServer, onClient), "refused");
    onServer.minVersion = ""; // unknown words are the default
    EXPECT_EQ(agreed(onServer, onClient), "refused");
    onServer.minVersion = "v1.0";
    EXPECT_EQ(agreed(onServer, onClient).substr(0, 8), "TLSv1.1 ") << "else the two above prove nothing";
}

TEST_F(TlsAgreement, takesWhatIsNoRootForAnAnchor)
{
    TlsSettings onClient;
    onClient.trustedCaPem = m_own.certificate;
    EXPECT_EQ(agreed(server(m_own), onClient).substr(0, 7), "TLSv1.3");
    onClient.trustedCaPem = m_ca.issue({"another", ""}).certificate;
    EXPECT_EQ(agreed(server(m_own), onClient), "refused");
}

TEST_F(TlsAgreement, usesTheCurvesOfTheSettings)
{
    TlsSettings onServer = server(m_own), onClient;
    onServer.curves = "P-384";
    EXPECT_EQ(agreed(onServer, onClient).substr(0, 7), "TLSv1.3");
    onClient.curves = "X25519:P-256";
    EXPECT_EQ(agreed(onServer, onClient), "refused");
    onClient.curves = "X25519:P-384";
    EXPECT_EQ(agreed(onServer, onClient).substr(0, 7), "TLSv1.3");
}

TEST_F(TlsAgreement, refusesCurvesThatNobodyKnows)
{
    TlsSettings settings = server(m_own);
    settings.curves = "P-256:ROT13";
    const auto made = TlsCredentials::make(TlsCredentials::Side::Server, settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "not every curve is known of P-256:ROT13");
}

// OpenSSL's own security level forbids it where no cipher list says otherwise.
TEST_F(TlsAgreement, speaksAnOldVersionWithoutBeingToldCiphers)
{
    TlsSettings onServer = server(m_own), onClient;
    onServer.minVersion = onClient.minVersion = "v1.0";
    onClient.maxVersion = "v1.1";
    EXPECT_EQ(agreed(onServer, onClient).substr(0, 8), "TLSv1.1 ");
}
