// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/tls_alert.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace kube {
namespace {

constexpr int fatalLevel = 2; // else it says good-bye

void freeAlert(void *, void *alert, CRYPTO_EX_DATA *, int, long, void *)
{
    delete static_cast<SharedAlert *>(alert);
}

int slot() // of a context, for its alert
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &freeAlert);
    return index;
}

void note(const SSL *connection, int where, int alert)
{
    const SharedAlert shared = alertOf(connection);
    if (where == SSL_CB_READ_ALERT && alert >> 8 == fatalLevel && shared)
        *shared = alert & 0xff;
}

} // namespace

void noteAlerts(SSL_CTX *settings)
{
    SSL_CTX_set_ex_data(settings, slot(), new SharedAlert(std::make_shared<int>(-1)));
    SSL_CTX_set_info_callback(settings, note);
}

SharedAlert alertOf(const SSL *connection)
{
    const auto *alert = static_cast<SharedAlert *>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), slot()));
    return alert ? *alert : nullptr;
}

QByteArray textOf(const SharedAlert &alert)
{
    const bool isThere = alert && *alert >= 0;
    return isThere
        ? QByteArray(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + *alert)))
        : QByteArray();
}

} // namespace kube
