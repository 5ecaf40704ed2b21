// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The edge on this machine from manifests: compile, build the table, serve it; again for each new set of
// objects, of which only what concerns changed Mappings is worked out again (Compilation): share those that stay.
// Promise: objects that cannot be used never stop what is being served; the messages name them.
// Thread: the loop given.
#include "edge/config/compilation.h"
#include "edge/gateway.h"

namespace edge {

struct EdgeRunOptions
{
    CompileOptions compile;
    std::string defaultNamespace = "default"; // of objects that name none
    std::vector<Endpoint>
        listens; // --listen: serve the Listener of that port there, else what no Listener resource made
    std::map<std::uint16_t, Endpoint> listeners; // --listener: bind a Listener's port elsewhere
    std::map<std::string, Endpoint> services;    // --map: SERVICE or SERVICE:PORT → where it lives
    std::function<std::optional<Endpoint>(const Cluster &)>
        resolve; // the others; nullopt: nowhere.  Neither this nor services: as the cluster says, by DNS
    bool isBehindSidecars =
        false; // where resolve leads: TLS by the mesh's contexts (ALPN istio) would meet nobody
    std::function<void(const Exchange &)> exchangeFinished;
};

class EdgeRunner
{
public:
    EdgeRunner(asio::io_context &loop, EdgeRunOptions options);

    // What there is to say about the objects: compile errors, broken TLS material, ports that are taken.
    Result<std::vector<std::string>> apply(const SharedList<Value> &objects);
    std::vector<std::string> addresses() const; // "http://127.0.0.1:8080"; of what is listened on
    bool hasListeners() const;                  // whether the last objects ask for any, bound or not
    const Gateway &gateway() const { return m_gateway; }
    void stop() { m_gateway.stop(); }

private:
    void take(const SharedList<Value> &objects);

    EdgeRunOptions m_options;
    SharedList<Value> m_given;                                // by the last apply()
    SharedList<Value> m_objects;                              // the same, each in a namespace
    std::map<std::size_t, SharedList<Value>::Item> m_secrets; // those of m_objects, by their number
    Gateway m_gateway;
    Compilation m_compilation;
    std::shared_ptr<const RouteTable> m_table;
};

// The configuration that EdgeRunner serves of these objects; and the same with listeners bound and services found
// where the options say, for a proxy that does not know the options.  A listener that is not served is left out.
Config compiledFor(const EdgeRunOptions &options, const SharedList<Value> &objects);
Config relocated(Config config, const EdgeRunOptions &options);
std::string
textOf(const Diagnostic &diagnostic); // "Mapping prod/a: spec.prefix: …"; of no object the sentence

// ADDR:PORT, :PORT or PORT; an IPv6 address in brackets.
Result<Endpoint> parseEndpoint(std::string_view text);
// Where a cluster lives by --map: by host:port, by host, then by the service's name without its namespace.  A host
// without a dot is found where the edge's DNS finds it, too: in the edge's namespace ("quote" is quote.default).
std::optional<Endpoint> mappedEndpoint(const std::map<std::string, Endpoint> &services,
                                       const Cluster &cluster, std::string_view edgeNamespace);
// Where a listener is bound; nullopt: it is not served.
std::optional<Endpoint> bindingOf(const EdgeRunOptions &options, const Config &config,
                                  const Listener &listener);
// A sentence for each address, listener and service of the options that nothing in the configuration answers to,
// with what there is instead.
std::vector<std::string> unusedOptions(const EdgeRunOptions &options, const Config &config);

} // namespace edge
