// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the containers of the demo's pods have written: at most the last 256 KiB each, with the kubelet's
// times.  Thread: the loop.
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace demo {

class PodLogs
{
public:
    void append(const std::string &nameSpace, const std::string &pod, const std::string &container,
                const std::string &line);
    std::optional<std::string> read(const std::string &nameSpace, const std::string &pod,
                                    const std::string &container) const;
    void forget(const std::string &nameSpace, const std::string &pod);

private:
    std::map<std::tuple<std::string, std::string, std::string>, std::string> m_text;
};

std::string utcText(bool milliseconds); // now, RFC 3339: 2026-01-02T03:04:05.678Z

} // namespace demo
