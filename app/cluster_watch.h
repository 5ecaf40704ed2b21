// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Everything of one cluster that is kept watching, for the console and for edge run: a reflector and a store for each kind of the snapshot's plan.
// Lives on the cluster thread.  It tells two things: how the connection stands, and (at most every 250 ms) that a new snapshot can be made.
// Versions are chosen by discovery (snapshot_plan.h), and again when the definition of a custom resource or an edge's image changes and
// when a kind is answered 404: then its watch goes on in another version, and kinds that have come are watched too.
// A kind that is forbidden for the whole cluster is watched in the context's own namespace instead, and the whole is asked for again: with
// pauses of 5 s × 2 up to 160 s, and at once by retryNow().  One that is not there is tried again.
// takenAt of a snapshot is when it was made; while the connection is lost, when the last news came.
#include "app/connection_probes.h"
#include "kube/api_catalog.h"
#include "kube/cluster_identity.h"
#include "kube/reflector.h"
#include "models/resources/connection_state.h"
#include "models/resources/snapshot.h"

#include <QTimer>

#include <functional>
#include <vector>

namespace app {

class ClusterWatch : public QObject
{
    Q_OBJECT
public:
    ClusterWatch(kube::Client &client, QObject *parent,
                 std::chrono::milliseconds measurePause = std::chrono::seconds(30));
    ~ClusterWatch() override
    {
        m_stop.request_stop();
        m_asked.request_stop();
    }
    void start();
    void retryNow();
    void refresh(); // and what is watched is listed anew
    // Where the whole cluster is forbidden, this namespace is watched in the place of the context's own; "": that one again.
    void watchIn(const QString &nameSpace);
    // Read your writes: calls once, on this thread, when what is watched of each kind has that resourceVersion or a newer one.  Kinds that
    // are not watched are not waited for.
    void whenSeen(const QList<QPair<kube::ResourceType, QString>> &versions, std::function<void()> then);

Q_SIGNALS:
    void connectionChanged(const models::ConnectionState &state);
    void snapshotReady(const models::SnapshotInput &input);
    void storeMade(const QString &plural,
                   kube::ObjectStore *store); // before it is filled: the place for row feeds

private:
    struct Watched
    {
        kube::ResourceType type;
        kube::ObjectStore *store = nullptr;
        kube::Reflector *reflector = nullptr;
        QString nameSpace; // that is watched; "" all
        QString
            filled; // of which the store's objects are: while all are listed again, still those of one namespace
        QDateTime refusedAt; // when the server last said that it is forbidden
        QString onlyIn() const { return nameSpace.isEmpty() ? filled : nameSpace; }
    };
    void connectOnce();
    void failed(const kube::Error &error);
    void connected(const kube::ServerVersion &version);
    void lookAtVersions();
    QList<kube::Object> workloads() const;
    void plan();
    void watchDefinitions();
    bool mayBeServedByNow(const kube::ResourceType &type) const;
    void watch(const kube::ResourceType &type);
    void startReflector(qsizetype index, const QString &nameSpace);
    void reflectorChanged(qsizetype index, const kube::WatchState &state);
    void narrow(qsizetype index);
    void askForAll(bool isWanted); // by a person
    const Watched *find(const QString &plural) const;
    bool isSettled(const Watched &watched) const; // listed once, or failed once
    void report();
    void buildSnapshot();
    void addProgress(models::ConnectionState &next) const;
    void waits(const QString &why, int seconds);

    kube::Client &m_client;
    std::stop_source m_stop, m_asked; // m_asked: the question that a connection begins with
    std::vector<Watched> m_watched;
    QString m_ownNamespace; // that is watched where the whole cluster is forbidden
    models::ConnectionState m_state;
    std::optional<qint64> m_clockAheadSeconds; // as of the last connection
    QList<models::OwnCertificate> m_ownCertificates;
    std::optional<kube::ApiCatalog> m_catalog; // absent: not asked yet, or it could not be read
    bool m_isDiscovered = false;               // asked once, whatever came
    bool m_isFirstGeneration = false;
    bool m_ambassadorAdded = false;
    kube::ObjectStore m_definitions; // of custom resources, metadata alone
    std::unique_ptr<kube::Reflector> m_definitionsWatch;
    QTimer m_lookTimer; // runs while what is served may have changed
    QTimer m_snapshotTimer;
    QTimer m_retryTimer;
    QTimer m_wideTimer; // runs while a kind is watched in one namespace only
    std::chrono::seconds m_widePause{0};
    ConnectionProbes m_probes;
    QTimer m_waitTimer; // runs while the server has asked to wait
    int m_failures = 0;
    kube::ClusterIdentity m_identity;
};

} // namespace app
