// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Worlds of the failure catalogue F1 … F32 of facts integration-guide.md §13, and what is found in them.
#include "models/analysis/findings.h"

#include <functional>

namespace failure_worlds {

struct Failure
{
    int number;
    QString places; // found, as placesIn() has them
    std::function<void(QByteArray &)> world;
    std::function<QList<models::ProxyCertificates>()> loaded = {}; // by the edge's pod, where it was asked
};

QByteArray replaced(QByteArray text, const QByteArray &before,
                    const QByteArray &after); // fails if it does not hold `before`
QByteArray mapping(const QByteArray &spec);
QByteArray tracingService(const QByteArray &service);
QByteArray base();
QByteArray clean(); // the guide's end: a Mapping with tls to a STRICT pod
QByteArray istiod(const QByteArray &tag, const QByteArray &environment = "[]");
QByteArray withSidecar(const QByteArray &tag); // the edge with a sidecar of this version, and istiod the same
QByteArray newer(const QByteArray &tag);       // the same mesh behind an edge of the second or third line
QByteArray accountsSecret(const QByteArray &account); // as Citadel made them (Istio up to 1.4)
QByteArray allowing(const QByteArray &account, const QByteArray &more = {}); // that account to quote
const QByteArray &endedAuthority();
QByteArray redis(bool sidecar);
QByteArray tlsSecret(const QByteArray &name, const QByteArray &more = {});
// A Host that demands a client's certificate, one that demands none (unless `more` says so), and a Mapping.
QByteArray twoDoors(const QByteArray &closed, const QByteArray &open, const QByteArray &mappings,
                    const QByteArray &more = {});
models::LoadedCertificate leafIn(const QByteArray &file);
QList<models::ProxyCertificates> loadedBy(const QList<models::LoadedCertificate> &certificates);
QByteArray jaeger(const QByteArray &tag, const QByteArray &more = {});
QByteArray
tracing(const QByteArray &collector); // the edge sends its spans there, and the collector's pod is ready
const QList<Failure> &catalogue();

QList<models::Finding> findingsIn(const QByteArray &world,
                                  const QList<models::ProxyCertificates> &loaded = {});
QStringList codesIn(const QByteArray &world, const QList<models::ProxyCertificates> &loaded = {});
// "TLS-003 TLSContext staging/istio-upstream spec.secret", one a line.
QString placesIn(const QByteArray &world, const QList<models::ProxyCertificates> &loaded);

inline const QByteArray WithTls = "{prefix: /backend/, service: 'quote:80', tls: istio-upstream}";
inline const QByteArray Plain = "{prefix: /backend/, service: 'quote:80'}";
inline const QByteArray Strict =
    "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: "
    "{name: default, namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n";

} // namespace failure_worlds
