// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/acceptance.h"

#include "edge/config/conversion.h"
#include "edge/config/expanded.h"
#include "edge/config/objects.h"

#include <algorithm>

namespace edge {

namespace {

// Whether the API server's types have read it, in which one text is a list and an empty list is none at all.
bool isTyped(const CompileOptions &options, const Rules &rules, IdSource source)
{
    return options.admitted && (source == IdSource::Object || rules.annotationsAdmitted);
}

bool losesPrefix(const std::string &version, const CompileOptions &options, const Rules &rules,
                 IdSource source)
{
    return rules.convertsToV3alpha1 && options.admitted
        && (version != "v3alpha1" || (rules.idPrefixInV3alpha1 && source == IdSource::Object));
}

// As they stand in the object once it is of the version that the edge reads.
std::vector<std::string> idsOf(const Value &spec, const std::string &version, const CompileOptions &options,
                               const Rules &rules, IdSource source)
{
    const Value &written = spec["ambassador_id"].isNull() ? spec["ambassadorId"] : spec["ambassador_id"];
    const bool isNone = written.isArray() && written.items().empty() && isTyped(options, rules, source);
    if (!rules.convertsToV3alpha1 && source == IdSource::Annotation && spec.find("ambassador_id")
        && written.isNull()) // to 1.x it is there, and no edge's
        return {};
    if (written.isNull() || isNone)
        return {"default"};
    const bool cuts = losesPrefix(version, options, rules, source);
    std::vector<std::string> ids;
    const auto add = [&](const Value &id) {
        ids.push_back(expandedText(cuts ? convertedId(id.text()) : id.text(), options));
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
               const Rules &rules, IdSource source)
{
    const std::vector<std::string> ids = idsOf(spec, version, options, rules, source);
    const bool isList = spec["ambassador_id"].isArray() || spec["ambassadorId"].isArray();
    if ((isList || isTyped(options, rules, source)) && ids.size() == 1 && ids.front() == "_automatic_")
        return true;
    return std::find(ids.begin(), ids.end(), options.ambassadorId) != ids.end();
}

std::optional<Refusal> refusal(const Value &object, const CompileOptions &options)
{
    if (!isInReach(object, options))
        return Refusal{true, {}};
    const Rules rules = rulesOf(options.compat);
    const std::string version = versionOf(object["apiVersion"].text());
    if (acceptsId(object["spec"], version, options, rules))
        return {};
    return Refusal{false, idsOf(object["spec"], version, options, rules, IdSource::Object)};
}

} // namespace edge
