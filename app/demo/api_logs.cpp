// SPDX-License-Identifier: GPL-3.0-or-later
// The log of a pod's container, as API server and kubelet answer for it together.
#include "app/demo/api_streams.h"
#include "app/demo/object_meta.h"
#include "app/demo/pod_logs.h"

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>

namespace demo {

namespace {

constexpr std::chrono::milliseconds LogPulse{200}; // how often a followed log is looked at
constexpr std::size_t SecondsOfTime = 19;          // letters of 2026-01-02T03:04:05

struct LogOptions
{
    std::int64_t tailLines = -1, limitBytes = -1; // negative: all
    std::string since;                            // 2026-01-02T03:04:05; "": from the start
    bool follows = false, hasTimes = false, isPrevious = false;
};

StoreResult<LogOptions> logOptions(const Call &call)
{
    LogOptions options;
    options.follows = call.query.isTrue("follow");
    options.hasTimes = call.query.isTrue("timestamps");
    options.isPrevious = call.query.isTrue("previous");
    std::vector<Cause> causes;
    const auto number = [&](const char *name, std::int64_t least, std::int64_t &into) {
        if (!call.query.has(name))
            return;
        into = std::atoll(call.query.value(name).c_str());
        if (into < least)
            causes.push_back(
                invalidValue(name, call.query.value(name),
                             least == 0 ? "must be greater than or equal to 0" : "must be greater than 0"));
    };
    std::int64_t seconds = 0;
    number("tailLines", 0, options.tailLines);
    number("limitBytes", 1, options.limitBytes);
    number("sinceSeconds", 1, seconds);
    if (seconds > 0)
        options.since = timeText(readTime(timeNow()).value_or(0) - seconds).substr(0, SecondsOfTime);
    if (const std::string time = call.query.value("sinceTime"); !time.empty()) {
        const auto read = readTime(time);
        if (!read)
            return tl::unexpected(badRequest("parsing time " + quoted(time) + ": it is no RFC 3339 time"));
        if (seconds > 0)
            causes.push_back(forbiddenValue("sinceSeconds",
                                            "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        options.since = timeText(*read).substr(0, SecondsOfTime); // the kubelet is told whole seconds
    }
    if (!causes.empty())
        return tl::unexpected(invalid({}, "PodLogOptions", call.path.name, causes));
    return options;
}

std::string lastLines(const std::string &text, std::int64_t count)
{
    std::size_t start = text.size();
    for (std::int64_t found = 0; start > 0; --start) {
        if (text[start - 1] == '\n' && start < text.size() && ++found >= count)
            break;
    }
    return count == 0 ? std::string() : text.substr(start);
}

bool startsWithTime(std::string_view line)
{
    return line.size() > SecondsOfTime && line[4] == '-' && line[10] == 'T' && line[13] == ':'
        && line.find(' ') != std::string_view::npos;
}

// Whole lines as they are kept, as the caller wants them.
std::string asAsked(std::string_view lines, const LogOptions &options)
{
    std::string shown;
    while (!lines.empty()) {
        std::string_view line = lines.substr(0, std::min(lines.find('\n'), lines.size() - 1) + 1);
        lines.remove_prefix(line.size());
        if (startsWithTime(line)) {
            if (line.substr(0, SecondsOfTime) < options.since)
                continue;
            if (!options.hasTimes)
                line.remove_prefix(line.find(' ') + 1);
        }
        shown += line;
    }
    return shown;
}

// What has been written after `last` (a whole line with its time), which may itself be forgotten by now.
std::string_view newerThan(std::string_view text, const std::string &last)
{
    if (last.empty())
        return text;
    const std::size_t at = text.rfind(last);
    if (at != std::string_view::npos)
        return text.substr(at + last.size());
    while (!text.empty() && text.substr(0, last.size()) < last)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    return text;
}

std::string lastLineOf(const std::string &text) { return lastLines(text, 1); }

class LogAnswer // of one container to one caller
{
public:
    LogAnswer(edge::Responder &responder, LogOptions options)
        : m_responder(responder)
        , m_options(std::move(options))
        , m_left(m_options.limitBytes)
    {
    }

    asio::awaitable<bool> write(const std::string &lines) // false: there is no more to be sent
    {
        std::string shown = asAsked(lines, m_options);
        if (m_left >= 0 && shown.size() > std::size_t(m_left))
            shown.resize(std::size_t(m_left));
        if (m_left >= 0)
            m_left -= std::int64_t(shown.size());
        if (!shown.empty()) {
            const edge::Result<void> sent = co_await m_responder.write(shown);
            if (!sent)
                co_return false;
        }
        co_return m_left != 0;
    }
    asio::awaitable<void> follow(asio::io_context &loop, const Store &store, const ApiServerHooks &hooks,
                                 const Call &call, const std::string &container, const std::string &text);

private:
    edge::Responder &m_responder;
    LogOptions m_options;
    std::int64_t m_left;
};

// Until the container has ended: the kubelet follows one run.
asio::awaitable<void> LogAnswer::follow(asio::io_context &loop, const Store &store,
                                        const ApiServerHooks &hooks, const Call &call,
                                        const std::string &container, const std::string &text)
{
    std::string last = lastLineOf(text);
    asio::steady_timer timer(loop);
    while (!m_responder.clientGone() && store.get(*call.kind, call.path.nameSpace, call.path.name)) {
        timer.expires_after(LogPulse);
        asio::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        const auto all = hooks.log(call.path.nameSpace, call.path.name, container);
        if (!all)
            continue;
        std::string fresh(newerThan(*all, last));
        const std::size_t end = fresh.rfind(PodLogs::RunEnd);
        const bool hasEnded = end != std::string::npos && !(last.empty() && end == 0);
        if (hasEnded)
            fresh.resize(end);
        if (!fresh.empty())
            last = lastLineOf(fresh);
        const bool goesOn = co_await write(fresh);
        if (!goesOn || hasEnded)
            co_return;
    }
}

std::vector<std::string> containerNames(const Value &pod)
{
    std::vector<std::string> names;
    for (const Value &container : pod["spec"]["containers"].items())
        names.push_back(container["name"].text());
    return names;
}

bool hasContainer(const Value &pod, const std::string &name)
{
    for (const char *list : {"initContainers", "containers", "ephemeralContainers"}) {
        for (const Value &container : pod["spec"][list].items()) {
            if (container["name"].text() == name)
                return true;
        }
    }
    return false;
}

Value statusOf(const Value &pod, const std::string &container)
{
    for (const char *list : {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}) {
        for (const Value &status : pod["status"][list].items()) {
            if (status["name"].text() == container)
                return status;
        }
    }
    return {};
}

// What the kubelet says of a container that has not begun yet; "": it runs, or ran.
std::string whyNotStarted(const Value &pod, const std::string &container)
{
    const Value status = statusOf(pod, container);
    const Value &state = status["state"];
    if (state["running"].isObject() || state["terminated"].isObject()
        || status["lastState"]["terminated"].isObject())
        return {};
    const std::string &reason = state["waiting"]["reason"].text();
    if (reason == "ErrImagePull")
        return "image can't be pulled";
    if (reason == "ImagePullBackOff")
        return "trying and failing to pull image";
    if (pod["status"]["phase"].text() == "Running")
        return {}; // it waits to be started again
    return reason.empty() ? "ContainerCreating" : reason;
}

// The run that was asked for, of what the hook knows of the container.
StoreResult<std::string> runOf(const Call &call, const Value &pod, const std::string &container,
                               const std::optional<std::string> &text, bool isPrevious)
{
    const std::size_t end = text ? text->rfind(PodLogs::RunEnd) : std::string::npos;
    if (isPrevious && end == std::string::npos)
        return tl::unexpected(badRequest("previous terminated container " + quoted(container) + " in pod "
                                         + quoted(call.path.name) + " not found"));
    if (isPrevious)
        return text->substr(0, end);
    if (text)
        return end == std::string::npos ? *text
                                        : text->substr(end + std::string_view(PodLogs::RunEnd).size());
    const std::string reason = whyNotStarted(pod, container);
    if (reason.empty())
        return std::string(); // it runs and has said nothing
    return tl::unexpected(badRequest("container " + quoted(container) + " in pod " + quoted(call.path.name)
                                     + " is waiting to start: " + reason));
}

} // namespace

StoreResult<std::string> containerOf(const Value &pod, const std::string &asked)
{
    const std::vector<std::string> names = containerNames(pod);
    if (asked.empty() && names.size() == 1)
        return names.front();
    if (asked.empty()) {
        std::string list;
        for (const std::string &name : names)
            list.append(list.empty() ? "" : " ").append(name);
        return tl::unexpected(badRequest("a container name must be specified for pod " + nameOf(pod)
                                         + ", choose one of: [" + list + "]"));
    }
    if (!hasContainer(pod, asked))
        return tl::unexpected(badRequest("container " + asked + " is not valid for pod " + nameOf(pod)));
    return asked;
}

asio::awaitable<StoreResult<void>> serveLog(asio::io_context &loop, const Store &store,
                                            const ApiServerHooks &hooks, const Call &call,
                                            edge::Responder &responder)
{
    const auto pod = podOf(store, call);
    if (!pod)
        co_return tl::unexpected(pod.error());
    const auto options = logOptions(call);
    if (!options)
        co_return tl::unexpected(options.error());
    const auto container = containerOf(**pod, call.query.value("container"));
    if (!container)
        co_return tl::unexpected(container.error());
    edge::ResponseHead head;
    head.headers = {{"cache-control", "no-cache, private"}};
    if ((**pod)["spec"]["nodeName"].text().empty()) { // not scheduled: there is nothing to ask
        head.status = 204;
        (void)co_await responder.start(std::move(head), 0);
        (void)co_await responder.finish();
        co_return StoreResult<void>();
    }
    const auto known = hooks.log ? hooks.log(call.path.nameSpace, call.path.name, *container) : std::nullopt;
    const auto text = runOf(call, **pod, *container, known, options->isPrevious);
    if (!text)
        co_return tl::unexpected(text.error());
    head.headers.set("content-type", "text/plain");
    const edge::Result<void> started = co_await responder.start(std::move(head), {});
    LogAnswer answer(responder, *options);
    const std::string shown = options->tailLines < 0 ? *text : lastLines(*text, options->tailLines);
    bool goesOn = started.has_value();
    if (goesOn)
        goesOn = co_await answer.write(shown);
    if (goesOn && options->follows && !options->isPrevious && hooks.log)
        co_await answer.follow(loop, store, hooks, call, *container, *text);
    (void)co_await responder.finish();
    co_return StoreResult<void>();
}

} // namespace demo
