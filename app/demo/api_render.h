// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Objects and lists in the representation that a client asked for: as they are, as PartialObjectMetadata, as Table; JSON or YAML.
#include "app/demo/api_request.h"

namespace demo {

struct ListMeta
{
    std::int64_t version = 0;
    std::string continueToken;             // "": this was the last page
    std::optional<std::int64_t> remaining; // absent with selectors
};

Value inVersion(const ResourceKind &kind, const std::string &version,
                const Value &object); // kind and apiVersion first
Value partialOf(const Value &object);
Value sortedByKey(const Value &value); // at every depth, as Go writes maps: YAML answers, last-applied
Value tableOf(const Call &call, const std::vector<ObjectPtr> &objects, const ListMeta &meta,
              bool withColumns = true);

StoreResult<Answer> renderObject(const Call &call, const Value &object, int status = 200);
StoreResult<Answer> renderList(const Call &call, const std::vector<ObjectPtr> &objects, const ListMeta &meta);
StoreResult<std::string> eventObject(const Call &call, const ObjectPtr &object,
                                     bool isFirst);    // one line of JSON for a watch event
StoreResult<void> checkTableOptions(const Call &call); // includeObject=

} // namespace demo
