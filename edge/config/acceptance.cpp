// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/acceptance.h"

#include "edge/config/conversion.h"
#include "edge/config/objects.h"

#include <algorithm>

namespace edge {

namespace {

bool areConverted(const CompileOptions &options, const Rules &rules)
{
    return rules.convertsToV3alpha1 && options.admitted;
}

// As they stand in the object once it is of the version that the edge reads.
std::vector<std::string> idsOf(const Value &spec, const std::string &version, const CompileOptions &options,
                               const Rules &rules)
{
    const Value &written = spec["ambassador_id"].isNull() ? spec["ambassadorId"] : spec["ambassador_id"];
    if (written.isNull())
        return {"default"};
    std::vector<std::string> ids;
    const auto add = [&](const Value &id) {
        ids.push_back(areConverted(options, rules) && version != "v3alpha1" ? convertedId(id.text())
                                                                            : id.text());
    };
    if (written.isString())
        add(written);
    for (const Value &id : written.items())
        add(id);
    return ids;
}

} // namespace

bool isInReach(const Value &object, const CompileOptions &options)
{
    return !options.singleNamespace || objectNamespace(object) == options.ambassadorNamespace
        || object["kind"].text() == "IngressClass";
}

std::string versionOf(const std::string &apiVersion)
{
    static constexpr std::string_view group = "getambassador.io/";
    return apiVersion.rfind(group, 0) == 0 ? apiVersion.substr(group.size()) : std::string();
}

bool acceptsId(const Value &spec, const std::string &version, const CompileOptions &options,
               const Rules &rules)
{
    const std::vector<std::string> ids = idsOf(spec, version, options, rules);
    const bool isList = spec["ambassador_id"].isArray() || spec["ambassadorId"].isArray();
    return std::any_of(ids.begin(), ids.end(), [&](const std::string &id) {
        return id == options.ambassadorId
            || (isList && id == "_automatic_" && (areConverted(options, rules) || ids.size() == 1));
    });
}

std::optional<Refusal> refusal(const Value &object, const CompileOptions &options)
{
    if (!isInReach(object, options))
        return Refusal{true, {}};
    const Rules rules = rulesOf(options.compat);
    const std::string version = versionOf(object["apiVersion"].text());
    if (acceptsId(object["spec"], version, options, rules))
        return {};
    return Refusal{false, idsOf(object["spec"], version, options, rules)};
}

} // namespace edge
