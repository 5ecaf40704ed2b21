// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// create, update, patch, delete and deletecollection: decoding, defaults, validation, admission, then the store.
#include "app/demo/api_read.h"

namespace demo {

using Admission =
    std::function<std::optional<StoreError>(const ResourceKind &kind, Value &object, bool isNew)>;

class Writer
{
public:
    Writer(Store &store, const Admission &admission)
        : m_store(store)
        , m_admission(admission)
    {
    }
    StoreResult<Answer> create(Call &call) const;
    StoreResult<Answer> update(Call &call) const;
    StoreResult<Answer> patch(Call &call) const;
    StoreResult<Answer> remove(Call &call) const;
    StoreResult<Answer> removeCollection(Call &call) const;

private:
    StoreResult<Answer> apply(Call &call) const;
    StoreResult<Answer> store(Call &call, Value object, const ObjectPtr &current,
                              bool isApplied = false) const;
    StoreResult<Value> patched(Call &call, const Value &current) const;

    Store &m_store;
    const Admission &m_admission;
};

// The body as an object of the call's kind: JSON or YAML; 400 and 415 as kube-apiserver says them; unknown fields by fieldValidation.
StoreResult<Value> decodeObject(Call &call);
// dryRun, fieldValidation, force, fieldManager: of what writes an object; a deletion has options of its own (api_delete.cpp).
StoreResult<void> checkWriteOptions(const Call &call, std::string_view optionsKind);
bool isDryRun(const Call &call);
std::string mediaTypeOf(const Call &call); // of the body
// As Go decodes a built-in kind: a null field is none, a null item of a list or map is the zero of its type.
Value withoutNulls(const Value &value, const Value *schema);

} // namespace demo
