// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Keeps knowing what the edges' pods and the sidecars (one of each workload) have loaded, and what the edge presents: asks
// again when those pods, the PeerAuthentications or the certificates in Secrets change, every half minute while something else
// is loaded or presented than is stored, and in time to see a certificate that is renewed.  No watch tells of it, so it costs a port-forward each time; a certificate of a
// day is asked for every ten minutes.  Thread: GUI.  Destroy it before the cluster thread.
#include "app/cluster_analysis.h"
#include "app/gui/work_queue.h"
#include "app/presented_certificates.h"
#include "kube/client.h"

#include <QTimer>

namespace app::gui {

class EdgeProxyWatch : public QObject
{
    Q_OBJECT
public:
    explicit EdgeProxyWatch(kube::Client &client, QObject *parent = nullptr);
    // The newest, and handshakePlan() of it: working that out walks over all routes, so not on this thread.
    void setAnalysis(const ClusterAnalysis &analysis, const HandshakePlan &handshakes);
    const QList<models::ProxyCertificates> &proxies() const { return m_proxies; }
    const QList<models::ProxyCertificates> &sidecars() const { return m_sidecars; }
    const QList<models::PresentedCertificate> &presented() const { return m_presented; }

Q_SIGNALS:
    void answered(); // proxies(), presented() or sidecars() are new

private:
    void ask();
    void take(const QList<models::ProxyCertificates> &sidecars);

    kube::Client &m_client;
    QList<models::EdgeInstallation> m_edges;
    QList<models::Pod> m_pods;                    // of the edges
    QList<models::Pod> m_meshPods;                // one of each workload
    QList<models::PeerAuthentication> m_policies; // that the sidecars' listeners follow
    QList<models::ProxyCertificates> m_proxies, m_sidecars;
    HandshakePlan m_handshakes; // with the edge that is looked at
    QList<models::PresentedCertificate> m_presented;
    QStringList m_stored; // fingerprints of the certificates in Secrets that something uses
    QTimer m_timer;
    bool m_isAsking = false, m_isOutdated = false;
    bool m_isExpected = false; // a Mapping goes out with the mesh's certificate
    WorkQueue m_work;          // last: its job ends first
};

// How long what was seen can be believed: a tenth of what is left of the certificate that ends first, between
// two seconds and ten minutes, and not past the moment at which its renewal should be seen; a minute after an error; two seconds while a certificate of the mesh is expected
// and none is loaded yet.
std::chrono::milliseconds nextLook(const QList<models::ProxyCertificates> &proxies, bool isExpected,
                                   const QDateTime &now);

} // namespace app::gui
