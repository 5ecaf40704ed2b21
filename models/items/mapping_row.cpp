// SPDX-License-Identifier: GPL-3.0-or-later
// A row of Mappings, read from its object.
#include "models/items/rows.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString textOf(const edge::Value &value)
{
    return QString::fromStdString(value.isBool() ? (value.toBool() ? "true" : "false") : value.text());
}

QString joinedText(const edge::Value &value) // one text or a list of them
{
    QStringList list;
    for (const edge::Value &item : value.items())
        list.append(textOf(item));
    return list.isEmpty() ? textOf(value) : list.join(u", "_s);
}

void addConditions(QStringList &list, const edge::Value &matches, const QString &sign)
{
    for (const auto &[name, value] : matches.members())
        list.append(QString::fromStdString(name) + (value.isBool() ? QString() : sign + textOf(value)));
}

QString conditionsOf(const edge::Value &spec)
{
    QStringList list;
    if (spec["method"].isString())
        list.append((spec["method_regex"].toBool() ? u"~ "_s : QString()) + textOf(spec["method"]));
    addConditions(list, spec["headers"], u": "_s);
    addConditions(list, spec["regex_headers"], u" ~ "_s);
    addConditions(list, spec["query_parameters"], u"="_s);
    addConditions(list, spec["regex_query_parameters"], u" ~ "_s);
    return list.join(u", "_s);
}

} // namespace

MappingRow mappingRow(const kube::Object &object)
{
    MappingRow row;
    row.key = object.key();
    row.nameSpace = object.nameSpace;
    row.name = object.name;
    row.resourceVersion = object.resourceVersion;
    row.created = QDateTime::fromString(object.creationTimestamp, Qt::ISODate);
    row.changedAt = object.changedAt;
    const auto value = edge::parseJson({object.json.constData(), size_t(object.json.size())});
    if (!value)
        return row; // the store keeps only what it could read; nothing more is known of this one
    const edge::Value &spec = (*value)["spec"];
    row.apiVersion = textOf((*value)["apiVersion"]);
    row.generation = value->at({"metadata", "generation"}).toInteger();
    row.ambassadorId = joinedText(spec["ambassador_id"]);
    row.host = textOf(spec["hostname"]);
    if (row.host.isEmpty())
        row.host = (spec["host_regex"].toBool() ? u"~ "_s : QString()) + textOf(spec["host"]);
    row.prefix = (spec["prefix_regex"].toBool()       ? u"~ "_s
                      : spec["prefix_exact"].toBool() ? u"= "_s
                                                      : QString())
        + textOf(spec["prefix"]);
    row.conditions = conditionsOf(spec);
    row.service = textOf(spec["service"]);
    row.tls = textOf(spec["tls"]);
    if (spec["weight"].isNumber())
        row.weight = spec["weight"].toInteger();
    row.precedence = spec["precedence"].toInteger();
    for (const auto &[name, label] : value->at({"metadata", "labels"}).members())
        row.labels.append(QString::fromStdString(name) + u'=' + textOf(label));
    return row;
}

} // namespace models
