// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_faults.h"

#include "app/demo/incidents.h"

#include <algorithm>
#include <map>

namespace demo {

namespace {

constexpr unsigned AnswersAConnection = 10;

int numberIn(const Query &options, const char *name, int fallback)
{
    return options.has(name) ? std::max(0, std::atoi(options.value(name).c_str())) : fallback;
}

std::string wordsOf(const std::string &name)
{
    if (const IncidentInfo *known = findIncident(name))
        return known->what;
    static const std::map<std::string, const char *> wire{
        {"api-500", "the next requests are answered 500"},
        {"api-cut", "the next answers are cut in the middle: a reset stream, a lost connection"},
        {"api-split", "answers arrive in small pieces, slowly"}};
    if (const auto found = wire.find(name); found != wire.end())
        return found->second;
    return name == "compact" ? "the log of changes is compacted, as etcd's is now and then"
                             : "watches send no bookmarks";
}

} // namespace

const std::vector<std::string> &Faults::names()
{
    static const std::vector<std::string> all{
        "api-410",       "api-goaway",  "api-429",           "api-slow",   "api-half-open",
        "token-expired", "rbac-denied", "bookmarks-dropped", "compact",    "api-500",
        "api-cut",       "api-split",   "api-reset",         "api-rotate", "api-foreign-ca"};
    return all;
}

bool Faults::set(const std::string &name, bool isOn, const Query &options)
{
    if (std::find(names().begin(), names().end(), name) == names().end())
        return false;
    if (isOn)
        m_on.insert(name);
    else
        m_on.erase(name);
    if (name == "api-410")
        m_expired.clear();
    if (name == "api-half-open") {
        m_silenced.clear();
        m_hasSilencedConnection = false;
    }
    if (name == "api-429") {
        m_refusals = isOn ? numberIn(options, "count", 5) : 0;
        m_retryAfter = numberIn(options, "seconds", 1);
    }
    if (name == "api-500")
        m_errors = isOn ? numberIn(options, "count", 3) : 0;
    if (name == "api-cut") {
        m_cuts = isOn ? numberIn(options, "count", 3) : 0;
        m_cutAfter = numberIn(options, "bytes", 100);
    }
    if (name == "api-reset") {
        m_resets = isOn ? numberIn(options, "count", 3) : 0;
        m_resetAfter = numberIn(options, "bytes", 100);
    }
    if (name == "api-split") {
        m_pieceSize = std::max(1, numberIn(options, "bytes", 1));
        m_pieceMillis = numberIn(options, "millis", 1);
    }
    if (name == "api-slow")
        m_delay = std::chrono::milliseconds(isOn ? numberIn(options, "millis", 1500) : 0);
    if (name == "rbac-denied") {
        m_deniedResource = options.value("resource");
        m_deniedVerb = options.value("verb");
    }
    return true;
}

Value Faults::listed() const
{
    Value faults = Value::array();
    for (const std::string &name : names())
        faults.push(Value::object({{"name", name}, {"what", wordsOf(name)}, {"on", isOn(name)}}));
    return Value::object({{"faults", std::move(faults)}});
}

std::optional<WireFault> Faults::wireFault(const std::function<void()> &cutConnections)
{
    WireFault fault;
    if (m_cuts > 0) {
        if (--m_cuts == 0)
            m_on.erase("api-cut");
        fault.cutAfter = std::size_t(m_cutAfter);
    }
    if (m_resets > 0) {
        if (--m_resets == 0)
            m_on.erase("api-reset");
        fault.cutAfter = std::size_t(m_resetAfter);
        fault.cut = cutConnections;
    }
    if (isOn("api-split")) {
        fault.pieceSize = std::size_t(m_pieceSize);
        fault.pause = std::chrono::milliseconds(m_pieceMillis);
    }
    return fault.cutAfter || fault.pieceSize > 0 ? std::optional(fault) : std::nullopt;
}

std::optional<StoreError> Faults::refusal()
{
    if (m_errors > 0) {
        if (--m_errors == 0)
            m_on.erase("api-500");
        return StoreError{500, "InternalError", "Internal error occurred: etcdserver: request timed out", {}};
    }
    if (m_refusals <= 0)
        return {};
    if (--m_refusals == 0)
        m_on.erase("api-429");
    StoreError error{429, "TooManyRequests", "Too many requests, please try again later.", {}};
    error.details = Value::object({{"retryAfterSeconds", m_retryAfter}});
    return error;
}

bool Faults::silences(const std::string &path, bool isHttp2)
{
    if (!isOn("api-half-open"))
        return false;
    // Not one connection a path: a client with many watches would lose one after the other.
    return isHttp2 ? !std::exchange(m_hasSilencedConnection, true) : m_silenced.insert(path).second;
}

bool Faults::closesConnection() { return isOn("api-goaway") && ++m_answers % AnswersAConnection == 0; }

bool Faults::denies(const std::string &verb, const std::string &group, const std::string &resource) const
{
    if (group == "authorization.k8s.io" || group == "authentication.k8s.io")
        return false;
    return isOn("rbac-denied") && (m_deniedResource.empty() || m_deniedResource == resource)
        && (m_deniedVerb.empty() || m_deniedVerb == verb);
}

} // namespace demo
