// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/text.h"

namespace models {

QString text(const edge::Value &value) { return QString::fromStdString(value.text()); }

QString text(const std::string &utf8) { return QString::fromStdString(utf8); }

QString text(std::string_view utf8) { return QString::fromUtf8(utf8.data(), qsizetype(utf8.size())); }

QMap<QString, QString> texts(const edge::Value &object)
{
    QMap<QString, QString> all;
    for (const auto &[key, value] : object.members()) {
        if (value.isString() || value.isNumber())
            all.insert(text(key), text(value));
    }
    return all;
}

} // namespace models
