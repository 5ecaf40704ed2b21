// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The server's own table of a resource (Accept: …as=Table): columns with their texts, as kubectl get shows
// them, for every kind there is.  In a watch only the first event names the columns (facts kube-client.md
// §1.8).  Of a Secret the object of a row keeps what secret_annotations.h lets stay, and no values.
#include "kube/object_reader.h"

#include <QDateTime>
#include <QStringList>

namespace kube {

struct TableColumn
{
    QString name, type, format, description;
    int priority = 0; // 0: always shown
    bool operator==(const TableColumn &) const = default;
};

struct TableRow
{
    QStringList cells; // null and absent are ""
    Object object;     // its metadata only (PartialObjectMetadata), as raw JSON
};

struct Table
{
    QList<TableColumn> columns; // empty in all but the first event of a watch
    QList<TableRow> rows;
    QString resourceVersion, continueToken;
    qint64 remaining = -1;
};

inline constexpr char acceptTable[] = "application/json;as=Table;v=v1;g=meta.k8s.io,application/"
                                      "json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
inline constexpr char acceptMetadata[] = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
inline constexpr char acceptMetadataEvents[] = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

Result<Table> readTable(const ResourceType &type, const QByteArray &json);
// What was answered to acceptTable: a server that makes no tables of this kind sends the objects, and their columns are NAME and AGE,
// as with kubectl.
Result<Table> readTableOrObjects(const ResourceType &type, const QByteArray &json, const QDateTime &now);

struct TableEvent
{
    WatchEvent event; // its object is the row, with cells
    QList<TableColumn> columns;
};
Result<TableEvent> readTableEvent(const ResourceType &type, const QByteArray &line, const QDateTime &now);
// The same page as of objects: rows with their cells.
ListPage pageOf(const Table &table);

} // namespace kube
