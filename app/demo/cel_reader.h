// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The text of a CEL expression as a tree.
#include "edge/value.h"

#include <tl/expected.hpp>

namespace demo {

using edge::Value;

struct CelNode
{
    enum class Kind { Literal, Name, Field, Index, Call, Unary, Binary, Conditional, List, Map };
    Kind kind = Kind::Literal;
    std::string text; // a name, a field, a function, an operator
    Value literal;
    std::vector<CelNode> parts; // a call: the receiver (or Name "") first; a map: key, value, key, value …
    std::size_t at = 0;         // where in the text: what an error points at

    bool isFreeCall() const
    {
        return kind == Kind::Call && parts.front().kind == Kind::Name && parts.front().text.empty();
    }
    // all, exists, exists_one, filter, map with a variable of their own
    bool isMacro() const;
};

// The error: where the text stops being CEL.
tl::expected<CelNode, std::size_t> readCel(std::string_view text);

} // namespace demo
