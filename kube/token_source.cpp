// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/token_source.h"

#include <QFile>

namespace kube {

TokenSource::TokenSource(QByteArray inlineToken, QString file)
    : m_token(std::move(inlineToken))
    , m_file(std::move(file))
{
}

QByteArray TokenSource::token(qint64 nowMsecs)
{
    const bool isDue = m_readAt < 0 || nowMsecs - m_readAt >= RereadAfterMsecs || nowMsecs < m_readAt;
    if (m_file.isEmpty() || !isDue)
        return m_token;
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return m_token;
    const QByteArray content = file.read(1024 * 1024).trimmed();
    if (content.isEmpty() || content.contains('\n') || content.contains('\r'))
        return m_token;
    m_token = content;
    m_readAt = nowMsecs;
    return m_token;
}

} // namespace kube
