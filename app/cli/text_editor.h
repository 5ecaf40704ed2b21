// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A text in the editor of whoever runs this: $KUBE_EDITOR, else $EDITOR, else vi, each through the shell as kubectl does it, so that it
// may have arguments.  Blocks until the editor has ended.  The file is its owner's alone and goes with its folder, and with what the
// editor left beside it.
#include "kube/result.h"

#include <QByteArray>

#include <stop_token>

namespace app::cli {

// suffix: ".yaml".  An Error says why there is no edited text: the editor could not be run, or ended badly; saved then gets what it
// has left in the file.
kube::Result<QByteArray> editedText(const QByteArray &text, const QString &suffix, std::stop_token stop,
                                    QByteArray *saved = nullptr);
// Whether a person may be at it: standard input is a terminal.
bool isAtTerminal();
// Puts a text where its owner alone finds it again, in the folder for temporary files; its path.
kube::Result<QString> keptText(const QByteArray &text, const QString &suffix);

} // namespace app::cli
