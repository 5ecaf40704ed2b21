// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/table.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

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

// By the one reader of objects, so that of a Secret no more is kept here than in a store.
Result<Object> objectOf(const ResourceType &type, QJsonObject json)
{
    QJsonObject metadata = json[u"metadata"].toObject();
    QJsonObject annotations = metadata[u"annotations"].toObject();
    if (annotations.contains(QLatin1String(lastAppliedAnnotation))) { // a copy of the whole object
        annotations.remove(QLatin1String(lastAppliedAnnotation));
        metadata.insert(u"annotations"_s, annotations);
        json.insert(u"metadata"_s, metadata);
    }
    const QByteArray bytes = QJsonDocument(json).toJson(QJsonDocument::Compact);
    return readObject(type, bytes);
}

Object withCells(const TableRow &row)
{
    Object object = row.object;
    object.cells = row.cells;
    return object;
}

Result<Table> tableOf(const ResourceType &type, const QJsonObject &root)
{
    if (root[u"kind"].toString() != u"Table")
        return failure(Error::Kind::Protocol,
                       u"the answer is no Table; the server does not make tables of this kind"_s);
    Table table;
    const QJsonObject metadata = root[u"metadata"].toObject();
    table.resourceVersion = metadata[u"resourceVersion"].toString();
    table.continueToken = metadata[u"continue"].toString();
    table.remaining = metadata[u"remainingItemCount"].toInteger(-1);
    for (const QJsonValue &column : root[u"columnDefinitions"].toArray())
        table.columns.append({column[u"name"].toString(), column[u"type"].toString(),
                              column[u"format"].toString(), column[u"description"].toString(),
                              column[u"priority"].toInt()});
    for (const QJsonValue &value : root[u"rows"].toArray()) {
        const QJsonObject source = value[u"object"].toObject();
        if (source[u"metadata"][u"name"].toString().isEmpty()) // the one empty row of a bookmark
            continue;
        Result<Object> object = objectOf(type, source);
        if (!object)
            return tl::unexpected(object.error());
        TableRow row;
        row.object = std::move(*object);
        for (const QJsonValue &cell : value[u"cells"].toArray())
            row.cells.append(cellText(cell));
        table.rows.append(std::move(row));
    }
    return table;
}

// Its one row has no name, but the version and what the bookmark says.
WatchEvent bookmarkOf(const QJsonObject &table)
{
    const QJsonObject row = table[u"rows"][0][u"object"][u"metadata"].toObject();
    WatchEvent event;
    event.type = WatchEvent::Type::Bookmark;
    event.object.resourceVersion =
        row[u"resourceVersion"].toString(table[u"metadata"][u"resourceVersion"].toString());
    event.endsInitialEvents = row[u"annotations"][u"k8s.io/initial-events-end"].toString() == u"true";
    return event;
}

} // namespace

Result<Table> readTable(const ResourceType &type, const QByteArray &json)
{
    return tableOf(type, QJsonDocument::fromJson(json).object());
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

Result<TableEvent> readTableEvent(const ResourceType &type, const QByteArray &line)
{
    static const QHash<QString, WatchEvent::Type> types{{u"ADDED"_s, WatchEvent::Type::Added},
                                                        {u"MODIFIED"_s, WatchEvent::Type::Modified},
                                                        {u"DELETED"_s, WatchEvent::Type::Deleted}};
    const QJsonObject root = QJsonDocument::fromJson(line).object();
    const QJsonObject object = root[u"object"].toObject();
    const QString name = root[u"type"].toString();
    const bool isTable = object[u"kind"].toString() == u"Table";
    if (isTable && name == u"BOOKMARK")
        return TableEvent{bookmarkOf(object), {}};
    if (!isTable || !types.contains(name)) // the server's error, or what it should not have sent
        return readEvent(type, line).map([](const WatchEvent &event) { return TableEvent{event, {}}; });
    const Result<Table> table = tableOf(type, object);
    if (!table)
        return tl::unexpected(table.error());
    TableEvent read{{}, table->columns};
    if (!table->rows.isEmpty()) {
        read.event.type = types[name];
        read.event.object = withCells(table->rows.constFirst());
    }
    return read;
}

} // namespace kube
