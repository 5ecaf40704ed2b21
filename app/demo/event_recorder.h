// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Events, as the controllers and the kubelet of a real cluster write them: one that happens again is counted, and a cluster
// keeps them for an hour (its API server's --event-ttl), here at most Limit of a recorder as well, the oldest go first.
// Thread: the loop; not inside a listener of the Store.
#include "app/demo/store.h"

namespace demo {

struct EventSource
{
    const char *component; // deployment-controller
    const char *host = ""; // of a kubelet
};

class EventRecorder
{
public:
    static constexpr std::size_t Limit = 500;

    EventRecorder(Store &store, EventSource source, std::size_t limit = Limit);
    // In the object's namespace; nothing if that is being deleted.  fieldPath: spec.containers{web}, or "".
    void normal(const Value &object, const char *reason, const std::string &message,
                const std::string &fieldPath = {});
    void warning(const Value &object, const char *reason, const std::string &message,
                 const std::string &fieldPath = {});

private:
    struct Entry
    {
        std::string key; // what makes two of them the same
        std::string nameSpace, name;
        std::int64_t last; // seconds
    };
    void note(const char *type, const Value &object, const char *reason, const std::string &message,
              const std::string &fieldPath);
    bool countAgain(const std::string &key, std::int64_t now);
    void dropOld(std::int64_t now);

    Store &m_store;
    EventSource m_source;
    std::size_t m_limit;
    std::deque<Entry> m_entries; // oldest first
    std::uint64_t m_number = 0;
};

} // namespace demo
