// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/edge_object_rows.h"

#include "models/analysis/configured_objects.h"
#include "models/analysis/listener_text.h"
#include "models/items/severity_rank.h"
#include "models/resources/edge_installation.h"
#include "models/resources/text.h"

#include <QCoreApplication>

#include <set>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct EdgeObjectText
{
    Q_DECLARE_TR_FUNCTIONS(EdgeObjectColumns)
};

QString joined(const edge::Value &value) // a text, or a list of them
{
    QStringList list;
    for (const edge::Value &item : value.items())
        list.append(text(item));
    return list.isEmpty() ? text(value) : list.join(u", "_s);
}

QString selectorText(const edge::Value &selector)
{
    QStringList list;
    for (const auto &[name, value] : selector["matchLabels"].members())
        list.append(text(name) + u'=' + text(value));
    return list.join(u", "_s);
}

bool isSame(const edge::ResourceRef &ref, const ObjectRef &object)
{
    return text(ref.kind) == object.kind && text(ref.name) == object.name
        && text(ref.nameSpace) == object.nameSpace;
}

// What of the compiled configuration an object stands behind.
struct Compiled
{
    QStringList ports; // "8443 TLS"
    std::set<std::string> mappings;
    QStringList hosts, contexts;
    bool isUsed() const { return !ports.isEmpty(); }
};

class RowBuilder
{
public:
    RowBuilder(const Snapshot &snapshot, const EdgeView &view)
        : m_snapshot(snapshot)
        , m_view(view)
    {
    }

    EdgeObjects build() const
    {
        EdgeObjects all;
        for (const ConfiguredObject &one : configuredObjects(m_snapshot, m_view.installation)) {
            const std::string &kind = (*one.object)["kind"].text();
            if (kind == "Host")
                add(all.hosts, hostRow(one), one);
            else if (kind == "Listener")
                add(all.listeners, listenerRow(one), one);
            else if (kind == "TCPMapping")
                add(all.tcpMappings, tcpMappingRow(one), one);
        }
        addBuiltIn(all.listeners);
        return all;
    }

private:
    // What stands in an annotation is no object that could be read or copied by its name.
    static void add(QList<EdgeObjectRow> &rows, EdgeObjectRow row, const ConfiguredObject &one)
    {
        if (!one.isOwn()) {
            row.source = one.source();
            row.facts.prepend({EdgeObjectText::tr("Source"), row.source});
            row.object.kind.clear();
        }
        rows.append(std::move(row));
    }

    const edge::Config *config() const { return m_view.table ? &m_view.table->config() : nullptr; }

    static EdgeObjectRow rowOf(const ConfiguredObject &one)
    {
        const edge::Value &object = *one.object;
        EdgeObjectRow row;
        row.object = {text(object["kind"]), text(object.at({"metadata", "namespace"})),
                      text(object.at({"metadata", "name"}))};
        row.key = one.key();
        row.apiVersion = text(object["apiVersion"]);
        return row;
    }

    void judge(EdgeObjectRow &row, const ConfiguredObject &one, const Compiled &compiled) const
    {
        if (const QString why = whyReplaced(one); !why.isEmpty()) {
            row.state = EdgeObjectText::tr("Replaced");
            row.severity = Severity::Warning;
            row.reason = why;
            return;
        }
        const QString otherEdge = whyNotForEdge(*one.object, m_view.installation);
        if (!otherEdge.isEmpty()) {
            row.state = EdgeObjectText::tr("Other edge");
            row.isOtherEdges = true;
            row.reason = otherEdge;
            return;
        }
        for (const edge::Diagnostic &diagnostic :
             config() ? config()->diagnostics : std::vector<edge::Diagnostic>()) {
            if (!isSame(diagnostic.object, row.object))
                continue;
            row.reason = text(diagnostic.path).isEmpty()
                ? text(diagnostic.message)
                : u"%1: %2"_s.arg(text(diagnostic.path), text(diagnostic.message));
            if (diagnostic.dropped) {
                row.state = EdgeObjectText::tr("Rejected");
                row.severity = Severity::Error;
                return;
            }
        }
        row.state = !config()   ? EdgeObjectText::tr("Unknown")
            : compiled.isUsed() ? EdgeObjectText::tr("Loaded")
                                : EdgeObjectText::tr("Not used");
        row.severity = !config()   ? Severity::Unknown
            : !compiled.isUsed()   ? Severity::Warning
            : row.reason.isEmpty() ? Severity::Good
                                   : Severity::Warning;
        if (config() && !compiled.isUsed() && row.reason.isEmpty())
            row.reason = EdgeObjectText::tr("no port of the edge leads to it");
    }

    QString whyReplaced(const ConfiguredObject &one) const
    {
        return config() ? models::whyReplaced(one, *config()) : QString();
    }

    // Of one whose name another has taken nothing.
    template<typename IsMine>
    Compiled compiledFor(const ConfiguredObject &one, IsMine isMine) const
    {
        return whyReplaced(one).isEmpty() ? compiledOf(isMine) : Compiled();
    }

    template<typename IsMine>
    Compiled compiledOf(IsMine isMine) const
    {
        Compiled compiled;
        if (!config())
            return compiled;
        for (const edge::Listener &listener : config()->listeners) {
            for (const edge::FilterChain &chain : listener.chains)
                addChain(compiled, listener, chain, isMine);
        }
        for (QStringList *list : {&compiled.ports, &compiled.hosts, &compiled.contexts})
            list->removeDuplicates();
        return compiled;
    }

    template<typename IsMine>
    static void addChain(Compiled &compiled, const edge::Listener &listener, const edge::FilterChain &chain,
                         IsMine isMine)
    {
        const QString port = QString::number(listener.port) + (chain.tls ? u" TLS"_s : QString());
        const auto add = [&] {
            compiled.ports.append(port);
            if (!chain.tlsContext.empty())
                compiled.contexts.append(text(chain.tlsContext));
        };
        if (!chain.tcpClusters.empty() && isMine(listener, chain, nullptr))
            add();
        for (const edge::VirtualHost &host : chain.virtualHosts) {
            if (!isMine(listener, chain, &host))
                continue;
            add();
            for (const std::string &domain : host.domains)
                compiled.hosts.append(text(domain));
            for (const edge::Route &route : host.routes) {
                if (!route.mapping.kind.empty())
                    compiled.mappings.insert(route.mapping.nameSpace + "/" + route.mapping.name);
            }
        }
    }

    // What of Secrets was not read is compiled as if it were there.
    void noteUnreadSecret(EdgeObjectRow &row, const edge::Value &spec, const Compiled &compiled) const
    {
        const edge::Value &secret = spec["tlsSecret"];
        const QString name = text(secret["name"]), said = text(secret["namespace"]);
        const QString nameSpace = said.isEmpty() ? row.object.nameSpace : said;
        if (name.isEmpty() || !compiled.isUsed() || row.severity == Severity::Error
            || m_snapshot.knows(u"secrets"_s) || m_snapshot.secret(nameSpace, name))
            return;
        const bool isMissing = m_snapshot.knowsIn(u"secrets"_s, nameSpace);
        row.state = isMissing ? EdgeObjectText::tr("Rejected") : EdgeObjectText::tr("Unknown");
        row.severity = isMissing ? Severity::Error : Severity::Unknown;
        row.reason = isMissing
            ? EdgeObjectText::tr("there is no Secret %1 in namespace %2").arg(name, nameSpace)
            : EdgeObjectText::tr("whether Secret %1 is there and good is not known: %2")
                  .arg(name, m_snapshot.whyUnknown(u"secrets"_s));
    }

    EdgeObjectRow hostRow(const ConfiguredObject &one) const
    {
        EdgeObjectRow row = rowOf(one);
        const edge::Value &spec = (*one.object)["spec"];
        const Compiled compiled =
            compiledFor(one, [&row](const auto &, const auto &, const edge::VirtualHost *host) {
                return host && isSame(host->host, row.object);
            });
        judge(row, one, compiled);
        const QString secret = text(spec.at({"tlsSecret", "name"}));
        if (compiled.isUsed() && compiled.contexts.isEmpty() && !secret.isEmpty()
            && row.severity != Severity::Error) {
            row.state = EdgeObjectText::tr("Clear text only");
            row.severity = Severity::Warning;
            row.reason = EdgeObjectText::tr("it names a certificate, but no port ends TLS for it");
        }
        noteUnreadSecret(row, spec, compiled);
        const QString context = text(spec.at({"tlsContext", "name"}));
        const QString insecure = text(spec.at({"requestPolicy", "insecure", "action"}));
        row.cells = {text(spec["hostname"]).isEmpty() ? u"*"_s : text(spec["hostname"]),
                     !secret.isEmpty() ? secret : context,
                     insecure.isEmpty() ? EdgeObjectText::tr("Redirect (default)") : insecure,
                     compiled.ports.join(u", "_s), QString::number(compiled.mappings.size())};
        row.facts = {{EdgeObjectText::tr("Hostname"), row.cells[0]},
                     {EdgeObjectText::tr("Secret"), secret},
                     {EdgeObjectText::tr("TLSContext"), context},
                     {EdgeObjectText::tr("Clear text"), row.cells[2]},
                     {EdgeObjectText::tr("Additional port"),
                      text(spec.at({"requestPolicy", "insecure", "additionalPort"}))},
                     {EdgeObjectText::tr("Selects Mappings by"), selectorText(spec["mappingSelector"])},
                     {EdgeObjectText::tr("ACME"), text(spec.at({"acmeProvider", "authority"}))},
                     {EdgeObjectText::tr("Ports"), row.cells[3]},
                     {EdgeObjectText::tr("Mappings"), row.cells[4]}};
        if (!secret.isEmpty())
            row.uses.append(u"Secret %1"_s.arg(secret));
        for (const QString &name : compiled.contexts)
            row.uses.append(u"TLSContext %1"_s.arg(name));
        addMappings(row.usedBy, compiled);
        return row;
    }

    EdgeObjectRow listenerRow(const ConfiguredObject &one) const
    {
        EdgeObjectRow row = rowOf(one);
        const edge::Value &spec = (*one.object)["spec"];
        const Compiled compiled =
            compiledFor(one, [&row](const edge::Listener &listener, const auto &, const edge::VirtualHost *) {
                return isSame(listener.listener, row.object);
            });
        judge(row, one, compiled);
        row.cells = {text(spec["port"]),           protocolOf(row, spec),
                     text(spec["securityModel"]),  text(spec.at({"hostBinding", "namespace", "from"})),
                     compiled.hosts.join(u", "_s), QString::number(compiled.mappings.size())};
        fillListener(row, compiled);
        return row;
    }

    // As the edge serves it; of one that it does not serve, what the object asks for.
    QString protocolOf(const EdgeObjectRow &row, const edge::Value &spec) const
    {
        if (config()) {
            for (const edge::Listener &listener : config()->listeners) {
                if (isSame(listener.listener, row.object))
                    return protocolText(listener);
            }
        }
        const QString protocol = text(spec["protocol"]);
        return protocol.isEmpty() ? joined(spec["protocolStack"]) : protocol;
    }

    static void fillListener(EdgeObjectRow &row, const Compiled &compiled)
    {
        row.facts = {{EdgeObjectText::tr("Port"), row.cells[0]},
                     {EdgeObjectText::tr("Protocol"), row.cells[1]},
                     {EdgeObjectText::tr("Security model"), row.cells[2]},
                     {EdgeObjectText::tr("Hosts from namespaces"), row.cells[3]},
                     {EdgeObjectText::tr("Serves"), compiled.ports.join(u", "_s)},
                     {EdgeObjectText::tr("Hosts"), row.cells[4]},
                     {EdgeObjectText::tr("Mappings"), row.cells[5]}};
        for (const QString &name : compiled.contexts)
            row.uses.append(u"TLSContext %1"_s.arg(name));
        addMappings(row.usedBy, compiled);
    }

    // Before 2.0 there are no Listeners: the edge opens its ports by itself.
    void addBuiltIn(QList<EdgeObjectRow> &rows) const
    {
        if (!config())
            return;
        for (const edge::Listener &listener : config()->listeners) {
            if (!listener.listener.kind.empty())
                continue;
            const auto port = listener.port;
            const Compiled compiled =
                compiledOf([port](const edge::Listener &each, const auto &, const edge::VirtualHost *) {
                    return each.port == port && each.listener.kind.empty();
                });
            EdgeObjectRow row;
            row.key = u"port %1"_s.arg(port);
            if (std::any_of(rows.begin(), rows.end(),
                            [&row](const auto &known) { return known.key == row.key; }))
                continue;
            row.state = EdgeObjectText::tr("Built in");
            row.reason = EdgeObjectText::tr("the edge opens this port by itself; no Listener object says so");
            row.severity = Severity::Good;
            row.cells = {QString::number(port),
                         protocolText(listener),
                         QString(),
                         QString(),
                         compiled.hosts.join(u", "_s),
                         QString::number(compiled.mappings.size())};
            fillListener(row, compiled);
            rows.append(row);
        }
    }

    EdgeObjectRow tcpMappingRow(const ConfiguredObject &one) const
    {
        EdgeObjectRow row = rowOf(one);
        const edge::Value &spec = (*one.object)["spec"];
        const Compiled compiled = compiledFor(
            one, [&row](const auto &, const edge::FilterChain &chain, const edge::VirtualHost *host) {
                return !host && isSame(chain.source, row.object);
            });
        judge(row, one, compiled);
        const QString host = text(spec["host"]);
        const QString tls = spec["tls"].isBool()
            ? (spec["tls"].toBool() ? EdgeObjectText::tr("without a certificate") : QString())
            : text(spec["tls"]);
        row.cells = {text(spec["port"]), host.isEmpty() ? EdgeObjectText::tr("any") : host,
                     text(spec["service"]), tls.isEmpty() ? EdgeObjectText::tr("none") : tls,
                     text(spec["weight"])};
        row.facts = {{EdgeObjectText::tr("Port"), row.cells[0]},
                     {EdgeObjectText::tr("Server name"), row.cells[1]},
                     {EdgeObjectText::tr("Service"), row.cells[2]},
                     {EdgeObjectText::tr("TLS to service"), row.cells[3]},
                     {EdgeObjectText::tr("Weight"), row.cells[4]}};
        row.uses.append(u"Service %1"_s.arg(row.cells[2]));
        return row;
    }

    static void addMappings(QStringList &list, const Compiled &compiled)
    {
        constexpr size_t Most = 12;
        for (const std::string &mapping : compiled.mappings) {
            if (list.size() == Most) {
                list.append(EdgeObjectText::tr("and %1 more").arg(compiled.mappings.size() - Most));
                return;
            }
            list.append(u"Mapping %1"_s.arg(text(mapping)));
        }
    }

    const Snapshot &m_snapshot;
    const EdgeView &m_view;
};

using Row = const EdgeObjectRow &;

void addName(std::vector<Column<EdgeObjectRow>> &columns)
{
    columns.push_back({.id = u"name"_s,
                       .title = EdgeObjectText::tr("Name"),
                       .text = [](Row row) { return row.object.name; },
                       .style = CellStyle::Dim,
                       .width = 140,
                       .minimumWidth = 80,
                       .priority = 3});
    columns.push_back({.id = u"namespace"_s,
                       .title = EdgeObjectText::tr("Namespace"),
                       .text = [](Row row) { return row.object.nameSpace; },
                       .style = CellStyle::Dim,
                       .width = 110,
                       .minimumWidth = 70,
                       .priority = 4,
                       .filterNames = {u"ns"_s}});
}

std::vector<Column<EdgeObjectRow>> withState()
{
    std::vector<Column<EdgeObjectRow>> columns;
    columns.push_back({.id = u"state"_s,
                       .title = EdgeObjectText::tr("State"),
                       .text = [](Row row) { return row.state; },
                       .style = CellStyle::Chip,
                       .sortRank = [](Row row) { return rankOf(row.severity); },
                       .severity = [](Row row) { return row.severity; },
                       .toolTip = [](Row row) { return row.reason.isEmpty() ? row.state : row.reason; },
                       .width = 120,
                       .minimumWidth = 104,
                       .filterNames = {u"status"_s}});
    return columns;
}

Column<EdgeObjectRow> cell(const QString &id, const QString &title, int at, int width, int priority = 1)
{
    return {.id = id,
            .title = title,
            .text = [at](Row row) { return row.cells.value(at); },
            .width = width,
            .minimumWidth = qMin(width, 70),
            .priority = priority};
}

Column<EdgeObjectRow> number(const QString &id, const QString &title, int at, int priority = 1)
{
    Column<EdgeObjectRow> column = cell(id, title, at, 84, priority);
    column.style = CellStyle::Number;
    column.sortKey = [at](Row row) {
        return row.cells.value(at).isEmpty() ? QVariant() : QVariant(row.cells.value(at).toInt());
    };
    column.comparison = Comparison::Number;
    return column;
}

} // namespace

EdgeObjects edgeObjects(const Snapshot &snapshot, const EdgeView &view)
{
    return RowBuilder(snapshot, view).build();
}

std::vector<Column<EdgeObjectRow>> hostColumns()
{
    auto columns = withState();
    columns.push_back(cell(u"hostname"_s, EdgeObjectText::tr("Hostname"), 0, 220));
    columns.back().style = CellStyle::Strong;
    columns.back().stretch = true;
    columns.back().filterNames = {u"host"_s};
    columns.push_back(cell(u"tls"_s, EdgeObjectText::tr("TLS from"), 1, 160, 2));
    columns.push_back(cell(u"insecure"_s, EdgeObjectText::tr("Clear text"), 2, 130, 3));
    columns.push_back(cell(u"ports"_s, EdgeObjectText::tr("Ports"), 3, 130, 2));
    columns.push_back(number(u"mappings"_s, EdgeObjectText::tr("Mappings"), 4));
    addName(columns);
    return columns;
}

std::vector<Column<EdgeObjectRow>> listenerColumns()
{
    auto columns = withState();
    columns.push_back(number(u"port"_s, EdgeObjectText::tr("Port"), 0));
    columns.push_back(cell(u"protocol"_s, EdgeObjectText::tr("Protocol"), 1, 110));
    columns.push_back(cell(u"security"_s, EdgeObjectText::tr("Security model"), 2, 130, 3));
    columns.push_back(cell(u"from"_s, EdgeObjectText::tr("Hosts from"), 3, 100, 4));
    columns.push_back(cell(u"hosts"_s, EdgeObjectText::tr("Hosts"), 4, 240, 2));
    columns.back().stretch = true;
    columns.back().filterNames = {u"host"_s};
    columns.push_back(number(u"mappings"_s, EdgeObjectText::tr("Mappings"), 5, 2));
    addName(columns);
    return columns;
}

std::vector<Column<EdgeObjectRow>> tcpMappingColumns()
{
    auto columns = withState();
    columns.push_back(number(u"port"_s, EdgeObjectText::tr("Port"), 0));
    columns.push_back(cell(u"host"_s, EdgeObjectText::tr("Server name"), 1, 180));
    columns.push_back(cell(u"service"_s, EdgeObjectText::tr("Service"), 2, 180));
    columns.back().stretch = true;
    columns.back().filterNames = {u"svc"_s};
    columns.push_back(cell(u"tls"_s, EdgeObjectText::tr("TLS to service"), 3, 140, 2));
    columns.push_back(number(u"weight"_s, EdgeObjectText::tr("Weight"), 4, 4));
    addName(columns);
    return columns;
}

} // namespace models
