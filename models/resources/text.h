// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Between the strings of edge/ and Qt's.  A value that is no string or number reads as "".
#include "edge/value.h"

#include <QMap>
#include <QString>

namespace models {

QString text(const edge::Value &value);
QString text(const std::string &utf8);
QString text(std::string_view utf8);
QMap<QString, QString> texts(const edge::Value &object); // of its members that are strings or numbers

} // namespace models
