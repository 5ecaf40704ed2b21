// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/authority.h"

#include "app/demo/random_bytes.h"
#include "edge/tls_credentials.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace demo {

namespace {

template<auto Free>
struct Freed
{
    template<typename T>
    void operator()(T *object) const
    {
        Free(object);
    }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

constexpr std::chrono::minutes Backdated{2};

struct Issuer
{
    X509 *certificate = nullptr;
    EVP_PKEY *key = nullptr;
};

std::string textOf(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return std::string(data, std::size_t(size));
}

std::string pemOf(X509 *certificate)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return textOf(bio.get());
}

std::string pemOf(EVP_PKEY *key)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return textOf(bio.get());
}

bool addExtension(X509 *certificate, X509 *issuer, int nid, const std::string &text)
{
    X509V3_CTX context{};
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str());
    const bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

void addName(X509_NAME *name, const char *field, const std::string &text)
{
    if (!text.empty())
        X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>(text.data()), int(text.size()), -1,
                                   0);
}

bool describe(X509 *certificate, X509 *issuer, const CertificateWish &wish, bool isAuthority)
{
    std::uint64_t serial = 0;
    std::memcpy(&serial, randomBytes(sizeof serial).data(), sizeof serial);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
    ASN1_TIME_set(X509_getm_notBefore(certificate), std::chrono::system_clock::to_time_t(wish.notBefore));
    ASN1_TIME_set(X509_getm_notAfter(certificate), std::chrono::system_clock::to_time_t(wish.notAfter));
    addName(X509_get_subject_name(certificate), "O", wish.organization);
    addName(X509_get_subject_name(certificate), "CN", wish.commonName);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    bool ok = addExtension(certificate, issuer, NID_basic_constraints,
                           isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE")
        && addExtension(certificate, issuer, NID_key_usage,
                        isAuthority ? "critical,keyCertSign,cRLSign"
                                    : "critical,digitalSignature,keyEncipherment");
    std::string usages = wish.forServers ? "serverAuth" : "";
    if (wish.forClients)
        usages += usages.empty() ? "clientAuth" : ",clientAuth";
    if (!isAuthority && !usages.empty())
        ok = ok && addExtension(certificate, issuer, NID_ext_key_usage, usages);
    std::string names;
    for (const std::string &name : wish.names)
        names += (names.empty() ? "" : ",") + name;
    if (!names.empty()) // critical where the subject is empty (RFC 5280 §4.2.1.6), as istiod does
        ok = ok
            && addExtension(certificate, issuer, NID_subject_alt_name,
                            (wish.commonName.empty() && wish.organization.empty() ? "critical," : "")
                                + names);
    return ok;
}

} // namespace

struct Authority::State
{
    X509Ptr certificate;
    KeyPtr key;
    std::string certificatePem, keyPem;
    WallTime notAfter;
};

Authority::Authority(std::unique_ptr<State> state)
    : m_state(std::move(state))
{
}

Authority::~Authority() = default;

edge::Result<std::unique_ptr<Authority>> Authority::signedBy(const State *parent, const CertificateWish &wish)
{
    auto state = std::make_unique<State>();
    state->notAfter = wish.notAfter;
    state->key.reset(EVP_EC_gen("P-256"));
    state->certificate.reset(X509_new());
    if (!state->key || !state->certificate)
        return edge::failure(edge::Error::Kind::Tls,
                             "no key for the authority of " + wish.organization + ": "
                                 + edge::openSslError());
    X509 *certificate = state->certificate.get();
    X509_set_pubkey(certificate, state->key.get());
    const Issuer issuer =
        parent ? Issuer{parent->certificate.get(), parent->key.get()} : Issuer{certificate, state->key.get()};
    if (!describe(certificate, issuer.certificate, wish, true)
        || X509_sign(certificate, issuer.key, EVP_sha256()) == 0)
        return edge::failure(edge::Error::Kind::Tls,
                             "no certificate for the authority of " + wish.organization + ": "
                                 + edge::openSslError());
    state->certificatePem = pemOf(certificate);
    state->keyPem = pemOf(state->key.get());
    return std::unique_ptr<Authority>(new Authority(std::move(state)));
}

edge::Result<std::unique_ptr<Authority>> Authority::make(const std::string &organization,
                                                         std::chrono::seconds life)
{
    CertificateWish wish;
    wish.organization = organization;
    wish.notBefore = std::chrono::system_clock::now() - Backdated;
    wish.notAfter = std::chrono::system_clock::now() + life;
    return signedBy(nullptr, wish);
}

edge::Result<std::unique_ptr<Authority>> Authority::intermediate(const std::string &organization,
                                                                 WallTime notAfter) const
{
    CertificateWish wish;
    wish.organization = organization;
    wish.notBefore = std::chrono::system_clock::now() - Backdated;
    wish.notAfter = notAfter;
    return signedBy(m_state.get(), wish);
}

edge::Result<KeyPair> Authority::issue(const CertificateWish &wish) const
{
    const KeyPtr key(EVP_EC_gen("P-256"));
    const X509Ptr certificate(X509_new());
    if (!key || !certificate || X509_set_pubkey(certificate.get(), key.get()) != 1
        || !describe(certificate.get(), m_state->certificate.get(), wish, false)
        || X509_sign(certificate.get(), m_state->key.get(), EVP_sha256()) == 0)
        return edge::failure(edge::Error::Kind::Tls,
                             "no certificate for "
                                 + (wish.names.empty() ? wish.commonName : wish.names.front()) + ": "
                                 + edge::openSslError());
    return KeyPair{pemOf(certificate.get()), pemOf(key.get()), wish.notBefore, wish.notAfter};
}

const std::string &Authority::certificate() const { return m_state->certificatePem; }
const std::string &Authority::privateKey() const { return m_state->keyPem; }
WallTime Authority::notAfter() const { return m_state->notAfter; }

} // namespace demo
