// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the containers of the demo's pods have written: at most the last 256 KiB of each run, every line with the kubelet's time
// before it (RFC 3339 with nine digits of a second, no two of a container the same), and the run before the present one.
// Thread: the loop.
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace demo {

class PodLogs
{
public:
    static constexpr char RunEnd[] = "\f\n"; // between the run before and the present one

    void append(const std::string &nameSpace, const std::string &pod, const std::string &container,
                const std::string &line);
    // The container starts again: what it wrote until now is its previous log.
    void startAgain(const std::string &nameSpace, const std::string &pod, const std::string &container);
    // Both runs with RunEnd between them, or the only one.
    std::optional<std::string> read(const std::string &nameSpace, const std::string &pod,
                                    const std::string &container) const;
    void forget(const std::string &nameSpace, const std::string &pod);

private:
    struct Log
    {
        std::optional<std::string> previous;
        std::string text, lastTime;
    };
    std::map<std::tuple<std::string, std::string, std::string>, Log> m_logs;
};

std::string utcText(bool milliseconds); // now, RFC 3339: 2026-01-02T03:04:05.678Z

} // namespace demo
