// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/secret_reader.h"

#include "kube/certificate.h"
#include "kube/kubeconfig_certificates.h"
#include "kube/last_applied.h"
#include "kube/secret_annotations.h"
#include "kube/secret_key_notes.h"
#include "kube/wipe.h"

#include <QScopeGuard>

namespace kube {
namespace {

QByteArray sizeNote(qsizetype bytes) { return '{' + QByteArray::number(bytes) + " bytes}"; }

// The public part of one value: its certificates, or only its size.
QByteArray publicPart(const QByteArray &plain, bool asBase64)
{
    QList<QByteArray> certificates = certificateBlocks(plain);
    if (certificates.isEmpty())
        certificates = certificatesOfKubeconfig(plain);
    if (certificates.isEmpty())
        return sizeNote(plain.size());
    const QByteArray text = certificates.join('\n') + '\n';
    return asBase64 ? text.toBase64() : text;
}

// Of a string, with its quotes.  Not by the parser, which keeps what it has unescaped.
QByteArray valueIn(std::string_view token, bool isBase64)
{
    std::string sent = unescaped(token);
    const auto wiped = qScopeGuard([&sent] { wipe(sent.data(), sent.size()); });
    const QByteArray bytes = QByteArray::fromRawData(sent.data(), qsizetype(sent.size()));
    return isBase64 ? QByteArray::fromBase64(bytes) : QByteArray(sent.data(), qsizetype(sent.size()));
}

} // namespace

QByteArray publicData(ondemand::value value, bool isBase64, SecretPrints &prints)
{
    QByteArray out("{");
    if (value.type() != ondemand::json_type::object)
        return out + '}';
    SecretKeyNotes notes;
    for (ondemand::field field : value.get_object()) {
        const std::string key = keyOf(field);
        appendKey(out, key);
        ondemand::value entry = field.value();
        if (entry.type() != ondemand::json_type::string) {
            appendQuoted(out, "{0 bytes}");
            continue;
        }
        const std::string_view token = rawText(entry);
        const QByteArray plain = valueIn(token, isBase64);
        const QByteArray kept = publicPart(plain, isBase64);
        prints.insert(printOfData(toQString(key)), secretPrint(plain));
        appendQuoted(out, {kept.constData(), size_t(kept.size())});
        if (SecretKeyNotes::isOfOne(key)
            && !token.starts_with("\"{")) // a size, as this reader has written it, is no value
            notes.take(key, plain);
        else
            wipe(plain);
    }
    notes.addTo(out);
    return out + '}';
}

QByteArray publicAnnotations(ondemand::value value, SecretPrints &prints)
{
    QByteArray out("{");
    if (value.type() != ondemand::json_type::object)
        return out + '}';
    for (ondemand::field field : value.get_object()) {
        const std::string key = keyOf(field);
        ondemand::value entry = field.value();
        if (entry.type() != ondemand::json_type::string)
            continue;
        if (key == LastAppliedAnnotation)
            continue;
        if (!isPublicAnnotationOfSecret(key)) {
            std::string plain = textOf(entry);
            prints.insert(printOfAnnotation(toQString(key)),
                          secretPrint({plain.data(), qsizetype(plain.size())}));
            wipe(plain.data(), plain.size());
            continue;
        }
        appendKey(out, key);
        append(out, rawText(entry)); // as sent: the parser keeps what it has unescaped
    }
    return out + '}';
}

bool isPublicMemberOfSecret(std::string_view key)
{
    return key == "apiVersion" || key == "kind" || key == "type" || key == "immutable";
}

} // namespace kube
