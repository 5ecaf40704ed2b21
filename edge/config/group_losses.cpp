// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/group_losses.h"

#include "edge/config/said.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::string_view Words = "its group has one ";

bool isSaid(const Value &value)
{
    return value.isBool() || value.isNumber() || !value.text().empty() || !value.members().empty()
        || !value.items().empty();
}

Value upgradesOf(const MappingResource &mapping)
{
    std::vector<std::string> upgrades = textsOf(mapping.field("allow_upgrade"));
    if (mapping.spec->find("use_websocket")
        && std::find(upgrades.begin(), upgrades.end(), "websocket") == upgrades.end())
        upgrades.emplace_back("websocket");
    Value list = Value::array();
    for (std::string &one : upgrades)
        list.push(std::move(one));
    return list;
}

struct GroupField
{
    enum class Taken {
        LastThatSays,
        Last,  // also where it says nothing
        Merged // name by name, the last that says a name
    };
    std::string_view field;
    Taken taken;
    bool hasDefault = false; // in the Module, for a Mapping that says nothing
};

constexpr GroupField groupFields[] = {
    {"cors", GroupField::Taken::LastThatSays},
    {"retry_policy", GroupField::Taken::LastThatSays},
    {"priority", GroupField::Taken::LastThatSays},
    {"allow_upgrade", GroupField::Taken::LastThatSays},
    {"remove_request_headers", GroupField::Taken::LastThatSays, true},
    {"remove_response_headers", GroupField::Taken::LastThatSays, true},
    {"add_request_headers", GroupField::Taken::Merged, true},
    {"add_response_headers", GroupField::Taken::Merged, true},
    {"regex_rewrite", GroupField::Taken::Last},
    {"query_parameters", GroupField::Taken::Last},
    {"regex_query_parameters", GroupField::Taken::Last},
};

class LossTeller
{
public:
    LossTeller(const MappingGroup &group, const ModuleResource &module, std::vector<Diagnostic> &diagnostics)
        : m_group(group)
        , m_module(module)
        , m_diagnostics(diagnostics)
    {
    }

    void tell(const GroupField &field);
    void tellRewrite();
    void tellLinkerd();

private:
    Value valueOf(const MappingResource &mapping, const GroupField &field) const
    {
        if (field.field == "allow_upgrade")
            return upgradesOf(mapping);
        const Value *own = mapping.spec->find(field.field);
        return own || !field.hasDefault ? mapping.field(field.field) : m_module.mappingDefault(field.field);
    }
    void tellMerged(const GroupField &field);
    void lose(const MappingResource &loser, std::string path, const MappingResource &winner,
              const std::string &what)
    {
        const ResourceRef &ref = winner.upstream.ref;
        m_diagnostics.push_back({Diagnostic::Severity::Notice, loser.upstream.ref, "spec." + path,
                                 std::string(Words) + path + " for all its Mappings, which Mapping "
                                     + ref.nameSpace + "/" + ref.name + " decides: " + what,
                                 false});
    }
    bool addsLinkerd(const MappingResource &mapping) const
    {
        const Value &own = mapping.field("add_linkerd_headers");
        return own.isNull() ? isTruthy(m_module["add_linkerd_headers"]) : own.toBool();
    }

    const MappingGroup &m_group;
    const ModuleResource &m_module;
    std::vector<Diagnostic> &m_diagnostics;
};

void LossTeller::tell(const GroupField &field)
{
    if (field.taken == GroupField::Taken::Merged) {
        tellMerged(field);
        return;
    }
    const MappingResource *winner = nullptr;
    for (const MappingResource *mapping : m_group.flattening) {
        if (field.taken == GroupField::Taken::Last || isSaid(valueOf(*mapping, field)))
            winner = mapping;
    }
    for (const MappingResource *mapping : m_group.flattening) {
        const Value own = valueOf(*mapping, field);
        const std::string name = field.field == "allow_upgrade" && !isSaid(mapping->field(field.field))
            ? "use_websocket"
            : std::string(field.field);
        if (mapping == winner || !isSaid(own) || !isSaid(mapping->field(name)))
            continue;
        if (const Value used = valueOf(*winner, field); !(used == own))
            lose(*mapping, name, *winner, isSaid(used) ? toJson(used) : "none");
    }
}

void LossTeller::tellMerged(const GroupField &field)
{
    for (auto loser = m_group.flattening.begin(); loser != m_group.flattening.end(); ++loser) {
        for (const auto &[name, value] : (*loser)->field(field.field).members()) {
            const MappingResource *winner = nullptr;
            for (auto later = loser + 1; later != m_group.flattening.end(); ++later) {
                if (valueOf(**later, field).find(name))
                    winner = *later;
            }
            if (!winner)
                continue;
            if (const Value used = valueOf(*winner, field)[name]; !(used == value))
                lose(**loser, std::string(field.field), *winner, name + " is " + toJson(used));
        }
    }
}

// Where the group has a regex_rewrite, no rewrite is at work.
void LossTeller::tellRewrite()
{
    const MappingResource &last = *m_group.flattening.back();
    if (!last.regexRewrite)
        return;
    for (const MappingResource *mapping : m_group.flattening) {
        if (!mapping->regexRewrite && !mapping->rewrite.value_or("/").empty())
            lose(*mapping, "rewrite", last, "it has a regex_rewrite, and no rewrite counts beside that");
    }
}

// The header is one for the group, though it names the service of one Mapping.
void LossTeller::tellLinkerd()
{
    const MappingResource *winner = nullptr;
    for (const MappingResource *mapping : m_group.flattening)
        winner = addsLinkerd(*mapping) ? mapping : winner;
    for (const MappingResource *mapping : m_group.flattening) {
        if (winner && addsLinkerd(*mapping) && mapping->upstream.service != winner->upstream.service)
            lose(*mapping, "add_linkerd_headers", *winner,
                 "l5d-dst-override names " + winner->upstream.service);
    }
}

} // namespace

void tellGroupLosses(const MappingGroup &group, const ModuleResource &module,
                     std::vector<Diagnostic> &diagnostics)
{
    if (group.redirect || group.flattening.size() < 2)
        return;
    LossTeller teller(group, module, diagnostics);
    for (const GroupField &field : groupFields)
        teller.tell(field);
    teller.tellRewrite();
    teller.tellLinkerd();
}

bool isOfGroupLoss(const Diagnostic &diagnostic)
{
    return diagnostic.severity == Diagnostic::Severity::Notice && diagnostic.message.starts_with(Words);
}

} // namespace edge
