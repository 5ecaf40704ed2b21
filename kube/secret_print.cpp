// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/secret_print.h"

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

using namespace Qt::StringLiterals;

namespace kube {

namespace {

constexpr qsizetype PrintBytes = 16;

using Key = std::array<unsigned char, 32>;

Key randomKey()
{
    Key key{};
    if (RAND_bytes(key.data(), int(key.size())) != 1)
        qFatal("this system gives no random bytes");
    return key;
}

} // namespace

QByteArray secretPrint(QByteArrayView value)
{
    static const Key key = randomKey();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), int(key.size()), reinterpret_cast<const unsigned char *>(value.data()),
         size_t(value.size()), digest.data(), &size);
    return QByteArray(reinterpret_cast<const char *>(digest.data()), PrintBytes);
}

QString printOfData(const QString &key) { return u"data."_s + key; }
QString printOfAnnotation(const QString &name) { return u"annotations."_s + name; }

} // namespace kube
