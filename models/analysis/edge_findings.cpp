// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_findings.h"

#include "edge/config/shared_clusters.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const edge::Value *objectOf(const Snapshot &snapshot, const edge::ResourceRef &ref)
{
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == ref.kind && object.at({"metadata", "name"}).text() == ref.name
            && object.at({"metadata", "namespace"}).text() == ref.nameSpace)
            return &object;
    }
    return nullptr;
}

void explainContext(Finding &finding, const Snapshot &snapshot, const EdgeInstallation &edge,
                    const edge::Diagnostic &diagnostic)
{
    finding.code = u"TLS-002"_s;
    finding.remedy = u"create the Secret with tls.crt and tls.key, or correct the name"_s;
    const edge::Value *object = objectOf(snapshot, diagnostic.object);
    const QString secret = object ? text(object->at({"spec", "secret"})) : QString();
    const qsizetype dot = secret.lastIndexOf(u'.');
    const QString plainName = dot > 0 ? secret.left(dot) : secret;
    const QString nameSpace = dot > 0 ? secret.mid(dot + 1) : finding.subject.nameSpace;
    if (plainName == "istio-certs"_L1 && nameSpace != edge.ambassadorNamespace) {
        finding.code = u"TLS-003"_s;
        finding.remedy = u"move the TLSContext to namespace %1, or write secret: istio-certs.%1"_s.arg(
            edge.ambassadorNamespace);
    } else if (plainName == "istio-certs"_L1) {
        finding.code = u"TLS-008"_s;
        finding.evidence.append(edge.istioCertificateProblem);
        finding.remedy = u"share the certificates first: the guide's step istio-certs"_s;
    } else if (dot > 0 && snapshot.secret(finding.subject.nameSpace, secret)) {
        finding.code = u"TLS-004"_s;
        finding.evidence.append(u"Secret %1/%2 exists; the edge looks for %3 in namespace %4"_s.arg(
            finding.subject.nameSpace, secret, plainName, nameSpace));
        finding.remedy = u"write secret_namespacing: false in the TLSContext"_s;
    }
}

void addTwins(QList<Finding> &findings, const Snapshot &snapshot)
{
    QMap<QString, QStringList> places;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "TLSContext")
            places[text(object.at({"metadata", "name"}))].append(text(object.at({"metadata", "namespace"})));
    }
    for (auto place = places.begin(); place != places.end(); ++place) {
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

void addHalfDone(QList<Finding> &findings, const EdgeInstallation &edge)
{
    if (edge.istioSecretDir.isEmpty() || edge.hasIstioCertificate)
        return;
    Finding finding;
    finding.code = u"GD-001"_s;
    finding.severity = Severity::Error;
    finding.subject = {u"Deployment"_s, edge.nameSpace, edge.name};
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
    finding.subject = {u"Deployment"_s, edge.nameSpace, edge.name};
    finding.path = u"spec.template.spec.containers[istio-proxy].image"_s;
    finding.message =
        u"istio-proxy is of version %1, istiod of %2; the guide asks for the same"_s.arg(has, wanted);
    finding.remedy = u"set the image to istio/proxyv2:%1"_s.arg(wanted);
    findings.append(finding);
}

// The edge hands the sums of a TCP group's weights to Envoy, which takes each for a weight.
void addTcpShares(QList<Finding> &findings, const edge::GroupInfo &group)
{
    constexpr double Noticeable = 0.005; // of the connections
    double sum = 0;
    for (const auto &member : group.members)
        sum += member.share.value_or(0);
    const double last = group.members.empty() ? 0 : group.members.back().share.value_or(0);
    if (!group.tcp || group.members.size() < 2 || last <= 0)
        return;
    QStringList parts;
    bool differs = false;
    int before = 0;
    for (const auto &member : group.members) {
        const int reached = member.share.value_or(0);
        const double wanted = (reached - before) / last;
        const double got = reached / sum;
        before = reached;
        differs = differs || got - wanted > Noticeable || wanted - got > Noticeable;
        parts.append(u"%1/%2 gets %3 % of the connections, not %4 %"_s
                         .arg(text(member.mapping.nameSpace), text(member.mapping.name))
                         .arg(qRound(got * 100))
                         .arg(qRound(wanted * 100)));
    }
    if (!differs)
        return;
    const edge::ResourceRef &first = group.members.front().mapping;
    findings.append({u"RT-016"_s,
                     Severity::Warning,
                     {text(first.kind), text(first.nameSpace), text(first.name)},
                     u"spec.weight"_s,
                     u"Envoy is given the sums of the weights of this group: "_s + parts.join(u", "_s),
                     {},
                     u"choose the weights by what the sums make of them"_s});
}

} // namespace

Finding diagnosticFinding(const Snapshot &snapshot, const EdgeInstallation &edge,
                          const edge::Diagnostic &diagnostic)
{
    Finding finding;
    finding.subject = {text(diagnostic.object.kind), text(diagnostic.object.nameSpace),
                       text(diagnostic.object.name)};
    finding.path = text(diagnostic.path);
    finding.message = text(diagnostic.message);
    finding.severity =
        diagnostic.severity == edge::Diagnostic::Severity::Error ? Severity::Error : Severity::Info;
    finding.code = diagnostic.dropped ? u"RT-001"_s : u"RT-002"_s;
    finding.remedy = diagnostic.dropped
        ? u"correct the field; until then the edge goes on without this object"_s
        : QString();
    if (edge::isOfLostField(diagnostic)) {
        finding.code = u"RT-015"_s;
        finding.severity = Severity::Warning;
        finding.remedy =
            u"say the same in both, or give one of them a cluster_tag, so that each has its own cluster"_s;
    } else if (diagnostic.path == "spec.weight" && !diagnostic.dropped) {
        finding.code = u"RT-005"_s;
        finding.remedy =
            u"let the weights of all Mappings with this prefix and these conditions add up to 100 at most"_s;
    } else if (diagnostic.path == "spec.tls") {
        finding.code = u"TLS-001"_s;
        finding.remedy =
            u"apply the TLSContext, give it a Secret with a certificate, or take tls out of the Mapping"_s;
    } else if (diagnostic.object.kind == "TLSContext"
               && (diagnostic.path == "spec.secret" || diagnostic.path == "spec.ca_secret")) {
        explainContext(finding, snapshot, edge, diagnostic);
    } else if (diagnostic.object.kind == "Host"
               && (diagnostic.path == "spec.tlsSecret" || diagnostic.path == "spec.tlsContext")) {
        finding.code = u"TLS-005"_s;
        finding.severity = Severity::Error; // the edge only notes it, but the Host is not served
        finding.remedy = u"create the Secret in the Host's namespace, or correct the name"_s;
    } else if (diagnostic.object.kind == "TCPMapping" && diagnostic.path == "spec.port") {
        finding.severity = Severity::Error; // Envoy refuses the configuration as a whole
    } else if (!diagnostic.dropped && finding.severity == Severity::Error) {
        finding.severity = Severity::Warning;
    }
    return finding;
}

QList<Finding> edgeFindings(const Snapshot &snapshot, const EdgeInstallation &edge,
                            const edge::Config &config)
{
    QList<Finding> findings;
    for (const edge::Diagnostic &diagnostic : config.diagnostics) {
        // A Mapping's own are its verdict's; what is said of no object at all is about the program, not about
        // the cluster.
        if (diagnostic.object.kind != "Mapping" && !diagnostic.object.kind.empty())
            findings.append(diagnosticFinding(snapshot, edge, diagnostic));
    }
    for (const edge::GroupInfo &group : config.groups)
        addTcpShares(findings, group);
    addTwins(findings, snapshot);
    addHalfDone(findings, edge);
    addVersionSkew(findings, snapshot, edge);
    return findings;
}

} // namespace models
