// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers as resources write them, in the int of the compiled configuration.
// Promise: what does not fit becomes the nearest that does. Never wraps, and no number is undefined behaviour.
#include <cmath>
#include <cstdint>
#include <limits>

namespace edge {

inline int saturated(std::int64_t number)
{
    using Limits = std::numeric_limits<int>;
    return number < Limits::min() ? Limits::min() : number > Limits::max() ? Limits::max() : int(number);
}

inline int saturated(double number) // its fraction is cut off; not a number: 0
{
    using Limits = std::numeric_limits<int>;
    if (std::isnan(number))
        return 0;
    return number <= Limits::min() ? Limits::min() : number >= Limits::max() ? Limits::max() : int(number);
}

} // namespace edge
