// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/event_recorder.h"

#include "app/demo/object_meta.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace demo {

namespace {

constexpr std::int64_t Life = 3600; // seconds

} // namespace

EventRecorder::EventRecorder(Store &store, EventSource source, std::size_t limit)
    : m_store(store)
    , m_source(source)
    , m_limit(limit)
{
}

void EventRecorder::normal(const Value &object, const char *reason, const std::string &message,
                           const std::string &fieldPath)
{
    note("Normal", object, reason, message, fieldPath);
}

void EventRecorder::warning(const Value &object, const char *reason, const std::string &message,
                            const std::string &fieldPath)
{
    note("Warning", object, reason, message, fieldPath);
}

void EventRecorder::note(const char *type, const Value &object, const char *reason,
                         const std::string &message, const std::string &fieldPath)
{
    const std::string &nameSpace = namespaceOf(object);
    const ObjectPtr home = m_store.get(*m_store.find("", "namespaces"), {}, nameSpace);
    if (!home || isDeleting(*home))
        return;
    const std::int64_t now = readTime(timeNow()).value_or(0);
    dropOld(now);
    const std::string key = uidOf(object) + "\n" + reason + "\n" + message + "\n" + fieldPath;
    if (countAgain(key, now))
        return;
    std::array<char, 40> suffix{};
    const auto ticks = std::chrono::system_clock::now().time_since_epoch().count();
    std::snprintf(suffix.data(), suffix.size(), ".%llx", static_cast<unsigned long long>(ticks) + m_number++);
    const std::string name = nameOf(object) + suffix.data();
    Value involved = Value::object({{"kind", object["kind"]},
                                    {"namespace", nameSpace},
                                    {"name", nameOf(object)},
                                    {"uid", uidOf(object)},
                                    {"apiVersion", object["apiVersion"]},
                                    {"resourceVersion", object.at({"metadata", "resourceVersion"})}});
    if (!fieldPath.empty())
        involved.set("fieldPath", fieldPath);
    Value source = Value::object({{"component", m_source.component}});
    if (*m_source.host)
        source.set("host", m_source.host);
    Value event = Value::object({{"apiVersion", "v1"},
                                 {"kind", "Event"},
                                 {"metadata", Value::object({{"name", name}, {"namespace", nameSpace}})},
                                 {"involvedObject", std::move(involved)},
                                 {"reason", reason},
                                 {"message", message},
                                 {"source", std::move(source)},
                                 {"firstTimestamp", timeText(now)},
                                 {"lastTimestamp", timeText(now)},
                                 {"count", 1},
                                 {"type", type},
                                 {"eventTime", Value()},
                                 {"reportingComponent", m_source.component},
                                 {"reportingInstance", m_source.host}});
    if (m_store.create(*m_store.find("", "events"), std::move(event)))
        m_entries.push_back({key, nameSpace, name, now});
    dropOld(now);
}

bool EventRecorder::countAgain(const std::string &key, std::int64_t now)
{
    const auto known = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&key](const Entry &entry) { return entry.key == key; });
    if (known == m_entries.end())
        return false;
    const ResourceKind &kind = *m_store.find("", "events");
    const ObjectPtr event = m_store.get(kind, known->nameSpace, known->name);
    Entry again = *known;
    m_entries.erase(known);
    if (!event)
        return false; // somebody deleted it
    Value changed = *event;
    changed.set("count", event->at({"count"}).toInteger(1) + 1);
    changed.set("lastTimestamp", timeText(now));
    changed.child("metadata").erase("resourceVersion");
    (void)m_store.update(kind, std::move(changed));
    again.last = now;
    m_entries.push_back(std::move(again));
    return true;
}

void EventRecorder::dropOld(std::int64_t now)
{
    const ResourceKind &kind = *m_store.find("", "events");
    while (!m_entries.empty() && (m_entries.size() > m_limit || m_entries.front().last + Life < now)) {
        (void)m_store.remove(kind, m_entries.front().nameSpace, m_entries.front().name);
        m_entries.pop_front();
    }
}

} // namespace demo
