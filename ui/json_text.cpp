// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/json_text.h"

#include <QJsonDocument>

namespace ui {

namespace {

constexpr qsizetype Step = 2;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The end of the string that begins at a quote, behind its last one.
qsizetype endOfString(const QByteArray &json, qsizetype at)
{
    for (++at; at < json.size() && json[at] != '"'; ++at) {
        if (json[at] == '\\')
            ++at;
    }
    return qMin(at + 1, json.size());
}

qsizetype afterSpaces(const QByteArray &json, qsizetype at)
{
    while (at < json.size() && isSpace(json[at]))
        ++at;
    return at;
}

} // namespace

// QJsonDocument only says whether it is JSON: what it writes is sorted and rounded.
std::optional<QByteArray> indentedJson(const QByteArray &json)
{
    QJsonParseError error;
    QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError)
        return {};
    QByteArray text;
    qsizetype depth = 0;
    const auto newLine = [&] { text += '\n' + QByteArray(depth * Step, ' '); };
    for (qsizetype at = 0; at < json.size();) {
        const char c = json[at];
        if (c == '"') {
            const qsizetype end = endOfString(json, at);
            text += json.mid(at, end - at);
            at = end;
            continue;
        }
        const qsizetype next = afterSpaces(json, at + 1);
        const bool isEmpty = (c == '{' && next < json.size() && json[next] == '}')
            || (c == '[' && next < json.size() && json[next] == ']');
        if (isEmpty) {
            text += c;
            text += json[next];
            at = next + 1;
            continue;
        }
        if (c == '{' || c == '[') {
            text += c;
            ++depth;
            newLine();
        } else if (c == '}' || c == ']') {
            --depth;
            newLine();
            text += c;
        } else if (c == ',') {
            text += c;
            newLine();
        } else if (c == ':') {
            text += ": ";
        } else if (!isSpace(c)) {
            text += c;
        }
        ++at;
    }
    return text;
}

} // namespace ui
