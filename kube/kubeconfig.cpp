// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig.h"

#include "kube/certificate.h"
#include "kube/kubeconfig_file.h"
#include "kube/url_text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>

#include <algorithm>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace kube {
namespace {

tl::unexpected<Error> wrong(const QString &message) { return failure(Error::Kind::Config, message); }

QString quotedList(const QStringList &names) { return names.isEmpty() ? u"none"_s : names.join(u", "_s); }

// What to do about a file that could not be opened.
QString remedyFor(const QString &path)
{
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
    if (url.authority().contains(u'@'))
        return wrong(
            u"%1: the server “%2” is written with a user name or password, which an API server does not take from its address; set it without them (kubectl config set-cluster NAME --server=%2) and give them to the user entry"_s
                .arg(owner, url.toString(QUrl::RemoveUserInfo)));
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

bool isLoopback(const QUrl &url)
{
    return url.host() == u"localhost" || QHostAddress(url.host()).isLoopback();
}

// Only its owner can have written it.
bool isPrivateFile(const QString &path)
{
    const QFileInfo info(path);
    const QFile::Permissions others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
#ifdef Q_OS_UNIX
    if (info.ownerId() != geteuid())
        return false;
#endif
    return !(info.permissions() & others);
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

Result<void> checkTokenFile(const KubeconfigUser &user, const QString &owner)
{
    if (user.tokenFile.isEmpty()
        || !user.token.isEmpty()) // K11: the inline one serves while the file cannot be read
        return {};
    QFile file(user.tokenFile);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(u"%1: its tokenFile %2 cannot be read: %3; %4"_s.arg(
            owner, user.tokenFile, file.errorString(), remedyFor(user.tokenFile)));
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

// Plain credentials beat a plug-in, which is not run then, as client-go does.
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
    } else if (!user.authProvider.isEmpty() && !isStatic) {
        const Result<OidcProvider> provider = oidcProvider(user, connection.user, owner);
        if (!provider)
            return tl::unexpected(provider.error());
        connection.oidc = *provider;
    }
    return {};
}

Result<void> addCluster(Connection &connection, const KubeconfigCluster &cluster, bool hasClientCertificate)
{
    const QString owner = u"cluster “%1” in %2"_s.arg(connection.cluster, cluster.file);
    const Result<QUrl> server = serverUrl(cluster, hasClientCertificate, owner);
    if (!server)
        return tl::unexpected(server.error());
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
    if (!user.userName.isEmpty() || !user.password.isEmpty())
        connection.basic = user.userName.toUtf8() + ':' + user.password.toUtf8();
    return addPlugin(connection, user, cluster, owner);
}

} // namespace

KubeconfigSources kubeconfigSources(const QString &explicitFile, const QString &kubeconfigVariable,
                                    const QString &home)
{
    if (!explicitFile.isEmpty())
        return {{explicitFile}, true};
    KubeconfigSources sources;
    sources.serviceHost = qEnvironmentVariable("KUBERNETES_SERVICE_HOST");
    sources.servicePort = qEnvironmentVariable("KUBERNETES_SERVICE_PORT");
    sources.podNameSpace = qEnvironmentVariable("POD_NAMESPACE");
    sources.files = kubeconfigVariable.split(QDir::listSeparator(), Qt::SkipEmptyParts);
    sources.files.removeDuplicates();
    if (kubeconfigVariable.isEmpty() && !home.isEmpty())
        sources.files = {home + u"/.kube/config"_s};
    return sources;
}

Result<Kubeconfig> Kubeconfig::load(const KubeconfigSources &sources)
{
    Kubeconfig merged;
    merged.m_sources = sources;
    std::optional<Error> firstError;
    int loaded = 0;
    for (const QString &path : sources.files) {
        if (!QFileInfo::exists(path)) { // K2: skipped, unless it was named on the command line
            if (sources.isExplicit)
                return wrong(u"kubeconfig %1 does not exist; check --kubeconfig"_s.arg(path));
            continue;
        }
        const Result<KubeconfigFile> file = readKubeconfigFile(path);
        if (file) {
            merged.merge(*file);
            ++loaded;
        } else {
            merged.m_warnings.append(file.error().message);
            firstError = firstError.value_or(file.error());
        }
    }
    if (firstError && loaded == 0)
        return tl::unexpected(*firstError);
    if (merged.m_contexts.isEmpty() && merged.addServiceAccount())
        return merged;
    if (loaded > 0)
        return merged;
    return wrong(u"no kubeconfig found (looked for: %1); set KUBECONFIG or use --kubeconfig FILE"_s.arg(
        quotedList(sources.files)));
}

// K15: a pod's own service account is the one context "in-cluster" of a kubeconfig that is empty.
bool Kubeconfig::addServiceAccount()
{
    const QString tokenFile = m_sources.accountFolder + u"/token"_s;
    if (m_sources.isExplicit || m_sources.serviceHost.isEmpty() || m_sources.servicePort.isEmpty()
        || !QFileInfo::exists(tokenFile))
        return false;
    const QString host = m_sources.serviceHost.contains(u':') ? QString(u'[' + m_sources.serviceHost + u']')
                                                              : m_sources.serviceHost;
    KubeconfigFile account;
    account.path = m_sources.accountFolder;
    KubeconfigCluster cluster;
    cluster.file = account.path;
    cluster.server = u"https://%1:%2"_s.arg(host, m_sources.servicePort);
    cluster.caFile = QFileInfo::exists(m_sources.accountFolder + u"/ca.crt"_s)
        ? QString(m_sources.accountFolder + u"/ca.crt"_s)
        : QString();
    KubeconfigUser user;
    user.file = account.path;
    user.tokenFile = tokenFile;
    QFile nameSpaceFile(m_sources.accountFolder + u"/namespace"_s);
    QString nameSpace = m_sources.podNameSpace;
    if (nameSpace.isEmpty() && nameSpaceFile.open(QIODevice::ReadOnly))
        nameSpace = QString::fromUtf8(nameSpaceFile.read(1024)).trimmed();
    const QString name = u"in-cluster"_s;
    account.currentContext = name;
    account.clusters.append({name, std::make_shared<const KubeconfigCluster>(cluster)});
    account.users.append({name, std::make_shared<const KubeconfigUser>(user)});
    account.contexts.append({name, name, name, nameSpace, account.path});
    merge(account);
    return true;
}

void Kubeconfig::merge(const KubeconfigFile &file) // K3: whole entries, the first file that has a name wins
{
    for (const auto &[name, cluster] : file.clusters) {
        if (!m_clusters.contains(name))
            m_clusters.insert(name, cluster);
    }
    for (const auto &[name, user] : file.users) {
        if (!m_users.contains(name))
            m_users.insert(name, user);
    }
    for (const ContextEntry &context : file.contexts) {
        const bool isKnown =
            std::any_of(m_contexts.cbegin(), m_contexts.cend(),
                        [&](const ContextEntry &known) { return known.name == context.name; });
        if (isKnown)
            continue;
        m_contexts.append(context);
        if (file.demoContexts.contains(context.name))
            m_demoContexts.append(context.name);
    }
    if (m_currentContext.isEmpty())
        m_currentContext = file.currentContext;
}

Result<ContextEntry> Kubeconfig::findContext(const QString &name) const
{
    const QString where = quotedList(m_sources.files);
    QStringList names;
    for (const ContextEntry &context : m_contexts) {
        if (context.name == name)
            return context;
        names.append(context.name);
    }
    if (names.isEmpty())
        return wrong(
            u"kubeconfig %1 has no contexts; add one with kubectl config set-context, or name another file with --kubeconfig"_s
                .arg(where));
    if (name.isEmpty())
        return wrong(u"kubeconfig %1 sets no current-context; choose one with --context: %2"_s.arg(
            where, quotedList(names)));
    return wrong(u"context “%1” is not in kubeconfig %2; choose another by --context, there are: %3"_s.arg(
        name, where, quotedList(names)));
}

Result<void> Kubeconfig::complete() const
{
    if (m_warnings.isEmpty())
        return {};
    return wrong(
        u"%1; the other files of KUBECONFIG are not used without it, as it may name another current context: correct it, or take it out of KUBECONFIG"_s
            .arg(m_warnings.join(u"; "_s)));
}

Result<Connection> Kubeconfig::connection(const QString &context) const
{
    const Result<ContextEntry> entry = findContext(context.isEmpty() ? m_currentContext : context);
    if (!entry)
        return tl::unexpected(entry.error());
    const QString owner = u"context “%1” in %2"_s.arg(entry->name, entry->file);
    const auto cluster = m_clusters.value(entry->cluster);
    if (!cluster)
        return wrong(u"%1 names the cluster “%2”, which is nowhere; correct the name, there are: %3"_s.arg(
            owner, entry->cluster, quotedList(m_clusters.keys())));
    const auto user =
        entry->user.isEmpty() ? std::make_shared<const KubeconfigUser>() : m_users.value(entry->user);
    if (!user)
        return wrong(u"%1 names the user “%2”, who is nowhere; correct the name, there are: %3"_s.arg(
            owner, entry->user, quotedList(m_users.keys())));

    Connection connection;
    connection.context = entry->name;
    connection.cluster = entry->cluster;
    connection.user = entry->user;
    connection.nameSpace = entry->nameSpace.isEmpty() ? u"default"_s : entry->nameSpace;
    connection.file = entry->file;
    connection.again = [sources = m_sources, name = entry->name]() -> Result<Connection> {
        const Result<Kubeconfig> now = load(sources);
        return now ? now->connection(name) : tl::unexpected(now.error());
    };
    const bool hasClientCertificate = !user->certificateFile.isEmpty() || !user->certificateData.isEmpty();
    if (const Result<void> added = addCluster(connection, *cluster, hasClientCertificate); !added)
        return tl::unexpected(added.error());
    if (const Result<void> added = addUser(connection, *user, *cluster); !added)
        return tl::unexpected(added.error());
    // The demo's marker counts only where the demo writes: one private file, and a cluster on this machine.
    const bool isDemo = m_demoContexts.contains(entry->name) && cluster->file == entry->file
        && isLoopback(connection.server) && isPrivateFile(entry->file);
    connection.mode = isDemo ? WriteMode::Normal : WriteMode::Confirm;
    return connection;
}

} // namespace kube
