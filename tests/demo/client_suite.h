// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The client's daily work against a whole API server, one test function a part: client_suite_demo_1_15_test and
// its siblings run it on the demo's API servers of three ages, client_suite_real_test on a real kube-apiserver
// where KUBEBUILDER_ASSETS names one.  One suite: where two of them differ, one is wrong, or the row says why.
#include "kube/client.h"
#include "kube/reflector.h"
#include "tests/demo/api_fixture.h"
#include "tests/demo/real_api_server.h"

#include <QTest>

class ClientSuite : public QObject
{
    Q_OBJECT
public:
    explicit ClientSuite(QString version) // of the demo's server; "": the real one
        : m_version(std::move(version))
    {
    }

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    // client_suite.cpp: what is read
    void discovers();
    void saysWhatIsMissing();
    void readsTablesAndMetadata();
    void readsPages();
    void listsMoreThanAPage();
    void knowsItsRights();
    void hearsWarnings();
    void readsCustomResources();
    void saysWhyAPodGivesNothing();

    // client_suite_writes.cpp
    void createsReplacesAndPatches();
    void dryRunsChangeNothing();
    void appliesWithOwners();
    void removesWithPreconditions();
    void patchesListsByTheirKey();
    void refusesBytesThatAreNone_data();
    void refusesBytesThatAreNone();
    void knowsAnUnchangedSecret();

    // client_suite_applies.cpp
    void appliesByThreeStates();
    void appliesInTurnsWithKubectl();
    void appliesWhereTheServerCannot();

    // client_suite_watches.cpp
    void keepsAStoreEqual();
    void keepsTheMetadataOnly();
    void watchesTheServersTable();
    void noticesAnObjectMadeAnew();
    void readsItsOwnWrites();
    void livesThroughClosedConnections();
    void listsAgainWhatHasExpired();

private:
    template<typename T>
    kube::Result<T> wait(const QFuture<kube::Result<T>> &future)
    {
        if (!QTest::qWaitFor([&future] { return future.isFinished(); }, Patience))
            return kube::failure(kube::Error::Kind::Timeout, QStringLiteral("the test waited in vain"));
        return future.result();
    }
    template<typename T>
    static const char *why(const kube::Result<T> &result)
    {
        static QByteArray text;
        text = result ? QByteArray() : result.error().message.toUtf8();
        return text.constData();
    }
    bool isReal() const { return m_version.isEmpty(); }
    int minor() const { return isReal() ? 99 : m_version.section(QLatin1Char('.'), 1).toInt(); }
    kube::Result<kube::Object> create(const QString &name, const QByteArray &value = "1");
    QStringList names(); // "NAME VERSION" of the namespace's ConfigMaps, as listed
    static QStringList known(const kube::ObjectStore &store); // the same of a store

    static constexpr int Patience = 30'000; // ms

    QString m_version, m_kubeconfig;
    std::unique_ptr<ApiFixture> m_demo;
    std::unique_ptr<RealApiServer> m_real;
    std::unique_ptr<kube::Transport> m_transport;
    std::unique_ptr<kube::Client> m_client;
};

namespace client_suite {

QByteArray configMap(const QString &name, const QByteArray &value = "1");
QByteArray gadgetDefinition(bool isOld); // a CRD, for servers before 1.16 too
kube::WriteOptions confirmed(const QString &manager = QStringLiteral("suite"));

} // namespace client_suite
