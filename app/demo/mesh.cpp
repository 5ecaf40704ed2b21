// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/mesh.h"

#include "app/demo/base64.h"
#include "app/demo/injection.h"
#include "app/demo/own_service.h"
#include "app/demo/start_objects.h"
#include "app/demo/webhooks.h"

#include <charconv>

namespace demo {

namespace {

constexpr std::chrono::hours Year{24 * 365};

std::unique_ptr<Authority> authority(const std::string &organization)
{
    return Authority::make(organization, 10 * Year).value_or(nullptr);
}

CertificateWish wishFor(const std::string &commonName, const std::string &organization,
                        std::vector<std::string> names)
{
    CertificateWish wish;
    wish.commonName = commonName;
    wish.organization = organization;
    wish.names = std::move(names);
    wish.notBefore = std::chrono::system_clock::now() - std::chrono::minutes(2);
    wish.notAfter = std::chrono::system_clock::now() + Year;
    return wish;
}

edge::Error asError(const StoreError &error, const Value &object)
{
    return {edge::Error::Kind::Config,
            "resources/demo: " + object["kind"].text() + " " + object.at({"metadata", "name"}).text() + ": "
                + error.message};
}

} // namespace

Mesh::Mesh(asio::io_context &loop, const DemoOptions &options, PrometheusControl &prometheus,
           std::string folder)
    : m_loop(loop)
    , m_options(options)
    , m_meshAuthority(authority(std::string(TrustDomain)))
    , m_clusterAuthority(authority("demo cluster"))
    , m_network(loop)
    , m_directory(m_store, m_network)
    , m_policy(loop, m_store)
    , m_world{loop,     m_options, m_store,    m_network,        m_directory, *m_meshAuthority,
              m_policy, m_logs,    prometheus, std::move(folder)}
    , m_kubeconfig{{}, {}, {}, randomToken(), randomToken()}
    , m_scrapeProxy(loop, m_store, m_directory)
    , m_incidents(m_world, *m_clusterAuthority)
{
}

Mesh::~Mesh() { stop(); }

ApiServerHooks Mesh::hooks()
{
    using Address = std::optional<std::pair<std::string, std::uint16_t>>;
    ApiServerHooks hooks;
    hooks.log = [this](const std::string &nameSpace, const std::string &pod, const std::string &container) {
        return m_logs.read(nameSpace, pod, container);
    };
    hooks.serviceAddress = [this](const std::string &nameSpace, const std::string &service,
                                  const std::string &port) -> Address {
        const auto number = m_directory.portNumber(nameSpace, service, port);
        if (!number)
            return {};
        const Lookup lookup = m_directory.find(service + "." + nameSpace, nameSpace, *number);
        if (lookup.outcome != Lookup::Outcome::Found)
            return {};
        const auto where = m_network.find(lookup.backend.address, lookup.backend.port);
        return where ? Address({"127.0.0.1", *where}) : std::nullopt;
    };
    hooks.podAddress = [this](const std::string &nameSpace, const std::string &name,
                              std::uint16_t port) -> Address {
        const auto pod = m_directory.pod(nameSpace, name);
        const auto where = pod ? m_network.find(pod->at({"status", "podIP"}).text(), port) : std::nullopt;
        return where ? Address({"127.0.0.1", *where}) : std::nullopt;
    };
    hooks.forwardAddress =
        [this](const std::string &nameSpace, const std::string &name,
               std::uint16_t port) -> Address { // behind the sidecar: the pod's own localhost
        const auto pod = m_directory.pod(nameSpace, name);
        const auto where =
            pod ? m_network.findInside(pod->at({"status", "podIP"}).text(), port) : std::nullopt;
        return where ? Address({"127.0.0.1", *where}) : std::nullopt;
    };
    hooks.sendAway = [this] {
        if (m_apiListener)
            m_apiListener->sendAway();
    };
    hooks.cutConnections = [this] {
        if (m_apiListener)
            m_apiListener->closeConnections();
    };
    hooks.showForeignCertificate = [this](bool isForeign) {
        const auto foreign = isForeign ? authority("another cluster") : nullptr;
        (void)makeApiCredentials(foreign ? *foreign : *m_clusterAuthority);
    };
    hooks.rotateCredentials = [this] { rotateCredentials(); };
    hooks.mutate = [this](const ResourceKind &kind, Value &object, bool isNew) -> std::optional<StoreError> {
        if (!isNew || !kind.group.empty() || kind.kind != "Pod")
            return {};
        if (const auto refused = injectionTrouble(m_world.store, object))
            return refused;
        injectSidecar(m_world.store, object);
        m_world.store.complete(kind, object);
        return {};
    };
    hooks.admit = [this](const Call &call) -> asio::awaitable<std::optional<StoreError>> {
        auto request = admissionRequest(call);
        if (!request)
            co_return std::nullopt;
        co_return co_await askWebhooks(m_world, std::move(*request));
    };
    hooks.incident = [this](const std::string &name, bool isOn) {
        if (name == "edge-holds") // no incident: for tests
            m_world.edgeHoldsConfiguration = isOn;
        return name == "edge-holds" || setEvents(name, isOn) ? StoreResult<void>()
                                                             : m_incidents.set(name, isOn);
    };
    hooks.incidents = [this] { return m_incidents.listed(); };
    return hooks;
}

edge::Result<void> Mesh::makeApiCredentials(const Authority &issuer)
{
    const auto pair = issuer.issue(
        wishFor("kube-apiserver", "", {"DNS:localhost", "DNS:kubernetes.default.svc", "IP:127.0.0.1"}));
    if (!pair)
        return tl::unexpected(pair.error());
    edge::TlsSettings settings;
    settings.certificateChainPem = pair->certificateChain;
    settings.privateKeyPem = pair->privateKey;
    settings.trustedCaPem =
        m_clusterAuthority->certificate(); // asks for a client certificate; a token does as well
    settings.alpnProtocols = ApiServer::Protocols;
    auto credentials = edge::TlsCredentials::make(edge::TlsCredentials::Side::Server, settings);
    if (!credentials)
        return tl::unexpected(credentials.error());
    m_apiCredentials = *credentials;
    return {};
}

void Mesh::admitTokens()
{
    m_api->addToken(m_kubeconfig.viewerToken,
                    {"demo-viewer", {"demo:viewers", "system:authenticated"}, true, {}});
    m_api->addToken(m_kubeconfig.teamToken,
                    {"demo-team", {"demo:team", "system:authenticated"}, false, {"shop"}});
}

// As at the end of a certificate's life: whoever reads the kubeconfig again goes on.
void Mesh::rotateCredentials()
{
    const auto administrator = m_clusterAuthority->issue(wishFor("demo-admin", "system:masters", {}));
    if (!administrator || !makeApiCredentials(*m_clusterAuthority))
        return;
    m_kubeconfig.administrator = *administrator;
    for (std::string *token : {&m_kubeconfig.viewerToken, &m_kubeconfig.teamToken})
        m_api->removeToken(std::exchange(*token, randomToken()));
    admitTokens();
    if (m_tellKubeconfig)
        m_tellKubeconfig(m_kubeconfig);
}

edge::Result<std::uint16_t> Mesh::startApiServer()
{
    if (const auto made = makeApiCredentials(*m_clusterAuthority); !made)
        return tl::unexpected(made.error());
    m_api = std::make_unique<ApiServer>(m_loop, m_store, hooks());
    m_api->setAge(readServerAge(m_options.kubeVersion).value_or(ServerAge()));
    m_api->addCertificateUser("demo-admin",
                              {"demo-admin", {"system:masters", "system:authenticated"}, false, {}});
    admitTokens();
    m_apiListener = std::make_unique<edge::Server>(m_loop, *m_api);
    return m_apiListener->listen({"127.0.0.1", m_options.port, 0},
                                 edge::tlsAcceptor([this] { return m_apiCredentials; }));
}

edge::Result<void> Mesh::createObjects()
{
    auto objects = startObjects(m_options);
    if (!objects)
        return tl::unexpected(objects.error());
    for (Value &object : *objects) {
        if (object["kind"].text() == "Node") // its kubelet is as old as the API server
            object.child("status")
                .child("nodeInfo")
                .set("kubeletVersion", readServerAge(m_options.kubeVersion).value_or(ServerAge()).gitVersion);
        const std::string &version = object["apiVersion"].text();
        const std::size_t slash = version.find('/');
        const std::string group = slash == std::string::npos ? "" : version.substr(0, slash);
        const ResourceKind *kind = m_store.findByKind(group, object["kind"].text());
        while (!kind && m_loop.poll() > 0) // a CustomResourceDefinition just created becomes a kind on the
                                           // loop, which does not run yet
            kind = m_store.findByKind(group, object["kind"].text());
        if (!kind)
            return edge::failure(edge::Error::Kind::Config,
                                 "resources/demo: no kind " + object["kind"].text() + " in " + version);
        auto created = m_store.create(*kind, object);
        const ObjectPtr known = created ? nullptr
                                        : m_store.get(*kind, object.at({"metadata", "namespace"}).text(),
                                                      object.at({"metadata", "name"}).text());
        if (known) // what every cluster has: the namespace default
            created = m_store.update(*kind, edge::mergePatch(*known, object));
        if (!created)
            return tl::unexpected(asError(created.error(), object));
    }
    return m_options.state == "empty" ? edge::Result<void>() : giveEdgeCertificate();
}

// The certificate that the edge shows to its visitors; no YAML can carry it, since each demo makes its own.
edge::Result<void> Mesh::giveEdgeCertificate()
{
    const auto pair = m_clusterAuthority->issue(
        wishFor("edge.example.com", "",
                {"DNS:edge.example.com", "DNS:*.example.com", "DNS:localhost", "IP:127.0.0.1"}));
    if (!pair)
        return tl::unexpected(pair.error());
    Value secret =
        Value::object({{"type", "kubernetes.io/tls"},
                       {"metadata", Value::object({{"name", "edge-tls"}, {"namespace", "ambassador"}})}});
    secret.set(
        "data",
        Value::object({{"tls.crt", base64(pair->certificateChain)}, {"tls.key", base64(pair->privateKey)}}));
    if (const auto created = m_store.create(*m_store.find("", "secrets"), secret); !created)
        return tl::unexpected(asError(created.error(), secret));
    Value ca = Value::object(
        {{"type", "istio.io/ca-root"},
         {"metadata", Value::object({{"name", "istio-ca-secret"}, {"namespace", "istio-system"}})}});
    ca.set("data",
           Value::object({{"ca-cert.pem", base64(m_meshAuthority->certificate())},
                          {"ca-key.pem", base64(m_meshAuthority->privateKey())},
                          {"root-cert.pem", base64(m_meshAuthority->certificate())}}));
    if (const auto created = m_store.create(*m_store.find("", "secrets"), ca); !created)
        return tl::unexpected(asError(created.error(), ca));
    return {};
}

edge::Result<void> Mesh::openEdge(MeshAddresses &addresses)
{
    for (const auto &[port, bound] : {std::pair(std::uint16_t(80), &addresses.edgeHttp),
                                      std::pair(std::uint16_t(443), &addresses.edgeHttps)}) {
        auto external = std::make_unique<ExternalPort>(m_loop, m_directory,
                                                       ServiceName{"ambassador", "ambassador"}, port);
        const auto listening = external->listen();
        if (!listening)
            return tl::unexpected(listening.error());
        *bound = *listening;
        m_external.push_back(std::move(external));
    }
    const ResourceKind &kind = *m_store.find("", "services");
    const ObjectPtr service = m_store.get(kind, "ambassador", "ambassador");
    Value annotated = service ? *service : Value();
    annotated.child("metadata")
        .child("annotations")
        .set("sallyport.dev/external-address",
             "http://127.0.0.1:" + std::to_string(addresses.edgeHttp)
                 + " https://127.0.0.1:" + std::to_string(addresses.edgeHttps));
    if (const auto updated = m_store.update(kind, annotated); !updated)
        return tl::unexpected(asError(updated.error(), annotated));
    return {};
}

edge::Result<void> Mesh::beginIncidents(bool late)
{
    for (const std::string &name : m_options.incidents) {
        const IncidentInfo *incident = findIncident(name);
        if (!incident || incident->needsRunningPods != late)
            continue;
        if (const auto begun = m_api->setFault(name, true); !begun)
            return edge::failure(edge::Error::Kind::Config,
                                 "incident " + name + ": " + begun.error().message);
    }
    return {};
}

edge::Result<void> Mesh::fillUp(const std::stop_token &stop)
{
    const Scale scale = readScale(m_options.scale).value_or(Scale());
    if (scale == Scale())
        return {};
    m_scaled = std::make_unique<ScaledObjects>(m_loop, m_store, scale, m_options.seed);
    if (const auto created = m_scaled->create(stop); !created)
        return edge::failure(edge::Error::Kind::Config, "--scale: " + created.error().message);
    m_scaled->startEvents();
    return {};
}

// events-500: so many changes a second of what --scale has made; off: none.
bool Mesh::setEvents(const std::string &name, bool isOn)
{
    constexpr std::string_view Prefix = "events-";
    int rate = 0;
    const char *end = name.data() + name.size();
    if (!m_scaled || !name.starts_with(Prefix)
        || std::from_chars(name.data() + Prefix.size(), end, rate).ptr != end || rate < 0)
        return false;
    m_scaled->setRate(isOn ? rate : 0);
    return true;
}

edge::Result<MeshAddresses> Mesh::start(const std::stop_token &stop)
{
    const auto administrator = m_clusterAuthority->issue(wishFor("demo-admin", "system:masters", {}));
    if (!administrator)
        return tl::unexpected(administrator.error());
    const auto api = startApiServer();
    const auto scrapes = m_scrapeProxy.listen();
    if (!api || !scrapes)
        return tl::unexpected(api ? scrapes.error() : api.error());
    addOwnService(m_store, NodeAddress);
    m_network.bind(NodeAddress, OwnPort, *api, *api);
    MeshAddresses addresses;
    addresses.api = *api;
    m_kubeconfig.server = "https://127.0.0.1:" + std::to_string(*api);
    m_kubeconfig.clusterCa = m_clusterAuthority->certificate();
    m_kubeconfig.administrator = *administrator;
    m_world.scrapeProxyPort = *scrapes;

    m_workloads = std::make_unique<WorkloadController>(m_loop, m_store);
    m_endpoints = std::make_unique<EndpointsController>(m_loop, m_store);
    m_jobs = std::make_unique<JobController>(m_loop, m_store);
    m_kubelet = std::make_unique<Kubelet>(m_world);
    if (const auto created = createObjects(); !created)
        return tl::unexpected(created.error());
    const bool publishesCa = readServerAge(m_options.kubeVersion).value_or(ServerAge()).publishesRootCa();
    m_namespaces = std::make_unique<NamespaceController>(m_loop, m_store, *m_meshAuthority,
                                                         publishesCa ? m_clusterAuthority.get() : nullptr);
    if (const auto filled = fillUp(stop); !filled)
        return tl::unexpected(filled.error());
    if (m_options.state == "empty") {
        const auto begun = beginIncidents(false);
        addresses.kubeconfig = m_kubeconfig; // an incident may have renewed it
        return begun ? edge::Result<MeshAddresses>(addresses) : tl::unexpected(begun.error());
    }
    if (const auto opened = openEdge(addresses); !opened)
        return tl::unexpected(opened.error());
    m_traffic = std::make_unique<Traffic>(m_world, addresses.edgeHttp);
    m_traffic->start();
    if (const auto begun = beginIncidents(false); !begun)
        return tl::unexpected(begun.error());
    addresses.kubeconfig = m_kubeconfig; // an incident may have renewed it
    return addresses;
}

void Mesh::stop()
{
    if (m_traffic)
        m_traffic->stop();
    for (const auto &external : m_external)
        external->stop();
    if (m_scaled)
        m_scaled->stop();
    m_scrapeProxy.stop();
    if (m_api)
        m_api->stop();
    if (m_apiListener)
        m_apiListener->stop();
    if (m_kubelet)
        m_kubelet->stop();
}

} // namespace demo
