// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A second opinion on JSON texts, by Qt's reader: the client reads with simdjson.
#include <QByteArray>
#include <QJsonDocument>

inline bool isGoodJson(const QByteArray &text)
{
    QJsonParseError error{};
    QJsonDocument::fromJson(text, &error);
    return error.error == QJsonParseError::NoError
        || error.error == QJsonParseError::DeepNesting // Qt's own limits, on good JSON too
        || error.error == QJsonParseError::IllegalNumber;
}
