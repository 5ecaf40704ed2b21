// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A configuration that is kept up to date with its objects.  compile() gives what edge::compile() would give
// for objects(), but after a change of Mappings it reads, groups and translates only what that change
// concerns, and shares the rest with the configuration before.  A Service or its Endpoints concern the Mappings that
// have their addresses from there, a renewed Secret and another status nobody; a change of any other object recompiles
// everything.  Promise: equal to edge::compile() of the same objects, diagnostics and their order included.
// Thread: one at a time; what compile() returns may be read from any.
#include "edge/config/compile.h"
#include "edge/shared_list.h"

#include <memory>

namespace edge {

class Compilation
{
public:
    explicit Compilation(CompileOptions options);
    ~Compilation();
    Compilation(const Compilation &) = delete;
    Compilation &operator=(const Compilation &) = delete;

    void set(Value object); // new, or in place of the one of its kind, namespace and name
    bool remove(const std::string &kind, const std::string &nameSpace,
                const std::string &name); // false: unknown
    // These and no others; of two of one kind, namespace and name the first that the edge takes (isTaken), of two that it
    // does not the first.  One that is shared with the call before counts as unchanged without a look, an equal one after
    // a comparison.
    void setAll(const SharedList<Value> &objects);
    std::vector<Value> objects() const; // in the order in which ties are decided

    Config compile();

private:
    friend Config compile(std::span<const Value> objects, const CompileOptions &options);
    class State;
    std::unique_ptr<State> m_state;
};

} // namespace edge
