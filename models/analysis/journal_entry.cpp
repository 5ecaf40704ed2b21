// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/change_set.h"
#include "models/analysis/secret_values.h"
#include "models/resources/text.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

constexpr std::array<std::string_view, 4> verbNames{"create", "patch", "remove",
                                                    "json-patch"}; // in Change::Verb's order

Value value(const QString &text) { return Value(text.toStdString()); }

Value documentOf(const JournalEntry &entry)
{
    const Change &change = entry.change;
    const bool secret = change.type.kind == "Secret"_L1;
    const auto kept = [secret](Value object) {
        return secret ? withoutSecretValues(std::move(object)) : object;
    };
    Value line = Value::object({{"number", entry.number},
                                {"at", value(entry.at.toUTC().toString(Qt::ISODateWithMs))},
                                {"context", value(entry.context)},
                                {"who", value(entry.who)},
                                {"title", value(entry.title)},
                                {"verb", verbNames[size_t(change.verb)]},
                                {"group", value(change.type.group)},
                                {"version", value(change.type.version)},
                                {"plural", value(change.type.plural)},
                                {"kind", value(change.type.kind)},
                                {"namespaced", change.type.namespaced},
                                {"namespace", value(change.nameSpace)},
                                {"name", value(change.name)}});
    if (!change.body.isEmpty() && !(secret && change.verb == Change::Verb::JsonPatch)) {
        auto body = edge::parseJson(change.body.toStdString());
        line.set("body", body ? kept(std::move(*body)) : Value());
    }
    if (change.before)
        line.set("before", kept(*change.before));
    if (entry.after)
        line.set("after", kept(*entry.after));
    if (!entry.settled)
        line.set("settled", false);
    line.set("result", value(entry.result));
    line.set("succeeded", entry.succeeded);
    line.set("reverted", entry.reverted);
    line.set("revertOf", entry.revertOf);
    if (!entry.revertsToo.isEmpty()) {
        Value numbers = Value::array();
        for (const int number : entry.revertsToo)
            numbers.push(number);
        line.set("revertsToo", std::move(numbers));
    }
    return line;
}

} // namespace

QByteArray toJsonLine(const JournalEntry &entry)
{
    return QByteArray::fromStdString(edge::toJson(documentOf(entry)));
}

std::optional<JournalEntry> fromJsonLine(const QByteArray &line)
{
    const auto document = edge::parseJson(line.toStdString());
    if (!document || !document->isObject())
        return {};
    const Value &from = *document;
    const auto verb = std::find(verbNames.begin(), verbNames.end(), from["verb"].text());
    if (verb == verbNames.end() || !from["number"].isNumber() || from["plural"].text().empty()
        || from["name"].text().empty())
        return {};
    JournalEntry entry;
    entry.number = int(from["number"].toInteger());
    entry.at = QDateTime::fromString(text(from["at"]), Qt::ISODateWithMs);
    entry.context = text(from["context"]);
    entry.who = text(from["who"]);
    entry.title = text(from["title"]);
    entry.change.verb = Change::Verb(verb - verbNames.begin());
    entry.change.type = {text(from["group"]), text(from["version"]), text(from["plural"]), text(from["kind"]),
                         from["namespaced"].toBool()};
    entry.change.nameSpace = text(from["namespace"]);
    entry.change.name = text(from["name"]);
    if (const Value *body = from.find("body"))
        entry.change.body = QByteArray::fromStdString(edge::toJson(*body));
    if (const Value *before = from.find("before"))
        entry.change.before = *before;
    if (const Value *after = from.find("after"))
        entry.after = *after;
    entry.settled = from["settled"].toBool(true);
    entry.result = text(from["result"]);
    entry.succeeded = from["succeeded"].toBool();
    entry.reverted = from["reverted"].toBool();
    entry.revertOf = int(from["revertOf"].toInteger());
    for (const Value &number : from["revertsToo"].items())
        entry.revertsToo.append(int(number.toInteger()));
    return entry;
}

} // namespace models
