// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a server left out of what it was sent.  From Kubernetes 1.25 on a server refuses fields that it does not know
// (fieldValidation=Strict); before, it drops them without a word, and kubectl looks into the server's OpenAPI for them.
#include "edge/value.h"

#include <QStringList>

namespace models {

// Paths such as "spec.repicas" or "spec.containers[web].foo" that `sent`, an object or a merge patch of one, has and the server's
// answer has not.  Not among them is what a server may leave out: null, what is empty, "", 0 and false; status; what the server keeps
// itself in metadata; annotations; stringData of a Secret.  An element of a list lacks something only if each of the answer's does, for
// servers sort and merge lists; then it is told by its name, else by its place in lists of one length.
QStringList droppedFields(const edge::Value &sent, const edge::Value &answered);

// Whether a server of this version ("v1.21.0-eks") drops them; false where it is not known.
bool dropsUnknownFields(const QString &gitVersion);

} // namespace models
