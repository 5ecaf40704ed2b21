// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tls_handshake.h"

#include <QElapsedTimer>
#include <QSslCertificate>
#include <QSslCipher>
#include <QSslConfiguration>
#include <QSslSocket>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString protocolName(QSsl::SslProtocol protocol)
{
    switch (protocol) {
    case QSsl::TlsV1_3: return u"TLSv1.3"_s;
    case QSsl::TlsV1_2: return u"TLSv1.2"_s;
    default: return u"an old TLS"_s;
    }
}

} // namespace

Handshake shakeHands(const QList<EdgeAccess> &ways, const QString &serverName, int timeoutMs)
{
    Handshake answer;
    answer.serverName = serverName;
    answer.at = QDateTime::currentDateTimeUtc();
    const auto way =
        std::find_if(ways.begin(), ways.end(), [](const EdgeAccess &each) { return !each.host.isEmpty(); });
    if (way == ways.end()) {
        answer.error = u"the edge's Service has no address for TLS; name one in its annotation "
                       "sallyport.dev/external-address"_s;
        return answer;
    }
    answer.address = u"%1:%2"_s.arg(way->host).arg(way->port);
    QSslSocket socket;
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    socket.setSslConfiguration(configuration);
    QElapsedTimer clock;
    clock.start();
    socket.connectToHostEncrypted(way->host, way->port, serverName);
    answer.hasConnected = socket.waitForConnected(timeoutMs);
    if (!answer.hasConnected || !socket.waitForEncrypted(timeoutMs)) {
        answer.error = u"%1: %2"_s.arg(answer.address, socket.errorString());
        return answer;
    }
    answer.elapsedMs = int(clock.elapsed());
    answer.protocol = protocolName(socket.sessionProtocol());
    answer.cipher = socket.sessionCipher().name();
    for (const QSslCertificate &presented : socket.peerCertificateChain()) {
        if (const auto certificate = kube::readDer(presented.toDer()))
            answer.chain.append(*certificate);
    }
    socket.abort();
    return answer;
}

} // namespace app
