// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_cursor.h"

#include "kube/wipe.h"

#include <QScopeGuard>

using namespace Qt::StringLiterals;

namespace kube {

QString toQString(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

void append(QByteArray &out, std::string_view text) { out.append(text.data(), qsizetype(text.size())); }

// simdjson reads up to 64 bytes beyond the end.
QByteArray padded(const QByteArray &json)
{
    QByteArray copy;
    copy.reserve(json.size() + qsizetype(simdjson::SIMDJSON_PADDING));
    copy.append(json);
    return copy;
}

simdjson::padded_string_view view(const QByteArray &paddedJson)
{
    return simdjson::padded_string_view(paddedJson.constData(), size_t(paddedJson.size()),
                                        size_t(paddedJson.capacity()));
}

void appendQuoted(QByteArray &out, std::string_view text)
{
    out.append('"');
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out.append('\\').append(c);
        else if (static_cast<unsigned char>(c) < 0x20)
            out.append("\\u00").append(QByteArray(1, c).toHex());
        else
            out.append(c);
    }
    out.append('"');
}

void appendKey(QByteArray &out, std::string_view key)
{
    if (!out.endsWith('{'))
        out.append(',');
    appendQuoted(out, key);
    out.append(':');
}

std::string_view rawText(ondemand::value value)
{
    const ondemand::json_type type = value.type();
    if (type == ondemand::json_type::object)
        return ondemand::object(value.get_object()).raw_json();
    if (type == ondemand::json_type::array)
        return ondemand::array(value.get_array()).raw_json();
    std::string_view token = value.raw_json_token();
    while (!token.empty()
           && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
        token.remove_suffix(1);
    return token;
}

// simdjson unescapes a string by copying 64 bytes at a time into a buffer of its own, which it does not wipe:
// what follows a short key or value in a Secret would stay there.  So strings are copied exactly, here.
std::string unescaped(std::string_view token)
{
    const std::string_view inside = token.substr(1, token.size() - 2);
    if (inside.find('\\') == std::string_view::npos)
        return std::string(inside);
    const QByteArray alone = padded(QByteArray::fromRawData(token.data(), qsizetype(token.size())));
    const QScopeGuard wiped([&alone] { wipe(alone); });
    ondemand::parser parser;
    ondemand::document document = parser.iterate(view(alone));
    const std::string_view inParser = document.get_string();
    std::string text(inParser);
    // And the last piece that it copied whole, which its buffer has the room for.
    wipe(const_cast<char *>(inParser.data()), inParser.size() + simdjson::SIMDJSON_PADDING);
    return text;
}

std::string textOf(ondemand::value value)
{
    if (value.type() != ondemand::json_type::string)
        throw WrongShape{u"something else where a string belongs"_s};
    return unescaped(rawText(value));
}

std::string keyOf(ondemand::field &field)
{
    const char *const start = ondemand::raw_json_string(field.key()).raw();
    const char *end = start;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    return unescaped({start - 1, std::size_t(end - start) + 2});
}

QString stringOrNothing(ondemand::value value)
{
    return value.type() == ondemand::json_type::string ? toQString(textOf(value)) : QString();
}

} // namespace kube
