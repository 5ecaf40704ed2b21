// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether Go can decode an object's metadata into its struct, in the words of encoding/json ("json: cannot unmarshal string into Go struct
// field ObjectMeta.labels of type map[string]string") and, for strategic merge patches, of apimachinery's converter.
#include "app/demo/store.h"

namespace demo {

struct GoMismatch
{
    std::string decoding;   // json: cannot unmarshal ...
    std::string converting; // cannot convert int64 to string
};
// Of the metadata of any kind and, of a built-in kind with a schema, of the rest.
std::optional<GoMismatch> goMismatch(const ResourceKind &kind, const Value &object, const Value *schema);

std::string goPackageOf(const ResourceKind &kind); // of its inner type: core, apps, rbac
const char *goJsonKind(const Value &value); // as encoding/json calls it: bool, number, string, array, object
// Why a body cannot say its kind and version: "json: cannot unmarshal array into Go value of ..."; "": it can, null too.
std::string typeMetaMismatch(const Value &body);

} // namespace demo
