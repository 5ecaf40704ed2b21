// SPDX-License-Identifier: GPL-3.0-or-later
// A server without TLS behind a proxy: both answer in HTTP, and whose word it is decides what to do about it.
#include "kube/doctor.h"
#include "kube/transport_error.h"
#include "tests/kube/scripted_api.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace kube;

class PlainProxyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoseWordItIsIsSaid_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("said"); // of the proxy; "" it lets us through
        const QByteArray page = "<html>no</html>", none;
        QTest::newRow("not let through")
            << 403 << page << u"does not let us through to api.example:8080 (HTTP 403)"_s;
        QTest::newRow("no way to the server")
            << 502 << page << u"could not reach api.example:8080 (HTTP 502)"_s;
        QTest::newRow("no server there") << 503 << none << u"could not reach api.example:8080 (HTTP 503)"_s;
        QTest::newRow("no answer from there")
            << 504 << page << u"could not reach api.example:8080 (HTTP 504)"_s;
        QTest::newRow("a password is wanted")
            << 407 << page << u"asks for a user name and password (HTTP 407)"_s;
        QTest::newRow("the server's refusal") << 403 << statusJson(403, "Forbidden", "no") << QString();
        QTest::newRow("the server's trouble") << 503 << statusJson(503, "X", "no") << QString();
        QTest::newRow("the server has no such path") << 404 << QByteArray("404 page not found") << QString();
    }

    void whoseWordItIsIsSaid()
    {
        QFETCH(const int, status);
        QFETCH(const QByteArray, body);
        QFETCH(const QString, said);
        ScriptedServer proxy(
            [&](const ServerRequest &, const ServerReply &reply) { reply.answer(status, body); });
        QTemporaryDir folder;
        QFile file(folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "current-context: dev\nclusters:\n- name: c\n  cluster: {server: 'http://api.example:8080', "
            "proxy-url: '"
            + proxy.url().toEncoded()
            + "'}\nusers:\n- name: u\n  user: {}\ncontexts:\n- name: dev\n  context: {cluster: c, user: "
              "u}\n");
        file.close();
        Doctor doctor({{file.fileName()}, true}, {});
        QSignalSpy finished(&doctor, &Doctor::finished);
        doctor.run();
        QVERIFY(!finished.isEmpty() || finished.wait(20'000));
        const auto step = std::find_if(doctor.steps().cbegin(), doctor.steps().cend(),
                                       [](const DoctorStep &each) { return each.name == u"TCP"; });
        QVERIFY(step != doctor.steps().cend());
        QCOMPARE(int(step->outcome),
                 int(said.isEmpty() ? DoctorStep::Outcome::Passed : DoctorStep::Outcome::Failed));
        const QString where = u"the proxy http://127.0.0.1:%1 "_s.arg(proxy.port());
        QVERIFY2(step->detail.contains(where + (said.isEmpty() ? u"lets us through"_s : said)),
                 qPrintable(step->detail));
        QVERIFY2(step->detail.contains(u"check the proxy-url of cluster “c” in "_s) != said.isEmpty(),
                 qPrintable(step->detail));
        QCOMPARE(proxy.requests().first().target, QByteArray("http://api.example:8080/version"));
    }

    // What a service answers through the API server is its own word, whatever stands between.
    void requestsTellItToo_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("isOfProxy");
        QTest::newRow("of the API") << u"/api/v1/pods"_s << true;
        QTest::newRow("of a service") << u"/api/v1/namespaces/a/services/b/proxy/c"_s << false;
    }

    void requestsTellItToo()
    {
        QFETCH(const QString, path);
        QFETCH(const bool, isOfProxy);
        Connection connection;
        connection.server = QUrl(u"http://api.example"_s);
        connection.proxyUrl = u"http://me:s3cret@proxy.example:3128"_s;
        const Error error =
            errorFromResponse({502, "<html>", "text/html", {}, 0}, u"GET "_s + path, connection);
        QCOMPARE(error.reason == proxyRefused, isOfProxy);
        QCOMPARE(int(error.kind), int(isOfProxy ? Error::Kind::Unreachable : Error::Kind::Server));
        QVERIFY2(error.message.startsWith(u"GET "_s + path + u": "_s)
                     && error.message.contains(
                            u"the proxy http://proxy.example:3128 could not reach api.example:80"_s)
                         == isOfProxy
                     && !error.message.contains(u"s3cret"_s),
                 qPrintable(error.message));
        connection.server = QUrl(u"https://api.example"_s); // what comes through TLS is the server's
        QVERIFY(errorFromResponse({502, "<html>", "text/html", {}, 0}, u"GET "_s + path, connection).reason
                != proxyRefused);
    }
};

SALLYPORT_TEST(plain_proxy_test, PlainProxyTest)
#include "plain_proxy_test.moc"
