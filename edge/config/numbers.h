// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers as resources write them, in the int or the 64 bits of the compiled configuration.
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

inline std::int64_t wholeOf(double number) // its fraction is cut off; not a number: 0
{
    using Limits = std::numeric_limits<std::int64_t>;
    constexpr double FirstBeyond = 9223372036854775808.0; // 64 bits
    if (std::isnan(number))
        return 0;
    return number < -FirstBeyond ? Limits::min()
        : number >= FirstBeyond  ? Limits::max()
                                 : std::int64_t(number);
}

inline std::int64_t saturatedSum(std::int64_t a, std::int64_t b)
{
    using Limits = std::numeric_limits<std::int64_t>;
    if (b < 0 ? a < Limits::min() - b : a > Limits::max() - b)
        return b < 0 ? Limits::min() : Limits::max();
    return a + b;
}

} // namespace edge
