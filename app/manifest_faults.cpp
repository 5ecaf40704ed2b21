// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_faults.h"

#include "models/resources/field_faults.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString asShown(const edge::Value &value)
{
    constexpr qsizetype Most = 60; // letters of it
    const QString all = QString::fromStdString(edge::toJson(value));
    return all.size() <= Most ? all : all.left(Most) + u'…';
}

} // namespace

QString strangeness(const edge::Value &object)
{
    if (!object.isObject())
        return u"is no object"_s;
    for (const auto &[field, found] : {std::pair("apiVersion", &object["apiVersion"]),
                                       {"kind", &object["kind"]},
                                       {"metadata.name", &object.at({"metadata", "name"})}}) {
        if (found->isNull() || (found->isString() && found->text().empty()))
            return u"has no %1"_s.arg(QLatin1String(field));
        if (!found->isString())
            return u"has %1 %2, which is no text%3"_s.arg(
                QLatin1String(field), asShown(*found),
                found->isBool()
                    ? u" (y, yes, on, n, no and off without quotes are true and false to kubectl)"_s
                    : QString());
    }
    return {};
}

QList<FieldFault> fieldFaults(const edge::Value &object)
{
    QList<FieldFault> faults;
    if (models::hasFieldRules(object)) // MT-025 says it
        return faults;
    const auto say = [&faults](const edge::Value &value, const QString &path, const char *wanted) {
        faults.append({path,
                       u"%1 is %2, which is not %3, and is not read"_s.arg(path, asShown(value),
                                                                           QLatin1String(wanted))});
    };
    const auto wantTexts = [&](const edge::Value &map, const QString &path) {
        if (!map.isNull() && !map.isObject())
            say(map, path, "an object");
        for (const auto &[name, value] : map.members()) {
            if (!value.isNull() && !value.isString())
                say(value, path + u'.' + QString::fromStdString(name), "a text");
        }
    };
    const edge::Value &metadata = object["metadata"];
    wantTexts(metadata["labels"], u"metadata.labels"_s);
    wantTexts(metadata["annotations"], u"metadata.annotations"_s);
    if (!metadata["namespace"].isNull() && !metadata["namespace"].isString())
        faults.append(
            {u"metadata.namespace"_s,
             u"metadata.namespace is %1, which is not a text"_s.arg(asShown(metadata["namespace"]))});
    return faults;
}

} // namespace app
