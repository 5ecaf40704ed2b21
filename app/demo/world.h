// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every part of the demo's mesh works with.  Everything named here outlives every pod.  Thread: the
// loop.
#include "app/demo/authority.h"
#include "app/demo/demo_options.h"
#include "app/demo/mesh_policy.h"
#include "app/demo/pod_logs.h"
#include "app/demo/series_store.h"
#include "app/demo/service_directory.h"

namespace demo {

class PrometheusControl // the one child process, run elsewhere; calls back on the loop
{
public:
    struct Events
    {
        std::function<void(const std::string &line)> output;
        std::function<void(int code)> exited;
    };
    virtual ~PrometheusControl() = default;
    virtual bool isAvailable() const = 0;
    // Starts it once an earlier one has ended.  It serves on 127.0.0.1:port.
    virtual void start(std::string configuration, std::uint16_t port, Events events) = 0;
    virtual void stop(std::uint16_t port) = 0; // the one on that port, running or waiting
};

struct World
{
    asio::io_context &loop;
    const DemoOptions &options;
    Store &store;
    Network &network;
    ServiceDirectory &directory;
    const Authority &meshAuthority;
    MeshPolicy &policy;
    PodLogs &logs;
    PrometheusControl &prometheus;
    std::string folder;                 // temporary, private
    bool edgeKeepsCertificates = false; // an incident: what has been loaded stays loaded
    bool edgeHoldsConfiguration =
        false;                         // /_sim/edge-holds: edges go on with the configuration that they have
    std::uint16_t scrapeProxyPort = 0; // what Prometheus dials pods through, and asks for its targets
    std::shared_ptr<SeriesStore> samples = {}; // of the built-in responder, once it has run
};

} // namespace demo
