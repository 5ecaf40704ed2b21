// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/certificates.h"

#include "models/analysis/authority_certificates.h"
#include "models/analysis/certificate_text.h"
#include "models/analysis/certificate_users.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/istio_credentials.h"
#include "models/analysis/loaded_certificates.h"
#include "models/analysis/mesh_certificates.h"
#include "models/analysis/presented_certificates.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using kube::Certificate;
using Users = QHash<QString, CertificateUsers>;

QString renewalOf(const TlsSecret &secret)
{
    if (secret.annotations.contains(u"cert-manager.io/certificate-name"_s))
        return u"cert-manager"_s;
    if (secret.type == "istio.io/key-and-cert"_L1)
        return u"Citadel, automatic"_s;
    if (secret.type == "istio.io/ca-root"_L1)
        return u"plan a rotation"_s;
    if (secret.name == "fallback-self-signed-cert"_L1)
        return u"Ambassador itself"_s;
    return u"by hand"_s;
}

bool isByHand(const TlsSecret &secret)
{
    return !secret.annotations.contains(u"cert-manager.io/certificate-name"_s)
        && secret.type != "istio.io/key-and-cert"_L1 && secret.name != "fallback-self-signed-cert"_L1;
}

bool isMeshAuthority(const TlsSecret &secret, const Snapshot &snapshot)
{
    return secret.type == "istio.io/ca-root"_L1
        || (secret.nameSpace == snapshot.istioRootNamespace
            && (secret.name == "cacerts"_L1 || secret.name == "istio-ca-secret"_L1));
}

// What the API server checks by a webhook's own CA, as apiext's of Emissary: a Secret of the Service's namespace, named so.
struct WebhookUse
{
    QString usedBy;
    QStringList blastRadius;
};

WebhookUse webhooksOf(const TlsSecret &secret, const Snapshot &snapshot)
{
    if (!secret.name.contains("webhook-ca"_L1) && !secret.name.contains("webhook-cert"_L1)
        && !secret.name.contains("webhook-tls"_L1))
        return {};
    QStringList converted, asked;
    for (const ServiceHook &hook : snapshot.serviceHooks) {
        if (hook.nameSpace == secret.nameSpace)
            (hook.object.kind == "CustomResourceDefinition"_L1 ? converted : asked).append(hook.object.name);
    }
    const bool isEmissarys = secret.name == "emissary-ingress-webhook-ca"_L1;
    WebhookUse use;
    if (!converted.isEmpty() || isEmissarys) {
        const QString kinds =
            converted.isEmpty() ? u"the kinds of getambassador.io"_s : converted.join(u", "_s);
        use.usedBy = converted.isEmpty() ? u"the conversion of "_s + kinds
                                         : u"the conversion of %1 kinds"_s.arg(converted.size());
        use.blastRadius.append(
            u"objects of %1 can be neither read nor written in a version other than the stored one"_s.arg(
                kinds));
    }
    if (!asked.isEmpty()) {
        use.usedBy += (use.usedBy.isEmpty() ? QString() : u", "_s) + u"webhook "_s + asked.join(u", "_s);
        use.blastRadius.append(u"the API server's calls to %1 fail"_s.arg(asked.join(u", "_s)));
    }
    return use;
}

// Gateways of the Gateway API that present it to their clients.
void addGateways(CertificateRow &row, const TlsSecret &secret, const Snapshot &snapshot)
{
    if (row.dataKey != "tls.crt"_L1)
        return;
    for (const Gateway &gateway : snapshot.gateways) {
        if (!gateway.secrets.contains(secret.nameSpace + u'/' + secret.name))
            continue;
        const QString name = u"Gateway %1/%2"_s.arg(gateway.nameSpace, gateway.name);
        row.usedBy += (row.usedBy.isEmpty() ? QString() : u", "_s) + name;
        row.blastRadius.append(u"clients of %1 refuse its certificate"_s.arg(name));
    }
}

const QString &meshEnds()
{
    static const QString text =
        u"istiod issues no certificates any more: within their own life all mutual TLS of the mesh fails"_s;
    return text;
}

// NAMESPACE/NAME of the Secrets that something names for whom it trusts, and for what it presents.
struct NamedSecrets
{
    QSet<QString> trusted, presented;
    edge::Compat compat = edge::Compat::V4; // of the edge that is to present them
};

NamedSecrets namedSecrets(const Snapshot &snapshot, edge::Compat compat)
{
    NamedSecrets named;
    named.compat = compat;
    for (const ConfiguredObject &one : configuredObjects(snapshot)) {
        const edge::Value &spec = (*one.object)["spec"];
        const QString home = text(one.object->at({"metadata", "namespace"}));
        const auto add = [&home](QSet<QString> &names, const edge::Value &name) {
            const QString written = text(name);
            const qsizetype dot = written.lastIndexOf(u'.');
            if (!written.isEmpty())
                names.insert(home + u'/' + written);
            if (dot > 0) // NAME.NAMESPACE, unless secret_namespacing says otherwise
                names.insert(written.mid(dot + 1) + u'/' + written.left(dot));
        };
        const std::string &kind = (*one.object)["kind"].text();
        if (kind != "TLSContext" && kind != "Host")
            continue;
        for (const edge::Value *part : {&spec, &spec["tls"]})
            add(named.trusted, (*part)["ca_secret"]);
        add(named.presented, spec["secret"]);
        add(named.presented, spec.at({"tlsSecret", "name"}));
        named.presented.insert(text(spec.at({"tlsSecret", "namespace"})) + u'/'
                               + text(spec.at({"tlsSecret", "name"})));
    }
    return named;
}

// Envoy loads no certificate with such a key, and refuses all that comes with it ("Failed to load certificate chain": 1.37 and
// 1.40; P-384 and P-521 since 1.33, which no edge before 4 has).  "" it takes it.
QString whyKeyRefused(const kube::Certificate &certificate, edge::Compat compat)
{
    const QString &key = certificate.keyAlgorithm;
    constexpr int FewestBits = 2048;
    if (key.startsWith("RSA "_L1) && key.section(u' ', 1).toInt() < FewestBits)
        return u"its key is of %1 bits, and Envoy takes RSA from %2 bits on"_s.arg(key.section(u' ', 1))
            .arg(FewestBits);
    const QString curve = key.startsWith("EC "_L1) ? key.section(u' ', 1) : u"P-256"_s;
    const bool isLarger = curve == "P-384"_L1 || curve == "P-521"_L1;
    const bool takesLarger = compat == edge::Compat::V4;
    if (curve == "P-256"_L1 || (isLarger && takesLarger))
        return {};
    return u"its key is of the curve %1, and Envoy takes %2"_s.arg(
        curve, takesLarger ? u"P-256, P-384 and P-521"_s : u"P-256 alone before its version 1.33"_s);
}

// Its leaf stands behind an authority: all that its first certificate lacks is the order's fault.
bool beginsWithIssuer(const CertificateRow &row)
{
    return row.chain.first().isCa
        && std::any_of(row.chain.begin() + 1, row.chain.end(),
                       [](const kube::Certificate &later) { return !later.isCa; });
}

// The names that the edge serves by this Secret and the certificate is not for; "" none.
QString strangeNames(const CertificateRow &row, const QStringList &served)
{
    QStringList strange;
    for (const QString &name : served) {
        if (!kube::isForName(row.chain.first(), name))
            strange.append(name);
    }
    return strange.join(u", "_s);
}

void setChecks(CertificateRow &row, const TlsSecret &secret, const NamedSecrets &named,
               const QStringList &served)
{
    const QString key = secret.nameSpace + u'/' + secret.name;
    const bool isTrustedOnly = named.trusted.contains(key) && !named.presented.contains(key);
    const bool needsKey =
        !isTrustedOnly && (row.dataKey == "tls.crt"_L1 || row.dataKey == "cert-chain.pem"_L1);
    if (const QString broken = secret.brokenChains.value(row.dataKey); !broken.isEmpty())
        row.faults.append({u"CERT-003"_s, u"chain is broken: "_s + broken});
    if (!secret.hasKey && needsKey)
        row.faults.append({u"CERT-005"_s, u"no private key beside it"_s});
    if (const QString problem = secret.keyProblems.value(row.dataKey); !problem.isEmpty())
        row.faults.append({u"CERT-014"_s, problem});
    const bool isPresented = row.dataKey == "tls.crt"_L1 && !beginsWithIssuer(row);
    if (const QString why = whyKeyRefused(row.chain.first(), named.compat);
        isPresented && named.presented.contains(key) && !why.isEmpty())
        row.faults.append({u"CERT-016"_s, why});
    if (const QString names = strangeNames(row, served); !names.isEmpty() && isPresented)
        row.faults.append({u"CERT-015"_s,
                           u"it is not for %1, but for %2"_s.arg(names, kube::namesOf(row.chain.first())),
                           Severity::Warning});
    row.checks = row.chain.size() > 1 ? u"whole chain"_s : u"readable"_s;
    row.checksSeverity = Severity::Good;
    if (row.faults.isEmpty())
        return;
    QStringList texts;
    for (const CertificateFault &fault : std::as_const(row.faults)) { // the worst one first
        texts.append(fault.text);
        row.checksSeverity = std::max(row.checksSeverity, fault.severity);
    }
    row.checks = texts.join(u"; "_s);
    row.faultCode = row.faults.first().code;
}

CertificateRow storedRow(const Snapshot &snapshot, const TlsSecret &secret, const QString &dataKey,
                         const CertificateUsers &users, const NamedSecrets &named, const ServedNames &names)
{
    CertificateRow row;
    const QString name = secret.nameSpace + u'/' + secret.name;
    row.key = name + u'/' + dataKey;
    row.storedAt = {u"Secret"_s, secret.nameSpace, secret.name};
    row.dataKey = dataKey;
    row.storedIn = u"%1, %2"_s.arg(name, dataKey);
    row.chain = secret.chains.value(dataKey);
    row.subject = subjectOf(row.chain.first());
    row.renewal = renewalOf(secret);
    row.byHand = isByHand(secret);
    row.rotates = secret.type == "istio.io/key-and-cert"_L1 && dataKey != "root-cert.pem"_L1; // Citadel
    setChecks(row, secret, named, names.of(users));
    setTimes(row);
    const bool isIssuer = isMeshAuthority(secret, snapshot);
    row.mesh = isIssuer || secret.type.startsWith("istio.io/"_L1);
    row.usedBy = isIssuer ? u"the mesh"_s : users.text();
    row.blastRadius = isIssuer ? QStringList{meshEnds()} : users.blastRadius();
    row.hit = users.hit();
    if (const WebhookUse hooks = webhooksOf(secret, snapshot); row.usedBy.isEmpty()) {
        row.usedBy = hooks.usedBy;
        row.blastRadius = hooks.blastRadius;
    }
    addGateways(row, secret, snapshot);
    addIstioUsers(row, secret, snapshot);
    return row;
}

CertificateRow brokenRow(const TlsSecret &secret, const QString &dataKey, const QString &why,
                         const CertificateUsers &users)
{
    CertificateRow row;
    const QString name = secret.nameSpace + u'/' + secret.name;
    row.key = name + u'/' + dataKey;
    row.storedAt = {u"Secret"_s, secret.nameSpace, secret.name};
    row.dataKey = dataKey;
    row.subject = secret.name;
    row.storedIn = u"%1, %2"_s.arg(name, dataKey);
    row.renewal = renewalOf(secret);
    row.checks = u"cannot be read: "_s + why;
    row.faultCode = u"CERT-004"_s;
    row.checksSeverity = Severity::Error;
    row.usedBy = users.text();
    row.blastRadius = users.blastRadius();
    row.hit = users.hit();
    return row;
}

void addStored(QList<CertificateRow> &rows, const Snapshot &snapshot, const Users &users,
               const ServedNames &names, edge::Compat compat)
{
    const NamedSecrets named = namedSecrets(snapshot, compat);
    for (const TlsSecret &secret : snapshot.secrets) {
        const CertificateUsers own = users.value(secret.nameSpace + u'/' + secret.name);
        for (auto chain = secret.chains.begin(); chain != secret.chains.end(); ++chain)
            rows.append(storedRow(snapshot, secret, chain.key(), own, named, names));
        for (auto broken = secret.broken.begin(); broken != secret.broken.end(); ++broken)
            rows.append(brokenRow(secret, broken.key(), broken.value(), own));
    }
}

// The root that istiod signs below, as its Secret holds it: cacerts, else what it made for itself; "" not known.
QString signingRoot(const Snapshot &snapshot)
{
    const std::pair<QLatin1String, QString> places[] = {{"cacerts"_L1, u"root-cert.pem"_s},
                                                        {"istio-ca-secret"_L1, u"ca-cert.pem"_s}};
    for (const auto &[name, dataKey] : places) {
        for (const TlsSecret &secret : snapshot.secrets) {
            if (secret.nameSpace != snapshot.istioRootNamespace || secret.name != name)
                continue;
            const QList<kube::Certificate> chain = secret.chains.value(dataKey);
            return chain.isEmpty() ? QString() : chain.last().fingerprint;
        }
    }
    return {};
}

// istiod publishes the mesh's roots as a ConfigMap in every namespace; one row for each set of roots that is
// out there.
void addPublishedRoots(QList<CertificateRow> &rows, const Snapshot &snapshot)
{
    QMap<QString, QStringList> namespacesOf; // PEM → namespaces
    for (auto entry = snapshot.configMaps.begin(); entry != snapshot.configMaps.end(); ++entry) {
        if (entry.key().endsWith("/istio-ca-root-cert/root-cert.pem"_L1))
            namespacesOf[entry.value().trimmed()].append(entry.key().section(u'/', 0, 0));
    }
    const QString signer = signingRoot(snapshot);
    for (auto root = namespacesOf.begin(); root != namespacesOf.end(); ++root) {
        QStringList places = root.value();
        places.sort();
        const auto chain = kube::readPem(root.key().toUtf8());
        CertificateRow row;
        row.key = u"istio-ca-root-cert/"_s + places.first();
        row.storedAt = {u"ConfigMap"_s, places.first(), u"istio-ca-root-cert"_s};
        row.dataKey = u"root-cert.pem"_s;
        row.faultCode = namespacesOf.size() == 1 ? QString() : u"CERT-006"_s;
        row.storedIn = u"ConfigMap istio-ca-root-cert in %1 namespaces"_s.arg(places.size());
        if (places.size() == 1)
            row.storedIn = u"ConfigMap %1/istio-ca-root-cert"_s.arg(places.first());
        row.mesh = true;
        row.usedBy = u"the mesh"_s;
        row.renewal = u"istiod, follows its CA"_s;
        row.blastRadius = {u"no sidecar trusts another any more"_s};
        row.subject = u"roots of the mesh"_s;
        row.checks = namespacesOf.size() == 1
            ? (places.size() == 1 ? u"in 1 namespace"_s : u"same in %1 namespaces"_s.arg(places.size()))
            : u"differs: %1 sets of roots are published"_s.arg(namespacesOf.size());
        row.checksSeverity = namespacesOf.size() == 1 ? Severity::Good : Severity::Warning;
        if (chain && !chain->isEmpty()) {
            row.chain = *chain;
            row.subject = subjectOf(row.chain.first());
            setTimes(row);
            const bool hasSigner = std::any_of(chain->begin(), chain->end(),
                                               [&](const auto &one) { return one.fingerprint == signer; });
            if (!signer.isEmpty() && !hasSigner) {
                row.faultCode = u"CERT-006"_s;
                row.checksSeverity = Severity::Warning;
                row.checks =
                    u"lacks the root in the Secret of istiod's authority, which a restart of istiod would sign below"_s;
            }
        } else {
            row.checks = u"holds no certificate that can be read"_s;
            row.faultCode = u"CERT-004"_s;
            row.checksSeverity = Severity::Error;
        }
        rows.append(row);
    }
}

// Files in a pod are no API object: where nobody has told what is in them, the row says so.
void addUnseenFiles(QList<CertificateRow> &rows, const EdgeInstallation &edge, const CertificateUsers &users,
                    const LoadedSummary &loaded)
{
    CertificateRow row;
    row.key = u"istio-certs/"_s + edge.key();
    row.subject = u"istio-certs (edge)"_s;
    row.storedIn = u"files in the edge pod"_s;
    row.usedBy = users.text();
    row.blastRadius = users.blastRadius();
    row.hit = users.hit();
    row.renewal = u"istio-proxy, automatic"_s;
    row.checks = !loaded.error.isEmpty() ? u"not looked at: "_s + loaded.error
        : loaded.wasAsked                ? u"not loaded by the edge: no Mapping goes out with it"_s
                                         : u"not looked at: it is no API object"_s;
    row.mesh = true;
    rows.append(row);
}

} // namespace

QList<CertificateRow> certificateRows(const Snapshot &snapshot, const EdgeView &view,
                                      const QList<PresentedCertificate> &presented)
{
    QList<CertificateRow> rows;
    const Users users = certificateUsers(view);
    const CertificateUsers edgeFiles = users.value(view.installation.ambassadorNamespace + u"/istio-certs"_s);
    const ServedNames names(snapshot);
    addStored(rows, snapshot, users, names, view.installation.compat);
    addPublishedRoots(rows, snapshot);
    addCaBundles(rows, snapshot);
    addIssued(rows, snapshot);
    addOwn(rows, snapshot);
    const LoadedSummary loaded = addLoaded(rows, snapshot, view.installation, edgeFiles);
    QList<PresentedCertificate> ours = presented;
    ours.removeIf([&](const PresentedCertificate &one) { return one.edge != view.installation.key(); });
    addPresented(rows, ours, names, users);
    if (view.installation.hasIstioCertificate && !view.installation.name.isEmpty()
        && !loaded.hasIstioCertificate)
        addUnseenFiles(rows, view.installation, edgeFiles, loaded);
    addMeshCertificates(rows, snapshot);
    return rows;
}

} // namespace models
