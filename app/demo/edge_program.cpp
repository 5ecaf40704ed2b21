// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/edge_program.h"

#include "app/demo/base64.h"
#include "app/demo/envoy_admin.h"
#include "app/demo/kubeconfig_writer.h"
#include "app/demo/volumes.h"
#include "edge/client.h"
#include "edge/config/envoy_export.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <algorithm>

namespace demo {

namespace {

constexpr std::uint16_t EnvoyAdminPort = 8001;
constexpr std::chrono::milliseconds Debounce{150};
constexpr std::chrono::milliseconds CertificatePoll{200};

edge::SecretMaterial materialOf(const Value &secret)
{
    const auto field = [&](std::initializer_list<const char *> names) {
        for (const char *name : names) {
            if (const Value *data = secret["data"].find(name))
                return fromBase64(data->text());
        }
        return std::string();
    };
    return {field({"tls.crt", "cert-chain.pem"}), field({"tls.key", "key.pem"}),
            field({"ca.crt", "root-cert.pem"})};
}

const char *severityKey(edge::Diagnostic::Severity severity)
{
    return severity == edge::Diagnostic::Severity::Error ? "errors" : "notices";
}

std::optional<edge::Cluster> tracingCluster(const edge::Config &config)
{
    for (const auto &[name, cluster] : config.clusters) {
        if (name.starts_with("cluster_tracing_"))
            return cluster;
    }
    return {};
}

std::string spanId(std::size_t digits)
{
    std::string id;
    while (id.size() < digits)
        id += randomToken();
    return id.substr(0, digits);
}

asio::awaitable<void> post(edge::ClientRequest request) { (void)co_await edge::fetch(std::move(request)); }

} // namespace

EdgeProgram::EdgeProgram(const ContainerContext &context)
    : m_context(context)
    , m_version(imageTag(context.container["image"].text()))
    , m_files(context.world.store, context.world.folder, context.podObject, context.container)
    , m_reconfigure(context.world.loop)
    , m_certificateWatch(context.world.loop)
    , m_admin(context.world.loop, *this)
    , m_started(std::chrono::steady_clock::now())
{
    m_options.compat = edge::compatFromVersion(m_version);
    m_options.ambassadorNamespace = context.pod.nameSpace;
    const std::string id = environmentOf(context.container, "AMBASSADOR_ID");
    m_options.ambassadorId = id.empty() ? "default" : id;
    m_options.singleNamespace = !environmentOf(context.container, "AMBASSADOR_SINGLE_NAMESPACE").empty();
    m_options.edgeStack = imageName(context.container["image"].text()) == "aes";
    m_options.fileExists = [this](const std::string &path) { return m_files.read(path).has_value(); };
    const std::string secretDir = environmentOf(context.container, "AMBASSADOR_ISTIO_SECRET_DIR");
    if (!secretDir.empty())
        m_certificateFolder =
            volumePath(context.world.folder, context.podObject, context.container, secretDir);
}

EdgeProgram::~EdgeProgram() { stop(); }

edge::Result<void> EdgeProgram::start()
{
    const auto admin = m_admin.listen({"127.0.0.1", 0, 8877});
    if (!admin)
        return tl::unexpected(admin.error());
    m_adminPort = *admin;
    const auto envoy = m_admin.listen({"127.0.0.1", 0, EnvoyAdminPort});
    if (!envoy)
        return tl::unexpected(envoy.error());
    m_envoyPort = *envoy;
    edge::GatewayOptions options;
    const std::weak_ptr<bool> alive = m_alive;
    options.resolve = [this, alive](const edge::Cluster &cluster) {
        return alive.lock() ? resolve(cluster) : std::nullopt;
    };
    options.exchangeFinished = [this, alive](const edge::Exchange &exchange) {
        if (!alive.lock())
            return;
        logExchange(exchange);
        sendSpan(exchange);
    };
    options.readFile = [this](const std::string &path) { return m_files.read(path); };
    m_gateway = std::make_unique<edge::Gateway>(m_context.world.loop, std::move(options));
    m_context.log("AMBASSADOR " + utcText(true) + " " + m_context.container["image"].text()
                  + " starts, diagnostics on port 8877");
    m_subscription = m_context.world.store.subscribe([this](const StoreEvent &event) { noteChange(event); });
    watchCertificates();
    m_reconfigure.after(Debounce, [this] { reconfigure(); });
    return {};
}

void EdgeProgram::stop()
{
    if (m_subscription != 0)
        m_context.world.store.unsubscribe(std::exchange(m_subscription, 0));
    m_reconfigure.stop();
    m_certificateWatch.stop();
    m_admin.stop();
    m_alive.reset();
    if (m_gateway)
        m_gateway->stop();
}

std::vector<InboundPort> EdgeProgram::ports() const
{
    std::vector<InboundPort> ports{{8877, m_adminPort, nullptr},
                                   {EnvoyAdminPort, m_envoyPort, nullptr, true}};
    if (m_gateway) {
        for (const auto &[configured, bound] : m_gateway->boundPorts())
            ports.push_back({configured, bound, nullptr});
    }
    return ports;
}

namespace {

// Of other groups than Ambassador's, what an edge reads of a cluster.
bool isReadAsItIs(const ResourceKind &kind)
{
    const std::string &plural = kind.plural;
    return (kind.group.empty() && (plural == "services" || plural == "secrets"))
        || (kind.group == "networking.k8s.io" && (plural == "ingresses" || plural == "ingressclasses"));
}

} // namespace

void EdgeProgram::noteChange(const StoreEvent &event)
{
    if ((event.kind->group == "getambassador.io" || isReadAsItIs(*event.kind)) && !m_reconfigure.isArmed())
        m_reconfigure.after(Debounce, [this] { reconfigure(); });
}

// The 1.x line reads every object in the version v2, whatever it was written in.
edge::SharedList<Value> EdgeProgram::configurationObjects() const
{
    const Store &store = m_context.world.store;
    const std::string v2 = "getambassador.io/v2";
    edge::SharedList<Value> objects;
    for (const auto &kind : store.kinds()) {
        const bool isAsItIs = isReadAsItIs(*kind);
        if (kind->group != "getambassador.io" && !isAsItIs)
            continue;
        for (const ObjectPtr &object : store.list(*kind)) {
            if (isAsItIs || m_options.compat != edge::Compat::V1 || (*object)["apiVersion"].text() == v2) {
                objects.push_back(object);
                continue;
            }
            Value read = *object;
            read.set("apiVersion", v2);
            objects.push_back(std::move(read));
        }
    }
    return objects;
}

std::optional<edge::SecretMaterial> EdgeProgram::istioCertificate() const
{
    if (!m_certificateFolder)
        return {};
    edge::SecretMaterial material{textOfFile(*m_certificateFolder + "/cert-chain.pem"),
                                  textOfFile(*m_certificateFolder + "/key.pem"),
                                  textOfFile(*m_certificateFolder + "/root-cert.pem")};
    return material.certificateChain.empty() || material.privateKey.empty() ? std::nullopt
                                                                            : std::optional(material);
}

void EdgeProgram::watchCertificates()
{
    auto now = keepsCertificates() ? m_certificate : istioCertificate();
    const bool learnsAgain = std::exchange(m_keeps, keepsCertificates()) && !m_keeps;
    if (now != m_certificate || learnsAgain) {
        m_certificate = std::move(now);
        if (!m_reconfigure.isArmed())
            m_reconfigure.after(Debounce, [this] { reconfigure(); });
    }
    m_certificateWatch.after(CertificatePoll, [this] { watchCertificates(); });
}

edge::SecretStore EdgeProgram::secrets() const
{
    const Store &store = m_context.world.store;
    edge::SecretStore secrets;
    for (const ObjectPtr &secret : store.list(*store.find("", "secrets"))) {
        edge::SecretMaterial material = materialOf(*secret);
        if (!material.certificateChain.empty() || !material.trustedCa.empty())
            secrets[secret->at({"metadata", "name"}).text() + "."
                    + secret->at({"metadata", "namespace"}).text()] = std::move(material);
    }
    if (m_certificate)
        secrets["istio-certs." + m_options.ambassadorNamespace] = *m_certificate;
    return secrets;
}

// One for as long as the sidecar's certificate is there, or is not, and the files that TLSContexts name.
edge::Compilation &EdgeProgram::compilation()
{
    if (m_compilation && m_compiledWithCertificate == m_certificate.has_value() && !m_files.hasCome())
        return *m_compilation;
    edge::CompileOptions options = m_options;
    if (m_certificate)
        options.knownSecrets.insert("istio-certs." + m_options.ambassadorNamespace);
    m_compilation = std::make_unique<edge::Compilation>(std::move(options));
    m_compiledWithCertificate = m_certificate.has_value();
    return *m_compilation;
}

void EdgeProgram::reconfigure()
{
    if (m_context.world.edgeHoldsConfiguration && m_table) {
        m_reconfigure.after(Debounce, [this] { reconfigure(); });
        return;
    }
    const auto start = std::chrono::steady_clock::now();
    compilation().setAll(configurationObjects());
    auto table = edge::RouteTable::build(compilation().compile(), m_table.get());
    m_problems.clear();
    if (table) {
        if (!keepsCertificates())
            m_loaded = secrets();
        for (const edge::Error &problem : m_gateway->apply(*table, m_loaded))
            m_problems.push_back(problem.message);
        if (!m_table)
            m_tracing = tracingCluster((*table)->config());
        m_table = std::move(*table);
        ++m_configurations;
        m_configured = utcText(true);
    } else { // Envoy refuses such a configuration and goes on with the one before
        m_problems.push_back(table.error().message);
    }
    m_lastSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (const std::string &problem : m_problems)
        m_context.log("AMBASSADOR ERROR " + problem);
    m_context.portsChanged();
}

std::optional<edge::Endpoint> EdgeProgram::resolve(const edge::Cluster &cluster)
{
    if (cluster.host == "127.0.0.1" || cluster.host == "localhost")
        return edge::Endpoint{"127.0.0.1", cluster.port == 8877 ? m_adminPort : cluster.port};
    const auto port = m_context.world.directory.dial(cluster.host, m_context.pod.nameSpace, cluster.port);
    return port ? std::optional(edge::Endpoint{"127.0.0.1", *port, dialFrom(m_context.pod.address)})
                : std::nullopt;
}

void EdgeProgram::logExchange(const edge::Exchange &exchange) const
{
    m_context.log(
        "ACCESS [" + utcText(true) + "] \"" + exchange.method + " " + exchange.target + " HTTP/1.1\" "
        + std::to_string(exchange.status) + " " + (exchange.flags.empty() ? "-" : exchange.flags) + " "
        + std::to_string(exchange.duration.count() / 1000) + " \"" + exchange.requestId + "\" \""
        + exchange.authority + "\" \"" + (exchange.upstreamAddress.empty() ? "-" : exchange.upstreamAddress)
        + "\"" + (exchange.detail.empty() ? "" : " " + exchange.detail));
}

// In Zipkin's second form, whatever Envoy of that version would send: the collector takes both.
void EdgeProgram::sendSpan(const edge::Exchange &exchange)
{
    const auto where = m_tracing ? resolve(*m_tracing) : std::nullopt;
    if (!where)
        return;
    const auto micros = [](auto time) {
        return std::int64_t(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
    };
    Value span = Value::object({{"traceId", spanId(32)}, {"id", spanId(16)}, {"kind", "SERVER"}});
    span.set("name", exchange.authority);
    span.set("timestamp", micros(exchange.startedAt.time_since_epoch()));
    span.set("duration", std::max<std::int64_t>(1, exchange.duration.count()));
    span.set("localEndpoint", // Envoy's node.cluster
             Value::object({{"serviceName", "ambassador-" + m_options.ambassadorNamespace}}));
    span.set("tags",
             Value::object({{"http.method", exchange.method},
                            {"http.url", exchange.authority + exchange.target},
                            {"http.status_code", std::to_string(exchange.status)},
                            {"upstream_cluster", exchange.cluster},
                            {"guid:x-request-id", exchange.requestId},
                            {"response_flags", exchange.flags.empty() ? "-" : exchange.flags}}));
    edge::ClientRequest request;
    request.port = where->port;
    request.source = where->source;
    request.head.method = "POST";
    request.head.target = "/api/v2/spans";
    request.head.headers.set("host", m_tracing->host);
    request.head.headers.set("content-type", "application/json");
    request.body = edge::toJson(Value::array({std::move(span)}));
    asio::co_spawn(m_context.world.loop, post(std::move(request)), asio::detached);
}

std::string EdgeProgram::metrics() const
{
    int errors = int(m_problems.size());
    int notices = 0;
    if (m_table) {
        for (const edge::Diagnostic &diagnostic : m_table->config().diagnostics)
            ++(diagnostic.severity == edge::Diagnostic::Severity::Error ? errors : notices);
    }
    Telemetry own;
    own.set("ambassador_diagnostics_info",
            {{"version", m_version},
             {"ambassador_id", m_options.ambassadorId},
             {"single_namespace", m_options.singleNamespace ? "True" : "False"}},
            1);
    own.set("ambassador_diagnostics_errors", {}, errors);
    own.set("ambassador_diagnostics_notices", {}, notices);
    own.set("ambassador_reconfiguration_time_seconds", {}, m_lastSeconds);
    return m_gateway->prometheusText() + own.text();
}

namespace {

// One entry a group, with its members: what Emissary's DiagResult.include_httpgroup tells.
void addRoutes(Value &diag, const edge::Config &config)
{
    std::map<std::string, std::vector<const edge::Route *>> groups; // each Mapping once
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const edge::Route &route : host.routes) {
                    auto &members = groups[route.groupId];
                    const bool isKnown =
                        std::any_of(members.begin(), members.end(), [&](const edge::Route *member) {
                            return member->mapping == route.mapping;
                        });
                    if (!isKnown && !route.mapping.kind.empty())
                        members.push_back(&route);
                }
            }
        }
    }
    for (const auto &[id, members] : groups) {
        if (members.empty())
            continue; // the edge's own
        Value mappings = Value::array();
        for (const edge::Route *member : members)
            mappings.push(Value::object({{"name", member->mapping.name},
                                         {"namespace", member->mapping.nameSpace},
                                         {"cluster", Value::object({{"name", member->cluster}})}}));
        const edge::Route &first = *members.front();
        diag.child("route_info")
            .push(Value::object({{"_route", Value::object({{"mappings", std::move(mappings)}})},
                                 {"_source", first.mapping.name + "." + first.mapping.nameSpace + ".1"},
                                 {"_group_id", id},
                                 {"prefix", first.path.value}}));
    }
}

} // namespace

Value EdgeProgram::diagnostics() const
{
    const auto uptime =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - m_started)
            .count();
    Value diag = Value::object({{"errors", Value::array()},
                                {"notices", Value::array()},
                                {"tlscontexts", Value::array()},
                                {"cluster_info", Value::object()},
                                {"route_info", Value::array()}});
    diag.set("system",
             Value::object({{"version", m_version},
                            {"ambassador_id", m_options.ambassadorId},
                            {"ambassador_namespace", m_options.ambassadorNamespace},
                            {"single_namespace", m_options.singleNamespace}}));
    diag.set("envoy_status",
             Value::object({{"alive", true},
                            {"ready", m_table != nullptr},
                            {"uptime", std::to_string(uptime) + " seconds"}}));
    if (!m_table)
        return diag;
    const edge::Config &config = m_table->config();
    for (const edge::Diagnostic &diagnostic : config.diagnostics) {
        const std::string key = diagnostic.object.name + "." + diagnostic.object.nameSpace + ".1";
        diag.child(severityKey(diagnostic.severity)).push(Value::array({key, diagnostic.message}));
    }
    for (const auto &[name, context] : config.tlsContexts)
        diag.child("tlscontexts")
            .push(Value::object(
                {{"name", name}, {"namespace", context.source.nameSpace}, {"secret", context.secret}}));
    for (const auto &[name, cluster] : config.clusters)
        diag.child("cluster_info")
            .set(name,
                 Value::object({{"host", cluster.host},
                                {"port", int(cluster.port)},
                                {"tls", cluster.tls},
                                {"tls_context", cluster.tlsContext}}));
    addRoutes(diag, config);
    return diag;
}

std::string EdgeProgram::certificatesInUse() const
{
    std::vector<CertificatesInUse> all;
    for (const edge::LoadedTls &loaded : m_gateway->loadedTls()) {
        const auto &contexts = m_table->config().tlsContexts;
        const auto context = contexts.find(loaded.context);
        if (context == contexts.end())
            continue; // TLS without a certificate of its own
        const std::string &secret = context->second.secret, &file = context->second.certFile;
        all.push_back(
            {secret.empty() && !file.empty()
                 ? file
                 : decodedSecretPath(secret.substr(0, secret.rfind('.')), loaded.certificateChainPem),
             loaded.certificateChainPem, loaded.trustedCaPem});
    }
    return edge::toJson(certificatesAnswer(all, std::chrono::system_clock::now()), 1) + "\n";
}

std::string EdgeProgram::addressOf(const edge::Cluster &cluster)
{
    if (cluster.host == "127.0.0.1" || cluster.host == "localhost")
        return "127.0.0.1";
    const Lookup found = m_context.world.directory.find(cluster.host, m_context.pod.nameSpace, cluster.port);
    const Store &store = m_context.world.store;
    const ObjectPtr service =
        store.get(*store.find("", "services"), found.service.nameSpace, found.service.name);
    const std::string address = service ? service->at({"spec", "clusterIP"}).text() : std::string();
    return address == "None" ? found.backend.address : address;
}

std::string EdgeProgram::adminAnswer(std::string_view path, std::string_view target)
{
    if (!m_table)
        return {};
    if (path == "/certs")
        return certificatesInUse();
    if (path == "/stats/prometheus")
        return m_gateway->prometheusText();
    if (path == "/clusters" && target.ends_with("format=json"))
        return edge::toJson(
                   clustersAnswer(m_table->config(),
                                  [this](const edge::Cluster &cluster) { return addressOf(cluster); }),
                   1)
            + "\n";
    if (path != "/config_dump")
        return {};
    const edge::Value bootstrap = edge::envoyBootstrap(m_table->config());
    ReceivedConfiguration received{{}, {}, std::to_string(m_configurations), m_configured};
    for (const edge::Value &listener : bootstrap.at({"static_resources", "listeners"}).items())
        received.listeners.push_back(listener);
    for (const edge::Value &cluster : bootstrap.at({"static_resources", "clusters"}).items())
        received.clusters.push_back(cluster);
    const auto dump = configDump(received, target);
    return dump ? edge::toJson(*dump, 1) + "\n" : std::string();
}

asio::awaitable<void> EdgeProgram::handle(edge::Request &request, edge::Responder &responder)
{
    const std::string_view path = request.head.path();
    if (request.connection.listenerPort == EnvoyAdminPort) {
        std::string body = adminAnswer(path, request.head.target);
        const int status = body.empty() ? 404 : 200;
        if (body.empty())
            body = "no such page\n";
        std::string type = path.starts_with("/stats") ? "text/plain; charset=UTF-8" : "application/json";
        (void)co_await responder.send(status, std::move(type), std::move(body));
    } else if (path == "/metrics")
        (void)co_await responder.send(200, "text/plain; version=0.0.4; charset=utf-8", metrics());
    else if (path.starts_with("/ambassador/v0/check_alive"))
        (void)co_await responder.send(200, "text/plain", "ambassador liveness check OK\n");
    else if (path.starts_with("/ambassador/v0/check_ready"))
        (void)co_await responder.send(m_table ? 200 : 503, "text/plain",
                                      m_table ? "ambassador readiness check OK\n" : "ambassador not ready\n");
    else if (path.starts_with("/ambassador/v0/diag"))
        (void)co_await responder.send(200, "application/json", edge::toJson(diagnostics(), 2) + "\n");
    else
        (void)co_await responder.send(404, "text/plain", "not found\n");
}

} // namespace demo
