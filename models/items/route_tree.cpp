// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/route_tree.h"

#include "models/items/configured_rows.h"
#include "models/resources/text.h"

#include <QHash>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct PathNode
{
    QString text;
    QList<RouteNode> mappings;
};

struct HostNode
{
    QString text;
    QStringList ports;
    QList<PathNode> paths;
    QHash<QString, qsizetype> pathAt;
    QSet<QString> seen; // path and Mapping: routes for clear text and TLS are one
};

QString pathText(const edge::PathMatch &path)
{
    const QString sign = path.kind == edge::PathMatch::Kind::Regex ? u"~ "_s
        : path.kind == edge::PathMatch::Kind::Exact                ? u"= "_s
                                                                   : QString();
    return sign + text(path.value);
}

QString hostText(const edge::VirtualHost &host)
{
    QStringList domains;
    for (const std::string &domain : host.domains)
        domains.append(text(domain));
    return domains.isEmpty() ? u"*"_s : domains.join(u", "_s);
}

// "quote:80, 10 %": where it goes, and how much of it.
QString targetText(const edge::Config &config, const edge::Route &route)
{
    if (route.redirect && route.cluster.empty())
        return RouteTree::tr("redirect %1").arg(route.redirect->status);
    const auto cluster = config.clusters.find(route.cluster);
    QString target = cluster == config.clusters.end()
        ? text(route.cluster)
        : u"%1:%2"_s.arg(text(cluster->second.host)).arg(cluster->second.port);
    if (route.runtimeNumerator && *route.runtimeNumerator < 100)
        target += RouteTree::tr(", up to %1 %").arg(*route.runtimeNumerator);
    return target;
}

// Before 2.0 the host is a condition of the route, and all of them share one virtual host.
QString hostOf(const edge::Route &route, const QString &virtualHost)
{
    for (const edge::ValueMatch &match : route.headers) {
        if (match.name == ":authority")
            return (match.kind == edge::ValueMatch::Kind::Regex ? u"~ "_s : QString()) + text(match.value);
    }
    return virtualHost;
}

// As the table says it of a Mapping of which nothing but its verdict is known.
void judge(RouteNode &node, const std::shared_ptr<const MappingVerdict> &verdict)
{
    if (!verdict)
        return;
    MappingRow row;
    row.verdict = verdict;
    node.state = stateText(row);
    node.severity = stateSeverity(row);
}

void addRoute(HostNode &host, const EdgeView &view, const edge::Route &route)
{
    const QString path = pathText(route.path);
    const QString mapping = text(route.mapping.nameSpace) + u'/' + text(route.mapping.name);
    if (host.seen.contains(path + u'|' + mapping))
        return;
    host.seen.insert(path + u'|' + mapping);
    if (!host.pathAt.contains(path)) {
        host.pathAt.insert(path, host.paths.size());
        host.paths.append({path, {}});
    }
    RouteNode node;
    node.text = mapping;
    node.mapping = mapping;
    node.side = targetText(view.table->config(), route);
    judge(node, view.mappings.value(mapping));
    host.paths[host.pathAt.value(path)].mappings.append(node);
}

QList<HostNode> hostsOf(const EdgeView &view)
{
    QList<HostNode> hosts;
    QHash<QString, qsizetype> at;
    for (const edge::Listener &listener : view.table->config().listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &virtualHost : chain.virtualHosts) {
                const QString port = QString::number(listener.port) + (chain.tls ? u" TLS"_s : QString());
                const QString whole = hostText(virtualHost);
                for (const edge::Route &route : virtualHost.routes) {
                    if (route.mapping.kind.empty())
                        continue; // the edge's own
                    const QString name = hostOf(route, whole);
                    if (!at.contains(name)) {
                        at.insert(name, hosts.size());
                        hosts.append(HostNode{name, {}, {}, {}, {}});
                    }
                    HostNode &host = hosts[at.value(name)];
                    if (!host.ports.contains(port))
                        host.ports.append(port);
                    addRoute(host, view, route);
                }
            }
        }
    }
    return hosts;
}

// Of which no route is made, for a reason of their own.
QList<RouteNode> unservedNodes(const EdgeView &view, const QList<HostNode> &hosts)
{
    using State = MappingVerdict::State;
    QSet<QString> served;
    for (const HostNode &host : hosts) {
        for (const PathNode &path : host.paths) {
            for (const RouteNode &mapping : path.mappings)
                served.insert(mapping.mapping);
        }
    }
    QList<RouteNode> nodes;
    for (auto one = view.mappings.cbegin(); one != view.mappings.cend(); ++one) {
        const State state = *one ? (*one)->state : State::Unknown;
        if ((state != State::Rejected && state != State::Unreachable) || served.contains(one.key()))
            continue;
        RouteNode node;
        node.text = one.key();
        node.mapping = one.key();
        node.side = (*one)->stateReason;
        judge(node, *one);
        nodes.append(node);
    }
    std::sort(nodes.begin(), nodes.end(),
              [](const RouteNode &a, const RouteNode &b) { return a.text < b.text; });
    return nodes;
}

void carryWorstTo(RouteNode &node, const QList<RouteNode> &nodes)
{
    node.state.clear();
    node.severity = Severity::Good;
    for (int child = node.firstChild; child < node.firstChild + node.children; ++child) {
        const RouteNode &below = nodes[child];
        if (below.severity < Severity::Warning || below.severity <= node.severity)
            continue;
        node.severity = below.severity;
        node.state = below.state;
    }
}

// From below: children stand behind their parents.
void carryWorst(QList<RouteNode> &nodes)
{
    for (qsizetype at = nodes.size() - 1; at >= 0; --at) {
        if (nodes[at].mapping.isEmpty())
            carryWorstTo(nodes[at], nodes);
    }
}

void number(QList<RouteNode> &nodes, int parent, int first)
{
    nodes[parent].firstChild = first;
    nodes[parent].children = int(nodes.size()) - first;
    for (int row = 0; row < nodes[parent].children; ++row) {
        nodes[first + row].parent = parent;
        nodes[first + row].row = row;
    }
}

} // namespace

QList<RouteNode> routeNodes(const EdgeView &view)
{
    QList<RouteNode> nodes;
    if (!view.table)
        return nodes;
    const QList<HostNode> hosts = hostsOf(view);
    for (const HostNode &host : hosts) {
        RouteNode node;
        node.text = host.text;
        node.side = RouteTree::tr("port %1").arg(host.ports.join(u", "_s));
        node.row = int(nodes.size());
        nodes.append(node);
    }
    const QList<RouteNode> unserved = unservedNodes(view, hosts);
    if (!unserved.isEmpty()) {
        RouteNode node;
        node.text = RouteTree::tr("In no route");
        node.side = unserved.size() == 1 ? RouteTree::tr("1 Mapping")
                                         : RouteTree::tr("%1 Mappings").arg(unserved.size());
        node.row = int(nodes.size());
        nodes.append(node);
    }
    QList<QPair<int, const PathNode *>> paths; // by the index of their node
    for (int h = 0; h < hosts.size(); ++h) {
        const auto first = int(nodes.size());
        for (const PathNode &path : hosts[h].paths) {
            RouteNode node;
            node.text = path.text;
            node.mono = true;
            paths.append({int(nodes.size()), &path});
            nodes.append(node);
        }
        number(nodes, h, first);
    }
    for (const auto &[at, path] : std::as_const(paths)) {
        const auto first = int(nodes.size());
        nodes.append(path->mappings);
        number(nodes, at, first);
    }
    if (!unserved.isEmpty()) {
        const auto first = int(nodes.size());
        nodes.append(unserved);
        number(nodes, int(hosts.size()), first);
    }
    carryWorst(nodes);
    return nodes;
}

void RouteTree::setNodes(const QList<RouteNode> &nodes)
{
    if (nodes == m_told)
        return;
    beginResetModel();
    m_told = nodes;
    m_nodes = withStates();
    m_hosts =
        int(std::count_if(nodes.begin(), nodes.end(), [](const RouteNode &node) { return node.parent < 0; }));
    m_placesOf.clear();
    for (int at = m_hosts; at < m_nodes.size(); ++at) {
        if (const QString &mapping = m_nodes[at].mapping; !mapping.isEmpty())
            m_placesOf.insert(mapping, at);
    }
    endResetModel();
}

QList<RouteNode> RouteTree::withStates() const
{
    QList<RouteNode> nodes = m_told;
    for (RouteNode &node : nodes) {
        const auto state = node.mapping.isEmpty() ? m_states.cend() : m_states.constFind(node.mapping);
        if (state == m_states.cend())
            continue;
        node.state = state->text;
        node.severity = state->severity;
    }
    carryWorst(nodes);
    return nodes;
}

void RouteTree::follow(const TableModel<MappingRow> &mappings)
{
    connect(&mappings, &QAbstractItemModel::dataChanged, this,
            [this, &mappings](const QModelIndex &first, const QModelIndex &last) {
                tellStates(mappings, first.row(), last.row());
            });
    connect(
        &mappings, &QAbstractItemModel::rowsInserted, this,
        [this, &mappings](const QModelIndex &, int first, int last) { tellStates(mappings, first, last); });
    connect(&mappings, &QAbstractItemModel::modelReset, this, &RouteTree::forgetStates);
}

void RouteTree::tellStates(const TableModel<MappingRow> &mappings, int first, int last)
{
    QHash<QString, RouteState> states;
    for (int i = first; i <= last; ++i) {
        const MappingRow &row = mappings.row(i); // of two of one name the one that counts
        if (row.verdict && row.verdict->state != MappingVerdict::State::Replaced)
            states.insert(verdictKey(row), {stateText(row), stateSeverity(row)});
    }
    changeStates(states);
}

void RouteTree::changeStates(const QHash<QString, RouteState> &states)
{
    std::set<int, std::greater<>> parents; // of those that differ; the lowest first
    for (auto one = states.cbegin(); one != states.cend(); ++one) {
        m_states.insert(one.key(), *one);
        for (const int at : m_placesOf.values(one.key())) {
            RouteNode &node = m_nodes[at];
            if (node.state == one->text && node.severity == one->severity)
                continue;
            node.state = one->text;
            node.severity = one->severity;
            parents.insert(node.parent);
        }
    }
    while (!parents.empty()) {
        const int at = *parents.begin();
        parents.erase(parents.begin());
        const QModelIndex above = at < 0 ? QModelIndex() : createIndex(m_nodes[at].row, 0, quintptr(at));
        Q_EMIT dataChanged(index(0, 0, above), index(rowCount(above) - 1, 2, above));
        if (at < 0)
            continue;
        const RouteNode before = m_nodes[at];
        carryWorstTo(m_nodes[at], m_nodes);
        if (!(before == m_nodes[at]))
            parents.insert(before.parent);
    }
}

void RouteTree::forgetStates()
{
    m_states.clear();
    if (m_nodes.isEmpty())
        return;
    beginResetModel();
    m_nodes = withStates();
    endResetModel();
}

QModelIndex RouteTree::indexOf(const QString &mapping) const
{
    const QList<int> places = m_placesOf.values(mapping);
    if (places.isEmpty())
        return {};
    const int first = *std::min_element(places.begin(), places.end());
    return createIndex(m_nodes[first].row, 0, quintptr(first));
}

const RouteNode *RouteTree::node(const QModelIndex &index) const
{
    return index.isValid() ? &m_nodes[qsizetype(index.internalId())] : nullptr;
}

QString RouteTree::pathOf(const QModelIndex &index) const
{
    QStringList texts;
    for (const RouteNode *at = node(index); at; at = at->parent < 0 ? nullptr : &m_nodes[at->parent])
        texts.prepend(at->text);
    return texts.join(u'\n');
}

QModelIndex RouteTree::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || row >= rowCount(parent) || column < 0 || column >= columnCount(parent))
        return {};
    const RouteNode *above = node(parent);
    return createIndex(row, column, quintptr(above ? above->firstChild + row : row));
}

QModelIndex RouteTree::parent(const QModelIndex &child) const
{
    const RouteNode *below = node(child);
    if (!below || below->parent < 0)
        return {};
    return createIndex(m_nodes[below->parent].row, 0, quintptr(below->parent));
}

int RouteTree::rowCount(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return 0;
    const RouteNode *above = node(parent);
    return above ? above->children : m_hosts;
}

int RouteTree::columnCount(const QModelIndex &) const { return 3; }

QVariant RouteTree::data(const QModelIndex &index, int role) const
{
    const RouteNode *at = node(index);
    if (!at)
        return {};
    const bool isState = index.column() == 1;
    switch (role) {
    case Qt::DisplayRole: return index.column() == 0 ? at->text : isState ? at->state : at->side;
    case Qt::ToolTipRole: return index.column() == 0 ? at->text : isState ? at->state : at->side;
    case Qt::AccessibleTextRole:
        if (index.column() > 0 || (at->mapping.isEmpty() && at->state.isEmpty()))
            return {};
        return at->mapping.isEmpty() ? tr("%1, in it: %2").arg(at->text, at->state)
                                     : tr("Mapping %1, %2").arg(at->mapping, at->state);
    case TableModelBase::StyleRole:
        return int(isState                   ? CellStyle::Chip
                       : index.column() == 2 ? CellStyle::Dim
                       : at->mono            ? CellStyle::Mono
                       : at->parent < 0      ? CellStyle::Strong
                                             : CellStyle::Text);
    case TableModelBase::SeverityRole:
        return isState && !at->state.isEmpty() ? QVariant(int(at->severity)) : QVariant();
    case TableModelBase::KeyRole: return at->mapping;
    default: return {};
    }
}

QVariant RouteTree::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Host, path, Mapping") : section == 1 ? tr("State") : tr("Goes to");
}

} // namespace models
