// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/secret_key_notes.h"

#include "kube/key_fit.h"
#include "kube/wipe.h"

#include <algorithm>

namespace kube {

namespace {

constexpr std::pair<std::string_view, std::string_view> keyPairs[] = {
    {"tls.key", "tls.crt"}, {"ca-key.pem", "ca-cert.pem"}, {"key.pem", "cert-chain.pem"}};

const char *noteOf(KeyFit fit)
{
    switch (fit) {
    case KeyFit::Other: return otherCertificatesKey;
    case KeyFit::Later: return laterCertificatesKey;
    case KeyFit::Encrypted: return encryptedKey;
    case KeyFit::None: return noPrivateKey;
    case KeyFit::Fits:
    case KeyFit::Unknown: break;
    }
    return "";
}

} // namespace

SecretKeyNotes::~SecretKeyNotes()
{
    for (const auto &[name, plain] : m_values)
        wipe(plain);
}

bool SecretKeyNotes::isOfOne(std::string_view name)
{
    return std::any_of(std::begin(keyPairs), std::end(keyPairs),
                       [name](const auto &pair) { return pair.first == name || pair.second == name; });
}

void SecretKeyNotes::addTo(QByteArray &data) const
{
    for (const auto &[keyName, certificateName] : keyPairs) {
        const auto key = m_values.find(keyName), certificate = m_values.find(certificateName);
        if (key == m_values.end() || certificate == m_values.end())
            continue;
        const QByteArray note(noteOf(keyFitOf(certificate->second, key->second)));
        QByteArray size("\"");
        size.append(keyName.data(), qsizetype(keyName.size())).append("\":\"{");
        size.append(QByteArray::number(key->second.size())).append(" bytes");
        if (!note.isEmpty())
            data.replace(size, QByteArray(size).append(note));
    }
}

} // namespace kube
