// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whose certificates a connection trusts: the authority that it names, read again from its file as kubelets renew it in pods, else the
// system's roots; the same on all systems: what Qt finds, not what curl was compiled for.  For transport.cpp only.
#include <QByteArray>
#include <QString>

namespace kube {

struct Connection;

class TrustedRoots
{
public:
    explicit TrustedRoots(const Connection &connection);
    // Looks at the file, once a second at most.  true: another authority stands there, and connections that were made by the old one
    // must go.  Between two renames the file may be empty or half written: then the old one stays.
    bool reread();
    QByteArray pem(); // "": none, nothing is verified

private:
    QString m_file;
    bool m_isInsecure;
    QByteArray m_authority; // as its file has it now
    QByteArray m_system;    // once it was needed
    qint64 m_lookedAt;
};

} // namespace kube
