// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/compilation_state.h"

#include <algorithm>

namespace edge {

namespace {

std::string keyOf(const std::string &kind, const std::string &nameSpace, const std::string &name)
{
    return kind + "/" + nameSpace + "/" + name;
}

std::string keyOf(const Value &object)
{
    return keyOf(object["kind"].text(), objectNamespace(object), objectName(object));
}

bool slotBefore(const SlotPointer &a, const SlotPointer &b) { return comesBefore(a->source, b->source); }

} // namespace

void Compilation::State::add(std::shared_ptr<const Value> object, std::size_t place)
{
    m_objects[place] = object;
    if (!isMappingObject(*object, m_options, m_rules)) {
        m_base.reset();
        return;
    }
    const PlacedObject placed{object.get(), place};
    Input input = readInput({&placed, 1}, m_options, m_rules);
    if (!input.diagnostics.empty())
        m_admission[place] = std::move(input.diagnostics);
    for (SourceObject &source : input.mappings) {
        auto slot = std::make_shared<Slot>();
        slot->source = std::move(source);
        slot->object = object;
        slot->source.home = m_names.of(slot->source.kind, slot->source.name);
        if (!input.owned.empty())
            slot->owned = std::make_shared<const std::deque<Value>>(std::move(input.owned));
        m_newSlots.push_back(std::move(slot));
    }
}

void Compilation::State::drop(std::size_t place)
{
    settle();
    const auto found = m_objects.find(place);
    if (!isMappingObject(*found->second, m_options, m_rules))
        m_base.reset();
    std::erase_if(m_slots, [&](const SlotPointer &slot) { return slot->source.place == place; });
    m_admission.erase(place);
    m_objects.erase(found);
}

void Compilation::State::settle()
{
    std::sort(m_newSlots.begin(), m_newSlots.end(), slotBefore);
    const auto middle = std::ptrdiff_t(m_slots.size());
    m_slots.insert(m_slots.end(), m_newSlots.begin(), m_newSlots.end());
    if (!m_newSlots.empty())
        std::inplace_merge(m_slots.begin(), m_slots.begin() + middle, m_slots.end(), slotBefore);
    m_newSlots.clear();
}

void Compilation::State::set(Value object)
{
    const auto [known, fresh] = m_places.emplace(keyOf(object), m_nextPlace);
    if (!fresh)
        drop(known->second);
    else
        ++m_nextPlace;
    add(std::make_shared<const Value>(std::move(object)), known->second);
}

bool Compilation::State::remove(const std::string &key)
{
    const auto known = m_places.find(key);
    if (known == m_places.end())
        return false;
    drop(known->second);
    m_places.erase(known);
    return true;
}

void Compilation::State::setAll(std::vector<Value> objects)
{
    std::unordered_set<std::string> wanted;
    for (Value &object : objects) {
        std::string key = keyOf(object);
        if (!wanted.insert(key).second)
            continue; // the first of two counts
        const auto known = m_places.find(key);
        if (known == m_places.end() || !(*m_objects.at(known->second) == object))
            set(std::move(object));
    }
    std::vector<std::string> gone;
    for (const auto &[key, place] : m_places) {
        if (wanted.count(key) == 0)
            gone.push_back(key);
    }
    for (const std::string &key : gone)
        remove(key);
}

std::vector<Value> Compilation::State::objects() const
{
    std::vector<Value> all;
    for (const auto &[place, object] : m_objects)
        all.push_back(*object);
    return all;
}

void Compilation::State::addBorrowed(const Value &object)
{
    if (isMappingObject(object, m_options, m_rules) && !m_borrowedMappings.insert(keyOf(object)).second)
        return;
    add(std::shared_ptr<const Value>(std::shared_ptr<const Value>(), &object), m_nextPlace++);
}

Compilation::Compilation(CompileOptions options)
    : m_state(std::make_unique<State>(std::move(options)))
{
}

Compilation::~Compilation() = default;

void Compilation::set(Value object) { m_state->set(std::move(object)); }

bool Compilation::remove(const std::string &kind, const std::string &nameSpace, const std::string &name)
{
    return m_state->remove(keyOf(kind, nameSpace, name));
}

void Compilation::setAll(std::vector<Value> objects) { m_state->setAll(std::move(objects)); }

std::vector<Value> Compilation::objects() const { return m_state->objects(); }

Config Compilation::compile() { return m_state->compile(); }

Config compile(std::span<const Value> objects, const CompileOptions &options)
{
    Compilation compilation(options);
    for (const Value &object : objects)
        compilation.m_state->addBorrowed(object);
    return compilation.compile();
}

} // namespace edge
