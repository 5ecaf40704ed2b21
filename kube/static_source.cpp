// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/static_source.h"

#include "kube/certificate.h"

#include <QDateTime>
#include <QFile>
#include <QTimer>

namespace kube {
namespace {

constexpr qint64 lookAgainMsecs = 1000;
constexpr qint64 maxFileBytes = 4 * 1024 * 1024;

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(maxFileBytes) : QByteArray();
}

} // namespace

StaticSource::StaticSource(const Connection &connection)
    : m_connection(connection)
    , m_tokens(connection.token, connection.tokenFile)
    , m_basic(connection.basic)
    , m_certificateFile(connection.certificateFile)
    , m_keyFile(connection.keyFile)
    , m_certificate(connection.clientCertificate)
    , m_key(connection.clientKey)
    , m_poll(new QTimer(this))
{
    if (m_certificateFile.isEmpty() || m_keyFile.isEmpty())
        return;
    connect(m_poll, &QTimer::timeout, this,
            [this] { rereadCertificate(QDateTime::currentMSecsSinceEpoch()); });
    m_poll->start(PollMsecs);
}

QByteArray StaticSource::authorization(qint64 now)
{
    if (!m_basic.isEmpty())
        return "Basic " + m_basic.toBase64();
    const QByteArray token = m_tokens.token(now);
    return token.isEmpty() ? QByteArray() : QByteArray("Bearer " + token);
}

// Between two renames certificate and key do not fit: then the old pair stays until they do.
void StaticSource::rereadCertificate(qint64 now)
{
    const bool isFile = !m_certificateFile.isEmpty() && !m_keyFile.isEmpty();
    if (!isFile || (m_lookedAt >= 0 && now - m_lookedAt < lookAgainMsecs && now >= m_lookedAt))
        return;
    m_lookedAt = now;
    const QByteArray certificate = contentOf(m_certificateFile);
    const QByteArray key = contentOf(m_keyFile);
    if ((certificate == m_certificate && key == m_key) || !isKeyOf(certificate, key))
        return;
    m_certificate = certificate;
    m_key = key;
    Q_EMIT certificateChanged();
}

void StaticSource::refused(const SharedCredential &used)
{
    if (!used || used != m_last) // but one that has been read since
        return;
    m_tokens.reread();
    m_isRefused = true;
}

void StaticSource::rereadKubeconfig()
{
    if (!m_connection.again)
        return;
    const Result<Connection> now = m_connection.again();
    if (!now || now->exec || now->oidc || now->server != m_connection.server || now->user != m_connection.user
        || now->impersonation != m_connection.impersonation)
        return;
    const bool isOther = std::exchange(m_connection.token, now->token) != now->token
        || std::exchange(m_connection.tokenFile, now->tokenFile) != now->tokenFile;
    if (isOther)
        m_tokens = TokenSource(now->token, now->tokenFile);
    m_basic = now->basic;
    m_certificateFile = now->certificateFile;
    m_keyFile = now->keyFile;
    if (now->clientCertificate == m_certificate && now->clientKey == m_key)
        return;
    m_certificate = now->clientCertificate;
    m_key = now->clientKey;
    Q_EMIT certificateChanged();
}

void StaticSource::get(Ready ready)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (std::exchange(m_isRefused, false))
        rereadKubeconfig();
    rereadCertificate(now);
    const Credential credential{authorization(now), m_certificate, m_key};
    if (!m_last || *m_last != credential)
        m_last = std::make_shared<const Credential>(credential);
    ready(m_last);
}

} // namespace kube
