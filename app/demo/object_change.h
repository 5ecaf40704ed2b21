// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A change to objects of a Store that can be taken back, as an incident makes it.
// Promise: undo() removes what was made and gives every changed field its value of before; fields that this
// change did not touch keep what others have written into them meanwhile.  An object that somebody has
// deleted stays deleted.  Thread: the loop.
#include "app/demo/store.h"

namespace demo {

class ObjectChange
{
public:
    explicit ObjectChange(Store &store)
        : m_store(&store)
    {
    }
    // Each is a new object, or a merge patch (RFC 7386) of the one with its kind, namespace and name.  A
    // creationTimestamp of a new one stays, as a history before this cluster's start would have left it.
    // On an error nothing of the change is left.
    StoreResult<void> apply(const std::vector<Value> &objects);
    void undo();
    bool overlaps(
        const ObjectChange &other) const; // both touch one object: they must be undone last in, first out

private:
    struct Step
    {
        const ResourceKind *kind;
        std::string nameSpace, name, uid;
        std::optional<Value> inverse; // merge patch; absent: the object is new
    };
    StoreResult<void> applyOne(const Value &object);

    Store *m_store;
    std::vector<Step> m_steps;
};

Value inversePatch(const Value &before,
                   const Value &patch); // mergePatch(mergePatch(before, patch), it) == before

} // namespace demo
