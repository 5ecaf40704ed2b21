// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the API server asks of webhooks before it stores or shows an object, over real connections: the
// validating ones of ValidatingWebhookConfigurations (reached as the API server reaches any Service: from
// outside the mesh, by TLS without a mesh certificate), and the conversion of custom resources, which nobody
// in the demo performs. Thread: the loop.
#include "app/demo/api_request.h"
#include "app/demo/world.h"

namespace demo {

struct AdmissionRequest
{
    std::string group, version, plural, kind, nameSpace, name;
    std::string operation; // CREATE, UPDATE, DELETE
    std::string body;      // of the request; part of the review if it is JSON
};
std::optional<AdmissionRequest>
admissionRequest(const Call &call); // nullopt: a call that no webhook is asked about

// The refusal of the first webhook that denies, or that fails and has failurePolicy Fail.
asio::awaitable<std::optional<StoreError>> askWebhooks(World &world, AdmissionRequest request);

// A custom resource that is stored in another version than the asked one and whose conversion webhook has no
// endpoints: 429 for lists and watches, 500 for the rest (facts real-components.md §7).
std::optional<StoreError> conversionTrouble(const Store &store, const Call &call);

} // namespace demo
