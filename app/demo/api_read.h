// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// get and list: selectors, pages with continue tokens, resourceVersion and its match rules.
#include "app/demo/api_render.h"
#include "app/demo/api_selectors.h"

namespace demo {

StoreResult<Answer> readOne(const Store &store, const Call &call);
StoreResult<Answer> readList(const Store &store, const Call &call);
StoreResult<Selector>
selectorOf(const Call &call); // labelSelector, fieldSelector; a watch of one name as well
StoreError tooLargeVersion(std::int64_t asked, std::int64_t current);

} // namespace demo
