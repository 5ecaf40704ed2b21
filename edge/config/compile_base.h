// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All of a compilation that no Mapping object has a part in: Module, Hosts, contexts, services, the edge's
// own probes.  It is made anew when what it was read from changes.  objects must outlive it.
#include "edge/config/hosts.h"
#include "edge/config/mapping_reader.h"

namespace edge {

class GroupUnit;
struct MappingRead;

struct GroupHome // of one group id: what the compilation at hand has found for it
{
    std::size_t generation = 0; // of the compilation that has seen it last
    std::size_t seen = 0;       // Mappings so far
    bool isChanged = false;     // not the Mappings of unit
    GroupUnit *unit = nullptr;  // of the compilation before, where that has seen it
    std::vector<std::shared_ptr<const MappingRead>> members; // only where isChanged, only for the moment
};

struct MappingRead // one Mapping as it was read; what it points into lives as long as it does
{
    std::shared_ptr<const Value> object;            // null: in the CompileBase
    std::shared_ptr<const std::deque<Value>> owned; // what had to be converted
    std::string name;
    std::optional<MappingResource> mapping; // absent: it cannot be used
    std::string group;                      // id of the group that it belongs to
    std::shared_ptr<GroupHome> home;        // of that id
    std::vector<Diagnostic> diagnostics;
};

struct CompileBase
{
    CompileBase(std::span<const PlacedObject> objects, const CompileOptions &options, const Rules &rules);
    CompileBase(const CompileBase &) = delete;
    CompileBase &operator=(const CompileBase &) = delete;

    // The Mapping in this Module's and these Hosts' light; name as settledNames gives it.
    MappingRead read(const SourceObject &source, std::string name) const;

    const CompileOptions &options;
    const Rules &rules;
    Input input;
    Resources resources;
    SecretTable secrets;
    std::vector<ActiveHost> hosts;
    std::unique_ptr<ContextTable> tls;
    std::vector<MappingRead> own; // probes, and the pages of Edge Stack
    std::vector<const HostResource *> hostResources;

private:
    void addFallbackContext();
    void addOwn(const std::string &name, Value spec, const std::string &probe); // probe: the Module's field
    void complainOfOwn(const MappingRead &read, const std::string &probe, const Value &spec);
    void addProbes();
    void addEdgeStack();
};

} // namespace edge
