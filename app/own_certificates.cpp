// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/own_certificates.h"

namespace app {

QList<models::OwnCertificate> ownCertificates(const kube::Connection &connection)
{
    using Use = models::OwnCertificate::Use;
    QList<models::OwnCertificate> found;
    const auto add = [&](Use use, const QString &name, const QString &file, const QByteArray &pem) {
        const auto chain = kube::readPem(pem);
        if (chain && !chain->isEmpty())
            found.append({use, name, connection.context, file, *chain});
    };
    add(Use::User, connection.user, connection.fileOfUser(), connection.clientCertificate);
    add(Use::Authority, connection.cluster, connection.fileOfCluster(), connection.trustedCa);
    return found;
}

} // namespace app
