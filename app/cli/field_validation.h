// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// --validate of apply and edit: what becomes of fields that the server does not know, in kubectl's words.
#include "app/cli/command.h"

namespace app::cli {

QCommandLineOption validateOption();
// An error of what is none of its words.
kube::Result<kube::FieldValidation> fieldValidationOf(const QString &word);
// "" or the end of a sentence: how this is written all the same.
QString wayRoundValidation(const kube::Error &refused);

} // namespace app::cli
