// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/secret_store.h"

namespace edge {

namespace {

std::string entry(const Value &secret, std::string_view key)
{
    if (const Value &plain = secret["stringData"][key]; plain.isString())
        return plain.text();
    return decodeBase64(secret["data"][key].text()).value_or(std::string());
}

} // namespace

SecretStore secretsOf(const SharedList<Value> &objects, const std::string &defaultNamespace)
{
    SecretStore store;
    for (const Value &object : objects) {
        if (object["kind"].text() != "Secret")
            continue;
        SecretMaterial material;
        material.certificateChain = entry(object, "tls.crt");
        material.privateKey = entry(object, "tls.key");
        material.revocationList = entry(object, "crl.pem");
        for (const char *key : {"ca.crt", "root-cert.pem"}) {
            if (material.trustedCa.empty())
                material.trustedCa = entry(object, key);
        }
        if (material.trustedCa.empty() && material.privateKey.empty())
            material.trustedCa = material.certificateChain;
        const std::string &nameSpace = object.at({"metadata", "namespace"}).text();
        store[object.at({"metadata", "name"}).text() + "."
              + (nameSpace.empty() ? defaultNamespace : nameSpace)] = std::move(material);
    }
    return store;
}

} // namespace edge
