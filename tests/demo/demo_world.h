// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A whole demo cluster for tests, and the foreign peers that look at it: kubectl and a plain HTTP client.
#include "app/demo/demo_cluster.h"

#include <QStringList>

#include <memory>

struct HttpSeen
{
    int status = 0;
    QByteArray body;
    QString error;
};

class DemoWorld
{
public:
    explicit DemoWorld(demo::DemoOptions options = {});
    bool start(); // false: see error()
    bool waitForPrometheus() { return m_cluster->waitForPrometheus(std::chrono::seconds(40)); }
    QString error() const { return m_error; }
    const demo::DemoReady &ready() const { return m_ready; }

    // Standard output, and standard error after it; exit code in `code`.
    QString kubectl(const QStringList &arguments, const QByteArray &input = {}, const QString &context = {});
    bool apply(const QString &yaml);                                   // by kubectl apply -f -
    HttpSeen get(const QString &url, const QStringList &headers = {}); // by curl, certificates unchecked
    int code = 0;
    void setKubectl(const QString &program) { m_kubectl = program; } // else foreignKubectl()
    QString switchIncident(const QString &name, bool isOn);          // by /_sim/NAME; "" or why not
    HttpSeen api(const QString &path); // of the API server, as demo-viewer, by curl: one request, no retries
    QString metricsOf(const QString &nameSpace, const QString &app); // of the sidecar of its first pod

    static QString missingPeer(); // why these tests cannot run here; "" they can

private:
    std::unique_ptr<demo::DemoCluster> m_cluster;
    demo::DemoReady m_ready;
    QString m_error, m_token, m_kubectl;
};

// The guide's objects, as it has them.
QString guideQuote();
QString guideMapping(bool tls);
QString guideTlsContext();
QString guideStrict();
QString guideSidecarPatch(); // strategic merge patch of the Deployment
