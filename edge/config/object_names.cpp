// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/object_names.h"

#include "edge/config/objects.h"

namespace edge {

NameHome *NameTable::of(const std::string &kind, const std::string &name)
{
    static constexpr std::string_view resolver = "Resolver";
    const bool shared = kind.size() > resolver.size() && kind.ends_with(resolver);
    return &m_homes[(shared ? std::string(resolver) : kind) + " " + name];
}

namespace {

std::string textOf(const ObjectSource &source, const std::string &kind)
{
    const ResourceRef &holder = source.holder;
    if (holder.kind.empty())
        return "the " + kind + " of its own";
    return (source.isMade ? "the one made of " : "the one in the annotation of ") + holder.kind + " "
        + holder.nameSpace + "/" + holder.name;
}

Diagnostic replacedBy(const SourceObject &before, const SourceObject &taker, Diagnostic::Severity severity)
{
    const std::string whose =
        before.kind == taker.kind ? "defined twice" : "defined by a " + before.kind + ", too,";
    return {severity, taker.ref, "metadata.name",
            taker.kind + " " + taker.name + " is " + whose + " in namespace " + taker.ref.nameSpace + "; "
                + textOf(sourceOf(taker), taker.kind) + " is used",
            false};
}

} // namespace

std::vector<NamedSource> settledNames(std::span<const SourceObject *const> sorted, NameTable &names,
                                      std::vector<Diagnostic> &diagnostics,
                                      std::vector<ReplacedObject> &replaced)
{
    const std::size_t round = names.nextRound();
    std::vector<NamedSource> kept;
    kept.reserve(sorted.size());
    std::vector<std::size_t> takers; // of replaced: index into kept
    const auto take = [&](NameHome &home) {
        const bool fresh = home.round != round;
        if (fresh)
            home = {round, kept.size()};
        return fresh;
    };
    const auto replace = [&](NameHome &home, std::size_t by, std::string name,
                             Diagnostic::Severity severity) {
        NamedSource &taken = kept[home.taker];
        const SourceObject &before = *sorted[taken.index];
        diagnostics.push_back(replacedBy(before, *sorted[by], severity));
        replaced.push_back({before.ref, sourceOf(before), {}});
        takers.push_back(home.taker);
        taken = {by, std::move(name)};
    };
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const SourceObject &object = *sorted[i];
        if (take(*object.home)) {
            kept.push_back({i, {}});
            continue;
        }
        if (sorted[kept[object.home->taker].index]->ref.nameSpace == object.ref.nameSpace) {
            replace(*object.home, i, {}, Diagnostic::Severity::Error);
            continue;
        }
        std::string renamed = object.name + "." + object.ref.nameSpace;
        if (NameHome &other = *names.of(object.kind, renamed); take(other))
            kept.push_back({i, std::move(renamed)});
        else // which Emissary says nothing of
            replace(other, i, std::move(renamed), Diagnostic::Severity::Notice);
    }
    for (std::size_t i = 0; i < takers.size(); ++i)
        replaced[replaced.size() - takers.size() + i].by = sourceOf(*sorted[kept[takers[i]].index]);
    return kept;
}

} // namespace edge
