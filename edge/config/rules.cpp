// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/rules.h"

#include <array>

namespace edge {

namespace {

constexpr std::array<std::string_view, 7> compatNames{"v1", "v2.0", "v2.2", "v2.3", "v2", "v3", "v4"};

// The digits that text begins with, which they are taken from; nothing where there are none, or more than a version has.
std::optional<int> leadingNumber(std::string_view &text)
{
    constexpr std::size_t MostDigits = 4;
    std::size_t count = 0;
    int number = 0;
    for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
        if (count == MostDigits)
            return {};
        number = number * 10 + (text[count] - '0');
    }
    text.remove_prefix(count);
    return count == 0 ? std::nullopt : std::optional(number);
}

// major [.minor …]: what follows the minor version does not matter.
Compat compatOf(int major, std::string_view rest)
{
    if (major != 2)
        return major < 2 ? Compat::V1 : major == 3 ? Compat::V3 : Compat::V4;
    std::optional<int> minor;
    if (!rest.empty() && rest.front() == '.') {
        rest.remove_prefix(1);
        minor = leadingNumber(rest);
    }
    if (!minor || *minor >= 4)
        return Compat::V2;
    return *minor == 3 ? Compat::V2_3 : *minor == 0 ? Compat::V2_0 : Compat::V2_2;
}

Rules rulesOf1()
{
    Rules rules;
    rules.readsV3alpha1 = rules.convertsToV3alpha1 = rules.hostnames = rules.labelsInGroupId = false;
    rules.listenerResources = rules.trustedHopsOfListener = rules.splitsOrigins = rules.newClusterFields =
        false;
    rules.hashedLongNames = rules.tcpResolvers = false;
    rules.stdRegexAllowed = rules.presenceMatches = rules.endpointsInCluster = true;
    return rules;
}

} // namespace

Rules rulesOf(Compat compat)
{
    Rules rules = compat == Compat::V1 ? rulesOf1() : Rules();
    if (compat == Compat::V4)
        return rules;
    rules.dottedNamesCollide = rules.idPrefixInV3alpha1 = rules.newestEnvoy = false; // 4.0
    rules.errorResponses = true;                                                     // until 4.0
    rules.storedAsV2 = compat >= Compat::V2_2;                                       // 2.1 until 4.0
    if (compat == Compat::V3)
        return rules;
    rules.storedValuesMix = rules.storedAsV2; // until 3.x
    rules.strictSelectors = rules.labelsInGroupId = rules.redirectsSkipAuth = rules.hashedLongNames =
        false; // 3.2, 3.0, 3.3, 3.x
    rules.serviceProtocolV2 = rules.tagHeaders = rules.lightstep = rules.collectorJsonV1 = true; // until 3.x
    rules.authErrorsRefuse = false;                                                              // 3.0
    rules.ingressSecrets = compat == Compat::V1;                                                 // 3.x
    rules.bareListenersFail = compat != Compat::V1;                                              // 2.x
    rules.http3 = false;                                                                         // 3.0
    rules.ingressPortNames = rules.serverNamesWithoutPort = rules.healthChecks = rules.rateLimitFailures =
        false;                                  // 3.x
    rules.hostsOfOneName = SameName::FirstOnly; // 2.4, 2.5
    if (compat == Compat::V2)
        return rules;
    rules.tcpBesideHttp = rules.hostSecretNamespace = rules.serviceStatNames = rules.complainedHostsServe =
        false;                                                               // 2.4
    rules.tlsWithoutCertificate = rules.tcpTlsByHost = compat != Compat::V1; // 2.0 until 2.4
    rules.hostsOfOneName = SameName::LastServed;
    rules.annotationsOfV1 = false; // 2.5
    rules.strictServices = false;  // 2.4
    if (compat == Compat::V2_3)
        return rules;
    rules.revocationLists = rules.logProtocol = rules.ipv6Services = false; // 2.3
    rules.authBeforeCors = true;                                            // until 2.3
    if (compat == Compat::V2_2)
        return rules;
    rules.redirectsHaveHosts = rules.starsOnBothSides = rules.errorDropsMapping = false; // 2.1
    rules.annotationsAdmitted = false;                                                   // 2.1
    rules.loneWeightCounts = rules.sharesAsWritten = true;                               // until 2.1
    return rules;
}

std::string_view compatName(Compat compat) { return compatNames[std::size_t(compat)]; }

std::optional<Compat> compatFromName(std::string_view name)
{
    if (name.empty() || name.front() != 'v')
        return {};
    name.remove_prefix(1);
    const auto major = leadingNumber(name);
    if (!major || *major < 1 || *major > 4)
        return {};
    std::string_view minor = name;
    if (!minor.empty()) {
        const bool hasPoint = minor.front() == '.';
        minor.remove_prefix(1);
        if (!hasPoint || !leadingNumber(minor) || !minor.empty())
            return {};
    }
    return compatOf(*major, name);
}

Compat compatFromVersion(std::string_view imageTag)
{
    if (!imageTag.empty() && imageTag.front() == 'v')
        imageTag.remove_prefix(1);
    const auto major = leadingNumber(imageTag);
    if (!major || imageTag.empty() || (imageTag.front() != '.' && imageTag.front() != '-'))
        return Compat::V4;
    return compatOf(*major, imageTag);
}

} // namespace edge
