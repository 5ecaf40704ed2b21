// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/route_findings.h"

#include "edge/config/never_matched.h"
#include "models/analysis/diagnostic_finding.h"
#include "models/analysis/originate_tls.h"
#include "models/analysis/route_order.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using State = MappingVerdict::State;

bool isReasonOfState(const edge::Diagnostic &diagnostic) // of being unreachable
{
    return isLoneShadow(diagnostic) || isUnreached(diagnostic) || edge::isOfNeverMatched(diagnostic);
}

Finding stateFinding(const RouteFacts &facts, const MappingVerdict &verdict)
{
    Finding finding;
    finding.subject = facts.subject;
    finding.message = verdict.stateReason;
    if (verdict.state == State::Shadowed) {
        finding.code = u"RT-003"_s;
        finding.severity = Severity::Warning;
        finding.path = u"spec.prefix"_s;
        finding.remedy =
            u"give one of the two a longer prefix or a condition, or set precedence on this one"_s;
    } else {
        finding.code = u"RT-004"_s;
        finding.severity = Severity::Warning;
        finding.path = u"spec"_s;
        finding.remedy = u"check its host against the Hosts and TLSContexts of the edge"_s;
        for (const edge::Diagnostic *diagnostic : facts.diagnostics) {
            if (!isReasonOfState(*diagnostic))
                continue;
            finding.path = text(diagnostic->path);
            if (isUnreached(*diagnostic))
                continue;
            finding.remedy = isLoneShadow(*diagnostic)
                ? u"give it the prefix and conditions of the Mapping that it shall copy, or take shadow out"_s
                : u"correct the field; until then the Mapping serves nobody"_s;
        }
    }
    return finding;
}

struct FaultWords
{
    QString code, path, remedy;
};

FaultWords wordsOf(Hop::Fault fault)
{
    using Fault = Hop::Fault;
    switch (fault) {
    case Fault::NoService:
        return {u"RT-006"_s, u"spec.service"_s, u"create the Service, or correct the name in spec.service"_s};
    case Fault::NameLoop:
        return {
            u"RT-008"_s, u"spec.service"_s,
            u"let spec.externalName of one of these Services name who answers, or name that in spec.service"_s};
    case Fault::NoPort:
        return {
            u"RT-007"_s, u"spec.service"_s,
            u"write a port that the Service has, such as name:80; with tls and without a port, 443 is dialled"_s};
    case Fault::NoNamedPort:
        return {u"RT-009"_s, u"spec.service"_s,
                u"give the container a port of that name, or the Service the number"_s};
    case Fault::NoPod:
        return {u"RT-008"_s, u"spec.service"_s,
                u"compare the Service's selector with the labels of the pods"_s};
    case Fault::NoEndpoint:
        return {u"RT-008"_s, u"spec.service"_s,
                u"give the Service a selector, or an EndpointSlice that names who answers"_s};
    case Fault::NotReady:
        return {u"RT-008"_s, u"spec.service"_s, u"look at the readiness of the pods behind the Service"_s};
    case Fault::ClearText:
        return {u"MT-001"_s, u"spec.tls"_s,
                u"set tls to the TLSContext that carries the mesh's certificate"_s};
    case Fault::NoSidecar:
        return {u"MT-002"_s, u"spec.tls"_s, u"take tls out of the Mapping, or let the pods have a sidecar"_s};
    case Fault::Certificate:
        return {u"MT-003"_s, u"spec.tls"_s,
                u"let the TLSContext name the Secret with the mesh's certificate (istio-certs)"_s};
    case Fault::Alpn: return {u"MT-004"_s, u"spec.tls"_s, u"write alpn_protocols: istio in the TLSContext"_s};
    case Fault::Disabled:
        return {u"MT-005"_s, u"spec.tls"_s,
                u"take tls out of the Mapping, or the DISABLE out of the PeerAuthentication"_s};
    case Fault::NoListener:
        return {u"TLS-006"_s, u"spec"_s,
                u"give the edge a certificate for this host, or let it route clear text"_s};
    case Fault::None: break;
    }
    return {};
}

bool says(const RouteFacts &facts, std::string_view path) // a field of the spec itself
{
    constexpr std::string_view Spec = "spec.";
    return !facts.object || !facts.object->at({"spec", path.substr(Spec.size())}).isNull();
}

void addStarved(QList<Finding> &findings, const RouteFacts &facts)
{
    const edge::Value written = facts.object ? facts.object->at({"spec", "weight"}) : edge::Value();
    const bool meant = written.isNumber() && written.toInteger() == 0;
    findings.append(
        {u"RT-011"_s,
         meant ? Severity::Info : Severity::Warning,
         facts.subject,
         u"spec.weight"_s,
         written.isNumber() && written.toInteger() <= 0
             ? u"its share of the requests is 0 %, as its weight is %1"_s.arg(written.toInteger())
             : u"its share of the requests is 0 %: the other Mappings of its group take them all"_s,
         {},
         meant ? u"nothing while it waits; give it a weight when it shall take requests"_s
               : u"give it a weight, or the others less"_s});
}

// Envoy looks for no loops: each round adds to x-forwarded-for, until it is refused.
void addOwnEdge(QList<Finding> &findings, const EdgeInstallation &edge, const RouteFacts &facts,
                const MappingVerdict &verdict)
{
    if (verdict.ownPort == 0)
        return;
    const QString where = edge.name.isEmpty() ? u"the edge"_s : u"edge "_s + edge.key();
    findings.append(
        {u"RT-024"_s,
         facts.comesAgain ? Severity::Error : Severity::Warning,
         facts.subject,
         u"spec.service"_s,
         u"%1:%2 is %3 itself, which listens there on port %4: %5"_s.arg(verdict.upstreamHost)
             .arg(verdict.upstreamPort)
             .arg(where)
             .arg(verdict.ownPort)
             .arg(
                 facts.comesAgain
                     ? u"each request comes to this Mapping again and goes round, until its headers are too large (431) or its time is over (504)"_s
                     : u"each request is routed there a second time, by the path and host that it is forwarded with"_s),
         {},
         u"name the Service that answers; for a second name of a path, rewrite it and name that one's service"_s});
}

void addOldVersion(QList<Finding> &findings, const EdgeInstallation &edge, const RouteFacts &facts)
{
    const QString version = facts.object ? text((*facts.object)["apiVersion"]).section(u'/', 1) : QString();
    const bool old =
        version == "v0"_L1 || version == "v1"_L1 || (version == "v2"_L1 && edge.compat != edge::Compat::V1);
    if (!old)
        return;
    const QString now = edge.compat == edge::Compat::V1 ? u"v2"_s : u"v3alpha1"_s;
    findings.append({u"RT-012"_s,
                     Severity::Info,
                     facts.subject,
                     u"apiVersion"_s,
                     u"getambassador.io/%1 is old; that of an edge of compat %2 is %3"_s.arg(
                         version, text(edge::compatName(edge.compat)), now),
                     {},
                     u"write the object as getambassador.io/%1"_s.arg(now)});
}

} // namespace

namespace {

// What was seen behind it, by which a fault of the mesh was judged.
QStringList seenBehind(const MappingVerdict &verdict)
{
    if (verdict.upstreamHost.isEmpty())
        return {};
    QStringList seen{u"it dials %1:%2 %3"_s.arg(verdict.upstreamHost)
                         .arg(verdict.upstreamPort)
                         .arg(!verdict.originatesTls ? u"in clear text"_s
                                  : verdict.tlsContext.isEmpty()
                                  ? u"by TLS without a client certificate"_s
                                  : u"by TLS of TLSContext "_s + verdict.tlsContext)};
    if (verdict.endpoints > 0)
        seen.append(u"%1 of %2 pods are ready, %3 have a sidecar%4"_s.arg(verdict.endpointsReady)
                        .arg(verdict.endpoints)
                        .arg(verdict.sidecars)
                        .arg(verdict.targetMode.isEmpty() ? QString() : u"; mode "_s + verdict.targetMode));
    return seen;
}

QStringList knownContexts(const Snapshot &snapshot)
{
    QStringList names;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "TLSContext")
            names.append(text(object.at({"metadata", "namespace"})) + u'/'
                         + text(object.at({"metadata", "name"})));
    }
    names.sort();
    return {names.isEmpty() ? u"there is no TLSContext"_s : u"TLSContexts: "_s + names.join(u", "_s)};
}

// Of the Mappings of the same prefix.
QStringList writtenWeights(const Snapshot &snapshot, const RouteFacts &facts)
{
    QStringList weights;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        const edge::Value weight = object.at({"spec", "weight"});
        if (facts.object && object["kind"].text() == "Mapping"
            && object.at({"spec", "prefix"}) == facts.object->at({"spec", "prefix"}))
            weights.append(u"Mapping %1/%2: %3"_s.arg(
                text(object.at({"metadata", "namespace"})), text(object.at({"metadata", "name"})),
                weight.isNumber() ? u"weight %1"_s.arg(weight.toInteger()) : u"no weight"_s));
    }
    weights.sort();
    return weights;
}

void addEvidence(Finding &finding, const Snapshot &snapshot, const RouteFacts &facts)
{
    if (!finding.evidence.isEmpty())
        return;
    if (finding.code == "TLS-001"_L1)
        finding.evidence = knownContexts(snapshot);
    else if (finding.code == "RT-005"_L1)
        finding.evidence = writtenWeights(snapshot, facts);
}

} // namespace

Finding brokenHopFinding(const Hop &hop, const ObjectRef &subject)
{
    FaultWords words = wordsOf(hop.fault);
    const bool hasTls = subject.kind != "LogService"_L1 && subject.kind != "TracingService"_L1;
    const QString service = u"spec."_s + QLatin1String(serviceField(subject.kind.toStdString()));
    if (words.path == "spec.service"_L1 || !hasTls)
        words.path = service;
    words.remedy.replace("spec.service"_L1, service);
    words.remedy.replace("Mapping"_L1, subject.kind);
    if (!hasTls && hop.fault == Hop::Fault::ClearText)
        words.remedy =
            u"let a PeerAuthentication with portLevelMtls make the port PERMISSIVE: a %1 has no tls"_s.arg(
                subject.kind);
    return {
        words.code,  hop.someOnly ? Severity::Warning : Severity::Error, subject, words.path, hop.because, {},
        words.remedy};
}

const QString &whyNoListener()
{
    static const QString text = u"the edge has no Listener: nothing leads to any Mapping"_s;
    return text;
}

QList<Finding> edgeStateFindings(const EdgeView &view)
{
    QStringList mappings;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        if (one.value()->state == State::Unreachable && one.value()->stateReason == whyNoListener())
            mappings.append(one.key());
    }
    if (mappings.isEmpty())
        return {};
    mappings.sort();
    constexpr qsizetype MostNames = 12;
    QStringList evidence{u"Mappings: "_s + mappings.mid(0, MostNames).join(u", "_s)};
    if (mappings.size() > MostNames)
        evidence.append(u"and %1 more"_s.arg(mappings.size() - MostNames));
    const EdgeInstallation &edge = view.installation;
    const ObjectRef subject = edge.name.isEmpty() // of manifests
        ? ObjectRef{u"Listener"_s, edge.ambassadorNamespace, u"*"_s}
        : ObjectRef{edge.kind, edge.nameSpace, edge.name};
    return {
        {u"RT-004"_s,
         Severity::Warning,
         subject,
         {},
         whyNoListener()
             + (mappings.size() == 1 ? u" (there is 1)"_s : u" (there are %1)"_s.arg(mappings.size())),
         evidence,
         u"create a Listener for each port of the edge, such as 8080 and 8443 with protocol HTTPS, securityModel XFP and hostBinding.namespace.from ALL; where another chart has it, name that by another -f"_s}};
}

QList<Finding> routeFindings(const Snapshot &snapshot, const EdgeInstallation &edge, const RouteFacts &facts,
                             const MappingVerdict &verdict)
{
    QList<Finding> findings;
    for (const edge::Diagnostic *diagnostic : facts.diagnostics) {
        if ((verdict.state == State::Unreachable && isReasonOfState(*diagnostic))
            || (verdict.state == State::Unknown && isUnreached(*diagnostic))
            || isOfUnknownContext(snapshot, *diagnostic))
            continue;
        findings.append(diagnosticFinding(snapshot, edge, *diagnostic));
        addEvidence(findings.last(), snapshot, facts);
        if (findings.last().code == "TLS-001"_L1 && verdict.originatesTls)
            findings.last().message +=
                u"; it speaks TLS all the same, as its service says https, without a certificate of its own"_s;
        if (findings.last().code == "RT-021"_L1 && facts.restTakenBy) {
            findings.last().severity = Severity::Info;
            findings.last().message +=
                u"; Mapping %1 takes them"_s.arg(text(keyOf(facts.restTakenBy->mapping)));
            findings.last().remedy =
                u"nothing, if that Mapping is meant to; else let the weights add up to 100"_s;
        }
        if (findings.last().code == "RT-015"_L1 && !says(facts, diagnostic->path))
            findings.last().severity = Severity::Info; // it did not ask for another one
    }
    const bool weightsSaid = std::any_of(findings.begin(), findings.end(),
                                         [](const Finding &finding) { return finding.code == "RT-005"_L1; });
    if (verdict.state == State::Shadowed
        || (verdict.state == State::Unreachable && verdict.stateReason != whyNoListener()))
        findings.append(stateFinding(facts, verdict));
    else if (facts.getsNothing && !weightsSaid)
        addStarved(findings, facts);
    addOldVersion(findings, edge, facts);
    addOwnEdge(findings, edge, facts, verdict);
    for (const Hop &hop : verdict.hops) {
        if (hop.security != Hop::Security::Broken)
            continue;
        Finding finding = brokenHopFinding(hop, facts.subject);
        finding.evidence = seenBehind(verdict);
        findings.append(std::move(finding));
    }
    return findings;
}

} // namespace models
