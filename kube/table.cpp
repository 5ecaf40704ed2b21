// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/table.h"

#include "kube/object_reader.h"

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

Object objectOf(const QJsonObject &json)
{
    const QJsonObject metadata = json[u"metadata"].toObject();
    Object object;
    object.nameSpace = metadata[u"namespace"].toString();
    object.name = metadata[u"name"].toString();
    object.uid = metadata[u"uid"].toString();
    object.resourceVersion = metadata[u"resourceVersion"].toString();
    object.creationTimestamp = metadata[u"creationTimestamp"].toString();
    QJsonObject kept = json;
    QJsonObject trimmed = metadata;
    trimmed.remove(u"managedFields"_s);
    QJsonObject annotations = trimmed[u"annotations"].toObject();
    if (annotations.contains(
            QLatin1String(lastAppliedAnnotation))) { // a copy of the whole object, of a Secret too
        annotations.remove(QLatin1String(lastAppliedAnnotation));
        trimmed.insert(u"annotations"_s, annotations);
    }
    kept.insert(u"metadata"_s, trimmed);
    object.json = QJsonDocument(kept).toJson(QJsonDocument::Compact);
    return object;
}

} // namespace

Result<Table> readTable(const QByteArray &json)
{
    const QJsonObject root = QJsonDocument::fromJson(json).object();
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
        TableRow row;
        row.object = objectOf(value[u"object"].toObject());
        if (row.object.name.isEmpty()) // the one empty row of a bookmark
            continue;
        for (const QJsonValue &cell : value[u"cells"].toArray())
            row.cells.append(cellText(cell));
        table.rows.append(std::move(row));
    }
    return table;
}

} // namespace kube
