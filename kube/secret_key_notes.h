// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A private key in a Secret is not kept; that it is not the one of the certificate beside it is, in the note in its place:
// "{1704 bytes, of another certificate}".
#include <QByteArray>

#include <map>
#include <string>
#include <string_view>

namespace kube {

// What is said of a private key beside a certificate, after its size.
inline constexpr char otherCertificatesKey[] = ", of another certificate";
inline constexpr char laterCertificatesKey[] = ", of a later certificate";
inline constexpr char encryptedKey[] = ", encrypted by a password";
inline constexpr char noPrivateKey[] = ", no private key in PEM";

// While the data of one Secret are read.  Wipes what it has taken in the end.
class SecretKeyNotes
{
public:
    SecretKeyNotes() = default;
    ~SecretKeyNotes();
    SecretKeyNotes(const SecretKeyNotes &) = delete;
    SecretKeyNotes &operator=(const SecretKeyNotes &) = delete;

    // Data keys of a private key and of the certificate that it is to belong to: kubectl's, Istio's, Citadel's.
    static bool isOfOne(std::string_view name);
    // Takes the value over: whoever shares its bytes loses them too.
    void take(std::string_view name, const QByteArray &plain)
    {
        m_values.insert_or_assign(std::string(name), plain);
    }
    // data: the JSON text of the public data, with "{n bytes}" for each key.
    void addTo(QByteArray &data) const;

private:
    std::map<std::string, QByteArray, std::less<>> m_values;
};

} // namespace kube
