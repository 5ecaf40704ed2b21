// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/access_log.h"

#include "app/demo/pod_logs.h"

namespace demo {

namespace {

std::string orDash(const std::string &text) { return text.empty() ? "-" : text; }

} // namespace

std::string accessLogLine(const InboundRecord &record, const std::string &podAddress)
{
    const bool refused = record.flags == "NR" || record.flags == "DPE";
    const bool isRequest = record.isHttp && !record.method.empty();
    const std::string port = std::to_string(record.containerPort);
    const std::string local = podAddress + ":" + port;
    const std::string start = isRequest ? record.method + " " + record.path + " HTTP/1.1"
        : record.isHttp                 ? "- - HTTP/1.1"
                                        : "- - -";
    std::string line = "[" + utcText(true) + "] \"" + start + "\" " + std::to_string(record.status) + " "
        + orDash(record.flags) + " " + orDash(record.details);
    line += " - \"-\" " + std::to_string(record.received) + " " + std::to_string(record.sent) + " "
        + std::to_string(record.duration.count() / 1000);
    line += isRequest ? " " + std::to_string(record.duration.count() / 1000) : " -";
    line += " \"" + orDash(record.forwardedFor) + "\" \"" + orDash(record.userAgent) + "\" \""
        + orDash(record.requestId) + "\" \"" + orDash(record.authority) + "\"";
    line += refused ? " \"-\" - -" : " \"" + local + "\" inbound|" + port + "|| 127.0.0.6:0";
    line +=
        " " + local + " " + record.client + " " + orDash(record.serverName) + (isRequest ? " default" : " -");
    return line;
}

} // namespace demo
