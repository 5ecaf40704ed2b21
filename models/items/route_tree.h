// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Host → path → Mapping, in match order: what the edge serves, as a tree; at its end those Mappings that no route is made of.  Hosts and
// paths carry the worst state of what is in them, where it is worth a look.  The nodes are a value that is built
// on the pool; the model shows them and changes only where they are others.
#include "models/analysis/edge_view.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"

#include <QAbstractItemModel>
#include <QHash>

namespace models {

struct RouteNode
{
    QString text;    // "api.example.com", "/backend/", "default/quote-backend"
    QString side;    // "12 paths", "80 ports", the service with its weight
    QString state;   // of a Mapping; of a host or path the worst in it, "" none needs a look
    QString mapping; // its key; "" for hosts and paths
    Severity severity = Severity::Unknown;
    bool mono = false;                // a path
    int parent = -1;                  // index into the list; -1: a host
    int row = 0;                      // among its siblings
    int firstChild = 0, children = 0; // children stand side by side
    bool operator==(const RouteNode &) const = default;
};
QList<RouteNode> routeNodes(const EdgeView &view);

struct RouteState // of a Mapping
{
    QString text;
    Severity severity = Severity::Unknown;
};

class RouteTree : public QAbstractItemModel
{
    Q_OBJECT
public:
    using QAbstractItemModel::QAbstractItemModel;
    void setNodes(const QList<RouteNode> &nodes); // a reset if they are others; nothing else
    // Once: what is known of Mappings beyond the objects follows their rows; those without say what their node says.
    void follow(const TableModel<MappingRow> &mappings);
    // By Mapping, what is known of it now.  Costs what is named, its path and its host.
    void changeStates(const QHash<QString, RouteState> &states);
    void forgetStates();                                   // another cluster
    QModelIndex indexOf(const QString &mapping) const;     // the first place of a Mapping; invalid: none
    const RouteNode *node(const QModelIndex &index) const; // nullptr for an invalid one
    QString pathOf(const QModelIndex &index) const;        // texts from the host down: the same after a reset

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QList<RouteNode> withStates() const;
    void tellStates(const TableModel<MappingRow> &mappings, int first, int last);

    QHash<QString, RouteState> m_states;
    QList<RouteNode> m_told;  // by setNodes()
    QList<RouteNode> m_nodes; // with the states; hosts first
    QMultiHash<QString, int> m_placesOf; // where in them a Mapping stands
    int m_hosts = 0;
};

} // namespace models
