// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/diagnostic_finding.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/group_losses.h"
#include "edge/config/listeners_v1.h"
#include "edge/config/mapping_groups.h"
#include "edge/config/module_keys.h"
#include "edge/config/odd_hostnames.h"
#include "edge/config/shared_clusters.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/integration_findings.h"
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

} // namespace models
