// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why a sign-in program that is there does not start.  The system's own words for it are misleading: of a script whose interpreter is
// missing it says that there is no such file.
#include <QString>

namespace kube {

// program: its path; systemWords: what the system says of it, used where the file tells nothing more.  The sentence goes on after the
// program's name and ends with what to do.  Reads a few bytes of the file; starts nothing.
QString whyNotStarted(const QString &program, const QString &systemWords);

} // namespace kube
