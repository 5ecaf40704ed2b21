// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A fingerprint of a Secret's value, to tell whether it is the same one as at another reading.  Keyed by random bytes that only this
// process has: nothing can be found out from one alone, and it means nothing to another process.  Not to be shown or written down.
#include <QByteArray>
#include <QMap>
#include <QString>

namespace kube {

QByteArray secretPrint(QByteArrayView value);

// "data.tls.key", "annotations.example.com/note" → the print of its value, decoded.
using SecretPrints = QMap<QString, QByteArray>;
QString printOfData(const QString &key);
QString printOfAnnotation(const QString &name);

} // namespace kube
