// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A snapshot → what one edge installation makes of it.
#include "models/resources/snapshot.h"

namespace models {

struct CompiledEdge
{
    edge::Config config;
    QString unsure; // one sentence if something that the edge reads could not be read here; "" all was
};
CompiledEdge compileEdge(const Snapshot &snapshot, const EdgeInstallation &installation);

// Does the installation take this object (ambassador_id, single namespace)?  "" if so, else why not.
QString whyNotForEdge(const edge::Value &object, const EdgeInstallation &installation);

} // namespace models
