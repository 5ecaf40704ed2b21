// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Credentials that stand in the kubeconfig or in files it names: token files are read again by TokenSource's
// rules, certificate and key files when they have changed, looked at once a second at most (facts
// kube-client.md K11, K12).  What stands in the kubeconfig itself is read again once a server has refused it: somebody may have
// signed in anew.  It is taken for the same server, user and impersonation only.
#include "kube/credential_source.h"
#include "kube/kubeconfig.h"
#include "kube/token_source.h"

class QTimer;

namespace kube {

class StaticSource : public CredentialSource
{
    Q_OBJECT
public:
    explicit StaticSource(const Connection &connection);
    void get(Ready ready) override;
    void refused(const SharedCredential &used) override;

    static constexpr int PollMsecs = 300'000; // for connections that stand and are asked for nothing

private:
    QByteArray authorization(qint64 now);
    void rereadCertificate(qint64 now);
    void rereadKubeconfig();

    Connection m_connection;
    TokenSource m_tokens;
    QByteArray m_basic;
    QString m_certificateFile, m_keyFile;
    QByteArray m_certificate, m_key;
    SharedCredential m_last;
    bool m_isRefused = false;
    qint64 m_lookedAt = -1;
    QTimer *m_poll;
};

} // namespace kube
