// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kube/test_authority.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

using namespace Qt::StringLiterals;

struct TestAuthority::Pair
{
    X509 *certificate = nullptr;
    EVP_PKEY *key = nullptr;
    Pair() = default;
    Pair(const Pair &) = delete;
    Pair &operator=(const Pair &) = delete;
    ~Pair()
    {
        X509_free(certificate);
        EVP_PKEY_free(key);
    }

    static std::unique_ptr<Pair> make(const CertificateWish &wish, const Pair *issuer);
};

namespace {

EVP_PKEY *makeKey(TestKey kind)
{
    switch (kind) {
    case TestKey::EcP256: return EVP_EC_gen("P-256");
    case TestKey::Rsa2048: return EVP_RSA_gen(2048);
    case TestKey::Ed25519: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    return nullptr;
}

void addName(X509_NAME *name, const char *field, const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    if (!utf8.isEmpty())
        X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>(utf8.constData()),
                                   int(utf8.size()), -1, 0);
}

void addExtension(X509 *certificate, int nid, const QByteArray &text)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, text.constData());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

QByteArray contentOf(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    QByteArray text(data, size);
    BIO_free(bio);
    return text;
}

QByteArray pemOf(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    return contentOf(bio);
}

QByteArray pemOf(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    return contentOf(bio);
}

} // namespace

std::unique_ptr<TestAuthority::Pair> TestAuthority::Pair::make(const CertificateWish &wish,
                                                               const Pair *issuer)
{
    auto pair = std::make_unique<Pair>();
    pair->key = makeKey(wish.key);
    X509 *certificate = pair->certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    quint32 serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char *>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
    ASN1_TIME_set(X509_getm_notBefore(certificate), wish.notBefore.toSecsSinceEpoch());
    ASN1_TIME_set(X509_getm_notAfter(certificate), wish.notAfter.toSecsSinceEpoch());
    addName(X509_get_subject_name(certificate), "O", wish.organization);
    addName(X509_get_subject_name(certificate), "CN", wish.commonName);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer ? issuer->certificate : certificate));
    X509_set_pubkey(certificate, pair->key);
    addExtension(certificate, NID_basic_constraints, wish.isCa ? "critical,CA:TRUE" : "CA:FALSE");
    if (!wish.names.isEmpty())
        addExtension(certificate, NID_subject_alt_name, wish.names.join(u',').toUtf8());
    EVP_PKEY *signer = issuer ? issuer->key : pair->key;
    X509_sign(certificate, signer, EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256());
    return pair;
}

TestAuthority::TestAuthority(const QString &commonName, TestKey key)
{
    CertificateWish wish;
    wish.commonName = commonName;
    wish.key = key;
    wish.notAfter = QDateTime::currentDateTimeUtc().addDays(3650);
    wish.isCa = true;
    m_pair = Pair::make(wish, nullptr);
}

TestAuthority::TestAuthority(std::unique_ptr<Pair> pair)
    : m_pair(std::move(pair))
{
}

TestAuthority::~TestAuthority() = default;

TestIdentity TestAuthority::issue(const CertificateWish &wish) const
{
    const std::unique_ptr<Pair> pair = Pair::make(wish, m_pair.get());
    return {pemOf(pair->certificate), pemOf(pair->key)};
}

std::unique_ptr<TestAuthority> TestAuthority::intermediate(const QString &commonName,
                                                           const QDateTime &notAfter) const
{
    CertificateWish wish;
    wish.commonName = commonName;
    wish.notAfter = notAfter;
    wish.isCa = true;
    return std::unique_ptr<TestAuthority>(new TestAuthority(Pair::make(wish, m_pair.get())));
}

QByteArray TestAuthority::certificate() const { return pemOf(m_pair->certificate); }

TestIdentity loopbackServer(const TestAuthority &authority)
{
    CertificateWish wish;
    wish.commonName = u"kube-apiserver"_s;
    wish.names = {u"DNS:localhost"_s, u"IP:127.0.0.1"_s};
    return authority.issue(wish);
}
