// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a Compilation keeps: the objects, and what was learnt from them.  Objects come and go in
// compilation_objects.cpp, compilation.cpp makes the configuration.
#include "edge/config/compilation.h"
#include "edge/config/group_unit.h"

#include <unordered_set>

namespace edge {

struct Slot // one Mapping, from an object or an annotation
{
    SourceObject source;
    std::shared_ptr<const Value> object; // null: in the base
    std::shared_ptr<const std::deque<Value>> owned;
    std::shared_ptr<const MappingRead> read; // null: not read since the base was made
    bool isGone = false;                     // until the next settle()
};
using SlotPointer = std::shared_ptr<Slot>;

using Reads = std::vector<std::shared_ptr<const MappingRead>>;

struct KeptObject
{
    std::shared_ptr<const Value> object;
    SlotPointer slot;      // null: none, or in the base
    std::size_t round = 0; // of the setAll() that wanted it last
};

class Compilation::State
{
public:
    explicit State(CompileOptions options)
        : m_options(std::move(options))
        , m_rules(rulesOf(m_options.compat))
    {
    }

    void set(std::shared_ptr<const Value> object);
    bool remove(const std::string &key);
    void setAll(const SharedList<Value> &objects);
    std::vector<Value> objects() const;
    void addBorrowed(const Value &object); // for one compile() only: the object must live that long

    Config compile();

private:
    void add(std::shared_ptr<const Value> object, std::size_t place);
    void drop(std::size_t place);
    void want(KeptObject &kept);
    void takeIn(const std::shared_ptr<const Value> &item);
    void note(const Value *before, const Value *after);
    void settle();
    void makeBase();
    void refreshServices();
    const Value *find(const std::string &kind, const std::string &nameSpace, const std::string &name) const;
    std::shared_ptr<const MappingRead> settled(MappingRead read);
    Reads readMappings();
    void makeServices(const Reads &reads);
    void makeUnits(const Reads &reads);
    void sortUnits();
    void mergeClusters(const std::vector<UnitCluster> &tcp);
    void forgetHomes();
    void nameAsWritten();
    ClusterNames shortNames() const;
    ServiceOutput namedServices(const ClusterNames &names) const;
    SharedMap<Cluster> namedClusters(const ClusterNames &names) const;
    std::vector<Listener> listeners(const std::vector<TcpGroup> &tcpGroups,
                                    const std::vector<std::string> &tcpClusters,
                                    const ServiceOutput &services, Config &config);
    void addGroups(Config &config, const std::vector<TcpGroup> &tcpGroups,
                   const std::vector<std::string> &tcpClusters) const;

    const CompileOptions m_options;
    const Rules m_rules;

    // Objects
    std::map<std::size_t, KeptObject> m_objects;            // by place
    std::unordered_map<const Value *, KeptObject *> m_kept; // of m_objects, which never moves its nodes
    std::unordered_map<std::string, std::size_t> m_places;  // by kind, namespace and name
    std::unordered_set<std::string> m_borrowedMappings;
    std::size_t m_nextPlace = 0;
    std::map<std::size_t, std::vector<Diagnostic>> m_admission; // what was said when a Mapping object came in
    std::vector<SlotPointer> m_slots;                           // of Mapping objects, sorted
    std::vector<SlotPointer> m_newSlots;                        // not yet sorted in
    bool m_hasGoneSlots = false;
    std::size_t m_round = 0;  // of setAll()
    std::size_t m_wanted = 0; // objects that this round has seen

    // What was learnt from them
    std::unique_ptr<CompileBase> m_base;                     // null: something that it is made of has changed
    std::vector<std::shared_ptr<const Value>> m_baseObjects; // what it points into
    // Services that are other objects since it was made or refreshed, by name and namespace; true: with other ports or
    // addresses.
    std::map<std::pair<std::string, std::string>, bool> m_changedServices;
    std::set<std::string>
        m_askedAnew; // those with other ports or addresses in the compilation at hand: NAME.NAMESPACE
    std::vector<SlotPointer> m_baseSlots; // Mappings of annotations and Ingresses
    Reads m_own;                          // the edge's own Mappings
    NameTable m_names;
    std::unordered_map<std::string, std::shared_ptr<GroupHome>> m_groupHomes; // by id
    ClusterHomes m_clusterHomes;                                              // by full name
    std::optional<ServiceOutput> m_services;
    bool m_servicesHaveErrorResponses = false;
    std::vector<UnitCluster> m_serviceClusters;
    std::vector<Diagnostic> m_serviceDiagnostics;
    std::vector<std::shared_ptr<GroupUnit>> m_made; // in the order in which groups came up
    std::vector<std::shared_ptr<GroupUnit>>
        m_order; // in match order; of the compilation before until sortUnits
    std::vector<std::shared_ptr<ClusterHome>> m_clusterList; // homes of m_clusters
    SharedMap<Cluster> m_clusters;                           // by full name
    std::size_t m_generation = 0;
    std::vector<Diagnostic> m_diagnostics;  // of the compilation at hand
    std::vector<ReplacedObject> m_replaced; // Mappings, of the compilation at hand
};

} // namespace edge
