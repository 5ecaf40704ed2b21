// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A real kube-apiserver with its etcd, out of the folder that KUBEBUILDER_ASSETS names (envtest's
// convention), on free ports of 127.0.0.1; ended and forgotten with this object.
#include "tests/kube/test_authority.h"

#include <QProcess>
#include <QTemporaryDir>

class RealApiServer
{
public:
    RealApiServer() = default;
    ~RealApiServer();
    RealApiServer(const RealApiServer &) = delete;

    static QString missing(); // why there is none; "" there is
    QString start();          // both programs; "" or why not.  Its answers may take a while yet
    QString restart();        // the server alone, on its port, without a farewell; "" or why not
    QString kubeconfig() const { return m_folder.filePath(QStringLiteral("kubeconfig")); } // system:masters
    QByteArray log() const;

private:
    void write(const QString &name, const QByteArray &content) const;

    QTemporaryDir m_folder;
    TestAuthority m_authority;
    QProcess m_etcd, m_server;
};
