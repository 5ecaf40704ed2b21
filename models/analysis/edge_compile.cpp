// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/edge_compile.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

QStringList unreadEdgeKinds(const Snapshot &snapshot)
{
    QStringList kinds;
    for (const QString &plural :
         {u"mappings"_s, u"hosts"_s, u"tlscontexts"_s, u"modules"_s, u"services"_s, u"secrets"_s}) {
        if (!snapshot.knows(plural) && !snapshot.isAbsent(plural))
            kinds.append(plural);
    }
    // Kinds that an edge may lack are asked for only where the API server has them.
    for (const QString &plural : {u"listeners"_s, u"tcpmappings"_s, u"authservices"_s, u"ratelimitservices"_s,
                                  u"kubernetesendpointresolvers"_s, u"kubernetesserviceresolvers"_s,
                                  u"consulresolvers"_s, u"ingresses"_s}) {
        const bool isPart = snapshot.onlyIn.contains(plural);
        if ((snapshot.unavailable.contains(plural) && !snapshot.isAbsent(plural)) || isPart)
            kinds.append(plural);
    }
    // Nor does a manifest of one have to stand where no edge does.
    if (snapshot.edges.isEmpty() && !snapshot.knows(u"listeners"_s) && !kinds.contains(u"listeners"_s))
        kinds.append(u"listeners"_s);
    return kinds;
}

namespace {

// Since 2.0 a TLSContext leads to no Mapping but through a Host that names it.
bool areRoutesByContexts(const edge::Config &config, edge::Compat compat)
{
    return compat == edge::Compat::V1
        || std::any_of(config.diagnostics.begin(), config.diagnostics.end(), [](const auto &one) {
               return one.object.kind == "Host" && one.path == "spec.tlsContext";
           });
}

} // namespace

edge::Compilation &EdgeCompiler::compilationFor(const edge::CompileOptions &options)
{
    const auto facts = [](const edge::CompileOptions &of) {
        return std::tie(of.compat, of.ambassadorId, of.ambassadorNamespace, of.singleNamespace, of.edgeStack,
                        of.knownSecrets, of.namedSecretsKnown, of.missingSecrets, of.environment);
    };
    if (!m_compilation || facts(options) != facts(m_options)) {
        m_options = options;
        m_compilation = std::make_unique<edge::Compilation>(options);
    }
    return *m_compilation;
}

edge::Result<std::shared_ptr<const edge::RouteTable>> EdgeCompiler::table(edge::Config config)
{
    auto built = edge::RouteTable::build(std::move(config), m_table.get());
    if (built)
        m_table = *built;
    return built;
}

edge::CompileOptions compileOptions(const Snapshot &snapshot, const EdgeInstallation &installation)
{
    edge::CompileOptions options = compileOptions(installation);
    if (!snapshot.knows(u"secrets"_s)) {
        options.namedSecretsKnown = true;
        options.missingSecrets = {"istio-certs."
                                  + options.ambassadorNamespace}; // known by files or not at all
    }
    if (installation.hasIstioCertificate)
        options.knownSecrets.insert("istio-certs." + options.ambassadorNamespace);
    return options;
}

CompiledEdge EdgeCompiler::compile(const Snapshot &snapshot, const EdgeInstallation &installation)
{
    CompiledEdge compiled;
    edge::Compilation &compilation = compilationFor(compileOptions(snapshot, installation));
    compilation.setAll(snapshot.ambassadorObjects);
    compiled.config = compilation.compile();
    const QStringList kinds = unreadEdgeKinds(snapshot);
    const bool byContexts = areRoutesByContexts(compiled.config, installation.compat);
    const bool byListeners = installation.compat != edge::Compat::V1;
    compiled.mayHaveMoreRoutes = std::any_of(kinds.begin(), kinds.end(), [&](const QString &plural) {
        return plural != "services"_L1
            && plural != "secrets"_L1 // those that a Host names are taken to be there
            && (plural != "tlscontexts"_L1 || byContexts) && (plural != "listeners"_L1 || byListeners);
    });
    if (!kinds.isEmpty())
        compiled.unsure =
            u"%1 could not be read; what the edge makes of them is not known"_s.arg(kinds.join(u", "_s));
    return compiled;
}

} // namespace models
