// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The functions of CEL that validation rules may call, and what they say when they fail (the words of the real server's library).
#include "edge/value.h"

#include <tl/expected.hpp>

namespace demo {

using edge::Value;

// A span of time is a number of nanoseconds, a URL its text.
struct CelValue
{
    enum class Type { Plain, Duration, Url };
    Value value;
    Type type = Type::Plain;

    CelValue() = default;
    CelValue(Value plain)
        : value(std::move(plain))
    {
    }
    CelValue(Type of, Value inside)
        : value(std::move(inside))
        , type(of)
    {
    }
    bool operator==(const CelValue &) const = default;
};

using CelAnswer = tl::expected<CelValue, std::string>; // the error: no such key: x

bool isCelFunction(const std::string &name); // size(x), int(x), duration(x) …; not has()
bool isCelMethod(const std::string &name);   // x.size(), x.matches(y) …; not the macros
CelAnswer callCelFunction(const std::string &name, const CelValue &argument);
CelAnswer callCelMethod(const std::string &name, const CelValue &receiver,
                        const std::vector<Value> &arguments);

} // namespace demo
