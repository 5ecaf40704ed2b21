// SPDX-License-Identifier: GPL-3.0-or-later
// As whom Prometheus comes to what it scrapes: in a cluster from its pod's address, which access logs tell.
#include "app/demo/scrape_proxy.h"
#include "edge/client.h"
#include "tests/demo/loop_thread.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

class Application : public edge::Handler // says who asks
{
public:
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override
    {
        asio::error_code error;
        const asio::ip::tcp::endpoint peer(asio::ip::make_address(request.connection.peerAddress, error),
                                           request.connection.peerPort);
        std::string caller = demo::callerOf(peer);
        caller.resize(caller.find(':'));
        (void)co_await responder.send(200, "text/plain", std::move(caller));
    }
};

Value pod(const std::string &nameSpace, const std::string &app, const std::string &address)
{
    return edge::parseYaml("{apiVersion: v1, kind: Pod, metadata: {name: " + app + ", namespace: " + nameSpace
                           + ", labels: {app: " + app
                           + "}}, spec: {containers: [{name: c, image: i}]}, status: {podIP: " + address
                           + "}}")
        ->front();
}

} // namespace

class ScrapeProxyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void scrapesComeFromPrometheusPod_data()
    {
        QTest::addColumn<QByteArray>("nameSpace"); // of a pod with its label
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("it runs") << QByteArray("istio-system") << QByteArray("10.244.0.9");
        QTest::newRow("another one of that name") << QByteArray("shop") << QByteArray(demo::NodeAddress);
    }
    void scrapesComeFromPrometheusPod()
    {
        QFETCH(QByteArray, nameSpace);
        LoopThread thread;
        demo::Store store;
        demo::Network network(thread.loop());
        demo::ServiceDirectory directory(store, network);
        Application application;
        const auto made = thread.call([&] {
            for (const char *name : {"istio-system", "shop"})
                (void)store.create(*store.find("", "namespaces"),
                                   edge::parseYaml("{apiVersion: v1, kind: Namespace, metadata: {name: "
                                                   + std::string(name) + "}}")
                                       ->front());
            return store
                .create(*store.find("", "pods"), pod(nameSpace.toStdString(), "prometheus", "10.244.0.9"))
                .has_value();
        });
        QVERIFY(made);
        auto server = std::make_unique<edge::Server>(thread.loop(), application);
        auto proxy = std::make_unique<demo::ScrapeProxy>(thread.loop(), store, directory);
        const auto port = thread.call([&] {
            const auto served = server->listen({});
            network.bind("10.244.0.8", 8080, served.value_or(0), served.value_or(0));
            return proxy->listen().value_or(0);
        });
        QVERIFY(port != 0);
        edge::ClientRequest request;
        request.port = port;
        request.head.target = "http://10.244.0.8:8080/metrics";
        request.head.headers.set("host", "10.244.0.8:8080");
        const auto reply =
            asio::co_spawn(thread.loop(), edge::fetch(std::move(request)), asio::use_future).get();
        QVERIFY2(reply, reply ? "" : reply.error().message.c_str());
        QTEST(QByteArray::fromStdString(reply->body), "expected");
        thread.call([&] {
            proxy.reset();
            server.reset();
            return true;
        });
    }
};

SALLYPORT_TEST(scrape_proxy_test, ScrapeProxyTest)
#include "scrape_proxy_test.moc"
