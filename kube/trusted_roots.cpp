// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/trusted_roots.h"

#include "kube/certificate.h"
#include "kube/kubeconfig.h"
#include "kube/transfer.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>

namespace kube {
namespace {

constexpr qint64 LookAgainMsecs = 1000;
constexpr qint64 MaxFileBytes = 4 * 1024 * 1024;

} // namespace

TrustedRoots::TrustedRoots(const Connection &connection)
    : m_file(connection.caFile)
    , m_isInsecure(connection.insecure)
    , m_authority(connection.trustedCa)
    , m_lookedAt(Transfer::monotonicMsecs())
{
}

bool TrustedRoots::reread()
{
    const qint64 now = Transfer::monotonicMsecs();
    if (m_file.isEmpty() || now - m_lookedAt < LookAgainMsecs)
        return false;
    m_lookedAt = now;
    QFile file(m_file);
    const QByteArray content = file.open(QIODevice::ReadOnly) ? file.read(MaxFileBytes) : QByteArray();
    if (content.isEmpty() || content == m_authority || !readPem(content))
        return false;
    m_authority = content;
    return true;
}

QByteArray TrustedRoots::pem()
{
    if (!m_authority.isEmpty() || m_isInsecure)
        return m_authority;
    if (m_system.isEmpty()) {
        for (const QSslCertificate &root : QSslConfiguration::systemCaCertificates())
            m_system.append(root.toPem());
    }
    return m_system;
}

} // namespace kube
