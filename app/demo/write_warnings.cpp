// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/write_warnings.h"

#include "app/demo/api_status.h"
#include "edge/base64.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

namespace demo {

namespace {

struct Block
{
    std::string type, bytes;
};

std::vector<Block> pemBlocks(const std::string &text)
{
    std::vector<Block> blocks;
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(text.data(), int(text.size())),
                                                        BIO_free);
    char *type = nullptr, *header = nullptr;
    unsigned char *bytes = nullptr;
    long size = 0;
    while (PEM_read_bio(bio.get(), &type, &header, &bytes, &size) == 1) {
        blocks.push_back({type, std::string(reinterpret_cast<const char *>(bytes), std::size_t(size))});
        OPENSSL_free(type);
        OPENSSL_free(header);
        OPENSSL_clear_free(bytes, std::size_t(size));
    }
    return blocks;
}

std::string typesOf(const std::vector<Block> &blocks)
{
    std::string types;
    for (const Block &block : blocks)
        types.append(types.empty() ? "" : " ").append(block.type);
    return "[" + types + "]";
}

std::string withoutCertificate(const std::vector<Block> &blocks)
{
    if (blocks.empty())
        return "tls: failed to find any PEM data in certificate input";
    if (blocks.size() == 1 && blocks[0].type.ends_with("PRIVATE KEY"))
        return "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
               "PEM "
               "inputs may have been switched";
    return "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of "
           "the "
           "following types: "
        + typesOf(blocks);
}

std::string withoutKey(const std::vector<Block> &blocks)
{
    if (blocks.empty())
        return "tls: failed to find any PEM data in key input";
    if (blocks.size() == 1 && blocks[0].type == "CERTIFICATE")
        return "tls: found a certificate rather than a key in the PEM for the private key";
    return "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping "
           "PEM "
           "blocks of the following types: "
        + typesOf(blocks);
}

std::vector<std::string> finalizerWarnings(const Value &object, const ObjectPtr &current)
{
    std::vector<std::string> added, warnings;
    const Value known = current ? (*current)["metadata"]["finalizers"] : Value();
    for (const Value &each : object["metadata"]["finalizers"].items()) {
        if (std::find(known.items().begin(), known.items().end(), each) == known.items().end())
            added.push_back(each.text());
    }
    std::sort(added.begin(), added.end());
    for (const std::string &name : added) {
        if (name.find('/') != std::string::npos || name == "orphan" || name == "foregroundDeletion")
            continue;
        const char *path = name.find('.') == std::string::npos ? "" : " including a path (/)";
        warnings.push_back("metadata.finalizers: " + quoted(name)
                           + ": prefer a domain-qualified finalizer name" + path
                           + " to avoid accidental conflicts with other finalizer writers");
    }
    return warnings;
}

} // namespace

std::string keyPairProblem(const std::string &certificatePem, const std::string &keyPem)
{
    const std::vector<Block> certificates = pemBlocks(certificatePem), keys = pemBlocks(keyPem);
    const auto leaf = std::find_if(certificates.begin(), certificates.end(),
                                   [](const Block &block) { return block.type == "CERTIFICATE"; });
    const auto key = std::find_if(keys.begin(), keys.end(), [](const Block &block) {
        return block.type == "PRIVATE KEY" || block.type.ends_with(" PRIVATE KEY");
    });
    if (leaf == certificates.end())
        return withoutCertificate(certificates);
    if (key == keys.end())
        return withoutKey(keys);
    const auto *bytes = reinterpret_cast<const unsigned char *>(leaf->bytes.data());
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        d2i_X509(nullptr, &bytes, long(leaf->bytes.size())), X509_free);
    if (!certificate)
        return "x509: malformed certificate";
    bytes = reinterpret_cast<const unsigned char *>(key->bytes.data());
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> secret(
        d2i_AutoPrivateKey(nullptr, &bytes, long(key->bytes.size())), EVP_PKEY_free);
    if (!secret)
        return "tls: failed to parse private key";
    EVP_PKEY *open = X509_get0_pubkey(certificate.get());
    if (!open)
        return "tls: unknown public key algorithm";
    if (EVP_PKEY_base_id(open) != EVP_PKEY_base_id(secret.get()))
        return "tls: private key type does not match public key type";
    return EVP_PKEY_eq(open, secret.get()) == 1 ? "" : "tls: private key does not match public key";
}

std::vector<std::string> writeWarnings(const ResourceKind &kind, const Value &object,
                                       const ObjectPtr &current)
{
    if (!kind.isBuiltIn)
        return finalizerWarnings(object, current);
    if (!kind.group.empty() || kind.kind != "Secret" || object["type"].text() != "kubernetes.io/tls")
        return {};
    const auto decoded = [&object](const char *key) {
        return edge::decodeBase64(object["data"][key].text()).value_or(std::string());
    };
    const std::string problem = keyPairProblem(decoded("tls.crt"), decoded("tls.key"));
    return problem.empty() ? std::vector<std::string>() : std::vector{problem};
}

} // namespace demo
