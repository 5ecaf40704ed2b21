// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/tls_credentials.h"

#include "edge/alpn.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace edge {

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

BioPtr bioOf(std::string_view text) { return BioPtr(BIO_new_mem_buf(text.data(), int(text.size()))); }

int noPassword(char *, int, int, void *) // an encrypted key is an error, not a prompt on the terminal
{
    return 0;
}

std::vector<X509Ptr> readChain(std::string_view pem)
{
    std::vector<X509Ptr> chain;
    const BioPtr bio = bioOf(pem);
    while (X509 *certificate = PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr))
        chain.emplace_back(certificate);
    ERR_clear_error(); // the end of the file is an error to OpenSSL
    return chain;
}

std::string takeText(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, std::size_t(size)) : std::string();
}

std::string nameText(const X509_NAME *name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB & ~XN_FLAG_SPC_EQ);
    return takeText(bio.get());
}

std::string hex(const unsigned char *bytes, std::size_t size)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text.append(1, digits[bytes[i] >> 4]).append(1, digits[bytes[i] & 15]);
    return text;
}

std::int64_t seconds(const ASN1_TIME *time)
{
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? std::int64_t(timegm(&parts)) : 0;
}

void readNames(X509 *certificate, PeerCertificate &facts)
{
    const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> names(
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS && name->type != GEN_URI)
            continue;
        const ASN1_STRING *string =
            name->type == GEN_DNS ? name->d.dNSName : name->d.uniformResourceIdentifier;
        std::string text(reinterpret_cast<const char *>(ASN1_STRING_get0_data(string)),
                         std::size_t(ASN1_STRING_length(string)));
        (name->type == GEN_DNS ? facts.dnsNames : facts.uriNames).push_back(std::move(text));
    }
}

PeerCertificate factsOf(X509 *certificate)
{
    PeerCertificate facts;
    facts.subject = nameText(X509_get_subject_name(certificate));
    facts.issuer = nameText(X509_get_issuer_name(certificate));
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    facts.serial = hex(serial->data, std::size_t(serial->length));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1)
        facts.fingerprint = hex(digest.data(), size);
    readNames(certificate, facts);
    facts.notBefore = seconds(X509_get0_notBefore(certificate));
    facts.notAfter = seconds(X509_get0_notAfter(certificate));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    facts.pem = takeText(bio.get());
    return facts;
}

int protocolOf(const std::string &version, int fallback)
{
    if (version == "v1.0")
        return TLS1_VERSION;
    if (version == "v1.1")
        return TLS1_1_VERSION;
    if (version == "v1.2")
        return TLS1_2_VERSION;
    if (version == "v1.3")
        return TLS1_3_VERSION;
    return fallback;
}

std::string wireAlpn(std::string_view protocols)
{
    std::string wire;
    for (const std::string &one : protocolsOf(protocols)) {
        if (!one.empty() && one.size() < 256)
            wire.append(1, char(one.size())).append(one);
    }
    return wire;
}

int selectAlpn(SSL *, const unsigned char **out, unsigned char *outSize, const unsigned char *in,
               unsigned inSize, void *wire)
{
    const auto &wanted = *static_cast<std::string *>(wire);
    unsigned char *selected = nullptr;
    const int result =
        SSL_select_next_proto(&selected, outSize, reinterpret_cast<const unsigned char *>(wanted.data()),
                              unsigned(wanted.size()), in, inSize);
    *out = selected;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                            : SSL_TLSEXT_ERR_NOACK; // Envoy goes on without ALPN
}

std::optional<std::string> useCertificate(SSL_CTX *context, const TlsSettings &settings) // why not
{
    const std::vector<X509Ptr> chain = readChain(settings.certificateChainPem);
    if (chain.empty())
        return "the certificate is no PEM certificate";
    if (SSL_CTX_use_certificate(context, chain.front().get()) != 1)
        return "the certificate cannot be used: " + openSslError();
    for (std::size_t i = 1; i < chain.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1)
            return "certificate " + std::to_string(i + 1) + " of the chain cannot be used: " + openSslError();
    }
    const BioPtr bio = bioOf(settings.privateKeyPem);
    const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr));
    if (!key) {
        ERR_clear_error();
        return "the private key is no PEM key, or it is encrypted";
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        return "the private key does not belong to the certificate";
    }
    return {};
}

// The lists among these PEM blocks go into the store; how many.
std::size_t addLists(X509_STORE *store, std::string_view pem)
{
    std::size_t count = 0;
    const BioPtr bio = bioOf(pem);
    STACK_OF(X509_INFO) *blocks = PEM_X509_INFO_read_bio(bio.get(), nullptr, noPassword, nullptr);
    for (int i = 0; i < sk_X509_INFO_num(blocks); ++i) {
        if (X509_CRL *list = sk_X509_INFO_value(blocks, i)->crl)
            count += X509_STORE_add_crl(store, list) == 1 ? 1 : 0;
    }
    sk_X509_INFO_pop_free(blocks, X509_INFO_free);
    ERR_clear_error();
    return count;
}

// As Envoy does: the whole chain is looked up, not the leaf alone.
void checkLists(X509_STORE *store)
{
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

std::optional<std::string> trust(SSL_CTX *context, std::string_view pem)
{
    const std::vector<X509Ptr> roots = readChain(pem);
    if (roots.empty())
        return "the trusted CA is no PEM certificate";
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    for (const X509Ptr &root : roots) {
        X509_STORE_add_cert(store, root.get());
        SSL_CTX_add_client_CA(context, root.get());
    }
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN); // an intermediate may be the anchor, as in Envoy
    if (addLists(store, pem) > 0)                           // beside the CA they count, too
        checkLists(store);
    return {};
}

std::optional<std::string> usePeers(SSL_CTX *context, const TlsSettings &settings) // why not
{
    if (!settings.trustedCaPem.empty()) {
        if (auto problem = trust(context, settings.trustedCaPem))
            return problem;
    }
    if (settings.revocationListPem.empty())
        return {};
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    if (addLists(store, settings.revocationListPem) == 0)
        return "the revocation list is no PEM list";
    checkLists(store);
    return {};
}

std::optional<std::string> agreeOn(SSL_CTX *context, const TlsSettings &settings) // why not
{
    SSL_CTX_set_min_proto_version(context, protocolOf(settings.minVersion, TLS1_2_VERSION));
    SSL_CTX_set_max_proto_version(context, protocolOf(settings.maxVersion, TLS1_3_VERSION));
    if (settings.minVersion == "v1.0" || settings.minVersion == "v1.1")
        SSL_CTX_set_security_level(context,
                                   0); // above it OpenSSL 3 speaks neither, whatever the versions say
    if (!settings.cipherSuites.empty()
        && SSL_CTX_set_cipher_list(context, settings.cipherSuites.c_str()) != 1) {
        ERR_clear_error();
        return "no known cipher suite in " + settings.cipherSuites;
    }
    if (!settings.curves.empty() && SSL_CTX_set1_groups_list(context, settings.curves.c_str()) != 1) {
        ERR_clear_error();
        return "not every curve is known of " + settings.curves;
    }
    return {};
}

} // namespace

std::string openSslError()
{
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0)
        return "unknown TLS error";
    const char *reason = ERR_reason_error_string(code);
    return reason ? reason : "TLS error " + std::to_string(code);
}

Result<std::vector<PeerCertificate>> readCertificates(std::string_view pem)
{
    std::vector<PeerCertificate> facts;
    for (const X509Ptr &certificate : readChain(pem))
        facts.push_back(factsOf(certificate.get()));
    if (facts.empty())
        return failure(Error::Kind::Tls, "no PEM certificate in " + std::to_string(pem.size()) + " bytes");
    return facts;
}

TlsCredentials::TlsCredentials(SSL_CTX *context)
    : m_context(context)
{
}

TlsCredentials::~TlsCredentials() { SSL_CTX_free(m_context); }

Result<std::shared_ptr<TlsCredentials>> TlsCredentials::make(Side side, const TlsSettings &settings)
{
    SSL_CTX *context = SSL_CTX_new(side == Side::Client ? TLS_client_method() : TLS_server_method());
    if (!context)
        return failure(Error::Kind::Tls, openSslError());
    std::shared_ptr<TlsCredentials> credentials(new TlsCredentials(context));
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                         | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (const auto problem = agreeOn(context, settings))
        return failure(Error::Kind::Tls, *problem);
    if (!settings.certificateChainPem.empty()) {
        if (const auto problem = useCertificate(context, settings))
            return failure(Error::Kind::Tls, *problem);
    }
    if (const auto problem = usePeers(context, settings))
        return failure(Error::Kind::Tls, *problem);
    int verify = settings.trustedCaPem.empty() ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
    if (side == Side::Server && settings.requirePeerCertificate)
        verify |= SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, verify, nullptr);
    if (side == Side::Server) {
        static constexpr unsigned char sessionContext[] = "sallyport";
        SSL_CTX_set_session_id_context(context, sessionContext, sizeof sessionContext - 1);
    }
    credentials->m_alpnWire = wireAlpn(settings.alpnProtocols);
    if (!credentials->m_alpnWire.empty() && side == Side::Client)
        SSL_CTX_set_alpn_protos(context,
                                reinterpret_cast<const unsigned char *>(credentials->m_alpnWire.data()),
                                unsigned(credentials->m_alpnWire.size()));
    if (!credentials->m_alpnWire.empty() && side == Side::Server)
        SSL_CTX_set_alpn_select_cb(context, selectAlpn, &credentials->m_alpnWire);
    credentials->m_verifyName = side == Side::Client && settings.verifyPeerName;
    return credentials;
}

TlsFacts tlsFacts(SSL *ssl)
{
    TlsFacts facts;
    facts.version = SSL_get_version(ssl);
    facts.cipher = SSL_get_cipher_name(ssl);
    const unsigned char *protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &size);
    if (size > 0)
        facts.alpn.assign(reinterpret_cast<const char *>(protocol), size);
    if (const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
        facts.serverName = name;
    const X509Ptr leaf(SSL_get1_peer_certificate(ssl));
    if (!leaf)
        return facts;
    facts.peerChain.push_back(factsOf(leaf.get()));
    STACK_OF(X509) *chain =
        SSL_get_peer_cert_chain(ssl); // of a server's view it has no leaf, of a client's it has
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        PeerCertificate next = factsOf(sk_X509_value(chain, i));
        if (next.fingerprint != facts.peerChain.front().fingerprint)
            facts.peerChain.push_back(std::move(next));
    }
    return facts;
}

} // namespace edge
