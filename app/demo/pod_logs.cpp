// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/pod_logs.h"

#include <array>
#include <chrono>
#include <ctime>

namespace demo {

namespace {

constexpr std::size_t Kept = 256 * 1024;

}

void PodLogs::append(const std::string &nameSpace, const std::string &pod, const std::string &container,
                     const std::string &line)
{
    std::string &text = m_text[{nameSpace, pod, container}];
    text += line;
    text += '\n';
    if (text.size() > Kept)
        text.erase(0, text.find('\n', text.size() - Kept / 2) + 1);
}

std::optional<std::string> PodLogs::read(const std::string &nameSpace, const std::string &pod,
                                         const std::string &container) const
{
    const auto found = m_text.find({nameSpace, pod, container});
    return found == m_text.end() ? std::nullopt : std::optional(found->second);
}

void PodLogs::forget(const std::string &nameSpace, const std::string &pod)
{
    std::erase_if(m_text, [&](const auto &entry) {
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
