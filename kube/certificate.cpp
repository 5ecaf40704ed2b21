// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/certificate.h"

#include <QHostAddress>
#include <QRegularExpression>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

template<auto Free>
struct Freeing
{
    template<typename T>
    void operator()(T *object) const
    {
        Free(object);
    }
};
using X509Ptr = std::unique_ptr<X509, Freeing<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freeing<BIO_free_all>>;

constexpr QByteArrayView beginMarker = "-----BEGIN CERTIFICATE-----";
constexpr QByteArrayView endMarker = "-----END CERTIFICATE-----";

QString bioText(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return QString::fromUtf8(data, size);
}

QString nameText(const X509_NAME *name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    // Most specific part first, as people read it; UTF-8 stays readable, control characters are escaped.
    const unsigned long flags = XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_DN_REV | XN_FLAG_FN_SN
        | (ASN1_STRFLGS_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    X509_NAME_print_ex(bio.get(), name, 0, flags);
    return bioText(bio.get());
}

QString serialText(const X509 *certificate)
{
    const std::unique_ptr<BIGNUM, Freeing<BN_free>> number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    if (!number)
        return {};
    char *hex = BN_bn2hex(number.get());
    const QString text = QString::fromLatin1(hex).toLower();
    OPENSSL_free(hex);
    return text;
}

QString fingerprintText(const X509 *certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    return QString::fromLatin1(QByteArray(reinterpret_cast<const char *>(digest.data()), size).toHex());
}

QDateTime timeOf(const ASN1_TIME *time)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return QDateTime(QDate(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday),
                     QTime(parts.tm_hour, parts.tm_min, parts.tm_sec), Qt::UTC);
}

QString curveText(const EVP_PKEY *key)
{
    std::array<char, 64> group{};
    size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1)
        return u"EC"_s;
    const int nid = OBJ_txt2nid(group.data());
    const char *nist = EC_curve_nid2nist(nid); // "P-256" for "prime256v1"
    return u"EC "_s + QString::fromLatin1(nist ? nist : group.data());
}

QString keyText(const X509 *certificate)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (!key)
        return u"unknown"_s;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return u"RSA %1"_s.arg(EVP_PKEY_get_bits(key));
    case EVP_PKEY_RSA_PSS: return u"RSA-PSS %1"_s.arg(EVP_PKEY_get_bits(key));
    case EVP_PKEY_EC: return curveText(key);
    case EVP_PKEY_ED25519: return u"Ed25519"_s;
    case EVP_PKEY_ED448: return u"Ed448"_s;
    default: break;
    }
    const char *name = EVP_PKEY_get0_type_name(key);
    return name ? QString::fromLatin1(name) : u"unknown"_s;
}

QString addressText(const ASN1_OCTET_STRING *octets)
{
    const unsigned char *bytes = ASN1_STRING_get0_data(octets);
    switch (ASN1_STRING_length(octets)) {
    case 4:
        return QHostAddress(quint32(bytes[0]) << 24 | quint32(bytes[1]) << 16 | quint32(bytes[2]) << 8
                            | bytes[3])
            .toString();
    case 16: return QHostAddress(bytes).toString();
    default: return {};
    }
}

QString asn1Text(const ASN1_STRING *string)
{
    return QString::fromUtf8(reinterpret_cast<const char *>(ASN1_STRING_get0_data(string)),
                             ASN1_STRING_length(string));
}

void readAlternativeNames(const X509 *certificate, Certificate &result)
{
    const std::unique_ptr<GENERAL_NAMES, Freeing<GENERAL_NAMES_free>> names(
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names.get(), i);
        switch (name->type) {
        case GEN_DNS: result.dnsNames.append(asn1Text(name->d.dNSName)); break;
        case GEN_URI: result.uriNames.append(asn1Text(name->d.uniformResourceIdentifier)); break;
        case GEN_IPADD: result.ipAddresses.append(addressText(name->d.iPAddress)); break;
        default: break; // e-mail, directory and other names play no part in a mesh
        }
    }
}

Certificate valueOf(X509 *certificate)
{
    Certificate result;
    result.subject = nameText(X509_get_subject_name(certificate));
    result.issuer = nameText(X509_get_issuer_name(certificate));
    result.serial = serialText(certificate);
    result.fingerprint = fingerprintText(certificate);
    result.notBefore = timeOf(X509_get0_notBefore(certificate));
    result.notAfter = timeOf(X509_get0_notAfter(certificate));
    result.keyAlgorithm = keyText(certificate);
    result.signatureAlgorithm = QString::fromLatin1(OBJ_nid2ln(X509_get_signature_nid(certificate)));
    result.isCa = X509_check_ca(certificate) == 1; // basicConstraints CA:TRUE
    readAlternativeNames(certificate, result);
    ERR_clear_error();
    return result;
}

X509Ptr parseDer(const QByteArray &der)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(der.constData());
    X509Ptr certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
    ERR_clear_error();
    return certificate;
}

Result<QByteArray> derOfBlock(const QByteArray &block)
{
    QByteArray text = block.mid(beginMarker.size(), block.size() - beginMarker.size() - endMarker.size());
    text = text.simplified().replace(' ', "");
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return failure(Error::Kind::Config, u"its text is not base64"_s);
    return *decoded;
}

Result<std::vector<X509Ptr>> parsePem(const QByteArray &pem)
{
    const QList<QByteArray> blocks = certificateBlocks(pem);
    if (blocks.isEmpty())
        return failure(Error::Kind::Config,
                       u"there is no certificate in it (no complete “-----BEGIN CERTIFICATE-----” block)"_s);
    std::vector<X509Ptr> certificates;
    for (qsizetype i = 0; i < blocks.size(); ++i) {
        if (blocks[i] == beginMarker)
            return failure(
                Error::Kind::Config,
                u"certificate %1 of %2 cannot be read: the text ends within it, before “-----END CERTIFICATE-----”; store the whole file"_s
                    .arg(QString::number(i + 1), QString::number(blocks.size())));
        const Result<QByteArray> der = derOfBlock(blocks[i]);
        X509Ptr certificate = der ? parseDer(*der) : nullptr;
        if (!certificate) {
            const QString why = der ? u"its content is not a certificate"_s : der.error().message;
            return failure(Error::Kind::Config,
                           u"certificate %1 of %2 cannot be read: %3"_s.arg(
                               QString::number(i + 1), QString::number(blocks.size()), why));
        }
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

using StackPtr =
    std::unique_ptr<STACK_OF(X509), Freeing<[](STACK_OF(X509) * stack) { sk_X509_free(stack); }>>;

StackPtr stackOf(const std::vector<X509Ptr> &certificates)
{
    StackPtr stack(sk_X509_new_null());
    for (const X509Ptr &certificate : certificates)
        sk_X509_push(stack.get(), certificate.get());
    return stack;
}

QString shortName(X509 *certificate)
{
    const Certificate value = valueOf(certificate);
    if (!value.subject.isEmpty())
        return value.subject;
    return value.uriNames.isEmpty() ? u"serial "_s + value.serial : value.uriNames.first();
}

} // namespace

QList<QByteArray> certificateBlocks(const QByteArray &pem)
{
    QList<QByteArray> blocks;
    qsizetype from = 0;
    while ((from = pem.indexOf(beginMarker, from)) >= 0) {
        const qsizetype body = from + beginMarker.size();
        const qsizetype next =
            pem.indexOf("-----", body); // base64 has no dashes: this must be the end marker
        if (next >= 0 && QByteArrayView(pem).sliced(next).startsWith(endMarker)) {
            blocks.append(pem.mid(from, next + endMarker.size() - from));
            from = next + endMarker.size();
        } else {
            if (!blocks.isEmpty()
                && (next < 0 || endMarker.startsWith(QByteArrayView(pem).sliced(next).trimmed())))
                blocks.append(beginMarker.toByteArray());
            from = body;
        }
    }
    return blocks;
}

Result<QList<Certificate>> readPem(const QByteArray &pem)
{
    const Result<std::vector<X509Ptr>> certificates = parsePem(pem);
    if (!certificates)
        return tl::unexpected(certificates.error());
    QList<Certificate> values;
    for (const X509Ptr &certificate : *certificates)
        values.append(valueOf(certificate.get()));
    return values;
}

Result<Certificate> readDer(const QByteArray &der)
{
    const X509Ptr certificate = parseDer(der);
    if (!certificate)
        return failure(Error::Kind::Config, u"these %1 bytes are not a DER certificate"_s.arg(der.size()));
    return valueOf(certificate.get());
}

bool isKeyOf(const QByteArray &certificatePem, const QByteArray &keyPem)
{
    const Result<std::vector<X509Ptr>> chain = parsePem(certificatePem);
    if (!chain)
        return false;
    const BioPtr bio(BIO_new_mem_buf(keyPem.constData(), int(keyPem.size())));
    char noPassword[] = ""; // never ask on a terminal
    const std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>> key(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, noPassword));
    const bool fits = key && X509_check_private_key(chain->front().get(), key.get()) == 1;
    ERR_clear_error();
    return fits;
}

Result<void> checkChainOrder(const QByteArray &chainPem)
{
    const Result<std::vector<X509Ptr>> chain = parsePem(chainPem);
    if (!chain)
        return tl::unexpected(chain.error());
    for (size_t i = 0; i + 1 < chain->size(); ++i) {
        X509 *subject = (*chain)[i].get();
        X509 *issuer = (*chain)[i + 1].get();
        const bool named = X509_NAME_cmp(X509_get_issuer_name(subject), X509_get_subject_name(issuer)) == 0;
        const bool isSigned = named && X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
        ERR_clear_error();
        if (!isSigned)
            return failure(
                Error::Kind::Tls,
                u"certificate %1 (%2) is not signed by certificate %3 (%4): order the chain leaf first, each followed by its issuer"_s
                    .arg(QString::number(i + 1), shortName(subject), QString::number(i + 2),
                         shortName(issuer)));
    }
    return {};
}

namespace {

using StorePtr = std::unique_ptr<X509_STORE, Freeing<X509_STORE_free>>;

Result<void> verifyBy(const StorePtr &store, const QByteArray &chainPem, const QDateTime &at)
{
    const Result<std::vector<X509Ptr>> chain = parsePem(chainPem);
    if (!chain)
        return tl::unexpected(chain.error());
    const StackPtr others = stackOf(*chain);
    const std::unique_ptr<X509_STORE_CTX, Freeing<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), chain->front().get(), others.get());
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, at.toSecsSinceEpoch());
    X509_VERIFY_PARAM_set_flags(
        parameters, X509_V_FLAG_PARTIAL_CHAIN); // an intermediate may be the anchor, as in Go and Envoy
    const bool isVerified = X509_verify_cert(context.get()) == 1;
    const int code = X509_STORE_CTX_get_error(context.get());
    X509 *culprit = X509_STORE_CTX_get_current_cert(context.get());
    ERR_clear_error();
    if (isVerified)
        return {};
    return failure(Error::Kind::Tls,
                   u"%1: %2"_s.arg(culprit ? shortName(culprit) : u"chain"_s,
                                   QString::fromLatin1(X509_verify_cert_error_string(code))));
}

} // namespace

Result<void> verifyChain(const QByteArray &chainPem, const QByteArray &rootsPem, const QDateTime &at)
{
    const Result<std::vector<X509Ptr>> roots = parsePem(rootsPem);
    if (!roots)
        return failure(Error::Kind::Config, u"the roots: "_s + roots.error().message);
    const StorePtr store(X509_STORE_new());
    for (const X509Ptr &root : *roots)
        X509_STORE_add_cert(store.get(), root.get());
    return verifyBy(store, chainPem, at);
}

Result<void> verifyChainBySystem(const QByteArray &chainPem, const QDateTime &at)
{
    const StorePtr store(X509_STORE_new());
    X509_STORE_set_default_paths(store.get());
    return verifyBy(store, chainPem, at);
}

QString namesOf(const Certificate &certificate)
{
    const QStringList names = certificate.dnsNames + certificate.ipAddresses + certificate.uriNames;
    return names.isEmpty() ? u"no name but "_s + certificate.subject : names.join(u", "_s);
}

bool isForName(const QByteArray &pem, const QString &name)
{
    const Result<std::vector<X509Ptr>> chain = parsePem(pem);
    if (!chain || chain->empty())
        return false;
    const QByteArray text = name.toUtf8();
    const int asAddress = X509_check_ip_asc(chain->front().get(), text.constData(), 0);
    const bool isIt = asAddress == -2 // no address
        ? X509_check_host(chain->front().get(), text.constData(), std::size_t(text.size()), 0, nullptr) == 1
        : asAddress == 1;
    ERR_clear_error();
    return isIt;
}

namespace {

bool isNamedBy(const QString &pattern, const QString &name)
{
    if (!pattern.startsWith("*."_L1))
        return pattern.compare(name, Qt::CaseInsensitive) == 0;
    const qsizetype dot = name.indexOf(u'.');
    const bool isOfOneLabel = !QStringView(pattern).sliced(2).contains(u'.'); // "*.example" names nobody
    return dot > 0 && !isOfOneLabel
        && QStringView(pattern).sliced(1).compare(QStringView(name).sliced(dot), Qt::CaseInsensitive) == 0;
}

// The common name out of "CN=shop.example, O=Shops\\, Inc"; "" it has none.
QString commonNameOf(const QString &subject)
{
    static const QRegularExpression first(uR"((?:^|, )CN=((?:[^\\,]|\\.)*))"_s);
    return first.match(subject).captured(1);
}

} // namespace

bool isForName(const Certificate &certificate, const QString &name)
{
    if (const QHostAddress address(name); !address.isNull())
        return std::any_of(certificate.ipAddresses.begin(), certificate.ipAddresses.end(),
                           [&](const QString &own) { return QHostAddress(own) == address; });
    if (certificate.dnsNames.isEmpty())
        return isNamedBy(commonNameOf(certificate.subject), name);
    return std::any_of(certificate.dnsNames.begin(), certificate.dnsNames.end(),
                       [&](const QString &own) { return isNamedBy(own, name); });
}

} // namespace kube
