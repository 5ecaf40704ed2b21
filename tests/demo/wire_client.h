// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A client that is not ours to the server under test: blocking sockets and plain OpenSSL, everything noted
// that is seen on the wire.
#include "app/demo/authority.h"

#include <openssl/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

struct WireClient
{
    bool tls = false;
    std::vector<std::string> alpn;
    std::optional<demo::KeyPair> certificate;
    int maxVersion = 0; // OpenSSL's; 0: the newest
    int minVersion = 0;
    std::string serverName = "web.app.svc.cluster.local";
    int silenceMs = 0; // before the payload is sent
    std::string payload;
    bool isHttp = false; // the answer is read by its content-length
    bool endsAfterConnect = false;
};

struct WireSeen
{
    bool handshake = false;
    std::string version, alpn, alert;     // alert: OpenSSL's name of what the server said, "" none
    std::vector<std::string> serverNames; // of its certificate
    std::string serial;                   // of that, upper-case hex
    std::string silentGot, received;
    enum class End { Open, Closed, Reset } end = End::Open;
    int status = 0; // HTTP
};

std::string
serialOfPem(const std::string &pem); // of the first certificate, as WireSeen has it; "": there is none

// One connection that is kept.  Blocks; a test talks on it as often as it likes.
class WireConnection
{
public:
    WireConnection(std::uint16_t port, WireClient client); // connects, without TLS yet
    ~WireConnection();
    WireConnection(const WireConnection &) = delete;
    WireConnection &operator=(const WireConnection &) = delete;

    bool isConnected() const { return m_isConnected; }
    void handshake(WireSeen &seen);
    void send(const std::string &bytes);
    // Reads until nothing comes for waitMs, the server ends, or enough(text) says so.
    std::string read(WireSeen &seen, int waitMs, const std::function<bool(const std::string &)> &enough);

private:
    void useCertificate() const;
    void readCertificate(WireSeen &seen) const;
    void noteError(WireSeen &seen) const;

    WireClient m_client;
    int m_socket = -1;
    bool m_isConnected = false;
    SSL_CTX *m_context = nullptr;
    SSL *m_ssl = nullptr;
};

// The whole answer to a request whose length is given, or to a text that is echoed.
bool isWholeAnswer(const WireClient &client, const std::string &text);

// waitMs: how long a connection that says nothing more is looked at before it counts as open.
WireSeen runWireClient(std::uint16_t port, const WireClient &client, int waitMs);
