// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/said.h"

#include "edge/text.h"

#include <algorithm>
#include <array>

namespace edge {

bool isTruthy(const Value &value)
{
    return value.isString() ? !value.text().empty()
        : value.isNumber()  ? value.toDouble() != 0
        : value.isBool()    ? value.toBool()
                            : !value.items().empty() || !value.members().empty();
}

bool parsesTrue(const Value &value)
{
    static constexpr std::array<std::string_view, 6> yes{"y", "yes", "t", "true", "on", "1"};
    return value.isBool() ? value.toBool()
                          : std::find(yes.begin(), yes.end(), lowered(value.text())) != yes.end();
}

} // namespace edge
