// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The fatal alert by which a server has ended TLS on one connection, for all who share it.  In TLS 1.3 a refusal of our certificate comes
// after the handshake, and OpenSSL tells only the first who reads; the others see an end.  Thread: that of the connection.
#include <QByteArray>

#include <openssl/types.h>

#include <memory>

namespace kube {

using SharedAlert = std::shared_ptr<int>; // as RFC 8446 §6 numbers them; -1: none yet

void noteAlerts(SSL_CTX *settings); // of the connection that is made with them
SharedAlert alertOf(const SSL *connection);
QByteArray
textOf(const SharedAlert &alert); // in OpenSSL's words: "tlsv1 alert unknown ca"; "": there was none

} // namespace kube
