// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/exec_plugin.h"

#include "kube/certificate.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qsizetype maxComplaint = 600;

bool isOneLine(const QString &text)
{
    return std::none_of(text.cbegin(), text.cend(), [](QChar c) { return c < u' ' || c == QChar(0x7f); });
}

QJsonObject clusterInfo(const ExecPlugin &plugin, const Connection &connection)
{
    QJsonObject cluster{{u"server"_s, connection.server.toString()}};
    if (!connection.tlsServerName.isEmpty())
        cluster.insert(u"tls-server-name"_s, connection.tlsServerName);
    if (connection.insecure)
        cluster.insert(u"insecure-skip-tls-verify"_s, true);
    if (!connection.trustedCa.isEmpty())
        cluster.insert(u"certificate-authority-data"_s, QString::fromLatin1(connection.trustedCa.toBase64()));
    if (!connection.proxyUrl.isEmpty())
        cluster.insert(u"proxy-url"_s, connection.proxyUrl);
    if (!connection.compress)
        cluster.insert(u"disable-compression"_s, true);
    const QJsonDocument config = QJsonDocument::fromJson(plugin.clusterConfig);
    if (config.isObject())
        cluster.insert(u"config"_s, config.object());
    return cluster;
}

Result<ExecCredential> readStatus(const QJsonObject &status, const QString &owner)
{
    ExecCredential result;
    const QString token = status[u"token"].toString();
    const QByteArray certificate = status[u"clientCertificateData"].toString().toUtf8();
    const QByteArray key = status[u"clientKeyData"].toString().toUtf8();
    if (token.isEmpty() && certificate.isEmpty() && key.isEmpty())
        return failure(Error::Kind::Config,
                       u"%1 answered neither a token nor a client certificate"_s.arg(owner));
    if (certificate.isEmpty() != key.isEmpty())
        return failure(Error::Kind::Config,
                       u"%1 answered only one of client certificate and key; both are needed"_s.arg(owner));
    if (!isOneLine(token))
        return failure(Error::Kind::Config, u"%1 answered a token with line breaks"_s.arg(owner));
    if (const auto checked = certificate.isEmpty() ? QList<Certificate>() : readPem(certificate); !checked)
        return failure(
            Error::Kind::Config,
            u"%1 answered an unusable client certificate: %2"_s.arg(owner, checked.error().message));
    if (!token.isEmpty())
        result.credential.authorization = "Bearer " + token.toUtf8();
    result.credential.clientCertificate = certificate;
    result.credential.clientKey = key;
    const QString expiry = status[u"expirationTimestamp"].toString();
    result.expires = QDateTime::fromString(expiry, Qt::ISODateWithMs);
    if (!expiry.isEmpty() && !result.expires.isValid())
        return failure(Error::Kind::Config,
                       u"%1 answered an expirationTimestamp that is no time"_s.arg(owner));
    return result;
}

} // namespace

bool mayAsk(const ExecPlugin &plugin, const Connection &connection)
{
    return connection.lendsTerminal && plugin.interactive != ExecPlugin::Interactive::Never;
}

QByteArray execInfo(const ExecPlugin &plugin, const Connection &connection)
{
    QJsonObject spec{{u"interactive"_s, mayAsk(plugin, connection)}};
    if (plugin.provideClusterInfo)
        spec.insert(u"cluster"_s, clusterInfo(plugin, connection));
    const QJsonObject info{
        {u"kind"_s, u"ExecCredential"_s}, {u"apiVersion"_s, plugin.apiVersion}, {u"spec"_s, spec}};
    return QJsonDocument(info).toJson(QJsonDocument::Compact);
}

Result<ExecCredential> readExecCredential(const ExecPlugin &plugin, const QByteArray &output,
                                          const QString &owner)
{
    const QJsonDocument document = QJsonDocument::fromJson(output);
    const QJsonObject root = document.object();
    if (!document.isObject() || root[u"kind"].toString() != u"ExecCredential")
        return failure(Error::Kind::Config,
                       u"%1 ended well but did not write an ExecCredential in JSON"_s.arg(owner));
    const QString version = root[u"apiVersion"].toString();
    if (version != plugin.apiVersion)
        return failure(Error::Kind::Config,
                       u"%1 answered apiVersion “%2”, but the kubeconfig says “%3”; make them equal"_s.arg(
                           owner, version, plugin.apiVersion));
    if (!root[u"status"].isObject())
        return failure(Error::Kind::Config, u"%1 answered an ExecCredential without status"_s.arg(owner));
    return readStatus(root[u"status"].toObject(), owner);
}

QString execComplaint(const QByteArray &standardError)
{
    static const QRegularExpression escapes(
        u"\x1b\\[[0-9;?]*[A-Za-z]|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"_s);
    // A terminal shows what was written over the rest of the line.
    static const QRegularExpression overwritten(u"[^\\r\\n]*\\r+(?=[^\\r\\n])"_s);
    QString text = QString::fromUtf8(standardError);
    text = text.remove(escapes).remove(overwritten).remove(u'\r').trimmed();
    return text.size() > maxComplaint ? u"…"_s + text.last(maxComplaint) : text;
}

} // namespace kube
