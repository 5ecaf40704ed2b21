// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/edge/test_authority.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace edge_test {

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

KeyPtr makeKey() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

template<typename Write>
std::string pem(Write write)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get());
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, std::size_t(size)};
}

void extend(X509 *certificate, X509 *issuer, int nid, const std::string &value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

CertificatePtr blank(const Names &names, EVP_PKEY *key)
{
    CertificatePtr certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    unsigned char serial[8];
    RAND_bytes(serial, sizeof serial);
    serial[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
    BN_free(number);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), names.validFromSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), names.validForSeconds);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char *>(names.commonName.c_str()), -1, -1, 0);
    X509_set_pubkey(certificate.get(), key);
    return certificate;
}

} // namespace

struct TestAuthority::State
{
    KeyPtr key = makeKey();
    CertificatePtr certificate{nullptr, X509_free};
};

TestAuthority::TestAuthority(const std::string &name)
    : m_state(std::make_unique<State>())
{
    m_state->certificate = blank({name, {}, -3600, 86400}, m_state->key.get());
    X509 *self = m_state->certificate.get();
    X509_set_issuer_name(self, X509_get_subject_name(self));
    extend(self, self, NID_basic_constraints, "critical,CA:TRUE");
    extend(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    X509_sign(self, m_state->key.get(), EVP_sha256());
}

TestAuthority::~TestAuthority() = default;

std::string TestAuthority::certificate() const
{
    return pem([&](BIO *bio) { PEM_write_bio_X509(bio, m_state->certificate.get()); });
}

Issued TestAuthority::issue(const Names &names) const
{
    const KeyPtr key = makeKey();
    const CertificatePtr certificate = blank(names, key.get());
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(m_state->certificate.get()));
    extend(certificate.get(), m_state->certificate.get(), NID_basic_constraints, "CA:FALSE");
    if (!names.subjectAltName.empty())
        extend(certificate.get(), m_state->certificate.get(), NID_subject_alt_name, names.subjectAltName);
    X509_sign(certificate.get(), m_state->key.get(), EVP_sha256());
    return {pem([&](BIO *bio) { PEM_write_bio_X509(bio, certificate.get()); }), pem([&](BIO *bio) {
                PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

std::string TestAuthority::revocationList(const std::vector<Issued> &revoked, int validForSeconds) const
{
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), X509_CRL_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(ASN1_TIME_new(), ASN1_TIME_free);
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(m_state->certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), X509_gmtime_adj(time.get(), -3600));
    for (const Issued &one : revoked) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
            BIO_new_mem_buf(one.certificate.data(), int(one.certificate.size())), BIO_free);
        const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
        X509_REVOKED *entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.get()));
        X509_REVOKED_set_revocationDate(entry, X509_gmtime_adj(time.get(), -60));
        X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_CRL_set1_nextUpdate(list.get(), X509_gmtime_adj(time.get(), validForSeconds));
    X509_CRL_sort(list.get());
    X509_CRL_sign(list.get(), m_state->key.get(), EVP_sha256());
    return pem([&](BIO *bio) { PEM_write_bio_X509_CRL(bio, list.get()); });
}

} // namespace edge_test
