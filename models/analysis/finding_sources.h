// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which findings say nothing because what they are judged by was not read.  Pure.
#include "models/resources/snapshot.h"

namespace models {

// Code → why, one sentence.  A kind that the API server does not have is known to have no objects.
QHash<QString, QString> unjudgedCodes(const Snapshot &snapshot);

} // namespace models
