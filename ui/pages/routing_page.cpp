// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/routing_page.h"

#include "models/items/configured_rows.h"
#include "ui/card.h"
#include "ui/fix_index.h"
#include "ui/mapping_detail.h"
#include "ui/namespace_scope.h"
#include "ui/object_detail.h"
#include "ui/pages/route_tree_view.h"
#include "ui/table_pane.h"
#include "ui/write_words.h"

#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QTimer>

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
    , m_tree(new RouteTreeView(this))
    , m_detail(new MappingDetail(this))
    , m_objectDetail(new ObjectDetail(this))
    , m_fixes(new FixIndex(this))
    , m_cancel(makeButton(tr("Cancel"), u"routingCancel"_s, this))
    , m_badgeTimer(new QTimer(this))
{
    constexpr int BadgePause = 200; // ms: it looks at every Host and finding
    m_badgeTimer->setSingleShot(true);
    m_badgeTimer->setInterval(BadgePause);
    connect(m_badgeTimer, &QTimer::timeout, this, &RoutingPage::showCounts);
    setKinds(tr("Mappings"));
    buildTabs();
    m_details->addWidget(m_detail);
    m_details->addWidget(m_objectDetail);
    setContent(new DetailSplit(m_lists, m_details, this));
    connectDetails();
    addHeaderWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, &RoutingPage::cancelRequested);
    m_cancel->setToolTip(tr("Leave this cluster before all of it was read"));
    m_cancel->hide();
    showCounts();
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

void RoutingPage::connectDetails()
{
    connect(&banner(), &Banner::actionPressed, this, &RoutingPage::namespacesRequested);
    connect(m_tabs, &QTabBar::currentChanged, this, &RoutingPage::showTabAt);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &RoutingPage::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, &RoutingPage::countsChanged);
    connect(m_detail, &MappingDetail::testRequested, this, [this] {
        if (const MappingRow *row = m_mappings->find(m_detail->key()))
            Q_EMIT testRequested(u"GET"_s, sampleRequest(*row, m_tls).url);
    });
    connect(m_detail, &MappingDetail::orderWanted, this, [this](const QString &key) {
        if (const MappingRow *row = m_mappings->find(key))
            Q_EMIT orderRequested(key, orderRequest(*row, m_tls));
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
    connectWishes();
    connect(m_objectDetail, &ObjectDetail::yamlWanted, this, &RoutingPage::yamlRequested);
    connect(m_objectDetail, &ObjectDetail::followed, this, &RoutingPage::pageRequested);
    connect(m_tree, &RouteTreeView::mappingChanged, this, &RoutingPage::showDetail);
    connect(m_tree, &RouteTreeView::opened, this, [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
    for (TablePane *pane : std::as_const(m_objectPanes)) {
        connect(&pane->table(), &TableView::currentKeyChanged, this, &RoutingPage::showDetail);
        connect(&pane->table(), &TableView::opened, this,
                [this] { m_objectDetail->setFocus(Qt::ShortcutFocusReason); });
        connect(pane, &TablePane::countChanged, this, &RoutingPage::countsChanged);
    }
}

// What can be done with the Mapping that is shown.
void RoutingPage::connectWishes()
{
    connect(m_fixes, &FixIndex::changed, this, &RoutingPage::countsChanged); // with the detail
    connect(m_detail, &MappingDetail::followed, this, &RoutingPage::pageRequested);
    connect(m_detail, &MappingDetail::fixRequested, this,
            [this](const QString &finding) { Q_EMIT fixRequested({finding}); });
    connect(m_detail, &MappingDetail::editRequested, this, [this] {
        if (const MappingRow *row = m_mappings->find(m_detail->key()))
            Q_EMIT editRequested({u"Mapping"_s, row->nameSpace, row->name}, row->apiVersion);
    });
    m_detail->setFixOf([this](const models::Finding &finding) -> std::pair<QString, QString> {
        const QString key = m_fixes->keyOf(finding);
        return {key, whyNoWrite(connection(), m_forbidden.value(u"fix/"_s + key))};
    });
}

void RoutingPage::setMappings(models::TableModel<MappingRow> &mappings)
{
    m_mappings = &mappings;
    m_mappingCounts = new models::MappingCounts(mappings, this);
    m_pane->setModel(mappings);
    m_pane->table().sortBy(u"order"_s);
    connect(&mappings, &models::TableModelBase::batchApplied, this, &RoutingPage::countsChanged);
    connect(&mappings, &QAbstractItemModel::rowsRemoved, this, [this] { showDetail(); });
    connect(&mappings, &models::TableModelBase::completed, this, &RoutingPage::countsChanged);
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
    connect(&model, &models::TableModelBase::batchApplied, this, &RoutingPage::countsChanged);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, [this] { showDetail(); });
}

void RoutingPage::setRoutes(models::RouteTree &routes) { m_tree->setRoutes(routes); }

void RoutingPage::setFindings(const models::TableModel<models::FindingRow> &findings)
{
    m_fixes->setFindings(findings);
}

void RoutingPage::setForbidden(const QHash<QString, QString> &forbidden)
{
    m_forbidden = forbidden;
    showDetail();
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
    showFactLine(); // how much was read
    showDetail(); // what can be written
}

void RoutingPage::showBanner()
{
    setTold(m_onlyIn.isEmpty() ? QStringList() : QStringList{u"mappings"_s});
    if (!m_problem.isEmpty())
        banner().show(Severity::Error, tr("The edge's configuration cannot be built: %1").arg(m_problem));
    else if (!m_onlyIn.isEmpty())
        banner().show(Severity::Warning,
                      tr("You may not list mappings in all namespaces. Showing: %1").arg(m_onlyIn),
                      tr("Choose namespaces…"));
    else if (!m_unsure.isEmpty() && connection().partial.isEmpty()) // which says it already
        banner().show(Severity::Warning, m_unsure);
    else
        banner().clear();
}

QString RoutingPage::currentKey() const
{
    return m_tabs->currentIndex() == Tree ? m_tree->mapping() : m_pane->table().currentKey();
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
        row && tab == Tree && m_tree->mapping().isEmpty())
        m_tree->choose(models::verdictKey(*row));
    countsChanged();
    showDetail();
}

void RoutingPage::setNamespaces(const QStringList &names)
{
    m_namespaces = names;
    const QString scope = namespaceTerm(names);
    m_pane->setScope(scope);
    for (TablePane *pane : std::as_const(m_objectPanes))
        pane->setScope(scope);
    showCounts(); // somebody waits for them
    countsChanged();
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
            paneOf(tab)->choose(target, m_objects[tab - Hosts]->find(target)->object.name);
            return;
        }
    }
    m_tabs->setCurrentIndex(Mappings);
    if (const MappingRow *row = rowOf(target)) {
        const QString key = row->key, name = row->name;
        m_pane->choose(key, name);
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
    for (int tab = Mappings; tab <= Tree; ++tab)
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

void RoutingPage::countsChanged()
{
    if (!m_mappings)
        return;
    showFactLine();
    if (!m_badgeTimer->isActive()) { // at once, and again at the end of what may come now
        showCounts();
        m_badgeTimer->start();
    }
    showDetail();
    updateState();
}

void RoutingPage::showFactLine()
{
    const bool isReading = m_mappings && !m_mappings->isComplete() && m_mappings->rowCount() > 0;
    m_cancel->setVisible(isReading && isLive());
    QStringList facts;
    if (isReading && isLive() && connection().listed > 0)
        facts.append(progressText(connection()));
    if (const TablePane *pane = paneOf(m_tabs->currentIndex())) {
        if (facts.isEmpty())
            facts.append(pane->countText());
        if (const int others = m_counts.value(m_tabs->currentIndex()).ofOthers; others > 0)
            facts.append(tr("%1 of another edge").arg(QLocale().toString(others)));
        const QString sorted = pane->table().sortText();
        if (!sorted.isEmpty())
            facts.append(sorted == u"#"_s ? tr("sorted by match order") : tr("sorted by %1").arg(sorted));
    } else {
        facts.append(tr("in match order, Mappings of all hosts"));
    }
    setFacts(facts.join(u" · "_s));
}

// The tabs' numbers and the sidebar's.
void RoutingPage::showCounts()
{
    m_counts.clear();
    const auto mappings = m_mappingCounts
        ? m_mappingCounts->sumOf([this](const QString &name) { return isInScope(m_namespaces, name); })
        : models::MappingCounts::Sum();
    m_counts.append({mappings.own, mappings.ofOthers});
    for (const ObjectModel *objects : std::as_const(m_objects))
        m_counts.append(countInScope(*objects, m_namespaces));
    for (int tab = Mappings; tab < Tree; ++tab) {
        const int count = m_counts.value(tab).own;
        const QString text =
            count > 0 ? u"%1  %2"_s.arg(routingTabName(tab), QLocale().toString(count)) : routingTabName(tab);
        if (m_tabs->tabText(tab) != text)
            m_tabs->setTabText(tab, text);
    }
    showFactLine();
    const RoutingBadge badge =
        routingBadge(m_mappingCounts, m_objects, m_counts.constFirst().own, m_namespaces, *m_fixes);
    Q_EMIT badgeChanged(badge.text, badge.severity);
}

void RoutingPage::showDetail()
{
    const int tab = m_tabs->currentIndex();
    if (tab == Mappings || tab == Tree) {
        const MappingRow *row = rowOf(currentKey());
        m_detail->setPartners(row ? m_tree->partnersOf(models::verdictKey(*row)) : QStringList());
        m_detail->setWhyNoEdit(whyNoWriteOf(chosen(), u"edit"_s));
        m_detail->show(row);
        return tellChosen();
    }
    const ObjectModel *model = m_objects.value(tab - Hosts);
    m_objectDetail->show(model ? model->find(paneOf(tab)->table().currentKey()) : nullptr);
    tellChosen();
}

void RoutingPage::refreshAges()
{
    const MappingRow *row = m_mappings ? m_mappings->find(m_detail->key()) : nullptr;
    if (row)
        m_detail->refreshAges(*row);
}

void RoutingPage::setOrder(const QString &key, const models::Prediction &prediction)
{
    const MappingRow *row = m_mappings ? m_mappings->find(key) : nullptr;
    m_detail->setOrder(key, row ? orderRequest(*row, m_tls).url : QUrl(), prediction);
}

void RoutingPage::showYaml(const models::ObjectRef &object, const QString &yaml)
{
    if (object.kind == u"Mapping"_s)
        m_detail->setYaml(object.nameSpace + u'/' + object.name, yaml);
    else
        m_objectDetail->setYaml(object, yaml);
}

} // namespace ui
