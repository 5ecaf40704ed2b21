// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/result.h"

namespace kube {

tl::unexpected<Error> failure(Error::Kind kind, QString message)
{
    Error error;
    error.kind = kind;
    error.message = std::move(message);
    return tl::unexpected(std::move(error));
}

} // namespace kube
