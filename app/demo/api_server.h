// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo cluster's kube-apiserver: a Handler over one Store, answering as a real one does (shared conformance/), so that kubectl works.
// Discovery, openapi, get, list, watch with bookmarks and 410, create, update, every kind of patch, delete, dry run, Table,
// access reviews, pod logs, service and pod proxy, port-forward; errors as Status.
// It also keeps house in the store as the controller manager of a fresh cluster does: CustomResourceDefinitions become kinds, namespaces
// get their default ServiceAccount and ConfigMap and empty out when deleted, owners take their dependents with them.
// Thread: the demo's one asio loop.
#include "app/demo/api_request.h"
#include "app/demo/server_age.h"
#include "app/demo/store.h"
#include "edge/handler.h"

#include <asio/io_context.hpp>

namespace demo {

struct ApiServerHooks
{
    // Bytes of a pod's log; nullopt: no such container.
    std::function<std::optional<std::string>(const std::string &nameSpace, const std::string &pod,
                                             const std::string &container)>
        log;
    // Where a service's port is reached by the API server's proxy: as a plaintext caller from outside the mesh.
    std::function<std::optional<std::pair<std::string, std::uint16_t>>(
        const std::string &nameSpace, const std::string &service, const std::string &port)>
        serviceAddress;
    std::function<std::optional<std::pair<std::string, std::uint16_t>>(
        const std::string &nameSpace, const std::string &pod, std::uint16_t port)>
        podAddress;
    // Called for each write before it is stored: nullopt accepts; it may change the object (istiod's injection).
    std::function<std::optional<StoreError>(const ResourceKind &kind, Value &object, bool isNew)> mutate;
    // Where a port-forward to a pod's port goes: the application behind the sidecar.  Absent: podAddress.
    std::function<std::optional<std::pair<std::string, std::uint16_t>>(
        const std::string &nameSpace, const std::string &pod, std::uint16_t port)>
        forwardAddress;
    std::function<void()> sendAway;       // of every client, see edge::Server: the fault api-goaway
    std::function<void()> cutConnections; // of every client, by RST: the fault api-reset
    // Which certificate new connections are shown, from now on: the fault api-foreign-ca.
    std::function<void(bool isForeign)> showForeignCertificate;
    std::function<void()>
        rotateCredentials; // the listener's certificate, the kubeconfig's tokens: the fault api-rotate
    // Asked before a write is looked at: what admission webhooks say.  Absent: there are none.
    std::function<asio::awaitable<std::optional<StoreError>>(const Call &call)> admit;
    // Incidents of the world around the server, by /_sim/NAME, and what GET /_sim says of them (an array).
    std::function<StoreResult<void>(const std::string &name, bool isOn)> incident;
    std::function<Value()> incidents;
};

class ApiServer : public edge::Handler
{
public:
    static constexpr char Protocols[] =
        "h2,http/1.1"; // of its listener; upgrades are asked for over HTTP/1.1

    ApiServer(asio::io_context &loop, Store &store, ApiServerHooks hooks);
    ~ApiServer() override;
    void addToken(std::string token, Identity identity);
    void removeToken(const std::string &token);                         // refused from now on
    void addCertificateUser(std::string commonName, Identity identity); // client certificates: by subject CN
    // The authority that signs client certificates and the server's: ConfigMap kube-root-ca.crt.  A certificate whose CN is not
    // known is the user of that name with its organizations as groups, as in a real cluster.
    void setClusterCa(std::string pem);
    void setAge(ServerAge age); // before anything is stored and asked
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;
    StoreResult<void> setFault(const std::string &name,
                               bool isOn); // see api_faults.h; else the hook `incident`; 404: nobody knows it
    void stop();                           // ends every watch

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace demo
