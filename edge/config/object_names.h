// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who has a name: objects of one kind share one space of names whatever their namespaces are, and each must end with one
// of its own (facts emissary-routing.md §1.0).  Pure but for the table, which is kept from one settling to the next.
#include "edge/config.h"

#include <span>
#include <unordered_map>

namespace edge {

struct SourceObject;

struct NameHome // of one kind and name: who has it
{
    std::size_t round = 0; // of NameTable, in which it was taken last
    std::size_t taker = 0; // index of the NamedSource
};

// Finds the home of a name once, so that settling ten thousand names again costs no hashing.
class NameTable
{
public:
    // Resolvers share their names, whatever their kind.
    NameHome *of(const std::string &kind, const std::string &name);
    std::size_t nextRound() { return ++m_round; }
    void clear() { m_homes.clear(); }

private:
    std::unordered_map<std::string, NameHome> m_homes; // never moves its nodes
    std::size_t m_round = 0;
};

struct NamedSource
{
    std::size_t index = 0; // into what was given
    std::string renamed;   // NAME.NAMESPACE if another namespace has taken the name before; else ""
};
// One name twice in one namespace (annotations): the later takes the earlier's place, which goes into replaced; in
// another namespace: the later is renamed, and takes the place of whoever has that name.  sorted: as comesBefore says, each with its home in names.
std::vector<NamedSource> settledNames(std::span<const SourceObject *const> sorted, NameTable &names,
                                      std::vector<Diagnostic> &diagnostics,
                                      std::vector<ReplacedObject> &replaced);

} // namespace edge
