// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/prediction.h"

#include "edge/cors.h"
#include "edge/request_intake.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/host_choice.h"
#include "models/analysis/prediction_port.h"
#include "models/analysis/request_findings.h"
#include "models/analysis/unasked.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Outcome = edge::Decision::Outcome;

constexpr int AnsweredByCors = 200; // a preflight

edge::RequestHead headOf(const RequestSpec &request)
{
    edge::RequestHead head;
    head.method = request.method.toStdString();
    head.target = targetOf(request).toStdString();
    head.headers.set("Host", hostOf(request).toStdString());
    for (const auto &[name, value] : request.headers) {
        if (name.compare("host"_L1, Qt::CaseInsensitive) != 0)
            head.headers.add(name.toStdString(), value.toStdString());
    }
    head.headers.lowerNames();
    return head;
}

QString percent(double share) { return u"%1 %"_s.arg(qRound(share * 100)); }

QString refText(const edge::ResourceRef &ref) { return text(ref.nameSpace) + u'/' + text(ref.name); }

void addListenerStep(Prediction &prediction, const edge::Explanation &explanation, const ChosenPort &chosen,
                     bool tls)
{
    const std::uint16_t port = chosen.port;
    const QString side = u"port %1, %2%3"_s.arg(port).arg(tls ? u"TLS"_s : u"clear text"_s, chosen.note);
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

// What the handshake asks of the client beyond a name: who cannot do it never gets to a route.
void addHandshakeStep(Prediction &prediction, const edge::Config &config, const edge::FilterChain *chain)
{
    const auto found =
        chain && chain->tls ? config.tlsContexts.find(chain->tlsContext) : config.tlsContexts.end();
    if (found == config.tlsContexts.end())
        return;
    const edge::TlsContext &context = found->second;
    const bool asksForCertificate =
        context.certRequired || !context.caSecret.empty() || !context.caFile.empty();
    QStringList demands;
    if (context.certRequired)
        demands.append(u"the client must show a certificate%1"_s.arg(
            context.caSecret.empty()
                ? QString()
                : u" that the authorities of Secret %1 signed"_s.arg(text(context.caSecret))));
    else if (asksForCertificate)
        demands.append(
            u"a certificate that the client shows must be signed by the authorities of %1; it may show none"_s
                .arg(context.caSecret.empty() ? text(context.caFile)
                                              : u"Secret "_s + text(context.caSecret)));
    if (!context.minTlsVersion.empty())
        demands.append(u"TLS %1 or newer"_s.arg(text(context.minTlsVersion)));
    if (!context.maxTlsVersion.empty())
        demands.append(u"TLS %1 or older"_s.arg(text(context.maxTlsVersion)));
    if (!demands.isEmpty())
        prediction.steps.append({u"Handshake"_s, demands.join(u"; "_s), refText(context.source),
                                 context.certRequired ? Severity::Warning : Severity::Info});
}

// The head as routes see it, and whether the listener refuses the request before any is asked.
edge::Refusal takenIn(edge::RequestHead &head, const edge::RouteTable &table, std::uint16_t port, bool tls,
                      const std::string &serverName)
{
    edge::ConnectionInfo connection;
    connection.peerAddress = "127.0.0.1";
    connection.listenerPort = port;
    if (tls)
        connection.tls.emplace().serverName = serverName;
    std::mt19937_64 random(1); // for an id that nobody looks at
    for (const edge::Listener &listener : table.config().listeners) {
        if (listener.port == port)
            return edge::refuse(head, listener, edge::arrive(head, listener.http, connection, random));
    }
    return {};
}

void addRefusal(Prediction &prediction, const edge::Refusal &refusal, const std::string &target)
{
    prediction.status = refusal.status;
    prediction.reason =
        u"the edge answers %1 before any Mapping is asked: it refuses such a request (path, method, headers)"_s
            .arg(refusal.status);
    prediction.steps.append({u"Refused"_s, u"with %1"_s.arg(refusal.status), text(target), Severity::Error});
}

// Whether a Host that rejects clear text is all that stands between this request and a Mapping: the same request, had it
// come by https, is asked.  A route's x-forwarded-proto alone says nothing, as it is looked at before other conditions, is
// there with every action, and may be the Mapping's own.
bool isRejectedAsClearText(const Snapshot &snapshot, const edge::RouteTable &table, edge::RouteQuery query)
{
    const edge::VirtualHost *virtualHost = table.match(query).virtualHost;
    if (!virtualHost || virtualHost->host.kind != "Host")
        return false;
    const auto isBehind = [&](const ConfiguredObject &one) {
        const edge::Value &object = *one.object;
        return object["kind"].text() == "Host"
            && object.at({"metadata", "namespace"}).text() == virtualHost->host.nameSpace
            && object.at({"metadata", "name"}).text() == virtualHost->host.name
            && object.at({"spec", "requestPolicy", "insecure", "action"}).text() == "Reject";
    };
    const auto objects = configuredObjects(snapshot);
    if (query.head->headers.value("x-forwarded-proto") == "https"
        || std::none_of(objects.begin(), objects.end(), isBehind))
        return false;
    edge::RequestHead byHttps = *query.head;
    byHttps.headers.set("x-forwarded-proto", "https");
    query.head = &byHttps;
    const edge::Decision decision = table.match(query);
    return decision.route && !decision.route->mapping.kind.empty();
}

void addRouteSteps(Prediction &prediction, const edge::Explanation &explanation, bool isForTlsOnly)
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
        if (isForTlsOnly)
            prediction.steps.append(
                {u"Policy"_s, u"clear text is not served"_s,
                 u"the Host's requestPolicy.insecure.action is Reject; a Mapping matches over https"_s,
                 Severity::Warning});
        prediction.steps.append({u"Mapping"_s, u"none matches"_s,
                                 u"%1 compared"_s.arg(counted(qint64(explanation.candidates.size()), u"route"_s)), Severity::Error});
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
    if (own)
        prediction.reason = u"a route of the edge's own answers it"_s;
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

// A browser's question beforehand is answered by the edge; nothing is sent on.
void addPreflight(Prediction &prediction, const edge::Decision &decision, const edge::RequestHead &head)
{
    if (!decision.route || !decision.route->cors || !edge::isPreflight(head)
        || !edge::corsApplies(*decision.route->cors, head))
        return;
    prediction.status = AnsweredByCors;
    prediction.location.clear();
    prediction.reason = u"the edge answers the CORS preflight itself with 200"_s;
    prediction.steps.append(
        {u"CORS"_s, u"preflight answered with 200"_s, text(head.headers.value("origin")), Severity::Info});
}

// Whatever its route: Emissary 3.0 and later let nobody through beside an AuthService with faults.
void addBrokenAuth(Prediction &prediction, const edge::Config &config, const edge::RequestHead &head)
{
    const int status = edge::refusedForAuth(head, config);
    if (status == 0)
        return;
    const QString service = refOf(config.brokenAuth).text();
    prediction.status = status;
    prediction.mapping.clear();
    prediction.location.clear();
    prediction.reason =
        u"the edge answers %1 to all but its own probes: %2 is not configured well"_s.arg(status).arg(
            service);
    prediction.steps.append({u"Refused"_s, u"with %1"_s.arg(status), service, Severity::Error});
}

void addHostStep(Prediction &prediction, const Snapshot &snapshot, const edge::Config &config,
                 const edge::Decision &decision, const edge::RequestHead &head)
{
    if (!decision.chain || !decision.chain->tcpClusters.empty())
        return;
    const std::string_view host = head.headers.value("host");
    prediction.otherHosts = mappingsOfOtherHosts(snapshot, config, decision, head);
    if (decision.virtualHost)
        return;
    prediction.steps.append({u"Host"_s, u"none fits %1"_s.arg(text(host)),
                             whyNoHostFits(*decision.chain, host), Severity::Error});
    prediction.reason = u"no Host fits %1, so no Mapping is asked and the edge answers 404"_s.arg(text(host));
}

// Who gets which part of the requests like this one, where more than one Mapping does.
QList<MappingShare> sharesOf(const edge::Explanation &explanation)
{
    QList<MappingShare> shares;
    for (const edge::Candidate &candidate : explanation.candidates) {
        const bool ofGroup = candidate.matched || candidate.failedCondition == "weight";
        if (ofGroup && candidate.share < 1 && (candidate.share > 0 || candidate.failedCondition == "weight"))
            shares.append({refText(candidate.mapping), candidate.share});
    }
    if (explanation.unserved > 0 && !shares.isEmpty())
        shares.append({{}, explanation.unserved});
    return shares.size() > 1 ? shares : QList<MappingShare>();
}

void addWeightsStep(Prediction &prediction)
{
    QStringList texts;
    for (const MappingShare &one : prediction.shares)
        texts.append(one.mapping.isEmpty() ? u"nobody %1 (404)"_s.arg(percent(one.share))
                                           : u"%1 %2"_s.arg(one.mapping, percent(one.share)));
    if (!texts.isEmpty())
        prediction.steps.append(
            {u"Weights"_s, texts.join(u", "_s), u"of requests like this one"_s,
             prediction.shares.last().mapping.isEmpty() ? Severity::Warning : Severity::Info});
}

void addForeign(Prediction &prediction, const EdgeView &view, const QStringList &mappings)
{
    for (const QString &mapping : mappings) {
        const auto verdict = view.mappings.value(mapping);
        if (verdict && verdict->state == MappingVerdict::State::NotForThisEdge)
            prediction.steps.append({u"Finding"_s, u"Mapping %1: %2"_s.arg(mapping, verdict->stateReason),
                                     u"not of this edge"_s, Severity::Info});
    }
}

void takeOver(Prediction &prediction, const edge::Explanation &explanation, const edge::Config &config)
{
    prediction.status = explanation.status;
    prediction.cluster = text(explanation.cluster);
    if (const auto cluster = config.clusters.find(explanation.cluster); cluster != config.clusters.end())
        prediction.counter = text(cluster->second.observedName());
    prediction.rewrittenPath = text(explanation.rewrittenPath);
    prediction.location = text(explanation.location);
    prediction.candidates =
        QList<edge::Candidate>(explanation.candidates.begin(), explanation.candidates.end());
    if (!explanation.upstreamHost.empty())
        prediction.upstream = u"%1:%2"_s.arg(text(explanation.upstreamHost)).arg(explanation.upstreamPort);
    if (!explanation.mapping.kind.empty() && explanation.mapping.kind != "TCPMapping")
        prediction.mapping = refText(explanation.mapping);
}

void addFindings(Prediction &prediction, const AskedRequest &asked)
{
    const QStringList atHand = mappingsAtHand(asked);
    prediction.findings = requestFindings(asked, atHand);
    addForeign(prediction, asked.view, atHand);
    for (const Finding &finding : prediction.findings)
        prediction.steps.append({u"Finding"_s, finding.subject.text() + u": "_s + finding.message,
                                 finding.code, finding.severity});
    if (!asked.view.unsure.isEmpty())
        prediction.steps.append({u"Unsure"_s, asked.view.unsure, {}, Severity::Unknown});
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
    const QString security = hops.first().security != Hop::Security::Unknown ? QString() // said by the hop
        : origination.kind == Origination::Kind::Plain                       ? u", clear text"_s
        : origination.context.isEmpty() ? u", TLS without a client certificate"_s
                                        : u", TLS by TLSContext "_s + origination.context;
    const QString mode = target.modes().isEmpty() ? QString() : u", "_s + target.modes();
    prediction.steps.append({u"Upstream"_s, prediction.upstream + security + endpoints + mode,
                             hops.first().because, hops.first().severity});
    // Only a hop that no pod survives is foretold as an answer of the edge's own.
    const bool all = isBroken(hops) && !hops.first().someOnly;
    prediction.status = all ? 503 : 0;
    if (isBroken(hops))
        prediction.reason = (all ? QString() : u"some pods fail: "_s) + hops.first().because;
}

// Who gets a copy of the request; the client is not answered by it.
void addMirrorStep(Prediction &prediction, const edge::Decision &decision, const EdgeView &view,
                   const Snapshot &snapshot)
{
    if (!decision.route)
        return;
    const edge::Config &config = view.table->config();
    const auto cluster = config.clusters.find(decision.route->mirrorCluster);
    if (cluster == config.clusters.end())
        return;
    const auto mirrors = mirrorsOf(snapshot, config);
    const auto mapping = mirrors.find(decision.route->groupId);
    const std::int64_t percentOf = decision.route->mirrorNumerator;
    prediction.steps.append(
        {u"Mirror"_s,
         u"%1 is sent a copy, by %2:%3"_s
             .arg(mapping == mirrors.end() ? u"a shadow"_s : text(mapping->second),
                  text(cluster->second.host))
             .arg(cluster->second.port),
         percentOf < 100 ? u"of %1 % of requests like this one"_s.arg(percentOf) : QString(),
         Severity::Info});
}

} // namespace

QByteArray targetOf(const RequestSpec &request)
{
    if (!request.target.isEmpty())
        return request.target;
    const QByteArray path = request.url.path(QUrl::FullyEncoded).toLatin1();
    const QByteArray query = request.url.query(QUrl::FullyEncoded).toLatin1();
    return (path.isEmpty() ? QByteArray("/") : path) + (request.url.hasQuery() ? "?" + query : QByteArray());
}

QByteArray hostOf(const RequestSpec &request)
{
    for (const auto &[name, value] : request.headers) {
        if (name.compare("host"_L1, Qt::CaseInsensitive) == 0)
            return value.toUtf8();
    }
    return request.url.authority(QUrl::FullyEncoded).section(u'@', -1).toUtf8();
}

QUrl urlAsTyped(const QString &url)
{
    const QUrl strict(url, QUrl::StrictMode);
    const bool isOneWord = std::none_of(url.begin(), url.end(), [](QChar c) { return c.isSpace(); });
    return strict.isValid() || !isOneWord ? strict : QUrl(url, QUrl::TolerantMode);
}

QByteArray targetAsTyped(const QString &url)
{
    const QString asked = url.section(u'#', 0, 0);
    const qsizetype scheme = asked.indexOf("://"_L1);
    const bool isPlain = std::all_of(asked.begin(), asked.end(),
                                     [](QChar one) { return one.unicode() > ' ' && one.unicode() < 0x7f; });
    if (scheme < 0 || !isPlain)
        return {};
    constexpr qsizetype Slashes = 3;
    const QString rest = asked.mid(scheme + Slashes);
    const qsizetype path = rest.indexOf(u'/');
    const qsizetype query = rest.indexOf(u'?');
    if (query >= 0 && (path < 0 || query < path))
        return "/" + rest.mid(query).toLatin1();
    return path < 0 ? QByteArray("/") : rest.mid(path).toLatin1();
}

Prediction predict(const EdgeView &view, const Snapshot &snapshot, const RequestSpec &request)
{
    Prediction prediction;
    prediction.resourcesAt = snapshot.takenAt;
    prediction.compat = text(edge::compatName(view.installation.compat));
    prediction.isCompatGuessed = view.installation.isCompatGuessed;
    if (!view.table) {
        prediction.reason = view.problem.isEmpty()
            ? u"there is no edge to ask"_s
            : u"the edge's configuration cannot be built: "_s + view.problem;
        return prediction;
    }
    const bool tls = request.url.scheme() == "https"_L1;
    edge::RequestHead head = headOf(request);
    const std::string serverName = request.url.host().toStdString();
    const ChosenPort port = listenerPort(view, snapshot, request, tls);
    const std::string target = head.target;
    const edge::Refusal refusal = takenIn(head, *view.table, port.port, tls, serverName);
    const edge::RouteQuery query{&head, port.port, tls, serverName, 0};
    const edge::Explanation explanation = view.table->explain(query);
    const bool isReached = explanation.outcome != Outcome::NoListener
        && explanation.outcome != Outcome::NoChain && explanation.mapping.kind != "TCPMapping";
    if (isReached && refusal.status != 0) {
        addListenerStep(prediction, explanation, port, tls);
        addHandshakeStep(prediction, view.table->config(), view.table->match(query).chain);
        addRefusal(prediction, refusal, target);
        return prediction;
    }
    takeOver(prediction, explanation, view.table->config());
    addListenerStep(prediction, explanation, port, tls);
    if (explanation.outcome == Outcome::NoListener || explanation.outcome == Outcome::NoChain)
        return prediction;
    const edge::Decision decision = view.table->match(query);
    addHandshakeStep(prediction, view.table->config(), decision.chain);
    if (isReached && head.target != target)
        prediction.steps.append(
            {u"Path"_s, text(head.target), u"as the edge reads %1"_s.arg(text(target)), Severity::Info});
    addHostStep(prediction, snapshot, view.table->config(), decision, head);
    prediction.steps += unaskedSteps(snapshot, view, decision, head);
    addRouteSteps(prediction, explanation,
                  explanation.outcome == Outcome::NoRoute
                      && isRejectedAsClearText(snapshot, *view.table, query));
    addPreflight(prediction, decision, head);
    if (isReached && prediction.status != AnsweredByCors)
        addBrokenAuth(prediction, view.table->config(), head);
    const bool isForwarded = explanation.outcome == Outcome::Forward && prediction.status == 0;
    prediction.shares = sharesOf(explanation);
    addWeightsStep(prediction);
    if (isForwarded) {
        addUpstreamStep(prediction, explanation, view, snapshot);
        addMirrorStep(prediction, decision, view, snapshot);
    }
    addFindings(prediction, {view, snapshot, head, explanation});
    return prediction;
}

} // namespace models
