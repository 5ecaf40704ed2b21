// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// TLS material from Kubernetes Secrets, for an edge that runs from manifests.  Keys go into the store and
// nowhere else.
#include "edge/base64.h"
#include "edge/shared_list.h"
#include "edge/value.h"

#include <functional>
#include <map>
#include <optional>

namespace edge {

struct SecretMaterial // PEM text
{
    std::string certificateChain, privateKey, trustedCa;
    std::string revocationList = {};
    bool operator==(const SecretMaterial &) const = default;
};
using SecretStore = std::map<std::string, SecretMaterial>; // by NAME.NAMESPACE
// A file of the edge's own disk that a TLSContext names; nullopt: there is none.
using ReadFile = std::function<std::optional<std::string>(const std::string &path)>;

// Secrets among the objects; others are ignored.  tls.crt and tls.key; trusted is ca.crt, root-cert.pem or,
// without a key, tls.crt; the revocation list is crl.pem.
SecretStore secretsOf(const SharedList<Value> &objects, const std::string &defaultNamespace);

} // namespace edge
