// SPDX-License-Identifier: GPL-3.0-or-later
// hosts, tlscontexts, listeners: what the edge makes of each object, of a cluster or of manifests.
#include "app/cli/command.h"
#include "app/edge_access.h"
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
    {
    }

    const edge::Config &config() const { return m_config; }

    std::vector<const edge::Value *> objects(std::string_view kind) const
    {
        std::vector<const edge::Value *> found;
        for (const edge::Value &object : m_analysis.snapshot->ambassadorObjects) {
            if (object["kind"].text() == kind
                && (m_nameSpace.isEmpty() || text(object.at({"metadata", "namespace"})) == m_nameSpace))
                found.push_back(&object);
        }
        return found;
    }

    // used: something in the configuration comes from it.
    Verdict verdict(const edge::Value &object, bool used, const QString &unusedWord) const
    {
        Verdict verdict;
        const QString other = models::whyNotForEdge(object, m_analysis.view.installation);
        if (!other.isEmpty())
            return {u"other edge"_s, Severity::Info, {other}};
        bool dropped = false;
        bool complained = false;
        for (const edge::Diagnostic &diagnostic : m_config.diagnostics) {
            const edge::ResourceRef &ref = diagnostic.object;
            if (ref.kind != object["kind"].text() || ref.name != object.at({"metadata", "name"}).text()
                || ref.nameSpace != object.at({"metadata", "namespace"}).text())
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
};

bool isOf(const edge::ResourceRef &ref, const edge::Value &object)
{
    return ref.kind == object["kind"].text() && ref.name == object.at({"metadata", "name"}).text()
        && ref.nameSpace == object.at({"metadata", "namespace"}).text();
}

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
};

Listing hosts(const EdgeTables &tables)
{
    Listing list{{{u"NAMESPACE"_s, u"NAME"_s, u"HOSTNAME"_s, u"SECRET"_s, u"TLSCONTEXT"_s, u"INSECURE"_s,
                   u"PORTS"_s, u"STATE"_s},
                  {}}};
    for (const edge::Value *object : tables.objects("Host")) {
        const edge::Value &spec = (*object)["spec"];
        QStringList ports;
        QString context;
        eachHost(tables.config(),
                 [&](const edge::Listener &listener, const edge::FilterChain &chain,
                     const edge::VirtualHost &host) {
                     if (!isOf(host.host, *object))
                         return;
                     const QString port =
                         QString::number(listener.port) + (chain.tls ? u"/TLS"_s : QString());
                     if (!ports.contains(port))
                         ports.append(port);
                     context = chain.tls ? text(chain.tlsContext) : context;
                 });
        const Verdict verdict = tables.verdict(*object, !ports.isEmpty(), u"not served"_s);
        const QString hostname = spec["hostname"].text().empty() ? u"*"_s : text(spec["hostname"]);
        const edge::Value &given = spec.at({"requestPolicy", "insecure", "action"});
        const QString action = given.isString() ? text(given) : u"Redirect"_s;
        list.table.rows.append({{text(object->at({"metadata", "namespace"}))},
                                {text(object->at({"metadata", "name"}))},
                                {hostname},
                                {orDash(text(spec.at({"tlsSecret", "name"})))},
                                {orDash(context)},
                                {action},
                                {orDash(ports.join(u','))},
                                {verdict.state, verdict.severity}});
        edge::Value item = identity(*object, verdict);
        item.set("hostname", value(hostname));
        item.set("secret", value(text(spec.at({"tlsSecret", "name"}))));
        item.set("tlsContext", value(context));
        item.set("insecureAction", value(action));
        item.set("ports", value(ports));
        list.items.push(std::move(item));
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
    for (const edge::Value *object : tables.objects("TLSContext")) {
        const edge::Value &spec = (*object)["spec"];
        const auto sound = tables.config().tlsContexts.find(object->at({"metadata", "name"}).text());
        const bool used = sound != tables.config().tlsContexts.end() && isOf(sound->second.source, *object);
        const Verdict verdict = tables.verdict(*object, used, u"unusable"_s);
        const QStringList users = used ? usersOf(tables.config(), sound->first) : QStringList();
        const QString secret = text(spec["secret"]);
        const QString authority = text(spec["ca_secret"]);
        list.table.rows.append({{text(object->at({"metadata", "namespace"}))},
                                {text(object->at({"metadata", "name"}))},
                                {orDash(texts(spec["hosts"]).join(u','))},
                                {orDash(secret)},
                                {orDash(authority)},
                                {orDash(text(spec["alpn_protocols"]))},
                                {orDash(users.join(u", "_s))},
                                {verdict.state, verdict.severity}});
        edge::Value item = identity(*object, verdict);
        item.set("hosts", value(texts(spec["hosts"])));
        item.set("secret", value(secret));
        item.set("caSecret", value(authority));
        item.set("alpnProtocols", spec["alpn_protocols"]);
        item.set("usedBy", value(users));
        list.items.push(std::move(item));
    }
    return list;
}

void addListener(Listing &list, const edge::Listener &listener)
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
    list.table.rows.append({{QString::number(listener.port)},
                            {nameSpace},
                            {text(listener.name)},
                            {protocol},
                            {orDash(names.join(u','))},
                            {QString::number(routes)},
                            {u"loaded"_s, Severity::Good}});
    list.items.push(edge::Value::object({{"port", int(listener.port)},
                                         {"namespace", value(nameSpace == "-"_L1 ? QString() : nameSpace)},
                                         {"name", listener.name},
                                         {"protocol", value(protocol)},
                                         {"tls", tls},
                                         {"hosts", value(names)},
                                         {"routes", int(routes)},
                                         {"state", "loaded"}}));
}

// First what is listened on, then the Listeners of which nothing came.
Listing listeners(const EdgeTables &tables)
{
    Listing list{
        {{u"PORT"_s, u"NAMESPACE"_s, u"NAME"_s, u"PROTOCOL"_s, u"HOSTS"_s, u"ROUTES"_s, u"STATE"_s}, {}}};
    for (const edge::Listener &listener : tables.config().listeners)
        addListener(list, listener);
    for (const edge::Value *object : tables.objects("Listener")) {
        const auto &all = tables.config().listeners;
        if (std::any_of(all.begin(), all.end(),
                        [&](const edge::Listener &one) { return isOf(one.listener, *object); }))
            continue;
        const Verdict verdict = tables.verdict(*object, false, u"not served"_s);
        list.table.rows.append({{QString::number((*object)["spec"]["port"].toInteger())},
                                {text(object->at({"metadata", "namespace"}))},
                                {text(object->at({"metadata", "name"}))},
                                {orDash(text((*object)["spec"]["protocol"]))},
                                {u"-"_s},
                                {u"-"_s},
                                {verdict.state, verdict.severity}});
        edge::Value item = identity(*object, verdict);
        item.set("port", (*object)["spec"]["port"]);
        list.items.push(std::move(item));
    }
    return list;
}

int show(Invocation &invocation, const char *kind, const QString &none, Listing (*make)(const EdgeTables &))
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    if (!(*analysis)->hasEdge)
        return invocation.output.fail(whyNoEdge(*(*analysis)->snapshot) + u", or list manifests by -f"_s);
    if (!(*analysis)->view.table)
        return invocation.output.fail((*analysis)->view.problem);
    const Listing list = make(EdgeTables(**analysis, invocation.session.wantedNamespace()));
    noteMisfits(invocation, **analysis);
    if (invocation.output.format() != Format::Table)
        invocation.output.document(kind, edge::Value::object({{"items", list.items}}));
    else if (list.table.rows.isEmpty())
        invocation.output.note(none);
    else
        invocation.output.table(list.table);
    return AllWell;
}

} // namespace

int runHosts(Invocation &invocation) { return show(invocation, "HostList", u"no Hosts found"_s, hosts); }

int runTlsContexts(Invocation &invocation)
{
    return show(invocation, "TLSContextList", u"no TLSContexts found"_s, tlsContexts);
}

int runListeners(Invocation &invocation)
{
    return show(invocation, "ListenerList", u"nothing is listened on"_s, listeners);
}

} // namespace app::cli
