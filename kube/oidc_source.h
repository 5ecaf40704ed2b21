// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The id-token of an OpenID Connect provider: used while it is valid, renewed with the refresh-token, and
// both written back to the kubeconfig, as client-go's provider does (facts kube-client.md K14).  Never opens
// a browser: that is the job of an exec plug-in.  Other programs renew in the same file, and a provider that hands out new refresh-tokens
// ends the old one by it: so what stands in the file is taken before ours is redeemed, and when it was refused.
#include "kube/credential_source.h"

#include <QDateTime>
#include <QUrl>

namespace kube {

class Transport;
struct HttpResponse;

class OidcSource : public CredentialSource
{
    Q_OBJECT
public:
    explicit OidcSource(OidcProvider provider);
    ~OidcSource() override;

    void get(Ready ready) override;
    void refused(const SharedCredential &used) override;

private:
    enum class ClientAuth { Header, Body };

    void discover();
    void redeem(const QUrl &endpoint, ClientAuth how);
    void take(const HttpResponse &response, const QUrl &endpoint);
    bool takeFromFile();
    void lookAgain(const QUrl &endpoint, QByteArray refused, const QString &why, const QString &remedy);
    bool isValid() const;
    void finish(const Result<SharedCredential> &result);
    void fail(const QString &why, const QString &remedy);
    void unreached(const QString &what, const Error &error);
    Transport &transportTo(const QUrl &server);

    OidcProvider m_provider;
    std::unique_ptr<Transport> m_transport;
    QByteArray m_fileIdToken,
        m_fileRefreshToken; // as last read: where we may not write, the file stays behind what we have
    SharedCredential m_known;
    QList<Ready> m_waiting;
    bool m_isRefused = false;
    int m_looks = 0; // into the file, since our refresh-token was refused
};

// When a JSON Web Token ends; null if it does not say, or is none.  Nothing is verified.
QDateTime tokenExpiry(const QByteArray &token);

} // namespace kube
