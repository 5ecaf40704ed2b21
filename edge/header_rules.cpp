// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/header_rules.h"

#include "edge/header_commands.h"

namespace edge {

void applyHeaderRules(Headers &headers, const std::vector<HeaderToAdd> &add,
                      const std::vector<std::string> &remove, const HeaderFacts &facts)
{
    constexpr std::string_view lineBreaks("\r\n\0", 3);
    for (const std::string &name : remove)
        headers.remove(name);
    for (const HeaderToAdd &header : add) {
        std::string value =
            header.value.find('%') == std::string::npos ? header.value : expandCommands(header.value, facts);
        if (value.empty() || value.find_first_of(lineBreaks) != std::string::npos)
            continue;
        if (header.append)
            headers.add(header.name, std::move(value));
        else
            headers.set(header.name, std::move(value));
    }
}

} // namespace edge
