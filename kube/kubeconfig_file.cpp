// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig_file.h"

#include "kube/kubeconfig_yaml.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

constexpr qint64 maxFileBytes = 16 * 1024 * 1024; // hundreds of clusters with their CAs take about one

bool isAbsent(const YAML::Node &node) { return !node.IsDefined() || node.IsNull(); }

// Not with the value, which may be a secret.
QString textOf(const YAML::Node &value, const QString &name)
{
    if (isAbsent(value))
        return {};
    if (!value.IsScalar())
        throw WrongEntry{u"“%1” must be a text"_s.arg(name), lineOf(value)};
    if (!isText(value))
        throw WrongEntry{
            u"“%1” must be a text, and YAML takes this for a number, true or false: put it in quotes"_s.arg(
                name),
            lineOf(value)};
    return QString::fromStdString(value.Scalar());
}

QString text(const YAML::Node &node, const char *name)
{
    return textOf(member(node, name), QString::fromLatin1(name));
}

bool flag(const YAML::Node &node, const char *name)
{
    const YAML::Node value = member(node, name);
    if (isAbsent(value))
        return false;
    const std::optional<bool> result = asFlag(value);
    if (!result)
        throw WrongEntry{u"“%1” must be true or false, without quotes"_s.arg(QLatin1String(name)),
                         lineOf(value)};
    return *result;
}

QByteArray data(const YAML::Node &node, const char *name)
{
    const QByteArray sent = text(node, name).toUtf8().simplified().replace(' ', "");
    const auto decoded = QByteArray::fromBase64Encoding(sent, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        throw WrongEntry{u"“%1” is not base64"_s.arg(QLatin1String(name)), lineOf(member(node, name))};
    return *decoded;
}

// Calls entry(name, body) for each member of one of the named lists that a kubeconfig is made of.
template<typename Entry>
void eachNamed(const YAML::Node &root, const char *list, const char *body, Entry entry)
{
    const YAML::Node items = member(root, list);
    if (isAbsent(items))
        return;
    if (!items.IsSequence())
        throw WrongEntry{u"“%1” must be a list"_s.arg(QLatin1String(list)), lineOf(items)};
    QStringList names;
    for (const YAML::Node &item : items) {
        const QString name = text(item, "name");
        if (names.contains(name)) // K5
            throw WrongEntry{u"the name “%1” stands twice in “%2”"_s.arg(name, QLatin1String(list)),
                             lineOf(item)};
        names.append(name);
        const YAML::Node content = member(item, body);
        entry(name, isAbsent(content) ? YAML::Node(YAML::NodeType::Map) : content);
    }
}

QString absolutePath(const QString &file, const QString &path)
{
    return path.isEmpty() ? path : QDir::cleanPath(QFileInfo(file).absoluteDir().absoluteFilePath(path));
}

// The demo marks what it wrote: an extension sallyport.dev/demo that names this very file, so that a copy does not count.
bool carriesDemoMarker(const YAML::Node &node, const QString &file)
{
    bool found = false;
    const QString here = QFileInfo(file).canonicalFilePath();
    eachNamed(node, "extensions", "extension", [&](const QString &name, const YAML::Node &value) {
        if (name == u"sallyport.dev/demo" && value.IsMap() && text(value, "mode") == u"Normal")
            found = found || QFileInfo(text(value, "file")).canonicalFilePath() == here;
    });
    return found;
}

KubeconfigCluster readCluster(const YAML::Node &node, const QString &file)
{
    KubeconfigCluster cluster;
    cluster.file = file;
    cluster.server = text(node, "server");
    cluster.tlsServerName = text(node, "tls-server-name");
    cluster.proxyUrl = text(node, "proxy-url");
    cluster.caFile = absolutePath(file, text(node, "certificate-authority"));
    cluster.caData = data(node, "certificate-authority-data");
    cluster.insecure = flag(node, "insecure-skip-tls-verify");
    cluster.compress = !flag(node, "disable-compression");
    eachNamed(node, "extensions", "extension", [&cluster](const QString &name, const YAML::Node &value) {
        if (name == u"client.authentication.k8s.io/exec")
            cluster.execConfig = extensionJson(value);
    });
    return cluster;
}

void readImpersonation(const YAML::Node &node, KubeconfigUser &user)
{
    user.asUser = text(node, "as");
    user.asUid = text(node, "as-uid");
    const YAML::Node groups = member(node, "as-groups");
    for (size_t i = 0; !isAbsent(groups) && i < groups.size(); ++i)
        user.asGroups.append(textOf(groups[i], u"as-groups"_s));
    const YAML::Node extra = member(node, "as-user-extra");
    if (isAbsent(extra) || !extra.IsMap())
        return;
    for (const auto &[name, values] : membersOf(extra)) {
        for (const YAML::Node &value : values)
            user.asExtra.append({QString::fromStdString(name), textOf(value, u"as-user-extra"_s)});
    }
}

void readExec(const YAML::Node &node, KubeconfigUser &user)
{
    if (isAbsent(node))
        return;
    ExecPlugin plugin;
    plugin.apiVersion = text(node, "apiVersion");
    plugin.command = text(node, "command");
    if (plugin.command.contains(u'/') || plugin.command.contains(QDir::separator())) // K4
        plugin.command = absolutePath(user.file, plugin.command);
    plugin.installHint = text(node, "installHint");
    plugin.provideClusterInfo = flag(node, "provideClusterInfo");
    const YAML::Node arguments = member(node, "args");
    for (size_t i = 0; !isAbsent(arguments) && i < arguments.size(); ++i)
        plugin.arguments.append(textOf(arguments[i], u"args"_s));
    const YAML::Node environment = member(node, "env");
    for (size_t i = 0; !isAbsent(environment) && i < environment.size(); ++i)
        plugin.environment.append({text(environment[i], "name"), text(environment[i], "value")});
    user.interactiveMode = text(node, "interactiveMode");
    user.exec = plugin;
}

void readAuthProvider(const YAML::Node &node, KubeconfigUser &user)
{
    if (isAbsent(node))
        return;
    user.authProvider = text(node, "name").isEmpty() ? u"(no name)"_s : text(node, "name");
    const YAML::Node config = member(node, "config");
    for (const auto &[name, value] : membersOf(config))
        user.authProviderConfig.insert(QString::fromStdString(name),
                                       textOf(value, QString::fromStdString(name)));
}

KubeconfigUser readUser(const YAML::Node &node, const QString &file)
{
    KubeconfigUser user;
    user.file = file;
    user.certificateFile = absolutePath(file, text(node, "client-certificate"));
    user.certificateData = data(node, "client-certificate-data");
    user.keyFile = absolutePath(file, text(node, "client-key"));
    user.keyData = data(node, "client-key-data");
    user.token = text(node, "token");
    user.tokenFile = absolutePath(file, text(node, "tokenFile"));
    user.userName = text(node, "username");
    user.password = text(node, "password");
    readExec(member(node, "exec"), user);
    readAuthProvider(member(node, "auth-provider"), user);
    readImpersonation(node, user);
    return user;
}

KubeconfigFile readRoot(const YAML::Node &root, const QString &path)
{
    KubeconfigFile file;
    file.path = path;
    if (isAbsent(root)) // an empty file is a valid one
        return file;
    if (!root.IsMap())
        throw WrongEntry{
            u"this is not a kubeconfig (a mapping with clusters, users and contexts is expected)"_s,
            lineOf(root)};
    // As kubectl: what says nothing is taken for this, and nothing else is.
    for (const auto &[name, wanted] : {std::pair("apiVersion", u"v1"_s), std::pair("kind", u"Config"_s)}) {
        if (const QString said = text(root, name); !said.isEmpty() && said != wanted)
            throw WrongEntry{u"this is not a kubeconfig: its “%1” is “%2”, and %3 is expected"_s.arg(
                                 QLatin1String(name), said, wanted),
                             lineOf(member(root, name))};
    }
    file.currentContext = text(root, "current-context");
    QStringList demoClusters;
    eachNamed(root, "clusters", "cluster", [&](const QString &name, const YAML::Node &node) {
        file.clusters.append({name, std::make_shared<const KubeconfigCluster>(readCluster(node, path))});
        if (carriesDemoMarker(node, path))
            demoClusters.append(name);
    });
    eachNamed(root, "users", "user", [&](const QString &name, const YAML::Node &node) {
        file.users.append({name, std::make_shared<const KubeconfigUser>(readUser(node, path))});
    });
    const bool wholeFile = carriesDemoMarker(root, path);
    eachNamed(root, "contexts", "context", [&](const QString &name, const YAML::Node &node) {
        const ContextEntry entry{name, text(node, "cluster"), text(node, "user"), text(node, "namespace"),
                                 path};
        file.contexts.append(entry);
        if (wholeFile || carriesDemoMarker(node, path) || demoClusters.contains(entry.cluster))
            file.demoContexts.append(name);
    });
    return file;
}

QString place(const QString &path, int line)
{
    return line > 0 ? u"kubeconfig %1, line %2"_s.arg(path, QString::number(line))
                    : u"kubeconfig %1"_s.arg(path);
}

} // namespace

Result<KubeconfigFile> readKubeconfigFile(const QString &path)
{
    if (QFileInfo(path).isDir())
        return failure(Error::Kind::Config, u"kubeconfig %1 is a folder; name the file in it"_s.arg(path));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(
            Error::Kind::Config,
            u"kubeconfig %1 cannot be read: %2; make it readable for yourself (chmod u+r), or name another file by --kubeconfig or KUBECONFIG"_s
                .arg(path, file.errorString()));
    const QByteArray content = file.read(maxFileBytes + 1);
    if (content.size() > maxFileBytes)
        return failure(Error::Kind::Config,
                       u"kubeconfig %1 is larger than 16 MiB; is it the right file?"_s.arg(path));
    try {
        return readRoot(YAML::Load(content.toStdString()), path);
    } catch (const WrongEntry &wrong) {
        return failure(Error::Kind::Config,
                       u"%1: %2; correct it, or name another file by --kubeconfig or KUBECONFIG"_s.arg(
                           place(path, wrong.line), wrong.message));
    } catch (const YAML::Exception &broken) {
        const int line = broken.mark.is_null() ? 0 : broken.mark.line + 1;
        return failure(
            Error::Kind::Config,
            u"%1: broken YAML: %2; correct it there (look at indentation, tabs and quotes), or name another "
            u"file by "
            "--kubeconfig or KUBECONFIG"_s.arg(place(path, line), QString::fromStdString(broken.msg)));
    }
}

} // namespace kube
