// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whose a field is, by metadata.managedFields (FieldsV1: tries of f:NAME, k:{KEYS}, v:VALUE, i:INDEX; "." the place itself), and how
// what kubectl's client-side apply owns is made a server-side applier's, as client-go's csaupgrade does it.  Pure; values.
#include "edge/value.h"

#include <QStringList>

#include <vector>

namespace app {

// Who has applied this object on the client's side: owns the annotation of what was applied last, by updates.
QStringList clientSideAppliers(const edge::Value &managedFields);
// The same entries, but what those own is the server-side applier's; empty members stay away.
edge::Value upgradedToServerSide(const edge::Value &managedFields, const QStringList &clientSide,
                                 const QString &serverSide);
// What goes from `object` once what those own is the server-side applier's and it applies `manifest`: what they alone own, and it does
// not name.
edge::Value withoutForsaken(edge::Value object, const edge::Value &manifest, const edge::Value &managedFields,
                            const QStringList &clientSide, const QString &serverSide);
// Whether one of the places that this trie (an entry's fieldsV1) owns differs between the two states of the object.
bool ownsWhatDiffers(const edge::Value &trie, edge::Value then, edge::Value now);

} // namespace app
