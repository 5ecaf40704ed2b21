// SPDX-License-Identifier: GPL-3.0-or-later
// contexts, edges, mappings: what is there.
#include "app/cli/command.h"
#include "app/cli/source_column.h"
#include "app/cli/whereabouts.h"
#include "app/edge_proxies.h"
#include "app/template_pods.h"
#include "app/write_modes.h"
#include "edge/config/expanded.h"
#include "models/analysis/edge_sight.h"
#include "models/items/configured_rows.h"

#include <map>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QString modeName(kube::WriteMode mode)
{
    switch (mode) {
    case kube::WriteMode::Normal: return u"Normal"_s;
    case kube::WriteMode::Confirm: return u"Confirm"_s;
    case kube::WriteMode::ReadOnly: return u"Read-only"_s;
    }
    return {};
}

const char *stateWord(models::MappingVerdict::State state)
{
    using State = models::MappingVerdict::State;
    switch (state) {
    case State::Loaded: return "loaded";
    case State::Rejected: return "rejected";
    case State::Shadowed: return "shadowed";
    case State::NotForThisEdge: return "other edge";
    case State::Unreachable: return "unreachable";
    case State::Replaced: return "replaced";
    case State::Unknown: break;
    }
    return "unknown";
}

// Group → the host_redirect Mapping that it consists of, which is no member.
std::map<std::string, edge::ResourceRef> redirectsOf(const edge::Config &config)
{
    std::map<std::string, edge::ResourceRef> redirects;
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const edge::Route &route : host.routes) {
                    if (route.redirect && !route.redirect->httpsRedirect)
                        redirects.emplace(route.groupId, route.mapping);
                }
            }
        }
    }
    return redirects;
}

// NAMESPACE/NAME → place in the match order of the edge's groups, from 1: one for all hosts, of which each takes a part.
QHash<QString, int> matchOrder(const ClusterAnalysis &analysis)
{
    QHash<QString, int> places;
    if (!analysis.view.table)
        return places;
    const edge::Config &config = analysis.view.table->config();
    const auto redirects = redirectsOf(config);
    const auto add = [&](const edge::ResourceRef &mapping) {
        const QString nameSpace = QString::fromStdString(mapping.nameSpace);
        QString key = nameSpace + u'/' + QString::fromStdString(mapping.name);
        if (!analysis.view.mappings.contains(key) && key.endsWith(u'.' + nameSpace))
            key.chop(nameSpace.size() + 1); // the edge calls the second of a name NAME.NAMESPACE
        const auto verdict = analysis.view.mappings.value(key);
        if (mapping.kind == "Mapping" && verdict && verdict->order > 0 && !places.contains(key))
            places.insert(key, int(places.size()) + 1);
    };
    for (const edge::GroupInfo &group : config.groups) {
        if (const auto redirect = redirects.find(group.id); redirect != redirects.end())
            add(redirect->second);
        for (const edge::GroupInfo::Member &member : group.members)
            add(member.mapping);
    }
    return places;
}

// One of its name that does not count has none.
int placeOf(const models::MappingRow &row, const QHash<QString, int> &order)
{
    return row.verdict && row.verdict->order > 0 ? order.value(row.nameSpace + u'/' + row.name) : 0;
}

// NAMESPACE/NAME of the Mappings that none of the edges looks at.
QSet<QString> takenByNone(const ClusterAnalysis &analysis)
{
    QSet<QString> keys;
    if (analysis.snapshot->edges.isEmpty())
        return keys;
    for (const models::ConfiguredObject &one :
         models::configuredObjects(*analysis.snapshot, analysis.view.installation)) {
        if ((*one.object)["kind"].text() == "Mapping" && isTakenByNone(analysis, *one.object))
            keys.insert(QString::fromStdString(one.object->at({"metadata", "namespace"}).text() + "/"
                                               + one.object->at({"metadata", "name"}).text()));
    }
    return keys;
}

// Rows in match order, those without a place last.
QList<models::MappingRow> mappingRows(const ClusterAnalysis &analysis, const QString &nameSpace,
                                      const QHash<QString, int> &order)
{
    QList<models::MappingRow> rows;
    for (const models::ConfiguredObject &one :
         models::configuredObjects(*analysis.snapshot, analysis.view.installation)) {
        const QString own = QString::fromStdString(one.object->at({"metadata", "namespace"}).text());
        if ((*one.object)["kind"].text() != "Mapping" || (!nameSpace.isEmpty() && own != nameSpace))
            continue;
        models::MappingRow row = models::mappingRow(one);
        row.verdict = models::verdictOf(analysis.view, row);
        rows.append(row);
    }
    const auto place = [&order](const models::MappingRow &row) {
        const int own = placeOf(row, order);
        return own > 0 ? own : 1 << 30;
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const auto &a, const auto &b) { return place(a) < place(b); });
    return rows;
}

const char *hasWord(models::MappingSight::Has has)
{
    using Has = models::MappingSight::Has;
    switch (has) {
    case Has::All: return "all";
    case Has::Partly: return "partly";
    case Has::Missing: return "missing";
    case Has::NotRead: break;
    }
    return "not read";
}

// By the rule of the console's pages; stable words.
const char *standingWord(const models::MappingRow &row, bool isTakenByNone)
{
    using Standing = models::MappingStanding;
    const Standing standing = models::standingOf(row);
    if (isTakenByNone && standing != Standing::NotInEnvoy)
        return "no edge";
    switch (standing) {
    case Standing::NotInEnvoy: return "not in Envoy";
    case Standing::NotSeenYet: return "not seen yet";
    case Standing::NotReadYet:
    case Standing::ConfigOnly: return "unknown (config only)";
    case Standing::Faulty: return "faulty";
    default: return row.verdict ? stateWord(row.verdict->state) : "unknown";
    }
}

// Of manifests there are no pods: what is told is what an edge would make of them.
models::SightState sightStateOf(Invocation &invocation, const models::EdgeSight &sight)
{
    return invocation.session.options().manifests.isEmpty() ? models::sightState(sight)
                                                            : models::SightState::Read;
}

// Why states are those of the objects alone.
void noteUnread(Invocation &invocation, const ClusterAnalysis &analysis, const models::EdgeSight &sight)
{
    if (!analysis.hasEdge || sightStateOf(invocation, sight) == models::SightState::Read)
        return;
    const QString why = !sight.envoy.error.isEmpty() ? sight.envoy.error : sight.ambassador.error;
    invocation.output.note(
        u"sallyportctl: no pod of edge %1 could be read%2; “unknown (config only)” is loaded by its objects alone"_s
            .arg(analysis.view.installation.key(), why.isEmpty() ? QString() : u": "_s + why));
}

// What the edge's own pods have of it, where they could be asked (app/edge_proxies.h); nothing without an edge.
models::EdgeSight sightOf(Invocation &invocation, const ClusterAnalysis &analysis)
{
    if (!analysis.hasEdge || !invocation.session.options().manifests.isEmpty())
        return {};
    const auto client = invocation.session.client();
    if (!client)
        return {};
    const models::Snapshot &snapshot = *analysis.snapshot;
    const QList<models::Pod> pods(snapshot.pods.begin(), snapshot.pods.end());
    return models::edgeSight(
        analysis.view,
        readEdgeRuntimes(**client, analysis.view.installation, pods, invocation.session.stop()));
}

edge::Value document(const models::EdgeSight::Source &source)
{
    return edge::Value::object({{"readAt", value(source.readAt.toUTC().toString(Qt::ISODate))},
                                {"podsRead", source.read},
                                {"pods", source.pods},
                                {"error", value(source.error)}});
}

edge::Value document(const models::MappingRow &row, int order, bool isTakenByNone)
{
    edge::Value item = edge::Value::object({{"namespace", value(row.nameSpace)},
                                            {"name", value(row.name)},
                                            {"apiVersion", value(row.apiVersion)},
                                            {"ambassadorId", value(row.ambassadorId)},
                                            {"host", value(row.host)},
                                            {"prefix", value(row.prefix)},
                                            {"service", value(row.service)},
                                            {"tls", value(row.tls)},
                                            {"precedence", row.precedence}});
    if (row.weight)
        item.set("weight", *row.weight);
    if (const QString source = models::sourceOf(row); !source.isEmpty())
        item.set("source", value(source));
    if (!row.verdict)
        return item;
    const models::MappingVerdict &verdict = *row.verdict;
    item.set("state", isTakenByNone ? "no edge" : stateWord(verdict.state));
    item.set("standing", standingWord(row, isTakenByNone)); // with what the edge's pods have of it
    item.set("stateReason", value(verdict.stateReason));
    item.set("inAmbassador", hasWord(row.sight.ambassador));
    item.set("inEnvoy", hasWord(row.sight.envoy));
    item.set("isLateInEnvoy", row.isLate);
    item.set("complaint", value(row.sight.complaint));
    item.set("order", order);
    item.set("upstream",
             value(verdict.upstreamHost.isEmpty()
                       ? QString()
                       : u"%1:%2"_s.arg(verdict.upstreamHost).arg(verdict.upstreamPort)));
    item.set("originatesTls", verdict.originatesTls);
    item.set("tlsContext", value(verdict.tlsContext));
    item.set("certificate", value(verdict.certificate));
    item.set("endpoints", verdict.endpoints);
    item.set("endpointsReady", verdict.endpointsReady);
    item.set("mtlsMode", value(verdict.targetMode));
    edge::Value &findings = item.set("findings", edge::Value::array());
    for (const models::Finding &finding : verdict.findings)
        findings.push(edge::Value::object({{"code", value(finding.code)},
                                           {"path", value(finding.path)},
                                           {"message", value(finding.message)},
                                           {"remedy", value(finding.remedy)}}));
    return item;
}

// What TLS goes out with: a TLSContext that is written and is not that of the cluster is not used.
QString tlsText(const models::MappingRow &row)
{
    if (!row.verdict || row.verdict->upstreamHost.isEmpty())
        return orDash(row.tls);
    const QString &context = row.verdict->tlsContext;
    const QString used = !context.isEmpty() ? context
        : row.verdict->originatesTls ? u"true"_s // of https://, without a certificate of the edge's own
                                     : u"-"_s;
    const bool isLost =
        !row.tls.isEmpty() && row.tls != "true"_L1 && row.tls != "false"_L1 && context != row.tls;
    return isLost ? u"%1 (%2 is not used)"_s.arg(used, row.tls) : used;
}

} // namespace

int runContexts(Invocation &invocation)
{
    const auto config = invocation.session.kubeconfig();
    if (!config)
        return invocation.output.fail(config.error().message);
    Table table{{u"CURRENT"_s, u"NAME"_s, u"CLUSTER"_s, u"USER"_s, u"NAMESPACE"_s, u"MODE"_s, u"FILE"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const kube::ContextEntry &context : config->contexts()) {
        const bool current = context.name == config->currentContext();
        auto connection = config->connection(context.name);
        if (connection)
            (void)WriteModes().applyTo(*connection);
        const QString mode = connection ? modeName(connection->mode) : u"unusable"_s;
        table.rows.append({{current ? u"*"_s : QString()},
                           {context.name},
                           {context.cluster},
                           {context.user},
                           {orDash(context.nameSpace)},
                           {mode},
                           {context.file}});
        edge::Value item = edge::Value::object({{"name", value(context.name)},
                                                {"current", current},
                                                {"cluster", value(context.cluster)},
                                                {"user", value(context.user)},
                                                {"namespace", value(context.nameSpace)},
                                                {"mode", value(mode)},
                                                {"file", value(context.file)}});
        if (!connection)
            item.set("problem", value(connection.error().message));
        items.push(std::move(item));
    }
    for (const QString &warning : config->warnings())
        invocation.output.note(u"warning: "_s + warning);
    if (invocation.output.format() == Format::Table)
        invocation.output.table(table);
    else
        invocation.output.document("ContextList", edge::Value::object({{"items", std::move(items)}}));
    return AllWell;
}

// ready, all: of an edge's pods, as far as they are more than the one that stands in for its template.
static std::pair<int, int> podCounts(const models::Snapshot &snapshot, const models::EdgeInstallation &edge)
{
    const bool standsIn =
        std::any_of(snapshot.pods.begin(), snapshot.pods.end(), [&](const models::Pod &pod) {
            return models::isPodOf(pod, edge) && !standsInFor(pod).isEmpty();
        });
    const models::Deployment *asked = standsIn ? snapshot.deployment(edge.nameSpace, edge.name) : nullptr;
    return asked ? std::pair(asked->readyReplicas, asked->replicas) : std::pair(edge.readyPods, edge.pods);
}

int runEdges(Invocation &invocation)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    Table table{{u"NAMESPACE"_s, u"NAME"_s, u"ID"_s, u"VERSION"_s, u"EDITION"_s, u"COMPAT"_s, u"READY"_s,
                 u"ISTIO CERTIFICATE"_s},
                {}};
    edge::Value items = edge::Value::array();
    const bool ofFiles = !invocation.session.options().manifests.isEmpty(); // in which no pod runs
    for (const models::EdgeInstallation &edge : (*analysis)->snapshot->edges) {
        const QString edition = edge.edgeStack ? u"Edge Stack"_s : u"Emissary"_s;
        const QString compat = QString::fromLatin1(edge::compatName(edge.compat).data());
        const auto [readyPods, pods] = podCounts(*(*analysis)->snapshot, edge);
        for (auto one = edge.unknownSettings.begin(); one != edge.unknownSettings.end(); ++one)
            invocation.output.note(
                u"sallyportctl: edge %1: %2 is not known: %3"_s.arg(edge.key(), one.key(), one.value()));
        if (edge.isCompatGuessed)
            invocation.output.note(
                u"sallyportctl: edge %1: its image names no version, so it is judged as %2; choose by --compat"_s
                    .arg(edge.key(), compat));
        table.rows.append({{edge.nameSpace},
                           {edge.name},
                           {edge.knowsId() ? edge.ambassadorId : u"not known"_s},
                           {edge.version.isEmpty() ? u"not known"_s : edge.version},
                           {edition},
                           {edge.isCompatGuessed ? compat + u" (guess)"_s : compat},
                           {ofFiles ? orDash({}) : u"%1/%2"_s.arg(readyPods).arg(pods)},
                           {edge.hasIstioCertificate ? u"yes"_s : u"no"_s}});
        items.push(
            edge::Value::object({{"namespace", value(edge.nameSpace)},
                                 {"name", value(edge.name)},
                                 {"kind", value(edge.kind)},
                                 {"ambassadorId", value(edge.knowsId() ? edge.ambassadorId : QString())},
                                 {"version", value(edge.version)},
                                 {"compatGuessed", edge.isCompatGuessed},
                                 {"edition", value(edition)},
                                 {"compat", value(compat)},
                                 {"readyPods", readyPods},
                                 {"pods", pods},
                                 {"istioCertificate", edge.hasIstioCertificate}}));
    }
    if (invocation.output.format() != Format::Table)
        invocation.output.document("EdgeList", edge::Value::object({{"items", std::move(items)}}));
    else if (table.rows.isEmpty())
        invocation.output.note(
            u"no Ambassador installation was found: no Deployment or DaemonSet that could be read runs an image aes, ambassador or emissary; %1"_s
                .arg(ofFiles ? u"add its manifest by another -f"_s
                             : u"install one, or choose another context"_s));
    else
        invocation.output.table(table);
    return AllWell;
}

int runMappings(Invocation &invocation)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const auto unavailable = (*analysis)->snapshot->unavailable.constFind(u"mappings"_s);
    if (unavailable != (*analysis)->snapshot->unavailable.constEnd())
        return invocation.output.fail(unavailable->message);
    Table table{{u"ORDER"_s, u"NAMESPACE"_s, u"NAME"_s, u"HOST"_s, u"PREFIX"_s, u"SERVICE"_s, u"TLS"_s,
                 u"CERTIFICATE"_s, u"MTLS"_s, u"STATE"_s},
                {}};
    edge::Value items = edge::Value::array();
    QStringList sources;
    const models::EdgeSight sight = sightOf(invocation, **analysis);
    const QHash<QString, int> order = matchOrder(**analysis);
    const QSet<QString> lost = takenByNone(**analysis);
    const edge::CompileOptions options = models::compileOptions((*analysis)->view.installation);
    for (models::MappingRow &row : mappingRows(**analysis, invocation.session.wantedNamespace(), order)) {
        for (QString *text : {&row.host, &row.prefix, &row.service}) // as the edge reads them
            *text = QString::fromStdString(edge::expandedText(text->toStdString(), options));
        row.sight = sight.mappings.value(models::verdictKey(row));
        row.isLate = models::isLateInEnvoy(row, sight.envoy.readAt);
        row.isUnseen = models::isUnseenInEnvoy(row, sight.envoy.readAt);
        row.sightState = sightStateOf(invocation, sight);
        const models::MappingVerdict verdict = row.verdict ? *row.verdict : models::MappingVerdict();
        const int place = placeOf(row, order);
        const bool isLost = verdict.state == models::MappingVerdict::State::NotForThisEdge
            && lost.contains(row.nameSpace + u'/' + row.name);
        table.rows.append({{place > 0 ? QString::number(place) : u"-"_s},
                           {row.nameSpace},
                           {row.name},
                           {orDash(row.host)},
                           {row.prefix},
                           {row.service},
                           {tlsText(row)},
                           {orDash(verdict.certificate)},
                           {orDash(verdict.targetMode)},
                           {QString::fromLatin1(standingWord(row, isLost)), models::stateSeverity(row)}});
        items.push(document(row, place, isLost));
        sources.append(models::sourceOf(row));
    }
    if (table.rows.isEmpty()) {
        if (const QString why = whyUnserved(invocation.session, {u"mappings"_s}); !why.isEmpty())
            return invocation.output.fail(why);
    }
    addSources(table, sources);
    noteMisfits(invocation, **analysis);
    noteEdge(invocation.output, **analysis, u"this is the table"_s);
    noteUnread(invocation, **analysis, sight);
    if (invocation.output.format() != Format::Table)
        invocation.output.document("MappingList",
                                   edge::Value::object({{"edge", value(edgeName(**analysis))},
                                                        {"items", std::move(items)},
                                                        {"ambassador", document(sight.ambassador)},
                                                        {"envoy", document(sight.envoy)}}));
    else if (table.rows.isEmpty())
        invocation.output.note(u"no Mappings found"_s);
    else
        invocation.output.table(table);
    return AllWell;
}

} // namespace app::cli
