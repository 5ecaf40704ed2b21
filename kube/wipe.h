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

// Makes OpenSSL wipe what it frees, and leaves it as it is at the program's end: QThread::wait() returns before the thread has
// taken down what belongs to it alone, and OpenSSL's part of that must not meet OpenSSL's own clean-up.  Before its first use.
void takeOverOpenSsl();
// Makes libcurl wipe what it frees.  Before its first use.
void wipeWhatCurlFrees();

} // namespace kube
