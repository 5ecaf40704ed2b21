// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_identity.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

// That a TLSContext names instead of a Secret, as the guide has it before Ambassador 1.10; "" none.
QString certificateFile(const EdgeView &view, const QString &context)
{
    if (!view.table)
        return {};
    const auto &contexts = view.table->config().tlsContexts;
    const auto found = contexts.find(context.toStdString());
    return found == contexts.end() ? QString() : text(found->second.certFile);
}

std::optional<QString> identityIn(const Snapshot &snapshot, const QString &secretKey)
{
    const TlsSecret *secret = snapshot.secret(secretKey.section(u'/', 0, 0), secretKey.section(u'/', 1));
    for (const QString &key : {u"tls.crt"_s, u"cert-chain.pem"_s}) {
        const QList<kube::Certificate> chain =
            secret ? secret->chains.value(key) : QList<kube::Certificate>();
        for (const QString &uri : chain.isEmpty() ? QStringList() : chain.constFirst().uriNames) {
            if (uri.startsWith("spiffe://"_L1))
                return uri.mid(9);
        }
    }
    return {};
}

} // namespace

std::optional<QString> edgeIdentity(const Snapshot &snapshot, const EdgeView &view,
                                    const MappingVerdict &verdict)
{
    const EdgeInstallation &edge = view.installation;
    if (!verdict.originatesTls)
        return QString();
    const QString own =
        u"%1/ns/%2/sa/%3"_s.arg(snapshot.mesh.trustDomain, edge.nameSpace, edge.serviceAccount);
    if (verdict.certificate.isEmpty()) {
        const QString file = certificateFile(view, verdict.tlsContext);
        if (file.isEmpty())
            return QString();
        if (const QString mounted = edge.secretOfFile(file); !mounted.isEmpty())
            return identityIn(snapshot, mounted);
        return !edge.meshFilesDir.isEmpty() && file.startsWith(edge.meshFilesDir + u'/') ? std::optional(own)
                                                                                         : std::nullopt;
    }
    if (verdict.certificate.section(u'/', 1) == "istio-certs"_L1 && edge.hasIstioCertificate)
        return own;
    return identityIn(snapshot, verdict.certificate);
}

} // namespace models
