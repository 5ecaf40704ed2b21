// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/field_rules.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace models {

namespace {

// A path below the object, or below the part that a table is of, and what is wanted at its end: what stands above follows from it.
struct Field
{
    const char *path;
    FieldType type = FieldType::Any;
    const char *values = "";
    const Field *part = nullptr; // a table that holds below path
    std::size_t partSize = 0;

    constexpr Field(const char *at, FieldType wanted, const char *oneOf = "")
        : path(at)
        , type(wanted)
        , values(oneOf)
    {
    }
    template<std::size_t Size>
    constexpr Field(const char *at, const Field (&fields)[Size])
        : path(at)
        , part(fields)
        , partSize(Size)
    {
    }
};

constexpr FieldType Any = FieldType::Any, Text = FieldType::Text, HiddenText = FieldType::HiddenText,
                    Number = FieldType::Number, NumberOrText = FieldType::NumberOrText,
                    Port = FieldType::Port, PortOrText = FieldType::PortOrText, Bool = FieldType::Bool,
                    Object = FieldType::Object, List = FieldType::List, OneOf = FieldType::OneOf,
                    Ports = FieldType::Ports;
constexpr char Protocols[] = "TCP UDP SCTP";
constexpr char ServerModes[] = "UNSET DISABLE PERMISSIVE STRICT";
constexpr char ClientModes[] = "DISABLE SIMPLE MUTUAL ISTIO_MUTUAL";

// Without a name there is nothing to speak of: who reads manifests says it before.
constexpr Field Metadata[] = {{"namespace", Text},
                              {"uid", Text},
                              {"creationTimestamp", Text},
                              {"labels.*", Text},
                              {"annotations.*", Text},
                              {"ownerReferences.[].kind", Text},
                              {"ownerReferences.[].name", Text},
                              {"ownerReferences.[].controller", Bool},
                              {"managedFields.[].manager", Text},
                              {"managedFields.[].subresource", Text}};
constexpr Field Condition[] = {{"type", Text}, {"status", Text}, {"message", Text}};
constexpr Field Selector[] = {{"matchLabels.*", Text},
                              {"matchExpressions.[].key", Text},
                              {"matchExpressions.[].operator", Text},
                              {"matchExpressions.[].values.[]", Text}};

constexpr Field Handler[] = {{"httpGet.path", Text},   {"httpGet.port", PortOrText},   {"httpGet.host", Text},
                             {"tcpSocket.host", Text}, {"tcpSocket.port", PortOrText}, {"grpc.port", Port}};
constexpr Field Reference[] = {{"name", Text}, {"key", Text}, {"optional", Bool}};
constexpr Field RunAs[] = {{"runAsUser", Number}, {"runAsGroup", Number}};
constexpr Field Container[] = {{"name", Text},
                               {"image", Text},
                               {"command.[]", Text},
                               {"args.[]", HiddenText},
                               {"env.[].name", Text},
                               {"env.[].value", HiddenText},
                               {"env.[].valueFrom.fieldRef.fieldPath", Text},
                               {"env.[].valueFrom.secretKeyRef", Reference},
                               {"env.[].valueFrom.configMapKeyRef", Reference},
                               {"envFrom.[].prefix", Text},
                               {"envFrom.[].secretRef", Reference},
                               {"envFrom.[].configMapRef", Reference},
                               {"ports.[].name", Text},
                               {"ports.[].containerPort", Port},
                               {"ports.[].hostPort", Number},
                               {"ports.[].protocol", OneOf, Protocols},
                               {"livenessProbe", Handler},
                               {"readinessProbe", Handler},
                               {"startupProbe", Handler},
                               {"lifecycle.postStart", Handler},
                               {"lifecycle.preStop", Handler},
                               {"securityContext", RunAs},
                               {"restartPolicy", Text},
                               {"volumeMounts.[].name", Text},
                               {"volumeMounts.[].mountPath", Text}};
constexpr Field PodSpec[] = {{"serviceAccountName", Text},
                             {"hostNetwork", Bool},
                             {"securityContext", RunAs},
                             {"containers.[]", Container},
                             {"initContainers.[]", Container}};
constexpr Field Marks[] = {{"labels.*", Text}, {"annotations.*", Text}};

constexpr Field Pod[] = {{"spec", PodSpec},
                         {"status.phase", Text},
                         {"status.podIP", Text},
                         {"status.containerStatuses.[].name", Text},
                         {"status.containerStatuses.[].ready", Bool},
                         {"status.initContainerStatuses.[].name", Text},
                         {"status.initContainerStatuses.[].ready", Bool},
                         {"status.conditions.[]", Condition}};
constexpr Field Workload[] = {{"spec.replicas", Number},
                              {"spec.selector.matchLabels.*", Text},
                              {"spec.template.metadata", Marks},
                              {"spec.template.spec", PodSpec},
                              {"status.readyReplicas", Number},
                              {"status.numberReady", Number},
                              {"status.desiredNumberScheduled", Number}};
constexpr Field CronJob[] = {
    {"spec.schedule", Text}, {"spec.suspend", Bool}, {"spec.jobTemplate.spec.template.metadata", Marks}};
constexpr Field Job[] = {
    {"spec.suspend", Bool}, {"spec.template.metadata", Marks}, {"status.conditions.[]", Condition}};
constexpr Field Service[] = {{"spec.type", Text},
                             {"spec.clusterIP", Text},
                             {"spec.selector.*", Text},
                             {"spec.externalName", Text},
                             {"spec.externalIPs.[]", Text},
                             {"spec.ports.[].name", Text},
                             {"spec.ports.[].port", Port},
                             {"spec.ports.[].targetPort", PortOrText},
                             {"spec.ports.[].protocol", OneOf, Protocols},
                             {"spec.ports.[].appProtocol", Text}};
constexpr Field Secret[] = {{"type", Text}, {"data.*", HiddenText}, {"stringData.*", HiddenText}};
constexpr Field ConfigMap[] = {{"data.*", HiddenText}};
constexpr Field Target[] = {{"kind", Text}, {"namespace", Text}, {"name", Text}};
constexpr Field Slice[] = {{"endpoints.[].addresses.[]", Text},
                           {"endpoints.[].targetRef", Target},
                           {"endpoints.[].conditions.ready", Bool}};
constexpr Field Endpoints[] = {{"subsets.[].addresses.[].ip", Text},
                               {"subsets.[].addresses.[].targetRef", Target},
                               {"subsets.[].notReadyAddresses.[].ip", Text},
                               {"subsets.[].notReadyAddresses.[].targetRef", Target}};
constexpr Field IngressBackend[] = {{"service.name", Text},
                                    {"service.port.number", Port},
                                    {"service.port.name", Text},
                                    {"serviceName", Text}, // these two: v1beta1
                                    {"servicePort", NumberOrText}};
constexpr Field Ingress[] = {{"spec.ingressClassName", Text},
                             {"spec.defaultBackend", IngressBackend},
                             {"spec.backend", IngressBackend},
                             {"spec.rules.[].http.paths.[].backend", IngressBackend}};
constexpr Field IngressClass[] = {{"spec.controller", Text}};
constexpr Field NetworkPolicy[] = {{"spec.podSelector", Selector},
                                   {"spec.policyTypes.[]", Text},
                                   {"spec.ingress.[].ports.[].port", NumberOrText},
                                   {"spec.ingress.[].ports.[].endPort", Number},
                                   {"spec.ingress.[].from.[].podSelector", Selector},
                                   {"spec.ingress.[].from.[].namespaceSelector", Selector},
                                   {"spec.ingress.[].from.[].ipBlock", Object}};
constexpr Field HookClient[] = {{"url", Text},
                                {"caBundle", Text},
                                {"service.namespace", Text},
                                {"service.name", Text},
                                {"service.port", Number}};
constexpr Field Webhooks[] = {{"webhooks.[].name", Text},
                              {"webhooks.[].failurePolicy", OneOf, "Fail Ignore"},
                              {"webhooks.[].clientConfig", HookClient}};
constexpr Field Definition[] = {{"spec.conversion.webhook.clientConfig", HookClient},
                                {"spec.conversion.webhookClientConfig", HookClient}, // v1beta1
                                {"spec.versions.[].name", Text},
                                {"spec.versions.[].storage", Bool},
                                {"spec.versions.[].served", Bool}};
constexpr Field ApiService[] = {{"spec", HookClient}};

constexpr Field PeerAuthentication[] = {{"spec.selector.matchLabels.*", Text},
                                        {"spec.mtls.mode", OneOf, ServerModes},
                                        {"spec.portLevelMtls", Ports},
                                        {"spec.portLevelMtls.*.mode", OneOf, ServerModes}};
constexpr Field AuthenticationPolicy[] = {{"spec.peers.[].mtls.mode", OneOf, "STRICT PERMISSIVE"},
                                          {"spec.targets.[].name", Text},
                                          {"spec.targets.[].ports.[].number", Number},
                                          {"spec.targets.[].ports.[].name", Text}};
constexpr Field ClientTls[] = {{"tls.mode", OneOf, ClientModes}, {"tls.credentialName", Text}};
constexpr Field TrafficPolicy[] = {
    {"", ClientTls}, {"portLevelSettings.[].port.number", Number}, {"portLevelSettings.[]", ClientTls}};
constexpr Field DestinationRule[] = {{"spec.host", Text},
                                     {"spec.exportTo.[]", Text},
                                     {"spec.workloadSelector.matchLabels.*", Text},
                                     {"spec.trafficPolicy", TrafficPolicy},
                                     {"spec.subsets.[].name", Text},
                                     {"spec.subsets.[].labels.*", Text},
                                     {"spec.subsets.[].trafficPolicy", TrafficPolicy}};
constexpr Field Sidecar[] = {{"spec.workloadSelector.labels.*", Text}, {"spec.egress.[].hosts.[]", Text}};
constexpr Field AuthorizationPolicy[] = {{"spec.selector.matchLabels.*", Text},
                                         {"spec.action", OneOf, "ALLOW DENY AUDIT CUSTOM"},
                                         {"spec.targetRef", Object},
                                         {"spec.targetRefs", List},
                                         {"spec.rules.[].from.[].source.principals.[]", Text},
                                         {"spec.rules.[].from.[].source.notPrincipals.[]", Text},
                                         {"spec.rules.[].from.[].source.namespaces.[]", Text},
                                         {"spec.rules.[].from.[].source.notNamespaces.[]", Text},
                                         {"spec.rules.[].to", List},
                                         {"spec.rules.[].when", List}};
constexpr Field Endpoint[] = {{"address", Text}, {"labels.*", Text}, {"serviceAccount", Text}};
constexpr Field WorkloadEntry[] = {{"spec", Endpoint}};
constexpr Field WorkloadGroup[] = {{"spec.metadata.labels.*", Text},
                                   {"spec.template.labels.*", Text},
                                   {"spec.template.serviceAccount", Text}};
constexpr Field ServiceEntry[] = {{"spec.hosts.[]", Text},
                                  {"spec.exportTo.[]", Text},
                                  {"spec.location", OneOf, "MESH_EXTERNAL MESH_INTERNAL"},
                                  {"spec.resolution", OneOf, "NONE STATIC DNS DNS_ROUND_ROBIN DYNAMIC_DNS"},
                                  {"spec.workloadSelector.labels.*", Text},
                                  {"spec.ports.[].name", Text},
                                  {"spec.ports.[].number", Number},
                                  {"spec.ports.[].targetPort", Number},
                                  {"spec.ports.[].protocol", Text},
                                  {"spec.endpoints.[]", Endpoint}};
constexpr Field IstioGateway[] = {{"spec.selector.*", Text},
                                  {"spec.servers.[].hosts.[]", Text},
                                  {"spec.servers.[].tls.mode", OneOf,
                                   "PASSTHROUGH SIMPLE MUTUAL AUTO_PASSTHROUGH ISTIO_MUTUAL OPTIONAL_MUTUAL"},
                                  {"spec.servers.[].tls.credentialName", Text}};
constexpr Field Telemetry[] = {
    {"spec.selector.matchLabels.*", Text},
    {"spec.targetRef", Object},
    {"spec.targetRefs", List},
    {"spec.metrics.[].overrides.[].match.mode", Text},
    {"spec.metrics.[].overrides.[].match.metric", Text},
    {"spec.metrics.[].overrides.[].match.customMetric", Text},
    {"spec.metrics.[].overrides.[].disabled", Bool},
    {"spec.metrics.[].overrides.[].tagOverrides.connection_security_policy.operation", Text}};

constexpr Field IssuedCertificate[] = {{"spec.secretName", Text},    {"spec.dnsNames.[]", Text},
                                       {"status.notBefore", Text},   {"status.notAfter", Text},
                                       {"status.renewalTime", Text}, {"status.conditions.[]", Condition}};
constexpr Field GatewayClass[] = {{"spec.controllerName", Text}};
constexpr Field Gateway[] = {{"spec.gatewayClassName", Text},
                             {"spec.listeners.[].tls.certificateRefs.[]", Target}};
constexpr Field RouteBackend[] = {{"", Target}, {"group", Text}, {"port", Number}};
constexpr Field GatewayRoute[] = {{"spec.parentRefs.[]", Target},
                                  {"spec.rules.[].backendRefs.[]", RouteBackend},
                                  {"spec.rules.[].filters.[].requestMirror.backendRef", RouteBackend}};
constexpr Field MonitorEndpoint[] = {
    {"port", Text},   {"targetPort", NumberOrText}, {"portNumber", Number},
    {"scheme", Text}, {"tlsConfig.certFile", Text}, {"tlsConfig.cert", Object}};
constexpr Field Monitor[] = {{"spec.selector", Selector},
                             {"spec.namespaceSelector.any", Bool},
                             {"spec.namespaceSelector.matchNames.[]", Text},
                             {"spec.endpoints.[]", MonitorEndpoint},
                             {"spec.podMetricsEndpoints.[]", MonitorEndpoint}};

constexpr Field MeshConfig[] = {
    {"rootNamespace", Text}, {"enableAutoMtls", Bool},        {"enablePrometheusMerge", Bool},
    {"trustDomain", Text},   {"trustDomainAliases.[]", Text}, {"discoverySelectors.[].matchLabels.*", Text}};

FieldRule &childOf(FieldRule &rule, std::string_view key)
{
    const auto found = std::find_if(rule.children.begin(), rule.children.end(),
                                    [&](const FieldRule &child) { return child.key == key; });
    if (found != rule.children.end())
        return *found;
    rule.children.push_back({std::string(key), Any, "", {}});
    return rule.children.back();
}

void add(FieldRule &root, const Field *fields, std::size_t size)
{
    for (std::size_t i = 0; i < size; ++i) {
        FieldRule *place = &root;
        for (std::string_view rest = fields[i].path; !rest.empty();) {
            const std::size_t dot = rest.find('.');
            place = &childOf(*place, rest.substr(0, dot));
            rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
        }
        if (fields[i].part) {
            add(*place, fields[i].part, fields[i].partSize);
        } else {
            place->type = fields[i].type;
            place->values = fields[i].values;
        }
    }
}

template<std::size_t Size>
FieldRule treeOf(const Field (&fields)[Size])
{
    FieldRule root;
    add(root, fields, Size);
    return root;
}

using Rules = std::multimap<std::string, KindRules, std::less<>>;

template<std::size_t Size>
void addKinds(Rules &rules, const char *group, std::initializer_list<const char *> kinds,
              const Field (&fields)[Size], bool isIstios = false)
{
    FieldRule root;
    constexpr Field About[] = {{"metadata", Metadata}};
    add(root, About, 1);
    add(root, fields, Size);
    for (const char *kind : kinds)
        rules.emplace(kind, KindRules{group, root, isIstios});
}

Rules allRules()
{
    Rules rules;
    rules.emplace("Namespace", KindRules{"v1", treeOf({Field("metadata", Metadata)})});
    addKinds(rules, "v1", {"Pod"}, Pod);
    addKinds(rules, "v1", {"Service"}, Service);
    addKinds(rules, "v1", {"Secret"}, Secret);
    addKinds(rules, "v1", {"ConfigMap"}, ConfigMap);
    addKinds(rules, "v1", {"Endpoints"}, Endpoints);
    addKinds(rules, "apps/", {"Deployment", "DaemonSet", "StatefulSet"}, Workload);
    addKinds(rules, "extensions/", {"Deployment", "DaemonSet"}, Workload); // these and its Ingress: of old
    addKinds(rules, "extensions/", {"Ingress"}, Ingress);
    addKinds(rules, "batch/", {"CronJob"}, CronJob);
    addKinds(rules, "batch/", {"Job"}, Job);
    addKinds(rules, "discovery.k8s.io/", {"EndpointSlice"}, Slice);
    addKinds(rules, "networking.k8s.io/", {"Ingress"}, Ingress);
    addKinds(rules, "networking.k8s.io/", {"IngressClass"}, IngressClass);
    addKinds(rules, "networking.k8s.io/", {"NetworkPolicy"}, NetworkPolicy);
    addKinds(rules, "admissionregistration.k8s.io/",
             {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}, Webhooks);
    addKinds(rules, "apiextensions.k8s.io/", {"CustomResourceDefinition"}, Definition);
    addKinds(rules, "apiregistration.k8s.io/", {"APIService"}, ApiService);
    addKinds(rules, "cert-manager.io/", {"Certificate"}, IssuedCertificate);
    addKinds(rules, "gateway.networking.k8s.io/", {"GatewayClass"}, GatewayClass);
    addKinds(rules, "gateway.networking.k8s.io/", {"Gateway"}, Gateway);
    addKinds(rules, "gateway.networking.k8s.io/", {"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"},
             GatewayRoute);
    addKinds(rules, "monitoring.coreos.com/", {"ServiceMonitor", "PodMonitor"}, Monitor);
    addKinds(rules, "authentication.istio.io/", {"MeshPolicy", "Policy"}, AuthenticationPolicy, true);
    addKinds(rules, "security.istio.io/", {"PeerAuthentication"}, PeerAuthentication, true);
    addKinds(rules, "security.istio.io/", {"AuthorizationPolicy"}, AuthorizationPolicy, true);
    addKinds(rules, "networking.istio.io/", {"DestinationRule"}, DestinationRule, true);
    addKinds(rules, "networking.istio.io/", {"Sidecar"}, Sidecar, true);
    addKinds(rules, "networking.istio.io/", {"WorkloadEntry"}, WorkloadEntry, true);
    addKinds(rules, "networking.istio.io/", {"WorkloadGroup"}, WorkloadGroup, true);
    addKinds(rules, "networking.istio.io/", {"ServiceEntry"}, ServiceEntry, true);
    addKinds(rules, "networking.istio.io/", {"Gateway"}, IstioGateway, true);
    addKinds(rules, "telemetry.istio.io/", {"Telemetry"}, Telemetry, true);
    return rules;
}

} // namespace

const KindRules *rulesOf(const edge::Value &object)
{
    static const Rules rules = allRules();
    const std::string &version = object["apiVersion"].text();
    const auto [begin, end] = rules.equal_range(object["kind"].text());
    const auto found = std::find_if(begin, end, [&](const auto &one) {
        const std::string &group = one.second.group;
        return group.ends_with('/') ? version.starts_with(group) : version == group;
    });
    return found == end ? nullptr : &found->second;
}

const FieldRule &meshConfigRules()
{
    static const FieldRule rules = treeOf(MeshConfig);
    return rules;
}

} // namespace models
