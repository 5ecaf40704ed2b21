// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Everything of the demo cluster that lives on its asio loop, in the order in which it depends on each other.
// Thread: made before the loop runs, started and stopped on it.
#include "app/demo/api_server.h"
#include "app/demo/endpoints_controller.h"
#include "app/demo/external_port.h"
#include "app/demo/incidents.h"
#include "app/demo/job_controller.h"
#include "app/demo/kubeconfig_writer.h"
#include "app/demo/kubelet.h"
#include "app/demo/scale.h"
#include "app/demo/scrape_proxy.h"
#include "app/demo/traffic.h"

namespace demo {

struct MeshAddresses
{
    std::uint16_t api = 0, edgeHttp = 0, edgeHttps = 0; // edge…: 0 where there is none
    std::string clusterCa;
    KubeconfigContent kubeconfig;
};

class Mesh
{
public:
    Mesh(asio::io_context &loop, const DemoOptions &options, PrometheusControl &prometheus,
         std::string folder);
    ~Mesh();
    // Creates the start objects; pods come up as the loop runs.  What --scale fills up ends early with a stop.
    edge::Result<MeshAddresses> start(const std::stop_token &stop = {});
    edge::Result<void> beginLateIncidents() { return beginIncidents(true); } // once the pods run
    void stop();
    int scrapes() const { return m_scrapeProxy.rounds(); } // that Prometheus has taken of the pods
    // Told, on the loop, when what the kubeconfig must hold has changed: the fault api-rotate.
    void onKubeconfig(std::function<void(const KubeconfigContent &)> tell)
    {
        m_tellKubeconfig = std::move(tell);
    }
    bool allReady() const { return m_kubelet->allReady(); }
    Store &store() { return m_store; }
    World &world() { return m_world; }

private:
    edge::Result<std::uint16_t> startApiServer();
    edge::Result<void> makeApiCredentials(const Authority &issuer);
    void admitTokens();
    void rotateCredentials();
    edge::Result<void> createObjects();
    edge::Result<void> openEdge(MeshAddresses &addresses);
    edge::Result<void> giveEdgeCertificate();
    edge::Result<void> beginIncidents(bool late);
    bool setEvents(const std::string &name, bool isOn);     // false: no incident of scaled objects
    edge::Result<void> fillUp(const std::stop_token &stop); // as --scale says
    ApiServerHooks hooks();

    asio::io_context &m_loop;
    DemoOptions m_options;
    std::unique_ptr<Authority> m_meshAuthority, m_clusterAuthority;
    Store m_store;
    Network m_network;
    ServiceDirectory m_directory;
    MeshPolicy m_policy;
    PodLogs m_logs;
    World m_world;
    KubeconfigContent m_kubeconfig;
    std::function<void(const KubeconfigContent &)> m_tellKubeconfig;
    std::unique_ptr<WorkloadController> m_workloads;
    std::unique_ptr<EndpointsController> m_endpoints;
    std::unique_ptr<JobController> m_jobs;
    std::unique_ptr<NamespaceController> m_namespaces;
    std::unique_ptr<Kubelet> m_kubelet;
    std::unique_ptr<ApiServer> m_api;
    std::unique_ptr<edge::Server> m_apiListener;
    std::shared_ptr<edge::TlsCredentials> m_apiCredentials;
    ScrapeProxy m_scrapeProxy;
    Incidents m_incidents;
    std::vector<std::unique_ptr<ExternalPort>> m_external;
    std::unique_ptr<Traffic> m_traffic;
    std::unique_ptr<ScaledObjects> m_scaled;
};

} // namespace demo
