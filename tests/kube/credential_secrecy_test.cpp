// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of credential that a kubeconfig can hold, with a marker in it, on the way through everything
// that can go wrong: the marker is in no message, at no level.
#include "kube/doctor.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

const char Marker[] = "m4rk3r-0f-a-s3cr3t";

QStringList seen;

void collect(QtMsgType, const QMessageLogContext &, const QString &text) { seen.append(text); }

QByteArray encoded(const QByteArray &text) { return text.toBase64(); }

} // namespace

class CredentialSecrecyTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;
    TestIdentity m_identity = loopbackServer(m_authority);
    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    QByteArray plugin(const QByteArray &script) const
    {
        const QString program = write(u"plugin"_s, "#!/bin/sh\n" + script + "\n");
        return "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: '"
            + program.toUtf8() + "', env: [{name: SECRET, value: '" + Marker + "'}], args: [--secret, '"
            + Marker + "']}}";
    }

private Q_SLOTS:
    void noCredentialIsInAnyMessage_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<bool>("isWell"); // the server takes it
        const QByteArray marker(Marker);
        QTest::newRow("token refused") << QByteArray("{token: '" + marker + "'}") << false;
        QTest::newRow("token taken") << QByteArray("{token: '" + marker + "-taken'}") << true;
        QTest::newRow("token with a line break")
            << QByteArray("{token: \"" + marker + "\\nX-Other: 1\"}") << false;
        QTest::newRow("token file") << QByteArray("{tokenFile: '" + write(u"token"_s, marker).toUtf8() + "'}")
                                    << false;
        QTest::newRow("password") << QByteArray("{username: jane, password: '" + marker + "'}") << false;
        QTest::newRow("password in the address") << QByteArray("{}") << false;
        QTest::newRow("key that is none") << QByteArray(
            "{client-certificate-data: " + encoded(m_identity.certificate) + ", client-key-data: "
            + encoded("-----BEGIN PRIVATE KEY-----\n" + marker + "\n-----END PRIVATE KEY-----\n") + "}")
                                          << false;
        QTest::newRow("key without a certificate")
            << QByteArray("{client-key-data: " + encoded(marker) + "}") << false;
        QTest::newRow("key that is no base64")
            << QByteArray("{client-key-data: '%%" + marker + "'}") << false;
        QTest::newRow("token and password")
            << QByteArray("{token: '" + marker + "', username: jane, password: '" + marker + "'}") << false;
        QTest::newRow("a type that is wrong") << QByteArray("{token: [" + marker + "]}") << false;
        QTest::newRow("broken yaml") << QByteArray("{token: '" + marker + "', : : }: {") << false;
        QTest::newRow("plug-in's token refused")
            << plugin("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                      "\"status\":{\"token\":\""
                      + marker + "\"}}'")
            << false;
        QTest::newRow("plug-in that prints nonsense") << plugin("echo \"" + marker + "\"") << false;
        QTest::newRow("plug-in that prints and fails") << plugin("echo \"" + marker + "\"; exit 1") << false;
        QTest::newRow("plug-in of another version") << plugin(
            "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\","
            "\"status\":{\"token\":\""
            + marker + "\"}}'") << false;
        QTest::newRow("plug-in with half a pair")
            << plugin("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                      "\"status\":{\"clientKeyData\":\""
                      + marker + "\"}}'")
            << false;
        QTest::newRow("refresh token")
            << QByteArray("{auth-provider: {name: oidc, config: {client-id: a, client-secret: '" + marker
                          + "', refresh-token: '" + marker
                          + "', id-token: 'e30.e30.x', idp-issuer-url: 'https://127.0.0.1:1'}}}")
            << false;
    }
    void noCredentialIsInAnyMessage()
    {
        QFETCH(QByteArray, user);
        QFETCH(bool, isWell);
        ScriptedServer server(
            [](const ServerRequest &request, const ServerReply &reply) {
                const bool isKnown = request.headers.value("authorization").endsWith("-taken");
                if (isKnown && !request.query("watch").isEmpty())
                    return reply.answer(200, {}); // nothing happens while it lasts
                reply.answer(isKnown ? 200 : 401,
                             isKnown ? "{\"gitVersion\":\"v1\",\"status\":{\"incomplete\":false,"
                                       "\"resourceRules\":[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],"
                                       "\"resources\":[\"*\"]}],\"nonResourceRules\":[]}}"
                                     : "{}");
            },
            serverTls(m_identity.certificate, m_identity.key));
        QByteArray address = server.url().toString().toUtf8();
        if (user == "{}")
            address.insert(qsizetype(qstrlen("https://")), QByteArray(QByteArray("jane:") + Marker + "@"));
        const QString file = write(
            u"config"_s,
            "apiVersion: v1\nkind: Config\ncurrent-context: dev\nclusters:\n- name: c\n  cluster: {server: '"
                + address + "', certificate-authority-data: " + encoded(m_authority.certificate())
                + "}\ncontexts:\n- name: dev\n  context: {cluster: c, user: u}\nusers:\n- name: u\n  user: "
                + user + "\n");
        seen.clear();
        const QtMessageHandler before = qInstallMessageHandler(collect);
        QLoggingCategory::setFilterRules(u"*=true\nqt.*.debug=false"_s);
        std::optional<bool> outcome;
        {
            Doctor doctor({{file}, true}, {});
            connect(&doctor, &Doctor::finished, &doctor, [&outcome](bool well) { outcome = well; });
            doctor.run();
            QTRY_VERIFY_WITH_TIMEOUT(outcome, 20'000);
            for (const DoctorStep &step : doctor.steps())
                seen.append(step.name + u": "_s + step.detail);
        }
        QLoggingCategory::setFilterRules({});
        qInstallMessageHandler(before);
        for (const QString &text : std::as_const(seen)) {
            QVERIFY2(!text.contains(QLatin1String(Marker)), qPrintable(text));
            QVERIFY2(!text.contains(QString::fromLatin1(QByteArray(Marker).toBase64().chopped(3))),
                     qPrintable(text));
        }
        QCOMPARE(*outcome, isWell);
        QVERIFY(seen.size() >= 2);
    }
};

SALLYPORT_TEST(credential_secrecy_test, CredentialSecrecyTest)
#include "credential_secrecy_test.moc"
