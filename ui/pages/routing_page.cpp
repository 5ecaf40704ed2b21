// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/routing_page.h"

#include "models/items/configured_rows.h"
#include "ui/cell_delegate.h"
#include "ui/mapping_detail.h"
#include "ui/object_detail.h"
#include "ui/pages/routing_tabs.h"
#include "ui/table_pane.h"
#include "ui/theme.h"

#include <QHeaderView>
#include <QStackedWidget>
#include <QTabBar>
#include <QTimer>
#include <QTreeView>

using namespace Qt::StringLiterals;

namespace ui {

using models::EdgeObjectRow;
using models::MappingRow;
using models::Severity;

RoutingPage::RoutingPage(QWidget *parent)
    : PageFrame(u"routing"_s, tr("Routing"), parent)
    , m_tabs(new QTabBar(this))
    , m_lists(new QStackedWidget(this))
    , m_details(new QStackedWidget(this))
    , m_pane(new TablePane(u"mappings"_s, routingRows(Mappings), this))
    , m_tree(new QTreeView(this))
    , m_detail(new MappingDetail(this))
    , m_objectDetail(new ObjectDetail(this))
    , m_badgeTimer(new QTimer(this))
{
    constexpr int BadgePause = 200; // ms: it looks at every row
    m_badgeTimer->setSingleShot(true);
    m_badgeTimer->setInterval(BadgePause);
    connect(m_badgeTimer, &QTimer::timeout, this, &RoutingPage::showBadge);
    buildTabs();
    buildTree();
    m_details->addWidget(m_detail);
    m_details->addWidget(m_objectDetail);
    setContent(new DetailSplit(m_lists, m_details, this));
    connectDetails();
    renameTabs();
}

void RoutingPage::buildTabs()
{
    m_tabs->setObjectName(u"routingTabs"_s);
    m_tabs->setAccessibleName(tr("Kinds of routes"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    addBelowHeader(m_tabs);
    m_pane->setEmpty(routingEmptyText(Mappings));
    m_pane->setObjectOf([this](const QString &key) {
        const MappingRow *row = m_mappings->find(key);
        return row && models::sourceOf(*row).isEmpty()
            ? models::ObjectRef{u"Mapping"_s, row->nameSpace, row->name}
            : models::ObjectRef();
    });
    m_lists->addWidget(m_pane);
    for (const int tab : {int(Hosts), int(Listeners), int(TcpMappings)}) {
        auto *pane = new TablePane(routingTabIds()[tab], routingRows(tab), this);
        pane->setEmpty(routingEmptyText(tab));
        m_objectPanes.append(pane);
        m_lists->addWidget(pane);
    }
    m_lists->addWidget(m_tree);
    for (int tab = Mappings; tab <= Tree; ++tab)
        m_tabs->addTab(routingTabName(tab));
}

void RoutingPage::buildTree()
{
    m_tree->setObjectName(u"routeTree"_s);
    m_tree->setAccessibleName(tr("Routes as a tree"));
    m_tree->setItemDelegate(new CellDelegate(m_tree));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->setHighlightSections(false);
    m_tree->header()->setSectionsMovable(false);
}

void RoutingPage::connectDetails()
{
    connect(m_tabs, &QTabBar::currentChanged, this, &RoutingPage::showTabAt);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &RoutingPage::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, &RoutingPage::countsChanged);
    connect(m_detail, &MappingDetail::testRequested, this, [this] {
        if (const MappingRow *row = m_mappings->find(m_detail->key()))
            Q_EMIT testRequested(u"GET"_s, sampleUrl(*row));
    });
    connect(m_detail, &MappingDetail::orderWanted, this, [this](const QString &key) {
        if (const MappingRow *row = m_mappings->find(key))
            Q_EMIT orderRequested(key, sampleRequest(*row));
    });
    connect(m_detail, &MappingDetail::yamlWanted, this, [this](const QString &key) {
        const MappingRow *row = m_mappings->find(key);
        if (const QString source = row ? models::sourceOf(*row) : QString(); !source.isEmpty())
            m_detail->setYaml(key,
                              models::isMade(*row)
                                  ? tr("It is no object of its own. The edge makes it of %1: read and change "
                                       "that one.")
                                        .arg(source)
                                  : tr("It is no object of its own. It stands in the %1, key "
                                       "getambassador.io/config: read and change it there.")
                                        .arg(source));
        else if (row)
            Q_EMIT yamlRequested({u"Mapping"_s, row->nameSpace, row->name}, row->apiVersion);
    });
    connect(m_objectDetail, &ObjectDetail::yamlWanted, this, &RoutingPage::yamlRequested);
    for (TablePane *pane : std::as_const(m_objectPanes)) {
        connect(&pane->table(), &TableView::currentKeyChanged, this, &RoutingPage::showDetail);
        connect(&pane->table(), &TableView::opened, this,
                [this] { m_objectDetail->setFocus(Qt::ShortcutFocusReason); });
        connect(pane, &TablePane::countChanged, this, &RoutingPage::countsChanged);
    }
}

void RoutingPage::setMappings(models::TableModel<MappingRow> &mappings)
{
    m_mappings = &mappings;
    m_pane->setModel(mappings);
    m_pane->table().sortBy(u"order"_s);
    connect(&mappings, &QAbstractItemModel::dataChanged, this, &RoutingPage::countsChanged);
    connect(&mappings, &QAbstractItemModel::rowsRemoved, this, [this] { showDetail(); });
    connect(&mappings, &models::TableModelBase::completed, this, &RoutingPage::updateState);
    connect(&mappings, &QAbstractItemModel::modelReset, this, &RoutingPage::updateState);
    updateState();
}

void RoutingPage::setObjects(ObjectModel &hosts, ObjectModel &listeners, ObjectModel &tcpMappings)
{
    connectObjects(Hosts, hosts);
    connectObjects(Listeners, listeners);
    connectObjects(TcpMappings, tcpMappings);
}

void RoutingPage::connectObjects(Tab tab, ObjectModel &model)
{
    m_objects.append(&model);
    TablePane *pane = paneOf(tab);
    pane->setModel(model);
    pane->table().sortBy(tab == Hosts ? u"hostname"_s : u"port"_s);
    pane->setObjectOf([&model](const QString &key) {
        const EdgeObjectRow *row = model.find(key);
        return row ? row->object : models::ObjectRef();
    });
    connect(&model, &QAbstractItemModel::dataChanged, this, &RoutingPage::countsChanged);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, [this] { showDetail(); });
}

void RoutingPage::setRoutes(models::RouteTree &routes)
{
    m_routes = &routes;
    m_tree->setModel(&routes);
    m_tree->setColumnWidth(0, scaled(360));
    m_tree->setColumnWidth(1, scaled(130));
    connect(&routes, &QAbstractItemModel::modelAboutToBeReset, this, &RoutingPage::keepExpanded);
    connect(&routes, &QAbstractItemModel::modelReset, this, &RoutingPage::restoreExpanded);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                const models::RouteNode *node = m_routes->node(current);
                m_treeKey = node ? node->mapping : QString();
                showDetail();
            });
    connect(m_tree, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const models::RouteNode *node = m_routes->node(index); node && !node->mapping.isEmpty())
            m_detail->setFocus(Qt::ShortcutFocusReason);
    });
    restoreExpanded();
}

void RoutingPage::keepExpanded()
{
    m_expanded.clear();
    const auto keep = [this](auto &&self, const QModelIndex &parent) -> void {
        for (int row = 0; row < m_routes->rowCount(parent); ++row) {
            const QModelIndex index = m_routes->index(row, 0, parent);
            if (!m_tree->isExpanded(index))
                continue;
            m_expanded.append(m_routes->pathOf(index));
            self(self, index);
        }
    };
    keep(keep, {});
}

// The first time, hosts are open: what they serve is what one came for.
void RoutingPage::restoreExpanded()
{
    constexpr int FewHosts = 12;
    constexpr int FewPaths = 20; // of each host
    const QString chosen = m_treeKey;
    for (int row = 0; row < m_routes->rowCount(); ++row) {
        const QModelIndex host = m_routes->index(row, 0);
        const bool isOpen = m_expanded.isEmpty() ? m_routes->rowCount() <= FewHosts
                                                 : m_expanded.contains(m_routes->pathOf(host));
        m_tree->setExpanded(host, isOpen);
        for (int path = 0;
             isOpen && m_expanded.isEmpty() && path < m_routes->rowCount(host) && path < FewPaths; ++path)
            m_tree->setExpanded(m_routes->index(path, 0, host), true);
        for (int path = 0; isOpen && !m_expanded.isEmpty() && path < m_routes->rowCount(host); ++path) {
            const QModelIndex index = m_routes->index(path, 0, host);
            m_tree->setExpanded(index, m_expanded.contains(m_routes->pathOf(index)));
        }
    }
    if (const QModelIndex index = m_routes->indexOf(chosen); index.isValid())
        m_tree->setCurrentIndex(index);
    renameTabs();
}

void RoutingPage::setEdge(const models::EdgeView &view)
{
    m_tls = false;
    if (view.table) {
        for (const edge::Listener &listener : view.table->config().listeners)
            for (const edge::FilterChain &chain : listener.chains)
                m_tls = m_tls || chain.tls;
    }
    m_problem = view.problem;
    m_unsure = view.unsure;
    m_detail->setEdgeName(view.installation.compat == edge::Compat::V1 ? tr("Ambassador") : tr("Emissary"));
    showBanner();
}

void RoutingPage::setSight(const models::EdgeSight &sight)
{
    m_detail->setSight(sight);
    showDetail();
}

void RoutingPage::setOnlyIn(const QString &nameSpace)
{
    if (nameSpace == m_onlyIn)
        return;
    m_onlyIn = nameSpace;
    PanelText none = routingEmptyText(Mappings);
    if (!nameSpace.isEmpty())
        none.text =
            tr("There is none in namespace %1, the only one whose Mappings you may list.").arg(nameSpace);
    m_pane->setEmpty(none);
    showBanner();
}

void RoutingPage::setUnknown(const QString &tab, const QString &why)
{
    if (TablePane *pane = paneOf(int(routingTabIds().indexOf(tab))))
        pane->setUnknown(why);
}

void RoutingPage::forget()
{
    setOnlyIn({});
    m_problem.clear();
    m_unsure.clear();
    m_detail->setSight({});
    for (TablePane *pane : std::as_const(m_objectPanes))
        pane->setUnknown({});
    showBanner();
    PageFrame::forget();
}

void RoutingPage::setConnection(const models::ConnectionState &state)
{
    PageFrame::setConnection(state);
    showBanner();
}

void RoutingPage::showBanner()
{
    setTold(m_onlyIn.isEmpty() ? QStringList() : QStringList{u"mappings"_s});
    if (!m_problem.isEmpty())
        banner().show(Severity::Error, tr("The edge's configuration cannot be built: %1").arg(m_problem));
    else if (!m_onlyIn.isEmpty())
        banner().show(Severity::Warning,
                      tr("You may not list mappings in all namespaces. Showing: %1").arg(m_onlyIn));
    else if (!m_unsure.isEmpty() && connection().partial.isEmpty()) // which says it already
        banner().show(Severity::Warning, m_unsure);
    else
        banner().clear();
}

QString RoutingPage::currentKey() const
{
    return m_tabs->currentIndex() == Tree ? m_treeKey : m_pane->table().currentKey();
}

// By its key, or by namespace/name where it is no object of its own.
const MappingRow *RoutingPage::rowOf(const QString &key) const
{
    const MappingRow *found = m_mappings ? m_mappings->find(key) : nullptr;
    for (int i = 0; !found && m_mappings && !key.isEmpty() && i < m_mappings->rowCount(); ++i) {
        const MappingRow &row = m_mappings->row(i);
        found = !models::sourceOf(row).isEmpty() && models::verdictKey(row) == key ? &row : nullptr;
    }
    return found;
}

QString RoutingPage::currentTab() const { return routingTabIds().value(m_tabs->currentIndex()); }

void RoutingPage::showTab(const QString &id)
{
    m_tabs->setCurrentIndex(qMax(0, int(routingTabIds().indexOf(id))));
}

TablePane *RoutingPage::paneOf(int tab) const
{
    return tab == Mappings ? m_pane : tab == Tree ? nullptr : m_objectPanes.value(tab - Hosts);
}

void RoutingPage::showTabAt(int tab)
{
    m_lists->setCurrentIndex(tab);
    const bool isMapping = tab == Mappings || tab == Tree;
    m_details->setCurrentWidget(isMapping ? static_cast<QWidget *>(m_detail) : m_objectDetail);
    if (const MappingRow *row = rowOf(m_pane->table().currentKey());
        row && tab == Tree && m_treeKey.isEmpty() && m_routes)
        m_tree->setCurrentIndex(m_routes->indexOf(models::verdictKey(*row)));
    countsChanged();
    showDetail();
}

void RoutingPage::setNamespace(const QString &nameSpace)
{
    const QString scope = nameSpace.isEmpty() ? QString() : u"ns:"_s + nameSpace;
    m_pane->setScope(scope);
    for (TablePane *pane : std::as_const(m_objectPanes))
        pane->setScope(scope);
}

QList<QWidget *> RoutingPage::panes() const
{
    TablePane *pane = paneOf(m_tabs->currentIndex());
    return {pane ? static_cast<QWidget *>(&pane->table()) : m_tree, m_details->currentWidget()};
}

void RoutingPage::focusFilter()
{
    if (TablePane *pane = paneOf(m_tabs->currentIndex()))
        pane->focusFilter();
    else
        m_tree->setFocus(Qt::ShortcutFocusReason);
}

void RoutingPage::goTo(const QString &target)
{
    for (int tab = Hosts; tab <= TcpMappings && tab - Hosts < m_objects.size(); ++tab) {
        if (m_objects[tab - Hosts]->find(target) && !(m_mappings && m_mappings->find(target))) {
            m_tabs->setCurrentIndex(tab);
            paneOf(tab)->table().selectKey(target);
            return;
        }
    }
    m_tabs->setCurrentIndex(Mappings);
    if (const MappingRow *row = rowOf(target)) {
        const QString key = row->key;
        if (m_pane->table().selectKey(key)) // what was filtered for stays, unless it hides what was asked for
            return;
        m_pane->setFilter({});
        m_pane->table().selectKey(key);
    } else {
        m_pane->setFilter(target);
    }
}

QList<Command> RoutingPage::commands()
{
    constexpr int Most = 20000; // beyond that the filter is the better way
    QList<Command> commands;
    for (int i = 0; m_mappings && i < qMin(Most, m_mappings->rowCount()); ++i) {
        const MappingRow &row = m_mappings->row(i);
        commands.append({row.prefix + u"   "_s + row.key, tr("Mapping"),
                         [this, key = row.key] { Q_EMIT pageRequested(id(), key); }});
    }
    const QStringList kinds{tr("Host"), tr("Listener"), tr("TCPMapping")}; // in the tabs' order
    for (qsizetype kind = 0; kind < m_objects.size(); ++kind) {
        for (int i = 0; i < qMin(Most, m_objects[kind]->rowCount()); ++i) {
            const models::EdgeObjectRow &row = m_objects[kind]->row(i);
            const QString words = row.cells.isEmpty() ? row.key : row.cells.constFirst() + u"   "_s + row.key;
            commands.append(
                {words, kinds.value(kind), [this, key = row.key] { Q_EMIT pageRequested(id(), key); }});
        }
    }
    for (int tab = Hosts; tab <= Tree; ++tab)
        commands.append({tr("Routing: %1").arg(routingTabName(tab)), tr("page"),
                         [this, tab] {
                             Q_EMIT pageRequested(id(), {});
                             m_tabs->setCurrentIndex(tab);
                         },
                         Command::Kind::Page});
    return commands;
}

void RoutingPage::setCompact(bool compact)
{
    m_pane->table().setCompact(compact);
    for (TablePane *pane : std::as_const(m_objectPanes))
        pane->table().setCompact(compact);
}

bool RoutingPage::hasContent() const
{
    return m_mappings && (m_mappings->isComplete() || m_mappings->rowCount() > 0);
}

void RoutingPage::renameTabs()
{
    for (int tab = Mappings; tab <= Tree; ++tab) {
        const TablePane *pane = paneOf(tab);
        const int count = pane ? pane->total() : 0;
        const QString text =
            count > 0 ? u"%1  %2"_s.arg(routingTabName(tab), QLocale().toString(count)) : routingTabName(tab);
        if (m_tabs->tabText(tab) != text)
            m_tabs->setTabText(tab, text);
    }
}

void RoutingPage::countsChanged()
{
    if (!m_mappings)
        return;
    renameTabs();
    QStringList facts;
    if (const TablePane *pane = paneOf(m_tabs->currentIndex())) {
        facts.append(pane->countText());
        const QString sorted = pane->table().sortText();
        if (!sorted.isEmpty())
            facts.append(sorted == u"#"_s ? tr("sorted by match order") : tr("sorted by %1").arg(sorted));
    } else {
        facts.append(tr("in match order, Mappings of all hosts"));
    }
    setFacts(facts.join(u" · "_s));
    if (!m_badgeTimer->isActive()) { // at once, and again at the end of what may come now
        showBadge();
        m_badgeTimer->start();
    }
    showDetail();
    updateState();
}

void RoutingPage::showBadge()
{
    const RoutingBadge badge = routingBadge(m_mappings, m_objects);
    Q_EMIT badgeChanged(badge.text, badge.severity);
}

void RoutingPage::showDetail()
{
    const int tab = m_tabs->currentIndex();
    if (tab == Mappings || tab == Tree) {
        m_detail->show(rowOf(currentKey()));
        return;
    }
    const ObjectModel *model = m_objects.value(tab - Hosts);
    m_objectDetail->show(model ? model->find(paneOf(tab)->table().currentKey()) : nullptr);
}

void RoutingPage::refreshAges()
{
    const MappingRow *row = m_mappings ? m_mappings->find(m_detail->key()) : nullptr;
    if (row)
        m_detail->refreshAges(*row);
}

void RoutingPage::setOrder(const QString &key, const models::Prediction &prediction)
{
    m_detail->setOrder(key, prediction);
}

void RoutingPage::showYaml(const models::ObjectRef &object, const QString &yaml)
{
    if (object.kind == u"Mapping"_s)
        m_detail->setYaml(object.nameSpace + u'/' + object.name, yaml);
    else
        m_objectDetail->setYaml(object, yaml);
}

// A request that this Mapping's host and prefix would match; other conditions are the user's to add.
QUrl RoutingPage::sampleUrl(const MappingRow &row) const
{
    QUrl url;
    url.setScheme(m_tls ? u"https"_s : u"http"_s);
    QString host = row.host;
    if (host.startsWith(u"*."_s))
        host.replace(0, 1, u"www"_s);
    url.setHost(host.isEmpty() || host.contains(u'*') ? u"localhost"_s : host);
    url.setPath(row.prefix.startsWith(u'/') ? row.prefix : u"/"_s);
    return url;
}

models::RequestSpec RoutingPage::sampleRequest(const MappingRow &row) const
{
    models::RequestSpec request;
    request.url = sampleUrl(row);
    for (const QString &condition : row.conditions.split(u", "_s, Qt::SkipEmptyParts)) {
        const QString name = condition.section(u": "_s, 0, 0);
        if (condition.contains(u": "_s))
            request.headers.append({name, condition.section(u": "_s, 1)});
        else if (!condition.contains(u' ') && !condition.contains(u'=') && condition == condition.toUpper())
            request.method = condition;
    }
    return request;
}

} // namespace ui
