// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/partial_merge.h"

namespace app {

namespace {

// Kubernetes' merge keys for the lists of a pod template; mountPath first, since volume mounts have a name too.
std::string_view mergeKey(const edge::Value &list)
{
    for (const std::string_view key : {"mountPath", "name"}) {
        bool all = !list.items().empty();
        for (const edge::Value &item : list.items())
            all = all && item[key].isString();
        if (all)
            return key;
    }
    return {};
}

edge::Value mergeLists(edge::Value whole, const edge::Value &part, std::string_view key)
{
    for (const edge::Value &item : part.items()) {
        auto &items = whole.mutableItems();
        const auto same = std::find_if(items.begin(), items.end(), [&](const edge::Value &known) {
            return known[key].text() == item[key].text();
        });
        if (same == items.end())
            whole.push(item);
        else
            *same = mergePartial(*same, item);
    }
    return whole;
}

} // namespace

edge::Value mergePartial(edge::Value whole, const edge::Value &part)
{
    if (part.isArray() && whole.isArray()) {
        const std::string_view key = mergeKey(part);
        return key.empty() ? part : mergeLists(std::move(whole), part, key);
    }
    if (!part.isObject() || !whole.isObject())
        return part;
    for (const auto &[name, member] : part.members())
        whole.child(name) = mergePartial(whole[name], member);
    return whole;
}

} // namespace app
