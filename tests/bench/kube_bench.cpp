// SPDX-License-Identifier: GPL-3.0-or-later
// What the Kubernetes client costs: objects in, objects kept, watches open, a flood that nobody reads.
#include "kube/client.h"
#include "kube/object_reader.h"
#include "kube/object_store.h"
#include "tests/kube/idle_page.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTimer>

#include <unistd.h>

#include <cstdio>
#include <ctime>
#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

constexpr std::chrono::seconds FloodTime{3};

QJsonArray figures;

void figure(const QString &name, double value, const QString &unit)
{
    std::printf("%-70s %10.1f %s\n", qPrintable(name), value, qPrintable(unit));
    std::fflush(stdout);
    figures.append(QJsonObject{{u"name"_s, name}, {u"value"_s, value}, {u"unit"_s, unit}});
}

// The loop runs until `step` says that it is over; it is asked after every event.
template<typename Step>
void runUntil(Step isOver)
{
    while (!isOver())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

double cpuMsecs() { return double(std::clock()) * 1000 / CLOCKS_PER_SEC; }

double residentMiB()
{
    QFile table(u"/proc/self/statm"_s);
    return table.open(QIODevice::ReadOnly)
        ? double(table.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE)) / (1024 * 1024)
        : 0;
}

// What is allocated and not given back, whatever the allocator keeps for later.
double heapBytes()
{
#ifdef __GLIBC__
    const struct mallinfo2 heap = mallinfo2();
    return double(heap.uordblks) + double(heap.hblkhd);
#else
    return residentMiB() * 1024 * 1024;
#endif
}

// A Mapping of about 2.7 kB, two fifths of it managedFields, as real ones are.
QByteArray mapping(int i)
{
    const QByteArray name = "mapping-" + QByteArray::number(i);
    return "{\"apiVersion\":\"getambassador.io/v2\",\"kind\":\"Mapping\",\"metadata\":{\"name\":\"" + name
        + "\",\"namespace\":\"shop\",\"uid\":\"" + name + "\",\"resourceVersion\":\""
        + QByteArray::number(1000 + i)
        + "\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"annotations\":{\"note\":\""
        + QByteArray(1200, 'n')
        + "\"},\"managedFields\":[{\"manager\":\"kubectl\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:x\":\""
        + QByteArray(1000, 'm') + "\"}}]},\"spec\":{\"prefix\":\"/backend-" + QByteArray::number(i)
        + "/\",\"service\":\"quote.shop:8080\",\"labels\":[\"" + QByteArray(150, 'l') + "\"]}}";
}

void objects(int count)
{
    QByteArrayList items;
    for (int i = 0; i < count; ++i)
        items.append(mapping(i));
    QByteArray body = "{\"kind\":\"MappingList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":["
        + items.join(',') + "]}";
    items.clear();
    const QString title = u"%1 Mappings (%2 MB)"_s.arg(count).arg(double(body.size()) / 1e6, 0, 'f', 0);
    const double heapBefore = heapBytes(), cpuBefore = cpuMsecs();
    ObjectStore store;
    bool isTold = false;
    QObject::connect(&store, &ObjectStore::completed, &store, [&isTold] { isTold = true; });
    {
        Result<ListPage> page = readList(types::mappings(u"v2"_s), body);
        store.replaceAll(std::move(page->items));
    }
    figure(title + u": list to store, CPU"_s, cpuMsecs() - cpuBefore, u"ms"_s);
    runUntil([&isTold] { return isTold; });
    qint64 bytes = 0;
    for (const Object &object : store.objects())
        bytes += object.json.size();
    const double kept = heapBytes() - heapBefore - double(bytes);
    figure(title + u": kept an object beside its bytes"_s, kept / count, u"bytes"_s);
}

void watches(int count)
{
    const TestAuthority authority;
    const TestIdentity identity = loopbackServer(authority);
    ScriptedServer server(
        [](const ServerRequest &request, const ServerReply &reply) {
            request.path() == "/watch" ? reply.startStream() : reply.answer(200, "{\"gitVersion\":\"v1\"}");
        },
        serverTls(identity.certificate, identity.key));
    Connection connection;
    connection.server = server.url();
    connection.trustedCa = authority.certificate();
    Transport transport(connection);
    int open = 0;
    for (int i = 0; i < count; ++i) {
        Transport::Callbacks callbacks;
        callbacks.onHead = [&open](int) { ++open; };
        callbacks.onData = [](const QByteArray &) {};
        callbacks.finished = [](const Result<HttpResponse> &) {};
        HttpRequest request;
        request.path = u"/watch"_s;
        request.timeoutMs = 0;
        transport.send(request, std::move(callbacks));
    }
    runUntil([&] { return open == count; });
    Client client(transport);
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        QElapsedTimer clock;
        clock.start();
        const auto version = client.version();
        runUntil([&] { return version.isFinished(); });
        best = std::min(best, double(clock.nsecsElapsed()) / 1e6);
    }
    figure(u"%1 watches open; a GET beside them"_s.arg(open), best, u"ms"_s);
}

void flood()
{
    const QByteArray block(1024 * 1024, 'x');
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
        const auto more = [socket, &block] {
            if (socket->bytesToWrite() < block.size())
                socket->write(block);
        };
        QObject::connect(socket, &QTcpSocket::bytesWritten, socket, more);
        more();
    });
    Connection connection;
    connection.server = QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
    Transport transport(connection);
    Transport::Id id = 0;
    Transport::Callbacks callbacks;
    callbacks.onData = [&](const QByteArray &) { transport.pause(id); };
    callbacks.finished = [](const Result<HttpResponse> &) {};
    HttpRequest request;
    request.timeoutMs = 0;
    const double before = residentMiB();
    id = transport.send(request, std::move(callbacks));
    bool isOver = false;
    QTimer::singleShot(FloodTime, &server, [&isOver] { isOver = true; });
    runUntil([&isOver] { return isOver; });
    figure(u"a flood that is not read for 3 s: memory of the whole process"_s, residentMiB(), u"MiB"_s);
    figure(u"… and what it grew by"_s, residentMiB() - before, u"MiB"_s);
    transport.cancel(id);
}

// Of one kind, in ten minutes; k9s 0.51 lists a custom resource every two seconds, its default and its least: 300 lists.
void idleMinutes()
{
    struct Server
    {
        const char *name;
        ReflectorMachine::FirstState first;
        ReflectorMachine::Life life;
    };
    using First = ReflectorMachine::FirstState;
    using Life = ReflectorMachine::Life;
    for (const Server &each : {Server{"a server that streams lists", First::Streamed, Life::Asked},
                               Server{"an older server", First::Listed, Life::Asked},
                               Server{"over HTTP/1.1", First::Listed, Life::Unasked}}) {
        const IdlePage::Cost cost = IdlePage(each.first, each.life).during(std::chrono::minutes(10));
        const QString where = u"ten idle minutes, "_s + QLatin1String(each.name);
        figure(where + u": lists"_s, cost.lists, u"(k9s 300)"_s);
        figure(where + u": watches"_s, cost.watches, u"(k9s 0)"_s);
    }
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    idleMinutes();
    flood();
    watches(300);
    objects(10'000);
    objects(100'000);
    if (argc > 1) {
        QFile file(QString::fromLocal8Bit(argv[1]));
        if (file.open(QIODevice::WriteOnly))
            file.write(QJsonDocument(figures).toJson());
    }
    return 0;
}
