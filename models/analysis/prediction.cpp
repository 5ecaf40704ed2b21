// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/prediction.h"

#include "models/analysis/host_choice.h"
#include "models/resources/text.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Outcome = edge::Decision::Outcome;

edge::RequestHead headOf(const RequestSpec &request, bool tls)
{
    edge::RequestHead head;
    head.method = request.method.toStdString();
    const QString path = request.url.path(QUrl::FullyEncoded);
    head.target = (path.isEmpty() ? u"/"_s : path).toStdString();
    if (request.url.hasQuery())
        head.target += "?" + request.url.query(QUrl::FullyEncoded).toStdString();
    head.headers.set("Host", request.url.authority(QUrl::FullyEncoded).section(u'@', -1).toStdString());
    for (const auto &[name, value] : request.headers) {
        if (name.compare("host"_L1, Qt::CaseInsensitive) == 0)
            head.headers.set("Host", value.toStdString());
        else
            head.headers.add(name.toStdString(), value.toStdString());
    }
    head.headers.set("x-forwarded-proto",
                     tls ? "https" : "http"); // the edge writes it over whatever the client says
    return head;
}

const Service *serviceOfEdge(const Snapshot &snapshot, const EdgeInstallation &edge, int port,
                             const ServicePort **found)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    for (const Service &service : snapshot.services) {
        *found = deployment && service.selects(*deployment) ? service.portOf(port) : nullptr;
        if (*found)
            return &service;
    }
    return nullptr;
}

// The listener's port behind the port that the URL names, by the edge's Service; by the scheme where that
// says nothing.
std::uint16_t listenerPort(const EdgeView &view, const Snapshot &snapshot, const RequestSpec &request,
                           bool tls)
{
    const ServicePort *port = nullptr;
    const Service *service =
        serviceOfEdge(snapshot, view.installation, request.url.port(tls ? 443 : 80), &port);
    const QList<const Pod *> pods = service ? snapshot.podsOf(*service) : QList<const Pod *>();
    int target = service && !pods.isEmpty() ? service->targetPortOf(*port, *pods.first())
        : port                              ? port->targetPort.toInt()
                                            : 0;
    const auto &listeners = view.table->config().listeners;
    const auto has = [&](int wanted) {
        return std::any_of(listeners.begin(), listeners.end(),
                           [wanted](const edge::Listener &listener) { return listener.port == wanted; });
    };
    if (has(target))
        return std::uint16_t(target);
    const int usual = tls ? 8443 : 8080;
    for (const edge::Listener &listener : listeners) {
        const bool fits = std::any_of(listener.chains.begin(), listener.chains.end(),
                                      [tls](const edge::FilterChain &chain) { return chain.tls == tls; });
        if (!has(usual) && fits)
            return listener.port;
    }
    return std::uint16_t(usual);
}

QString percent(double share) { return u"%1 %"_s.arg(qRound(share * 100)); }

QString refText(const edge::ResourceRef &ref) { return text(ref.nameSpace) + u'/' + text(ref.name); }

void addListenerStep(Prediction &prediction, const edge::Explanation &explanation, std::uint16_t port,
                     bool tls)
{
    const QString side = u"port %1, %2"_s.arg(port).arg(tls ? u"TLS"_s : u"clear text"_s);
    if (explanation.outcome == Outcome::NoListener) {
        prediction.steps.append(
            {u"Listener"_s, u"the edge listens on no port %1"_s.arg(port), side, Severity::Error});
        prediction.reason = u"the edge does not listen on port %1, so the connection is refused"_s.arg(port);
    } else if (explanation.outcome == Outcome::NoChain) {
        prediction.steps.append(
            {u"Listener"_s,
             u"port %1 accepts no %2"_s.arg(port).arg(tls ? u"TLS for this name"_s : u"clear text"_s), side,
             Severity::Error});
        prediction.reason = tls
            ? u"port %1 has no certificate for this name, so the connection is closed"_s.arg(port)
            : u"port %1 speaks TLS only, so the connection is closed"_s.arg(port);
    } else {
        prediction.steps.append(
            {u"Listener"_s, u"%1 accepts"_s.arg(text(explanation.listener)), side, Severity::Good});
    }
}

void addRouteSteps(Prediction &prediction, const edge::Explanation &explanation)
{
    if (explanation.mapping.kind == "TCPMapping") {
        prediction.reason =
            u"TCPMapping %1 takes every connection to this port as it is, so no Mapping is asked"_s.arg(
                refText(explanation.mapping));
        prediction.steps.append(
            {u"TCPMapping"_s, refText(explanation.mapping), prediction.cluster, Severity::Warning});
        return;
    }
    if (explanation.virtualHost.empty())
        return; // said already
    prediction.steps.append(
        {u"Host"_s, text(explanation.virtualHost), text(explanation.virtualHostReason), Severity::Good});
    if (explanation.outcome == Outcome::NoRoute) {
        prediction.reason = u"no Mapping matches, so the edge answers 404"_s;
        prediction.steps.append({u"Mapping"_s, u"none matches"_s,
                                 u"%1 candidates"_s.arg(explanation.candidates.size()), Severity::Error});
        return;
    }
    const bool toTls =
        explanation.outcome == Outcome::Redirect && text(explanation.location).startsWith("https:"_L1);
    if (explanation.outcome == Outcome::Redirect)
        prediction.steps.append({toTls ? u"Policy"_s : u"Redirect"_s,
                                 u"%1 to %2"_s.arg(explanation.status).arg(text(explanation.location)),
                                 {},
                                 Severity::Info});
    const QString side = explanation.share < 1 ? u"share "_s + percent(explanation.share) : QString();
    const bool own = explanation.mapping.kind.empty();
    prediction.steps.append(
        {u"Mapping"_s, own ? u"the edge's own"_s : refText(explanation.mapping), side, Severity::Good});
    if (explanation.outcome == Outcome::Redirect) {
        prediction.reason = u"the edge answers %1 itself and sends the client to %2"_s.arg(explanation.status)
                                .arg(text(explanation.location));
        return;
    }
    const QString timeout =
        explanation.timeoutMs > 0 ? u"timeout %1 ms"_s.arg(explanation.timeoutMs) : u"no timeout"_s;
    prediction.steps.append(
        {u"Rewrite"_s, u"upstream sees %1"_s.arg(text(explanation.rewrittenPath)), timeout, Severity::Good});
}

void addHostStep(Prediction &prediction, const edge::Decision &decision, const edge::RequestHead &head)
{
    if (!decision.chain || !decision.chain->tcpClusters.empty())
        return;
    const std::string_view host = head.headers.value("host");
    prediction.otherHosts = mappingsOfOtherHosts(decision, host, head.path());
    if (decision.virtualHost)
        return;
    prediction.steps.append({u"Host"_s, u"none fits %1"_s.arg(text(host)),
                             whyNoHostFits(*decision.chain, host), Severity::Error});
    prediction.reason = u"no Host fits %1, so no Mapping is asked and the edge answers 404"_s.arg(text(host));
}

// Who gets which part of the requests like this one, where more than one Mapping does.
void addWeightsStep(Prediction &prediction, const edge::Explanation &explanation)
{
    QStringList shares;
    for (const edge::Candidate &candidate : explanation.candidates) {
        const bool ofGroup = candidate.matched || candidate.failedCondition == "weight";
        if (ofGroup && candidate.share < 1 && (candidate.share > 0 || candidate.failedCondition == "weight"))
            shares.append(u"%1 %2"_s.arg(refText(candidate.mapping), percent(candidate.share)));
    }
    const bool lost = explanation.unserved > 0 && !shares.isEmpty();
    if (lost)
        shares.append(u"nobody %1 (404)"_s.arg(percent(explanation.unserved)));
    if (shares.size() > 1)
        prediction.steps.append({u"Weights"_s, shares.join(u", "_s), u"of requests like this one"_s,
                                 lost ? Severity::Warning : Severity::Info});
}

// What is wrong with the Mappings that this request is about: those that match it, and where none does those that
// would if anything led to them.
void addFindings(Prediction &prediction, const edge::Explanation &explanation, const EdgeView &view,
                 const Snapshot &snapshot, const RequestSpec &request)
{
    static const QSet<QString> about{u"RT-001"_s, u"RT-003"_s, u"RT-004"_s, u"RT-005"_s, u"RT-011"_s};
    QSet<QString> mappings;
    for (const edge::Candidate &candidate : explanation.candidates) {
        if (candidate.matched || candidate.failedCondition == "weight")
            mappings.insert(refText(candidate.mapping));
    }
    const QString path = request.url.path();
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        const QString prefix = text(object.at({"spec", "prefix"}));
        if (explanation.outcome != Outcome::NoRoute || object["kind"].text() != "Mapping" || prefix.isEmpty()
            || !path.startsWith(prefix))
            continue;
        mappings.insert(text(object.at({"metadata", "namespace"})) + u'/'
                        + text(object.at({"metadata", "name"})));
    }
    QStringList sorted(mappings.begin(), mappings.end());
    sorted.sort();
    for (const QString &mapping : sorted) {
        const auto verdict = view.mappings.value(mapping);
        for (const Finding &finding : verdict ? verdict->findings : QList<Finding>()) {
            if (about.contains(finding.code))
                prediction.steps.append({u"Finding"_s, u"Mapping %1: %2"_s.arg(mapping, finding.message),
                                         finding.code, finding.severity});
        }
    }
}

void addUpstreamStep(Prediction &prediction, const edge::Explanation &explanation, const EdgeView &view,
                     const Snapshot &snapshot)
{
    const auto &clusters = view.table->config().clusters;
    const auto cluster = clusters.find(explanation.cluster);
    if (cluster == clusters.end()) {
        prediction.steps.append(
            {u"Upstream"_s, u"cluster %1 is not configured"_s.arg(prediction.cluster), {}, Severity::Error});
        prediction.status = 503;
        prediction.reason = u"the edge has no cluster %1"_s.arg(prediction.cluster);
        return;
    }
    const UpstreamTarget target = resolveUpstream(snapshot, text(cluster->second.host), cluster->second.port,
                                                  view.installation.ambassadorNamespace);
    const Origination origination = originationOf(snapshot, view.table->config(), cluster->second);
    const QList<Hop> hops = upstreamHops(target, origination);
    const QString endpoints = target.kind == UpstreamTarget::Kind::Service
        ? u", %1 of %2 endpoints ready"_s.arg(target.readyPods()).arg(target.pods.size())
        : QString();
    const QString mode = target.modes().isEmpty() ? QString() : u", "_s + target.modes();
    prediction.steps.append(
        {u"Upstream"_s, prediction.upstream + endpoints + mode, hops.first().because, hops.first().severity});
    // Only a hop that no pod survives is foretold as an answer of the edge's own.
    const bool all = isBroken(hops) && !hops.first().someOnly;
    prediction.status = all ? 503 : 0;
    prediction.reason = all ? hops.first().because
        : isBroken(hops)    ? u"some pods fail: "_s + hops.first().because
                            : QString();
}

} // namespace

Prediction predict(const EdgeView &view, const Snapshot &snapshot, const RequestSpec &request)
{
    Prediction prediction;
    prediction.resourcesAt = snapshot.takenAt;
    prediction.compat = text(edge::compatName(view.installation.compat));
    if (!view.table) {
        prediction.reason = view.problem.isEmpty()
            ? u"there is no edge to ask"_s
            : u"the edge's configuration cannot be built: "_s + view.problem;
        return prediction;
    }
    const bool tls = request.url.scheme() == "https"_L1;
    const edge::RequestHead head = headOf(request, tls);
    const std::string serverName = request.url.host().toStdString();
    const std::uint16_t port = listenerPort(view, snapshot, request, tls);
    const edge::RouteQuery query{&head, port, tls, serverName, 0};
    const edge::Explanation explanation = view.table->explain(query);
    prediction.status = explanation.status;
    prediction.cluster = text(explanation.cluster);
    prediction.rewrittenPath = text(explanation.rewrittenPath);
    prediction.location = text(explanation.location);
    prediction.candidates =
        QList<edge::Candidate>(explanation.candidates.begin(), explanation.candidates.end());
    if (!explanation.upstreamHost.empty())
        prediction.upstream = u"%1:%2"_s.arg(text(explanation.upstreamHost)).arg(explanation.upstreamPort);
    if (!explanation.mapping.kind.empty() && explanation.mapping.kind != "TCPMapping")
        prediction.mapping = refText(explanation.mapping);
    addListenerStep(prediction, explanation, port, tls);
    if (explanation.outcome == Outcome::NoListener || explanation.outcome == Outcome::NoChain)
        return prediction;
    addHostStep(prediction, view.table->match(query), head);
    addRouteSteps(prediction, explanation);
    addWeightsStep(prediction, explanation);
    if (explanation.outcome == Outcome::Forward)
        addUpstreamStep(prediction, explanation, view, snapshot);
    addFindings(prediction, explanation, view, snapshot, request);
    if (!view.unsure.isEmpty())
        prediction.steps.append({u"Unsure"_s, view.unsure, {}, Severity::Unknown});
    return prediction;
}

} // namespace models
