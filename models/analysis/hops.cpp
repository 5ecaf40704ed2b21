// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/hops.h"

#include "edge/alpn.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Kind = Origination::Kind;
using Security = Hop::Security;
using Fault = Hop::Fault;

struct Outcome
{
    Security security = Security::Unknown;
    Severity severity = Severity::Unknown;
    QString because;
    Fault fault = Fault::None;
    bool someOnly = false;
};

Outcome broken(Fault fault, const QString &because)
{
    return {Security::Broken, Severity::Error, because, fault};
}

QString secretText(const std::string &key) // NAME.NAMESPACE; a name may hold dots, a namespace may not
{
    const QString whole = text(key);
    const qsizetype dot = whole.lastIndexOf(u'.');
    return dot < 0 ? whole : whole.mid(dot + 1) + u'/' + whole.left(dot);
}

QString tlsText(const Origination &origination)
{
    if (origination.context.isEmpty())
        return u"TLS without a client certificate"_s;
    return u"TLSContext %1"_s.arg(origination.context);
}

Outcome plainOutcome(const EffectiveMode &mode)
{
    if (!mode.enforced)
        return {Security::Plain, Severity::Info,
                mode.hasSidecar
                    ? u"the sidecar does not intercept this port, and no TLS: clear text all the way"_s
                    : u"no sidecar and no TLS: clear text all the way"_s};
    switch (mode.mode) {
    case MtlsMode::Strict:
        return broken(
            Fault::ClearText,
            u"the edge speaks clear text and the sidecar is STRICT by %1: 503 connection termination"_s.arg(
                mode.reason));
    case MtlsMode::Disable:
        return {Security::Plain, Severity::Warning, u"mutual TLS is switched off by %1"_s.arg(mode.reason)};
    case MtlsMode::Permissive:
        return {
            Security::Plain, Severity::Warning,
            u"the edge speaks clear text; the sidecar is PERMISSIVE by %1 and takes it"_s.arg(mode.reason)};
    case MtlsMode::Unset: break;
    }
    return {Security::Unknown, Severity::Unknown, mode.reason};
}

Outcome withoutSidecar(const Origination &origination)
{
    if (origination.istioAlpn)
        return broken(Fault::NoSidecar,
                      u"%1 speaks the mesh's mutual TLS, and there is no sidecar that would end it"_s.arg(
                          tlsText(origination)));
    return {Security::Tls, Severity::Info,
            u"%1; no sidecar, so the application itself must speak TLS"_s.arg(tlsText(origination))};
}

// TLS to a sidecar: by mode, by what the port is declared as, by what the edge brings.
Outcome tlsOutcome(const EffectiveMode &mode, PortProtocol protocol, const Origination &origination)
{
    const QString tls = tlsText(origination);
    if (mode.mode == MtlsMode::Unset)
        return {Security::Unknown, Severity::Unknown, mode.reason};
    const bool ends = mode.mode == MtlsMode::Strict
        || (mode.mode == MtlsMode::Permissive && origination.istioAlpn); // the sidecar ends this TLS
    if (ends && origination.kind != Kind::MutualTls)
        return broken(Fault::Certificate,
                      u"%1 has no client certificate, and the sidecar (%2 by %3) asks for one"_s.arg(
                          tls, mtlsModeName(mode.mode), mode.reason));
    if (ends && !origination.certificateProblem.isEmpty())
        return broken(
            Fault::Certificate,
            u"the sidecar refuses the certificate of %1: %2"_s.arg(tls, origination.certificateProblem));
    if (ends && origination.assumed && !origination.file.isEmpty())
        return {Security::MutualTls, Severity::Unknown,
                u"%1, if %2 holds a certificate of the mesh: no object tells who writes it"_s.arg(
                    tls, origination.file)};
    if (ends && origination.assumed)
        return {Security::MutualTls, Severity::Unknown,
                u"%1, if Secret %2 holds a certificate of the mesh: Secrets were not read"_s.arg(
                    tls, origination.secret)};
    if (ends)
        return {Security::MutualTls, Severity::Good,
                u"%1 with the certificate %2; the sidecar is %3 by %4"_s.arg(
                    tls, origination.file.isEmpty() ? origination.secret : origination.file,
                    mtlsModeName(mode.mode), mode.reason)};
    if (mode.mode == MtlsMode::Disable && (protocol == PortProtocol::Http || origination.istioAlpn))
        return broken(Fault::Disabled,
                      u"%1 speaks TLS to a port whose sidecar expects clear text (DISABLE by %2)"_s.arg(
                          tls, mode.reason));
    if (protocol == PortProtocol::Http)
        return broken(
            Fault::Alpn,
            u"%1 lacks alpn_protocols: istio, so the PERMISSIVE sidecar resets the connection on this HTTP port"_s
                .arg(tls));
    return {Security::Tls, Severity::Warning,
            u"%1 passes the sidecar unopened (%2 by %3): the application itself must speak TLS"_s.arg(
                tls, mtlsModeName(mode.mode), mode.reason)};
}

Outcome podOutcome(const UpstreamTarget &target, const UpstreamTarget::PodPort &pod,
                   const Origination &origination)
{
    if (pod.mode.enforced && !pod.mode.known)
        return {Security::Unknown, Severity::Unknown, pod.mode.reason};
    if (origination.kind == Kind::Plain)
        return plainOutcome(pod.mode);
    if (!pod.mode.enforced)
        return withoutSidecar(origination);
    return tlsOutcome(pod.mode,
                      target.servicePort ? protocolOf(*target.servicePort) : PortProtocol::Undeclared,
                      origination);
}

bool isWorse(const Outcome &a, const Outcome &b)
{
    const auto rank = [](const Outcome &outcome) {
        return std::pair(outcome.severity, outcome.security == Security::Broken);
    };
    return rank(a) > rank(b);
}

// The edge picks any of the pods, so the worst of them is the hop's; how many of them fail is said.
Outcome worstOutcome(const UpstreamTarget &target, const Origination &origination)
{
    Outcome worst{Security::Unknown, Severity::Good, {}};
    int failing = 0;
    for (const UpstreamTarget::PodPort &pod : target.pods) {
        const Outcome outcome = podOutcome(target, pod, origination);
        failing += outcome.security == Security::Broken ? 1 : 0;
        if (isWorse(outcome, worst) || worst.because.isEmpty())
            worst = outcome;
    }
    worst.someOnly = failing > 0 && failing < target.pods.size();
    if (worst.someOnly)
        worst.because = u"%1 of %2 pods: %3"_s.arg(failing).arg(target.pods.size()).arg(worst.because);
    return worst;
}

// What stands before any question of TLS; absent: the pods decide.
std::optional<Outcome> unreached(const UpstreamTarget &target)
{
    const QString port = QString::number(target.port);
    switch (target.kind) {
    case UpstreamTarget::Kind::Unknown:
        return Outcome{
            Security::Unknown, Severity::Unknown,
            u"Services or Namespaces were not read, so where %1 leads is not known"_s.arg(target.host)};
    case UpstreamTarget::Kind::Missing:
        return broken(Fault::NoService, u"there is no %1"_s.arg(target.serviceRef.text()));
    case UpstreamTarget::Kind::Own:
        return Outcome{Security::Plain, Severity::Good, u"inside the edge's own pod"_s};
    case UpstreamTarget::Kind::External:
        return target.aliasLoop.isEmpty()
            ? std::nullopt
            : std::optional(
                broken(Fault::NameLoop,
                       u"%1 is an alias that leads in a circle (%2): no address answers to it"_s.arg(
                           target.serviceRef.text(), target.aliasLoop.join(u" → "_s))));
    case UpstreamTarget::Kind::Pod:
        return target.readyPods() > 0
            ? std::nullopt
            : std::optional(broken(Fault::NotReady, u"%1 is not ready"_s.arg(target.serviceRef.text())));
    case UpstreamTarget::Kind::Service: break;
    }
    if (!target.servicePort && !target.service->isHeadless())
        return broken(Fault::NoPort,
                      u"%1 has no port %2, so connections to it hang"_s.arg(target.serviceRef.text(), port));
    if (target.service->selector.isEmpty() && target.pods.isEmpty()) {
        if (target.endpointsKnown && target.endpoints == 0)
            return broken(Fault::NoEndpoint,
                          u"%1 has no selector, and no EndpointSlice names who answers for it"_s.arg(
                              target.serviceRef.text()));
        return Outcome{Security::Unknown, Severity::Unknown,
                       (target.endpointsKnown ? u"%1 has no selector; its endpoints are no pods here"_s
                                              : u"%1 has no selector, and its EndpointSlices were not read"_s)
                           .arg(target.serviceRef.text())};
    }
    if (!target.podsKnown && target.pods.isEmpty()) // those that there are tell all the same
        return Outcome{Security::Unknown, Severity::Unknown, u"Pods were not read"_s};
    if (target.pods.isEmpty())
        return broken(Fault::NoPod, u"%1 selects no pod"_s.arg(target.serviceRef.text()));
    const auto unnamed =
        std::find_if(target.pods.begin(), target.pods.end(), [](const auto &pod) { return pod.port == 0; });
    if (unnamed != target.pods.end())
        return broken(
            Fault::NoNamedPort,
            u"%1 sends port %2 to the container port named %3, which pod %4 does not have"_s.arg(
                target.serviceRef.text(), port, target.servicePort->targetPort, unnamed->pod->name));
    if (target.readyPods() == 0)
        return broken(Fault::NotReady,
                      target.pods.size() == 1
                          ? u"the one pod of %1 is not ready"_s.arg(target.serviceRef.text())
                          : u"none of the %1 pods of %2 is ready"_s.arg(target.pods.size())
                                .arg(target.serviceRef.text()));
    return {};
}

Outcome outsideOutcome(const UpstreamTarget &target, const Origination &origination)
{
    if (origination.kind == Kind::Plain)
        return {Security::Plain, Severity::Warning,
                u"clear text to %1, which is outside the cluster"_s.arg(target.host)};
    return {origination.kind == Kind::Tls ? Security::Tls : Security::MutualTls, Severity::Info,
            u"%1 to %2, which is outside the cluster"_s.arg(tlsText(origination), target.host)};
}

QString podsText(const UpstreamTarget &target)
{
    return target.pods.isEmpty() ? target.host : target.pods.first().pod->workload();
}

QString identityProblem(const Snapshot &snapshot, const QString &secretKey)
{
    const TlsSecret *secret = snapshot.secret(secretKey.section(u'/', 0, 0), secretKey.section(u'/', 1));
    if (!secret)
        return {};
    for (const QString &key : {u"tls.crt"_s, u"cert-chain.pem"_s}) {
        const QList<kube::Certificate> chain = secret->chains.value(key);
        if (chain.isEmpty())
            continue;
        if (chain.first().notAfter < snapshot.takenAt)
            return u"Secret %1 ended on %2"_s.arg(secretKey, chain.first().notAfter.toString(Qt::ISODate));
        const QStringList &names = chain.first().uriNames;
        const bool spiffe = std::any_of(names.begin(), names.end(),
                                        [](const QString &name) { return name.startsWith("spiffe://"_L1); });
        return spiffe ? QString()
                      : u"Secret %1 has no SPIFFE identity, so it is none of the mesh's"_s.arg(secretKey);
    }
    return {};
}

// By the istio-proxy of an edge, which sees it there: before Ambassador 1.10 the guide has it so.
bool isWrittenByMesh(const Snapshot &snapshot, const QString &file)
{
    return std::any_of(snapshot.edges.begin(), snapshot.edges.end(), [&](const EdgeInstallation &edge) {
        return !edge.meshFilesDir.isEmpty() && file.startsWith(edge.meshFilesDir + u'/');
    });
}

// That the container of an edge mounts where the file lies, as the guide of 1.3 has it; "" none.
QString secretOfFile(const Snapshot &snapshot, const QString &file)
{
    for (const EdgeInstallation &edge : snapshot.edges) {
        if (const QString secret = edge.secretOfFile(file); !secret.isEmpty())
            return secret;
    }
    return {};
}

void addFiles(Origination &origination, const Snapshot &snapshot, const QString &file)
{
    origination.kind = Kind::MutualTls;
    origination.file = file;
    const QString secret = secretOfFile(snapshot, file);
    if (!secret.isEmpty() && snapshot.knowsIn(u"secrets"_s, secret.section(u'/', 0, 0))) {
        origination.certificateProblem = snapshot.secret(secret.section(u'/', 0, 0), secret.section(u'/', 1))
            ? identityProblem(snapshot, secret)
            : u"Secret %1, which is mounted there, is not there"_s.arg(secret);
        return;
    }
    origination.assumed = !isWrittenByMesh(snapshot, file); // who writes it stands in no object
}

} // namespace

Origination originationOf(const Snapshot &snapshot, const edge::Config &config, const edge::Cluster &cluster)
{
    Origination origination;
    if (!cluster.tls)
        return origination;
    origination.kind = Kind::Tls;
    origination.context = text(cluster.tlsContext);
    const auto context = config.tlsContexts.find(cluster.tlsContext);
    if (context == config.tlsContexts.end())
        return origination;
    const std::vector<std::string> protocols = edge::protocolsOf(context->second.alpnProtocols);
    origination.istioAlpn = std::find(protocols.begin(), protocols.end(), "istio") != protocols.end();
    if (context->second.secret.empty() && !context->second.certFile.empty()) {
        addFiles(origination, snapshot, text(context->second.certFile));
        return origination;
    }
    if (context->second.secret.empty())
        return origination;
    origination.kind = Kind::MutualTls;
    origination.secret = secretText(context->second.secret);
    origination.certificateProblem = identityProblem(snapshot, origination.secret);
    const bool fromFiles = origination.secret.section(u'/', 1) == "istio-certs"_L1;
    origination.assumed = !snapshot.knows(u"secrets"_s) && !fromFiles;
    return origination;
}

QList<Hop> upstreamHops(const UpstreamTarget &target, const Origination &origination)
{
    const auto hopTo = [](const QString &to, const Outcome &outcome) {
        return Hop{u"edge"_s,       to, outcome.security, outcome.because, outcome.severity, outcome.fault,
                   outcome.someOnly};
    };
    if (const auto stopped = unreached(target))
        return {hopTo(target.kind == UpstreamTarget::Kind::Own ? u"edge"_s : podsText(target), *stopped)};
    if (target.kind == UpstreamTarget::Kind::External)
        return {hopTo(target.host, outsideOutcome(target, origination))};
    const Outcome outcome = worstOutcome(target, origination);
    if (target.podsWithSidecar() < target.pods.size()) // the worst may be one without: no sidecar is promised
        return {hopTo(u"pods of %1"_s.arg(podsText(target)), outcome)};
    Hop inside{
        u"sidecar"_s, u"pod"_s, Security::Plain, u"inside the pod, over its own loopback"_s, Severity::Good,
        Fault::None,  false};
    return {hopTo(u"sidecar of %1"_s.arg(podsText(target)), outcome), inside};
}

bool isBroken(const QList<Hop> &hops)
{
    return std::any_of(hops.begin(), hops.end(),
                       [](const Hop &hop) { return hop.security == Security::Broken; });
}

} // namespace models
