// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Does a private key belong to a certificate?  Told without OpenSSL reading the key, whose buffers for that are not all wiped:
// a key of RSA or of an elliptic curve has its public part in it, and the certificate says which one it is to be.
#include <QByteArray>

namespace kube {

enum class KeyFit {
    Fits,
    Later,     // that of a later certificate of the same text
    Other,     // another certificate's
    Encrypted, // by a password, which no proxy of the edge or the mesh asks for
    None,      // no private key in PEM
    Unknown    // it has no public part (Ed25519, some writers of EC keys), or there is no certificate
};

// Of the first certificate.  Keeps nothing of the key: what it has unpacked is wiped.
KeyFit keyFitOf(const QByteArray &certificatePem, const QByteArray &keyPem);

} // namespace kube
