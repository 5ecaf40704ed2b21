// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/table.h"

#include "kube/status.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <iterator>

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

Error unreadable(const ResourceType &type, const QByteArray &body, const QJsonParseError &why)
{
    const QString what = body.trimmed().startsWith('<')
        ? u"the answer is a web page; a proxy or a sign-in page between may have answered in the API server's place"_s
        : u"the answer is broken JSON (%1, byte %2); it may have been cut on its way"_s.arg(
            why.errorString(), QString::number(why.offset));
    return failure(Error::Kind::Protocol, type.plural + u": "_s + what).value();
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

Result<Table> readTableOrObjects(const ResourceType &type, const QByteArray &json, const QDateTime &now)
{
    QJsonParseError broken;
    const QJsonObject root = QJsonDocument::fromJson(json, &broken).object();
    if (broken.error != QJsonParseError::NoError)
        return tl::unexpected(unreadable(type, json, broken));
    if (const auto refused = errorFromStatus(json, type.plural)) // with the wrong HTTP status
        return tl::unexpected(*refused);
    if (root[u"kind"].toString() == u"Table")
        return tableOf(type, root);
    Table table;
    table.columns = plainColumns();
    if (!root[u"items"].isArray() && !root[u"items"].isNull()) { // null: Go's way of writing an empty list
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
        read.event.type = types[name];
        read.event.object = withCells(table->rows.constFirst());
    }
    return read;
}

} // namespace kube
