// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/envoy_admin.h"

#include "edge/tls_credentials.h"

#include <ctime>

namespace demo {

namespace {

using edge::Value;

std::string timeText(std::int64_t seconds)
{
    const std::time_t time = std::time_t(seconds);
    std::tm utc{};
    gmtime_r(&time, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

Value entryOf(const edge::PeerCertificate &certificate, const std::string &path, std::int64_t now)
{
    Value names = Value::array();
    for (const std::string &name : certificate.uriNames)
        names.push(Value::object({{"uri", name}}));
    for (const std::string &name : certificate.dnsNames)
        names.push(Value::object({{"dns", name}}));
    const std::int64_t days = std::max<std::int64_t>(0, (certificate.notAfter - now) / 86400);
    return Value::object({{"path", path},
                          {"serial_number", certificate.serial},
                          {"subject_alt_names", std::move(names)},
                          {"days_until_expiration", std::to_string(days)},
                          {"valid_from", timeText(certificate.notBefore)},
                          {"expiration_time", timeText(certificate.notAfter)}});
}

Value entriesOf(const std::string &pem, const std::string &path, std::int64_t now)
{
    Value entries = Value::array();
    const auto certificates = edge::readCertificates(pem);
    for (const edge::PeerCertificate &certificate :
         certificates ? *certificates : std::vector<edge::PeerCertificate>())
        entries.push(entryOf(certificate, path, now));
    return entries;
}

} // namespace

Value certificatesAnswer(const std::vector<CertificatesInUse> &all, std::chrono::system_clock::time_point now)
{
    const std::int64_t seconds = std::chrono::system_clock::to_time_t(now);
    Value groups = Value::array();
    for (const CertificatesInUse &one : all)
        groups.push(Value::object({{"ca_cert", entriesOf(one.rootsPem, one.path, seconds)},
                                   {"cert_chain", entriesOf(one.chainPem, one.path, seconds)}}));
    return Value::object({{"certificates", std::move(groups)}});
}

std::string decodedSecretPath(const std::string &secret, const std::string &chainPem)
{
    const auto certificates = edge::readCertificates(chainPem);
    const std::string digest = certificates && !certificates->empty()
        ? certificates->front().fingerprint.substr(0, 40)
        : std::string("none");
    return "/ambassador/snapshots/default/secrets-decoded/" + secret + "/" + digest + ".crt";
}

} // namespace demo
