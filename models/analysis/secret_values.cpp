// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/secret_values.h"

#include "kube/last_applied.h"
#include "kube/secret_annotations.h"
#include "kube/secret_key_notes.h"
#include "models/analysis/desired_state.h"
#include "models/resources/text.h"

#include <QByteArray>

#include <algorithm>

namespace models {

namespace {

// "{1704 bytes}", and what kube/secret_key_notes.h says more of a private key.
bool isNote(const std::string &text)
{
    const std::size_t digits = text.starts_with('{') ? text.find_first_not_of("0123456789", 1) : 0;
    if (digits <= 1 || digits == std::string::npos || !text.ends_with('}'))
        return false;
    const std::string_view rest = std::string_view(text).substr(digits, text.size() - digits - 1);
    constexpr std::string_view unit = " bytes";
    if (!rest.starts_with(unit))
        return false;
    const std::string_view more = rest.substr(unit.size());
    return more.empty() || more == kube::otherCertificatesKey || more == kube::encryptedKey
        || more == kube::laterCertificatesKey || more == kube::noPrivateKey;
}

std::string sizeNote(const std::string &text, bool isBase64)
{
    if (isNote(text))
        return text;
    const qsizetype bytes =
        isBase64 ? QByteArray::fromBase64(QByteArray::fromStdString(text)).size() : qsizetype(text.size());
    return "{" + std::to_string(bytes) + " bytes}";
}

} // namespace

edge::Value withoutSecretValues(edge::Value secretOrPatch)
{
    for (const std::string_view part : {"data", "stringData"}) {
        if (!secretOrPatch[part].isObject())
            continue;
        edge::Value notes = edge::Value::object();
        for (const auto &[key, value] : secretOrPatch[part].members())
            notes.set(key,
                      value.isNull() ? edge::Value() : edge::Value(sizeNote(value.text(), part == "data")));
        secretOrPatch.set(part, std::move(notes));
    }
    if (!secretOrPatch.at({"metadata", "annotations"}).isObject())
        return secretOrPatch;
    edge::Value annotations = edge::Value::object();
    for (const auto &[key, value] : secretOrPatch.at({"metadata", "annotations"}).members()) {
        if (kube::isPublicAnnotationOfSecret(key) || value.isNull())
            annotations.set(key, value);
        else if (key != kube::LastAppliedAnnotation)
            annotations.set(key, sizeNote(value.text(), false));
    }
    secretOrPatch.child("metadata").set("annotations", std::move(annotations));
    return secretOrPatch;
}

QString redactedField(const edge::Value &secretOrPatch)
{
    for (const std::string_view part : {"data", "stringData"}) {
        for (const auto &[key, value] : secretOrPatch[part].members()) {
            if (isNote(value.text()))
                return text(std::string(part) + '.' + key);
        }
    }
    for (const auto &[key, value] : secretOrPatch.at({"metadata", "annotations"}).members()) {
        if (isNote(value.text()))
            return text("metadata.annotations." + key);
    }
    return {};
}

bool hasRedactedValues(const edge::Value &secretOrPatch) { return !redactedField(secretOrPatch).isEmpty(); }

edge::Value withStringDataFolded(edge::Value secret)
{
    if (!secret["stringData"].isObject())
        return secret;
    const edge::Value texts = secret["stringData"];
    secret.erase("stringData");
    for (const auto &[key, value] : texts.members())
        secret.child("data").set(key,
                                 isNote(value.text())
                                     ? value.text()
                                     : QByteArray::fromStdString(value.text()).toBase64().toStdString());
    return secret;
}

namespace {

bool isPrinted(const kube::SecretPrints &prints, const QString &where, const QByteArray &value)
{
    const auto print = prints.constFind(where);
    return print != prints.constEnd() && *print == kube::secretPrint(value);
}

bool isPrintedData(const kube::SecretPrints &prints, const std::string &key, const edge::Value &value)
{
    return isPrinted(prints, kube::printOfData(text(key)),
                     QByteArray::fromBase64(QByteArray::fromStdString(value.text())));
}

} // namespace

edge::Value withKnownValues(edge::Value desired, const edge::Value &current, const kube::SecretPrints &prints)
{
    const edge::Value data = desired["data"], annotations = desired.at({"metadata", "annotations"});
    for (const auto &[key, value] : data.members()) {
        const edge::Value *shown = current["data"].find(key);
        if (shown && isPrintedData(prints, key, value))
            desired.child("data").set(key, *shown);
    }
    for (const auto &[key, value] : annotations.members()) {
        if (isPrinted(prints, kube::printOfAnnotation(text(key)), QByteArray::fromStdString(value.text())))
            desired.child("metadata").child("annotations").erase(key);
    }
    return desired;
}

QString shownInPlaceOfValue(const edge::Value &desired, const edge::Value &current,
                            const kube::SecretPrints &prints)
{
    for (const auto &[key, value] : desired["data"].members()) {
        const edge::Value *shown = current["data"].find(key);
        if (shown && *shown == value && !isPrintedData(prints, key, value))
            return text("data." + key);
    }
    return {};
}

edge::Value differenceOfSecrets(const SecretReading &before, const SecretReading &after,
                                const edge::Value &wished)
{
    const auto isOther = [&](const QString &where) {
        return before.prints.value(where) != after.prints.value(where);
    };
    edge::Value patch = difference(before.shown, after.shown);
    for (const auto &[key, value] : after.shown["data"].members()) {
        if (isOther(kube::printOfData(text(key))))
            patch.child("data").set(key, value);
    }
    const QString annotations = kube::printOfAnnotation({});
    const edge::Value sizes = withoutSecretValues(wished).at({"metadata", "annotations"});
    for (const QString &where : before.prints.keys() + after.prints.keys()) {
        if (!where.startsWith(annotations) || !isOther(where))
            continue;
        const std::string name = where.sliced(annotations.size()).toStdString();
        patch.child("metadata")
            .child("annotations")
            .set(name, after.prints.contains(where) ? sizes[name] : edge::Value());
    }
    return patch;
}

} // namespace models
