// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What `get` shows of an object in a line of its table: the server's own columns, or those that were asked for by JSONPath.  A value.
#include "app/cli/output.h"
#include "kube/json_path.h"
#include "kube/table.h"

#include <optional>

namespace app::cli {

struct GetWanted
{
    kube::ResourceType type;
    QString nameSpace, name, selector; // "" all of them
    QString kind;                      // as it was written
    bool showsNamespace() const { return type.namespaced && nameSpace.isEmpty(); }
};

struct GetColumn
{
    QString header;
    kube::JsonPath path;
};
// "PREFIX:.spec.prefix"
kube::Result<QList<GetColumn>> getColumns(const QStringList &texts);

class GetRows
{
public:
    GetRows(bool showsNamespace, QList<GetColumn> own, bool isWide);
    bool areServers() const { return m_own.isEmpty(); } // then rows are read as tables, by their cells
    void hideNamespace() { m_showsNamespace = false; }
    void prefixNames(const QString &prefix) { m_prefix = prefix; } // "service/": of several kinds
    void showNamesOnly(const kube::ResourceType &type) { m_namesOf = type; }
    bool areNames() const { return m_namesOf.has_value(); } // a line each, no header
    void setColumns(const QList<kube::TableColumn> &columns) { m_columns = columns; }
    const QList<kube::TableColumn> &columns() const { return m_columns; }
    QStringList header() const;
    kube::Result<QList<Cell>>
    row(const kube::Object &object) const; // an error of a column's path, with both named

private:
    bool isShown(const kube::TableColumn &column) const { return column.priority == 0 || m_isWide; }

    bool m_showsNamespace;
    QList<GetColumn> m_own;
    bool m_isWide;
    QString m_prefix;
    std::optional<kube::ResourceType> m_namesOf;
    QList<kube::TableColumn> m_columns;
};

} // namespace app::cli
