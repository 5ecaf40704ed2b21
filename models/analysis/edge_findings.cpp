// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_findings.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/group_losses.h"
#include "edge/config/listeners_v1.h"
#include "edge/config/mapping_groups.h"
#include "edge/config/module_keys.h"
#include "edge/config/odd_hostnames.h"
#include "edge/config/shared_clusters.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/integration_findings.h"
#include "models/analysis/unasked.h"
#include "models/resources/text.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace models {

namespace {

std::shared_ptr<const edge::Value> objectOf(const Snapshot &snapshot, const edge::ResourceRef &ref)
{
    const auto isMeant = [&ref](const edge::Value &object) {
        return object["kind"].text() == ref.kind && object.at({"metadata", "name"}).text() == ref.name
            && object.at({"metadata", "namespace"}).text() == ref.nameSpace;
    };
    for (const auto &object : snapshot.ambassadorObjects.items()) {
        if (isMeant(*object))
            return object;
    }
    for (const ConfiguredObject &one : annotatedObjects(snapshot)) {
        if (isMeant(*one.object))
            return one.object;
    }
    return nullptr;
}

const edge::Value *secretObject(const Snapshot &snapshot, const QString &nameSpace, const QString &name)
{
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "Secret" && text(object.at({"metadata", "name"})) == name
            && text(object.at({"metadata", "namespace"})) == nameSpace)
            return &object;
    }
    return nullptr;
}

bool isOfRevocation(std::string_view path) { return path == "spec.crl_secret" || path == "spec.v3CRLSecret"; }
bool isOfRevocation(const QString &path) { return isOfRevocation(path.toStdString()); }

// What the edge reads of the Secret that a TLSContext names there.
QString keysOf(const QString &path)
{
    return path == "spec.secret"_L1 ? u"tls.crt and tls.key"_s
        : isOfRevocation(path)      ? u"crl.pem"_s
                                    : u"the CA's certificates as tls.crt"_s;
}

// secret: that the edge looks for, or the one that is meant.
QString secretRemedy(const Snapshot &snapshot, const ObjectRef &secret, const QString &path)
{
    const edge::Value *object = secretObject(snapshot, secret.nameSpace, secret.name);
    if (!object)
        return u"create %1 with %2, or correct the name"_s.arg(secret.text(), keysOf(path));
    QStringList keys;
    for (const char *part : {"data", "stringData"}) {
        for (const auto &[key, value] : (*object)[part].members())
            keys.append(text(key));
    }
    const bool has = keys.contains(isOfRevocation(path) ? u"crl.pem"_s : u"tls.crt"_s)
        && (path != "spec.secret"_L1 || keys.contains(u"tls.key"_s));
    if (has) // and yet it is not taken
        return u"%1 is of type %2: the edge reads those of kubernetes.io/tls and Opaque"_s.arg(
            secret.text(), text((*object)["type"]));
    const QString held = keys.isEmpty() ? u"nothing"_s : keys.join(u", "_s);
    if (path == "spec.ca_secret"_L1 && keys.contains(u"ca.crt"_s))
        return u"%1 holds %2: put what stands under ca.crt there as tls.crt, too"_s.arg(secret.text(), held);
    return u"%1 holds %2: put %3 there, or name another Secret"_s.arg(secret.text(), held, keysOf(path));
}

// The edge's part that hands Secrets over takes a Module without defaults.tls_secret_namespacing for "false", the one that
// compiles for "true" (facts mesh-security.md §3.1).
bool isReadApart(const Snapshot &snapshot, const EdgeInstallation &edge, const edge::Value &spec)
{
    if (spec["secret_namespacing"].isBool())
        return false;
    for (const ConfiguredObject &one : configuredObjects(snapshot)) {
        const edge::Value &object = *one.object;
        if (object["kind"].text() == "Module" && object.at({"metadata", "name"}).text() == "ambassador"
            && whyNotForEdge(object, edge).isEmpty())
            return !object.at({"spec", "config", "defaults", "tls_secret_namespacing"}).isBool();
    }
    return false;
}

// F13 of the guide: after an upgrade from Istio 1.4 nobody makes these Secrets any more.
bool wasCitadels(const Snapshot &snapshot, const QString &secret)
{
    return secret.startsWith("istio."_L1) && snapshot.knows(u"peerauthentications"_s)
        && !snapshot.isOldMesh();
}

void explainContext(Finding &finding, const Snapshot &snapshot, const EdgeInstallation &edge,
                    const edge::Diagnostic &diagnostic)
{
    finding.code = u"TLS-002"_s;
    const auto object = objectOf(snapshot, diagnostic.object);
    const edge::Value &spec = object ? (*object)["spec"] : edge::Value();
    const QString secret = text(spec[diagnostic.path.substr(diagnostic.path.find('.') + 1)]);
    const bool needsOwn = text(spec["secret"]).isEmpty() && text(spec["cert_chain_file"]).isEmpty();
    if (secret.isEmpty() || (finding.path == "spec.ca_secret"_L1 && needsOwn)) {
        finding.remedy =
            u"name in spec.secret the Secret of its own certificate, with %1"_s.arg(keysOf(u"spec.secret"_s));
        return;
    }
    const bool isWhole = spec["secret_namespacing"].isBool() && !spec["secret_namespacing"].toBool();
    const qsizetype dot = isWhole ? -1 : secret.lastIndexOf(u'.'); // else a dot begins the namespace
    const QString plainName = dot > 0 ? secret.left(dot) : secret;
    const QString nameSpace = dot > 0 ? secret.mid(dot + 1) : finding.subject.nameSpace;
    const bool isThere = secretObject(snapshot, nameSpace, plainName)
        || (plainName == "istio-certs"_L1 && nameSpace == edge.ambassadorNamespace
            && edge.hasIstioCertificate);
    if (dot > 0 && isThere && isReadApart(snapshot, edge, spec)) {
        finding.code = u"TLS-009"_s;
        finding.evidence.append(
            {u"the edge's compiler looks for Secret %1/%2"_s.arg(nameSpace, plainName),
             u"its watcher hands over Secret %1/%2: to it a Module without defaults.tls_secret_namespacing says false"_s
                 .arg(finding.subject.nameSpace, secret)});
        finding.evidence.append(
            secretObject(snapshot, finding.subject.nameSpace, secret)
                ? u"both exist: the one that is handed over is not the one that is looked for, so none is found"_s
                : u"the first exists, the second does not, so none is found"_s);
        finding.remedy =
            u"write secret_namespacing: true in the TLSContext, or defaults.tls_secret_namespacing in the Module"_s;
    } else if (plainName == "istio-certs"_L1 && nameSpace != edge.ambassadorNamespace) {
        finding.code = u"TLS-003"_s;
        finding.remedy = u"move the TLSContext to namespace %1, or write %2: istio-certs.%1"_s.arg(
            edge.ambassadorNamespace, finding.path.section(u'.', -1));
    } else if (plainName == "istio-certs"_L1) {
        finding.code = u"TLS-008"_s;
        finding.evidence.append(edge.istioCertificateProblem);
        finding.remedy = u"share the certificates first: the guide's step istio-certs"_s;
    } else if (!isThere && wasCitadels(snapshot, secret)
               && !snapshot.secret(finding.subject.nameSpace, secret)) {
        finding.evidence.append(
            u"Citadel Secrets are no longer created: Istio 1.4 wrote istio.ACCOUNT, this mesh's istiod does not"_s);
        finding.remedy =
            u"let a sidecar bring the mesh's certificate and name istio-certs in the TLSContext: the guide's step istio-certs"_s;
    } else if (dot > 0 && snapshot.secret(finding.subject.nameSpace, secret)) {
        finding.code = u"TLS-004"_s;
        finding.evidence.append(u"Secret %1/%2 exists; the edge looks for %3 in namespace %4"_s.arg(
            finding.subject.nameSpace, secret, plainName, nameSpace));
        finding.remedy = u"write secret_namespacing: false in the TLSContext"_s;
    } else {
        finding.remedy = secretRemedy(snapshot, {u"Secret"_s, nameSpace, plainName}, finding.path);
    }
}

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

// The edge acts on it; it is this program that does not.
bool isOursAlone(const edge::Diagnostic &diagnostic)
{
    const bool isConsul = diagnostic.object.kind == "ConsulResolver" && diagnostic.path == "spec.address";
    const bool isModule = diagnostic.object.kind == "Module" && edge::isKeyOfTheEdgeAlone(diagnostic.path);
    return diagnostic.severity == edge::Diagnostic::Severity::Notice
        && (diagnostic.path == "kind" || isConsul || isModule);
}

// Of two of one name the first counts, so it is not there in another version either.
bool isOfUnreadVersion(const edge::Diagnostic &diagnostic)
{
    return diagnostic.dropped && diagnostic.path == "apiVersion";
}

// Emissary cannot tell its name from another's and leaves it out, which it says nowhere.
bool isLostNamesake(const edge::Diagnostic &diagnostic)
{
    return diagnostic.dropped && diagnostic.object.kind == "Mapping" && diagnostic.path == "metadata.name";
}

} // namespace

bool isUnreached(const edge::Diagnostic &diagnostic)
{
    return diagnostic.message.starts_with("this Mapping is never used: ");
}

bool isOfUnknownContext(const Snapshot &snapshot, const edge::Diagnostic &diagnostic)
{
    return diagnostic.path == "spec.tls" && !snapshot.knows(u"tlscontexts"_s)
        && diagnostic.message.find(" is not defined; TLS is not originated") != std::string::npos;
}

bool isLoneShadow(const edge::Diagnostic &diagnostic)
{
    return diagnostic.severity == edge::Diagnostic::Severity::Notice && diagnostic.object.kind == "Mapping"
        && diagnostic.path == "spec.shadow";
}

bool isOfContextsSecret(const edge::Diagnostic &diagnostic)
{
    return diagnostic.object.kind == "TLSContext"
        && (diagnostic.path == "spec.secret" || diagnostic.path == "spec.ca_secret"
            || isOfRevocation(diagnostic.path));
}

struct Explanation // nullptr, absent: as the diagnostic has it
{
    bool (*fits)(const edge::Diagnostic &);
    const char *code = nullptr;
    std::optional<Severity> severity = {};
    const char *remedy = nullptr;
};

// The first one that fits counts.
constexpr Explanation Explanations[]{
    {isOursAlone, "RT-017", {}, "try it on the edge itself"},
    // The edge says nothing of these two, and goes on without the object.
    {isOfUnreadVersion, nullptr, Severity::Error,
     "write it in a version that the edge reads, or name the edge's line by --compat"},
    {isLostNamesake, nullptr, Severity::Error, "rename one of the two"},
    {edge::isOfLostField, "RT-015", Severity::Warning,
     "say the same in both, or give one of them a cluster_tag, so that each has its own cluster"},
    {edge::isOfGroupLoss, "RT-015", Severity::Warning,
     "say the same in every Mapping with this prefix and these conditions, or in the one that decides alone"},
    {edge::isOfOddHostname, "RT-020", Severity::Warning,
     "write the whole name, or one star as its first letter"},
    {edge::isOfDeadCleartext, "RT-022", Severity::Warning,
     "give all of them the same insecure action, or the Host with hostname * the one that shall hold"},
    {edge::isOfUnsharedRest, "RT-021", Severity::Warning,
     "leave out the weight of one of them: it gets the rest"},
    {edge::isOfOverfullGroup,
     "RT-005",
     {},
     "let the weights of all Mappings with this prefix and these conditions add up to 100 at most"},
    {[](const edge::Diagnostic &one) { return one.path == "spec.tls" && one.object.kind != "Ingress"; },
     "TLS-001",
     {},
     "apply the TLSContext, give it a Secret with a certificate, or take tls out of the Mapping"},
    {isOfContextsSecret},
    // The edge only notes it, but the Host is not served.
    {[](const edge::Diagnostic &one) {
         return one.object.kind == "Host" && (one.path == "spec.tlsSecret" || one.path == "spec.tlsContext");
     },
     "TLS-005", Severity::Error, "create the Secret in the Host's namespace, or correct the name"},
    {[](const edge::Diagnostic &one) {
         return !one.dropped && one.object.kind == "TLSContext" && one.path == "spec.hosts";
     },
     nullptr,
     {},
     "make a Host for these names, or leave hosts out where the TLSContext is for upstream TLS alone"},
    {[](const edge::Diagnostic &one) {
         return !one.dropped && one.object.kind == "Module" && one.path == "metadata.name";
     },
     nullptr,
     {},
     "put what it says into the Module ambassador, or delete it"},
    // Envoy refuses the configuration as a whole.
    {[](const edge::Diagnostic &one) { return one.object.kind == "TCPMapping" && one.path == "spec.port"; },
     nullptr, Severity::Error},
    {[](const edge::Diagnostic &one) {
         return one.path == "spec.auto_host_rewrite" && edge::isRefusedByEnvoy(one);
     },
     nullptr, Severity::Error, "leave one of the two out"},
    {edge::isRefusedByEnvoy, nullptr, Severity::Error, "correct the value, or leave it out"},
    {[](const edge::Diagnostic &one) {
         return !one.dropped && one.severity == edge::Diagnostic::Severity::Error;
     },
     nullptr, Severity::Warning},
};

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
        : u"correct the field, or leave it out: the edge uses the object without it"_s;
    const auto *why = std::find_if(std::begin(Explanations), std::end(Explanations),
                                   [&](const Explanation &one) { return one.fits(diagnostic); });
    if (why == std::end(Explanations))
        return finding;
    if (why->fits == isOfContextsSecret)
        explainContext(finding, snapshot, edge, diagnostic);
    if (why->code)
        finding.code = QString::fromLatin1(why->code);
    if (why->remedy)
        finding.remedy = QString::fromLatin1(why->remedy);
    finding.severity = why->severity.value_or(finding.severity);
    return finding;
}

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
