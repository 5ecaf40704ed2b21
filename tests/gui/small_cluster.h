// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A small API server over TLS for the console's tests: the kinds that it watches, list and watch, create,
// merge patch and delete with dry run, a token, and faults on demand.  In the test's own process, so that a
// test can change the cluster between two looks at the window; the demo cluster is the real thing.
#include "edge/value.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"

#include <QMap>

#include <functional>

class SmallCluster
{
public:
    SmallCluster();
    // Objects, as `kubectl replace` would leave them: what is there keeps its uid.
    void put(const QByteArray &yaml);
    void expire();                                              // ends every watch that runs with 410
    void drop(const QByteArray &plural, const QByteArray &key); // "default/quote-backend"
    const edge::Value *find(const QByteArray &plural, const QByteArray &key) const;
    QByteArray kubeconfig(const QByteArray &moreUser = {}) const; // its token and CA, context "test"
    QByteArray kubeconfigWith(const QByteArray &server, const QByteArray &token, const QByteArray &ca) const;

    QByteArray certificateAuthority() const { return m_authority.certificate(); }

    quint16 port() const { return m_server.port(); }

    QByteArray token = "a-good-token";
    QByteArray forbiddenPlural;  // lists of it answer 403
    int forbidden = 0;           // how often one did
    QByteArray allowedNamespace; // where they are allowed all the same; "" nowhere
    bool reviews = true;         // access reviews are answered; else 403
    bool expires = false;        // watches, and lists of a version, answer 410
    int expired = 0;             // how often one did
    QByteArray listHeaders;      // of every list: "Warning: …\r\n"
    bool listsOnly = false;      // access reviews allow list and watch alone
    bool holdsNews = false;      // watches hear of changes only when it lets go
    void letGo();
    bool readOnly = false;    // every write, dry or not, answers 403
    QByteArray refusedPlural; // writes of it, but no dry runs, answer 422
    std::function<void(const ServerRequest &, const ServerReply &)> proxied; // answers …/proxy/…; empty: 404
    QByteArray putOffPlural;     // writes of it answer 429, and ask to wait an hour
    bool putsOffDryRuns = false; // those too
    int dryRuns = 0, writes = 0;

private:
    struct Target
    {
        QByteArray apiVersion, plural, nameSpace, name;
    };
    struct Watch
    {
        QByteArray plural;
        ServerReply reply;
        int number;
    };
    static Target targetOf(const QByteArray &path);
    void handle(const ServerRequest &request, const ServerReply &reply);
    bool discover(const QByteArray &path, const ServerReply &reply) const;
    bool reviewed(const ServerRequest &request, const ServerReply &reply) const;
    void list(const Target &target, const ServerRequest &request, const ServerReply &reply);
    void watch(const Target &target, const ServerRequest &request, const ServerReply &reply);
    void write(const Target &target, const ServerRequest &request, const ServerReply &reply);
    void store(const QByteArray &plural, const QByteArray &key, edge::Value object);
    void tell(const char *type, const QByteArray &plural, const edge::Value &object);

    TestAuthority m_authority;
    TestIdentity m_identity;
    QMap<QByteArray, QMap<QByteArray, edge::Value>> m_objects; // plural → key
    QList<QPair<QByteArray, QByteArray>> m_held;               // plural, line
    QList<QPair<int, QPair<QByteArray, QByteArray>>> m_log;    // version → plural, line
    QList<Watch> m_watches;
    int m_watchesBegun = 0;
    QObject m_timers; // context of their ends
    int m_version = 100;
    ScriptedServer m_server; // last: it serves what is above
};
