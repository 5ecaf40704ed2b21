// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/wire_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace {

std::string serialOf(const X509 *certificate)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
    char *digits = BN_bn2hex(number);
    std::string text(digits);
    OPENSSL_free(digits);
    BN_free(number);
    return text;
}

} // namespace

std::string serialOfPem(const std::string &pem)
{
    BIO *bio = BIO_new_mem_buf(pem.data(), int(pem.size()));
    X509 *certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    const std::string text = certificate ? serialOf(certificate) : std::string();
    X509_free(certificate);
    BIO_free(bio);
    return text;
}

WireConnection::WireConnection(std::uint16_t port, WireClient client)
    : m_client(std::move(client))
{
    m_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    m_isConnected = connect(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
}

WireConnection::~WireConnection()
{
    SSL_free(m_ssl);
    SSL_CTX_free(m_context);
    if (m_socket >= 0)
        close(m_socket);
}

void WireConnection::handshake(WireSeen &seen)
{
    m_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(m_context, 0);
    SSL_CTX_set_min_proto_version(m_context, m_client.minVersion);
    SSL_CTX_set_max_proto_version(m_context, m_client.maxVersion);
    useCertificate();
    m_ssl = SSL_new(m_context);
    SSL_set_fd(m_ssl, m_socket);
    SSL_set_tlsext_host_name(m_ssl, m_client.serverName.c_str());
    std::string wire;
    for (const std::string &protocol : m_client.alpn)
        wire += char(protocol.size()) + protocol;
    if (!wire.empty())
        SSL_set_alpn_protos(m_ssl, reinterpret_cast<const unsigned char *>(wire.data()),
                            unsigned(wire.size()));
    ERR_clear_error();
    seen.handshake = SSL_connect(m_ssl) == 1;
    if (!seen.handshake)
        return noteError(seen);
    fcntl(m_socket, F_SETFL, O_NONBLOCK);
    seen.version = SSL_get_version(m_ssl);
    const unsigned char *alpn = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(m_ssl, &alpn, &size);
    if (size > 0)
        seen.alpn.assign(reinterpret_cast<const char *>(alpn), size);
    readCertificate(seen);
}

void WireConnection::send(const std::string &bytes)
{
    if (m_ssl)
        SSL_write(m_ssl, bytes.data(), int(bytes.size()));
    else
        (void)!::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string WireConnection::read(WireSeen &seen, int waitMs,
                                 const std::function<bool(const std::string &)> &enough)
{
    std::string text;
    char buffer[4096];
    while (!enough(text)) {
        pollfd readable{m_socket, POLLIN, 0};
        if ((!m_ssl || SSL_pending(m_ssl) == 0) && poll(&readable, 1, waitMs) == 0)
            return text;
        errno = 0;
        ERR_clear_error();
        const ssize_t size =
            m_ssl ? SSL_read(m_ssl, buffer, sizeof buffer) : recv(m_socket, buffer, sizeof buffer, 0);
        if (size > 0) {
            text.append(buffer, std::size_t(size));
            continue;
        }
        if (m_ssl && SSL_get_error(m_ssl, int(size)) == SSL_ERROR_WANT_READ)
            continue; // a session ticket, not a byte for us
        seen.end = !m_ssl && size == 0 ? WireSeen::End::Closed : WireSeen::End::Reset;
        if (m_ssl)
            noteError(seen);
        return text;
    }
    return text;
}

void WireConnection::useCertificate() const
{
    if (!m_client.certificate)
        return;
    BIO *bio = BIO_new_mem_buf(m_client.certificate->certificateChain.data(), -1);
    X509 *certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(m_context, certificate);
    X509_free(certificate);
    BIO_free(bio);
    bio = BIO_new_mem_buf(m_client.certificate->privateKey.data(), -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(m_context, key);
    EVP_PKEY_free(key);
    BIO_free(bio);
}

void WireConnection::readCertificate(WireSeen &seen) const
{
    X509 *certificate = SSL_get1_peer_certificate(m_ssl);
    auto *names =
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        const ASN1_STRING *text = name->type == GEN_URI ? name->d.uniformResourceIdentifier : name->d.dNSName;
        seen.serverNames.emplace_back(reinterpret_cast<const char *>(ASN1_STRING_get0_data(text)),
                                      std::size_t(ASN1_STRING_length(text)));
    }
    GENERAL_NAMES_free(names);
    seen.serial = serialOf(certificate);
    X509_free(certificate);
}

void WireConnection::noteError(WireSeen &seen) const
{
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_REASON(error);
    seen.end = errno == ECONNRESET ? WireSeen::End::Reset : WireSeen::End::Closed;
    if (error == 0)
        return;
    if (reason >= SSL_AD_REASON_OFFSET)
        seen.alert = ERR_reason_error_string(error);
    else if (reason == SSL_R_WRONG_VERSION_NUMBER)
        seen.alert = "WRONG_VERSION_NUMBER";
}

bool isWholeAnswer(const WireClient &client, const std::string &text)
{
    if (!client.isHttp)
        return !text.empty() && text.back() == '\n' && text.find("ECHO:") != std::string::npos;
    const std::size_t end = text.find("\r\n\r\n");
    const std::size_t length = text.find("content-length: ");
    return end != std::string::npos && length < end
        && text.size() >= end + 4 + std::size_t(std::atoi(text.c_str() + length + 16));
}

WireSeen runWireClient(std::uint16_t port, const WireClient &client, int waitMs)
{
    WireSeen seen;
    WireConnection connection(port, client);
    if (!connection.isConnected()) {
        seen.end = WireSeen::End::Reset;
        return seen;
    }
    if (client.endsAfterConnect)
        return seen;
    if (client.tls) {
        connection.handshake(seen);
        if (!seen.handshake)
            return seen;
    }
    if (client.silenceMs > 0)
        seen.silentGot = connection.read(seen, client.silenceMs, [](const std::string &) { return false; });
    connection.send(client.payload);
    seen.received = connection.read(
        seen, waitMs, [&client](const std::string &text) { return isWholeAnswer(client, text); });
    if (seen.received.starts_with("HTTP/1.1 "))
        seen.status = std::atoi(seen.received.c_str() + 9);
    return seen;
}
