// SPDX-License-Identifier: GPL-3.0-or-later
// hosts, tlscontexts, listeners: what the edge makes of each object, of a cluster or of manifests.
#include "app/cli/command.h"
#include "app/cli/source_column.h"
#include "app/cli/whereabouts.h"
#include "app/edge_access.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/edge_compile.h"
#include "models/analysis/listener_text.h"
#include "models/resources/text.h"

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using models::Severity;
using models::text;

struct Verdict
{
    QString state;
    Severity severity = Severity::Good;
    QStringList messages;
};

class EdgeTables
{
public:
    EdgeTables(const ClusterAnalysis &analysis, const QString &nameSpace)
        : m_analysis(analysis)
        , m_config(analysis.view.table->config())
        , m_nameSpace(nameSpace)
        , m_objects(models::configuredObjects(*analysis.snapshot, analysis.view.installation))
    {
    }

    const edge::Config &config() const { return m_config; }

    std::vector<const models::ConfiguredObject *> objects(std::string_view kind) const
    {
        std::vector<const models::ConfiguredObject *> found;
        for (const models::ConfiguredObject &one : m_objects) {
            const edge::Value &object = *one.object;
            if (object["kind"].text() == kind
                && (m_nameSpace.isEmpty() || text(object.at({"metadata", "namespace"})) == m_nameSpace))
                found.push_back(&one);
        }
        return found;
    }

    // It stands behind what the configuration says of this reference: no other of its name does.
    bool isOf(const edge::ResourceRef &ref, const models::ConfiguredObject &one) const
    {
        const edge::Value &object = *one.object;
        return ref.kind == object["kind"].text() && ref.name == object.at({"metadata", "name"}).text()
            && ref.nameSpace == object.at({"metadata", "namespace"}).text()
            && models::whyReplaced(one, m_config).isEmpty();
    }

    // used: something in the configuration comes from it.
    Verdict verdict(const models::ConfiguredObject &one, bool used, const QString &unusedWord) const
    {
        Verdict verdict;
        if (const QString why = models::whyReplaced(one, m_config); !why.isEmpty())
            return {u"replaced"_s, Severity::Warning, {why}};
        const QString other = models::whyNotForEdge(*one.object, m_analysis.view.installation);
        if (!other.isEmpty())
            return isTakenByNone(m_analysis, *one.object) ? Verdict{u"no edge"_s, Severity::Warning, {other}}
                                                          : Verdict{u"other edge"_s, Severity::Info, {other}};
        bool dropped = false;
        bool complained = false;
        for (const edge::Diagnostic &diagnostic : m_config.diagnostics) {
            if (!isOf(diagnostic.object, one))
                continue;
            dropped = dropped || diagnostic.dropped;
            complained = complained || diagnostic.severity == edge::Diagnostic::Severity::Error;
            verdict.messages.append((diagnostic.path.empty() ? QString() : text(diagnostic.path) + u": "_s)
                                    + text(diagnostic.message));
        }
        verdict.state = used ? u"loaded"_s : dropped ? u"rejected"_s : unusedWord;
        verdict.severity = !used && dropped ? Severity::Error
            : !used || complained           ? Severity::Warning
                                            : Severity::Good;
        return verdict;
    }

private:
    const ClusterAnalysis &m_analysis;
    const edge::Config &m_config;
    QString m_nameSpace;
    std::vector<models::ConfiguredObject> m_objects;
};

template<typename Visit> // (listener, chain, virtual host)
void eachHost(const edge::Config &config, Visit visit)
{
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts)
                visit(listener, chain, host);
        }
    }
}

QStringList texts(const edge::Value &list)
{
    QStringList result;
    for (const edge::Value &item : list.items())
        result.append(text(item));
    return result;
}

edge::Value identity(const edge::Value &object, const Verdict &verdict)
{
    return edge::Value::object({{"namespace", object.at({"metadata", "namespace"})},
                                {"name", object.at({"metadata", "name"})},
                                {"state", value(verdict.state)},
                                {"messages", value(verdict.messages)}});
}

struct Listing
{
    Table table;
    edge::Value items = edge::Value::array();
    QStringList sources = {}; // of the rows

    void add(QList<Cell> row, edge::Value item, const QString &source)
    {
        table.rows.append(std::move(row));
        if (!source.isEmpty())
            item.set("source", value(source));
        items.push(std::move(item));
        sources.append(source);
    }
};

Listing hosts(const EdgeTables &tables)
{
    Listing list{{{u"NAMESPACE"_s, u"NAME"_s, u"HOSTNAME"_s, u"SECRET"_s, u"TLSCONTEXT"_s, u"INSECURE"_s,
                   u"PORTS"_s, u"STATE"_s},
                  {}}};
    for (const models::ConfiguredObject *one : tables.objects("Host")) {
        const edge::Value *object = one->object.get();
        const edge::Value &spec = (*object)["spec"];
        QStringList ports;
        QString context;
        eachHost(tables.config(),
                 [&](const edge::Listener &listener, const edge::FilterChain &chain,
                     const edge::VirtualHost &host) {
                     if (!tables.isOf(host.host, *one))
                         return;
                     const QString port =
                         QString::number(listener.port) + (chain.tls ? u"/TLS"_s : QString());
                     if (!ports.contains(port))
                         ports.append(port);
                     context = chain.tls ? text(chain.tlsContext) : context;
                 });
        Verdict verdict = tables.verdict(*one, !ports.isEmpty(), u"not served"_s);
        if (verdict.state == "loaded"_L1 && context.isEmpty()
            && !text(spec.at({"tlsSecret", "name"})).isEmpty())
            verdict = {u"clear text only"_s, Severity::Warning,
                       verdict.messages + QStringList{u"spec.tlsSecret: no port ends TLS for it"_s}};
        const QString hostname = spec["hostname"].text().empty() ? u"*"_s : text(spec["hostname"]);
        const edge::Value &given = spec.at({"requestPolicy", "insecure", "action"});
        const QString action = given.isString() ? text(given) : u"Redirect"_s;
        const QList<Cell> row{{text(object->at({"metadata", "namespace"}))},
                              {text(object->at({"metadata", "name"}))},
                              {hostname},
                              {orDash(text(spec.at({"tlsSecret", "name"})))},
                              {orDash(context)},
                              {action},
                              {orDash(ports.join(u','))},
                              {verdict.state, verdict.severity}};
        edge::Value item = identity(*object, verdict);
        item.set("hostname", value(hostname));
        item.set("secret", value(text(spec.at({"tlsSecret", "name"}))));
        item.set("tlsContext", value(context));
        item.set("insecureAction", value(action));
        item.set("ports", value(ports));
        list.add(row, std::move(item), one->source());
    }
    return list;
}

QStringList usersOf(const edge::Config &config, const std::string &context)
{
    QStringList users;
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            const QString port = u"port %1"_s.arg(listener.port);
            if (chain.tls && chain.tlsContext == context && !users.contains(port))
                users.append(port);
        }
    }
    const auto clusters =
        std::count_if(config.clusters.begin(), config.clusters.end(), [&](const auto &entry) {
            return entry.second.tls && entry.second.tlsContext == context;
        });
    if (clusters > 0)
        users.append(u"%1 upstream cluster%2"_s.arg(clusters).arg(clusters == 1 ? QString() : u"s"_s));
    return users;
}

Listing tlsContexts(const EdgeTables &tables)
{
    Listing list{
        {{u"NAMESPACE"_s, u"NAME"_s, u"HOSTS"_s, u"SECRET"_s, u"CA"_s, u"ALPN"_s, u"USED BY"_s, u"STATE"_s},
         {}}};
    for (const models::ConfiguredObject *one : tables.objects("TLSContext")) {
        const edge::Value *object = one->object.get();
        const edge::Value &spec = (*object)["spec"];
        const auto sound = tables.config().tlsContexts.find(object->at({"metadata", "name"}).text());
        const bool used =
            sound != tables.config().tlsContexts.end() && tables.isOf(sound->second.source, *one);
        const Verdict verdict = tables.verdict(*one, used, u"unusable"_s);
        const QStringList users = used ? usersOf(tables.config(), sound->first) : QStringList();
        const QString secret = text(spec["secret"]);
        const QString authority = text(spec["ca_secret"]);
        const QList<Cell> row{{text(object->at({"metadata", "namespace"}))},
                              {text(object->at({"metadata", "name"}))},
                              {orDash(texts(spec["hosts"]).join(u','))},
                              {orDash(secret)},
                              {orDash(authority)},
                              {orDash(text(spec["alpn_protocols"]))},
                              {orDash(users.join(u", "_s))},
                              {verdict.state, verdict.severity}};
        edge::Value item = identity(*object, verdict);
        item.set("hosts", value(texts(spec["hosts"])));
        item.set("secret", value(secret));
        item.set("caSecret", value(authority));
        item.set("alpnProtocols", spec["alpn_protocols"]);
        item.set("usedBy", value(users));
        list.add(row, std::move(item), one->source());
    }
    return list;
}

void addListener(Listing &list, const edge::Listener &listener, const QString &source)
{
    QStringList names;
    std::size_t routes = 0;
    bool tls = false;
    for (const edge::FilterChain &chain : listener.chains) {
        tls = tls || chain.tls;
        for (const edge::VirtualHost &host : chain.virtualHosts) {
            routes += host.routes.size();
            for (const std::string &domain : host.domains) {
                if (!names.contains(text(domain)))
                    names.append(text(domain));
            }
        }
    }
    const QString protocol = models::protocolText(listener);
    const QString nameSpace = listener.listener.kind.empty() ? u"-"_s : text(listener.listener.nameSpace);
    const QList<Cell> row{{QString::number(listener.port)},
                          {nameSpace},
                          {text(listener.name)},
                          {protocol},
                          {orDash(names.join(u','))},
                          {QString::number(routes)},
                          {u"loaded"_s, Severity::Good}};
    list.add(row,
             edge::Value::object({{"port", int(listener.port)},
                                  {"namespace", value(nameSpace == "-"_L1 ? QString() : nameSpace)},
                                  {"name", listener.name},
                                  {"protocol", value(protocol)},
                                  {"tls", tls},
                                  {"hosts", value(names)},
                                  {"routes", int(routes)},
                                  {"state", "loaded"}}),
             source);
}

// First what is listened on, then the Listeners of which nothing came.
Listing listeners(const EdgeTables &tables)
{
    Listing list{
        {{u"PORT"_s, u"NAMESPACE"_s, u"NAME"_s, u"PROTOCOL"_s, u"HOSTS"_s, u"ROUTES"_s, u"STATE"_s}, {}}};
    const std::vector<const models::ConfiguredObject *> objects = tables.objects("Listener");
    for (const edge::Listener &listener : tables.config().listeners) {
        const auto object =
            std::find_if(objects.begin(), objects.end(), [&](const models::ConfiguredObject *one) {
                return tables.isOf(listener.listener, *one);
            });
        addListener(list, listener, object == objects.end() ? QString() : (*object)->source());
    }
    for (const models::ConfiguredObject *one : objects) {
        const auto &all = tables.config().listeners;
        if (std::any_of(all.begin(), all.end(),
                        [&](const edge::Listener &listener) { return tables.isOf(listener.listener, *one); }))
            continue;
        const edge::Value *object = one->object.get();
        const Verdict verdict = tables.verdict(*one, false, u"not served"_s);
        const QList<Cell> row{{QString::number((*object)["spec"]["port"].toInteger())},
                              {text(object->at({"metadata", "namespace"}))},
                              {text(object->at({"metadata", "name"}))},
                              {orDash(text((*object)["spec"]["protocol"]))},
                              {u"-"_s},
                              {u"-"_s},
                              {verdict.state, verdict.severity}};
        edge::Value item = identity(*object, verdict);
        item.set("port", (*object)["spec"]["port"]);
        list.add(row, std::move(item), one->source());
    }
    return list;
}

// Where nobody could look, what stands in the table is what there would be if every Secret that is named were sound.
void noteSecrets(const Output &output, const models::Snapshot &snapshot, const edge::Value &items)
{
    const bool any = std::any_of(items.items().begin(), items.items().end(),
                                 [](const edge::Value &item) { return !item["secret"].text().empty(); });
    if (any && !snapshot.knows(u"secrets"_s))
        output.note(
            u"Secrets were not read (of manifests: none is among them): each that is named is taken for sound"_s);
}

int show(Invocation &invocation, const char *kind, const char *plural, const QString &none,
         Listing (*make)(const EdgeTables &))
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const auto unserved = [&] { return whyUnserved(invocation.session, {QString::fromLatin1(plural)}); };
    if (const QString why = (*analysis)->hasEdge ? QString() : unserved(); !why.isEmpty())
        return invocation.output.fail(why);
    if (!(*analysis)->hasEdge)
        return invocation.output.fail(whyNoEdge(*(*analysis)->snapshot) + u", or list manifests by -f"_s);
    if (!(*analysis)->view.table)
        return invocation.output.fail((*analysis)->view.problem);
    Listing list = make(EdgeTables(**analysis, invocation.session.wantedNamespace()));
    if (const QString why = list.table.rows.isEmpty() ? unserved() : QString(); !why.isEmpty())
        return invocation.output.fail(why);
    addSources(list.table, list.sources);
    noteMisfits(invocation, **analysis);
    noteEdge(invocation.output, **analysis, u"this is the table"_s);
    noteSecrets(invocation.output, *(*analysis)->snapshot, list.items);
    if (invocation.output.format() != Format::Table)
        invocation.output.document(
            kind, edge::Value::object({{"edge", value(edgeName(**analysis))}, {"items", list.items}}));
    else if (list.table.rows.isEmpty())
        invocation.output.note(none);
    else
        invocation.output.table(list.table);
    return AllWell;
}

} // namespace

int runHosts(Invocation &invocation)
{
    return show(invocation, "HostList", "hosts", u"no Hosts found"_s, hosts);
}

int runTlsContexts(Invocation &invocation)
{
    return show(invocation, "TLSContextList", "tlscontexts", u"no TLSContexts found"_s, tlsContexts);
}

int runListeners(Invocation &invocation)
{
    return show(invocation, "ListenerList", "listeners", u"nothing is listened on"_s, listeners);
}

} // namespace app::cli
