// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/route_tree_view.h"

#include "ui/cell_delegate.h"
#include "ui/theme.h"

#include <QHeaderView>

using namespace Qt::StringLiterals;

namespace ui {

RouteTreeView::RouteTreeView(QWidget *parent)
    : QTreeView(parent)
{
    setObjectName(u"routeTree"_s);
    setAccessibleName(tr("Routes as a tree"));
    setItemDelegate(new CellDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setUniformRowHeights(true);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    header()->setStretchLastSection(true);
    header()->setHighlightSections(false);
    header()->setSectionsMovable(false);
}

void RouteTreeView::setRoutes(models::RouteTree &routes)
{
    m_routes = &routes;
    setModel(&routes);
    setColumnWidth(0, scaled(360));
    setColumnWidth(1, scaled(130));
    connect(&routes, &QAbstractItemModel::modelAboutToBeReset, this, &RouteTreeView::keepExpanded);
    connect(&routes, &QAbstractItemModel::modelReset, this, &RouteTreeView::restoreExpanded);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        const models::RouteNode *node = m_routes->node(current);
        m_mapping = node ? node->mapping : QString();
        Q_EMIT mappingChanged();
    });
    connect(this, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const models::RouteNode *node = m_routes->node(index); node && !node->mapping.isEmpty())
            Q_EMIT opened();
    });
    restoreExpanded();
}

void RouteTreeView::choose(const QString &mapping)
{
    if (m_routes)
        setCurrentIndex(m_routes->indexOf(mapping));
}

QStringList RouteTreeView::partnersOf(const QString &mapping) const
{
    QStringList partners;
    const QModelIndex own = m_routes ? m_routes->indexOf(mapping) : QModelIndex();
    if (!own.parent().parent().isValid())
        return {}; // those without a route have nothing in common
    for (int row = 0; row < m_routes->rowCount(own.parent()); ++row) {
        const models::RouteNode *node = m_routes->node(m_routes->index(row, 0, own.parent()));
        if (node && !node->mapping.isEmpty() && node->mapping != mapping)
            partners.append(node->mapping);
    }
    return partners;
}

void RouteTreeView::keepExpanded()
{
    const auto keep = [this](auto &&self, const QModelIndex &parent) -> void {
        for (int row = 0; row < m_routes->rowCount(parent); ++row) {
            const QModelIndex index = m_routes->index(row, 0, parent);
            if (m_routes->rowCount(index) == 0)
                continue;
            const bool isOpen = isExpanded(index);
            m_isOpen.insert(m_routes->pathOf(index), isOpen);
            if (isOpen)
                self(self, index);
        }
    };
    keep(keep, {});
}

// The first time, hosts are open: what they serve is what one came for.
void RouteTreeView::restoreExpanded()
{
    constexpr int FewHosts = 12;
    constexpr int FewPaths = 20; // of each host
    const QString chosen = m_mapping;
    for (int row = 0; row < m_routes->rowCount(); ++row) {
        const QModelIndex host = m_routes->index(row, 0);
        const bool isOpen = m_isOpen.value(m_routes->pathOf(host), m_routes->rowCount() <= FewHosts);
        setExpanded(host, isOpen);
        for (int path = 0; isOpen && path < m_routes->rowCount(host); ++path) {
            const QModelIndex index = m_routes->index(path, 0, host);
            setExpanded(index, m_isOpen.value(m_routes->pathOf(index), path < FewPaths));
        }
    }
    if (const QModelIndex index = m_routes->indexOf(chosen); index.isValid()) {
        setAutoScroll(isExpanded(index.parent()) && isExpanded(index.parent().parent())); // which opens
        setCurrentIndex(index);
        setAutoScroll(true);
    }
    Q_EMIT rebuilt();
}

} // namespace ui
