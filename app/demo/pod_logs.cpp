// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/pod_logs.h"

#include <array>
#include <chrono>
#include <ctime>
#include <utility>

namespace demo {

namespace {

constexpr std::size_t Kept = 256 * 1024;

std::string nanosecondText()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto fraction = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() % 1'000'000'000;
    return utcText(false).substr(0, 19) + "." + std::to_string(1'000'000'000 + fraction).substr(1) + "Z";
}

// The nanosecond after it: two lines written at once differ all the same.
std::string timeAfter(std::string time)
{
    for (std::size_t at = time.size() - 2; at > 19; --at) {
        if (time[at] != '9') {
            ++time[at];
            return time;
        }
        time[at] = '0';
    }
    return time;
}

} // namespace

void PodLogs::append(const std::string &nameSpace, const std::string &pod, const std::string &container,
                     const std::string &line)
{
    Log &log = m_logs[{nameSpace, pod, container}];
    std::string time = nanosecondText();
    log.lastTime = time > log.lastTime ? std::move(time) : timeAfter(log.lastTime);
    log.text.append(log.lastTime).append(" ").append(line).append("\n");
    if (log.text.size() > Kept)
        log.text.erase(0, log.text.find('\n', log.text.size() - Kept / 2) + 1);
}

void PodLogs::startAgain(const std::string &nameSpace, const std::string &pod, const std::string &container)
{
    Log &log = m_logs[{nameSpace, pod, container}];
    log.previous = std::exchange(log.text, {});
}

std::optional<std::string> PodLogs::read(const std::string &nameSpace, const std::string &pod,
                                         const std::string &container) const
{
    const auto found = m_logs.find({nameSpace, pod, container});
    if (found == m_logs.end())
        return {};
    const Log &log = found->second;
    return log.previous ? *log.previous + RunEnd + log.text : log.text;
}

void PodLogs::forget(const std::string &nameSpace, const std::string &pod)
{
    std::erase_if(m_logs, [&](const auto &entry) {
        return std::get<0>(entry.first) == nameSpace && std::get<1>(entry.first) == pod;
    });
}

std::string utcText(bool milliseconds)
{
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::string result = text.data();
    if (milliseconds) {
        const auto fraction =
            std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
        result += "." + std::to_string(1000 + fraction).substr(1);
    }
    return result + "Z";
}

} // namespace demo
