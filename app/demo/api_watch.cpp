// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_watch.h"

#include "app/demo/api_table.h"
#include "app/demo/object_meta.h"

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <charconv>
#include <random>

namespace demo {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds BookmarkEvery{60}; // kube-apiserver cacher.go, defaultBookmarkFrequency
constexpr std::chrono::seconds BookmarkBeforeEnd{2};
constexpr std::chrono::seconds Pulse{1}; // how soon a gone client is noticed
constexpr std::size_t QueueLimit =
    20'000; // events that a slow client may be behind before its watch is ended

struct Plan
{
    Selector selector;
    std::int64_t from = 0; // events after this version
    bool sendsInitial = false;
    bool marksInitialEnd = false;
    bool sendsBookmarks = false;
    std::chrono::seconds duration{0};
};

std::chrono::seconds durationOf(const Query &query)
{
    const std::int64_t asked = std::atoll(query.value("timeoutSeconds").c_str());
    if (asked > 0)
        return std::chrono::seconds(asked);
    static thread_local std::mt19937 numbers{std::random_device()()};
    return std::chrono::seconds(
        std::uniform_int_distribution<int>(1800, 3600)(numbers)); // --min-request-timeout
}

StoreResult<void> checkInitialEvents(const Query &query)
{
    if (const auto good = checkNumber(query, "timeoutSeconds"); !good)
        return good;
    // A watch from no version begins with what is there, as if that had been asked for.
    const std::string &version = query.value("resourceVersion"), &asked = query.value("resourceVersionMatch");
    const bool isFromAny =
        !query.has("sendInitialEvents") && asked.empty() && (version.empty() || version == "0");
    const bool sendsInitial = query.has("sendInitialEvents") || isFromAny;
    const std::string match = isFromAny ? "NotOlderThan" : asked;
    std::vector<Cause> causes;
    const auto forbid = [&causes](const char *why) {
        causes.push_back(forbiddenValue("resourceVersionMatch", why));
    };
    if (sendsInitial && match != "NotOlderThan")
        forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    if (!match.empty() && !sendsInitial)
        forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    if (!match.empty() && match != "NotOlderThan")
        causes.push_back(unsupportedValue("resourceVersionMatch", quoted(match), {"NotOlderThan"}));
    if (!match.empty() && !query.value("continue").empty())
        forbid("resourceVersionMatch is forbidden when continue is provided");
    if (!causes.empty())
        return tl::unexpected(invalid("meta.k8s.io", "ListOptions", {}, causes));
    return {};
}

StoreResult<Plan> planOf(const Call &call, const Store &store)
{
    const auto selector = selectorOf(call);
    if (!selector)
        return tl::unexpected(selector.error());
    if (const auto good = checkInitialEvents(call.query); !good)
        return tl::unexpected(good.error());
    if (const auto good = checkTableOptions(call); !good)
        return tl::unexpected(good.error());
    Plan plan;
    plan.selector = *selector;
    plan.duration = durationOf(call.query);
    const std::string &version = call.query.value("resourceVersion");
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
    if (!version.empty() && (error != std::errc() || end != version.data() + version.size()))
        return tl::unexpected(internalError("resourceVersion: Invalid value: " + quoted(version)
                                            + ": strconv.ParseUint: parsing " + quoted(version)
                                            + ": invalid syntax"));
    const bool asked = call.query.isTrue("sendInitialEvents");
    plan.sendsInitial = call.query.has("sendInitialEvents") ? asked : number == 0;
    plan.from = plan.sendsInitial || number == 0 ? store.version() : std::int64_t(number);
    const bool bookmarks = call.query.isTrue("allowWatchBookmarks");
    plan.sendsBookmarks = bookmarks && (asked || !version.empty()); // none at all without a version, measured
    plan.marksInitialEnd = bookmarks && plan.sendsInitial && (asked || version == "0");
    return plan;
}

} // namespace

struct Watches::Watch
{
    Watch(asio::io_context &loop, Call c, Plan p, edge::Responder &r)
        : call(std::move(c))
        , plan(std::move(p))
        , responder(r)
        , wake(loop)
    {
    }

    void end()
    {
        ends = true;
        wake.cancel();
    }

    void freeze(bool isOn)
    {
        if (call.isHttp2 && isOn)
            responder.fallSilent();
        else if (call.isHttp2 && isFrozen)
            responder.abort();
        isFrozen = isOn;
    }

    // Another spec of the kind's definition: kube-apiserver then ends every watch of it, and whoever watches begins anew.
    bool isOtherDefinition(const StoreEvent &event) const
    {
        return !call.kind->isBuiltIn && event.kind->plural == "customresourcedefinitions"
            && event.object->at({"metadata", "name"}).text() == call.kind->plural + "." + call.kind->group
            && event.before && !((*event.before)["spec"] == (*event.object)["spec"]);
    }

    void offer(const StoreEvent &event)
    {
        if (isOtherDefinition(event))
            return end();
        if (event.kind != call.kind || event.version <= plan.from)
            return;
        if (queue.size() >= QueueLimit)
            ends = true; // too slow: kube-apiserver ends the stream, and the client resumes
        else
            queue.push_back(event);
        wake.cancel();
    }

    // The event as this watch sees it; nullopt: not at all.
    std::optional<std::pair<const char *, ObjectPtr>> seen(const StoreEvent &event) const
    {
        if (!call.path.nameSpace.empty() && namespaceOf(*event.object) != call.path.nameSpace)
            return {};
        const bool matches = plan.selector.matches(*event.object);
        const bool matched = event.before && plan.selector.matches(*event.before);
        using Type = StoreEvent::Type;
        if (event.type == Type::Deleted)
            return matched ? std::optional(std::pair("DELETED", event.object)) : std::nullopt;
        if (matches)
            return std::pair(matched ? "MODIFIED" : "ADDED", event.object);
        if (!matched)
            return {};
        Value last = *event.before; // it left the selection: its last state in there
        last.child("metadata").set("resourceVersion", std::to_string(event.version));
        return std::pair("DELETED", std::make_shared<const Value>(std::move(last)));
    }

    std::string line(const char *type, const ObjectPtr &object)
    {
        const std::string text = eventObject(call, object, isFirst).value_or("null");
        isFirst = false;
        return std::string("{\"type\":\"") + type + "\",\"object\":" + text + "}\n";
    }

    std::string bookmark(std::int64_t version, bool endsInitial)
    {
        Value metadata = Value::object({{"resourceVersion", std::to_string(version)}});
        if (endsInitial)
            metadata.set("annotations", Value::object({{"k8s.io/initial-events-end", "true"}}));
        Value object = Value::object({{"kind", call.kind->kind},
                                      {"apiVersion", call.kind->apiVersion(call.path.version)},
                                      {"metadata", std::move(metadata)}});
        if (call.wanted.as == Representation::As::Table) {
            Value cells = Value::array();
            for (std::size_t i = 0; i < columnsOf(*call.kind, call.path.version).size(); ++i)
                cells.push("");
            Value row = Value::object({{"cells", std::move(cells)}, {"object", partialOf(object)}});
            object =
                Value::object({{"kind", "Table"},
                               {"apiVersion", "meta.k8s.io/v1"},
                               {"metadata", Value::object({{"resourceVersion", std::to_string(version)}})},
                               {"columnDefinitions", Value()},
                               {"rows", Value::array({std::move(row)})}});
        } else if (call.wanted.as == Representation::As::Partial) {
            object = partialOf(object);
        }
        return "{\"type\":\"BOOKMARK\",\"object\":" + edge::toJson(object) + "}\n";
    }

    Call call;
    Plan plan;
    edge::Responder &responder; // outlives its place among the running ones
    std::deque<StoreEvent> queue;
    asio::steady_timer wake;
    bool isFirst = true;
    bool ends = false;
    bool hasExpired = false;
    bool isFrozen = false;
};

Watches::Watches(asio::io_context &loop)
    : m_loop(loop)
{
}

Watches::~Watches() = default;

void Watches::stop()
{
    m_stopped = true;
    for (const auto &watch : m_running)
        watch->end();
}

void Watches::stopOnHttp1()
{
    for (const auto &watch : m_running) {
        if (!watch->call.isHttp2)
            watch->end();
    }
}

void Watches::expireAll()
{
    for (const auto &watch : m_running) {
        watch->hasExpired = true;
        watch->end();
    }
}

bool Watches::freezeAll(bool isFrozen)
{
    bool isAnyHttp2 = false;
    for (const auto &watch : m_running) {
        watch->freeze(isFrozen);
        isAnyHttp2 = isAnyHttp2 || watch->call.isHttp2;
    }
    return isAnyHttp2;
}

namespace {

std::string tooOldLine(std::int64_t asked, std::int64_t oldest)
{
    const StoreError why =
        expired("too old resource version: " + std::to_string(asked) + " (" + std::to_string(oldest) + ")");
    return "{\"type\":\"ERROR\",\"object\":" + edge::toJson(statusOf(why)) + "}\n";
}

std::string initialEvents(const Store &store, Watches::Watch &watch)
{
    std::string lines;
    const Call &call = watch.call;
    if (watch.plan.sendsInitial) {
        for (const ObjectPtr &object : store.list(*call.kind, call.path.nameSpace)) {
            if (watch.plan.selector.matches(*object))
                lines += watch.line("ADDED", object);
        }
        if (watch.plan.marksInitialEnd)
            lines += watch.bookmark(store.version(), true);
        return lines;
    }
    const std::deque<StoreEvent> &log = store.log(); // resuming: what has happened since
    auto next = std::upper_bound(
        log.begin(), log.end(), watch.plan.from,
        [](std::int64_t version, const StoreEvent &event) { return version < event.version; });
    for (; next != log.end(); ++next)
        watch.offer(*next);
    return lines;
}

asio::awaitable<void> follow(const Store &store, Watches::Watch &watch, edge::Responder &responder,
                             const bool &sendsBookmarks)
{
    const auto end = Clock::now() + watch.plan.duration;
    auto nextBookmark =
        std::min(Clock::now() + BookmarkEvery, std::max(end - BookmarkBeforeEnd, Clock::now()));
    while (!watch.ends || !watch.queue.empty()) {
        if (watch.isFrozen && !watch.ends) {
            watch.wake.expires_after(Pulse);
            asio::error_code ignored;
            co_await watch.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            if (responder.clientGone())
                co_return;
            continue;
        }
        std::string lines;
        const std::deque<StoreEvent> events = std::exchange(watch.queue, {});
        for (const StoreEvent &event : events) {
            if (const auto seen = watch.seen(event))
                lines += watch.line(seen->first, seen->second);
        }
        if (watch.plan.sendsBookmarks && sendsBookmarks && Clock::now() >= nextBookmark) {
            lines += watch.bookmark(store.version(), false);
            const bool isLate = Clock::now() >= end - BookmarkBeforeEnd;
            nextBookmark = isLate ? end + BookmarkEvery
                                  : std::min(Clock::now() + BookmarkEvery, end - BookmarkBeforeEnd);
        }
        if (!lines.empty() && !co_await responder.write(lines))
            co_return;
        if (!watch.queue.empty())
            continue;
        if (Clock::now() >= end || responder.clientGone() || !watch.call.kind->isServed)
            co_return;
        if (watch.ends)
            break;
        watch.wake.expires_at(std::min({Clock::now() + Pulse, end, std::max(nextBookmark, Clock::now())}));
        asio::error_code ignored;
        co_await watch.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

} // namespace

asio::awaitable<StoreResult<void>> Watches::serve(Store &store, Call call, edge::Responder &responder,
                                                  WatchFault fault)
{
    auto plan = planOf(call, store);
    if (!plan)
        co_return tl::unexpected(plan.error());
    const auto watch = std::make_shared<Watch>(m_loop, std::move(call), std::move(*plan), responder);
    const bool isTooOld = watch->plan.from < store.oldestVersion();
    edge::ResponseHead head;
    head.headers = {{"content-type", "application/json"}, {"cache-control", "no-cache, private"}};
    const std::string tooOld = tooOldLine(
        watch->plan.from, store.oldestVersion()); // named: GCC 12 loses track of temporaries around co_await
    const std::string initial = isTooOld ? tooOld : initialEvents(store, *watch);
    const int listener = store.subscribe([weak = std::weak_ptr(watch)](const StoreEvent &event) {
        if (const auto alive = weak.lock())
            alive->offer(event);
    });
    m_running.insert(watch);
    watch->hasExpired = fault == WatchFault::Expires && !isTooOld;
    watch->ends = isTooOld || watch->hasExpired || m_stopped;
    edge::Result<void> sent = co_await responder.start(std::move(head), {});
    if (sent && !initial.empty())
        sent = co_await responder.write(initial);
    if (fault == WatchFault::FallsSilent)
        watch->freeze(true);
    if (sent)
        co_await follow(store, *watch, responder, sendsBookmarks);
    if (watch->hasExpired)
        (void)co_await responder.write(tooOld);
    store.unsubscribe(listener);
    m_running.erase(watch);
    (void)co_await responder.finish();
    co_return StoreResult<void>();
}

} // namespace demo
