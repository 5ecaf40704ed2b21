// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// SSL_CTX made from PEM text: what a side presents, whom it trusts, which ALPN it offers.
// Keys are held by OpenSSL only; no message of this file contains key material.
#include "edge/result.h"
#include "edge/tls_facts.h"

#include <functional>
#include <memory>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace edge {

struct TlsSettings
{
    std::string certificateChainPem; // leaf first; empty: present none (client only)
    std::string privateKeyPem;
    std::string trustedCaPem; // empty: the peer is not verified (Emissary's upstreams without ca_secret)
    std::string
        revocationListPem; // with it every certificate of a chain needs a list that is in force; "" none
    bool requirePeerCertificate = false; // server: ask for a client certificate and refuse without
    bool verifyPeerName = false;         // client: the certificate must name the serverName of the handshake
    std::string alpnProtocols;           // "h2,http/1.1"; offered (client) or accepted in this order (server)
    std::string minVersion = "v1.2", maxVersion = "v1.3";
    std::string cipherSuites; // OpenSSL list for TLS ≤ 1.2; "" default
    std::string curves;       // "P-256:X25519", in this order; "" default
    bool operator==(const TlsSettings &) const = default;
};

class TlsCredentials
{
public:
    enum class Side { Client, Server };
    static Result<std::shared_ptr<TlsCredentials>> make(Side side, const TlsSettings &settings);
    ~TlsCredentials();
    TlsCredentials(const TlsCredentials &) = delete;
    TlsCredentials &operator=(const TlsCredentials &) = delete;
    SSL_CTX *native() const { return m_context; }
    bool verifiesName() const { return m_verifyName; }

private:
    explicit TlsCredentials(SSL_CTX *context);
    SSL_CTX *m_context;
    std::string m_alpnWire;
    bool m_verifyName = false;
};

TlsFacts tlsFacts(SSL *ssl);                                                 // after the handshake
Result<std::vector<PeerCertificate>> readCertificates(std::string_view pem); // every PEM block, in order
std::string openSslError(); // the newest error of this thread, in words; clears the queue

} // namespace edge
