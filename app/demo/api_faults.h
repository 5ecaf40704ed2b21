// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can be made to go wrong with the API server at run time: POST /_sim/NAME switches a fault on, DELETE off, GET /_sim lists.
// Names: api-410 (the log is forgotten, every watch expires), api-goaway (every connection is closed), api-429 (?count=, ?seconds=),
// api-slow (?millis=), api-half-open (running watches fall silent without an end), token-expired (bearer tokens are refused),
// rbac-denied (?resource=, ?verb=), bookmarks-dropped, compact (what etcd's compaction does: nothing that the watch cache cannot bridge).
#include "app/demo/api_request.h"

#include <chrono>

namespace demo {

class Faults
{
public:
    static const std::vector<std::string> &names();
    bool set(const std::string &name, bool isOn, const Query &options); // false: no such fault
    bool isOn(const std::string &name) const { return m_on.contains(name); }
    Value listed() const;

    std::optional<StoreError> refusal();                     // of the next request: 429 while some are left
    std::chrono::milliseconds delay() const { return m_delay; }
    bool denies(const std::string &verb, const std::string &resource) const;

private:
    std::set<std::string> m_on;
    int m_refusals = 0, m_retryAfter = 1;
    std::chrono::milliseconds m_delay {0};
    std::string m_deniedResource, m_deniedVerb; // "": any
};

} // namespace demo
