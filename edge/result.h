// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can go wrong in edge/: branch on kind, show message.  A message says what, where and what to do.
#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace edge {

struct Error
{
    enum class Kind { Config, Parse, Tls, Connect, Protocol, Timeout, Closed, Cancelled, UnknownName };
    Kind kind = Kind::Config;
    std::string message;

    bool operator==(const Error &) const = default;
};

template<typename T = void>
using Result = tl::expected<T, Error>;

tl::unexpected<Error> failure(Error::Kind kind, std::string message);
std::string_view kindName(Error::Kind kind);

} // namespace edge
