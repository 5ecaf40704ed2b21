// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig_entries.h"

#include "kube/certificate.h"
#include "kube/url_text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

tl::unexpected<Error> wrong(const QString &message) { return failure(Error::Kind::Config, message); }

// What to do about a file that could not be opened.
QString remedyFor(const QString &path)
{
    if (QFileInfo(path).isDir())
        return u"it is a folder; name the file in it"_s;
    return QFileInfo::exists(path)
        ? u"make it readable for yourself (chmod u+r), or name another file there"_s
        : u"put it there or correct its path, which counts from the kubeconfig's folder"_s;
}

// Either the data or the content of the file; what: "certificate-authority" …  K6: both is an error.
Result<QByteArray> dataOrFile(const QByteArray &data, const QString &path, const QString &owner,
                              const QString &what)
{
    if (path.isEmpty())
        return data;
    if (!data.isEmpty())
        return wrong(u"%1: both %2 and %2-data are set; remove one"_s.arg(owner, what));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(u"%1: its %2 %3 cannot be read: %4; %5"_s.arg(owner, what, path, file.errorString(),
                                                                   remedyFor(path)));
    const QByteArray content = file.read(4 * 1024 * 1024);
    if (content.isEmpty())
        return wrong(
            u"%1: its %2 %3 is empty; write it again, or name another file there"_s.arg(owner, what, path));
    return content;
}

Result<void> checkCertificates(const QByteArray &pem, const QString &owner, const QString &what)
{
    const Result<QList<Certificate>> certificates = pem.isEmpty() ? QList<Certificate>() : readPem(pem);
    if (!certificates)
        return wrong(
            u"%1: its %2 is unusable: %3; replace it by the PEM text or file that came with the cluster"_s
                .arg(owner, what, certificates.error().message));
    return {};
}

Result<void> checkKey(const QByteArray &pem, const QString &owner)
{
    // OpenSSL would ask for the pass phrase on the terminal, and wait there.
    if (pem.contains("ENCRYPTED"))
        return wrong(
            u"%1: its client-key is protected by a pass phrase; store it without one: openssl pkey -in KEY -out NEW-KEY"_s
                .arg(owner));
    if (!pem.isEmpty() && !pem.contains("PRIVATE KEY-----"))
        return wrong(
            u"%1: its client-key is no private key in PEM form (-----BEGIN … PRIVATE KEY-----); name the key that belongs to its client-certificate"_s
                .arg(owner));
    return {};
}

// K7: host, host:port or URL; without scheme https only if something of TLS is configured; a path stays as prefix.
Result<QUrl> serverUrl(const KubeconfigCluster &cluster, bool hasClientCertificate, const QString &owner)
{
    if (cluster.server.isEmpty())
        return wrong(
            u"%1 names no server; set it with: kubectl config set-cluster NAME --server=https://…"_s.arg(
                owner));
    QString text = cluster.server;
    if (!text.contains(u"://")) {
        const bool hasTls = cluster.insecure || !cluster.caFile.isEmpty() || !cluster.caData.isEmpty()
            || hasClientCertificate;
        text.prepend(hasTls ? u"https://"_s : u"http://"_s);
    }
    QUrl url(text, QUrl::StrictMode);
    const bool isHttp = url.scheme() == u"https" || url.scheme() == u"http";
    if (!url.isValid() || !isHttp || url.host().isEmpty())
        return wrong(
            u"%1: the server “%2” is no http or https address; set it with: kubectl config set-cluster NAME --server=https://HOST:6443"_s
                .arg(owner, withoutUserInfo(cluster.server)));
    url.setQuery(QString());
    url.setFragment(QString());
    while (url.path().endsWith(u'/'))
        url.setPath(url.path().chopped(1));
    return url;
}

Result<void> checkProxy(const QString &proxy, const QString &owner)
{
    const QString scheme = QUrl(proxy).scheme();
    if (proxy.isEmpty() || scheme == u"http" || scheme == u"https" || scheme == u"socks5")
        return {};
    return wrong(u"%1: its proxy-url must begin with http://, https:// or socks5://"_s.arg(owner));
}

bool isHeaderValue(const QString &text)
{
    return std::none_of(text.cbegin(), text.cend(), [](QChar c) { return c < u' ' || c == QChar(0x7f); });
}

Result<QList<QByteArray>> impersonationHeaders(const KubeconfigUser &user, const QString &owner)
{
    QList<QByteArray> headers;
    if (user.asUser.isEmpty()) {
        if (!user.asUid.isEmpty() || !user.asGroups.isEmpty() || !user.asExtra.isEmpty())
            return wrong(u"%1: as-uid, as-groups and as-user-extra need “as”"_s.arg(owner));
        return headers;
    }
    headers.append("Impersonate-User: " + user.asUser.toUtf8());
    if (!user.asUid.isEmpty())
        headers.append("Impersonate-Uid: " + user.asUid.toUtf8());
    for (const QString &group : user.asGroups)
        headers.append("Impersonate-Group: " + group.toUtf8());
    for (const auto &[key, value] : user.asExtra)
        headers.append("Impersonate-Extra-" + key.toUtf8().toPercentEncoding() + ": " + value.toUtf8());
    for (const QByteArray &header : headers) {
        if (!isHeaderValue(QString::fromUtf8(header)))
            return wrong(
                u"%1: the names it impersonates contain control characters; write each on one line"_s.arg(
                    owner));
    }
    return headers;
}

Result<void> checkSignIn(const KubeconfigUser &user, const QString &owner)
{
    const bool hasToken = !user.token.isEmpty() || !user.tokenFile.isEmpty();
    const bool hasBasic = !user.userName.isEmpty() || !user.password.isEmpty();
    if (hasToken && hasBasic)
        return wrong(u"%1 has both a token and a user name with password; remove one"_s.arg(owner));
    if (!isHeaderValue(user.token))
        return wrong(
            u"%1: its token contains line breaks or control characters; write it on one line"_s.arg(owner));
    return {};
}

constexpr qint64 LongestToken = 1024 * 1024;

Result<void> checkTokenFile(const KubeconfigUser &user, const QString &owner)
{
    if (user.tokenFile.isEmpty()
        || !user.token.isEmpty()) // K11: the inline one serves while the file cannot be read
        return {};
    QFile file(user.tokenFile);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(u"%1: its tokenFile %2 cannot be read: %3; %4"_s.arg(
            owner, user.tokenFile, file.errorString(), remedyFor(user.tokenFile)));
    const QByteArray content = file.read(LongestToken).trimmed();
    if (content.isEmpty()) // as client-go: never anonymous instead
        return wrong(u"%1: its tokenFile %2 is empty; write a token into it"_s.arg(owner, user.tokenFile));
    if (content.contains('\n') || content.contains('\r'))
        return wrong(
            u"%1: its tokenFile %2 has several lines; a token is one line, and nothing else may stand there"_s
                .arg(owner, user.tokenFile));
    return {};
}

Result<ExecPlugin> execPlugin(const KubeconfigUser &user, const KubeconfigCluster &cluster,
                              const QString &owner)
{
    ExecPlugin plugin = *user.exec;
    const bool isV1 = plugin.apiVersion == u"client.authentication.k8s.io/v1";
    if (!user.authProvider.isEmpty())
        return wrong(u"%1 has both exec and an auth-provider; remove one"_s.arg(owner));
    if (plugin.command.isEmpty())
        return wrong(
            u"%1: its exec names no command; set the program that signs in, or remove exec"_s.arg(owner));
    if (!isV1 && plugin.apiVersion != u"client.authentication.k8s.io/v1beta1")
        return wrong(
            u"%1: its exec has the apiVersion “%2”; client.authentication.k8s.io/v1 and /v1beta1 are known: update the program “%3” and its kubeconfig entry"_s
                .arg(owner, plugin.apiVersion, plugin.command));
    if (isV1 && user.interactiveMode.isEmpty())
        return wrong(
            u"%1: its exec must set interactiveMode (Never, IfAvailable or Always), as apiVersion v1 requires"_s
                .arg(owner));
    if (user.interactiveMode == u"Never")
        plugin.interactive = ExecPlugin::Interactive::Never;
    else if (user.interactiveMode == u"Always")
        plugin.interactive = ExecPlugin::Interactive::Always;
    else if (!user.interactiveMode.isEmpty() && user.interactiveMode != u"IfAvailable")
        return wrong(
            u"%1: its exec has the interactiveMode “%2”; there are Never, IfAvailable and Always"_s.arg(
                owner, user.interactiveMode));
    const bool hasNameless = std::any_of(plugin.environment.cbegin(), plugin.environment.cend(),
                                         [](const auto &entry) { return entry.first.isEmpty(); });
    if (hasNameless)
        return wrong(u"%1: its exec has an env entry without a name; give it one or remove it"_s.arg(owner));
    plugin.clusterConfig = cluster.execConfig;
    return plugin;
}

Result<OidcProvider> oidcProvider(const KubeconfigUser &user, const QString &name, const QString &owner)
{
    if (user.authProvider != u"oidc")
        return wrong(u"%1 signs in by the auth-provider “%2”, which no client has had since 1.26; use the "
                     u"provider's exec plug-in, or a token: "
                     "kubectl config set-credentials NAME --token=\"$(kubectl create token ACCOUNT)\""_s.arg(
                         owner, user.authProvider));
    const auto value = [&user](const QString &key) { return user.authProviderConfig.value(key); };
    OidcProvider provider{value(u"idp-issuer-url"_s),
                          value(u"client-id"_s),
                          value(u"client-secret"_s),
                          value(u"id-token"_s).toUtf8(),
                          value(u"refresh-token"_s).toUtf8(),
                          {},
                          user.file,
                          name};
    if (provider.issuer.isEmpty() || provider.clientId.isEmpty())
        return wrong(u"%1: its auth-provider oidc must set idp-issuer-url and client-id"_s.arg(owner));
    const QString caFile = value(u"idp-certificate-authority"_s);
    const QString path =
        caFile.isEmpty() ? caFile : QFileInfo(user.file).absoluteDir().absoluteFilePath(caFile);
    const QByteArray data = QByteArray::fromBase64(value(u"idp-certificate-authority-data"_s).toLatin1());
    const Result<QByteArray> ca = dataOrFile(data, path, owner, u"idp-certificate-authority"_s);
    if (!ca)
        return tl::unexpected(ca.error());
    provider.issuerCa = *ca;
    return provider;
}

// Plain credentials beat a plug-in, which is not run then but must be a valid one, as client-go has it.
Result<void> addPlugin(Connection &connection, const KubeconfigUser &user, const KubeconfigCluster &cluster,
                       const QString &owner)
{
    const bool isStatic = !connection.token.isEmpty() || !connection.tokenFile.isEmpty()
        || !connection.basic.isEmpty() || !connection.clientCertificate.isEmpty();
    if (user.exec) {
        const Result<ExecPlugin> plugin = execPlugin(user, cluster, owner);
        if (!plugin)
            return tl::unexpected(plugin.error());
        if (!isStatic)
            connection.exec = *plugin;
    } else if (!user.authProvider.isEmpty()) {
        const Result<OidcProvider> provider = oidcProvider(user, connection.user, owner);
        if (!provider)
            return tl::unexpected(provider.error());
        if (!isStatic)
            connection.oidc = *provider;
    }
    return {};
}

} // namespace

Result<void> addCluster(Connection &connection, const KubeconfigCluster &cluster, bool hasClientCertificate)
{
    const QString owner = u"cluster “%1” in %2"_s.arg(connection.cluster, cluster.file);
    Result<QUrl> server = serverUrl(cluster, hasClientCertificate, owner);
    if (!server)
        return tl::unexpected(server.error());
    // They travel as a header, and the address is shown without them from here on.
    if (const QString name = server->userName(QUrl::FullyDecoded); !name.isEmpty())
        connection.basic = name.toUtf8() + ':' + server->password(QUrl::FullyDecoded).toUtf8();
    server->setUserInfo({});
    const Result<QByteArray> ca =
        dataOrFile(cluster.caData, cluster.caFile, owner, u"certificate-authority"_s);
    if (!ca)
        return tl::unexpected(ca.error());
    if (cluster.insecure && !ca->isEmpty()) // K9
        return wrong(
            u"%1: insecure-skip-tls-verify contradicts its certificate-authority; remove one"_s.arg(owner));
    if (const Result<void> checked = checkCertificates(*ca, owner, u"certificate-authority"_s); !checked)
        return checked;
    if (const Result<void> checked = checkProxy(cluster.proxyUrl, owner); !checked)
        return checked;
    connection.server = *server;
    connection.trustedCa = *ca;
    connection.caFile = cluster.caFile;
    connection.insecure = cluster.insecure;
    connection.compress = cluster.compress;
    connection.tlsServerName = cluster.tlsServerName;
    connection.proxyUrl = cluster.proxyUrl;
    return {};
}

Result<void> addUser(Connection &connection, const KubeconfigUser &user, const KubeconfigCluster &cluster)
{
    const QString owner = u"user “%1” in %2"_s.arg(connection.user, user.file);
    Result<QList<QByteArray>> impersonation = impersonationHeaders(user, owner);
    if (!impersonation)
        return tl::unexpected(impersonation.error());
    connection.impersonation = *impersonation;
    if (connection.server.scheme() != u"https") // K8: a plain connection carries no credentials
        return {};
    if (const Result<void> checked = checkSignIn(user, owner); !checked)
        return checked;
    if (const Result<void> checked = checkTokenFile(user, owner); !checked)
        return checked;
    const Result<QByteArray> certificate =
        dataOrFile(user.certificateData, user.certificateFile, owner, u"client-certificate"_s);
    if (!certificate)
        return tl::unexpected(certificate.error());
    const Result<QByteArray> key = dataOrFile(user.keyData, user.keyFile, owner, u"client-key"_s);
    if (!key)
        return tl::unexpected(key.error());
    if (!certificate->isEmpty() && key->isEmpty())
        return wrong(
            u"%1 has a client-certificate without a client-key; add the key that belongs to it"_s.arg(owner));
    if (const Result<void> checked = checkCertificates(*certificate, owner, u"client-certificate"_s);
        !checked)
        return checked;
    if (const Result<void> checked = checkKey(*key, owner); !checked)
        return checked;
    if (!certificate->isEmpty()) { // K6: a key alone is allowed and means nothing
        connection.clientCertificate = *certificate;
        connection.clientKey = *key;
        if (!user.certificateFile.isEmpty() && !user.keyFile.isEmpty()) {
            connection.certificateFile = user.certificateFile;
            connection.keyFile = user.keyFile;
        }
    }
    connection.token = user.token.toUtf8();
    connection.tokenFile = user.tokenFile;
    if (!connection.basic
             .isEmpty()) { // of the server's address: as Go has it, before anything that the user entry says
        connection.token.clear();
        connection.tokenFile.clear();
    } else if (!user.userName.isEmpty() || !user.password.isEmpty()) {
        connection.basic = user.userName.toUtf8() + ':' + user.password.toUtf8();
    }
    return addPlugin(connection, user, cluster, owner);
}

} // namespace kube
