// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/key_fit.h"

#include "kube/certificate.h"
#include "kube/wipe.h"

#include <QScopeGuard>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace kube {

namespace {

// PKCS #8 without the public part is at most 98 bytes long (P-521), with it at least 121 (SEC1, P-256).
constexpr qsizetype LongestBareCurveKey = 110;

struct Freed
{
    void operator()(BIO *bio) const { BIO_free(bio); }
    void operator()(X509 *certificate) const { X509_free(certificate); }
    void operator()(BIGNUM *number) const { BN_free(number); }
};

// What of a certificate's public key stands in its private key as it is: RSA's modulus, a curve's point.
QByteArray publicPart(EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA")) {
        BIGNUM *read = nullptr;
        if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &read) != 1)
            return {};
        const std::unique_ptr<BIGNUM, Freed> modulus(read);
        QByteArray bytes(BN_num_bytes(modulus.get()), '\0');
        BN_bn2bin(modulus.get(), reinterpret_cast<unsigned char *>(bytes.data()));
        return bytes;
    }
    size_t size = 0;
    if (!EVP_PKEY_is_a(key, "EC")
        || EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0, &size) != 1)
        return {};
    QByteArray point(qsizetype(size), '\0');
    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                    reinterpret_cast<unsigned char *>(point.data()), size, &size);
    return point;
}

QByteArray publicPartOf(const QByteArray &block)
{
    const std::unique_ptr<BIO, Freed> bio(BIO_new_mem_buf(block.constData(), int(block.size())));
    const std::unique_ptr<X509, Freed> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
    QByteArray part = key ? publicPart(key) : QByteArray();
    ERR_clear_error();
    return part;
}

struct PemBody // of the first private key
{
    QByteArrayView label, text; // "EC PRIVATE KEY"; what stands between the markers
};

PemBody privateKeyIn(QByteArrayView pem)
{
    constexpr QByteArrayView begin("-----BEGIN "), dashes("-----");
    for (qsizetype at = pem.indexOf(begin); at >= 0; at = pem.indexOf(begin, at + 1)) {
        const qsizetype label = at + begin.size();
        const qsizetype labelEnd = pem.indexOf(dashes, label);
        const qsizetype body = labelEnd + dashes.size();
        const qsizetype end = labelEnd < 0 ? -1 : pem.indexOf("-----END ", body);
        if (end >= 0 && pem.sliced(label, labelEnd - label).endsWith("PRIVATE KEY"))
            return {pem.sliced(label, labelEnd - label), pem.sliced(body, end - body)};
    }
    return {};
}

} // namespace

KeyFit keyFitOf(const QByteArray &certificatePem, const QByteArray &keyPem)
{
    const PemBody body = privateKeyIn(keyPem);
    if (body.label.isEmpty())
        return KeyFit::None;
    if (body.label.startsWith("ENCRYPTED") || body.text.contains("ENCRYPTED"))
        return KeyFit::Encrypted;
    const QList<QByteArray> blocks = certificateBlocks(certificatePem);
    const QByteArray wanted = blocks.isEmpty() ? QByteArray() : publicPartOf(blocks.first());
    if (wanted.isEmpty())
        return KeyFit::Unknown;
    const QByteArray der =
        QByteArray::fromBase64(QByteArray::fromRawData(body.text.data(), body.text.size()));
    const auto wiped = qScopeGuard([&der] { wipe(der); });
    if (der.contains(wanted))
        return KeyFit::Fits;
    for (qsizetype i = 1; i < blocks.size(); ++i) {
        const QByteArray later = publicPartOf(blocks[i]);
        if (!later.isEmpty() && der.contains(later))
            return KeyFit::Later;
    }
    const bool isBare = der.size() <= LongestBareCurveKey;
    return isBare ? KeyFit::Unknown : KeyFit::Other;
}

} // namespace kube
