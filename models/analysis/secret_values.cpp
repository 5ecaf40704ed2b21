// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/secret_values.h"

#include "kube/object_reader.h"
#include "kube/secret_annotations.h"

#include <QByteArray>

namespace models {

namespace {

bool isNote(const std::string &text)
{
    return text.size() > 8 && text.front() == '{' && text.ends_with(" bytes}");
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
        else if (key != kube::lastAppliedAnnotation)
            annotations.set(key, sizeNote(value.text(), false));
    }
    secretOrPatch.child("metadata").set("annotations", std::move(annotations));
    return secretOrPatch;
}

bool hasRedactedValues(const edge::Value &secretOrPatch)
{
    for (const std::string_view part : {"data", "stringData"}) {
        for (const auto &[key, value] : secretOrPatch[part].members()) {
            if (isNote(value.text()))
                return true;
        }
    }
    for (const auto &[key, value] : secretOrPatch.at({"metadata", "annotations"}).members()) {
        if (isNote(value.text()))
            return true;
    }
    return false;
}

} // namespace models
