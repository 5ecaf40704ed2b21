// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/table.h"

#include "kube/json_members.h"
#include "kube/json_syntax.h"
#include "kube/last_applied.h"
#include "kube/status.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <iterator>
#include <map>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QString cellText(const QJsonValue &cell)
{
    if (cell.isString())
        return cell.toString();
    if (cell.isNull() || cell.isUndefined())
        return {};
    const QByteArray list = QJsonDocument(QJsonArray{cell}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(list.sliced(1, list.size() - 2));
}

std::string_view textIn(const QByteArray &json) { return {json.constData(), size_t(json.size())}; }

QByteArray bytesIn(std::string_view text)
{
    return QByteArray::fromRawData(text.data(), qsizetype(text.size()));
}

// Never of what may hold an object: Qt's documents leave copies behind, and it may be a Secret.
QJsonDocument parsed(std::string_view text) { return QJsonDocument::fromJson(bytesIn(text)); }

bool isSecretType(const ResourceType &type) { return mayHoldSecrets(type.path({})); }

// By the one reader of objects, so that of a Secret no more is kept here than in a store, and nothing is left behind.
Result<Object> objectOf(const ResourceType &type, std::string_view text)
{
    if (isSecretType(type) || writtenText(memberOf(text, "kind")) == "Secret")
        return readObject(type, bytesIn(text));
    QJsonObject json = parsed(text).object();
    QJsonObject metadata = json[u"metadata"].toObject();
    QJsonObject annotations = metadata[u"annotations"].toObject();
    if (!annotations.contains(QLatin1String(LastAppliedAnnotation)))
        return readObject(type, bytesIn(text));
    annotations.remove(QLatin1String(LastAppliedAnnotation)); // a copy of the whole object
    metadata.insert(u"annotations"_s, annotations);
    json.insert(u"metadata"_s, metadata);
    return readObject(type, QJsonDocument(json).toJson(QJsonDocument::Compact));
}

Object withCells(const TableRow &row)
{
    Object object = row.object;
    object.cells = row.cells;
    return object;
}

Result<Table> tableOf(const ResourceType &type, std::string_view root)
{
    if (writtenText(memberOf(root, "kind")) != "Table")
        return failure(Error::Kind::Protocol,
                       u"the answer is no Table; the server does not make tables of this kind"_s);
    Table table;
    const QJsonObject metadata = parsed(memberOf(root, "metadata")).object();
    table.resourceVersion = metadata[u"resourceVersion"].toString();
    table.continueToken = metadata[u"continue"].toString();
    table.remaining = metadata[u"remainingItemCount"].toInteger(-1);
    const QJsonArray columns = parsed(memberOf(root, "columnDefinitions")).array();
    for (const QJsonValue &column : columns)
        table.columns.append({column[u"name"].toString(), column[u"type"].toString(),
                              column[u"format"].toString(), column[u"description"].toString(),
                              column[u"priority"].toInt()});
    for (const std::string_view value : elementsOf(memberOf(root, "rows"))) {
        const std::string_view source = memberOf(value, "object");
        if (writtenText(memberOf(memberOf(source, "metadata"), "name")).empty())
            continue; // the one empty row of a bookmark
        Result<Object> object = objectOf(type, source);
        if (!object)
            return tl::unexpected(object.error());
        TableRow row;
        row.object = std::move(*object);
        const QJsonArray cells = parsed(memberOf(value, "cells")).array();
        for (const QJsonValue &cell : cells)
            row.cells.append(cellText(cell));
        table.rows.append(std::move(row));
    }
    return table;
}

// As kubectl get does: two units while they say something.
QString ageText(const Object &object, const QDateTime &now)
{
    const QDateTime created = QDateTime::fromString(object.creationTimestamp, Qt::ISODate);
    if (!created.isValid())
        return u"<unknown>"_s;
    struct Span
    {
        qint64 below, unit;
        QChar letter;
        qint64 smallUnit; // 0: the large one says enough
        QChar smallLetter;
    };
    constexpr qint64 minute = 60, hour = 60 * minute, day = 24 * hour, year = 365 * day;
    static const Span spans[] = {{2 * minute, 1, u's', 0, {}},    {10 * minute, minute, u'm', 1, u's'},
                                 {3 * hour, minute, u'm', 0, {}}, {8 * hour, hour, u'h', minute, u'm'},
                                 {2 * day, hour, u'h', 0, {}},    {8 * day, day, u'd', hour, u'h'},
                                 {2 * year, day, u'd', 0, {}},    {8 * year, year, u'y', day, u'd'},
                                 {INT64_MAX, year, u'y', 0, {}}};
    const qint64 age = std::max<qint64>(0, created.secsTo(now));
    const Span *span =
        std::find_if(std::begin(spans), std::end(spans), [age](const Span &one) { return age < one.below; });
    const QString large = QString::number(age / span->unit) + span->letter;
    const qint64 rest = span->smallUnit > 0 ? age % span->unit / span->smallUnit : 0;
    return rest > 0 ? QString(large + QString::number(rest) + span->smallLetter) : large;
}

const QList<TableColumn> &plainColumns()
{
    static const QList<TableColumn> columns{{u"Name"_s, u"string"_s, u"name"_s, {}, 0},
                                            {u"Age"_s, u"string"_s, {}, {}, 0}};
    return columns;
}

TableRow plainRow(const Object &object, const QDateTime &now)
{
    return {{object.name, ageText(object, now)}, object};
}

Error unreadable(const ResourceType &type, const QByteArray &body)
{
    const auto error = [&type](const QString &what) {
        return failure(Error::Kind::Protocol, type.plural + u": "_s + what).value();
    };
    if (body.trimmed().startsWith('<'))
        return error(
            u"the answer is a web page; a proxy or a sign-in page between may have answered in the API server's place"_s);
    if (isSecretType(type))
        return error(u"the answer is broken JSON; it may have been cut on its way"_s);
    QJsonParseError why;
    QJsonDocument::fromJson(body, &why);
    return error(u"the answer is broken JSON (%1, byte %2); it may have been cut on its way"_s.arg(
        why.errorString(), QString::number(why.offset)));
}

// Its one row has no name, but the version and what the bookmark says.
WatchEvent bookmarkOf(std::string_view table)
{
    const std::vector<std::string_view> rows = elementsOf(memberOf(table, "rows"));
    const QJsonObject row =
        rows.empty() ? QJsonObject() : parsed(memberOf(memberOf(rows[0], "object"), "metadata")).object();
    const QJsonObject metadata = parsed(memberOf(table, "metadata")).object();
    WatchEvent event;
    event.type = WatchEvent::Type::Bookmark;
    event.object.resourceVersion = row[u"resourceVersion"].toString(metadata[u"resourceVersion"].toString());
    event.endsInitialEvents = row[u"annotations"][u"k8s.io/initial-events-end"].toString() == u"true";
    return event;
}

} // namespace

Result<Table> readTable(const ResourceType &type, const QByteArray &json)
{
    if (!isJson(textIn(json)))
        return tl::unexpected(unreadable(type, json));
    return tableOf(type, textIn(json));
}

Result<Table> readTableOrObjects(const ResourceType &type, const QByteArray &json, const QDateTime &now)
{
    const std::string_view root = textIn(json);
    if (!isJson(root))
        return tl::unexpected(unreadable(type, json));
    const std::string_view kind = writtenText(memberOf(root, "kind"));
    if (kind == "Status") { // with the wrong HTTP status
        if (const auto refused = errorFromStatus(json, type.plural))
            return tl::unexpected(*refused);
    }
    if (kind == "Table")
        return tableOf(type, root);
    Table table;
    table.columns = plainColumns();
    const std::string_view items = memberOf(root, "items");
    if (!items.starts_with('[') && items != "null") { // Go's way of writing an empty list
        const Result<Object> object = readObject(type, json);
        if (!object)
            return tl::unexpected(object.error());
        table.rows.append(plainRow(*object, now));
        return table;
    }
    const Result<ListPage> page = readList(type, json);
    if (!page)
        return tl::unexpected(page.error());
    for (const Object &object : page->items)
        table.rows.append(plainRow(object, now));
    table.resourceVersion = page->resourceVersion;
    table.continueToken = page->continueToken;
    table.remaining = page->remaining;
    return table;
}

ListPage pageOf(const Table &table)
{
    ListPage page;
    for (const TableRow &row : table.rows)
        page.items.append(withCells(row));
    page.resourceVersion = table.resourceVersion;
    page.continueToken = table.continueToken;
    page.remaining = table.remaining;
    return page;
}

Result<TableEvent> readTableEvent(const ResourceType &type, const QByteArray &line, const QDateTime &now)
{
    static const std::map<std::string_view, WatchEvent::Type> types{{"ADDED", WatchEvent::Type::Added},
                                                                    {"MODIFIED", WatchEvent::Type::Modified},
                                                                    {"DELETED", WatchEvent::Type::Deleted}};
    const bool isReadable = isJson(textIn(line));
    const std::string_view object = isReadable ? memberOf(textIn(line), "object") : std::string_view();
    const std::string_view name =
        isReadable ? writtenText(memberOf(textIn(line), "type")) : std::string_view();
    const bool isTable = writtenText(memberOf(object, "kind")) == "Table";
    if (isTable && name == "BOOKMARK")
        return TableEvent{bookmarkOf(object), {}};
    if (!isTable || !types.contains(name)) // the server's error, or what it should not have sent
        return readEvent(type, line).map([&now](WatchEvent event) {
            if (event.object.name.isEmpty())
                return TableEvent{event, {}};
            event.object.cells = plainRow(event.object, now).cells;
            return TableEvent{event, plainColumns()};
        });
    const Result<Table> table = tableOf(type, object);
    if (!table)
        return tl::unexpected(table.error());
    TableEvent read{{}, table->columns};
    if (!table->rows.isEmpty()) {
        read.event.type = types.at(name);
        read.event.object = withCells(table->rows.constFirst());
    }
    return read;
}

} // namespace kube
