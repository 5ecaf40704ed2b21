// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig.h"

#include "kube/certificate.h"
#include "kube/kubeconfig_entries.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QUrl>

#include <algorithm>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace kube {
namespace {

tl::unexpected<Error> wrong(const QString &message) { return failure(Error::Kind::Config, message); }

QString quotedList(const QStringList &names) { return names.isEmpty() ? u"none"_s : names.join(u", "_s); }

bool isLoopback(const QUrl &url)
{
    return url.host() == u"localhost" || QHostAddress(url.host()).isLoopback();
}

// As app/demo/mesh.cpp calls it.  Other clusters on this machine, and those behind a tunnel, have an authority of another name, and a
// server that shows no certificate of such a one is not spoken to.
bool isDemosAuthority(const QByteArray &pem)
{
    const Result<QList<Certificate>> authority = readPem(pem);
    return authority && authority->size() == 1 && authority->constFirst().subject == u"O=demo cluster";
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

// What a pod lacks to be connected with its own cluster; "": this is no pod.
static QString whyNoServiceAccount(const KubeconfigSources &sources)
{
    if (sources.serviceHost.isEmpty())
        return {};
    if (sources.servicePort.isEmpty())
        return u". KUBERNETES_SERVICE_HOST is set, as in a pod, but KUBERNETES_SERVICE_PORT is not"_s;
    return u". KUBERNETES_SERVICE_HOST is set, as in a pod, but its service account's token %1/token is missing; set automountServiceAccountToken: true in the pod's spec to use it"_s
        .arg(sources.accountFolder);
}

QString Connection::clusterEntry() const { return u"cluster “%1” in %2"_s.arg(cluster, fileOfCluster()); }
QString Connection::userEntry() const { return u"user “%1” in %2"_s.arg(user, fileOfUser()); }

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
    return wrong(u"no kubeconfig found (looked for: %1); set KUBECONFIG or use --kubeconfig FILE%2"_s.arg(
        quotedList(sources.files), whyNoServiceAccount(sources)));
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

QString Kubeconfig::serverOf(const ContextEntry &context) const
{
    const auto cluster = m_clusters.value(context.cluster);
    const QUrl address(cluster ? cluster->server : QString());
    return address.isValid() ? address.toString(QUrl::RemoveUserInfo) : QString();
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
    // A user who is nowhere is nobody, as with client-go: what is asked then is asked without credentials.
    const auto user = m_users.value(entry->user, std::make_shared<const KubeconfigUser>());

    Connection connection;
    connection.context = entry->name;
    connection.cluster = entry->cluster;
    connection.user = entry->user;
    connection.nameSpace = entry->nameSpace.isEmpty() ? u"default"_s : entry->nameSpace;
    connection.file = entry->file;
    connection.clusterFile = cluster->file;
    connection.userFile = user->file;
    connection.again = [sources = m_sources, name = entry->name]() -> Result<Connection> {
        const Result<Kubeconfig> now = load(sources);
        return now ? now->connection(name) : tl::unexpected(now.error());
    };
    const bool hasClientCertificate = !user->certificateFile.isEmpty() || !user->certificateData.isEmpty();
    if (const Result<void> added = addCluster(connection, *cluster, hasClientCertificate); !added)
        return tl::unexpected(added.error());
    if (const Result<void> added = addUser(connection, *user, *cluster); !added)
        return tl::unexpected(added.error());
    // The demo's marker counts only where the demo writes: one private file, and a cluster on this machine that is the demo's.
    const bool isDemo = m_demoContexts.contains(entry->name) && cluster->file == entry->file
        && isLoopback(connection.server) && isPrivateFile(entry->file)
        && isDemosAuthority(connection.trustedCa);
    connection.mode = isDemo ? WriteMode::Normal : WriteMode::Confirm;
    return connection;
}

} // namespace kube
