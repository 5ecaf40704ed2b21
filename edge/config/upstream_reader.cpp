// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/upstream_reader.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/mapping_policies.h"
#include "edge/config/said.h"

namespace edge {

void UpstreamReader::readUpstream(UpstreamOptions &upstream, bool http)
{
    upstream.ref = m_object.ref;
    upstream.nameSpace = m_object.ref.nameSpace;
    upstream.spec = &m_spec;
    upstream.keepaliveTime = !isHandedOver();
    upstream.grpc = m_spec["grpc"].toBool();
    upstream.hostRewrite = m_spec["host_rewrite"].text();
    upstream.marker = m_spec["cluster_tag"].text();
    const Value &tls = m_spec["tls"];
    upstream.tls.context = tls.isString() ? tls.text() : "";
    upstream.tls.withoutCertificate = tls.toBool();
    if (m_context.rules.newClusterFields) {
        const Value &statName = isThere(m_spec["stats_name"]) ? m_spec["stats_name"]
                                                              : m_context.module.mappingDefault("stats_name");
        upstream.statName = http ? statName.text() : "";
    }
    readService(upstream);
}

void UpstreamReader::readService(UpstreamOptions &upstream)
{
    const std::string &service = m_spec["service"].text();
    const ServiceReading reading = serviceReading(m_context.rules);
    upstream.resolver = resolverOf(resolverName());
    ServiceScope scope{upstream.nameSpace, m_context.options.ambassadorNamespace,
                       upstream.resolver.kind != Resolver::Kind::Consul,
                       isTruthy(m_context.module["use_ambassador_namespace_for_service_resolution"]),
                       reading};
    std::string problem;
    upstream.service = qualifiedService(service, scope, &problem);
    const Value &written = m_spec["service"]; // of an annotation it may be anything
    upstream.isServiceTold = tellMissing("service");
    if (!upstream.isServiceTold && !problem.empty()) {
        upstream.isServiceTold = true;
        post(Diagnostic::Severity::Error, "spec.service",
             written.isNull() || written.isString()
                 ? "service '" + service + "' cannot be read: " + problem
                     + outcomeOf(parseService(service, reading))
                 : "service " + toJson(written) + " is not a text, so that nothing can be reached there",
             false);
    }
}

// The compiler cannot do without it, and the watcher has dropped an empty one.  Since 2.0 it judges the object anew.
bool UpstreamReader::tellMissing(const char *field)
{
    const bool isEmpty =
        !m_context.rules.convertsToV3alpha1 && m_spec[field].isString() && !isThere(m_spec[field]);
    const bool isAbsent = m_object.unchecked && m_spec[field].isNull(); // else its schema has said so
    if (isEmpty || isAbsent)
        post(Diagnostic::Severity::Error, std::string("spec.") + field,
             (isEmpty ? "it is empty" : "it is missing") + std::string(EdgeFails), false);
    return isEmpty || isAbsent;
}

bool UpstreamReader::isHandedOver() const
{
    return m_context.options.admitted && (!m_object.annotation || m_context.rules.annotationsAdmitted);
}

std::string UpstreamReader::resolverName(bool countsOwn) const
{
    const std::string &own = m_spec["resolver"].text();
    const std::string &general = m_context.module["resolver"].text();
    return countsOwn && !own.empty() ? own : !general.empty() ? general : "kubernetes-service";
}

Resolver UpstreamReader::resolverOf(const std::string &name) const
{
    const auto found = m_context.resolvers.find(name);
    return found == m_context.resolvers.end() ? Resolver() : found->second;
}

bool UpstreamReader::checkResolver(const UpstreamOptions &upstream, const std::string &name, bool http)
{
    if (m_context.resolvers.count(name) == 0)
        return refuse(
            "spec.resolver",
            "resolver " + name
                + " is unknown; define a KubernetesEndpointResolver or ConsulResolver of that name");
    if (http && upstream.resolver.kind == Resolver::Kind::Service && m_spec["load_balancer"].isObject())
        return refuse("spec.load_balancer",
                      "load_balancer needs an endpoint resolver; with the Kubernetes service resolver the "
                      "Mapping is not used");
    return upstream.resolver.kind != Resolver::Kind::Consul || checkConsul(upstream.service);
}

void UpstreamReader::tellLimits(const UpstreamOptions &upstream)
{
    const bool probes = upstream.resolver.kind != Resolver::Kind::Service; // the others have no health checks
    for (FieldRemark &value : refusedFields(m_object.kind, m_spec, m_context.options.compat)) {
        if (probes || !value.path.starts_with("spec.health_checks"))
            post(Diagnostic::Severity::Error, std::move(value.path), std::move(value.message), false);
    }
    for (FieldRemark &value : unansweredFields(m_object.kind, m_spec))
        note(std::move(value.path), std::move(value.message));
}

bool UpstreamReader::checkConsul(const std::string &service)
{
    if (service.find('.') != std::string::npos)
        return refuse("spec.service", "the Consul resolver takes no dots in service names: " + service);
    if (service.find(':') != std::string::npos)
        note("spec.service",
             "the Consul resolver finds the port itself; what " + service + " says of it is ignored");
    return true;
}

bool UpstreamReader::checkBreakers(UpstreamOptions &upstream)
{
    const Value &own = m_spec["circuit_breakers"];
    const Value &breakers = own.isNull() ? m_context.module["circuit_breakers"] : own;
    if (breakers.isNull())
        return true;
    upstream.circuitBreakers = &breakers;
    if (!soundCircuitBreakers(breakers))
        return refuse("spec.circuit_breakers",
                      "circuit_breakers " + toJson(breakers) + (own.isNull() ? " of the Module" : "")
                          + " are not valid: numbers, and priority default or high");
    return true;
}

bool UpstreamReader::checkBalancer()
{
    const Value &balancer = m_spec["load_balancer"];
    if (!balancer.isNull() && !soundLoadBalancer(balancer))
        return refuse("spec.load_balancer",
                      "load_balancer " + toJson(balancer)
                          + " is not valid: round_robin and least_request stand alone, ring_hash and maglev "
                            "need one of cookie, header, source_ip");
    return true;
}

} // namespace edge
