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
    KeptObject &kept = m_objects[place];
    kept.object = object;
    m_kept[object.get()] = &kept;
    if (!isMappingObject(*object, m_options, m_rules))
        return;
    const PlacedObject placed{object.get(), place};
    Input input = readInput({&placed, 1}, m_options, m_rules);
    if (!input.diagnostics.empty())
        m_admission[place] = std::move(input.diagnostics);
    for (SourceObject &source : input.mappings) { // one at most
        kept.slot = std::make_shared<Slot>();
        kept.slot->source = std::move(source);
        kept.slot->object = object;
        kept.slot->source.home = m_names.of(kept.slot->source.kind, kept.slot->source.name);
        if (!input.owned.empty())
            kept.slot->owned = std::make_shared<const std::deque<Value>>(std::move(input.owned));
        m_newSlots.push_back(kept.slot);
    }
}

void Compilation::State::drop(std::size_t place)
{
    const auto found = m_objects.find(place);
    const KeptObject &kept = found->second;
    if (kept.slot)
        m_hasGoneSlots = kept.slot->isGone = true;
    m_kept.erase(kept.object.get());
    m_admission.erase(place);
    m_objects.erase(found);
}

// What the change of an object (nullptr: none) means for the base.
void Compilation::State::note(const Value *before, const Value *after)
{
    if (!m_base)
        return;
    if (!isReadAlike(before, after, m_options, m_rules)) {
        m_base.reset();
        return;
    }
    const Value &object = after ? *after : *before;
    if (!isServiceObject(object, m_options))
        return;
    const char *part = object["kind"].text() == "Endpoints" ? "subsets" : "spec";
    const bool isOther = !before || !after || !((*before)[part] == (*after)[part]);
    if (isOther
        && m_base->input.askedServices.count(objectName(object) + "." + objectNamespace(object)) > 0) {
        m_base.reset();
        return;
    }
    bool &changed = m_changedServices[{objectName(object), objectNamespace(object)}];
    changed = changed || isOther;
}

void Compilation::State::settle()
{
    if (m_hasGoneSlots) {
        for (auto *slots : {&m_slots, &m_newSlots})
            std::erase_if(*slots, [](const SlotPointer &slot) { return slot->isGone; });
    }
    m_hasGoneSlots = false;
    std::sort(m_newSlots.begin(), m_newSlots.end(), slotBefore);
    const auto middle = std::ptrdiff_t(m_slots.size());
    m_slots.insert(m_slots.end(), m_newSlots.begin(), m_newSlots.end());
    if (!m_newSlots.empty())
        std::inplace_merge(m_slots.begin(), m_slots.begin() + middle, m_slots.end(), slotBefore);
    m_newSlots.clear();
}

void Compilation::State::set(std::shared_ptr<const Value> object)
{
    const auto [known, fresh] = m_places.emplace(keyOf(*object), m_nextPlace);
    std::shared_ptr<const Value> before;
    if (!fresh) {
        before = m_objects.at(known->second).object;
        drop(known->second);
    } else {
        ++m_nextPlace;
    }
    add(object, known->second);
    note(before.get(), object.get());
}

bool Compilation::State::remove(const std::string &key)
{
    const auto known = m_places.find(key);
    if (known == m_places.end())
        return false;
    const std::shared_ptr<const Value> before = m_objects.at(known->second).object;
    drop(known->second);
    m_places.erase(known);
    note(before.get(), nullptr);
    return true;
}

const Value *Compilation::State::find(const std::string &kind, const std::string &nameSpace,
                                      const std::string &name) const
{
    const auto known = m_places.find(keyOf(kind, nameSpace, name));
    return known == m_places.end() ? nullptr : m_objects.at(known->second).object.get();
}

void Compilation::State::want(KeptObject &kept)
{
    m_wanted += kept.round == m_round ? 0 : 1;
    kept.round = m_round;
}

void Compilation::State::takeIn(const std::shared_ptr<const Value> &item)
{
    const auto place = m_places.find(keyOf(*item));
    if (place != m_places.end()) {
        KeptObject &known = m_objects.at(place->second);
        if (known.round == m_round) { // the first of two counts that the edge takes
            if (!isTaken(*known.object, m_options, m_rules) && isTaken(*item, m_options, m_rules)) {
                set(item);
                m_kept.at(item.get())->round = m_round;
            }
            return;
        }
        if (*known.object == *item) {
            want(known);
            return;
        }
    }
    set(item);
    want(*m_kept.at(item.get()));
}

void Compilation::State::setAll(const SharedList<Value> &objects)
{
    ++m_round;
    m_wanted = 0;
    for (const auto &item : objects.items()) {
        if (const auto kept = m_kept.find(item.get()); kept != m_kept.end())
            want(*kept->second);
        else
            takeIn(item);
    }
    if (m_wanted == m_objects.size())
        return;
    std::vector<std::string> gone;
    for (const auto &[place, kept] : m_objects) {
        if (kept.round != m_round)
            gone.push_back(keyOf(*kept.object));
    }
    for (const std::string &key : gone)
        remove(key);
}

std::vector<Value> Compilation::State::objects() const
{
    std::vector<Value> all;
    for (const auto &[place, kept] : m_objects)
        all.push_back(*kept.object);
    return all;
}

void Compilation::State::addBorrowed(const Value &object)
{
    if (isMappingObject(object, m_options, m_rules) && isTaken(object, m_options, m_rules)
        && !m_borrowedMappings.insert(keyOf(object)).second)
        return;
    add(std::shared_ptr<const Value>(std::shared_ptr<const Value>(), &object), m_nextPlace++);
}

Compilation::Compilation(CompileOptions options)
    : m_state(std::make_unique<State>(std::move(options)))
{
}

Compilation::~Compilation() = default;

void Compilation::set(Value object) { m_state->set(std::make_shared<const Value>(std::move(object))); }

bool Compilation::remove(const std::string &kind, const std::string &nameSpace, const std::string &name)
{
    return m_state->remove(keyOf(kind, nameSpace, name));
}

void Compilation::setAll(const SharedList<Value> &objects) { m_state->setAll(objects); }

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
