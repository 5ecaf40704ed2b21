// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Apply with a server that does not know server-side apply: kubectl's way (client_side_apply.h), so that either can go on where the
// other has applied.  A strategic patch, or a merge patch where the kind is no built-in one.  Of a Secret no copy is kept in the
// annotation, and so nothing is taken away from it.  For client.cpp.
#include "kube/client.h"

namespace kube {

struct ApplyPlace
{
    ResourceType type;
    QString nameSpace, name;
};

QFuture<Result<Object>> applyByClient(Client &client, ApplyPlace place, QByteArray json, WriteOptions options,
                                      std::stop_token stop);

} // namespace kube
