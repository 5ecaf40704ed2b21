// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/compilation_state.h"
#include "edge/config/listeners_v1.h"
#include "edge/config/numbers.h"
#include "edge/config/refused_listeners.h"
#include "edge/config/written_path.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

namespace edge {

namespace {

void append(std::vector<Diagnostic> &into, const std::vector<Diagnostic> &from)
{
    if (!from.empty())
        into.insert(into.end(), from.begin(), from.end());
}

// What was said twice about one object is said once.
std::vector<Diagnostic> eachOnce(std::vector<Diagnostic> all)
{
    std::set<std::tuple<std::string, std::string, std::string, std::string>> said;
    std::erase_if(all, [&](const Diagnostic &diagnostic) {
        const ResourceRef &object = diagnostic.object;
        return !said.emplace(object.kind + "/" + object.nameSpace, object.name, diagnostic.path,
                             diagnostic.message)
                    .second;
    });
    return all;
}

} // namespace

void Compilation::State::makeBase()
{
    std::vector<PlacedObject> others;
    std::vector<std::shared_ptr<const Value>> held;
    for (const auto &[place, kept] : m_objects) {
        if (isMappingObject(*kept.object, m_options, m_rules))
            continue;
        others.push_back({kept.object.get(), place});
        held.push_back(kept.object);
    }
    m_changedServices.clear();
    m_services.reset();
    m_made.clear();
    m_order.clear();
    m_groupHomes.clear();
    m_names.clear();
    m_base = std::make_unique<CompileBase>(others, m_options, m_rules);
    m_baseObjects = std::move(held);
    m_baseSlots.clear();
    for (const SourceObject &source : m_base->input.mappings) {
        auto slot = std::make_shared<Slot>();
        slot->source = source;
        m_baseSlots.push_back(std::move(slot));
    }
    for (const auto *slots : {&m_slots, &m_baseSlots}) {
        for (const SlotPointer &slot : *slots) {
            slot->read.reset();
            slot->source.home = m_names.of(slot->source.kind, slot->source.name);
        }
    }
    m_own.clear();
    for (MappingRead &own : m_base->own)
        m_own.push_back(settled(std::move(own)));
}

// Services and Endpoints that have come, changed or gone while the rest of the base stays.
void Compilation::State::refreshServices()
{
    m_askedAnew.clear();
    for (const auto &[id, isOther] : m_changedServices) {
        const auto &[name, nameSpace] = id;
        const std::string key = name + "." + nameSpace;
        KubernetesService service;
        if (const Value *object = find("Service", nameSpace, name))
            service.spec = &(*object)["spec"];
        service.endpoints = find("Endpoints", nameSpace, name);
        m_base->input.services[key] = service;
        if (isOther)
            m_askedAnew.insert(key);
    }
    m_changedServices.clear();
}

// With the home of its group.
std::shared_ptr<const MappingRead> Compilation::State::settled(MappingRead read)
{
    if (read.mapping) {
        std::shared_ptr<GroupHome> &home = m_groupHomes[read.group];
        if (!home)
            home = std::make_shared<GroupHome>();
        read.home = home;
    }
    return std::make_shared<const MappingRead>(std::move(read));
}

// All Mappings that can be used, in input order; the edge's own behind them, so that they join groups.
Reads Compilation::State::readMappings()
{
    std::vector<Slot *> slots;
    slots.reserve(m_slots.size() + m_baseSlots.size());
    for (const auto *some : {&m_slots, &m_baseSlots}) {
        for (const SlotPointer &slot : *some)
            slots.push_back(slot.get());
    }
    std::inplace_merge(slots.begin(), slots.begin() + std::ptrdiff_t(m_slots.size()), slots.end(),
                       [](const Slot *a, const Slot *b) { return comesBefore(a->source, b->source); });
    std::vector<const SourceObject *> sources;
    sources.reserve(slots.size());
    for (const Slot *slot : slots)
        sources.push_back(&slot->source);
    Reads reads;
    reads.reserve(m_own.size() + slots.size());
    for (const NamedSource &named : settledNames(sources, m_names, m_diagnostics, m_replaced)) {
        Slot &slot = *slots[named.index];
        const std::string &name = named.renamed.empty() ? slot.source.name : named.renamed;
        if (!slot.read || slot.read->name != name) {
            MappingRead read = m_base->read(slot.source, name);
            read.object = slot.object;
            read.owned = slot.owned;
            slot.read = settled(std::move(read));
        }
        append(m_diagnostics, slot.read->diagnostics);
        if (slot.read->mapping)
            reads.push_back(slot.read);
    }
    for (const auto &own : m_own) {
        append(m_diagnostics, own->diagnostics);
        reads.push_back(own);
    }
    return reads;
}

// Whether a Mapping's route says what becomes of errors: shadows and redirects have no route of their own that could.
bool mapsResponses(const MappingResource &mapping)
{
    return !mapping.shadow && !mapping.hostRedirect
        && (!mapping.field("error_response_overrides").items().empty()
            || mapping.field("bypass_error_response_overrides").toBool());
}

// The same of all of them: of a group that redirects no member has a route of its own.  What comes first in a group
// decides whether it does, and shadows are no members.
bool anyMapsResponses(const std::vector<std::shared_ptr<const MappingRead>> &reads)
{
    std::map<const GroupHome *, bool> redirects;
    for (const auto &read : reads) {
        if (!read->mapping->shadow)
            redirects.emplace(read->home.get(), read->mapping->hostRedirect);
    }
    return std::any_of(reads.begin(), reads.end(), [&](const auto &read) {
        return mapsResponses(*read->mapping) && !redirects.at(read->home.get());
    });
}

void Compilation::State::makeServices(const Reads &reads)
{
    const ModuleResource &module = m_base->resources.module;
    const bool errorResponses = m_rules.errorResponses
        && (!module["error_response_overrides"].items().empty() || anyMapsResponses(reads));
    if (!m_services || errorResponses != m_servicesHaveErrorResponses
        || anyAsksFor(m_serviceClusters, m_askedAnew)) {
        m_serviceDiagnostics.clear();
        const ClusterContext context{m_base->input, module,  *m_base->tls,
                                     m_options,     m_rules, m_serviceDiagnostics};
        ClusterTable clusters(context);
        m_services = compileServices(m_base->resources, clusters, context, errorResponses);
        m_serviceClusters = takeClusters(clusters, m_clusterHomes);
        m_servicesHaveErrorResponses = errorResponses;
    }
    append(m_diagnostics, m_serviceDiagnostics);
}

void Compilation::State::makeUnits(const Reads &reads)
{
    ++m_generation;
    std::vector<GroupHome *> homes; // in the order in which groups come up
    homes.reserve(reads.size());
    for (const auto &read : reads) {
        GroupHome &home = *read->home;
        if (home.generation != m_generation) {
            home.unit = home.generation + 1 == m_generation ? home.unit : nullptr;
            home.isChanged = !home.unit || anyAsksFor(home.unit->clusters(), m_askedAnew);
            home.generation = m_generation;
            home.seen = 0;
            homes.push_back(&home);
        }
        home.isChanged =
            home.isChanged || home.seen >= home.unit->reads().size() || home.unit->reads()[home.seen] != read;
        ++home.seen;
    }
    for (GroupHome *home : homes)
        home->isChanged = home->isChanged || home->seen != home->unit->reads().size();
    for (const auto &read : reads) {
        if (read->home->isChanged)
            read->home->members.push_back(read);
    }
    std::vector<std::shared_ptr<GroupUnit>> before = std::move(m_made); // what homes point to
    m_made.clear();
    m_made.reserve(homes.size());
    for (GroupHome *home : homes) {
        std::shared_ptr<GroupUnit> unit = home->isChanged
            ? std::make_shared<GroupUnit>(std::move(home->members), *m_base, *m_services, m_clusterHomes)
            : before[home->unit->made];
        home->members.clear();
        m_made.push_back(std::move(unit));
        home->unit = m_made.back().get();
    }
    for (std::size_t i = 0; i < m_made.size(); ++i) {
        m_made[i]->made = i;
        m_made[i]->generation = m_generation;
        append(m_diagnostics, m_made[i]->diagnostics());
    }
}

// Units that were there before keep their order among each other, so that only the new ones are sorted; but
// for a name that is defined twice, which can move another Mapping to its place.
void Compilation::State::sortUnits()
{
    const auto before = [](const std::shared_ptr<GroupUnit> &a, const std::shared_ptr<GroupUnit> &b) {
        const auto order = a->group().order <=> b->group().order;
        return order > 0 || (order == 0 && a->made > b->made);
    };
    std::erase_if(m_order, [&](const auto &unit) { return unit->generation != m_generation; });
    if (!std::is_sorted(m_order.begin(), m_order.end(), before))
        std::sort(m_order.begin(), m_order.end(), before);
    const auto middle = std::ptrdiff_t(m_order.size());
    for (const auto &unit : m_made) {
        if (!unit->isPlaced)
            m_order.push_back(unit);
        unit->isPlaced = true;
    }
    std::sort(m_order.begin() + middle, m_order.end(), before);
    std::inplace_merge(m_order.begin(), m_order.begin() + middle, m_order.end(), before);
}

// Homes that nothing has asked for lately are given up once they are the most.
void Compilation::State::forgetHomes()
{
    const auto forget = [](auto &homes, std::size_t used) {
        if (homes.size() > 2 * used + 1000)
            std::erase_if(homes, [](const auto &entry) { return entry.second.use_count() == 1; });
    };
    forget(m_groupHomes, m_made.size());
    forget(m_clusterHomes, m_clusterList.size());
}

std::vector<Listener> Compilation::State::listeners(const std::vector<TcpGroup> &tcpGroups,
                                                    const std::vector<std::string> &tcpClusters,
                                                    const ServiceOutput &services, Config &config)
{
    std::vector<const CompiledGroup *> groups;
    groups.reserve(m_order.size());
    for (const auto &unit : m_order)
        groups.push_back(&unit->served());
    const ListenerContext context{m_base->resources, *m_base->tls, m_options, m_rules,      groups,
                                  tcpGroups,         tcpClusters,  services,  m_diagnostics};
    std::vector<Listener> listeners = m_rules.listenerResources
        ? compileListeners(context, m_base->hosts)
        : compileListenersV1(context, m_base->hosts, config.tlsContexts);
    for (Listener &listener : listeners)
        listener.bufferLimit = m_rules.newClusterFields
            ? integerOf(m_base->resources.module["buffer_limit_bytes"])
            : std::nullopt;
    return listeners;
}

void Compilation::State::addGroups(Config &config, const std::vector<TcpGroup> &tcpGroups,
                                   const std::vector<std::string> &tcpClusters) const
{
    config.groups.reserve(m_order.size() + tcpGroups.size());
    // All are sorted by precedence first, and a TCPMapping has none.
    const auto behind = std::find_if(m_order.begin(), m_order.end(),
                                     [](const auto &unit) { return unit->info()->precedence < 0; });
    for (auto unit = m_order.begin(); unit != behind; ++unit)
        config.groups.push_back((*unit)->info());
    std::size_t cluster = 0;
    for (const TcpGroup &group : tcpGroups) {
        GroupInfo info;
        info.id = group.id;
        info.name = group.first->name;
        info.tcp = true;
        info.port = group.first->port;
        info.host = group.first->host;
        info.order = {Value(0)};
        for (const TcpMember &member : group.members) {
            ResourceRef ref = member.mapping->upstream.ref;
            if (m_rules.convertsToV3alpha1) // as a Mapping's: NAME.NAMESPACE of the second of a name
                ref.name = member.mapping->name;
            info.members.push_back({std::move(ref), member.mapping->weight, member.weight,
                                    member.mapping->upstream.service, tcpClusters[cluster++]});
        }
        config.groups.push_back(std::move(info));
    }
    for (auto unit = behind; unit != m_order.end(); ++unit)
        config.groups.push_back((*unit)->info());
}

// What is said of an object names its fields as somebody has written them.
void Compilation::State::nameAsWritten()
{
    std::unordered_multimap<std::string_view, Diagnostic *> byName;
    for (Diagnostic &diagnostic : m_diagnostics) {
        if (diagnostic.path.starts_with("spec."))
            byName.emplace(diagnostic.object.name, &diagnostic);
    }
    const auto rename = [&byName](const SourceObject &source) {
        if (!source.written)
            return;
        const auto [begin, end] = byName.equal_range(source.ref.name);
        for (auto found = begin; found != end; ++found) {
            Diagnostic &diagnostic = *found->second;
            if (diagnostic.object.kind == source.ref.kind
                && diagnostic.object.nameSpace == source.ref.nameSpace)
                diagnostic.path = writtenPath(*source.written, diagnostic.path);
        }
    };
    for (const auto *slots : {&m_slots, &m_baseSlots}) {
        for (const SlotPointer &slot : *slots)
            rename(slot->source);
    }
    for (const SourceObject &source : m_base->input.objects)
        rename(source);
}

Config Compilation::State::compile()
{
    settle();
    if (!m_base)
        makeBase();
    refreshServices();
    const ModuleResource &module = m_base->resources.module;
    m_replaced.clear();
    m_diagnostics = m_base->resources.diagnostics;
    for (const auto &[place, said] : m_admission)
        append(m_diagnostics, said);
    const Reads reads = readMappings();
    makeServices(reads);
    makeUnits(reads);
    sortUnits();

    const std::vector<TcpGroup> tcpGroups =
        groupTcpMappings(m_base->resources.tcpMappings, {m_rules, m_base->hostResources, m_diagnostics});
    ClusterTable tcpTable({m_base->input, module, *m_base->tls, m_options, m_rules, m_diagnostics});
    for (auto group = tcpGroups.rbegin(); group != tcpGroups.rend();
         ++group) { // the first that asks makes it
        for (const TcpMappingResource *mapping : group->arrival)
            tcpTable.clusterFor(mapping->upstream);
    }
    std::vector<std::string> tcpClusters; // of every member of every group in order
    for (const TcpGroup &group : tcpGroups) {
        for (const TcpMember &member : group.members)
            tcpClusters.push_back(tcpTable.clusterFor(member.mapping->upstream));
    }
    mergeClusters(takeClusters(tcpTable, m_clusterHomes));
    const ClusterNames names = shortNames();
    for (std::string &name : tcpClusters) {
        if (const auto found = names.find(name); found != names.end())
            name = found->second;
    }
    for (const auto &unit : m_made)
        unit->setNames(names);

    Config config;
    const ServiceOutput services = namedServices(names);
    config.tlsContexts = m_base->tls->sound();
    config.listeners = listeners(tcpGroups, tcpClusters, services, config);
    config.httpFilters = services.filters;
    config.brokenAuth = services.brokenAuth;
    config.accessLogs = services.accessLogs;
    config.regexMaxSize = edge::regexMaxSize(module);
    config.stdRegex = m_rules.stdRegexAllowed && module["regex_type"].text() == "unsafe";
    config.clusters = namedClusters(names);
    addGroups(config, tcpGroups, tcpClusters);
    for (Diagnostic &name : refusedNames(config.listeners))
        m_diagnostics.push_back(std::move(name));
    for (Diagnostic &host : refusedHosts(config.listeners))
        m_diagnostics.push_back(std::move(host));
    for (Diagnostic &context : refusedContexts(config, *m_base->tls))
        m_diagnostics.push_back(std::move(context));
    nameAsWritten();
    config.diagnostics = eachOnce(std::move(m_diagnostics));
    config.replaced = m_base->input.replaced;
    config.replaced.insert(config.replaced.end(), m_replaced.begin(), m_replaced.end());
    forgetHomes();
    return config;
}

} // namespace edge
