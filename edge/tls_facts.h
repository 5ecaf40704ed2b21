// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What was seen of a TLS handshake, as plain values.
#include <cstdint>
#include <string>
#include <vector>

namespace edge {

struct PeerCertificate
{
    std::string subject; // CN=..., or "" as in Istio's workload certificates
    std::string issuer;
    std::string serial;      // lower-case hex
    std::string fingerprint; // SHA-256 of the DER, lower-case hex
    std::vector<std::string> dnsNames;
    std::vector<std::string> uriNames; // spiffe://trust-domain/ns/NAMESPACE/sa/ACCOUNT
    std::int64_t notBefore = 0;        // seconds since 1970, UTC
    std::int64_t notAfter = 0;
    std::string pem;
    bool operator==(const PeerCertificate &) const = default;
};

struct TlsFacts
{
    std::string version; // TLSv1.3
    std::string cipher;
    std::string alpn;                       // what was selected; "" if nothing
    std::string serverName;                 // SNI sent (upstream) or received (downstream)
    std::vector<PeerCertificate> peerChain; // leaf first; empty if the peer showed none
    bool operator==(const TlsFacts &) const = default;
};

} // namespace edge
