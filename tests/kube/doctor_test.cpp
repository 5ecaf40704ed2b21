// SPDX-License-Identifier: GPL-3.0-or-later
// The connection doctor against servers that are ill in each of the ways it knows.
#include "kube/certificate.h"
#include "kube/doctor.h"
#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace kube;

class DoctorTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority, m_other;
    TestIdentity m_identity = loopbackServer(m_authority);
    QTemporaryDir m_dir;

    QString write(const QByteArray &content) const
    {
        QFile file(m_dir.filePath(u"config"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    QString config(const QUrl &server, const QByteArray &ca, const QByteArray &user = "token: s3cret",
                   const QByteArray &moreOfCluster = {})
    {
        return write("current-context: dev\nclusters:\n- name: c\n  cluster: {server: '" + server.toEncoded()
                     + "', certificate-authority-data: '" + ca.toBase64() + "'" + moreOfCluster
                     + "}\nusers:\n- name: u\n  user: {" + user
                     + "}\ncontexts:\n- name: dev\n  context: {cluster: c, user: u}\n");
    }

    static QString summary(Doctor &doctor)
    {
        QSignalSpy finished(&doctor, &Doctor::finished);
        doctor.run();
        if (finished.isEmpty() && !finished.wait(20'000))
            return u"never finished"_s;
        QStringList lines;
        for (const DoctorStep &step : doctor.steps())
            lines.append((step.outcome == DoctorStep::Outcome::Passed       ? u"+"_s
                              : step.outcome == DoctorStep::Outcome::Failed ? u"-"_s
                                                                            : u"."_s)
                         + step.name + u' ' + step.detail);
        return lines.join(u'\n');
    }

    static void wellServer(const ServerRequest &request, const ServerReply &reply)
    {
        if (request.path() == "/version")
            return reply.answer(200, "{\"gitVersion\":\"v1.37.2\"}");
        if (request.query("watch") == "true") {
            reply.startStream();
            return reply.endStream();
        }
        reply.answer(201,
                     "{\"status\":{\"resourceRules\":[{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],"
                     "\"resources\":[\"pods\"]}]}}");
    }

private Q_SLOTS:
    void aWellConnectionPassesEveryStep()
    {
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        Doctor doctor({{config(server.url(), m_authority.certificate())}, true}, {});
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"+kubeconfig context “dev” in "_s), qPrintable(text));
        QVERIFY2(text.contains(u"+credentials token"_s) && text.contains(u".name 127.0.0.1 is an address"_s)
                     && text.contains(u"+TCP connected to 127.0.0.1"_s),
                 qPrintable(text));
        QVERIFY2(text.contains(u"+TLS issued by CN=Test root, SHA-256 "_s) && text.contains(u"ends on "_s),
                 qPrintable(text));
        QVERIFY2(text.contains(u"+version Kubernetes v1.37.2"_s)
                     && text.contains(u"+rights 1 rules in the namespace default"_s)
                     && text.contains(u"+watch began after "_s),
                 qPrintable(text));
        QVERIFY(!text.contains(u"s3cret"_s));
        QVERIFY(doctor.client());
    }

    void aCertificateThatHasEndedIsNoCredential()
    {
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        CertificateWish wish;
        wish.commonName = u"jane"_s;
        wish.notBefore = QDateTime::currentDateTimeUtc().addDays(-3);
        wish.notAfter = QDateTime::currentDateTimeUtc().addDays(-1);
        const TestIdentity jane = m_authority.issue(wish);
        Doctor doctor({{config(server.url(), m_authority.certificate(),
                               "client-certificate-data: " + jane.certificate.toBase64()
                                   + ", client-key-data: " + jane.key.toBase64())},
                       true},
                      {});
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"-credentials the client certificate CN=jane has ended on "_s),
                 qPrintable(text));
    }

    void theWholeFingerprintIsShown()
    {
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        Doctor doctor({{config(server.url(), m_authority.certificate())}, true}, {});
        const auto shown = readPem(m_identity.certificate);
        QVERIFY(shown);
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"SHA-256 "_s + shown->first().fingerprint + u", ends on "_s),
                 qPrintable(text));
    }

    void whoDoesNotVerifyIsToldSo()
    {
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        Doctor doctor({{config(server.url(), {}, "token: s3cret", ", insecure-skip-tls-verify: true")}, true},
                      {});
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"+TLS issued by CN=Test root"_s)
                     && text.contains(u"not verified, as insecure-skip-tls-verify wants it"_s),
                 qPrintable(text));
    }

    // Some proxies forbid what comes without a password, instead of asking for it.
    static bool isAsWanted(const QByteArray &head, const QByteArray &target)
    {
        const QByteArray password = QByteArray("me:p@ss").toBase64();
        const QByteArrayList lines = head.split('\n');
        const QByteArrayList wanted{"CONNECT " + target + " HTTP/1.1\r", "Host: " + target + "\r",
                                    "Proxy-Authorization: Basic " + password + "\r"};
        return std::all_of(wanted.cbegin(), wanted.cend(),
                           [&lines](const QByteArray &line) { return lines.contains(line); });
    }

    void tlsIsJudgedThroughAProxyToo_data()
    {
        QTest::addColumn<bool>("isTrusted");
        QTest::newRow("trusted") << true;
        QTest::newRow("not trusted") << false;
    }
    void tlsIsJudgedThroughAProxyToo()
    {
        QFETCH(bool, isTrusted);
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        QTcpServer proxy; // HTTP, CONNECT alone
        proxy.listen(QHostAddress::LocalHost);
        connect(&proxy, &QTcpServer::newConnection, &proxy, [&proxy, &server] {
            QTcpSocket *here = proxy.nextPendingConnection();
            auto *there = new QTcpSocket(here);
            connect(here, &QTcpSocket::readyRead, there, [here, there, &server] {
                if (there->state() == QAbstractSocket::ConnectedState)
                    there->write(here->readAll());
                else if (here->peek(4096).contains("\r\n\r\n"))
                    isAsWanted(here->readAll(), server.url().authority().toLatin1())
                        ? there->connectToHost(QHostAddress::LocalHost, quint16(server.url().port()))
                        : void(here->write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
            });
            connect(there, &QTcpSocket::connected, here,
                    [here] { here->write("HTTP/1.1 200 Connection established\r\n\r\n"); });
            connect(there, &QTcpSocket::readyRead, here, [here, there] { here->write(there->readAll()); });
        });
        const QByteArray where = "me:p%40ss@127.0.0.1:" + QByteArray::number(proxy.serverPort());
        const QByteArray ca = isTrusted ? m_authority.certificate() : m_other.certificate();
        Doctor doctor(
            {{config(server.url(), ca, "token: s3cret", ", proxy-url: 'http://" + where + "'")}, true}, {});
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"+TCP the proxy http://127.0.0.1:"_s), qPrintable(text));
        QVERIFY2(text.contains(isTrusted ? u"+TLS issued by CN=Test root"_s
                                         : u"-TLS the server's certificate is not trusted by"_s),
                 qPrintable(text));
        QCOMPARE(text.contains(u"+version Kubernetes v1.37.2"_s), isTrusted);
    }

    // A proxy that lets nobody through is no fault of the server's TLS.
    void whatAProxyRefusesIsItsOwn_data()
    {
        QTest::addColumn<QByteArray>("user"); // in the proxy's address
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("said");
        const QByteArray rest = "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        QTest::newRow("it wants a password") << QByteArray() << "HTTP/1.1 407 Authentication required" + rest
                                             << u"asks for a user name and password (HTTP 407)"_s;
        QTest::newRow("it wants another one")
            << QByteArray("me:wr0ng@") << "HTTP/1.1 407 Authentication required" + rest
            << u"does not accept the user name and password that its address has (HTTP 407)"_s;
        QTest::newRow("forbidden") << QByteArray() << "HTTP/1.1 403 Forbidden" + rest
                                   << u"does not let us through to 127.0.0.1:"_s;
        QTest::newRow("it cannot reach the server")
            << QByteArray() << "HTTP/1.1 502 Bad gateway" + rest << u"could not reach 127.0.0.1:"_s;
        QTest::newRow("it does not answer")
            << QByteArray() << QByteArray() << u"gave no connection to the server within 2 s"_s;
    }
    void whatAProxyRefusesIsItsOwn()
    {
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, answer);
        QFETCH(QString, said);
        QTcpServer proxy;
        proxy.listen(QHostAddress::LocalHost);
        connect(&proxy, &QTcpServer::newConnection, &proxy, [&proxy, answer] {
            QTcpSocket *here = proxy.nextPendingConnection();
            connect(here, &QTcpSocket::readyRead, here, [here, answer] {
                if (!here->peek(4096).contains("\r\n\r\n") || answer.isEmpty())
                    return;
                here->write(answer);
                here->disconnectFromHost();
            });
        });
        const QByteArray where = user + "127.0.0.1:" + QByteArray::number(proxy.serverPort());
        Doctor doctor({{config(QUrl(u"https://127.0.0.1:1"_s), m_authority.certificate(), "token: s3cret",
                               ", proxy-url: 'http://" + where + "'")},
                       true},
                      {});
        doctor.setPreparation([](Connection &connection) { connection.timeoutMs = 2000; });
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"-TCP "_s) && text.contains(said), qPrintable(text));
        QVERIFY2(text.contains(u".TLS not tried"_s), qPrintable(text));
        QVERIFY2(!text.contains(u"wr0ng"_s), qPrintable(text));
    }

    // What was survived is said, with what was waited for.
    void aServerThatIsBusyAtFirstIsWell()
    {
        int refused = 0;
        const auto busy = [&refused](const ServerRequest &request, const ServerReply &reply) {
            if (refused++ == 0)
                return reply.answer(
                    429, "{\"kind\":\"Status\",\"reason\":\"TooManyRequests\",\"message\":\"slow down\"}",
                    "Retry-After: 1\r\n");
            wellServer(request, reply);
        };
        ScriptedServer server(busy, serverTls(m_identity.certificate, m_identity.key));
        Doctor doctor({{config(server.url(), m_authority.certificate())}, true}, {});
        QStringList waited;
        connect(&doctor, &Doctor::waiting, &doctor, [&waited](const QString &why, int seconds) {
            waited.append(why + u" | "_s + QString::number(seconds));
        });
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"v1.37.2; answered when asked again (1 ×), before: "_s)
                     && text.contains(u"slow down"_s),
                 qPrintable(text));
        QVERIFY2(waited.size() == 1 && waited.first().endsWith(u"slow down | 1"_s),
                 qPrintable(waited.join(u';')));
    }

    void aSlowServerIsCalledSlow()
    {
        const auto slow = [this](const ServerRequest &request, const ServerReply &reply) {
            if (request.path() != "/version")
                return wellServer(request, reply);
            QTimer::singleShot(Doctor::SlowMsecs, this, [request, reply] { wellServer(request, reply); });
        };
        ScriptedServer server(slow, serverTls(m_identity.certificate, m_identity.key));
        Doctor doctor({{config(server.url(), m_authority.certificate())}, true}, {});
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"+version Kubernetes v1.37.2; slow: the answer took 1."_s), qPrintable(text));
        QCOMPARE(text.count(u"; slow"_s), 1);
    }

    // The client sends no credentials in clear text: that is not the same as having none.
    void withheldCredentialsAreSaidToBeSo()
    {
        ScriptedServer server(wellServer);
        Doctor doctor({{config(server.url(), {})}, true}, {});
        const QString text = summary(doctor);
        QVERIFY2(
            text.contains(
                u"+credentials none: requests are anonymous; over http:// no token, password or client certificate of user “u” in %1 is sent: to be signed in, use an https:// address"_s
                    .arg(m_dir.filePath(u"config"_s))),
            qPrintable(text));
    }

    void eachIllnessIsFoundAtItsStep_data()
    {
        QTest::addColumn<QString>("illness");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QStringList>("more"); // where it is and what to do
        QTest::newRow("broken file") << u"file"_s << u"-kubeconfig kubeconfig "_s
                                     << QStringList{u"correct it there"_s};
        QTest::newRow("no credentials")
            << u"exec"_s << u"-credentials user “u”"_s << QStringList{u"install it"_s};
        QTest::newRow("refused") << u"refused"_s << u"-TCP 127.0.0.1:"_s
                                 << QStringList{u"Check network and VPN"_s, u"server of cluster “c” in "_s};
        QTest::newRow("untrusted")
            << u"untrusted"_s
            << u"-TLS the server's certificate is not trusted by the certificate-authority of cluster “c”"_s
            << QStringList{u"https://127.0.0.1:"_s, m_dir.filePath(u"config"_s),
                           u"set the right certificate-authority there"_s};
        QTest::newRow("untrusted by the system")
            << u"system"_s << u"-TLS the server's certificate is not trusted by the system's authorities"_s
            << QStringList{u"there is no certificate-authority in cluster “c”"_s,
                           u"issued by CN=Test root"_s};
        QTest::newRow("another name")
            << u"name"_s
            << u"-TLS the server's certificate is for another name: other.example.com was wanted, and it has "_s
            << QStringList{u"localhost"_s, u"127.0.0.1"_s, u"set tls-server-name of cluster “c” in "_s};
        QTest::newRow("no TLS there")
            << u"plain"_s << u"-TLS TLS could not be agreed on"_s
            << QStringList{u"https://127.0.0.1:"_s, u"check the server of cluster “c”"_s};
        QTest::newRow("no API server") << u"html"_s << u"-version GET /version: the answer names no version"_s
                                       << QStringList{u"is this the address of a Kubernetes API server"_s};
        QTest::newRow("no rights at all")
            << u"powerless"_s << u"-rights user “u” may do nothing in the namespace default"_s
            << QStringList{u"ask whoever manages this cluster"_s};
        QTest::newRow("silent after TCP") << u"silent"_s << u"-TLS https://127.0.0.1:"_s
                                          << QStringList{u"in TLS within 300 ms"_s, u"allow more time"_s};
        QTest::newRow("refused credentials")
            << u"401"_s << u"-version GET /version: "_s << QStringList{u"sign in again"_s};
    }

    void eachIllnessIsFoundAtItsStep()
    {
        QFETCH(QString, illness);
        QFETCH(QString, words);
        QFETCH(QStringList, more);
        const auto handler = [illness](const ServerRequest &request, const ServerReply &reply) {
            if (illness == u"401")
                return reply.answer(401, statusJson(401, "Unauthorized", "Unauthorized"));
            if (illness == u"powerless" && request.path() != "/version")
                return reply.answer(201, "{\"status\":{\"resourceRules\":[]}}");
            illness == u"html" ? reply.answer(200, "<html>") : wellServer(request, reply);
        };
        ScriptedServer server(handler, serverTls(m_identity.certificate, m_identity.key));
        QTcpServer plain; // takes a TLS greeting for a bad request
        plain.listen(QHostAddress::LocalHost);
        connect(&plain, &QTcpServer::newConnection, &plain, [&plain, illness] {
            QTcpSocket *socket = plain.nextPendingConnection();
            if (illness != u"silent")
                connect(socket, &QTcpSocket::readyRead, socket,
                        [socket] { socket->write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
        });
        QUrl url = server.url();
        if (illness == u"plain" || illness == u"silent")
            url.setPort(plain.serverPort());
        QString file =
            config(url, illness == u"untrusted" ? m_other.certificate() : m_authority.certificate());
        if (illness == u"system")
            file = config(url, {});
        if (illness == u"name")
            file = config(url, m_authority.certificate(), "token: s3cret",
                          ", tls-server-name: other.example.com");
        if (illness == u"file")
            file = write("clusters: [");
        if (illness == u"exec")
            file =
                config(url, m_authority.certificate(),
                       "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /no/such/program}");
        if (illness == u"refused")
            server.stop();
        Doctor doctor({{file}, true}, {});
        if (illness == u"silent")
            doctor.setPreparation([](Connection &connection) {
                connection.timeoutMs = 300;
                connection.remedies.timeout = u"allow more time"_s;
            });
        const QString text = summary(doctor);
        QVERIFY2(text.contains(words), qPrintable(text));
        for (const QString &part : more)
            QVERIFY2(text.contains(part), qPrintable(part + u" is missing in: "_s + text));
        QCOMPARE(text.count(u"\n-"_s) + int(text.startsWith(u'-')),
                 1); // one culprit, and the rest is skipped
        QCOMPARE(doctor.steps().size(), 8);
    }

    // It runs what a kubeconfig names no sooner than a connection does.
    // It is given up in the middle of a step, as by Ctrl+C: nothing of it is heard any more, while its parts end.
    // Another authority would not mend it.
    void aCertificateOfAnotherTimeIsCalledSo_data()
    {
        QTest::addColumn<int>("fromDays");
        QTest::addColumn<int>("toDays");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("remedy");
        QTest::newRow("ended") << -9 << -2 << u"-TLS the server's certificate ended on "_s
                               << u"it must be renewed on the server"_s;
        QTest::newRow("not begun") << 2 << 9 << u"-TLS the server's certificate begins only on "_s
                                   << u"check this machine's clock"_s;
    }
    void aCertificateOfAnotherTimeIsCalledSo()
    {
        QFETCH(int, fromDays);
        QFETCH(int, toDays);
        QFETCH(QString, words);
        QFETCH(QString, remedy);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        CertificateWish wish;
        wish.names = QStringList{u"IP:127.0.0.1"_s};
        wish.notBefore = now.addDays(fromDays);
        wish.notAfter = now.addDays(toDays);
        const TestIdentity identity = m_authority.issue(wish);
        ScriptedServer server(wellServer, serverTls(identity.certificate, identity.key));
        Doctor doctor({{config(server.url(), m_authority.certificate())}, true}, {});
        const QString text = summary(doctor);
        QVERIFY2(text.contains(words) && text.contains(remedy), qPrintable(text));
        QVERIFY2(!text.contains(u"certificate-authority"_s), qPrintable(text));
    }

    void whoEndsItEarlyHearsNothingMore_data()
    {
        QTest::addColumn<QString>("last"); // the step that still passes
        QTest::newRow("while it connects") << u"name"_s;
        QTest::newRow("within TLS") << u"TCP"_s;
        QTest::newRow("while the version is asked") << u"TLS"_s;
        QTest::newRow("while the rights are asked") << u"version"_s;
    }
    void whoEndsItEarlyHearsNothingMore()
    {
        QFETCH(QString, last);
        ScriptedServer server(
            [last](const ServerRequest &request, const ServerReply &reply) {
                if (last == "version"_L1 && request.path() == "/version")
                    reply.answer(200, "{\"gitVersion\":\"v1.37.2\"}");
            },
            serverTls(m_identity.certificate, m_identity.key));
        auto doctor = std::make_unique<Doctor>(
            KubeconfigSources{{config(server.url(), m_authority.certificate())}, true}, QString());
        QStringList heard;
        connect(doctor.get(), &Doctor::stepDone, this,
                [&](const DoctorStep &step) { heard.append(step.name); });
        connect(doctor.get(), &Doctor::finished, this, [&] { heard.append(u"finished"_s); });
        doctor->run();
        QTRY_VERIFY(heard.contains(last));
        if (last == "TLS"_L1 || last == "version"_L1) // a request is on its way then
            QTRY_COMPARE(server.requests().size(), last == "TLS"_L1 ? 1 : 2);
        else
            QCoreApplication::sendPostedEvents(); // the next step has begun
        const QStringList before = heard;
        doctor.reset();
        QCOMPARE(heard, before);
    }

    void aPluginThatMayNotRunIsNotRun()
    {
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        const QString mark = m_dir.filePath(u"it-ran"_s);
        const QString file =
            config(server.url(), m_authority.certificate(),
                   "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: touch, args: ['"
                       + mark.toUtf8() + "']}");
        QStringList asked;
        const ExecPolicy never = [&asked](const ExecPlugin &plugin, const std::function<void(bool)> &answer) {
            asked.append(plugin.command);
            answer(false);
        };
        Doctor doctor({{file}, true}, {}, never);
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"-credentials user “u”"_s) && text.contains(u"was not allowed to run"_s),
                 qPrintable(text));
        QCOMPARE(asked, QStringList{u"touch"_s});
        QVERIFY(!QFile::exists(mark));
    }

    // A second run may ask its user to sign in a second time.
    void aPluginRunsOnceAndIsHeardOnce()
    {
        ScriptedServer server(wellServer, serverTls(m_identity.certificate, m_identity.key));
        const QString runs = m_dir.filePath(u"runs"_s);
        const QString program = m_dir.filePath(u"sign-in"_s);
        QFile script(program);
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write(
            "#!/bin/sh\necho ran >> '" + runs.toUtf8()
            + "'\necho 'open a browser' >&2\n"
              "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\","
              "\"status\":{\"token\":\"t\"}}'\n");
        script.close();
        QVERIFY(script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const QString file = config(server.url(), m_authority.certificate(),
                                    "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: '"
                                        + program.toUtf8() + "'}");
        Doctor doctor({{file}, true}, {},
                      [](const ExecPlugin &, const std::function<void(bool)> &answer) { answer(true); });
        QStringList said;
        connect(&doctor, &Doctor::signInMessage, &doctor,
                [&said](const QString &text) { said.append(text); });
        const QString text = summary(doctor);
        QVERIFY2(text.contains(u"token of the program"_s), qPrintable(text));
        QVERIFY2(server.requests().size() > 1, qPrintable(text));
        QFile log(runs);
        QVERIFY(log.open(QIODevice::ReadOnly));
        QCOMPARE(log.readAll(), QByteArray("ran\n"));
        QCOMPARE(said.join(u'|').count(u"open a browser"_s), 1);
    }
};

SALLYPORT_TEST(doctor_test, DoctorTest)
#include "doctor_test.moc"
