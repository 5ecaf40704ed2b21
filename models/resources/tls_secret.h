// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Secret that holds certificates: kubernetes.io/tls, istio.io/key-and-cert, istio.io/ca-root, Opaque. Never
// a key.
#include "edge/value.h"
#include "kube/certificate.h"

#include <QMap>

namespace models {

struct TlsSecret
{
    QString nameSpace, name, type;
    QMap<QString, QList<kube::Certificate>>
        chains;                          // data key (tls.crt, cert-chain.pem, root-cert.pem …) → chain
    QMap<QString, QString> broken;       // data key → why its certificate cannot be read
    QMap<QString, QString> brokenChains; // data key → which certificate is not signed by the next one
    QMap<QString, QString>
        keyProblems; // data key → why the private key beside it does not fit, as the reader of Secrets saw
    QMap<QString, QString> annotations;
    bool isOtherCluster = false; // its values are kubeconfigs of clusters of the mesh (istio/multiCluster)
    bool hasKey = false;         // a private key is stored beside it (its bytes were never kept)
};
TlsSecret parseTlsSecret(const edge::Value &object);

} // namespace models
