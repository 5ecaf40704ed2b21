// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/object_change.h"

#include "app/demo/api_status.h"
#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

Value inversePatch(const Value &before, const Value &patch)
{
    Value inverse = Value::object();
    for (const auto &[key, value] : patch.members()) {
        const Value *known = before.find(key);
        if (!known)
            inverse.set(key, Value());
        else if (known->isObject() && value.isObject())
            inverse.set(key, inversePatch(*known, value));
        else
            inverse.set(key, *known);
    }
    return inverse;
}

StoreResult<void> ObjectChange::applyOne(const Value &object)
{
    const std::string &apiVersion = object["apiVersion"].text();
    const std::size_t slash = apiVersion.find('/');
    const std::string group = slash == std::string::npos ? "" : apiVersion.substr(0, slash);
    const ResourceKind *kind = m_store->findByKind(group, object["kind"].text());
    if (!kind)
        return tl::unexpected(badRequest("no kind " + object["kind"].text() + " in " + apiVersion));
    Step step{kind, kind->namespaced ? namespaceOf(object) : std::string(), nameOf(object), {}, {}};
    const ObjectPtr known = m_store->get(*kind, step.nameSpace, step.name);
    if (known) {
        Value patch = object;
        patch.erase("apiVersion"); // of the version in which the patch is written, not a change
        step.inverse = inversePatch(*known, patch);
        step.uid = uidOf(*known);
        const auto changed = m_store->update(*kind, edge::mergePatch(*known, patch));
        if (!changed)
            return tl::unexpected(changed.error());
    } else {
        const auto created = m_store->create(*kind, object);
        if (!created)
            return tl::unexpected(created.error());
        step.uid = uidOf(**created);
        if (const std::string &time = object.at({"metadata", "creationTimestamp"}).text(); !time.empty())
            m_store->backdate(*kind, step.nameSpace, step.name, time);
    }
    m_steps.push_back(std::move(step));
    return {};
}

StoreResult<void> ObjectChange::apply(const std::vector<Value> &objects)
{
    for (const Value &object : objects) {
        if (const auto applied = applyOne(object); !applied) {
            undo();
            return applied;
        }
    }
    return {};
}

bool ObjectChange::overlaps(const ObjectChange &other) const
{
    return std::any_of(m_steps.begin(), m_steps.end(), [&other](const Step &step) {
        return std::any_of(other.m_steps.begin(), other.m_steps.end(), [&step](const Step &theirs) {
            return step.kind == theirs.kind && step.nameSpace == theirs.nameSpace && step.name == theirs.name;
        });
    });
}

void ObjectChange::undo()
{
    while (!m_steps.empty()) {
        const Step step = std::move(m_steps.back());
        m_steps.pop_back();
        const ObjectPtr now = m_store->get(*step.kind, step.nameSpace, step.name);
        if (!now || uidOf(*now) != step.uid)
            continue; // deleted, or made anew by somebody else
        if (!step.inverse) {
            (void)m_store->remove(*step.kind, step.nameSpace, step.name);
            continue;
        }
        Value restored = edge::mergePatch(*now, *step.inverse);
        restored.child("metadata").erase("resourceVersion");
        (void)m_store->update(*step.kind, std::move(restored));
    }
}

} // namespace demo
