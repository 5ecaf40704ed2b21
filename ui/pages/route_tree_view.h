// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Routing's tree host → path → Mapping.  What was open and chosen stays so when the routes are others, and when it goes and comes back.
#include "models/items/route_tree.h"

#include <QTreeView>

namespace ui {

class RouteTreeView : public QTreeView
{
    Q_OBJECT
public:
    explicit RouteTreeView(QWidget *parent);
    void setRoutes(models::RouteTree &routes);            // once
    const QString &mapping() const { return m_mapping; }  // that is chosen; "": a host, a path or nothing
    void choose(const QString &mapping);                  // nothing if it has no place
    QStringList partnersOf(const QString &mapping) const; // the others of its route: a canary's

Q_SIGNALS:
    void mappingChanged();
    void opened(); // a Mapping, by Enter or a double click
    void rebuilt();

private:
    void keepExpanded();
    void restoreExpanded();
    models::RouteTree *m_routes = nullptr;
    QHash<QString, bool> m_isOpen; // by path, of each that was ever there and not below a closed one
    QString m_mapping;
};

} // namespace ui
