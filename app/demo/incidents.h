// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can go wrong in the demo's world, by name (design demo-world.md): objects that an operator would
// regret, certificates that run out, parts that are down.  Each is switched on and off at run time (POST and
// DELETE
// /_sim/NAME) or at the start (--incident NAME), several at once.
// Promise: switched off, every object is as it was, but for what others have changed meanwhile
// (object_change.h). Names are stable: findings and tests go by them.  Those of the API server itself are
// Faults (api_faults.h) and only listed here.  Thread: the loop.
#include "app/demo/generation.h"
#include "app/demo/object_change.h"
#include "app/demo/world.h"

namespace demo {

struct IncidentInfo
{
    const char *name;
    const char *what; // one line for a person
    bool ofApiServer = false;
    bool needsRunningPods = false; // it is about what they did before: begins once they run
};
const std::vector<IncidentInfo> &incidentTable();        // all of them, in the order of demo-world.md
const IncidentInfo *findIncident(std::string_view name); // nullptr: there is none

class Incidents
{
public:
    Incidents(World &world, const Authority &clusterAuthority);
    // 404: no incident of that name (or one of the API server's); 422: this cluster's generation cannot have it.  Switching on what is on changes nothing.
    StoreResult<void> set(const std::string &name, bool isOn);
    bool isOn(const std::string &name) const;
    Value listed() const; // [{name, what, on}], without those of the API server

private:
    struct Active
    {
        std::string name;
        ObjectChange change;
    };
    StoreResult<void> begin(const std::string &name);
    void end(const std::string &name);
    StoreResult<std::vector<Value>> objectsFor(const std::string &name) const;
    void updateParts(const std::string &changed); // what is no object: agents, istiod, the edge's memory
    void restartPrometheus();
    void dropReports();

    World &m_world;
    const Authority &m_authority;
    Generation m_generation;
    std::vector<Active> m_active; // in the order of their beginning
};

} // namespace demo
