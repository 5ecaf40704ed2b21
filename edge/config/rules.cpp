// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/rules.h"

#include <array>

namespace edge {

namespace {

constexpr std::array<std::pair<std::string_view, Compat>, 4> compatNames{
    {{"v1", Compat::V1}, {"v2", Compat::V2}, {"v3", Compat::V3}, {"v4", Compat::V4}}};

Rules rulesOf1()
{
    Rules rules;
    rules.readsV3alpha1 = rules.convertsToV3alpha1 = rules.hostnames = rules.labelsInGroupId =
        rules.errorDropsMapping = false;
    rules.listenerResources = rules.trustedHopsOfListener = rules.splitsOrigins = rules.newClusterFields =
        false;
    rules.hashedLongNames = rules.ipv6Services = false;
    rules.stdRegexAllowed = rules.presenceMatches = rules.loneWeightCounts = rules.sharesAsWritten =
        rules.authBeforeCors = rules.endpointsInCluster = true;
    return rules;
}

} // namespace

Rules rulesOf(Compat compat)
{
    Rules rules = compat == Compat::V1 ? rulesOf1() : Rules();
    if (compat == Compat::V4)
        return rules;
    rules.dottedNamesCollide = false; // 4.0
    rules.errorResponses = true;      // until 4.0
    if (compat == Compat::V3)
        return rules;
    rules.strictSelectors = rules.labelsInGroupId = rules.redirectsSkipAuth = rules.hashedLongNames =
        false;                                                                // 3.2, 3.0, 3.3, 3.x
    rules.serviceProtocolV2 = rules.authBeforeCors = rules.tagHeaders = true; // until 3.x
    rules.tlsWithoutCertificate = compat == Compat::V2;
    rules.ingressPortNames = false; // 3.x
    return rules;
}

std::string_view compatName(Compat compat) { return compatNames[std::size_t(compat)].first; }

std::optional<Compat> compatFromName(std::string_view name)
{
    for (const auto &[known, compat] : compatNames) {
        if (known == name)
            return compat;
    }
    return {};
}

Compat compatFromVersion(std::string_view imageTag)
{
    if (!imageTag.empty() && imageTag.front() == 'v')
        imageTag.remove_prefix(1);
    if (imageTag.size() < 2 || (imageTag[1] != '.' && imageTag[1] != '-'))
        return Compat::V4;
    switch (imageTag.front()) {
    case '0':
    case '1': return Compat::V1;
    case '2': return Compat::V2;
    case '3': return Compat::V3;
    default: return Compat::V4;
    }
}

} // namespace edge
