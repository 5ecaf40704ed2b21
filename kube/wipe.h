// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Bytes that held a Secret are overwritten before their memory is given back: a console holds no keys, not in a
// core dump either.  What is wiped is gone for everyone who shares it.
#include <QByteArray>

namespace kube {

void wipe(const QByteArray &bytes);
void wipe(void *bytes, size_t size);
// Appends as QByteArray does, but leaves no copy behind where the bytes have stood before they had to move.
void appendAndWipe(QByteArray &target, const char *bytes, qsizetype size);

// Makes libcurl, and OpenSSL if it has not begun to work yet, wipe what they free.  Before the first use of either.
void wipeWhatLibrariesFree();

} // namespace kube
