// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is said of manifests by themselves, as findings and as sentences for who sees no findings.
#include "app/manifest_files.h"

namespace app {

// RT-013.  why: as it is said where only a line is.
void leaveOut(ManifestSet &set, const ManifestOrigin &origin, const QString &why);
void noteStrange(ManifestSet &set, const ManifestOrigin &origin, const models::ObjectRef &object,
                 const QString &path, const QString &why); // RT-014
// RT-023: a comment that mutes nothing.  why: "FILE:LINE: …".
void noteLostMute(ManifestSet &set, const ManifestOrigin &origin, const QString &why);

} // namespace app
