// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Secret that stands in a manifest, as the reader of the API server's answers would keep it (kube/object_reader.h): its certificates,
// and of the private key beside them how it fits, without the key.  So a file is judged as the cluster is.  Pure.
#include "edge/value.h"

#include <QByteArray>

namespace app {

// JSON.  One that an API server would not take stays as it is written, for its faults to be told.
QByteArray publicSecret(const edge::Value &written);

} // namespace app
