// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can be made to go wrong with the API server at run time: POST /_sim/NAME switches a fault on, DELETE off, GET /_sim lists.
// Names: api-410 (the log is forgotten: every running watch expires, and the next one of each path once more), api-goaway (every
// connection is closed, later every tenth answer closes its own), api-429 (?count=, ?seconds=), api-slow (?millis=), api-half-open
// (running watches fall silent without an end, and so does the next one of each path), token-expired (every credential is refused, but
// for /_sim), rbac-denied (?resource=, ?verb=; not the access reviews, which tell of it), bookmarks-dropped,
// compact (what etcd's compaction does: nothing that the watch cache cannot bridge).
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

    std::optional<StoreError> refusal(); // of the next request: 429 while some are left
    std::chrono::milliseconds delay() const { return m_delay; }
    bool denies(const std::string &verb, const std::string &group, const std::string &resource) const;
    bool expires(const std::string &path) { return isOn("api-410") && m_expired.insert(path).second; }
    bool silences(const std::string &path) { return isOn("api-half-open") && m_silenced.insert(path).second; }
    bool closesConnection(); // after the answer that is about to be given

private:
    std::set<std::string> m_on;
    std::set<std::string> m_expired, m_silenced; // paths of watches that have had their share
    unsigned m_answers = 0;
    int m_refusals = 0, m_retryAfter = 1;
    std::chrono::milliseconds m_delay{0};
    std::string m_deniedResource, m_deniedVerb; // "": any
};

} // namespace demo
