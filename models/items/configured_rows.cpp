// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/configured_rows.h"

#include "models/resources/text.h"

#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// What follows namespace/name in its key.
QString standing(const MappingRow &row) { return row.key.mid(row.nameSpace.size() + 1 + row.name.size()); }

} // namespace

MappingRow mappingRow(const ConfiguredObject &one)
{
    const edge::Value &metadata = (*one.object)["metadata"];
    kube::Object raw;
    raw.nameSpace = text(metadata["namespace"]);
    raw.name = text(metadata["name"]);
    raw.resourceVersion = text(metadata["resourceVersion"]);
    raw.creationTimestamp = text(metadata["creationTimestamp"]);
    raw.json = QByteArray::fromStdString(edge::toJson(*one.object));
    MappingRow row = mappingRow(raw);
    row.key = one.key();
    return row;
}

QList<MappingRow> unwatchedMappingRows(const Snapshot &snapshot, const EdgeInstallation &installation)
{
    QList<MappingRow> rows;
    for (const ConfiguredObject &one : configuredObjects(snapshot, installation)) {
        if (!one.isOwn() && (*one.object)["kind"].text() == "Mapping")
            rows.append(mappingRow(one));
    }
    return rows;
}

bool isMade(const MappingRow &row) { return standing(row).startsWith(u" from "_s); }

QString sourceOf(const MappingRow &row)
{
    const QString where = standing(row);
    return where.isEmpty() ? QString()
        : isMade(row)      ? where.mid(u" from "_s.size())
                           : u"annotation"_s + where;
}

bool saysTheSame(const MappingRow &a, const MappingRow &b)
{
    const auto written = [](const MappingRow &row) {
        return std::tie(row.key, row.apiVersion, row.ambassadorId, row.host, row.prefix, row.conditions,
                        row.service, row.tls, row.labels, row.weight, row.precedence);
    };
    return written(a) == written(b);
}

QString verdictKey(const MappingRow &row) { return row.nameSpace + u'/' + row.name; }

std::shared_ptr<const MappingVerdict> verdictOf(const EdgeView &view, const MappingRow &row)
{
    const auto own = view.others.constFind(row.key);
    return own != view.others.constEnd() ? *own : view.mappings.value(verdictKey(row));
}

} // namespace models
