// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig.h"
#include "tests/kube/test_authority.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

class KubeconfigTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    TestAuthority m_authority;
    TestIdentity m_identity = m_authority.issue({});

    QString write(const QString &name, const QByteArray &content)
    {
        const QString path = m_dir.filePath(name);
        QDir().mkpath(QFileInfo(path).absolutePath());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(path));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        return path;
    }

    // One cluster, one user, one context "dev"; cluster and user are flow mappings.
    static QByteArray config(const QByteArray &cluster, const QByteArray &user,
                             const QByteArray &context = "cluster: c, user: u")
    {
        return "apiVersion: v1\nkind: Config\ncurrent-context: dev\nclusters:\n- name: c\n  cluster: {"
            + cluster + "}\nusers:\n- name: u\n  user: {" + user + "}\ncontexts:\n- name: dev\n  context: {"
            + context + "}\n";
    }

    // Of that name, as a member of a cluster.
    QByteArray authority(const QString &organization) const
    {
        CertificateWish wish;
        wish.organization = organization;
        wish.isCa = true;
        return "certificate-authority-data: " + m_authority.issue(wish).certificate.toBase64();
    }

    Result<Connection> connect(const QByteArray &content, const QString &context = {})
    {
        const Result<Kubeconfig> loaded = Kubeconfig::load({{write(u"config"_s, content)}, true});
        if (!loaded)
            return tl::unexpected(loaded.error());
        return loaded->connection(context);
    }

    static QByteArray named(const QByteArray &name, const QByteArray &owner)
    {
        return "- name: " + name + "\n  cluster: {server: 'https://" + owner + '.' + name + ":6443'}\n";
    }

private Q_SLOTS:
    void whichFilesAreRead_data()
    {
        QTest::addColumn<QString>("explicitFile");
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QStringList>("files");
        const QChar sep = QDir::listSeparator();
        QTest::newRow("nothing set") << QString() << QString() << QStringList{u"/h/.kube/config"_s};
        QTest::newRow("a list") << QString() << QString(u"a"_s + sep + u"b"_s) << QStringList{u"a"_s, u"b"_s};
        QTest::newRow("doubles and gaps")
            << QString() << QString(QString(sep) + u"a"_s + sep + sep + u"b"_s + sep + u"a"_s)
            << QStringList{u"a"_s, u"b"_s};
        QTest::newRow("the option wins") << u"x"_s << u"a"_s << QStringList{u"x"_s};
    }

    void whichFilesAreRead()
    {
        QFETCH(QString, explicitFile);
        QFETCH(QString, variable);
        QFETCH(QStringList, files);
        const KubeconfigSources sources = kubeconfigSources(explicitFile, variable, u"/h"_s);
        QCOMPARE(sources.files, files);
        QCOMPARE(sources.isExplicit, !explicitFile.isEmpty());
    }

    void theFirstFileThatHasANameWinsWithItsWholeEntry()
    {
        const QString one = write(u"one"_s,
                                  "current-context: ''\nclusters:\n" + named("a", "one") + named("b", "one")
                                      + "contexts:\n- {name: x, context: {cluster: b, namespace: first}}\n");
        const QString two = write(
            u"two"_s,
            "current-context: 'y'\nclusters:\n" + named("b", "two") + named("c", "two")
                + "contexts:\n- {name: x, context: {cluster: c}}\n- {name: 'y', context: {cluster: c}}\n");
        const Result<Kubeconfig> merged = Kubeconfig::load({{one, m_dir.filePath(u"absent"_s), two}, false});
        QVERIFY(merged);
        QVERIFY(merged->warnings().isEmpty());
        QCOMPARE(merged->currentContext(), u"y"_s);
        QCOMPARE(merged->contexts().size(), 2);
        const Result<Connection> x = merged->connection(u"x"_s);
        QVERIFY(x);
        QCOMPARE(x->server, QUrl(u"https://one.b:6443"_s));
        QCOMPARE(x->nameSpace, u"first"_s);
        QCOMPARE(x->file, one);
        QCOMPARE(merged->connection()->server, QUrl(u"https://two.c:6443"_s));
        QCOMPARE(merged->connection()->nameSpace, u"default"_s);
    }

    void aBrokenFileOfAListIsAWarning()
    {
        const QString good = write(u"good"_s, config("server: 'https://a:1'", "token: t"));
        const QString broken = write(u"broken"_s, "clusters:\n- name: [\n");
        const Result<Kubeconfig> merged = Kubeconfig::load({{broken, good}, false});
        QVERIFY(merged);
        QCOMPARE(merged->warnings().size(), 1);
        QVERIFY2(merged->warnings().first().contains(broken), qPrintable(merged->warnings().first()));
        QVERIFY(merged->connection());
    }

    void whatIsWrongIsSaidWithFileAndLine_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("context");
        QTest::addColumn<QStringList>("words");
        const auto row = [](const char *name, const QByteArray &content, const QStringList &words,
                            const QString &context = {}) {
            QTest::newRow(name) << content << context << words;
        };
        const QByteArray ok = config("server: 'https://a:1'", "token: t");
        const QByteArray emptyFile = write(u"empty.crt"_s, "").toUtf8();
        row("broken YAML", "clusters:\n- name: c\n  cluster: [\n", {u"line 4"_s, u"broken YAML"_s});
        row("a tab", "clusters:\n\t- name: c\n", {u"line 2"_s, u"broken YAML"_s});
        row("not a mapping", "just words\n", {u"line 1"_s, u"not a kubeconfig"_s});
        row("the same name twice", "clusters: []\nusers:\n- {name: u}\n- {name: u}\n",
            {u"“u” stands twice in “users”"_s, u"line 4"_s});
        row("bad base64", config("server: 'https://a:1', certificate-authority-data: '!!'", ""),
            {u"line 6"_s, u"“certificate-authority-data” is not base64"_s});
        row("a list where a text belongs", config("server: [a]", ""),
            {u"line 6"_s, u"“server” must be a text"_s});
        const auto execConfig = [](const QByteArray &extension) {
            return config("server: 'https://a', extensions: [{name: client.authentication.k8s.io/exec, "
                          "extension: "
                              + extension + "}]",
                          "");
        };
        QByteArray aliases = "[&a0 [x, x]";
        for (int i = 1; i < 40; ++i)
            aliases += ", &a" + QByteArray::number(i) + " [*a" + QByteArray::number(i - 1) + ", *a"
                + QByteArray::number(i - 1) + "]";
        row("aliases of aliases", execConfig(aliases + "]"), {u"line 6"_s, u"aliases"_s});
        row("an alias within itself", execConfig("&a [*a]"), {u"aliases"_s});
        row("a merge key that leads to itself", config("<<: &a {<<: *a}", ""), {u"<<"_s});
        row("a merge key of a text", config("<<: x", ""), {u"line 6"_s, u"“<<” merges a map"_s});
        row("a flag that is none", config("server: 'https://a', insecure-skip-tls-verify: maybe", ""),
            {u"line 6"_s, u"must be true or false"_s});
        row("a flag in quotes", config("server: 'https://a', insecure-skip-tls-verify: 'true'", ""),
            {u"line 6"_s, u"must be true or false, without quotes"_s});
        for (const char *number : {"1234", "0x10", "1e5", "1_000", "true", "No", ".inf", "-.INF", "+.Inf",
                                   ".nan", ".NaN", "1.e5", "!!int \"5\"", "!!float 3", "!!bool 'yes'"})
            row(number, config("server: 'https://a'", QByteArray("token: ") + number),
                {u"“token” must be a text"_s, u"put it in quotes"_s});
        row("a number as a password", config("server: 'https://a'", "username: a, password: 007"),
            {u"“password” must be a text"_s});
        row("a number as an argument", config("server: 'https://a'", "exec: {command: a, args: [x, 5]}"),
            {u"“args” must be a text"_s});
        row("a later version", QByteArray(ok).replace("v1", "v2"),
            {u"line 1"_s, u"its “apiVersion” is “v2”, and v1 is expected"_s});
        row("another kind", QByteArray(ok).replace("Config", "Pod"),
            {u"line 2"_s, u"its “kind” is “Pod”, and Config is expected"_s});
        row("a key that is a folder",
            config("server: 'https://a'", "client-certificate-data: eA==, client-key: ."),
            {u"its client-key "_s, u"it is a folder; name the file in it"_s});
        row("a token file that is a folder", config("server: 'https://a'", "tokenFile: ."),
            {u"its tokenFile "_s, u"it is a folder; name the file in it"_s});
        row("an unknown context", ok, {u"context “prod” is not in"_s, u"there are: dev"_s}, u"prod"_s);
        row("no contexts", "clusters: []\n", {u"has no contexts"_s});
        row("empty file", "", {u"has no contexts"_s});
        row("no current context", "contexts:\n- {name: a}\n- {name: b}\n",
            {u"no current-context"_s, u"--context"_s, u"a, b"_s});
        row("cluster nowhere", config("server: 'https://a'", "", "cluster: other, user: u"),
            {u"cluster “other”"_s, u"there are: c"_s});
        row("no server", config("", ""), {u"cluster “c”"_s, u"names no server"_s});
        row("a server of another scheme", config("server: 'ftp://a'", ""),
            {u"“ftp://a” is no http or https address"_s});
        row("a space before the server", config("server: ' https://a'", ""),
            {u"“ https://a” is no http or https address"_s});
        row("a space behind the server", config("server: 'https://a '", ""),
            {u"“https://a ” is no http or https address"_s});
        row("a password in a server that is none", config("server: 'ftp://jane:s3cret@a'", ""),
            {u"“ftp://a” is no http or https address"_s});
        row("a password that is not encoded", config("server: 'https://jane:s3cret/@s3cret@a b'", ""),
            {u"“https://a b” is no http or https address"_s});
        row("a password before no name", config("server: 'jane:s3cret@'", ""), {u"“” is no http"_s});
        const auto exec = [](const QByteArray &more) {
            return config("server: 'https://a'", "exec: {command: aws" + more + "}");
        };
        row("exec without version", exec(""), {u"user “u”"_s, u"the apiVersion “”"_s, u"“aws”"_s});
        row("exec of a version that is gone", exec(", apiVersion: client.authentication.k8s.io/v1alpha1"),
            {u"v1alpha1”"_s, u"/v1 and /v1beta1 are known"_s});
        row("exec v1 without mode", exec(", apiVersion: client.authentication.k8s.io/v1"),
            {u"must set interactiveMode"_s});
        row("exec with an unknown mode",
            exec(", apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe"),
            {u"interactiveMode “Maybe”"_s});
        row("exec without command",
            config("server: 'https://a'", "exec: {apiVersion: client.authentication.k8s.io/v1}"),
            {u"names no command"_s});
        row("exec with a nameless variable",
            exec(", apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: x}]"),
            {u"env entry without a name"_s});
        row("exec and auth-provider",
            exec(", apiVersion: client.authentication.k8s.io/v1beta1}, auth-provider: {name: oidc"),
            {u"both exec and an auth-provider"_s});
        row("auth-provider", config("server: 'https://a'", "auth-provider: {name: gcp}"),
            {u"auth-provider “gcp”"_s, u"exec plug-in"_s, u"set-credentials"_s});
        row("auth-provider azure", config("server: 'https://a'", "auth-provider: {name: azure}"),
            {u"auth-provider “azure”"_s, u"exec plug-in"_s});
        row("oidc without issuer",
            config("server: 'https://a'", "auth-provider: {name: oidc, config: {client-id: x}}"),
            {u"must set idp-issuer-url"_s});
        row("a token beside oidc without issuer",
            config("server: 'https://a'", "token: t, auth-provider: {name: oidc, config: {client-id: x}}"),
            {u"must set idp-issuer-url"_s});
        row("a token beside an auth-provider that is gone",
            config("server: 'https://a'", "token: t, auth-provider: {name: gcp}"), {u"auth-provider “gcp”"_s});
        row("basic auth and token", config("server: 'https://a'", "username: a, token: b"),
            {u"both a token and a user name"_s});
        row("a token over two lines", config("server: 'https://a'", "token: \"a\\nb\""),
            {u"its token contains line breaks"_s});
        row("a proxy of another scheme", config("server: 'https://a', proxy-url: 'ftp://p'", ""),
            {u"proxy-url must begin with"_s});
        row("missing CA file", config("server: 'https://a', certificate-authority: nowhere.crt", ""),
            {u"certificate-authority"_s, u"/nowhere.crt cannot be read"_s});
        row("an empty CA file", config("server: 'https://a', certificate-authority: '" + emptyFile + "'", ""),
            {u"cluster “c”"_s, u"its certificate-authority"_s, u"is empty"_s});
        row("a CA by file and by data",
            config("server: 'https://a', certificate-authority: x, certificate-authority-data: "
                       + m_authority.certificate().toBase64(),
                   ""),
            {u"both certificate-authority and certificate-authority-data are set"_s});
        row("a certificate by file and by data",
            config("server: 'https://a'",
                   "client-certificate: x, client-certificate-data: " + m_identity.certificate.toBase64()),
            {u"both client-certificate and client-certificate-data are set"_s});
        row("a uid without a user", config("server: 'https://a'", "as-uid: '7'"), {u"need “as”"_s});
        row("missing token file", config("server: 'https://a'", "tokenFile: nowhere"),
            {u"tokenFile"_s, u"/nowhere cannot be read"_s});
        row("an empty token file", config("server: 'https://a'", "tokenFile: '" + emptyFile + "'"),
            {u"tokenFile"_s, u"is empty"_s});
        row("a token file of two lines",
            config("server: 'https://a'", "tokenFile: '" + write(u"two.token"_s, "a\nb\n").toUtf8() + "'"),
            {u"tokenFile"_s, u"has several lines"_s});
        row("groups without user", config("server: 'https://a'", "as-groups: [g]"), {u"need “as”"_s});
        row("a CA that is none", config("server: 'https://a', certificate-authority-data: aGVsbG8=", ""),
            {u"its certificate-authority is unusable"_s});
    }

    void whatIsWrongIsSaidWithFileAndLine()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, context);
        QFETCH(QStringList, words);
        const Result<Connection> connection = connect(content, context);
        QVERIFY(!connection);
        QCOMPARE(connection.error().kind, Error::Kind::Config);
        words.append(m_dir.filePath(u"config"_s));
        for (const QString &word : words)
            QVERIFY2(connection.error().message.contains(word),
                     qPrintable(word + u" / "_s + connection.error().message));
        QVERIFY2(!connection.error().message.contains(u"s3cret"), qPrintable(connection.error().message));
    }

    void filesThatCannotBeReadAreNamed()
    {
        const QString absent = m_dir.filePath(u"absent"_s);
        QVERIFY(Kubeconfig::load({{absent}, true})
                    .error()
                    .message.contains(u"does not exist; check --kubeconfig"_s));
        const Error none = Kubeconfig::load({{absent, m_dir.filePath(u"absent2"_s)}, false}).error();
        QVERIFY(none.message.contains(absent) && none.message.contains(u"absent2"));
        QVERIFY(Kubeconfig::load({{m_dir.path()}, true}).error().message.contains(u"is a folder"_s));
    }

    void anUnreadableKeyIsNamed_data()
    {
        QTest::addColumn<bool>("isLocked");
        QTest::newRow("no permission") << true;
        QTest::newRow("a folder") << false;
    }

    void anUnreadableKeyIsNamed()
    {
        QFETCH(bool, isLocked);
        QString key = m_dir.path();
        if (isLocked) {
            key = write(u"locked.key"_s, m_identity.key);
            QFile::setPermissions(key, {});
            if (QFile(key).open(QIODevice::ReadOnly))
                QSKIP("skipped: this account can read every file");
        }
        write(u"client.crt"_s, m_identity.certificate);
        const Result<Connection> connection = connect(
            config("server: 'https://a'", "client-certificate: client.crt, client-key: " + key.toUtf8()));
        QVERIFY(!connection);
        QVERIFY2(connection.error().message.contains(u"its client-key "_s + key + u" cannot be read"_s),
                 qPrintable(connection.error().message));
    }

    void relativePathsStartAtTheFileOfTheEntry()
    {
        write(u"sub/pki/ca.crt"_s, m_authority.certificate());
        write(u"sub/pki/me.crt"_s, m_identity.certificate);
        write(u"sub/pki/me.key"_s, m_identity.key);
        const QString inner = write(u"sub/config"_s,
                                    config("server: 'https://a:1', certificate-authority: pki/ca.crt",
                                           "client-certificate: pki/me.crt, client-key: ../sub/pki/me.key"));
        const Result<Kubeconfig> merged =
            Kubeconfig::load({{write(u"outer"_s, "contexts: []\n"), inner}, false});
        QVERIFY(merged);
        const Result<Connection> connection = merged->connection();
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->trustedCa, m_authority.certificate());
        QCOMPARE(connection->clientCertificate, m_identity.certificate);
        QCOMPARE(connection->clientKey, m_identity.key);
    }

    // A token file too; of a program only where it is a path, else it is looked for in PATH.
    void pathsOfOtherCredentialsStartThereToo_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QString>("path"); // below the file's folder, or as it is
        QTest::newRow("token file") << QByteArray("tokenFile: pki/token") << u"@pki/token"_s;
        QTest::newRow("a program's name")
            << QByteArray("exec: {command: aws, apiVersion: client.authentication.k8s.io/v1beta1}")
            << u"aws"_s;
        QTest::newRow("a program's path")
            << QByteArray("exec: {command: pki/aws, apiVersion: client.authentication.k8s.io/v1beta1}")
            << u"@pki/aws"_s;
        QTest::newRow("an absolute path")
            << QByteArray("exec: {command: /opt/aws, apiVersion: client.authentication.k8s.io/v1beta1}")
            << u"/opt/aws"_s;
    }
    void pathsOfOtherCredentialsStartThereToo()
    {
        QFETCH(QByteArray, user);
        QFETCH(QString, path);
        write(u"sub/pki/token"_s, "t");
        const auto loaded =
            Kubeconfig::load({{write(u"sub/config"_s, config("server: 'https://a:1'", user))}, true});
        QVERIFY(loaded);
        const Result<Connection> connection = loaded->connection();
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        if (path.startsWith(u'@'))
            path = m_dir.filePath(u"sub/"_s + path.mid(1));
        QCOMPARE(connection->exec ? connection->exec->command : connection->tokenFile, path);
    }

    void theRulesOfCredentials()
    {
        const QByteArray pair = "client-certificate-data: " + m_identity.certificate.toBase64()
            + ", client-key-data: " + m_identity.key.toBase64();
        const Result<Connection> both = connect(config("server: 'https://a'", pair + ", token: t"));
        QVERIFY(both); // K6: both are sent
        QCOMPARE(both->token, QByteArray("t"));
        QCOMPARE(both->clientKey, m_identity.key);
        const Result<Connection> plain = connect(config("server: 'http://a'", pair + ", token: t"));
        QVERIFY(plain); // K8
        QVERIFY(plain->token.isEmpty() && plain->clientKey.isEmpty() && plain->clientCertificate.isEmpty());
        const Result<Connection> keyless = connect(
            config("server: 'https://a'", "client-certificate-data: " + m_identity.certificate.toBase64()));
        QVERIFY(!keyless);
        QVERIFY(keyless.error().message.contains(u"without a client-key"));
        const Result<Connection> keyOnly =
            connect(config("server: 'https://a'", "client-key-data: " + m_identity.key.toBase64()));
        QVERIFY(keyOnly);
        QVERIFY(keyOnly->clientKey.isEmpty());
        const Result<Connection> twice = connect(config("server: 'https://a'", pair + ", client-key: x"));
        QVERIFY(!twice);
        QVERIFY(twice.error().message.contains(u"both client-key and client-key-data"));
        QVERIFY(!twice.error().message.contains(QString::fromLatin1(m_identity.key.toBase64())));
        const Result<Connection> needless = connect(
            config("server: 'https://a'",
                   "exec: {command: aws, apiVersion: client.authentication.k8s.io/v1beta1}, token: t"));
        QVERIFY(needless && !needless->exec); // the plug-in is not needed then
        const Result<Connection> basic = connect(config("server: 'https://a'", "username: a, password: b"));
        QVERIFY(basic);
        QCOMPARE(basic->basic, QByteArray("a:b"));
    }

    // As kubectl 1.32 goes on, and client-go: only a user named by --user must exist.
    void aUserWhoIsNowhereIsNobody()
    {
        const Result<Connection> connection =
            connect(config("server: 'https://a'", "token: t", "cluster: c, user: other"));
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->user, u"other"_s);
        QVERIFY(connection->token.isEmpty());
    }

    void whatLooksLikeANumberIsAText_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<QString>("read");
        for (const char *text : {".Nan", "inf", "nan", "+.nan", ".e5", "1.e", "1e400", ".", "!!str 5"})
            QTest::newRow(text) << QByteArray(text) << QString::fromLatin1(text).remove(u"!!str "_s);
    }

    void whatLooksLikeANumberIsAText()
    {
        QFETCH(const QByteArray, token);
        QFETCH(const QString, read);
        const Result<Connection> connection = connect(config("server: 'https://a'", "token: " + token));
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->token, read.toLatin1());
    }

    void anExecPluginIsReadWhole()
    {
        const Result<Connection> connection = connect(config(
            "server: 'https://a', extensions: [{name: client.authentication.k8s.io/exec, "
            "extension: {audience: x, n: 5, s: '5', on: true, l: [a, 0x10, 010, 1_000, 1.50, -2, 'n', n, "
            "tRue, 1e400]}}]",
            "exec: {command: ./bin/login, apiVersion: client.authentication.k8s.io/v1, "
            "interactiveMode: Never, args: [a, '1'], "
            "env: [{name: A, value: b}], installHint: get it, provideClusterInfo: true}"));
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QVERIFY(connection->exec);
        QCOMPARE(connection->exec->command, m_dir.filePath(u"bin/login"_s)); // K4
        QCOMPARE(connection->exec->arguments, (QStringList{u"a"_s, u"1"_s}));
        QCOMPARE(connection->exec->environment.first().second, u"b"_s);
        QCOMPARE(int(connection->exec->interactive), int(ExecPlugin::Interactive::Never));
        QCOMPARE(connection->exec->clusterConfig,
                 QByteArray(R"({"audience":"x","false":5,"s":"5","true":true,)" // keys too, as kubectl
                            R"("l":["a",16,8,1000,1.5,-2,"n",false,"tRue","1e400"]})"));
    }

    void insideAClusterTheServiceAccountServesAnEmptyKubeconfig()
    {
        write(u"account/token"_s, "tok\n");
        write(u"account/ca.crt"_s, m_authority.certificate());
        write(u"account/namespace"_s, "shop");
        KubeconfigSources sources;
        sources.files = {m_dir.filePath(u"absent"_s)};
        sources.accountFolder = m_dir.filePath(u"account"_s);
        sources.servicePort = u"443"_s;
        QVERIFY(!Kubeconfig::load(sources)); // not inside
        sources.serviceHost = u"fd00::1"_s;
        const Result<Kubeconfig> inside = Kubeconfig::load(sources);
        QVERIFY2(inside, qPrintable(inside ? QString() : inside.error().message));
        const Result<Connection> connection = inside->connection();
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->server, QUrl(u"https://[fd00::1]:443"_s));
        QCOMPARE(connection->nameSpace, u"shop"_s);
        QCOMPARE(connection->tokenFile, m_dir.filePath(u"account/token"_s));
        sources.podNameSpace = u"front"_s; // comes before the file
        QCOMPARE(Kubeconfig::load(sources)->connection()->nameSpace, u"front"_s);
        QCOMPARE(connection->trustedCa, m_authority.certificate());
        sources.files = {write(u"config"_s, config("server: 'https://a:1'", "token: t"))};
        QCOMPARE(Kubeconfig::load(sources)->connection()->server, QUrl(u"https://a:1"_s)); // not empty
    }

    void insideAClusterAMissingTokenIsNamed()
    {
        KubeconfigSources sources;
        sources.files = {m_dir.filePath(u"absent"_s)};
        sources.accountFolder = m_dir.filePath(u"unmounted"_s);
        QVERIFY(!Kubeconfig::load(sources).error().message.contains(u"KUBERNETES_SERVICE"));
        sources.serviceHost = u"10.0.0.1"_s;
        QString why = Kubeconfig::load(sources).error().message;
        QVERIFY2(why.contains(u"but KUBERNETES_SERVICE_PORT is not"_s), qPrintable(why));
        sources.servicePort = u"443"_s;
        why = Kubeconfig::load(sources).error().message;
        QVERIFY2(why.contains(u"no kubeconfig found (looked for: "_s), qPrintable(why));
        QVERIFY2(
            why.contains(
                u"KUBERNETES_SERVICE_HOST is set, as in a pod, but its service account's token %1/unmounted/token is missing"_s
                    .arg(m_dir.path())),
            qPrintable(why));
    }

    void aKeyWithPassPhraseIsRefusedBeforeOpensslAsksForIt()
    {
        const QByteArray locked =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        const Result<Connection> connection =
            connect(config("server: 'https://a'",
                           "client-certificate-data: " + m_identity.certificate.toBase64()
                               + ", client-key-data: " + locked.toBase64()));
        QVERIFY(!connection);
        QVERIFY(connection.error().message.contains(u"pass phrase"));
    }

    void impersonationBecomesHeaders()
    {
        const Result<Connection> connection = connect(config(
            "server: 'https://a'",
            "token: t, as: jane, as-uid: \"42\", as-groups: [dev, ops], as-user-extra: {a/b: [x, 'y']}"));
        QVERIFY(connection);
        QCOMPARE(connection->impersonation,
                 (QList<QByteArray>{"Impersonate-User: jane", "Impersonate-Uid: 42", "Impersonate-Group: dev",
                                    "Impersonate-Group: ops", "Impersonate-Extra-a%2Fb: x",
                                    "Impersonate-Extra-a%2Fb: y"}));
    }

    void serversAreReadAsClientGoDoes_data()
    {
        QTest::addColumn<QByteArray>("cluster");
        QTest::addColumn<QString>("url");
        QTest::newRow("full") << QByteArray("server: 'https://a:6443'") << u"https://a:6443"_s;
        QTest::newRow("prefix") << QByteArray("server: 'https://a/k8s/clusters/c-1/'")
                                << u"https://a/k8s/clusters/c-1"_s;
        QTest::newRow("slash") << QByteArray("server: 'https://a/'") << u"https://a"_s;
        QTest::newRow("host and port") << QByteArray("server: 'a:8080'") << u"http://a:8080"_s;
        QTest::newRow("host and TLS")
            << QByteArray("server: 'a:6443', insecure-skip-tls-verify: true") << u"https://a:6443"_s;
        QTest::newRow("query dropped") << QByteArray("server: 'https://a/p?x=1#y'") << u"https://a/p"_s;
        QTest::newRow("IPv6") << QByteArray("server: 'https://[::1]:6443'") << u"https://[::1]:6443"_s;
    }

    void serversAreReadAsClientGoDoes()
    {
        QFETCH(QByteArray, cluster);
        QFETCH(QString, url);
        const Result<Connection> connection = connect(config(cluster, ""));
        QVERIFY(connection);
        QCOMPARE(connection->server.toString(), url);
    }

    void insecureContradictsACa()
    {
        const QByteArray ca = m_authority.certificate().toBase64();
        const Result<Connection> both = connect(config(
            "server: 'https://a', insecure-skip-tls-verify: true, certificate-authority-data: " + ca, ""));
        QVERIFY(!both);
        QVERIFY(both.error().message.contains(u"contradicts"));
        const Result<Connection> rest =
            connect(config("server: 'https://a', tls-server-name: api.example, disable-compression: true, "
                           "proxy-url: 'socks5://p:1080', certificate-authority-data: "
                               + ca,
                           ""));
        QVERIFY(rest);
        QCOMPARE(rest->tlsServerName, u"api.example"_s);
        QCOMPARE(rest->proxyUrl, u"socks5://p:1080"_s);
        QVERIFY(!rest->compress);
    }

    void mergeKeysAndKeysThatStandTwiceAreReadAsKubectlDoes_data()
    {
        QTest::addColumn<QByteArray>("cluster");
        QTest::addColumn<QString>("server");
        QTest::newRow("a merge key") << QByteArray("{<<: *base}") << u"https://base"_s;
        QTest::newRow("its own key after it")
            << QByteArray("{<<: *base, server: 'https://own'}") << u"https://own"_s;
        QTest::newRow("its own key before it")
            << QByteArray("{server: 'https://own', <<: *base}") << u"https://base"_s;
        QTest::newRow("of a list the first counts")
            << QByteArray("{<<: [{server: 'https://one'}, *base]}") << u"https://one"_s;
        QTest::newRow("through another merge") << QByteArray("{<<: {<<: *base}}") << u"https://base"_s;
        QTest::newRow("in quotes it is a key")
            << QByteArray("{server: 'https://own', '<<': *base}") << u"https://own"_s;
        QTest::newRow("twice: the last one")
            << QByteArray("{server: 'https://one', server: 'https://two'}") << u"https://two"_s;
    }
    void mergeKeysAndKeysThatStandTwiceAreReadAsKubectlDoes()
    {
        QFETCH(QByteArray, cluster);
        const Result<Connection> connection =
            connect("x-base: &base {server: 'https://base'}\ncurrent-context: x\n"
                    "contexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: "
                    + cluster + "}]\n");
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QTEST(connection->server.toString(), "server");
    }

    // As Go's HTTP client sends them, whatever the user entry says.
    void aPasswordInTheServersAddressIsSent_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("basic");
        QTest::addColumn<QByteArray>("token");
        const QByteArray none;
        QTest::newRow("both") << QByteArray("https://jane:s3cret@a:6443/x") << none
                              << QByteArray("jane:s3cret") << none;
        QTest::newRow("encoded") << QByteArray("https://j%40ne:s%2Fc%3A@a:6443/x") << none
                                 << QByteArray("j@ne:s/c:") << none;
        QTest::newRow("a name alone")
            << QByteArray("https://jane@a:6443/x") << none << QByteArray("jane:") << none;
        QTest::newRow("beside a token") << QByteArray("https://jane:s3cret@a:6443/x")
                                        << QByteArray("token: t") << QByteArray("jane:s3cret") << none;
        QTest::newRow("none") << QByteArray("https://a:6443/x") << QByteArray("token: t") << none
                              << QByteArray("t");
    }
    void aPasswordInTheServersAddressIsSent()
    {
        QFETCH(const QByteArray, server);
        QFETCH(const QByteArray, user);
        QFETCH(const QByteArray, basic);
        QFETCH(const QByteArray, token);
        const Result<Connection> connection = connect(config("server: '" + server + "'", user));
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->server, QUrl(u"https://a:6443/x"_s));
        QCOMPARE(connection->basic, basic);
        QCOMPARE(connection->token, token);
    }

    void aJsonKubeconfigIsAYamlOne()
    {
        const Result<Connection> connection =
            connect("{\"current-context\":\"x\",\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":"
                    "\"https://j:1\"}}],"
                    "\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\"}}]}");
        QVERIFY(connection);
        QCOMPARE(connection->server.host(), u"j"_s);
    }

    void onlyTheDemosOwnFileMakesAContextNormal_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QByteArray>("context");
        QTest::addColumn<bool>("isPrivate");
        QTest::addColumn<bool>("isNormal");
        const QByteArray mode =
            "cluster: c, extensions: [{name: sallyport.dev/demo, extension: {mode: Normal, file: 'HERE'}}]";
        const QByteArray marker = "cluster: c, extensions: [{name: sallyport.dev/demo, extension: {mode: "
                                  "Normal, file: 'HERE', version: 1}}]";
        QTest::newRow("mode") << QByteArray("https://127.0.0.1:1") << mode << true << true;
        QTest::newRow("a copy of the demo's file")
            << QByteArray("https://127.0.0.1:1")
            << QByteArray(mode).replace("HERE", "/tmp/another/kubeconfig") << true << false;
        QTest::newRow("no file named")
            << QByteArray("https://127.0.0.1:1")
            << QByteArray("cluster: c, extensions: [{name: sallyport.dev/demo, extension: {mode: Normal}}]")
            << true << false;
        QTest::newRow("marker") << QByteArray("https://localhost:1") << marker << true << true;
        QTest::newRow("without") << QByteArray("https://127.0.0.1:1") << QByteArray("cluster: c") << true
                                 << false;
        QTest::newRow("another mode") << QByteArray("https://127.0.0.1:1")
                                      << QByteArray(mode).replace("Normal", "Free") << true << false;
        QTest::newRow("another machine") << QByteArray("https://prod.example") << mode << true << false;
        QTest::newRow("others can write") << QByteArray("https://127.0.0.1:1") << mode << false << false;
    }

    void onlyTheDemosOwnFileMakesAContextNormal()
    {
        QFETCH(QByteArray, server);
        QFETCH(QByteArray, context);
        QFETCH(bool, isPrivate);
        QFETCH(bool, isNormal);
        const QString file =
            write(u"demo"_s,
                  config("server: '" + server + "', " + authority(u"demo cluster"_s), "",
                         QByteArray(context).replace("HERE", m_dir.filePath(u"demo"_s).toUtf8())));
        if (!isPrivate)
            QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::WriteGroup);
        const Result<Connection> connection = Kubeconfig::load({{file}, true})->connection();
        QVERIFY(connection);
        QCOMPARE(connection->mode, isNormal ? WriteMode::Normal : WriteMode::Confirm);
    }

    // Another cluster on this machine: kind, minikube, a tunnel.
    void aMarkerMeansNothingBesideAnotherAuthority_data()
    {
        QTest::addColumn<QByteArray>("trust"); // of the cluster
        QTest::addColumn<bool>("isNormal");
        QTest::newRow("the demo's") << authority(u"demo cluster"_s) << true;
        QTest::newRow("another") << authority(u"kubernetes"_s) << false;
        QTest::newRow("none") << QByteArray() << false;
        QTest::newRow("not even looked at") << QByteArray("insecure-skip-tls-verify: true") << false;
    }
    void aMarkerMeansNothingBesideAnotherAuthority()
    {
        QFETCH(const QByteArray, trust);
        QFETCH(const bool, isNormal);
        const QByteArray marked =
            "cluster: c, extensions: [{name: sallyport.dev/demo, extension: {mode: Normal, file: '"
            + m_dir.filePath(u"demo"_s).toUtf8() + "'}}]";
        const QString file = write(u"demo"_s, config("server: 'https://127.0.0.1:1', " + trust, "", marked));
        const Result<Connection> connection = Kubeconfig::load({{file}, true})->connection();
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->mode, isNormal ? WriteMode::Normal : WriteMode::Confirm);
    }

    void aMarkerDoesNotTravelToAClusterOfAnotherFile()
    {
        const QString marked = write(u"marked"_s,
                                     "current-context: dev\ncontexts:\n- {name: dev, context: {cluster: c, "
                                     "extensions: [{name: sallyport.dev/demo, extension: {}}]}}\n");
        const QString other =
            write(u"other"_s, "clusters:\n- {name: c, cluster: {server: 'https://127.0.0.1:1'}}\n");
        const Result<Kubeconfig> merged = Kubeconfig::load({{marked, other}, false});
        QVERIFY(merged);
        QCOMPARE(merged->connection()->mode, WriteMode::Confirm);
    }

    void mergingAgreesWithKubectlOnRandomFiles()
    {
        if (const QString why = missingKubectl(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QRandomGenerator random(20261124);
        for (int round = 0; round < 12; ++round) {
            QStringList files;
            for (int i = 0; i < 3; ++i)
                files.append(write(u"random%1"_s.arg(i), randomConfig(random, QByteArray::number(i))));
            const QJsonObject theirs = kubectlView(files.join(QDir::listSeparator()));
            const Result<Kubeconfig> ours = Kubeconfig::load({files, false});
            QVERIFY(ours);
            QCOMPARE(ours->currentContext(), theirs[u"current-context"].toString());
            const Result<Connection> connection = ours->connection();
            QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
            const QJsonObject context = theirs[u"contexts"][0][u"context"].toObject();
            QCOMPARE(connection->cluster, context[u"cluster"].toString());
            QCOMPARE(connection->nameSpace, context[u"namespace"].toString(u"default"_s));
            QCOMPARE(connection->server.toString(), theirs[u"clusters"][0][u"cluster"][u"server"].toString());
            QCOMPARE(QString::fromUtf8(connection->token), theirs[u"users"][0][u"user"][u"token"].toString());
        }
    }

    // Debian's 1.20 crashes when it writes a user.
    void whatKubectlWritesIsRead()
    {
        if (const QString why = missingKubectl(Needs::NewerKubectl); !why.isEmpty())
            QSKIP(qPrintable(why));
        const QString file = m_dir.filePath(u"by-kubectl"_s);
        const auto kubectl = [&file](const QStringList &arguments) {
            QCOMPARE(QProcess::execute(foreignKubectl(),
                                       QStringList{u"config"_s, u"--kubeconfig"_s, file} + arguments),
                     0);
        };
        const QString ca = write(u"ca.pem"_s, m_authority.certificate());
        kubectl({u"set-cluster"_s, u"big one"_s, u"--server=https://k:1/p"_s, u"--certificate-authority"_s,
                 ca, u"--embed-certs"_s});
        kubectl({u"set-credentials"_s, u"me: you"_s, u"--token=1234567890"_s});
        kubectl(
            {u"set-context"_s, u"yes"_s, u"--cluster=big one"_s, u"--user=me: you"_s, u"--namespace=0777"_s});
        kubectl({u"use-context"_s, u"yes"_s});
        const Result<Connection> connection = Kubeconfig::load({{file}, true})->connection();
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->server.toString(), u"https://k:1/p"_s);
        QCOMPARE(connection->token, QByteArray("1234567890"));
        QCOMPARE(connection->nameSpace, u"0777"_s);
        QCOMPARE(connection->trustedCa, m_authority.certificate());
    }

private:
    // Overlapping names from three owners; the last file has everything, so that each set can be used.
    static QByteArray randomConfig(QRandomGenerator &random, const QByteArray &owner)
    {
        const bool isLast = owner == "2";
        const QByteArrayList names{"a", "b", "c"};
        QByteArray text("apiVersion: v1\nkind: Config\n"), clusters, users, contexts;
        for (const QByteArray &name : names) {
            if (isLast || random.bounded(2))
                clusters += named(name, owner);
            if (isLast || random.bounded(2))
                users += "- name: " + name + "\n  user: {token: t" + owner + name + "}\n";
            if (isLast || random.bounded(2))
                contexts += "- name: " + name + "\n  context: {cluster: " + names[random.bounded(3)]
                    + ", user: " + names[random.bounded(3)]
                    + (random.bounded(2) ? QByteArray(", namespace: ns" + owner) : QByteArray()) + "}\n";
        }
        if (isLast || random.bounded(2))
            text += "current-context: " + names[random.bounded(3)] + '\n';
        return text + "clusters:\n" + clusters + "users:\n" + users + "contexts:\n" + contexts;
    }

    static QJsonObject kubectlView(const QString &variable)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"KUBECONFIG"_s, variable);
        process.setProcessEnvironment(environment);
        process.start(foreignKubectl(),
                      {u"config"_s, u"view"_s, u"--raw"_s, u"--minify"_s, u"-o"_s, u"json"_s});
        process.waitForFinished();
        return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    }
};

SALLYPORT_TEST(kubeconfig_test, KubeconfigTest)
#include "kubeconfig_test.moc"
