// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_findings.h"

#include "models/analysis/configured_objects.h"
#include "models/analysis/diagnostic_finding.h"
#include "models/analysis/integration_findings.h"
#include "models/analysis/unasked.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

void addTwins(QList<Finding> &findings, const Snapshot &snapshot)
{
    QMap<QString, QStringList> places;
    for (const ConfiguredObject &one : configuredObjects(snapshot)) {
        const edge::Value &object = *one.object;
        if (object["kind"].text() == "TLSContext")
            places[text(object.at({"metadata", "name"}))].append(text(object.at({"metadata", "namespace"})));
    }
    for (auto place = places.begin(); place != places.end(); ++place) {
        place.value().removeDuplicates(); // once more in an annotation
        if (place.value().size() < 2)
            continue;
        place.value().sort();
        Finding finding;
        finding.code = u"TLS-007"_s;
        finding.severity = Severity::Warning;
        finding.subject = {u"TLSContext"_s, place.value().last(), place.key()};
        finding.path = u"metadata.name"_s;
        finding.message =
            u"TLSContext %1 is in the namespaces %2; Mappings name it without a namespace, so only one of them is used"_s
                .arg(place.key(), place.value().join(u", "_s));
        finding.remedy = u"give each its own name"_s;
        findings.append(finding);
    }
}

QString portText(const edge::Listener &listener, const edge::FilterChain &chain)
{
    return QString::number(listener.port) + (chain.tls ? u"/TLS"_s : QString());
}

// Of each port and hostname which Host answers; of two the edge drops one there, and says so only where certificates
// differ.
void addTwinHosts(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge,
                  const edge::Config &config)
{
    QMap<QString, QMap<QString, ObjectRef>> answering; // hostname → port → Host
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const std::string &domain : host.domains) {
                    if (host.host.kind == "Host")
                        answering[text(domain)].insert(portText(listener, chain), refOf(host.host));
                }
            }
        }
    }
    for (const ConfiguredObject &one : configuredObjects(snapshot, edge)) {
        const edge::Value &spec = (*one.object)["spec"];
        const ObjectRef own = refOf(*one.object);
        const bool isDropped =
            std::any_of(config.diagnostics.begin(), config.diagnostics.end(),
                        [&own](const auto &each) { return each.dropped && refOf(each.object) == own; });
        if (own.kind != "Host"_L1 || edge.compat == edge::Compat::V1 || isDropped
            || !whyNotForEdge(*one.object, edge).isEmpty() || !whyReplaced(one, config).isEmpty())
            continue;
        const QString hostname = spec["hostname"].text().empty() ? u"*"_s : text(spec["hostname"]);
        const QMap<QString, ObjectRef> ports = answering.value(hostname);
        QStringList lost;
        for (auto port = ports.begin(); port != ports.end(); ++port) {
            const bool isForIt = !port.key().endsWith("/TLS"_L1) || !spec["tlsSecret"]["name"].text().empty();
            if (isForIt && port.value() != own)
                lost.append(u"%1 on port %2"_s.arg(port.value().text(), port.key()));
        }
        if (lost.isEmpty())
            continue;
        findings.append({u"RT-019"_s,
                         Severity::Warning,
                         own,
                         u"spec.hostname"_s,
                         u"another Host has the hostname %1 and answers in its place: %2"_s.arg(
                             hostname, lost.join(u", "_s)),
                         {},
                         u"keep one Host of a hostname"_s});
    }
}

void addUnknownSettings(QList<Finding> &findings, const EdgeInstallation &edge)
{
    for (auto one = edge.unknownSettings.begin(); one != edge.unknownSettings.end(); ++one)
        findings.append(
            {u"RT-018"_s,
             Severity::Warning,
             {edge.kind, edge.nameSpace, edge.name},
             u"spec.template.spec.containers[%1].env"_s.arg(edge.container),
             u"the edge's %1 is not known: %2; all is judged as if it were not set"_s.arg(one.key(),
                                                                                          one.value()),
             {},
             u"give the account the right to read it, write it into the container, or name the id by --ambassador-id"_s});
}

void addHalfDone(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    if (edge.istioSecretDir.isEmpty() || edge.hasIstioCertificate)
        return;
    const bool lacksSidecarOnly =
        edge.istioCertificateProblem.contains("no pod has a container istio-proxy"_L1);
    if (lacksSidecarOnly && forbidsInjection(snapshot, edge))
        return; // GD-007 says why
    Finding finding;
    finding.code = u"GD-001"_s;
    finding.severity = Severity::Error;
    finding.subject = {edge.kind, edge.nameSpace, edge.name};
    finding.path = u"spec.template.spec"_s;
    finding.message = u"AMBASSADOR_ISTIO_SECRET_DIR is set, but the edge gets no certificate: %1"_s.arg(
        edge.istioCertificateProblem);
    finding.remedy = u"apply the guide's step istio-certs"_s;
    findings.append(finding);
}

QString controlPlaneVersion(const Snapshot &snapshot)
{
    for (const Deployment &deployment : snapshot.deployments) {
        const Deployment::Container *container = deployment.nameSpace == snapshot.istioRootNamespace
            ? deployment.container(u"discovery")
            : nullptr;
        if (container)
            return imageTag(container->image);
    }
    return {};
}

void addVersionSkew(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    const Deployment::Container *sidecar = deployment ? deployment->container(u"istio-proxy") : nullptr;
    const QString wanted = controlPlaneVersion(snapshot);
    const QString has = sidecar ? imageTag(sidecar->image) : QString();
    if (wanted.isEmpty() || has.isEmpty() || wanted == has)
        return;
    Finding finding;
    finding.code = u"GD-002"_s;
    finding.severity = Severity::Warning;
    finding.subject = {edge.kind, edge.nameSpace, edge.name};
    finding.path = u"spec.template.spec.containers[istio-proxy].image"_s;
    finding.message =
        u"istio-proxy is of version %1, istiod of %2; the guide asks for the same"_s.arg(has, wanted);
    finding.remedy = u"set the image to istio/proxyv2:%1"_s.arg(wanted);
    findings.append(finding);
}

// The edge calls the second of a name NAME.NAMESPACE.
ObjectRef objectOfMember(const edge::ResourceRef &member)
{
    QString name = text(member.name);
    const QString place = u'.' + text(member.nameSpace);
    if (name.endsWith(place))
        name.chop(place.size());
    return {text(member.kind), text(member.nameSpace), name};
}

// The edge hands the sums of a TCP group's weights to Envoy, which takes each for a weight.
void addTcpShares(QList<Finding> &findings, const edge::GroupInfo &group)
{
    constexpr double Noticeable = 0.005; // of the connections
    double sum = 0;
    for (const auto &member : group.members)
        sum += double(member.share.value_or(0));
    const double last = group.members.empty() ? 0 : double(group.members.back().share.value_or(0));
    if (!group.tcp || group.members.size() < 2 || last <= 0)
        return;
    QStringList parts;
    bool differs = false;
    double before = 0;
    for (const auto &member : group.members) {
        const auto reached = double(member.share.value_or(0));
        const double wanted = (reached - before) / last;
        const double got = reached / sum;
        before = reached;
        differs = differs || got - wanted > Noticeable || wanted - got > Noticeable;
        const ObjectRef object = objectOfMember(member.mapping);
        parts.append(u"%1/%2 gets %3 % of the connections, not %4 %"_s.arg(object.nameSpace, object.name)
                         .arg(qRound(got * 100))
                         .arg(qRound(wanted * 100)));
    }
    if (!differs)
        return;
    findings.append({u"RT-016"_s,
                     Severity::Warning,
                     objectOfMember(group.members.front().mapping),
                     u"spec.weight"_s,
                     u"Envoy is given the sums of the weights of this group: "_s + parts.join(u", "_s),
                     {},
                     u"choose the weights by what the sums make of them"_s});
}

} // namespace

QList<Finding> edgeFindings(const Snapshot &snapshot, const EdgeInstallation &edge,
                            const edge::Config &config)
{
    QList<Finding> findings;
    for (const edge::Diagnostic &diagnostic : config.diagnostics) {
        // A Mapping's own are its verdict's; what is said of no object at all is about the program, not about
        // the cluster.
        if (diagnostic.object.kind != "Mapping" && !diagnostic.object.kind.empty()
            && !isOfUnknownContext(snapshot, diagnostic))
            findings.append(diagnosticFinding(snapshot, edge, diagnostic));
    }
    findings += unservedFindings(snapshot, edge, config);
    for (const edge::GroupInfo &group : config.groups)
        addTcpShares(findings, group);
    addTwins(findings, snapshot);
    addTwinHosts(findings, snapshot, edge, config);
    addUnknownSettings(findings, edge);
    addHalfDone(findings, snapshot, edge);
    addVersionSkew(findings, snapshot, edge);
    return findings;
}

} // namespace models
