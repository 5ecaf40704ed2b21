// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/http_program.h"

#include <charconv>

namespace demo {

HttpProgram::HttpProgram(const ContainerContext &context, std::shared_ptr<edge::Handler> application)
    : m_log(context.log)
    , m_application(std::move(application))
    , m_server(context.world.loop, *m_application)
{
    const std::string variable = environmentOf(context.container, "PORT");
    std::uint16_t port = 0;
    if (std::from_chars(variable.data(), variable.data() + variable.size(), port).ec == std::errc()
        && port != 0)
        m_wanted = {port};
    for (const Value &declared : context.container["ports"].items()) {
        if (m_wanted.empty() || variable.empty())
            m_wanted.push_back(std::uint16_t(declared["containerPort"].toInteger()));
    }
}

edge::Result<void> HttpProgram::start()
{
    for (const std::uint16_t port : m_wanted) {
        const auto bound = m_server.listen({"127.0.0.1", 0, port});
        if (!bound)
            return tl::unexpected(bound.error());
        m_ports.push_back({port, *bound, m_application});
        m_log(utcText(true) + " serving HTTP on port " + std::to_string(port));
    }
    return {};
}

void HttpProgram::stop() { m_server.stop(); }

} // namespace demo
