// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A small API server for one kind (pods), found by legacy discovery: lists in pages, watches from a version with a log that can be compacted, and faults on
// demand.  Only what the client's tests need; the demo cluster is the real thing.
#include "tests/kube/scripted_server.h"

#include <QMap>

class ScriptedApi
{
public:
    explicit ScriptedApi(const std::optional<QSslConfiguration> &tls = {});

    void put(const QString &name);
    void drop(const QString &name);
    void compact(); // forgets the log: watches from before get 410
    void bookmark();
    void endWatches();
    void cutWatches();
    void silenceWatches(); // those under way: nothing comes any more, not even their end
    void sendToWatches(const QByteArray &line);
    QByteArray afterEachLine; // to the watches, in one piece with it

    QMap<QString, int> versions; // the truth
    int pageSize = 0;            // 0: as asked
    int failLists = 0;           // the next n lists answer listFault
    int failPages = 0;           // the next n continued pages answer 410
    int failWatches = 0;         // the next n watches answer watchFault
    int listFault = 500, watchFault = 410;
    bool streamsLists = false; // knows sendInitialEvents; else 422, as before 1.27
    bool laysOut = false;      // each event goes over several lines, the next follows in the last of them
    bool slowHeads = false;    // watches get their head with their first event
    QByteArray faultHeaders;
    std::function<bool(const ServerRequest &, const ServerReply &)> before; // true: it has answered itself
    QList<QByteArray> lists, watches;                                       // targets, as asked
    ScriptedServer server;

private:
    struct Watch
    {
        ServerReply reply;
        bool isStarted;
    };
    void handle(const ServerRequest &request, const ServerReply &reply);
    static bool discovered(const ServerRequest &request, const ServerReply &reply);
    void list(const ServerRequest &request, const ServerReply &reply);
    void watch(const ServerRequest &request, const ServerReply &reply);
    void stream(const ServerReply &reply);
    void record(const char *type, const QString &name);

    QList<Watch> m_watches;
    QList<QPair<int, QByteArray>> m_log;
    int m_version = 100, m_oldest = 100;
};

QByteArray podJson(const QString &name, int version);
QByteArray statusJson(int code, const QByteArray &reason, const QByteArray &message);
