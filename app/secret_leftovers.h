// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stays in a Secret though the manifest that is applied does not name it.  Where the server does not know who named a key before
// (before 1.16), or kubectl's client-side apply did, only the last-applied annotation could tell; it holds the values, so this program
// never reads it, and such a key is not taken away.  That is said, never passed over.
#include "edge/value.h"

#include <QString>
#include <QStringList>

namespace app {

// managers: of the object as it is; server: its version, "v1.15.12", "" unknown.  False where the server itself takes away what its
// applier names no more.
bool maySecretKeepLeftovers(const QStringList &managers, const QString &server);

// The data keys and labels of there (as the API reader shows it) that the manifest has not, why they stay, and the command that takes
// them away; "" there are none.  Names only, no values.
QString secretLeftovers(const edge::Value &manifest, const edge::Value &there);

} // namespace app
