// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/tls_secret.h"

#include "kube/kubeconfig_certificates.h"
#include "kube/secret_key_notes.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const QStringList &keyNames()
{
    static const QStringList names{u"tls.key"_s, u"key.pem"_s, u"ca-key.pem"_s, u"user.key"_s};
    return names;
}

bool isCertificateName(const QString &key)
{
    return key.endsWith(".crt"_L1) || key.endsWith(".cer"_L1)
        || (key.endsWith(".pem"_L1) && !keyNames().contains(key) && !key.contains("crl"_L1));
}

// A bundle of roots has no order; what an authority stands before although it has issued it is the wrong way round.
bool hasOrder(const QString &key, const QList<kube::Certificate> &chain)
{
    const kube::Certificate &first = chain.first();
    const bool isPresented = key == "tls.crt"_L1 || key == "cert-chain.pem"_L1;
    const auto isBelowAnother = [&chain](const kube::Certificate &one) {
        return !one.isCa && std::any_of(chain.begin(), chain.end(), [&one](const auto &issuer) {
            return issuer.isCa && issuer.subject == one.issuer;
        });
    };
    return !first.isCa || (isPresented && std::any_of(chain.begin() + 1, chain.end(), isBelowAnother));
}

void addValue(TlsSecret &secret, const QString &key, const QByteArray &plain)
{
    secret.hasKey = secret.hasKey || keyNames().contains(key);
    if (const QList<QByteArray> inside = kube::certificatesOfKubeconfig(plain); !inside.isEmpty())
        return addValue(secret, key, inside.join('\n') + '\n');
    if (!plain.contains("-----BEGIN CERTIFICATE")) {
        if (isCertificateName(key))
            secret.broken.insert(key, u"holds no PEM certificate"_s);
        return;
    }
    const auto chain = kube::readPem(plain);
    if (!chain) {
        secret.broken.insert(key, chain.error().message);
        return;
    }
    if (chain->isEmpty()) {
        secret.broken.insert(key, u"holds no whole PEM certificate"_s);
        return;
    }
    secret.chains.insert(key, *chain);
    if (!hasOrder(key, *chain))
        return;
    if (const auto order = kube::checkChainOrder(plain); !order)
        secret.brokenChains.insert(key, order.error().message);
}

const QString &keyOfLater()
{
    static const QString text = u"the private key beside it is that of a later certificate of its chain"_s;
    return text;
}

// The note that the reader of Secrets leaves where the key was.
QString problemOfKey(const std::string &text)
{
    const QByteArray note = QByteArray::fromStdString(text);
    if (note.contains(kube::otherCertificatesKey))
        return u"the private key beside it is another certificate's"_s;
    if (note.contains(kube::laterCertificatesKey))
        return keyOfLater();
    if (note.contains(kube::encryptedKey))
        return u"the private key beside it is encrypted by a password, which no proxy asks for"_s;
    if (note.contains(kube::noPrivateKey))
        return u"what stands in its private key's place is none in PEM"_s;
    return {};
}

void addKeyProblem(TlsSecret &secret, const QString &key, const std::string &note)
{
    const QString problem = problemOfKey(note);
    if (problem.isEmpty())
        return;
    const QString certificate = key == "tls.key"_L1 ? u"tls.crt"_s
        : key == "key.pem"_L1                       ? u"cert-chain.pem"_s
                                                    : u"ca-cert.pem"_s;
    secret.keyProblems.insert(certificate, problem);
}

// The key of the leaf, which stands behind its issuers: the order is what is wrong, and is said.
void dropWhatTheOrderExplains(TlsSecret &secret)
{
    for (auto broken = secret.brokenChains.begin(); broken != secret.brokenChains.end(); ++broken) {
        if (secret.keyProblems.value(broken.key()) == keyOfLater())
            secret.keyProblems.remove(broken.key());
    }
}

} // namespace

TlsSecret parseTlsSecret(const edge::Value &object)
{
    TlsSecret secret;
    secret.nameSpace = text(object.at({"metadata", "namespace"}));
    secret.name = text(object.at({"metadata", "name"}));
    secret.type = text(object["type"]);
    secret.isOtherCluster = object.at({"metadata", "labels", "istio/multiCluster"}).text() == "true";
    secret.annotations = texts(object.at({"metadata", "annotations"}));
    for (const auto &[key, value] : object["data"].members()) {
        addKeyProblem(secret, text(key), value.text());
        addValue(secret, text(key), QByteArray::fromBase64(QByteArray::fromStdString(value.text())));
    }
    for (const auto &[key, value] : object["stringData"].members()) {
        addKeyProblem(secret, text(key), value.text());
        addValue(secret, text(key), QByteArray::fromStdString(value.text()));
    }
    dropWhatTheOrderExplains(secret);
    return secret;
}

} // namespace models
