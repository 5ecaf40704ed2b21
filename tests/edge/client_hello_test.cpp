// SPDX-License-Identifier: GPL-3.0-or-later
// Server name and ALPN read out of hellos that OpenSSL wrote, whole, cut and damaged.
#include "edge/stream.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <random>

namespace edge {

namespace {

// What OpenSSL sends first. protocols: in ALPN's wire form; "" asks for none.
std::string helloOf(const std::string &serverName, const std::string &protocols, int highestVersion = 0)
{
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX *)> context(SSL_CTX_new(TLS_client_method()),
                                                                SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), highestVersion);
    const std::unique_ptr<SSL, void (*)(SSL *)> ssl(SSL_new(context.get()), SSL_free);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), in, out); // takes both
    if (!serverName.empty())
        SSL_set_tlsext_host_name(ssl.get(), serverName.c_str());
    if (!protocols.empty())
        SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char *>(protocols.data()),
                            unsigned(protocols.size()));
    SSL_connect(ssl.get()); // wants an answer after its first flight
    char *data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    return {data, std::size_t(size)};
}

std::string wire(const std::vector<std::string> &protocols)
{
    std::string text;
    for (const std::string &protocol : protocols)
        text += char(protocol.size()) + protocol;
    return text;
}

struct HelloCase
{
    const char *title;
    std::string serverName;
    std::vector<std::string> alpn;
    int highestVersion = 0;
};

} // namespace

class ClientHelloCase : public testing::TestWithParam<HelloCase>
{
};

TEST_P(ClientHelloCase, IsReadAsOpenSslWroteIt)
{
    const HelloCase &row = GetParam();
    const auto hello = readClientHello(helloOf(row.serverName, wire(row.alpn), row.highestVersion));
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->serverName, row.serverName);
    EXPECT_EQ(hello->alpn, row.alpn);
}

INSTANTIATE_TEST_SUITE_P(Hellos, ClientHelloCase,
                         testing::Values(HelloCase{"a name and no protocol", "shop.example.com", {}},
                                         HelloCase{"two protocols", "a.b", {"h2", "http/1.1"}},
                                         HelloCase{"Istio's own",
                                                   "outbound_.80_._.quote.default.svc.cluster.local",
                                                   {"istio-http/1.1", "istio", "http/1.1"}},
                                         HelloCase{"no name", "", {"http/1.1"}}, HelloCase{"neither", "", {}},
                                         HelloCase{
                                             "TLS 1.2", "old.example.com", {"http/1.1"}, TLS1_2_VERSION},
                                         HelloCase{"the longest name", std::string(255, 'n'), {"h2"}}),
                         [](const auto &row) {
                             std::string name = row.param.title;
                             for (char &c : name)
                                 c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                             return name;
                         });

TEST(ClientHello, OfWhichAPartHasComeSaysNothingThatIsNotThere)
{
    const std::string whole = helloOf("shop.example.com", wire({"h2", "http/1.1"}));
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const auto hello = readClientHello(std::string_view(whole).substr(0, size));
        ASSERT_TRUE(hello) << size; // it may still become one
        EXPECT_TRUE(std::string("shop.example.com").starts_with(hello->serverName)) << size;
        EXPECT_LE(hello->alpn.size(), 3U) << size;
    }
}

TEST(ClientHello, IsNotSeenInOtherBytes)
{
    using namespace std::string_view_literals;
    for (const std::string_view bytes :
         {""sv, "GET / HTTP/1.1\r\n\r\n"sv, "\x16\x02\x01"sv, "\x15\x03\x01\x00\x02\x01\x00"sv,
          "\x16\x03\x01\x00\x04\x02\x00\x00\x00"sv, "PRI * HTTP/2.0\r\n"sv})
        EXPECT_FALSE(readClientHello(bytes)) << bytes;
}

TEST(ClientHello, ThatIsDamagedEndsAndStaysInsideItsBytes) // the sanitizers watch
{
    const std::string whole = helloOf("shop.example.com", wire({"h2", "http/1.1"}));
    std::mt19937 random(5);
    for (int i = 0; i < 5000; ++i) {
        std::string bytes = whole;
        for (int damage = 0; damage < 4; ++damage)
            bytes[6 + random() % (bytes.size() - 6)] = char(random());
        const auto hello = readClientHello(bytes);
        ASSERT_TRUE(hello);
        std::size_t told = hello->serverName.size();
        for (const std::string &protocol : hello->alpn)
            told += protocol.size();
        EXPECT_LE(told, bytes.size());
    }
}

} // namespace edge
