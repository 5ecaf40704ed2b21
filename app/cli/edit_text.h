// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An object as a text to be edited, with what is to be said above it, and back.  Pure.
#include "edge/value.h"
#include "kube/result.h"
#include "models/analysis/edit_together.h"
#include "models/analysis/secret_values.h"

#include <QStringList>

#include <optional>

namespace app::cli {

// What a person edits: without what servers write (models::withoutServerFields).
QByteArray editText(const edge::Value &object, const QStringList &notes);
// The same text with other notes above it.
QByteArray withNotes(const QByteArray &text, const QStringList &notes);
// What stands in it: an object that is still the one that was shown; absent: the text is empty.
kube::Result<std::optional<edge::Value>> readEdited(const QByteArray &text, const edge::Value &shown);

// kube::threeWay of Secrets as they are shown, with their fingerprints: a value that was replaced meanwhile by another one of the same
// size counts as changed by them, and one that is typed as it was or is there already as no change.  Values in stringData stand in
// data afterwards; merged shows theirs as it is shown.
kube::ThreeWay secretsTogether(const models::SecretReading &base, const edge::Value &mine,
                               const models::SecretReading &theirs);

} // namespace app::cli
