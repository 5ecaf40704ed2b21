// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What this machine's kubeconfig holds: the certificate that its user signs in with, and the authority of the server.
#include "kube/certificate.h"

namespace models {

struct OwnCertificate
{
    enum class Use { User, Authority } use = Use::User;
    QString name;                   // of the kubeconfig's user or cluster
    QString context;                // that is connected by it
    QString file;                   // where it stands
    QList<kube::Certificate> chain; // never empty
};

} // namespace models
