// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What readers of the API server's JSON share, over simdjson's forward-only documents: texts as sent, and strings that are copied
// without leaving a trace, since they may be a Secret's.
// Promise: no function keeps, or leaves behind in memory, what it has read but in what it returns.  Thread: any.
// Errors: simdjson::simdjson_error, or WrongShape; who begins to read catches both.
#include <QByteArray>
#include <QString>

#include <simdjson.h>

#include <string>
#include <string_view>

namespace kube {

namespace ondemand = simdjson::ondemand;

struct WrongShape // what simdjson does not call an error, and we do
{
    QString message;
};

QString toQString(std::string_view text);
void append(QByteArray &out, std::string_view text);
// With the room behind its end that simdjson reads.
QByteArray padded(const QByteArray &json);
simdjson::padded_string_view view(const QByteArray &paddedJson);

// Appends to an object that is being written: `"text"`, and `,"key":`.
void appendQuoted(QByteArray &out, std::string_view text);
void appendKey(QByteArray &out, std::string_view key);

std::string_view rawText(ondemand::value value); // as sent, without the space behind it
std::string unescaped(std::string_view token);   // of a string with its quotes
std::string textOf(ondemand::value value);       // WrongShape: no string
std::string keyOf(ondemand::field &field);
QString stringOrNothing(ondemand::value value); // dry runs answer "creationTimestamp": null

} // namespace kube
