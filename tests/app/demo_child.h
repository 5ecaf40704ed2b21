// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A demo cluster as a program of its own, the command line beside it, and a client of the test's own that looks
// at what really stands in the API server.  Everything lives in one temporary folder and ends with this object.
#include "app/cluster_thread.h"
#include "edge/value.h"

#include <QMap>
#include <QProcess>
#include <QTemporaryDir>

#include <memory>

struct CliEnded
{
    int code = -1;
    QString out, err;
    QString all() const { return out + err; }
};

class DemoChild
{
public:
    DemoChild();
    ~DemoChild();
    DemoChild(const DemoChild &) = delete;
    DemoChild &operator=(const DemoChild &) = delete;

    bool start(const QStringList &options = {}); // of demo-cluster; false: see error()
    QString error() const { return m_error; }
    bool hasPrometheus() const { return m_ready.contains(QLatin1String("prometheus=prometheus")); }
    QString kubeconfig() const { return m_folder.filePath(QStringLiteral("kubeconfig")); }
    QString readyLine() const { return m_ready; }

    CliEnded run(const QStringList &arguments,
                 int limitMs = 240'000) const; // sallyportctl; code -1: it did not end in time
    std::unique_ptr<QProcess> launch(const QStringList &arguments) const; // and does not wait
    kube::Client &client();
    // "PeerAuthentication shop/default" → the object without what the server writes.
    QMap<QString, edge::Value> objects(const QList<kube::ResourceType> &types);
    bool
    setMode(const QString &mode); // of its context: "read-only", "normal"; for programs begun from then on
    bool fault(const QString &name, bool isOn); // POST or DELETE /_sim/NAME

private:
    QProcessEnvironment environment() const;

    QTemporaryDir m_folder;
    QProcess m_demo;
    QString m_error, m_ready;
    std::unique_ptr<app::ClusterThread> m_thread;
};
