// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/own_service.h"

namespace demo {

namespace {

Value metadataWith(const char *label, const char *value)
{
    return Value::object(
        {{"name", "kubernetes"}, {"namespace", "default"}, {"labels", Value::object({{label, value}})}});
}

Value ports()
{
    return Value::array({Value::object({{"name", "https"}, {"port", int(OwnPort)}, {"protocol", "TCP"}})});
}

} // namespace

void addOwnService(Store &store, const std::string &address)
{
    Value metadata = metadataWith("component", "apiserver");
    metadata.child("labels").set("provider", "kubernetes");
    Value port = ports().items().front();
    port.set("port", 443);
    port.set("targetPort", int(OwnPort));
    Value spec = Value::object({{"clusterIP", "10.96.0.1"}, {"ports", Value::array({std::move(port)})}});
    (void)store.create(*store.find("", "services"),
                       Value::object({{"metadata", std::move(metadata)}, {"spec", std::move(spec)}}));
    Value subset =
        Value::object({{"addresses", Value::array({Value::object({{"ip", address}})})}, {"ports", ports()}});
    (void)store.create(
        *store.find("", "endpoints"),
        Value::object({{"metadata", metadataWith("endpointslice.kubernetes.io/skip-mirror", "true")},
                       {"subsets", Value::array({std::move(subset)})}}));
    Value endpoint = Value::object(
        {{"addresses", Value::array({address})}, {"conditions", Value::object({{"ready", true}})}});
    (void)store.create(*store.find("discovery.k8s.io", "endpointslices"),
                       Value::object({{"metadata", metadataWith("kubernetes.io/service-name", "kubernetes")},
                                      {"addressType", "IPv4"},
                                      {"endpoints", Value::array({std::move(endpoint)})},
                                      {"ports", ports()}}));
}

} // namespace demo
