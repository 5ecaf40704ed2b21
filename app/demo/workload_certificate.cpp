// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/workload_certificate.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace demo {

namespace {

constexpr std::chrono::minutes Backdated{2}; // against clocks that differ, as istiod does

bool belongsToTrustDomain(X509 *certificate)
{
    const std::string wanted = "spiffe://" + std::string(TrustDomain) + "/";
    auto *names =
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    bool found = false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI)
            continue;
        const ASN1_STRING *uri = name->d.uniformResourceIdentifier;
        const std::string_view text(reinterpret_cast<const char *>(ASN1_STRING_get0_data(uri)),
                                    std::size_t(ASN1_STRING_length(uri)));
        found = found || text.starts_with(wanted);
    }
    GENERAL_NAMES_free(names);
    return found;
}

// Chooses errors so that OpenSSL's alerts are the ones that Envoy sends (facts sidecar-truth.md §1).
int verifyPeer(int chainIsGood, X509_STORE_CTX *context)
{
    if (X509_STORE_CTX_get_error(context) == X509_V_ERR_CERT_NOT_YET_VALID)
        X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_HAS_EXPIRED);
    if (!chainIsGood)
        return 0;
    if (X509_STORE_CTX_get_error_depth(context) == 0
        && !belongsToTrustDomain(X509_STORE_CTX_get_current_cert(context))) {
        X509_STORE_CTX_set_error(
            context, X509_V_ERR_PERMITTED_VIOLATION); // has no alert of its own: certificate_unknown
        return 0;
    }
    return 1;
}

edge::TlsSettings settingsOf(const KeyPair &own, const std::string &rootPem, const std::string &alpn)
{
    edge::TlsSettings settings;
    settings.certificateChainPem = own.certificateChain;
    settings.privateKeyPem = own.privateKey;
    settings.trustedCaPem = rootPem;
    settings.alpnProtocols = alpn;
    return settings;
}

} // namespace

std::string spiffeId(const std::string &nameSpace, const std::string &serviceAccount)
{
    return "spiffe://" + std::string(TrustDomain) + "/ns/" + nameSpace + "/sa/" + serviceAccount;
}

CertificateWish workloadWish(const std::string &nameSpace, const std::string &serviceAccount, WallTime now,
                             std::chrono::seconds life)
{
    CertificateWish wish;
    wish.names = {"URI:" + spiffeId(nameSpace, serviceAccount)};
    wish.notBefore = now - Backdated;
    wish.notAfter = now + life;
    return wish;
}

edge::Result<std::shared_ptr<edge::TlsCredentials>>
meshServerCredentials(const KeyPair &own, const std::string &rootPem, const std::string &alpn)
{
    edge::TlsSettings settings = settingsOf(own, rootPem, alpn);
    settings.requirePeerCertificate = true;
    auto credentials = edge::TlsCredentials::make(edge::TlsCredentials::Side::Server, settings);
    if (credentials)
        SSL_CTX_set_verify((*credentials)->native(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           verifyPeer);
    return credentials;
}

edge::Result<std::shared_ptr<edge::TlsCredentials>>
meshClientCredentials(const KeyPair &own, const std::string &rootPem, const std::string &alpn)
{
    auto credentials =
        edge::TlsCredentials::make(edge::TlsCredentials::Side::Client, settingsOf(own, rootPem, alpn));
    if (credentials)
        SSL_CTX_set_verify((*credentials)->native(), SSL_VERIFY_PEER, verifyPeer);
    return credentials;
}

WorkloadCertificate::WorkloadCertificate(asio::io_context &loop, const Authority &authority,
                                         std::string nameSpace, std::string serviceAccount,
                                         std::chrono::seconds life)
    : m_timer(loop)
    , m_authority(authority)
    , m_nameSpace(std::move(nameSpace))
    , m_serviceAccount(std::move(serviceAccount))
    , m_life(life)
{
}

void WorkloadCertificate::start()
{
    renew();
    if (m_rotation == Rotation::Aged)
        age();
    arm();
}

void WorkloadCertificate::stop()
{
    m_timer.stop();
    changed = {};
}

void WorkloadCertificate::renewNow()
{
    renew();
    arm();
}

void WorkloadCertificate::setRotation(Rotation rotation)
{
    const Rotation before = std::exchange(m_rotation, rotation);
    if (rotation == before || m_issued == 0)
        return;
    if (rotation == Rotation::Running)
        renewNow();
    else if (rotation == Rotation::Aged)
        age();
}

void WorkloadCertificate::age()
{
    const auto past = std::chrono::duration_cast<std::chrono::system_clock::duration>(m_life) * 9 / 10;
    take(m_authority.issue(
        workloadWish(m_nameSpace, m_serviceAccount, std::chrono::system_clock::now() - past, m_life)));
}

void WorkloadCertificate::renew()
{
    take(m_authority.issue(
        workloadWish(m_nameSpace, m_serviceAccount, std::chrono::system_clock::now(), m_life)));
}

void WorkloadCertificate::take(edge::Result<KeyPair> issued)
{
    if (!issued)
        return; // the next turn tries again, as an agent does
    m_current = std::move(*issued);
    m_servers.clear();
    m_clients.clear();
    ++m_issued;
    if (changed)
        changed(m_current);
}

void WorkloadCertificate::arm()
{
    m_timer.after(std::chrono::duration_cast<std::chrono::milliseconds>(m_life) / 2, [this] {
        if (m_rotation == Rotation::Running)
            renew();
        arm();
    });
}

std::shared_ptr<edge::TlsCredentials> WorkloadCertificate::server(const std::string &alpn)
{
    std::shared_ptr<edge::TlsCredentials> &known = m_servers[alpn];
    if (!known)
        known = meshServerCredentials(m_current, m_authority.certificate(), alpn).value_or(nullptr);
    return known;
}

std::shared_ptr<edge::TlsCredentials> WorkloadCertificate::client(const std::string &alpn)
{
    std::shared_ptr<edge::TlsCredentials> &known = m_clients[alpn];
    if (!known)
        known = meshClientCredentials(m_current, m_authority.certificate(), alpn).value_or(nullptr);
    return known;
}

} // namespace demo
