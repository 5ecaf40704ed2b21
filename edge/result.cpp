// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/result.h"

#include <utility>

namespace edge {

tl::unexpected<Error> failure(Error::Kind kind, std::string message)
{
    return tl::unexpected(Error{kind, std::move(message)});
}

std::string_view kindName(Error::Kind kind)
{
    switch (kind) {
    case Error::Kind::Config: return "configuration";
    case Error::Kind::Parse: return "parse";
    case Error::Kind::Tls: return "TLS";
    case Error::Kind::Connect: return "connect";
    case Error::Kind::Protocol: return "protocol";
    case Error::Kind::Timeout: return "timeout";
    case Error::Kind::Closed: return "closed";
    case Error::Kind::Cancelled: return "cancelled";
    case Error::Kind::UnknownName: return "unknown name";
    }
    return "unknown";
}

} // namespace edge
