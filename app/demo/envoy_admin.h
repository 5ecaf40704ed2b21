// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Envoy's admin port answers to GET /certs, made from the PEM texts that a program of the demo has in
// use.  Real proxies bind that port to the pod's own localhost.
#include "edge/value.h"

#include <chrono>
#include <string>
#include <vector>

namespace demo {

struct CertificatesInUse
{
    std::string path; // as a proxy would name its file
    std::string chainPem, rootsPem;
};

edge::Value certificatesAnswer(const std::vector<CertificatesInUse> &all,
                               std::chrono::system_clock::time_point now);
// Where Ambassador writes a Secret's certificate for Envoy: its name, and a digest of what is in it.
std::string decodedSecretPath(const std::string &secret, const std::string &chainPem);

} // namespace demo
