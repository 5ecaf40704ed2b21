// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can be made to go wrong with the API server at run time: POST /_sim/NAME switches a fault on, DELETE off, GET /_sim lists.
// Names: api-410 (the log is forgotten: every running watch expires, and the next one of each path once more), api-goaway (every
// connection is closed, later every tenth answer closes its own; over HTTP/2 by GOAWAY, and what is under way goes on), api-429 (?count=, ?seconds=), api-slow (?millis=), api-half-open
// (running watches fall silent without an end, and so does the next one of each path; over HTTP/2 whole connections that carry watches,
// or the next such one), token-expired (every credential is refused, but
// for /_sim), rbac-denied (?resource=, ?verb=; not the access reviews, which tell of it), bookmarks-dropped,
// api-reset (?count=, ?bytes=: every connection is reset after that much of an answer's body), api-rotate (another certificate of the
// same authority, other tokens in the kubeconfig, the old ones refused), api-foreign-ca (?seconds=, 60, 0: until it is switched off,
// which only a client can that does not verify: new connections show a certificate of a foreign authority),
// api-500 (?count=), api-cut (?count=, ?bytes=: answers are cut after that much of their body), api-split (?bytes=, ?millis=: in pieces),
// compact (what etcd's compaction does: nothing that the watch cache cannot bridge).
#include "app/demo/api_request.h"
#include "app/demo/broken_wire.h"

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
    bool silences(const std::string &path, bool isHttp2);
    void connectionFellSilent() { m_hasSilencedConnection = true; }
    std::optional<WireFault>
    wireFault(const std::function<void()> &cutConnections); // of the answer that is about to be given
    bool closesConnection();                                // after the answer that is about to be given

private:
    std::set<std::string> m_on;
    std::set<std::string> m_expired, m_silenced; // paths of watches that have had their share
    bool m_hasSilencedConnection = false;
    unsigned m_answers = 0;
    int m_errors = 0, m_cuts = 0, m_cutAfter = 0, m_pieceSize = 1, m_pieceMillis = 1;
    int m_resets = 0, m_resetAfter = 0;
    int m_refusals = 0, m_retryAfter = 1;
    std::chrono::milliseconds m_delay{0};
    std::string m_deniedResource, m_deniedVerb; // "": any
};

} // namespace demo
