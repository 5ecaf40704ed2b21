// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A small Zipkin: takes spans (POST /api/v2/spans) and answers /api/v2/services, /spans, /traces and /trace/ID of the newest
// ones.  Where SALLYPORT_ZIPKIN names a real one (http://127.0.0.1:9411), that is what the container's port leads to.
// Thread: the loop.
#include "app/demo/program.h"
#include "edge/server.h"

#include <deque>

namespace demo {

class ZipkinProgram : public Program, public edge::Handler
{
public:
    explicit ZipkinProgram(const ContainerContext &context);
    edge::Result<void> start() override;
    void stop() override { m_server.stop(); }
    std::vector<InboundPort> ports() const override { return m_ports; }
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

    static constexpr std::size_t MaxSpans = 10'000;

private:
    bool take(const std::string &json);
    Value services() const;
    Value spanNames(const std::string &service) const;
    Value traces(const std::string &service, std::size_t limit) const; // newest first
    Value trace(const std::string &id) const;

    std::function<void(const std::string &)> m_log;
    edge::Server m_server;
    std::vector<InboundPort> m_ports;
    std::deque<Value> m_spans;
};

} // namespace demo
