// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A certificate authority of the demo: the mesh's (istiod's self-signed root), the API server's, and in tests
// a foreign one. Keys are P-256 and live in memory; nothing here writes a file.  Thread: any, one at a time.
#include "edge/result.h"

#include <chrono>
#include <memory>
#include <vector>

namespace demo {

using WallTime = std::chrono::system_clock::time_point;

struct KeyPair // PEM text; never logged
{
    std::string certificateChain, privateKey;
    WallTime notBefore, notAfter;
};

struct CertificateWish
{
    std::string commonName, organization; // "": left out; workload certificates have neither
    std::vector<std::string> names;       // "URI:spiffe://…", "DNS:localhost", "IP:127.0.0.1"
    WallTime notBefore, notAfter;
    bool forClients = true, forServers = true;
};

class Authority
{
public:
    // Self-signed, from two minutes ago on, as istiod backdates.
    static edge::Result<std::unique_ptr<Authority>> make(const std::string &organization,
                                                         std::chrono::seconds life);
    ~Authority();
    Authority(const Authority &) = delete;
    Authority &operator=(const Authority &) = delete;

    edge::Result<KeyPair> issue(const CertificateWish &wish) const;
    // An authority that this one has signed, valid from two minutes ago until `notAfter`.  Whoever trusts this one trusts it;
    // a chain shows its certificate() behind the leaf.
    edge::Result<std::unique_ptr<Authority>> intermediate(const std::string &organization,
                                                          WallTime notAfter) const;
    const std::string &certificate() const; // PEM
    WallTime notAfter() const;
    const std::string &privateKey() const; // PEM; istiod keeps it in the Secret istio-ca-secret

private:
    struct State;
    explicit Authority(std::unique_ptr<State> state);
    static edge::Result<std::unique_ptr<Authority>> signedBy(const State *parent,
                                                             const CertificateWish &wish);
    std::unique_ptr<State> m_state;
};

} // namespace demo
