// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a hundred thousand objects are known by takes a tenth of a second to be freed: on a pool thread, not on the one
// that lets go of it.  For values without a thread of their own, no QObject among them.
#include <QThreadPool>

#include <memory>
#include <type_traits>

namespace models {

template<typename Value>
void freeElsewhere(Value &&value)
{
    static_assert(std::is_rvalue_reference_v<Value &&>, "what is kept is not freed");
    QThreadPool::globalInstance()->start([value = std::make_shared<Value>(std::move(value))] {});
}

// Whoever lets go of it last.
template<typename Value>
std::shared_ptr<const Value> freedElsewhere(std::shared_ptr<const Value> value)
{
    const Value *const at = value.get();
    return {at, [value = std::move(value)](const Value *) mutable { freeElsewhere(std::move(value)); }};
}

} // namespace models
