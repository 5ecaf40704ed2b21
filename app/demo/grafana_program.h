// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// As much of Grafana's HTTP API as dashboards need: search, read, import, save with versions, delete, the catalogue's number
// 4698 (a dashboard of our own under the same title), and /api/ds/query, which asks the cluster's Prometheus.  Anybody may
// write, as in Istio's addon.  Dashboards live as long as the pod.  Thread: the loop.
#include "app/demo/program.h"
#include "edge/server.h"

namespace demo {

class GrafanaProgram : public Program, public edge::Handler
{
public:
    explicit GrafanaProgram(const ContainerContext &context);
    edge::Result<void> start() override;
    void stop() override { m_server.stop(); }
    std::vector<InboundPort> ports() const override { return m_ports; }
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

private:
    struct Answer
    {
        int status = 200;
        Value body;
    };
    Answer read(const std::string &path, const std::string &query) const;
    Answer search(const std::string &words) const;
    Answer dashboard(const std::string &uid) const;
    std::map<std::string, Value> shown() const; // the database's and those of mounted files, by uid
    Answer save(const Value &request);
    Answer import(Value request);
    Answer remove(const std::string &uid);
    asio::awaitable<Answer> ask(Value request); // each query's expression, now
    std::optional<std::uint16_t> prometheusPort() const;

    ContainerContext m_context;
    edge::Server m_server;
    std::vector<InboundPort> m_ports;
    std::map<std::string, Value> m_dashboards; // by uid
    int m_lastId = 0;
};

} // namespace demo
