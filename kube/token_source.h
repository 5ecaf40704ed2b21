// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The bearer token of one connection at a moment: the token file's content wins and is read again once a minute less 10 s, the last
// good one stays if that fails; the inline token serves while the file could never be read (facts kube-client.md K11).
#include <QByteArray>
#include <QString>

namespace kube {

class TokenSource
{
public:
    TokenSource(QByteArray inlineToken, QString file);
    QByteArray token(qint64 nowMsecs); // any monotonic or wall clock
    void reread() { m_readAt = -1; }   // with the next token(): this one was refused, as client-go does

    static constexpr qint64 RereadAfterMsecs = 50'000;

private:
    QByteArray m_token;
    QString m_file;
    qint64 m_readAt = -1;
};

} // namespace kube
