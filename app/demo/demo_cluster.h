// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The whole miniature mesh: starts everything, writes the kubeconfig, ends everything.
// Thread: made and destroyed on a Qt thread with an event loop (its Prometheus child needs one); the mesh
// itself runs on an asio thread of its own.
#include "app/demo/demo_options.h"
#include "edge/result.h"

#include <QObject>

#include <chrono>
#include <memory>
#include <stop_token>

namespace demo {

struct DemoReady
{
    QString kubeconfig; // path, 0600
    QString apiServer;  // https://127.0.0.1:PORT
    QString edgeHttp;   // http://127.0.0.1:PORT
    QString edgeHttps;  // https://127.0.0.1:PORT
    QString prometheus; // the program's version, or why there is none
};

class DemoCluster : public QObject
{
    Q_OBJECT
public:
    explicit DemoCluster(DemoOptions options, QObject *parent = nullptr);
    ~DemoCluster() override; // ends children, removes the temporary folder
    // Both wait in an event loop of their own, as the child process needs one, and end early with a stop that is asked for there.
    // Returns when the API server answers and the pods run; Prometheus may still be starting.
    edge::Result<DemoReady> start(const std::stop_token &stop = {});
    // Until Prometheus' pod is ready too and has scraped three times, where one is wanted and can run; false: not within
    // the limit.
    bool waitForPrometheus(std::chrono::milliseconds limit, const std::stop_token &stop = {});

private:
    edge::Result<DemoReady> begin(const std::stop_token &stop);

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace demo
