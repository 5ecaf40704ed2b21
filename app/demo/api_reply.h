// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How an answer of the demo's API server goes onto the wire: the headers that every answer of a kube-apiserver has,
// warnings, gzip of large bodies.
#include "app/demo/api_request.h"
#include "app/demo/object_meta.h"
#include "edge/handler.h"

namespace demo {

struct Flow // of priority and fairness: the same for every request here
{
    std::string schemaUid = newUid(), priorityLevelUid = newUid();
};

// A connection that breaks meanwhile ends it silently: there is nobody to tell.
asio::awaitable<void> sendAnswer(const edge::RequestHead &head, Answer answer,
                                 const std::vector<std::string> &warnings, const Flow &flow,
                                 edge::Responder &responder);

} // namespace demo
