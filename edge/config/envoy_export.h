// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A compiled configuration as an Envoy v3 bootstrap: what was tested here can run on the real engine.
// Promise: loads in Envoy 1.37 and 1.40 — a typed_config for every filter, no runtime guard that is gone
// (facts envoy-truth.md, "Versions").  Listeners that Envoy cannot carry (a chain for TLS without a
// certificate) are left out.
#include "edge/config/known_endpoints.h"

namespace edge {

struct EnvoyExportOptions
{
    // Where Envoy finds a secret's files: FOLDER/NAMESPACE/NAME/tls.crt, tls.key, root-cert.pem, crl.pem.
    std::string secretsFolder = "/etc/sallyport/secrets";
    // Of clusters whose endpoints are found elsewhere (k8s/…, consul/…); for others the DNS name is used.
    KnownEndpoints endpoints;
    int adminPort = 0; // 0: no admin listener
};

// What the bootstrap has otherwise than the edge, a sentence each.
std::vector<std::string> exportDepartures(const Config &config, const EnvoyExportOptions &options = {});

Value envoyBootstrap(const Config &config, const EnvoyExportOptions &options = {});

} // namespace edge
