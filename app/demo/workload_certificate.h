// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an istio-agent does for one workload: holds its certificate from the mesh CA and renews it at half of
// its life. Renewing can be stalled (a fault): then the certificate runs out, as with a broken istiod.
// Thread: the loop.
#include "app/demo/authority.h"
#include "app/demo/timer.h"
#include "edge/tls_credentials.h"

#include <functional>
#include <map>

namespace demo {

inline constexpr std::string_view TrustDomain = "cluster.local";

enum class Rotation { Running, Stalled, Aged }; // stalled: nothing is renewed

std::string spiffeId(const std::string &nameSpace, const std::string &serviceAccount);
CertificateWish workloadWish(const std::string &nameSpace, const std::string &serviceAccount, WallTime now,
                             std::chrono::seconds life);

// A sidecar's server side: a client certificate of the mesh CA with an identity of the trust domain, or the
// alert that Envoy would send.
edge::Result<std::shared_ptr<edge::TlsCredentials>>
meshServerCredentials(const KeyPair &own, const std::string &rootPem, const std::string &alpn);
edge::Result<std::shared_ptr<edge::TlsCredentials>>
meshClientCredentials(const KeyPair &own, const std::string &rootPem, const std::string &alpn);

class WorkloadCertificate
{
public:
    WorkloadCertificate(asio::io_context &loop, const Authority &authority, std::string nameSpace,
                        std::string serviceAccount, std::chrono::seconds life);
    void start(); // issues the first one at once
    void stop();
    void renewNow();
    // Running: renewed at once.  Aged: a certificate whose life is over but for a tenth is what it has, as after hours without a renewal.
    void setRotation(Rotation rotation);
    std::function<void(const KeyPair &)> changed; // also for the first one

    const KeyPair &current() const { return m_current; }
    const std::string &rootPem() const { return m_authority.certificate(); }
    const Authority &authority() const { return m_authority; }
    std::string identity() const { return spiffeId(m_nameSpace, m_serviceAccount); }
    int renewals() const { return m_issued - 1; }
    // Made from the current certificate; nullptr if OpenSSL refused it.
    std::shared_ptr<edge::TlsCredentials> server(const std::string &alpn);
    std::shared_ptr<edge::TlsCredentials> client(const std::string &alpn);

private:
    void renew();
    void age();
    void take(edge::Result<KeyPair> issued);
    void arm();

    Timer m_timer;
    const Authority &m_authority;
    std::string m_nameSpace, m_serviceAccount;
    std::chrono::seconds m_life;
    KeyPair m_current;
    std::map<std::string, std::shared_ptr<edge::TlsCredentials>> m_servers,
        m_clients; // by ALPN, of m_current
    int m_issued = 0;
    Rotation m_rotation = Rotation::Running;
};

} // namespace demo
