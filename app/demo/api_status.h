// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The API server's errors, word for word as kube-apiserver 1.37 says them, and the Status objects that carry them.
#include "app/demo/store.h"

namespace demo {

struct Cause
{
    std::string reason, field, message; // FieldValueInvalid, spec.weight, Invalid value: ...
    bool operator==(const Cause &) const = default;
};

Cause invalidValue(std::string field, const std::string &shownValue,
                   const std::string &problem); // shownValue as JSON
Cause requiredValue(std::string field, const std::string &problem = {});
Cause forbiddenValue(std::string field, const std::string &problem);
Cause unsupportedValue(std::string field, const std::string &shownValue,
                       const std::vector<std::string> &supported);

StoreError badRequest(std::string message);
StoreError unauthorized(); // 401
StoreError unknownFormat(); // 415, of a body
StoreError notServed();     // 404, where there is no such resource
StoreError notAcceptable(std::string_view types = "application/json, application/yaml, "
                                                  "application/vnd.kubernetes.protobuf"); // 406
StoreError applyIsUnknown(); // to servers before server-side apply
StoreError notFound(const ResourceKind &kind, std::string_view name);
StoreError alreadyExists(const ResourceKind &kind, std::string_view name);
StoreError conflict(const ResourceKind &kind, std::string_view name, std::string_view why,
                    bool byKind = false);
StoreError modifiedMeanwhile(const ResourceKind &kind, std::string_view name);
StoreError invalid(std::string_view group, std::string_view kind, std::string_view name,
                   const std::vector<Cause> &causes);
StoreError invalid(const ResourceKind &kind, std::string_view name, const std::vector<Cause> &causes);
StoreError forbidden(std::string_view group, std::string_view plural, std::string_view name,
                     std::string_view why);
StoreError expired(std::string message);
StoreError internalError(std::string message,
                         std::string reason = {}); // 500; kube-apiserver often gives no reason

Value statusOf(const StoreError &error);
std::string qualified(std::string_view name, std::string_view group); // mappings.getambassador.io, pods
std::string quoted(std::string_view text);                            // as Go's %q does

} // namespace demo
