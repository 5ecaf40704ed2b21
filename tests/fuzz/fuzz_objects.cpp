// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as an answer of the API server: an object and a list are valid JSON with a name or an Error, and of a
// Secret's data nothing is left but certificates, sizes and what is said of a key.
#include "kube/certificate.h"
#include "kube/object_reader.h"
#include "kube/secret_key_notes.h"
#include "tests/fuzz/json_check.h"
#include "tests/fuzz/json_mutator.h"

#include <QJsonObject>
#include <QRegularExpression>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace {

bool isPublic(const QString &value, bool isBase64)
{
    static const QRegularExpression size(u"^\\{[0-9]+ bytes(%1|%2|%3|%4)?\\}$"_s.arg(
        QLatin1StringView(kube::otherCertificatesKey), QLatin1StringView(kube::encryptedKey),
        QLatin1StringView(kube::noPrivateKey), QLatin1StringView(kube::laterCertificatesKey)));
    const QByteArray bytes = value.toUtf8();
    const QByteArray plain = isBase64 ? QByteArray::fromBase64(bytes) : bytes;
    return size.match(value).hasMatch() || kube::certificateBlocks(plain).join('\n') + '\n' == plain;
}

void check(const kube::Object &object)
{
    if (object.name.isEmpty() || !isGoodJson(object.json))
        std::abort();
    const QJsonObject json = QJsonDocument::fromJson(object.json).object();
    if (json.value("kind"_L1).toString() != u"Secret")
        return;
    for (const QString &member : {u"data"_s, u"stringData"_s}) {
        const QJsonObject data = json.value(member).toObject();
        for (auto entry = data.begin(); entry != data.end(); ++entry) {
            if (!isPublic(entry.value().toString(), member == u"data"))
                std::abort();
        }
    }
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char *data, std::size_t size, std::size_t maxSize,
                                               unsigned seed)
{
    return mutateJson(data, size, maxSize, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    for (const kube::ResourceType &type : {kube::types::mappings(u"v2"_s), kube::types::secrets()}) {
        if (const auto object = kube::readObject(type, text))
            check(*object);
        const auto list = kube::readList(type, text);
        for (const kube::Object &object : list ? list->items : QList<kube::Object>())
            check(object);
    }
    return 0;
}
