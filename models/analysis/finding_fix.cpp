// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/finding_fix.h"

#include "models/analysis/client_rule_fix.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/originate_tls.h"
#include "models/analysis/upstream_target.h"
#include "models/analysis/workload_fixes.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

edge::Value partOf(const edge::Value &object, edge::Value spec)
{
    return edge::Value::object({{"apiVersion", object["apiVersion"]},
                                {"kind", object["kind"]},
                                {"metadata",
                                 edge::Value::object({{"name", object.at({"metadata", "name"})},
                                                      {"namespace", object.at({"metadata", "namespace"})}})},
                                {"spec", std::move(spec)}});
}

// The one TLSContext of this edge that presents the mesh's certificate to sidecars; "" none or several.
std::string meshContext(const EdgeView &view)
{
    std::string found;
    if (!view.table)
        return found;
    for (const auto &[name, context] : view.table->config().tlsContexts) {
        const bool presents = !context.secret.empty() || !context.certFile.empty();
        if (!presents || context.alpnProtocols.find("istio") == std::string::npos)
            continue;
        if (!found.empty())
            return {};
        found = context.name;
    }
    return found;
}

std::optional<edge::Value> originateTls(const Finding &finding, const Snapshot &snapshot,
                                        const EdgeView &view)
{
    const edge::Value *mapping = ownObject(snapshot, finding.subject);
    const std::string context = meshContext(view);
    if (!mapping || context.empty() || finding.subject.kind == "LogService"_L1) // which has no tls
        return {};
    const auto verdict = finding.subject.kind == "Mapping"_L1
        ? view.mappings.value(finding.subject.nameSpace + u'/' + finding.subject.name)
        : nullptr;
    const int dialled = verdict && verdict->upstreamPort > 0 ? verdict->upstreamPort : 80;
    return partOf(*mapping, originationSpec(*mapping, context, dialled));
}

std::optional<edge::Value> offerIstio(const Finding &finding, const Snapshot &snapshot, const EdgeView &view)
{
    const auto verdict = view.mappings.value(finding.subject.nameSpace + u'/' + finding.subject.name);
    if (!verdict || verdict->tlsContext.isEmpty())
        return {};
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == "TLSContext"
            && text(object.at({"metadata", "name"})) == verdict->tlsContext)
            return partOf(object, edge::Value::object({{"alpn_protocols", edge::Value("istio")}}));
    }
    return {};
}

// Where the Service has one port alone, that must be the one that was meant.
std::optional<edge::Value> useTheOnlyPort(const Finding &finding, const Snapshot &snapshot,
                                          const EdgeView &view)
{
    const edge::Value *mapping = ownObject(snapshot, finding.subject);
    const auto verdict = view.mappings.value(finding.subject.nameSpace + u'/' + finding.subject.name);
    if (!mapping || !verdict)
        return {};
    const UpstreamTarget target = resolveUpstream(snapshot, verdict->upstreamHost, verdict->upstreamPort,
                                                  view.installation.ambassadorNamespace);
    if (!target.service || target.service->ports.size() != 1 || !target.service->ports.first().isTcp())
        return {};
    QString service = text(mapping->at({"spec", "service"}));
    // TLS of the edge's own making, without the mesh's certificate, suits neither the application nor its sidecar: which of the two
    // was meant a person must say.  Without a sidecar nobody at a port for HTTP takes TLS: then https:// was as wrong as the port.
    if (verdict->originatesTls && verdict->tlsContext.isEmpty()
        && protocolOf(target.service->ports.first()) == PortProtocol::Http) {
        const QList<const Pod *> pods = snapshot.podsOf(*target.service);
        const bool anySidecar =
            std::any_of(pods.begin(), pods.end(), [](const Pod *pod) { return pod->hasSidecar; });
        const QLatin1String https("https://");
        if (anySidecar || !service.startsWith(https) || !mapping->at({"spec", "tls"}).isNull())
            return {};
        service.remove(0, https.size());
    }
    const qsizetype colon = service.lastIndexOf(u':');
    if (colon > 0 && !service.mid(colon).contains(u'/'))
        service.truncate(colon);
    service += u":%1"_s.arg(target.service->ports.first().port);
    return partOf(*mapping, edge::Value::object({{"service", edge::Value(service.toStdString())}}));
}

// The certificate stands in the edge's namespace alone, and is found from elsewhere by its name with that.
std::optional<edge::Value> nameTheEdgesNamespace(const Finding &finding, const Snapshot &snapshot,
                                                 const EdgeView &view)
{
    const edge::Value *context = ownObject(snapshot, finding.subject);
    const edge::Value secret = context ? context->at({"spec", "secret"}) : edge::Value();
    const edge::Value namespacing = context ? context->at({"spec", "secret_namespacing"}) : edge::Value();
    if (!secret.isString() || secret.text().find('.') != std::string::npos
        || (namespacing.isBool() && !namespacing.toBool()))
        return {};
    const std::string full = secret.text() + '.' + view.installation.ambassadorNamespace.toStdString();
    return partOf(*context, edge::Value::object({{"secret", edge::Value(full)}}));
}

std::optional<edge::Value> readTheDotAsPart(const Finding &finding, const Snapshot &snapshot)
{
    const edge::Value *context = ownObject(snapshot, finding.subject);
    if (!context || finding.subject.kind != "TLSContext"_L1)
        return {};
    return partOf(*context, edge::Value::object({{"secret_namespacing", edge::Value(false)}}));
}

} // namespace

std::optional<FindingFix> fixOf(const Finding &finding, const Snapshot &snapshot, const EdgeView &view)
{
    FindingFix fix;
    fix.title = u"Fix %1 of %2"_s.arg(finding.code, finding.subject.text());
    if (finding.code == "GD-001"_L1 || finding.code == "TLS-008"_L1) {
        fix.guideStep = u"istio-certs"_s;
        return fix;
    }
    if (finding.code == "OBS-004"_L1) {
        fix.guideStep = u"prometheus"_s;
        return fix;
    }
    std::optional<edge::Value> part;
    const bool isByVerdict = finding.code == "MT-004"_L1 || finding.code == "RT-007"_L1;
    if (isByVerdict && finding.subject.kind != "Mapping"_L1)
        return {};
    if (finding.code == "MT-001"_L1)
        part = originateTls(finding, snapshot, view);
    else if (finding.code == "MT-004"_L1)
        part = offerIstio(finding, snapshot, view);
    else if (finding.code == "RT-007"_L1)
        part = useTheOnlyPort(finding, snapshot, view);
    else if (finding.code == "TLS-003"_L1)
        part = nameTheEdgesNamespace(finding, snapshot, view);
    else if (finding.code == "TLS-004"_L1)
        part = readTheDotAsPart(finding, snapshot);
    else if (finding.code == "MT-014"_L1 || finding.code == "MT-030"_L1)
        part = clientRuleFix(finding, snapshot);
    else
        part = workloadFix(finding, snapshot, view);
    if (!part)
        return {};
    fix.part = std::move(*part);
    return fix;
}

} // namespace models
