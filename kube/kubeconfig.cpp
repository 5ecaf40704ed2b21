// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig.h"

#include "kube/certificate.h"
#include "kube/kubeconfig_file.h"

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

// Either the data or the content of the file; what: "certificate-authority" …  K6: both is an error.
Result<QByteArray> dataOrFile(const QByteArray &data, const QString &path, const QString &owner, const QString &what)
{
    if (path.isEmpty())
        return data;
    if (!data.isEmpty())
        return wrong(u"%1: both %2 and %2-data are set; remove one"_s.arg(owner, what));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(u"%1: its %2 %3 cannot be read: %4"_s.arg(owner, what, path, file.errorString()));
    const QByteArray content = file.read(4 * 1024 * 1024);
    if (content.isEmpty())
        return wrong(u"%1: its %2 %3 is empty"_s.arg(owner, what, path));
    return content;
}

Result<void> checkCertificates(const QByteArray &pem, const QString &owner, const QString &what)
{
    const Result<QList<Certificate>> certificates = pem.isEmpty() ? QList<Certificate>() : readPem(pem);
    if (!certificates)
        return wrong(u"%1: its %2 is unusable: %3"_s.arg(owner, what, certificates.error().message));
    return {};
}

Result<void> checkKey(const QByteArray &pem, const QString &owner)
{
    // OpenSSL would ask for the pass phrase on the terminal, and wait there.
    if (pem.contains("ENCRYPTED"))
        return wrong(u"%1: its client-key is protected by a pass phrase; store it without one: openssl pkey -in KEY -out NEW-KEY"_s.arg(owner));
    if (!pem.isEmpty() && !pem.contains("PRIVATE KEY-----"))
        return wrong(u"%1: its client-key is no private key in PEM form"_s.arg(owner));
    return {};
}

// K7: host, host:port or URL; without scheme https only if something of TLS is configured; a path stays as prefix.
Result<QUrl> serverUrl(const KubeconfigCluster &cluster, bool hasClientCertificate, const QString &owner)
{
    if (cluster.server.isEmpty())
        return wrong(u"%1 names no server; set it with: kubectl config set-cluster NAME --server=https://…"_s.arg(owner));
    QString text = cluster.server;
    if (!text.contains(u"://")) {
        const bool hasTls = cluster.insecure || !cluster.caFile.isEmpty() || !cluster.caData.isEmpty() || hasClientCertificate;
        text.prepend(hasTls ? u"https://"_s : u"http://"_s);
    }
    QUrl url(text, QUrl::StrictMode);
    const bool isHttp = url.scheme() == u"https" || url.scheme() == u"http";
    if (!url.isValid() || !isHttp || url.host().isEmpty() || !url.userInfo().isEmpty())
        return wrong(u"%1: the server “%2” is no http or https address"_s.arg(owner, cluster.server));
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
    const QFile::Permissions others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
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
            return wrong(u"%1: the names it impersonates contain control characters"_s.arg(owner));
    }
    return headers;
}

Result<void> checkSignIn(const KubeconfigUser &user, const QString &owner)
{
    const bool hasToken = !user.token.isEmpty() || !user.tokenFile.isEmpty();
    const bool hasBasic = !user.userName.isEmpty() || !user.password.isEmpty();
    if (hasToken && hasBasic)
        return wrong(u"%1 has both a token and a user name with password; remove one"_s.arg(owner));
    if (hasBasic)
        return wrong(u"%1 signs in by user name and password, which API servers refuse since 1.19; use a token or a client certificate"_s.arg(owner));
    if (!isHeaderValue(user.token))
        return wrong(u"%1: its token contains line breaks or control characters; write it on one line"_s.arg(owner));
    const bool isStatic = hasToken || !user.certificateFile.isEmpty() || !user.certificateData.isEmpty();
    if (isStatic) // then client-go does not run the plug-in either
        return {};
    if (!user.execCommand.isEmpty())
        return wrong(u"%1 signs in by the program “%2” (exec), which this version cannot run yet; add a token or a client certificate, for example: "
                     "kubectl config set-credentials NAME --token=\"$(kubectl create token ACCOUNT)\""_s.arg(owner, user.execCommand));
    if (!user.authProvider.isEmpty())
        return wrong(u"%1 signs in by the auth-provider “%2”, which this version does not know; add a token or a client certificate, for example: "
                     "kubectl config set-credentials NAME --token=\"$(kubectl create token ACCOUNT)\""_s.arg(owner, user.authProvider));
    return {};
}

Result<void> checkTokenFile(const KubeconfigUser &user, const QString &owner)
{
    if (user.tokenFile.isEmpty() || !user.token.isEmpty()) // K11: the inline one serves while the file cannot be read
        return {};
    QFile file(user.tokenFile);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(u"%1: its tokenFile %2 cannot be read: %3"_s.arg(owner, user.tokenFile, file.errorString()));
    return {};
}

Result<void> addCluster(Connection &connection, const KubeconfigCluster &cluster, bool hasClientCertificate)
{
    const QString owner = u"cluster “%1” in %2"_s.arg(connection.cluster, cluster.file);
    const Result<QUrl> server = serverUrl(cluster, hasClientCertificate, owner);
    if (!server)
        return tl::unexpected(server.error());
    const Result<QByteArray> ca = dataOrFile(cluster.caData, cluster.caFile, owner, u"certificate-authority"_s);
    if (!ca)
        return tl::unexpected(ca.error());
    if (cluster.insecure && !ca->isEmpty()) // K9
        return wrong(u"%1: insecure-skip-tls-verify contradicts its certificate-authority; remove one"_s.arg(owner));
    if (const Result<void> checked = checkCertificates(*ca, owner, u"certificate-authority"_s); !checked)
        return checked;
    if (const Result<void> checked = checkProxy(cluster.proxyUrl, owner); !checked)
        return checked;
    connection.server = *server;
    connection.trustedCa = *ca;
    connection.insecure = cluster.insecure;
    connection.compress = cluster.compress;
    connection.tlsServerName = cluster.tlsServerName;
    connection.proxyUrl = cluster.proxyUrl;
    return {};
}

Result<void> addUser(Connection &connection, const KubeconfigUser &user)
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
    const Result<QByteArray> certificate = dataOrFile(user.certificateData, user.certificateFile, owner, u"client-certificate"_s);
    if (!certificate)
        return tl::unexpected(certificate.error());
    const Result<QByteArray> key = dataOrFile(user.keyData, user.keyFile, owner, u"client-key"_s);
    if (!key)
        return tl::unexpected(key.error());
    if (!certificate->isEmpty() && key->isEmpty())
        return wrong(u"%1 has a client-certificate without a client-key"_s.arg(owner));
    if (const Result<void> checked = checkCertificates(*certificate, owner, u"client-certificate"_s); !checked)
        return checked;
    if (const Result<void> checked = checkKey(*key, owner); !checked)
        return checked;
    if (!certificate->isEmpty()) { // K6: a key alone is allowed and means nothing
        connection.clientCertificate = *certificate;
        connection.clientKey = *key;
    }
    connection.token = user.token.toUtf8();
    connection.tokenFile = user.tokenFile;
    return {};
}

} // namespace

KubeconfigSources kubeconfigSources(const QString &explicitFile, const QString &kubeconfigVariable, const QString &home)
{
    if (!explicitFile.isEmpty())
        return {{explicitFile}, true};
    KubeconfigSources sources;
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
    if (loaded > 0)
        return merged;
    if (firstError)
        return tl::unexpected(*firstError);
    return wrong(u"no kubeconfig found (looked for: %1); set KUBECONFIG or use --kubeconfig FILE"_s.arg(quotedList(sources.files)));
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
        const bool isKnown = std::any_of(m_contexts.cbegin(), m_contexts.cend(), [&](const ContextEntry &known) { return known.name == context.name; });
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
        return wrong(u"kubeconfig %1 has no contexts; add one with kubectl config set-context, or name another file with --kubeconfig"_s.arg(where));
    if (name.isEmpty())
        return wrong(u"kubeconfig %1 sets no current-context; choose one with --context: %2"_s.arg(where, quotedList(names)));
    return wrong(u"context “%1” is not in kubeconfig %2; there are: %3"_s.arg(name, where, quotedList(names)));
}

Result<Connection> Kubeconfig::connection(const QString &context) const
{
    const Result<ContextEntry> entry = findContext(context.isEmpty() ? m_currentContext : context);
    if (!entry)
        return tl::unexpected(entry.error());
    const QString owner = u"context “%1” in %2"_s.arg(entry->name, entry->file);
    const auto cluster = m_clusters.value(entry->cluster);
    if (!cluster)
        return wrong(u"%1 names the cluster “%2”, which is nowhere; there are: %3"_s.arg(owner, entry->cluster, quotedList(m_clusters.keys())));
    const auto user = entry->user.isEmpty() ? std::make_shared<const KubeconfigUser>() : m_users.value(entry->user);
    if (!user)
        return wrong(u"%1 names the user “%2”, who is nowhere; there are: %3"_s.arg(owner, entry->user, quotedList(m_users.keys())));

    Connection connection;
    connection.context = entry->name;
    connection.cluster = entry->cluster;
    connection.user = entry->user;
    connection.nameSpace = entry->nameSpace.isEmpty() ? u"default"_s : entry->nameSpace;
    connection.file = entry->file;
    const bool hasClientCertificate = !user->certificateFile.isEmpty() || !user->certificateData.isEmpty();
    if (const Result<void> added = addCluster(connection, *cluster, hasClientCertificate); !added)
        return tl::unexpected(added.error());
    if (const Result<void> added = addUser(connection, *user); !added)
        return tl::unexpected(added.error());
    // The demo's marker counts only where the demo writes: one private file, and a cluster on this machine.
    const bool isDemo = m_demoContexts.contains(entry->name) && cluster->file == entry->file && isLoopback(connection.server)
        && isPrivateFile(entry->file);
    connection.mode = isDemo ? WriteMode::Normal : WriteMode::Confirm;
    return connection;
}

} // namespace kube
