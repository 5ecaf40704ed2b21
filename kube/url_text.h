// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// URLs that a person wrote, as a message may show them.
#include <QString>

namespace kube {

// Without user name and password, whether it is a valid URL, a malformed one or a sentence with one in it: everything between the
// "//" (or the beginning) and the last "@" goes, since a password that was not encoded may hold "/", ":" and "@".
QString withoutUserInfo(const QString &text);

} // namespace kube
