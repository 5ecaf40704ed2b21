// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_view.h"

#include "edge/config/mapping_groups.h"
#include "edge/config/never_matched.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/diagnostic_finding.h"
#include "models/analysis/edge_compile.h"
#include "models/analysis/edge_findings.h"
#include "models/analysis/own_edge.h"
#include "models/analysis/route_findings.h"
#include "models/analysis/route_order.h"
#include "models/resources/text.h"

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using State = MappingVerdict::State;
using Places = std::map<std::string, std::vector<RoutePlace>>;

QString pathText(const edge::Route &route)
{
    const QString kind = route.path.kind == edge::PathMatch::Kind::Regex ? u" (regex)"_s
        : route.path.kind == edge::PathMatch::Kind::Exact                ? u" (exact)"_s
                                                                         : QString();
    return text(route.path.value) + kind;
}

bool sendsToTls(const edge::Route &route) { return route.redirect && route.redirect->httpsRedirect; }

// The place that a Mapping is spoken of by: where it forwards, TLS before clear text.
const RoutePlace *mainPlace(const std::vector<RoutePlace> &places)
{
    const RoutePlace *best = nullptr;
    for (const RoutePlace &place : places) {
        const auto rank = [](const RoutePlace &one) {
            return std::tuple(!one.shadowedBy, !sendsToTls(*one.route), one.chain->tls);
        };
        if (!best || rank(place) > rank(*best))
            best = &place;
    }
    return best;
}

QString portsText(const QStringList &ports)
{
    return (ports.size() == 1 ? u"port "_s : u"ports "_s) + ports.join(u", "_s);
}

QString contextsText(const QStringList &contexts)
{
    constexpr qsizetype Most = 3;
    const qsizetype more = contexts.size() - Most;
    return (contexts.size() == 1 ? u"TLSContext "_s : u"TLSContexts "_s) + contexts.mid(0, Most).join(u", "_s)
        + (more > 0 ? u" and %1 more"_s.arg(more) : QString());
}

Hop clientHop(const std::vector<RoutePlace> &places)
{
    QStringList tls;
    QStringList plain;
    QStringList redirecting;
    QStringList contexts; // each Host may have its own
    for (const RoutePlace &place : places) {
        QStringList &ports = place.chain->tls ? tls : sendsToTls(*place.route) ? redirecting : plain;
        ports.append(QString::number(place.listener->port));
        if (place.chain->tls)
            contexts.append(text(place.chain->tlsContext));
    }
    tls.removeDuplicates();
    contexts.removeDuplicates();
    plain.removeDuplicates();
    redirecting.removeDuplicates();
    const auto hop = [](Hop::Security security, const QString &because, Severity severity) {
        const auto fault = security == Hop::Security::Broken ? Hop::Fault::NoListener : Hop::Fault::None;
        return Hop{u"client"_s, u"edge"_s, security, because, severity, fault, false};
    };
    const QString overTls =
        tls.isEmpty() ? QString() : u"TLS on %1 by %2"_s.arg(portsText(tls), contextsText(contexts));
    if (!plain.isEmpty() && tls.isEmpty())
        return hop(Hop::Security::Plain,
                   u"clear text on %1; no TLSContext or Host ends TLS"_s.arg(portsText(plain)),
                   Severity::Warning);
    if (!plain.isEmpty())
        return hop(Hop::Security::TlsOrPlain, u"%1, and clear text on %2"_s.arg(overTls, portsText(plain)),
                   Severity::Warning);
    if (!tls.isEmpty())
        return hop(Hop::Security::Tls,
                   redirecting.isEmpty()
                       ? overTls
                       : u"%1; clear text on %2 is sent to https"_s.arg(overTls, portsText(redirecting)),
                   Severity::Good);
    return hop(Hop::Security::Broken,
               u"clear text on %1 is sent to https, which no port serves"_s.arg(portsText(redirecting)),
               Severity::Error);
}

class VerdictBuilder
{
public:
    VerdictBuilder(const Snapshot &snapshot, const EdgeInstallation &installation,
                   const CompiledEdge &compiled)
        : m_snapshot(snapshot)
        , m_installation(installation)
        , m_config(compiled.config)
        , m_hidden(compiled.mayHaveMoreRoutes ? compiled.unsure : QString())
        , m_modes(snapshot)
        , m_places(routePlaces(compiled.config))
    {
        for (const edge::Diagnostic &diagnostic : m_config.diagnostics)
            m_diagnostics[keyOf(diagnostic.object)].push_back(&diagnostic);
        for (const auto &[key, places] : m_places) {
            for (const edge::Diagnostic *diagnostic : diagnosticsOf(key)) {
                if (edge::isOfOverfullGroup(*diagnostic))
                    m_overfullGroups.insert(places.front().route->groupId);
            }
        }
        addMirrors();
    }

    // object: nullptr where it is not known (a Mapping of the edge's own that is not hidden).
    MappingVerdict verdict(const std::string &key, const edge::Value *object) const
    {
        MappingVerdict verdict;
        const QString otherEdge = object ? whyNotForEdge(*object, m_installation) : QString();
        if (!otherEdge.isEmpty()) {
            verdict.state = State::NotForThisEdge;
            verdict.stateReason = otherEdge;
            return verdict;
        }
        const auto places = m_places.find(key);
        if (places != m_places.end())
            describe(verdict, places->second);
        else if (const auto mirrored = m_mirrored.find(key); mirrored != m_mirrored.end())
            describeMirror(verdict, mirrored->second);
        else
            setMissing(verdict, key);
        doubtClearText(verdict, key);
        verdict.findings =
            routeFindings(m_snapshot, m_installation,
                          {subjectOf(key), diagnosticsOf(key), object, getsNothing(places), restTaker(places),
                           places != m_places.end() && comesAgain(places->second, verdict.ownPort)},
                          verdict);
        return verdict;
    }

    const Places &places() const { return m_places; }

private:
    void addMirrors()
    {
        const auto mirrors = mirrorsOf(m_snapshot, m_config);
        for (const auto &[key, places] : m_places) {
            for (const RoutePlace &place : places) {
                const auto mirror = mirrors.find(place.route->groupId);
                if (mirror != mirrors.end() && !place.route->mirrorCluster.empty())
                    m_mirrored[mirror->second].push_back(place);
            }
        }
    }

    void doubtClearText(MappingVerdict &verdict, const std::string &key) const
    {
        const auto diagnostics = diagnosticsOf(key);
        if (std::none_of(diagnostics.begin(), diagnostics.end(),
                         [this](const auto *one) { return isOfUnknownContext(m_snapshot, *one); }))
            return;
        for (Hop &hop : verdict.hops) {
            if (hop.fault != Hop::Fault::ClearText)
                continue;
            hop.security = Hop::Security::Unknown;
            hop.severity = Severity::Unknown;
            hop.fault = Hop::Fault::None;
            hop.because = u"%1: its TLSContext is not known"_s.arg(m_snapshot.whyUnknown(u"tlscontexts"_s));
        }
    }

    // Silent where weights over 100 % are the cause: that is said once, of the group's first Mapping.
    bool getsNothing(Places::const_iterator places) const
    {
        return places != m_places.end()
            && std::all_of(places->second.begin(), places->second.end(), [this](const RoutePlace &place) {
                   return place.getsNothing && m_overfullGroups.count(place.route->groupId) == 0;
               });
    }

    const edge::Route *restTaker(Places::const_iterator places) const
    {
        if (places == m_places.end())
            return nullptr;
        const auto isLost = [](const RoutePlace &place) { return !place.restTakenBy; };
        return std::any_of(places->second.begin(), places->second.end(), isLost)
            ? nullptr
            : places->second.front().restTakenBy;
    }

    static ObjectRef subjectOf(const std::string &key)
    {
        const QString whole = text(key);
        return {u"Mapping"_s, whole.section(u'/', 0, 0), whole.section(u'/', 1)};
    }

    std::vector<const edge::Diagnostic *> diagnosticsOf(const std::string &key) const
    {
        const auto found = m_diagnostics.find(key);
        std::vector<const edge::Diagnostic *> own;
        for (const edge::Diagnostic *diagnostic :
             found == m_diagnostics.end() ? std::vector<const edge::Diagnostic *>() : found->second) {
            if (diagnostic->object.kind == "Mapping")
                own.push_back(diagnostic);
        }
        return own;
    }

    QString whyUnreached(const std::string &key) const
    {
        for (const edge::Diagnostic *diagnostic : diagnosticsOf(key)) {
            if (isUnreached(*diagnostic))
                return text(diagnostic->message);
        }
        return m_config.listeners.empty() ? whyNoListener()
                                          : u"no port and no host of the edge leads to it"_s;
    }

    void setMissing(MappingVerdict &verdict, const std::string &key) const
    {
        for (const edge::Diagnostic *diagnostic : diagnosticsOf(key)) {
            if (isLoneShadow(*diagnostic)) {
                verdict.state = State::Unreachable;
                verdict.stateReason = text(diagnostic->message);
                return;
            }
            if (!diagnostic->dropped)
                continue;
            verdict.state = State::Rejected;
            const QString path = text(diagnostic->path), message = text(diagnostic->message);
            verdict.stateReason =
                path.isEmpty() || message.startsWith(path) ? message : u"%1: %2"_s.arg(path, message);
            return;
        }
        verdict.state = m_hidden.isEmpty() ? State::Unreachable : State::Unknown;
        verdict.stateReason = m_hidden.isEmpty() ? whyUnreached(key) : m_hidden;
    }

    void describe(MappingVerdict &verdict, const std::vector<RoutePlace> &places) const
    {
        const RoutePlace &place = *mainPlace(places);
        verdict.order = place.order;
        verdict.ofRoutes = place.ofRoutes;
        setState(verdict, places, place);
        verdict.hops.append(clientHop(places));
        if (!place.route->redirect)
            describeUpstream(verdict, place.route->cluster);
        addWhy(verdict, place);
    }

    // places: of the Mappings whose requests it gets copies of.  It has no place of its own in the match order.
    void describeMirror(MappingVerdict &verdict, const std::vector<RoutePlace> &places) const
    {
        const RoutePlace &place = *mainPlace(places);
        const QString taker = text(keyOf(place.route->mapping));
        setState(verdict, places, place);
        if (verdict.state == State::Loaded)
            verdict.stateReason =
                u"gets a copy of the requests of Mapping %1; its answers go nowhere"_s.arg(taker);
        verdict.hops.append(clientHop(places));
        describeUpstream(verdict, place.route->mirrorCluster);
        verdict.why.append(
            u"a copy of %1 % of the requests of Mapping %2 (%3) → %4:%5"_s.arg(place.route->mirrorNumerator)
                .arg(taker, pathText(*place.route), verdict.upstreamHost)
                .arg(verdict.upstreamPort));
        verdict.uses.prepend(u"Mapping "_s + taker);
    }

    void setState(MappingVerdict &verdict, const std::vector<RoutePlace> &places,
                  const RoutePlace &place) const
    {
        // Within a group whose weights exceed 100 % the weights are the cause, which is said of its first Mapping.
        const bool shadowed = std::all_of(places.begin(), places.end(), [this](const RoutePlace &one) {
            return one.shadowedBy
                && (one.shadowedBy->groupId != one.route->groupId
                    || m_overfullGroups.count(one.route->groupId) == 0);
        });
        verdict.state = shadowed ? State::Shadowed : State::Loaded;
        for (const edge::Diagnostic *diagnostic : diagnosticsOf(keyOf(place.route->mapping))) {
            if (!edge::isOfNeverMatched(*diagnostic))
                continue;
            verdict.state = State::Unreachable;
            verdict.stateReason = text(diagnostic->message);
            return;
        }
        if (!shadowed)
            return;
        const edge::Route &taker = *place.shadowedBy;
        const QString who = taker.mapping.kind.empty()
            ? u"the edge's own route"_s
            : u"Mapping %1/%2"_s.arg(text(taker.mapping.nameSpace), text(taker.mapping.name));
        verdict.stateReason =
            u"%1 with %2 comes first and takes every request that this one would match"_s.arg(
                who, pathText(taker));
    }

    void describeUpstream(MappingVerdict &verdict, const std::string &clusterName) const
    {
        const auto found = m_config.clusters.find(clusterName);
        if (found == m_config.clusters.end())
            return;
        const edge::Cluster &cluster = found->second;
        const UpstreamTarget target = resolveUpstream(m_snapshot, text(cluster.host), cluster.port,
                                                      m_installation.ambassadorNamespace, m_modes);
        const Origination origination = originationOf(m_snapshot, m_config, cluster);
        verdict.upstreamHost = text(cluster.host);
        verdict.upstreamPort = cluster.port;
        verdict.ownPort = ownPortOf(target, m_config, m_installation);
        verdict.originatesTls = origination.kind != Origination::Kind::Plain;
        verdict.tlsContext = origination.context;
        verdict.certificate = origination.secret;
        verdict.endpoints = int(target.pods.size());
        verdict.endpointsReady = target.readyPods();
        verdict.sidecars = target.podsWithSidecar();
        verdict.targetMode = target.modes();
        verdict.hops += upstreamHops(target, origination);
        if (!origination.context.isEmpty())
            verdict.uses.append(u"TLSContext "_s + origination.context);
        if (target.service)
            verdict.uses.append(target.serviceRef.text());
        for (const EffectiveMode &mode : target.eachMode()) {
            if (!mode.enforced || mode.decidedBy.kind.isEmpty()) // it binds sidecars only
                continue;
            const QString policy = u"%1 (%2)"_s.arg(mode.decidedBy.text(), mtlsModeName(mode.mode));
            if (!verdict.uses.contains(policy))
                verdict.uses.append(policy);
        }
    }

    static void addWhy(MappingVerdict &verdict, const RoutePlace &place)
    {
        const edge::Route &route = *place.route;
        QString method = u"any method"_s;
        for (const edge::ValueMatch &match : route.headers)
            method = match.name == ":method" ? text(match.value) : method;
        if (route.redirect)
            verdict.why.append(
                u"%1 %2 → redirect to %3, %4"_s
                    .arg(method, pathText(route),
                         route.redirect->httpsRedirect ? u"https"_s : text(route.redirect->host))
                    .arg(route.redirect->status));
        else
            verdict.why.append(u"%1 %2 → %3:%4"_s.arg(method, pathText(route), verdict.upstreamHost)
                                   .arg(verdict.upstreamPort));
        QStringList domains;
        for (const std::string &domain : place.host->domains)
            domains.append(text(domain));
        verdict.why.append(
            u"port %1, %2, host %3"_s.arg(place.listener->port)
                .arg(place.chain->tls ? u"TLSContext "_s + text(place.chain->tlsContext) : u"clear text"_s,
                     domains.join(u", "_s)));
        verdict.why.append(u"#%1 of %2 in match order"_s.arg(place.order).arg(place.ofRoutes));
        if (!route.redirect && (route.prefixRewrite || route.regexRewrite))
            verdict.why.append(route.regexRewrite
                                   ? u"rewrite by regex %1 → %2"_s.arg(text(route.regexRewrite->pattern),
                                                                       text(route.regexRewrite->substitution))
                                   : u"rewrite %1 → %2"_s.arg(pathText(route), text(*route.prefixRewrite)));
        if (!verdict.tlsContext.isEmpty())
            verdict.why.append(u"TLSContext %1%2"_s.arg(verdict.tlsContext,
                                                        verdict.certificate.isEmpty()
                                                            ? u", no certificate"_s
                                                            : u", certificate "_s + verdict.certificate));
        if (!place.host->host.kind.empty())
            verdict.uses.prepend(u"%1 %2/%3"_s.arg(
                text(place.host->host.kind), text(place.host->host.nameSpace), text(place.host->host.name)));
    }

    const Snapshot &m_snapshot;
    const EdgeInstallation &m_installation;
    const edge::Config &m_config;
    QString m_hidden; // why routes may be missing that the edge has
    mutable EffectiveModes m_modes;
    Places m_places;
    Places m_mirrored; // by the Mapping that gets copies
    std::map<std::string, std::vector<const edge::Diagnostic *>> m_diagnostics;
    std::set<std::string> m_overfullGroups;
};

// Of several of one name one counts; the others have verdicts of their own.
class VerdictList
{
public:
    VerdictList(EdgeView &view, const VerdictBuilder &builder, const edge::Config &config)
        : m_view(view)
        , m_builder(builder)
        , m_config(config)
    {
    }

    void add(const ConfiguredObject &one)
    {
        const edge::Value &object = *one.object;
        const std::string key =
            object.at({"metadata", "namespace"}).text() + "/" + object.at({"metadata", "name"}).text();
        MappingVerdict verdict;
        verdict.stateReason = whyReplaced(one, m_config);
        if (!verdict.stateReason.isEmpty()) {
            verdict.state = State::Replaced;
            m_view.others.insert(one.key(), shared(std::move(verdict)));
            return;
        }
        verdict = m_builder.verdict(key, &object);
        const bool isOurs = verdict.state != State::NotForThisEdge;
        const auto known = m_view.mappings.find(text(key));
        if (known != m_view.mappings.end() && (!isOurs || (*known)->state != State::NotForThisEdge)) {
            m_view.others.insert(one.key(), shared(std::move(verdict)));
            return;
        }
        if (known != m_view.mappings.end())
            m_view.others.insert(m_foreign.value(text(key)), *known);
        if (!isOurs)
            m_foreign.insert(text(key), one.key());
        m_view.mappings.insert(text(key), shared(std::move(verdict)));
    }

private:
    static std::shared_ptr<const MappingVerdict> shared(MappingVerdict verdict)
    {
        return std::make_shared<const MappingVerdict>(std::move(verdict));
    }

    EdgeView &m_view;
    const VerdictBuilder &m_builder;
    const edge::Config &m_config;
    QHash<QString, QString> m_foreign; // those of other edges in EdgeView::mappings: ConfiguredObject::key()
};

void addVerdicts(EdgeView &view, const VerdictBuilder &builder, const Snapshot &snapshot,
                 const edge::Config &config)
{
    VerdictList list(view, builder, config);
    for (const ConfiguredObject &one : configuredObjects(snapshot, view.installation)) {
        if ((*one.object)["kind"].text() == "Mapping")
            list.add(one);
    }
    for (const auto &[key, places] : builder.places()) {
        if (!view.mappings.contains(text(key)))
            view.mappings.insert(text(key),
                                 std::make_shared<const MappingVerdict>(builder.verdict(key, nullptr)));
    }
}

} // namespace

EdgeView viewEdge(const Snapshot &snapshot, const EdgeInstallation &installation)
{
    EdgeCompiler compiler;
    return viewEdge(snapshot, installation, compiler);
}

EdgeView viewEdge(const Snapshot &snapshot, const EdgeInstallation &installation, EdgeCompiler &compiler)
{
    EdgeView view;
    view.installation = installation;
    CompiledEdge compiled = compiler.compile(snapshot, installation);
    view.unsure = compiled.unsure;
    addVerdicts(view, VerdictBuilder(snapshot, view.installation, compiled), snapshot, compiled.config);
    view.findings = edgeFindings(snapshot, view.installation, compiled.config) + edgeStateFindings(view);
    auto table = compiler.table(std::move(compiled.config));
    if (table)
        view.table = std::move(*table);
    else
        view.problem = text(table.error().message);
    return view;
}

} // namespace models
